#!/bin/sh
# A capture cut into a ring of files, in the middle of connections, gives the same
# findings as the whole, in any order of the files.
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
gunzip -c samples/captures/office-day.pcap.gz >"$work/all.pcap" || exit 2
python3 - "$work" <<'P' || exit 2
import struct, sys
work = sys.argv[1]
data = open(work + "/all.pcap", "rb").read()
head, at, packets = data[:24], 24, []
while at + 16 <= len(data):
    n = struct.unpack("<I", data[at + 8:at + 12])[0]
    packets.append(data[at:at + 16 + n])
    at += 16 + n
for i, start in enumerate(range(0, len(packets), 333)):
    open(f"{work}/part{i:02}.pcap", "wb").write(head + b"".join(packets[start:start + 333]))
P
passed=0 failed=0

# What must not depend on how the packets came in files.
findings() {
	"${B:-build}/pinspot" -q -i samples/captures/office-day.ca.pem -f json "$@" |
	python3 -c '
import json, sys
d = json.load(sys.stdin)
for f in d["findings"]:
    print(f["id"], f["class"], f["confidence"], f["counts"], f["contrast"],
          f["clients"]["count"], f["first_seen"], f["last_seen"])
print(d["totals"])'
}
expect() {
	if [ -s "$2" ] && cmp -s "$2" "$3"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $1"
		diff "$2" "$3" | head -n 20
	fi
}
findings "$work/all.pcap" >"$work/whole"
findings "$work"/part*.pcap >"$work/parts"
expect "a ring of files" "$work/whole" "$work/parts"
# shellcheck disable=SC2046 # names without blanks
findings $(find "$work" -name 'part*.pcap' | sort -r) >"$work/reversed"
expect "a ring of files, last first" "$work/whole" "$work/reversed"
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
