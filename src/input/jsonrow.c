#include "input/jsonrow.h"

#include <string.h>

#include "input/jsonline_private.h"
#include "input/scan.h"

enum {
	ROOT = 0, /* stands for the row as a whole, and is no member */
	PATH_BYTES = 256, /* longer paths are cut off; none is wanted */
	VECTOR = 16,
};

#if defined(__SSE2__)
#include <emmintrin.h>

/* Which of VECTOR bytes are equal, the first one's in the lowest bit. */
static inline unsigned
equal_mask(const char *a, const char *b)
{
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(
	    _mm_loadu_si128((const __m128i *)(const void *)a),
	    _mm_loadu_si128((const __m128i *)(const void *)b)));
}

/* Which of the VECTOR bytes at p are digits or points. */
static inline unsigned
number_mask(const char *p)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i above = _mm_sub_epi8(bytes, _mm_set1_epi8('.'));
	__m128i within = _mm_cmpeq_epi8(above,
	    _mm_min_epu8(above, _mm_set1_epi8('9' - '.')));
	__m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('/'));

	return (unsigned)_mm_movemask_epi8(_mm_andnot_si128(slash, within));
}
#endif

/* The field of a key in the object of a column. */
static int
find_within(const struct json_columns *columns, unsigned parent,
    struct text key, json_find_fn *find)
{
	const struct json_column *up[JSON_DEPTH_MAX];
	char path[PATH_BYTES];
	size_t n_up = 0, n = 0;

	if (parent == ROOT)
		return find(key);
	for (; parent != ROOT; parent = columns->at[parent].parent)
		up[n_up++] = &columns->at[parent];
	while (n_up-- > 0)
		n = json_path_add(path, sizeof(path), n, (struct text){
		    up[n_up]->text + 1, (size_t)up[n_up]->length - 3 });
	n = json_path_add(path, sizeof(path), n, key);
	return find((struct text){ path, n });
}

/* A new column, or NULL where there is no room for it. */
static struct json_column *
column_add(struct json_columns *columns, unsigned parent, struct text key,
    json_find_fn *find)
{
	struct json_column *c = &columns->at[columns->n];

	if (columns->n == JSON_COLUMNS_MAX || key.n > JSON_KEY_MAX)
		return NULL;
	c->field = (int16_t)find_within(columns, parent, key, find);
	c->parent = (uint8_t)parent;
	c->first = c->next = ROOT;
	c->length = (uint8_t)(key.n + 3);
	c->text[0] = '"';
	memcpy(c->text + 1, key.at, key.n);
	memcpy(c->text + 1 + key.n, "\":", 2);
	c->beyond = (uint16_t)(c->length < VECTOR ? 0xffffU << c->length : 0);
	columns->n++;
	return c;
}

/* The column of a key, and where the link that led to it points from now on. */
static struct json_column *
column_find(struct json_columns *columns, uint8_t *link, unsigned parent,
    struct text key, json_find_fn *find)
{
	struct json_column *c = NULL;

	/* What came later in earlier lines is tried first. */
	for (size_t i = *link, k = 0; k < columns->n && c == NULL; k++) {
		if (columns->at[i].parent == parent &&
		    columns->at[i].length == key.n + 3 &&
		    memcmp(columns->at[i].text + 1, key.at, key.n) == 0)
			c = &columns->at[i];
		i = i + 1 < columns->n ? i + 1 : 0;
	}
	if (c == NULL)
		c = column_add(columns, parent, key, find);
	if (c != NULL)
		*link = (uint8_t)(c - columns->at);
	return c;
}

static void
columns_begin(struct json_columns *columns)
{
	*columns = (struct json_columns){ .n = 1 };
	/* No key begins like that. */
	columns->at[ROOT].length = 1;
	columns->at[ROOT].beyond = 0xfffe;
}

/* Does the column's text stand at p, before end?  Up to `safe` VECTOR bytes can
 * be read. */
static inline bool
column_stands(const struct json_column *c, const char *p, const char *safe,
    const char *end)
{
	size_t n = c->length;

#if defined(__SSE2__)
	if (LIKELY(p <= safe)) {
		if ((equal_mask(p, c->text) | c->beyond) != 0xffff)
			return false;
		if (LIKELY(n <= VECTOR))
			return true;
		if (n <= 2 * VECTOR && (size_t)(end - p) >= n)
			return equal_mask(p + n - VECTOR,
			    c->text + n - VECTOR) == 0xffff;
	}
#endif
	(void)safe;
	return (size_t)(end - p) >= n && memcmp(p, c->text, n) == 0;
}

