/*
 * One handshake as one line of JSON (product.md, pinspot/handshake/v1).
 *
 * Written straight into the buffer, without a tree in between: a capture of a
 * day has millions of them.  Every key is always there, inside objects too;
 * what is unknown is null.
 */
#include "report/report.h"

#include "base/clock.h"
#include "base/cursor.h"
#include "knowledge/alerts.h"
#include "knowledge/ciphers.h"
#include "report/escape.h"

/* A literal of the source, without counting its length at run time. */
#define LITERAL(out, s) buf_add(out, s, sizeof(s) - 1)

static void
write_null(struct buf *out)
{
	LITERAL(out, "null");
}

static void
write_text(struct buf *out, struct text t)
{
	if (t.n == 0) {
		write_null(out);
		return;
	}
	LITERAL(out, "\"");
	escape_json(out, t);
	LITERAL(out, "\"");
}

/* Names of our own tables, which need no escapes. */
static void
write_name(struct buf *out, const char *name)
{
	if (name == NULL) {
		write_null(out);
		return;
	}
	LITERAL(out, "\"");
	buf_string(out, name);
	LITERAL(out, "\"");
}

static void
write_u64(struct buf *out, uint64_t n)
{
	char digits[20];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	buf_add(out, digits + i, sizeof(digits) - i);
}

/* A count or number whose negative values stand for unknown. */
static void
write_number(struct buf *out, int64_t n)
{
	if (n < 0)
		write_null(out);
	else
		write_u64(out, (uint64_t)n);
}

static void
write_bool(struct buf *out, bool yes)
{
	if (yes)
		LITERAL(out, "true");
	else
		LITERAL(out, "false");
}

static void
write_truth(struct buf *out, enum truth t)
{
	if (t == TRUTH_UNKNOWN)
		write_null(out);
	else
		write_bool(out, t == TRUTH_YES);
}

static void
write_time(struct buf *out, int64_t ns)
{
	char iso[CLOCK_ISO_SIZE];

	write_name(out, ns != CLOCK_UNKNOWN ? clock_iso(ns, iso) : NULL);
}

static void
write_sha256(struct buf *out, const uint8_t digest[32])
{
	static const char hex[] = "0123456789abcdef";
	char digits[66];
	uint8_t any = 0;

	for (size_t i = 0; i < 32; i++) {
		digits[1 + 2 * i] = hex[digest[i] >> 4];
		digits[2 + 2 * i] = hex[digest[i] & 15];
		any |= digest[i];
	}
	if (any == 0) {
		write_null(out);
		return;
	}
	digits[0] = digits[65] = '"';
	buf_add(out, digits, sizeof(digits));
}

static void
write_endpoint(struct buf *out, const struct endpoint *e)
{
	char address[ADDRESS_TEXT_SIZE];

	LITERAL(out, "{\"ip\":");
	write_name(out,
	    e->family != 0 ? endpoint_address(e, address) : NULL);
	LITERAL(out, ",\"port\":");
	write_number(out, e->port != 0 ? e->port : -1);
	LITERAL(out, "}");
}

static void
write_origin(struct buf *out, const struct handshake *h)
{
	const struct origin *first = handshake_first(h);
	int64_t record = first->record != 0 ? (int64_t)first->record : -1;

	LITERAL(out, "\"input\":");
	write_u64(out, h->input);
	LITERAL(out, ",\"frame\":");
	write_number(out, h->from_log ? -1 : record);
	LITERAL(out, ",\"line\":");
	write_number(out, h->from_log ? record : -1);
	LITERAL(out, ",\"stream\":");
	write_number(out, h->stream);
	LITERAL(out, ",\"time\":");
	write_time(out, first->time);
}

static void
write_parties(struct buf *out, const struct handshake *h)
{
	LITERAL(out, ",\"leg\":");
	write_name(out, leg_name(h->leg));
	LITERAL(out, ",\"transport\":");
	write_name(out, transport_name(h->transport));
	LITERAL(out, ",\"tunnel\":");
	write_name(out, tunnel_name(h->tunnel));
	LITERAL(out, ",\"client\":");
	write_endpoint(out, &h->client);
	LITERAL(out, ",\"server\":");
	write_endpoint(out, &h->server);
	LITERAL(out, ",\"host\":{\"name\":");
	write_text(out, h->host);
	LITERAL(out, ",\"source\":");
	write_name(out, host_source_name(h->host_source));
	LITERAL(out, "},\"user\":");
	write_text(out, h->user);
	LITERAL(out, ",\"app\":");
	write_text(out, h->app);
}

/*
 * The versions offered, each word once: several drafts are all "1.3".  A hello
 * without supported_versions offers its legacy_version (RFC 8446 section
 * 4.2.1).
 */
