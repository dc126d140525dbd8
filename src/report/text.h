/*
 * text.h - the parts of the terminal report that explain shows as well.
 */
#ifndef PINSPOT_REPORT_TEXT_H
#define PINSPOT_REPORT_TEXT_H

#include "report/page.h"

/* The labelled rows that stand behind a finding. */
void text_why(struct page *p, const struct report *r, const struct finding *f,
    bool detailed);

#endif
