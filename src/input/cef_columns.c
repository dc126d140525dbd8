/*
 * cef_columns.c - CEF that a collector has taken apart: rows of Microsoft
 * Sentinel's table CommonSecurityLog, and events of Elastic's decode_cef.
 *
 *     {"TimeGenerated":"...","DeviceVendor":"Palo Alto Networks","Activity":
 *     "DECRYPTION","SourceIP":"192.0.2.44",...,"AdditionalExtensions":
 *     "PanOSTLSVersion=TLS1.2;PanOSServerNameIndication=a.example"}
 *
 * As JSON, or as CSV with a header.  The line is put together again, and the format
 * of its vendor reads it.  Source: Azure Monitor reference, CommonSecurityLog;
 * Filebeat reference, decode_cef.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "input/csv.h"
#include "input/jsonline.h"
#include "input/pairs.h"
#include "input/value.h"

enum field { VENDOR, PRODUCT, VERSION, SIGNATURE, NAME, SEVERITY, GENERATED,
	EXTENSIONS, N_HEADER, SRC = N_HEADER, SPT, DST, DPT, SOURCE_NAT,
	SOURCE_NAT_PORT, DESTINATION_NAT, DESTINATION_NAT_PORT, SUSER, DUSER,
	SHOST, DHOST, ACT, APP, PROTO, RT, START, END, MSG, REASON, REQUEST,
	AGENT, COUNT, CATEGORY, CS1, CS2, CS3, CS4, CS5, CS6, CS1_LABEL,
	CS2_LABEL, CS3_LABEL, CS4_LABEL, CS5_LABEL, CS6_LABEL, CN1, CN2, CN3,
	CN1_LABEL, CN2_LABEL, CN3_LABEL, C6A2, C6A3, N_FIELDS };

/* CEF's own keys. */
static const char *const cef_keys[N_FIELDS] = { [SRC] = "src", [SPT] = "spt",
	[DST] = "dst", [DPT] = "dpt",
	[SOURCE_NAT] = "sourceTranslatedAddress",
	[SOURCE_NAT_PORT] = "sourceTranslatedPort",
	[DESTINATION_NAT] = "destinationTranslatedAddress",
	[DESTINATION_NAT_PORT] = "destinationTranslatedPort",
	[SUSER] = "suser", [DUSER] = "duser", [SHOST] = "shost",
	[DHOST] = "dhost", [ACT] = "act", [APP] = "app", [PROTO] = "proto",
	[RT] = "rt", [START] = "start", [END] = "end", [MSG] = "msg",
	[REASON] = "reason", [REQUEST] = "request",
	[AGENT] = "requestClientApplication", [COUNT] = "cnt",
	[CATEGORY] = "cat", [CS1] = "cs1", [CS2] = "cs2", [CS3] = "cs3",
	[CS4] = "cs4", [CS5] = "cs5", [CS6] = "cs6", [CS1_LABEL] = "cs1Label",
	[CS2_LABEL] = "cs2Label", [CS3_LABEL] = "cs3Label",
	[CS4_LABEL] = "cs4Label", [CS5_LABEL] = "cs5Label",
	[CS6_LABEL] = "cs6Label", [CN1] = "cn1", [CN2] = "cn2", [CN3] = "cn3",
	[CN1_LABEL] = "cn1Label", [CN2_LABEL] = "cn2Label",
	[CN3_LABEL] = "cn3Label", [C6A2] = "c6a2", [C6A3] = "c6a3" };

