#include "fuzz.h"

#include "tls/certificate.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	struct certificate certificate;

	certificate_read(cursor_over(data, size), pool, &certificate, NULL);
	pool_free(pool);
	return 0;
}
