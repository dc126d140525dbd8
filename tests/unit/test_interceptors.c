#include "knowledge/interceptors.h"

#include "unit.h"

enum { NONE = -1 };

static const struct {
	const char *name, *product;
	int role;
} names[] = {
	{ "CN=IfYouCanSeeThisCertificateThisIsAnErrror,"
	  "OU=BCSI-overrideThisCertWithServerCert,"
	  "O=BCSI-default httpsproxycertificate",
	    "ProxySG / Edge SWG / Cloud SWG error certificate",
	    INTERCEPTOR_PLACEHOLDER },
	{ "CN=IfYouCanSeeThisCertificateThisIsAnError",
	    "ProxySG / Edge SWG / Cloud SWG error certificate",
	    INTERCEPTOR_PLACEHOLDER },
	{ "CN=bluecoat appliance,O=Blue Coat SG200 Series",
	    "Blue Coat / Symantec proxy CA", INTERCEPTOR_TRUST },
	{ "CN=Cisco Umbrella Root CA,O=Cisco",
	    "Cisco Umbrella / Secure Access", INTERCEPTOR_TRUST },
	{ "CN=Cisco Umbrella Secondary SubCA ash-SG,O=Cisco",
	    "Cisco Umbrella / Secure Access", INTERCEPTOR_TRUST },
	{ "/C=US/O=Zscaler Inc./OU=Zscaler Inc./CN=Zscaler Intermediate Root "
	  "CA (zscalerthree.net) (t) ", "Zscaler Internet Access",
	    INTERCEPTOR_TRUST },
	{ "E = certadmin@netskope.com, CN = ca.example.goskope.com, O = Example "
	  "Corp", "Netskope", INTERCEPTOR_TRUST },
	{ "CN=FGT60FTK20012345,OU=Certificate Authority,O=Fortinet", "FortiGate",
	    INTERCEPTOR_TRUST },
	{ "emailAddress=support@fortinet.com,CN=support,OU=Certificate "
	  "Authority,O=Fortinet,L=Sunnyvale,ST=California,C=US", "FortiGate",
	    INTERCEPTOR_TRUST },
	{ "CN=Fortinet Untrusted CA,OU=Certificate Authority,O=Fortinet",
	    "FortiGate untrusted CA", INTERCEPTOR_UNTRUST },
	{ "CN=Fortinet_CA_Untrusted", "FortiGate untrusted CA",
	    INTERCEPTOR_UNTRUST },
	{ "CN=Corp-Forward-Trust-CA",
	    "PAN-OS forward proxy (administrator-named CA)",
	    INTERCEPTOR_TRUST },
	{ "CN=Forward Untrust", "PAN-OS forward proxy, untrust CA",
	    INTERCEPTOR_UNTRUST },
	{ "CN=Sophos SSL CA_C01001ABCD12345,O=Sophos",
	    "Sophos Firewall / UTM / Web Appliance", INTERCEPTOR_TRUST },
	{ "CN=Gateway CA - Cloudflare Managed G1 d4ca,O=Cloudflare\\, Inc.",
	    "Cloudflare Gateway", INTERCEPTOR_TRUST },
	{ "CN=Not trusted by \\\"proxy.example.net\\\"",
	    "Squid, origin not trusted", INTERCEPTOR_UNTRUST },
	{ "CN=avast! Web/Mail Shield Root,O=avast! Web/Mail Shield",
	    "Avast / AVG Web Shield", INTERCEPTOR_TRUST },
	{ "O=mitmproxy,CN=mitmproxy", "mitmproxy", INTERCEPTOR_TRUST },
	{ "CN=Dr.Web for Windows Trusted Root", "Dr.Web SpIDer Gate",
	    INTERCEPTOR_TRUST },
	{ "CN=ACME SSL Inspection CA", "Unnamed interceptor",
	    INTERCEPTOR_TRUST },
	{ "Corp Decrypt CA", "Unnamed interceptor", INTERCEPTOR_TRUST },
	{ "CN=block.opendns.com", "Cisco Umbrella block page",
	    INTERCEPTOR_BLOCK_PAGE },
	{ "CN=R3,O=Let's Encrypt,C=US", NULL, NONE },
	{ "CN=Cloudflare Inc ECC CA-3,O=Cloudflare\\, Inc.,C=US", NULL, NONE },
	{ "CN=Example Root CA,O=Example\\, Inc.", NULL, NONE },
	{ "CN=www.fortinet.example,O=Fortinet Fans", NULL, NONE },
	{ "", NULL, NONE },
	{ "=", NULL, NONE },
	{ "CN=", NULL, NONE },
};

