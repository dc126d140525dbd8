/*
 * marks.h - how classes and statuses are marked at a glance.
 *
 * The mark says who has to act, never how bad it is: that is what the numbers
 * are for.  Colour only repeats what the symbol says.
 */
#ifndef PINSPOT_REPORT_MARKS_H
#define PINSPOT_REPORT_MARKS_H

#include "report/page.h"

struct mark {
	const char *symbol; /* one column */
	const char *name; /* of the style class in HTML */
	const char *meaning;
	enum style style;
};

enum { N_MARKS = 4 };
extern const struct mark marks[N_MARKS];

const struct mark *mark_of(enum class c);

/* "+" for new and back, "-" for gone, "" for all else. */
const char *mark_of_status(const char *status);

#endif
