(pinspot scan --handshakes --format jsonl samples/logs/mitmproxy.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
