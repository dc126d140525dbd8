#include "history/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "history/store_private.h"

#include "history/schema.inc"

enum {
	SCHEMA_VERSION = 1,
	APPLICATION_ID = 0x506e4873, /* "PnHs" */
	EDGES_MAX = 64, /* inputs whose edge is looked at, 32 KB each */
	BUSY_MS = 20000, /* another run of cron's may be at its end */
};

/* Make the file before SQLite does, so that nobody else can ever read it; the
 * journal gets the rights of the file. */
static int
prepare_file(const char *dir, const char *path, bool create, struct error *e)
{
	int fd;

	if (create && mkdir(dir, 0700) != 0 && errno != EEXIST)
		return error_set(e, "%s: %s", dir, strerror(errno));
	fd = open(path, O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
	if (fd < 0 && errno == ENOENT)
		return error_set(e, "%s: no history there; a run with --state "
		    "%s begins one", path, dir);
	if (fd < 0)
		return error_set(e, "%s: %s", path, strerror(errno));
	close(fd);
	return 0;
}

static int64_t
pragma(struct database *db, const char *sql)
{
	struct query q = query_new(db, sql);
	int64_t value = query_step(&q) ? column_integer(&q, 0) : 0;

	query_free(&q);
	return value;
}

/* Make the tables, or see that they are ours. */
static int
prepare_tables(struct history *h, struct error *e)
{
	int64_t version;

	database_run(&h->db, "BEGIN IMMEDIATE");
	version = pragma(&h->db, "PRAGMA user_version");
	if (version == 0 &&
	    pragma(&h->db, "SELECT count(*) FROM sqlite_schema") == 0) {
		database_run(&h->db, schema);
		version = SCHEMA_VERSION;
	}
	if (!h->db.failed &&
	    pragma(&h->db, "PRAGMA application_id") != APPLICATION_ID)
		return error_set(e, "%s: is a database, but none of pinspot's; "
		    "name another folder", h->db.path);
	if (!h->db.failed && version != SCHEMA_VERSION)
		return error_set(e, "%s: is of version %lld, which a newer "
		    "pinspot wrote; this one reads version %d", h->db.path,
		    (long long)version, SCHEMA_VERSION);
	database_run(&h->db, "COMMIT");
	return database_result(&h->db, e);
}

static int
damaged(const struct history *h, struct error *e)
{
	return error_set(e, "%s; pinspot history check tells more; moved away, "
	    "a new history begins", h->db.why.text);
}

/* The caller frees it. */
static char *
path_in(const char *dir)
{
	size_t n = strlen(dir) + sizeof("/history.sqlite");
	char *path = mem_zero(n, 1);

	snprintf(path, n, "%s/history.sqlite", dir);
	return path;
}

bool
history_exists(const char *dir)
{
	char *path = path_in(dir);
	bool exists = access(path, F_OK) == 0;

	free(path);
	return exists;
}

int
history_open(struct history **out, const char *dir, bool create,
    struct error *e)
{
	struct history *h = mem_zero(1, sizeof(*h));

	h->db.path = path_in(dir);
	if (prepare_file(dir, h->db.path, create, e) != 0 ||
	    database_open(&h->db, BUSY_MS, e) != 0)
		goto fail;
	database_run(&h->db, "PRAGMA trusted_schema = OFF;"
	    "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;"
	    "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY");
	if (h->db.failed) {
		damaged(h, e);
		goto fail;
	}
	if (prepare_tables(h, e) != 0)
		goto fail;
	*out = h;
	return 0;
fail:
	history_close(h);
	return -1;
}

void
history_close(struct history *h)
{
	if (h == NULL)
		return;
	database_close(&h->db);
	free(h->db.path);
	free(h);
}

int
history_commit(struct history *h, struct error *e)
{
	database_run(&h->db, "COMMIT");
	h->in_run = false;
	return database_result(&h->db, e);
}

static bool
column_mark(struct query *q, struct mark *m)
{
	m->size = (uint64_t)column_integer(q, 1);
	m->n = (uint32_t)column_integer(q, 2);
	return column_bytes(q, 3, m->head, sizeof(m->head)) &&
	    column_bytes(q, 4, m->tail, sizeof(m->tail));
}

/* Among the inputs whose mark has n bytes, the longest that the contents
 * continue. */
static int64_t
recognise_by(struct history *h, uint32_t n, uint64_t size, mark_read_fn *read,
    void *arg, struct mark *m)
{
	uint8_t head[DIGEST_SIZE];
	struct query q;
	int64_t id = 0;

	if (n > size || !mark_head(n, head, read, arg))
		return 0;
	q = query_new(&h->db, "SELECT id, size, n, head, tail FROM input"
	    " WHERE n = ? AND head = ? AND size <= ? ORDER BY size DESC, id");
	bind_integer(&q, n);
	bind_bytes(&q, head, sizeof(head));
	bind_integer(&q, size < INT64_MAX ? (int64_t)size : INT64_MAX);
	while (id == 0 && query_step(&q))
		if (column_mark(&q, m) && mark_tail_same(m, read, arg))
			id = column_integer(&q, 0);
	query_free(&q);
	return id;
}

enum known
history_recognise(struct history *h, uint64_t size, mark_read_fn *read,
    void *arg, int64_t *input, struct mark *m)
{
	struct query q = query_new(&h->db,
	    "SELECT DISTINCT n FROM input WHERE n > 0 ORDER BY n DESC");

	*input = 0;
	while (*input == 0 && query_step(&q))
		*input = recognise_by(h, (uint32_t)column_integer(&q, 0), size,
		    read, arg, m);
	query_free(&q);
	return *input == 0 ? KNOWN_NOT :
	    m->size == size   ? KNOWN_SAME :
				KNOWN_GROWN;
}

int64_t
history_log_named(struct history *h, const char *path)
{
	struct query q = query_new(&h->db, "SELECT max(id) FROM input"
	    " WHERE path = ? AND is_log");
	int64_t id = 0;

	bind_text(&q, text_of(path));
	if (query_step(&q))
		id = column_integer(&q, 0);
	query_free(&q);
	return id;
}

struct tally_span *
history_spans(struct history *h, size_t *n)
{
	struct query q = query_new(&h->db, "SELECT first, last, id, edge,"
	    " edge_from FROM input WHERE first IS NOT NULL"
	    " AND last IS NOT NULL ORDER BY last DESC, id");
	struct tally_span *spans = NULL;
	size_t room = 0;

	*n = 0;
	while (query_step(&q)) {
		struct tally_span span = { column_integer(&q, 0),
			column_integer(&q, 1), column_integer(&q, 2),
			{ NULL, 0, 0 } };

		/* A damaged edge is none, which decides by time alone. */
		if (*n < EDGES_MAX && !edge_read(&span.edge,
		    column_window(&q, 3), column_integer(&q, 4)))
			span.edge = (struct edge_set){ 0 };
		spans = mem_grow(spans, *n, &room, sizeof(*spans));
		spans[(*n)++] = span;
	}
	query_free(&q);
	return spans;
}

/* The one finding whose id begins so; empty with the words in *e. */
static struct text
find_finding(struct history *h, const char *id, char room[16],
    struct error *e)
{
	struct query q = query_new(&h->db, "SELECT id FROM finding"
	    " WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT 2");
	struct text found = { 0 };
	int n = 0;

	bind_text(&q, text_of(id));
	for (; query_step(&q); n++)
		if (n == 0) {
			found = column_text(&q, 0);
			snprintf(room, 16, "%.*s", TEXT_ARG(found));
			found = text_of(room);
		}
	query_free(&q);
	if (n == 1)
		return found;
	error_set(e, n == 0 ? "%s: no finding of that id; pinspot history show "
			      "lists them" :
			      "%s: more than one finding begins so", id);
	return (struct text){ 0 };
}

int
history_ack(struct history *h, const char *finding, int64_t until,
    const char *reason, int64_t now, struct error *e)
{
	char room[16];
	struct text id = find_finding(h, finding, room, e);
	struct query q;

	if (id.n == 0)
		return -1;
	q = query_new(&h->db, "INSERT INTO ack VALUES (?, ?, ?, ?)"
	    " ON CONFLICT DO UPDATE SET until = excluded.until,"
	    " reason = excluded.reason, made = excluded.made");
	bind_text(&q, id);
	bind_integer(&q, until);
	bind_text(&q, text_of(reason));
	bind_integer(&q, now);
	query_run(&q);
	query_free(&q);
	return database_result(&h->db, e);
}

/* Run a statement that takes one number; how many rows it changed. */
static uint64_t
sweep(struct history *h, const char *sql, int64_t number)
{
	struct query q = query_new(&h->db, sql);

	bind_integer(&q, number);
	query_run(&q);
	query_free(&q);
	return database_changed(&h->db);
}

/* Of days before this one, make one row of all profiles that rejected nothing:
 * those are most of all, and nobody asks for their clients any more. */
static uint64_t
fold(struct history *h, int64_t day)
{
	uint64_t removed;

	database_run(&h->db, "INSERT INTO profile (client, program)"
	    " VALUES ('', '') ON CONFLICT DO NOTHING;"
	    "CREATE TEMP TABLE folded (input, host, day, accepted, idle,"
	    " other)");
	sweep(h, "INSERT INTO folded SELECT input, host, day, sum(accepted),"
	    " sum(idle), sum(other) FROM count WHERE day < ? AND rejected = 0"
	    " GROUP BY input, host, day", day);
	removed = sweep(h, "DELETE FROM count WHERE day < ? AND rejected = 0",
	    day);
	database_run(&h->db, "INSERT INTO count SELECT input, host,"
	    " (SELECT id FROM profile WHERE client = '' AND program = ''), day,"
	    " accepted, 0, idle, other, 0 FROM folded WHERE true ON CONFLICT DO"
	    " UPDATE SET accepted = accepted + excluded.accepted,"
	    " idle = idle + excluded.idle, other = other + excluded.other");
	removed -= database_changed(&h->db);
	database_run(&h->db, "DROP TABLE folded");
	return removed;
}

int
history_gc(struct history *h, unsigned days, struct history_swept *swept,
    struct error *e)
{
	int64_t newest, day;

	*swept = (struct history_swept){ 0 };
	database_run(&h->db, "BEGIN IMMEDIATE");
	newest = pragma(&h->db, "SELECT coalesce(max(day), 0) FROM count");
	day = newest - days;
	swept->folded = fold(h, newest - HISTORY_FOLD_DAYS);
	swept->counts = sweep(h, "DELETE FROM count WHERE day < ?", day);
	/* A file that is still there would be new again: its mark stays until
	 * it has been out of sight as long. */
	swept->inputs = sweep(h, "DELETE FROM input WHERE last < ?"
	    " AND NOT EXISTS (SELECT 1 FROM count WHERE input = input.id)",
	    day * CLOCK_DAY);
	swept->findings = sweep(h, "DELETE FROM finding WHERE last_seen < ?"
	    " AND id NOT IN (SELECT finding FROM ack)", day * CLOCK_DAY);
	database_run(&h->db,
	    "DELETE FROM host WHERE id NOT IN (SELECT host FROM count);"
	    "DELETE FROM profile WHERE id NOT IN (SELECT profile FROM count);"
	    "COMMIT; VACUUM");
	return database_result(&h->db, e);
}

int
history_check(struct history *h, struct error *e)
{
	struct query q = query_new(&h->db, "PRAGMA integrity_check(1)");
	struct text answer = query_step(&q) ? column_text(&q, 0) :
					      (struct text){ 0 };
	struct stat st;

	if (!h->db.failed && !text_is(answer, "ok"))
		error_set(&h->db.why, "%s: is damaged: %.*s", h->db.path,
		    TEXT_ARG(answer));
	h->db.failed |= !text_is(answer, "ok");
	query_free(&q);
	q = query_new(&h->db, "PRAGMA foreign_key_check");
	if (query_step(&q)) {
		error_set(&h->db.why, "%s: is damaged: a row of \"%.*s\" "
		    "stands alone", h->db.path, TEXT_ARG(column_text(&q, 0)));
		h->db.failed = true;
	}
	query_free(&q);
	if (database_result(&h->db, e) != 0)
		return -1;
	if (stat(h->db.path, &st) == 0 && (st.st_mode & 077) != 0)
		return error_set(e, "%s: others may read it (mode %o); run "
		    "chmod 600", h->db.path, (unsigned)(st.st_mode & 0777));
	return 0;
}
