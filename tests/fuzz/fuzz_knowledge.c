#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "knowledge/alerts.h"
#include "knowledge/apps.h"
#include "knowledge/ciphers.h"
#include "knowledge/hsts.h"
#include "knowledge/interceptors.h"
#include "knowledge/suffix.h"

/* What the built-in facts are asked with comes from packets and logs. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text t = { (const char *)data, size }, pattern, domain;
	struct hsts_entry entry;
	bool confirmed;
	int code;

	code = alert_by_spelling(t);
	if (code >= 0 && alert_name(code) == NULL)
		abort();
	code = alert_in_message(t);
	if (code >= 0 && alert_name(code) == NULL)
		abort();
	code = cipher_by_name(t);
	if (code >= 0 && cipher_name((uint16_t)code) == NULL)
		abort();
	hsts_lookup(t, &entry);
	if (entry.domain.n > size)
		abort();
	domain = suffix_registrable(t);
	if (domain.n > size)
		abort();
	app_by_host(t, &confirmed, &pattern);
	interceptor_by_name(t);
	interceptor_is_block_host(t);
	issuer_is_public(t);
	return 0;
}
