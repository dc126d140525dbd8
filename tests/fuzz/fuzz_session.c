#include "fuzz.h"

#include "base/clock.h"
#include "tls/dtls.h"
#include "tls/session.h"

enum { CLOSE = 0xfd, GAP = 0xfe, DATAGRAM = 0xff };

/* One step: a byte for the end (its lowest bit) and what happens, a length in
 * two bytes, and as many bytes. */
static bool
step(struct session *s, struct tls *tls, struct cursor *c, struct origin *at,
    uint64_t sent[2])
{
	struct cursor bytes;
	uint8_t what;
	int end;

	if (!cursor_u8(c, &what))
		return false;
	end = what & 1;
	at->record++;
	at->time += CLOCK_SECOND / 1000;
	if (what >> 1 == GAP >> 1) {
		sent[end] += c->left;
		session_gap(s, tls, end, c->left);
		return true;
	}
	if (what >> 1 == CLOSE >> 1) {
		session_close(s, end, CLOSE_FIN, at);
		return true;
	}
	if (!cursor_vector(c, 2, &bytes))
		return false;
	sent[end] += bytes.left;
	if (what == DATAGRAM)
		dtls_take(s, tls, end, bytes, at);
	else if (!session_bytes(s, tls, end, bytes, at))
		return false;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct totals totals;
	struct cursor c = cursor_over(data, size);
	struct origin at = { 0, 0 };
	uint64_t sent[2] = { 0, 0 };
	struct pool *pool = pool_new();
	struct session session;
	struct handshake h;
	struct tls tls;

	tls_init(&tls, pool, NULL, &totals);
	session_init(&session);
	while (step(&session, &tls, &c, &at, sent))
		continue;
	handshake_init(&h);
	(void)session_report(&session, &tls, sent, at.time + CLOCK_DAY, &h);
	session_free(&session, &tls);
	tls_free(&tls);
	pool_free(pool);
	return 0;
}
