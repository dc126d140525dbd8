/*
 * try.c - what `pinspot formats` says: which formats there are, and what the
 * first lines of a file are taken for.
 */
#include <stdio.h>

#include "base/clock.h"
#include "input/archive.h"
#include "input/formats.h"
#include "input/reader.h"
#include "knowledge/alerts.h"
#include "knowledge/ciphers.h"

enum {
	TRY_LINES = 12, /* blank ones not counted */
	TRY_SHOWN = 100, /* bytes of a line that nobody claims */
};

void
formats_list(struct buf *out)
{
	size_t n;
	const struct log_format *const *all = formats_all(&n);

	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s\n    %s\n    recognised by: %s\n",
		    all[i]->name, all[i]->open != NULL ? ":MAP" : "",
		    all[i]->title, all[i]->sign);
}

/* What strangers wrote, without what a terminal could obey. */
static void
put_clean(struct buf *out, struct text t)
{
	uint32_t code;
	size_t n;

	for (; t.n > 0; t.at += n, t.n -= n) {
		n = text_rune(t, &code);
		if (n == 0 || code < 0x20 || (code >= 0x7f && code < 0xa0)) {
			buf_char(out, '?');
			n = 1;
		} else {
			buf_add(out, t.at, n);
		}
	}
}

static void
put_text(struct buf *out, const char *name, struct text t)
{
	if (t.n == 0)
		return;
	buf_printf(out, "    %-13s", name);
	put_clean(out, t);
	buf_char(out, '\n');
}

static void
put_word(struct buf *out, const char *name, const char *word)
{
	if (word != NULL)
		put_text(out, name, text_of(word));
}

static void
put_endpoint(struct buf *out, const char *name, const struct endpoint *e)
{
	char address[ADDRESS_TEXT_SIZE];

	if (e->family == 0)
		return;
	endpoint_address(e, address);
	if (e->port == 0)
		buf_printf(out, "    %-13s%s\n", name, address);
	else
		buf_printf(out, e->family == 6 ? "    %-13s[%s]:%u\n" :
		    "    %-13s%s:%u\n", name, address, e->port);
}

static void
put_alert(struct buf *out, const struct alert *a)
{
	const char *from = side_name(a->from), *name = alert_name(a->code);

	buf_printf(out, "    %-13s%d %s from %s\n", "alert", a->code,
	    name != NULL ? name : "unassigned",
	    from != NULL ? from : "one of the two");
}

/* A handshake_fn: all that the line told, a field to a line. */
static void
put_handshake(const struct handshake *h, void *arg)
{
	struct buf *out = arg;
	char iso[CLOCK_ISO_SIZE];

	buf_printf(out, "line %llu: a handshake\n",
	    (unsigned long long)h->hello.record);
	put_word(out, "time", h->hello.time != CLOCK_UNKNOWN ?
	    clock_iso(h->hello.time, iso) : NULL);
	put_endpoint(out, "client", &h->client);
	put_endpoint(out, "client NAT", &h->client_nat);
	put_endpoint(out, "server", &h->server);
	put_endpoint(out, "server NAT", &h->server_nat);
	put_text(out, "host", h->host);
	put_word(out, "host from", host_source_name(h->host_source));
	put_text(out, "user", h->user);
	put_text(out, "app", h->app);
	put_text(out, "agent", h->agent);
	put_text(out, "device", h->device);
	put_text(out, "policy", h->policy);
	put_word(out, "version", version_name(h->chosen.version));
	if (h->chosen.cipher >= 0)
		put_word(out, "cipher",
		    cipher_name((uint16_t)h->chosen.cipher));
	if (h->certificate != NULL) {
		put_text(out, "subject", h->certificate->subject);
		put_text(out, "issuer", h->certificate->issuer);
	}
	put_word(out, "leg", leg_name(h->leg));
	put_word(out, "interception", interception_name(h->interception));
	put_word(out, "resumption", resumption_name(h->resumption));
	for (unsigned i = 0; i < h->n_alerts; i++)
		put_alert(out, &h->alerts[i]);
	put_text(out, "error", h->error);
	if (h->count > 1)
		buf_printf(out, "    %-13s%u\n", "connections", h->count);
	put_word(out, "outcome", outcome_name(h->outcome));
	put_word(out, "sign", sign_name(h->sign));
}

