#include "input/pairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* No test here has escapes, for which a log would be needed: see the samples. */

static const char *
joined(const struct pairs *p)
{
	static char out[1024];
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < p->n; i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%.*s=%.*s;",
		    TEXT_ARG(p->at[i].key), TEXT_ARG(p->at[i].value));
	return out;
}

static const char cef_line[] = "<14>x CEF:0|Example \\| Corp|Prod|1.0|id|Name|5|"
    "src=192.0.2.44 dhost=a.example requestClientApplication=Dropbox Client 210 "
    "(macOS; arm64) dst= msg=a b?c=d  cs1=TLSv1.2 cs1Label=TLS Version";

START_TEST(reads_cef)
{
	struct pairs pairs;
	struct cef cef;

	ck_assert(cef_open(text_of(cef_line), &cef));
	ck_assert(text_is(cef.vendor, "Example \\| Corp"));
	ck_assert(text_is(cef.signature, "id"));
	ck_assert(text_is(cef.severity, "5"));
	cef_pairs(NULL, cef.extension, &pairs);
	ck_assert_str_eq(joined(&pairs), "src=192.0.2.44;dhost=a.example;"
	    "requestClientApplication=Dropbox Client 210 (macOS; arm64);dst=;"
	    "msg=a b?c=d;cs1=TLSv1.2;cs1Label=TLS Version;");
	ck_assert(text_is(pairs.at[5].label, "TLS Version"));
}
END_TEST

START_TEST(reads_odd_cef_headers)
{
	struct cef cef;

	ck_assert(cef_open(text_of("CEF: 0|a|b|c|d|e|f|g=h"), &cef));
	ck_assert(text_is(cef.vendor, "a"));
	ck_assert(cef_open(text_of("CEF:0||b|c|d|e|f|"), &cef));
	ck_assert_uint_eq(cef.vendor.n, 0);
	ck_assert(!cef_open(text_of("CEF:x|a|b|c|d|e|f|"), &cef));
	ck_assert(!cef_open(text_of("CEF:0|a|b"), &cef));
	ck_assert(!cef_open(text_of(""), &cef));
}
END_TEST

START_TEST(reads_leef)
{
	static const struct {
		const char *line, *pairs;
	} cases[] = {
		{ "LEEF:1.0|v|p|1|e|a=b c\td=e", "a=b c;d=e;" },
		{ "LEEF:2.0|v|p|1|e|^|a=b^c=^d=e=f", "a=b;c=;d=e=f;" },
		{ "LEEF:2.0|v|p|1|e|x09|a=b\tc=d", "a=b;c=d;" },
		{ "LEEF:2.0|v|p|1|e|0x5e|a=b^c=d", "a=b;c=d;" },
		{ "LEEF:2.0|v|p|1|e||a=b\tc=d", "a=b;c=d;" },
		{ "LEEF:2.0|v|p|1|e| |a=b\tc=d e", "a=b;c=d e;" },
		{ "LEEF:2.0|v|p|1|e| |a=b c=d", "a=b;c=d;" },
	};
	struct pairs pairs;
	struct leef leef;

	ck_assert(leef_open(text_of(cases[_i].line), &leef));
	ck_assert(text_is(leef.vendor, "v"));
	leef_pairs(NULL, &leef, &pairs);
	ck_assert_str_eq(joined(&pairs), cases[_i].pairs);
}
END_TEST

START_TEST(reads_key_and_value)
{
	struct pairs pairs;

	kv_pairs(NULL, text_of("<189>date=2026-03-04   user=\"a b\" port=1 "
	    "open=\"x y"), '=', " \t", &pairs);
	ck_assert_str_eq(joined(&pairs), "date=2026-03-04;user=a b;port=1;"
	    "open=x y;");
	kv_pairs(NULL, text_of("[action:\"Detect\"; src:\"192.0.2.1\"]"), ':',
	    "; ]", &pairs);
	ck_assert_str_eq(joined(&pairs), "action=Detect;src=192.0.2.1;");
	ck_assert(text_is(pairs_get(&pairs, "src"), "192.0.2.1"));
	ck_assert_uint_eq(pairs_get(&pairs, "dst").n, 0);
}
END_TEST

START_TEST(knows_a_word_for_nothing)
{
	struct pairs pairs;

	kv_pairs(NULL, text_of("user=- host=a.example app=\"N/A\""), '=', " ",
	    &pairs);
	ck_assert(text_is(pairs_get(&pairs, "user"), "-"));
	ck_assert_uint_eq(pairs_present(&pairs, "user").n, 0);
	ck_assert_uint_eq(pairs_present(&pairs, "app").n, 0);
	ck_assert_uint_eq(pairs_present(&pairs, "none").n, 0);
	ck_assert(text_is(pairs_present(&pairs, "host"), "a.example"));
}
END_TEST

/* In memory of exactly the size, so that ASan sees a byte too many. */
START_TEST(survives_every_truncation)
{
	size_t n = (size_t)_i;
	char *copy = malloc(n > 0 ? n : 1);
	struct text t = { copy, n };
	struct pairs pairs;
	struct leef leef;
	struct cef cef;

	memcpy(copy, cef_line, n);
	if (n < 13)
		ck_assert(!cef_open(t, &cef));
	else if (cef_open(t, &cef))
		cef_pairs(NULL, cef.extension, &pairs);
	ck_assert(!leef_open(t, &leef));
	free(copy);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("pairs");

	tcase_add_test(tc, reads_cef);
	tcase_add_test(tc, reads_odd_cef_headers);
	tcase_add_loop_test(tc, reads_leef, 0, 7);
	tcase_add_test(tc, reads_key_and_value);
	tcase_add_test(tc, knows_a_word_for_nothing);
	tcase_add_loop_test(tc, survives_every_truncation, 0,
	    (int)sizeof(cef_line));
	return unit_run(tc);
}