static void
write_versions(struct buf *out, const struct client_hello *hello)
{
	const char *words[VERSIONS_MAX];
	char copies[VERSIONS_MAX][8];
	size_t n = 0, n_offered = hello->n_versions;
	const uint16_t *offered = hello->versions;

	if (n_offered == 0 && hello->legacy_version != 0) {
		offered = &hello->legacy_version;
		n_offered = 1;
	}
	if (n_offered == 0 && !hello->seen) {
		write_null(out);
		return;
	}
	LITERAL(out, "[");
	for (size_t i = 0; i < n_offered && i < VERSIONS_MAX; i++) {
		const char *word = version_name(offered[i]);
		size_t k = 0;

		if (word == NULL)
			continue;
		while (k < n && strcmp(words[k], word) != 0)
			k++;
		if (k < n)
			continue;
		if (n > 0)
			LITERAL(out, ",");
		write_name(out, word);
		/* The name of an unknown version does not outlast the next. */
		words[n] = strncpy(copies[n], word, sizeof(copies[n]) - 1);
		copies[n++][sizeof(copies[0]) - 1] = '\0';
	}
	LITERAL(out, "]");
}

/* ProtocolNameList of RFC 7301 section 3.1: length (1), name, ... */
static void
write_alpn(struct buf *out, const struct client_hello *hello)
{
	struct cursor list = cursor_over(hello->alpn.at, hello->alpn.n), name;
	const char *comma = "";

	if (hello->alpn.n == 0 && !hello->seen) {
		write_null(out);
		return;
	}
	LITERAL(out, "[");
	while (list.left > 0 && cursor_vector(&list, 1, &name)) {
		buf_string(out, comma);
		LITERAL(out, "\"");
		escape_json(out,
		    (struct text){ (const char *)name.at, name.left });
		LITERAL(out, "\"");
		comma = ",";
	}
	LITERAL(out, "]");
}

static void
write_client_hello(struct buf *out, const struct client_hello *hello)
{
	LITERAL(out, ",\"hello\":{\"versions\":");
	write_versions(out, hello);
	LITERAL(out, ",\"alpn\":");
	write_alpn(out, hello);
	LITERAL(out, ",\"psk_offered\":");
	write_truth(out, hello->psk_offered);
	LITERAL(out, ",\"ticket_offered\":");
	write_truth(out, hello->ticket_offered);
	LITERAL(out, ",\"session_id_len\":");
	write_number(out, hello->session_id_len);
	LITERAL(out, ",\"early_data\":");
	write_truth(out, hello->early_data);
	LITERAL(out, ",\"ech\":");
	write_name(out, ech_name(hello->ech));
	LITERAL(out, ",\"ja4\":");
	write_text(out, hello->ja4);
	LITERAL(out, ",\"engine\":");
	write_name(out, engine_name(hello->engine));
	LITERAL(out, "}");
}

/* A suite without a name is told by its number, as versions are. */
static void
write_cipher(struct buf *out, int32_t cipher)
{
	const char *name;

	if (cipher < 0) {
		write_null(out);
		return;
	}
	name = cipher_name((uint16_t)cipher);
	if (name != NULL)
		write_name(out, name);
	else
		buf_printf(out, "\"0x%04x\"", (unsigned)cipher & 0xffff);
}

static void
write_server_hello(struct buf *out, const struct server_hello *hello)
{
	LITERAL(out, ",\"server_hello\":{\"version\":");
	write_name(out, version_name(hello->version));
	LITERAL(out, ",\"cipher\":");
	write_cipher(out, hello->cipher);
	LITERAL(out, ",\"alpn\":");
	write_text(out, hello->alpn);
	LITERAL(out, ",\"psk_accepted\":");
	write_truth(out, hello->psk_accepted);
	LITERAL(out, ",\"session_id_echoed\":");
	write_truth(out, hello->session_id_echoed);
	LITERAL(out, ",\"retry\":");
	write_truth(out, hello->retry);
	LITERAL(out, ",\"downgrade_sentinel\":");
	write_truth(out, hello->sentinel);
	LITERAL(out, "}");
}

static void
write_names(struct buf *out, const struct certificate *c)
{
	LITERAL(out, "[");
	for (size_t i = 0; i < c->n_names; i++) {
		if (i > 0)
			LITERAL(out, ",");
		LITERAL(out, "\"");
		escape_json(out, c->names[i]);
		LITERAL(out, "\"");
	}
	LITERAL(out, "]");
}

