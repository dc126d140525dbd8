/*
 * umbrella.c - Cisco Umbrella and Secure Access, proxy logs as CSV.
 *
 *     "2026-03-04 09:15:02","jdoe","192.0.2.44","203.0.113.9","198.51.100.20",
 *     "","ALLOWED","https://client.dropbox.com/",...
 *
 * All fields are quoted and there is no header; newer versions of the log append
 * columns.  The log has no word for a client that refuses the certificate: what
 * is left of such an attempt is a CONNECT without a request behind it.
 * Source: Cisco Umbrella documentation, "Log Formats and Versioning", proxy log.
 */
#include "input/csv.h"
#include "input/value.h"

enum {
	TIME,
	IDENTITY,
	INTERNAL_IP,
	EXTERNAL_IP,
	DESTINATION_IP,
	ACTION = 6,
	URL,
	AGENT = 9,
	STATUS,
	RESPONSE_SIZE = 12,
	METHOD = 25,
	CERTIFICATE_ERRORS = 27,
	HOSTNAME = 40,
	SERVER_NAME = 43,
	WANTED = 49,
	COLUMNS_MIN = 21, /* of the oldest version seen */
	STATUS_UNTRUSTED = 515, /* Umbrella's own pages: upstream certificate */
	STATUS_EXPIRED = 517,
	/* More than TLS itself takes: somebody spoke through the tunnel. */
	TUNNEL_BYTES = 8192,
};

/* Quoted time, action and URL in their places. */
static bool
is_ours(const struct csv *csv, struct text line)
{
	struct text action = csv_raw(csv, ACTION), url = csv_raw(csv, URL);

	return line.n > 22 && line.at[0] == '"' && line.at[5] == '-' &&
	    line.at[11] == ' ' && line.at[20] == '"' &&
	    csv->n >= COLUMNS_MIN &&
	    (text_find(action, "\"ALLOWED\"") >= 0 ||
	    text_find(action, "\"BLOCKED\"") >= 0) &&
	    text_find(url, "://") > 0;
}

static struct text
field(struct log *log, const struct csv *csv, size_t i)
{
	return value_present(csv_field(log, csv, i));
}

static bool
has_path(struct text url)
{
	long scheme = text_find(url, "://");
	struct text rest = { url.at + scheme + 3,
		url.n - (size_t)scheme - 3 }, host;

	return text_split(&rest, '/', &host) && rest.n > 0;
}

/* False where the row tells no handshake. */
static bool
read_outcome(struct log *log, const struct csv *csv, struct handshake *h)
{
	struct text errors = field(log, csv, CERTIFICATE_ERRORS);
	struct text url = field(log, csv, URL);
	bool blocked = text_is(field(log, csv, ACTION), "BLOCKED");
	bool connect = text_is(field(log, csv, METHOD), "CONNECT");
	uint64_t status = 0, size = 0;

	(void)!value_number(field(log, csv, STATUS), &status);
	(void)!value_number(field(log, csv, RESPONSE_SIZE), &size);
	if (errors.n > 0 || (status >= STATUS_UNTRUSTED &&
	    status <= STATUS_EXPIRED)) {
		log_rejected(h, LEG_SERVER, errors);
		return true;
	}
	if (status > 0 && !connect && (has_path(url) ||
	    field(log, csv, AGENT).n > 0)) {
		log_accepted(h);
		return true;
	}
	if (blocked)
		return false;
	if (size > TUNNEL_BYTES) {
		log_bypassed(h);
		return true;
	}
	h->outcome = OUTCOME_IDLE;
	h->sign = SIGN_NO_DATA_CLOSE;
	return true;
}

static enum line_result
umbrella_read(struct log *log, void *state, struct handshake *h)
{
	struct text client, url, line = log->line;
	struct csv csv;

	(void)state;
	if (line.n < 40 || line.at[0] != '"')
		return LINE_NOT_MINE;
	csv_split(&csv, line, ',', WANTED);
	if (!is_ours(&csv, line))
		return LINE_NOT_MINE;
	if (!value_time(log, field(log, &csv, TIME), &h->hello.time))
		return log_bad(log, TIME + 1, "timestamp",
		    field(log, &csv, TIME), "a time");
	client = field(log, &csv, INTERNAL_IP);
	if (client.n == 0)
		client = field(log, &csv, EXTERNAL_IP);
	if (client.n > 0 && !value_address(client, &h->client))
		return log_bad(log, INTERNAL_IP + 1, "internal client ip",
		    client, "an IP address");
	if (field(log, &csv, DESTINATION_IP).n > 0 && !value_address(
	    field(log, &csv, DESTINATION_IP), &h->server))
		return log_bad(log, DESTINATION_IP + 1, "destination ip",
		    field(log, &csv, DESTINATION_IP), "an IP address");
	url = field(log, &csv, URL);
	if (text_starts(url, "http://") ||
	    !read_outcome(log, &csv, h))
		return LINE_IGNORED;
	h->transport = TRANSPORT_TCP;
	value_host(h, field(log, &csv, SERVER_NAME), HOST_SNI);
	if (h->host.n == 0)
		value_host(h, field(log, &csv, HOSTNAME), HOST_LOG);
	if (h->host.n == 0)
		value_host(h, value_url_host(url), HOST_URL);
	h->user = field(log, &csv, IDENTITY);
	h->agent = field(log, &csv, AGENT);
	return LINE_HANDSHAKE;
}

const struct log_format log_format_umbrella = {
	.name = "umbrella",
	.title = "Cisco Umbrella and Secure Access proxy log, CSV",
	.product = "umbrella",
	.sign = "all fields quoted, ALLOWED or BLOCKED in the seventh, a URL "
		"in the eighth",
	.read = umbrella_read,
};
