(pinspot scan --handshakes --format jsonl samples/logs/sslproxy.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
