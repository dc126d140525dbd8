/*
 * Sources: Cisco's article on public key and certificate pinning in Umbrella
 * (its two tables are in the catalogue), and the documentation of Chrome's
 * policies and of Firefox and Safari on HSTS hosts.
 */
#include "exclude/advice.h"

#include <string.h>

#include "base/buf.h"
#include "base/hostname.h"
#include "exclude/match.h"
#include "knowledge/apps.h"
#include "knowledge/suffix.h"

static const char *
coverage_advice(const struct app *app, const char *product)
{
	if (strcmp(product, "umbrella") != 0)
		return NULL;
	if (text_is(app->umbrella_coverage, "global-bypass"))
		return "Umbrella bypasses this application globally: where it "
		    "fails all the same, look for a second interceptor.";
	if (text_is(app->umbrella_coverage, "application-control"))
		return "In Umbrella exempt it as an application (Application "
		    "Control, Selective Decryption by application) rather "
		    "than by domain, so that new names are covered.";
	return "Umbrella does not list this application: exempt its domain, or "
	    "its category where that is not too much.";
}

static void
add_sentence(struct buf *b, const char *sentence)
{
	if (sentence == NULL)
		return;
	if (b->n > 0) {
		if (b->at[b->n - 1] != '.')
			buf_char(b, '.');
		buf_char(b, ' ');
	}
	buf_string(b, sentence);
}

static void
add_application(struct buf *b, const struct report *r,
    const struct finding *f, const char *product)
{
	bool confirmed = false;
	struct text pattern;
	const struct app *app;

	if (f->host == 0)
		return;
	app = app_by_host(r->hosts[f->host - 1].name, &confirmed, &pattern);
	if (app == NULL)
		return;
	if (app->web_alternative)
		add_sentence(b, "Its web version works under interception.");
	add_sentence(b, coverage_advice(app, product));
}

static bool
to_investigate(const struct finding *f)
{
	for (size_t i = 0; i < f->n_entries; i++)
		if (f->entries[i].verdict != VERDICT_INVESTIGATE)
			return false;
	return f->n_entries > 0;
}

/* Why a host that is to be excluded has no entry, as far as its name says; NULL
 * where it does not. */
static const char *
lacks_entry(const struct report *r, const struct finding *f)
{
	struct text name;

	if (f->host == 0 || f->n_entries > 0 ||
	    class_facts(f->class)->entry != ENTRY_YES)
		return NULL;
	name = r->hosts[f->host - 1].name;
	if (match_is_address(name))
		return "There is no entry for it: only its address is known, "
		    "and this product's list takes names.";
	if (!hostname_valid(name))
		return "There is no entry for it: what the client named is no "
		    "host name that a list may hold.";
	if (suffix_is_public(name))
		return "There is no entry for it: other people's names end "
		    "like this one.";
	return NULL;
}

void
advice_complete(struct report *r, struct finding *f, const char *product)
{
	struct buf b = { 0 };

	if (f->class != CLASS_PINNING && f->class != CLASS_CLIENT_AUTH &&
	    f->class != CLASS_HSTS_PRELOAD)
		return;
	if (to_investigate(f)) {
		f->action = "investigate";
		add_sentence(&b, totals_failures_only(&r->totals) ?
		    "Investigate first: no log tells what its clients accept." :
		    "Investigate first: one client only, and malware pins, "
		    "too.");
	}
	if (f->advice.n > 0)
		add_sentence(&b, "");
	buf_text(&b, f->advice);
	add_sentence(&b, lacks_entry(r, f));
	add_application(&b, r, f, product);
	if (f->class == CLASS_HSTS_PRELOAD)
		add_sentence(&b, "Chrome on Windows can be told to ignore "
		    "certificate errors, which takes the protection from all "
		    "sites at once; Firefox, Safari and Chrome on macOS "
		    "cannot.");
	add_sentence(&b, "Where only some need it, exempt by identity (user, "
	    "group or network) instead of for everybody.");
	f->advice = pool_intern(r->pool, buf_view(&b));
	buf_free(&b);
}
