#!/bin/sh
# Our reading of other people's captures against labels made by tshark, JA4
# against its description.  Skipped where the corpus is absent.  With
# PINSPOT_FIGURES set it prints the figures, as `make corpus` does.
# The last line is "N passed, N failed, N skipped".
set -u
export LC_ALL=C
cd "$(dirname "$0")/../.." || exit 2
build=${B:-build}
corpus=../shared/corpus
passed=0 failed=0

if ! [ -f "$corpus/compare.py" ] || ! command -v python3 >/dev/null; then
	echo "tests/corpus: needs $corpus and python3: skipped"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# check WORDS COMMAND...: the command succeeds
check() {
	words=$1
	shift
	if "$@" >"$tmp/out" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $words"
		tail -n 30 "$tmp/out"
	fi
	[ -z "${PINSPOT_FIGURES:-}" ] || tail -n "${lines:-1}" "$tmp/out"
}

# differences.tsv keeps, for each field that differs, whose mistake it is:
# file, stream, field, reason.
explained() {
	sed -n 's/^differs  \([^ ]*\) stream \([0-9]*\) \([a-z0-9_]*\):.*/\1\t\2\t\3/p
	    s/^missing  \([^ ]*\) stream \([0-9]*\) .*/\1\t\2\tmissing/p' \
	    "$tmp/compared" | sort >"$tmp/now"
	grep -v '^#' tests/corpus/differences.tsv | cut -f 1-3 | sort >"$tmp/kept"
	comm -23 "$tmp/now" "$tmp/kept" >"$tmp/new"
	comm -13 "$tmp/now" "$tmp/kept" | sed 's/^/no longer differs: /'
	sed 's/^/not explained: /' "$tmp/new"
	! [ -s "$tmp/new" ]
}

compared() {
	python3 "$corpus/compare.py" "$build/pinspot" "$corpus/pcaps" \
	    "$corpus/labels" --no-tunnels --show 1000 --min 99.5 \
	    >"$tmp/compared"
	status=$?
	grep -v '^differs\|^missing' "$tmp/compared"
	return $status
}

fingerprinted() {
	"$build/tests/unit/test_ja4" "$tmp/hellos" &&
	    python3 tests/corpus/ja4.py "$tmp/hellos"
}

lines=20 check "at least 99.5 % of the fields of the labels" compared
lines=20 check "each remaining difference has its reason" explained
check "JA4 of every ClientHello" fingerprinted
if [ -n "${PINSPOT_FIGURES:-}" ]; then
	"$build/tests/unit/test_certificate" | grep certificates
fi

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
