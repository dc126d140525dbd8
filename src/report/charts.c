#include "report/charts.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "report/escape.h"
#include "report/words.h"

enum { CHARACTER = 7 }; /* width of one in a label, about */

static void
text_at(struct buf *out, int x, int y, const char *attributes, struct text t)
{
	buf_printf(out, "<text x=\"%d\" y=\"%d\"%s>", x, y, attributes);
	escape_html(out, t);
	buf_string(out, "</text>\n");
}

static void
number_at(struct buf *out, int x, int y, const char *attributes, uint64_t n)
{
	struct buf text = { 0 };

	words_number(&text, n);
	text_at(out, x, y, attributes, buf_view(&text));
	buf_free(&text);
}

/* A label that is cut to fit, with the whole of it as its title. */
static void
label_at(struct buf *out, int x, int y, const char *attributes, struct text t,
    size_t most)
{
	struct buf text = { 0 };

	words_shorten(&text, t, most);
	buf_printf(out, "<text x=\"%d\" y=\"%d\"%s><title>", x, y, attributes);
	escape_html(out, t);
	buf_string(out, "</title>");
	escape_html(out, buf_view(&text));
	buf_string(out, "</text>\n");
	buf_free(&text);
}

static void
begin(struct buf *out, const char *caption, const char *remark, int width,
    int height, const char *scroll)
{
	buf_printf(out, "<figure>\n<figcaption>%s<span>%s</span></figcaption>\n"
	    "<div class=\"chart%s\" tabindex=\"0\" role=\"group\" "
	    "aria-label=\"%s\">\n"
	    "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" "
	    "aria-label=\"%s\">\n<desc>%s</desc>\n", caption, remark, scroll,
	    caption, width, height, width, height, caption, remark);
}

static void
end(struct buf *out)
{
	buf_string(out, "</svg>\n</div>\n</figure>\n");
}

/* The smallest of 1, 2, 5, 10, 20, 50 ... that is not below n. */
static uint64_t
round_up(uint64_t n)
{
	uint64_t unit = 1;

	for (;; unit *= 10) {
		if (n <= unit)
			return unit;
		if (n <= 2 * unit)
			return 2 * unit;
		if (n <= 5 * unit)
			return 5 * unit;
	}
}

/* Rejected attempts in each bucket, by class. */
struct timeline {
	uint64_t n[TIMELINE_MAX][N_CLASSES];
	uint64_t all[N_CLASSES];
	uint64_t highest;
};

static bool
fill_timeline(struct timeline *t, const struct report *r)
{
	uint64_t sum;

	*t = (struct timeline){ 0 };
	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *c = &r->cells[i];
		enum class class;

		if (c->failure == NULL || c->finding == 0 ||
		    c->finding > r->n_findings)
			continue;
		class = r->findings[c->finding - 1].class;
		for (size_t k = 0; k < c->failure->n_timeline; k++) {
			const struct bucket *b = &c->failure->timeline[k];

			if (b->at >= TIMELINE_MAX)
				continue;
			t->n[b->at][class] += b->n;
			t->all[class] += b->n;
		}
	}
	for (size_t k = 0; k < r->n_timeline && k < TIMELINE_MAX; k++) {
		sum = 0;
		for (int c = 0; c < N_CLASSES; c++)
			sum += t->n[k][c];
		t->highest = sum > t->highest ? sum : t->highest;
	}
	return t->highest > 0;
}

enum { LEFT = 56, TOP = 14, PLOT_WIDTH = 890, PLOT_HEIGHT = 180 };

static void
timeline_axes(struct buf *out, const struct report *r, uint64_t top, bool utc)
{
	static const char *const anchors[] = { " class=\"dim\"",
		" class=\"dim\" text-anchor=\"middle\"",
		" class=\"dim\" text-anchor=\"end\"" };
	struct buf text = { 0 };

	for (int i = 0; i <= 2; i++) {
		int y = TOP + PLOT_HEIGHT - PLOT_HEIGHT * i / 2;

		if (i == 1 && top < 2)
			continue;
		buf_printf(out, "<path class=\"%s\" d=\"M%d %dh%d\"/>\n",
		    i == 0 ? "axis" : "grid", LEFT, y, PLOT_WIDTH);
		number_at(out, LEFT - 8, y + 4,
		    " class=\"dim\" text-anchor=\"end\"",
		    top * (uint64_t)i / 2);
	}
	for (int i = 0; i <= 2; i++) {
		text.n = 0;
		words_time(&text, r->timeline_start + r->timeline_step *
		    (int64_t)r->n_timeline * i / 2, utc);
		text_at(out, LEFT + PLOT_WIDTH * i / 2, TOP + PLOT_HEIGHT + 20,
		    anchors[i], buf_view(&text));
	}
	buf_free(&text);
}

