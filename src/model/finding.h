/*
 * finding.h - the verdicts, and what a report is made of.
 *
 * finding/ counts handshakes into hosts, profiles and cells; rule/ decides;
 * exclude/ adds entries and prices; history/ adds the status; report/ renders.
 * All of it is plain data.  Texts and arrays live in the report's pool; arrays
 * are in the order in which they are to be shown, which depends on nothing but
 * their content.
 */
#ifndef PINSPOT_MODEL_FINDING_H
#define PINSPOT_MODEL_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/text.h"
#include "model/class.h"
#include "model/contrast.h"
#include "model/handshake.h"

/* What the catalogue of pinned applications says of a host. */
struct host_app {
	struct text name; /* of the application; empty where none is known */
	struct text pattern; /* which covers the host's name */
	bool pinned; /* it confirms a pin for this name */
};

/* A host as clients name it. */
struct host {
	struct text name; /* lower case, no trailing dot; an address where there
			   * is no name */
	struct endpoint *addresses; /* the smallest few, sorted */
	const struct host_app *app; /* NULL where none is known: see host_app */
	uint8_t n_addresses;
	uint8_t source; /* enum host_source */
	bool hsts_preloaded;
	bool excluded; /* on the exclusion list that is being verified */
};

/* One client program, as far as it can be told. */
struct profile {
	struct text client; /* address; the user where a log tells no address */
	struct text fingerprint; /* normalised; empty from logs */
	struct text user, app, agent, device; /* from logs; empty if unknown */
	enum engine engine;
	enum leg leg; /* server: this is the interceptor towards the origins */
};

enum { EXEMPLARS_MAX = 3, ALERT_CODES = 256, TIMELINE_MAX = 48 };

/* Attempts by what became of them (product.md, Vocabulary).  The last three
 * failed without the client having refused anything. */
struct attempts {
	uint32_t accepted, rejected, idle, refused, network, other;
};

/* A set of alert codes. */
struct alert_set {
	uint64_t bits[ALERT_CODES / 64];
};

/*
 * What the failing connections of a cell looked like, in connections.  Alerts
 * are the first of their side, before any close.
 */
struct traits {
	uint32_t alert_type; /* rejected by an alert, readable or not */
	uint32_t silent; /* rejected by FIN or RST in the handshake */
	uint32_t no_data_close; /* finished, then closed within 10 s, no data */
	uint32_t alert_close; /* the same within 1 s, and by an alert that
			       * only its record's type tells (TLS <= 1.2) */
	uint32_t encrypted_alerts;
	struct alert_set client_alerts, server_alerts; /* readable ones */
	uint32_t certificate_requested;
	uint32_t session_offered; /* PSK, ticket or early data */
	uint32_t mismatch; /* session offered with 1.3, answered in <= 1.2 */
	uint32_t mismatch_failed; /* ... and the handshake died of it */
	uint32_t sentinel, session_echo, early_data; /* with <= 1.2 */
	uint32_t refused_before_certificate;
	uint32_t refused_after_request; /* by the server, certificate asked */
	uint32_t ech_offered;
	uint32_t placeholder, untrust, block_page; /* by the issuer's name */
	uint32_t origin_expired; /* of the origin's leaf, as a log tells */
	uint32_t expired, wrong_name, weak, self_issued, public_issuer;
	uint32_t damaged; /* gap, cut, one-sided, begun before the capture */
	uint32_t from_log, without_name;
};

/* The server legs that belong to a cell on the client leg, by what became of
 * their handshakes (connections), at this host. */
struct server_leg {
	uint32_t n_profiles; /* 0: the server leg was not seen */
	uint64_t accepted, rejected, refused, network, idle;
	uint64_t certificate_requested, mismatch, mismatch_failed, protocol,
	    certificate_alerts, bad_certificate;
};

/* One piece of a timeline. */
struct bucket {
	uint32_t at; /* its number in the report's timeline */
	uint32_t n; /* attempts */
};

