/*
 * class.h - the causes that pinspot tells apart (product.md, Classes).
 */
#ifndef PINSPOT_MODEL_CLASS_H
#define PINSPOT_MODEL_CLASS_H

#include "base/text.h"

enum class {
	CLASS_UNKNOWN,
	CLASS_PINNING,
	CLASS_HSTS_PRELOAD,
	CLASS_RESUMPTION_MISMATCH,
	CLASS_PRIVATE_STORE,
	CLASS_MISSING_CA,
	CLASS_BROWSER_REJECT,
	CLASS_CLIENT_AUTH,
	CLASS_PROXY_CERT,
	CLASS_UPSTREAM_CERT,
	CLASS_PROTOCOL_MISMATCH,
	CLASS_BLOCK_PAGE,
	CLASS_NOT_EFFECTIVE,
	CLASS_NETWORK,
	CLASS_UNDETERMINED,
	CLASS_HARMLESS, /* counted, never a finding */
	CLASS_IGNORE, /* silenced by a rule of the user's, counted */
	N_CLASSES
};

/* Would an exclusion entry cure it? */
enum entry_policy { ENTRY_NEVER, ENTRY_OPTIONAL, ENTRY_YES };

enum confidence { CONFIDENCE_UNKNOWN, CONFIDENCE_POSSIBLE, CONFIDENCE_LIKELY,
	CONFIDENCE_CONFIRMED };

struct class_facts {
	const char *name;
	enum entry_policy entry;
	const char *meaning; /* one sentence: what it is */
	const char *advice; /* the first words of what to do */
};

/* Never NULL; for CLASS_UNKNOWN the name is "unknown". */
const struct class_facts *class_facts(enum class c);

/* CLASS_UNKNOWN where there is no such class. */
enum class class_by_name(struct text name);

const char *confidence_name(enum confidence c);
enum confidence confidence_by_name(struct text name);

#endif
