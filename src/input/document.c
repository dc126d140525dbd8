#include "input/document.h"

#include <stdlib.h>

#include "input/jsonline.h"
#include "input/line.h"

/* How the line changes the depth, strings aside; false where it would end more
 * than there is. */
static bool
follow(struct text line, unsigned *depth)
{
	bool quoted = false;

	for (size_t i = 0; i < line.n; i++) {
		char c = line.at[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			(*depth)++;
		else if (!quoted && (c == '}' || c == ']') &&
		    (*depth)-- == 0)
			return false;
	}
	return !quoted;
}

static struct text
without_comma(struct text t)
{
	t = text_trim(t);
	if (t.n > 0 && t.at[t.n - 1] == ',')
		t.n--;
	return text_trim(t);
}

/* "{" or "{"a":1,": an object whose rest is in the lines that follow. */
static bool
goes_on(struct text t, unsigned *depth)
{
	*depth = 0;
	if (t.n > 0 && t.at[0] == '{' && (text_ends(t, ",") ||
	    text_ends(t, "{") || text_ends(t, "[")) &&
	    follow(t, depth) && *depth > 0)
		return true;
	*depth = 0;
	return false;
}

static enum document_part
begin(struct document *d, struct text line, uint64_t number,
    struct text *object)
{
	struct text t = text_trim(line);

	if (text_is(t, "[") || text_is(t, "]") || text_is(t, ",") ||
	    text_is(t, "[]"))
		return DOCUMENT_BETWEEN;
	if (text_is(t, "[{") || text_is(t, "[ {") || text_is(t, "},{"))
		t = TEXT("{");
	if (!goes_on(t, &d->depth)) {
		*object = without_comma(t);
		return object->n > 1 && object->n < t.n &&
		    object->at[0] == '{' && object->at[object->n - 1] == '}' ?
		    DOCUMENT_WHOLE : DOCUMENT_NONE;
	}
	d->text.n = 0;
	d->line = number;
	buf_text(&d->text, t);
	return DOCUMENT_MORE;
}

enum document_part
document_add(struct document *d, struct text line, uint64_t number,
    struct text *object)
{
	if (d->depth == 0)
		return begin(d, line, number, object);
	/* Inside of an object all is indented, or ends it. */
	if (line.n == 0 || memchr(" \t\"}]", line.at[0], 5) == NULL ||
	    d->text.n + line.n > LINE_MAX_BYTES ||
	    !follow(line, &d->depth)) {
		d->depth = 0;
		*object = buf_view(&d->text);
		return DOCUMENT_BROKEN;
	}
	buf_char(&d->text, ' ');
	buf_text(&d->text, text_trim(line));
	if (d->depth > 0)
		return DOCUMENT_MORE;
	*object = without_comma(buf_view(&d->text));
	return DOCUMENT_WHOLE;
}

bool
document_end(struct document *d, struct text *object)
{
	if (d->depth == 0)
		return false;
	d->depth = 0;
	*object = buf_view(&d->text);
	return true;
}

bool
document_next(struct text *rest, struct text *object)
{
	struct json_walk w;
	struct json_member m;

	*rest = text_trim(*rest);
	if (rest->n > 0 && (rest->at[0] == '[' || rest->at[0] == ','))
		*rest = text_trim((struct text){ rest->at + 1, rest->n - 1 });
	if (rest->n == 0 || rest->at[0] != '{' ||
	    !json_walk_begin(&w, *rest))
		return false;
	while (json_walk_next(&w, &m))
		;
	if (w.broken)
		return false;
	*object = *rest;
	*rest = json_walk_rest(&w);
	object->n = (size_t)(w.at - object->at);
	return true;
}

/* The array behind a colon whose first item is an object. */
static bool
find_array(struct text line, struct text *array)
{
	for (size_t i = 1; i + 1 < line.n; i++) {
		size_t before = i, behind = i + 1;

		if (line.at[i] != '[')
			continue;
		while (before > 1 && line.at[before - 1] == ' ')
			before--;
		while (behind + 1 < line.n && line.at[behind] == ' ')
			behind++;
		if (line.at[before - 1] != ':' || line.at[behind] != '{')
			continue;
		*array = (struct text){ line.at + i, line.n - i };
		return true;
	}
	return false;
}

bool
document_bundle(struct text line, struct text *several, bool *is_array)
{
	struct text rest = line, object;

	if (line.n == 0 || line.at[0] != '{')
		return false;
	*is_array = !document_next(&rest, &object) ||
	    (rest = text_trim(rest)).n == 0 || rest.at[0] != '{';
	*several = line;
	return !*is_array || find_array(line, several);
}

void
document_free(struct document *d)
{
	buf_free(&d->text);
	*d = (struct document){ 0 };
}