struct trial {
	struct buf body; /* first, so that put_handshake finds it */
	const struct log_format *format; /* of the first line claimed */
	unsigned n_lines;
};

static bool
watch(const struct log *log, const struct log_format *format,
    enum line_result result, const struct error *damage, void *arg)
{
	struct trial *t = arg;
	struct text shown = log->line;

	if (t->format == NULL)
		t->format = format;
	if (result != LINE_HANDSHAKE)
		buf_printf(&t->body, "line %llu: ",
		    (unsigned long long)log->number);
	if (shown.n > TRY_SHOWN)
		shown.n = TRY_SHOWN;
	if (result == LINE_NOT_MINE) {
		buf_string(&t->body, "in no known format: ");
		put_clean(&t->body, shown);
	} else if (result == LINE_HEADER) {
		buf_string(&t->body, "names the columns, or a comment");
	} else if (result == LINE_IGNORED) {
		buf_string(&t->body, "tells no handshake by itself");
	} else if (result == LINE_BAD) {
		buf_printf(&t->body, "damaged: %s", damage->text);
	}
	if (result == LINE_HANDSHAKE && format != t->format)
		put_word(&t->body, "format", format->name);
	if (result != LINE_HANDSHAKE) {
		if (format != NULL)
			buf_printf(&t->body, " (%s)", format->name);
		buf_char(&t->body, '\n');
	}
	return ++t->n_lines < TRY_LINES;
}

struct attempt {
	const struct input_options *options;
	struct buf *out;
	int depth;
	int result;
	struct error *e;
};

static void
try_log(struct source *s, struct attempt *a)
{
	struct trial t = { 0 };

	a->result = log_watch(s, a->options, put_handshake, watch, &t, a->e);
	put_clean(a->out, text_of(s->name));
	if (t.format != NULL)
		buf_printf(a->out, ": %s, %s\n    because of: %s\n",
		    t.format->name, t.format->title, t.format->sign);
	else if (t.n_lines > 0)
		buf_printf(a->out, ": in no known format, as far as its "
		    "first %u lines tell\n", t.n_lines);
	else
		buf_string(a->out, ": empty\n");
	buf_text(a->out, buf_view(&t.body));
	buf_free(&t.body);
	/* What the lines were taken for is the answer, whatever it is. */
	if (t.n_lines > 0)
		a->result = 0;
}

/* An archive_member_fn, and the beginning of all. */
static bool
try_source(struct source *s, void *arg)
{
	struct attempt *a = arg;
	struct cursor head = source_peek(s, ARCHIVE_HEAD);
	const char *kind = reader_recognise(head);

	if (kind != NULL) {
		put_clean(a->out, text_of(s->name));
		buf_printf(a->out, ": a capture, %s\n", kind);
	} else if ((kind = archive_recognise(head)) != NULL &&
	    a->depth < ARCHIVE_DEPTH_MAX) {
		put_clean(a->out, text_of(s->name));
		buf_printf(a->out, ": %s\n", kind);
		a->depth++;
		a->result = archive_read_members(s, try_source, a, a->e);
		a->depth--;
	} else {
		try_log(s, a);
	}
	return true;
}

int
formats_try(const char *path, const struct input_options *options,
    struct buf *out, struct error *e)
{
	struct attempt a = { .options = options, .out = out, .e = e };
	struct source s;

	if (source_open(&s, path, e) != 0)
		return -1;
	try_source(&s, &a);
	source_close(&s);
	return a.result;
}
