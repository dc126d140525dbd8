captures=samples/captures
a=$captures/pinning-12.pcap.gz
b=$captures/missing-ca.pcap.gz
c=samples/logs/squid.log
d=samples/logs/zeek.log
report() {
	pinspot -q -f json "$@" 2>&1 | sha256sum
}
# One digest, whatever the order.
{
	report $a $b $c $d
	report $d $c $b $a
	report $b $d $a $c
} | uniq | wc -l
pinspot -q -f json $a $b $c $d 2>/dev/null | head -n 2
