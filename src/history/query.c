#include "history/query.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"
#include "base/mem.h"

#define LIBSQLITE(F)                                                           \
	F(sqlite3_open_v2)                                                     \
	F(sqlite3_close_v2)                                                    \
	F(sqlite3_busy_timeout)                                                \
	F(sqlite3_errmsg)                                                      \
	F(sqlite3_exec)                                                        \
	F(sqlite3_changes)                                                     \
	F(sqlite3_total_changes)                                               \
	F(sqlite3_last_insert_rowid)                                           \
	F(sqlite3_prepare_v2)                                                  \
	F(sqlite3_bind_int64)                                                  \
	F(sqlite3_bind_text64)                                                 \
	F(sqlite3_bind_blob64)                                                 \
	F(sqlite3_step)                                                        \
	F(sqlite3_reset)                                                       \
	F(sqlite3_finalize)                                                    \
	F(sqlite3_column_type)                                                 \
	F(sqlite3_column_int64)                                                \
	F(sqlite3_column_text)                                                 \
	F(sqlite3_column_blob)                                                 \
	F(sqlite3_column_bytes)

struct libsqlite {
	LIBSQLITE(LIBRARY_POINTER)
};

static const struct library libsqlite = {
	"SQLite",
	{ "libsqlite3.so.0", "libsqlite3.so" },
	LIBRARY_NAMES(LIBSQLITE),
};

int
database_open(struct database *db, int busy_ms, struct error *e)
{
	db->lib = mem_zero(1, sizeof(*db->lib));
	if (library_load(&libsqlite, db->lib, db->path, e) != 0)
		return -1;
	if (db->lib->sqlite3_open_v2(db->path, &db->handle,
	    SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return error_set(e, "%s: %s", db->path,
		    db->lib->sqlite3_errmsg(db->handle));
	db->lib->sqlite3_busy_timeout(db->handle, busy_ms);
	return 0;
}

void
database_close(struct database *db)
{
	if (db->handle != NULL)
		db->lib->sqlite3_close_v2(db->handle);
	free(db->lib);
}

static void
fail(struct database *db)
{
	if (db->failed)
		return;
	db->failed = true;
	error_set(&db->why, "%s: %s", db->path,
	    db->lib->sqlite3_errmsg(db->handle));
}

int
database_result(const struct database *db, struct error *e)
{
	if (!db->failed)
		return 0;
	if (e != NULL)
		*e = db->why;
	return -1;
}

void
database_run(struct database *db, const char *sql)
{
	if (!db->failed &&
	    db->lib->sqlite3_exec(db->handle, sql, NULL, NULL, NULL) !=
	    SQLITE_OK)
		fail(db);
}

uint64_t
database_changed(const struct database *db)
{
	return (uint64_t)db->lib->sqlite3_changes(db->handle);
}

uint64_t
database_changed_ever(const struct database *db)
{
	return (uint64_t)db->lib->sqlite3_total_changes(db->handle);
}

int64_t
database_inserted(const struct database *db)
{
	return db->lib->sqlite3_last_insert_rowid(db->handle);
}

struct query
query_new(struct database *db, const char *sql)
{
	struct query q = { .db = db, .lib = db->lib };

	if (!db->failed && q.lib->sqlite3_prepare_v2(db->handle, sql, -1,
	    &q.statement, NULL) != SQLITE_OK)
		fail(db);
	return q;
}

void
query_free(struct query *q)
{
	q->lib->sqlite3_finalize(q->statement);
	q->statement = NULL;
}

static void
bound(struct query *q, int status)
{
	if (status != SQLITE_OK)
		fail(q->db);
}

void
bind_integer(struct query *q, int64_t value)
{
	if (q->statement != NULL)
		bound(q, q->lib->sqlite3_bind_int64(q->statement,
		    ++q->n_bound, value));
}

void
bind_text(struct query *q, struct text t)
{
	if (q->statement != NULL)
		bound(q, q->lib->sqlite3_bind_text64(q->statement,
		    ++q->n_bound, t.n > 0 ? t.at : "", t.n, SQLITE_STATIC,
		    SQLITE_UTF8));
}

void
bind_bytes(struct query *q, const void *bytes, size_t n)
{
	if (q->statement != NULL)
		bound(q, q->lib->sqlite3_bind_blob64(q->statement,
		    ++q->n_bound, n > 0 ? bytes : "", n, SQLITE_STATIC));
}

bool
query_step(struct query *q)
{
	int status;

	if (q->statement == NULL || q->db->failed)
		return false;
	status = q->lib->sqlite3_step(q->statement);
	if (status != SQLITE_ROW && status != SQLITE_DONE)
		fail(q->db);
	return status == SQLITE_ROW;
}

static void
reset(struct query *q)
{
	if (q->statement != NULL)
		q->lib->sqlite3_reset(q->statement);
	q->n_bound = 0;
}

void
query_run(struct query *q)
{
	while (query_step(q))
		;
	reset(q);
}

bool
column_is_null(struct query *q, int column)
{
	return q->lib->sqlite3_column_type(q->statement, column) ==
	    SQLITE_NULL;
}

int64_t
column_integer(struct query *q, int column)
{
	return q->lib->sqlite3_column_int64(q->statement, column);
}

struct text
column_text(struct query *q, int column)
{
	const void *at = q->lib->sqlite3_column_text(q->statement, column);
	int n = q->lib->sqlite3_column_bytes(q->statement, column);

	return (struct text){ at, at != NULL && n > 0 ? (size_t)n : 0 };
}

struct cursor
column_window(struct query *q, int column)
{
	const void *at = q->lib->sqlite3_column_blob(q->statement, column);
	int n = q->lib->sqlite3_column_bytes(q->statement, column);

	return cursor_over(at, at != NULL && n > 0 ? (size_t)n : 0);
}

bool
column_bytes(struct query *q, int column, void *out, size_t n)
{
	struct cursor window = column_window(q, column);

	if (window.left != n)
		return false;
	memcpy(out, window.at, n);
	return true;
}
