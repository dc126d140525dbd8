#include "input/jsonline.h"

#include <string.h>

#include "input/jsonline_private.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static inline const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' ||
	    *p == '\n'))
		p++;
	return p;
}

/* The quote or backslash at or behind p, or end. */
static inline const char *
find_special(const char *p, const char *end)
{
#if defined(__SSE2__)
	const __m128i quote = _mm_set1_epi8('"');
	const __m128i backslash = _mm_set1_epi8('\\');

	for (; end - p >= 16; p += 16) {
		__m128i part;
		unsigned mask;

		memcpy(&part, p, sizeof(part));
		mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(
		    _mm_cmpeq_epi8(part, quote),
		    _mm_cmpeq_epi8(part, backslash)));
		if (mask != 0)
			return p + __builtin_ctz(mask);
	}
#endif
	while (p < end && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* p stands behind the opening quote; the result behind the closing one, or NULL
 * where there is none. */
static inline const char *
take_string(const char *p, const char *end, struct text *out, bool *escaped)
{
	const char *start = p;

	*escaped = false;
	for (;;) {
		p = find_special(p, end);
		if (p >= end)
			return NULL;
		if (*p == '"')
			break;
		*escaped = true;
		if (end - p < 2)
			return NULL;
		p += 2;
	}
	*out = (struct text){ start, (size_t)(p - start) };
	return p + 1;
}

static inline bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || c == '.' || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '-' || c == '+';
}

const char *
json_take_word(const char *p, const char *end, struct text *out,
    enum json_kind *kind)
{
	const char *start = p;

	while (p < end && is_word(*p))
		p++;
	*out = (struct text){ start, (size_t)(p - start) };
	if (out->n == 0)
		return NULL;
	/* Published samples have their numbers masked: XXXXXXXXXX.XXXXXX. */
	if ((*start >= '0' && *start <= '9') || *start == '-' ||
	    *start == 'X') {
		*kind = JSON_NUMBER;
	} else if (text_is(*out, "true") || text_is(*out, "false")) {
		*kind = JSON_BOOLEAN;
	} else if (text_is(*out, "null")) {
		*kind = JSON_NULL;
		out->n = 0;
	} else {
		return NULL;
	}
	return p;
}

bool
json_walk_begin(struct json_walk *w, struct text t)
{
	w->broken = false;
	w->more = false;
	if (t.n == 0)
		return false;
	w->end = t.at + t.n;
	w->at = skip_blanks(t.at, w->end);
	if (w->at >= w->end || *w->at != '{')
		return false;
	w->at++;
	w->depth = 1;
	w->array[1] = false;
	w->keys[1] = (struct text){ 0 };
	return true;
}

static bool
give_up(struct json_walk *w)
{
	w->broken = true;
	return false;
}

/* Enter the object or array at w->at. */
static bool
push(struct json_walk *w)
{
	if (w->depth == JSON_DEPTH_MAX)
		return false;
	w->depth++;
	w->array[w->depth] = *w->at == '[';
	w->keys[w->depth] = w->array[w->depth] ? w->keys[w->depth - 1] :
	    (struct text){ 0 };
	w->at++;
	w->more = false;
	return true;
}

/* The key and colon of an object's member. */
static inline bool
take_key(struct json_walk *w)
{
	const char *p = w->at;
	bool escaped;

	if (*p != '"')
		return false;
	p = take_string(p + 1, w->end, &w->keys[w->depth], &escaped);
	if (p == NULL)
		return false;
	if (UNLIKELY(p >= w->end || *p != ':')) {
		p = skip_blanks(p, w->end);
		if (p >= w->end || *p != ':')
			return false;
	}
	w->at = skip_blanks(p + 1, w->end);
	return w->at < w->end;
}

/* Leave what ends here and pass the comma before the next member.  False at the
 * end of all, or where it breaks. */
static inline bool
take_between(struct json_walk *w)
{
	for (;;) {
		w->at = skip_blanks(w->at, w->end);
		if (w->at >= w->end)
			return give_up(w);
		if (*w->at == (w->array[w->depth] ? ']' : '}')) {
			w->at++;
			w->more = true;
			if (--w->depth == 0)
				return false;
			continue;
		}
		if (!w->more)
			return true;
		if (*w->at != ',')
			return give_up(w);
		w->at = skip_blanks(w->at + 1, w->end);
		return w->at < w->end || give_up(w);
	}
}