static struct text
unescaped(struct log *log, struct text raw)
{
	return raw.n > 0 && memchr(raw.at, '\\', raw.n) != NULL ?
	    json_unescape(log, raw) : raw;
}

/* The rows that programs write */

/*
 * A row is plain where it has no blanks between its parts, no arrays but of
 * strings, and no backslashes but within other values.  Its members are read
 * from where scan.h says that they begin, rather than each from the end of the
 * one before: so the processor works on several at a time.
 *
 * What stands between two beginnings must be one member, exactly: a key, a
 * colon, a value, the braces that close objects, a comma.  All there is thus
 * looked at, but for the inside of strings; and should that hold a quote, then
 * the row has more quotes than its members.
 */
struct plain {
	struct json_columns *columns;
	uint8_t *link; /* where the next key's column is noted */
	unsigned parent; /* the column whose object we are in */
	unsigned depth;
	size_t n_quotes; /* of the members so far */
	const char *safe, *end; /* of the row: see column_stands */
};

static NO_INLINE struct json_column *
plain_other_key(const struct plain p, const char *key, json_find_fn *find)
{
	const char *quote;

	if (p.end - key < 2)
		return NULL;
	quote = memchr(key + 1, '"', (size_t)(p.end - key - 1));
	if (quote == NULL || p.end - quote < 2 || quote[1] != ':' ||
	    memchr(key, '\\', (size_t)(quote - key)) != NULL)
		return NULL;
	return column_find(p.columns, p.link, p.parent, (struct text){
	    key + 1, (size_t)(quote - key - 1) }, find);
}

/* The column of the key that stands there; NULL where there is no key, or no room
 * for it. */
static inline struct json_column *
plain_key(struct plain *p, const char *key, json_find_fn *find)
{
	struct json_column *c = &p->columns->at[*p->link];

	if (UNLIKELY(!column_stands(c, key, p->safe, p->end))) {
		c = plain_other_key(*p, key, find);
		if (c == NULL)
			return NULL;
	}
	p->link = &c->next;
	p->n_quotes += 2;
	return c;
}

/* The member begins an object, in which the next one is. */
static inline bool
plain_enter(struct plain *p, struct json_column *c, const char *value)
{
	p->parent = (unsigned)(c - p->columns->at);
	p->link = &c->first;
	return *value == '{' && ++p->depth <= JSON_DEPTH_MAX;
}

/* Leave the objects that end before `end`.  Where the value of the last member
 * ends; NULL where there is none or there are no such objects. */
static inline const char *
plain_leave(struct plain *p, const char *value, const char *end)
{
	struct json_column *object;

	while (UNLIKELY(end[-1] == '}')) {
		if (p->parent == ROOT || --end == value)
			return NULL;
		object = &p->columns->at[p->parent];
		p->link = &object->next;
		p->parent = object->parent;
		p->depth--;
	}
	return end;
}

/* Is it a number as most are?  `end` is that of all that can be read. */
static inline bool
plain_number(struct text t, const char *end)
{
#if defined(__SSE2__)
	if (*t.at < '0' || *t.at > '9')
		return false;
	if (LIKELY(t.n < VECTOR && end - t.at >= VECTOR))
		return (~number_mask(t.at) & ((1U << t.n) - 1)) == 0;
	if (LIKELY(t.n >= VECTOR && t.n <= 2 * VECTOR))
		return (number_mask(t.at) &
		    number_mask(t.at + t.n - VECTOR)) == 0xffff;
#endif
	(void)t;
	(void)end;
	return false;
}

/* A number, true, false or null that fills the window; null becomes empty. */
static inline bool
plain_word(struct text *t, const char *end)
{
	enum json_kind kind;
	struct text word;

	if (plain_number(*t, end) || text_is(*t, "true") ||
	    text_is(*t, "false"))
		return true;
	if (json_take_word(t->at, t->at + t->n, &word, &kind) != t->at + t->n)
		return false;
	t->n = word.n;
	return true;
}

/* The value between at and the next key, which must be all there is. */
static inline bool
plain_value(struct plain *p, const char *at, const char *key,
    struct text *value)
{
	const char *end = plain_leave(p, at, key - 1);

	if (end == NULL)
		return false;
	*value = (struct text){ at, (size_t)(end - at) };
	if (UNLIKELY(*at != '"'))
		return plain_word(value, p->end);
	p->n_quotes += 2;
	value->at++;
	value->n -= 2;
	return end - at >= 2 && end[-1] == '"' && end[-2] != '\\';
}

