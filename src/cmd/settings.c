#include "cmd/settings.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

enum kind { FLAG, COUNT, STRING, LIST, NUMBER /* from 1 */, SIZE, PERCENT,
	DURATION, TIME, ZONE, WHEN };

/* What a value should have been, for whoever gave another. */
static const char *const expected[] = {
	[FLAG] = "yes or no",
	[COUNT] = "yes or no",
	[STRING] = "a text",
	[LIST] = "a text",
	[NUMBER] = "a number, at least 1",
	[SIZE] = "a number of bytes such as 500M or 2G",
	[PERCENT] = "a percentage, 0 to 100",
	[DURATION] = "a duration such as 90s, 15m or 24h",
	[TIME] = ("a time such as 2026-11-20, \"2026-11-20 06:00\" or "
	    "2026-11-20T06:00:00Z, or how long ago, such as 24h or 7d"),
	[ZONE] = "UTC, an offset such as +02:00, or a zone such as Europe/Berlin",
	[WHEN] = "auto, always or never",
};

struct option_spec {
	char letter; /* 0: none */
	const char *name;
	const char *argument; /* NULL: takes none */
	enum kind kind;
	size_t offset;
	const char *help;
};

#define AT(member) offsetof(struct settings, member)

static const struct option_spec options[] = {
	{ 'i', "interceptor", "CA", STRING, AT(interceptor),
	    "our CA: its file, SHA-256 or name; else learned" },
	{ 'F', "input-format", "NAME", STRING, AT(input_format),
	    "force a format; default: by content" },
	{ 0, "filter", "BPF", STRING, AT(filter),
	    "capture filter, for files too" },
	{ 'I', "interface", "IF", STRING, AT(interface),
	    "capture live from a network interface" },
	{ 0, "timezone", "TZ", ZONE, AT(timezone),
	    "zone of times that carry none, as Europe/Berlin" },
	{ 0, "squid-format", "FMT", STRING, AT(squid_format),
	    "the logformat of a Squid access.log" },
	{ 0, "max-bad", "PCT", PERCENT, AT(max_bad),
	    "unparsable lines above this: exit 4; default 1" },
	{ 0, "invalid-lines", "FILE", STRING, AT(invalid_lines),
	    "keep lines that could not be parsed" },
	{ 0, "max-memory", "SIZE", SIZE, AT(max_memory),
	    "bound for held-back packets, as 64M" },
	{ 0, "max-flows", "N", NUMBER, AT(max_flows),
	    "bound for connections followed at a time" },
	{ 0, "rules", "PATH", LIST, AT(rules),
	    "more rules, a file or a folder; repeatable" },
	{ 0, "no-default-rules", NULL, FLAG, AT(no_default_rules),
	    "leave out the built-in rules" },
	{ 0, "apps", "FILE", STRING, AT(apps),
	    "another catalogue of pinned applications" },
	{ 0, "hsts", "FILE", STRING, AT(hsts), "another HSTS preload list" },
	{ 'f', "format", "NAME", STRING, AT(format),
	    "text, json, jsonl, csv, html, md, mail, prom" },
	{ 'o', "output", "FILE", LIST, AT(output),
	    "write to FILE, whose suffix decides; repeatable" },
	{ 0, "handshakes", NULL, FLAG, AT(handshakes),
	    "one JSON line per handshake" },
	{ 's', "since", "TIME", TIME, AT(since),
	    "only findings seen since then: a date, or 24h" },
	{ 'u', "until", "TIME", TIME, AT(until),
	    "only findings seen until then" },
	{ 0, "host", "GLOB", STRING, AT(host), "only these hosts" },
	{ 0, "client", "CIDR", STRING, AT(client), "only these clients" },
	{ 0, "class", "CLASS", LIST, AT(class), "only this class; repeatable" },
	{ 0, "min-confidence", "LEVEL", STRING, AT(min_confidence),
	    "possible, likely or confirmed" },
	{ 0, "for", "PRODUCT", STRING, AT(product),
	    "syntax of suggested entries; default: by the log" },
	{ 0, "anonymize", NULL, FLAG, AT(anonymize),
	    "pseudonyms for clients, users, private names" },
	{ 0, "state", "DIR", STRING, AT(state), "keep a history, for cron" },
	{ 0, "new", NULL, FLAG, AT(only_new),
	    "with --state: only what is new, gone or back" },
	{ 0, "reason", "TEXT", STRING, AT(reason), "with ack: why" },
	{ 0, "fail-on", "CLASS|new|any", LIST, AT(fail_on),
	    "exit 1 when there is such a finding; repeatable" },
	{ 0, "follow", NULL, FLAG, AT(follow),
	    "keep reading a pipe or a growing log" },
	{ 0, "interval", "TIME", DURATION, AT(interval),
	    "a summary this often; default 60s" },
	{ 0, "try", "FILE", STRING, AT(try_file),
	    "with formats: what FILE is taken for, and why" },
	{ 0, "show-config", NULL, FLAG, AT(show_config),
	    "each setting, and where it came from" },
	{ 0, "color", "WHEN", WHEN, AT(color), "auto, always or never" },
	{ 0, "ascii", NULL, FLAG, AT(ascii), "no characters beyond ASCII" },
	{ 0, "width", "N", NUMBER, AT(width), "columns of the report" },
	{ 0, "utc", NULL, FLAG, AT(utc), "times in UTC" },
	{ 'q', "quiet", NULL, FLAG, AT(quiet), "no messages but errors" },
	{ 'v', "verbose", NULL, COUNT, AT(verbose),
	    "more detail; repeatable" },
	{ 'h', "help", NULL, FLAG, AT(help), "help; --help all for all" },
	{ 'V', "version", NULL, FLAG, AT(version),
	    "version; with -v the dates of what is built in" },
};

