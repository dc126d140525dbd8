/*
 * Fortinet FortiOS: ssl-exempt of an ssl-ssh-profile, which names wildcard-FQDN
 * objects, addresses or a local web category (FortiOS CLI reference and
 * administration guide, "Exempt web sites from deep inspection").
 *
 * A flow-based profile compares the SNI, else the certificate's CN.  A
 * proxy-based one treats an FQDN address by what it resolves to, so that other
 * names on the same addresses are exempted, too.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"
#include "model/handshake.h"

extern const struct product product_fortios;

static size_t
fortios_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	if (w->is_address) {
		out[0] = pool_intern(pool, w->base);
		return 1;
	}
	return form_express(w, pool, out, (struct affix){ "", "" },
	    (struct affix){ "*.", "" }, false);
}

static bool
is_wildcard(const struct listed *e)
{
	return text_find(e->entry, "*") >= 0;
}

static void
write_value(const struct listed *e, struct buf *out)
{
	struct text address, bits = e->entry;

	if (is_wildcard(e)) {
		buf_printf(out, "        set wildcard-fqdn \"%.*s\"\n",
		    TEXT_ARG(e->entry));
		return;
	}
	if (!match_is_address(e->entry)) {
		buf_printf(out, "        set type fqdn\n"
		    "        set fqdn \"%.*s\"\n", TEXT_ARG(e->entry));
		return;
	}
	/* FortiOS takes a prefix length as well as a mask. */
	if (!text_split(&bits, '/', &address))
		bits = TEXT("32");
	buf_printf(out, "        set subnet %.*s/%.*s\n", TEXT_ARG(address),
	    TEXT_ARG(bits));
}

static void
write_objects(const struct listed *entries, size_t n, bool wildcards,
    struct buf *out)
{
	size_t start = out->n;

	for (size_t i = 0; i < n; i++) {
		if (is_wildcard(&entries[i]) != wildcards)
			continue;
		if (out->n == start)
			buf_string(out, wildcards ?
			    "config firewall wildcard-fqdn custom\n" :
			    "config firewall address\n");
		buf_printf(out, "    edit \"pinspot-%03zu\"\n", i + 1);
		write_value(&entries[i], out);
		if (entries[i].comment.n > 0) {
			buf_string(out, "        set comment \"");
			comment_plain(out, entries[i].comment);
			buf_string(out, "\"\n");
		}
		buf_string(out, "    next\n");
	}
	if (out->n > start)
		buf_string(out, "end\n");
}

/* "edit 0" takes the next free number.  The built-in profile deep-inspection is
 * read-only, so that the usual clone is named. */
static void
write_cli(const struct listed *entries, size_t n, struct buf *out)
{
	write_objects(entries, n, true, out);
	write_objects(entries, n, false, out);
	buf_string(out, "config firewall ssl-ssh-profile\n"
	    "    edit \"custom-deep-inspection\"\n"
	    "        config ssl-exempt\n");
	for (size_t i = 0; i < n; i++) {
		const char *type = is_wildcard(&entries[i]) ?
		    "wildcard-fqdn" : "address";

		buf_printf(out, "            edit 0\n"
		    "                set type %s\n"
		    "                set %s \"pinspot-%03zu\"\n"
		    "            next\n", type, type, i + 1);
	}
	buf_string(out, "        end\n    next\nend\n");
}

/* For proxy-based profiles: a local category compares names, not addresses. */
static void
write_category(const struct listed *entries, size_t n, struct buf *out)
{
	buf_string(out, "config webfilter ftgd-local-cat\n"
	    "    edit \"pinspot\"\n        set id 140\n    next\nend\n"
	    "config webfilter ftgd-local-rating\n");
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "    edit \"%.*s\"\n        set rating 140\n",
		    TEXT_ARG(entries[i].entry));
		if (entries[i].comment.n > 0) {
			buf_string(out, "        set comment \"");
			comment_plain(out, entries[i].comment);
			buf_string(out, "\"\n");
		}
		buf_string(out, "    next\n");
	}
	buf_string(out, "end\n"
	    "config firewall ssl-ssh-profile\n"
	    "    edit \"custom-deep-inspection\"\n"
	    "        config ssl-exempt\n"
	    "            edit 0\n"
	    "                set type fortiguard-category\n"
	    "                set fortiguard-category 140\n"
	    "            next\n"
	    "        end\n    next\nend\n");
}

