#!/bin/sh
# contrib/rsyslog/pinspot.conf in a real rsyslog, on loopback.
set -u
cd "$(dirname "$0")/../.." || exit 2
pinspot=$(pwd)/${B:-build}/pinspot
PATH=$PATH:/usr/sbin
if ! command -v rsyslogd >/dev/null; then
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
port=15514
sed -e "s,/usr/bin/pinspot,$pinspot," -e "s,\"5514\",\"$port\"," \
    -e "s,/var/lib/pinspot/report.html,$tmp/report.json," \
    -e 's,--interval 60s,--interval 1s,' \
    contrib/rsyslog/pinspot.conf >"$tmp/pinspot.conf"
cat >"$tmp/rsyslog.conf" <<END
global(workDirectory="$tmp")
include(file="$tmp/pinspot.conf")
END
if ! rsyslogd -N1 -f "$tmp/rsyslog.conf" >"$tmp/check" 2>&1; then
	cat "$tmp/check"
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
fi
python3 tests/real/daemon.py "$pinspot" "$tmp" "$port" SIGHUP -- \
    rsyslogd -n -f "$tmp/rsyslog.conf" -i "$tmp/pid"
