#include "knowledge/hsts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/pool.h"
#include "knowledge/hsts_pack.h"

#include "hsts.inc"

enum {
	ROWS_MAX = 4000000, /* of a list that a user gives; 2026 has 160,000 */
	LINE_MAX_BYTES = 1024
};

static const struct hsts_pack built_in = { hsts_bytes, hsts_blocks,
	sizeof(hsts_bytes), N_ITEMS(hsts_blocks), HSTS_NAMES };

/* The list in use: the one built in, or the one of --hsts. */
static struct hsts_pack list = { hsts_bytes, hsts_blocks, sizeof(hsts_bytes),
	N_ITEMS(hsts_blocks), HSTS_NAMES };
static char date[11];

/* Rows of a list while it is read. */
struct rows {
	struct hsts_row *at;
	size_t n, room;
	size_t bytes; /* that they will take at most */
	struct pool *pool;
	char date[11];
};

bool
hsts_lookup(struct text host, struct hsts_entry *out)
{
	char name[HSTS_NAME_MAX + 1];
	size_t n = host.n;

	*out = (struct hsts_entry){ 0 };
	if (n == 0 || n > HSTS_NAME_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		name[i] = host.at[n - 1 - i];
	/* Backwards, the beginnings of a name are its parents. */
	while (n > 0) {
		int flags = hsts_pack_find(&list, name, n);
		bool whole = n == host.n;

		if (flags >= 0) {
			out->domain = (struct text){ host.at + host.n - n, n };
			out->include_subdomains = (flags & HSTS_EXACT) == 0;
			out->pinned = (flags & HSTS_PINS) != 0;
			if (whole || out->include_subdomains)
				return (flags & HSTS_ONLY_PINS) == 0;
			*out = (struct hsts_entry){ 0 };
			return false;
		}
		while (--n > 0 && name[n] != '.')
			;
	}
	return false;
}

/* Keep a row; false where the name is none.  A dot at its end and upper case
 * are forgiven. */
static bool
rows_add(struct rows *rows, struct text name, int flags)
{
	char copy[HSTS_NAME_MAX + 1];
	size_t n = name.n;

	if (n > 0 && name.at[n - 1] == '.')
		n--;
	if (n == 0 || n > HSTS_NAME_MAX || rows->n == ROWS_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)name.at[n - 1 - i];

		if (c <= ' ' || c >= 0x7f)
			return false;
		copy[i] = text_lower((char)c);
	}
	rows->at = mem_grow(rows->at, rows->n, &rows->room,
	    sizeof(rows->at[0]));
	rows->at[rows->n++] = (struct hsts_row){
		pool_intern(rows->pool, (struct text){ copy, n }).at,
		(uint8_t)flags };
	rows->bytes += HSTS_ROW_MAX(n);
	return true;
}

static bool
is_true(struct json_object *object, const char *key)
{
	return json_object_get_boolean(json_object_object_get(object, key));
}

/* An entry of Chromium's list: name, mode, include_subdomains, pins. */
static bool
read_entry(struct rows *rows, struct json_object *entry)
{
	struct json_object *name = json_object_object_get(entry, "name");
	struct json_object *mode = json_object_object_get(entry, "mode");
	struct json_object *pins = json_object_object_get(entry, "pins");
	int flags = pins != NULL ? HSTS_PINS : 0;

	if (!json_object_is_type(name, json_type_string))
		return false;
	if (mode == NULL ||
	    strcmp(json_object_get_string(mode), "force-https") != 0)
		flags |= HSTS_ONLY_PINS;
	if (!is_true(entry, "include_subdomains") &&
	    (mode != NULL || !is_true(entry, "include_subdomains_for_pinning")))
		flags |= HSTS_EXACT;
	return rows_add(rows,
	    (struct text){ json_object_get_string(name),
	    (size_t)json_object_get_string_len(name) }, flags);
}

