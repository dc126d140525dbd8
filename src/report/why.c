#include "report/why.h"

#include "knowledge/alerts.h"
#include "report/words.h"

enum {
	FRAMES_SHOWN = 3, /* ClientHello, flight, rejection */
	LINES_SHOWN = 2,
	CLIENTS_SHOWN = 2,
};

static void
who(struct buf *out, const struct report *r, const struct finding *f)
{
	(void)r;
	if (f->n_clients > 0) {
		words_count(out, f->n_clients, "client", "clients");
		if (f->n_clients_shown > 0) {
			buf_string(out, " (");
			words_list(out, f->clients, f->n_clients_shown,
			    f->n_clients, CLIENTS_SHOWN);
			buf_char(out, ')');
		}
		buf_string(out, ", ");
	}
	words_count(out, f->attempts, "attempt", "attempts");
	if (f->accepted == 0) {
		buf_string(out, ", none ever carried data");
	} else {
		buf_string(out, "; ");
		words_count(out, f->accepted, "other was accepted",
		    "others were accepted");
	}
}

static void
fingerprint(struct buf *out, const struct report *r, const struct finding *f)
{
	(void)r;
	words_list(out, f->fingerprints, f->n_fingerprints, f->n_fingerprints,
	    CLIENTS_SHOWN);
}

static void
same_host(struct buf *out, const struct report *r, const struct finding *f)
{
	uint64_t accepted = f->same_host_other_profiles.accepted;
	uint64_t rejected = f->same_host_other_profiles.rejected;

	(void)r;
	if (f->host == 0)
		return;
	if (accepted + rejected == 0) {
		buf_string(out, "no other program was seen at this host");
		return;
	}
	if (accepted == 0) {
		buf_string(out, "no other program accepts it, ");
		words_count(out, rejected, "attempt rejected",
		    "attempts rejected");
		return;
	}
	words_count(out, accepted, "attempt", "attempts");
	buf_string(out, " of ");
	words_count(out, f->same_host_other_profiles.profiles, "other program",
	    "other programs");
	buf_string(out, " accepted, ");
	if (rejected == 0)
		buf_string(out, "none rejected");
	else
		words_count(out, rejected, "rejected", "rejected");
}

static void
same_program(struct buf *out, const struct report *r, const struct finding *f)
{
	uint64_t accepted = f->same_profile_other_hosts.accepted;
	uint64_t rejected = f->same_profile_other_hosts.rejected;

	(void)r;
	if (accepted + rejected == 0) {
		if (f->host != 0)
			buf_string(out, "was seen at no other host");
		return;
	}
	if (accepted == 0) {
		buf_string(out, "accepts no other domain, ");
		words_count(out, rejected, "attempt rejected there",
		    "attempts rejected there");
		return;
	}
	words_count(out, accepted, "attempt", "attempts");
	buf_string(out, " at ");
	words_count(out, f->same_profile_other_hosts.domains, "other domain",
	    "other domains");
	buf_string(out, " accepted, ");
	if (rejected == 0)
		buf_string(out, "none rejected");
	else
		words_count(out, rejected, "rejected", "rejected");
}

static void
say_alert(struct buf *out, int code)
{
	const char *name = alert_name(code);

	buf_printf(out, "alert %d", code);
	if (name != NULL)
		buf_printf(out, " %s", name);
}

/* It was not the client that gave up. */
static void
say_refusal(struct buf *out, const struct handshake *h)
{
	if (h->outcome != OUTCOME_REFUSED_BY_SERVER || h->from_log)
		return;
	if (h->n_alerts == 0 || h->alerts[0].from != SIDE_SERVER) {
		buf_string(out, "the server ends it without an alert");
	} else if (h->alerts[0].code < 0) {
		buf_string(out, "the server ends it with an alert that cannot "
		    "be read");
	} else {
		buf_string(out, "the server ends it with ");
		say_alert(out, h->alerts[0].code);
	}
}

