#include "input/pcaplib.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/library.h"
#include "base/mem.h"
#include "base/text.h"
#include "input/reader_private.h"

enum {
	ETHERNET = 1,
	SNAPLEN = 262144, /* libpcap's own most */
	EXPRESSION_MAX = 1024, /* to look for what is wrong in */
	/* Live: how long a quiet interface holds back what it has. */
	WAIT_MS = 250,
};

#define LIBPCAP(F)                                                             \
	F(pcap_open_dead)                                                      \
	F(pcap_compile)                                                        \
	F(pcap_freecode)                                                       \
	F(pcap_offline_filter)                                                 \
	F(pcap_setfilter)                                                      \
	F(pcap_datalink)                                                       \
	F(pcap_datalink_val_to_name)                                           \
	F(pcap_fopen_offline_with_tstamp_precision)                            \
	F(pcap_create)                                                         \
	F(pcap_set_snaplen)                                                    \
	F(pcap_set_promisc)                                                    \
	F(pcap_set_timeout)                                                    \
	F(pcap_set_tstamp_precision)                                           \
	F(pcap_get_tstamp_precision)                                           \
	F(pcap_activate)                                                       \
	F(pcap_setnonblock)                                                    \
	F(pcap_get_selectable_fd)                                              \
	F(pcap_next_ex)                                                        \
	F(pcap_snapshot)                                                       \
	F(pcap_stats)                                                          \
	F(pcap_statustostr)                                                    \
	F(pcap_geterr)                                                         \
	F(pcap_close)

struct libpcap {
	LIBPCAP(LIBRARY_POINTER)
};

/* Debian's name, that of others, that of who builds with it. */
static const struct library libpcap = {
	"libpcap",
	{ "libpcap.so.0.8", "libpcap.so.1", "libpcap.so" },
	LIBRARY_NAMES(LIBPCAP),
};

struct filter {
	struct libpcap lib;
	struct filter *next;
	uint32_t link_type;
	bool compiled; /* else nothing matches */
	struct bpf_program program;
};

/* LINKTYPE_ numbers are those of files, DLT_ numbers those of libpcap's calls.
 * They differ where systems disagreed (https://www.tcpdump.org/linktypes.html):
 * for what is read here, in raw IP only. */
static int
dlt_of(uint32_t link_type)
{
	return link_type == 101 ? DLT_RAW : (int)link_type;
}

static uint32_t
link_type_of(int dlt)
{
	return dlt == DLT_RAW ? 101 : (uint32_t)dlt;
}

/* Does it compile for this link type?  *e has libpcap's words if not. */
static bool
compiles(const struct libpcap *lib, const char *expression,
    uint32_t link_type, struct error *e)
{
	pcap_t *dead = lib->pcap_open_dead(dlt_of(link_type), SNAPLEN);
	struct bpf_program program;
	bool good;

	if (dead == NULL) {
		error_set(e, "libpcap is out of memory");
		return false;
	}
	good = lib->pcap_compile(dead, &program, expression, 0,
	    PCAP_NETMASK_UNKNOWN) == 0;
	if (good)
		lib->pcap_freecode(&program);
	else
		error_set(e, "%s", lib->pcap_geterr(dead));
	lib->pcap_close(dead);
	return good;
}

/* Can an expression begin so?  It can where some ending makes it whole. */
static bool
can_begin(const struct libpcap *lib, struct text start)
{
	static const char *const endings[] = { "", " tcp", " 1", " 10.0.0.1",
		" = 1", "] = 1" };
	struct buf whole = { 0 };
	bool good = false;
	int open = 0;

	for (size_t i = 0; i < start.n; i++)
		open += (start.at[i] == '(') - (start.at[i] == ')');
	for (size_t i = 0; i < N_ITEMS(endings) && !good; i++) {
		whole.n = 0;
		buf_text(&whole, start);
		buf_string(&whole, endings[i]);
		for (int n = 0; n < open; n++)
			buf_char(&whole, ')');
		good = compiles(lib, whole.at, ETHERNET, NULL);
	}
	buf_free(&whole);
	return good;
}

/* The words of an expression that can be understood: up to where? */
static struct text
understood(const struct libpcap *lib, struct text expression)
{
	struct text start = expression;

	while (start.n > 0 && !can_begin(lib, start)) {
		while (start.n > 0 && start.at[start.n - 1] != ' ')
			start.n--;
		start = text_trim(start);
	}
	return start;
}

