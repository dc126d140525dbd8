/*
 * Tables for spreadsheets and scripts: one row per finding, or per handshake.
 *
 * The first row names the columns; later versions only add columns on the right
 * of "rule" and "finding".  Lists are joined by "; ".  Unknown is empty.
 */
#include "report/formats.h"

#include "base/clock.h"
#include "base/cursor.h"
#include "base/digest.h"
#include "knowledge/alerts.h"
#include "knowledge/ciphers.h"
#include "report/escape.h"

static void
cell_text(struct buf *out, struct text t)
{
	escape_csv(out, t);
	buf_char(out, ',');
}

/* A word of our own tables, which needs no quotes. */
static void
cell_name(struct buf *out, const char *name)
{
	if (name != NULL)
		buf_string(out, name);
	buf_char(out, ',');
}

static void
cell_count(struct buf *out, uint64_t n)
{
	char digits[21];
	size_t i = sizeof(digits);

	digits[--i] = ',';
	do {
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	buf_add(out, digits + i, sizeof(digits) - i);
}

/* Negative is unknown. */
static void
cell_number(struct buf *out, int64_t n)
{
	if (n >= 0)
		cell_count(out, (uint64_t)n);
	else
		buf_char(out, ',');
}

static void
cell_truth(struct buf *out, enum truth t)
{
	cell_name(out, t == TRUTH_YES ? "true" : t == TRUTH_NO ? "false" : NULL);
}

static void
cell_time(struct buf *out, int64_t ns)
{
	char iso[CLOCK_ISO_SIZE];

	cell_name(out, clock_iso(ns, iso));
}

static void
cell_list(struct buf *out, const struct text *texts, size_t n)
{
	struct buf all = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_string(&all, "; ");
		buf_text(&all, texts[i]);
	}
	cell_text(out, buf_view(&all));
	buf_free(&all);
}

/* The comma after the last cell becomes the end of the row. */
static void
end_row(struct buf *out)
{
	out->at[out->n - 1] = '\n';
}

static void
finding_verdict(struct buf *out, const struct finding *f)
{
	cell_name(out, f->id);
	cell_name(out, f->status);
	cell_name(out, class_facts(f->class)->name);
	cell_name(out, confidence_name(f->confidence));
	cell_text(out, f->host_name);
	cell_text(out, f->subject);
	cell_list(out, f->hosts, f->n_hosts);
	cell_list(out, f->clients, f->n_clients_shown);
	cell_count(out, f->n_clients);
	cell_list(out, f->fingerprints, f->n_fingerprints);
}

static void
finding_counts(struct buf *out, const struct finding *f)
{
	cell_count(out, f->attempts);
	cell_count(out, f->connections);
	cell_count(out, f->accepted);
	cell_count(out, f->same_host_other_profiles.accepted);
	cell_count(out, f->same_host_other_profiles.rejected);
	cell_count(out, f->same_profile_other_hosts.accepted);
	cell_count(out, f->same_profile_other_hosts.rejected);
	cell_count(out, f->same_profile_other_hosts.domains);
}

static void
finding_shape(struct buf *out, const struct finding *f)
{
	cell_name(out, version_name(f->shape.version));
	cell_name(out, sign_name(f->shape.sign));
	cell_number(out, f->shape.alert);
	cell_name(out, close_how_name(f->shape.close));
	cell_name(out, interception_name(f->interception));
	cell_time(out, f->first_seen);
	cell_time(out, f->last_seen);
}

/* Where to look: the first frame and the first line of the evidence. */
static void
finding_evidence(struct buf *out, const struct report *r,
    const struct finding *f)
{
	const struct evidence *frame = NULL, *line = NULL;

	for (size_t i = f->n_evidence; i > 0; i--) {
		if (f->evidence[i - 1].frame > 0)
			frame = &f->evidence[i - 1];
		if (f->evidence[i - 1].line > 0)
			line = &f->evidence[i - 1];
	}
	cell_text(out, frame != NULL && frame->input < r->n_inputs
	    ? r->inputs[frame->input].name : (struct text){ 0 });
	cell_number(out, frame != NULL ? (int64_t)frame->frame : -1);
	cell_number(out, frame != NULL ? frame->stream : -1);
	cell_text(out, line != NULL && line->input < r->n_inputs
	    ? r->inputs[line->input].name : (struct text){ 0 });
	cell_number(out, line != NULL ? (int64_t)line->line : -1);
}

