#include "cmd/cmd.h"

#include <stddef.h>
#include <string.h>

#include "base/attr.h"
#include "base/error.h"

const struct command commands[] = {
	{ "scan", "[OPTIONS] [INPUT...]",
	    "what breaks, why, and what to do (the default)",
	    "Inputs are captures and logs, folders of them, or - for standard "
	    "input;\nseveral are joined.  Findings are no failure: --fail-on "
	    "makes them one.\n\n"
	    "  pinspot -i corp-ca.pem edge.pcapng decryption.csv\n"
	    "  pinspot -f json /var/log/panos | jq .findings\n"
	    "  pinspot -o report.html --since 7d edge.pcapng\n", cmd_scan },
	{ "explain", "HOST|FINDING|RULE|CLASS [INPUT...]",
	    "why this verdict; what a rule or class means",
	    "A host or the id of a finding needs the inputs, or the report "
	    "that -f json wrote\nof them, or --state DIR for what earlier "
	    "runs saw; a rule or a class needs none.\n\n"
	    "  pinspot explain api.bank.example edge.pcapng\n"
	    "  pinspot explain f-7c1d90ab report.json\n"
	    "  pinspot explain private-store\n", cmd_explain },
	{ "suggest", "[OPTIONS] INPUT...",
	    "exclusion entries, in a product's syntax",
	    "Standard output holds the list alone; what is left out, and why, "
	    "goes to\nstandard error.  -f is a form that the product has, "
	    "or json or registry; --for\nnames the product: panos, umbrella, "
	    "cloudswg, proxysg, zscaler, netskope,\nfortios, ftd, checkpoint, "
	    "sophos, squid, mitmproxy, sslproxy or plain.\n\n"
	    "  pinspot suggest --for panos edge.pcapng > exclude.set\n"
	    "  pinspot suggest --for squid -o pinned.conf access.log\n",
	    cmd_suggest },
	{ "whatif", "LIST INPUT...",
	    "replay an exclusion list: fixed, lost, left",
	    "LIST is what the product exports or imports, see "
	    "pinspot-lists(5); --for names\nthe product where the log does "
	    "not.  -f is text or json.\n\n"
	    "  pinspot whatif new-list.txt --for umbrella edge.pcapng\n",
	    cmd_whatif },
	{ "verify", "LIST INPUT...",
	    "does an exclusion list do what it should",
	    "Tells entries that have no effect, are stale, shadowed, too wide "
	    "or in a wrong\nform.  --fail-on PROBLEM or any makes them "
	    "failures.\n\n"
	    "  pinspot verify exclude.set --for panos decryption.csv\n",
	    cmd_verify },
	{ "rules", "[list|check|test|facts] [ID|PATH...]",
	    "the rules that decide; are yours sound",
	    "list shows all rules, or those named; check reads yours, test "
	    "runs their own\ntests, facts lists what a rule may ask for: "
	    "pinspot-rules(5).\n\n"
	    "  pinspot rules list pinning-contrast\n"
	    "  pinspot rules test /etc/pinspot/rules.d\n", cmd_rules },
	{ "formats", "[--try FILE]",
	    "the formats that are read; what FILE is taken for",
	    "-F forces one of them: pinspot-formats(5).\n\n"
	    "  pinspot formats --try decryption.csv\n", cmd_formats },
	{ "history", "show|gc|check|export --state DIR",
	    "what earlier runs with --state saw",
	    "gc forgets what is old, check looks for damage, export prints "
	    "everything as JSON.\n\n"
	    "  pinspot history show --state /var/lib/pinspot\n",
	    cmd_history },
	{ "ack", "FINDING --until DATE --reason TEXT --state DIR",
	    "silence a finding of the history until a day",
	    "FINDING is its id, or how the id begins; history show lists "
	    "them.\n\n"
	    "  pinspot ack f-7c1d --until 2027-01-31 --reason "
	    "\"vendor told\" --state DIR\n", cmd_ack },
	{ NULL, NULL, NULL, NULL, NULL },
};

const struct command *
command_by_name(const char *name)
{
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strcmp(name, c->name) == 0)
			return c;
	return NULL;
}

const char *
command_near(const char *word)
{
	const char *names[N_ITEMS(commands)];
	int n = 0;

	for (; commands[n].name != NULL; n++)
		names[n] = commands[n].name;
	return error_nearest(word, names, n);
}
