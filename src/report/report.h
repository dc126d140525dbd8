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
	/* Headers of --format mail, or NULL.  One that holds anything but
	 * printable ASCII is left out. */
	const char *mail_from, *mail_to;
};

struct renderer {
	const char *name; /* "text", "json", ... */
	const char *suffix; /* of files it is chosen for, "json"; or NULL */
	void (*render)(const struct report *r, const struct render_options *o,
	    struct buf *out);
};

/* By name, or by the suffix of a file's name; NULL where there is none. */
const struct renderer *renderer_by_name(const char *name);
const struct renderer *renderer_by_suffix(const char *path);

/* All of them, ended by one without a name. */
extern const struct renderer renderers[];

/* Is there anything to write home about?  With history a finding that is new,
 * back or gone; without it any finding at all. */
bool report_has_news(const struct report *r);

/* All that is known of one finding: the ladder of its proving connection, the
 * contrast, the doubts, and what would change the verdict. */
void explain_finding(const struct report *r, const struct finding *f,
    const struct render_options *o, struct buf *out);

/* What a class means and what to do about it. */
void explain_class(enum class c, const struct render_options *o,
    struct buf *out);

/* One handshake as one line of JSON (pinspot/handshake/v1), with its newline.
 * class and finding are empty where they are not known. */
void handshake_json(const struct handshake *h, struct text class,
    struct text finding, struct buf *out);

/* The same as one row of a table, after its heading. */
void handshake_csv_heading(struct buf *out);
void handshake_csv(const struct handshake *h, struct text class,
    struct text finding, struct buf *out);

#endif
