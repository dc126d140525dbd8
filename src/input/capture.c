#include "input/capture.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hostname.h"
#include "base/mem.h"
#include "base/stop.h"
#include "input/datagram.h"
#include "input/reader.h"
#include "packet/tcp.h"
#include "stream/carrier.h"
#include "tls/session.h"

/* What one direction of a connection is taken for. */
enum lane_state { LANE_NEW, LANE_CLEAR, LANE_TLS };

/* One connection that is, or may become, TLS. */
struct flow {
	struct session session;
	struct carrier *carrier; /* NULL where TLS came first */
	struct text target; /* of a tunnel */
	enum tunnel tunnel;
	uint8_t lanes[2]; /* enum lane_state */
	bool socks; /* its tunnel was counted, see count_socks */
	struct flow *next; /* among the free ones */
};

struct capture {
	void (*idle)(void *arg); /* live: called in between; or NULL */
	void *idle_arg;
	const char *name;
	uint32_t number;
	bool quiet;
	struct pool *pool;
	struct tls tls;
	struct datagrams *datagrams;
	struct packet_stage *stage;
	struct flow *free_flows;
	int64_t newest; /* the latest time of any frame */
	handshake_fn *emit;
	void *emit_arg;
};

static struct origin
origin_of(const struct frame *frame)
{
	return (struct origin){ frame->number, frame->time };
}

/* Flows --------------------------------------------------------------------- */

static struct flow *
flow_new(struct capture *c)
{
	struct flow *flow = c->free_flows;

	if (flow != NULL)
		c->free_flows = flow->next;
	else
		flow = mem_zero(1, sizeof(*flow));
	session_init(&flow->session);
	flow->carrier = NULL;
	flow->target = (struct text){ 0 };
	flow->tunnel = TUNNEL_NONE;
	flow->socks = false;
	flow->lanes[0] = flow->lanes[1] = LANE_NEW;
	return flow;
}

static void
flow_free(struct capture *c, struct flow *flow)
{
	session_free(&flow->session, &c->tls);
	free(flow->carrier);
	flow->next = c->free_flows;
	c->free_flows = flow;
}

static void
forget(struct capture *c, struct connection *connection)
{
	flow_free(c, connection->user);
	connection->user = NULL;
}

/* The clear part is over for one end; the first end to say hello is the
 * tunnel's client, unless only the server was captured. */
static void
leave_clear(struct capture *c, struct flow *flow, int end)
{
	int client = flow->session.client >= 0 ? flow->session.client : end;
	struct text target;

	if (flow->tunnel != TUNNEL_NONE || flow->carrier == NULL)
		return;
	flow->tunnel = carrier_tunnel(flow->carrier, client, &target);
	flow->target = session_host_name(c->pool, target);
}

/* Look for TLS in what comes from this end.  False: there will be none. */
static bool
take_clear(struct capture *c, struct flow *flow, int end,
    struct cursor bytes, const struct origin *at)
{
	struct cursor held;

	if (flow->carrier == NULL) {
		flow->carrier = mem_zero(1, sizeof(*flow->carrier));
		carrier_init(flow->carrier);
	}
	switch (carrier_take(flow->carrier, end, &bytes, &held)) {
	case CARRIER_MORE:
		flow->lanes[end] = LANE_CLEAR;
		return true;
	case CARRIER_OTHER:
		return flow->lanes[1 - end] == LANE_TLS;
	case CARRIER_TLS:
		break;
	}
	flow->lanes[end] = LANE_TLS;
	session_pass(&flow->session, end, flow->carrier->lanes[end].seen);
	if (held.left > 0)
		(void)session_bytes(&flow->session, &c->tls, end, held, at);
	(void)session_bytes(&flow->session, &c->tls, end, bytes, at);
	leave_clear(c, flow, end);
	return true;
}

/* tshark looks for SOCKS on port 1080, and gives a stream number of its own to
 * what comes through its tunnel. */
static void
count_socks(struct capture *c, const struct connection *connection,
    struct flow *flow)
{
	enum { SOCKS_PORT = 1080 };
	int server = connection->ends[1].port == SOCKS_PORT;
	struct text target;

	if (flow->socks || flow->carrier == NULL ||
	    connection->ends[server].port != SOCKS_PORT ||
	    carrier_tunnel(flow->carrier, 1 - server, &target) != TUNNEL_SOCKS)
		return;
	flow->socks = true;
	packet_stage_skip_number(c->stage);
}

/* Callbacks of the packet stage ------------------------------------------- */

