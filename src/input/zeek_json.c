/*
 * zeek_json.c - Zeek logs as JSON (policy/tuning/json-logs.zeek), also with the
 * name of the log around each object or in "_path".
 *
 *     {"ts":1772615702.118233,"uid":"C1","id.orig_h":"192.0.2.44",...}
 */
#include <string.h>

#include "input/jsonrow.h"
#include "input/zeek.h"

struct json_state {
	struct zeek zeek;
	struct json_columns columns;
	bool ours; /* the last line was a row of ssl.log */
};

static int
find_field(struct text path)
{
	enum zeek_field field;

	path = json_unwrap_path(path);
	if (text_starts(path, "ssl."))
		path = (struct text){ path.at + 4, path.n - 4 };
	else if (text_starts(path, "x509."))
		path = (struct text){ path.at + 5, path.n - 5 };
	field = zeek_field_find(path);
	return field == ZEEK_FIELDS ? -1 : (int)field;
}

/* "id.orig_h", "orig_h" within "id", or "id_orig_h". */
static bool
is_zeek(struct text line)
{
	return text_find(line, "orig_h\"") >= 0 ||
	    text_find(line, "\"certificate.subject\"") >= 0;
}

static enum line_result
json_read(struct log *log, void *state, struct handshake *h)
{
	struct json_state *s = state;
	struct text fields[ZEEK_FIELDS];
	struct text line = log->line;

	if (!s->ours && !is_zeek(line))
		return LINE_NOT_MINE;
	if (line.at[0] != '{')
		line = log_payload(log);
	if (!text_starts(line, "{"))
		return LINE_NOT_MINE;
	if (!json_row(log, line, &s->columns, find_field, fields,
	    N_ITEMS(fields))) {
		s->ours = false;
		return is_zeek(line) ? log_bad(log, 0, NULL, line,
		    "a whole JSON object") : LINE_NOT_MINE;
	}
	if (fields[ZEEK_X509_SUBJECT].n > 0) {
		zeek_certificate(log, &s->zeek, fields);
		return LINE_IGNORED;
	}
	/* Other logs of Zeek have the same first fields. */
	s->ours = fields[ZEEK_ORIG_H].n > 0 &&
	    (fields[ZEEK_ESTABLISHED].n > 0 || fields[ZEEK_HISTORY].n > 0 ||
	    text_is(fields[ZEEK_PATH], "ssl"));
	if (!s->ours)
		return fields[ZEEK_ORIG_H].n > 0 ? LINE_IGNORED :
		    LINE_NOT_MINE;
	return zeek_handshake(log, &s->zeek, fields, NULL, h);
}

static void
json_finish(struct log *log, void *state)
{
	struct json_state *s = state;

	(void)log;
	zeek_free(&s->zeek);
}

const struct log_format log_format_zeek_json = {
	.name = "zeek-json",
	.title = "Zeek ssl.log and x509.log, JSON",
	.sign = "a JSON object with id.orig_h and established",
	.state_size = sizeof(struct json_state),
	.read = json_read,
	.finish = json_finish,
};
