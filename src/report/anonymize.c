#include "report/anonymize.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/hostname.h"
#include "base/mem.h"
#include "knowledge/interceptors.h"
#include "knowledge/suffix.h"

enum {
	HEX_DIGITS = 10, /* 40 bits: 100,000 names seldom collide */
	PART_MIN = 3, /* shorter parts of names would blot out words */
	WORDS_MAX = 1 << 20, /* of the dictionary; a report has fewer */
};

/* What a pseudonym stands for, and how it is told. */
enum kind { KIND_CLIENT, KIND_USER, KIND_DEVICE, KIND_HOST, KIND_FILE, KIND_CA,
	KIND_POLICY, KIND_FINDING, KIND_VALUE };

static const char *const prefixes[] = {
	[KIND_CLIENT] = "client-",
	[KIND_USER] = "user-",
	[KIND_DEVICE] = "device-",
	[KIND_HOST] = "host-",
	[KIND_FILE] = "file-",
	[KIND_CA] = "CN=ca-",
	[KIND_POLICY] = "policy-",
	[KIND_FINDING] = "f-",
	[KIND_VALUE] = "value-",
};

/* A text that was replaced somewhere and is replaced everywhere else. */
struct word {
	struct text from, to;
	struct text first; /* its first run of token characters */
	uint32_t next; /* index + 1 */
};

struct anonymizer {
	uint8_t key[DIGEST_SIZE];
	struct pool *pool; /* of the report that is being changed */
	struct word *words;
	size_t n_words, room;
	uint32_t *slots; /* by the hash of the first run */
	size_t mask;
	struct certificate certificate; /* of anonymize_handshake */
	struct text *names;
	bool learning; /* a report is searched for what is replaced in it */
};

int
anonymize_key(uint8_t key[DIGEST_SIZE], struct error *e)
{
	if (getentropy(key, DIGEST_SIZE) != 0)
		return error_set(e, "--anonymize: no random key from the "
		    "system: %s", strerror(errno));
	return 0;
}

struct anonymizer *
anonymizer_new(const uint8_t key[DIGEST_SIZE])
{
	struct anonymizer *a = mem_zero(1, sizeof(*a));

	memcpy(a->key, key, DIGEST_SIZE);
	a->mask = 1023;
	a->slots = mem_zero(a->mask + 1, sizeof(*a->slots));
	return a;
}

void
anonymizer_free(struct anonymizer *a)
{
	if (a == NULL)
		return;
	free(a->words);
	free(a->slots);
	free(a->names);
	explicit_bzero(a, sizeof(*a));
	free(a);
}

/* What may be part of an address, a name, a user or a path. */
static bool
is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 ||
	    (c != '\0' && strchr("._:@%-\\/+~", c) != NULL);
}

/* The run of token characters that t begins with. */
static struct text
run_of(struct text t)
{
	size_t n = 0;

	while (n < t.n && is_token(t.at[n]))
		n++;
	return (struct text){ t.at, n };
}

static struct text
lower(struct anonymizer *a, struct text t)
{
	struct buf b = { 0 };
	struct text low;

	for (size_t i = 0; i < t.n; i++)
		buf_char(&b, t.at[i] >= 'A' && t.at[i] <= 'Z' ?
		    (char)(t.at[i] | 0x20) : t.at[i]);
	low = pool_intern(a->pool, buf_view(&b));
	buf_free(&b);
	return low;
}

/* The kind is part of what is hashed: a user who is named as a device is does
 * not become recognisable by that. */
static void
digest(struct anonymizer *a, enum kind kind, struct text t,
    uint8_t out[DIGEST_SIZE])
{
	struct buf b = { 0 };

	buf_string(&b, prefixes[kind]);
	buf_text(&b, t);
	digest_hmac(a->key, b.at, b.n, out);
	buf_free(&b);
}

/* Addresses stay addresses, so that programs can go on reading the report:
 * 2001:db8::/32 (RFC 3849) is nobody's. */
