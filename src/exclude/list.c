#include "exclude/list.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "exclude/match.h"
#include "exclude/product.h"
#include "exclude/registry.h"

void
list_init(struct exclusions *l)
{
	*l = (struct exclusions){ .pool = pool_new() };
}

void
list_cut(struct exclusions *l, size_t n)
{
	while (l->n > n)
		pattern_free(l->entries[--l->n].pattern);
}

void
list_free(struct exclusions *l)
{
	list_cut(l, 0);
	free(l->entries);
	pool_free(l->pool);
	*l = (struct exclusions){ 0 };
}

void
list_skip(struct exclusions *l, uint64_t line)
{
	if (l->n_skipped++ == 0)
		l->first_skipped = line;
}

/* No syntax of any product has blanks, quotes or bytes beyond ASCII in an entry,
 * so that what passes is harmless in a terminal, a table or a command line that
 * quotes. */
static bool
is_sound(const struct product *product, struct text entry)
{
	for (size_t i = 0; i < entry.n; i++) {
		char c = entry.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') ||
		    (c != '\0' && strchr(".-_", c) != NULL) ||
		    (c != '\0' && strchr(product->charset, c) != NULL)))
			return false;
	}
	return entry.n > 0;
}

static void
add_pattern(struct exclusions *l, struct listed *e)
{
	struct text source = e->product->regex != NULL ?
	    e->product->regex(e->entry) : e->entry;
	struct buf literal = { 0 };

	e->pattern = pattern_new(source, PATTERN_NOCASE, NULL);
	if (match_regex_literal(source, &literal)) {
		e->end = pool_intern(l->pool, buf_view(&literal));
		if (!block_read(e->end, &e->block))
			e->block.base.family = 0;
	}
	buf_free(&literal);
}

static void
find_ends(struct listed *e)
{
	e->end = e->product->suffix(e);
	if (e->product->block != NULL &&
	    !block_read(e->product->block(e), &e->block))
		e->block.base.family = 0;
}

struct listed *
list_add(struct exclusions *l, const struct product *product, struct text entry,
    enum entry_form form, struct text comment, uint64_t line)
{
	struct listed *new;

	entry = text_trim(entry);
	if (entry.n == 0 || entry.n > ENTRY_MAX || l->n >= LIST_ENTRIES_MAX) {
		list_skip(l, line);
		return NULL;
	}
	if (l->n == l->room)
		l->entries = mem_grow(l->entries, l->n, &l->room,
		    sizeof(*l->entries));
	new = &l->entries[l->n++];
	*new = (struct listed){
		.product = product,
		.entry = pool_intern(l->pool, entry),
		.form = form,
		.comment = pool_intern(l->pool, text_trim(comment)),
		.line = line,
		.sound = is_sound(product, entry),
	};
	if (form != FORM_REGEX)
		find_ends(new);
	else if (new->sound)
		add_pattern(l, new);
	return new;
}

struct listed *
list_add_expressed(struct exclusions *l, const struct product *product,
    struct text entry)
{
	enum entry_form form = product->expressed;

	if (form == FORM_NAME && match_is_address(entry))
		form = FORM_ADDRESS;
	return list_add(l, product, entry, form, (struct text){ NULL, 0 }, 0);
}

void
list_read_json(struct exclusions *l, const struct product *product,
    struct text content, const char *wrapper, const char *entry,
    const char *comment)
{
	struct json_object *all = json_parse(content, "", NULL), *array = all;

	if (all == NULL) {
		list_skip(l, 1);
		return;
	}
	if (json_object_is_type(all, json_type_object))
		array = json_object_object_get(all, wrapper);
	if (json_object_is_type(array, json_type_array))
		for (size_t i = 0; i < json_object_array_length(array); i++) {
			struct json_object *o =
			    json_object_array_get_idx(array, i);

			if (json_object_is_type(o, json_type_object))
				list_add(l, product, json_view(
				    json_object_object_get(o, entry)),
				    FORM_NAME, json_view(
				    json_object_object_get(o, comment)), i + 1);
		}
	json_object_put(all);
}

const struct product *
list_recognise(struct text content)
{
	for (size_t i = 0; i < product_count(); i++)
		if (product_at(i)->probe != NULL &&
		    product_at(i)->probe(content))
			return product_at(i);
	return NULL;
}

void
list_read(struct exclusions *l, const struct product *product,
    struct text content)
{
	if (registry_probe(content)) {
		l->registry = true;
		l->product = product;
		registry_read(l, product, content);
		return;
	}
	if (product == NULL)
		product = list_recognise(content);
	if (product == NULL)
		product = product_by_name(TEXT("plain"));
	l->product = product;
	product->read(l, content);
}
