/*
 * haproxy.c - HAProxy's connection errors and its httpslog.
 *
 *     192.0.2.44:50112 [04/Mar/2026:09:15:02.118] ft-https/1: SSL handshake
 *     failure (error:0A000418:SSL routines::tlsv1 alert unknown ca)
 *     192.0.2.44:50113 [...] ft-https~ -/- 34/A000416/0/0/0 host/TLSv1.3/CIPHER
 *
 * HAProxy ends TLS itself: its clients speak the client leg.  Source: HAProxy
 * configuration manual, sections 8.2.5 and 8.2.6 (error and HTTPS log formats).
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hostname.h"
#include "input/value.h"
#include "knowledge/ciphers.h"

/* What the codes of fc_err, and the messages, mean. */
enum meaning { CLOSED, RESET, FAILED, TIMEOUT, CLIENT_CERTIFICATE, SERVER_CERTIFICATE };

static const struct {
	unsigned code;
	const char *message;
	enum meaning meaning;
} errors[] = {
	{ 24, "Connection closed during SSL handshake", CLOSED },
	{ 25, "Connection error during SSL handshake", RESET },
	{ 26, "Timeout during SSL handshake", TIMEOUT },
	{ 30, "SSL client CA chain cannot be verified", CLIENT_CERTIFICATE },
	{ 31, "SSL client certificate not trusted", CLIENT_CERTIFICATE },
	{ 32, "Server presented an SSL certificate different from the "
	    "configured one", SERVER_CERTIFICATE },
	{ 33, "Server presented an SSL certificate different from the expected "
	    "one", SERVER_CERTIFICATE },
	{ 34, "SSL handshake failure", FAILED },
	{ 35, "SSL handshake failure after heartbeat", FAILED },
	{ 35, "Stopped a TLSv1 heartbeat attack", FAILED },
	{ 43, "SSL fatal error", FAILED },
};

/* What the message or the code says, and what OpenSSL adds to it. */
static enum line_result
tell(enum meaning meaning, struct reason reason, struct text text,
    struct handshake *h)
{
	switch (meaning) {
	case CLOSED:
		reason.kind = REASON_CLOSED;
		break;
	case RESET:
		reason.kind = REASON_RESET;
		break;
	case FAILED:
		break;
	case TIMEOUT:
		reason.kind = REASON_TIMEOUT;
		break;
	case CLIENT_CERTIFICATE:
		reason.kind = REASON_CERTIFICATE;
		break;
	case SERVER_CERTIFICATE:
		reason.kind = REASON_CERTIFICATE;
		return log_failed(h, LEG_SERVER, reason, text);
	}
	return log_failed(h, LEG_CLIENT, reason, text);
}

/* "frontend/bind: message". */
static enum line_result
read_message(struct text t, struct handshake *h)
{
	struct text message = t, frontend = t;
	long colon = text_find(t, ": "); /* bind names are addresses, too */
	size_t longest = 0;
	long best = -1;

	if (colon < 0)
		return LINE_NOT_MINE;
	frontend.n = (size_t)colon;
	message.at += colon + 1;
	message.n -= (size_t)colon + 1;
	message = text_trim(message);
	for (size_t i = 0; i < N_ITEMS(errors); i++) {
		size_t n = strlen(errors[i].message);

		if (n > longest && text_starts(message, errors[i].message)) {
			longest = n;
			best = (long)i;
		}
	}
	if (best < 0)
		return LINE_IGNORED;
	h->policy = frontend;
	return tell(errors[best].meaning, reason_of(message), message, h);
}

static bool
is_number(struct text t)
{
	uint64_t number;

	return text_u64(t, &number);
}

static bool
read_hex(struct text t, uint32_t *out)
{
	char digits[20], *end;

	if (t.n == 0 || t.n >= sizeof(digits))
		return false;
	memcpy(digits, t.at, t.n);
	digits[t.n] = '\0';
	*out = (uint32_t)strtoull(digits, &end, 16);
	return *end == '\0';
}

/* "34/A000416/0/0/0": fc_err, ssl_fc_err in hex, ssl_c_err, ssl_c_ca_err and
 * ssl_fc_is_resumed.  fc_err may be a word of its own before it, and 2.5 did not
 * write the last. */
struct codes {
	uint64_t error;
	uint32_t packed;
};

