/*
 * why.h - the facts behind one finding, each with its label.
 *
 * Every format that people read shows the same rows, in the same words.
 */
#ifndef PINSPOT_REPORT_WHY_H
#define PINSPOT_REPORT_WHY_H

#include "base/buf.h"
#include "model/finding.h"

enum { WHY_MAX = 10 };

struct why {
	const char *label;
	struct buf text; /* UTF-8, not escaped */
	bool command; /* to be pasted, never to be wrapped as prose */
	bool detail; /* for those who ask for more */
};

struct why_list {
	struct why rows[WHY_MAX];
	size_t n;
};

/* The rows for which there are facts; why_list_free frees them. */
void why_list_fill(struct why_list *list, const struct report *r,
    const struct finding *f);
void why_list_free(struct why_list *list);

/*
 * The tshark command that shows the proving connection, its arguments quoted
 * for a shell; nothing where no named capture holds it.  *split gets where the
 * last argument begins, for a reader whose line is short.
 */
void why_command(struct buf *out, const struct report *r,
    const struct finding *f, size_t *split);

#endif
