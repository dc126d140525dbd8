#include "model/class.h"

#include "base/attr.h"

static const struct class_facts facts[N_CLASSES] = {
	[CLASS_UNKNOWN] = { "unknown", ENTRY_NEVER, "", "" },
	[CLASS_PINNING] = { "pinning", ENTRY_YES,
	    "A program accepts only the certificates it expects for this host "
	    "and refuses the interceptor's.",
	    "Exclude the host, use the web version, or leave it blocked if "
	    "nobody needs it" },
	[CLASS_HSTS_PRELOAD] = { "hsts-preload", ENTRY_OPTIONAL,
	    "A browser refuses, and the host is on the HSTS preload list: "
	    "there is no click-through and no block-page bypass.",
	    "Deploy the CA, or allow the host by policy" },
	[CLASS_RESUMPTION_MISMATCH] = { "resumption-mismatch", ENTRY_OPTIONAL,
	    "A session of TLS 1.3 is resumed and answered in TLS 1.2 without "
	    "it, which the two ends do not survive.",
	    "Update the interceptor (Cloud SWG: January 2024 or later); look "
	    "for a second one upstream" },
	[CLASS_PRIVATE_STORE] = { "private-store", ENTRY_NEVER,
	    "A program has a certificate store of its own, which lacks the "
	    "interceptor's CA.",
	    "Deploy the CA to that runtime" },
	[CLASS_MISSING_CA] = { "missing-ca", ENTRY_NEVER,
	    "A device lacks the interceptor's CA: every program on it refuses.",
	    "Deploy the CA to that device" },
	[CLASS_BROWSER_REJECT] = { "browser-reject", ENTRY_NEVER,
	    "A browser refuses a host that is not preloaded.",
	    "Deploy the CA" },
	[CLASS_CLIENT_AUTH] = { "client-auth", ENTRY_YES,
	    "The server asks for a client certificate, which cannot pass an "
	    "interceptor.",
	    "Exclude the host" },
	[CLASS_PROXY_CERT] = { "proxy-cert", ENTRY_NEVER,
	    "The impersonation certificate itself is bad: a placeholder, "
	    "expired, weak, or for another name.",
	    "Fix the interceptor" },
	[CLASS_UPSTREAM_CERT] = { "upstream-cert", ENTRY_NEVER,
	    "The origin's own certificate chain is bad.",
	    "Report it to the site, or allow it per host" },
	[CLASS_PROTOCOL_MISMATCH] = { "protocol-mismatch", ENTRY_OPTIONAL,
	    "The two ends find no common version, cipher or group, or a "
	    "middlebox downgrades them.",
	    "Change the decryption profile" },
	[CLASS_BLOCK_PAGE] = { "block-page", ENTRY_NEVER,
	    "The host is intercepted only in order to show a block page.",
	    "Fix the policy" },
	[CLASS_NOT_EFFECTIVE] = { "not-effective", ENTRY_NEVER,
	    "The host is on the exclusion list, and intercepted all the same.",
	    "Fix the entry's form or the order of the rules" },
	[CLASS_NETWORK] = { "network", ENTRY_NEVER,
	    "Resets and time-outs that have nothing to do with certificates.",
	    "Look at the network" },
	[CLASS_UNDETERMINED] = { "undetermined", ENTRY_NEVER,
	    "Rejected, and nothing to contrast it with.",
	    "Capture more" },
	[CLASS_HARMLESS] = { "harmless", ENTRY_NEVER,
	    "A shape that looks like a failure and is none.", "Nothing" },
	[CLASS_IGNORE] = { "ignore", ENTRY_NEVER,
	    "Known noise, silenced by a rule.", "Nothing" },
};

static const char *const confidences[] = { "unknown", "possible", "likely",
	"confirmed" };

const struct class_facts *
class_facts(enum class c)
{
	return &facts[(unsigned)c < N_CLASSES ? c : CLASS_UNKNOWN];
}

enum class
class_by_name(struct text name)
{
	for (int c = CLASS_UNKNOWN + 1; c < N_CLASSES; c++)
		if (text_is(name, facts[c].name))
			return (enum class)c;
	return CLASS_UNKNOWN;
}

const char *
confidence_name(enum confidence c)
{
	return confidences[(unsigned)c < N_ITEMS(confidences) ? c : 0];
}

enum confidence
confidence_by_name(struct text name)
{
	for (unsigned c = 1; c < N_ITEMS(confidences); c++)
		if (text_is(name, confidences[c]))
			return (enum confidence)c;
	return CONFIDENCE_UNKNOWN;
}
