(pinspot scan --handshakes --format jsonl samples/logs/panos-pairs.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