static void
timeline_bar(struct buf *out, const struct report *r, const struct timeline *t,
    size_t k, uint64_t top, bool utc)
{
	int x = LEFT + (int)(PLOT_WIDTH * k / r->n_timeline);
	int next = LEFT + (int)(PLOT_WIDTH * (k + 1) / r->n_timeline);
	int y = TOP + PLOT_HEIGHT, height;
	uint64_t sum = 0;

	for (int c = 0; c < N_CLASSES; c++) {
		if (t->n[k][c] == 0)
			continue;
		/* Heights of sums, not sums of heights: no rounding adds up. */
		sum += t->n[k][c];
		height = y - (TOP + PLOT_HEIGHT -
		    (int)(PLOT_HEIGHT * sum / top));
		y -= height;
		buf_printf(out, "<rect class=\"k-%s\" x=\"%d\" y=\"%d\" "
		    "width=\"%d\" height=\"%d\"><title>%s: ",
		    class_facts((enum class)c)->name, x + 1, y,
		    next - x > 3 ? next - x - 2 : 1, height > 0 ? height : 1,
		    class_facts((enum class)c)->name);
		words_count(out, t->n[k][c], "attempt", "attempts");
		buf_string(out, " from ");
		words_time(out, r->timeline_start + r->timeline_step *
		    (int64_t)k, utc);
		buf_string(out, "</title></rect>\n");
	}
}

static void
timeline_key(struct buf *out, const struct timeline *t)
{
	buf_string(out, "<ul class=\"key\">\n");
	for (int c = 0; c < N_CLASSES; c++) {
		if (t->all[c] == 0)
			continue;
		buf_printf(out, "<li><svg viewBox=\"0 0 14 14\" "
		    "aria-hidden=\"true\"><rect class=\"k-%s\" width=\"14\" "
		    "height=\"14\" rx=\"2\"/></svg>%s (",
		    class_facts((enum class)c)->name,
		    class_facts((enum class)c)->name);
		words_number(out, t->all[c]);
		buf_string(out, ")</li>\n");
	}
	buf_string(out, "</ul>\n");
}

void
chart_timeline(struct buf *out, const struct report *r, bool utc)
{
	struct timeline *t;
	struct buf remark = { 0 };
	uint64_t top;

	if (r->n_timeline == 0 || r->n_timeline > TIMELINE_MAX)
		return;
	t = mem_zero(1, sizeof(*t));
	if (fill_timeline(t, r)) {
		top = round_up(t->highest);
		buf_string(&remark, "Rejected attempts in each ");
		words_duration(&remark, r->timeline_step);
		buf_string(&remark, ", at most ");
		words_number(&remark, t->highest);
		begin(out, "Attempts over time, by class", remark.at,
		    LEFT + PLOT_WIDTH + 14, TOP + PLOT_HEIGHT + 30, "");
		timeline_axes(out, r, top, utc);
		for (size_t k = 0; k < r->n_timeline; k++)
			timeline_bar(out, r, t, k, top, utc);
		buf_string(out, "</svg>\n</div>\n");
		timeline_key(out, t);
		buf_string(out, "</figure>\n");
	}
	buf_free(&remark);
	free(t);
}

enum {
	MAP_HOSTS = 20,
	MAP_PROFILES = 18,
	MAP_LABEL = 34, /* characters of the longest name */
	MAP_TOP = 130, /* of the names over the columns, which are slanted */
	MAP_CELL = 28,
	MAP_RIGHT = 110, /* of the last of these names */
};

struct map {
	uint32_t hosts[MAP_HOSTS], profiles[MAP_PROFILES];
	size_t n_hosts, n_profiles;
	int left; /* where the columns begin, right of the hosts' names */
	struct attempts at[MAP_HOSTS][MAP_PROFILES];
};

