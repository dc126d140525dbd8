#include "rule/decide.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "knowledge/interceptors.h"
#include "rule/group.h"

enum { DOMAINS_ENOUGH = 16 };

struct rules *
rules_new(bool without_defaults, const char *const *paths, size_t n_paths,
    struct error *e)
{
	struct rules *rules = mem_zero(1, sizeof(*rules));
	int result = 0;

	rules->pool = pool_new();
	for (size_t i = 0; i < n_paths && result == 0; i++)
		result = rules_load_path(rules, paths[i], e);
	if (result == 0 && !without_defaults)
		result = rules_load_default(rules, e);
	if (result == 0)
		return rules;
	rules_free(rules);
	return NULL;
}

void
rules_free(struct rules *rules)
{
	if (rules == NULL)
		return;
	for (size_t i = 0; i < rules->n_patterns; i++)
		pattern_free(rules->patterns[i]);
	free(rules->patterns);
	free(rules->rules);
	pool_free(rules->pool);
	free(rules);
}

/* Rules with a date end with it: what happened later is news again. */
static bool
applies(const struct rule *rule, const struct subject *s)
{
	return !rule->disabled && (rule->until == CLOCK_UNKNOWN ||
	    s->cell->last == CLOCK_UNKNOWN || s->cell->last < rule->until);
}

/* The first rule that matches, or NULL. */
static struct rule *
first_match(struct rules *rules, const struct subject *s)
{
	for (size_t i = 0; i < rules->n; i++) {
		struct rule *rule = &rules->rules[i];
		bool limit = false;

		if (!applies(rule, s))
			continue;
		if (condition_holds(&rule->when, s, NULL, &limit) && !limit)
			return rule;
		if (limit)
			rule->disabled = true;
	}
	return NULL;
}

/* What facts about all the input are counted from. */
struct survey {
	const struct report *r;
	bool *rejected; /* by host: somebody rejected it under interception */
};

/* Does a cell count? */
typedef bool counts_fn(const struct survey *s, const struct cell *cell);

static bool
is_expired(const struct survey *s, const struct cell *cell)
{
	(void)s;
	return cell->failure != NULL && cell->failure->traits->expired > 0;
}

static bool
has_wrong_name(const struct survey *s, const struct cell *cell)
{
	(void)s;
	return cell->failure != NULL && cell->failure->traits->wrong_name > 0;
}

static bool
is_intercepted(const struct cell *cell)
{
	return cell->leg != LEG_SERVER &&
	    cell->interception >= INTERCEPTION_PRESUMED;
}

static bool
is_decrypted(const struct survey *s, const struct cell *cell)
{
	return is_intercepted(cell) && cell->attempts.accepted > 0 &&
	    !s->rejected[cell->host];
}

static bool
is_direct(const struct survey *s, const struct cell *cell)
{
	(void)s;
	return cell->leg != LEG_SERVER && cell->attempts.accepted > 0 &&
	    cell->interception == INTERCEPTION_NONE;
}

/* How many registrable domains have such a cell; as many as any rule could
 * want to know. */
static uint32_t
count_domains(const struct survey *s, counts_fn *counts)
{
	const struct report *r = s->r;
	struct text seen[DOMAINS_ENOUGH];
	uint32_t n = 0;

	for (size_t i = 0; i < r->n_cells && n < DOMAINS_ENOUGH; i++) {
		const struct host *h = &r->hosts[r->cells[i].host];
		struct text domain = h->registrable_domain.n > 0 ?
		    h->registrable_domain : h->name;
		uint32_t at = 0;

		if (!counts(s, &r->cells[i]))
			continue;
		while (at < n && !text_equal(seen[at], domain))
			at++;
		if (at == n)
			seen[n++] = domain;
	}
	return n;
}

/* Profiles are in the order of their clients. */
static uint32_t
count_clients(const struct report *r)
{
	uint32_t n = 0;

	for (size_t i = 0; i < r->n_profiles; i++)
		if (r->profiles[i].client.n > 0 && (i == 0 || !text_equal(
		    r->profiles[i].client, r->profiles[i - 1].client)))
			n++;
	return n;
}

struct subject
subject_new(const struct report *r)
{
	struct survey s = { r, mem_zero(r->n_hosts + 1, sizeof(bool)) };
	struct subject subject = { .report = r, .clients = count_clients(r) };

	for (size_t i = 0; i < r->n_cells; i++)
		if (is_intercepted(&r->cells[i]) &&
		    r->cells[i].attempts.rejected > 0)
			s.rejected[r->cells[i].host] = true;
	subject.expired_domains = count_domains(&s, is_expired);
	subject.wrong_name_domains = count_domains(&s, has_wrong_name);
	subject.decrypted_domains = count_domains(&s, is_decrypted);
	subject.direct_domains = count_domains(&s, is_direct);
	free(s.rejected);
	return subject;
}

