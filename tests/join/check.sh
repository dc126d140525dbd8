#!/bin/sh
# A capture and the log of the same hours, read together: each handshake counts
# once, and no verdict is worse than that of the capture alone.  The log is what
# a firewall whose clock is 7 s ahead would write of the captured sessions.
set -u
cd "$(dirname "$0")/../.." || exit 2
exec python3 tests/join/join.py "${B:-build}/pinspot" samples/captures/office-day \
	samples/captures/pinning-13 samples/captures/private-store samples/captures/missing-ca
