#!/bin/sh
# A capture in many files says what it says in one, see rings.py.
set -u
cd "$(dirname "$0")/../.." || exit 2
exec python3 tests/ring/rings.py "${B:-build}/pinspot"