static bool
fortios_probe(struct text content)
{
	return words_have_line(content, "config firewall") ||
	    words_have_line(content, "config webfilter");
}

enum section { SECTION_OTHER, SECTION_WILDCARD, SECTION_ADDRESS,
	SECTION_RATING, SECTION_EXEMPT };

enum { NESTING_MAX = 8, OBJECTS_MAX = LIST_ENTRIES_MAX };

/* An object of a configuration, and whether an exemption names it. */
struct object {
	struct text name, value, comment, category;
	enum section section;
	bool exempt;
	uint64_t line;
};

struct config {
	enum section sections[NESTING_MAX];
	size_t depth;
	struct object now; /* between edit and next */
	struct object *objects;
	size_t n, room;
	bool has_exempt;
};

static const struct {
	const char *name;
	enum section section;
} sections[] = {
	{ "config firewall wildcard-fqdn custom", SECTION_WILDCARD },
	{ "config firewall address", SECTION_ADDRESS },
	{ "config webfilter ftgd-local-rating", SECTION_RATING },
	{ "config ssl-exempt", SECTION_EXEMPT },
};

static enum section
section_now(const struct config *c)
{
	return c->depth > 0 && c->depth <= NESTING_MAX ?
	    c->sections[c->depth - 1] : SECTION_OTHER;
}

static void
config_open(struct config *c, struct text line)
{
	enum section section = SECTION_OTHER;

	for (size_t i = 0; i < N_ITEMS(sections); i++)
		if (text_is(line, sections[i].name))
			section = sections[i].section;
	if (c->depth < NESTING_MAX)
		c->sections[c->depth] = section;
	c->depth++;
	c->has_exempt |= section == SECTION_EXEMPT;
}

/* "set subnet 192.0.2.0 255.255.255.0", or with a prefix length: as CIDR. */
static struct text
subnet(struct exclusions *l, struct text address, struct text mask)
{
	struct endpoint e = { 0 };
	unsigned bits = 0;

	if (mask.n == 0 || !endpoint_parse(mask, &e) || e.family != 4)
		return address;
	for (int i = 0; i < 32; i++)
		bits += e.address[i / 8] >> (7 - i % 8) & 1;
	return pool_printf(l->pool, "%.*s/%u", TEXT_ARG(address), bits);
}

static void
config_set(struct exclusions *l, struct config *c, struct text rest)
{
	struct text key, value, more = { NULL, 0 };
	struct object *now = &c->now;

	if (!word_next(&rest, &key) || !word_next(&rest, &value))
		return;
	(void)word_next(&rest, &more);
	if (text_is(key, "comment"))
		now->comment = value;
	else if (text_is(key, "rating"))
		now->category = value;
	else if (section_now(c) == SECTION_EXEMPT) {
		if (text_is(key, "fortiguard-category"))
			now->category = value;
		else if (!text_is(key, "type"))
			now->value = value;
	} else if (text_is(key, "fqdn") || text_is(key, "wildcard-fqdn"))
		now->value = value;
	else if (text_is(key, "subnet"))
		now->value = subnet(l, value, more);
}

static void
config_next(struct exclusions *l, struct config *c)
{
	struct object *now = &c->now;

	now->section = section_now(c);
	if (now->section == SECTION_RATING)
		now->value = now->name;
	if (now->section == SECTION_OTHER ||
	    (now->value.n == 0 && now->category.n == 0))
		return;
	if (c->n >= OBJECTS_MAX) {
		list_skip(l, now->line);
		return;
	}
	if (c->n == c->room)
		c->objects = mem_grow(c->objects, c->n, &c->room,
		    sizeof(*c->objects));
	c->objects[c->n++] = *now;
}

