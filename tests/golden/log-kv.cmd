(pinspot scan --handshakes --format jsonl samples/logs/kv.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
