#include "cmd/private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

/* Nobody else may read it: with the key, names can be tried until one fits. */
static int
key_create(const char *path, uint8_t key[DIGEST_SIZE], struct error *e)
{
	int fd;

	if (anonymize_key(key, e) != 0)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set(e, "%s: %s", path, strerror(errno));
	if (write(fd, key, DIGEST_SIZE) != DIGEST_SIZE || close(fd) != 0) {
		error_set(e, "%s: %s", path, strerror(errno));
		unlink(path);
		return -1;
	}
	return 0;
}

/* The key that is kept; a new one where there is none, which is kept if it may
 * be. */
static int
key_read(const char *path, bool may_keep, uint8_t key[DIGEST_SIZE],
    struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0 && errno == ENOENT)
		return may_keep ? key_create(path, key, e) :
		    anonymize_key(key, e);
	if (fd < 0)
		return error_set(e, "%s: %s", path, strerror(errno));
	n = read(fd, key, DIGEST_SIZE);
	close(fd);
	if (n != DIGEST_SIZE)
		return error_set(e, "%s: holds no key of %d bytes; remove it, "
		    "and the next run makes a new one", path, DIGEST_SIZE);
	return 0;
}

int
private_open(struct anonymizer **a, const struct settings *s, bool remembers,
    struct error *e)
{
	uint8_t key[DIGEST_SIZE];
	struct buf path = { 0 };
	int result;

	*a = NULL;
	if (!s->anonymize)
		return 0;
	if (s->state != NULL) {
		buf_printf(&path, "%s/anonymize.key", s->state);
		result = key_read(path.at, remembers, key, e);
		buf_free(&path);
	} else {
		result = anonymize_key(key, e);
	}
	if (result == 0)
		*a = anonymizer_new(key);
	explicit_bzero(key, sizeof(key));
	return result;
}
