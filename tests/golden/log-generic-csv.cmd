(pinspot scan --handshakes --format jsonl samples/logs/generic-csv.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
