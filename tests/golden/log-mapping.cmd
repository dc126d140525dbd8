(pinspot scan -F csv:samples/logs/mapping.json --handshakes --format jsonl samples/logs/mapped.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
