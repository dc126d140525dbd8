# The commands under EXAMPLES of pinspot(1), at the samples.
dir=$(mktemp -d) || exit
day=samples/captures/office-day
echo '$ pinspot -i corp-ca.pem edge.pcapng decryption.csv'
pinspot --utc -i $day.ca.pem $day.pcap.gz samples/logs/squid.log | head -n 1
echo '$ pinspot -o report.html edge.pcapng'
pinspot -o "$dir/report.html" $day.pcap.gz
grep -c '</html>' "$dir/report.html"
echo '$ pinspot suggest --for panos edge.pcapng'
pinspot suggest --for panos -i $day.ca.pem $day.pcap.gz | grep -c '^set '
echo '$ pinspot explain api.bank.example edge.pcapng'
pinspot explain www.tallow-health.example -i $day.ca.pem $day.pcap.gz | head -n 1
echo '$ pinspot decrypt.csv --state DIR --new --format mail'
for night in first second; do
	pinspot $day.pcap.gz -i $day.ca.pem --state "$dir" --new --format mail |
		grep -c '^Subject:' | sed "s/^/$night night, mails: /"
done
echo '$ tcpdump -w - | pinspot -'
gzip -dc $day.pcap.gz | pinspot --utc -i $day.ca.pem - | head -n 1
rm -r "$dir"
