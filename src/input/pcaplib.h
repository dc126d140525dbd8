/*
 * pcaplib.h - everything that libpcap does for us.
 *
 * Capture filters, live capture, and the variants of capture files that our own
 * readers decline.  It brings eight more libraries with it in Debian, D-Bus and
 * systemd among them, so that it is loaded (library.h) when one of these is
 * asked for.
 */
#ifndef PINSPOT_INPUT_PCAPLIB_H
#define PINSPOT_INPUT_PCAPLIB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/error.h"
#include "packet/frame.h"

struct reader;

/* A capture filter, compiled for one link type. */
struct filter;

/*
 * Is this an expression of pcap-filter(7), for any link type?  -1 with the words,
 * and where it goes wrong.  libpcap asks the resolver for names: call it where
 * that cannot reach the network (sandbox.h).
 */
int filter_check(const char *expression, struct error *e) MUST_CHECK;

/* -1 with the words where the expression makes no sense for the link type. */
int filter_new(struct filter **f, const char *expression, uint32_t link_type,
    struct error *e) MUST_CHECK;
void filter_free(struct filter *f);
bool filter_matches(const struct filter *f, const struct frame *frame);
uint32_t filter_link_type(const struct filter *f);

/* They can be chained; NULL at the end. */
struct filter *filter_next(const struct filter *f);
void filter_chain(struct filter *f, struct filter *next);

/* Open what the reader's source holds, or an interface. */
int pcaplib_open(struct reader *r, struct error *e) MUST_CHECK;
int pcaplib_open_live(struct reader *r, const char *interface,
    struct error *e) MUST_CHECK;

/* Have the kernel apply the filter of the reader's options to an interface. */
int pcaplib_filter_live(struct reader *r, struct error *e) MUST_CHECK;

#endif
