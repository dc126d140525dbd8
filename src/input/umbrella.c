/*
 * umbrella.c - Cisco Umbrella and Secure Access, proxy logs as CSV.
 *
 *     "2026-03-04 09:15:02","jdoe","192.0.2.44","203.0.113.9","198.51.100.20",
 *     "","ALLOWED","https://client.dropbox.com/",...
 *
 * All fields are quoted, and there is no header; newer versions of the log append
 * columns, and the oldest has all identities behind the first.  The log has no
 * word for a client that refuses the certificate: what
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

struct row {
	struct csv csv;
	size_t shift; /* of all columns behind the identity */
};

/* Action and URL in their places. */
static bool
acts_at(struct log *log, const struct csv *csv, size_t shift)
{
	struct text action = csv_field(log, csv, ACTION + shift);

	return (text_equal_nocase(action, TEXT("ALLOWED")) ||
	    text_equal_nocase(action, TEXT("BLOCKED"))) &&
	    text_find(csv_raw(csv, URL + shift), "://") > 0;
}

/* Tables of other programs leave the quotes out. */
static bool
begins_with_time(struct text line)
{
	size_t i = line.n > 0 && line.at[0] == '"' ? 1 : 0;

	return line.n > 22 && line.at[i + 4] == '-' && line.at[i + 10] == ' ' &&
	    line.at[i + 13] == ':' && line.at[i + 19] == (i > 0 ? '"' : ',');
}

static bool
is_ours(struct log *log, struct row *row)
{
	if (row->csv.n < COLUMNS_MIN)
		return false;
	row->shift = acts_at(log, &row->csv, 0) ? 0 : 1;
	return row->shift == 0 || acts_at(log, &row->csv, 1);
}

static struct text
field(struct log *log, const struct row *row, size_t i)
{
	return value_present(csv_field(log, &row->csv,
	    i > IDENTITY ? i + row->shift : i));
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
read_outcome(struct log *log, const struct row *row, struct handshake *h)
{
	struct text errors = field(log, row, CERTIFICATE_ERRORS);
	struct text url = field(log, row, URL);
	bool blocked = text_equal_nocase(field(log, row, ACTION),
	    TEXT("BLOCKED"));
	bool connect = text_is(field(log, row, METHOD), "CONNECT");
	uint64_t status = 0, size = 0;

	(void)!value_number(field(log, row, STATUS), &status);
	(void)!value_number(field(log, row, RESPONSE_SIZE), &size);
	if (errors.n > 0 || (status >= STATUS_UNTRUSTED &&
	    status <= STATUS_EXPIRED)) {
		log_rejected(h, LEG_SERVER, errors);
		return true;
	}
	if (status > 0 && !connect && (has_path(url) ||
	    field(log, row, AGENT).n > 0)) {
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
	struct text client, url, line = log_payload(log);
	struct row row;

	(void)state;
	if (line.n < 40 || !begins_with_time(line))
		return LINE_NOT_MINE;
	csv_split(&row.csv, line, ',', WANTED);
	if (!is_ours(log, &row))
		return LINE_NOT_MINE;
	url = field(log, &row, URL);
	if (text_starts(url, "http://") || !read_outcome(log, &row, h))
		return LINE_IGNORED;
	if (!value_time(log, field(log, &row, TIME), &h->hello.time))
		return log_bad(log, TIME + 1, "timestamp",
		    field(log, &row, TIME), "a time");
	client = field(log, &row, INTERNAL_IP);
	if (client.n == 0)
		client = field(log, &row, EXTERNAL_IP);
	if (!value_peer(client, &h->client))
		return log_bad(log, INTERNAL_IP + 1, "internal client ip",
		    client, "an IP address");
	if (!value_peer(field(log, &row, DESTINATION_IP), &h->server))
		return log_bad(log, DESTINATION_IP + 1, "destination ip",
		    field(log, &row, DESTINATION_IP), "an IP address");
	h->transport = TRANSPORT_TCP;
	value_host(h, field(log, &row, SERVER_NAME), HOST_SNI);
	if (h->host.n == 0)
		value_host(h, field(log, &row, HOSTNAME), HOST_LOG);
	if (h->host.n == 0)
		value_host(h, value_url_host(url), HOST_URL);
	h->user = field(log, &row, IDENTITY);
	h->agent = field(log, &row, AGENT);
	return LINE_HANDSHAKE;
}

const struct log_format log_format_umbrella = {
	.name = "umbrella",
	.title = "Cisco Umbrella and Secure Access proxy log, CSV",
	.product = "umbrella",
	.sign = "a time, ALLOWED or BLOCKED in the seventh field, a URL in "
		"the eighth",
	.read = umbrella_read,
};