static void
hide_endpoint(struct anonymizer *a, struct endpoint *e)
{
	char text[ADDRESS_TEXT_SIZE];
	uint8_t mac[DIGEST_SIZE];

	if (e->family == 0)
		return;
	digest(a, KIND_CLIENT, text_of(endpoint_address(e, text)), mac);
	memset(e->address, 0, sizeof(e->address));
	memcpy(e->address, "\x20\x01\x0d\xb8", 4);
	memcpy(e->address + 4, mac, 6);
	e->family = 6;
}

static struct text
pseudonym(struct anonymizer *a, enum kind kind, struct text t)
{
	uint8_t mac[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE], address[ADDRESS_TEXT_SIZE];
	struct endpoint e = { 0 };

	if (t.n == 0)
		return t;
	if (endpoint_parse(t, &e)) {
		hide_endpoint(a, &e);
		return pool_intern(a->pool,
		    text_of(endpoint_address(&e, address)));
	}
	digest(a, kind, kind == KIND_HOST ? lower(a, t) : t, mac);
	digest_hex(mac, hex);
	return pool_printf(a->pool, "%s%.*s%s", prefixes[kind],
	    kind == KIND_FINDING ? 8 : HEX_DIGITS, hex,
	    kind == KIND_HOST ? ".invalid" : "");
}

static void
grow_slots(struct anonymizer *a)
{
	a->mask = a->mask * 2 + 1;
	free(a->slots);
	a->slots = mem_zero(a->mask + 1, sizeof(*a->slots));
	for (size_t i = 0; i < a->n_words; i++) {
		struct word *w = &a->words[i];
		uint32_t *slot = &a->slots[hash_bytes(w->first.at,
		    w->first.n) & a->mask];

		w->next = *slot;
		*slot = (uint32_t)i + 1;
	}
}

/* Have a text replaced wherever it occurs. */
static void
learn(struct anonymizer *a, struct text from, struct text to)
{
	struct word *w;
	struct text first;
	uint32_t *slot;

	while (from.n > 0 && !is_token(from.at[0]))
		from = (struct text){ from.at + 1, from.n - 1 };
	first = run_of(from);
	/* Single letters would blot out words. */
	if (from.n < 2 || first.n == 0 || a->n_words >= WORDS_MAX)
		return;
	slot = &a->slots[hash_bytes(first.at, first.n) & a->mask];
	for (uint32_t i = *slot; i > 0; i = a->words[i - 1].next)
		if (text_equal(a->words[i - 1].from, from))
			return;
	if (a->n_words == a->room)
		a->words = mem_grow(a->words, a->n_words, &a->room,
		    sizeof(*a->words));
	w = &a->words[a->n_words++];
	*w = (struct word){ .from = from, .to = to, .first = first,
		.next = *slot };
	*slot = (uint32_t)a->n_words;
	if (a->n_words > a->mask)
		grow_slots(a);
}

/* Replace a text of a kind, and remember that. */
static void
hide(struct anonymizer *a, enum kind kind, struct text *t)
{
	struct text from = pool_intern(a->pool, *t), to;

	if (from.n == 0)
		return;
	to = pseudonym(a, kind, from);
	if (a->learning)
		learn(a, from, to);
	*t = to;
}

/* RFC 1918, 6598, 3927, 4193, 4291 and loopback. */
static bool
is_private_address(const struct endpoint *e)
{
	const uint8_t *b = e->address;

	if (e->family == 4)
		return b[0] == 10 || b[0] == 127 || b[0] == 0 ||
		    (b[0] == 172 && (b[1] & 0xf0) == 16) ||
		    (b[0] == 192 && b[1] == 168) ||
		    (b[0] == 169 && b[1] == 254) ||
		    (b[0] == 100 && (b[1] & 0xc0) == 64);
	return e->family == 6 && ((b[0] & 0xfe) == 0xfc ||
	    (b[0] == 0xfe && (b[1] & 0xc0) == 0x80) ||
	    (b[0] == 0 && b[15] == 1));
}

