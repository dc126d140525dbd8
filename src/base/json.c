#include "base/json.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"

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

struct text
json_view(struct json_object *string)
{
	if (!json_object_is_type(string, json_type_string))
		return (struct text){ NULL, 0 };
	return (struct text){ json_object_get_string(string),
		(size_t)json_object_get_string_len(string) };
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
json_parse(struct text t, const char *name, struct error *e)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object;
	int line, column;

	if (t.n > FILE_MAX) {
		json_tokener_free(tokener);
		error_set(e, "%s: larger than %d MB", name, FILE_MAX >> 20);
		return NULL;
	}
	object = json_tokener_parse_ex(tokener, t.n > 0 ? t.at : "", (int)t.n);
	/* A number is known to be whole only when something follows it. */
	if (object == NULL &&
	    json_tokener_get_error(tokener) == json_tokener_continue)
		object = json_tokener_parse_ex(tokener, "\n", 1);
	if (object == NULL &&
	    json_tokener_get_error(tokener) == json_tokener_continue) {
		error_set(e, "%s: its end is missing", name);
	} else if (object == NULL) {
		place(t, json_tokener_get_parse_end(tokener), &line, &column);
		error_set(e, "%s:%d: column %d: %s", name, line, column,
		    json_tokener_error_desc(json_tokener_get_error(tokener)));
	}
	json_tokener_free(tokener);
	return object;
}

struct json_object *
json_file(const char *path, struct error *e)
{
	struct json_object *object = NULL;
	struct buf all = { 0 };

	if (file_read(path, FILE_MAX, &all, e) == 0)
		object = json_parse(buf_view(&all), path, e);
	buf_free(&all);
	return object;
}

/* Move past n bytes and count their lines. */
static void
advance(struct json_stream *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s->next_line += s->rest.at[i] == '\n';
	s->rest.at += n;
	s->rest.n -= n;
}

struct json_object *
json_next(struct json_stream *s, const char *name, struct error *e)
{
	struct json_tokener *tokener;
	struct json_object *object;

	e->text[0] = '\0';
	while (s->rest.n > 0 && strchr(" \t\r\n,[]", s->rest.at[0]) != NULL &&
	    s->rest.at[0] != '\0')
		advance(s, 1);
	if (s->rest.n == 0)
		return NULL;
	s->line = s->next_line;
	if (s->rest.at[0] != '{') {
		error_set(e, "%s:%d: expected an object in braces", name,
		    s->line);
		return NULL;
	}
	tokener = json_tokener_new();
	object = json_tokener_parse_ex(tokener, s->rest.at, (int)s->rest.n);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		error_set(e, "%s:%d: the object that begins here never ends",
		    name, s->line);
	s->taken = (struct text){ s->rest.at,
		json_tokener_get_parse_end(tokener) };
	advance(s, s->taken.n);
	if (object == NULL && e->text[0] == '\0')
		error_set(e, "%s:%d: %s", name, s->next_line,
		    json_tokener_error_desc(json_tokener_get_error(tokener)));
	json_tokener_free(tokener);
	return object;
}