static int
read_json(struct rows *rows, const char *path, struct error *e)
{
	struct json_object *all = json_file(path, e), *entries;
	size_t n = 0;

	if (all == NULL)
		return -1;
	if (!json_object_is_type(all, json_type_object) ||
	    !json_object_object_get_ex(all, "entries", &entries) ||
	    !json_object_is_type(entries, json_type_array)) {
		json_object_put(all);
		return error_set(e, "%s: no array \"entries\"; expected "
		    "Chromium's transport_security_state_static.json", path);
	}
	while (n < json_object_array_length(entries) &&
	    read_entry(rows, json_object_array_get_idx(entries, n)))
		n++;
	if (n < json_object_array_length(entries))
		error_set(e, "%s: entry %zu has no host name", path, n + 1);
	n = json_object_array_length(entries) - n;
	json_object_put(all);
	return n == 0 ? 0 : -1;
}

/* One line of our own form. */
static bool
read_line(struct rows *rows, char *line)
{
	const char *stamp = strstr(line, "date: ");
	struct text name = text_of(line), rest;
	int flags;

	if (line[0] == '#') {
		if (stamp != NULL)
			snprintf(rows->date, sizeof(rows->date), "%.10s",
			    stamp + 6);
		return true;
	}
	if (line[0] == '\0')
		return true;
	rest = name;
	text_split(&rest, '\t', &name);
	flags = rest.n > 0 ? hsts_flags(rest.at) : 0;
	return flags >= 0 && rows_add(rows, name, flags);
}

static int
read_text(struct rows *rows, FILE *f, const char *path, struct error *e)
{
	char line[LINE_MAX_BYTES];
	unsigned long number = 0;

	while (fgets(line, sizeof(line), f) != NULL) {
		number++;
		line[strcspn(line, "\r\n")] = '\0';
		if (!read_line(rows, line))
			return error_set(e, "%s:%lu: expected a host name, "
			    "then perhaps a tab and exact, pins or only-pins",
			    path, number);
	}
	return ferror(f) ? error_set(e, "%s: %s", path, strerror(errno)) : 0;
}

/* JSON begins with a brace, after Chromium's comments ("//"). */
static bool
is_json(FILE *f)
{
	char line[LINE_MAX_BYTES];
	struct text t = { 0 };

	while ((t.n == 0 || text_starts(t, "//")) &&
	    fgets(line, sizeof(line), f) != NULL)
		t = text_trim(text_of(line));
	rewind(f);
	return text_starts(t, "{");
}

static void
use(struct rows *rows)
{
	uint8_t *bytes = mem_zero(rows->bytes, 1);
	uint32_t *blocks = mem_zero(rows->n / HSTS_BLOCK + 1, sizeof(*blocks));

	if (list.bytes != built_in.bytes) {
		free((void *)(uintptr_t)list.bytes);
		free((void *)(uintptr_t)list.blocks);
	}
	list = hsts_pack(rows->at, rows->n, bytes, blocks);
	snprintf(date, sizeof(date), "%s",
	    rows->date[0] != '\0' ? rows->date : "unknown");
}

int
hsts_load(const char *path, struct error *e)
{
	struct rows rows = { .pool = pool_new() };
	FILE *f = fopen(path, "r");
	int status;

	if (f == NULL) {
		status = error_set(e, "%s: %s", path, strerror(errno));
	} else {
		status = is_json(f) ? read_json(&rows, path, e) :
				      read_text(&rows, f, path, e);
		fclose(f);
	}
	if (status == 0 && rows.n == 0)
		status = error_set(e, "%s: holds no names; expected an HSTS "
		    "preload list", path);
	if (status == 0)
		use(&rows);
	free(rows.at);
	pool_free(rows.pool);
	return status;
}

const char *
hsts_date(void)
{
	return date[0] != '\0' ? date : hsts_data_date;
}

size_t
hsts_count(void)
{
	return list.n_names;
}

size_t
hsts_size(void)
{
	return list.n_bytes + list.n_blocks * sizeof(list.blocks[0]);
}
