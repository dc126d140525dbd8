/*
 * list.h - an exclusion list as an administrator keeps it.
 *
 * Read from any product's export, command lines or import file, or from our own
 * registry (CSV), and written in any of them again.  What the text says is kept
 * as it was written: verify tells the mistakes in it.
 */
#ifndef PINSPOT_EXCLUDE_LIST_H
#define PINSPOT_EXCLUDE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/pattern.h"
#include "base/pool.h"
#include "base/text.h"
#include "model/block.h"

struct product;

/* How an entry is written, where a product has several ways. */
enum entry_form {
	FORM_NAME, /* the product's usual way */
	FORM_URL, /* panos: URL category or external dynamic list */
	FORM_REGEX,
	FORM_ADDRESS, /* an address or CIDR block */
	N_FORMS
};

/* One entry.  Windows live in the list's pool. */
struct listed {
	const struct product *product;
	struct text entry; /* in the product's syntax */
	enum entry_form form;
	struct text comment; /* empty where the form has no room for one */
	struct text owner, reason, ticket, evidence, added, review;
	uint64_t line; /* where it stands in its file; 0 when made by us */
	bool sound; /* only characters that its product's syntax has: what is
		     * not sound matches nothing and is never written */
	struct pattern *pattern; /* FORM_REGEX: compiled; NULL when broken */
	/* What finds it quickly: every name that it can match ends in this, with
	 * a whole label; every address is in this block.  Where there is neither
	 * it must be asked. */
	struct text end;
	struct block block;
};

enum {
	LIST_ENTRIES_MAX = 200000, /* the largest EDLs hold 150,000 */
	LIST_BYTES_MAX = 64 << 20,
	ENTRY_MAX = 1024, /* bytes; the longest that any product takes */
};

struct exclusions {
	struct pool *pool;
	const struct product *product; /* as named or recognised */
	struct listed *entries;
	size_t n, room;
	uint64_t n_skipped; /* lines that held no entry and no comment */
	uint64_t first_skipped; /* line of the first one */
	bool registry; /* it was our own CSV */
};

void list_init(struct exclusions *l);
void list_free(struct exclusions *l);

/* Append an entry as a reader found it; blanks around it go.  Too many or too
 * long ones count as skipped. */
struct listed *list_add(struct exclusions *l, const struct product *product,
    struct text entry, enum entry_form form, struct text comment,
    uint64_t line);

/* Append what product.express gave. */
struct listed *list_add_expressed(struct exclusions *l,
    const struct product *product, struct text entry);

/* Take back the entries behind the first n; the pool keeps their texts. */
void list_cut(struct exclusions *l, size_t n);

void list_skip(struct exclusions *l, uint64_t line);

/*
 * Read a list in JSON: an array of objects, or an object that holds it under the
 * key `wrapper`.  In each the entry and its comment have these keys; an object's
 * place in the array, from 1, counts as its line.  What is no JSON is skipped.
 */
void list_read_json(struct exclusions *l, const struct product *product,
    struct text content, const char *wrapper, const char *entry,
    const char *comment);

/* Read the text of a list.  product may be NULL: then it is recognised from
 * the text, and taken for plain names where nothing speaks for a product. */
void list_read(struct exclusions *l, const struct product *product,
    struct text content);

/* The product that a list's text speaks for, or NULL. */
const struct product *list_recognise(struct text content);

#endif
