/*
 * jsonline.h - one JSON object in a line (RFC 8259), read without a tree.
 *
 * The text is passed over once; nothing is allocated or copied but a string
 * whose escapes are resolved.  What a format wants of its lines it gets from
 * jsonrow.h more quickly.
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

#endif
