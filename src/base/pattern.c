#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/pattern.h"

#include <pcre2.h>
#include <stdlib.h>

#include "base/mem.h"

enum {
	SOURCE_MAX = 4096,
	MATCH_STEPS = 100000, /* about 5 ms; honest patterns take hundreds */
	DEPTH_MAX = 1000,
	HEAP_KB = 4096,
};

struct pattern {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
};

struct pattern *
pattern_new(struct text source, unsigned flags, struct error *e)
{
	uint32_t options = PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C;
	struct pattern *p;
	PCRE2_UCHAR why[128];
	PCRE2_SIZE at;
	pcre2_code *code;
	int status;

	if (source.n > SOURCE_MAX) {
		error_set(e, "pattern of %zu bytes, expected at most %d",
		    source.n, SOURCE_MAX);
		return NULL;
	}
	if (flags & PATTERN_NOCASE)
		options |= PCRE2_CASELESS;
	code = pcre2_compile((PCRE2_SPTR)(source.n > 0 ? source.at : ""),
	    source.n, options, &status, &at, NULL);
	if (code == NULL) {
		pcre2_get_error_message(status, why, sizeof(why));
		error_set(e, "pattern '%.*s', column %zu: %s",
		    TEXT_ARG(source), (size_t)at + 1, (char *)why);
		return NULL;
	}
	p = mem_zero(1, sizeof(*p));
	p->code = code;
	/* Where there is no JIT, the interpreter gives the same answers. */
	(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	p->data = pcre2_match_data_create(2, NULL);
	p->context = pcre2_match_context_create(NULL);
	if (p->data == NULL || p->context == NULL) {
		pattern_free(p);
		error_set(e, "no memory for a pattern");
		return NULL;
	}
	pcre2_set_match_limit(p->context, MATCH_STEPS);
	pcre2_set_depth_limit(p->context, DEPTH_MAX);
	pcre2_set_heap_limit(p->context, HEAP_KB);
	return p;
}

void
pattern_free(struct pattern *p)
{
	if (p == NULL)
		return;
	pcre2_match_context_free(p->context);
	pcre2_match_data_free(p->data);
	pcre2_code_free(p->code);
	free(p);
}

enum pattern_match
pattern_search(const struct pattern *p, struct text subject)
{
	int status = pcre2_match(p->code,
	    (PCRE2_SPTR)(subject.n > 0 ? subject.at : ""), subject.n, 0, 0,
	    p->data, p->context);

	if (status >= 0)
		return PATTERN_YES;
	return status == PCRE2_ERROR_NOMATCH ? PATTERN_NO : PATTERN_LIMIT;
}

enum pattern_match
pattern_capture(const struct pattern *p, struct text subject,
    struct text *out)
{
	enum pattern_match result = pattern_search(p, subject);
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(p->data);
	int group;

	if (result != PATTERN_YES)
		return result;
	group = at[2] != PCRE2_UNSET && at[3] != PCRE2_UNSET &&
	    at[3] >= at[2] ? 2 : 0;
	/* A look-ahead can end a match before it begins. */
	if (at[group + 1] < at[group])
		return PATTERN_NO;
	*out = (struct text){ subject.at + at[group],
		at[group + 1] - at[group] };
	return PATTERN_YES;
}