static bool
is_private(struct anonymizer *a, struct text t)
{
	struct endpoint e = { 0 };

	if (endpoint_parse(t, &e))
		return is_private_address(&e);
	/* In free text a word without a dot is just a word. */
	t = lower(a, t);
	return hostname_valid(t) && suffix_is_private(t);
}

/* Can a name that is followed by this be only the beginning of one? */
static bool
goes_on(char c)
{
	return is_token(c) && strchr(".:/", c) == NULL;
}

static const struct word *
find_word(const struct anonymizer *a, struct text first, struct text rest)
{
	const struct word *best = NULL;

	for (uint32_t i = a->slots[hash_bytes(first.at, first.n) & a->mask];
	    i > 0; i = a->words[i - 1].next) {
		const struct word *w = &a->words[i - 1];

		if (w->from.n <= rest.n && memcmp(w->from.at, rest.at,
		    w->from.n) == 0 && text_equal(w->first, first) &&
		    (w->from.n == rest.n || w->from.n == first.n ||
		    !goes_on(rest.at[w->from.n])) &&
		    (best == NULL || w->from.n > best->from.n))
			best = w;
	}
	return best;
}

static struct text
trim_dots(struct text t)
{
	while (t.n > 0 && strchr(".:", t.at[t.n - 1]) != NULL)
		t.n--;
	while (t.n > 0 && t.at[0] == '.')
		t = (struct text){ t.at + 1, t.n - 1 };
	return t;
}

static void scrub_run(struct anonymizer *a, struct buf *out, struct text run);

/* Parts of a run that is nothing known as a whole: "10.0.0.1:443", a path, a
 * user with a domain. */
static void
scrub_parts(struct anonymizer *a, struct buf *out, struct text run)
{
	size_t from = 0;

	for (size_t i = 0; i <= run.n; i++) {
		if (i < run.n && strchr("/:@\\%", run.at[i]) == NULL)
			continue;
		if (i - from == run.n) {
			buf_text(out, run);
			return;
		}
		scrub_run(a, out, (struct text){ run.at + from, i - from });
		if (i < run.n)
			buf_char(out, run.at[i]);
		from = i + 1;
	}
}

static void
scrub_run(struct anonymizer *a, struct buf *out, struct text run)
{
	struct text core = trim_dots(run);
	const struct word *w = find_word(a, core, core);
	size_t before = (size_t)(core.at - run.at);

	if (core.n == 0 || (w == NULL && !is_private(a, core))) {
		scrub_parts(a, out, run);
		return;
	}
	buf_add(out, run.at, before);
	buf_text(out, w != NULL ? w->to : pseudonym(a, KIND_HOST, core));
	buf_add(out, core.at + core.n, run.n - before - core.n);
}

/* Free text: whatever was replaced elsewhere, and private addresses and names
 * that occur in it. */
static void
scrub(struct anonymizer *a, struct text *t)
{
	struct buf out = { 0 };
	struct text rest = *t;

	while (rest.n > 0) {
		struct text run = run_of(rest);
		const struct word *w;
		size_t n;

		if (run.n == 0) {
			buf_char(&out, rest.at[0]);
			rest = (struct text){ rest.at + 1, rest.n - 1 };
			continue;
		}
		w = find_word(a, run, rest);
		n = w != NULL ? w->from.n : run.n;
		if (w != NULL)
			buf_text(&out, w->to);
		else
			scrub_run(a, &out, run);
		rest = (struct text){ rest.at + n, rest.n - n };
	}
	if (!text_equal(buf_view(&out), *t))
		*t = pool_intern(a->pool, buf_view(&out));
	buf_free(&out);
}

static void
scrub_all(struct anonymizer *a, struct text *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		scrub(a, &texts[i]);
}

