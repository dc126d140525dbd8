#include "base/text.h"

#include <strings.h>

int
text_compare(struct text a, struct text b)
{
	size_t shorter = a.n < b.n ? a.n : b.n;
	int order = shorter > 0 ? memcmp(a.at, b.at, shorter) : 0;

	if (order != 0)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

bool
text_same_nocase(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text_lower(a[i]) != text_lower(b[i]))
			return false;
	return true;
}

bool
text_ends(struct text t, const char *suffix)
{
	size_t n = strlen(suffix);

	return n <= t.n && (n == 0 || memcmp(t.at + t.n - n, suffix, n) == 0);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct text
text_trim(struct text t)
{
	while (t.n > 0 && is_blank(t.at[0])) {
		t.at++;
		t.n--;
	}
	while (t.n > 0 && is_blank(t.at[t.n - 1]))
		t.n--;
	return t;
}

long
text_find(struct text t, const char *needle)
{
	const char *found;

	if (t.n == 0)
		return *needle == '\0' ? 0 : -1;
	found = memmem(t.at, t.n, needle, strlen(needle));
	return found != NULL ? (long)(found - t.at) : -1;
}

bool
text_behind(struct text *t, const char *needle)
{
	long at = text_find(*t, needle);
	size_t gone;

	if (at < 0)
		return false;
	gone = (size_t)at + strlen(needle);
	t->at += gone;
	t->n -= gone;
	return true;
}

long
text_find_nocase(struct text t, const char *needle)
{
	size_t n = strlen(needle);

	for (size_t i = 0; i + n <= t.n; i++)
		if (text_equal_nocase((struct text){ t.at + i, n },
		    (struct text){ needle, n }))
			return (long)i;
	return -1;
}

bool
text_split(struct text *t, char c, struct text *head)
{
	const char *found = t->n > 0 ? memchr(t->at, c, t->n) : NULL;

	*head = *t;
	if (found == NULL) {
		*t = (struct text){ 0 };
		return false;
	}
	head->n = (size_t)(found - t->at);
	t->at = found + 1;
	t->n -= head->n + 1;
	return true;
}

bool
text_u64_long(struct text t, uint64_t *out)
{
	uint64_t value = 0;

	if (t.n == 0)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		unsigned digit = (unsigned char)t.at[i] - (unsigned)'0';

		/* Eighteen digits fit whatever they are. */
		if (digit > 9 ||
		    (i >= 18 && value > (UINT64_MAX - digit) / 10))
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

size_t
text_rune(struct text t, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t first;
	size_t n;
	uint32_t value;

	if (t.n == 0)
		return 0;
	first = (uint8_t)t.at[0];
	if (first < 0x80) {
		*code = first;
		return 1;
	}
	n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
	if (n == 0 || first > 0xf4 || n > t.n)
		return 0;
	value = first & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		uint8_t next = (uint8_t)t.at[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (next & 0x3fU);
	}
	if (value < least[n] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*code = value;
	return n;
}
