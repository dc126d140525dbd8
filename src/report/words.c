#include "report/words.h"

#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "report/escape.h"

void
words_number(struct buf *out, uint64_t n)
{
	char digits[32];
	size_t i = sizeof(digits), group = 0;

	do {
		if (group++ == 3) {
			digits[--i] = ',';
			group = 1;
		}
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	buf_add(out, digits + i, sizeof(digits) - i);
}

void
words_count(struct buf *out, uint64_t n, const char *one, const char *many)
{
	words_number(out, n);
	buf_char(out, ' ');
	buf_string(out, n == 1 ? one : many);
}

void
words_lost(struct buf *out, const struct entry *e)
{
	if (e->lost_unknown)
		buf_char(out, '?');
	else
		words_number(out, e->inspected_lost);
}

void
words_lost_sessions(struct buf *out, const struct entry *e)
{
	if (e->lost_unknown)
		buf_string(out, "an unknown number of inspected sessions");
	else
		words_count(out, e->inspected_lost, "inspected session",
		    "inspected sessions");
}

/* n units of a thousand tenths, with one decimal below 10. */
static void
scaled(struct buf *out, uint64_t n, uint64_t unit, const char *name)
{
	uint64_t tenths = n / unit * 10 + n % unit * 10 / unit;

	if (tenths < 100 && tenths % 10 != 0)
		buf_printf(out, "%u.%u %s", (unsigned)(tenths / 10),
		    (unsigned)(tenths % 10), name);
	else {
		words_number(out, tenths / 10);
		buf_printf(out, " %s", name);
	}
}

void
words_size(struct buf *out, uint64_t bytes)
{
	static const struct {
		uint64_t unit;
		const char *name;
	} units[] = { { 1000000000000, "TB" }, { 1000000000, "GB" },
		{ 1000000, "MB" }, { 1000, "KB" } };

	for (size_t i = 0; i < N_ITEMS(units); i++) {
		if (bytes >= units[i].unit) {
			scaled(out, bytes, units[i].unit, units[i].name);
			return;
		}
	}
	words_count(out, bytes, "byte", "bytes");
}

void
words_duration(struct buf *out, int64_t ns)
{
	static const struct {
		int64_t least, unit;
		const char *name;
	} units[] = { { 3 * CLOCK_DAY, CLOCK_DAY, "days" },
		{ 3600 * CLOCK_SECOND, 3600 * CLOCK_SECOND, "h" },
		{ 60 * CLOCK_SECOND, 60 * CLOCK_SECOND, "min" },
		{ CLOCK_SECOND, CLOCK_SECOND, "s" },
		{ 1000000, 1000000, "ms" }, { 0, 1000, "us" } };
	size_t i = 0;

	if (ns <= 0) {
		buf_string(out, "0 ms");
		return;
	}
	while (ns < units[i].least)
		i++;
	scaled(out, (uint64_t)ns, (uint64_t)units[i].unit, units[i].name);
}

void
words_share(struct buf *out, uint64_t part, uint64_t whole)
{
	double percent;

	if (whole == 0)
		return;
	percent = 100.0 * (double)part / (double)whole;
	if (part > 0 && percent < 0.01)
		buf_string(out, "< 0.01 %");
	else if (part == 0 || percent >= 10)
		buf_printf(out, "%.0f %%", percent);
	else
		buf_printf(out, percent < 0.1 ? "%.2f %%" : "%.1f %%", percent);
}

/* In the zone of the process, which the reader's clock shows as well. */
static struct clock_fields
local(int64_t ns)
{
	time_t seconds = (time_t)(ns / CLOCK_SECOND);
	struct clock_fields f = clock_split(ns);
	struct tm tm;

	if (ns % CLOCK_SECOND < 0)
		seconds--;
	if (localtime_r(&seconds, &tm) == NULL)
		return f;
	f.year = tm.tm_year + 1900;
	f.month = tm.tm_mon + 1;
	f.day = tm.tm_mday;
	f.hour = tm.tm_hour;
	f.minute = tm.tm_min;
	return f;
}

void
words_time(struct buf *out, int64_t ns, bool utc)
{
	struct clock_fields f;

	if (ns == CLOCK_UNKNOWN)
		return;
	f = utc ? clock_split(ns) : local(ns);
	buf_printf(out, "%04d-%02d-%02d %02d:%02d%s", (int)f.year, f.month,
	    f.day, f.hour, f.minute, utc ? "Z" : "");
}

void
words_short_time(struct buf *out, int64_t ns, bool utc)
{
	struct clock_fields f;

	if (ns == CLOCK_UNKNOWN)
		return;
	f = utc ? clock_split(ns) : local(ns);
	buf_printf(out, "%02d-%02d %02d:%02d", f.month, f.day, f.hour,
	    f.minute);
}

static bool
is_shell_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c != '\0' &&
	    strchr("_./+:@%=,-", c) != NULL);
}