static enum tcp_want
take_data(struct connection *connection, int end, struct cursor bytes,
    const struct frame *frame, void *arg)
{
	struct capture *c = arg;
	struct flow *flow = connection->user;
	const struct origin at = origin_of(frame);

	if (flow == NULL)
		flow = connection->user = flow_new(c);
	/* Who answers TLS answers in TLS, or else breaks it. */
	if (flow->lanes[end] == LANE_NEW && flow->carrier == NULL &&
	    (flow->lanes[1 - end] == LANE_TLS || carrier_begins_tls(bytes)))
		flow->lanes[end] = LANE_TLS;
	if (flow->lanes[end] == LANE_TLS) {
		if (session_bytes(&flow->session, &c->tls, end, bytes, &at))
			return TCP_MORE;
		if (flow->session.client < 0)
			forget(c, connection);
		return TCP_DONE;
	}
	if (take_clear(c, flow, end, bytes, &at)) {
		if (flow->lanes[end] == LANE_TLS)
			count_socks(c, connection, flow);
		return TCP_MORE;
	}
	count_socks(c, connection, flow);
	forget(c, connection);
	return TCP_DONE;
}

static enum tcp_want
take_gap(struct connection *connection, int end, uint64_t n,
    const struct frame *frame, void *arg)
{
	struct capture *c = arg;
	struct flow *flow = connection->user;

	(void)frame;
	if (flow == NULL)
		flow = connection->user = flow_new(c);
	if (flow->carrier != NULL && flow->lanes[end] != LANE_TLS)
		carrier_gap(flow->carrier, end, n);
	else
		session_gap(&flow->session, &c->tls, end, n);
	return TCP_MORE;
}

static void
take_close(struct connection *connection, int end, enum close_how how,
    const struct frame *frame, void *arg)
{
	struct flow *flow = connection->user;
	const struct origin at = origin_of(frame);

	(void)arg;
	if (flow != NULL)
		session_close(&flow->session, end, how, &at);
}

/* A leaf's name stands for the host where nothing else names it: the subject's
 * if that is a host name, else the first alternative name that is one. */
static struct text
certificate_host(const struct certificate *leaf)
{
	if (leaf == NULL)
		return (struct text){ 0 };
	if (hostname_valid(leaf->subject_cn))
		return leaf->subject_cn;
	for (size_t i = 0; i < leaf->n_names; i++)
		if (hostname_valid(leaf->names[i]))
			return leaf->names[i];
	return (struct text){ 0 };
}

static void
name_host(struct capture *c, const struct session *s, struct text target,
    enum tunnel tunnel, struct handshake *h)
{
	char address[ADDRESS_TEXT_SIZE];

	if (s->sni.n > 0) {
		h->host = s->sni;
		h->host_source = HOST_SNI;
	} else if (target.n > 0 && tunnel != TUNNEL_NONE) {
		h->host = target;
		h->host_source = HOST_CONNECT;
	} else if ((h->host = certificate_host(s->leaf)).n > 0) {
		h->host_source = HOST_CERTIFICATE;
	} else {
		h->host = pool_intern(c->pool,
		    text_of(endpoint_address(&h->server, address)));
		h->host_source = HOST_ADDRESS;
	}
}

static void
take_end(struct connection *connection, void *arg)
{
	struct capture *c = arg;
	struct flow *flow = connection->user;
	struct handshake h;
	int client;

	if (flow == NULL)
		return;
	client = flow->session.client;
	if (client >= 0) {
		handshake_init(&h);
		h.input = c->number;
		h.stream = connection->number;
		h.transport = TRANSPORT_TCP;
		h.tunnel = flow->tunnel;
		h.client = connection->ends[client];
		h.server = connection->ends[1 - client];
		h.snapped = connection->snapped;
		h.one_way = !connection->seen[0] || !connection->seen[1];
		h.midstream = connection->midstream;
		name_host(c, &flow->session, flow->target, flow->tunnel, &h);
		if (session_report(&flow->session, &c->tls,
		    connection->bytes, c->newest, &h))
			c->emit(&h, c->emit_arg);
	}
	forget(c, connection);
}

static void
take_datagram(const struct endpoint *from, const struct endpoint *to,
    struct cursor bytes, const struct frame *frame, void *arg)
{
	struct capture *c = arg;
	const struct origin at = origin_of(frame);

	datagrams_take(c->datagrams, from, to, bytes, &at);
}

/* The input ------------------------------------------------------------------ */

static void
notice(const char *words, void *arg)
{
	const struct capture *c = arg;

	if (!c->quiet)
		fprintf(stderr, "pinspot: %s\n", words);
}

static int
find_authority(const struct input_options *o, struct authority **out,
    struct error *e)
{
	*out = NULL;
	if (o->interceptor_pem != NULL)
		*out = authority_from_file(o->interceptor_pem, e);
	else if (o->interceptor_sha256 != NULL)
		*out = authority_from_sha256(o->interceptor_sha256, e);
	else if (o->interceptor_name != NULL)
		*out = authority_from_name(o->interceptor_name);
	else
		return 0;
	return *out != NULL ? 0 : -1;
}

