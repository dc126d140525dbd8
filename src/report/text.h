/*
 * text.h - the parts of the terminal report that explain shows as well.
 */
#ifndef PINSPOT_REPORT_TEXT_H
#define PINSPOT_REPORT_TEXT_H

#include "report/page.h"

/* "api.bank.example → pinning, confirmed", in two lines where it is long; the
 * last one is not ended. */
void text_verdict(struct page *p, const struct finding *f);

/* The labelled rows that stand behind a finding. */
void text_why(struct page *p, const struct report *r, const struct finding *f,
    bool detailed);

#endif
