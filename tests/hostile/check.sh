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
MAKEFLAGS='' make -s -j2 B=$asan CFLAGS="$flags" ${CC:+CC="$CC"} \
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

# run NAME COMMAND...: its exit status must be one that pinspot(1) knows, or 0.
run() {
	name=$1
	shift
	out=$(cd "$work" && ulimit -t 60 && $unprivileged "$@" 2>&1)
	status=$?
	case $status:$out in
	*'Sanitizer'* | *'runtime error'*) ;;
	[034]:*)
		passed=$((passed + 1))
		return
		;;
	esac
	failed=$((failed + 1))
	printf 'FAILED hostile %s (status %d)\n%s\n' "$name" $status "$out" |
	    head -n 40
}

for f in "$work"/own/*; do
	run "every truncation of ${f##*/}" env TRUNCATE=1 ./fuzz_capture "$f"
done
for f in "$work"/hostile/*; do
	if [ ! -e "$f" ]; then
		skipped=$((skipped + 1))
		continue
	fi
	run "${f##*/}" ./fuzz_capture "$f"
	run "pinspot ${f##*/}" ./pinspot "$f"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
