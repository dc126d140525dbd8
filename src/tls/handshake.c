/*
 * Handshake messages: what each of them tells a session.
 */
#include "tls/session_parts.h"

#include "base/hash.h"
#include "tls/hello.h"

enum { SHAPE_MAX = 16 + 5 * 32 };

/* Hellos -------------------------------------------------------------------- */

static uint64_t
session_id_hash(struct cursor id)
{
	return hash_bytes(id.at, id.left);
}

struct text
session_host_name(struct pool *pool, struct text name)
{
	char lower[HOST_NAME_MAX_SNI];
	size_t n = name.n;

	if (n > sizeof(lower))
		return (struct text){ 0 };
	for (size_t i = 0; i < n; i++)
		lower[i] = text_lower(name.at[i]);
	if (n > 0 && lower[n - 1] == '.')
		n--;
	return pool_intern(pool, (struct text){ lower, n });
}

/* The names under which whole providers hide: an outer SNI that is one of
 * these means a true encrypted hello, any other is what GREASE sends. */
static const char *const ech_public_names[] = {
	"cloudflare-ech.com", "public.tls-ech.dev", "cover.defo.ie",
	"public-name.ech.wolfssl.com", "tls-outer.browserleaks.com",
};

static enum ech
ech_of(const struct hello *hello, struct text sni)
{
	if (hello->has_esni)
		return ECH_OFFERED;
	if (!hello->has_ech)
		return ECH_NONE;
	for (size_t i = 0; i < N_ITEMS(ech_public_names); i++)
		if (text_is(sni, ech_public_names[i]))
			return ECH_OFFERED;
	return ECH_GREASE;
}

/* Of a hello that is cut the fingerprints would be wrong; what else it says
 * is not. */
static void
take_client_hello(struct session *s, struct tls *tls, int end,
    const struct hello *hello, bool whole, const struct origin *at)
{
	tls->totals->client_hellos++;
	if (hello->server_name.left > 0)
		tls->totals->sni++;
	if (s->n_client_hellos < UINT8_MAX)
		s->n_client_hellos++;
	if (s->has_hello) /* the second after a retry: the first one counts */
		return;
	if (s->client < 0)
		s->client = (int8_t)end;
	s->has_hello = true;
	s->hello = *at;
	s->offer = whole ? offer_find(&tls->offers, tls->pool, hello) :
	    offer_unknown(&tls->offers, tls->pool);
	s->sni = session_host_name(tls->pool, (struct text){
	    (const char *)hello->server_name.at, hello->server_name.left });
	s->session_id_len = (uint8_t)hello->session_id.left;
	s->session_id = session_id_hash(hello->session_id);
	s->psk_offered = hello->has_psk;
	s->ticket_offered = hello->has_ticket;
	s->early_data = hello->has_early_data;
	s->ech = (uint8_t)ech_of(hello, s->sni);
}

/* "0303:c02f:0000-000b-ff01": what an interceptor answers alike for all hosts. */
static struct text
shape_of(struct pool *pool, const struct hello *answer)
{
	static const char hex[] = "0123456789abcdef";
	char text[SHAPE_MAX];
	size_t n = 0;

	for (size_t i = 0; i < (size_t)answer->n_extensions + 2; i++) {
		uint16_t value = i == 0 ? answer->version :
		    i == 1 ? answer->cipher : answer->extensions[i - 2];

		if (n + 5 > sizeof(text))
			break;
		if (i > 0)
			text[n++] = i <= 2 ? ':' : '-';
		for (int shift = 12; shift >= 0; shift -= 4)
			text[n++] = hex[value >> shift & 15];
	}
	return pool_intern(pool, (struct text){ text, n });
}

static struct text
chosen_alpn(struct pool *pool, const struct hello *answer)
{
	struct cursor list = answer->alpn, name;

	if (!cursor_vector(&list, 1, &name))
		return (struct text){ 0 };
	return pool_intern(pool,
	    (struct text){ (const char *)name.at, name.left });
}

static void
take_server_hello(struct session *s, struct tls *tls, int end,
    const struct hello *answer)
{
	if (!answer->retry)
		tls->totals->server_hellos++;
	if (s->client < 0)
		s->client = (int8_t)(1 - end);
	if (end == s->client || (s->has_answer && !s->retry))
		return;
	s->retry |= answer->retry;
	s->has_answer = true;
	s->version = answer->version;
	s->is_13 = version_is_13(answer->version);
	s->cipher = answer->cipher;
	s->psk_accepted = answer->has_psk;
	s->sentinel = hello_has_sentinel(answer);
	s->echoed = s->has_hello && s->session_id_len > 0 &&
	    answer->session_id.left == s->session_id_len &&
	    session_id_hash(answer->session_id) == s->session_id;
	s->encrypt_then_mac = answer->has_encrypt_then_mac;
	s->alpn = chosen_alpn(tls->pool, answer);
	s->shape = shape_of(tls->pool, answer);
	s->lengths = lengths_of(s->version, s->cipher, s->encrypt_then_mac, 0);
	s->padded = s->is_13 ? lengths_of(s->version, s->cipher, false,
	    PADDING_JSSE) : s->lengths;
}

