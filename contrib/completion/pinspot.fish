# Completion of pinspot for fish.
set -l commands scan explain suggest whatif verify rules formats history ack
set -l classes pinning hsts-preload resumption-mismatch private-store missing-ca \
    browser-reject client-auth proxy-cert upstream-cert protocol-mismatch \
    block-page not-effective network undetermined
# The findings of the history that --state names on this line, or the settings.
function __pinspot_findings
    set -l words (commandline -opc)
    set -l state
    if set -l at (contains -i -- --state $words)
        set state --state $words[(math $at + 1)]
    end
    pinspot history show $state 2>/dev/null | string match -rg '^(f-[0-9a-f]+) '
end
function __pinspot_rules
    pinspot rules list 2>/dev/null | string match -rg '^ *[0-9]+ +(\S+)'
end
complete -c pinspot -n __fish_use_subcommand -a "$commands"
complete -c pinspot -n '__fish_seen_subcommand_from explain' -a "$classes (__pinspot_rules) (__pinspot_findings)"
complete -c pinspot -n '__fish_seen_subcommand_from ack' -a '(__pinspot_findings)'
complete -c pinspot -n '__fish_seen_subcommand_from rules' -a 'list check test'
complete -c pinspot -n '__fish_seen_subcommand_from history' -a 'show gc check export'
complete -c pinspot -s i -l interceptor -r -d 'whose certificates are ours'
complete -c pinspot -s F -l input-format -x -d 'force a format'
complete -c pinspot -l filter -x -d 'capture filter'
complete -c pinspot -s I -l interface -x -d 'capture live' -a '(ls /sys/class/net)'
complete -c pinspot -l timezone -x -d 'zone of times that carry none'
complete -c pinspot -l squid-format -x -d 'logformat of a Squid access.log'
complete -c pinspot -l max-bad -x -d 'unparsable lines above this: exit 4'
complete -c pinspot -l invalid-lines -r -d 'keep lines that could not be parsed'
complete -c pinspot -l max-memory -x -d 'bound for held-back packets'
complete -c pinspot -l max-flows -x -d 'bound for connections followed'
complete -c pinspot -l rules -r -d 'more rules'
complete -c pinspot -l no-default-rules -d 'leave out the built-in rules'
complete -c pinspot -l apps -r -d 'another catalogue of pinned applications'
complete -c pinspot -l hsts -r -d 'another HSTS preload list'
complete -c pinspot -s f -l format -x -a 'text json jsonl csv html md mail mail-body prom' -d 'format of the report'
complete -c pinspot -s o -l output -r -d 'write to a file'
complete -c pinspot -l handshakes -d 'one JSON line per handshake'
complete -c pinspot -s s -l since -x -d 'only findings seen since then'
complete -c pinspot -s u -l until -x -d 'only findings seen until then'
complete -c pinspot -l host -x -d 'only these hosts'
complete -c pinspot -l client -x -d 'only these clients'
complete -c pinspot -l class -x -a "$classes" -d 'only this class'
complete -c pinspot -l min-confidence -x -a 'possible likely confirmed' -d 'at least this sure'
complete -c pinspot -l for -x -a 'panos umbrella cloudswg proxysg zscaler netskope fortios ftd checkpoint sophos squid mitmproxy sslproxy plain' -d 'syntax of entries'
complete -c pinspot -l anonymize -d 'pseudonyms for clients and users'
complete -c pinspot -l state -r -d 'keep a history'
complete -c pinspot -l new -d 'only what is new, gone or back'
complete -c pinspot -l reason -x -d 'with ack: why'
complete -c pinspot -l fail-on -x -a "any new $classes" -d 'exit 1 on such a finding'
complete -c pinspot -l follow -d 'keep reading'
complete -c pinspot -l interval -x -d 'a summary this often'
complete -c pinspot -l try -r -d 'what a file is taken for'
complete -c pinspot -l show-config -d 'each setting and its origin'
complete -c pinspot -l color -x -a 'auto always never' -d 'colours'
complete -c pinspot -l ascii -d 'no characters beyond ASCII'
complete -c pinspot -l width -x -d 'columns of the report'
complete -c pinspot -l utc -d 'times in UTC'
complete -c pinspot -s q -l quiet -d 'no messages but errors'
complete -c pinspot -s v -l verbose -d 'more detail'
complete -c pinspot -s h -l help -d 'help'
complete -c pinspot -s V -l version -d 'the version'