static int
text_order(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

/* Lists that were sorted stay so: the old order would tell of the names. */
static void
scrub_sorted(struct anonymizer *a, struct text *texts, size_t n)
{
	scrub_all(a, texts, n);
	if (n > 1)
		qsort(texts, n, sizeof(*texts), text_order);
}

static int
address_order(const void *left, const void *right)
{
	char a[ADDRESS_TEXT_SIZE], b[ADDRESS_TEXT_SIZE];

	return strcmp(endpoint_address(left, a), endpoint_address(right, b));
}

/* The addresses that are private or were replaced elsewhere. */
static void
hide_addresses(struct anonymizer *a, struct host *h)
{
	char room[ADDRESS_TEXT_SIZE];

	for (size_t i = 0; i < h->n_addresses; i++) {
		struct endpoint *e = &h->addresses[i];
		struct text t = text_of(endpoint_address(e, room));

		if (is_private_address(e) || find_word(a, t, t) != NULL)
			hide_endpoint(a, e);
	}
	if (h->n_addresses > 1)
		qsort(h->addresses, h->n_addresses, sizeof(*h->addresses),
		    address_order);
}

/* A host's name, wherever it stands alone. */
static void
hide_host(struct anonymizer *a, struct text *name)
{
	struct endpoint e = { 0 };

	if (endpoint_parse(*name, &e) ? is_private_address(&e) :
	    suffix_is_private(lower(a, *name)))
		hide(a, KIND_HOST, name);
}

/* Each value of a distinguished name, by itself: "CN=Corp CA,O=Corp" may stand
 * elsewhere as "Corp CA". */
static void
learn_values(struct anonymizer *a, struct text dn, struct text to)
{
	struct text part, key;
	bool more;

	do {
		more = text_split(&dn, ',', &part);
		if (text_split(&part, '=', &key) && part.n >= PART_MIN)
			learn(a, part, to);
	} while (more);
}

/* An issuer's name, unless a public CA has it. */
static void
hide_issuer(struct anonymizer *a, struct text *issuer)
{
	struct text from = pool_intern(a->pool, *issuer);

	if (from.n == 0 || issuer_is_public(from))
		return;
	hide(a, KIND_CA, issuer);
	if (a->learning)
		learn_values(a, from, (struct text){ issuer->at + 3,
		    issuer->n - 3 });
}

/* "CORP\\alice" and "alice@corp.example" are alice as well. */
static void
hide_user(struct anonymizer *a, struct text *user)
{
	struct text from = pool_intern(a->pool, *user), name, rest;

	hide(a, KIND_USER, user);
	if (!a->learning)
		return;
	rest = from;
	if (text_split(&rest, '\\', &name) && rest.n >= PART_MIN)
		learn(a, rest, *user);
	rest = from;
	if (text_split(&rest, '@', &name) && name.n >= PART_MIN)
		learn(a, name, *user);
}

static void
hide_digest(struct anonymizer *a, uint8_t bytes[DIGEST_SIZE])
{
	static const uint8_t none[DIGEST_SIZE];

	if (memcmp(bytes, none, DIGEST_SIZE) != 0)
		digest_hmac(a->key, bytes, DIGEST_SIZE, bytes);
}

/* The leaf of an interceptor names the host and the interceptor; its hashes and
 * key identifiers could be looked up in whoever's records. */
static void
hide_certificate(struct anonymizer *a, struct certificate *c,
    struct text *names)
{
	struct text subject = c->subject;

	scrub(a, &c->subject);
	scrub(a, &c->subject_cn);
	/* What else stands beside a private name is private, too. */
	if (!text_equal(subject, c->subject))
		c->subject = pool_printf(a->pool, "CN=%.*s",
		    TEXT_ARG(c->subject_cn));
	hide_issuer(a, &c->issuer);
	scrub(a, &c->issuer_cn);
	scrub(a, &c->issuer_o);
	if (!issuer_is_public(c->issuer) && c->issuer_o.n > 0)
		c->issuer_o = pseudonym(a, KIND_VALUE, c->issuer_o);
	c->serial = pseudonym(a, KIND_VALUE, c->serial);
	c->authority_key_id = pseudonym(a, KIND_VALUE, c->authority_key_id);
	c->subject_key_id = pseudonym(a, KIND_VALUE, c->subject_key_id);
	hide_digest(a, c->sha256);
	hide_digest(a, c->spki_sha256);
	for (size_t i = 0; i < c->n_names; i++) {
		names[i] = c->names[i];
		scrub(a, &names[i]);
	}
	c->names = names;
}

static void
hide_server(struct anonymizer *a, struct endpoint *e)
{
	if (is_private_address(e))
		hide_endpoint(a, e);
}

static void
hide_fields(struct anonymizer *a, struct handshake *h)
{
	hide_endpoint(a, &h->client);
	hide_endpoint(a, &h->client_nat);
	hide_server(a, &h->server);
	hide_server(a, &h->server_nat);
	hide_host(a, &h->host);
	hide_user(a, &h->user);
	hide(a, KIND_DEVICE, &h->device);
	hide(a, KIND_POLICY, &h->policy);
	scrub(a, &h->agent);
	scrub(a, &h->app);
	scrub(a, &h->error);
}

static const struct certificate *
copy_certificate(struct anonymizer *a, const struct certificate *c)
{
	struct certificate *copy = pool_zero(a->pool, sizeof(*copy));

	*copy = *c;
	hide_certificate(a, copy, pool_zero(a->pool,
	    (c->n_names + 1u) * sizeof(*copy->names)));
	return copy;
}

void
anonymize_handshake(struct anonymizer *a, const struct handshake *h,
    struct pool *pool, struct handshake *out)
{
	a->pool = pool;
	a->learning = false;
	*out = *h;
	hide_fields(a, out);
	if (h->certificate == NULL)
		return;
	a->certificate = *h->certificate;
	a->names = mem_resize(a->names, h->certificate->n_names + 1u,
	    sizeof(*a->names));
	hide_certificate(a, &a->certificate, a->names);
	out->certificate = &a->certificate;
}

/* Within a report the pool keeps all copies. */
static void
hide_handshake(struct anonymizer *a, struct handshake *h)
{
	hide_fields(a, h);
	if (h->certificate != NULL)
		h->certificate = copy_certificate(a, h->certificate);
}

static void
hide_inputs(struct anonymizer *a, struct report *r)
{
	for (size_t i = 0; i < r->n_inputs; i++) {
		struct input_info *input = &r->inputs[i];
		struct text name = input->name, base = name, part;

		if (text_is(name, "standard input"))
			continue;
		hide(a, KIND_FILE, &input->name);
		while (text_split(&base, '/', &part))
			continue;
		if (part.n > 0)
			learn(a, pool_intern(a->pool, part), input->name);
		if (input->identity[0] != '\0') {
			uint8_t mac[DIGEST_SIZE];

			digest(a, KIND_VALUE, text_of(input->identity), mac);
			digest_hex(mac, input->identity);
		}
	}
}

static void
hide_profiles(struct anonymizer *a, struct report *r)
{
	for (size_t i = 0; i < r->n_profiles; i++) {
		struct profile *p = &r->profiles[i];
		bool by_user = text_equal(p->client, p->user);

		hide_user(a, &p->user);
		hide(a, by_user ? KIND_USER : KIND_CLIENT, &p->client);
		hide(a, KIND_DEVICE, &p->device);
		scrub(a, &p->agent);
	}
}

static void
hide_hosts(struct anonymizer *a, struct report *r)
{
	for (size_t i = 0; i < r->n_hosts; i++) {
		struct host *h = &r->hosts[i];

		hide_host(a, &h->name);
		hide_addresses(a, h);
	}
}

static const struct handshake *
hidden_copy(struct anonymizer *a, const struct handshake *h)
{
	struct handshake *copy = pool_zero(a->pool, sizeof(*copy));

	*copy = *h;
	hide_handshake(a, copy);
	return copy;
}

static void
hide_cells(struct anonymizer *a, struct report *r)
{
	for (size_t i = 0; i < r->n_issuers; i++)
		hide_issuer(a, &r->issuers[i]);
	for (size_t i = 0; i < r->n_cells; i++) {
		struct cell *c = &r->cells[i];

		for (size_t k = 0; c->failure != NULL &&
		    k < c->failure->n_exemplars; k++)
			c->failure->exemplars[k] = hidden_copy(a,
			    c->failure->exemplars[k]);
	}
}

/* A finding's id is made of its host and its interceptor, without a key. */
static void
hide_id(struct anonymizer *a, struct finding *f)
{
	struct text id = pool_intern(a->pool, text_of(f->id));
	struct text to = pseudonym(a, KIND_FINDING, id);

	if (id.n == 0)
		return;
	learn(a, id, to);
	memcpy(f->id, to.at, to.n < sizeof(f->id) ? to.n : sizeof(f->id) - 1);
}

/* In a regular expression the dots are escaped: a name that must not be seen
 * costs the expression its form. */
static void
scrub_entry(struct anonymizer *a, struct text *entry)
{
	struct buf plain = { 0 };
	struct text t, before;

	for (size_t i = 0; i < entry->n; i++)
		if (entry->at[i] != '\\')
			buf_char(&plain, entry->at[i]);
	before = t = buf_view(&plain);
	scrub(a, &t);
	if (!text_equal(t, before))
		*entry = t;
	buf_free(&plain);
}

static void
hide_entries(struct anonymizer *a, struct entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct entry *e = &entries[i];

		scrub_entry(a, &e->entry);
		scrub(a, &e->comment);
		scrub(a, &e->why);
		scrub_sorted(a, e->findings, e->n_findings);
		scrub_sorted(a, e->others, e->n_others);
	}
}

