/*
 * What the store holds, for people and as JSON.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "history/store_private.h"

/* What a client or program is called in the table of offenders. */
#define PROGRAM_SQL "CASE p.program WHEN '' THEN p.client ELSE p.program END"

/* A finding's rejected connections: those of its programs at its hosts, over
 * all days and inputs kept. */
#define FINDINGS_SQL(condition) \
	"SELECT f.id, f.class, f.confidence, f.rule, f.host, f.subject," \
	" f.state, f.first_seen, f.last_seen, f.gone_since, a.until," \
	" a.reason, total(c.rejected), total(c.attempts)," \
	" count(DISTINCT c.day)" \
	" FROM finding f LEFT JOIN ack a ON a.finding = f.id" \
	" LEFT JOIN finding_host fh ON fh.finding = f.id" \
	" LEFT JOIN host h ON h.name = fh.name" \
	" LEFT JOIN count c ON c.host = h.id AND c.rejected > 0" \
	" AND c.profile IN (SELECT p.id FROM profile p JOIN offender o" \
	" ON o.program = " PROGRAM_SQL " WHERE o.finding = f.id)" condition \
	" GROUP BY f.id ORDER BY f.last_seen DESC, f.id"

static struct text
status_word(struct text state, bool acknowledged)
{
	if (text_is(state, "active"))
		return acknowledged ? TEXT("acknowledged") : TEXT("known");
	return state;
}

static int
give_findings(struct query *q, history_finding_fn *fn, void *arg,
    struct error *e)
{
	while (query_step(q)) {
		bool acknowledged = !column_is_null(q, 10);
		struct history_finding f = {
			.id = column_text(q, 0),
			.class = column_text(q, 1),
			.confidence = column_text(q, 2),
			.rule = column_text(q, 3),
			.host = column_text(q, 4),
			.subject = column_text(q, 5),
			.status = status_word(column_text(q, 6),
			    acknowledged),
			.first_seen = column_integer(q, 7),
			.last_seen = column_integer(q, 8),
			.gone_since = column_integer(q, 9),
			.ack_until = acknowledged ? column_integer(q, 10) :
						    CLOCK_UNKNOWN,
			.ack_reason = column_text(q, 11),
			.connections = (uint64_t)column_integer(q, 12),
			.attempts = (uint64_t)column_integer(q, 13),
			.days = (uint64_t)column_integer(q, 14),
		};

		fn(&f, arg);
	}
	query_free(q);
	return database_result(q->db, e);
}

int
history_findings(struct history *h, history_finding_fn *fn, void *arg,
    struct error *e)
{
	struct query q = query_new(&h->db, FINDINGS_SQL(""));

	return give_findings(&q, fn, arg, e);
}

int
history_findings_on(struct history *h, struct text word,
    history_finding_fn *fn, void *arg, struct error *e)
{
	struct query q = query_new(&h->db, FINDINGS_SQL(" WHERE f.id IN"
	    " (SELECT finding FROM finding_host WHERE name = ?1)"
	    " OR f.host = ?1 OR (length(?1) > 3 AND"
	    " substr(f.id, 1, length(?1)) = ?1)"));

	bind_text(&q, word);
	return give_findings(&q, fn, arg, e);
}

static int
give_met(struct query *q, history_met_fn *fn, void *arg, struct error *e)
{
	while (query_step(q)) {
		struct history_met met = {
			.client = column_text(q, 0),
			.program = column_text(q, 1),
			.host = column_text(q, 2),
			.accepted = (uint64_t)column_integer(q, 3),
			.rejected = (uint64_t)column_integer(q, 4),
			.idle = (uint64_t)column_integer(q, 5),
			.other = (uint64_t)column_integer(q, 6),
			.last = column_integer(q, 7) * CLOCK_DAY,
		};

		fn(&met, arg);
	}
	query_free(q);
	return database_result(q->db, e);
}

#define SUMS_SQL " sum(c.accepted), sum(c.rejected), sum(c.idle)," \
	" sum(c.other), max(c.day) FROM count c" \
	" JOIN host h ON h.id = c.host JOIN profile p ON p.id = c.profile"

int
history_met_at(struct history *h, struct text host_or_id, history_met_fn *fn,
    void *arg, struct error *e)
{
	struct query q = query_new(&h->db, "SELECT p.client, p.program, '',"
	    SUMS_SQL " WHERE h.name = ?1 OR h.name IN"
	    " (SELECT name FROM finding_host WHERE finding = ?1)"
	    " GROUP BY p.id ORDER BY sum(c.rejected) DESC,"
	    " sum(c.accepted) DESC, p.client, p.program");

	bind_text(&q, host_or_id);
	return give_met(&q, fn, arg, e);
}

int
history_met_elsewhere(struct history *h, struct text id, history_met_fn *fn,
    void *arg, struct error *e)
{
	struct query q = query_new(&h->db, "SELECT '', '', h.name,"
	    SUMS_SQL " WHERE h.name NOT IN"
	    " (SELECT name FROM finding_host WHERE finding = ?1)"
	    " AND " PROGRAM_SQL " IN"
	    " (SELECT program FROM offender WHERE finding = ?1)"
	    " GROUP BY h.id ORDER BY sum(c.rejected) DESC,"
	    " sum(c.accepted) DESC, h.name");

	bind_text(&q, id);
	return give_met(&q, fn, arg, e);
}

