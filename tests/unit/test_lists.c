/*
 * Every product writes what it can read again, and nothing that a stranger put
 * into a name gets through.
 */
#include "unit.h"

#include <stdio.h>

#include "exclude/product.h"
#include "exclude/registry.h"

static const struct wanted wishes[] = {
	{ TEXT_INIT("api.bank.example"), WANT_NAME, false, 0 },
	{ TEXT_INIT("push.example.com"), WANT_CHILDREN, false, 0 },
	{ TEXT_INIT("corp.example"), WANT_NAME | WANT_CHILDREN | 4, false, 0 },
	{ TEXT_INIT("xn--bcher-kva.example"), WANT_NAME, false, 0 },
};

static const char *const names[] = { "api.bank.example", "bank.example",
	"v1.api.bank.example", "push.example.com", "1.push.example.com",
	"a.1.push.example.com", "corp.example", "a.corp.example",
	"b.a.corp.example", "xn--bcher-kva.example", "other.example" };

static const char comment[] = "pinspot: pinning f-7c1d90ab 2026-11-20";

/* The names that must match: bit i for names[i]. */
enum { MUST = 1 << 0 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 9,
	MUST_NOT = 1 << 1 | 1 << 10 };

static void
fill(struct exclusions *l, const struct product *p)
{
	struct text out[EXPRESS_MAX];

	for (size_t i = 0; i < N_ITEMS(wishes); i++) {
		size_t n = p->express(&wishes[i], l->pool, out);

		ck_assert_uint_gt(n, 0);
		for (size_t k = 0; k < n; k++) {
			struct exclusions one;

			/* Its own reader knows the form. */
			list_init(&one);
			p->read(&one, out[k]);
			ck_assert_uint_eq(one.n, 1);
			list_add(l, p, one.entries[0].entry,
			    one.entries[0].form, text_of(comment), 0);
			list_free(&one);
		}
	}
}

static unsigned
matched(const struct exclusions *l)
{
	unsigned bits = 0;

	for (size_t n = 0; n < N_ITEMS(names); n++)
		for (size_t i = 0; i < l->n; i++) {
			struct host_facts f = { .name = text_of(names[n]) };

			if (l->entries[i].sound &&
			    l->entries[i].product->match(&l->entries[i], &f))
				bits |= 1u << n;
		}
	return bits;
}

START_TEST(writes_what_it_reads_again)
{
	const struct product *p = product_at((size_t)_i);
	struct exclusions made, read;

	list_init(&made);
	fill(&made, p);
	ck_assert_uint_eq(matched(&made) & MUST, MUST);
	ck_assert_uint_eq(matched(&made) & MUST_NOT, 0);
	for (const struct list_form *f = p->forms; f->name != NULL; f++) {
		struct buf out = { 0 };

		ck_assert_uint_eq(product_write(f, made.entries, made.n, &out),
		    0);
		list_init(&read);
		list_read(&read, p, buf_view(&out));
		/* A wider form is fine, a narrower one is not. */
		ck_assert_msg((matched(&read) & matched(&made)) ==
		    matched(&made) && !(matched(&read) & MUST_NOT),
		    "%s %s: %s", p->name, f->name, out.at);
		for (size_t i = 0; f == p->forms && i < made.n; i++) {
			struct listed *e = NULL;

			for (size_t k = 0; k < read.n; k++)
				if (text_equal(made.entries[i].entry,
				    read.entries[k].entry))
					e = &read.entries[k];
			ck_assert_msg(e != NULL, "%s lost %.*s", p->name,
			    TEXT_ARG(made.entries[i].entry));
			if (f->comments)
				ck_assert_msg(text_is(e->comment, comment),
				    "%s: '%.*s'", p->name,
				    TEXT_ARG(e->comment));
		}
		list_free(&read);
		buf_free(&out);
	}
	list_free(&made);
}
END_TEST

START_TEST(is_recognised_from_its_usual_form)
{
	const struct product *p = product_at((size_t)_i);
	struct exclusions made, read;
	struct buf out = { 0 };

	if (p->probe == NULL || text_is(text_of(p->name), "squid"))
		return;
	list_init(&made);
	fill(&made, p);
	product_write(&p->forms[0], made.entries, made.n, &out);
	list_init(&read);
	list_read(&read, NULL, buf_view(&out));
	/* Zscaler's usual form is names and dots, as others have them. */
	if (!text_is(text_of(p->name), "zscaler"))
		ck_assert_str_eq(read.product->name, p->name);
	list_free(&read);
	list_free(&made);
	buf_free(&out);
}
END_TEST

