#include "fuzz.h"

#include "stream/carrier.h"

/* Chunks of both ends: a byte whose lowest bit is the end and whose others are
 * a length, then as many bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_over(data, size), chunk, held;
	struct carrier carrier;
	struct text host;
	uint8_t head;

	carrier_init(&carrier);
	while (cursor_u8(&c, &head)) {
		size_t n = head >> 1 < c.left ? head >> 1 : c.left;

		if (!cursor_take(&c, n, &chunk))
			break;
		(void)carrier_begins_tls(chunk);
		if (carrier_take(&carrier, head & 1, &chunk, &held) !=
		    CARRIER_MORE)
			break;
	}
	(void)carrier_tunnel(&carrier, 0, &host);
	(void)carrier_tunnel(&carrier, 1, &host);
	carrier_free(&carrier);
	return 0;
}