/* The indices of the heaviest, in the order of the array; returns how many. */
static size_t
heaviest(const uint64_t *weights, size_t n, uint32_t *picked, size_t most)
{
	size_t n_picked = 0, k;

	for (size_t i = 0; i < n; i++) {
		if (weights[i] == 0)
			continue;
		for (k = n_picked; k > 0 &&
		     weights[picked[k - 1]] < weights[i]; k--)
			if (k < most)
				picked[k] = picked[k - 1];
		if (k < most) {
			picked[k] = (uint32_t)i;
			n_picked += n_picked < most;
		}
	}
	return n_picked;
}

static long
position(const uint32_t *picked, size_t n, uint32_t index)
{
	for (size_t i = 0; i < n; i++)
		if (picked[i] == index)
			return (long)i;
	return -1;
}

/* Hosts by their rejected attempts; then programs, those that reject first, by
 * what they did at these hosts. */
static void
fill_map(struct map *m, const struct report *r)
{
	size_t most = r->n_hosts > r->n_profiles ? r->n_hosts : r->n_profiles;
	uint64_t *weights = mem_zero(most + 1, sizeof(*weights));
	size_t widest = 8;
	long row, column;

	for (size_t i = 0; i < r->n_cells; i++)
		if (r->cells[i].finding > 0)
			weights[r->cells[i].host] +=
			    r->cells[i].attempts.rejected;
	m->n_hosts = heaviest(weights, r->n_hosts, m->hosts, MAP_HOSTS);
	memset(weights, 0, most * sizeof(*weights));
	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *c = &r->cells[i];

		if (position(m->hosts, m->n_hosts, c->host) >= 0)
			weights[c->profile] += c->attempts.rejected * 1000 +
			    c->attempts.accepted;
	}
	m->n_profiles = heaviest(weights, r->n_profiles, m->profiles,
	    MAP_PROFILES);
	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *c = &r->cells[i];

		row = position(m->hosts, m->n_hosts, c->host);
		column = position(m->profiles, m->n_profiles, c->profile);
		if (row < 0 || column < 0)
			continue;
		m->at[row][column].accepted += c->attempts.accepted;
		m->at[row][column].rejected += c->attempts.rejected;
		m->at[row][column].idle += c->attempts.idle;
	}
	free(weights);
	for (size_t i = 0; i < m->n_hosts; i++)
		if (r->hosts[m->hosts[i]].name.n > widest)
			widest = r->hosts[m->hosts[i]].name.n;
	widest = widest < MAP_LABEL ? widest : MAP_LABEL;
	m->left = CHARACTER * (int)widest + 16;
}

static void
profile_words(struct buf *out, const struct profile *p)
{
	const struct text program = p->app.n > 0 ? p->app : p->fingerprint;
	const struct text device = p->client.n > 0 ? p->client : p->user;

	buf_text(out, device);
	if (device.n > 0 && program.n > 0)
		buf_string(out, ", ");
	buf_text(out, program);
}

static void
map_cell(struct buf *out, const struct attempts *a, int x, int y)
{
	const char *class = a->rejected > 0 ? "rejected"
	    : a->accepted > 0 ? "accepted" : a->idle > 0 ? "idle" : "empty";
	const char *sign = a->rejected > 0 && a->accepted > 0 ? "±"
	    : a->rejected > 0 ? "✖" : a->accepted > 0 ? "✓" : "";

	buf_printf(out, "<g><rect class=\"%s\" x=\"%d\" y=\"%d\" "
	    "width=\"%d\" height=\"%d\" rx=\"4\"/>", class, x + 2, y + 2,
	    MAP_CELL - 4, MAP_CELL - 4);
	if (*sign != '\0')
		buf_printf(out, "<text class=\"on\" x=\"%d\" y=\"%d\" "
		    "text-anchor=\"middle\">%s</text>", x + MAP_CELL / 2,
		    y + MAP_CELL / 2 + 4, sign);
	buf_string(out, "<title>");
	words_number(out, a->rejected);
	buf_string(out, " rejected, ");
	words_number(out, a->accepted);
	buf_string(out, " accepted, ");
	words_number(out, a->idle);
	buf_string(out, " idle</title></g>\n");
}