static void
finding_advice(struct buf *out, const struct finding *f)
{
	struct buf entries = { 0 };
	uint64_t fixes = 0, lost = 0;
	bool known = f->n_entries > 0;

	for (size_t i = 0; i < f->n_entries; i++) {
		if (i > 0)
			buf_string(&entries, "; ");
		buf_text(&entries, f->entries[i].entry);
		fixes += f->entries[i].fixes;
		lost += f->entries[i].inspected_lost;
		known &= !f->entries[i].lost_unknown;
	}
	cell_list(out, f->reasons, f->n_reasons);
	cell_list(out, f->doubts, f->n_doubts);
	cell_name(out, f->action);
	cell_text(out, f->advice);
	cell_text(out, buf_view(&entries));
	cell_number(out, f->n_entries > 0 ? (int64_t)fixes : -1);
	cell_number(out, known ? (int64_t)lost : -1);
	cell_text(out, f->rule);
	buf_free(&entries);
}

void
render_csv(const struct report *r, const struct render_options *o,
    struct buf *out)
{
	(void)o;
	buf_string(out, "finding,status,class,confidence,host,subject,hosts,"
	    "clients,n_clients,fingerprints,attempts,connections,accepted,"
	    "same_host_accepted,same_host_rejected,other_hosts_accepted,"
	    "other_hosts_rejected,other_domains,tls,sign,alert,close,"
	    "interception,first_seen,last_seen,capture,frame,stream,log,line,"
	    "reasons,doubts,action,advice,entries,fixes,inspected_lost,rule\n");
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		finding_verdict(out, f);
		finding_counts(out, f);
		finding_shape(out, f);
		finding_evidence(out, r, f);
		finding_advice(out, f);
		end_row(out);
		buf_drain(out);
	}
}

void
handshake_csv_heading(struct buf *out)
{
	buf_string(out, "input,frame,line,stream,time,leg,transport,tunnel,"
	    "client_ip,client_port,server_ip,server_port,host,host_source,"
	    "user,app,hello_versions,hello_alpn,psk_offered,ticket_offered,"
	    "session_id_len,early_data,ech,ja4,engine,version,cipher,alpn,"
	    "psk_accepted,session_id_echoed,retry,downgrade_sentinel,subject,"
	    "issuer,sha256,not_before,not_after,names,chain,"
	    "certificate_requested,alerts,close_by,close_how,close_after,"
	    "close_ms,client_data,server_data,resumption,interception,count,"
	    "gap,outcome,sign,class,finding\n");
}

static void
handshake_place(struct buf *out, const struct handshake *h)
{
	const struct origin *at = handshake_first(h);
	int64_t record = at->record > 0 ? (int64_t)at->record : -1;

	cell_count(out, h->input);
	cell_number(out, h->from_log ? -1 : record);
	cell_number(out, h->from_log ? record : -1);
	cell_number(out, h->stream);
	cell_time(out, at->time);
}

static void
cell_endpoint(struct buf *out, const struct endpoint *e)
{
	char address[ADDRESS_TEXT_SIZE];

	cell_name(out, endpoint_address(e, address));
	cell_number(out, e->port > 0 ? e->port : -1);
}

static void
handshake_parties(struct buf *out, const struct handshake *h)
{
	cell_name(out, leg_name(h->leg));
	cell_name(out, transport_name(h->transport));
	cell_name(out, tunnel_name(h->tunnel));
	cell_endpoint(out, &h->client);
	cell_endpoint(out, &h->server);
	cell_text(out, h->host);
	cell_name(out, host_source_name(h->host_source));
	cell_text(out, h->user);
	cell_text(out, h->app);
}

static void
handshake_offered(struct buf *out, const struct client_hello *hello)
{
	struct cursor list = cursor_over(hello->alpn.at, hello->alpn.n), name;
	struct buf all = { 0 };
	const char *version;

	for (size_t i = 0; i < hello->n_versions && i < VERSIONS_MAX; i++) {
		version = version_name(hello->versions[i]);
		if (version != NULL)
			buf_printf(&all, "%s%s", all.n > 0 ? "; " : "",
			    version);
	}
	cell_text(out, buf_view(&all));
	all.n = 0;
	while (list.left > 0 && cursor_vector(&list, 1, &name)) {
		if (all.n > 0)
			buf_string(&all, "; ");
		buf_add(&all, name.at, name.left);
	}
	cell_text(out, buf_view(&all));
	buf_free(&all);
	cell_truth(out, hello->psk_offered);
	cell_truth(out, hello->ticket_offered);
	cell_number(out, hello->session_id_len);
	cell_truth(out, hello->early_data);
	cell_name(out, ech_name(hello->ech));
	cell_text(out, hello->ja4);
	cell_name(out, engine_name(hello->engine));
}

