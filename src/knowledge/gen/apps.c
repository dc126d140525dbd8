/*
 * data/apps.json -> apps[], and app_patterns[] in the order of apps_index.c.
 */
#include "gen.h"

#include <json-c/json.h>

#include "knowledge/apps_index.h"

enum { PATTERNS = 16384, APPS = 4096 };

static struct app_pattern patterns[PATTERNS];
static size_t n_patterns;

static const char *
member(struct json_object *app, const char *key)
{
	const char *value =
	    json_object_get_string(json_object_object_get(app, key));

	return value != NULL ? value : "";
}

static int
is_true(struct json_object *app, const char *key)
{
	return json_object_get_boolean(json_object_object_get(app, key));
}

static void
print_text(const char *s)
{
	printf("{ ");
	gen_string(s);
	printf(", %zu }", strlen(s));
}

/* Print one array of domains and keep its patterns. */
static size_t
print_domains(struct json_object *app, size_t nth, const char *key)
{
	bool confirmable = strcmp(key, "domains") == 0;
	struct text confidence = text_of(member(app, "confidence"));
	struct json_object *list = json_object_object_get(app, key);
	size_t n = list != NULL ? json_object_array_length(list) : 0;

	if (n == 0)
		return 0;
	printf("static const struct text %s_%zu[] = {\n", key, nth);
	for (size_t i = 0; i < n; i++) {
		const char *s = json_object_get_string(
		    json_object_array_get_idx(list, i));

		if (s == NULL || n_patterns == PATTERNS)
			gen_fail(NULL, "odd domains");
		printf("\t");
		print_text(s);
		puts(",");
		patterns[n_patterns++] = (struct app_pattern){ text_of(s),
			(uint16_t)nth, confirmable &&
			app_pattern_confirms(text_of(s), confidence,
			is_true(app, "broad")) };
	}
	puts("};");
	return n;
}

static void
print_app(struct json_object *app, size_t nth, size_t n_domains,
    size_t n_unconfirmed)
{
	static const char *const texts[] = { "app", "vendor", "kind", "note",
		"umbrella_coverage", "confidence" };

	printf("\t{ ");
	for (size_t i = 0; i < 6; i++) {
		print_text(member(app, texts[i]));
		printf(", ");
	}
	if (n_domains > 0)
		printf("domains_%zu, %zu, ", nth, n_domains);
	else
		printf("NULL, 0, ");
	if (n_unconfirmed > 0)
		printf("domains_unconfirmed_%zu, %zu, ", nth, n_unconfirmed);
	else
		printf("NULL, 0, ");
	printf("%d, ", is_true(app, "web_alternative"));
	print_text(member(app, "parent"));
	printf(", %d },\n", is_true(app, "broad"));
}

static void
print_patterns(void)
{
	app_patterns_sort(patterns, n_patterns);
	puts("static const struct app_pattern built_in_patterns[] = {");
	for (size_t i = 0; i < n_patterns; i++) {
		printf("\t{ ");
		print_text(patterns[i].pattern.at);
		printf(", %d, %d },\n", patterns[i].app,
		    patterns[i].confirmed);
	}
	puts("};");
}

int
main(int argc, char **argv)
{
	static size_t counts[APPS][2];
	struct json_object *all, *list, *about;

	fclose(gen_open(argc, argv)); /* for its words on a missing file */
	all = json_object_from_file(gen_path);
	if (all == NULL ||
	    !json_object_object_get_ex(all, "_about", &about) ||
	    !json_object_object_get_ex(all, "apps", &list))
		gen_fail(NULL, "expected _about and apps");
	if (json_object_array_length(list) > APPS)
		gen_fail(NULL, "too many applications");
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *app = json_object_array_get_idx(list, i);

		counts[i][0] = print_domains(app, i, "domains");
		counts[i][1] = print_domains(app, i, "domains_unconfirmed");
	}
	puts("static const struct app built_in_apps[] = {");
	for (size_t i = 0; i < json_object_array_length(list); i++)
		print_app(json_object_array_get_idx(list, i), i, counts[i][0],
		    counts[i][1]);
	puts("};\n");
	print_patterns();
	printf("static const char built_in_date[] = \"%s\";\n",
	    member(about, "date"));
	return 0;
}