static bool
read_codes(struct text t, struct text before, struct codes *out)
{
	struct text word[5];
	size_t n = 0;
	bool more = true;

	for (; more && n < N_ITEMS(word); n++)
		more = text_split(&t, '/', &word[n]);
	if (more || n < 4 || !is_number(word[n - 1]) || !is_number(word[n - 2]))
		return false;
	if (n == 5)
		return text_u64(word[0], &out->error) &&
		    read_hex(word[1], &out->packed);
	if (text_u64(before, &out->error))
		return read_hex(word[0], &out->packed);
	return text_u64(word[0], &out->error) &&
	    read_hex(word[1], &out->packed);
}

/* "sni/version/cipher", of which each may be "-"; "version/cipher" in 2.5. */
static bool
read_tls(struct text t, struct handshake *h)
{
	static const struct text none = { "-", 1 };
	struct text host = none, version;

	/* Timers and counters have slashes and digits, too. */
	if (!text_starts(t, "TLSv1") && !text_starts(t, "SSLv") &&
	    !text_split(&t, '/', &host))
		return false;
	if (!text_split(&t, '/', &version) || t.n == 0 ||
	    (text_find(version, "SSLv") < 0 &&
	    text_find(version, "TLSv") < 0 && !text_is(version, "-")))
		return false;
	value_host(h, value_present(host), HOST_SNI);
	h->chosen.version = value_version(version);
	h->chosen.cipher = cipher_by_name(t);
	h->chosen.seen = h->chosen.version != 0;
	return true;
}

/* Without quotes or brackets around it. */
static struct text
without_frame(struct text t)
{
	while (t.n > 0 && memchr("\"{[(", t.at[0], 4) != NULL) {
		t.at++;
		t.n--;
	}
	while (t.n > 0 && memchr("\"}]),;", t.at[t.n - 1], 6) != NULL)
		t.n--;
	return t;
}

/* What a code of fc_err means. */
static enum line_result
read_code(const struct codes *c, struct text text, struct handshake *h)
{
	for (size_t i = 0; i < N_ITEMS(errors); i++)
		if (errors[i].code == c->error)
			return tell(errors[i].meaning,
			    reason_of_code(c->packed), text, h);
	return LINE_IGNORED;
}

/* "ft~ be/s1 www.example 0/0/1/2/3": a host between the server and the timers. */
static bool
read_inserted(struct text line, struct handshake *h)
{
	enum { WORDS_MAX = 4 };
	struct text word;

	for (int i = 0; i < WORDS_MAX && line.n > 0; i++) {
		text_split(&line, ' ', &word);
		if (hostname_valid(word)) {
			value_host(h, word, HOST_LOG);
			return true;
		}
	}
	return false;
}

/* "{www.example.org|Mozilla/5.0}": the headers that an administrator captures
 * begin with Host, if they have it. */
static void
read_captured(struct text line, struct handshake *h)
{
	long open = text_find(line, " {");
	struct text rest, host, name;

	if (open < 0)
		return;
	rest = (struct text){ line.at + open + 2, line.n - (size_t)open - 2 };
	text_split(&rest, '}', &host);
	rest = host;
	text_split(&rest, '|', &host);
	text_split(&host, ':', &name);
	if (hostname_valid(name))
		value_host(h, name, HOST_LOG);
}

/* "... TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256", or with a slash or colon between
 * them: what log formats with %sslv and %sslc have in any place. */
static void
read_version(struct text line, struct handshake *h)
{
	struct text word, version;

	while (h->chosen.version == 0 && line.n > 0) {
		text_split(&line, ' ', &word);
		word = without_frame(word);
		if (!text_starts(word, "TLSv1") && !text_starts(word, "SSLv"))
			continue;
		version = word;
		for (size_t i = 0; i < word.n; i++)
			if (memchr("/:,|", word.at[i], 4) != NULL) {
				version.n = i;
				break;
			}
		h->chosen.version = value_version(version);
		word.at += version.n;
		word.n -= version.n;
		if (word.n == 0)
			text_split(&line, ' ', &word);
		else
			word = (struct text){ word.at + 1, word.n - 1 };
		if (h->chosen.version != 0)
			h->chosen.cipher = cipher_by_name(without_frame(word));
	}
	h->chosen.seen = h->chosen.version != 0;
}

