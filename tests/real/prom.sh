#!/bin/sh
# The metrics, as Prometheus' own tool reads them.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
passed=0 failed=0
if ! command -v promtool >/dev/null; then
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
out=$(mktemp -d) || exit 2
trap 'rm -rf "$out"' EXIT
if ! make -s "$B/tests/unit/test_report_formats" >/dev/null ||
	! "$B/tests/unit/test_report_formats" "$out"; then
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
fi
for f in "$out"/*.prom; do
	if seen=$(promtool check metrics <"$f" 2>&1) && [ -z "$seen" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED ${f##*/}: $seen"
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
