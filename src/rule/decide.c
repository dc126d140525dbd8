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

static bool
knows_client(const struct condition *c)
{
	static const char *const names[] = { "app", "client", "device", "user" };

	for (size_t i = 0; i < c->n_parts; i++)
		if (knows_client(&c->parts[i]))
			return true;
	if (c->kind != CONDITION_TEST)
		return false;
	for (size_t i = 0; i < N_ITEMS(names); i++)
		if (strcmp(c->fact->name, names[i]) == 0)
			return true;
	return c->fact->scope == SCOPE_HANDSHAKE;
}

bool
rules_know_clients(const struct rules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		if (knows_client(&rules->rules[i].when) ||
		    knows_client(&rules->rules[i].likely) ||
		    knows_client(&rules->rules[i].confirmed))
			return true;
	return false;
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
		uint32_t at = 0;
		struct text domain;

		if (!counts(s, &r->cells[i]))
			continue;
		domain = group_domain(r->hosts[r->cells[i].host].name);
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
subject_new(const struct report *r, struct memo *memo)
{
	struct survey s = { r, mem_zero(r->n_hosts + 1, sizeof(bool)) };
	struct subject subject = { .report = r, .memo = memo,
		.clients = count_clients(r) };

	*memo = (struct memo){ .asked = NULL };
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

	s->memo->one = cell_of_one(cell);
	s->cell = &s->memo->one;
	s->memo->has_contrast = false;
	s->host = &s->report->hosts[cell->host];
	s->profile = &s->report->profiles[cell->profile];
	s->proof = f->n_exemplars > 0 ? f->exemplars[0] : NULL;
}

const struct contrast *
subject_contrast(const struct subject *s)
{
	if (!s->memo->has_contrast)
		s->memo->contrast = contrast_of(s->report, s->cell);
	s->memo->has_contrast = true;
	return &s->memo->contrast;
}

/* What the members of a group have in common, and how many they are. */
struct group_of {
	struct text key;
	enum class class;
	uint32_t n;
};

/* Give members the numbers of their groups, from 0 and in the order in which
 * they first come; *groups, the caller's to free, gets what each is of. */
static uint32_t
number_groups(const struct rules *rules, const struct report *r,
    struct member *members, size_t n, struct group_of **groups)
{
	uint32_t *slots, n_groups = 0; /* group + 1 */
	size_t size = 16, room = 0;

	while (size < n * 2)
		size *= 2;
	slots = mem_zero(size, sizeof(*slots));
	*groups = NULL;
	for (size_t i = 0; i < n; i++) {
		enum class class = rules->rules[members[i].rule].class;
		struct text key = group_key(r, &r->cells[members[i].cell],
		    class);
		size_t at = hash_bytes(key.at, key.n) + (size_t)class;
		uint32_t *slot = &slots[at & (size - 1)];

		while (*slot != 0 && ((*groups)[*slot - 1].class != class ||
		    !text_equal((*groups)[*slot - 1].key, key)))
			slot = &slots[++at & (size - 1)];
		if (*slot == 0) {
			*groups = mem_grow(*groups, n_groups, &room,
			    sizeof(**groups));
			(*groups)[n_groups++] = (struct group_of){ key, class,
				0 };
			*slot = n_groups;
		}
		members[i].group = *slot - 1;
		(*groups)[*slot - 1].n++;
	}
	free(slots);
	return n_groups;
}

/* The members group by group, in the order of their cells; the caller frees
 * them. */
static struct member *
bring_together(const struct member *members, size_t n,
    const struct group_of *groups, uint32_t n_groups)
{
	struct member *sorted = mem_zero(n + 1, sizeof(*sorted));
	uint32_t *at = mem_zero(n_groups + 1, sizeof(*at));

	for (uint32_t i = 0; i < n_groups; i++)
		at[i + 1] = at[i] + groups[i].n;
	for (size_t i = 0; i < n; i++)
		sorted[at[members[i].group]++] = members[i];
	free(at);
	return sorted;
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
		members[n++] = (struct member){ .cell = (uint32_t)i,
			.rule = (uint32_t)(rule - rules->rules) };
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
		uint64_t n = group_attempts(cell, g->class);
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
		g->contrast = *subject_contrast(&s);
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
	struct group_of *groups;
	uint32_t n_groups = number_groups(rules, r, members, n, &groups);
	struct member *sorted = bring_together(members, n, groups, n_groups);
	struct group g = { .members = sorted,
		.cells = mem_zero(n + 1, sizeof(*g.cells)),
		.texts = mem_zero(n + 1, sizeof(*g.texts)),
	};

	r->findings = pool_zero(r->pool, n_groups * sizeof(*r->findings));
	for (uint32_t i = 0; i < n_groups; i++, g.members += g.n) {
		g.class = groups[i].class;
		g.key = groups[i].key;
		g.n = groups[i].n;
		g.best = NULL;
		weigh_group(rules, r, s, &g);
		group_finding(r, &g, &r->findings[i]);
		for (size_t k = 0; k < g.n; k++)
			r->cells[g.members[k].cell].finding = i + 1;
	}
	r->n_findings = n_groups;
	free(groups);
	free(sorted);
	free(g.cells);
	free(g.texts);
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
	struct memo memo;
	struct subject s = subject_new(r, &memo);
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
