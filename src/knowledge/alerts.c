#include "knowledge/alerts.h"

#include <stdint.h>

struct spelling {
	const char *text; /* lower case, without blanks, '_' and '-' */
	uint8_t length;
	uint8_t code;
	bool sure; /* names an alert even where nothing speaks of one */
};

#include "alerts.inc"

enum {
	OPENSSL_REASON = 1000, /* reason codes of alerts are this + the alert */
	MESSAGE_MAX = 4096, /* of a message, only so much is searched */
	CONTEXT_WORDS = 4, /* "alert has been received: certificate is bad" */
};

/* How sure we are that a match is an alert, best last. */
enum weight { WEIGHT_NONE, WEIGHT_PHRASE, WEIGHT_IDENTIFIER, WEIGHT_ALERT };

const char *
alert_name(int code)
{
	return code >= 0 && code < 256 ? alert_names[code] : NULL;
}

bool
alert_is_certificate(int code)
{
	return code >= 0 && code < 64 &&
	    (ALERTS_OF_CERTIFICATES >> code & 1) != 0;
}

const char *
alerts_date(void)
{
	return alerts_data_date;
}

static bool
is_joint(char c)
{
	return c == ' ' || c == '_' || c == '-' || c == '\t';
}

static bool
is_alnum(char c)
{
	c = text_lower(c);
	return text_is_digit(c) || (c >= 'a' && c <= 'z');
}

/* How many bytes of t a spelling takes up, up to the end of a word; 0 where it
 * does not begin there.  *blank: it is written as several words. */
static size_t
spelling_match(const struct spelling *s, struct text t, bool *blank)
{
	size_t at = 0;

	*blank = false;
	for (size_t i = 0; i < s->length; i++) {
		while (i > 0 && at < t.n && is_joint(t.at[at]))
			*blank |= t.at[at++] == ' ';
		if (at == t.n || text_lower(t.at[at]) != s->text[i])
			return 0;
		at++;
	}
	return at == t.n || !is_alnum(t.at[at]) ? at : 0;
}

/* The longest spelling at the start of t, or NULL. */
static const struct spelling *
spelling_find(struct text t, size_t *length, bool *blank)
{
	unsigned letter;

	if (t.n == 0)
		return NULL;
	letter = (unsigned char)text_lower(t.at[0]) - (unsigned)'a';
	if (letter > 25)
		return NULL;
	for (unsigned i = alert_letters[letter]; i < alert_letters[letter + 1];
	    i++) {
		*length = spelling_match(&alert_spellings[i], t, blank);
		if (*length > 0)
			return &alert_spellings[i];
	}
	return NULL;
}