/* Why a cell failed, with what the rules weigh. */
struct failure {
	const struct traits *traits; /* may be shared by many */
	/* Rejected attempts by the report's timeline: the buckets that are not
	 * empty. */
	struct bucket *timeline;
	/* The failing handshakes that prove it best: the smallest by kind of
	 * failure, time, input and record, so that they do not depend on the
	 * order of arrival.  Texts interned. */
	const struct handshake **exemplars;
	uint8_t n_timeline, n_exemplars;
	/* For contrast_of: */
	bool all_rejections_first; /* see struct contrast */
	bool counted_idle; /* its no-data closes count as rejections there */
	uint32_t domain_accepted, domain_rejected; /* attempts of its profile at
						    * all hosts of its domain */
	uint32_t rejected; /* connections, as far as that reaches */
	struct program_shares *program; /* NULL where it is not known */
};

/* What one profile met at one host under one interceptor. */
struct cell {
	uint32_t host, profile; /* indices into the report's arrays */
	uint32_t n_profiles; /* 1; more where many were folded into one: its
			      * profile is one of those that failed alike, or
			      * has no client where all were accepted */
	uint32_t finding; /* index + 1 of the finding that it belongs to, or 0 */
	struct attempts attempts;
	uint64_t connections, accepted;
	uint64_t bytes; /* client_data + server_data of accepted connections */
	int64_t first, last;
	uint32_t clicked_through; /* rejected attempts followed by acceptance */
	uint32_t accepted_mismatch; /* connections that were accepted in spite
				     * of a lost session */
	struct failure *failure; /* NULL where nothing failed */
	uint16_t issuer; /* index into the report's issuers */
	uint8_t class; /* enum class; CLASS_UNKNOWN where no rule speaks of it */
	uint8_t leg, interception; /* enum leg, enum interception */
	bool periodic; /* attempts come at a fixed interval */
	bool idle_rejected; /* its no-data closes were judged rejections */
};

/* One thing that proves a verdict. */
struct evidence {
	uint32_t input;
	uint64_t frame, line; /* one of them; 0 for none */
	int64_t stream; /* -1 unknown */
	int64_t time;
	struct text what; /* "ClientHello", "certificate flight", "rejection",
			   * or a log's field */
	struct text value; /* of a log's field; empty for frames */
};

enum entry_risk { RISK_UNKNOWN, RISK_LOW, RISK_MEDIUM, RISK_HIGH };

enum entry_verdict { VERDICT_UNKNOWN, VERDICT_ADD, VERDICT_INVESTIGATE,
	VERDICT_WORKAROUND, VERDICT_TOO_WIDE };

/* One line of an exclusion list, and its price on the traffic seen. */
struct entry {
	const char *product;
	struct text entry; /* in the product's own syntax */
	struct text matches; /* "sni|cn", "host", "address", ... */
	struct text comment;
	struct text *findings; /* ids */
	size_t n_findings;
	uint64_t fixes; /* rejected attempts that it would cure */
	uint64_t inspected_lost; /* accepted sessions no longer inspected */
	uint64_t bytes_lost, clients_lost;
	bool lost_unknown; /* no log tells of accepted sessions: the last
			    * three are 0 */
	struct text *others; /* other names seen that it would catch */
	size_t n_others;
	enum entry_risk risk;
	enum entry_verdict verdict;
	struct text why; /* reason of the verdict, for people */
};

/* One step of the ladder of a proving connection. */
struct rung {
	uint64_t frame;
	int64_t time;
	enum side from;
	uint32_t length; /* of the record, 0 where there is none */
	struct text what;
};

