#!/bin/sh
# The HTML report in a real browser.  SCREENSHOTS=FOLDER keeps what it saw.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
pages=$(mktemp -d) || exit 2
trap 'rm -rf "$pages"' EXIT
if ! command -v chromium >/dev/null; then
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
if ! make -s "$B/tests/unit/test_report_html" >/dev/null ||
	! "$B/tests/unit/test_report_html" "$pages"; then
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
fi
PYTHONDONTWRITEBYTECODE=1 python3 tests/real/html.py "$pages" ${SCREENSHOTS:+"$SCREENSHOTS"}
