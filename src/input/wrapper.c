#include "input/wrapper.h"

#include <stdbool.h>

#include "base/clock.h"
#include "input/zone.h"

enum { HEADERS_MAX = 6 }; /* a line seldom passes more than two relays */

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t
n_digits(struct text t)
{
	size_t n = 0;

	while (n < t.n && text_is_digit(t.at[n]))
		n++;
	return n;
}

static void
advance(struct text *t, size_t n)
{
	t->at += n;
	t->n -= n;
}

static void
skip_blanks(struct text *t)
{
	while (t->n > 0 && (t->at[0] == ' ' || t->at[0] == '\t'))
		advance(t, 1);
}

/* The next word, and the blanks behind it. */
static struct text
word(struct text *t)
{
	struct text head = *t;
	size_t n = 0;

	while (n < t->n && t->at[n] != ' ' && t->at[n] != '\t')
		n++;
	head.n = n;
	advance(t, n);
	skip_blanks(t);
	return head;
}

/* RFC 6587 section 3.4.1: "953 <142>1 ..." */
static void
octet_count(struct text *t)
{
	size_t n = n_digits(*t);

	if (n >= 1 && n <= 6 && n + 1 < t->n && t->at[n] == ' ' &&
	    t->at[n + 1] == '<')
		advance(t, n + 1);
}

static bool
priority(struct text *t)
{
	struct text rest = *t, number;
	uint64_t value;

	if (rest.n < 3 || rest.at[0] != '<')
		return false;
	advance(&rest, 1);
	number = (struct text){ rest.at, n_digits(rest) };
	if (number.n > 3 || number.n >= rest.n || rest.at[number.n] != '>' ||
	    !text_u64(number, &value) || value > 191)
		return false;
	advance(&rest, number.n + 1);
	skip_blanks(&rest);
	*t = rest;
	return true;
}

/* "Mar  4 09:15:02", "Mar 04 2026 09:15:02.118"; also with a letter right
 * behind it, as ProxySG writes it.  0 where there is none. */
static size_t
bsd_time(struct text t)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct text rest = t;
	size_t n, i;

	for (i = 0; i < sizeof(months) - 1; i += 3)
		if (rest.n > 15 && memcmp(rest.at, months + i, 3) == 0)
			break;
	if (i >= sizeof(months) - 1 || rest.at[3] != ' ')
		return 0;
	advance(&rest, 4);
	skip_blanks(&rest);
	n = n_digits(rest);
	if (n < 1 || n > 2)
		return 0;
	advance(&rest, n);
	skip_blanks(&rest);
	if (n_digits(rest) == 4) {
		advance(&rest, 4);
		skip_blanks(&rest);
	}
	if (rest.n < 8 || !text_is_digit(rest.at[0]) ||
	    !text_is_digit(rest.at[1]) || rest.at[2] != ':' ||
	    !text_is_digit(rest.at[3]) || rest.at[5] != ':' ||
	    !text_is_digit(rest.at[6]) || !text_is_digit(rest.at[7]))
		return 0;
	advance(&rest, 8);
	if (rest.n > 1 && rest.at[0] == '.' && text_is_digit(rest.at[1])) {
		advance(&rest, 1);
		advance(&rest, n_digits(rest));
	}
	return t.n - rest.n;
}

/* "2026-03-04T09:15:02.118Z", a word of its own, or seconds with a letter right
 * behind them, as ProxySG writes it. */
static size_t
iso_time(struct text t)
{
	struct text head = { t.at, 0 };
	int64_t ns;
	bool zoned;

	if (t.n < 19 || !text_is_digit(t.at[0]) || t.at[4] != '-' ||
	    t.at[10] != 'T')
		return 0;
	while (head.n < t.n && head.n < 40 && t.at[head.n] != ' ' &&
	    t.at[head.n] != '\t')
		head.n++;
	if (clock_parse_iso(head, &ns, &zoned))
		return head.n;
	head.n = head.n > 19 && is_letter(t.at[19]) ? 19 : 0;
	return clock_parse_iso(head, &ns, &zoned) ? head.n : 0;
}

/* "2026-03-04 09:15:02.118", which many logs begin with themselves. */
static size_t
blank_time(struct text t)
{
	struct text head = { t.at, 19 };
	int64_t ns;
	bool zoned;

	if (t.n < 20 || t.at[4] != '-' || t.at[10] != ' ' ||
	    !clock_parse_iso(head, &ns, &zoned))
		return 0;
	advance(&t, 19);
	if (t.at[0] == '.' || t.at[0] == ',') {
		advance(&t, 1);
		return 20 + n_digits(t);
	}
	return 19;
}

