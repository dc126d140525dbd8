/*
 * json.h - JSON by json-c, with texts that strangers wrote.
 *
 * json-c passes the bytes of a string through as they are; here what is no
 * valid UTF-8 becomes U+FFFD first, so that the output is always JSON
 * (RFC 8259 section 8.1).
 */
#ifndef PINSPOT_BASE_JSON_H
#define PINSPOT_BASE_JSON_H

#include <json-c/json.h>

#include "base/error.h"
#include "base/text.h"

/* A JSON string; null for the empty text, which stands for unknown. */
struct json_object *json_text(struct text t) MUST_CHECK;

/* A JSON string, also for the empty text. */
struct json_object *json_string(struct text t) MUST_CHECK;

/* The time as ISO 8601 with microseconds; null for CLOCK_UNKNOWN. */
struct json_object *json_time(int64_t ns) MUST_CHECK;

/* The bytes of a JSON string, NUL among them; empty where it is none.  Borrowed
 * from the object. */
struct text json_view(struct json_object *string);

/* Set a member; takes value.  key must live as long as the object. */
void json_put(struct json_object *object, const char *key,
    struct json_object *value);

/* Append to an array; takes value. */
void json_push(struct json_object *array, struct json_object *value);

/* One line without blanks, borrowed until the object changes. */
const char *json_line(struct json_object *object);

/*
 * Read a whole file of JSON.  The caller puts the object (json_object_put).
 * NULL with the words in *e, which name the file and, where the text is wrong,
 * line and column.  The file is at most 256 MB.
 */
struct json_object *json_file(const char *path, struct error *e) MUST_CHECK;

/* The same from text that is already in memory; name is for the words. */
struct json_object *json_parse(struct text t, const char *name,
    struct error *e) MUST_CHECK;

/* A text that holds objects, in brackets with commas or one after another. */
struct json_stream {
	struct text rest;
	int line; /* where the object taken last begins, from 1 */
	int next_line; /* where the search goes on; set to 1 at first */
	struct text taken; /* the object taken last, as it is written */
};

/* Take the next object.  NULL at the end, where e->text is empty, and where
 * the text is no JSON, with the words in it. */
struct json_object *json_next(struct json_stream *s, const char *name,
    struct error *e) MUST_CHECK;

#endif