void
subject_look(struct subject *s, const struct cell *cell)
{
	const struct failure *f = cell->failure;
	const struct host *host = &s->report->hosts[cell->host];

	s->cell = cell;
	s->contrast = contrast_of(s->report, cell);
	if (s->host != host)
		s->is_block_host = interceptor_is_block_host(host->name);
	s->host = host;
	s->profile = &s->report->profiles[cell->profile];
	s->proof = f->n_exemplars > 0 ? f->exemplars[0] : NULL;
}

/* Number the groups that members belong to, by class and key, from 0 and in the
 * order in which they first come; returns how many there are. */
static uint32_t
number_groups(const struct member *members, size_t n, uint32_t *groups)
{
	uint32_t *firsts = mem_zero(n + 1, sizeof(*firsts)), n_groups = 0;
	uint32_t *slots;
	size_t size = 16;

	while (size < n * 2)
		size *= 2;
	slots = mem_zero(size, sizeof(*slots)); /* group + 1 */
	for (size_t i = 0; i < n; i++) {
		const struct member *m = &members[i], *first;
		size_t at = hash_bytes(m->key.at, m->key.n) + (size_t)m->class;

		for (;; at++) {
			uint32_t *slot = &slots[at & (size - 1)];

			if (*slot == 0) {
				firsts[n_groups] = (uint32_t)i;
				*slot = ++n_groups;
			}
			groups[i] = *slot - 1;
			first = &members[firsts[groups[i]]];
			if (first->class == m->class &&
			    text_equal(first->key, m->key))
				break;
		}
	}
	free(firsts);
	free(slots);
	return n_groups;
}

/* Bring the members of each group together, in the order of their cells; *ends,
 * the caller's to free, gets where each group ends.  Returns how many. */
static uint32_t
bring_together(struct member *members, size_t n, uint32_t **ends)
{
	struct member *old = mem_zero(n + 1, sizeof(*old));
	uint32_t *groups = mem_zero(n + 1, sizeof(*groups));
	uint32_t n_groups = number_groups(members, n, groups);
	uint32_t *at = mem_zero(n_groups + 1, sizeof(*at));

	if (n > 0)
		memcpy(old, members, n * sizeof(*old));
	for (size_t i = 0; i < n; i++)
		at[groups[i] + 1]++;
	for (uint32_t i = 0; i < n_groups; i++)
		at[i + 1] += at[i];
	/* Where each begins moves on to where it ends. */
	for (size_t i = 0; i < n; i++)
		members[at[groups[i]]++] = old[i];
	free(old);
	free(groups);
	*ends = at;
	return n_groups;
}

/* Closing without data is how some programs refuse a placeholder, too. */
static void
judge_idle(struct cell *cell)
{
	if ((cell->class == CLASS_RESUMPTION_MISMATCH ||
	    cell->class == CLASS_PROXY_CERT) &&
	    cell->failure->traits->no_data_close > 0)
		cell->idle_rejected = true;
}

/* Give each failing cell its class; the rest of the numbers follow. */
static size_t
decide_cells(struct rules *rules, struct report *r, struct subject s,
    struct member *members)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_cells; i++) {
		struct cell *cell = &r->cells[i];
		struct rule *rule;

		if (cell->failure == NULL)
			continue;
		subject_look(&s, cell);
		rule = first_match(rules, &s);
		if (rule == NULL)
			continue;
		rule->n_matched++;
		cell->class = rule->class;
		judge_idle(cell);
		members[n++] = (struct member){ (uint32_t)i,
			(uint32_t)(rule - rules->rules), rule->class,
			group_key(r, cell, rule->class) };
	}
	return n;
}

/* What is no finding only counts. */
static bool
count_silently(struct report *r, struct cell *cell)
{
	const struct attempts *a = &cell->attempts;
	uint64_t n = a->rejected + a->idle + a->refused + a->network;

	if (cell->class != CLASS_HARMLESS && cell->class != CLASS_IGNORE)
		return false;
	cell->idle_rejected = false;
	if (cell->leg == LEG_SERVER)
		return true;
	if (cell->class == CLASS_HARMLESS)
		r->totals.harmless += n;
	else
		r->totals.ignored += n;
	return true;
}

static enum confidence
rule_confidence(const struct rule *rule, const struct subject *s)
{
	bool limit = false;

	if (rule->has_confirmed &&
	    condition_holds(&rule->confirmed, s, NULL, &limit))
		return CONFIDENCE_CONFIRMED;
	if (rule->has_likely && rule->base < CONFIDENCE_LIKELY &&
	    condition_holds(&rule->likely, s, NULL, &limit))
		return CONFIDENCE_LIKELY;
	return rule->base;
}

/* The surest member speaks for the group; among equals the first on the
 * client's side with most attempts. */
static void
weigh_group(const struct rules *rules, struct report *r, struct subject s,
    struct group *g)
{
	uint64_t most = 0;

