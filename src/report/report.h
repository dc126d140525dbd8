/*
 * report.h - verdicts -> documents.
 */
#ifndef PINSPOT_REPORT_REPORT_H
#define PINSPOT_REPORT_REPORT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/finding.h"

struct render_options {
	int width; /* columns of the terminal; 0: 96 */
	bool color, ascii, utc, quiet;
	int verbose;
};

struct renderer {
	const char *name; /* "text", "json", ... */
	const char *suffix; /* of files it is chosen for, "json" */
	void (*render)(const struct report *r, const struct render_options *o,
	    struct buf *out);
};

/* By name, or by the suffix of a file's name; NULL where there is none. */
const struct renderer *renderer_by_name(const char *name);
const struct renderer *renderer_by_suffix(const char *path);

/* All of them, ended by one without a name. */
extern const struct renderer renderers[];

/* One handshake as one line of JSON (pinspot/handshake/v1), with its newline.
 * class and finding are empty where they are not known. */
void handshake_json(const struct handshake *h, struct text class,
    struct text finding, struct buf *out);

#endif
