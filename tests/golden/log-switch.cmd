# A log that switches its format half way, and back: nothing is lost.  How many
# handshakes of the three parts, and of all.
count() { pinspot -q --handshakes -f jsonl "$@" | wc -l | tr -d ' '; }
all=$(mktemp) || exit 2
trap 'rm -f "$all"' EXIT
L=samples/logs
for a in zeek umbrella ftd-export proxysg panos-export netskope zeek-json; do
	for b in zeek umbrella ftd-export proxysg panos-export squid panos; do
		[ $a = $b ] && continue
		{ cat $L/$a.log; echo; cat $L/$b.log; echo; cat $L/$a.log; } \
		    >"$all"
		want=$((2 * $(count $L/$a.log) + $(count $L/$b.log)))
		got=$(count "$all")
		[ "$got" = $want ] || echo "$a, $b, $a: $got of $want"
	done
done
