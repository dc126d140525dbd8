/*
 * pairs.h - lines of keys and values: CEF, LEEF, and key="value" of many kinds.
 */
#ifndef PINSPOT_INPUT_PAIRS_H
#define PINSPOT_INPUT_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "input/log.h"

enum { PAIRS_MAX = 256 }; /* those beyond are dropped; real lines have 100 */

struct pair {
	struct text key, value; /* the value with its escapes resolved */
	struct text label; /* CEF: what "cs1Label" says of "cs1" */
};

struct pairs {
	size_t n;
	struct pair at[PAIRS_MAX];
};

/* The value of a key, or the empty text. */
struct text pairs_get(const struct pairs *p, const char *key);

/* The same, and empty too where the value only says that there is none ("-",
 * "N/A": value_present). */
struct text pairs_present(const struct pairs *p, const char *key);

/*
 * "CEF:0|Vendor|Product|Version|Signature|Name|Severity|key=value ..." anywhere
 * in the line (ArcSight Common Event Format).  False where it is none.
 */
struct cef {
	struct text vendor, product, version, signature, name, severity;
	struct text extension;
};

bool cef_open(struct text line, struct cef *out);

/* A value ends where a blank, a key and '=' follow; it may hold blanks. */
void cef_pairs(struct log *log, struct text extension, struct pairs *out);

/*
 * "LEEF:2.0|Vendor|Product|Version|Event|delimiter|key=value..." anywhere in the
 * line, and LEEF 1.0 without the delimiter (IBM QRadar Log Event Extended
 * Format).
 */
struct leef {
	struct text vendor, product, version, event;
	char delimiter; /* a tab where the header names none */
	struct text attributes;
};

bool leef_open(struct text line, struct leef *out);
void leef_pairs(struct log *log, const struct leef *leef, struct pairs *out);

/*
 * key=value and key="value" with blanks between them, in any number; \" in a
 * value; a value that is not closed ends with the line.  `assign` is '=' or ':',
 * `separators` are what may stand between pairs, such as " \t" or " ,;".
 */
void kv_pairs(struct log *log, struct text line, char assign,
    const char *separators, struct pairs *out);

/* The values of a JSON object by the innermost keys.  False where the text is no
 * whole object. */
bool json_pairs(struct log *log, struct text object, struct pairs *out);

#endif
