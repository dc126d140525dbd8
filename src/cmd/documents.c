#include "cmd/documents.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

enum { WIDTH_MIN = 40, WIDTH_MAX = 1000 };

/* Of a name, or of a file's suffix. */
static int
unknown_format(const char *what, const char *word, bool is_suffix,
    struct error *e)
{
	const char *kind = is_suffix ? "suffix" : "format";
	const char *names[32];
	const char *guess;
	struct buf all = { 0 };
	int n = 0;

	for (const struct renderer *r = renderers; r->name != NULL; r++) {
		if (n == 32 || (is_suffix && r->suffix == NULL))
			continue;
		names[n] = is_suffix ? r->suffix : r->name;
		buf_printf(&all, "%s%s", n > 0 ? ", " : "", names[n]);
		n++;
	}
	guess = error_nearest(word, names, n);
	if (guess != NULL)
		error_set(e, "%s: unknown %s \"%s\", did you mean \"%s\"?",
		    what, kind, word, guess);
	else
		error_set(e, "%s: unknown %s \"%s\"; there are %s", what,
		    kind, word, all.at);
	buf_free(&all);
	return -1;
}

int
documents_check(const struct settings *s, struct error *e)
{
	const char *suffix;

	if (s->only_new && s->state == NULL)
		return error_set(e, "--new: tells what is new since earlier "
		    "runs, which --state DIR keeps; name it too");
	if (s->format != NULL && renderer_by_name(s->format) == NULL)
		return unknown_format("--format", s->format, false, e);
	if (s->handshakes && s->format != NULL &&
	    strcmp(s->format, "jsonl") != 0 && strcmp(s->format, "csv") != 0)
		return error_set(e, "--handshakes prints jsonl or csv, not %s",
		    s->format);
	for (size_t i = 0; i < s->output.n; i++) {
		if (renderer_by_suffix(s->output.at[i]) != NULL)
			continue;
		suffix = strrchr(s->output.at[i], '.');
		if (suffix == NULL || strchr(suffix, '/') != NULL)
			return error_set(e, "%s: no suffix says the format; "
			    "use for example %s.html, or -f FORMAT > %s",
			    s->output.at[i], s->output.at[i], s->output.at[i]);
		return unknown_format(s->output.at[i], suffix + 1, true,
		    e);
	}
	return 0;
}

/* The terminal's width; else what COLUMNS says; else the default. */
static int
terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	int width = 0;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width == 0 && columns != NULL)
		width = atoi(columns);
	return width >= WIDTH_MIN && width <= WIDTH_MAX ? width : 0;
}

struct render_options
documents_options(const struct settings *s)
{
	bool terminal = isatty(STDOUT_FILENO) != 0;
	const char *no_color = getenv("NO_COLOR");
	struct render_options o = { .ascii = s->ascii, .utc = s->utc,
		.quiet = s->quiet, .verbose = s->verbose,
		.mail_to = getenv("MAILTO") }; /* as cron sets it */

	o.color = s->color == COLOR_ALWAYS || (s->color == COLOR_AUTO &&
	    terminal && (no_color == NULL || no_color[0] == '\0'));
	if (s->width >= WIDTH_MIN && s->width <= WIDTH_MAX)
		o.width = (int)s->width;
	else if (terminal)
		o.width = terminal_width();
	return o;
}

static int
write_all(int fd, struct text t)
{
	ssize_t n;

	for (; t.n > 0; t.at += n, t.n -= (size_t)n) {
		n = write(fd, t.at, t.n);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n < 0)
			return -1;
	}
	return 0;
}

/* A file that is written, or standard output. */
struct target {
	struct drain drain; /* first, so that one is the other */
	int fd;
	int error; /* errno of the write that failed; 0 none */
};

static void
take(struct drain *d, struct text t)
{
	struct target *to = (struct target *)d;

	if (to->error == 0 && write_all(to->fd, t) != 0)
		to->error = errno;
}

/* What is written, in parts or as a whole. */
typedef void write_fn(struct buf *out, const void *arg);

/* Returns errno, or 0. */
static int
write_to(int fd, write_fn *write, const void *arg)
{
	struct target to = { .drain = { take }, .fd = fd };
	struct buf out = { .drain = &to.drain };

	write(&out, arg);
	take(&to.drain, buf_view(&out));
	buf_free(&out);
	return to.error;
}

/* The file is there whole, or as it was before. */
static int
write_file(const char *path, write_fn *write, const void *arg,
    struct error *e)
{
	struct buf beside = { 0 };
	mode_t mask = umask(0);
	int fd, error = 0;

	umask(mask);
	buf_printf(&beside, "%s.XXXXXX", path);
	fd = mkstemp(beside.at);
	if (fd < 0) {
		error = errno;
	} else {
		error = write_to(fd, write, arg);
		if (error == 0 && fchmod(fd, 0666 & ~mask) != 0)
			error = errno;
		if (close(fd) != 0 && error == 0)
			error = errno;
		if (error == 0 && rename(beside.at, path) != 0)
			error = errno;
		if (error != 0)
			unlink(beside.at);
	}
	buf_free(&beside);
	return error == 0 ? 0 : error_set(e, "%s: %s", path, strerror(error));
}

static int
write_out(const char *path, write_fn *write, const void *arg, struct error *e)
{
	int error;

	if (path != NULL)
		return write_file(path, write, arg, e);
	error = write_to(STDOUT_FILENO, write, arg);
	return error == 0 ? 0 : error_set(e, "standard output: %s",
	    strerror(error));
}

static void
write_text(struct buf *out, const void *text)
{
	buf_text(out, *(const struct text *)text);
}

int
documents_put(const char *path, struct text t, struct error *e)
{
	return write_out(path, write_text, &t, e);
}

/* A report in a form. */
struct document {
	const struct renderer *renderer;
	const struct report *report;
	const struct render_options *options;
};

static void
render(struct buf *out, const void *document)
{
	const struct document *d = document;

	d->renderer->render(d->report, d->options, out);
}

int
documents_write(const struct settings *s, const struct report *r,
    struct error *e)
{
	struct render_options o = documents_options(s);
	struct document d = { renderer_by_name(s->format != NULL ? s->format :
	    "text"), r, &o };
	/* No news, no mail: cron sends what is printed.  What went wrong is on
	 * standard error by now. */
	bool quiet = s->only_new && !report_has_news(r);
	int result = 0;

	/* Rows of handshakes are all of standard output. */
	if (!quiet && !s->handshakes && (s->output.n == 0 || s->format != NULL))
		result = write_out(NULL, render, &d, e);
	o.color = false;
	o.width = 0;
	for (size_t i = 0; i < s->output.n && result == 0; i++) {
		d.renderer = renderer_by_suffix(s->output.at[i]);
		result = write_out(s->output.at[i], render, &d, e);
	}
	return result;
}
