# shellcheck shell=sh
# What the refresh scripts share.  They need a machine with internet, curl and
# jq, and change nothing unless the new data passes the gates.

set -eu
export LC_ALL=C
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck disable=SC2034 # for the scripts that read this file
data=$top/src/knowledge/data
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
	echo "$0: $*" >&2
	exit 1
}

# fetch URL FILE
fetch() {
	curl --fail --silent --show-error --location --proto '=https' \
	    --max-time 300 --output "$2" "$1" || fail "cannot get $1"
}

# today: the date that goes into the head of a file
today() {
	date -u +%Y-%m-%d
}

# rows FILE: how many lines hold data
rows() {
	grep -c '^[^#]' "$1" || true
}

# gate_count OLD NEW: within 20 % of what was there
gate_count() {
	if [ "$2" -lt $(($1 * 8 / 10)) ] || [ "$2" -gt $(($1 * 12 / 10)) ]; then
		fail "$2 rows where there were $1: more than 20 % off, not taken"
	fi
}

# gate_has FILE NAME...: each begins a line
gate_has() {
	file=$1
	shift
	for name; do
		awk -F '\t' -v name="$name" '$1 == name { found = 1 }
		    END { exit !found }' "$file" ||
		    fail "$name is missing: not taken"
	done
}

# replace NEW OLD: the head of the old file with a new date, then the new rows
replace() {
	{
		sed -n '/^#/p; /^#/!q' "$2" |
		    sed "s/date: [0-9-]*/date: $(today)/"
		cat "$1"
	} > "$tmp/whole"
	mv "$tmp/whole" "$2"
	echo "$2: $(rows "$2") rows; review with git diff, then run make check"
}