int
history_entries(struct history *h, history_entry_fn *fn, void *arg,
    struct error *e)
{
	struct query q = query_new(&h->db, "SELECT product, entry, added,"
	    " review FROM entry ORDER BY review, product, entry");

	while (query_step(&q)) {
		struct history_entry entry = { column_text(&q, 0),
			column_text(&q, 1), column_integer(&q, 2),
			column_integer(&q, 3) };

		fn(&entry, arg);
	}
	query_free(&q);
	return database_result(&h->db, e);
}

/*
 * Export
 */

enum kind { KIND_NUMBER, KIND_TEXT, KIND_TIME, KIND_DAY, KIND_HEX, KIND_TRUTH };

struct member {
	const char *key;
	enum kind kind;
};

static struct json_object *
hex(struct query *q, int column)
{
	uint8_t digest[DIGEST_SIZE];
	char word[DIGEST_HEX_SIZE];

	if (!column_bytes(q, column, digest, sizeof(digest)))
		return NULL;
	return json_object_new_string(digest_hex(digest, word));
}

static struct json_object *
day(int64_t number)
{
	char word[CLOCK_ISO_SIZE];

	clock_iso(number * CLOCK_DAY, word);
	return json_object_new_string_len(word, sizeof("2026-11-20") - 1);
}

static struct json_object *
value(struct query *q, int column, enum kind kind)
{
	if (column_is_null(q, column))
		return NULL;
	switch (kind) {
	case KIND_TEXT:
		return json_text(column_text(q, column));
	case KIND_TIME:
		return json_time(column_integer(q, column));
	case KIND_DAY:
		return day(column_integer(q, column));
	case KIND_HEX:
		return hex(q, column);
	case KIND_TRUTH:
		return json_object_new_boolean(column_integer(q, column) != 0);
	default:
		return json_object_new_int64(column_integer(q, column));
	}
}

struct table {
	const char *name, *sql;
	struct member members[14]; /* of the columns; ended by one without */
};

/* In an order that the contents decide, not the order of arrival. */
static const struct table tables[] = {
	{ "inputs", "SELECT path, kind, is_log, size, head, tail, first, last,"
	    " records FROM input ORDER BY path, first, size, head",
	    { { "name", KIND_TEXT }, { "kind", KIND_TEXT },
	    { "log", KIND_TRUTH }, { "position", KIND_NUMBER },
	    { "head", KIND_HEX }, { "tail", KIND_HEX }, { "first", KIND_TIME },
	    { "last", KIND_TIME }, { "records", KIND_NUMBER }, { NULL, 0 } } },
	{ "counts", "SELECT h.name, p.client, p.program, c.day,"
	    " sum(c.accepted), sum(c.rejected), sum(c.idle), sum(c.other),"
	    " sum(c.attempts) FROM count c JOIN host h ON h.id = c.host"
	    " JOIN profile p ON p.id = c.profile"
	    " GROUP BY h.name, p.client, p.program, c.day"
	    " ORDER BY h.name, p.client, p.program, c.day",
	    { { "host", KIND_TEXT }, { "client", KIND_TEXT },
	    { "program", KIND_TEXT }, { "day", KIND_DAY },
	    { "accepted", KIND_NUMBER }, { "rejected", KIND_NUMBER },
	    { "idle", KIND_NUMBER }, { "other", KIND_NUMBER },
	    { "rejected_attempts", KIND_NUMBER }, { NULL, 0 } } },
	{ "findings", "SELECT id, class, confidence, rule, host, subject,"
	    " first_seen, last_seen, state, nullif(gone_since, 0), until,"
	    " reason FROM finding LEFT JOIN ack ON ack.finding = id"
	    " ORDER BY id",
	    { { "id", KIND_TEXT }, { "class", KIND_TEXT },
	    { "confidence", KIND_TEXT }, { "rule", KIND_TEXT },
	    { "host", KIND_TEXT }, { "subject", KIND_TEXT },
	    { "first_seen", KIND_TIME }, { "last_seen", KIND_TIME },
	    { "state", KIND_TEXT }, { "gone_since", KIND_TIME },
	    { "acknowledged_until", KIND_TIME },
	    { "acknowledged_because", KIND_TEXT }, { NULL, 0 } } },
	{ "entries", "SELECT product, entry, added, review FROM entry"
	    " ORDER BY product, entry",
	    { { "product", KIND_TEXT }, { "entry", KIND_TEXT },
	    { "added", KIND_TIME }, { "review", KIND_TIME }, { NULL, 0 } } },
};

/* A table as an array of objects, one a line. */
static void
export_table(struct history *h, const struct table *table, struct buf *out)
{
	struct query q = query_new(&h->db, table->sql);
	struct json_object *row;
	bool first = true;

	buf_printf(out, ",\n\"%s\":[", table->name);
	while (query_step(&q)) {
		row = json_object_new_object();
		for (int i = 0; table->members[i].key != NULL; i++)
			json_put(row, table->members[i].key,
			    value(&q, i, table->members[i].kind));
		buf_printf(out, "%s\n%s", first ? "" : ",", json_line(row));
		json_object_put(row);
		first = false;
	}
	query_free(&q);
	buf_string(out, "]");
}

int
history_export(struct history *h, struct buf *out, struct error *e)
{
	buf_string(out, "{\"schema\":\"pinspot/history/v1\"");
	for (size_t i = 0; i < N_ITEMS(tables); i++)
		export_table(h, &tables[i], out);
	buf_string(out, "}\n");
	return database_result(&h->db, e);
}
