#include "input/recording.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hostname.h"
#include "base/mem.h"
#include "input/datagram.h"
#include "stream/carrier.h"

/* What one direction of a connection is taken for. */
enum lane_state { LANE_NEW, LANE_CLEAR, LANE_TLS };

/* Bytes of one end that are kept before there is a session: fewer than those of
 * any record that tells something. */
enum { EARLY_MAX = 5 };

/* One connection that is, or may become, TLS. */
struct tls_flow {
	struct session *session; /* NULL until there is something to tell */
	struct carrier *carrier; /* NULL where TLS came first */
	uint8_t early[2][EARLY_MAX], n_early[2];
	struct text target; /* of a tunnel */
	enum tunnel tunnel;
	uint8_t lanes[2]; /* enum lane_state */
	bool socks; /* its tunnel was counted, see count_socks */
	/* The connection's number, and the file in which it has that. */
	int64_t stream;
	size_t file;
	struct tls_flow *next; /* among the free ones */
};

/* A file's frames are those behind base, up to the next file's base. */
struct file {
	uint32_t input;
	uint64_t base;
};

struct recording {
	struct recording_common *common;
	struct tls *tls; /* of the common */
	struct packet_stage *stage;
	struct datagrams *datagrams;
	int64_t newest;
	uint64_t last; /* number of the newest frame, over all files */
	struct file *files;
	size_t n_files, file_room;
};

static struct origin
origin_of(const struct frame *frame)
{
	return (struct origin){ frame->number, frame->time };
}

/* Flows -------------------------------------------------------------------- */

static struct tls_flow *
flow_new(struct recording *r, const struct connection *connection)
{
	struct tls_flow *flow = r->common->free;

	if (flow != NULL)
		r->common->free = flow->next;
	else
		flow = mem_zero(1, sizeof(*flow));
	*flow = (struct tls_flow){ .stream = connection->number,
		.file = r->n_files };
	return flow;
}

static void
flow_free(struct recording *r, struct tls_flow *flow)
{
	if (flow->session != NULL)
		session_free(flow->session, r->tls);
	free(flow->session);
	if (flow->carrier != NULL)
		carrier_free(flow->carrier);
	free(flow->carrier);
	flow->next = r->common->free;
	r->common->free = flow;
}

static void
forget(struct recording *r, struct connection *connection)
{
	flow_free(r, connection->user);
	connection->user = NULL;
}

/* Most of what says only a few bytes is no TLS, and needs none. */
static bool
keep_early(struct tls_flow *flow, int end, struct cursor bytes)
{
	if (flow->session != NULL ||
	    bytes.left > EARLY_MAX - (size_t)flow->n_early[end])
		return false;
	memcpy(flow->early[end] + flow->n_early[end], bytes.at, bytes.left);
	flow->n_early[end] += (uint8_t)bytes.left;
	return true;
}

static struct session *
session_of(struct recording *r, struct tls_flow *flow, const struct origin *at)
{
	struct cursor early;

	if (flow->session != NULL)
		return flow->session;
	flow->session = mem_resize(NULL, 1, sizeof(*flow->session));
	session_init(flow->session);
	for (int end = 0; end < 2; end++) {
		early = cursor_over(flow->early[end], flow->n_early[end]);
		if (early.left > 0)
			(void)session_bytes(flow->session, r->tls, end, early,
			    at);
	}
	return flow->session;
}

/* The clear part is over for one end; the first end to say hello is the
 * tunnel's client, unless only the server was captured. */
static void
leave_clear(struct recording *r, struct tls_flow *flow, int end)
{
	int client = flow->session->client >= 0 ? flow->session->client : end;
	struct text target;

	if (flow->tunnel != TUNNEL_NONE || flow->carrier == NULL)
		return;
	flow->tunnel = carrier_tunnel(flow->carrier, client, &target);
	flow->target = session_host_name(r->tls->pool, target);
}

/* Look for TLS in what comes from this end.  False: there will be none. */
static bool
take_clear(struct recording *r, struct tls_flow *flow, int end,
    struct cursor bytes, const struct origin *at)
{
	struct session *session;
	struct cursor held;

