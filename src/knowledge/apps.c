#include "knowledge/apps.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/pool.h"
#include "knowledge/apps_index.h"

#include "apps.inc"

enum { APPS_MAX = 10000, PATTERNS_MAX = 200000 };

struct catalogue {
	const struct app *apps;
	const struct app_pattern *patterns;
	size_t n_apps, n_patterns;
	const char *date;
	struct pool *pool; /* NULL for the one built in */
};

/* The one in use. */
static struct catalogue catalogue = { built_in_apps, built_in_patterns,
	N_ITEMS(built_in_apps), N_ITEMS(built_in_patterns), built_in_date,
	NULL };

const struct app *
app_by_host(struct text host, bool *confirmed, struct text *pattern)
{
	const struct app_pattern *p = app_pattern_find(catalogue.patterns,
	    catalogue.n_patterns, host);

	*confirmed = p != NULL && p->confirmed;
	*pattern = p != NULL ? p->pattern : (struct text){ 0 };
	return p != NULL ? &catalogue.apps[p->app] : NULL;
}

size_t
app_count(void)
{
	return catalogue.n_apps;
}

const struct app *
app_at(size_t i)
{
	return i < catalogue.n_apps ? &catalogue.apps[i] : NULL;
}

const char *
apps_date(void)
{
	return catalogue.date;
}

/* A catalogue while it is read. */
struct reading {
	const char *path;
	struct catalogue new;
	struct app *apps;
	struct app_pattern *patterns;
	size_t n_patterns, room;
};

static struct text
member(struct reading *r, struct json_object *app, const char *key)
{
	struct json_object *value = json_object_object_get(app, key);

	if (!json_object_is_type(value, json_type_string))
		return (struct text){ 0 };
	return pool_intern(r->new.pool,
	    (struct text){ json_object_get_string(value),
	    (size_t)json_object_get_string_len(value) });
}

static bool
is_true(struct json_object *app, const char *key)
{
	return json_object_get_boolean(json_object_object_get(app, key));
}

/* Copy an array of domains; -1 where it holds something else. */
static int
read_domains(struct reading *r, struct json_object *app, size_t nth,
    const char *key, const struct text **out, size_t *n_out)
{
	struct json_object *list = json_object_object_get(app, key);
	bool confirmable = strcmp(key, "domains") == 0;
	struct text *domains;
	size_t n;

	if (list == NULL)
		return 0;
	if (!json_object_is_type(list, json_type_array))
		return -1;
	n = json_object_array_length(list);
	if (n > PATTERNS_MAX - r->n_patterns)
		return -1;
	domains = pool_zero(r->new.pool, (n + 1) * sizeof(*domains));
	for (size_t i = 0; i < n; i++) {
		struct json_object *s = json_object_array_get_idx(list, i);

		if (!json_object_is_type(s, json_type_string) ||
		    json_object_get_string_len(s) == 0)
			return -1;
		domains[i] = pool_intern(r->new.pool,
		    (struct text){ json_object_get_string(s),
		    (size_t)json_object_get_string_len(s) });
		r->patterns = mem_grow(r->patterns, r->n_patterns, &r->room,
		    sizeof(r->patterns[0]));
		r->patterns[r->n_patterns++] = (struct app_pattern){
			domains[i], (uint16_t)nth, confirmable &&
			app_pattern_confirms(domains[i],
			r->apps[nth].confidence, r->apps[nth].broad) };
	}
	*out = domains;
	*n_out = n;
	return 0;
}

static int
read_app(struct reading *r, struct json_object *object, size_t nth,
    struct error *e)
{
	struct app *app = &r->apps[nth];

	if (!json_object_is_type(object, json_type_object))
		return error_set(e, "%s: application %zu is no object",
		    r->path, nth + 1);
	app->name = member(r, object, "app");
	if (app->name.n == 0)
		return error_set(e, "%s: application %zu has no name "
		    "(\"app\")", r->path, nth + 1);
	app->vendor = member(r, object, "vendor");
	app->kind = member(r, object, "kind");
	app->note = member(r, object, "note");
	app->umbrella_coverage = member(r, object, "umbrella_coverage");
	app->confidence = member(r, object, "confidence");
	app->parent = member(r, object, "parent");
	app->web_alternative = is_true(object, "web_alternative");
	app->broad = is_true(object, "broad");
	if (read_domains(r, object, nth, "domains", &app->domains,
	    &app->n_domains) != 0 ||
	    read_domains(r, object, nth, "domains_unconfirmed",
	    &app->unconfirmed, &app->n_unconfirmed) != 0)
		return error_set(e, "%s: the domains of \"%.*s\" are no array "
		    "of names", r->path, TEXT_ARG(app->name));
	return 0;
}

static int
read_all(struct reading *r, struct json_object *all, struct error *e)
{
	struct json_object *list = all, *about;
	struct text date = TEXT("unknown");

	if (json_object_is_type(all, json_type_object)) {
		list = json_object_object_get(all, "apps");
		about = json_object_object_get(all, "_about");
		if (json_object_is_type(about, json_type_object) &&
		    member(r, about, "date").n > 0)
			date = member(r, about, "date");
	}
	if (!json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) == 0 ||
	    json_object_array_length(list) > APPS_MAX)
		return error_set(e, "%s: expected an array of 1 to %d "
		    "applications, or an object that holds one as \"apps\"",
		    r->path, APPS_MAX);
	r->new.n_apps = json_object_array_length(list);
	r->apps = pool_zero(r->new.pool, r->new.n_apps * sizeof(r->apps[0]));
	for (size_t i = 0; i < r->new.n_apps; i++)
		if (read_app(r, json_object_array_get_idx(list, i), i, e) != 0)
			return -1;
	r->new.date = pool_intern(r->new.pool, date).at;
	return 0;
}

/* Put the new catalogue in the place of the old one. */
static void
use(struct reading *r)
{
	struct app_pattern *patterns;
	size_t size = r->n_patterns * sizeof(*patterns);

	patterns = pool_zero(r->new.pool, size + 1);
	if (size > 0)
		memcpy(patterns, r->patterns, size);
	app_patterns_sort(patterns, r->n_patterns);
	r->new.apps = r->apps;
	r->new.patterns = patterns;
	r->new.n_patterns = r->n_patterns;
	pool_free(catalogue.pool);
	catalogue = r->new;
}

int
apps_load(const char *path, struct error *e)
{
	struct reading r = { .path = path };
	struct json_object *all = json_file(path, e);
	int status;

	if (all == NULL)
		return -1;
	r.new.pool = pool_new();
	status = read_all(&r, all, e);
	if (status == 0)
		use(&r);
	else
		pool_free(r.new.pool);
	json_object_put(all);
	free(r.patterns);
	return status;
}
