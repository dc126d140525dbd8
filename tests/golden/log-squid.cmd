(pinspot scan --handshakes --format jsonl samples/logs/squid.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