_Static_assert(N_ITEMS(options) <= N_SETTINGS_MAX, "too many options");

void
settings_init(struct settings *s)
{
	*s = (struct settings){ .max_bad = 1, .since = CLOCK_UNKNOWN,
		.until = CLOCK_UNKNOWN, .interval = 60 * CLOCK_SECOND };
}

static bool
parse_number(const char *text, uint64_t *out)
{
	return text_u64(text_of(text), out) && *out > 0;
}

static bool
parse_size(const char *text, uint64_t *out)
{
	static const char units[] = "KMGT";
	struct text t = text_of(text);
	const char *unit = NULL;
	int shift;

	if (t.n > 1 && (unit = strchr(units, t.at[t.n - 1] & ~32)) != NULL)
		t.n--;
	if (!text_u64(t, out))
		return false;
	shift = unit != NULL ? 10 * (int)(unit - units + 1) : 0;
	if (*out > UINT64_MAX >> shift)
		return false;
	*out <<= shift;
	return true;
}

/* "90s", "15m", "24h", "7d", "2w"; a plain number means seconds. */
static bool
parse_duration(const char *text, int64_t *ns)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
		{ 'w', 604800 } };
	struct text t = text_of(text);
	int64_t scale = 1;
	uint64_t n;

	for (size_t i = 0; i < N_ITEMS(units) && t.n > 1; i++) {
		if (t.at[t.n - 1] == units[i].unit) {
			scale = units[i].seconds;
			t.n--;
			break;
		}
	}
	if (!text_u64(t, &n) || n > 100ULL * 365 * 86400 / (uint64_t)scale)
		return false;
	*ns = (int64_t)n * scale * CLOCK_SECOND;
	return true;
}

/* A date, a time, or how long ago. */
static bool
parse_time(const char *text, int64_t *ns)
{
	int64_t ago;
	bool zoned;

	if (clock_parse_iso(text_of(text), ns, &zoned))
		return true;
	if (!parse_duration(text, &ago))
		return false;
	*ns = clock_now() - ago;
	return true;
}

static bool
parse_percent(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	if (end > text && *end == '%')
		end++;
	return end > text && *end == '\0' && *out >= 0 && *out <= 100;
}

static const char *const whens[] = { "auto", "always", "never" };

static bool
parse_when(const char *text, int *out)
{
	for (size_t i = 0; i < N_ITEMS(whens); i++) {
		if (strcmp(text, whens[i]) == 0) {
			*out = (int)i;
			return true;
		}
	}
	return false;
}

static bool
parse_flag(const char *text, bool *out)
{
	*out = text == NULL || strcmp(text, "yes") == 0 ||
	    strcmp(text, "true") == 0 || strcmp(text, "on") == 0;
	return *out || strcmp(text, "no") == 0 || strcmp(text, "false") == 0 ||
	    strcmp(text, "off") == 0;
}

static bool
push(struct list *list, const char *value)
{
	list->at = mem_grow(list->at, list->n, &list->room, sizeof(*list->at));
	list->at[list->n++] = value;
	return true;
}

/* value and from live as long as the settings. */
static bool
assign(struct settings *s, const struct option_spec *o, const char *value,
    const char *from)
{
	void *member = (char *)s + o->offset;

	s->from[o - options] = from;
	switch (o->kind) {
	case FLAG:
		return parse_flag(value, member);
	case COUNT:
		++*(int *)member;
		return true;
	case STRING:
		*(const char **)member = value;
		return true;
	case LIST:
		return push(member, value);
	case NUMBER:
		return parse_number(value, member);
	case SIZE:
		return parse_size(value, member);
	case PERCENT:
		return parse_percent(value, member);
	case DURATION:
		return parse_duration(value, member) &&
		    *(const int64_t *)member > 0;
	case TIME:
		return parse_time(value, member);
	case ZONE:
		return zone_find(text_of(value), member);
	case WHEN:
		return parse_when(value, member);
	}
	return false;
}

