#include "stream/tunnel.h"

#include <string.h>

static bool
begins(struct cursor c, const char *bytes, size_t n)
{
	return c.left >= n && memcmp(c.at, bytes, n) == 0;
}

#define BEGINS(c, literal) begins(c, literal, sizeof(literal) - 1)

static bool
contains(struct cursor c, const char *word)
{
	const size_t n = strlen(word);
	const int first = word[0] | 0x20; /* lower case; a blank stays one */

	for (size_t i = 0; i + n <= c.left; i++) {
		struct text here = { (const char *)c.at + i, n };

		if ((c.at[i] | 0x20) == first &&
		    text_equal_nocase(here, text_of(word)))
			return true;
	}
	return false;
}

bool
tunnel_is_connect(struct cursor first)
{
	return BEGINS(first, "CONNECT ");
}

/* PROXY protocol, versions 1 and 2, of HAProxy: a header before all else. */
static const char proxy_v1[] = "PROXY ";
static const char proxy_v2[] = "\r\n\r\n\0\r\nQUIT\n";

/* Pass over a PROXY header. */
static struct cursor
skip_proxy(struct cursor c)
{
	struct cursor body;
	uint8_t byte;
	uint16_t length;

	if (begins(c, proxy_v1, sizeof(proxy_v1) - 1)) {
		while (cursor_u8(&c, &byte) && byte != '\n')
			continue;
	} else if (begins(c, proxy_v2, sizeof(proxy_v2) - 1)) {
		if (!cursor_skip(&c, sizeof(proxy_v2) - 1 + 2) ||
		    !cursor_u16(&c, &length) ||
		    !cursor_take(&c, length, &body))
			c = cursor_over(NULL, 0);
	}
	return c;
}

/* "CONNECT host:port HTTP/1.1", the host of IPv6 in brackets. */
static bool
read_connect(struct cursor c, struct text *host)
{
	struct text line = { (const char *)c.at, c.left }, target;

	if (!tunnel_is_connect(c))
		return false;
	line.at += strlen("CONNECT ");
	line.n -= strlen("CONNECT ");
	text_split(&line, ' ', &target);
	for (size_t i = target.n; i-- > 0;)
		if (target.at[i] == ':') {
			target.n = i;
			break;
		}
	if (target.n >= 2 && target.at[0] == '[' &&
	    target.at[target.n - 1] == ']') {
		target.at++;
		target.n -= 2;
	}
	*host = target;
	return true;
}

/*
 * RFC 1928: version 5, methods; where RFC 1929 asks for them, user and password
 * (version 1); then version, command, 0, kind of address, address, port.
 */
static bool
read_socks5(struct cursor c, struct text *host)
{
	struct cursor methods, user, password, name;
	uint8_t version, kind;

	if (!cursor_u8(&c, &version) || version != 5 ||
	    !cursor_vector(&c, 1, &methods) || methods.left == 0)
		return false;
	if (cursor_peek(c, 0) == 1 && (!cursor_skip(&c, 1) ||
	    !cursor_vector(&c, 1, &user) || !cursor_vector(&c, 1, &password)))
		return true;
	if (cursor_peek(c, 0) != 5 || !cursor_skip(&c, 3) ||
	    !cursor_u8(&c, &kind))
		return true;
	if (kind == 3 && cursor_vector(&c, 1, &name))
		*host = (struct text){ (const char *)name.at, name.left };
	return true;
}

/* Version 4, command 1, port (2), address (4), user, 0; where the address is
 * 0.0.0.x, version 4a adds a name and a 0. */
static bool
read_socks4(struct cursor c, struct text *host)
{
	struct cursor address;
	uint16_t port;
	uint8_t version, command, byte;
	const char *name;

	if (!cursor_u8(&c, &version) || version != 4 ||
	    !cursor_u8(&c, &command) || command != 1 ||
	    !cursor_u16(&c, &port) || !cursor_take(&c, 4, &address))
		return false;
	while (cursor_u8(&c, &byte) && byte != 0)
		continue;
	if (address.at[0] != 0 || address.at[1] != 0 || address.at[2] != 0 ||
	    address.at[3] == 0)
		return true;
	name = (const char *)c.at;
	if (c.left > 0 && memchr(name, 0, c.left) != NULL)
		*host = text_of(name);
	return true;
}

/* Client's first bytes. */

static bool
is_postgres(struct cursor c)
{
	/* SSLRequest, or GSSENCRequest before it (PostgreSQL manual 55.7). */
	return BEGINS(c, "\0\0\0\x08\x04\xd2\x16\x2f") ||
	    BEGINS(c, "\0\0\0\x08\x04\xd2\x16\x30");
}