static void
write_certificate(struct buf *out, const struct handshake *h)
{
	const struct certificate *c = h->certificate;

	if (c == NULL) {
		LITERAL(out, ",\"certificate\":{\"subject\":null,"
		    "\"issuer\":null,\"sha256\":null,\"not_before\":null,"
		    "\"not_after\":null,\"names\":null,\"chain\":");
	} else {
		LITERAL(out, ",\"certificate\":{\"subject\":");
		write_text(out, c->subject);
		LITERAL(out, ",\"issuer\":");
		write_text(out, c->issuer);
		LITERAL(out, ",\"sha256\":");
		write_sha256(out, c->sha256);
		LITERAL(out, ",\"not_before\":");
		write_time(out, c->not_before);
		LITERAL(out, ",\"not_after\":");
		write_time(out, c->not_after);
		LITERAL(out, ",\"names\":");
		if (c->n_names > 0 || c->has_der)
			write_names(out, c);
		else
			write_null(out);
		LITERAL(out, ",\"chain\":");
	}
	write_number(out, h->chain);
	LITERAL(out, "},\"certificate_requested\":");
	write_truth(out, h->certificate_requested);
}

static void
write_alerts(struct buf *out, const struct handshake *h)
{
	static const char *const levels[] = { NULL, "warning", "fatal" };

	LITERAL(out, ",\"alerts\":[");
	for (size_t i = 0; i < h->n_alerts && i < ALERTS_MAX; i++) {
		const struct alert *a = &h->alerts[i];

		if (i > 0)
			LITERAL(out, ",");
		LITERAL(out, "{\"from\":");
		write_name(out, side_name(a->from));
		LITERAL(out, ",\"level\":");
		write_name(out, a->level < N_ITEMS(levels) ? levels[a->level]
		    : NULL);
		LITERAL(out, ",\"code\":");
		write_number(out, a->code);
		LITERAL(out, ",\"name\":");
		write_name(out, a->code >= 0 ? alert_name(a->code) : NULL);
		LITERAL(out, ",\"how\":");
		write_name(out, alert_how_name(a->how));
		LITERAL(out, "}");
	}
	LITERAL(out, "]");
}

/* Microseconds as milliseconds, with no more decimals than needed. */
static void
write_ms(struct buf *out, int64_t us)
{
	char fraction[4];
	int n = 3;

	write_number(out, us < 0 ? -1 : us / 1000);
	if (us < 0 || us % 1000 == 0)
		return;
	fraction[0] = '.';
	fraction[1] = (char)('0' + us / 100 % 10);
	fraction[2] = (char)('0' + us / 10 % 10);
	fraction[3] = (char)('0' + us % 10);
	while (fraction[n] == '0')
		n--;
	buf_add(out, fraction, (size_t)n + 1);
}

static void
write_end(struct buf *out, const struct handshake *h)
{
	LITERAL(out, ",\"close\":{\"by\":");
	write_name(out, side_name(h->close_by));
	LITERAL(out, ",\"how\":");
	write_name(out, close_how_name(h->close_how));
	LITERAL(out, ",\"after\":");
	write_name(out, phase_name(h->close_after));
	LITERAL(out, ",\"ms\":");
	write_ms(out, h->close_us);
	LITERAL(out, "},\"bytes\":{\"client_data\":");
	if (h->bytes_known)
		write_u64(out, h->client_data);
	else
		write_null(out);
	LITERAL(out, ",\"server_data\":");
	if (h->bytes_known)
		write_u64(out, h->server_data);
	else
		write_null(out);
	LITERAL(out, "}");
}

static void
write_verdict(struct buf *out, const struct handshake *h)
{
	LITERAL(out, ",\"resumption\":");
	write_name(out, resumption_name(h->resumption));
	LITERAL(out, ",\"intercepted\":");
	if (h->interception == INTERCEPTION_UNKNOWN)
		write_null(out);
	else
		write_bool(out, h->interception != INTERCEPTION_NONE);
	LITERAL(out, ",\"interception\":");
	write_name(out, interception_name(h->interception));
	LITERAL(out, ",\"count\":");
	write_u64(out, h->count);
	LITERAL(out, ",\"gap\":");
	write_bool(out, h->gap);
	LITERAL(out, ",\"outcome\":");
	write_name(out, outcome_name(h->outcome));
	LITERAL(out, ",\"sign\":");
	write_name(out, sign_name(h->sign));
}

void
handshake_json(const struct handshake *h, struct text class,
    struct text finding, struct buf *out)
{
	LITERAL(out, "{\"schema\":\"pinspot/handshake/v1\",");
	write_origin(out, h);
	write_parties(out, h);
	write_client_hello(out, &h->offered);
	write_server_hello(out, &h->chosen);
	write_certificate(out, h);
	write_alerts(out, h);
	write_end(out, h);
	write_verdict(out, h);
	LITERAL(out, ",\"class\":");
	write_text(out, class);
	LITERAL(out, ",\"finding\":");
	write_text(out, finding);
	LITERAL(out, "}\n");
}
