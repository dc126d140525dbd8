/* A report in JSON, and what explain makes of it. */
#include "fuzz.h"

#include "report/read.h"
#include "report/report.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct render_options o = { .verbose = 1 };
	struct text json = { (const char *)data, size };
	struct buf out = { 0 };
	struct report *r;
	struct error e;

	if (size > 65536)
		return 0;
	(void)report_recognise(json);
	r = report_read(json, "fuzz", &e);
	for (size_t i = 0; r != NULL && i < r->n_findings; i++)
		explain_finding(r, &r->findings[i], &o, &out);
	report_free(r);
	buf_free(&out);
	return 0;
}
