#include "knowledge/suffix.h"

#include <libpsl.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"

#include "suffix.inc"

enum {
	NAME_MAX_BYTES = 253, /* RFC 1035 section 3.1, without the last dot */
	ANSWERS = 256,
};

/* What is_suffix said of a name of up to 46 bytes; no name is empty. */
struct answer {
	char name[47];
	bool is_suffix;
};

/* Answers given before, each in the slot of its hash until another name takes
 * it; for each thread its own. */
static _Thread_local struct answer answers[ANSWERS];

static int
name_order(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

/*
 * Our own names first, then the list that libpsl was built with.  A system
 * without one gets the prevailing rule of publicsuffix.org: the last label is
 * the suffix.  It lives in static storage: there is nothing to free, and
 * psl_builtin() costs nothing.
 */
static bool
is_suffix(const char *name)
{
	const psl_ctx_t *list = psl_builtin();

	if (bsearch(name, suffixes, N_ITEMS(suffixes), sizeof(suffixes[0]),
	    name_order) != NULL)
		return true;
	if (list == NULL)
		return strchr(name, '.') == NULL;
	return psl_is_public_suffix(list, name) != 0;
}

/*
 * The same, from the answers given before where it is among them: libpsl takes
 * 5,000 instructions for one, and hosts share what is above them.  Whole names
 * mostly come once; they are not kept, or they would push out the others.
 */
static bool
was_suffix(const char *name, bool whole)
{
	size_t n = strlen(name);
	struct answer *a = &answers[hash_bytes(name, n) % ANSWERS];
	bool answer;

	if (strcmp(a->name, name) == 0)
		return a->is_suffix;
	answer = is_suffix(name);
	if (!whole && n < sizeof(a->name)) {
		memcpy(a->name, name, n + 1);
		a->is_suffix = answer;
	}
	return answer;
}

/* An IPv4 address ends in a label of digits, an IPv6 one has colons; no name
 * does either (RFC 3696 section 2). */
static bool
is_address(struct text name)
{
	size_t last = name.n;

	if (memchr(name.at, ':', name.n) != NULL)
		return true;
	while (last > 0 && name.at[last - 1] != '.')
		last--;
	for (size_t i = last; i < name.n; i++)
		if (name.at[i] < '0' || name.at[i] > '9')
			return false;
	return true;
}

/* As a C string; false where it can be no host name. */
static bool
usable(struct text name, char copy[NAME_MAX_BYTES + 1])
{
	if (name.n == 0 || name.n > NAME_MAX_BYTES || name.at[0] == '.' ||
	    name.at[name.n - 1] == '.' ||
	    memchr(name.at, '\0', name.n) != NULL || is_address(name))
		return false;
	memcpy(copy, name.at, name.n);
	copy[name.n] = '\0';
	return true;
}

bool
suffix_is_public(struct text name)
{
	char copy[NAME_MAX_BYTES + 1];

	return usable(name, copy) && was_suffix(copy, true);
}

struct text
suffix_registrable(struct text name)
{
	const char *label, *below = NULL;
	char copy[NAME_MAX_BYTES + 1];

	if (!usable(name, copy))
		return (struct text){ 0 };
	for (label = copy; label != NULL;) {
		if (was_suffix(label, label == copy))
			break;
		below = label;
		label = strchr(label, '.');
		if (label != NULL)
			label++;
	}
	if (below == NULL || label == NULL)
		return (struct text){ 0 };
	return (struct text){ name.at + (below - copy),
		name.n - (size_t)(below - copy) };
}

bool
suffix_is_private(struct text name)
{
	/* RFC 2606, and what the list has though it is never delegated. */
	static const char *const open[] = { "example", "invalid", "test" };
	static const char *const closed[] = { "arpa", "internal", "local" };
	const psl_ctx_t *list = psl_builtin();
	char copy[NAME_MAX_BYTES + 1];
	const char *last;

	if (!usable(name, copy))
		return false;
	last = strrchr(copy, '.');
	if (last++ == NULL)
		return true;
	for (size_t i = 0; i < N_ITEMS(open); i++)
		if (strcmp(last, open[i]) == 0)
			return false;
	for (size_t i = 0; i < N_ITEMS(closed); i++)
		if (strcmp(last, closed[i]) == 0)
			return true;
	return list != NULL && !psl_is_public_suffix2(list, last,
	    PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

const char *
suffix_date(void)
{
	static char date[CLOCK_ISO_SIZE];
	int64_t seconds = psl_builtin_file_time();

	if (psl_builtin() == NULL || seconds <= 0)
		return suffixes_data_date;
	clock_iso(seconds * CLOCK_SECOND, date);
	date[strlen("2026-11-22")] = '\0';
	return date;
}
