(pinspot scan --handshakes --format jsonl samples/logs/ftd.log samples/logs/ftd-export.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
