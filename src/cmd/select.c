#include "cmd/select.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/block.h"

/* The class that word is near to, or with --fail-on one of its other words. */
static int
unknown_class(const char *option, const char *word, bool or_word,
    struct error *e)
{
	const char *names[N_CLASSES + 2] = { "new", "any" };
	const char *guess;
	int n = or_word ? 2 : 0;

	for (int c = 1; c < N_CLASSES; c++)
		names[n++] = class_facts((enum class)c)->name;
	guess = error_nearest(word, names, n);
	if (guess != NULL)
		return error_set(e, "%s: unknown class \"%s\", did you mean "
		    "\"%s\"?", option, word, guess);
	return error_set(e, "%s: unknown class \"%s\"; pinspot(1) lists them",
	    option, word);
}

int
select_check(const struct settings *s, struct error *e)
{
	struct block network;
	const char *word;

	for (size_t i = 0; i < s->class.n; i++)
		if (class_by_name(text_of(s->class.at[i])) == CLASS_UNKNOWN)
			return unknown_class("--class", s->class.at[i], false,
			    e);
	for (size_t i = 0; i < s->fail_on.n; i++) {
		word = s->fail_on.at[i];
		if (strcmp(word, "new") != 0 && strcmp(word, "any") != 0 &&
		    class_by_name(text_of(word)) == CLASS_UNKNOWN)
			return unknown_class("--fail-on", word, true, e);
	}
	if (s->client != NULL && !block_read_lax(text_of(s->client),
	    &network))
		return error_set(e, "--client: \"%s\" is no address and no "
		    "network such as 10.8.0.0/16", s->client);
	if (s->min_confidence != NULL && confidence_by_name(
	    text_of(s->min_confidence)) == CONFIDENCE_UNKNOWN)
		return error_set(e, "--min-confidence: \"%s\" is not possible, "
		    "likely or confirmed", s->min_confidence);
	return 0;
}

static bool
has_client(const struct report *r, size_t finding, const char *word)
{
	struct block network;

	if (!block_read_lax(text_of(word), &network))
		return false;
	for (size_t i = 0; i < r->n_cells; i++) {
		struct endpoint e = { 0 };

		if (r->cells[i].finding == finding + 1 && endpoint_parse(
		    r->profiles[r->cells[i].profile].client, &e) &&
		    block_holds(&network, &e))
			return true;
	}
	return false;
}

static bool
has_host(const struct finding *f, const char *glob)
{
	for (size_t i = 0; i < f->n_hosts; i++)
		if (fnmatch(glob, f->hosts[i].at, FNM_CASEFOLD) == 0)
			return true;
	return f->n_hosts == 0 && f->host_name.n > 0 &&
	    fnmatch(glob, f->host_name.at, FNM_CASEFOLD) == 0;
}

static bool
has_class(const struct finding *f, const struct list *wanted)
{
	for (size_t i = 0; i < wanted->n; i++)
		if (f->class == class_by_name(text_of(wanted->at[i])))
			return true;
	return wanted->n == 0;
}

/* One filter as the summary tells it; which of the findings it hides. */
enum filter { FILTER_CLASS, FILTER_HOST, FILTER_CLIENT, FILTER_CONFIDENCE,
	FILTER_SINCE, FILTER_UNTIL, FILTER_NEW, N_FILTERS };

static const char *const filter_names[N_FILTERS] = { "--class", "--host",
	"--client", "--min-confidence", "--since", "--until", "--new" };

/* The first filter that hides it, or N_FILTERS. */
static enum filter
hidden_by(const struct settings *s, const struct report *r, size_t i)
{
	const struct finding *f = &r->findings[i];

	if (!has_class(f, &s->class))
		return FILTER_CLASS;
	if (s->host != NULL && !has_host(f, s->host))
		return FILTER_HOST;
	if (s->client != NULL && !has_client(r, i, s->client))
		return FILTER_CLIENT;
	if (s->min_confidence != NULL && f->confidence <
	    confidence_by_name(text_of(s->min_confidence)))
		return FILTER_CONFIDENCE;
	if (s->since != CLOCK_UNKNOWN && f->last_seen != CLOCK_UNKNOWN &&
	    f->last_seen < s->since)
		return FILTER_SINCE;
	if (s->until != CLOCK_UNKNOWN && f->first_seen != CLOCK_UNKNOWN &&
	    f->first_seen > s->until)
		return FILTER_UNTIL;
	if (s->only_new && f->status != NULL &&
	    (strcmp(f->status, "known") == 0 ||
	    strcmp(f->status, "acknowledged") == 0))
		return FILTER_NEW;
	return N_FILTERS;
}

static void
tell(struct report *r, const size_t hidden[N_FILTERS])
{
	r->filters = pool_zero(r->pool, N_FILTERS * sizeof(*r->filters));
	for (int i = 0; i < N_FILTERS; i++)
		if (hidden[i] > 0)
			r->filters[r->n_filters++] = pool_printf(r->pool,
			    "%s hides %zu finding%s", filter_names[i],
			    hidden[i], hidden[i] == 1 ? "" : "s");
}

static bool
is_shown(const struct report *r, struct text id)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (text_is(id, r->findings[i].id))
			return true;
	return false;
}

/* What is suggested and what is to be done next, for the findings that are
 * left. */
static void
select_cures(struct report *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->n_suggestions; i++) {
		const struct entry *e = &r->suggestions[i];
		bool shown = e->n_findings == 0;

		for (size_t k = 0; k < e->n_findings && !shown; k++)
			shown = is_shown(r, e->findings[k]);
		if (shown)
			r->suggestions[kept++] = *e;
	}
	r->n_suggestions = kept;
	kept = 0;
	for (size_t i = 0; i < r->n_next_steps; i++)
		if (is_shown(r, text_of(r->next_steps[i].finding)))
			r->next_steps[kept++] = r->next_steps[i];
	r->n_next_steps = kept;
}

void
select_findings(const struct settings *s, struct report *r)
{
	size_t hidden[N_FILTERS] = { 0 }, kept = 0;
	uint32_t *place = mem_zero(r->n_findings + 1, sizeof(*place));
	enum filter by;

	for (size_t i = 0; i < r->n_findings; i++) {
		by = hidden_by(s, r, i);
		if (by == N_FILTERS)
			place[i + 1] = (uint32_t)++kept;
		else
			hidden[by]++;
	}
	for (size_t i = 0; i < r->n_findings; i++)
		if (place[i + 1] > 0)
			r->findings[place[i + 1] - 1] = r->findings[i];
	for (size_t i = 0; i < r->n_cells; i++)
		r->cells[i].finding = place[r->cells[i].finding];
	if (kept < r->n_findings) {
		r->n_findings = kept;
		select_cures(r);
	}
	free(place);
	tell(r, hidden);
}

bool
select_failing(const struct settings *s, const struct report *r)
{
	for (size_t i = 0; i < s->fail_on.n; i++) {
		const char *word = s->fail_on.at[i];
		enum class class = class_by_name(text_of(word));

		for (size_t j = 0; j < r->n_findings; j++) {
			const struct finding *f = &r->findings[j];

			if (f->status != NULL &&
			    strcmp(f->status, "gone") == 0)
				continue;
			if (strcmp(word, "any") == 0 || f->class == class ||
			    (strcmp(word, "new") == 0 && f->status != NULL &&
			    strcmp(f->status, "new") == 0))
				return true;
		}
	}
	return false;
}
