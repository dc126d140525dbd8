/*
 * data/interceptors.txt -> interceptors[], interceptor_rules[] in the order of
 * the file, and block_hosts[].
 */
#include "gen.h"

#include <ctype.h>

enum { PRODUCTS = 1024, RULES = 4096, HOSTS = 1024, CONDITIONS = 3 };

static struct product {
	char *field[5]; /* name, vendor, category, role, note */
} products[PRODUCTS];

static struct rule {
	int product, n_pairs;
	char *pair[2 * CONDITIONS];
} rules[RULES];

static char *hosts[HOSTS];
static int n_products, n_rules, n_hosts;

static char *
lower_copy(const char *s)
{
	char *copy = gen_copy(s);

	for (char *p = copy; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return copy;
}

static const char *
role(struct gen_line *line, const char *word)
{
	static const char *const roles[][2] = {
		{ "trust", "INTERCEPTOR_TRUST" },
		{ "untrust", "INTERCEPTOR_UNTRUST" },
		{ "placeholder", "INTERCEPTOR_PLACEHOLDER" },
		{ "block-page", "INTERCEPTOR_BLOCK_PAGE" } };

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcmp(word, roles[i][0]) == 0)
			return roles[i][1];
	gen_fail(line, "unknown role");
	return NULL;
}

static void
add_rule(struct gen_line *line)
{
	struct rule *rule = &rules[n_rules++];

	if (n_rules == RULES || n_products == 0 || line->n_fields % 2 == 0 ||
	    line->n_fields > 1 + 2 * CONDITIONS)
		gen_fail(line, "expected =, attribute, pattern, ...");
	rule->product = n_products - 1;
	rule->n_pairs = (line->n_fields - 1) / 2;
	for (int i = 1; i < line->n_fields; i++)
		rule->pair[i - 1] = lower_copy(line->field[i]);
}

static void
add_product(struct gen_line *line)
{
	struct product *p = &products[n_products++];

	if (n_products == PRODUCTS || line->n_fields < 4 || line->n_fields > 5)
		gen_fail(line, "expected name, vendor, category, role, note");
	for (int i = 0; i < 5; i++)
		p->field[i] = gen_copy(i < line->n_fields ? line->field[i] :
							    "");
	p->field[3] = gen_copy(role(line, line->field[3]));
}

static void
print_products(void)
{
	puts("static const struct interceptor interceptors[] = {");
	for (int i = 0; i < n_products; i++) {
		const struct product *p = &products[i];

		printf("\t{ ");
		for (int j = 0; j < 5; j++) {
			if (j == 3)
				printf("%s", p->field[j]);
			else
				gen_string(p->field[j]);
			printf(j < 4 ? ", " : " },\n");
		}
	}
	puts("};\n");
}

static void
print_rules(void)
{
	puts("static const struct rule interceptor_rules[] = {");
	for (int i = 0; i < n_rules; i++) {
		printf("\t{ %d, %d, {", rules[i].product, rules[i].n_pairs);
		for (int j = 0; j < rules[i].n_pairs; j++) {
			printf(" { ");
			gen_string(rules[i].pair[2 * j]);
			printf(", ");
			gen_string(rules[i].pair[2 * j + 1]);
			printf(" },");
		}
		puts(" } },");
	}
	puts("};\n\nstatic const char *const block_hosts[] = {");
	for (int i = 0; i < n_hosts; i++) {
		putchar('\t');
		gen_string(hosts[i]);
		puts(",");
	}
	puts("};");
}

int
main(int argc, char **argv)
{
	static struct gen_line line;
	FILE *f = gen_open(argc, argv);

	while (gen_next(f, &line)) {
		if (strcmp(line.field[0], "=") == 0) {
			add_rule(&line);
		} else if (strcmp(line.field[0], "host") == 0) {
			if (n_hosts == HOSTS || line.n_fields != 2)
				gen_fail(&line, "expected host, pattern");
			hosts[n_hosts++] = lower_copy(line.field[1]);
		} else {
			add_product(&line);
		}
	}
	fclose(f);
	print_products();
	print_rules();
	gen_print_date("interceptors");
	return 0;
}
