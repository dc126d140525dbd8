#include "tls/offer.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "tls/ja4.h"

/* Two lanes of 64 bits, both with the secret seed: equal keys are taken for
 * equal hellos. */
struct key {
	uint64_t a, b;
};

static inline void
key_add(struct key *k, uint64_t value)
{
	k->a = hash_mix(k->a ^ value, 0xa0761d6478bd642fULL);
	k->b = hash_mix(k->b + value, 0x8ebc6af09c88c6e3ULL);
}

static void
key_add_list(struct key *k, struct cursor list)
{
	uint16_t value;

	key_add(k, list.left);
	while (cursor_u16(&list, &value))
		if (!is_grease(value))
			key_add(k, value);
}

static void
key_add_bytes(struct key *k, struct cursor bytes)
{
	key_add(k, hash_bytes(bytes.at, bytes.left));
}

/* Chromium shuffles its extensions anew for each connection, and JA4 sorts
 * them: so their part is a sum. */
static struct key
key_of(const struct hello *hello)
{
	struct key k = { hash_seed, ~hash_seed };
	uint64_t sum_a = 0, sum_b = 0, flags;

	flags = (uint64_t)hello->legacy_version << 8 |
	    (uint64_t)hello->dtls << 2 | (uint64_t)hello->ssl2 << 1 |
	    (uint64_t)hello->has_server_name;
	key_add(&k, flags);
	if (hello->ssl2)
		key_add_bytes(&k, hello->ciphers);
	else
		key_add_list(&k, hello->ciphers);
	key_add_list(&k, hello->versions);
	key_add_list(&k, hello->signature_algorithms);
	key_add_bytes(&k, hello->alpn);
	for (size_t i = 0; i < hello->n_extensions; i++) {
		uint16_t type = hello->extensions[i];
		uint64_t h;

		if (is_grease(type))
			continue;
		h = hash_u64(type);
		sum_a += h;
		sum_b += hash_mix(h, 0xe7037ed1a0b428dbULL);
	}
	key_add(&k, sum_a);
	key_add(&k, sum_b);
	/* GREASE among the suites counts towards the engine. */
	key_add(&k, hello->ciphers.left >= 2 && is_grease((uint16_t)
	    (hello->ciphers.at[0] << 8 | hello->ciphers.at[1])));
	return k;
}

static bool
has_extension(const struct hello *hello, uint16_t type)
{
	for (size_t i = 0; i < hello->n_extensions; i++)
		if (hello->extensions[i] == type)
			return true;
	return false;
}

static bool
greases_ciphers(const struct hello *hello)
{
	struct cursor c = hello->ciphers;
	uint16_t cipher;

	while (!hello->ssl2 && cursor_u16(&c, &cipher))
		if (is_grease(cipher))
			return true;
	return false;
}

/* Of five traits of browser engines, app stacks have one at most. */
static enum engine
engine_of(const struct hello *hello)
{
	static const char h2[] = "\x02h2";
	int score = 0;

	score += greases_ciphers(hello);
	score += hello->has_ech;
	score += has_extension(hello, EXTENSION_COMPRESS_CERTIFICATE);
	score += has_extension(hello, EXTENSION_ALPS) ||
	    has_extension(hello, EXTENSION_ALPS_OLD) ||
	    (has_extension(hello, EXTENSION_DELEGATED_CREDENTIAL) &&
	    has_extension(hello, EXTENSION_RECORD_SIZE_LIMIT));
	score += hello->alpn.left >= 3 && memcmp(hello->alpn.at, h2, 3) == 0;
	return score >= 4 ? ENGINE_BROWSER :
	    score >= 2 ? ENGINE_UNCLEAR : ENGINE_APP;
}

static void
list_versions(const struct hello *hello, struct offer *offer)
{
	struct cursor c = hello->versions;
	uint16_t version;

	offer->legacy_version = hello->legacy_version;
	while (cursor_u16(&c, &version)) {
		if (is_grease(version) || offer->n_versions == VERSIONS_MAX)
			continue;
		offer->versions[offer->n_versions++] = version;
		if (version_is_13(version))
			offer->offers_13 = true;
	}
	if (offer->n_versions == 0)
		offer->versions[offer->n_versions++] = hello->legacy_version;
}

static void
fill(struct offer *offer, struct pool *pool, const struct hello *hello)
{
	char text[JA4_SIZE];

	list_versions(hello, offer);
	offer->alpn = pool_intern(pool, (struct text){
	    (const char *)hello->alpn.at, hello->alpn.left });
	offer->engine = engine_of(hello);
	ja4_text(hello, JA4_PUBLISHED, text);
	offer->ja4 = pool_intern(pool, text_of(text));
	ja4_text(hello, JA4_NORMALISED, text);
	offer->fingerprint = pool_intern(pool, text_of(text));
}

static struct offer **
find(struct offer_table *t, struct key k)
{
	size_t i = (size_t)k.a & (t->n_slots - 1);

	while (t->slots[i] != NULL && (t->slots[i]->key[0] != k.a ||
	    t->slots[i]->key[1] != k.b))
		i = (i + 1) & (t->n_slots - 1);
	return &t->slots[i];
}

static void
enlarge(struct offer_table *t)
{
	struct offer **old = t->slots;
	size_t n_old = t->n_slots;

	t->n_slots = n_old > 0 ? n_old * 2 : 64;
	t->slots = mem_zero(t->n_slots, sizeof(struct offer *));
	for (size_t i = 0; i < n_old; i++)
		if (old[i] != NULL)
			*find(t, (struct key){ old[i]->key[0],
			    old[i]->key[1] }) = old[i];
	free(old);
}

const struct offer *
offer_unknown(struct offer_table *t, struct pool *pool)
{
	if (t->other == NULL)
		t->other = pool_zero(pool, sizeof(struct offer));
	return t->other;
}

const struct offer *
offer_find(struct offer_table *t, struct pool *pool, const struct hello *hello)
{
	struct key k = key_of(hello);
	struct offer **slot;

	if (t->n_used * 2 >= t->n_slots)
		enlarge(t);
	slot = find(t, k);
	if (*slot != NULL)
		return *slot;
	if (t->n_used >= OFFERS_MAX)
		return offer_unknown(t, pool);
	*slot = pool_zero(pool, sizeof(struct offer));
	(*slot)->key[0] = k.a;
	(*slot)->key[1] = k.b;
	t->n_used++;
	fill(*slot, pool, hello);
	return *slot;
}

void
offer_table_free(struct offer_table *t)
{
	free(t->slots);
	*t = (struct offer_table){ 0 };
}
