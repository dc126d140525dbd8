/*
 * mitmproxy.c - the console and event log of mitmproxy, all wordings.
 *
 *     [13:37:04.761][192.0.2.44:55289] Client TLS handshake failed. The client
 *     does not trust the proxy's certificate for client.dropbox.com (OpenSSL
 *     Error([('SSL routines', '', 'tlsv1 alert unknown ca')]))
 *
 * The lines carry no date, so that their times are unknown.  Source: mitmproxy
 * 0.x to 12, proxy/layers/tls.py, addons/termlog.py and dumper.py (messages only).
 */
#include <string.h>

#include "input/value.h"

enum { CONNECTIONS = 64 };

/* What earlier lines told of a client's connection. */
struct connection {
	struct endpoint client; /* family 0: free */
	struct endpoint server; /* "server connect" tells, */
	struct text host; /* and the name that was asked for; interned */
	struct text accepted; /* the host whose request came through; interned */
	bool failed; /* told by "Client Handshake failed." */
};

/* The beginning of a message that a terminal broke into lines. */
struct broken {
	char text[512];
	size_t n; /* 0: none */
	uint64_t line;
	struct endpoint client;
};

struct mitmproxy {
	unsigned next; /* the oldest of seen */
	struct connection seen[CONNECTIONS];
	struct endpoint asked; /* by the last CONNECT, whose error may follow */
	bool reported; /* the last line was such an error */
	/* Until 6 the reason comes in a further line; its texts are interned. */
	bool holding;
	struct handshake held;
	struct broken broken;
};

static void
drop(struct text *t, size_t n)
{
	t->at += n;
	t->n -= n;
}

/* "ESC [ 31 m" and the like. */
static struct text
without_colours(struct log *log, struct text line)
{
	char *copy;
	size_t n = 0;

	if (line.n == 0 || memchr(line.at, 033, line.n) == NULL)
		return line;
	copy = log_scratch(log, line.n);
	for (size_t i = 0; i < line.n; i++) {
		if (line.at[i] != 033) {
			copy[n++] = line.at[i];
			continue;
		}
		while (i < line.n && line.at[i] != 'm')
			i++;
	}
	return (struct text){ copy, n };
}

static bool
skip_word(struct text *t, const char *word)
{
	if (!text_starts(*t, word))
		return false;
	drop(t, strlen(word));
	*t = text_trim(*t);
	return true;
}

/* "[13:37:04.728]", with the bracket of the address perhaps a blank later. */
static bool
skip_time(struct text *t)
{
	if (t->n < 14 || t->at[0] != '[' || t->at[3] != ':' ||
	    t->at[6] != ':' || t->at[9] != '.' || t->at[13] != ']')
		return false;
	drop(t, 14);
	*t = text_trim(*t);
	return true;
}

/* "[192.0.2.44:55289] ", "[[2001:db8::1]:61000] ", or "192.0.2.44:55300: ". */
static bool
take_client(struct text *t, struct endpoint *out)
{
	static const char *const ends[] = { "] ", ": " };
	bool bracket = t->n > 0 && t->at[0] == '[';
	struct text rest = *t, word;
	long end;

	if (bracket)
		drop(&rest, 1);
	end = text_find(rest, ends[bracket ? 0 : 1]);
	if (end <= 0 || end > 60)
		return false;
	word = (struct text){ rest.at, (size_t)end };
	if (!value_endpoint(word, false, out) || out->port == 0)
		return false;
	drop(&rest, (size_t)end + 2);
	*t = text_trim(rest);
	return true;
}

/* "400: ", the status of the answer: 0.x. */
static void
skip_status(struct text *t)
{
	uint64_t status;

	if (t->n > 5 && t->at[3] == ':' && t->at[4] == ' ' &&
	    text_u64((struct text){ t->at, 3 }, &status))
		drop(t, 5);
}

/* What is known of a client's connection; made where nothing is. */
static struct connection *
connection_of(struct mitmproxy *m, const struct endpoint *client)
{
	struct connection *c;

	for (unsigned i = 0; i < CONNECTIONS; i++)
		if (m->seen[i].client.family != 0 &&
		    endpoint_equal(&m->seen[i].client, client))
			return &m->seen[i];
	c = &m->seen[m->next++ % CONNECTIONS];
	*c = (struct connection){ .client = *client };
	return c;
}

/* "server connect a.example:443 (198.51.100.20:443)", or the address alone. */
static void
remember(struct log *log, struct connection *c, struct text t)
{
	long open = text_find(t, " (");
	struct text address = t, host = t;

	if (open >= 0) {
		address = (struct text){ t.at + open + 2,
			t.n - (size_t)open - 2 };
		if (address.n > 0 && address.at[address.n - 1] == ')')
			address.n--;
		host.n = (size_t)open;
	}
	if (value_endpoint(address, false, &c->server))
		c->host = pool_intern(log->pool, value_url_host(host));
}