START_TEST(registry_round_trips)
{
	const struct product *p = product_at((size_t)_i);
	struct buf out = { 0 }, again = { 0 };
	struct exclusions made, read;

	list_init(&made);
	fill(&made, p);
	made.entries[0].owner = TEXT("=HYPERLINK(\"x\")");
	made.entries[0].reason = TEXT("two\nlines, \"quoted\"");
	made.entries[0].review = TEXT("2027-02-18");
	registry_write(made.entries, made.n, &out);
	list_init(&read);
	list_read(&read, NULL, buf_view(&out));
	ck_assert(read.registry);
	ck_assert_uint_eq(read.n, made.n);
	for (size_t i = 0; i < read.n; i++) {
		ck_assert_ptr_eq(read.entries[i].product, p);
		ck_assert(text_equal(read.entries[i].entry,
		    made.entries[i].entry));
		ck_assert_int_eq(read.entries[i].form, made.entries[i].form);
	}
	ck_assert(text_is(read.entries[0].owner, "=HYPERLINK(\"x\")"));
	ck_assert(text_is(read.entries[0].review, "2027-02-18"));
	ck_assert(text_find(buf_view(&out), "\"'=HYPERLINK") > 0);
	registry_write(read.entries, read.n, &again);
	ck_assert(text_equal(buf_view(&out), buf_view(&again)));
	list_free(&read);
	list_free(&made);
	buf_free(&out);
	buf_free(&again);
}
END_TEST

static const struct text hostile[] = { TEXT_INIT("a b.example"),
	TEXT_INIT("a\nb.example"), TEXT_INIT("a\0b.example"),
	TEXT_INIT("\x1b[2J.example"), TEXT_INIT("\xff\xfe.example"),
	TEXT_INIT("b\xc3\xbc" "cher.example"), TEXT_INIT("a'b.example"),
	TEXT_INIT("a\"b.example"), TEXT_INIT("`id`.example"),
	TEXT_INIT("a;b.example"), TEXT_INIT("a&b.example"),
	TEXT_INIT("a%b.example"), TEXT_INIT("a#b.example"),
	TEXT_INIT("@SUM(A1).example"), TEXT_INIT("a~b.example") };

START_TEST(never_writes_what_is_not_sound)
{
	const struct product *p = product_at((size_t)_i);
	struct exclusions l;

	list_init(&l);
	for (size_t i = 0; i < N_ITEMS(hostile); i++)
		list_add(&l, p, hostile[i], FORM_NAME, hostile[i], 1);
	ck_assert_uint_eq(l.n, N_ITEMS(hostile));
	for (const struct list_form *f = p->forms; f->name != NULL; f++) {
		struct buf out = { 0 };

		ck_assert_uint_eq(product_write(f, l.entries, l.n, &out),
		    l.n);
		ck_assert(text_find(buf_view(&out), "b.example") < 0);
		buf_free(&out);
	}
	list_free(&l);
}
END_TEST

/* The comment is harmless in every form, too. */
START_TEST(defuses_comments)
{
	const struct product *p = product_at((size_t)_i);
	struct exclusions l;

	list_init(&l);
	for (size_t i = 0; i < N_ITEMS(hostile); i++)
		list_add(&l, p, TEXT("a.example"), FORM_NAME, hostile[i], 1);
	for (const struct list_form *f = p->forms; f->name != NULL; f++) {
		struct buf out = { 0 };

		product_write(f, l.entries, l.n, &out);
		for (size_t i = 0; i < out.n; i++)
			ck_assert(out.at[i] == '\n' || (out.at[i] >= ' ' &&
			    (unsigned char)out.at[i] < 0x7f));
		ck_assert(text_find(buf_view(&out), "`") < 0);
		ck_assert(text_find(buf_view(&out), "a\"b") < 0);
		ck_assert(text_find(buf_view(&out), "a'b") < 0);
		ck_assert(text_find(buf_view(&out), "a&b") < 0);
		buf_free(&out);
	}
	list_free(&l);
}
END_TEST

