/*
 * jsonline.h - one JSON object in a line (RFC 8259), read without a tree.
 *
 * A log of JSON lines has the same few keys in each line, mostly in the same
 * order, and most of them do not matter.  So the text is passed over once;
 * nothing is allocated or copied but a wanted string with escapes in it.
 */
#ifndef PINSPOT_INPUT_JSONLINE_H
#define PINSPOT_INPUT_JSONLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "input/log.h"

enum {
	JSON_DEPTH_MAX = 12, /* deeper ones are damaged as far as we care */
	JSON_COLUMNS_MAX = 128, /* keys remembered; then it begins anew */
	JSON_KEY_MAX = 53,
};

enum json_kind { JSON_NULL, JSON_STRING, JSON_NUMBER, JSON_BOOLEAN };

/* A value that is neither object nor array. */
struct json_member {
	struct text key; /* of the innermost object; as it stands */
	struct text value; /* without quotes, as it stands: see json_unescape */
	enum json_kind kind;
	bool escaped; /* the value holds a backslash */
	unsigned depth; /* 1 in the outermost object */
};

struct json_walk {
	const char *at, *end;
	unsigned depth;
	bool broken; /* it ended because this is no JSON */
	bool array[JSON_DEPTH_MAX + 1];
	struct text keys[JSON_DEPTH_MAX + 1]; /* the key at each depth */
	bool more; /* something stood before, so that a comma must follow */
};

/* Begin with the object that t is, blanks aside.  False where it is none. */
bool json_walk_begin(struct json_walk *w, struct text t);

/* The next value, objects and arrays flattened.  False at the end of the object,
 * or with w->broken. */
bool json_walk_next(struct json_walk *w, struct json_member *m);

/* Where the last value stands: "tls.client.server_name"; an array's elements
 * have the array's path.  Cut off at the size of out. */
struct text json_walk_path(const struct json_walk *w, char *out, size_t size);

/* The path without what collectors put around an event: "event.", "_source.",
 * "result.", "suricata.eve.", "data." and the like, in any number. */
struct text json_unwrap_path(struct text path);

/* What follows the object's closing brace. */
struct text json_walk_rest(const struct json_walk *w);

/* A string's value with its escapes resolved: UTF-8, lone surrogates as U+FFFD.
 * Lives until the next line. */
struct text json_unescape(struct log *log, struct text raw);

/* The number of a path among the fields that a format wants, or -1. */
typedef int json_find_fn(struct text path);

/*
 * The keys of an input's lines, each with the number of its field.  The lines of
 * one log are much alike: the key that came next in the last line mostly comes
 * next in this one, which a single comparison tells.  Zeroed at first.
 */
struct json_columns {
	size_t n;
	struct json_column {
		int16_t field; /* or -1 */
		uint8_t parent; /* the column whose object it is in */
		/* What came in the last line behind it, and within it. */
		uint8_t next, first;
		uint8_t length; /* of the text */
		uint16_t beyond; /* bit i: the text has no byte i */
		char text[JSON_KEY_MAX + 3]; /* "\"id.orig_h\":" */
	} at[JSON_COLUMNS_MAX];
};

/*
 * Fill all the fields with the values of the object t by the numbers that find
 * gives.  Null leaves a field empty; of several values for one field, as of an
 * array, the first counts.  False where t is no whole object; the fields are then
 * what was read before the damage.
 */
bool json_row(struct log *log, struct text t, struct json_columns *columns,
    json_find_fn *find, struct text *fields, size_t n_fields);

#endif
