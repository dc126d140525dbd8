#include "base/privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

/* The number in an environment variable that sudo sets. */
static bool
number_of(const char *variable, uint64_t *out)
{
	const char *value = getenv(variable);

	return value != NULL && text_u64(text_of(value), out) && *out > 0 &&
	    *out < 0x7fffffff;
}

int
privilege_drop(struct error *e)
{
	uint64_t uid = 65534, gid = 65534;
	const struct passwd *nobody;

	if (geteuid() != 0)
		return 0;
	if (!number_of("SUDO_UID", &uid) || !number_of("SUDO_GID", &gid)) {
		nobody = getpwnam("nobody");
		if (nobody != NULL) {
			uid = nobody->pw_uid;
			gid = nobody->pw_gid;
		}
	}
	if (setgroups(0, NULL) != 0 || setgid((gid_t)gid) != 0 ||
	    setuid((uid_t)uid) != 0)
		return error_set(e, "cannot drop privileges: %s",
		    strerror(errno));
	if (setuid(0) == 0)
		return error_set(e, "privileges could be had back");
	return 0;
}
