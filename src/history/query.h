/*
 * query.h - SQLite statements with an error that stays.
 *
 * A query that fails records why in its database and does nothing more, so that
 * a row of queries is checked once, at its end.  SQLite is loaded (library.h)
 * with the first database: most runs keep no history.
 */
#ifndef PINSPOT_HISTORY_QUERY_H
#define PINSPOT_HISTORY_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/text.h"

struct database {
	struct libsqlite *lib;
	struct sqlite3 *handle;
	char *path; /* the caller's */
	bool failed;
	struct error why; /* with the path in front */
};

/* Open the file at db->path, which has to be there; another run may keep it
 * locked for so long.  To be closed in any case: what is not committed is then
 * rolled back. */
int database_open(struct database *db, int busy_ms, struct error *e)
    MUST_CHECK;
void database_close(struct database *db);

/* The database's error becomes the caller's: -1 where one was recorded. */
int database_result(const struct database *db, struct error *e);

/* Statements without parameters and rows, separated by ';'. */
void database_run(struct database *db, const char *sql);

/* Rows that the last statement changed, and all that were since opening. */
uint64_t database_changed(const struct database *db);
uint64_t database_changed_ever(const struct database *db);

/* The id of the row that was inserted last. */
int64_t database_inserted(const struct database *db);

struct query {
	struct database *db;
	const struct libsqlite *lib; /* its */
	struct sqlite3_stmt *statement; /* NULL where it could not be made */
	int n_bound;
};

struct query query_new(struct database *db, const char *sql);
void query_free(struct query *q);

/* Bind the next parameter.  Text and bytes are borrowed until query_run. */
void bind_integer(struct query *q, int64_t value);
void bind_text(struct query *q, struct text t);
void bind_bytes(struct query *q, const void *bytes, size_t n);

/* Is there a next row? */
bool query_step(struct query *q);

/* Run to the end, then make ready for other values. */
void query_run(struct query *q);

bool column_is_null(struct query *q, int column);
int64_t column_integer(struct query *q, int column);

/* Lent until the next step. */
struct text column_text(struct query *q, int column);
struct cursor column_window(struct query *q, int column);

/* Copy a column of exactly n bytes; false where it has another size. */
bool column_bytes(struct query *q, int column, void *out, size_t n);

#endif