bool
json_walk_next(struct json_walk *w, struct json_member *m)
{
	const char *p;

	for (;;) {
		if (!take_between(w))
			return false;
		if (!w->array[w->depth] && !take_key(w))
			return give_up(w);
		if (*w->at != '{' && *w->at != '[')
			break;
		if (!push(w))
			return give_up(w);
	}
	m->key = w->keys[w->depth];
	m->depth = w->depth;
	if (*w->at == '"') {
		m->kind = JSON_STRING;
		p = take_string(w->at + 1, w->end, &m->value, &m->escaped);
	} else {
		m->escaped = false;
		p = json_take_word(w->at, w->end, &m->value, &m->kind);
	}
	if (p == NULL)
		return give_up(w);
	w->at = p;
	w->more = true;
	return true;
}

size_t
json_path_add(char *path, size_t size, size_t n, struct text key)
{
	if (key.n > 0 && n > 0 && n < size)
		path[n++] = '.';
	if (key.n > size - n)
		key.n = size - n;
	if (key.n > 0)
		memcpy(path + n, key.at, key.n);
	return n + key.n;
}

struct text
json_walk_path(const struct json_walk *w, char *out, size_t size)
{
	size_t n = 0;

	/* An array repeats the key that leads to it. */
	for (unsigned i = 1; i <= w->depth; i++)
		if (i == 1 || !w->array[i])
			n = json_path_add(out, size, n, w->keys[i]);
	return (struct text){ out, n };
}

struct text
json_walk_rest(const struct json_walk *w)
{
	return text_trim((struct text){ w->at, (size_t)(w->end - w->at) });
}

static bool
hex4(struct text t, uint32_t *out)
{
	uint32_t value = 0;

	if (t.n < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = t.at[i];
		uint32_t digit = c >= '0' && c <= '9' ? (uint32_t)(c - '0') :
		    c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10 :
		    c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10 : 16;

		if (digit > 15)
			return false;
		value = value << 4 | digit;
	}
	*out = value;
	return true;
}

static size_t
put_rune(char *out, uint32_t code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* \uXXXX, or two of them for a code point beyond the BMP; t stands behind the
 * 'u'.  How many bytes of t it took. */
static size_t
take_unicode(struct text t, uint32_t *code)
{
	struct text second = { t.at + 4, t.n < 4 ? 0 : t.n - 4 };
	uint32_t low;

	if (!hex4(t, code)) {
		*code = 0xfffd;
		return 0;
	}
	if (*code < 0xd800 || *code > 0xdfff)
		return 4;
	if (*code < 0xdc00 && text_starts(second, "\\u")) {
		second.at += 2;
		second.n -= 2;
		if (hex4(second, &low) && low >= 0xdc00 && low <= 0xdfff) {
			*code = 0x10000 + ((*code - 0xd800) << 10) +
			    (low - 0xdc00);
			return 10;
		}
	}
	*code = 0xfffd;
	return 4;
}

struct text
json_unwrap_path(struct text path)
{
	static const char *const wrappers[] = { "event.", "result.", "_source.",
		"fields.", "data.", "details.", "json.", "jsonPayload.",
		"payload.", "body.", "record.", "records.", "suricata.", "eve.",
		"zeek." };

	for (size_t i = 0; i < N_ITEMS(wrappers);)
		i = text_skip(&path, wrappers[i]) ? 0 : i + 1;
	return path;
}

struct text
json_unescape(struct log *log, struct text raw)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char *out = log_scratch(log, raw.n + 4);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		const char *known;
		uint32_t code;

		if (raw.at[i] != '\\' || i + 1 == raw.n) {
			out[n++] = raw.at[i];
			continue;
		}
		i++;
		if (raw.at[i] == 'u') {
			struct text rest = { raw.at + i + 1, raw.n - i - 1 };

			i += take_unicode(rest, &code);
			n += put_rune(out + n, code);
			continue;
		}
		known = memchr(from, raw.at[i], sizeof(from) - 1);
		out[n++] = known != NULL ? to[known - from] : raw.at[i];
	}
	return (struct text){ out, n };
}
