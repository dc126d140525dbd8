#!/bin/sh
# What must never be in an output: hostile names in a list, and what
# --anonymize hides in any format.
set -u
cd "$(dirname "$0")/../.." || exit 2
PATH=$PWD/${B:-build}:$PATH
export PATH LC_ALL=C TZ=UTC0 HOME=/nonexistent
unset PINSPOT_CONFIG
day=samples/logs/panos-day.log
passed=0 failed=0
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT

# absent NAME PATTERN FILE: the file is not empty and holds no such line
absent() {
	if [ -s "$3" ] && ! grep -Eq "$2" "$3"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $1"
		grep -En "$2" "$3" | head -n 3
	fi
}

hostile='cmd|\$\(id\)|<b>|-x\.example|\.\.$|(^|[" '"'"'])\*([" '"'"']|$)'
for product in panos umbrella cloudswg proxysg zscaler netskope fortios ftd \
    checkpoint sophos squid mitmproxy sslproxy plain; do
	pinspot suggest -q --for $product $day >"$dir/list" 2>&1
	absent "hostile names in a list of $product" "$hostile" "$dir/list"
	pinspot suggest -q --for $product -f registry $day >"$dir/list" 2>&1
	absent "hostile names in a registry of $product" "$hostile" "$dir/list"
done

secret='10\.8\.[0-9]|corp\\|panos-day|samples|012345678901'
for format in text json jsonl csv html md mail prom; do
	pinspot scan --anonymize -vv -f $format $day >"$dir/out" 2>/dev/null
	absent "secrets in $format" "$secret" "$dir/out"
done
pinspot scan --anonymize --handshakes $day >"$dir/out" 2>/dev/null
absent "secrets in --handshakes" "$secret" "$dir/out"
pinspot explain --anonymize api.bank.example $day >"$dir/out" 2>/dev/null
absent "secrets in explain" "$secret" "$dir/out"

# With a state the key is kept: the same pseudonyms in the next run.
mkdir "$dir/state"
for run in 1 2; do
	pinspot scan --anonymize --state "$dir/state" -f csv $day 2>/dev/null |
	    grep -o '2001:db8:[0-9a-f:]*' | sort -u >"$dir/clients.$run"
done
if [ -s "$dir/clients.1" ] && cmp -s "$dir/clients.1" "$dir/clients.2" &&
    [ "$(stat -c %a "$dir/state/anonymize.key")" = 600 ]; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "FAILED pseudonyms stay from run to run"
fi

# Rules know which hosts are on the list that is verified, and what they ignore
# is no complaint.
cat >"$dir/rule.json" <<END
{"id": "local-probe", "class": "ignore", "on": "cell", "title": "Our own probe",
 "when": {"host.excluded": true, "host": "sensor.edr.example"}}
END
list=samples/lists/panos.set
pinspot verify -f json $list $day >"$dir/all" 2>/dev/null
pinspot verify -f json --rules "$dir/rule.json" $list $day >"$dir/rest" 2>/dev/null
ineffective() {
	python3 -c 'import json, sys
print(*[p["host"] for p in json.load(open(sys.argv[1]))["problems"]
        if p["problem"] == "not-effective"])' "$1"
}
if [ "$(ineffective "$dir/all")" != "$(ineffective "$dir/rest")" ] &&
    [ "$(ineffective "$dir/all" | sed 's/ sensor.edr.example//')" = \
      "$(ineffective "$dir/rest")" ]; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "FAILED rules know of the list that is verified"
	ineffective "$dir/all"
	ineffective "$dir/rest"
fi

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
