#!/bin/bash
# install, uninstall, dist and the Debian package, with the real tools.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
passed=0 failed=0 skipped=0
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# expect NAME COMMAND...: it succeeds.
expect() {
	local name=$1
	shift
	if "$@" >"$work/out" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $name"
		tail -n 20 "$work/out"
	fi
}
nothing_left() { [ -z "$(find "$work/root" -type f)" ]; }
same_tarball() {
	make -s dist B="$work/a" && make -s dist B="$work/b" &&
		cmp "$work"/a/*.tar.gz "$work"/b/*.tar.gz
}
# What make install puts where, systemd's units, and Debian's own two files of
# which the second is compressed; it has its own copy of the licence.
deb_holds_all() {
	{
		grep -v doc/pinspot/COPYING tests/install/files |
			sed -e 's,^,./usr/,' -e '/man\//s,$,.gz,' \
			    -e '/doc\/pinspot\/README/s,$,.gz,'
		echo ./lib/systemd/system/pinspot.service
		echo ./lib/systemd/system/pinspot.timer
		echo ./usr/share/doc/pinspot/changelog.Debian.gz
		echo ./usr/share/doc/pinspot/copyright
	} | sort | diff - <(dpkg-deb -c "$1" | sed -n 's,^-.* \./,./,p' | sort)
}
no_errors() { ! lintian --no-tag-display-limit -E "$1" 2>&1 | tee "$work/lintian" | grep -q '^E:' || { cat "$work/lintian"; false; }; }

expect install make -s install B="$B" DESTDIR="$work/root" PREFIX=/usr
expect "runs installed" "$work/root/usr/bin/pinspot" --version
expect "page in place" test -s "$work/root/usr/share/man/man1/pinspot.1"
expect uninstall make -s uninstall DESTDIR="$work/root" PREFIX=/usr
expect "uninstall leaves nothing" nothing_left
if git rev-parse --git-dir >/dev/null 2>&1; then
	expect "reproducible tarball" same_tarball
	if command -v dpkg-buildpackage >/dev/null; then
		expect "deb builds" make -s deb B="$work/d"
		deb=$(find "$work/d" -name 'pinspot_*.deb' | head -n 1)
		expect "deb is there" test -n "$deb"
		expect "deb holds what is installed" deb_holds_all "$deb"
		command -v lintian >/dev/null && expect "lintian without errors" no_errors "$deb"
		if [ "$(id -u)" -eq 0 ]; then
			expect "deb installs" dpkg -i "$deb"
			expect "deb runs" /usr/bin/pinspot --version
			expect "deb goes" dpkg --purge pinspot
		else
			skipped=$((skipped + 3))
		fi
	else
		skipped=$((skipped + 7))
	fi
else
	skipped=$((skipped + 8))
fi
if command -v systemd-analyze >/dev/null; then
	expect "units verify" env SYSTEMD_LOG_LEVEL=err systemd-analyze verify --man=no contrib/systemd/pinspot.timer
	expect "unit is hardened" systemd-analyze security --offline=true --threshold=20 contrib/systemd/pinspot.service
else
	skipped=$((skipped + 2))
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
