#include "report/escape.h"

#include <string.h>

#include "base/attr.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* Bytes that JSON takes as they are, and that are complete by themselves. */
static inline bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static void
escape_json_byte(struct buf *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char unicode[] = "\\u00xx";

	switch (c) {
	case '"':
		buf_add(out, "\\\"", 2);
		break;
	case '\\':
		buf_add(out, "\\\\", 2);
		break;
	case '\n':
		buf_add(out, "\\n", 2);
		break;
	case '\t':
		buf_add(out, "\\t", 2);
		break;
	default:
		unicode[4] = hex[c >> 4];
		unicode[5] = hex[c & 15];
		buf_add(out, unicode, 6);
		break;
	}
}

void
escape_json(struct buf *out, struct text t)
{
	uint32_t code;
	size_t run, n;

	while (t.n > 0) {
		for (run = 0; run < t.n && is_plain((unsigned char)t.at[run]);)
			run++;
		buf_add(out, t.at, run);
		t.at += run;
		t.n -= run;
		if (t.n == 0)
			break;
		n = text_rune(t, &code);
		if (n > 1) {
			buf_add(out, t.at, n);
		} else if (n == 1) {
			escape_json_byte(out, (unsigned char)*t.at);
		} else {
			buf_add(out, replacement, 3);
			n = 1;
		}
		t.at += n;
		t.n -= n;
	}
}

struct range {
	uint32_t first, last;
};

