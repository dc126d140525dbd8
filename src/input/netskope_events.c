/*
 * netskope_events.c - Netskope: the page and connection events that Skope IT
 * shows and the REST API and Log Shipper give.
 *
 *     {"type":"connection","bypass_traffic":"yes","bypass_reason":"SSL Error -
 *     SSL Handshake Error","userip":"192.0.2.44","dstip":"198.51.100.20",...}
 *
 * userip is the client's own address, srcip that which it has outside.  A client
 * that refuses the certificate shows by its bypass reason alone: a handshake error
 * names no leg, but errors of the origin's certificate have reasons of their own.  Source: Netskope documentation,
 * "Skope IT: connection and page events"; "Managing error settings".
 */
#include "base/clock.h"
#include "input/jsonrow.h"
#include "input/value.h"

enum field { TYPE, TIME, CLIENT, EGRESS, SERVER, SERVER_PORT, HOST, PAGE, USER,
	APP, AGENT, DEVICE, POLICY, BYPASS, REASON, PROTOCOL, POP, N_FIELDS };

static const struct {
	const char *key;
	enum field field;
} keys[] = {
	{ "type", TYPE },
	{ "timestamp", TIME },
	{ "userip", CLIENT },
	{ "srcip", EGRESS },
	{ "dstip", SERVER },
	{ "dstport", SERVER_PORT },
	{ "domain", HOST },
	{ "dsthost", HOST },
	{ "url", PAGE },
	{ "page", PAGE },
	{ "user", USER },
	{ "app", APP },
	{ "useragent", AGENT },
	{ "hostname", DEVICE },
	{ "policy", POLICY },
	{ "bypass_traffic", BYPASS },
	{ "bypass_reason", REASON },
	{ "protocol", PROTOCOL },
	{ "netskope_pop", POP },
	{ "access_method", POP },
};

static int
find_field(struct text path)
{
	path = json_unwrap_path(path);
	for (size_t i = 0; i < N_ITEMS(keys); i++)
		if (text_is(path, keys[i].key))
			return (int)keys[i].field;
	return -1;
}

/* "SSL Error - SSL Handshake Error" is the client's; "SSL Error - Self-Signed
 * Server Certificate" and its kin are the origin's. */
static void
read_bypass(struct text reason, struct handshake *h)
{
	if (!value_contains(reason, "ssl error"))
		log_bypassed(h);
	else if (value_contains(reason, "handshake"))
		log_rejected(h, LEG_CLIENT, reason);
	else
		log_rejected(h, LEG_SERVER, reason);
}

/* False where the event tells no handshake. */
static bool
read_outcome(const struct text *f, struct handshake *h)
{
	if (value_truth(f[BYPASS]) == TRUTH_YES || f[REASON].n > 0)
		read_bypass(f[REASON], h);
	else if (h->server.port == 443 ||
	    value_contains(f[PROTOCOL], "https") ||
	    text_starts(f[PAGE], "https://"))
		log_accepted(h);
	else
		return false;
	return true;
}

static enum line_result
read_event(struct log *log, const struct text *f, struct handshake *h)
{
	if (f[SERVER_PORT].n > 0 && !value_port(f[SERVER_PORT], &h->server))
		return log_bad(log, 0, "dstport", f[SERVER_PORT],
		    "a port number");
	if (!read_outcome(f, h))
		return LINE_IGNORED;
	if (!value_time(log, f[TIME], &h->hello.time))
		return log_bad(log, 0, "timestamp", f[TIME],
		    "seconds since 1970");
	if (!value_peer(f[CLIENT], &h->client))
		return log_bad(log, 0, "userip", f[CLIENT], "an IP address");
	if (!value_peer(f[EGRESS], h->client.family == 0 ? &h->client :
	    &h->client_nat))
		return log_bad(log, 0, "srcip", f[EGRESS], "an IP address");
	if (!value_peer(f[SERVER], &h->server))
		return log_bad(log, 0, "dstip", f[SERVER], "an IP address");
	h->transport = TRANSPORT_TCP;
	value_host(h, f[HOST], HOST_LOG);
	if (h->host.n == 0)
		value_host(h, value_url_host(f[PAGE]), HOST_URL);
	h->user = f[USER];
	h->app = f[APP];
	h->agent = f[AGENT];
	h->device = f[DEVICE];
	h->policy = f[POLICY];
	return LINE_HANDSHAKE;
}

static enum line_result
netskope_events_read(struct log *log, void *state, struct handshake *h)
{
	struct text t = log->line, f[N_FIELDS] = { { 0 } };

	if (text_find(t, "\"bypass_traffic\"") < 0 &&
	    text_find(t, "\"netskope_pop\"") < 0)
		return LINE_NOT_MINE;
	t = log_payload(log);
	if (!text_starts(t, "{") ||
	    !json_row(log, t, state, find_field, f, N_FIELDS) || f[POP].n == 0)
		return LINE_NOT_MINE;
	if (!text_is(f[TYPE], "connection") && !text_is(f[TYPE], "page"))
		return LINE_IGNORED;
	for (size_t i = 0; i < N_FIELDS; i++)
		f[i] = value_present(f[i]);
	return read_event(log, f, h);
}

const struct log_format log_format_netskope_events = {
	.name = "netskope-events",
	.title = "Netskope page and connection events, JSON",
	.product = "netskope",
	.sign = "keys bypass_traffic or netskope_pop",
	.state_size = sizeof(struct json_columns),
	.read = netskope_events_read,
};