static void
recall(const struct connection *c, struct handshake *h)
{
	struct endpoint e;

	if (h->server.family == 0)
		h->server = c->server;
	if (h->host.n == 0 && c->host.n > 0 && !endpoint_parse(c->host, &e))
		value_host(h, c->host, HOST_CONNECT);
}

/* What stands between two phrases; false where the first is not there. */
static bool
between(struct text t, const char *before, const char *const *ends,
    size_t n_ends, struct text *out)
{
	long at = text_find(t, before), end, first = -1;

	if (at < 0)
		return false;
	drop(&t, (size_t)at + strlen(before));
	for (size_t i = 0; i < n_ends; i++) {
		end = text_find(t, ends[i]);
		if (end >= 0 && (first < 0 || end < first))
			first = end;
	}
	if (first >= 0)
		t.n = (size_t)first;
	while (t.n > 0 && (t.at[t.n - 1] == '.' || t.at[t.n - 1] == ' '))
		t.n--;
	*out = t;
	return t.n > 0;
}

/* The name of the server, or its address and port where it had no SNI. */
static void
read_host(struct text t, struct handshake *h)
{
	static const char *const ends[] = { " (", ". ", ", " };
	struct endpoint e = { 0 };
	struct text host;

	if (!between(t, "certificate for ", ends, N_ITEMS(ends), &host) &&
	    !between(t, "consistently for ", ends, N_ITEMS(ends), &host))
		return;
	if (value_endpoint(host, false, &e) && e.family != 0) {
		h->server = e;
		h->host = value_url_host(host);
		h->host_source = HOST_ADDRESS;
		return;
	}
	value_host(h, host, HOST_SNI);
}

static enum line_result
read_client_failure(struct text t, struct handshake *h)
{
	enum line_result result;

	if (text_find(t, "Cannot parse ClientHello") >= 0)
		return LINE_IGNORED;
	read_host(t, h);
	result = log_failed(h, LEG_CLIENT, reason_of(t), t);
	h->interception = INTERCEPTION_PROVEN;
	return result;
}

static enum line_result
read_server_failure(struct text t, struct handshake *h)
{
	/* It is not told who gave up: mostly the server. */
	if (text_find(t, "cannot agree") >= 0)
		log_refused(h, LEG_SERVER, t);
	else
		return log_failed(h, LEG_SERVER, reason_of(t), t);
	return LINE_HANDSHAKE;
}

/* Until 6: "Cannot establish TLS with client (sni: a.example): TlsException(...)",
 * or with "a.example:443", behind "<< " of a CONNECT in the line before, or within
 * an exception's parentheses. */
static enum line_result
read_connect_error(struct text t, struct handshake *h)
{
	static const char *const ends[] = { ")" }, *const peers[] = { " (sni" };
	bool client = text_find(t, "TLS with client") >= 0;
	struct text host;

	if (between(t, "(sni: ", ends, N_ITEMS(ends), &host) &&
	    !text_is(host, "None") && !value_is_masked(host))
		value_host(h, host, HOST_SNI);
	else if (!client && between(t, "TLS with ", peers, N_ITEMS(peers),
	    &host) && host.n < 260)
		value_host(h, value_url_host(host), HOST_CONNECT);
	return log_failed(h, client ? LEG_CLIENT : LEG_SERVER, reason_of(t), t);
}

/* "GET https://host/path HTTP/2.0": a request came through. */
static bool
read_request(struct text t, struct handshake *h)
{
	struct text method, url;

	text_split(&t, ' ', &method);
	text_split(&t, ' ', &url);
	if (method.n == 0 || method.n > 10 || !text_starts(url, "https://"))
		return false;
	for (size_t i = 0; i < method.n; i++)
		if (method.at[i] < 'A' || method.at[i] > 'Z')
			return false;
	value_host(h, value_url_host(url), HOST_URL);
	log_accepted(h);
	return true;
}

static const struct {
	const char *phrase;
	enum line_result (*read)(struct text t, struct handshake *h);
} messages[] = {
	{ "Client TLS handshake failed.", read_client_failure },
	{ "Client Handshake failed.", read_client_failure },
	{ "<< Cannot establish TLS with ", read_connect_error },
	{ "Cannot establish TLS with ", read_connect_error },
	{ "ClientHandshakeException(", read_connect_error },
	{ "TlsProtocolException(", read_connect_error },
	{ "SSL handshake error:", read_client_failure },
	{ "TLS Error:", read_client_failure },
	{ "Server TLS handshake failed.", read_server_failure },
	{ "Server Handshake failed.", read_server_failure },
};

