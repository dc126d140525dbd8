/*
 * anonymize.h - reports that may leave the house.
 *
 * Clients, users, devices, names that mean something only inside, the
 * interceptor's own name, file names and the values of log fields become
 * pseudonyms: HMAC-SHA-256 under a key, so that one client keeps its pseudonym
 * within a report and, under the same key, from report to report, and nobody
 * without the key can try names until one fits.
 *
 * It works on the report itself, before anything is rendered, so that no format
 * can forget something; free text is searched for all that was replaced.
 *
 * Public host names stay: they are what the report is about.  A company's own
 * names under a public domain are such names, too.
 */
#ifndef PINSPOT_REPORT_ANONYMIZE_H
#define PINSPOT_REPORT_ANONYMIZE_H

#include "base/digest.h"
#include "base/error.h"
#include "model/finding.h"

struct anonymizer;

/* Draw a key from the system.  -1 with the words in *e. */
int anonymize_key(uint8_t key[DIGEST_SIZE], struct error *e) MUST_CHECK;

struct anonymizer *anonymizer_new(const uint8_t key[DIGEST_SIZE]);
void anonymizer_free(struct anonymizer *a);

/* Change a whole report; its pool gets the new texts. */
void anonymize_report(struct anonymizer *a, struct report *r);

/* A copy of one handshake for --handshakes; what it borrows is from h, from the
 * pool or from the anonymizer, whose last handshake this is. */
void anonymize_handshake(struct anonymizer *a, const struct handshake *h,
    struct pool *pool, struct handshake *out);

#endif
