#!/bin/sh
# The history by the real program: a week of logs with rotation, the same input
# twice, logs that overlap, and kills at 200 instants.  The last line is
# "N passed, N failed, N skipped".
set -u
export LC_ALL=C TZ=UTC0 SOURCE_DATE_EPOCH=1770000000
cd "$(dirname "$0")/../.." || exit 2
pinspot=$(pwd)/${B:-build}/pinspot
passed=0 failed=0 skipped=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
log=$tmp/log/tls.json
state=$tmp/state
mkdir "$tmp/log"

# check WORDS COMMAND...: the command succeeds
check() {
	words=$1
	shift
	if "$@" > "$tmp/out" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $words"
		cat "$tmp/out"
	fi
}

# shellcheck disable=SC2317 # called by check
refused() {
	! "$@"
}

# lines DAY FROM TO: lines of a log, one a minute.  A bank's app rejects until
# day 4 and accepts from then on; a browser accepts all the time.
lines() {
	awk -v day="$1" -v from="$2" -v to="$3" 'BEGIN {
		form = "{\"@timestamp\":\"2026-01-%02dT%02d:%02d:00.%03dZ\","
		form = form "\"source\":{\"ip\":\"192.0.2.%d\",\"port\":%d},"
		form = form "\"destination\":{\"ip\":\"198.51.100.7\","
		form = form "\"port\":443},\"user_agent\":\"%s\","
		form = form "\"tls\":{\"version\":\"1.2\",\"client\":"
		form = form "{\"server_name\":\"%s\"},\"established\":%s}%s}\n"
		alert = ",\"error\":{\"message\":\"tlsv1 alert unknown ca\"}"
		for (i = from; i < to; i++) {
			app = i % 3 == 0
			agent = app ? "bank/1" : "browser/2"
			host = "www.shop.example"
			if (app || i % 2)
				host = "api.bank.example"
			ok = !app || day >= 4 ? "true" : "false"
			error = ok == "true" ? "" : alert
			printf form, 10 + day, int(i / 60), i % 60, i % 1000,
			    10 + i % 5, 10000 + i, agent, host, ok, error
		}
	}'
}

# scan STATE INPUT...: one run; what it prints goes to $tmp/report
scan() {
	dir=$1
	shift
	"$pinspot" --state "$dir" --format json "$@" > "$tmp/report" \
	    2> "$tmp/errors"
}

# total STATE MEMBER: a sum over all counts
total() {
	"$pinspot" history export --state "$1" |
	    sed -n "s/^{\"host\":.*\"$2\":\([0-9]*\)[,}].*/\1/p" |
	    awk '{ n += $1 } END { print n + 0 }'
}

# counted STATE ACCEPTED REJECTED
# shellcheck disable=SC2317 # called by check
counted() {
	echo "$(total "$1" accepted) accepted, $(total "$1" rejected) rejected;" \
	    "expected $2 and $3"
	[ "$(total "$1" accepted)" -eq "$2" ] &&
	    [ "$(total "$1" rejected)" -eq "$3" ]
}

# The ways in which logs are rotated; each leaves what was written last in a file
# of another name.
rotate() {
	case $1 in
	rename) mv "$log" "$log.1" && : > "$log" ;;
	copytruncate) cp "$log" "$log.1" && : > "$log" ;;
	compress) gzip -c "$log" > "$log.1.gz" && : > "$log" ;;
	dated) mv "$log" "$tmp/log/tls-2026011$day.json" && : > "$log" ;;
	esac
}