static void
handshake_chosen(struct buf *out, const struct server_hello *hello)
{
	char number[8];
	const char *cipher = NULL;

	if (hello->cipher >= 0) {
		cipher = cipher_name((uint16_t)hello->cipher);
		snprintf(number, sizeof(number), "0x%04x",
		    (unsigned)hello->cipher & 0xffff);
		cipher = cipher != NULL ? cipher : number;
	}
	cell_name(out, version_name(hello->version));
	cell_name(out, cipher);
	cell_text(out, hello->alpn);
	cell_truth(out, hello->psk_accepted);
	cell_truth(out, hello->session_id_echoed);
	cell_truth(out, hello->retry);
	cell_truth(out, hello->sentinel);
}

static void
handshake_certificate(struct buf *out, const struct handshake *h)
{
	static const struct certificate none = { .not_before = CLOCK_UNKNOWN,
		.not_after = CLOCK_UNKNOWN };
	static const uint8_t zero[32];
	char hex[DIGEST_HEX_SIZE];
	const struct certificate *c = h->certificate != NULL ? h->certificate
							     : &none;

	cell_text(out, c->subject);
	cell_text(out, c->issuer);
	cell_name(out, memcmp(c->sha256, zero, sizeof(zero)) != 0
	    ? digest_hex(c->sha256, hex) : NULL);
	cell_time(out, c->not_before);
	cell_time(out, c->not_after);
	cell_list(out, c->names, c->n_names);
	cell_number(out, h->chain);
	cell_truth(out, h->certificate_requested);
}

/* "client fatal 46 certificate_unknown decrypted; ..." */
static void
handshake_alerts(struct buf *out, const struct handshake *h)
{
	static const char *const levels[] = { "", "warning ", "fatal " };
	struct buf all = { 0 };
	const char *side, *name, *how;

	for (size_t i = 0; i < h->n_alerts && i < ALERTS_MAX; i++) {
		const struct alert *a = &h->alerts[i];

		side = side_name(a->from);
		how = alert_how_name(a->how);
		name = a->code >= 0 ? alert_name(a->code) : NULL;
		buf_printf(&all, "%s%s %s", all.n > 0 ? "; " : "",
		    side != NULL ? side : "somebody",
		    levels[a->level < N_ITEMS(levels) ? a->level : 0]);
		if (a->code >= 0)
			buf_printf(&all, "%d %s ", a->code,
			    name != NULL ? name : "");
		buf_string(&all, how != NULL ? how : "");
	}
	cell_text(out, buf_view(&all));
	buf_free(&all);
}

static void
handshake_end(struct buf *out, const struct handshake *h)
{
	cell_name(out, side_name(h->close_by));
	cell_name(out, close_how_name(h->close_how));
	cell_name(out, phase_name(h->close_after));
	if (h->close_us >= 0)
		buf_printf(out, "%lld.%03d", (long long)(h->close_us / 1000),
		    (int)(h->close_us % 1000));
	buf_char(out, ',');
	cell_number(out, h->bytes_known ? (int64_t)h->client_data : -1);
	cell_number(out, h->bytes_known ? (int64_t)h->server_data : -1);
	cell_name(out, resumption_name(h->resumption));
	cell_name(out, interception_name(h->interception));
	cell_count(out, h->count);
	cell_name(out, h->gap ? "true" : "false");
	cell_name(out, outcome_name(h->outcome));
	cell_name(out, sign_name(h->sign));
}

void
handshake_csv(const struct handshake *h, struct text class,
    struct text finding, struct buf *out)
{
	handshake_place(out, h);
	handshake_parties(out, h);
	handshake_offered(out, &h->offered);
	handshake_chosen(out, &h->chosen);
	handshake_certificate(out, h);
	handshake_alerts(out, h);
	handshake_end(out, h);
	cell_text(out, class);
	cell_text(out, finding);
	end_row(out);
}