static void
hide_evidence(struct anonymizer *a, struct finding *f)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		scrub(a, &f->evidence[i].what);
		scrub(a, &f->evidence[i].value);
	}
	for (size_t i = 0; i < f->n_ladder; i++)
		scrub(a, &f->ladder[i].what);
}

static void
hide_finding(struct anonymizer *a, struct finding *f)
{
	f->proof = hidden_copy(a, f->proof);
	if (f->host > 0) /* else it is "(any host)" */
		hide_host(a, &f->host_name);
	scrub(a, &f->host_name);
	scrub(a, &f->subject);
	scrub_sorted(a, f->hosts, f->n_hosts);
	scrub_sorted(a, f->clients, f->n_clients_shown);
	hide_evidence(a, f);
	scrub_all(a, f->reasons, f->n_reasons);
	scrub_all(a, f->doubts, f->n_doubts);
	scrub_all(a, f->would_change, f->n_would_change);
	scrub(a, &f->advice);
	hide_entries(a, f->entries, f->n_entries);
}

/* First all that stands in fields of its own, so that the free text is searched
 * for everything. */
void
anonymize_report(struct anonymizer *a, struct report *r)
{
	a->pool = r->pool;
	a->learning = true;
	hide_inputs(a, r);
	hide_profiles(a, r);
	hide_issuer(a, &r->interceptor);
	hide_hosts(a, r);
	hide_cells(a, r);
	for (size_t i = 0; i < r->n_findings; i++)
		hide_id(a, &r->findings[i]);
	for (size_t i = 0; i < r->n_findings; i++)
		hide_finding(a, &r->findings[i]);
	hide_entries(a, r->suggestions, r->n_suggestions);
	for (size_t i = 0; i < r->n_next_steps; i++) {
		scrub(a, &r->next_steps[i].text);
		scrub(a, &r->next_steps[i].command);
	}
	scrub_all(a, r->limits_hit, r->n_limits_hit);
	scrub_all(a, r->filters, r->n_filters);
	scrub_all(a, r->notes, r->n_notes);
}
