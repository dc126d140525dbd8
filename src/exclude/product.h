/*
 * product.h - what one product's exclusion list is like: its syntax, what its
 * entries match, and what it cannot say.
 *
 * One file per product, registered in products.def.  The facts and their
 * sources are those of the vendors' manuals, named in each file.
 */
#ifndef PINSPOT_EXCLUDE_PRODUCT_H
#define PINSPOT_EXCLUDE_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/pool.h"
#include "exclude/list.h"
#include "model/handshake.h"

/* What a product can compare an entry with, for one connection. */
struct host_facts {
	struct text name; /* SNI, CONNECT or log: lower case; may be empty */
	struct text cn; /* of the server certificate's subject */
	const struct text *names; /* its subjectAltName */
	size_t n_names;
	struct endpoint address; /* of the server; family 0 unknown */
	uint16_t port; /* 0 is taken for 443 */
};

/*
 * What is to be excluded: `base` itself, and names that have so many labels
 * more.  Bit d of depths asks for d labels before base: 1 for the name itself,
 * 2 for its children, 4 for grandchildren.
 */
struct wanted {
	struct text base; /* a valid host name, or an address */
	unsigned depths;
	bool is_address;
	uint16_t port; /* of the connections seen; 0 is taken for 443 */
};

enum {
	WANT_NAME = 1, WANT_CHILDREN = 2,
	WANT_DEPTH_MAX = 5, /* no product says more */
	EXPRESS_MAX = WANT_DEPTH_MAX + 1, /* entries that one wish may take */
};

/* One way to write a whole list. */
struct list_form {
	const char *name; /* "cli", "xml", ...; NULL ends the table */
	void (*write)(const struct listed *entries, size_t n, struct buf *out);
	bool comments; /* carries the entries' comments */
};

struct product {
	const char *name; /* "panos" */
	const char *title; /* "Palo Alto Networks PAN-OS" */
	const char *matches; /* "sni|cn" */
	const char *where; /* in which list or dialogue entries go */
	const char *semantics; /* one sentence: what an entry covers */
	size_t max_entries; /* 0: no limit known */
	const char *charset; /* what its entries may hold besides A-Za-z0-9.-_ */
	bool by_address; /* names may take effect by their addresses */

	/* Entries that say what is wanted, never less; how many, 0 where the
	 * product cannot say it.  Windows live in the pool. */
	size_t (*express)(const struct wanted *w, struct pool *pool,
	    struct text out[EXPRESS_MAX]);
	enum entry_form expressed; /* of names; addresses are FORM_ADDRESS */

	const struct list_form *forms; /* the first is the usual one */

	/* Is this text surely a list of this product?  NULL: never sure. */
	bool (*probe)(struct text content);
	void (*read)(struct exclusions *l, struct text content);

	/* Does the entry exclude a connection with these facts? */
	bool (*match)(const struct listed *entry, const struct host_facts *f);

	/* The end of every name that the entry can match, a window into it or
	 * empty where that cannot be told: what looks entries up quickly. */
	struct text (*suffix)(const struct listed *entry);

	/* The address, or block of them, that the entry is compared with, a
	 * window into it or empty; NULL: names only. */
	struct text (*block)(const struct listed *entry);

	/* The part of a FORM_REGEX entry that is the expression; NULL: all. */
	struct text (*regex)(struct text entry);

	/* What is wrong with the form of an entry, in words, or NULL. */
	const char *(*check)(const struct listed *entry);
};

/* By name, or NULL. */
const struct product *product_by_name(struct text name);

size_t product_count(void);

/* Says in *e that there is no such product, and which may be meant; -1. */
int product_unknown(const char *name, struct error *e);
const struct product *product_at(size_t i);

/* How the product's form is called, NULL for the usual one; NULL where it has
 * none of that name. */
const struct list_form *product_form(const struct product *p, const char *name);

/* Write entries in a form; those that are not sound are left out.  How many
 * those were. */
size_t product_write(const struct list_form *form,
    const struct listed *entries, size_t n, struct buf *out);

#endif