/* The names of columns, without regard to case. */
static const struct {
	const char *name;
	enum field field;
} columns[] = {
	{ "DeviceVendor", VENDOR },
	{ "device.vendor", VENDOR },
	{ "DeviceProduct", PRODUCT },
	{ "device.product", PRODUCT },
	{ "DeviceVersion", VERSION },
	{ "device.version", VERSION },
	{ "DeviceEventClassID", SIGNATURE },
	{ "device.event_class_id", SIGNATURE },
	{ "Activity", NAME },
	{ "name", NAME },
	{ "LogSeverity", SEVERITY },
	{ "severity", SEVERITY },
	{ "TimeGenerated", GENERATED },
	{ "TimeGenerated [UTC]", GENERATED },
	{ "@timestamp", GENERATED },
	{ "AdditionalExtensions", EXTENSIONS },
	{ "SourceIP", SRC },
	{ "sourceAddress", SRC },
	{ "SourcePort", SPT },
	{ "DestinationIP", DST },
	{ "destinationAddress", DST },
	{ "DestinationPort", DPT },
	{ "SourceTranslatedAddress", SOURCE_NAT },
	{ "SourceTranslatedPort", SOURCE_NAT_PORT },
	{ "DestinationTranslatedAddress", DESTINATION_NAT },
	{ "DestinationTranslatedPort", DESTINATION_NAT_PORT },
	{ "SourceUserName", SUSER },
	{ "DestinationUserName", DUSER },
	{ "SourceHostName", SHOST },
	{ "DestinationHostName", DHOST },
	{ "DeviceAction", ACT },
	{ "ApplicationProtocol", APP },
	{ "Protocol", PROTO },
	{ "transportProtocol", PROTO },
	{ "ReceiptTime", RT },
	{ "deviceReceiptTime", RT },
	{ "StartTime", START },
	{ "EndTime", END },
	{ "Message", MSG },
	{ "Reason", REASON },
	{ "RequestURL", REQUEST },
	{ "RequestClientApplication", AGENT },
	{ "EventCount", COUNT },
	{ "baseEventCount", COUNT },
	{ "DeviceEventCategory", CATEGORY },
	{ "DeviceCustomString1", CS1 },
	{ "DeviceCustomString2", CS2 },
	{ "DeviceCustomString3", CS3 },
	{ "DeviceCustomString4", CS4 },
	{ "DeviceCustomString5", CS5 },
	{ "DeviceCustomString6", CS6 },
	{ "DeviceCustomString1Label", CS1_LABEL },
	{ "DeviceCustomString2Label", CS2_LABEL },
	{ "DeviceCustomString3Label", CS3_LABEL },
	{ "DeviceCustomString4Label", CS4_LABEL },
	{ "DeviceCustomString5Label", CS5_LABEL },
	{ "DeviceCustomString6Label", CS6_LABEL },
	{ "DeviceCustomNumber1", CN1 },
	{ "DeviceCustomNumber2", CN2 },
	{ "DeviceCustomNumber3", CN3 },
	{ "DeviceCustomNumber1Label", CN1_LABEL },
	{ "DeviceCustomNumber2Label", CN2_LABEL },
	{ "DeviceCustomNumber3Label", CN3_LABEL },
	{ "DeviceCustomIPv6Address2", C6A2 },
	{ "DeviceCustomIPv6Address3", C6A3 },
};

_Static_assert((int)N_FIELDS <= CSV_WANTED_MAX, "room for all");

struct cef_columns {
	struct csv_header header;
};

struct row {
	struct text fields[N_FIELDS];
	struct pairs others; /* extensions that CEF has no key for */
};

static int
find_column(struct text name)
{
	for (size_t i = 0; i < N_ITEMS(columns); i++)
		if (text_equal_nocase(name, text_of(columns[i].name)))
			return (int)columns[i].field;
	return -1;
}

/* The same, without what stands around the columns. */
static struct text
without_wrapper(struct text path)
{
	static const char *const wrappers[] = { "_source.", "result.",
		"properties.", "cef." };

	for (size_t i = 0; i < N_ITEMS(wrappers); i++)
		text_skip(&path, wrappers[i]);
	return path;
}

/* A header names who made the device, and where it keeps what is left over. */
static bool
read_header(struct log *log, struct cef_columns *c, struct text line)
{
	if (text_find(line, "DeviceVendor") < 0 ||
	    text_find(line, "DeviceProduct") < 0 || text_starts(line, "{"))
		return false;
	csv_learn(log, &c->header, line, find_column);
	return c->header.at[VENDOR] > 0 && c->header.at[PRODUCT] > 0;
}

/* "cef.device.vendor", "cef.extensions.sourceAddress", "SourceIP". */
static bool
read_object(struct log *log, struct text line, struct row *row)
{
	struct json_walk w;
	struct json_member m;
	char room[128];

	if ((text_find(line, "DeviceVendor") < 0 &&
	    text_find(line, "event_class_id") < 0) ||
	    !json_walk_begin(&w, line))
		return false;
	while (json_walk_next(&w, &m)) {
		struct text path = without_wrapper(json_walk_path(&w, room,
		    sizeof(room)));
		bool own = text_skip(&path, "extensions.");
		int field = find_column(path);

		if (m.escaped)
			m.value = json_unescape(log, m.value);
		if (field >= 0 && row->fields[field].n == 0)
			row->fields[field] = m.value;
		else if (field < 0 && own && row->others.n < PAIRS_MAX)
			row->others.at[row->others.n++] = (struct pair){
				.key = m.key, .value = m.value };
	}
	return !w.broken;
}

/* The line while it is written; it has room for all, escapes and keys. */
struct writer {
	char *at;
	size_t n;
};

static void
put(struct writer *w, struct text t, const char *escaped)
{
	for (size_t i = 0; i < t.n; i++) {
		if (strchr(escaped, t.at[i]) != NULL && t.at[i] != '\0')
			w->at[w->n++] = '\\';
		w->at[w->n++] = t.at[i];
	}
}

