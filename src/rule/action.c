#include "rule/action.h"

#include "base/attr.h"
#include "base/error.h"

static const char *const actions[] = { "exclude", "deploy-ca",
	"deploy-ca-to-runtime", "update-interceptor", "fix-interceptor",
	"allow-upstream", "change-profile", "fix-policy", "fix-entry",
	"check-network", "capture-more", "none" };

static const char *const of_class[N_CLASSES] = {
	[CLASS_PINNING] = "exclude",
	[CLASS_HSTS_PRELOAD] = "deploy-ca",
	[CLASS_RESUMPTION_MISMATCH] = "update-interceptor",
	[CLASS_PRIVATE_STORE] = "deploy-ca-to-runtime",
	[CLASS_MISSING_CA] = "deploy-ca",
	[CLASS_BROWSER_REJECT] = "deploy-ca",
	[CLASS_CLIENT_AUTH] = "exclude",
	[CLASS_PROXY_CERT] = "fix-interceptor",
	[CLASS_UPSTREAM_CERT] = "allow-upstream",
	[CLASS_PROTOCOL_MISMATCH] = "change-profile",
	[CLASS_BLOCK_PAGE] = "fix-policy",
	[CLASS_NOT_EFFECTIVE] = "fix-entry",
	[CLASS_NETWORK] = "check-network",
	[CLASS_UNDETERMINED] = "capture-more",
};

const char *
action_by_name(struct text name, const char **nearest)
{
	char word[32];

	*nearest = NULL;
	for (size_t i = 0; i < N_ITEMS(actions); i++)
		if (text_is(name, actions[i]))
			return actions[i];
	if (name.n > 0 && name.n < sizeof(word)) {
		memcpy(word, name.at, name.n);
		word[name.n] = '\0';
		*nearest = error_nearest(word, actions, N_ITEMS(actions));
	}
	return NULL;
}

const char *
action_of_class(enum class c)
{
	return (unsigned)c < N_CLASSES && of_class[c] != NULL ? of_class[c] :
	    "none";
}