int
filter_check(const char *expression, struct error *e)
{
	/* Ethernet, raw IP, Linux cooked (two), 802.11 (two). */
	static const uint32_t link_types[] = { ETHERNET, 101, 113, 276, 105,
		127 };
	struct text all = text_trim(text_of(expression)), good;
	struct libpcap lib;
	struct error why;

	if (library_load(&libpcap, &lib, "filter", e) != 0)
		return -1;
	for (size_t i = 0; i < N_ITEMS(link_types); i++)
		if (compiles(&lib, expression, link_types[i], &why))
			return 0;
	if (all.n > EXPRESSION_MAX)
		return error_set(e, "filter: it is wrong, and too long to say "
		    "where; see pcap-filter(7)");
	(void)compiles(&lib, expression, ETHERNET, &why);
	/* libpcap's own words for it differ between versions. */
	if (strstr(why.text, "syntax error") != NULL)
		error_set(&why, "see pcap-filter(7)");
	good = understood(&lib, all);
	if (good.n == all.n)
		return error_set(e, "filter: something is missing after "
		    "\"%.*s\"; %s", TEXT_ARG(good), why.text);
	return error_set(e, "filter: \"%.*s\" is wrong%s%.*s%s; %s",
	    (int)(all.n - good.n), text_trim((struct text){ all.at + good.n,
	    all.n - good.n }).at, good.n > 0 ? ", after \"" : "",
	    TEXT_ARG(good), good.n > 0 ? "\"" : "", why.text);
}

int
filter_new(struct filter **out, const char *expression, uint32_t link_type,
    struct error *e)
{
	struct filter *f = mem_zero(1, sizeof(*f));
	const struct libpcap *lib = &f->lib;
	const char *link;
	pcap_t *dead;
	int status = 0;

	*out = f;
	f->link_type = link_type;
	if (library_load(&libpcap, &f->lib, "filter", e) != 0)
		return -1;
	dead = lib->pcap_open_dead(dlt_of(link_type), SNAPLEN);
	if (dead == NULL)
		return error_set(e, "filter: libpcap is out of memory");
	link = lib->pcap_datalink_val_to_name(dlt_of(link_type));
	/* What was captured may have had no netmask, and needs none. */
	f->compiled = lib->pcap_compile(dead, &f->program, expression, 1,
	    PCAP_NETMASK_UNKNOWN) == 0;
	if (!f->compiled)
		status = error_set(e,
		    "filter '%s': %s (link type %s); see pcap-filter(7)",
		    expression, lib->pcap_geterr(dead),
		    link != NULL ? link : "unknown");
	lib->pcap_close(dead);
	return status;
}

void
filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	if (f->compiled)
		f->lib.pcap_freecode(&f->program);
	free(f);
}

bool
filter_matches(const struct filter *f, const struct frame *frame)
{
	struct pcap_pkthdr header = {
		.caplen = (bpf_u_int32)frame->bytes.left,
		.len = frame->wire_length,
	};

	return f != NULL && f->compiled &&
	    f->lib.pcap_offline_filter(&f->program, &header,
	    frame->bytes.at) != 0;
}

uint32_t
filter_link_type(const struct filter *f)
{
	return f->link_type;
}

struct filter *
filter_next(const struct filter *f)
{
	return f->next;
}

void
filter_chain(struct filter *f, struct filter *next)
{
	f->next = next;
}

/* What libpcap reads: a file or an interface. */
struct handle {
	struct libpcap lib;
	pcap_t *pcap;
};

static struct handle *
handle_new(const char *place, struct error *e)
{
	struct handle *h = mem_zero(1, sizeof(*h));

	if (library_load(&libpcap, &h->lib, place, e) == 0)
		return h;
	free(h);
	return NULL;
}

static void
handle_free(struct handle *h)
{
	if (h->pcap != NULL)
		h->lib.pcap_close(h->pcap);
	free(h);
}

static void
pcaplib_close(struct reader *r)
{
	handle_free(r->state);
}

/* libpcap's own timeout need not end a wait without any packet, and a signal
 * does not either. */
static bool
wait_for(const struct reader *r, const struct handle *h)
{
	struct pollfd wait = { .fd = r->source == NULL ?
	    h->lib.pcap_get_selectable_fd(h->pcap) : -1, .events = POLLIN };

	return wait.fd < 0 || poll(&wait, 1, WAIT_MS) > 0;
}

static struct frame
frame_of(struct reader *r, const struct pcap_pkthdr *header,
    const u_char *bytes)
{
	const struct handle *h = r->state;
	bool nano = h->lib.pcap_get_tstamp_precision(h->pcap) ==
	    PCAP_TSTAMP_PRECISION_NANO;

	return (struct frame){
		.number = ++r->stats.packets,
		.time = header->ts.tv_sec * CLOCK_SECOND +
		    header->ts.tv_usec * (nano ? 1 : 1000),
		.link_type = link_type_of(h->lib.pcap_datalink(h->pcap)),
		.wire_length = header->len,
		.bytes = cursor_over(bytes, header->caplen),
	};
}

