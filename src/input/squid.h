/*
 * squid.h - the fields of a line of Squid's access.log, in whatever shape.
 */
#ifndef PINSPOT_INPUT_SQUID_H
#define PINSPOT_INPUT_SQUID_H

#include "input/log.h"

enum {
	SQUID_TOKENS_MAX = 48,
};

enum squid_field {
	SKIP, TIME, CLIENT, RESULT, METHOD, URL, USER, HIERARCHY, BUMP_MODE,
	SNI, CERT_ERRORS, CLIENT_VERSION, SERVER_VERSION, ERROR_CODE,
	ERROR_DETAIL, AGENT, CLIENT_PORT, SERVER, STATUS, N_FIELDS
};

/* Windows on the line; empty where it has no such field or says "-". */
struct squid_row {
	struct text fields[N_FIELDS];
};

/* The places that --squid-format gives to fields. */
struct squid_layout {
	uint8_t n, n_known; /* fields, and those that tell something */
	uint8_t at[SQUID_TOKENS_MAX];
};

/* The name of one of Squid's own formats, such as "combined", leaves it empty:
 * their fields are told by their form. */
void squid_layout_learn(struct squid_layout *layout, const char *format);

/* By the places of a layout that has some; false where the line has fewer fields
 * or others than a result, a method and a client in their places. */
bool squid_split_layout(const struct squid_layout *layout, struct text line,
    struct squid_row *row);

/* By the form of the tokens; false where the line is none of Squid's. */
bool squid_split(struct log *log, struct text line, struct squid_row *row);

#endif