static void
map_columns(struct buf *out, const struct map *m, const struct report *r)
{
	struct buf name = { 0 };
	char place[80];

	for (size_t i = 0; i < m->n_profiles; i++) {
		int x = m->left + MAP_CELL * (int)i + MAP_CELL / 2;

		name.n = 0;
		profile_words(&name, &r->profiles[m->profiles[i]]);
		snprintf(place, sizeof(place),
		    " transform=\"rotate(-50 %d %d)\"", x, MAP_TOP - 6);
		label_at(out, x, MAP_TOP - 6, place, buf_view(&name), 22);
	}
	buf_free(&name);
}

void
chart_contrast(struct buf *out, const struct report *r)
{
	struct map *m;
	struct buf name = { 0 };

	if (r->n_cells == 0 || r->n_findings == 0)
		return;
	m = mem_zero(1, sizeof(*m));
	fill_map(m, r);
	if (m->n_hosts > 0 && m->n_profiles > 0) {
		begin(out, "Who refuses what: hosts by programs",
		    "✖ rejected, ✓ accepted, ± both, grey idle, empty never "
		    "seen. A column of ✖ is a client without the CA, a lone ✖ "
		    "among ✓ is a pin.",
		    m->left + MAP_CELL * (int)m->n_profiles + MAP_RIGHT,
		    MAP_TOP + MAP_CELL * (int)m->n_hosts + 8, " natural");
		map_columns(out, m, r);
		for (size_t i = 0; i < m->n_hosts; i++) {
			int y = MAP_TOP + MAP_CELL * (int)i;

			name.n = 0;
			label_at(out, m->left - 8, y + MAP_CELL / 2 + 4,
			    " text-anchor=\"end\"",
			    r->hosts[m->hosts[i]].name, MAP_LABEL);
			for (size_t k = 0; k < m->n_profiles; k++)
				map_cell(out, &m->at[i][k],
				    m->left + MAP_CELL * (int)k, y);
		}
		end(out);
	}
	buf_free(&name);
	free(m);
}

enum {
	PRICE_ROWS = 20,
	PRICE_LABEL = 40, /* characters of the longest name */
	PRICE_BAR = 180, /* of each side */
	PRICE_GAP = 60, /* for the number beside a bar */
	PRICE_HEIGHT = 26,
};

/* The base-2 logarithm of n + 1 in 256ths, straight between powers of two: near
 * enough for the length of a bar. */
static uint64_t
log256(uint64_t n)
{
	uint64_t bits = 0;

	n++;
	while (n >> bits > 1)
		bits++;
	return bits * 256 +
	    (bits >= 8 ? (n >> (bits - 8)) - 256 : (n << (8 - bits)) - 256);
}

static void
price_row(struct buf *out, const struct entry *e, int label, int y,
    uint64_t longest)
{
	int middle = label + PRICE_GAP + PRICE_BAR;
	int lost = (int)(log256(e->inspected_lost) * PRICE_BAR / longest);
	int fixes = (int)(log256(e->fixes) * PRICE_BAR / longest);
	struct buf text = { 0 };

	label_at(out, label - 8, y + 17, " text-anchor=\"end\"", e->entry,
	    PRICE_LABEL);
	buf_printf(out, "<rect class=\"lost\" x=\"%d\" y=\"%d\" width=\"%d\" "
	    "height=\"%d\"/>\n", middle - lost, y + 4, lost, PRICE_HEIGHT - 8);
	buf_printf(out, "<rect class=\"fixes\" x=\"%d\" y=\"%d\" width=\"%d\" "
	    "height=\"%d\"/>\n", middle, y + 4, fixes, PRICE_HEIGHT - 8);
	words_lost(&text, e);
	text_at(out, middle - lost - 6, y + 17, " text-anchor=\"end\"",
	    buf_view(&text));
	buf_free(&text);
	number_at(out, middle + fixes + 6, y + 17, "", e->fixes);
}