	if (flow->carrier == NULL) {
		flow->carrier = mem_resize(NULL, 1, sizeof(*flow->carrier));
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
	session = session_of(r, flow, at);
	session_pass(session, end, flow->carrier->lanes[end].seen);
	if (held.left > 0)
		(void)session_bytes(session, r->tls, end, held, at);
	(void)session_bytes(session, r->tls, end, bytes, at);
	leave_clear(r, flow, end);
	return true;
}

/* tshark looks for SOCKS on port 1080 where a connection begins, and gives a
 * stream number of its own to what comes through its tunnel. */
static void
count_socks(struct recording *r, const struct connection *connection,
    struct tls_flow *flow)
{
	enum { SOCKS_PORT = 1080 };
	int server = connection->ends[1].port == SOCKS_PORT;
	struct text target;

	if (flow->socks || flow->carrier == NULL ||
	    connection->first.record <= r->files[r->n_files - 1].base ||
	    connection->ends[server].port != SOCKS_PORT ||
	    carrier_tunnel(flow->carrier, 1 - server, &target) != TUNNEL_SOCKS)
		return;
	flow->socks = true;
	packet_stage_skip_number(r->stage);
}

/* Where things were seen --------------------------------------------------- */

/* The file of a frame that is numbered over all files. */
static size_t
file_of(const struct recording *r, uint64_t record)
{
	size_t low = 0, high = r->n_files, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (r->files[middle].base < record)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* A frame of another file would be taken for one of this: its time stays. */
static void
place_origin(const struct recording *r, size_t file, struct origin *o)
{
	if (file_of(r, o->record) == file)
		o->record -= o->record > 0 ? r->files[file].base : 0;
	else
		o->record = 0;
}

/* A handshake belongs to the file where it began, and so do the numbers of its
 * frames; that of its stream if it is of the same file, counted from 1. */
static void
place(const struct recording *r, struct handshake *h, size_t stream_file)
{
	size_t file = file_of(r, handshake_first(h)->record);

	h->input = r->files[file].input;
	if (file + 1 != stream_file)
		h->stream = -1;
	if (r->n_files == 1)
		return;
	place_origin(r, file, &h->hello);
	place_origin(r, file, &h->flight);
	place_origin(r, file, &h->deciding);
	place_origin(r, file, &h->last);
	for (size_t i = 0; i < h->n_alerts; i++)
		place_origin(r, file, &h->alerts[i].at);
}

static void
emit_datagrams(const struct handshake *h, void *arg)
{
	const struct recording *r = arg;
	struct handshake placed = *h;

	place(r, &placed, 0);
	r->common->emit(&placed, r->common->emit_arg);
}

/* Callbacks of the packet stage -------------------------------------------- */

/* A handshake belongs where its hello ends, not where its tunnel began. */
static void
follow_file(const struct recording *r, struct tls_flow *flow,
    const struct connection *connection)
{
	if (flow->session != NULL &&
	    (flow->session->has_hello || flow->session->has_answer))
		return;
	flow->stream = connection->number;
	flow->file = r->n_files;
}

static enum tcp_want
take_data(struct connection *connection, int end, struct cursor bytes,
    const struct frame *frame, void *arg)
{
	struct recording *r = arg;
	struct tls_flow *flow = connection->user;
	const struct origin at = origin_of(frame);

	if (flow == NULL)
		flow = connection->user = flow_new(r, connection);
	else if (UNLIKELY(flow->file != r->n_files))
		follow_file(r, flow, connection);
	/* Who answers TLS answers in TLS, or else breaks it. */
	if (flow->lanes[end] == LANE_NEW && flow->carrier == NULL &&
	    (flow->lanes[1 - end] == LANE_TLS || carrier_begins_tls(bytes)))
		flow->lanes[end] = LANE_TLS;
	if (flow->lanes[end] == LANE_TLS) {
		if (keep_early(flow, end, bytes) || session_bytes(
			session_of(r, flow, &at), r->tls, end, bytes, &at))
			return TCP_MORE;
		if (flow->session->client < 0)
			forget(r, connection);
		return TCP_DONE;
	}
	if (take_clear(r, flow, end, bytes, &at)) {
		if (flow->lanes[end] == LANE_TLS)
			count_socks(r, connection, flow);
		return TCP_MORE;
	}
	count_socks(r, connection, flow);
	forget(r, connection);
	return TCP_DONE;
}

static enum tcp_want
take_gap(struct connection *connection, int end, uint64_t n,
    const struct frame *frame, void *arg)
{
	struct recording *r = arg;
	struct tls_flow *flow = connection->user;
	const struct origin at = origin_of(frame);

	if (flow == NULL)
		flow = connection->user = flow_new(r, connection);
	if (flow->carrier != NULL && flow->lanes[end] != LANE_TLS)
		carrier_gap(flow->carrier, end, n);
	else
		session_gap(session_of(r, flow, &at), r->tls, end, n);
	return TCP_MORE;
}

static void
take_close(struct connection *connection, int end, enum close_how how,
    const struct frame *frame, void *arg)
{
	struct tls_flow *flow = connection->user;
	const struct origin at = origin_of(frame);

	if (flow != NULL)
		session_close(session_of(arg, flow, &at), end, how, &at);
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
name_host(struct recording *r, const struct session *s, struct text target,
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
		h->host = pool_intern(r->tls->pool,
		    text_of(endpoint_address(&h->server, address)));
		h->host_source = HOST_ADDRESS;
	}
}

static void
take_end(struct connection *connection, void *arg)
{
	struct recording *r = arg;
	struct tls_flow *flow = connection->user;
	struct handshake h;
	int client;

	if (flow == NULL)
		return;
	client = flow->session != NULL ? flow->session->client : -1;
	if (client >= 0) {
		handshake_init(&h);
		h.stream = flow->stream;
		h.transport = TRANSPORT_TCP;
		h.tunnel = flow->tunnel;
		h.client = connection->ends[client];
		h.server = connection->ends[1 - client];
		h.snapped = connection->snapped;
		h.one_way = !connection->seen[0] || !connection->seen[1];
		h.midstream = connection->midstream;
		name_host(r, flow->session, flow->target, flow->tunnel, &h);
		if (session_report(flow->session, r->tls,
		    connection->bytes, r->newest, &h)) {
			place(r, &h, flow->file);
			r->common->emit(&h, r->common->emit_arg);
		}
	}
	forget(r, connection);
}

static void
take_datagram(const struct endpoint *from, const struct endpoint *to,
    struct cursor bytes, const struct frame *frame, void *arg)
{
	struct recording *r = arg;
	const struct origin at = origin_of(frame);

	datagrams_take(r->datagrams, from, to, bytes, &at);
}

struct recording *
recording_new(struct recording_common *common)
{
	struct recording *r = mem_zero(1, sizeof(*r));
	const struct tcp_handler handler = { .data = take_data,
		.gap = take_gap, .close = take_close, .end = take_end,
		.datagram = take_datagram, .arg = r };
	const struct packet_limits limits = { common->options->max_flows,
		common->options->max_memory };

	r->common = common;
	r->tls = &common->tls;
	r->newest = CLOCK_UNKNOWN;
	r->datagrams = datagrams_new(r->tls, &common->quic_room,
	    emit_datagrams, r);
	r->stage = packet_stage_new(&handler, &limits);
	return r;
}

void
recording_free(struct recording *r)
{
	if (r == NULL)
		return;
	packet_stage_finish(r->stage);
	datagrams_finish(r->datagrams);
	packet_stage_free(r->stage);
	datagrams_free(r->datagrams);
	free(r->files);
	free(r);
}

void
recording_common_free(struct recording_common *c)
{
	struct tls_flow *next;

	for (struct tls_flow *f = c->free; f != NULL; f = next) {
		next = f->next;
		free(f);
	}
	c->free = NULL;
	tls_free(&c->tls);
}

void
recording_next_file(struct recording *r, uint32_t input)
{
	r->files = mem_grow(r->files, r->n_files, &r->file_room,
	    sizeof(*r->files));
	r->files[r->n_files++] = (struct file){ input, r->last };
	if (r->n_files > 1)
		packet_stage_next_file(r->stage);
}

void
recording_frames(struct recording *r, struct frame *frames, size_t n)
{
	uint64_t base = r->files[r->n_files - 1].base;

	for (size_t i = 0; i < n; i++)
		if (frames[i].time > r->newest)
			r->newest = frames[i].time;
	for (size_t i = 0; base > 0 && i < n; i++)
		frames[i].number += base;
	if (n > 0)
		r->last = frames[n - 1].number;
	packet_stage_frames(r->stage, frames, n);
}

int64_t
recording_newest(const struct recording *r)
{
	return r->newest;
}

struct packet_stage *
recording_stage(struct recording *r)
{
	return r->stage;
}
