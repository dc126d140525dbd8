#!/bin/sh
# Sign and outcome of real clients, one capture each, against a table kept
# (expected.tsv, README).  Skipped where the captures are absent.
# The last line is "N passed, N failed, N skipped".
set -u
export LC_ALL=C
cd "$(dirname "$0")/../.." || exit 2
pinspot=${B:-build}/pinspot
captures=../shared/corpus/clients
passed=0 failed=0 skipped=0

if ! [ -d "$captures" ] || ! command -v python3 >/dev/null; then
	echo "tests/clients: needs $captures and python3: skipped"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Each by itself: together they would be contrasted with each other.
for capture in "$captures"/*.pcap; do
	"$pinspot" scan --handshakes --format jsonl "$capture" \
	    >"$tmp/${capture##*/}" 2>>"$tmp/err"
done
python3 tests/clients/table.py "$tmp"/*.pcap >"$tmp/table" || cat "$tmp/err"
for capture in "$captures"/*.pcap; do
	name=${capture##*/}
	name=${name%.pcap}
	grep "^$name	" "$tmp/table" >"$tmp/got"
	grep "^$name	" tests/clients/expected.tsv >"$tmp/want"
	if [ -s "$tmp/got" ] && cmp -s "$tmp/want" "$tmp/got"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $name"
		diff "$tmp/want" "$tmp/got"
	fi
done

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
