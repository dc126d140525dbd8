(pinspot scan --handshakes --format jsonl samples/logs/checkpoint.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
