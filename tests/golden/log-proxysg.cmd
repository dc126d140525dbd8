(pinspot scan --handshakes --format jsonl samples/logs/proxysg.log samples/logs/proxysg-json.log samples/logs/proxysg-syslog.log 2>&1; echo "exit $?") | sed 's/,"class":.*//'