/* An array of strings, of which the first counts. */
struct array {
	struct text first;
	size_t n_quotes;
};

/* What is behind the array, or NULL. */
static NO_INLINE const char *
take_array(const char *at, const char *end, struct array *out)
{
	const char *quote;

	*out = (struct array){ 0 };
	if (end - at > 1 && at[1] == ']')
		return at + 2;
	do {
		at++;
		if (at == end || *at++ != '"')
			return NULL;
		quote = memchr(at, '"', (size_t)(end - at));
		if (quote == NULL || end - quote < 2 || quote[-1] == '\\')
			return NULL;
		if (out->first.n == 0)
			out->first = (struct text){ at, (size_t)(quote - at) };
		out->n_quotes += 2;
		at = quote + 1;
	} while (*at == ',');
	return *at == ']' ? at + 1 : NULL;
}

/* The same where it is an array.  Most of its elements stand behind a comma and
 * were taken for keys: *next is moved behind them. */
static inline bool
plain_array(struct plain *p, const char *at, const char *row,
    const uint32_t **next, struct text *value)
{
	struct array array;
	const char *behind = take_array(at, p->end, &array);

	if (behind == NULL)
		return false;
	while (row + **next < behind)
		(*next)++;
	p->n_quotes += array.n_quotes;
	*value = array.first;
	return plain_leave(p, at, row + **next - 1) == behind;
}

/* False where the row is not plain or not whole; some fields may be filled. */
static bool
plain_row(struct log *log, struct text t, struct json_columns *columns,
    json_find_fn *find, struct text *fields)
{
	struct scan scan; /* not cleared, for it is large */
	struct plain p = { .columns = columns,
		.link = &columns->at[ROOT].first, .parent = ROOT, .depth = 1,
		.safe = t.n > VECTOR ? t.at + t.n - VECTOR : t.at,
		.end = t.at + t.n };
	const char *key = t.at + 1, *at;
	const uint32_t *next = scan.at;
	struct json_column *c;
	struct text value;

	if (*t.at != '{' || !scan_members(t, &scan) || scan.n == 0 ||
	    scan.at[0] != 1)
		return false;
	scan.at[scan.n] = (uint32_t)t.n;
	for (;;) {
		c = plain_key(&p, key, find);
		if (c == NULL)
			return false;
		at = key + c->length;
		key = t.at + *++next;
		if (UNLIKELY(at + 1 >= key)) {
			if (at + 1 > key || !plain_enter(&p, c, at))
				return false;
			continue;
		}
		if (UNLIKELY(*at == '[')) {
			if (!plain_array(&p, at, t.at, &next, &value))
				return false;
			key = t.at + *next;
		} else if (!plain_value(&p, at, key, &value)) {
			return false;
		}
		if (c->field >= 0 && fields[c->field].n == 0)
			fields[c->field] = UNLIKELY(scan.escapes) ?
			    unescaped(log, value) : value;
		if (key[-1] != ',')
			break;
	}
	return next == scan.at + scan.n && key[-1] == '}' && p.parent == ROOT &&
	    p.n_quotes == scan.n_quotes;
}

/* Any row: a walk through all that JSON allows. */
static bool
any_row(struct log *log, struct text t, struct json_columns *columns,
    json_find_fn *find, struct text *fields)
{
	uint8_t *link = &columns->at[ROOT].first;
	struct json_column *c;
	char path[PATH_BYTES];
	struct json_walk w;
	struct json_member m;
	int field;

	if (!json_walk_begin(&w, t))
		return false;
	while (json_walk_next(&w, &m)) {
		c = m.depth == 1 ?
		    column_find(columns, link, ROOT, m.key, find) : NULL;
		if (c != NULL)
			link = &c->next;
		field = c != NULL ? c->field :
		    find(json_walk_path(&w, path, sizeof(path)));
		if (field < 0 || fields[field].n > 0)
			continue;
		fields[field] = UNLIKELY(m.escaped) ?
		    json_unescape(log, m.value) : m.value;
	}
	return !w.broken;
}

bool
json_row(struct log *log, struct text t, struct json_columns *columns,
    json_find_fn *find, struct text *fields, size_t n_fields)
{
	memset(fields, 0, n_fields * sizeof(*fields));
	if (t.n == 0)
		return false;
	/* One odd line may have filled them. */
	if (columns->n == 0 || columns->n == JSON_COLUMNS_MAX)
		columns_begin(columns);
	if (LIKELY(plain_row(log, t, columns, find, fields)))
		return true;
	memset(fields, 0, n_fields * sizeof(*fields));
	return any_row(log, t, columns, find, fields);
}