static void
say_sign(struct buf *out, const struct finding *f)
{
	switch (f->shape.sign) {
	case SIGN_CLEAR_ALERT:
	case SIGN_DECRYPTED_ALERT:
		buf_string(out, "the client answers with ");
		if (f->shape.alert >= 0)
			say_alert(out, f->shape.alert);
		else
			buf_string(out, "an alert");
		buf_string(out, f->shape.sign == SIGN_CLEAR_ALERT
		    ? ", readable"
		    : ", opened with the key log");
		break;
	case SIGN_LOGGED_ERROR:
		buf_string(out, "the log tells ");
		if (f->shape.alert >= 0)
			say_alert(out, f->shape.alert);
		else
			buf_string(out, "an error");
		break;
	case SIGN_SHORT_FIRST_RECORD:
		buf_printf(out, "an alert of %u bytes in place of a Finished "
		    "(%u)", f->shape.record_len, f->shape.finished_len);
		break;
	case SIGN_SILENT_FIN:
	case SIGN_SILENT_RST:
		buf_string(out, "the client closes after the server's flight "
		    "without an alert");
		break;
	case SIGN_NO_DATA_CLOSE:
		buf_string(out, "the handshake ends well, then the client "
		    "closes without sending any data");
		break;
	case SIGN_UNKNOWN:
	case SIGN_NONE:
		say_refusal(out, f->proof);
		break;
	}
}

static void
shape(struct buf *out, const struct report *r, const struct finding *f)
{
	static const char *const how[] = { NULL, "FIN", "RST", "a time-out" };
	const char *version = version_name(f->shape.version);
	enum close_how close = f->shape.close;
	size_t start;

	(void)r;
	if (version != NULL)
		buf_printf(out, strncmp(version, "ssl", 3) == 0 ? "%s: "
		    : "TLS %s: ", version);
	start = out->n;
	say_sign(out, f);
	if (out->n == start) {
		out->n = 0;
		return;
	}
	if ((unsigned)close >= N_ITEMS(how) || how[close] == NULL)
		return;
	buf_printf(out, ", %s", how[close]);
	if (f->proof->close_us >= 0 && f->proof->hello.record != 0) {
		buf_string(out, " after ");
		words_duration(out, f->proof->close_us * 1000);
	}
}

static void
interception(struct buf *out, const struct report *r, const struct finding *f)
{
	const struct certificate *c = f->proof->certificate;

	switch (f->interception) {
	case INTERCEPTION_PROVEN:
		buf_string(out, "proven: ");
		if (f->proof->from_log)
			buf_string(out, "the log names the session");
		else if (c != NULL && c->signed_by_given == TRUTH_YES)
			buf_string(out, "the certificate is signed by the "
			    "given CA");
		else if (strcmp(r->interceptor_source, "learned") == 0)
			buf_string(out, "one issuer signs unrelated hosts");
		else
			buf_string(out, "the interceptor's certificate was "
			    "shown");
		break;
	case INTERCEPTION_PRESUMED: /* the doubts say why */
		if (f->n_doubts == 0)
			buf_string(out, "presumed: the certificate cannot be "
			    "read");
		break;
	case INTERCEPTION_NONE:
		buf_string(out, "none: the host's own certificate was shown");
		break;
	case INTERCEPTION_UNKNOWN:
		break;
	}
}

static void
lines(struct buf *out, const struct report *r, const struct finding *f)
{
	size_t shown = 0, all = 0;

	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];

		all += e->line != 0;
		if (e->line == 0 || shown == LINES_SHOWN)
			continue;
		buf_string(out, shown++ > 0 ? "; " : "");
		buf_text(out, input_name(r, e->input));
		buf_printf(out, ":%llu ", (unsigned long long)e->line);
		buf_text(out, e->what);
		if (e->value.n > 0) {
			buf_char(out, ' ');
			buf_text(out, e->value);
		}
	}
	if (all > shown) {
		buf_string(out, "; ");
		words_count(out, all - shown, "more line", "more lines");
	}
}

static size_t
n_captures(const struct report *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_inputs; i++)
		n += r->inputs[i].packets > 0;
	return n;
}

/* Of one connection: the first that the evidence names. */
static void
frames(struct buf *out, const struct report *r, const struct finding *f)
{
	const struct evidence *first = NULL;
	size_t shown = 0;

	for (size_t i = 0; i < f->n_evidence && shown < FRAMES_SHOWN; i++) {
		const struct evidence *e = &f->evidence[i];

		if (e->frame == 0)
			continue;
		if (first == NULL) {
			first = e;
			if (n_captures(r) > 1) {
				buf_text(out, input_name(r, e->input));
				buf_char(out, ' ');
			}
		}
		if (e->input != first->input || e->stream != first->stream)
			continue;
		buf_printf(out, "%s#%llu ", shown++ > 0 ? ", " : "",
		    (unsigned long long)e->frame);
		buf_text(out, e->what);
	}
}