/* Messages ---------------------------------------------------------------- */

/* Certificate of TLS 1.2 and before (RFC 5246 section 7.4.2): a list of 3
 * bytes' length, in it each certificate with its length in 3 bytes. */
static void
take_certificates(struct session *s, struct tls *tls, enum side from,
    struct cursor body)
{
	struct cursor list, leaf, chain, one;
	uint32_t length;

	/* Of a message that is cut the leaf may be whole. */
	list = body;
	if (!cursor_uint(&list, 3, &length))
		return;
	if (from == SIDE_CLIENT) {
		s->certificate_sent = list.left > 0 ? TRUTH_YES : TRUTH_NO;
		return;
	}
	tls->totals->certificates++;
	if (s->leaf != NULL)
		return;
	s->chain = 0;
	if (!cursor_vector(&list, 3, &leaf))
		return;
	s->leaf = leaf_find(&tls->leaves, tls->pool, tls->authority, leaf,
	    list);
	/* Bytes that name neither issuer nor subject are no certificate. */
	if (s->leaf != NULL && s->leaf->malformed && s->leaf->issuer.n == 0 &&
	    s->leaf->subject.n == 0)
		s->leaf = NULL;
	s->chain = 1;
	for (chain = list; s->chain < INT16_MAX &&
	    cursor_vector(&chain, 3, &one);)
		s->chain++;
}

void
session_message(struct session *s, struct tls *tls, int end, bool dtls,
    const struct message *m, const struct origin *at)
{
	enum side from = session_side(s, end);
	struct hello hello;

	switch (m->type) {
	case MESSAGE_CLIENT_HELLO:
		if (from != SIDE_SERVER && m->whole &&
		    hello_read_client(m->body, dtls, &hello))
			take_client_hello(s, tls, end, &hello, true, at);
		break;
	case MESSAGE_SERVER_HELLO:
		if (from != SIDE_CLIENT && m->whole &&
		    hello_read_server(m->body, &hello))
			take_server_hello(s, tls, end, &hello);
		break;
	case MESSAGE_HELLO_RETRY_REQUEST:
		if (from == SIDE_SERVER && m->whole &&
		    hello_read_draft_retry(m->body, &hello))
			take_server_hello(s, tls, end, &hello);
		break;
	case MESSAGE_CERTIFICATE:
		if (from != SIDE_UNKNOWN && m->whole)
			take_certificates(s, tls, from, m->body);
		break;
	case MESSAGE_CERTIFICATE_REQUEST:
		s->certificate_requested |= from == SIDE_SERVER;
		break;
	case MESSAGE_SERVER_HELLO_DONE:
		s->hello_done |= from == SIDE_SERVER;
		break;
	}
}

/* A Certificate whose end is missing still begins with the leaf, a ClientHello
 * very often with the SNI. */
void
session_take_cut(struct session *s, struct tls *tls, int end)
{
	enum side from = session_side(s, end);
	struct hello hello;
	struct message m;

	if (message_cut(&s->half[end].message, &m)) {
		if (m.type == MESSAGE_CERTIFICATE && from == SIDE_SERVER)
			take_certificates(s, tls, from, m.body);
		else if (m.type == MESSAGE_CLIENT_HELLO &&
		    from != SIDE_SERVER &&
		    hello_read_client(m.body, false, &hello))
			take_client_hello(s, tls, end, &hello, false,
			    &s->last);
		s->flight_cut |= from == SIDE_SERVER;
	}
	message_reset(&s->half[end].message, &tls->messages);
}

void
session_take_ssl2(struct session *s, struct tls *tls, int end,
    const struct record *r, const struct origin *at)
{
	struct message_reader *reader = &s->half[end].message;
	struct cursor body = r->body;
	struct message m;
	struct hello hello;

	if (r->first)
		message_begin(reader, &tls->messages, MESSAGE_CLIENT_HELLO,
		    r->length);
	if (message_next(reader, &tls->messages, &body, &m) == PARSE_DONE &&
	    m.whole && session_side(s, end) != SIDE_SERVER &&
	    hello_read_ssl2(m.body, r->version, &hello))
		take_client_hello(s, tls, end, &hello, true, at);
}