static void
config_line(struct exclusions *l, struct config *c, struct text line,
    uint64_t number)
{
	struct text rest = line, word;

	if (!word_next(&rest, &word))
		return;
	if (text_is(word, "config"))
		config_open(c, line);
	else if (text_is(word, "end") && c->depth > 0)
		c->depth--;
	else if (text_is(word, "edit")) {
		c->now = (struct object){ .line = number };
		(void)word_next(&rest, &c->now.name);
	} else if (text_is(word, "set"))
		config_set(l, c, rest);
	else if (text_is(word, "next"))
		config_next(l, c);
}

/* Order objects of one kind by what an exemption names them by. */
static struct text
exempt_key(const struct object *o)
{
	return o->section == SECTION_RATING ||
	    (o->section == SECTION_EXEMPT && o->category.n > 0) ?
	    o->category : o->section == SECTION_EXEMPT ? o->value : o->name;
}

static int
by_key(const void *a, const void *b)
{
	return text_compare(exempt_key(*(struct object *const *)a),
	    exempt_key(*(struct object *const *)b));
}

/* Mark the objects that exemptions name, in one walk over the sorted keys. */
static void
mark_exempt(struct config *c)
{
	struct object **sorted = mem_zero(c->n + 1, sizeof(*sorted));

	for (size_t i = 0; i < c->n; i++)
		sorted[i] = &c->objects[i];
	qsort(sorted, c->n, sizeof(*sorted), by_key);
	for (size_t i = 0, j; i < c->n; i = j) {
		bool exempt = false;

		for (j = i; j < c->n && by_key(&sorted[i], &sorted[j]) == 0; j++)
			exempt |= sorted[j]->section == SECTION_EXEMPT;
		while (i < j)
			sorted[i++]->exempt = exempt;
	}
	free(sorted);
}

static void
fortios_read(struct exclusions *l, struct text content)
{
	struct lines lines = lines_of(content);
	struct config c = { .depth = 0 };
	struct text line;

	if (!fortios_probe(content)) {
		words_read(l, &product_fortios, content);
		return;
	}
	while (lines_next(&lines, &line))
		if (!text_starts(line, "#"))
			config_line(l, &c, line, lines.number);
	mark_exempt(&c);
	for (size_t i = 0; i < c.n; i++) {
		const struct object *o = &c.objects[i];

		if (o->section == SECTION_EXEMPT ||
		    (c.has_exempt && !o->exempt))
			continue;
		list_add(l, &product_fortios, o->value,
		    match_is_address(o->value) ? FORM_ADDRESS : FORM_NAME,
		    o->comment, o->line);
	}
	free(c.objects);
}

static bool
fortios_match(const struct listed *entry, const struct host_facts *f)
{
	if (entry->form == FORM_ADDRESS)
		return match_cidr(entry->entry, &f->address);
	/* Flow mode: the CN counts only where there is no SNI. */
	return match_glob(entry->entry, f->name.n > 0 ? f->name : f->cn);
}

static struct text
fortios_suffix(const struct listed *entry)
{
	if (entry->form == FORM_ADDRESS)
		return (struct text){ NULL, 0 };
	return match_suffix(entry->entry);
}

static struct text
fortios_block(const struct listed *entry)
{
	return entry->form == FORM_ADDRESS ? entry->entry :
	    (struct text){ NULL, 0 };
}

static const char *
fortios_check(const struct listed *entry)
{
	return form_check(entry->entry, FORM_ANY_STAR);
}

static const struct list_form forms[] = {
	{ "cli", write_cli, true },
	{ "category", write_category, true },
	{ NULL, NULL, false },
};

const struct product product_fortios = {
	.name = "fortios",
	.title = "Fortinet FortiOS",
	.matches = "sni|cn",
	.where = "ssl-exempt of the SSL/SSH inspection profile",
	.semantics = "'*' is any run of characters; '*.' does not cover the "
	    "name itself; proxy-based profiles exempt what a name resolves to",
	.charset = "*?/:",
	.by_address = true,
	.express = fortios_express,
	.forms = forms,
	.probe = fortios_probe,
	.read = fortios_read,
	.match = fortios_match,
	.suffix = fortios_suffix,
	.block = fortios_block,
	.check = fortios_check,
};
