/*
 * umbrella.c - Cisco Umbrella and Secure Access, the proxy log.
 *
 *     "2026-03-04 09:15:02","jdoe","192.0.2.44","203.0.113.9","198.51.100.20",
 *     "","ALLOWED","https://client.dropbox.com/",...
 *
 * All fields are quoted, and the files in the bucket have no header; newer
 * versions append columns, and the oldest has all identities behind the first.
 * The dashboard exports tables with a header, and the reporting API and the
 * collectors that read the bucket make objects of the rows.  The log has no word
 * for a client that refuses the certificate: what is left of such an attempt is a
 * CONNECT without a request behind it.
 * Source: Cisco Umbrella documentation, "Log Formats and Versioning", proxy log.
 */
#include <string.h>

#include "input/csv.h"
#include "input/jsonrow.h"
#include "input/value.h"

enum field { TIME, IDENTITY, INTERNAL_IP, EXTERNAL_IP, DESTINATION_IP, ACTION,
	URL, AGENT, STATUS, RESPONSE_SIZE, METHOD, CERTIFICATE_ERRORS, HOSTNAME,
	SERVER_NAME, N_FIELDS };

enum {
	COLUMNS_MIN = 21, /* of the oldest version seen */
	COLUMNS_WANTED = 49,
	STATUS_UNTRUSTED = 515, /* Umbrella's own pages: upstream certificate */
	STATUS_EXPIRED = 517,
	/* More than TLS itself takes: somebody spoke through the tunnel. */
	TUNNEL_BYTES = 8192,
};

/* The columns of the files in the bucket, which have no header. */
static const uint8_t bucket[N_FIELDS] = { [TIME] = 0, [IDENTITY] = 1,
	[INTERNAL_IP] = 2, [EXTERNAL_IP] = 3, [DESTINATION_IP] = 4,
	[ACTION] = 6, [URL] = 7, [AGENT] = 9, [STATUS] = 10,
	[RESPONSE_SIZE] = 12, [METHOD] = 25, [CERTIFICATE_ERRORS] = 27,
	[HOSTNAME] = 40, [SERVER_NAME] = 43 };

/* Keys and captions of the reporting API, of the dashboard's export and of the
 * collectors of Sentinel and others, in small letters and without what stands
 * between words. */
static const struct {
	const char *key;
	enum field field;
} keys[] = {
	{ "timestamp", TIME },
	{ "datetime", TIME },
	{ "timegenerated", TIME },
	{ "policyidentity", IDENTITY },
	{ "mostgranularidentity", IDENTITY },
	{ "identitieslabel", IDENTITY },
	{ "identities", IDENTITY },
	{ "identity", IDENTITY },
	{ "internalip", INTERNAL_IP },
	{ "internalclientip", INTERNAL_IP },
	{ "externalip", EXTERNAL_IP },
	{ "externalclientip", EXTERNAL_IP },
	{ "destinationip", DESTINATION_IP },
	{ "verdict", ACTION },
	{ "action", ACTION },
	{ "url", URL },
	{ "useragent", AGENT },
	{ "statuscode", STATUS },
	{ "responsesize", RESPONSE_SIZE },
	{ "responsesizebytes", RESPONSE_SIZE },
	{ "requestmethod", METHOD },
	{ "certificateerrors", CERTIFICATE_ERRORS },
	{ "httperrorsreason", CERTIFICATE_ERRORS },
	{ "hostname", HOSTNAME },
	{ "servername", SERVER_NAME },
	{ "sni", SERVER_NAME },
};

_Static_assert((int)N_FIELDS <= CSV_WANTED_MAX, "room for all");

struct umbrella {
	struct json_columns columns;
	struct csv_header header;
};

static int
find_field(struct text key)
{
	char plain[32];
	struct text t = { plain, 0 };

	key = value_column(json_unwrap_path(key));
	for (size_t i = 0; i < key.n; i++) {
		char c = key.at[i];

		if (memchr("_-. ()", c, 6) != NULL)
			continue;
		if (t.n == sizeof(plain))
			return -1;
		plain[t.n++] = text_lower(c);
	}
	for (size_t i = 0; i < N_ITEMS(keys); i++)
		if (text_is(t, keys[i].key))
			return (int)keys[i].field;
	return -1;
}

static bool
is_action(struct text t)
{
	return text_equal_nocase(t, TEXT("ALLOWED")) ||
	    text_equal_nocase(t, TEXT("BLOCKED")) ||
	    text_equal_nocase(t, TEXT("PROXIED")) ||
	    text_equal_nocase(t, TEXT("DENIED"));
}

/* CSV */

/* Action and URL in their places. */
static bool
acts_at(struct log *log, const struct csv *csv, size_t shift)
{
	return is_action(csv_field(log, csv, bucket[ACTION] + shift)) &&
	    text_find(csv_raw(csv, bucket[URL] + shift), "://") > 0;
}

/* Tables of other programs leave the quotes out. */
static bool
begins_with_time(struct text line)
{
	size_t i = line.n > 0 && line.at[0] == '"' ? 1 : 0;

	return line.n > 22 && line.at[i + 4] == '-' && line.at[i + 10] == ' ' &&
	    line.at[i + 13] == ':' && line.at[i + 19] == (i > 0 ? '"' : ',');
}

