(pinspot scan --handshakes --format jsonl samples/logs/cef-columns.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
