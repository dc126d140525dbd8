/*
 * test_lines.c - lines in the many shapes that versions, options and
 * administrators give them: recognised without being told, and read right.
 *
 * What is expected of a line is written as
 *
 *	client > server host/source leg version outcome alert-from:code user
 *
 * with '-' for what a line does not tell; "" where it tells no handshake, and
 * then it must not count as damaged either.  All that have a time are of about
 * 2026-03-04 09:15:02 UTC.
 */
#include <stdio.h>
#include <stdlib.h>

#include "knowledge/ciphers.h"
#include "logs.h"
#include "unit.h"

struct line {
	const char *kind, *text, *expected;
};

static const struct line lines[] = {
#include "lines.inc"
};

static const char *
word(const char *name)
{
	return name != NULL ? name : "-";
}

static size_t
put_endpoint(char *out, size_t room, const struct endpoint *e)
{
	char address[ADDRESS_TEXT_SIZE];

	return (size_t)snprintf(out, room, e->port > 0 ? "%s|%u" : "%s",
	    e->family > 0 ? endpoint_address(e, address) : "-", e->port);
}

static void
describe(const struct handshake *h, char *out, size_t room)
{
	size_t n = put_endpoint(out, room, &h->client);
	int code = h->n_alerts > 0 ? h->alerts[0].code : -1;

	n += (size_t)snprintf(out + n, room - n, " > ");
	n += put_endpoint(out + n, room - n, &h->server);
	n += (size_t)snprintf(out + n, room - n, " %.*s/%s %s %s %s ",
	    TEXT_ARG(h->host.n > 0 ? h->host : TEXT("-")),
	    word(host_source_name(h->host_source)), word(leg_name(h->leg)),
	    word(version_name(h->chosen.version)),
	    word(outcome_name(h->outcome)));
	if (code >= 0)
		n += (size_t)snprintf(out + n, room - n, "%s:%d",
		    word(side_name(h->alerts[0].from)), code);
	else
		n += (size_t)snprintf(out + n, room - n, "-");
	snprintf(out + n, room - n, " %.*s",
	    TEXT_ARG(h->user.n > 0 ? h->user : TEXT("-")));
}

static void
check_time(const struct handshake *h, const char *text)
{
	int64_t off = h->hello.time / CLOCK_SECOND - 1772615702;

	if (h->hello.time != CLOCK_UNKNOWN)
		ck_assert_msg(off > -7200 && off < 36000, "%s: the time is "
		    "%lld s off", text, (long long)off);
}

static void
check(const struct line *l, const char *text)
{
	struct logs logs = { 0 };
	char found[512] = "";

	logs_read_string(&logs, text);
	ck_assert_msg(logs.info.bad == 0, "%s: damaged", text);
	if (logs.n > 0)
		describe(&logs.at[0], found, sizeof(found));
	ck_assert_msg(strcmp(found, l->expected) == 0,
	    "%s\nis       %s\nexpected %s", text, found, l->expected);
	ck_assert_msg(logs.n == (l->expected[0] != '\0'), "%s: %zu handshakes",
	    text, logs.n);
	if (logs.n > 0) {
		ck_assert_str_eq(logs.info.kind, l->kind);
		check_time(&logs.at[0], text);
	}
	logs_free(&logs);
}

START_TEST(reads_it)
{
	check(&lines[_i], lines[_i].text);
}
END_TEST

/* Behind a header of syslog, and with the line end of Windows. */
START_TEST(reads_it_wrapped)
{
	char text[4096];

	if (strchr(lines[_i].text, '\n') != NULL || lines[_i].text[0] == '#')
		return;
	snprintf(text, sizeof(text), "<134>1 2026-03-04T09:15:02.118Z relay "
	    "app 17 - - %s\r\n", lines[_i].text);
	if (strstr(lines[_i].text, "haproxy[") == NULL &&
	    strcmp(lines[_i].kind, "squid-cache") != 0)
		check(&lines[_i], text);
	snprintf(text, sizeof(text), "%s\r\n", lines[_i].text);
	check(&lines[_i], text);
}
END_TEST

/* Cut anywhere, in memory of exactly that size. */
START_TEST(survives_cuts)
{
	size_t n = strlen(lines[_i].text);

	for (size_t cut = 1; cut < n; cut += 5) {
		struct logs logs = { 0 };
		char *copy = malloc(cut);

		memcpy(copy, lines[_i].text, cut);
		logs_read(&logs, copy, cut);
		ck_assert_uint_le(logs.n, logs.info.lines);
		logs_free(&logs);
		free(copy);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("lines");

	tcase_add_loop_test(tc, reads_it, 0, N_ITEMS(lines));
	tcase_add_loop_test(tc, reads_it_wrapped, 0, N_ITEMS(lines));
	tcase_add_loop_test(tc, survives_cuts, 0, N_ITEMS(lines));
	return unit_run(tc);
}
