/*
 * sslv.c - Broadcom SSL Visibility Appliance, session log by syslog.
 *
 *     Mar  4 09:15:09 SSLV3800 ssldata[3934]: [A:81000064] 1772615709
 *     192.0.2.44:49307 -> 198.51.100.20:443 TLS1.2 CIPHER host rule:6 resign
 *     Alert[C]: unknown CA(0x30)
 *
 * Source: Broadcom, "SSL Visibility Session Log", remote logging.
 */
#include "base/clock.h"
#include "input/value.h"
#include "knowledge/alerts.h"
#include "knowledge/ciphers.h"

static bool
next(struct text *t, struct text *word)
{
	*t = text_trim(*t);
	return t->n > 0 && (text_split(t, ' ', word) || word->n > 0);
}

static void
read_result(struct text action, struct text result, struct handshake *h)
{
	bool good = text_starts(result, "Success") || result.n == 0;
	int code = alert_in_message(result);

	if (text_is(action, "cut"))
		log_bypassed(h);
	else if (good && (text_is(action, "drop") ||
	    text_is(action, "reject")))
		h->outcome = OUTCOME_UNFINISHED; /* the policy ended it */
	else if (good)
		log_accepted(h);
	else if (text_starts(result, "Alert[S]"))
		log_alerted(h, LEG_SERVER, SIDE_SERVER, code, result);
	else if (text_starts(result, "Alert[C]"))
		log_alerted(h, LEG_CLIENT, SIDE_CLIENT, code, result);
	else
		log_rejected(h, LEG_UNKNOWN, result);
}

/* "rule:6 resign Alert[C]: unknown CA(0x30)", perhaps behind a category and a
 * fingerprint in brackets. */
static bool
read_tail(struct text t, struct handshake *h)
{
	long at = text_find(t, "rule:");
	struct text rule, action;

	if (at < 0)
		return false;
	t.at += at;
	t.n -= (size_t)at;
	if (!next(&t, &rule) || !next(&t, &action))
		return false;
	h->policy = rule;
	read_result(action, text_trim(t), h);
	return true;
}

static enum line_result
sslv_read(struct log *log, void *state, struct handshake *h)
{
	struct text t = log->line, word, names[6];
	long at = text_find(t, "ssldata[");
	int cipher;

	(void)state;
	if (at < 0 || (at = text_find(t, "]: [")) < 0)
		return LINE_NOT_MINE;
	t.at += at + 3;
	t.n -= (size_t)at + 3;
	if (!next(&t, &word))
		return LINE_NOT_MINE;
	for (size_t i = 0; i < N_ITEMS(names); i++)
		if (!next(&t, &names[i]))
			return log_bad(log, (unsigned)i + 2, NULL, t,
			    "time, addresses, version and cipher suite");
	if (!value_time(log, names[0], &h->hello.time))
		return log_bad(log, 2, "time", names[0], "seconds since 1970");
	if (!value_endpoint(names[1], true, &h->client))
		return log_bad(log, 3, "source", names[1], "address:port");
	if (!value_endpoint(names[3], true, &h->server))
		return log_bad(log, 5, "destination", names[3], "address:port");
	h->transport = TRANSPORT_TCP;
	h->chosen.version = value_version(names[4]);
	cipher = cipher_by_name(names[5]);
	h->chosen.cipher = cipher >= 0 ? cipher : -1;
	word = (struct text){ 0 };
	if (t.n > 0 && !text_starts(text_trim(t), "rule:") && next(&t, &word) &&
	    word.at[0] != '[')
		value_host(h, value_present(word), HOST_SNI);
	return read_tail(t, h) ? LINE_HANDSHAKE : LINE_IGNORED;
}

const struct log_format log_format_sslv = {
	.name = "sslv",
	.title = "Broadcom SSL Visibility Appliance session log",
	.sign = "ssldata[PID]: [flow]",
	.read = sslv_read,
};
