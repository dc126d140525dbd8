#include "fuzz.h"

#include "tls/hello.h"
#include "tls/ja4.h"
#include "tls/offer.h"

/* The first byte chooses the kind of hello, the rest is its body. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor body = cursor_over(data + (size > 0), size - (size > 0));
	struct offer_table table = { 0 };
	struct pool *pool;
	struct hello hello;
	bool good = false;

	if (size == 0)
		return 0;
	switch (data[0] & 3) {
	case 0:
		good = hello_read_client(body, false, &hello);
		break;
	case 1:
		good = hello_read_client(body, true, &hello);
		break;
	case 2:
		good = hello_read_ssl2(body, 0x0301, &hello);
		break;
	case 3:
		if (hello_read_server(body, &hello))
			(void)hello_has_sentinel(&hello);
		(void)hello_read_draft_retry(body, &hello);
		return 0;
	}
	if (!good)
		return 0;
	pool = pool_new();
	(void)offer_find(&table, pool, &hello);
	offer_table_free(&table);
	pool_free(pool);
	return 0;
}