struct finding {
	char id[12]; /* "f-7c1d90ab" */
	enum class class;
	enum confidence confidence;
	struct text rule; /* id of the rule that decided */
	uint32_t host; /* index + 1; 0 where the fault is the client's */
	struct text host_name; /* what to print: a name, or "(any host)" */
	struct text subject; /* the program, device or cause, in a few words */
	struct text *hosts; /* all names concerned, sorted */
	size_t n_hosts;
	struct text *clients; /* the first few, sorted */
	size_t n_clients_shown;
	uint64_t n_clients;
	struct text *fingerprints;
	size_t n_fingerprints;
	uint64_t connections, attempts, accepted;
	/* Contrast, in attempts. */
	struct {
		uint64_t accepted, rejected, profiles;
	} same_host_other_profiles;
	struct {
		uint64_t accepted, rejected, domains;
	} same_profile_other_hosts;
	/* The wire's shape in the proving connection. */
	struct {
		uint16_t version;
		enum sign sign;
		uint16_t record_len, finished_len;
		int16_t alert; /* -1 none readable */
		enum close_how close;
	} shape;
	enum interception interception;
	struct evidence *evidence;
	size_t n_evidence;
	const struct handshake *proof; /* the best exemplar, texts interned;
					* one that tells nothing for none */
	struct rung *ladder;
	size_t n_ladder;
	int64_t first_seen, last_seen;
	const char *status; /* "new", "known", "changed" (firmer, or one more
			     * program rejects), "gone", "back",
			     * "acknowledged" or NULL without history */
	struct text *reasons, *doubts, *would_change;
	size_t n_reasons, n_doubts, n_would_change;
	size_t n_told; /* so many of the reasons, the first ones, only say in
			* sentences what counts, contrast and shape say in
			* numbers: those who show the numbers may skip them */
	const char *action; /* "exclude", "deploy-ca", ... */
	struct text advice;
	struct entry *entries;
	size_t n_entries;
};

struct step {
	struct text text;
	uint64_t fixes; /* attempts */
	struct text command; /* what to run next; may be empty */
	char finding[12]; /* the id of what it is about; may be empty */
};

struct input_info {
	struct text name;
	const char *kind; /* "pcap", "pcapng", "panos", ... */
	uint64_t size; /* bytes; 0 for pipes */
	char identity[65]; /* hex SHA-256; "" for pipes */
	uint64_t packets, lines, bad, other;
	int64_t first, last;
	uint32_t snaplen; /* 0 for logs */
	bool truncated; /* ended in the middle of a record */
};

struct totals {
	uint64_t handshakes, intercepted, accepted, rejected, idle, refused,
	    network, unfinished;
	uint64_t connections; /* TLS connections, counts included */
	uint64_t attempts, rejected_attempts;
	uint64_t quic, harmless, ignored, error_lines;
	uint64_t client_hellos, server_hellos, certificates, sni;
	uint64_t alerts[ALERT_CODES]; /* readable ones, by code */
	uint64_t encrypted_alerts;
	/* What logs tell, without what is known not to be intercepted. */
	uint64_t told_accepted, told_rejected;
};

/* Do the logs tell of failures, and of no accepted session?  Some products leave
 * those out unless they are told to log them, such as PAN-OS. */
static inline bool
totals_failures_only(const struct totals *t)
{
	return t->told_rejected > 0 && t->told_accepted == 0;
}

struct report {
	struct pool *pool; /* owns what the rest points to */
	const char *version; /* of pinspot */
	char rules_digest[65];
	struct input_info *inputs;
	size_t n_inputs;
	struct text interceptor; /* issuer; empty for none */
	const char *interceptor_source; /* "given", "learned" or "none" */
	struct totals totals;
	struct host *hosts;
	size_t n_hosts;
	struct profile *profiles;
	size_t n_profiles;
	struct text *issuers; /* of the certificates shown; 0 is empty, unknown */
	size_t n_issuers;
	struct cell *cells;
	size_t n_cells;
	struct contrasts contrasts;
	struct finding *findings;
	size_t n_findings;
	struct entry *suggestions;
	size_t n_suggestions;
	struct step *next_steps;
	size_t n_next_steps;
	struct text *limits_hit, *filters, *notes;
	size_t n_limits_hit, n_filters, n_notes;
	const char *product; /* of the suggestions */
	int64_t first, last; /* span of the evidence */
	/* Buckets of equal length, for charts; n_timeline 0 where unknown. */
	int64_t timeline_start, timeline_step;
	uint32_t n_timeline; /* at most TIMELINE_MAX */
	bool partial; /* stopped before its end */
};

/* What the catalogue says, which may be nothing. */
const struct host_app *host_app(const struct host *h);

const char *entry_risk_name(enum entry_risk r);
const char *entry_verdict_name(enum entry_verdict v);

struct report *report_new(void);
void report_free(struct report *r);

/* Add a line to the report's notes. */
void report_note(struct report *r, const char *format, ...) PRINTF_LIKE(2, 3);

/* Add a line to the limits that were hit. */
void report_limit(struct report *r, const char *words);

#endif
