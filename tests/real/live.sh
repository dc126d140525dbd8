#!/bin/sh
# Live capture, in a network of its own (network_namespaces(7)): nothing but the
# traffic of this test is seen.
set -u
cd "$(dirname "$0")/../.." || exit 2
skip() {
	echo "$1"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}
[ "$(id -u)" -eq 0 ] || skip "live capture needs root"
for program in openssl ip unshare; do
	command -v $program >/dev/null || skip "there is no $program"
done
unshare -n true 2>/dev/null || skip "this system allows no network namespace"
PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1 exec unshare -n \
    python3 tests/real/live.py "$PWD/${B:-build}/pinspot"
