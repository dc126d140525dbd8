/*
 * wrapper.h - what syslog, its relays and collectors put in front of a line.
 */
#ifndef PINSPOT_INPUT_WRAPPER_H
#define PINSPOT_INPUT_WRAPPER_H

#include "base/text.h"

struct wrapper {
	struct text payload; /* the rest */
	struct text time; /* of the innermost header, as written, or empty */
	struct text host;
	struct text tag; /* program or "program[pid]", without the colon */
};

/*
 * Take off, in any number and order: the octet count of RFC 6587, the <PRI>, the
 * header of RFC 5424 (also cut short after the host name, as PAN-OS writes it),
 * that of RFC 3164 (also with a year, also without a host), an ISO time with a
 * host, the program's name; what container runtimes (CRI, docker compose),
 * fluentd, awslogs, journalctl -o export and grep put there.  Nothing is taken
 * off where nothing is sure.
 */
void wrapper_peel(struct text line, struct wrapper *out);

#endif
