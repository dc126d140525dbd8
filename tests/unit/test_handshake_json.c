/* One handshake as JSON: the example of product.md, the unknown, the hostile. */
#include <json-c/json.h>

#include "base/attr.h"
#include "base/clock.h"
#include "report/report.h"
#include "unit.h"

static const struct text names[] = { { "*.bank.example", 14 },
	{ "bank.example", 12 } };

static const struct certificate leaf = {
	.subject = { "CN=api.bank.example", 19 },
	.issuer = { "CN=Corp Decrypt CA", 18 },
	.names = names,
	.n_names = 2,
	.sha256 = { 0xab, [31] = 0x01 },
	.not_before = 1795305600 * CLOCK_SECOND,
	.not_after = CLOCK_UNKNOWN,
	.has_der = true,
};

/* The handshake that product.md shows. */
static void
fill(struct handshake *h)
{
	static const char alpn[] = "\x02h2\x08http/1.1";

	handshake_init(h);
	h->hello = (struct origin){ 120334, 1795166724113000000 };
	h->stream = 8841;
	h->leg = LEG_CLIENT;
	h->transport = TRANSPORT_TCP;
	ck_assert(endpoint_parse(TEXT("10.8.2.31"), &h->client));
	h->client.port = 50112;
	ck_assert(endpoint_parse(TEXT("203.0.113.10"), &h->server));
	h->server.port = 443;
	h->host = TEXT("api.bank.example");
	h->host_source = HOST_SNI;
	h->offered = (struct client_hello){ .seen = true,
		.n_versions = 3,
		.versions = { 0x0304, 0x7f1c, 0x0303 },
		.alpn = { alpn, sizeof(alpn) - 1 },
		.session_id_len = 32,
		.psk_offered = TRUTH_NO,
		.ticket_offered = TRUTH_NO,
		.early_data = TRUTH_NO,
		.ech = ECH_NONE,
		.engine = ENGINE_APP,
		.ja4 = TEXT("t13d1516h2_8daaf6152771_e5627efa2ab1") };
	h->chosen = (struct server_hello){ .seen = true,
		.version = 0x0304,
		.cipher = 0x1301,
		.psk_accepted = TRUTH_NO,
		.session_id_echoed = TRUTH_YES,
		.retry = TRUTH_NO,
		.sentinel = TRUTH_NO };
	h->certificate = &leaf;
	h->chain = 2;
	h->certificate_requested = TRUTH_NO;
	h->n_alerts = 1;
	h->alerts[0] = (struct alert){ SIDE_CLIENT, ALERT_DECRYPTED, 2, 46,
		{ 120341, CLOCK_UNKNOWN } };
	h->close_by = SIDE_CLIENT;
	h->close_how = CLOSE_FIN;
	h->close_after = PHASE_SERVER_FLIGHT;
	h->close_us = 4100;
	h->bytes_known = true;
	h->resumption = RESUMPTION_NONE;
	h->interception = INTERCEPTION_PROVEN;
	h->outcome = OUTCOME_REJECTED;
	h->sign = SIGN_DECRYPTED_ALERT;
}

