# Libraries that few runs need, where they cannot be loaded: who needs none of
# them sees nothing of it, and who does is told.
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
for name in libarchive.so.13 libarchive.so libz.so.1 libz.so \
    libpcap.so.0.8 libpcap.so.1 libpcap.so \
    libsqlite3.so.0 libsqlite3.so; do
	: >"$dir/$name"
done
gzip -dc samples/captures/network.pcap.gz >"$dir/network.pcap"
xz -0 -k "$dir/network.pcap"
try() {
	echo "\$ pinspot $*"
	LD_LIBRARY_PATH=$dir pinspot "$@" 2>&1 >/dev/null
	echo "exit $?"
}
{
try samples/logs/zeek.log
try "$dir/network.pcap"
try samples/captures/network.pcap.gz
try "$dir/network.pcap.xz"
try samples/captures/network.pcap.gz samples/logs/zeek.log
try --filter tcp "$dir/network.pcap"
try --interface lo
try --state "$dir/state" samples/logs/zeek.log
} | sed "s,$dir,DIR,g"