/* The oldest version has all identities behind the first. */
static enum line_result
read_bucket(struct log *log, struct text line, struct text *f)
{
	struct csv csv;
	size_t shift;

	if (line.n < 40 || !begins_with_time(line))
		return LINE_NOT_MINE;
	csv_split(&csv, line, ',', COLUMNS_WANTED);
	shift = acts_at(log, &csv, 0) ? 0 : 1;
	if (shift > 0 && !acts_at(log, &csv, 1))
		return LINE_NOT_MINE;
	if (csv.n < COLUMNS_MIN)
		return log_bad(log, (unsigned)csv.n, NULL,
		    csv_raw(&csv, csv.n - 1), "at least 21 columns");
	for (size_t i = 0; i < N_FIELDS; i++)
		f[i] = csv_field(log, &csv,
		    bucket[i] + (i > IDENTITY ? shift : 0));
	return LINE_HANDSHAKE;
}

/* The captions of an export: both addresses, what was done and with which URL. */
static bool
read_header(struct log *log, struct csv_header *header, struct text line)
{
	if (line.n > 4096 || text_find(line, "nternal") < 0 ||
	    text_find(line, "xternal") < 0)
		return false;
	csv_learn(log, header, line, find_field);
	if (header->at[INTERNAL_IP] > 0 && header->at[EXTERNAL_IP] > 0 &&
	    header->at[ACTION] > 0 && header->at[URL] > 0)
		return true;
	*header = (struct csv_header){ 0 };
	return false;
}

static bool
read_columns(struct log *log, const struct csv_header *header,
    struct text line, struct text *f)
{
	if (!csv_row(log, header, line, f, N_FIELDS))
		return false;
	for (size_t i = 0; i < N_FIELDS; i++)
		f[i] = text_trim(f[i]);
	return is_action(f[ACTION]);
}

/* JSON */

static bool
read_object(struct log *log, struct umbrella *u, struct text line,
    struct text *f)
{
	if (!text_starts(line, "{") || (text_find(line, "xternal") < 0 &&
	    text_find(line, "nternal") < 0) ||
	    !json_row(log, line, &u->columns, find_field, f, N_FIELDS))
		return false;
	return is_action(f[ACTION]) && f[URL].n > 0 &&
	    f[INTERNAL_IP].n + f[EXTERNAL_IP].n > 0;
}

/* What the row says */

static bool
has_path(struct text url)
{
	long scheme = text_find(url, "://");
	struct text rest = url, host;

	if (scheme >= 0)
		rest = (struct text){ url.at + scheme + 3,
			url.n - (size_t)scheme - 3 };
	return text_split(&rest, '/', &host) && rest.n > 0;
}

/* False where the row tells no handshake. */
static bool
read_outcome(const struct text *f, struct handshake *h)
{
	bool blocked = text_equal_nocase(f[ACTION], TEXT("BLOCKED")) ||
	    text_equal_nocase(f[ACTION], TEXT("DENIED"));
	bool connect = text_equal_nocase(f[METHOD], TEXT("CONNECT"));
	uint64_t status = 0, size = 0;

	(void)!value_number(f[STATUS], &status);
	(void)!value_number(f[RESPONSE_SIZE], &size);
	if (f[CERTIFICATE_ERRORS].n > 0 || (status >= STATUS_UNTRUSTED &&
	    status <= STATUS_EXPIRED)) {
		log_rejected(h, LEG_SERVER, f[CERTIFICATE_ERRORS]);
		return true;
	}
	if (status > 0 && !connect && (has_path(f[URL]) || f[AGENT].n > 0)) {
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
read_row(struct log *log, const struct text *f, struct handshake *h)
{
	struct text client = f[INTERNAL_IP].n > 0 ? f[INTERNAL_IP] :
	    f[EXTERNAL_IP];

	if (text_starts(f[URL], "http://") || !read_outcome(f, h))
		return LINE_IGNORED;
	if (!value_time(log, f[TIME], &h->hello.time))
		return log_bad(log, bucket[TIME] + 1, "timestamp", f[TIME],
		    "a time");
	if (!value_peer(client, &h->client))
		return log_bad(log, bucket[INTERNAL_IP] + 1,
		    "internal client ip", client, "an IP address");
	if (!value_peer(f[DESTINATION_IP], &h->server))
		return log_bad(log, bucket[DESTINATION_IP] + 1,
		    "destination ip", f[DESTINATION_IP], "an IP address");
	h->transport = TRANSPORT_TCP;
	value_host(h, f[SERVER_NAME], HOST_SNI);
	if (h->host.n == 0)
		value_host(h, f[HOSTNAME], HOST_LOG);
	if (h->host.n == 0)
		value_host(h, value_url_host(f[URL]), HOST_URL);
	h->user = f[IDENTITY];
	h->agent = f[AGENT];
	return LINE_HANDSHAKE;
}

static enum line_result
umbrella_read(struct log *log, void *state, struct handshake *h)
{
	struct umbrella *u = state;
	struct text line = log_payload(log), f[N_FIELDS] = { { 0 } };
	enum line_result bucket_row = read_bucket(log, line, f);

	if (bucket_row == LINE_BAD)
		return LINE_BAD;
	if (bucket_row == LINE_NOT_MINE && !read_object(log, u, line, f)) {
		if (read_header(log, &u->header, line))
			return LINE_HEADER;
		memset(f, 0, sizeof(f));
		if (!read_columns(log, &u->header, line, f))
			return LINE_NOT_MINE;
	}
	for (size_t i = 0; i < N_FIELDS; i++)
		f[i] = value_present(f[i]);
	return read_row(log, f, h);
}

const struct log_format log_format_umbrella = {
	.name = "umbrella",
	.title = "Cisco Umbrella and Secure Access proxy log, CSV and JSON",
	.product = "umbrella",
	.sign = "a time, ALLOWED or BLOCKED in the seventh field, a URL in "
		"the eighth; or keys or captions with the internal and external "
		"address, an action and a URL",
	.state_size = sizeof(struct umbrella),
	.read = umbrella_read,
};
