#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"

enum { FILE_MAX = 256 * 1024 * 1024 };

struct json_object *
json_string(struct text t)
{
	struct json_object *object;
	struct buf clean = { 0 };
	struct text rest = t;
	uint32_t code;
	size_t n;

	while (rest.n > 0 && (n = text_rune(rest, &code)) > 0) {
		rest.at += n;
		rest.n -= n;
	}
	if (rest.n == 0)
		return json_object_new_string_len(t.n > 0 ? t.at : "",
		    (int)t.n);
	for (rest = t; rest.n > 0; rest.at += n, rest.n -= n) {
		n = text_rune(rest, &code);
		if (n > 0) {
			buf_add(&clean, rest.at, n);
			continue;
		}
		buf_string(&clean, "\xef\xbf\xbd");
		n = 1;
	}
	object = json_object_new_string_len(clean.at, (int)clean.n);
	buf_free(&clean);
	return object;
}

struct json_object *
json_text(struct text t)
{
	return t.n > 0 ? json_string(t) : NULL;
}

struct json_object *
json_time(int64_t ns)
{
	char iso[CLOCK_ISO_SIZE];

	if (ns == CLOCK_UNKNOWN)
		return NULL;
	return json_object_new_string(clock_iso(ns, iso));
}

void
json_put(struct json_object *object, const char *key,
    struct json_object *value)
{
	json_object_object_add_ex(object, key, value,
	    JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY);
}

void
json_push(struct json_object *array, struct json_object *value)
{
	json_object_array_add(array, value);
}

const char *
json_line(struct json_object *object)
{
	return json_object_to_json_string_ext(object,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

static int
slurp(const char *path, struct buf *out, struct error *e)
{
	FILE *f = fopen(path, "rb");
	char chunk[16384];
	size_t n;
	int failed;

	if (f == NULL)
		return error_set(e, "%s: %s", path, strerror(errno));
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0 &&
	    out->n + n <= FILE_MAX)
		buf_add(out, chunk, n);
	failed = ferror(f);
	fclose(f);
	if (failed)
		return error_set(e, "%s: %s", path, strerror(errno));
	if (n > 0)
		return error_set(e, "%s: larger than %d MB", path,
		    FILE_MAX >> 20);
	return 0;
}

/* Count lines up to where the tokener stopped. */
static void
place(struct text t, size_t offset, int *line, int *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < offset && i < t.n; i++) {
		if (t.at[i] == '\n') {
			(*line)++;
			*column = 1;
		} else {
			(*column)++;
		}
	}
}

struct json_object *
json_file(const char *path, struct error *e)
{
	struct json_tokener *tokener;
	struct json_object *object = NULL;
	struct buf all = { 0 };
	int line, column;

	if (slurp(path, &all, e) == 0) {
		tokener = json_tokener_new();
		buf_char(&all, '\n');
		object = json_tokener_parse_ex(tokener, all.at, (int)all.n);
		if (object == NULL) {
			place(buf_view(&all), json_tokener_get_parse_end(tokener),
			    &line, &column);
			error_set(e, "%s:%d: column %d: %s", path, line, column,
			    json_tokener_error_desc(
			    json_tokener_get_error(tokener)));
		}
		json_tokener_free(tokener);
	}
	buf_free(&all);
	return object;
}
