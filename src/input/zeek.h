/*
 * zeek.h - what a row of Zeek's ssl.log means, from TSV or JSON.
 */
#ifndef PINSPOT_INPUT_ZEEK_H
#define PINSPOT_INPUT_ZEEK_H

#include "input/log.h"
#include "input/memo.h"

enum zeek_field {
	/* ssl.log */
	ZEEK_TS,
	ZEEK_ORIG_H,
	ZEEK_ORIG_P,
	ZEEK_RESP_H,
	ZEEK_RESP_P,
	ZEEK_VERSION,
	ZEEK_CIPHER,
	ZEEK_SERVER_NAME,
	ZEEK_RESUMED,
	ZEEK_LAST_ALERT,
	ZEEK_NEXT_PROTOCOL,
	ZEEK_ESTABLISHED,
	ZEEK_HISTORY,
	ZEEK_CHAIN_FPS,
	ZEEK_CHAIN_FUIDS,
	ZEEK_SUBJECT,
	ZEEK_ISSUER,
	ZEEK_VALIDATION,
	ZEEK_PATH,
	ZEEK_JA4,
	/* x509.log */
	ZEEK_FINGERPRINT,
	ZEEK_X509_FUID,
	ZEEK_X509_SERIAL,
	ZEEK_X509_SUBJECT,
	ZEEK_X509_ISSUER,
	ZEEK_X509_NOT_BEFORE,
	ZEEK_X509_NOT_AFTER,
	ZEEK_X509_ALTERNATIVE,
	ZEEK_FIELDS,
};

enum { ZEEK_KEY = 32 };

struct zeek_certificate {
	uint8_t key[ZEEK_KEY]; /* its SHA-256, or its file id and zeroes */
	const struct certificate *certificate; /* NULL in a free slot */
};

/* The rows of x509.log. */
struct zeek_book {
	struct zeek_certificate *at; /* a power of two */
	size_t n, room;
};

/* What is remembered from one line to the next. */
struct zeek {
	struct zeek_book own; /* where the inputs share none */
	struct memo ciphers;
};

enum zeek_field zeek_field_find(struct text name);

/* A row of ssl.log.  columns are the fields' numbers from 1, or NULL. */
enum line_result zeek_handshake(struct log *log, struct zeek *z,
    const struct text *fields, const uint8_t *columns, struct handshake *h);

/* A row of x509.log, kept for the rows of ssl.log that name it. */
void zeek_certificate(struct log *log, struct zeek *z,
    const struct text *fields);

void zeek_free(struct zeek *z);
void zeek_book_clear(struct zeek_book *book);

/* Do these first bytes belong to an x509.log? */
bool zeek_is_x509(struct text head);

#endif