/* The client of a frontend with TLS was served, or asked for nothing. */
static enum line_result
served(struct text line, struct handshake *h)
{
	long url = text_find(line, " https://");

	log_accepted(h);
	/* HTTP/2 has the whole URL in the request. */
	if (h->host.n == 0 && url > 0)
		value_host(h, value_url_host((struct text){ line.at + url + 1,
		    line.n - (size_t)url - 1 }), HOST_URL);
	if (h->host.n == 0 && !read_inserted(line, h))
		read_captured(line, h);
	if (h->chosen.version == 0)
		read_version(line, h);
	if (text_find(line, "\"<BADREQ>\"") > 0)
		h->outcome = OUTCOME_IDLE;
	return LINE_HANDSHAKE;
}

/*
 * A line about a connection or request.  httpslog and error-log-format end with
 * codes and "sni/version/cipher"; timers and counters look like codes, but no
 * such word follows them at once.  Else a '~' behind the frontend's name says
 * that the client spoke TLS.
 */
static enum line_result
read_https(struct text t, struct handshake *h)
{
	struct text rest = t, frontend, word, last = { 0 }, earlier = { 0 };
	struct codes codes;

	text_split(&rest, ' ', &frontend);
	h->policy = frontend;
	for (; rest.n > 0; earlier = last, last = word) {
		text_split(&rest, ' ', &word);
		if (!read_tls(word, h))
			continue;
		return read_codes(last, earlier, &codes) && codes.error != 0 ?
		    read_code(&codes, last, h) : served(t, h);
	}
	if (text_ends(frontend, "~"))
		return served(t, h);
	/* TLS ended elsewhere, or its version is written all the same. */
	read_version(t, h);
	return h->chosen.seen ? served(t, h) : LINE_IGNORED;
}

/* "CLIENT:50112", "x.x.x.x:50112": somebody hid the address, or a resolver gave it
 * a name; the port is left. */
static bool
is_masked_client(struct text t, struct endpoint *client)
{
	struct text name;

	if (!text_split(&t, ':', &name) || name.n == 0)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (memchr(" \t\"'=,;{}()/", name.at[i], 13) != NULL)
			return false;
	return value_port(t, client);
}

/* "192.0.2.44:50112 [04/Mar/2026:09:15:02.118] ": what stands before the date may
 * be behind words that a custom format begins with. */
static bool
take_head(struct text *t, struct endpoint *client, struct text *date)
{
	long open = text_find((struct text){ t->at, t->n < 160 ? t->n : 160 },
	    " [");
	struct text address, word;
	long close;

	if (open < 2)
		return false;
	address = (struct text){ t->at, (size_t)open };
	while (text_split(&address, ' ', &word))
		;
	address = word;
	t->at += open + 2;
	t->n -= (size_t)open + 2;
	close = text_find(*t, "] ");
	if (close < 20 || close > 32 || t->at[2] != '/' || t->at[6] != '/')
		return false;
	*date = (struct text){ t->at, (size_t)close };
	t->at += close + 2;
	t->n -= (size_t)close + 2;
	if (value_endpoint(address, true, client))
		return client->port != 0;
	/* anonymised, or a socket of this machine */
	return text_starts(address, "-:") || text_starts(address, "unix:") ||
	    is_masked_client(address, client);
}

static enum line_result
haproxy_read(struct log *log, void *state, struct handshake *h)
{
	struct text t = log_payload(log), date;
	struct endpoint client = { 0 };

	(void)state;
	if (!take_head(&t, &client, &date))
		return LINE_NOT_MINE;
	if (!value_time(log, date, &h->hello.time))
		return log_bad(log, 2, "date", date,
		    "a time such as 04/Mar/2026:09:15:02.118");
	h->client = client;
	h->transport = TRANSPORT_TCP;
	if (text_find(t, ": ") > 0 && text_find(t, ": ") < text_find(t, " ") + 1)
		return read_message(t, h);
	return read_https(t, h);
}

const struct log_format log_format_haproxy = {
	.name = "haproxy",
	.title = "HAProxy connection errors and httpslog",
	.sign = "address:port [dd/Mon/yyyy:HH:MM:SS.mmm] frontend",
	.read = haproxy_read,
};
