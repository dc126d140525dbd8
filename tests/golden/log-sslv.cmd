(pinspot scan --handshakes --format jsonl samples/logs/sslv.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
