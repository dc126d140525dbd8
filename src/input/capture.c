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
	uint32_t input; /* where it began */
	struct flow *next; /* among the free ones */
};

struct captures {
	const struct input_options *options;
	handshake_fn *emit;
	void *emit_arg;
	struct pool *pool;
	struct totals *totals;
	struct authority *authority; /* NULL without --interceptor */
	/* The input at hand. */
	const char *name;
	uint32_t number;
	bool live;
	/* The recording at hand, of one file or of several. */
	struct packet_stage *stage; /* NULL: none */
	struct tls tls;
	struct datagrams *datagrams;
	struct flow *free_flows;
	int64_t newest; /* the latest time of any frame */
	int64_t *ends; /* by input: its newest frame, once it was read */
	size_t n_ends;
};

/* A file that begins so much after the last one ended goes on with it. */
#define RING_GAP (60 * CLOCK_SECOND)

static struct origin
origin_of(const struct frame *frame)
{
	return (struct origin){ frame->number, frame->time };
}

/* Flows --------------------------------------------------------------------- */

static struct flow *
flow_new(struct captures *c)
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
	flow->input = c->number;
	flow->lanes[0] = flow->lanes[1] = LANE_NEW;
	return flow;
}

static void
flow_free(struct captures *c, struct flow *flow)
{
	session_free(&flow->session, &c->tls);
	free(flow->carrier);
	flow->next = c->free_flows;
	c->free_flows = flow;
}

static void
forget(struct captures *c, struct connection *connection)
{
	flow_free(c, connection->user);
	connection->user = NULL;
}

/* The clear part is over for one end; the first end to say hello is the
 * tunnel's client, unless only the server was captured. */