static bool
needs_ansi_quotes(struct text t)
{
	uint32_t code;
	size_t n;

	for (; t.n > 0; t.at += n, t.n -= n) {
		n = text_rune(t, &code);
		if (n == 0 || rune_is_unsafe(code))
			return true;
	}
	return false;
}

/* $'...' (bash, zsh, ksh, and POSIX since 2024): the only quotes in which
 * bytes that a terminal would obey can be written as text. */
static void
ansi_quotes(struct buf *out, struct text t)
{
	uint32_t code;
	size_t n;

	buf_string(out, "$'");
	for (; t.n > 0; t.at += n, t.n -= n) {
		n = text_rune(t, &code);
		if (n == 0 || rune_is_unsafe(code)) {
			n = n > 0 ? n : 1;
			for (size_t i = 0; i < n; i++)
				buf_printf(out, "\\%03o",
				    (unsigned char)t.at[i]);
		} else if (code == '\'' || code == '\\') {
			buf_printf(out, "\\%c", (int)code);
		} else {
			buf_add(out, t.at, n);
		}
	}
	buf_char(out, '\'');
}

void
words_shell(struct buf *out, struct text t)
{
	size_t plain = 0;

	while (plain < t.n && is_shell_plain((unsigned char)t.at[plain]))
		plain++;
	if (t.n > 0 && plain == t.n) {
		buf_text(out, t);
		return;
	}
	if (needs_ansi_quotes(t)) {
		ansi_quotes(out, t);
		return;
	}
	buf_char(out, '\'');
	for (size_t i = 0; i < t.n; i++) {
		if (t.at[i] == '\'')
			buf_string(out, "'\\''");
		else
			buf_char(out, t.at[i]);
	}
	buf_char(out, '\'');
}

void
words_list(struct buf *out, const struct text *names, size_t n_shown,
    uint64_t n, size_t most)
{
	size_t i;

	for (i = 0; i < n_shown && i < most; i++) {
		if (i > 0)
			buf_string(out, ", ");
		buf_text(out, names[i]);
	}
	if (n > i) {
		buf_string(out, i > 0 ? " and " : "");
		words_number(out, n - i);
		buf_string(out, i > 0 ? " more" : "");
	}
}

void
words_shorten(struct buf *out, struct text t, size_t most)
{
	struct text rest = t, cut = t; /* cut: before the last that fits */
	uint32_t code;
	size_t n, used = 0;

	for (; rest.n > 0 && used < most; used++) {
		cut = rest;
		n = text_rune(rest, &code);
		n = n > 0 ? n : 1;
		rest.at += n;
		rest.n -= n;
	}
	if (rest.n == 0) {
		buf_text(out, t);
		return;
	}
	buf_add(out, t.at, t.n - cut.n);
	buf_string(out, "…");
}

struct text
finding_title(const struct finding *f)
{
	if (f->host == 0 && f->subject.n > 0)
		return f->subject;
	return f->host_name;
}

void
words_hosts(struct buf *out, const struct finding *f)
{
	buf_text(out, f->host_name);
	if (f->host != 0 && f->n_hosts > 1) {
		buf_string(out, " (");
		words_count(out, f->n_hosts, "host", "hosts");
		buf_char(out, ')');
	}
}

struct text *
reasons_beyond(const struct finding *f, size_t *n)
{
	size_t told = f->n_told < f->n_reasons ? f->n_told : f->n_reasons;

	*n = f->n_reasons - told;
	return f->reasons + told;
}

void
words_input(struct buf *out, const struct input_info *input)
{
	if (input->lines > 0)
		words_count(out, input->lines, "line", "lines");
	else if (input->size > 0)
		words_size(out, input->size);
	else
		words_count(out, input->packets, "packet", "packets");
}

struct text
input_name(const struct report *r, uint32_t input)
{
	return input < r->n_inputs ? r->inputs[input].name : (struct text){ 0 };
}

const char *
words_verdict(enum entry_verdict v)
{
	switch (v) {
	case VERDICT_ADD:
		return "add";
	case VERDICT_INVESTIGATE:
		return "look into it first";
	case VERDICT_WORKAROUND:
		return "a workaround, no cure";
	case VERDICT_TOO_WIDE:
		return "not suggested";
	case VERDICT_UNKNOWN:
		break;
	}
	return "";
}
