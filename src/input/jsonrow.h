/*
 * jsonrow.h - the wanted values of a line that is one JSON object.
 *
 * A log of JSON lines has the same few keys in each line, mostly in the same
 * order, and most of them do not matter.  So each line is expected to be like
 * the last one, and taken apart from the beginning only where it is not.
 */
#ifndef PINSPOT_INPUT_JSONROW_H
#define PINSPOT_INPUT_JSONROW_H

#include "input/jsonline.h"

enum {
	JSON_COLUMNS_MAX = 128, /* keys remembered; then it begins anew */
	JSON_KEY_MAX = 53, /* so that a column takes a line of the cache */
};

/* The number of a path among the fields that a format wants, or -1. */
typedef int json_find_fn(struct text path);

/*
 * The keys of an input's lines, each with the number of its field.  The key
 * that came next in the last line mostly comes next in this one, which a single
 * comparison tells.  Zeroed at first.
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
 * array, the first counts.  False where t is no whole object; the fields are
 * then what was read before the damage.
 */
bool json_row(struct log *log, struct text t, struct json_columns *columns,
    json_find_fn *find, struct text *fields, size_t n_fields);

#endif
