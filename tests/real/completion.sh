#!/bin/bash
# The completions, in the real shells: what bash, zsh and fish offer.
set -u
cd "$(dirname "$0")/../.." || exit 2
PATH=$PWD/${B:-build}:$PATH
passed=0 failed=0 skipped=0

# offers NAME WANTED COMMAND...: among the lines printed is the wanted word.
offers() {
	local name=$1 wanted=$2
	shift 2
	if "$@" 2>&1 | grep -qxF -- "$wanted"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $name does not offer $wanted"
	fi
}

in_bash() {
	bash --norc -c '. contrib/completion/pinspot.bash
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_pinspot; printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}
in_fish() {
	fish --no-config -c 'source contrib/completion/pinspot.fish; complete -C "'"$1"'"' | cut -f1
}
# zsh completes only at a prompt, so it gets one.
in_zsh() {
	python3 - "$1" <<'P'
import os, pty, re, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "dumb"
    os.execvp("zsh", ["zsh", "-f", "-i"])
def read(seconds):
    out, end = b"", time.time() + seconds
    while time.time() < end:
        if select.select([fd], [], [], 0.1)[0]:
            try: out += os.read(fd, 65536)
            except OSError: break
    return out
os.write(fd, b"fpath=(contrib/completion $fpath); autoload -U compinit; compinit -D; "
             b"zstyle ':completion:*' list-prompt ''; LISTMAX=9999; bindkey '^I' complete-word; setopt no_auto_menu no_always_last_prompt\n")
read(3)
os.write(fd, sys.argv[1].encode() + b"\t\t")
text = read(3).decode("utf-8", "replace")
os.write(fd, b"\x03exit\n")
os.kill(pid, 9); os.waitpid(pid, 0)
for word in sorted(set(re.findall(r"[A-Za-z0-9-]+", text))): print(word)
P
}

# A history with a finding in it.
state=$(mktemp -d) || exit 2
trap 'rm -rf "$state"' EXIT
pinspot -q --state "$state" samples/logs/panos-day.log >/dev/null 2>&1
finding=$(pinspot history show --state "$state" | grep -om1 '^f-[0-9a-f]*')

if command -v bash >/dev/null; then
	offers bash private-store in_bash pinspot explain priv
	offers bash spare-connection in_bash pinspot explain spare
	offers bash "$finding" in_bash pinspot --state "$state" explain f-
	offers bash "$finding" in_bash pinspot --state "$state" ack f-
	offers bash scan in_bash pinspot sc
	offers bash panos in_bash pinspot --for pa
	offers bash pinning in_bash pinspot --class p
	for option in $(build/pinspot --help all | grep -oE -- '^ .{5}--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
		offers bash "$option" in_bash pinspot "$option"
	done
else skipped=$((skipped + 1)); fi
if command -v fish >/dev/null; then
	offers fish scan in_fish "pinspot sc"
	offers fish private-store in_fish "pinspot explain priv"
	offers fish spare-connection in_fish "pinspot explain spare"
	offers fish "$finding" in_fish "pinspot --state $state ack f-"
	offers fish panos in_fish "pinspot --for pa"
	for option in $(build/pinspot --help all | grep -oE -- '^ .{5}--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
		offers fish "$option" in_fish "pinspot $option"
	done
else skipped=$((skipped + 1)); fi
if command -v zsh >/dev/null; then
	offers zsh spare-connection in_zsh "pinspot explain sp"
	offers zsh "$finding" in_zsh "pinspot --state $state ack f-"
	offers zsh panos in_zsh "pinspot --for p"
	offers zsh suggest in_zsh "pinspot s"
	offers zsh --squid-format in_zsh "pinspot --s"
else skipped=$((skipped + 1)); fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