	group_count(r, g);
	s.group = &g->counts;
	for (size_t i = 0, k = 0; i < g->n; i++) {
		const struct member *m = &g->members[i];
		const struct cell *cell = &r->cells[m->cell];
		uint64_t n = group_attempts(cell, m->class);
		enum confidence c;

		/* The cells that count are in the members' order. */
		if (k == g->n_cells || g->cells[k] != cell)
			continue;
		k++;
		subject_look(&s, cell);
		c = rule_confidence(&rules->rules[m->rule], &s);
		if (g->best != NULL && (c < g->confidence ||
		    (c == g->confidence && n <= most)))
			continue;
		g->confidence = c;
		g->best = cell;
		g->contrast = s.contrast;
		g->rule = &rules->rules[m->rule];
		most = n;
	}
	g->confidence = group_cap(r, g, g->confidence);
}

static unsigned
class_place(enum class c)
{
	static const enum class order[] = { CLASS_PINNING, CLASS_CLIENT_AUTH,
		CLASS_PRIVATE_STORE, CLASS_MISSING_CA, CLASS_BROWSER_REJECT,
		CLASS_HSTS_PRELOAD, CLASS_RESUMPTION_MISMATCH,
		CLASS_PROXY_CERT, CLASS_UPSTREAM_CERT,
		CLASS_PROTOCOL_MISMATCH, CLASS_NOT_EFFECTIVE, CLASS_BLOCK_PAGE,
		CLASS_NETWORK, CLASS_UNDETERMINED };
	unsigned i;

	for (i = 0; i < N_ITEMS(order) && order[i] != c; i++)
		;
	return i;
}

static int
compare_findings(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;
	int order = (int)class_place(a->class) - (int)class_place(b->class);

	if (order != 0)
		return order;
	if (a->attempts != b->attempts)
		return a->attempts > b->attempts ? -1 : 1;
	order = text_compare(a->host_name, b->host_name);
	return order != 0 ? order : strcmp(a->id, b->id);
}

/* Sort, and tell each cell its finding by the id that it had before. */
static void
number_findings(struct report *r)
{
	uint32_t *places = mem_zero(r->n_findings + 1, sizeof(*places));

	for (size_t i = 0; i < r->n_findings; i++)
		r->findings[i].n_entries = i; /* lent as the old place */
	if (r->n_findings > 0)
		qsort(r->findings, r->n_findings, sizeof(*r->findings),
		    compare_findings);
	for (size_t i = 0; i < r->n_findings; i++) {
		places[r->findings[i].n_entries] = (uint32_t)i;
		r->findings[i].n_entries = 0;
	}
	for (size_t i = 0; i < r->n_cells; i++)
		if (r->cells[i].finding != 0)
			r->cells[i].finding =
			    places[r->cells[i].finding - 1] + 1;
	free(places);
}

static void
make_findings(struct rules *rules, struct report *r, struct subject s,
    struct member *members, size_t n)
{
	struct group g = {
		.cells = mem_zero(n + 1, sizeof(*g.cells)),
		.texts = mem_zero(n + 1, sizeof(*g.texts)),
	};
	uint32_t *ends, n_groups = bring_together(members, n, &ends);

	r->findings = pool_zero(r->pool, n_groups * sizeof(*r->findings));
	for (uint32_t i = 0; i < n_groups; i++) {
		uint32_t first = i > 0 ? ends[i - 1] : 0;

		g.members = &members[first];
		g.n = ends[i] - first;
		g.best = NULL;
		weigh_group(rules, r, s, &g);
		group_finding(r, &g, &r->findings[i]);
		for (uint32_t k = first; k < ends[i]; k++)
			r->cells[members[k].cell].finding = i + 1;
	}
	r->n_findings = n_groups;
	free(g.cells);
	free(g.texts);
	free(ends);
	number_findings(r);
}

static void
note_disabled(const struct rules *rules, struct report *r)
{
	struct text *notes;

	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = &rules->rules[i];

		if (!rule->disabled)
			continue;
		notes = pool_zero(r->pool, (r->n_notes + 1) * sizeof(*notes));
		if (r->n_notes > 0)
			memcpy(notes, r->notes, r->n_notes * sizeof(*notes));
		notes[r->n_notes++] = pool_printf(r->pool, "%.*s:%d: rule "
		    "%.*s was switched off: its pattern takes too long",
		    TEXT_ARG(rule->file), rule->line, TEXT_ARG(rule->id));
		r->notes = notes;
	}
}

void
rules_decide(struct rules *rules, struct report *r)
{
	struct member *members = mem_zero(r->n_cells + 1, sizeof(*members));
	struct subject s = subject_new(r);
	size_t n = decide_cells(rules, r, s, members), kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!count_silently(r, &r->cells[members[i].cell]))
			members[kept++] = members[i];
	make_findings(rules, r, s, members, kept);
	r->totals.rejected_attempts = 0;
	for (size_t i = 0; i < r->n_findings; i++)
		r->totals.rejected_attempts += r->findings[i].attempts;
	words_next_steps(r);
	note_disabled(rules, r);
	snprintf(r->rules_digest, sizeof(r->rules_digest), "%s",
	    rules->digest);
	free(members);
}
