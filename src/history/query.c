#include "history/query.h"

static void
fail(struct database *db)
{
	if (db->failed)
		return;
	db->failed = true;
	error_set(&db->why, "%s: %s", db->path, sqlite3_errmsg(db->handle));
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
	    sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail(db);
}

struct query
query_new(struct database *db, const char *sql)
{
	struct query q = { .db = db };

	if (!db->failed && sqlite3_prepare_v2(db->handle, sql, -1,
	    &q.statement, NULL) != SQLITE_OK)
		fail(db);
	return q;
}

void
query_free(struct query *q)
{
	sqlite3_finalize(q->statement);
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
		bound(q, sqlite3_bind_int64(q->statement, ++q->n_bound,
		    value));
}

void
bind_text(struct query *q, struct text t)
{
	if (q->statement != NULL)
		bound(q, sqlite3_bind_text64(q->statement, ++q->n_bound,
		    t.n > 0 ? t.at : "", t.n, SQLITE_STATIC, SQLITE_UTF8));
}

void
bind_bytes(struct query *q, const void *bytes, size_t n)
{
	if (q->statement != NULL)
		bound(q, sqlite3_bind_blob64(q->statement, ++q->n_bound,
		    n > 0 ? bytes : "", n, SQLITE_STATIC));
}

bool
query_step(struct query *q)
{
	int status;

	if (q->statement == NULL || q->db->failed)
		return false;
	status = sqlite3_step(q->statement);
	if (status != SQLITE_ROW && status != SQLITE_DONE)
		fail(q->db);
	return status == SQLITE_ROW;
}

static void
reset(struct query *q)
{
	if (q->statement != NULL)
		sqlite3_reset(q->statement);
	q->n_bound = 0;
}

void
query_run(struct query *q)
{
	while (query_step(q))
		;
	reset(q);
}

int64_t
column_integer(struct query *q, int column)
{
	return sqlite3_column_int64(q->statement, column);
}

struct text
column_text(struct query *q, int column)
{
	const char *at = (const char *)sqlite3_column_text(q->statement,
	    column);
	int n = sqlite3_column_bytes(q->statement, column);

	return (struct text){ at, at != NULL && n > 0 ? (size_t)n : 0 };
}

bool
column_bytes(struct query *q, int column, void *out, size_t n)
{
	const void *at = sqlite3_column_blob(q->statement, column);

	if (at == NULL || sqlite3_column_bytes(q->statement, column) != (int)n)
		return false;
	memcpy(out, at, n);
	return true;
}
