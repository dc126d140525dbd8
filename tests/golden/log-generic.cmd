(pinspot scan --handshakes --format jsonl samples/logs/generic.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