/* "PanOSTLSVersion=TLS1.2;PanOSErrorIndex=None": a semicolon before a key. */
static void
put_extensions(struct writer *w, struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		size_t n = i + 1;

		while (n < t.n && t.at[n] != '=' && t.at[n] != ' ' &&
		    t.at[n] != ';')
			n++;
		w->at[w->n++] = t.at[i] == ';' && n < t.n && t.at[n] == '=' ?
		    ' ' : t.at[i];
	}
}

static void
put_pair(struct writer *w, struct text key, struct text value)
{
	if (value.n == 0)
		return;
	put(w, key, "");
	put(w, TEXT("="), "");
	put(w, value, "=\\");
	put(w, TEXT(" "), "");
}

static struct text
write_line(struct log *log, const struct row *row)
{
	enum { KEY_MAX = 32 };
	const struct text *f = row->fields;
	const struct pairs *others = &row->others;
	struct writer w = { 0 };
	size_t room = 16;

	for (size_t i = 0; i < N_FIELDS; i++)
		room += f[i].n * 2 + KEY_MAX;
	for (size_t i = 0; i < others->n; i++)
		room += others->at[i].key.n + others->at[i].value.n * 2 + 2;
	w.at = log_scratch(log, room);
	put(&w, TEXT("CEF:0|"), "");
	for (size_t i = VENDOR; i <= SEVERITY; i++) {
		put(&w, f[i], "|\\");
		put(&w, TEXT("|"), "");
	}
	for (size_t i = N_HEADER; i < N_FIELDS; i++)
		put_pair(&w, text_of(cef_keys[i]), f[i]);
	for (size_t i = 0; i < others->n; i++)
		put_pair(&w, others->at[i].key, others->at[i].value);
	put_extensions(&w, f[EXTENSIONS]);
	return (struct text){ w.at, w.n };
}

/* "5/1/2023, 10:00:00.000 AM": how Log Analytics exports times. */
static bool
read_exported_time(struct log *log, struct text t, int64_t *out)
{
	struct text month, day, year, hour, part;
	uint64_t m, d, h;
	char iso[48];
	bool afternoon = text_ends(t, "PM");

	if (!afternoon && !text_ends(t, "AM"))
		return false;
	t = text_trim((struct text){ t.at, t.n - 2 });
	if (!text_split(&t, '/', &month) || !text_split(&t, '/', &day) ||
	    !text_split(&t, ',', &year) || !text_u64(month, &m) ||
	    !text_u64(day, &d) || year.n != 4)
		return false;
	part = text_trim(t);
	if (!text_split(&part, ':', &hour) || !text_u64(hour, &h) || m > 12 ||
	    d > 31 || h > 12 || part.n > 16)
		return false;
	snprintf(iso, sizeof(iso), "%.*s-%02u-%02uT%02u:%.*sZ", TEXT_ARG(year),
	    (unsigned)m, (unsigned)d, (unsigned)(h % 12) + (afternoon ? 12 : 0),
	    TEXT_ARG(part));
	return value_time(log, text_of(iso), out);
}

static enum line_result
cef_columns_read(struct log *log, void *state, struct handshake *h)
{
	struct cef_columns *c = state;
	struct text line = log_payload(log), time;
	struct row row;
	enum line_result result;

	memset(row.fields, 0, sizeof(row.fields));
	row.others.n = 0;
	if (text_starts(line, "{")) {
		if (!read_object(log, line, &row))
			return LINE_NOT_MINE;
	} else if (read_header(log, c, line)) {
		return LINE_HEADER;
	} else if (!csv_row(log, &c->header, line, row.fields,
	    N_FIELDS)) {
		return LINE_NOT_MINE;
	}
	if (row.fields[VENDOR].n == 0 || row.fields[PRODUCT].n == 0)
		return LINE_NOT_MINE;
	result = log_inner(log, write_line(log, &row), h);
	if (result == LINE_NOT_MINE)
		return LINE_IGNORED; /* another product's, or of another kind */
	time = row.fields[GENERATED];
	if (result == LINE_HANDSHAKE && h->hello.time == CLOCK_UNKNOWN &&
	    !value_time(log, time, &h->hello.time) &&
	    !read_exported_time(log, time, &h->hello.time))
		h->hello.time = CLOCK_UNKNOWN;
	return result;
}

const struct log_format log_format_cef_columns = {
	.name = "cef-columns",
	.title = "CEF taken apart: Sentinel's CommonSecurityLog, Elastic's cef",
	.sign = "keys or captions DeviceVendor and DeviceProduct, or "
		"cef.device.event_class_id",
	.state_size = sizeof(struct cef_columns),
	.read = cef_columns_read,
};
