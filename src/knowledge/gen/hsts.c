/*
 * data/hsts.txt -> hsts_bytes[] and hsts_blocks[], packed by hsts_pack.c.
 */
#include "gen.h"

#include "knowledge/hsts_pack.h"

enum { MAX = 1000000 };

static struct hsts_row rows[MAX];
static uint32_t blocks[MAX / HSTS_BLOCK + 1];

static char *
backwards(const char *name)
{
	char *copy = gen_copy(name);
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		copy[i] = name[n - 1 - i];
	return copy;
}

static void
print(const struct hsts_pack *pack)
{
	puts("static const uint8_t hsts_bytes[] = {");
	for (size_t i = 0; i < pack->n_bytes; i++)
		printf("%d,%s", pack->bytes[i], i % 24 == 23 ? "\n" : "");
	puts("\n};\n\nstatic const uint32_t hsts_blocks[] = {");
	for (size_t i = 0; i < pack->n_blocks; i++)
		printf("%u,%s", (unsigned)pack->blocks[i],
		    i % 12 == 11 ? "\n" : "");
	printf("\n};\n\nenum { HSTS_NAMES = %zu };\n", pack->n_names);
	gen_print_date("hsts");
}

int
main(int argc, char **argv)
{
	static struct gen_line line;
	FILE *f = gen_open(argc, argv);
	size_t n = 0, room = 0;
	struct hsts_pack pack;
	uint8_t *bytes;

	while (gen_next(f, &line)) {
		size_t length = strlen(line.field[0]);
		int flags = line.n_fields > 1 ? hsts_flags(line.field[1]) : 0;

		if (n == MAX || length == 0 || length > HSTS_NAME_MAX)
			gen_fail(&line, "too many names, or no name");
		if (flags < 0)
			gen_fail(&line, "expected exact, pins or only-pins");
		rows[n++] = (struct hsts_row){ backwards(line.field[0]),
			(uint8_t)flags };
		room += HSTS_ROW_MAX(length);
	}
	fclose(f);
	bytes = malloc(room + 1);
	if (bytes == NULL)
		abort();
	pack = hsts_pack(rows, n, bytes, blocks);
	if (pack.n_names != n)
		gen_fail(&line, "a name is there twice");
	print(&pack);
	return 0;
}