START_TEST(writes_the_example_of_the_contract)
{
	static const char want[] =
	    "{\"schema\":\"pinspot/handshake/v1\",\"input\":0,\"frame\":120334,"
	    "\"line\":null,\"stream\":8841,"
	    "\"time\":\"2026-11-20T09:25:24.113000Z\","
	    "\"leg\":\"client\",\"transport\":\"tcp\",\"tunnel\":null,"
	    "\"client\":{\"ip\":\"10.8.2.31\",\"port\":50112},"
	    "\"server\":{\"ip\":\"203.0.113.10\",\"port\":443},"
	    "\"host\":{\"name\":\"api.bank.example\",\"source\":\"sni\"},"
	    "\"user\":null,\"app\":null,"
	    "\"hello\":{\"versions\":[\"1.3\",\"1.2\"],"
	    "\"alpn\":[\"h2\",\"http/1.1\"],\"psk_offered\":false,"
	    "\"ticket_offered\":false,\"session_id_len\":32,"
	    "\"early_data\":false,\"ech\":\"none\","
	    "\"ja4\":\"t13d1516h2_8daaf6152771_e5627efa2ab1\","
	    "\"engine\":\"app\"},"
	    "\"server_hello\":{\"version\":\"1.3\","
	    "\"cipher\":\"TLS_AES_128_GCM_SHA256\",\"alpn\":null,"
	    "\"psk_accepted\":false,\"session_id_echoed\":true,"
	    "\"retry\":false,\"downgrade_sentinel\":false},"
	    "\"certificate\":{\"subject\":\"CN=api.bank.example\","
	    "\"issuer\":\"CN=Corp Decrypt CA\",\"sha256\":"
	    "\"ab0000000000000000000000000000000000000000000000000000000000"
	    "0001\",\"not_before\":\"2026-11-22T00:00:00.000000Z\","
	    "\"not_after\":null,\"names\":[\"*.bank.example\","
	    "\"bank.example\"],\"chain\":2},\"certificate_requested\":false,"
	    "\"alerts\":[{\"from\":\"client\",\"level\":\"fatal\",\"code\":46,"
	    "\"name\":\"certificate_unknown\",\"how\":\"decrypted\"}],"
	    "\"close\":{\"by\":\"client\",\"how\":\"fin\","
	    "\"after\":\"server-flight\",\"ms\":4.1},"
	    "\"bytes\":{\"client_data\":0,\"server_data\":0},"
	    "\"resumption\":\"none\",\"intercepted\":true,"
	    "\"interception\":\"proven\",\"count\":1,\"gap\":false,"
	    "\"outcome\":\"rejected\",\"sign\":\"decrypted-alert\","
	    "\"class\":\"pinning\",\"finding\":\"f-7c1d90ab\"}\n";
	struct handshake h;
	struct buf out = { 0 };

	fill(&h);
	handshake_json(&h, TEXT("pinning"), TEXT("f-7c1d90ab"), &out);
	ck_assert_str_eq(out.at, want);
	buf_free(&out);
}
END_TEST

static struct json_object *
parse(const struct handshake *h, const char *class)
{
	struct buf out = { 0 };
	struct json_object *object;

	handshake_json(h, text_of(class), (struct text){ 0 }, &out);
	ck_assert_uint_gt(out.n, 0);
	ck_assert_int_eq(out.at[out.n - 1], '\n');
	ck_assert_ptr_eq(memchr(out.at, '\n', out.n), out.at + out.n - 1);
	object = json_tokener_parse(out.at);
	ck_assert_ptr_nonnull(object);
	buf_free(&out);
	return object;
}

static struct json_object *
member(struct json_object *object, const char *path)
{
	struct text rest = text_of(path), key;
	struct json_object *value = object;
	char name[64];

	while (rest.n > 0) {
		text_split(&rest, '.', &key);
		snprintf(name, sizeof(name), "%.*s", TEXT_ARG(key));
		ck_assert_msg(json_object_object_get_ex(value, name, &value),
		    "no %s", path);
	}
	return value;
}

START_TEST(shows_the_unknown_as_null)
{
	static const char *const null[] = { "frame", "line", "stream", "time",
		"transport", "tunnel", "client.ip", "client.port", "server.ip",
		"server.port", "host.name", "host.source", "user", "app",
		"hello.versions", "hello.alpn", "hello.psk_offered",
		"hello.ticket_offered", "hello.session_id_len",
		"hello.early_data", "hello.ech", "hello.ja4", "hello.engine",
		"server_hello.version", "server_hello.cipher",
		"server_hello.alpn", "server_hello.psk_accepted",
		"server_hello.session_id_echoed", "server_hello.retry",
		"server_hello.downgrade_sentinel", "certificate.subject",
		"certificate.issuer", "certificate.sha256",
		"certificate.not_before", "certificate.not_after",
		"certificate.names", "certificate.chain",
		"certificate_requested", "close.by", "close.how", "close.after",
		"close.ms", "bytes.client_data", "bytes.server_data",
		"resumption", "intercepted", "outcome", "sign", "class",
		"finding" };
	struct handshake h;
	struct json_object *object;

	handshake_init(&h);
	object = parse(&h, "");
	for (size_t i = 0; i < N_ITEMS(null); i++)
		ck_assert_msg(member(object, null[i]) == NULL, "%s", null[i]);
	ck_assert_str_eq(json_object_get_string(member(object, "leg")),
	    "unknown");
	ck_assert_str_eq(
	    json_object_get_string(member(object, "interception")), "unknown");
	ck_assert_int_eq(json_object_array_length(member(object, "alerts")), 0);
	json_object_put(object);
}
END_TEST

