#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cmd/cmd.h"
#include "rule/inspect.h"

enum { RULE_PATHS_MAX = 256 };

/* What `pinspot rules` may be asked; each returns the exit status. */
typedef int ask_fn(const struct rules *rules, int argc, char **argv,
    struct buf *out);

static int
ask_list(const struct rules *rules, int argc, char **argv, struct buf *out)
{
	if (argc == 0) {
		rules_list(rules, out);
		return EXIT_OK;
	}
	for (int i = 0; i < argc; i++) {
		if (!rules_show(rules, text_of(argv[i]), out)) {
			error_warn("no rule has the id %s; try: pinspot rules "
			    "list", argv[i]);
			return EXIT_USAGE;
		}
	}
	return EXIT_OK;
}

static int
ask_check(const struct rules *rules, int argc, char **argv, struct buf *out)
{
	(void)argc, (void)argv;
	return rules_check(rules, out) > 0 ? EXIT_USAGE : EXIT_OK;
}

static int
ask_test(const struct rules *rules, int argc, char **argv, struct buf *out)
{
	(void)argc, (void)argv;
	return rules_test(rules, out) > 0 ? EXIT_USAGE : EXIT_OK;
}

static int
ask_facts(const struct rules *rules, int argc, char **argv, struct buf *out)
{
	(void)rules, (void)argc, (void)argv;
	facts_list(out);
	return EXIT_OK;
}

static const struct {
	const char *word;
	ask_fn *ask;
	bool takes_paths; /* operands are more files of rules */
} questions[] = {
	{ "list", ask_list, false },
	{ "check", ask_check, true },
	{ "test", ask_test, true },
	{ "facts", ask_facts, false },
};

/* The rules of --rules and of the operands, before the default ones. */
static struct rules *
load(const struct settings *s, int argc, char **argv, struct error *e)
{
	const char *paths[RULE_PATHS_MAX];
	size_t n = 0;

	if (s->rules.n + (size_t)argc > RULE_PATHS_MAX) {
		error_set(e, "more than %d paths of rules", RULE_PATHS_MAX);
		return NULL;
	}
	for (size_t i = 0; i < s->rules.n; i++)
		paths[n++] = s->rules.at[i];
	for (int i = 0; i < argc; i++)
		paths[n++] = argv[i];
	return rules_new(s->no_default_rules, paths, n, e);
}

int
cmd_rules(const struct settings *s, int argc, char **argv)
{
	const char *word = argc > 0 ? argv[0] : "list";
	struct buf out = { 0 };
	struct rules *rules;
	struct error e;
	size_t i = 0;
	int status;

	while (i < N_ITEMS(questions) &&
	    strcmp(questions[i].word, word) != 0)
		i++;
	if (i == N_ITEMS(questions)) {
		error_warn("rules %s: expected list, check, test or facts",
		    word);
		return EXIT_USAGE;
	}
	argc -= argc > 0;
	argv++;
	rules = load(s, questions[i].takes_paths ? argc : 0, argv, &e);
	if (rules == NULL) {
		error_warn("%s", e.text);
		return EXIT_USAGE;
	}
	status = questions[i].ask(rules, argc, argv, &out);
	if (out.n > 0 && fwrite(out.at, 1, out.n, stdout) != out.n)
		status = EXIT_INTERNAL;
	buf_free(&out);
	rules_free(rules);
	return status;
}
