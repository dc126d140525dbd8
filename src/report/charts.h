/*
 * charts.h - what numbers look like: inline SVG for the HTML report.
 *
 * No chart has colours of its own: classes of the style sheet give them, for
 * light, dark and paper.  Colour never tells anything alone; each shape has its
 * words in a <title>, and each chart says in its <desc> what there is to see.
 */
#ifndef PINSPOT_REPORT_CHARTS_H
#define PINSPOT_REPORT_CHARTS_H

#include "base/buf.h"
#include "model/finding.h"

/* Each writes a <figure>, or nothing where there is nothing to draw. */

/* Rejected attempts over time, stacked by class. */
void chart_timeline(struct buf *out, const struct report *r, bool utc);

/* Which program met what at which host. */
void chart_contrast(struct buf *out, const struct report *r);

/* What each suggested entry cures, against the inspection that it gives up. */
void chart_price(struct buf *out, const struct report *r);

/* The records of a finding's proving connection. */
void chart_ladder(struct buf *out, const struct finding *f);

#endif
