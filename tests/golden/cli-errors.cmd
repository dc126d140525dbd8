try() {
	echo "\$ pinspot $*"
	pinspot "$@" | head -n 1
	pinspot "$@" >/dev/null 2>&1
	echo "exit $?"
}
try
try --wat
try --class pining /dev/null
try --fail-on pining /dev/null
try --format yaml /dev/null
try --for pan-os /dev/null
try --max-bad 200 /dev/null
try ack
try history
try whatif
try explain pinnin
try rules test nope.json
try nope.pcap
try -F nope samples/logs/squid.log
try formats --try nope.pcap
try README
try --filter 'tcp prot 443' samples/captures/network.pcap.gz
try --filter '(tcp port 443 and hots 10.0.0.1) or icmp' samples/captures/network.pcap.gz
try --filter 'tcp port' samples/logs/squid.log
try --since yesterdayish /dev/null
try --interval never /dev/null
try --timezone Europe/Berlin /dev/null
try --max-memory much /dev/null
try --color blue /dev/null
try --max-flows -1 /dev/null
try -i README samples/logs/squid.log
try -i README samples/captures/network.pcap.gz
try -o nope/report.json /dev/null
try /dev/null
