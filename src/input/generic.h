/*
 * generic.h - log rows of products that pinspot does not know, by what their
 * fields are commonly called.
 */
#ifndef PINSPOT_INPUT_GENERIC_H
#define PINSPOT_INPUT_GENERIC_H

#include "input/log.h"

enum generic_field {
	GENERIC_TIME,
	GENERIC_CLIENT, /* address, or address:port */
	GENERIC_CLIENT_PORT,
	GENERIC_SERVER,
	GENERIC_SERVER_PORT,
	GENERIC_SNI,
	GENERIC_HOST, /* a host name of another kind */
	GENERIC_URL,
	GENERIC_USER,
	GENERIC_APP,
	GENERIC_AGENT,
	GENERIC_DEVICE,
	GENERIC_POLICY,
	GENERIC_VERSION,
	GENERIC_CIPHER,
	GENERIC_SUBJECT,
	GENERIC_ISSUER,
	GENERIC_ERROR,
	GENERIC_CLIENT_ERROR, /* of the client leg */
	GENERIC_SERVER_ERROR,
	GENERIC_ALERT, /* by number or name */
	GENERIC_ACTION,
	GENERIC_LEG, /* "client" or "server" */
	GENERIC_ESTABLISHED,
	GENERIC_RESUMED,
	GENERIC_COUNT,
	GENERIC_JA4,
	GENERIC_ALPN,
	GENERIC_STATUS, /* of a request that came through */
	GENERIC_DATE, /* where the time is that of the day alone */
	/* What counts only where another field tells of TLS */
	GENERIC_CODE, /* an error's number: perhaps an alert's */
	GENERIC_PROTOCOL, /* a version of something: perhaps "TLSv1.2" */
	GENERIC_FIELDS,
};

/* A mapping's name of the field: "client.port". */
const char *generic_field_name(enum generic_field field);

/* By a mapping's name; GENERIC_FIELDS where it is none. */
enum generic_field generic_field_by_name(struct text name);

/* By what products call it; case and "_-. " do not count, and neither does what
 * json_unwrap_path takes off.  GENERIC_FIELDS where it is none. */
enum generic_field generic_field_find(struct text key);

/* Does the row tell of TLS at all: a version, an SNI, an alert, words about a
 * handshake, or an action that only an interceptor has?  What the message says of
 * the client is put into fields before. */
bool generic_tells_tls(struct text *fields);

/* Read the row.  A value that is not what it should be is damage. */
enum line_result generic_handshake(struct log *log, const struct text *fields,
    struct handshake *h);

#endif
