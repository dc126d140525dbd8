(pinspot scan --handshakes --format jsonl samples/logs/zeek.log samples/logs/zeek-x509.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