static void
read_frames(struct capture *c, struct reader *reader,
    struct packet_stage *stage)
{
	struct frame frames[READER_BATCH];
	size_t n;

	while ((n = reader_read(reader, frames, READER_BATCH)) > 0 ||
	    (!reader_ended(reader) && !stop_wanted())) {
		for (size_t i = 0; i < n; i++)
			if (frames[i].time > c->newest)
				c->newest = frames[i].time;
		packet_stage_frames(stage, frames, n);
		if (c->idle != NULL)
			c->idle(c->idle_arg);
	}
	packet_stage_finish(stage);
	datagrams_finish(c->datagrams);
}

static void
fill_info(struct reader *reader, const struct packet_counts *counts,
    struct input_info *info)
{
	const struct reader_stats *stats = reader_stats(reader);

	info->kind = stats->kind;
	info->packets += stats->packets;
	info->bad += stats->bad;
	info->other += counts->other;
	info->first = stats->first;
	info->last = stats->last;
	info->snaplen = stats->snaplen;
	info->truncated = stats->truncated;
}

static void
tell_damage(const struct capture *c, const struct packet_counts *counts,
    const struct input_info *info)
{
	if (c->quiet)
		return;
	if (counts->snapped > 0 && info->snaplen > 0)
		fprintf(stderr, "pinspot: %s: snaplen %u cuts packets: what "
		    "certificates tell may be missing. Capture with -s 0.\n",
		    c->name, (unsigned)info->snaplen);
	if (counts->evicted > 0)
		fprintf(stderr, "pinspot: %s: %llu connections were given up "
		    "before their end for lack of room; raise --max-flows or "
		    "--max-memory\n", c->name,
		    (unsigned long long)counts->evicted);
}

static void
capture_free(struct capture *c)
{
	struct flow *next;

	for (struct flow *f = c->free_flows; f != NULL; f = next) {
		next = f->next;
		free(f);
	}
	datagrams_free(c->datagrams);
	tls_free(&c->tls);
}

/* Either a source with a file in it, or the name of an interface. */
static int
open_reader(struct capture *c, struct source *s, const char *interface,
    const char *filter, struct reader **reader, struct error *e)
{
	const struct reader_options options = { .filter = filter,
		.notice = notice, .arg = c };

	return s != NULL ? reader_open(reader, s, &options, e) :
	    reader_open_live(reader, interface, &options, e);
}

static int
run(struct capture *c, struct source *s, const char *interface,
    const struct input_options *options, struct input_info *info,
    struct totals *totals, struct error *e)
{
	const struct tcp_handler handler = { .data = take_data,
		.gap = take_gap, .close = take_close, .end = take_end,
		.datagram = take_datagram, .arg = c };
	const struct packet_limits limits = { options->max_flows,
		options->max_memory };
	struct authority *authority;
	struct packet_stage *stage;
	struct reader *reader;

	if (find_authority(options, &authority, e) != 0)
		return -1;
	if (open_reader(c, s, interface, options->filter, &reader, e) != 0) {
		authority_free(authority);
		return -1;
	}
	if (options->opened != NULL)
		options->opened(options->idle_arg);
	tls_init(&c->tls, c->pool, authority, totals);
	c->datagrams = datagrams_new(&c->tls, c->number, c->emit, c->emit_arg);
	c->stage = stage = packet_stage_new(&handler, &limits);
	read_frames(c, reader, stage);
	fill_info(reader, packet_stage_counts(stage), info);
	tell_damage(c, packet_stage_counts(stage), info);
	packet_stage_free(stage);
	reader_free(reader);
	capture_free(c);
	authority_free(authority);
	return 0;
}

int
capture_read(struct source *s, uint32_t number,
    const struct input_options *options, handshake_fn *emit, void *arg,
    struct pool *pool, struct input_info *info, struct totals *totals,
    struct error *e)
{
	struct capture c = { .name = s->name, .number = number, .pool = pool,
		.quiet = options->verbose < 0, .newest = CLOCK_UNKNOWN,
		.emit = emit, .emit_arg = arg };

	return run(&c, s, NULL, options, info, totals, e);
}

int
capture_live(const char *interface, uint32_t number,
    const struct input_options *options, handshake_fn *emit, void *arg,
    struct pool *pool, struct input_info *info, struct totals *totals,
    struct error *e)
{
	struct capture c = { .name = interface, .number = number,
		.pool = pool, .quiet = options->verbose < 0,
		.newest = CLOCK_UNKNOWN, .emit = emit, .emit_arg = arg,
		.idle = options->idle, .idle_arg = options->idle_arg };

	return run(&c, NULL, interface, options, info, totals, e);
}
