#!/bin/sh
# Feeds broken captures to a build with ASan and UBSan: our own fuzz corpus and
# its every truncation, and ../shared/corpus/hostile where that is present.
# Run as root it drops to an unprivileged user for that.
set -u
cd "$(dirname "$0")/../.." || exit 2
passed=0 failed=0 skipped=0
hostile=../shared/corpus/hostile

asan=build/asan
case ${CFLAGS:-}${B:-build} in *sanitize* | *asan*) asan=${B:-build} ;; esac
flags='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'
MAKEFLAGS='' make -s -j2 B="$asan" CFLAGS="$flags" ${CC:+CC="$CC"} \
    "$asan/pinspot" "$asan/tests/fuzz/fuzz_capture" >"$asan.log" 2>&1 || {
	tail -n 20 "$asan.log"
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
}

# A folder that the unprivileged user can read.
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cp "$asan/pinspot" "$asan/tests/fuzz/fuzz_capture" "$work"
mkdir "$work/own" "$work/hostile"
cp tests/fuzz/corpus/capture/* "$work/own"
[ -d $hostile ] && cp $hostile/* "$work/hostile"
chmod -R a+rX "$work"

unprivileged=
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	unprivileged='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi

# fails COMMAND...: does it crash, hang, or end in a way that pinspot(1) does
# not know?  Its output is left in $out.
fails() {
	# shellcheck disable=SC2086 # split on purpose
	out=$(cd "$work" && timeout 60 $unprivileged "$@" 2>&1)
	status=$?
	case $status:$out in
	*Sanitizer* | *'runtime error'*) return 0 ;;
	[034]:*) return 1 ;;
	esac
	return 0
}

# try FOLDER COMMAND...: all files of the folder together, which is quick; one
# by one where that fails, to find the culprit.
try() {
	folder=$1
	shift
	n=$(find "$work/$folder" -type f | wc -l)
	if [ "$n" -gt 0 ] && ! fails "$@" "$work/$folder"/*; then
		passed=$((passed + n))
		return
	fi
	for f in "$work/$folder"/*; do
		if [ ! -e "$f" ]; then
			skipped=$((skipped + 1))
		elif fails "$@" "$f"; then
			failed=$((failed + 1))
			printf 'FAILED hostile %s %s (status %d)\n%s\n' \
			    "$1" "${f##*/}" $status "$out" | head -n 40
		else
			passed=$((passed + 1))
		fi
	done
}

try own env TRUNCATE=1 ./fuzz_capture
try hostile ./fuzz_capture
# What is left at exit is no leak that matters; ./fuzz_capture finds those.
try own env ASAN_OPTIONS=detect_leaks=0 ./pinspot
try hostile env ASAN_OPTIONS=detect_leaks=0 ./pinspot

# A folder that may not be read is told, and is no quiet night.
mkdir -m 000 "$work/closed"
# shellcheck disable=SC2086 # split on purpose
out=$(cd "$work" && $unprivileged env ASAN_OPTIONS=detect_leaks=0 \
    ./pinspot closed 2>&1)
status=$?
case $(id -u):$unprivileged:$status:$out in
0::*) skipped=$((skipped + 1)) ;;
*:3:*'closed: Permission denied'*) passed=$((passed + 1)) ;;
*)
	failed=$((failed + 1))
	printf 'FAILED hostile: a closed folder (status %d)\n%s\n' $status "$out"
	;;
esac
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