/* Does the word look like a host's name and not like the message itself? */
static bool
is_host(struct text w)
{
	bool letter = false, joint = false;
	size_t n_dots = 0;

	if (w.n == 0 || w.n > 255 || w.at[w.n - 1] == ':')
		return false;
	for (size_t i = 0; i < w.n; i++) {
		char c = w.at[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
			letter = true;
		else if (c == '.')
			n_dots++;
		else if (c == '-' || c == '_' || c == ':' || c == '/')
			joint = true;
		else if (!text_is_digit(c))
			return false;
	}
	/* "1772615702.284" is Squid's time and none of a host. */
	return letter || joint || n_dots > 1;
}

/* "haproxy[2211]:", "logger:".  Words in capitals such as "CEF:" or "ERROR:"
 * are the message's own. */
static bool
is_tag(struct text w)
{
	bool lower = false;

	if (w.n < 2 || w.n > 64 || w.at[w.n - 1] != ':')
		return false;
	for (size_t i = 0; i + 1 < w.n; i++) {
		char c = w.at[i];

		lower = lower || (c >= 'a' && c <= 'z');
		if (c == '"' || c == '=' || c == '|' || c == ',' || c == '%' ||
		    c == '{' || c == ':')
			return false;
	}
	return lower;
}

static void
host_and_tag(struct text *t, struct wrapper *out)
{
	struct text rest = *t, w;

	w = word(&rest);
	/* "192.0.2.44:50112 [04/Mar/2026:" is HAProxy's own. */
	if (is_host(w) && rest.n > 0 && !(rest.n > 3 && rest.at[0] == '[' &&
	    text_is_digit(rest.at[1]) && rest.at[3] == '/')) {
		out->host = w;
		*t = rest;
		w = word(&rest);
	}
	if (is_tag(w) && rest.n > 0) {
		out->tag = (struct text){ w.at, w.n - 1 };
		*t = rest;
	}
}

/* STRUCTURED-DATA of RFC 5424 section 6.3: where it ends, or 0. */
static size_t
structured_data(struct text t)
{
	bool quoted = false;
	size_t i;

	if (t.n > 0 && t.at[0] == '-')
		return t.n == 1 || t.at[1] == ' ' ? 1 : 0;
	if (t.n == 0 || t.at[0] != '[')
		return 0;
	for (i = 1; i < t.n; i++) {
		if (quoted && t.at[i] == '\\')
			i++;
		else if (t.at[i] == '"')
			quoted = !quoted;
		else if (!quoted && t.at[i] == ']' &&
		    (i + 1 == t.n || t.at[i + 1] != '['))
			return i + 1;
	}
	return 0;
}

/* RFC 5424 behind its PRI: "1 TIME HOST APP PROCID MSGID SD MSG". */
static bool
rfc5424(struct text *t, struct wrapper *out)
{
	struct text rest = *t, after, app, procid, msgid;
	size_t n;

	if (rest.n < 4 || rest.at[0] != '1' || rest.at[1] != ' ')
		return false;
	advance(&rest, 2);
	n = iso_time(rest);
	if (n == 0 && !(rest.n > 1 && rest.at[0] == '-' && rest.at[1] == ' '))
		return false;
	out->time = (struct text){ rest.at, n };
	advance(&rest, n > 0 ? n : 1);
	skip_blanks(&rest);
	after = rest;
	out->host = word(&after);
	if (!is_host(out->host)) {
		out->host = (struct text){ 0 };
		*t = rest;
		return true;
	}
	*t = rest = after;
	app = word(&rest);
	procid = word(&rest);
	msgid = word(&rest);
	if (app.n > 48 || procid.n > 128 || msgid.n > 32)
		return true;
	n = structured_data(rest);
	if (n == 0)
		return true;
	out->tag = app;
	*t = rest;
	/* Check Point writes the whole message as structured data. */
	if (n == rest.n && rest.at[0] == '[')
		return true;
	advance(t, n);
	skip_blanks(t);
	return true;
}

/* What the runtimes of containers put behind the time: "stdout F ". */
static bool
stream_and_mark(struct text *t)
{
	struct text rest = *t, stream = word(&rest), mark = word(&rest);

	if ((!text_is(stream, "stdout") && !text_is(stream, "stderr")) ||
	    (!text_is(mark, "F") && !text_is(mark, "P")))
		return false;
	*t = rest;
	return true;
}

/* "+0000", "UTC": the zone behind a time, or the empty text. */
static struct text
zone(struct text *t)
{
	struct text rest = *t, w = word(&rest);

	if (!text_is(w, "UTC") && !text_is(w, "GMT") && (w.n != 5 ||
	    (w.at[0] != '+' && w.at[0] != '-')))
		return (struct text){ t->at, 0 };
	*t = rest;
	return w;
}

/* "Local0.Info <tab> 192.0.2.1 <tab> ", as Kiwi Syslog writes it. */
static bool
facility_and_host(struct text *t, struct wrapper *out)
{
	struct text rest = *t, facility, host;

	if (!text_split(&rest, '\t', &facility) || facility.n > 24 ||
	    text_find(facility, ".") <= 0 || !is_host(facility) ||
	    !text_split(&rest, '\t', &host) || !is_host(host))
		return false;
	out->host = host;
	*t = rest;
	return true;
}

/* "haproxy[674]: " with or without a host before it, and no time. */
static bool
host_and_program(struct text *t, struct wrapper *out)
{
	struct text rest = *t, host = word(&rest), tag = host;

	if (!is_tag(tag) && is_host(host))
		tag = word(&rest);
	if (!is_tag(tag) || rest.n == 0 || tag.at[tag.n - 2] != ']' ||
	    text_find(tag, "[") <= 0)
		return false;
	if (tag.at != host.at)
		out->host = host;
	out->tag = (struct text){ tag.at, tag.n - 1 };
	*t = rest;
	return true;
}

/* "[pod/squid-0/squid] ", as kubectl writes it. */
static bool
pod(struct text *t)
{
	struct text rest = *t, name;

	if (!text_skip(&rest, "[pod/") || !text_split(&rest, ']', &name) ||
	    name.n > 512 || text_find(name, " ") >= 0)
		return false;
	skip_blanks(&rest);
	*t = rest;
	return true;
}

/* "[  123.456789] " of the monotonic clock; "1772615702.118233 ": times of
 * journalctl, which a host and a program follow. */
static bool
journal_time(struct text *t, struct wrapper *out)
{
	struct text rest = *t, time;
	bool monotonic = text_skip(&rest, "[");

	skip_blanks(&rest);
	time = rest;
	advance(&rest, n_digits(rest));
	if (rest.at == time.at || !text_skip(&rest, ".") ||
	    n_digits(rest) != 6)
		return false;
	advance(&rest, 6);
	time.n = (size_t)(rest.at - time.at);
	if (monotonic && !text_skip(&rest, "]"))
		return false;
	if (!text_skip(&rest, " ") || !host_and_program(&rest, out))
		return false;
	if (!monotonic)
		out->time = time;
	*t = rest;
	return true;
}

/* "{job="squid", host="h"} ", as logcli writes it behind the time. */
static void
labels(struct text *t)
{
	struct text rest = *t;
	bool quoted = false;
	size_t n = 1;

	if (rest.n < 6 || rest.at[0] != '{' || !is_letter(rest.at[1]))
		return;
	for (; n < rest.n && (quoted || rest.at[n] != '}'); n++)
		if (rest.at[n] == '"')
			quoted = !quoted;
		else if (quoted && rest.at[n] == '\\')
			n++;
	if (n + 1 >= rest.n)
		return;
	advance(&rest, n + 1);
	skip_blanks(&rest);
	*t = rest;
}

/* "squid.access: {" of fluentd. */
static bool
tag_and_object(struct text *t, struct wrapper *out)
{
	struct text rest = *t, tag = word(&rest);

	if (!text_starts(rest, "{") || !is_tag(tag))
		return false;
	out->tag = (struct text){ tag.at, tag.n - 1 };
	*t = rest;
	return true;
}

/*
 * "2026-03-04 09:15:02 +0000 ", perhaps behind a weekday or within brackets.  Many
 * logs begin with such a time themselves, so that what follows must show that
 * this one is a collector's: a program, its tag with JSON, a facility, a bracket.
 */
static bool
loose_header(struct text *t, struct wrapper *out)
{
	bool bracket = t->n > 0 && t->at[0] == '[';
	struct text rest = *t, time, end;
	size_t n;

	if (bracket)
		advance(&rest, 1);
	else if (t->n > 24 && t->at[3] == ' ' && !text_is_digit(t->at[0]))
		advance(&rest, 4); /* journalctl -o short-full */
	n = blank_time(rest);
	if (n == 0)
		return false;
	time = (struct text){ rest.at, n };
	advance(&rest, n);
	if (bracket) {
		if (!text_split(&rest, ']', &end) || end.n > 7)
			return false;
		skip_blanks(&rest);
	} else {
		skip_blanks(&rest);
		end = zone(&rest);
		if (!tag_and_object(&rest, out) &&
		    !host_and_program(&rest, out) &&
		    !facility_and_host(&rest, out))
			return false;
	}
	if (end.n > 0)
		time.n = (size_t)(end.at + end.n - time.at);
	out->time = time;
	*t = rest;
	return true;
}

/* "squid-1  | ", as docker compose writes it. */
static bool
service(struct text *t, struct wrapper *out)
{
	struct text rest = *t, name = word(&rest);

	if (!text_starts(rest, "| ") || !is_host(name))
		return false;
	advance(&rest, 2);
	skip_blanks(&rest);
	out->tag = name;
	*t = rest;
	return true;
}

/* "/var/log/squid/access.log:17:", as grep writes it. */
static bool
file_name(struct text *t)
{
	struct text rest = *t, name, number;

	if (!text_split(&rest, ':', &name) || name.n > 255 || name.n < 5 ||
	    text_find(name, " ") >= 0 || rest.n == 0 || rest.at[0] == ' ' ||
	    !text_ends(name, ".log"))
		return false;
	*t = rest;
	if (n_digits(rest) > 0 && n_digits(rest) < 10 &&
	    text_split(&rest, ':', &number) && number.n == n_digits(number))
		*t = rest;
	return true;
}

/* Headers that have no time, or an odd one. */
static bool
other_header(struct text *t, struct wrapper *out)
{
	if (t->n < 8 || t->at[0] == '{')
		return false;
	/* journalctl -o export */
	if (text_starts(*t, "MESSAGE=")) {
		advance(t, 8);
		return true;
	}
	/* awslogs: milliseconds and a tab */
	if (n_digits(*t) == 13 && t->n > 14 && t->at[13] == '\t') {
		out->time = (struct text){ t->at, 13 };
		advance(t, 14);
		return true;
	}
	return loose_header(t, out) || service(t, out) || file_name(t) ||
	    pod(t) || journal_time(t, out) || host_and_program(t, out);
}

/* "UTC ", "CEST: ": the time's zone, with Cisco's colon.  A host may be called so,
 * too: without another one behind it, it is that. */
static void
skip_zone(struct text *t)
{
	struct text rest = *t, w = word(&rest);
	struct text after = rest, host = word(&after);
	struct zone zone;

	if (w.n > 1 && w.at[w.n - 1] == ':')
		w.n--;
	if (w.n >= 3 && w.n <= 5 && is_letter(w.at[0]) &&
	    zone_find(w, &zone) && (is_host(host) || is_tag(host)))
		*t = rest;
}

/* One header with a time, whichever. */
static bool
header(struct text *t, struct wrapper *out)
{
	size_t n;

	if (rfc5424(t, out))
		return true;
	n = bsd_time(*t);
	if (n == 0)
		n = iso_time(*t);
	if (n == 0)
		return false;
	out->time = (struct text){ t->at, n };
	advance(t, n);
	if (t->n > 0 && t->at[0] == ':') /* Cisco: "15:09:41: %FTD" */
		advance(t, 1);
	skip_blanks(t);
	if (stream_and_mark(t))
		return true;
	labels(t);
	skip_zone(t);
	host_and_tag(t, out);
	if (t->n > 1 && t->at[0] == ':' && t->at[1] == ' ') {
		advance(t, 1);
		skip_blanks(t);
	}
	return true;
}

void
wrapper_peel(struct text line, struct wrapper *out)
{
	struct text t = line;
	bool more = true;

	*out = (struct wrapper){ 0 };
	skip_blanks(&t);
	for (int i = 0; more && i < HEADERS_MAX; i++) {
		octet_count(&t);
		more = priority(&t);
		more = header(&t, out) || more;
		more = other_header(&t, out) || more;
	}
	if (text_starts(t, "\xef\xbb\xbf")) /* RFC 5424 section 6.4 */
		advance(&t, 3);
	out->payload = t;
}
