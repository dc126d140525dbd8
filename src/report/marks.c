#include "report/marks.h"

const struct mark marks[N_MARKS] = {
	{ "✖", "exclude", "exclude or leave blocked", STYLE_RED },
	{ "▲", "deploy", "deploy the CA", STYLE_YELLOW },
	{ "●", "repair", "repair", STYLE_BLUE },
	{ "?", "open", "undecided", STYLE_DIM },
};

const struct mark *
mark_of(enum class c)
{
	static const uint8_t index[N_CLASSES] = {
		[CLASS_UNKNOWN] = 3,
		[CLASS_PINNING] = 0,
		[CLASS_HSTS_PRELOAD] = 1,
		[CLASS_RESUMPTION_MISMATCH] = 2,
		[CLASS_PRIVATE_STORE] = 1,
		[CLASS_MISSING_CA] = 1,
		[CLASS_BROWSER_REJECT] = 1,
		[CLASS_CLIENT_AUTH] = 0,
		[CLASS_PROXY_CERT] = 2,
		[CLASS_UPSTREAM_CERT] = 2,
		[CLASS_PROTOCOL_MISMATCH] = 2,
		[CLASS_BLOCK_PAGE] = 2,
		[CLASS_NOT_EFFECTIVE] = 2,
		[CLASS_NETWORK] = 2,
		[CLASS_UNDETERMINED] = 3,
		[CLASS_HARMLESS] = 3,
		[CLASS_IGNORE] = 3,
	};

	return &marks[(unsigned)c < N_CLASSES ? index[c] : 3];
}

const char *
mark_of_status(const char *status)
{
	if (status == NULL)
		return "";
	if (strcmp(status, "new") == 0 || strcmp(status, "back") == 0)
		return "+";
	if (strcmp(status, "changed") == 0)
		return "~";
	return strcmp(status, "gone") == 0 ? "-" : "";
}
