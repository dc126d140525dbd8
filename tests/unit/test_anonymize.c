#include "unit.h"

#include "report/anonymize.h"
#include "report/report.h"
#include "traffic.h"

/* Whatever of this is in an output has escaped. */
static const char *const secrets[] = { "10.8.4.77", "192.168.7.9", "alice",
	"John Smith", "LAPTOP-17", "intranet.corp", "mail.acme.local",
	"Acme", "acme-edge", "/srv/secret", "no-decrypt-board",
	"f-00000001", "aabbccdd" };

static const uint8_t key[DIGEST_SIZE] = { 1, 2, 3 };

static struct text *
texts(struct report *r, const char *a, const char *b)
{
	struct text *list = pool_zero(r->pool, 2 * sizeof(*list));

	list[0] = pool_intern(r->pool, text_of(a));
	list[1] = pool_intern(r->pool, text_of(b));
	return list;
}

static void
fill_handshake(struct report *r, struct handshake *h)
{
	struct certificate *c = pool_zero(r->pool, sizeof(*c));

	handshake_init(h);
	(void)endpoint_parse(TEXT("10.8.4.77"), &h->client);
	(void)endpoint_parse(TEXT("192.168.7.9"), &h->server);
	h->host = TEXT("intranet.corp");
	h->user = TEXT("ACME\\alice");
	h->device = TEXT("LAPTOP-17");
	h->policy = TEXT("no-decrypt-board");
	h->error = TEXT("client 10.8.4.77: BadCertificate for mail.acme.local");
	c->subject = TEXT("CN=intranet.corp,O=Acme");
	c->subject_cn = TEXT("intranet.corp");
	c->issuer = TEXT("CN=Acme Decrypt CA,O=Acme");
	c->issuer_cn = c->issuer_o = TEXT("Acme Decrypt CA");
	c->serial = TEXT("aabbccdd");
	c->names = texts(r, "intranet.corp", "mail.acme.local");
	c->n_names = 2;
	c->not_before = c->not_after = CLOCK_UNKNOWN;
	h->certificate = c;
}

static struct day
sample(void)
{
	static struct endpoint addresses[2];
	struct day d = day_new();
	struct report *r = d.r;
	struct handshake *proof;
	struct finding *f;

	addresses[0] = (struct endpoint){ 4, 0, { 192, 168, 7, 9 } };
	addresses[1] = (struct endpoint){ 4, 0, { 203, 0, 113, 4 } };
	f = day_rejects(&d, "intranet.corp", "10.8.4.77", "app", 3,
	    CLASS_PINNING);
	day_accepts(&d, "api.bank.example", "ACME\\alice", "browser", 4);
	r->profiles[0].user = TEXT("John Smith");
	r->profiles[0].device = TEXT("LAPTOP-17");
	r->profiles[1].user = TEXT("ACME\\alice");
	r->hosts[0].addresses = addresses;
	r->hosts[0].n_addresses = N_ITEMS(addresses);
	r->interceptor = TEXT("CN=Acme Decrypt CA,O=Acme");
	r->inputs = pool_zero(r->pool, sizeof(*r->inputs));
	r->inputs[0].name = TEXT("/srv/secret/acme-edge 1.pcapng");
	r->inputs[0].kind = "pcapng";
	r->n_inputs = 1;
	f->rule = TEXT("pinning-contrast");
	f->subject = TEXT("app on LAPTOP-17 (John Smith)");
	f->hosts = texts(r, "intranet.corp", "mail.acme.local");
	f->n_hosts = 2;
	f->clients = texts(r, "10.8.4.77", "ACME\\alice");
	f->n_clients_shown = 2;
	f->reasons = texts(r, "10.8.4.77 rejects intranet.corp:443, that of "
	    "John Smith", "see acme-edge 1.pcapng, issuer CN=Acme Decrypt "
	    "CA,O=Acme.");
	f->n_reasons = 2;
	f->doubts = texts(r, "ask alice (ACME\\alice)", "or LAPTOP-17.");
	f->n_doubts = 2;
	f->advice = TEXT("Exclude intranet.corp, for 10.8.4.77/32");
	f->evidence = pool_zero(r->pool, sizeof(*f->evidence));
	f->evidence[0].what = TEXT("user");
	f->evidence[0].value = TEXT("John Smith");
	f->evidence[0].stream = -1;
	f->evidence[0].line = 1;
	f->n_evidence = 1;
	f->first_seen = f->last_seen = r->last;
	proof = pool_zero(r->pool, sizeof(*proof));
	fill_handshake(r, proof);
	f->proof = proof;
	r->suggestions = pool_zero(r->pool, sizeof(*r->suggestions));
	r->suggestions[0] = (struct entry){ .product = "mitmproxy",
		.entry = TEXT("^intranet\\.corp:443$"),
		.matches = TEXT("host"), .verdict = VERDICT_ADD,
		.comment = TEXT("pinspot: pinning f-00000001"),
		.findings = texts(r, "f-00000001", ""), .n_findings = 1,
		.others = texts(r, "mail.acme.local", ""), .n_others = 1,
		.why = TEXT("for LAPTOP-17") };
	r->n_suggestions = 1;
	r->next_steps = pool_zero(r->pool, sizeof(*r->next_steps));
	r->next_steps[0].text = TEXT("Re-enrol 10.8.4.77");
	r->next_steps[0].command = TEXT("pinspot explain intranet.corp "
	    "'/srv/secret/acme-edge 1.pcapng'");
	r->n_next_steps = 1;
	r->notes = texts(r, "learned CN=Acme Decrypt CA,O=Acme", "Acme Decrypt "
	    "CA it is");
	r->n_notes = 2;
	r->filters = texts(r, "--client 10.8.4.77/32 hid 3 findings", "");
	r->n_filters = 1;
	r->product = "mitmproxy";
	return d;
}

