#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int
file_read(const char *path, size_t max, struct buf *out, struct error *e)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *f = standard ? stdin : fopen(path, "rb");
	size_t start = out->n, n;
	char chunk[16384];
	int failed;

	if (f == NULL)
		return error_set(e, "%s: %s", path, strerror(errno));
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0 &&
	    out->n - start + n <= max)
		buf_add(out, chunk, n);
	failed = ferror(f) ? errno : 0;
	if (!standard)
		fclose(f);
	if (failed)
		return error_set(e, "%s: %s", path, strerror(failed));
	if (n > 0)
		return error_set(e, "%s: larger than %zu MB", path, max >> 20);
	return 0;
}