START_TEST(tells_a_line_of_a_log_from_a_frame)
{
	struct handshake h;
	struct json_object *object;

	handshake_init(&h);
	h.from_log = true;
	h.deciding.record = 18220;
	object = parse(&h, "");
	ck_assert_int_eq(json_object_get_int(member(object, "line")), 18220);
	ck_assert_ptr_null(member(object, "frame"));
	json_object_put(object);
}
END_TEST

START_TEST(keeps_hostile_text_inside_its_string)
{
	static const char nasty[] =
	    "\"},{\\\x01\x1f\x7f\r\n\xff\xc0\xaf\xe2\x80\xae\xf0\x9f\x94\x92";
	static const char want[] = "\"},{\\\x01\x1f\x7f\r\n\xef\xbf\xbd"
				   "\xef\xbf\xbd\xef\xbf\xbd\xe2\x80\xae"
				   "\xf0\x9f\x94\x92";
	struct handshake h;
	struct json_object *object;

	handshake_init(&h);
	h.host = (struct text){ nasty, sizeof(nasty) }; /* with its NUL */
	h.offered.alpn = (struct text){ "\x03\"\\\x80\x09x", 6 };
	object = parse(&h, nasty);
	ck_assert_int_eq(json_object_get_string_len(
	    member(object, "host.name")), sizeof(want));
	ck_assert_mem_eq(json_object_get_string(member(object, "host.name")),
	    want, sizeof(want));
	ck_assert_str_eq(json_object_get_string(json_object_array_get_idx(
	    member(object, "hello.alpn"), 0)), "\"\\\xef\xbf\xbd");
	/* The second name says that it is longer than what is there. */
	ck_assert_int_eq(
	    json_object_array_length(member(object, "hello.alpn")), 1);
	json_object_put(object);
}
END_TEST

START_TEST(names_what_has_no_name_by_number)
{
	struct handshake h;
	struct json_object *object, *versions;

	handshake_init(&h);
	h.offered.n_versions = 3;
	h.offered.versions[0] = 0x7e01;
	h.offered.versions[1] = 0xfb1a;
	h.offered.versions[2] = 0x7e01;
	h.chosen.version = 0x7e02;
	h.chosen.cipher = 0xfe77;
	object = parse(&h, "");
	versions = member(object, "hello.versions");
	ck_assert_int_eq(json_object_array_length(versions), 2);
	ck_assert_str_eq(json_object_get_string(
	    json_object_array_get_idx(versions, 0)), "0x7e01");
	ck_assert_str_eq(json_object_get_string(
	    json_object_array_get_idx(versions, 1)), "0xfb1a");
	ck_assert_str_eq(json_object_get_string(
	    member(object, "server_hello.version")), "0x7e02");
	ck_assert_str_eq(json_object_get_string(
	    member(object, "server_hello.cipher")), "0xfe77");
	json_object_put(object);
}
END_TEST

START_TEST(writes_milliseconds_without_idle_zeros)
{
	static const struct {
		int64_t us;
		const char *ms;
	} cases[] = { { 0, "\"ms\":0}" }, { 4100, "\"ms\":4.1}" },
		{ 7, "\"ms\":0.007}" }, { 12000, "\"ms\":12}" },
		{ 1230, "\"ms\":1.23}" }, { -1, "\"ms\":null}" } };
	struct handshake h;
	struct buf out;

	for (size_t i = 0; i < N_ITEMS(cases); i++) {
		out = (struct buf){ 0 };
		handshake_init(&h);
		h.close_us = cases[i].us;
		handshake_json(&h, (struct text){ 0 }, (struct text){ 0 },
		    &out);
		ck_assert_ptr_nonnull(strstr(out.at, cases[i].ms));
		buf_free(&out);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("handshake_json");

	tcase_add_test(tc, writes_the_example_of_the_contract);
	tcase_add_test(tc, shows_the_unknown_as_null);
	tcase_add_test(tc, tells_a_line_of_a_log_from_a_frame);
	tcase_add_test(tc, keeps_hostile_text_inside_its_string);
	tcase_add_test(tc, names_what_has_no_name_by_number);
	tcase_add_test(tc, writes_milliseconds_without_idle_zeros);
	return unit_run(tc);
}
