/*
 * panos.h - what a decryption log row of PAN-OS means, whatever form it came in.
 *
 * The firewall writes it as CSV, the web interface exports it with a header, and
 * the Strata Logging Service forwards it as CEF, LEEF or JSON.  Each form fills
 * a row; one function reads it.
 */
#ifndef PINSPOT_INPUT_PANOS_H
#define PINSPOT_INPUT_PANOS_H

#include "input/log.h"

/* The fields that matter, by the manual's variable names (PAN-OS 11.1, Decryption
 * Log Fields). */
enum panos_field {
	PANOS_TIME, /* time_generated, in the device's zone */
	PANOS_TIME_HIGH_RES, /* high_res_timestamp, with a zone */
	PANOS_SRC,
	PANOS_DST,
	PANOS_NATSRC,
	PANOS_NATDST,
	PANOS_SRCUSER,
	PANOS_APP,
	PANOS_REPEATCNT,
	PANOS_SPORT,
	PANOS_DPORT,
	PANOS_NATSPORT,
	PANOS_NATDPORT,
	PANOS_VERSION,
	PANOS_ENCRYPTION,
	PANOS_POLICY,
	PANOS_PROXY_TYPE,
	PANOS_SRC_HOST,
	PANOS_SNI_LEN,
	PANOS_SNI,
	PANOS_CN,
	PANOS_ERR_INDEX,
	PANOS_ERROR,
	/* Only asked for where the handshake failed. */
	PANOS_FAILURE,
	PANOS_STAGE_SERVER = PANOS_FAILURE, /* hs_stage_f2s */
	PANOS_SERIAL,
	PANOS_NOT_BEFORE,
	PANOS_NOT_AFTER,
	PANOS_ISSUER_CN,
	PANOS_FIELDS,
};

struct panos_row {
	struct text fields[PANOS_FIELDS];
	/* Where each stands, from 1, for messages; 0 where it has no number. */
	const uint8_t *columns;
	struct text zone; /* of the times that name none, or empty */
};

/* By a column's caption, a variable name or a key of the other forms; blanks,
 * case and punctuation do not count.  PANOS_FIELDS where it is none. */
enum panos_field panos_field_find(struct text caption);

enum line_result panos_handshake(struct log *log, const struct panos_row *row,
    struct handshake *h);

#endif
