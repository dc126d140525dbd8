/*
 * formats.h - the renderers of this stage, one file each.
 */
#ifndef PINSPOT_REPORT_FORMATS_H
#define PINSPOT_REPORT_FORMATS_H

#include "report/report.h"

typedef void render_fn(const struct report *r, const struct render_options *o,
    struct buf *out);

render_fn render_text, render_json, render_jsonl, render_csv, render_html,
    render_md, render_mail, render_mail_body, render_prom;

/* The whole report as pinspot/report/v1: one finding after the other, since
 * objects for thousands take ten times their text. */
void report_json(const struct report *r, bool pretty, struct buf *out);

#endif
