(pinspot scan --handshakes --format jsonl samples/logs/umbrella.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
