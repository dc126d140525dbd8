sample=samples/captures/private-store
status() {
	name=$1
	shift
	pinspot -q "$@" >/dev/null 2>&1
	echo "$name: $?"
}
status 'findings are no failure' -i $sample.ca.pem $sample.pcap.gz
status 'a class that is there' --fail-on private-store -i $sample.ca.pem $sample.pcap.gz
status 'a class that is not' --fail-on client-auth -i $sample.ca.pem $sample.pcap.gz
status 'any class' --fail-on any -i $sample.ca.pem $sample.pcap.gz
status 'usage' --wat
status 'nothing readable' nope.pcap
status 'one of two not readable' nope.pcap $sample.pcap.gz
gzip -dc $sample.pcap.gz | head -c 9000 | {
	status 'cut off' -i $sample.ca.pem -
}
status 'unparsable lines' samples/logs/panos.log
pinspot -q -f json -i $sample.ca.pem $sample.pcap.gz >/dev/full 2>/dev/null
echo "no room for output: $?"
status 'a folder that is not there' -o nope/report.json -i $sample.ca.pem $sample.pcap.gz
status 'invalid lines to nowhere' --invalid-lines nope/x samples/logs/panos.log
status 'no room for invalid lines' --invalid-lines /dev/full samples/logs/panos.log
empty=$(mktemp -d)
status 'an empty folder' "$empty"
pinspot "$empty" | sed "s#$empty#EMPTY#"
rmdir "$empty"
status 'unparsable and matched: 4 wins over 1' --fail-on any samples/logs/panos.log
status 'no file and unparsable: 3 wins over 4' nope.pcap samples/logs/panos.log
for words in --help --version --show-config formats 'rules list' \
    'explain pinning' "suggest samples/logs/panos-day.log" \
    "explain api.bank.example samples/logs/panos-day.log"; do
	pinspot $words >/dev/full 2>/dev/null
	echo "no room for $words: $?"
done
