/*
 * data/ciphers.txt -> ciphers[] by code with the lengths of their records, and
 * cipher_names[] by name.
 *
 * The lengths follow from the name: the cipher is what stands before the last
 * word, the last word is the hash of the MAC (RFC 5246 appendix A.5) or, for an
 * AEAD, of the PRF or HKDF.
 */
#include "gen.h"

enum { MAX = 1024 };

static struct suite {
	unsigned code;
	char *name, *openssl;
	const char *kind;
	int explicit_iv, tag, mac, block, hash;
} suites[MAX];
static int n_suites;

static struct alias {
	const char *name;
	int suite;
} aliases[2 * MAX];
static int n_aliases;

static int
has(const char *name, const char *part)
{
	return strstr(name, part) != NULL;
}

static int
ends(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && strcmp(name + n - m, end) == 0;
}

static int
mac_length(const char *name)
{
	static const struct {
		const char *end;
		int length;
	} macs[] = { { "_MD5", 16 }, { "_SHA", 20 }, { "_SHA256", 32 },
		{ "_SHA384", 48 }, { "KUZNYECHIK_CTR_OMAC", 16 },
		{ "MAGMA_CTR_OMAC", 8 }, { "_IMIT", 4 } };

	for (size_t i = 0; i < sizeof(macs) / sizeof(macs[0]); i++)
		if (ends(name, macs[i].end))
			return macs[i].length;
	return 0;
}

static void
facts(struct suite *s)
{
	/* TLS 1.3 names no key exchange and sends no explicit nonce. */
	int v13 = !has(s->name, "_WITH_");

	s->kind = "CIPHER_UNKNOWN";
	s->hash = ends(s->name, "_SHA512") ? 64 :
	    ends(s->name, "_SHA384")	   ? 48 :
					     32;
	if (ends(s->name, "_SCSV") || ends(s->name, "_NULL_NULL"))
		return;
	if (has(s->name, "_GCM") || has(s->name, "_CCM") ||
	    has(s->name, "_POLY1305") || has(s->name, "_AEGIS") ||
	    has(s->name, "_MGM")) {
		s->kind = "CIPHER_AEAD";
		s->tag = has(s->name, "_CCM_8") || has(s->name, "MAGMA") ? 8 :
									   16;
		s->explicit_iv = v13 || has(s->name, "_POLY1305") ||
			has(s->name, "_MGM") ?
		    0 :
		    8;
		return;
	}
	s->mac = mac_length(s->name);
	if (has(s->name, "_CBC")) {
		s->kind = "CIPHER_CBC";
		s->block = has(s->name, "DES") || has(s->name, "_RC2_") ||
			has(s->name, "_IDEA_") ?
		    8 :
		    16;
		s->explicit_iv = s->block;
	} else if (has(s->name, "_NULL_") || v13) {
		s->kind = "CIPHER_NULL"; /* v13: integrity only, RFC 9150 */
	} else {
		s->kind = "CIPHER_STREAM";
	}
}

static int
by_code(const void *a, const void *b)
{
	const struct suite *x = a, *y = b;

	return x->code < y->code ? -1 : x->code > y->code;
}

static int
by_name(const void *a, const void *b)
{
	const struct alias *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
print(void)
{
	puts("static const struct suite ciphers[] = {");
	for (int i = 0; i < n_suites; i++) {
		const struct suite *s = &suites[i];

		printf("\t{ 0x%04x, \"%s\", { %s, %d, %d, %d, %d, %d } },\n",
		    s->code, s->name, s->kind, s->explicit_iv, s->tag, s->mac,
		    s->block, s->hash);
	}
	puts("};\n\nstatic const struct alias cipher_names[] = {");
	for (int i = 0; i < n_aliases; i++)
		if (i == 0 || strcmp(aliases[i].name, aliases[i - 1].name) != 0)
			printf("\t{ \"%s\", %zu, 0x%04x },\n", aliases[i].name,
			    strlen(aliases[i].name),
			    suites[aliases[i].suite].code);
	puts("};");
}

int
main(int argc, char **argv)
{
	static struct gen_line line;
	FILE *f = gen_open(argc, argv);

	while (gen_next(f, &line)) {
		struct suite *s = &suites[n_suites++];

		if (n_suites == MAX || line.n_fields < 2)
			gen_fail(&line, "expected code, name, OpenSSL's name");
		s->code = (unsigned)strtoul(line.field[0], NULL, 16);
		s->name = gen_copy(line.field[1]);
		s->openssl = line.n_fields > 2 ? gen_copy(line.field[2]) : NULL;
		facts(s);
	}
	fclose(f);
	qsort(suites, (size_t)n_suites, sizeof(suites[0]), by_code);
	for (int i = 0; i < n_suites; i++) {
		aliases[n_aliases++] = (struct alias){ suites[i].name, i };
		if (suites[i].openssl != NULL)
			aliases[n_aliases++] =
			    (struct alias){ suites[i].openssl, i };
	}
	qsort(aliases, (size_t)n_aliases, sizeof(aliases[0]), by_name);
	print();
	gen_print_date("ciphers");
	return 0;
}