void
chart_price(struct buf *out, const struct report *r)
{
	size_t n = r->n_suggestions < PRICE_ROWS ? r->n_suggestions
						 : PRICE_ROWS;
	size_t widest = 8;
	uint64_t longest = 1;
	int label, middle;

	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct entry *e = &r->suggestions[i];

		widest = e->entry.n > widest ? e->entry.n : widest;
		longest = log256(e->fixes) > longest ? log256(e->fixes)
						     : longest;
		longest = log256(e->inspected_lost) > longest
		    ? log256(e->inspected_lost) : longest;
	}
	widest = widest < PRICE_LABEL ? widest : PRICE_LABEL;
	label = CHARACTER * (int)widest + 16;
	middle = label + PRICE_GAP + PRICE_BAR;
	begin(out, "What each entry fixes, against the inspection lost",
	    "Left: inspected sessions given up. Right: attempts cured. The "
	    "scale is logarithmic.", middle + PRICE_BAR + PRICE_GAP,
	    24 + PRICE_HEIGHT * (int)n + 4, " price");
	text_at(out, middle - 8, 14, " class=\"dim\" text-anchor=\"end\"",
	    TEXT("sessions lost"));
	text_at(out, middle + 8, 14, " class=\"dim\"", TEXT("attempts fixed"));
	for (size_t i = 0; i < n; i++)
		price_row(out, &r->suggestions[i], label,
		    22 + PRICE_HEIGHT * (int)i, longest);
	buf_printf(out, "<path class=\"axis\" d=\"M%d 20V%d\"/>\n", middle,
	    24 + PRICE_HEIGHT * (int)n);
	end(out);
}

enum {
	LADDER_MAX = 24,
	CLIENT_X = 70,
	SERVER_X = 340,
	LADDER_TOP = 26,
	RUNG_HEIGHT = 38,
	LADDER_WIDTH = 430,
};

/* The time on the left, the arrow with its words, frame and length on the
 * right. */
static void
draw_rung(struct buf *out, const struct finding *f, const struct rung *rung,
    int y)
{
	bool client = rung->from != SIDE_SERVER;
	int from = client ? CLIENT_X : SERVER_X;
	int to = client ? SERVER_X : CLIENT_X;
	int back = client ? -9 : 9;
	struct buf text = { 0 };

	if (rung->time != CLOCK_UNKNOWN && f->ladder[0].time != CLOCK_UNKNOWN)
		words_duration(&text, rung->time - f->ladder[0].time);
	text_at(out, CLIENT_X - 10, y + 4,
	    " class=\"dim\" text-anchor=\"end\"", buf_view(&text));
	if (rung->from != SIDE_UNKNOWN)
		buf_printf(out, "<path class=\"arrow\" d=\"M%d %dH%d\"/>"
		    "<path class=\"head\" d=\"M%d %dl%d -5v10z\"/>\n", from, y,
		    to + back, to, y, back);
	label_at(out, (CLIENT_X + SERVER_X) / 2, y - 6,
	    " text-anchor=\"middle\"", rung->what, 38);
	text.n = 0;
	if (rung->length > 0)
		words_count(&text, rung->length, "byte", "bytes");
	text_at(out, SERVER_X + 10, y - 3, "", buf_view(&text));
	text.n = 0;
	if (rung->frame > 0)
		buf_printf(&text, "#%llu", (unsigned long long)rung->frame);
	text_at(out, SERVER_X + 10, y + 12, " class=\"dim\"",
	    buf_view(&text));
	buf_free(&text);
}

void
chart_ladder(struct buf *out, const struct finding *f)
{
	size_t n = f->n_ladder < LADDER_MAX ? f->n_ladder : LADDER_MAX;
	int bottom = LADDER_TOP + RUNG_HEIGHT * (int)n;

	if (n == 0)
		return;
	begin(out, "One connection that proves it",
	    "Time since its first record, who sent what, the record's length "
	    "and frame.", LADDER_WIDTH, bottom + 8, " ladder");
	text_at(out, CLIENT_X, 14, " text-anchor=\"middle\"", TEXT("client"));
	text_at(out, SERVER_X, 14, " text-anchor=\"middle\"",
	    f->interception >= INTERCEPTION_PRESUMED ? TEXT("interceptor")
						     : TEXT("server"));
	buf_printf(out, "<path class=\"grid\" d=\"M%d 20V%dM%d 20V%d\"/>\n",
	    CLIENT_X, bottom, SERVER_X, bottom);
	for (size_t i = 0; i < n; i++)
		draw_rung(out, f, &f->ladder[i],
		    LADDER_TOP + RUNG_HEIGHT * (int)i + 24);
	end(out);
}