/* Pass over what OpenSSL, BoringSSL and Go write before an alert's name. */
static struct text
without_prefix(struct text t)
{
	static const char *const prefixes[] = { "sslv3", "tlsv13", "tlsv1",
		"ssl/tls", "remote error: tls:", "received", "fatal", "alert",
		":" };

	for (size_t i = 0; i < N_ITEMS(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (t.n <= n ||
		    !text_equal_nocase((struct text){ t.at, n },
		    text_of(prefixes[i])))
			continue;
		t = (struct text){ t.at + n, t.n - n };
		while (t.n > 0 && is_joint(t.at[0]))
			t = (struct text){ t.at + 1, t.n - 1 };
	}
	return t;
}

int
alert_by_spelling(struct text t)
{
	const struct spelling *s;
	uint64_t number;
	size_t length;
	bool blank;

	t = text_trim(t);
	if (text_u64(t, &number))
		return number < 256 && alert_names[number] != NULL ?
		    (int)number :
		    -1;
	t = without_prefix(t);
	s = spelling_find(t, &length, &blank);
	return s != NULL && length == t.n ? s->code : -1;
}

/*
 * A packed OpenSSL error code: library 20 (SSL), function (before 3.0) and
 * reason.  3.0 has 23 bits of reason and prints 0A000418, before that
 * 12 bits and 14094418: the last 12 bits tell the alert in both.  Squid leaves
 * leading zeros out.  A code of digits only may be any number, so that it must
 * follow "error" or "err".
 */
static int
packed_code(struct text word, bool after_error)
{
	uint32_t value = 0;
	bool letters = false;
	int alert;

	if (word.n != 7 && word.n != 8)
		return -1;
	for (size_t i = 0; i < word.n; i++) {
		char c = text_lower(word.at[i]);

		if (!text_is_digit(c) && (c < 'a' || c > 'f'))
			return -1;
		letters |= !text_is_digit(c);
		value = value << 4 |
		    (uint32_t)(text_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	if (value >> 12 != 0x0a000 && value >> 24 != 0x14)
		return -1;
	if (!letters && !after_error)
		return -1;
	alert = (int)(value & 0xfff) - OPENSSL_REASON;
	return alert_name(alert) != NULL ? alert : -1;
}

/* Where the search in a message stands. */
struct search {
	unsigned since_alert; /* words since one that announces an alert */
	bool after_error, after_version;
	int code;
	enum weight weight;
};

static bool
word_is(struct text word, const char *s)
{
	return text_equal_nocase(word, text_of(s));
}

static void
offer(struct search *s, int code, enum weight weight)
{
	if (weight > s->weight) {
		s->code = code;
		s->weight = weight;
	}
}

/* "alert number 48", "alert code is 46", "alert=48". */
static void
offer_number(struct search *s, struct text word)
{
	uint64_t number;

	if (s->since_alert < CONTEXT_WORDS && word.n <= 3 &&
	    text_u64(word, &number) && alert_name((int)number) != NULL)
		offer(s, (int)number, WEIGHT_IDENTIFIER);
}

static void
note_word(struct search *s, struct text word)
{
	/* Go writes "remote error: tls: bad certificate". */
	if (word_is(word, "alert") || word_is(word, "remote"))
		s->since_alert = 0;
	else if (s->since_alert < CONTEXT_WORDS)
		s->since_alert++;
	s->after_error = word_is(word, "error") || word_is(word, "err");
	/* OpenSSL leaves "alert" out of some: "tlsv1 unrecognized name". */
	s->after_version = word_is(word, "tlsv1") || word_is(word, "tlsv13");
}

/* Look at what begins with a word; how much of it was an alert's name. */
static size_t
look(struct search *s, struct text rest, struct text word)
{
	const struct spelling *spelling;
	size_t length;
	bool blank;
	int code = packed_code(word, s->after_error);

	if (code >= 0)
		offer(s, code, WEIGHT_IDENTIFIER);
	offer_number(s, word);
	spelling = spelling_find(rest, &length, &blank);
	if (spelling == NULL)
		return 0;
	if (s->since_alert < CONTEXT_WORDS || s->after_version)
		offer(s, spelling->code, WEIGHT_ALERT);
	else if (!blank)
		offer(s, spelling->code, WEIGHT_IDENTIFIER);
	else if (spelling->sure)
		offer(s, spelling->code, WEIGHT_PHRASE);
	return length;
}

int
alert_in_message(struct text t)
{
	struct search s = { .since_alert = CONTEXT_WORDS, .code = -1 };
	size_t at = 0;

	if (t.n > MESSAGE_MAX)
		t.n = MESSAGE_MAX;
	while (at < t.n && s.weight < WEIGHT_ALERT) {
		struct text rest = { t.at + at, t.n - at }, word = rest;
		size_t taken;

		if (!is_alnum(t.at[at])) {
			at++;
			continue;
		}
		for (word.n = 0; word.n < rest.n && is_alnum(rest.at[word.n]);)
			word.n++;
		taken = look(&s, rest, word);
		note_word(&s, word);
		at += taken > word.n ? taken : word.n;
	}
	return s.code;
}
