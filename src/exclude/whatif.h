/*
 * whatif.h - a list, replayed on the recorded traffic: what it fixes, what it
 * takes out of inspection, and what is left as it is.
 */
#ifndef PINSPOT_EXCLUDE_WHATIF_H
#define PINSPOT_EXCLUDE_WHATIF_H

#include "exclude/list.h"
#include "exclude/replay.h"
#include "model/finding.h"

enum { WHATIF_OTHERS_SHOWN = 8 };

struct whatif_row {
	const struct listed *entry;
	struct price alone; /* as if it were the only entry */
	uint64_t first_fixed; /* attempts that no entry above it fixes: these
			       * add up to what the list fixes */
	struct text others[WHATIF_OTHERS_SHOWN]; /* names with nothing to cure */
	size_t n_others;
	bool too_wide; /* the minimal set does without it and loses less */
};

/* One entry more of the minimal set; struct step_price's numbers. */
struct whatif_step {
	const struct listed *entry;
	bool suggested; /* not on the list: one of ours */
	uint64_t fixed, lost;
};

struct whatif {
	struct price total; /* of the whole list */
	uint64_t left[N_CLASSES]; /* attempts that it leaves, by class */
	struct whatif_row *rows; /* in the list's order */
	size_t n_rows;
	struct whatif_step *steps; /* the smallest set, best worth first */
	size_t n_steps;
	struct exclusions candidates; /* the list and our suggestions */
	size_t n_listed; /* of the candidates, the list's own */
};

/* r has its suggestions already, in the list's product.  list is borrowed. */
void whatif_run(struct whatif *w, const struct report *r,
    const struct exclusions *list);
void whatif_free(struct whatif *w);

#endif
