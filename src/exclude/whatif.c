#include "exclude/whatif.h"

#include <stdlib.h>

#include "base/mem.h"
#include "exclude/minimal.h"

/* The list's entries, then what we would add and the list does not have.  What
 * needs a look first is no candidate. */
static void
collect_candidates(struct whatif *w, const struct report *r,
    const struct exclusions *list)
{
	struct exclusions *all = &w->candidates;

	list_init(all);
	for (size_t i = 0; i < list->n; i++) {
		const struct listed *e = &list->entries[i];
		struct listed *copy = list_add(all, e->product, e->entry,
		    e->form, e->comment, e->line);

		if (copy != NULL)
			copy->sound = e->sound;
	}
	w->n_listed = all->n;
	for (size_t i = 0; i < r->n_suggestions; i++) {
		const struct entry *s = &r->suggestions[i];
		const struct product *p = product_by_name(text_of(s->product));
		bool known = s->verdict != VERDICT_ADD;

		for (size_t k = 0; k < w->n_listed && !known; k++)
			known = all->entries[k].product == p &&
			    text_equal_nocase(all->entries[k].entry, s->entry);
		if (!known && p != NULL)
			list_add_expressed(all, p, s->entry);
	}
}

static void
fill_row(struct whatif_row *row, struct replay *rp, const struct report *r,
    size_t entry, bool *seen)
{
	size_t n;
	const uint32_t *hosts = replay_hosts(rp, entry, &n);

	row->alone = replay_price(rp, hosts, n);
	for (size_t i = 0; i < n; i++) {
		struct traffic t = replay_traffic(rp, hosts[i]);

		if (!seen[hosts[i]])
			row->first_fixed += t.curable;
		seen[hosts[i]] = true;
		if (t.curable == 0 && row->n_others < WHATIF_OTHERS_SHOWN)
			row->others[row->n_others++] = r->hosts[hosts[i]].name;
	}
}

/* What the list does not fix, by what is behind it. */
static void
count_left(struct whatif *w, struct replay *rp, const struct report *r,
    const uint32_t *hosts, size_t n)
{
	bool *excluded = mem_zero(r->n_hosts + 1, sizeof(*excluded));
	enum class class;

	for (size_t i = 0; i < n; i++)
		excluded[hosts[i]] = true;
	for (size_t i = 0; i < r->n_cells; i++) {
		uint64_t failed = replay_failed(rp, &r->cells[i], &class);

		if (!excluded[r->cells[i].host] ||
		    class_facts(class)->entry == ENTRY_NEVER)
			w->left[class] += failed;
	}
	free(excluded);
}

static void
fill_rows(struct whatif *w, struct replay *rp, const struct report *r)
{
	bool *seen = mem_zero(r->n_hosts + 1, sizeof(*seen));
	size_t *all = mem_zero(w->n_listed + 1, sizeof(*all)), n;
	const uint32_t *hosts;

	w->n_rows = w->n_listed;
	w->rows = mem_zero(w->n_rows + 1, sizeof(*w->rows));
	for (size_t i = 0; i < w->n_rows; i++) {
		all[i] = i;
		w->rows[i].entry = &w->candidates.entries[i];
		fill_row(&w->rows[i], rp, r, i, seen);
	}
	hosts = replay_union(rp, all, w->n_listed, &n);
	w->total = replay_price(rp, hosts, n);
	count_left(w, rp, r, hosts, n);
	free(seen);
	free(all);
}

/* What the minimal set does without, though the list has it and pays for it. */
static void
mark_too_wide(struct whatif *w, const struct step_price *steps)
{
	bool *kept = mem_zero(w->candidates.n + 1, sizeof(*kept));

	for (size_t i = 0; i < w->n_steps; i++)
		kept[steps[i].entry] = true;
	for (size_t i = 0; i < w->n_rows; i++)
		w->rows[i].too_wide = !kept[i] && w->rows[i].alone.lost > 0;
	free(kept);
}

void
whatif_run(struct whatif *w, const struct report *r,
    const struct exclusions *list)
{
	struct replay *rp = replay_new(r);
	struct step_price *steps;

	*w = (struct whatif){ 0 };
	collect_candidates(w, r, list);
	replay_entries(rp, w->candidates.entries, w->candidates.n);
	fill_rows(w, rp, r);
	w->n_steps = minimal_set(rp, w->candidates.n, &steps);
	w->steps = mem_zero(w->n_steps + 1, sizeof(*w->steps));
	for (size_t i = 0; i < w->n_steps; i++)
		w->steps[i] = (struct whatif_step){
			.entry = &w->candidates.entries[steps[i].entry],
			.suggested = steps[i].entry >= w->n_listed,
			.fixed = steps[i].fixed, .lost = steps[i].lost };
	mark_too_wide(w, steps);
	free(steps);
	replay_free(rp);
}

void
whatif_free(struct whatif *w)
{
	free(w->rows);
	free(w->steps);
	list_free(&w->candidates);
	*w = (struct whatif){ 0 };
}
