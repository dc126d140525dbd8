# Completion of pinspot for bash.

# The findings of the history that --state names on this line, or the settings.
_pinspot_findings()
{
	local i state=()

	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == --state ]] &&
			state=(--state "${COMP_WORDS[i + 1]}")
	done
	pinspot history show "${state[@]}" 2>/dev/null |
		sed -n 's/^\(f-[0-9a-f]*\) .*/\1/p'
}
_pinspot_rules()
{
	pinspot rules list 2>/dev/null | sed -n 's/^ *[0-9]*  *\([^ ]*\) .*/\1/p'
}
_pinspot()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local commands="scan explain suggest whatif verify rules formats history ack"
	local classes="pinning hsts-preload resumption-mismatch private-store
		missing-ca browser-reject client-auth proxy-cert upstream-cert
		protocol-mismatch block-page not-effective network undetermined"
	local words

	case $prev in
	-f | --format) words="text json jsonl csv html md mail mail-body prom" ;;
	--for) words="panos umbrella cloudswg proxysg zscaler netskope fortios
		ftd checkpoint sophos squid mitmproxy sslproxy plain" ;;
	--color) words="auto always never" ;;
	--class) words=$classes ;;
	--fail-on) words="any new $classes" ;;
	--min-confidence) words="possible likely confirmed" ;;
	-F | --input-format)
		words=$(pinspot formats 2>/dev/null | sed -n 's/^\([a-z][a-z0-9-]*\) .*/\1/p') ;;
	-I | --interface) words=$(ls /sys/class/net 2>/dev/null) ;;
	rules) words="list check test" ;;
	history) words="show gc check export" ;;
	explain) words="$classes $(_pinspot_rules) $(_pinspot_findings)" ;;
	ack) words=$(_pinspot_findings) ;;
	-h | --help) words="all" ;;
	*)
		if [[ $cur == -* ]]; then
			words=$(pinspot --help all 2>/dev/null |
				grep -oE -- '--[a-z-]+' | sort -u)
		elif ((COMP_CWORD == 1)); then
			mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur"
				compgen -f -- "$cur")
			return
		else
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
		fi ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -o filenames -F _pinspot pinspot
