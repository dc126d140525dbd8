(pinspot scan --handshakes --format jsonl samples/logs/squid-cache.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
