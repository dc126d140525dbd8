#include "exclude/registry.h"

#include "exclude/match.h"
#include "exclude/product.h"
#include "exclude/words.h"

enum column { COLUMN_ENTRY, COLUMN_PRODUCT, COLUMN_OWNER, COLUMN_REASON,
	COLUMN_TICKET, COLUMN_EVIDENCE, COLUMN_ADDED, COLUMN_REVIEW, N_COLUMNS,
	FIELDS_MAX = 32 };

static const char *const columns[N_COLUMNS] = { "entry", "product", "owner",
	"reason", "ticket", "evidence", "added", "review" };

/* Take the next CSV field into *field, unquoted.  False at the record's end,
 * which is passed over.  A quoted field may hold line ends. */
static bool
field_next(struct text *rest, uint64_t *line, struct buf *field)
{
	bool quoted = rest->n > 0 && rest->at[0] == '"';
	size_t i = quoted;

	field->n = 0;
	while (i < rest->n) {
		char c = rest->at[i++];

		if (quoted && c == '"') {
			if (i < rest->n && rest->at[i] == '"') {
				buf_char(field, '"');
				i++;
			} else
				quoted = false;
			continue;
		}
		*line += c == '\n';
		if (!quoted && (c == ',' || c == '\n')) {
			*rest = (struct text){ rest->at + i, rest->n - i };
			return c == ',';
		}
		buf_char(field, c);
	}
	*rest = (struct text){ NULL, 0 };
	return false;
}

/* What a spreadsheet would take for a formula got an apostrophe on writing. */
static struct text
undefused(const struct buf *field)
{
	struct text t = text_trim(buf_view(field));

	if (t.n > 1 && t.at[0] == '\'' && strchr("=+-@", t.at[1]) != NULL)
		return (struct text){ t.at + 1, t.n - 1 };
	return t;
}

/* Read one record; fields beyond FIELDS_MAX are dropped. */
static size_t
record_read(struct exclusions *l, struct text *rest, uint64_t *line,
    struct text fields[FIELDS_MAX])
{
	struct buf field = { 0 };
	size_t n = 0;
	bool more;

	do {
		more = field_next(rest, line, &field);
		if (n < FIELDS_MAX)
			fields[n++] = pool_intern(l->pool, undefused(&field));
	} while (more);
	buf_free(&field);
	return n;
}

bool
registry_probe(struct text content)
{
	struct lines lines = lines_of(content);
	struct text line, first;
	bool reason;

	if (!lines_next(&lines, &line))
		return false;
	reason = text_find(line, "product") > 0;
	return text_split(&line, ',', &first) && reason &&
	    text_equal_nocase(text_trim(first), TEXT("entry"));
}

/* Let the product's own reader tell the form of a bare entry; what it does not
 * take as one entry is kept as it stands. */
static struct listed *
entry_add(struct exclusions *l, const struct product *product, struct text entry,
    struct text comment, uint64_t line)
{
	size_t before = l->n;
	uint64_t skipped = l->n_skipped;

	product->read(l, entry);
	if (l->n == before + 1 && text_equal(l->entries[before].entry, entry)) {
		l->entries[before].comment = comment;
		l->entries[before].line = line;
		return &l->entries[before];
	}
	while (l->n > before)
		pattern_free(l->entries[--l->n].pattern);
	l->n_skipped = skipped;
	return list_add(l, product, entry, FORM_NAME, comment, line);
}

static void
row_add(struct exclusions *l, const struct product *product,
    const struct text values[N_COLUMNS], uint64_t line)
{
	const struct product *own = product_by_name(values[COLUMN_PRODUCT]);
	struct listed *new;

	/* A registry holds several products' entries; a named one picks its
	 * own.  An unknown name is told by its line. */
	if (values[COLUMN_PRODUCT].n > 0 && own == NULL) {
		list_skip(l, line);
		return;
	}
	if (own != NULL && product != NULL && own != product)
		return;
	if (own == NULL)
		own = product != NULL ? product : product_by_name(TEXT("plain"));
	new = entry_add(l, own, values[COLUMN_ENTRY], values[COLUMN_REASON],
	    line);
	if (new == NULL)
		return;
	new->owner = values[COLUMN_OWNER];
	new->reason = values[COLUMN_REASON];
	new->ticket = values[COLUMN_TICKET];
	new->evidence = values[COLUMN_EVIDENCE];
	new->added = values[COLUMN_ADDED];
	new->review = values[COLUMN_REVIEW];
}

void
registry_read(struct exclusions *l, const struct product *product,
    struct text content)
{
	struct text rest = lines_of(content).rest, fields[FIELDS_MAX];
	struct text values[N_COLUMNS];
	int where[N_COLUMNS];
	uint64_t line = 1, begins;
	size_t n = record_read(l, &rest, &line, fields);

	for (int c = 0; c < N_COLUMNS; c++) {
		where[c] = -1;
		for (size_t i = 0; i < n; i++)
			if (text_equal_nocase(fields[i], text_of(columns[c])))
				where[c] = (int)i;
	}
	while (rest.n > 0) {
		begins = line;
		n = record_read(l, &rest, &line, fields);
		if (n == 1 && fields[0].n == 0)
			continue;
		for (int c = 0; c < N_COLUMNS; c++)
			values[c] = where[c] >= 0 && (size_t)where[c] < n ?
			    fields[where[c]] : (struct text){ NULL, 0 };
		row_add(l, product, values, begins);
	}
}

static void
cell_write(struct buf *out, struct text t)
{
	bool formula = t.n > 0 && strchr("=+-@\t\r", t.at[0]) != NULL;
	bool quoted = formula;

	for (size_t i = 0; i < t.n; i++)
		quoted |= t.at[i] == ',' || t.at[i] == '"' ||
		    t.at[i] == '\n' || t.at[i] == '\r' || t.at[i] == ' ';
	if (quoted)
		buf_char(out, '"');
	if (formula)
		buf_char(out, '\'');
	for (size_t i = 0; i < t.n; i++) {
		if (t.at[i] == '"')
			buf_char(out, '"');
		/* Nothing in it may drive a terminal. */
		buf_char(out, (unsigned char)t.at[i] < 0x20 ? ' ' : t.at[i]);
	}
	if (quoted)
		buf_char(out, '"');
}

void
registry_write(const struct listed *entries, size_t n, struct buf *out)
{
	for (int c = 0; c < N_COLUMNS; c++)
		buf_printf(out, "%s%s", columns[c],
		    c + 1 < N_COLUMNS ? "," : "\n");
	for (size_t i = 0; i < n; i++) {
		const struct listed *e = &entries[i];
		const struct text cells[N_COLUMNS] = { e->entry,
			text_of(e->product->name), e->owner,
			e->reason.n > 0 ? e->reason : e->comment, e->ticket,
			e->evidence, e->added, e->review };

		for (int c = 0; c < N_COLUMNS; c++) {
			cell_write(out, cells[c]);
			buf_char(out, c + 1 < N_COLUMNS ? ',' : '\n');
		}
	}
}
