#include "fuzz.h"

#include "tls/message.h"
#include "tls/record.h"

/* A stream of records with messages in them, in pieces whose size the first
 * byte tells. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record_reader reader = { 0 };
	struct message_reader messages = { 0 };
	struct message_pool pool = { 0 };
	struct message m;
	struct record r;
	size_t step = size > 0 ? data[0] + 1u : 1;

	for (size_t i = 1; i < size; i += step) {
		struct cursor c = cursor_over(data + i,
		    size - i < step ? size - i : step);

		while (record_next(&reader, &c, &r) == PARSE_DONE)
			while (r.type == RECORD_HANDSHAKE && message_next(
			    &messages, &pool, &r.body, &m) == PARSE_DONE)
				continue;
		(void)record_skip(&reader, i % 7);
	}
	message_reset(&messages, &pool);
	message_pool_free(&pool);
	return 0;
}
