#include "exclude/words.h"

#include "exclude/match.h"
#include "exclude/product.h"

enum { COMMENT_MAX = 120 };

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

struct lines
lines_of(struct text content)
{
	if (text_starts(content, "\xef\xbb\xbf")) {
		content.at += 3;
		content.n -= 3;
	}
	return (struct lines){ content, 0 };
}

bool
lines_next(struct lines *l, struct text *line)
{
	if (l->rest.n == 0)
		return false;
	(void)text_split(&l->rest, '\n', line);
	*line = text_trim(*line);
	l->number++;
	return true;
}

bool
word_next(struct text *rest, struct text *word)
{
	size_t n = 0;

	*rest = text_trim(*rest);
	if (rest->n == 0)
		return false;
	if (rest->at[0] == '"' || rest->at[0] == '\'') {
		char quote = rest->at[0];

		rest->at++;
		rest->n--;
		(void)text_split(rest, quote, word);
		return true;
	}
	while (n < rest->n && !is_blank(rest->at[n]))
		n++;
	*word = (struct text){ rest->at, n };
	rest->at += n;
	rest->n -= n;
	return true;
}

struct text
comment_cut(struct text *line, char c)
{
	for (size_t i = 0; i < line->n; i++)
		if (line->at[i] == c && (i == 0 || is_blank(line->at[i - 1]))) {
			struct text comment = { line->at + i + 1,
				line->n - i - 1 };

			*line = text_trim((struct text){ line->at, i });
			return text_trim(comment);
		}
	return (struct text){ NULL, 0 };
}

/* Entries of one line.  A regular expression may hold commas, but no list that
 * puts several entries on a line has regular expressions.  Products that know
 * them have the backslash in their syntax. */
static void
line_read(struct exclusions *l, const struct product *product, struct text line,
    struct text comment, uint64_t number)
{
	struct text part, word;
	bool more;

	if (strchr(product->charset, '\\') != NULL &&
	    match_looks_regex(line)) {
		list_add(l, product, line, FORM_REGEX, comment, number);
		return;
	}
	do {
		more = text_split(&line, ',', &part);
		while (word_next(&part, &word))
			list_add(l, product, word,
			    match_is_address(word) ? FORM_ADDRESS : FORM_NAME,
			    comment, number);
	} while (more);
}

void
words_read(struct exclusions *l, const struct product *product,
    struct text content)
{
	struct lines lines = lines_of(content);
	struct text line, comment, above = { NULL, 0 };

	while (lines_next(&lines, &line)) {
		if (text_starts(line, ";") || text_starts(line, "#")) {
			above = text_trim((struct text){ line.at + 1,
			    line.n - 1 });
			continue;
		}
		comment = comment_cut(&line, '#');
		if (line.n > 0)
			line_read(l, product, line,
			    comment.n > 0 ? comment : above, lines.number);
		above = (struct text){ NULL, 0 };
	}
}

bool
words_have_line(struct text content, const char *prefix)
{
	struct lines lines = lines_of(content);
	struct text line;

	while (lines_next(&lines, &line))
		if (text_starts(line, prefix))
			return true;
	return false;
}

void
comment_plain(struct buf *out, struct text comment)
{
	for (size_t i = 0; i < comment.n && i < COMMENT_MAX; i++) {
		char c = comment.at[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') ||
		    (c != '\0' && strchr(" .,:_/+@()-", c) != NULL);

		buf_char(out, plain ? c : '_');
	}
}

void
words_write(const struct listed *entries, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		buf_text(out, entries[i].entry);
		buf_char(out, '\n');
	}
}

void
words_write_commented(const struct listed *entries, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (entries[i].comment.n > 0) {
			buf_string(out, "# ");
			comment_plain(out, entries[i].comment);
			buf_char(out, '\n');
		}
		buf_text(out, entries[i].entry);
		buf_char(out, '\n');
	}
}