/* libpcap lends one packet at a time. */
static size_t
pcaplib_read(struct reader *r, struct frame *frames, size_t n)
{
	const struct handle *h = r->state;
	struct pcap_pkthdr *header;
	const u_char *bytes;
	struct pcap_stat stat;
	int status = wait_for(r, h) ?
	    h->lib.pcap_next_ex(h->pcap, &header, &bytes) : 0;

	(void)n;
	if (status == 1) {
		frames[0] = frame_of(r, header, bytes);
		return 1;
	}
	if (r->source == NULL && h->lib.pcap_stats(h->pcap, &stat) == 0)
		r->stats.dropped = (uint64_t)stat.ps_drop + stat.ps_ifdrop;
	if (status == PCAP_ERROR && r->source == NULL) {
		reader_broke(r, h->lib.pcap_geterr(h->pcap));
	} else if (status == PCAP_ERROR) {
		r->stats.truncated = true;
		reader_bad(r, "%s", h->lib.pcap_geterr(h->pcap));
	}
	r->ended = status != 0;
	return 0;
}

static ssize_t
read_cookie(void *cookie, char *room, size_t n)
{
	struct source *s = cookie;

	if (!source_need(s, 1)) {
		if (!s->failed)
			return 0;
		errno = EIO;
		return -1;
	}
	if (n > s->n)
		n = s->n;
	memcpy(room, s->at, n);
	source_use(s, n);
	return (ssize_t)n;
}

static int
open_source(struct handle *h, struct source *source, struct error *e)
{
	cookie_io_functions_t io = { .read = read_cookie };
	FILE *file = fopencookie(source, "rb", io);
	char why[PCAP_ERRBUF_SIZE] = "";

	if (file == NULL)
		return error_set(e, "%s: %s", source->name, strerror(errno));
	h->pcap = h->lib.pcap_fopen_offline_with_tstamp_precision(file,
	    PCAP_TSTAMP_PRECISION_NANO, why);
	if (h->pcap != NULL)
		return 0; /* it owns the file now */
	fclose(file);
	return error_set(e, "%s: %s", source->name, why);
}

int
pcaplib_open(struct reader *r, struct error *e)
{
	struct handle *h = handle_new(r->source->name, e);

	if (h == NULL)
		return -1;
	if (open_source(h, r->source, e) != 0) {
		handle_free(h);
		return -1;
	}
	r->state = h;
	r->stats.snaplen = (uint32_t)h->lib.pcap_snapshot(h->pcap);
	r->stats.layout = (uint64_t)r->stats.snaplen << 32 |
	    link_type_of(h->lib.pcap_datalink(h->pcap));
	r->read = pcaplib_read;
	r->close = pcaplib_close;
	return 0;
}

/* Set what must be set before activation.  All of it is best effort. */
static void
prepare(struct handle *h)
{
	(void)h->lib.pcap_set_snaplen(h->pcap, SNAPLEN);
	(void)h->lib.pcap_set_promisc(h->pcap, 1);
	(void)h->lib.pcap_set_timeout(h->pcap, WAIT_MS);
	(void)h->lib.pcap_set_tstamp_precision(h->pcap,
	    PCAP_TSTAMP_PRECISION_NANO);
}

static int
open_interface(struct handle *h, const char *interface, struct error *e)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	const char *more;
	int status;

	h->pcap = h->lib.pcap_create(interface, why);
	if (h->pcap == NULL)
		return error_set(e, "%s: %s", interface, why);
	prepare(h);
	status = h->lib.pcap_activate(h->pcap);
	if (status >= 0) {
		(void)h->lib.pcap_setnonblock(h->pcap, 1, why);
		return 0;
	}
	more = h->lib.pcap_geterr(h->pcap);
	return error_set(e, "%s: %s%s%s", interface,
	    h->lib.pcap_statustostr(status), more[0] != '\0' ? ": " : "",
	    status == PCAP_ERROR_PERM_DENIED ?
	    "capturing needs CAP_NET_RAW; run it as root" : more);
}

int
pcaplib_open_live(struct reader *r, const char *interface, struct error *e)
{
	struct handle *h = handle_new(interface, e);

	if (h == NULL)
		return -1;
	if (open_interface(h, interface, e) != 0) {
		handle_free(h);
		return -1;
	}
	r->state = h;
	r->stats.snaplen = SNAPLEN;
	r->read = pcaplib_read;
	r->close = pcaplib_close;
	return 0;
}

int
pcaplib_filter_live(struct reader *r, struct error *e)
{
	const struct handle *h = r->state;
	struct bpf_program program;

	if (r->options.filter == NULL)
		return 0;
	/* In the kernel, so that what is not wanted is not even copied. */
	if (h->lib.pcap_compile(h->pcap, &program, r->options.filter, 1,
	    PCAP_NETMASK_UNKNOWN) != 0 ||
	    h->lib.pcap_setfilter(h->pcap, &program) != 0)
		return error_set(e, "filter '%s': %s; see pcap-filter(7)",
		    r->options.filter, h->lib.pcap_geterr(h->pcap));
	h->lib.pcap_freecode(&program);
	r->options.filter = NULL; /* done */
	return 0;
}