START_TEST(knows_the_interceptor)
{
	const struct interceptor *i =
	    interceptor_by_name(text_of(names[_i].name));

	if (names[_i].product == NULL) {
		ck_assert_msg(i == NULL, "%s: %s", names[_i].name, i->product);
		return;
	}
	ck_assert_msg(i != NULL, "%s", names[_i].name);
	ck_assert_str_eq(i->product, names[_i].product);
	ck_assert_int_eq((int)i->role, names[_i].role);
}
END_TEST

START_TEST(stays_inside_every_truncation)
{
	const char *s = names[_i].name;

	for (size_t n = 0; n <= strlen(s); n++) {
		char *copy = malloc(n > 0 ? n : 1);

		memcpy(copy, s, n);
		interceptor_by_name((struct text){ copy, n });
		issuer_is_public((struct text){ copy, n });
		free(copy);
	}
}
END_TEST

START_TEST(knows_public_issuers)
{
	static const char *const public[] = {
		"CN=R3,O=Let's Encrypt,C=US",
		"CN=GTS CA 1C3,O=Google Trust Services LLC,C=US",
		"CN=WR2,O=Google Trust Services,C=US",
		"CN=DigiCert Global Root CA,OU=www.digicert.com,O=DigiCert "
		"Inc,C=US",
		"C = US, ST = Arizona, O = \"GoDaddy.com, Inc.\", CN = Go Daddy",
		"/C=US/O=GoDaddy.com, Inc./CN=Go Daddy",
		"CN=Cloudflare Inc ECC CA-3,O=Cloudflare\\, Inc.,C=US",
		"CN=ISRG Root X1,O=Internet Security Research Group,C=US",
	};
	static const char *const private[] = {
		"CN=Corp CA,O=Example",
		"CN=Gateway CA - Cloudflare Managed G1 d4ca,O=Cloudflare\\, "
		"Inc.",
		"CN=DigiCert Inc",
		"O=DigiCert Inc of Nowhere",
		"",
	};

	for (size_t i = 0; i < N_ITEMS(public); i++)
		ck_assert_msg(issuer_is_public(text_of(public[i])), "%s",
		    public[i]);
	for (size_t i = 0; i < N_ITEMS(private); i++)
		ck_assert_msg(!issuer_is_public(text_of(private[i])), "%s",
		    private[i]);
}
END_TEST

START_TEST(knows_block_page_hosts)
{
	ck_assert(interceptor_is_block_host(TEXT("block.opendns.com")));
	ck_assert(interceptor_is_block_host(TEXT("hit-adult.opendns.com")));
	ck_assert(interceptor_is_block_host(TEXT("146.112.61.106")));
	ck_assert(!interceptor_is_block_host(TEXT("www.opendns.com")));
	ck_assert(!interceptor_is_block_host(TEXT("146.112.61.10")));
	ck_assert(!interceptor_is_block_host((struct text){ 0 }));
}
END_TEST

/* Long runs of what patterns and separators are made of must not take long. */
START_TEST(hostile_names_take_no_time)
{
	static const char *const pieces[] = { ",", "CN=", "*", "?", "=", "/",
		"\\", "\"", "a", "proxy ", "ssl ", ",O=", "\\2", "forward " };
	static char name[65536];

	for (size_t p = 0; p < N_ITEMS(pieces); p++) {
		size_t n = strlen(pieces[p]);

		for (size_t i = 0; i < sizeof(name); i++)
			name[i] = pieces[p][i % n];
		interceptor_by_name((struct text){ name, sizeof(name) });
		issuer_is_public((struct text){ name, sizeof(name) });
		interceptor_is_block_host((struct text){ name, sizeof(name) });
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("interceptors");

	tcase_add_loop_test(tc, knows_the_interceptor, 0, N_ITEMS(names));
	tcase_add_loop_test(tc, stays_inside_every_truncation, 0,
	    N_ITEMS(names));
	tcase_add_test(tc, knows_public_issuers);
	tcase_add_test(tc, knows_block_page_hosts);
	tcase_add_test(tc, hostile_names_take_no_time);
	return unit_run(tc);
}