/* Lines of mitmproxy that tell no handshake. */
static const char *const others[] = { "client connect", "client disconnect",
	"clientconnect", "clientdisconnect", "server disconnect",
	"serverconnect", "serverdisconnect", "CONNECT ", "Streaming ",
	"HTTP(S) proxy listening", "Proxy server listening" };

/* What was held back is complete. */
static void
release(struct log *log, struct mitmproxy *m)
{
	if (m->holding)
		log_emit(log, &m->held);
	m->holding = false;
}

static void
hold(struct log *log, struct mitmproxy *m, const struct handshake *h)
{
	m->held = *h;
	m->held.hello.record = log->number;
	m->held.host = pool_intern(log->pool, h->host);
	m->held.error = pool_intern(log->pool, h->error);
	m->holding = true;
}

/* The same failure again, with OpenSSL's reason or without. */
static void
add_reason(struct log *log, struct mitmproxy *m, struct text t)
{
	struct reason reason = reason_of(t);

	if (!m->holding || m->held.n_alerts > 0 || reason.kind == REASON_NONE)
		return;
	if (log_failed(&m->held, LEG_CLIENT, reason,
	    pool_intern(log->pool, t)) != LINE_HANDSHAKE)
		m->holding = false; /* it was no TLS */
}

static enum line_result
read_failure(struct log *log, struct mitmproxy *m, size_t which,
    struct text t, struct handshake *h)
{
	bool old = text_starts(t, "Client Handshake failed."), report;
	struct connection *c;
	enum line_result result;

	report = messages[which].read == read_connect_error;
	if (report && h->client.family == 0)
		h->client = m->asked;
	c = h->client.family != 0 ? connection_of(m, &h->client) : NULL;
	/* Old versions tell of it twice, in either order. */
	if (c != NULL && c->failed && (report || (old && m->reported))) {
		add_reason(log, m, t);
		m->reported = false;
		return LINE_IGNORED;
	}
	release(log, m);
	h->transport = TRANSPORT_TCP;
	result = messages[which].read(t, h);
	m->reported = report;
	if (c == NULL)
		return result;
	recall(c, h);
	c->failed = old || report;
	if (!old || result != LINE_HANDSHAKE)
		return result;
	hold(log, m, h);
	return LINE_IGNORED;
}

/* May it be told in further lines what was held back? */
static bool
goes_on(const struct mitmproxy *m, struct text t,
    const struct endpoint *client)
{
	return m->holding && endpoint_equal(client, &m->held.client) &&
	    text_starts(t, "CONNECT ");
}

static enum line_result
read_event(struct log *log, struct mitmproxy *m, bool timed, struct text t,
    struct handshake *h)
{
	struct connection *c = h->client.family != 0 ?
	    connection_of(m, &h->client) : NULL;

	if (c != NULL && (text_skip(&t, "server connect ") ||
	    text_skip(&t, "transparent to "))) { /* the latter: 0.x */
		remember(log, c, t);
		return LINE_IGNORED;
	}
	if (c != NULL && text_find(t, "client") == 0)
		*c = (struct connection){ .client = h->client };
	if (c != NULL && text_starts(t, "CONNECT "))
		m->asked = h->client;
	if (c != NULL && read_request(t, h)) {
		/* Of one connection come many requests. */
		if (c->accepted.n > 0 && text_equal(c->accepted, h->host))
			return LINE_IGNORED;
		c->accepted = pool_intern(log->pool, h->host);
		recall(c, h);
		h->hello.time = log_wrapper_time(log);
		h->transport = TRANSPORT_TCP;
		return LINE_HANDSHAKE;
	}
	for (size_t i = 0; i < N_ITEMS(others); i++)
		if (text_starts(t, others[i]))
			return LINE_IGNORED;
	return timed ? LINE_IGNORED : LINE_NOT_MINE;
}

/* Which message this begins, or N_ITEMS(messages). */
static size_t
find_message(struct text t)
{
	size_t i = 0;

	while (i < N_ITEMS(messages) && !text_starts(t, messages[i].phrase))
		i++;
	return i;
}

/* A failure behind a bracket that holds no address: somebody hid it, or it is
 * damaged. */
static bool
take_bracket(struct text *t, struct text *held)
{
	long end = text_find(*t, "] ");
	struct text rest = *t;

	if (end <= 0 || t->at[0] != '[')
		return false;
	drop(&rest, (size_t)end + 2);
	if (find_message(rest) == N_ITEMS(messages))
		return false;
	*held = (struct text){ t->at + 1, (size_t)end - 1 };
	*t = rest;
	return true;
}

/* "[W] 04/Mar/2026 09:15:02 - 192.0.2.44:43580: Client TLS handshake failed.":
 * another program's stamp before the client and what mitmproxy says of it. */
