#include "cmd/state.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/twins.h"
#include "history/store.h"
#include "input/archive.h"

enum { SIBLINGS_MAX = 1024 }; /* files of a folder that are looked at */

/* What was found out about a file before it is read. */
struct looked {
	char *path;
	struct history_source source;
	bool packed; /* an archive: it may be several inputs */
};

struct state {
	struct history *history;
	struct tally *tally;
	struct looked *looked;
	size_t n_looked, looked_room;
	struct history_source *sources; /* by number of the input */
	size_t n_sources, sources_room;
	struct buf lost; /* names of logs whose rest was not found */
};

int
state_open(struct state **state, const char *dir, bool remembers,
    struct error *e)
{
	struct tally_span *spans;
	struct history *history;
	size_t n;

	*state = NULL;
	if (dir == NULL || (!remembers && !history_exists(dir)))
		return 0;
	if (history_open(&history, dir, remembers, e) != 0)
		return -1;
	*state = mem_zero(1, sizeof(**state));
	(*state)->history = history;
	spans = history_spans(history, &n);
	(*state)->tally = tally_new(spans, n);
	free(spans);
	return 0;
}

void
state_free(struct state *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_looked; i++)
		free(s->looked[i].path);
	free(s->looked);
	free(s->sources);
	buf_free(&s->lost);
	tally_free(s->tally);
	history_close(s->history);
	free(s);
}

/*
 * Contents
 */

struct slice {
	const char *path;
	void *room;
	size_t n;
	uint64_t offset;
	ssize_t got;
};

/* An archive_member_fn: the first member is enough. */
static bool
copy_slice(struct source *member, void *arg)
{
	struct slice *slice = arg;

	if (!source_skip(member, slice->offset))
		return false;
	if (!source_need(member, slice->n))
		slice->n = member->n;
	memcpy(slice->room, member->at, slice->n);
	slice->got = (ssize_t)slice->n;
	return false;
}

/* A mark_read_fn on what a compressed file holds.  It is unpacked from its
 * beginning each time, which is rare: only a head that fits is read further. */
static ssize_t
read_packed(void *arg, void *room, size_t n, uint64_t offset)
{
	struct slice slice = { arg, room, n, offset, -1 };
	struct source source;
	struct error e;

	if (source_open(&source, slice.path, &e) != 0)
		return -1;
	/* That not all of it was unpacked is no damage. */
	if (archive_read_members(&source, copy_slice, &slice, &e) != 0 &&
	    slice.got < 0)
		slice.got = -1;
	source_close(&source);
	return slice.got;
}

/* Ask the store about a file; false where there is nothing to go by, such as a
 * pipe or an empty file. */
static bool
look_at(struct state *s, const char *path, struct looked *looked)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct history_source *out = &looked->source;
	uint8_t head[ARCHIVE_HEAD];
	struct stat st;
	struct mark m;
	ssize_t n;

	*looked = (struct looked){ .path = NULL };
	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0 ||
	    !mark_take(&out->mark, (uint64_t)st.st_size, twins_read, &fd)) {
		close(fd);
		return false;
	}
	out->known = history_recognise(s->history, (uint64_t)st.st_size,
	    twins_read, &fd, &out->input, &m);
	n = twins_read(&fd, head, sizeof(head), 0);
	looked->packed = n > 0 &&
	    archive_recognise(cursor_over(head, (size_t)n)) != NULL;
	/* A log that was compressed is known by what it was. */
	if (out->known == KNOWN_NOT && looked->packed) {
		out->known = history_recognise(s->history, UINT64_MAX,
		    read_packed, (void *)(uintptr_t)path, &out->input, &m);
		if (out->known != KNOWN_NOT)
			out->mark = m;
	}
	close(fd);
	return true;
}

static void
keep_looked(struct state *s, const char *path, struct looked looked)
{
	s->looked = mem_grow(s->looked, s->n_looked, &s->looked_room,
	    sizeof(*s->looked));
	looked.path = mem_string(path);
	s->looked[s->n_looked++] = looked;
}

static bool
is_read(const struct state *s, int64_t input)
{
	for (size_t i = 0; i < s->n_looked; i++)
		if (s->looked[i].source.input == input)
			return true;
	return false;
}

/*
 * Rotation
 */

/* Look at one neighbour of a log; true where it holds that input's rest. */
static bool
try_sibling(struct state *s, const char *path, int64_t input,
    struct paths *paths)
{
	struct looked looked;

