/*
 * checkpoint.c - Check Point HTTPS Inspection, as the Log Exporter writes it.
 *
 *     CEF:0|Check Point|HTTPS Inspection|...|https_inspection_action=Error
 *     https_validation=Client does not trust the certificate ...
 *     <134>1 ... CheckPoint 1234 - [action:"Detect"; src:"192.0.2.44"; ...]
 *
 * Records of the firewall blade carry the same keys where inspection was asked
 * for.  Source: Check Point, "Log Exporter" (sk122323) and "Fields description"
 * (sk144192); samples of real lines without an action.
 */
#include "base/clock.h"
#include "input/pairs.h"
#include "input/value.h"
#include "knowledge/alerts.h"

static struct text
either(const struct pairs *p, const char *a, const char *b)
{
	struct text t = pairs_present(p, a);

	return t.n > 0 ? t : pairs_present(p, b);
}

/* Words of https_validation that speak of the origin's certificate. */
static const char *const upstream[] = { "untrusted ca", "expired", "revoked",
	"validity", "self signed", "self-signed", "wrong common name",
	"certificate is not yet valid", "crl" };

static void
read_failure(struct text why, struct handshake *h)
{
	int code = alert_in_message(why);

	if (value_contains(why, "client") || code >= 0) {
		log_alerted(h, LEG_CLIENT, SIDE_CLIENT, code, why);
		return;
	}
	for (size_t i = 0; i < N_ITEMS(upstream); i++) {
		if (value_contains(why, upstream[i])) {
			log_rejected(h, LEG_SERVER, why);
			return;
		}
	}
	if (value_contains(why, "unsupported"))
		log_refused(h, LEG_UNKNOWN, why);
	else
		log_rejected(h, LEG_UNKNOWN, why);
}

/* False where the record tells no handshake. */
static bool
read_outcome(const struct pairs *p, struct handshake *h)
{
	struct text what = pairs_present(p, "https_inspection_action");
	struct text why = pairs_present(p, "https_validation");
	struct text act = either(p, "act", "action");

	if (text_equal_nocase(what, TEXT("Error")) || (why.n > 0 &&
	    !text_equal_nocase(what, TEXT("Bypass")) &&
	    !text_equal_nocase(what, TEXT("Inspect"))))
		read_failure(why, h);
	else if (value_contains(what, "bypass") ||
	    value_contains(act, "https bypass"))
		log_bypassed(h);
	else if (value_contains(what, "inspect") ||
	    value_contains(act, "https inspect"))
		log_accepted(h);
	else
		return false;
	return true;
}

static enum line_result
read_pairs(struct log *log, const struct pairs *p, struct handshake *h)
{
	struct text time = either(p, "rt", "time");
	struct text src = either(p, "src", "client_ip");
	struct text dst = pairs_present(p, "dst");

	if (time.n == 0)
		h->hello.time = log_wrapper_time(log);
	else if (!value_time(log, time, &h->hello.time))
		return log_bad(log, 0, "time", time, "a time");
	if (src.n == 0 && dst.n == 0)
		return LINE_IGNORED;
	if (!value_address(src, &h->client))
		return log_bad(log, 0, "src", src, "an IP address");
	if (dst.n > 0 && !value_address(dst, &h->server))
		return log_bad(log, 0, "dst", dst, "an IP address");
	(void)!value_port(either(p, "spt", "s_port"), &h->client);
	(void)!value_port(either(p, "dpt", "service"), &h->server);
	if (!read_outcome(p, h))
		return LINE_IGNORED;
	h->transport = TRANSPORT_TCP;
	value_host(h, either(p, "sni", "tls_server_host_name"), HOST_SNI);
	if (h->host.n == 0)
		value_host(h, value_url_host(either(p, "resource", "request")),
		    HOST_URL);
	h->user = either(p, "suser", "src_user_name");
	h->app = either(p, "appi_name", "app");
	h->device = either(p, "shost", "src_machine_name");
	h->policy = pairs_present(p, "https_inspection_rule_name");
	return LINE_HANDSHAKE;
}

static bool
speaks_of_inspection(struct text t)
{
	return text_find(t, "https_inspection_action") >= 0 ||
	    text_find(t, "https_validation") >= 0 ||
	    text_find(t, "HTTPS Inspection") >= 0;
}

static enum line_result
checkpoint_read(struct log *log, void *state, struct handshake *h)
{
	struct text t = log->line;
	struct pairs pairs;
	struct cef cef;
	bool cef_line = text_find(t, "CEF:") >= 0;
	long open;

	(void)state;
	if (!speaks_of_inspection(t) || t.at[0] == '{' ||
	    text_find(t, "LEEF:") >= 0)
		return LINE_NOT_MINE;
	if (cef_line) {
		if (!cef_open(t, &cef))
			return LINE_NOT_MINE;
		cef_pairs(log, cef.extension, &pairs);
		return read_pairs(log, &pairs, h);
	}
	open = text_find(t, "[action:\"");
	if (open < 0)
		open = text_find(t, "[flags:\"");
	if (open >= 0) {
		t.at += open + 1;
		t.n -= (size_t)open + 1;
		if (t.n > 0 && t.at[t.n - 1] == ']')
			t.n--;
		kv_pairs(log, t, ':', " ;", &pairs);
	} else {
		kv_pairs(log, log_payload(log), '=', " ;|", &pairs);
	}
	return read_pairs(log, &pairs, h);
}

const struct log_format log_format_checkpoint = {
	.name = "checkpoint",
	.title = "Check Point HTTPS Inspection, CEF, syslog and key=value",
	.product = "checkpoint",
	.sign = "https_inspection_action, https_validation or the product "
		"HTTPS Inspection",
	.read = checkpoint_read,
};
