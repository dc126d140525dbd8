(pinspot scan --handshakes --format jsonl samples/logs/haproxy.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
