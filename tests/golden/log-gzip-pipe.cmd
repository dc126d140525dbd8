(gzip -c samples/logs/panos.log | pinspot scan --handshakes --format jsonl - 2>&1; echo "exit $?") | sed 's/,"class":.*//'
