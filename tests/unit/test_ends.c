/* Entries and hosts find each other by the ends of names and by addresses:
 * exactly those that asking everyone would find, without asking everyone. */
#include "unit.h"

#include <stdio.h>

#include "base/mem.h"
#include "exclude/lookup.h"
#include "exclude/match.h"
#include "exclude/suffixes.h"

static const struct {
	const char *regex, *literal; /* NULL: not told */
} expressions[] = {
	{ "^bank\\.example:443$", "bank.example" },
	{ "^bank\\.example$", "bank.example" },
	{ "^(.+\\.)?bank\\.example:8443$", "bank.example" },
	{ "^.+\\.bank\\.example:443$", "bank.example" },
	{ "(^|\\.)a-b_c\\.Bank\\.example$", "a-b_c.bank.example" },
	{ "^([A-Za-z0-9.-]*\\.)?bank\\.example/", "bank.example" },
	{ "^10\\.0\\.0\\.1:443$", "10.0.0.1" },
	{ "^\\[?2001:db8::1\\]?:443$", "2001:db8::1" },
	/* More than a name with a whole label, or than one name. */
	{ "bank\\.example:443$", NULL },
	{ "^bank.example:443$", NULL },
	{ "^bank\\.example", NULL },
	{ "^bank\\.example.*$", NULL },
	{ "^bank\\.exampl?e$", NULL },
	{ "^(a|b)\\.bank\\.example$", NULL },
	{ "^a\\.example$|^b\\.example$", NULL },
	{ "^\\Qbank.example\\E$", NULL },
	{ "^bank\\.example:4*$", NULL },
	{ "^.+\\.0\\.0\\.1:443$", NULL }, /* 10.0.0.1 ends so, too */
	{ "^localhost:443$", NULL },
	{ "^", NULL },
	{ "", NULL },
};

START_TEST(knows_what_an_expression_ends_in)
{
	const char *expected = expressions[_i].literal;
	struct buf out = { 0 };
	bool told = match_regex_literal(text_of(expressions[_i].regex), &out);

	ck_assert_int_eq(told, expected != NULL);
	if (told)
		ck_assert_msg(text_is(buf_view(&out), expected), "%s", out.at);
	buf_free(&out);
}
END_TEST