static bool
is_rdp(struct cursor c)
{
	/* TPKT version 3, X.224 Connection Request ([MS-RDPBCGR] 2.2.1.1). */
	return c.left >= 6 && c.at[0] == 3 && c.at[1] == 0 && c.at[5] == 0xe0;
}

static bool
is_ldap(struct cursor c)
{
	/* LDAPMessage with an ExtendedRequest for StartTLS (RFC 4511). */
	return c.left > 0 && c.at[0] == 0x30 &&
	    contains(c, "1.3.6.1.4.1.1466.20037");
}

static bool
is_xmpp(struct cursor c)
{
	return BEGINS(c, "<?xml") || BEGINS(c, "<stream");
}

static bool
is_ftp_client(struct cursor c)
{
	return contains(c, "AUTH TLS") || contains(c, "AUTH SSL");
}

static bool
is_pop3_client(struct cursor c)
{
	return contains(c, "STLS\r");
}

static bool
is_imap_client(struct cursor c)
{
	return contains(c, " STARTTLS");
}

static bool
is_smtp_client(struct cursor c)
{
	return contains(c, "STARTTLS");
}

/* Server's first bytes. */

static bool
is_mysql_server(struct cursor s)
{
	/* A packet of number 0 with a handshake of version 9 or 10. */
	return s.left >= 5 && s.at[2] == 0 && s.at[3] == 0 &&
	    (s.at[4] == 9 || s.at[4] == 10);
}

static bool
is_imap_server(struct cursor s)
{
	return BEGINS(s, "* ");
}

static bool
is_pop3_server(struct cursor s)
{
	return BEGINS(s, "+OK");
}

static bool
is_220(struct cursor s)
{
	return BEGINS(s, "220 ") || BEGINS(s, "220-");
}

static bool
is_socks5(struct cursor c)
{
	return read_socks5(c, &(struct text){ 0 });
}

static bool
is_socks4(struct cursor c)
{
	return read_socks4(c, &(struct text){ 0 });
}

static bool
is_proxy(struct cursor c)
{
	return begins(c, proxy_v1, sizeof(proxy_v1) - 1) ||
	    begins(c, proxy_v2, sizeof(proxy_v2) - 1);
}

/* In this order: what the server says is clearer than what clients have in
 * common. */
static const struct protocol {
	enum tunnel tunnel;
	bool (*by_client)(struct cursor first);
	bool (*by_server)(struct cursor first);
} protocols[] = {
	{ TUNNEL_CONNECT, tunnel_is_connect, NULL },
	{ TUNNEL_SOCKS, is_socks5, NULL },
	{ TUNNEL_SOCKS, is_socks4, NULL },
	{ TUNNEL_POSTGRES, is_postgres, NULL },
	{ TUNNEL_RDP, is_rdp, NULL },
	{ TUNNEL_LDAP, is_ldap, NULL },
	{ TUNNEL_XMPP, is_xmpp, is_xmpp },
	{ TUNNEL_MYSQL, NULL, is_mysql_server },
	{ TUNNEL_IMAP, NULL, is_imap_server },
	{ TUNNEL_POP3, NULL, is_pop3_server },
	{ TUNNEL_FTP, is_ftp_client, NULL },
	{ TUNNEL_SMTP, NULL, is_220 },
	{ TUNNEL_POP3, is_pop3_client, NULL },
	{ TUNNEL_IMAP, is_imap_client, NULL },
	{ TUNNEL_SMTP, is_smtp_client, NULL },
};

bool
tunnel_known(struct cursor first)
{
	if (is_proxy(first))
		return true;
	for (size_t i = 0; i < N_ITEMS(protocols); i++) {
		const struct protocol *p = &protocols[i];

		if ((p->by_client != NULL && p->by_client(first)) ||
		    (p->by_server != NULL && p->by_server(first)))
			return true;
	}
	return false;
}

bool
tunnel_never(struct cursor first)
{
	static const char *const words[] = { "GET ", "POST ", "HEAD ", "PUT ",
		"OPTIONS ", "DELETE ", "PATCH ", "PROPFIND ", "SSH-",
		"PRI * HTTP/2" };

	for (size_t i = 0; i < N_ITEMS(words); i++)
		if (begins(first, words[i], strlen(words[i])))
			return true;
	return false;
}

enum tunnel
tunnel_read(struct cursor client, struct cursor server, struct text *host)
{
	*host = (struct text){ 0 };
	client = skip_proxy(client);
	if (!read_connect(client, host) && !read_socks5(client, host))
		read_socks4(client, host);
	for (size_t i = 0; i < N_ITEMS(protocols); i++) {
		const struct protocol *p = &protocols[i];

		if ((p->by_client != NULL && p->by_client(client)) ||
		    (p->by_server != NULL && p->by_server(server)))
			return p->tunnel;
	}
	return TUNNEL_NONE;
}