static void
check_clean(const char *name, const struct buf *out)
{
	for (size_t i = 0; i < N_ITEMS(secrets); i++)
		ck_assert_msg(text_find(buf_view(out), secrets[i]) < 0,
		    "%s tells %s:\n%s", name, secrets[i], out->at);
}

START_TEST(no_format_tells_a_secret)
{
	const struct render_options o = { .verbose = 2 };
	struct day d = sample();
	struct anonymizer *a = anonymizer_new(key);

	anonymize_report(a, d.r);
	for (const struct renderer *f = renderers; f->name != NULL; f++) {
		struct buf out = { 0 };

		f->render(d.r, &o, &out);
		ck_assert_uint_gt(out.n, 0);
		check_clean(f->name, &out);
		buf_free(&out);
	}
	/* The names that it is about stay. */
	ck_assert(text_is(d.r->hosts[1].name, "api.bank.example"));
	ck_assert_int_eq(d.r->hosts[0].addresses[0].address[0], 0x20);
	ck_assert_int_eq(d.r->hosts[0].addresses[1].address[0], 203);
	anonymizer_free(a);
	report_free(d.r);
}
END_TEST

START_TEST(no_handshake_tells_a_secret)
{
	struct report *r = report_new();
	struct anonymizer *a = anonymizer_new(key);
	struct handshake h, out;
	struct buf line = { 0 };

	fill_handshake(r, &h);
	anonymize_handshake(a, &h, r->pool, &out);
	handshake_json(&out, TEXT("pinning"), (struct text){ NULL, 0 }, &line);
	check_clean("handshake", &line);
	ck_assert_int_eq(out.client.family, 6);
	buf_free(&line);
	anonymizer_free(a);
	report_free(r);
}
END_TEST

static void
render(struct day *d, const uint8_t with[DIGEST_SIZE], struct buf *out)
{
	const struct render_options o = { 0 };
	struct anonymizer *a = anonymizer_new(with);

	anonymize_report(a, d->r);
	renderer_by_name("json")->render(d->r, &o, out);
	anonymizer_free(a);
	report_free(d->r);
}

START_TEST(keeps_its_pseudonyms_under_one_key)
{
	static const uint8_t other[DIGEST_SIZE] = { 9 };
	struct buf first = { 0 }, again = { 0 }, different = { 0 };
	struct day d = sample();

	render(&d, key, &first);
	d = sample();
	render(&d, key, &again);
	d = sample();
	render(&d, other, &different);
	ck_assert(text_equal(buf_view(&first), buf_view(&again)));
	ck_assert(!text_equal(buf_view(&first), buf_view(&different)));
	buf_free(&first);
	buf_free(&again);
	buf_free(&different);
}
END_TEST

START_TEST(one_client_has_one_pseudonym_everywhere)
{
	struct day d = sample();
	struct anonymizer *a = anonymizer_new(key);
	char address[ADDRESS_TEXT_SIZE];
	const struct finding *f = &d.r->findings[0];

	anonymize_report(a, d.r);
	endpoint_address(&f->proof->client, address);
	ck_assert(text_is(d.r->profiles[0].client, address));
	ck_assert(text_is(f->clients[0], address) ||
	    text_is(f->clients[1], address));
	ck_assert(text_find(f->reasons[0], address) >= 0 ||
	    text_find(f->reasons[1], address) >= 0);
	ck_assert(text_equal(d.r->suggestions[0].findings[0],
	    text_of(f->id)));
	anonymizer_free(a);
	report_free(d.r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("anonymize");

	tcase_add_test(tc, no_format_tells_a_secret);
	tcase_add_test(tc, no_handshake_tells_a_secret);
	tcase_add_test(tc, keeps_its_pseudonyms_under_one_key);
	tcase_add_test(tc, one_client_has_one_pseudonym_everywhere);
	return unit_run(tc);
}