static const struct {
	const char *block, *address;
	bool holds;
} blocks[] = {
	{ "10.0.0.1", "10.0.0.1", true },
	{ "10.0.0.1", "10.0.0.2", false },
	{ "10.1.2.3/8", "10.200.0.1", true },
	{ "10.1.2.3/15", "10.0.255.255", true },
	{ "10.1.2.3/16", "10.0.255.255", false },
	{ "0.0.0.0/0", "203.0.113.9", true },
	{ "0.0.0.0/0", "2001:db8::1", false },
	{ "2001:db8::/33", "2001:db8:7fff::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "2001:db8::1", "2001:0db8:0::1", true },
	{ "10.0.0.1/33", "10.0.0.1", false },
	{ "10.0.0.1/", "10.0.0.1", false },
};

/* Unknown for "". */
static struct endpoint
address_of(const char *text)
{
	struct endpoint e = { 0 };

	ck_assert(text[0] == '\0' || endpoint_parse(text_of(text), &e));
	return e;
}

START_TEST(holds_the_addresses_of_a_block)
{
	struct endpoint e = address_of(blocks[_i].address);

	ck_assert_int_eq(match_cidr(text_of(blocks[_i].block), &e),
	    blocks[_i].holds);
}
END_TEST

static const char *const names[] = { "", "bank.example", "api.bank.example",
	"a.b.bank.example", "xbank.example", "Bank.Example", "bank.example.org",
	"example", "10.0.0.1", "shop.example.co.uk" };
static const char *const addresses[] = { "", "10.0.0.1", "10.0.3.1",
	"2001:db8::1", "203.0.113.9" };

/* In as many forms as products know; each is tried with all products. */
static const char *const entries[] = { "bank.example", "*.bank.example",
	".bank.example", "*.*.bank.example", "*bank.example", "bank.example*",
	".bank.example*", "api.bank.example", "CN=*.bank.example", "*",
	"10.0.0.1", "10.0.0.0/22", "10.0.0.0/8", "2001:db8::/32", "::/0",
	"url.domain=bank.example", "url.host.exact=bank.example",
	"url.host.regex=^(.+\\.)?bank\\.example$", "url.address=10.0.0.0/22",
	"server.certificate.hostname=bank.example", "^bank\\.example:443$",
	"^(.+\\.)?bank\\.example:443$", "^10\\.0\\.0\\.1:443$",
	"^\\[?2001:db8::1\\]?:443$", "bank", "^([A-Za-z0-9.-]*\\.)?example/",
	"^(.+\\.)?bank\\.example$" };

static void
fill(struct exclusions *list, const struct product *product)
{
	list_init(list);
	for (size_t i = 0; i < N_ITEMS(entries); i++) {
		struct text entry = text_of(entries[i]);

		list_add(list, product, entry, match_is_address(entry) ?
		    FORM_ADDRESS : match_looks_regex(entry) ? FORM_REGEX :
		    FORM_NAME, TEXT(""), i + 1);
	}
}

/* Every name at every address, the certificate's name being another one. */
static struct host_facts *
make_facts(size_t *n)
{
	struct host_facts *facts = mem_zero(N_ITEMS(names) *
	    N_ITEMS(addresses), sizeof(*facts));

	*n = 0;
	for (size_t i = 0; i < N_ITEMS(names); i++)
		for (size_t k = 0; k < N_ITEMS(addresses); k++)
			facts[(*n)++] = (struct host_facts){
				.name = text_of(names[i]),
				.cn = text_of(names[(i + k) % N_ITEMS(names)]),
				.address = address_of(addresses[k]) };
	return facts;
}

static struct host_facts
facts_at(const void *facts, uint32_t host)
{
	return ((const struct host_facts *)facts)[host];
}

struct marks {
	bool seen[N_ITEMS(names) * N_ITEMS(addresses)];
	uint32_t last;
	size_t n;
};

static void
mark(uint32_t host, void *arg)
{
	struct marks *m = arg;

	ck_assert(m->n == 0 || host > m->last);
	m->last = host;
	m->seen[host] = true;
	m->n++;
}

START_TEST(finds_whom_asking_all_would_find)
{
	const struct product *product = product_at((size_t)_i);
	size_t n;
	struct host_facts *facts = make_facts(&n);
	struct suffixes *s = suffixes_new(facts_at, facts, n);
	struct exclusions list;
	struct lookup *lookup;
	struct noted noted;

	fill(&list, product);
	lookup = lookup_new(&list);
	for (size_t i = 0; i < list.n; i++) {
		struct marks m = { .n = 0 };

		suffixes_match(s, &list.entries[i], mark, &m);
		for (size_t h = 0; h < n; h++) {
			bool matches = list.entries[i].sound &&
			    product->match(&list.entries[i], &facts[h]);
			bool found = false;

			lookup_match(lookup, &facts[h], &noted);
			for (size_t k = 0; k < noted.n; k++)
				found |= noted.entries[k] == i;
			ck_assert_msg(m.seen[h] == matches && found == matches,
			    "%s: %s, host %zu", product->name, entries[i], h);
		}
	}
	lookup_free(lookup);
	list_free(&list);
	suffixes_free(s);
	free(facts);
}
END_TEST

START_TEST(grows_with_the_list)
{
	const struct product *plain = product_by_name(TEXT("plain"));
	struct exclusions list;
	struct lookup *lookup;
	struct noted noted;
	char name[32];

	list_init(&list);
	lookup = lookup_new(&list);
	for (uint32_t i = 0; i < 1000; i++) {
		struct host_facts f = { .name = text_of(name) };

		snprintf(name, sizeof(name), "h%u.bank.example", i);
		f.name = text_of(name);
		lookup_match(lookup, &f, &noted);
		ck_assert_uint_eq(noted.n, 0);
		list_add(&list, plain, f.name, FORM_NAME, TEXT(""), 0);
		lookup_grow(lookup);
		lookup_match(lookup, &f, &noted);
		ck_assert_uint_eq(noted.n, 1);
		ck_assert_uint_eq(noted.entries[0], i);
	}
	lookup_free(lookup);
	list_free(&list);
}
END_TEST

static size_t n_asked;
static bool (*asked)(const struct listed *entry, const struct host_facts *f);

static bool
count_and_match(const struct listed *entry, const struct host_facts *f)
{
	n_asked++;
	return asked(entry, f);
}

static void
ignore(uint32_t host, void *arg)
{
	(void)host;
	(void)arg;
}

enum { MANY = 2000, ENTRIES = 250 };

static const struct {
	const char *product;
	enum entry_form form;
	const char *before, *after; /* of a number, in an entry */
	bool address; /* 10.1.NUMBER.1, not hNUMBER.bank.example */
} masses[] = {
	{ "plain", FORM_NAME, "h", ".bank.example", false },
	{ "mitmproxy", FORM_REGEX, "^h", "\\.bank\\.example:443$", false },
	{ "mitmproxy", FORM_REGEX, "^(.+\\.)?h", "\\.bank\\.example:443$",
	    false },
	{ "mitmproxy", FORM_REGEX, "^10\\.1\\.", "\\.1:443$", true },
	{ "plain", FORM_ADDRESS, "10.1.", ".0/24", true },
};

static struct host_facts *
make_mass(struct pool *pool, bool address)
{
	struct host_facts *facts = mem_zero(MANY, sizeof(*facts));

	for (int i = 0; i < MANY; i++) {
		if (address)
			facts[i].address = (struct endpoint){ 4, 0,
				{ 10, 1, (uint8_t)(i % ENTRIES), 1 } };
		else
			facts[i].name = pool_printf(pool, "h%d.bank.example",
			    i % ENTRIES);
	}
	return facts;
}

/* Of many names of one domain, or addresses of one network, each asks its own
 * entry, and each entry its own. */
START_TEST(asks_few)
{
	struct product product =
	    *product_by_name(text_of(masses[_i].product));
	struct exclusions list;
	struct host_facts *facts;
	struct lookup *lookup;
	struct suffixes *s;
	struct noted noted;

	asked = product.match;
	product.match = count_and_match;
	list_init(&list);
	facts = make_mass(list.pool, masses[_i].address);
	for (int i = 0; i < ENTRIES; i++)
		list_add(&list, &product, pool_printf(list.pool, "%s%d%s",
		    masses[_i].before, i, masses[_i].after), masses[_i].form,
		    TEXT(""), 0);
	s = suffixes_new(facts_at, facts, MANY);
	lookup = lookup_new(&list);
	n_asked = 0;
	for (size_t i = 0; i < list.n; i++)
		suffixes_match(s, &list.entries[i], ignore, NULL);
	for (size_t i = 0; i < MANY; i++)
		lookup_match(lookup, &facts[i], &noted);
	/* Chance may put a few more into one slot. */
	ck_assert_uint_ge(n_asked, 2 * MANY);
	ck_assert_uint_le(n_asked, 4 * MANY);
	lookup_free(lookup);
	suffixes_free(s);
	list_free(&list);
	free(facts);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("ends");

	tcase_add_loop_test(tc, knows_what_an_expression_ends_in, 0,
	    N_ITEMS(expressions));
	tcase_add_loop_test(tc, holds_the_addresses_of_a_block, 0,
	    N_ITEMS(blocks));
	tcase_add_loop_test(tc, finds_whom_asking_all_would_find, 0,
	    (int)product_count());
	tcase_add_test(tc, grows_with_the_list);
	tcase_add_loop_test(tc, asks_few, 0, N_ITEMS(masses));
	return unit_run(tc);
}
