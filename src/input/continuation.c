#include "input/continuation.h"

#include "base/text.h"

enum answer { NO, PERHAPS, LIKELY, YES };

/* Frames may be out of order by so much where a file ends and the next one
 * begins. */
#define SEAM CLOCK_SECOND

/* What speaks for a recording. */
struct bond {
	enum answer answer;
	struct packet_fit fit;
	bool same_layout;
	size_t kinship;
	int64_t gap; /* from its end to the file's beginning; < 0: unknown, or
		      * the file begins before that end */
	bool at_seam; /* but only by a little */
};

/* Files of a ring have names that differ in a counter or a time only, which the
 * first one may lack.  How much of a beginning they share, from 1; 0 where they
 * differ in more. */
static size_t
kinship(const char *a, const char *b)
{
	size_t same = 0;

	while (a[same] != '\0' && a[same] == b[same])
		same++;
	for (a += same, b += same; *a != '\0' || *b != '\0';) {
		if (text_is_digit(*a))
			a++;
		else if (text_is_digit(*b))
			b++;
		else if (*a++ != *b++)
			return 0;
	}
	return same + 1;
}

bool
continuation_is_over(int64_t newest, int64_t then)
{
	return clock_passed(newest, then, CONTINUATION_GAP);
}

/* Connections that speak against a recording. */
static unsigned
n_against(const struct packet_fit *fit)
{
	return fit->repeated + fit->foreign + fit->unknown;
}

/*
 * A file that begins before the recording's end was captured elsewhere, or by
 * two tools at once: only connections that go on where they stopped show that it
 * goes on with it all the same, or that nothing speaks against it where the two
 * hardly overlap.  One that begins behind it does so if it knows any connection.
 * Where it knows none nothing contradicts it: what was under way may be silent
 * for now.
 */
static enum answer
weigh(const struct bond *b)
{
	const struct packet_fit *fit = &b->fit;
	unsigned known = fit->continued + fit->known + fit->repeated;

	if (b->gap < 0 && fit->continued > n_against(fit))
		return YES;
	if (b->gap < 0)
		return b->at_seam && b->same_layout && known > 0 &&
		    n_against(fit) == 0 ? LIKELY : NO;
	if (fit->foreign > known)
		return NO;
	if (known > 0)
		return fit->continued > 0 ? YES : LIKELY;
	return b->same_layout ? PERHAPS : NO;
}

static struct bond
bond_of(const struct file_head *head, const struct file_tail *tail)
{
	int64_t first = head->frames[0].time;
	struct bond b = {
		.same_layout = head->layout == tail->layout,
		.kinship = kinship(head->name, tail->name),
		.gap = -1,
	};

	if (continuation_is_over(tail->newest, first))
		return b;
	if (first != CLOCK_UNKNOWN && tail->newest != CLOCK_UNKNOWN) {
		b.gap = first >= tail->newest ? first - tail->newest : -1;
		b.at_seam = !clock_passed(first, tail->newest, SEAM);
	}
	packet_stage_fit(tail->stage, head->frames, head->n_frames, &b.fit);
	b.answer = weigh(&b);
	return b;
}

/* What decides between two, the weightiest first. */
static bool
is_better(const struct bond *a, const struct bond *b)
{
	const struct packet_fit *x = &a->fit, *y = &b->fit;

	if (a->answer != b->answer)
		return a->answer > b->answer;
	if (x->continued != y->continued)
		return x->continued > y->continued;
	if (n_against(x) != n_against(y))
		return n_against(x) < n_against(y);
	if (x->known != y->known)
		return x->known > y->known;
	if (a->same_layout != b->same_layout)
		return a->same_layout;
	if (a->kinship != b->kinship)
		return a->kinship > b->kinship;
	return a->gap < b->gap;
}

size_t
continuation_find(const struct file_head *head, const struct file_tail *tails,
    size_t n)
{
	struct bond best = { .answer = NO }, bond;
	size_t found = n, n_perhaps = 0;

	for (size_t i = 0; i < n; i++) {
		bond = bond_of(head, &tails[i]);
		n_perhaps += bond.answer == PERHAPS;
		if (bond.answer != NO && is_better(&bond, &best)) {
			best = bond;
			found = i;
		}
	}
	/* Where nothing but the time speaks for any of several, it goes with
	 * none: that loses no connection which is alive. */
	if (best.answer == PERHAPS && n_perhaps > 1 && best.kinship == 0)
		return n;
	return found;
}