static const struct option_spec *
find(struct text name)
{
	for (size_t i = 0; i < N_ITEMS(options); i++)
		if (text_is(name, options[i].name))
			return &options[i];
	return NULL;
}

static const char *
nearest(const char *word)
{
	const char *names[N_ITEMS(options)];

	for (size_t i = 0; i < N_ITEMS(options); i++)
		names[i] = options[i].name;
	return error_nearest(word, names, N_ITEMS(options));
}

static int
unknown_setting(const char *path, int number, struct text name, struct error *e)
{
	char word[64];
	const char *guess;

	snprintf(word, sizeof(word), "%.*s", TEXT_ARG(name));
	guess = nearest(word);
	if (guess == NULL)
		return error_set(e, "%s:%d: unknown setting \"%s\"; pinspot "
		    "--show-config lists all", path, number, word);
	return error_set(e, "%s:%d: unknown setting \"%s\", did you mean "
	    "\"%s\"?", path, number, word, guess);
}

/* One line of a configuration file: name = value, or the name of a flag. */
static int
config_line(struct settings *s, const char *path, int number, struct text line,
    struct error *e)
{
	const struct option_spec *o;
	struct text value = text_trim(line), name;
	char *copy = NULL, *from;

	if (value.n == 0 || value.at[0] == '#')
		return 0;
	text_split(&value, '=', &name);
	name = text_trim(name);
	value = text_trim(value);
	o = find(name);
	if (o == NULL)
		return unknown_setting(path, number, name, e);
	if (value.n > 0) {
		copy = mem_zero(value.n + 1, 1);
		memcpy(copy, value.at, value.n);
		push(&s->owned, copy);
	}
	from = mem_string(path);
	push(&s->owned, from);
	if ((o->argument == NULL || copy != NULL) && assign(s, o, copy, from))
		return 0;
	return error_set(e, "%s:%d: %s: \"%s\", expected %s", path, number,
	    o->name, copy != NULL ? copy : "", expected[o->kind]);
}

static int
config_file(struct settings *s, const char *path, bool must_exist,
    struct error *e)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int number = 0, result = 0;

	if (f == NULL && !must_exist)
		return 0;
	if (f == NULL)
		return error_set(e, "%s: %s", path, strerror(errno));
	while (result == 0 && (n = getline(&line, &room, f)) >= 0)
		result = config_line(s, path, ++number,
		    (struct text){ line, (size_t)n }, e);
	free(line);
	fclose(f);
	return result;
}

int
settings_files(struct settings *s, struct error *e)
{
	const char *home = getenv("XDG_CONFIG_HOME");
	const char *named = getenv("PINSPOT_CONFIG");
	const char *below = "/pinspot/pinspot.conf";
	char path[4096] = "";

	if (config_file(s, "/etc/pinspot/pinspot.conf", false, e) != 0)
		return -1;
	if (home == NULL || home[0] != '/') {
		home = getenv("HOME");
		below = "/.config/pinspot/pinspot.conf";
	}
	if (home != NULL)
		snprintf(path, sizeof(path), "%s%s", home, below);
	if (path[0] != '\0' && config_file(s, path, false, e) != 0)
		return -1;
	if (named != NULL && named[0] != '\0')
		return config_file(s, named, true, e);
	return 0;
}

/* Say what is wrong with the argument that getopt_long refused. */
static int
refuse(int result, char **argv, struct error *e)
{
	const char *word = argv[optind - 1];
	const char *guess;
	char name[64];

	if (result == ':')
		return error_set(e, "option %s needs a value", word);
	if (strncmp(word, "--", 2) != 0)
		return error_set(e, "unknown option -%c; try: pinspot --help",
		    optopt);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="),
	    word + 2);
	if (find(text_of(name)) != NULL)
		return error_set(e, "option --%s takes no value", name);
	guess = nearest(name);
	if (guess != NULL)
		return error_set(e, "unknown option --%s, did you mean --%s?",
		    name, guess);
	return error_set(e, "unknown option --%s; try: pinspot --help all",
	    name);
}

enum { LONG_BASE = 256 }; /* beyond all letters */

static const struct option_spec *
chosen(int result)
{
	if (result >= LONG_BASE)
		return &options[result - LONG_BASE];
	for (size_t i = 0; i < N_ITEMS(options); i++)
		if (options[i].letter == result)
			return &options[i];
	return NULL;
}

