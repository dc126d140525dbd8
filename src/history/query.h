/*
 * query.h - SQLite statements with an error that stays.
 *
 * A query that fails records why in its database and does nothing more, so that
 * a row of queries is checked once, at its end.
 */
#ifndef PINSPOT_HISTORY_QUERY_H
#define PINSPOT_HISTORY_QUERY_H

#include <sqlite3.h>

#include "base/error.h"
#include "base/text.h"

struct database {
	sqlite3 *handle;
	char *path;
	bool failed;
	struct error why; /* with the path in front */
};

/* The database's error becomes the caller's: -1 where one was recorded. */
int database_result(const struct database *db, struct error *e);

/* Statements without parameters and rows, separated by ';'. */
void database_run(struct database *db, const char *sql);

struct query {
	struct database *db;
	sqlite3_stmt *statement; /* NULL where it could not be made */
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

int64_t column_integer(struct query *q, int column);
struct text column_text(struct query *q, int column); /* until the next step */

/* Copy a column of exactly n bytes; false where it has another size. */
bool column_bytes(struct query *q, int column, void *out, size_t n);

#endif
