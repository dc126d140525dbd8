#!/bin/sh
# What `make install` puts where (tests/install/files), that it runs there, and
# that `make uninstall` takes all of it away.  The last line is "N passed, N
# failed, N skipped".
set -u
cd "$(dirname "$0")/../.." || exit 2
export LC_ALL=C
B=${B:-build}
passed=0 failed=0
root=$(mktemp -d) || exit 2
trap 'rm -rf "$root"' EXIT

# expect NAME COMMAND...: it succeeds and says nothing.
expect() {
	name=$1
	shift
	if said=$("$@" 2>&1) && [ -z "$said" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s\n' "FAILED $name" "$said"
	fi
}
# Not with the variables of the make that runs this.
plain_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s "$@" B="$B" \
	    DESTDIR="$root" PREFIX=/opt/pinspot
}
installed() {
	(cd "$root/opt/pinspot" && find . -type f) | sed 's,^\./,,' | sort |
	    diff tests/install/files -
}
# What is found in the examples is what was installed with them.
examples_fit() {
	! grep -rn '/usr/bin/pinspot' "$root" &&
	    grep -rlq '/opt/pinspot/bin/pinspot' \
	        "$root/opt/pinspot/share/doc/pinspot/examples/rsyslog" &&
	    grep -rlq '/opt/pinspot/bin/pinspot' \
	        "$root/opt/pinspot/share/doc/pinspot/examples/syslog-ng"
}
runs() { "$root/opt/pinspot/bin/pinspot" --version >/dev/null; }
nothing_left() {
	find "$root" -name '*pinspot*' ! -path "$root/opt/pinspot"
	find "$root" -type f
}

# Installing must not compile again with other flags.
if [ ! -x "$B/pinspot" ]; then
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
expect "install" plain_make -o all install
expect "the list of files" installed
expect "the examples name the program that was installed" examples_fit
expect "it runs" runs
expect "uninstall" plain_make uninstall
expect "nothing is left" nothing_left
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