: > "$log"
day=0
for way in rename copytruncate compress dated rename compress copytruncate; do
	rm -f "$tmp"/log/*1*
	lines $day 0 100 >> "$log"
	scan "$state" "$log"
	# The run meets a line that is being written.
	lines $day 100 101 | head -c 40 >> "$log"
	scan "$state" "$log"
	lines $day 100 101 | tail -c +41 >> "$log"
	lines $day 101 200 >> "$log"
	scan "$state" "$log"
	# These are written after the last run of the day.
	lines $day 200 300 >> "$log"
	rotate $way
	day=$((day + 1))
	lines $day 300 310 >> "$log"
	scan "$state" "$log"
done
# 7 days of 300 lines and 10 of the next; a third is the app's, which rejects on
# days 0 to 3.
check "a week of rotated logs is counted exactly" counted "$state" \
    $((7 * 310 - 412)) 412
check "the history is whole" "$pinspot" history check --state "$state"
check "only the user may read it" \
    test "$(stat -c %a "$state/history.sqlite")" = 600
check "nothing but the one file" \
    test "$(ls "$state")" = history.sqlite

"$pinspot" history export --state "$state" > "$tmp/before"
scan "$state" "$log"
"$pinspot" history export --state "$state" > "$tmp/after"
check "the same input twice changes nothing" cmp "$tmp/before" "$tmp/after"
cp "$log" "$tmp/copy"
scan "$state" "$tmp/copy"
check "a copy of it neither" counted "$state" $((7 * 310 - 412)) 412
: > "$tmp/empty"
scan "$state" "$tmp/empty"
check "an empty log neither" counted "$state" $((7 * 310 - 412)) 412

lines 0 0 200 > "$tmp/whole"
head -n 120 "$tmp/whole" > "$tmp/one"
tail -n 120 "$tmp/whole" > "$tmp/two"
scan "$tmp/overlap" "$tmp/one"
scan "$tmp/overlap" "$tmp/two"
check "logs that overlap count once" counted "$tmp/overlap" 133 67
scan "$tmp/together" "$tmp/one" "$tmp/two"
check "logs that overlap count once in one run" \
    counted "$tmp/together" 133 67

cp "$tmp/whole" "$tmp/twin"
scan "$tmp/twins" "$tmp/whole" "$tmp/twin" "$tmp/whole"
check "twins are read once" grep -q '"handshakes": 200' "$tmp/report"
check "and the report says so" test \
    "$(grep -c 'the same as .*, read once' "$tmp/report")" -eq 2

# Kills: whatever the instant, the file is whole and a later run makes it good.
scan "$tmp/calm" "$tmp/whole"
"$pinspot" history export --state "$tmp/calm" > "$tmp/before"
broken=0 random=1
for _ in $(seq 200); do
	random=$(((random * 1103515245 + 12345) % 2147483648))
	"$pinspot" --state "$tmp/killed" --format json "$tmp/whole" \
	    > "$tmp/report" 2>&1 &
	pid=$!
	sleep "0.0$(printf %03d $((random / 65536 % 300)))"
	{ kill -9 $pid; wait $pid; } 2> "$tmp/errors"
	[ ! -e "$tmp/killed/history.sqlite" ] ||
	    "$pinspot" -q history check --state "$tmp/killed" ||
	    broken=$((broken + 1))
done
check "no kill breaks the file" test $broken -eq 0
scan "$tmp/killed" "$tmp/whole"
"$pinspot" history export --state "$tmp/killed" > "$tmp/after"
check "no kill loses or doubles a line" cmp "$tmp/before" "$tmp/after"

# status STATE INPUT WORD: the one finding of a run has this status ("": no
# finding).
# shellcheck disable=SC2317 # called by check
status() {
	scan "$1" "$2"
	got=$(sed -n 's/^ *"status": "\(.*\)",*$/\1/p' "$tmp/report")
	echo "status is \"$got\", expected \"$3\""
	[ "$got" = "$3" ]
}

# silent STATE INPUT: nothing to tell with --new, in no format
# shellcheck disable=SC2317 # called by check
silent() {
	for format in text json csv html md mail prom; do
		"$pinspot" --state "$1" --new --format $format "$2" \
		    > "$tmp/report" 2>&1
		[ ! -s "$tmp/report" ] || return 1
	done
}

life=$tmp/life
lines 0 0 90 > "$tmp/day0"
lines 1 0 90 > "$tmp/day1"
lines 4 0 90 > "$tmp/day4"
lines 3 200 290 > "$tmp/day3"
awk '/browser/' "$tmp/day4" | sed 's/api.bank/www.bank/' > "$tmp/silence"
sed 's/2026-01-13/2026-01-20/' "$tmp/day3" > "$tmp/later"
check "a finding is new" status "$life" "$tmp/day0" new
check "then known" status "$life" "$tmp/day0" known
check "and no news" silent "$life" "$tmp/day0"
check "also on another day" status "$life" "$tmp/day1" known
check "silence is not gone" status "$life" "$tmp/silence" ""
check "acceptance is" status "$life" "$tmp/day4" gone
check "told once" silent "$life" "$tmp/day4"
check "what was before changes nothing" status "$life" "$tmp/day3" known
check "a new rejection is back" status "$life" "$tmp/later" back
id=$("$pinspot" history show --state "$life" | sed -n 's/^\(f-[0-9a-f]*\).*/\1/p')
check "acknowledge" "$pinspot" ack "$id" --until 2027-01-01 \
    --reason "ticket 7" --state "$life"
check "acknowledged" status "$life" "$tmp/later" acknowledged
check "and no news either" silent "$life" "$tmp/later"
check "show tells why" sh -c \
    "'$pinspot' history show --state '$life' | grep -q 'ticket 7'"

check "show" "$pinspot" history show --state "$state"
check "gc" "$pinspot" history gc --state "$state"
check "gc leaves the recent" counted "$state" $((7 * 310 - 412)) 412
# What only reads leaves no trace of itself.
# shellcheck disable=SC2317 # called by check
leaves_nothing() {
	"$pinspot" "$@" --state "$tmp/none" "$tmp/day0" || return
	[ ! -e "$tmp/none" ]
}
echo api.bank.example > "$tmp/list"
for command in "explain api.bank.example" suggest \
    "explain --anonymize api.bank.example" "whatif $tmp/list" \
    "verify $tmp/list"; do
	# shellcheck disable=SC2086 # split on purpose
	check "$command begins no history" leaves_nothing $command
done

check "an unknown word is refused" refused \
    "$pinspot" history shwo --state "$state"
check "a folder without history is refused" refused \
    "$pinspot" history show --state "$tmp/none"
check "an acknowledgement needs a finding" refused "$pinspot" ack f-00000000 \
    --until 2027-01-01 --reason test --state "$state"

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