int
settings_arguments(struct settings *s, int argc, char **argv, struct error *e)
{
	struct option longs[N_ITEMS(options) + 1];
	char shorts[2 * N_ITEMS(options) + 2] = ":";
	const struct option_spec *o;
	size_t n = 1;
	int result;

	memset(longs, 0, sizeof(longs));
	for (size_t i = 0; i < N_ITEMS(options); i++) {
		o = &options[i];
		longs[i].name = o->name;
		longs[i].has_arg = o->argument != NULL;
		longs[i].val = LONG_BASE + (int)i;
		if (o->letter != 0)
			shorts[n++] = o->letter;
		if (o->letter != 0 && o->argument != NULL)
			shorts[n++] = ':';
	}
	opterr = 0;
	optind = 1;
	while ((result = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		o = result == '?' || result == ':' ? NULL : chosen(result);
		if (o == NULL)
			return refuse(result, argv, e);
		if (!assign(s, o, optarg, "command line"))
			return error_set(e, "--%s: \"%s\", expected %s",
			    o->name, optarg, expected[o->kind]);
	}
	return optind;
}

void
settings_help(FILE *out)
{
	char left[64];

	for (size_t i = 0; i < N_ITEMS(options); i++) {
		const struct option_spec *o = &options[i];
		char letter[] = { '-', o->letter, ',', '\0' };

		snprintf(left, sizeof(left), "%3s --%s%s%s",
		    o->letter != 0 ? letter : "", o->name,
		    o->argument != NULL ? " " : "",
		    o->argument != NULL ? o->argument : "");
		fprintf(out, "  %-28s %s\n", left, o->help);
	}
}

static void
print_zone(const struct zone *zone, FILE *out)
{
	long long minutes = zone->winter / (60 * CLOCK_SECOND);
	char sign = minutes < 0 ? '-' : '+';

	minutes = minutes < 0 ? -minutes : minutes;
	if (zone->name != NULL || minutes == 0)
		fputs(zone->name != NULL ? zone->name : "UTC", out);
	else
		fprintf(out, "%c%02lld:%02lld", sign, minutes / 60,
		    minutes % 60);
}

/* The value in the form in which it is given. */
static void
show_value(const struct settings *s, const struct option_spec *o, FILE *out)
{
	const void *member = (const char *)s + o->offset;
	const struct list *list = member;
	const char *string;
	char iso[CLOCK_ISO_SIZE];
	int64_t ns;

	switch (o->kind) {
	case FLAG:
		fputs(*(const bool *)member ? "yes" : "no", out);
		break;
	case COUNT:
		fprintf(out, "%d", *(const int *)member);
		break;
	case STRING:
		string = *(const char *const *)member;
		fputs(string != NULL ? string : "-", out);
		break;
	case LIST:
		for (size_t i = 0; i < list->n; i++)
			fprintf(out, "%s%s", i > 0 ? " " : "", list->at[i]);
		if (list->n == 0)
			fputs("-", out);
		break;
	case NUMBER:
	case SIZE:
		fprintf(out, "%llu",
		    (unsigned long long)*(const uint64_t *)member);
		break;
	case PERCENT:
		fprintf(out, "%g", *(const double *)member);
		break;
	case DURATION:
		ns = *(const int64_t *)member / CLOCK_SECOND;
		fprintf(out, "%llds", (long long)ns);
		break;
	case ZONE:
		print_zone(member, out);
		break;
	case TIME:
		ns = *(const int64_t *)member;
		fputs(ns == CLOCK_UNKNOWN ? "-" : clock_iso(ns, iso), out);
		break;
	case WHEN:
		fputs(whens[*(const int *)member], out);
		break;
	}
}

void
settings_free(struct settings *s)
{
	for (size_t i = 0; i < N_ITEMS(options); i++) {
		struct list *list = (void *)((char *)s + options[i].offset);

		if (options[i].kind == LIST)
			free(list->at);
	}
	for (size_t i = 0; i < s->owned.n; i++)
		free((char *)s->owned.at[i]);
	free(s->owned.at);
}

void
settings_show(const struct settings *s, FILE *out)
{
	for (size_t i = 0; i < N_ITEMS(options); i++) {
		const struct option_spec *o = &options[i];
		size_t at = o->offset;

		if (at == AT(help) || at == AT(version) || at == AT(show_config))
			continue;
		fprintf(out, "%s = ", o->name);
		show_value(s, o, out);
		fprintf(out, "  # %s\n",
		    s->from[i] != NULL ? s->from[i] : "default");
	}
}