	for (size_t i = 0; i < paths->n; i++)
		if (strcmp(paths->at[i].name, path) == 0)
			return false;
	if (!look_at(s, path, &looked) || looked.source.input != input)
		return false;
	keep_looked(s, path, looked);
	paths_add(paths, path);
	return true;
}

/*
 * Find what a log of that path was renamed or copied to: "x.csv" becomes
 * "x.csv.1", "x.csv-20261121.gz" or "x-20261121.csv".  So whatever begins as
 * the name up to its first dot is looked at; the contents decide.
 */
static bool
find_rest(struct state *s, const char *path, int64_t input,
    struct paths *paths)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	size_t n_stem = strcspn(name, "."), n_seen = 0;
	struct buf dir = { 0 }, sibling = { 0 };
	struct dirent *entry;
	bool found = false;
	DIR *d;

	buf_add(&dir, path, (size_t)(name - path));
	buf_string(&dir, ".");
	d = opendir(dir.at);
	while (d != NULL && !found && n_seen < SIBLINGS_MAX &&
	    (entry = readdir(d)) != NULL) {
		if (n_stem == 0 || strncmp(entry->d_name, name, n_stem) != 0 ||
		    strcmp(entry->d_name, name) == 0)
			continue;
		n_seen++;
		sibling.n = 0;
		buf_add(&sibling, path, (size_t)(name - path));
		buf_string(&sibling, entry->d_name);
		found = try_sibling(s, sibling.at, input, paths);
	}
	if (d != NULL)
		closedir(d);
	buf_free(&dir);
	buf_free(&sibling);
	return found;
}

void
state_recognise(struct state *s, struct paths *paths)
{
	struct looked looked;
	size_t n_given = paths->n;
	int64_t before;

	if (s == NULL)
		return;
	for (size_t i = 0; i < n_given; i++)
		if (strcmp(paths->at[i].name, "-") != 0 &&
		    look_at(s, paths->at[i].name, &looked))
			keep_looked(s, paths->at[i].name, looked);
	for (size_t i = 0; i < n_given; i++) {
		before = history_log_named(s->history, paths->at[i].name);
		if (before == 0 || is_read(s, before) ||
		    find_rest(s, paths->at[i].name, before, paths))
			continue;
		buf_printf(&s->lost, "%s%s", s->lost.n > 0 ? ", " : "",
		    paths->at[i].name);
	}
	if (paths->n == 1 && s->n_looked == 1 && !s->looked[0].packed)
		tally_alone(s->tally);
}

/*
 * The run
 */

void
state_input(struct state *s, uint32_t number, const char *path)
{
	struct history_source source = { 0 };

	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_looked; i++)
		if (strcmp(s->looked[i].path, path) == 0)
			source = s->looked[i].source;
	while (s->n_sources <= number) {
		s->sources = mem_grow(s->sources, s->n_sources,
		    &s->sources_room, sizeof(*s->sources));
		s->n_sources++;
	}
	s->sources[number] = source;
	tally_input(s->tally, number, source.input);
}

void
state_forget(struct state *s, uint32_t number)
{
	if (s != NULL)
		tally_forget(s->tally, number);
}

void
state_add(struct state *s, const struct handshake *h, uint32_t token)
{
	if (s != NULL)
		tally_add(s->tally, h, token);
}

static long
cell_of(const void *arg, uint32_t token)
{
	return collector_cell(arg, token);
}

/* It is for the report, and for cron, which mails what is complained about. */
static void
note_lost(struct state *s, struct report *r)
{
	if (s->lost.n == 0)
		return;
	report_note(r, "%s: begins anew since the last run, and the old file "
	    "is not beside it: lines may be missing", s->lost.at);
	error_warn("%.*s", TEXT_ARG(r->notes[r->n_notes - 1]));
}

int
state_apply(struct state *s, struct report *r, const struct collector *c,
    struct error *e)
{
	struct history_run run = { .report = r, .cell_of = cell_of, .arg = c };

	if (s == NULL)
		return 0;
	run.tally = s->tally;
	run.sources = s->sources;
	run.now = clock_now();
	note_lost(s, r);
	return history_apply(s->history, &run, e);
}

int
state_commit(struct state *s, struct error *e)
{
	return s == NULL ? 0 : history_commit(s->history, e);
}