static bool
is_in(uint32_t code, const struct range *ranges, size_t n)
{
	size_t low = 0, high = n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (code > ranges[middle].last)
			low = middle + 1;
		else if (code < ranges[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

bool
rune_is_unsafe(uint32_t code)
{
	/* Unicode 15: Cc, Cf, Zl, Zp, Co, default-ignorable fillers and
	 * variation selectors. */
	static const struct range unsafe[] = { { 0x00, 0x1f }, { 0x7f, 0x9f },
		{ 0xad, 0xad }, { 0x34f, 0x34f }, { 0x600, 0x605 },
		{ 0x61c, 0x61c }, { 0x6dd, 0x6dd }, { 0x70f, 0x70f },
		{ 0x890, 0x891 }, { 0x8e2, 0x8e2 }, { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },
		{ 0xe000, 0xf8ff }, { 0xfdd0, 0xfdef }, { 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb },
		{ 0xfffe, 0xffff }, { 0x110bd, 0x110bd },
		{ 0x110cd, 0x110cd }, { 0x13430, 0x1343f },
		{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
		{ 0xe0000, 0x10ffff } };

	if (code >= 0x20 && code < 0x7f)
		return false;
	return is_in(code, unsafe, N_ITEMS(unsafe));
}

int
rune_width(uint32_t code)
{
	/* Combining marks of the scripts that host names use (Mn, Me). */
	static const struct range none[] = { { 0x300, 0x36f }, { 0x483, 0x489 },
		{ 0x591, 0x5bd }, { 0x5bf, 0x5bf }, { 0x5c1, 0x5c2 },
		{ 0x5c4, 0x5c5 }, { 0x5c7, 0x5c7 }, { 0x610, 0x61a },
		{ 0x64b, 0x65f }, { 0x670, 0x670 }, { 0x6d6, 0x6dc },
		{ 0x6df, 0x6e4 }, { 0x6e7, 0x6e8 }, { 0x6ea, 0x6ed },
		{ 0x730, 0x74a }, { 0x7a6, 0x7b0 }, { 0x900, 0x902 },
		{ 0x93a, 0x93a }, { 0x93c, 0x93c }, { 0x941, 0x948 },
		{ 0x94d, 0x94d }, { 0x951, 0x957 }, { 0x962, 0x963 },
		{ 0xe31, 0xe31 }, { 0xe34, 0xe3a }, { 0xe47, 0xe4e },
		{ 0xeb1, 0xeb1 }, { 0xeb4, 0xebc }, { 0xec8, 0xece },
		{ 0x1ab0, 0x1ace }, { 0x1dc0, 0x1dff }, { 0x20d0, 0x20f0 },
		{ 0x302a, 0x302d }, { 0x3099, 0x309a }, { 0xfe20, 0xfe2f } };
	/* East Asian Wide and Fullwidth, and the emoji that are shown wide. */
	static const struct range wide[] = { { 0x1100, 0x115e },
		{ 0x231a, 0x231b }, { 0x2329, 0x232a }, { 0x23e9, 0x23ec },
		{ 0x23f0, 0x23f0 }, { 0x23f3, 0x23f3 }, { 0x25fd, 0x25fe },
		{ 0x2614, 0x2615 }, { 0x2648, 0x2653 }, { 0x267f, 0x267f },
		{ 0x2693, 0x2693 }, { 0x26a1, 0x26a1 }, { 0x26aa, 0x26ab },
		{ 0x26bd, 0x26be }, { 0x26c4, 0x26c5 }, { 0x26ce, 0x26ce },
		{ 0x26d4, 0x26d4 }, { 0x26ea, 0x26ea }, { 0x26f2, 0x26f3 },
		{ 0x26f5, 0x26f5 }, { 0x26fa, 0x26fa }, { 0x26fd, 0x26fd },
		{ 0x2705, 0x2705 }, { 0x270a, 0x270b }, { 0x2728, 0x2728 },
		{ 0x274c, 0x274c }, { 0x274e, 0x274e }, { 0x2753, 0x2755 },
		{ 0x2757, 0x2757 }, { 0x2795, 0x2797 }, { 0x27b0, 0x27b0 },
		{ 0x27bf, 0x27bf }, { 0x2b1b, 0x2b1c }, { 0x2b50, 0x2b50 },
		{ 0x2b55, 0x2b55 }, { 0x2e80, 0x303e }, { 0x3041, 0x33ff },
		{ 0x3400, 0x4dbf }, { 0x4e00, 0xa4cf }, { 0xa960, 0xa97c },
		{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },
		{ 0xff01, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x16fe0, 0x18cff },
		{ 0x1aff0, 0x1b2fb }, { 0x1f004, 0x1f004 },
		{ 0x1f0cf, 0x1f0cf }, { 0x1f18e, 0x1f18e },
		{ 0x1f191, 0x1f19a }, { 0x1f200, 0x1f320 },
		{ 0x1f32d, 0x1f335 }, { 0x1f337, 0x1f37c },
		{ 0x1f37e, 0x1f393 }, { 0x1f3a0, 0x1f3ca },
		{ 0x1f3cf, 0x1f3d3 }, { 0x1f3e0, 0x1f3f0 },
		{ 0x1f3f4, 0x1f3f4 }, { 0x1f3f8, 0x1f43e },
		{ 0x1f440, 0x1f440 }, { 0x1f442, 0x1f4fc },
		{ 0x1f4ff, 0x1f53d }, { 0x1f54b, 0x1f54e },
		{ 0x1f550, 0x1f567 }, { 0x1f57a, 0x1f57a },
		{ 0x1f595, 0x1f596 }, { 0x1f5a4, 0x1f5a4 },
		{ 0x1f5fb, 0x1f64f }, { 0x1f680, 0x1f6c5 },
		{ 0x1f6cc, 0x1f6cc }, { 0x1f6d0, 0x1f6d2 },
		{ 0x1f6d5, 0x1f6df }, { 0x1f6eb, 0x1f6ec },
		{ 0x1f6f4, 0x1f6fc }, { 0x1f7e0, 0x1f7f0 },
		{ 0x1f90c, 0x1f93a }, { 0x1f93c, 0x1f945 },
		{ 0x1f947, 0x1f9ff }, { 0x1fa70, 0x1faff },
		{ 0x20000, 0x3fffd } };

	if (code >= 0x20 && code < 0x7f)
		return 1;
	if (is_in(code, none, N_ITEMS(none)))
		return 0;
	return is_in(code, wide, N_ITEMS(wide)) ? 2 : 1;
}

void
escape_plain(struct buf *out, struct text t)
{
	uint32_t code;
	size_t n;

	for (; t.n > 0; t.at += n, t.n -= n) {
		for (n = 0; n < t.n && t.at[n] >= ' ' && t.at[n] <= '~';)
			n++;
		if (n > 0) {
			buf_add(out, t.at, n);
			continue;
		}
		n = text_rune(t, &code);
		if (n == 1 && (code == '\t' || code == '\r' || code == '\n'))
			buf_char(out, ' ');
		else if (n == 0 || rune_is_unsafe(code))
			buf_add(out, replacement, 3);
		else
			buf_add(out, t.at, n);
		n = n > 0 ? n : 1;
	}
}

void
escape_html(struct buf *out, struct text t)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" },
		{ '"', "&quot;" }, { '\'', "&#39;" }, { '`', "&#96;" } };
	struct buf plain = { 0 };
	struct text rest;
	size_t n;

	escape_plain(&plain, t);
	for (rest = buf_view(&plain); rest.n > 0; rest.at++, rest.n--) {
		n = strcspn(rest.at, "&<>\"'`");
		buf_add(out, rest.at, n);
		rest.at += n;
		rest.n -= n;
		if (rest.n == 0)
			break;
		for (size_t k = 0; k < N_ITEMS(entities); k++)
			if (rest.at[0] == entities[k].c)
				buf_string(out, entities[k].entity);
	}
	buf_free(&plain);
}

/* Would a spreadsheet take this cell for a formula?  '=', '+', '-', '@' and
 * their fullwidth forms U+FF1D, U+FF0B, U+FF0D, U+FF20. */
static bool
is_formula(struct text t)
{
	static const uint32_t starts[] = { '=', '+', '-', '@', 0xff1d, 0xff0b,
		0xff0d, 0xff20 };
	uint32_t code;

	while (t.n > 0 && t.at[0] == ' ') {
		t.at++;
		t.n--;
	}
	if (text_rune(t, &code) == 0)
		return false;
	for (size_t i = 0; i < N_ITEMS(starts); i++)
		if (code == starts[i])
			return true;
	return false;
}

void
escape_csv(struct buf *out, struct text t)
{
	struct buf plain = { 0 };
	struct text rest, piece;
	bool quoted;

	if (t.n == 0)
		return;
	escape_plain(&plain, t);
	quoted = strpbrk(plain.at, ",\";'") != NULL ||
	    plain.at[0] == ' ' || plain.at[plain.n - 1] == ' ';
	if (is_formula(buf_view(&plain))) {
		quoted = true;
		buf_string(out, "\"'");
	} else if (quoted) {
		buf_char(out, '"');
	}
	for (rest = buf_view(&plain); text_split(&rest, '"', &piece);) {
		buf_text(out, piece);
		buf_string(out, "\"\"");
	}
	buf_text(out, piece);
	if (quoted)
		buf_char(out, '"');
	buf_free(&plain);
}