static void
leave_clear(struct captures *c, struct flow *flow, int end)
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
take_clear(struct captures *c, struct flow *flow, int end,
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
count_socks(struct captures *c, const struct connection *connection,
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
	struct captures *c = arg;
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
	struct captures *c = arg;
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
name_host(struct captures *c, const struct session *s, struct text target,
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

/* A frame of another input than the handshake's would be taken for one of its
 * own: only its time stays. */
static void
drop_foreign(struct origin *o, int64_t end)
{
	if (o->time > end)
		o->record = 0;
}

static void
take_input(const struct captures *c, const struct flow *flow,
    struct handshake *h)
{
	h->input = flow->input;
	if (flow->input == c->number || flow->input >= c->n_ends)
		return;
	drop_foreign(&h->flight, c->ends[flow->input]);
	drop_foreign(&h->deciding, c->ends[flow->input]);
	drop_foreign(&h->last, c->ends[flow->input]);
}

static void
take_end(struct connection *connection, void *arg)
{
	struct captures *c = arg;
	struct flow *flow = connection->user;
	struct handshake h;
	int client;

	if (flow == NULL)
		return;
	client = flow->session.client;
	if (client >= 0) {
		handshake_init(&h);
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
		    connection->bytes, c->newest, &h)) {
			take_input(c, flow, &h);
			c->emit(&h, c->emit_arg);
		}
	}
	forget(c, connection);
}

static void
take_datagram(const struct endpoint *from, const struct endpoint *to,
    struct cursor bytes, const struct frame *frame, void *arg)
{
	struct captures *c = arg;
	const struct origin at = origin_of(frame);

	datagrams_take(c->datagrams, from, to, bytes, &at);
}

static void
notice(const char *words, void *arg)
{
	const struct captures *c = arg;

	if (c->options->verbose >= 0)
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

/* Recordings --------------------------------------------------------------- */

static void
begin_recording(struct captures *c)
{
	const struct tcp_handler handler = { .data = take_data,
		.gap = take_gap, .close = take_close, .end = take_end,
		.datagram = take_datagram, .arg = c };
	const struct packet_limits limits = { c->options->max_flows,
		c->options->max_memory };

	c->newest = CLOCK_UNKNOWN;
	tls_init(&c->tls, c->pool, c->authority, c->totals);
	c->datagrams = datagrams_new(&c->tls, c->number, c->emit, c->emit_arg);
	c->stage = packet_stage_new(&handler, &limits);
}

void
captures_finish(struct captures *c)
{
	struct flow *next;

	if (c->stage == NULL)
		return;
	packet_stage_finish(c->stage);
	datagrams_finish(c->datagrams);
	packet_stage_free(c->stage);
	c->stage = NULL;
	for (struct flow *f = c->free_flows; f != NULL; f = next) {
		next = f->next;
		free(f);
	}
	c->free_flows = NULL;
	datagrams_free(c->datagrams);
	tls_free(&c->tls);
}

/* Does the input that begins at this time go on with the recording? */
static void
go_on_or_begin(struct captures *c, int64_t first)
{
	bool goes_on = c->stage != NULL && first != CLOCK_UNKNOWN &&
	    c->newest != CLOCK_UNKNOWN && first >= c->newest &&
	    first - c->newest <= RING_GAP;

	if (goes_on) {
		packet_stage_lose_count(c->stage);
		datagrams_next_input(c->datagrams, c->number);
		return;
	}
	captures_finish(c);
	begin_recording(c);
}

static void
note_end(struct captures *c, int64_t newest)
{
	while (c->n_ends <= c->number) {
		c->ends = mem_resize(c->ends, c->n_ends + 1,
		    sizeof(*c->ends));
		c->ends[c->n_ends++] = INT64_MAX;
	}
	c->ends[c->number] = newest;
}

static void
take_frames(struct captures *c, const struct frame *frames, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (frames[i].time > c->newest)
			c->newest = frames[i].time;
	packet_stage_frames(c->stage, frames, n);
}

static void
read_frames(struct captures *c, struct reader *reader)
{
	struct frame frames[READER_BATCH];
	size_t n = reader_read(reader, frames, READER_BATCH);

	go_on_or_begin(c, n > 0 ? frames[0].time : CLOCK_UNKNOWN);
	for (; n > 0 || (!reader_ended(reader) && !stop_wanted());
	    n = reader_read(reader, frames, READER_BATCH)) {
		take_frames(c, frames, n);
		if (c->live && c->options->idle != NULL)
			c->options->idle(c->options->idle_arg);
	}
	note_end(c, c->newest);
}

/* The input ------------------------------------------------------------------ */

static void
fill_info(struct reader *reader, uint64_t other, struct input_info *info)
{
	const struct reader_stats *stats = reader_stats(reader);

	info->kind = stats->kind;
	info->packets += stats->packets;
	info->bad += stats->bad;
	info->other += other;
	info->first = stats->first;
	info->last = stats->last;
	info->snaplen = stats->snaplen;
	info->truncated = stats->truncated;
}

static void
tell_damage(const struct captures *c, const struct packet_counts *counts,
    const struct input_info *info)
{
	if (c->options->verbose < 0)
		return;
	if (counts->snapped > 0 && info->snaplen > 0)
		fprintf(stderr, "pinspot: %s: snaplen %u cuts packets: what "
		    "certificates tell may be missing. Capture with -s 0.\n",
		    c->name, (unsigned)info->snaplen);
	if (counts->tunnels > 0)
		fprintf(stderr, "pinspot: %s: %llu packets in tunnels such as "
		    "GRE or VXLAN were not opened; capture inside of them\n",
		    c->name, (unsigned long long)counts->tunnels);
	if (counts->evicted > 0)
		fprintf(stderr, "pinspot: %s: %llu connections were given up "
		    "before their end for lack of room; raise --max-flows or "
		    "--max-memory\n", c->name,
		    (unsigned long long)counts->evicted);
}

static int
run(struct captures *c, struct reader *reader, struct input_info *info)
{
	struct packet_counts before = { 0 };
	const struct packet_counts *counts;

	if (c->stage != NULL)
		before = *packet_stage_counts(c->stage);
	read_frames(c, reader);
	counts = packet_stage_counts(c->stage);
	if (counts->frames < before.frames) /* another recording has begun */
		before = (struct packet_counts){ 0 };
	fill_info(reader, counts->other - before.other, info);
	tell_damage(c, counts, info);
	reader_free(reader);
	return 0;
}

struct captures *
captures_new(const struct input_options *options, handshake_fn *emit,
    void *arg, struct pool *pool, struct totals *totals, struct error *e)
{
	struct captures *c = mem_zero(1, sizeof(*c));

	c->options = options;
	c->emit = emit;
	c->emit_arg = arg;
	c->pool = pool;
	c->totals = totals;
	if (find_authority(options, &c->authority, e) == 0)
		return c;
	free(c);
	return NULL;
}

void
captures_free(struct captures *c)
{
	if (c == NULL)
		return;
	captures_finish(c);
	authority_free(c->authority);
	free(c->ends);
	free(c);
}

int
captures_read(struct captures *c, struct source *s, uint32_t number,
    struct input_info *info, struct error *e)
{
	const struct reader_options options = { .notice = notice, .arg = c,
		.filter = c->options->filter };
	struct reader *reader;

	c->name = s->name;
	c->number = number;
	c->live = false;
	if (reader_open(&reader, s, &options, e) != 0)
		return -1;
	return run(c, reader, info);
}

int
captures_live(struct captures *c, const char *interface, uint32_t number,
    struct input_info *info, struct error *e)
{
	const struct reader_options options = { .notice = notice, .arg = c,
		.filter = c->options->filter };
	struct reader *reader;

	c->name = interface;
	c->number = number;
	c->live = true;
	if (reader_open_live(&reader, interface, &options, e) != 0)
		return -1;
	if (c->options->opened != NULL)
		c->options->opened(c->options->idle_arg);
	return run(c, reader, info);
}

int64_t
capture_first_time(struct source *s)
{
	const struct reader_options options = { 0 };
	int64_t time = CLOCK_UNKNOWN;
	struct reader *reader;
	struct frame frame;

	if (reader_open(&reader, s, &options, NULL) != 0)
		return time;
	if (reader_read(reader, &frame, 1) > 0)
		time = frame.time;
	reader_free(reader);
	return time;
}
