#!/bin/sh
# contrib/syslog-ng/pinspot.conf in a real syslog-ng, on loopback.  Debian lets
# no two syslog daemons be installed at a time: where it is not, its package is
# unpacked here for as long as the test takes.
set -u
cd "$(dirname "$0")/../.." || exit 2
pinspot=$(pwd)/${B:-build}/pinspot
PATH=$PATH:/usr/sbin
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# From the package, and the two libraries that nothing else brings.
unpack() {
	(cd "$tmp" && apt-get download -q syslog-ng-core libivykis0 libnet1 &&
	    for f in *.deb; do dpkg -x "$f" "$tmp/root" || exit 1; done) \
	    >"$tmp/unpack" 2>&1
}

daemon=$(command -v syslog-ng)
modules=
if [ -z "$daemon" ] && unpack; then
	daemon=$tmp/root/usr/sbin/syslog-ng
	modules=$(echo "$tmp"/root/usr/lib/syslog-ng/[0-9]*)
	LD_LIBRARY_PATH=$tmp/root/usr/lib/syslog-ng:$(
	    echo "$tmp"/root/usr/lib/*-linux-*)
	export LD_LIBRARY_PATH
fi
if [ -z "$daemon" ]; then
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
port=15515
sed -e "s,/usr/bin/pinspot,$pinspot," -e "s,port(5514),port($port)," \
    -e "s,/var/lib/pinspot/report.html,$tmp/report.json," \
    -e 's,--interval 60s,--interval 1s,' \
    contrib/syslog-ng/pinspot.conf >"$tmp/pinspot.conf"
version=$("$daemon" -V | sed -n 's/^Config version: //p')
cat >"$tmp/syslog-ng.conf" <<END
@version: ${version:-3.35}
@include "$tmp/pinspot.conf"
END
python3 tests/real/daemon.py "$pinspot" "$tmp" "$port" -- \
    "$daemon" -F -f "$tmp/syslog-ng.conf" --no-caps \
    ${modules:+"--module-path=$modules"} -R "$tmp/persist" -p "$tmp/pid" \
    -c "$tmp/ctl"
