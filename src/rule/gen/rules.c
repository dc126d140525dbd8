/*
 * Turn files of rules into the rows of a C table: name, bytes, length.
 */
#include <stdio.h>
#include <string.h>

static int
embed(const char *path)
{
	const char *slash = strrchr(path, '/');
	FILE *f = fopen(path, "rb");
	unsigned long n = 0;
	int c;

	if (f == NULL) {
		perror(path);
		return -1;
	}
	printf("{ \"default/%s\", (const char[]){", slash != NULL ? slash + 1 :
	    path);
	for (; (c = getc(f)) != EOF; n++)
		printf("%s%d,", n % 16 == 0 ? "\n" : "", (signed char)c);
	printf("0 }, %lu },\n", n);
	fclose(f);
	return 0;
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (embed(argv[i]) < 0)
			return 1;
	return 0;
}
