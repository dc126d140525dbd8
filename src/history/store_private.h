/*
 * store_private.h - the store, for the files of this folder.
 */
#ifndef PINSPOT_HISTORY_STORE_PRIVATE_H
#define PINSPOT_HISTORY_STORE_PRIVATE_H

#include "history/query.h"
#include "history/store.h"

struct history {
	struct database db;
	bool in_run; /* history_apply began a transaction */
};

#endif
