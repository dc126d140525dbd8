#!/bin/sh
# A pipe that stays open and a log that grows, by the real program.  The last
# line is "N passed, N failed, N skipped".
cd "$(dirname "$0")/../.." || exit 2
export LC_ALL=C TZ=UTC0 PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1
exec python3 tests/follow/follow.py "${B:-build}/pinspot"