static const struct {
	const char *product, *content, *entries;
} exports[] = {
	{ "panos", "set shared ssl-decrypt ssl-exclude-cert \"*.a.example\" "
	    "exclude yes description \"x y\"\n"
	    "set shared ssl-decrypt ssl-exclude-cert b.example exclude no\n"
	    "set template T config shared ssl-decrypt ssl-exclude-cert "
	    "c.example exclude yes\n", "*.a.example c.example" },
	{ "panos", "<config><ssl-exclude-cert>\n<entry name=\"a.example\">"
	    "<exclude>yes</exclude></entry>\n<entry name='b.example'>"
	    "<exclude>no</exclude></entry></ssl-exclude-cert></config>",
	    "a.example" },
	{ "panos", "set profiles custom-url-category x list "
	    "[ a.example/ *.b.example/ ]\n", "a.example/ *.b.example/" },
	{ "umbrella", "{\"status\":{\"code\":200},\"data\":[{\"id\":\"1\","
	    "\"destination\":\"a.example\",\"comment\":null}]}", "a.example" },
	{ "proxysg", "define condition x\n url.domain=//a.example/ ; why\n "
	    "url.host.regex=\"^b\\.\" url.domain=c.example\nend\n",
	    "url.domain=a.example url.host.regex=^b\\. url.domain=c.example" },
	{ "zscaler", "{\"urls\":[\".a.example\",\"b.example\"]}",
	    ".a.example b.example" },
	{ "fortios", "config firewall wildcard-fqdn custom\n edit \"w\"\n "
	    "set wildcard-fqdn \"*.a.example\"\n next\n edit \"unused\"\n "
	    "set wildcard-fqdn \"*.b.example\"\n next\nend\n"
	    "config firewall address\n edit \"n\"\n set subnet 203.0.113.0 "
	    "255.255.255.0\n next\nend\nconfig firewall ssl-ssh-profile\n "
	    "edit \"p\"\n config ssl-exempt\n edit 1\n set type wildcard-fqdn\n"
	    " set wildcard-fqdn \"w\"\n next\n edit 2\n set type address\n "
	    "set address \"n\"\n next\n end\n next\nend\n",
	    "*.a.example 203.0.113.0/24" },
	{ "checkpoint", "mgmt_cli set application-site name \"x\" "
	    "url-list.add \"a.example\"\n", "a.example" },
	{ "squid", "acl x ssl::server_name .a.example b.example # why\n"
	    "acl y ssl::server_name_regex -i ^c\\.\n",
	    ".a.example b.example ^c\\." },
	{ "squid", "<sslnobumpsites>.a.example,b.example</sslnobumpsites>",
	    ".a.example b.example" },
	{ "mitmproxy", "mode: regular\nignore_hosts:\n  - '^a\\.example:443$'\n"
	    "  - ^b\\.example:443$\nssl_insecure: true\n",
	    "^a\\.example:443$ ^b\\.example:443$" },
	{ "sslproxy", "PassSite .a.example*\nPassSite b.example 192.0.2.1\n"
	    "Pass from ip 192.0.2.4 to sni c.example\nPass to cn d.example\n",
	    ".a.example* b.example c.example d.example" },
};

START_TEST(reads_what_products_export)
{
	struct text rest = text_of(exports[_i].entries), want;
	struct exclusions l;
	size_t n = 0;

	list_init(&l);
	list_read(&l, NULL, text_of(exports[_i].content));
	ck_assert_str_eq(l.product->name, exports[_i].product);
	while (rest.n > 0) {
		(void)text_split(&rest, ' ', &want);
		ck_assert_uint_lt(n, l.n);
		ck_assert_msg(text_equal(l.entries[n].entry, want),
		    "%.*s, expected %.*s", TEXT_ARG(l.entries[n].entry),
		    TEXT_ARG(want));
		n++;
	}
	ck_assert_uint_eq(n, l.n);
	list_free(&l);
}
END_TEST

static const struct {
	const char *product, *entry, *wrong; /* NULL: nothing */
} checks[] = {
	{ "panos", "*.example.com", NULL },
	{ "panos", "ex*.com", "whole label" },
	{ "panos", "https://a.example/", "scheme" },
	{ "panos", "a.example/x", "path" },
	{ "panos", "*.*.example.com/", "two '*'" },
	{ "umbrella", "*.example.com", "'*'" },
	{ "umbrella", "b\xc3\xbc" "cher.example", "xn--" },
	{ "zscaler", ".example.com", NULL },
	{ "zscaler", "*.example.com", "'*'" },
	{ "netskope", "a.*.example.com", "first label" },
	{ "fortios", "*.example.com", NULL },
	{ "ftd", "api.example.com", "CN=" },
	{ "ftd", "CN=*.example.com", NULL },
	{ "squid", "*.example.com", "'*'" },
	{ "squid", "example.com.", "dot" },
	{ "mitmproxy", "dropbox.com", "escaped" },
	{ "mitmproxy", "dropbox\\.com:443", "anchored" },
	{ "mitmproxy", "^dropbox\\.com$", "port" },
	{ "sophos", "^dropbox\\.com", "open" },
	{ "sslproxy", "*.example.com", "literal" },
	{ "plain", "a.example:443", "port" },
	{ "plain", "203.0.113.0/24", NULL },
};