static void
skip_stamp(struct text *t)
{
	enum { WORDS_MAX = 6 };
	struct text rest = *t, said, word;
	struct endpoint client;

	for (int i = 0; i < WORDS_MAX && rest.n > 0; i++) {
		text_split(&rest, ' ', &word);
		said = rest;
		if (!take_client(&said, &client))
			continue;
		if (find_message(said) < N_ITEMS(messages))
			*t = rest;
		return;
	}
}

/* A sentence about a client ends so; what ends otherwise goes on in the next
 * line. */
static bool
is_broken(struct text t)
{
	return messages[find_message(t)].read == read_client_failure &&
	    text_find(t, "failed. ") > 0 &&
	    strchr(").]'", t.at[t.n - 1]) == NULL;
}

static bool
join(struct broken *b, struct text t)
{
	if (t.n + 1 > sizeof(b->text) - b->n)
		return false;
	if (b->n > 0)
		b->text[b->n++] = ' ';
	memcpy(b->text + b->n, t.at, t.n);
	b->n += t.n;
	return true;
}

/* What was broken is whole now, or nothing more comes of it. */
static enum line_result
mend(struct log *log, struct mitmproxy *m, struct handshake *h)
{
	struct text t = { m->broken.text, m->broken.n };

	m->broken.n = 0;
	h->hello.record = m->broken.line;
	h->client = m->broken.client;
	return read_failure(log, m, find_message(t), t, h);
}

static void
give_up(struct log *log, struct mitmproxy *m)
{
	struct handshake h;

	if (m->broken.n == 0)
		return;
	handshake_init(&h);
	if (mend(log, m, &h) == LINE_HANDSHAKE)
		log_emit(log, &h);
}

/* A message, or its beginning. */
static enum line_result
read_message(struct log *log, struct mitmproxy *m, struct text t,
    const struct endpoint *client, struct handshake *h)
{
	if (is_broken(t) && log_wrapper(log)->time.n == 0 &&
	    join(&m->broken, t)) {
		m->broken.line = log->number;
		m->broken.client = *client;
		return LINE_IGNORED;
	}
	h->client = *client;
	h->hello.time = log_wrapper_time(log);
	return read_failure(log, m, find_message(t), t, h);
}

/* Does the line go on with a message?  It has neither a time nor a client. */
static bool
goes_on_with(const struct broken *b, struct log *log, struct text t)
{
	static const char *const words[] = { "certificate", "proxy", "client",
		"OpenSSL", "SSL", "alert", "trust", "indicate" };

	if (b->n == 0 || log_wrapper(log)->time.n > 0)
		return false;
	for (size_t i = 0; i < N_ITEMS(words); i++)
		if (text_find(t, words[i]) >= 0)
			return true;
	return false;
}

static enum line_result
mitmproxy_read(struct log *log, void *state, struct handshake *h)
{
	struct mitmproxy *m = state;
	struct text t = text_trim(without_colours(log, log_payload(log)));
	struct endpoint client = { 0 };
	struct text held;
	bool timed, addressed, message;

	if (t.n < 12)
		return LINE_NOT_MINE;
	(void)(skip_word(&t, "info:") || skip_word(&t, "warn:") ||
	    skip_word(&t, "error:"));
	timed = skip_time(&t);
	addressed = take_client(&t, &client);
	if (!timed && !addressed) {
		skip_stamp(&t);
		addressed = take_client(&t, &client);
	}
	if (timed && !addressed && take_bracket(&t, &held) &&
	    !value_is_masked(held) && memchr(held.at, ':', held.n) != NULL)
		return log_bad(log, 0, "client", held,
		    "an address and a port");
	if (addressed)
		skip_status(&t);
	message = t.n > 0 && find_message(t) < N_ITEMS(messages);
	if (!timed && !addressed && !message &&
	    goes_on_with(&m->broken, log, t) && join(&m->broken, t))
		return is_broken((struct text){ m->broken.text, m->broken.n }) ?
		    LINE_IGNORED : mend(log, m, h);
	give_up(log, m);
	if (message)
		return read_message(log, m, t, &client, h);
	if (!timed && !addressed)
		return LINE_NOT_MINE;
	if (!goes_on(m, t, &client))
		release(log, m);
	h->client = client;
	return read_event(log, m, timed, t, h);
}

static void
mitmproxy_finish(struct log *log, void *state)
{
	give_up(log, state);
	release(log, state);
}

const struct log_format log_format_mitmproxy = {
	.name = "mitmproxy",
	.title = "mitmproxy console and event log",
	.product = "mitmproxy",
	.sign = "[HH:MM:SS.mmm][address], or \"Client TLS handshake failed.\"",
	.state_size = sizeof(struct mitmproxy),
	.read = mitmproxy_read,
	.finish = mitmproxy_finish,
};
