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
try --output report.mail /dev/null
try --timezone Mars/Olympus /dev/null
try --max-memory much /dev/null
try --color blue /dev/null
try --max-flows -1 /dev/null
try -i README samples/logs/squid.log
try -i README samples/captures/network.pcap.gz
try -o nope/report.json /dev/null
try /dev/null
try explian www.tallow-health.example samples/captures/office-day.pcap.gz
try sugest samples/logs/squid.log
try help sugest
try --max-flows 0 /dev/null
try --interval 0s /dev/null
try --fail-on neww /dev/null
try --new /dev/null
try -o report /dev/null
try -o a.b/report /dev/null
try -i gone.pem -q samples/captures/network.pcap.gz
try explain WWW.tallow-health.example. samples/captures/office-day.pcap.gz
try explain tallow-health.example samples/captures/office-day.pcap.gz
try explain www.talow-health.example samples/captures/office-day.pcap.gz
try explain --anonymize www.talow-health.example samples/captures/office-day.pcap.gz
try whatif samples/lists/plain.txt --for pan-os samples/logs/squid.log