/* What JSON can say and a C string cannot: cut at the NUL, it would be an entry
 * that nobody wrote. */
static const char *const with_nul[][2] = {
	{ "ftd", "[{\"dn\":\"CN=a.example\\u0000.b\",\"description\":\"x\\u0000y\","
	    "\"type\":\"DistinguishedName\"}]" },
	{ "umbrella", "[{\"destination\":\"a.example\\u0000.b\","
	    "\"comment\":\"x\\u0000y\"}]" },
	{ "zscaler", "{\"urls\":[\"a.example\\u0000.b\"]}" },
};

START_TEST(does_not_cut_an_entry_at_a_nul)
{
	const struct product *p = product_by_name(text_of(with_nul[_i][0]));
	const struct host_facts f = { .name = TEXT("a.example") };
	struct exclusions l;
	struct text entry;

	list_init(&l);
	list_read(&l, p, text_of(with_nul[_i][1]));
	ck_assert_uint_eq(l.n, 1);
	entry = l.entries[0].entry;
	ck_assert(text_ends(entry, ".b"));
	ck_assert(memchr(entry.at, '\0', entry.n) != NULL);
	ck_assert(!l.entries[0].sound);
	ck_assert(!p->match(&l.entries[0], &f));
	if (l.entries[0].comment.n > 0)
		ck_assert_uint_eq(l.entries[0].comment.n, 3);
	list_free(&l);
}
END_TEST

/* What is no list is one skipped line; other members are passed over. */
static const struct {
	const char *product, *content, *entries;
	unsigned n_skipped;
} odd_json[] = {
	{ "ftd", "{\"items\":[{\"dn\":\"CN=a.example\"},7,{\"dn\":9},"
	    "{\"dn\":\"CN=b.example\"}],\"x\":\"DistinguishedName\"}",
	    "CN=a.example CN=b.example", 1 },
	{ "ftd", "{\"x\":\"DistinguishedName\"}", "", 0 },
	{ "ftd", "{\"DistinguishedName\"", "", 1 },
	{ "umbrella", "{\"data\":[{\"destination\":\"a.example\"},[],"
	    "{\"destination\":null}]}", "a.example", 1 },
	{ "umbrella", "{\"data\":{\"destination\":\"a.example\"}}", "", 0 },
	{ "umbrella", "[\"destination\"", "", 1 },
};

START_TEST(reads_odd_json)
{
	struct exclusions l;
	struct buf all = { 0 };

	list_init(&l);
	list_read(&l, product_by_name(text_of(odd_json[_i].product)),
	    text_of(odd_json[_i].content));
	buf_string(&all, "");
	for (size_t i = 0; i < l.n; i++) {
		buf_string(&all, i > 0 ? " " : "");
		buf_text(&all, l.entries[i].entry);
	}
	ck_assert_str_eq(all.at, odd_json[_i].entries);
	ck_assert_uint_eq(l.n_skipped, odd_json[_i].n_skipped);
	buf_free(&all);
	list_free(&l);
}
END_TEST

START_TEST(tells_forms_that_do_not_match_as_meant)
{
	const struct product *p = product_by_name(text_of(checks[_i].product));
	const char *wrong;
	struct exclusions l;

	list_init(&l);
	p->read(&l, text_of(checks[_i].entry));
	ck_assert_uint_eq(l.n, 1);
	wrong = p->check(&l.entries[0]);
	if (checks[_i].wrong == NULL)
		ck_assert_msg(wrong == NULL, "%s: %s", checks[_i].entry, wrong);
	else
		ck_assert_msg(wrong != NULL &&
		    strstr(wrong, checks[_i].wrong) != NULL, "%s: %s",
		    checks[_i].entry, wrong);
	list_free(&l);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("lists");
	int n = (int)product_count();

	tcase_add_loop_test(tc, writes_what_it_reads_again, 0, n);
	tcase_add_loop_test(tc, is_recognised_from_its_usual_form, 0, n);
	tcase_add_loop_test(tc, registry_round_trips, 0, n);
	tcase_add_loop_test(tc, never_writes_what_is_not_sound, 0, n);
	tcase_add_loop_test(tc, defuses_comments, 0, n);
	tcase_add_loop_test(tc, reads_what_products_export, 0,
	    N_ITEMS(exports));
	tcase_add_loop_test(tc, does_not_cut_an_entry_at_a_nul, 0,
	    N_ITEMS(with_nul));
	tcase_add_loop_test(tc, reads_odd_json, 0, N_ITEMS(odd_json));
	tcase_add_loop_test(tc, tells_forms_that_do_not_match_as_meant, 0,
	    N_ITEMS(checks));
	return unit_run(tc);
}
