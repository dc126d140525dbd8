#include "logs.h"

#include <stdio.h>

#include "unit.h"

/* The samples, and what the first handshake of each tells. */
static const struct sample {
	const char *name, *kind;
	size_t n_handshakes;
	uint64_t n_bad;
	const char *host, *client;
	enum leg leg;
	enum outcome outcome;
	int alert; /* -1: none */
	uint32_t count;
} samples[] = {
	{ "panos-pairs", "panos-pairs", 2, 1, "client.dropbox.com",
	    "192.0.2.44", LEG_CLIENT, OUTCOME_REJECTED, 48, 1 },
	{ "umbrella", "umbrella", 3, 2, "client.dropbox.com", "192.0.2.44",
	    LEG_UNKNOWN, OUTCOME_IDLE, -1, 1 },
	{ "ftd", "ftd", 2, 1, "client.dropbox.com", "192.0.2.44", LEG_CLIENT,
	    OUTCOME_ACCEPTED, -1, 1 },
	{ "ftd-export", "ftd", 3, 1, "", "192.0.2.44", LEG_CLIENT,
	    OUTCOME_REJECTED, 48, 1 },
	{ "proxysg", "proxysg", 2, 1, "client.dropbox.com", "192.0.2.44",
	    LEG_CLIENT, OUTCOME_IDLE, -1, 1 },
	{ "proxysg-json", "proxysg", 2, 1, "client.dropbox.com", "192.0.2.44",
	    LEG_CLIENT, OUTCOME_IDLE, -1, 1 },
	{ "proxysg-syslog", "proxysg", 2, 1, "client.dropbox.com",
	    "192.0.2.44", LEG_CLIENT, OUTCOME_REJECTED, -1, 1 },
	{ "sslv", "sslv", 2, 1, "client.dropbox.com", "192.0.2.44",
	    LEG_CLIENT, OUTCOME_REJECTED, 48, 1 },
	{ "squid", "squid", 3, 1, "client.dropbox.com", "192.0.2.44",
	    LEG_CLIENT, OUTCOME_REJECTED, 48, 1 },
	{ "squid-cache", "squid-cache", 4, 1, "", "", LEG_CLIENT,
	    OUTCOME_REJECTED, 48, 1 },
	{ "fortios", "fortios", 4, 1, "", "192.0.2.44", LEG_CLIENT,
	    OUTCOME_REJECTED, 48, 1 },
	{ "zscaler", "zscaler", 2, 1, "client.dropbox.com", "192.0.2.44",
	    LEG_CLIENT, OUTCOME_REJECTED, 48, 7 },
	{ "checkpoint", "checkpoint", 3, 1, "", "192.0.2.44", LEG_CLIENT,
	    OUTCOME_REJECTED, -1, 1 },
	{ "netskope", "netskope", 2, 1, "client.dropbox.com", "192.0.2.44",
	    LEG_CLIENT, OUTCOME_REJECTED, -1, 1 },
	{ "netskope-events", "netskope-events", 3, 1, "client.dropbox.com",
	    "192.0.2.44", LEG_CLIENT, OUTCOME_REJECTED, -1, 1 },
	{ "mitmproxy", "mitmproxy", 7, 1, "client.dropbox.com", "192.0.2.44",
	    LEG_CLIENT, OUTCOME_REJECTED, 48, 1 },
	{ "sslproxy", "sslproxy", 6, 1, "client.dropbox.com", "192.0.2.44",
	    LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1 },
	{ "haproxy", "haproxy", 3, 1, "", "192.0.2.44", LEG_CLIENT,
	    OUTCOME_REJECTED, -1, 1 },
	{ "ecs", "ecs", 3, 1, "", "192.0.2.44", LEG_CLIENT, OUTCOME_REJECTED, 48,
	    1 },
	{ "cef-columns", "cef-columns", 2, 1, "www.example", "192.0.2.44",
	    LEG_CLIENT, OUTCOME_REJECTED, 48, 1 },
	{ "csv-message", "csv-message", 3, 1, "client.dropbox.com",
	    "192.0.2.44", LEG_CLIENT, OUTCOME_REJECTED, 48, 1 },
	{ "suricata-text", "suricata-text", 3, 1, "",
	    "192.0.2.44", LEG_UNKNOWN, OUTCOME_ACCEPTED, -1, 1 },
	{ "kv", "kv", 2, 1, "client.dropbox.com", "192.0.2.44", LEG_UNKNOWN,
	    OUTCOME_ACCEPTED, -1, 1 },
	{ "sophos", "sophos", 2, 1, "client.dropbox.com", "192.0.2.44",
	    LEG_CLIENT, OUTCOME_REJECTED, 48, 1 },
};

static size_t
slurp(const char *name, char *out, size_t room)
{
	char path[128];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "samples/logs/%s.log", name);
	f = fopen(path, "rb");
	ck_assert_ptr_nonnull(f);
	n = fread(out, 1, room, f);
	fclose(f);
	return n;
}

static char bytes[65536];

START_TEST(reads_each_sample)
{
	const struct sample *s = &samples[_i];
	struct logs l = { 0 };
	const struct handshake *h = &l.at[0];
	char address[ADDRESS_TEXT_SIZE];

	logs_read(&l, bytes, slurp(s->name, bytes, sizeof(bytes)));
	ck_assert_int_eq(l.result, 0);
	ck_assert_str_eq(l.info.kind, s->kind);
	ck_assert_uint_eq(l.n, s->n_handshakes);
	ck_assert_uint_eq(l.info.bad, s->n_bad);
	ck_assert(text_is(h->host, s->host));
	ck_assert_str_eq(endpoint_address(&h->client, address), s->client);
	ck_assert_int_eq(h->leg, s->leg);
	ck_assert_int_eq(h->outcome, s->outcome);
	ck_assert_uint_eq(h->count, s->count);
	ck_assert_int_eq(h->n_alerts > 0 ? h->alerts[0].code : -1, s->alert);
	logs_free(&l);
}
END_TEST

/* A log cut anywhere loses at most its last line, and nothing before it. */
START_TEST(survives_every_truncation)
{
	const struct sample *s = &samples[_i];
	size_t n = slurp(s->name, bytes, sizeof(bytes));
	size_t whole = 0;

	for (size_t cut = 1; cut < n; cut += cut < 200 ? 1 : 7) {
		struct logs l = { 0 };
		char *copy = malloc(cut);

		memcpy(copy, bytes, cut);
		logs_read(&l, copy, cut);
		ck_assert_uint_ge(l.n + 1, whole);
		if (l.n > whole)
			whole = l.n;
		logs_free(&l);
		free(copy);
	}
}
END_TEST

/* The samples of all products as one stream: each line finds its format. */
START_TEST(tells_mixed_lines_apart)
{
	struct logs l = { 0 };
	size_t n = 0, handshakes = 0;
	char *all = malloc(sizeof(bytes) * 4);

	for (size_t i = 0; i < N_ITEMS(samples); i++) {
		n += slurp(samples[i].name, all + n, sizeof(bytes));
		handshakes += samples[i].n_handshakes;
	}
	logs_read(&l, all, n);
	ck_assert_uint_eq(l.n, handshakes);
	logs_free(&l);
	free(all);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("products");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, reads_each_sample, 0, N_ITEMS(samples));
	tcase_add_loop_test(tc, survives_every_truncation, 0,
	    N_ITEMS(samples));
	tcase_add_test(tc, tells_mixed_lines_apart);
	return unit_run(tc);
}