/* A display filter for a connection whose number tshark would not know. */
static void
filter_by_endpoints(struct buf *out, const struct handshake *h)
{
	const char *protocol = h->transport == TRANSPORT_QUIC ||
	    h->transport == TRANSPORT_DTLS ? "udp" : "tcp";
	char address[ADDRESS_TEXT_SIZE];
	uint64_t last = h->last.record;

	if (last < h->deciding.record)
		last = h->deciding.record;
	if (last < h->hello.record)
		last = h->hello.record;
	buf_printf(out, "%s.addr==%s",
	    h->client.family == 6 ? "ipv6" : "ip",
	    endpoint_address(&h->client, address));
	buf_printf(out, " && %s.addr==%s",
	    h->server.family == 6 ? "ipv6" : "ip",
	    endpoint_address(&h->server, address));
	buf_printf(out, " && %s.port==%u && %s.port==%u", protocol,
	    h->client.port, protocol, h->server.port);
	buf_printf(out, " && frame.number>=%llu && frame.number<=%llu",
	    (unsigned long long)h->hello.record, (unsigned long long)last);
}

/* "tshark -r FILE", behind a program that unpacks it where tshark cannot. */
static void
say_reader(struct buf *out, struct text name)
{
	static const struct {
		const char *suffix, *unpack;
	} packed[] = { { ".xz", "xz -dc" }, { ".bz2", "bzip2 -dc" } };
	const char *unpack = NULL;

	for (size_t i = 0; i < N_ITEMS(packed); i++)
		if (text_ends(name, packed[i].suffix))
			unpack = packed[i].unpack;
	buf_string(out, unpack != NULL ? unpack : "tshark -r");
	buf_char(out, ' ');
	if (text_starts(name, "-"))
		buf_string(out, "./");
	words_shell(out, name);
	if (unpack != NULL)
		buf_string(out, " | tshark -r -");
}

void
why_command(struct buf *out, const struct report *r, const struct finding *f,
    size_t *split)
{
	const struct handshake *h = f->proof;
	struct text name = input_name(r, h->input);
	struct buf filter = { 0 };

	*split = 0;
	/* What has no identity was a pipe, and cannot be read again. */
	if (h->from_log || h->hello.record == 0 || h->input >= r->n_inputs ||
	    r->inputs[h->input].identity[0] == '\0')
		return;
	say_reader(out, name);
	*split = out->n + 1;
	buf_string(out, " -Y ");
	if (h->stream >= 0)
		buf_printf(&filter, "%s.stream==%lld",
		    h->transport == TRANSPORT_TCP ? "tcp" : "udp",
		    (long long)h->stream);
	else if (h->client.family != 0 && h->server.family != 0)
		filter_by_endpoints(&filter, h);
	else
		buf_printf(&filter, "frame.number==%llu",
		    (unsigned long long)h->hello.record);
	buf_printf(out, "'%s'", filter.at);
	buf_free(&filter);
}

static void
command(struct buf *out, const struct report *r, const struct finding *f)
{
	size_t split;

	why_command(out, r, f, &split);
}

/* Of these classes it is not the client that refuses. */
static bool
is_refused_elsewhere(enum class class)
{
	return class == CLASS_CLIENT_AUTH || class == CLASS_UPSTREAM_CERT ||
	    class == CLASS_NETWORK;
}

void
why_list_fill(struct why_list *list, const struct report *r,
    const struct finding *f)
{
	static const struct {
		const char *label;
		void (*write)(struct buf *out, const struct report *r,
		    const struct finding *f);
		bool command, detail;
	} rows[] = { { "who rejects", who, false, false },
		{ "fingerprint", fingerprint, false, true },
		{ "same host", same_host, false, false },
		{ "same program", same_program, false, false },
		{ "on the wire", shape, false, false },
		{ "interception", interception, false, false },
		{ "log", lines, false, false },
		{ "frames", frames, false, false },
		{ "show it", command, true, false } };

	list->n = 0;
	for (size_t i = 0; i < N_ITEMS(rows); i++) {
		struct why *row = &list->rows[list->n];

		*row = (struct why){ rows[i].label, { 0 }, rows[i].command,
			rows[i].detail };
		if (rows[i].write == who && is_refused_elsewhere(f->class))
			row->label = "who fails";
		rows[i].write(&row->text, r, f);
		if (row->text.n > 0)
			list->n++;
		else
			buf_free(&row->text);
	}
}

void
why_list_free(struct why_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		buf_free(&list->rows[i].text);
	list->n = 0;
}
