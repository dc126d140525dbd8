#include "tls/name.h"

#include <string.h>

#include "tls/der.h"

enum {
	RDNS_MAX = 64, /* real names have about ten */
	VALUE_MAX = 4096, /* bytes of one value: RFC 5280's bound is 32768 for
			   * one odd type, real ones stay below 200 */
};

/* X.520 (2.5.4.n), RFC 4519, PKCS #9, CA/Browser Forum; OpenSSL's names. */
static const struct attribute {
	struct text oid; /* DER */
	const char *name;
} attributes[] = {
	{ OID("\x55\x04\x03"), "CN" },
	{ OID("\x55\x04\x0a"), "O" },
	{ OID("\x55\x04\x0b"), "OU" },
	{ OID("\x55\x04\x06"), "C" },
	{ OID("\x55\x04\x08"), "ST" },
	{ OID("\x55\x04\x07"), "L" },
	{ OID("\x55\x04\x05"), "serialNumber" },
	{ OID("\x55\x04\x04"), "SN" },
	{ OID("\x55\x04\x09"), "street" },
	{ OID("\x55\x04\x0c"), "title" },
	{ OID("\x55\x04\x0d"), "description" },
	{ OID("\x55\x04\x0f"), "businessCategory" },
	{ OID("\x55\x04\x11"), "postalCode" },
	{ OID("\x55\x04\x12"), "postOfficeBox" },
	{ OID("\x55\x04\x14"), "telephoneNumber" },
	{ OID("\x55\x04\x29"), "name" },
	{ OID("\x55\x04\x2a"), "GN" },
	{ OID("\x55\x04\x2b"), "initials" },
	{ OID("\x55\x04\x2c"), "generationQualifier" },
	{ OID("\x55\x04\x2d"), "x500UniqueIdentifier" },
	{ OID("\x55\x04\x2e"), "dnQualifier" },
	{ OID("\x55\x04\x41"), "pseudonym" },
	{ OID("\x55\x04\x61"), "organizationIdentifier" },
	{ OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"), "emailAddress" },
	{ OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02"), "unstructuredName" },
	{ OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x08"), "unstructuredAddress" },
	{ OID("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"), "DC" },
	{ OID("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01"), "UID" },
	{ OID("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01"),
	    "jurisdictionL" },
	{ OID("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02"),
	    "jurisdictionST" },
	{ OID("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03"),
	    "jurisdictionC" },
};

void
name_parts_free(struct name_parts *p)
{
	buf_free(&p->cn);
	buf_free(&p->o);
}

static const char *
attribute_name(struct cursor oid)
{
	for (size_t i = 0; i < N_ITEMS(attributes); i++)
		if (attributes[i].oid.n == oid.left &&
		    memcmp(attributes[i].oid.at, oid.at, oid.left) == 0)
			return attributes[i].name;
	return NULL;
}

/* "1.2.840.113549": base 128, the first two arcs in one (X.690 8.19). */
static void
write_oid(struct cursor oid, struct buf *out)
{
	uint64_t arc = 0;
	bool first = true;
	uint8_t byte;

	while (cursor_u8(&oid, &byte)) {
		arc = arc << 7 | (byte & 0x7f);
		if ((byte & 0x80) != 0)
			continue;
		if (first) {
			uint64_t top = arc < 80 ? arc / 40 : 2;

			buf_printf(out, "%llu.%llu", (unsigned long long)top,
			    (unsigned long long)(arc - top * 40));
		} else {
			buf_printf(out, ".%llu", (unsigned long long)arc);
		}
		first = false;
		arc = 0;
	}
}

static void
write_rune(struct buf *out, uint32_t code)
{
	char utf8[4];
	size_t n = 0;

	if (code < 0x80) {
		utf8[n++] = (char)code;
	} else if (code < 0x800) {
		utf8[n++] = (char)(0xc0 | code >> 6);
		utf8[n++] = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		utf8[n++] = (char)(0xe0 | code >> 12);
		utf8[n++] = (char)(0x80 | (code >> 6 & 0x3f));
		utf8[n++] = (char)(0x80 | (code & 0x3f));
	} else {
		utf8[n++] = (char)(0xf0 | code >> 18);
		utf8[n++] = (char)(0x80 | (code >> 12 & 0x3f));
		utf8[n++] = (char)(0x80 | (code >> 6 & 0x3f));
		utf8[n++] = (char)(0x80 | (code & 0x3f));
	}
	buf_add(out, utf8, n);
}

static bool
is_surrogate(uint32_t code)
{
	return code >= 0xd800 && code <= 0xdfff;
}

/* UTF-16BE, as BMPString has it; OpenSSL joins surrogates, too. */
static bool
read_utf16(struct cursor c, struct buf *out)
{
	uint16_t unit, low;
	uint32_t code;

	while (cursor_u16(&c, &unit)) {
		code = unit;
		if (unit >= 0xd800 && unit <= 0xdbff && cursor_u16(&c, &low) &&
		    low >= 0xdc00 && low <= 0xdfff)
			code = 0x10000 + ((uint32_t)(unit & 0x3ff) << 10) +
			    (low & 0x3ff);
		if (is_surrogate(code))
			return false;
		write_rune(out, code);
	}
	return c.left == 0;
}

static bool
read_utf32(struct cursor c, struct buf *out)
{
	uint32_t code;

	while (cursor_u32(&c, &code)) {
		if (code > 0x10ffff || is_surrogate(code))
			return false;
		write_rune(out, code);
	}
	return c.left == 0;
}

/* A value of any of the string types as UTF-8 (bytes that are none stay).
 * False: not a string. */
static bool
read_string(const struct der *value, struct buf *out)
{
	struct cursor c = value->body;
	uint8_t byte;

	switch (value->tag) {
	case DER_UTF8_STRING:
		buf_add(out, c.at, c.left);
		return true;
	case DER_BMP_STRING:
		return read_utf16(c, out);
	case DER_UNIVERSAL_STRING:
		return read_utf32(c, out);
	case DER_NUMERIC_STRING:
	case DER_PRINTABLE_STRING:
	case DER_T61_STRING:
	case DER_IA5_STRING:
	case DER_VISIBLE_STRING:
		while (cursor_u8(&c, &byte)) /* Latin-1 where above ASCII */
			write_rune(out, byte);
		return true;
	default:
		return false;
	}
}

static void
write_hex(struct buf *out, struct cursor bytes)
{
	uint8_t byte;

	buf_char(out, '#');
	while (cursor_u8(&bytes, &byte))
		buf_printf(out, "%02X", byte);
}

/* RFC 4514 section 2.4. */
static void
write_escaped(struct buf *out, struct text value)
{
	static const char special[] = ",+\"\\<>;";

	for (size_t i = 0; i < value.n;) {
		struct text rest = { value.at + i, value.n - i };
		uint8_t byte = (uint8_t)rest.at[0];
		size_t n = text_rune(rest, &(uint32_t){ 0 });

		if (n == 0 || byte < 0x20 || byte == 0x7f) {
			buf_printf(out, "\\%02X", byte);
			i++;
			continue;
		}
		if ((byte != '\0' && strchr(special, byte) != NULL) ||
		    (byte == '#' && i == 0) ||
		    (byte == ' ' && (i == 0 || i + 1 == value.n)))
			buf_char(out, '\\');
		buf_add(out, rest.at, n);
		i += n;
	}
}

static void
keep_part(struct name_parts *parts, const char *name, struct text value)
{
	struct buf *part = strcmp(name, "CN") == 0 ? &parts->cn :
	    strcmp(name, "O") == 0 ? &parts->o : NULL;

	/* The sequence runs backwards here: the first is the most specific. */
	if (part == NULL || part->n > 0)
		return;
	buf_text(part, value);
}

/* AttributeTypeAndValue ::= SEQUENCE { type OID, value ANY } */
static bool
read_attribute(struct cursor pair, struct buf *out, struct name_parts *parts)
{
	struct buf value = { 0 };
	struct cursor oid;
	struct der element;
	const char *name;

	if (!der_take(&pair, DER_OID, &oid) || !der_next(&pair, &element) ||
	    element.body.left > VALUE_MAX)
		return false;
	name = attribute_name(oid);
	if (name == NULL)
		write_oid(oid, out);
	else
		buf_string(out, name);
	buf_char(out, '=');
	if (name != NULL && read_string(&element, &value)) {
		write_escaped(out, buf_view(&value));
		keep_part(parts, name, buf_view(&value));
	} else {
		write_hex(out, element.all);
	}
	buf_free(&value);
	return true;
}

/* RelativeDistinguishedName ::= SET OF AttributeTypeAndValue, joined by '+'.
 * Like OpenSSL's, their order is that of the names: backwards. */
static bool
read_rdn(struct cursor set, struct buf *out, struct name_parts *parts)
{
	struct cursor pairs[RDNS_MAX];
	size_t n = 0;

	while (set.left > 0) {
		if (n == RDNS_MAX ||
		    !der_take(&set, DER_SEQUENCE, &pairs[n]))
			return false;
		n++;
	}
	for (size_t i = n; i-- > 0;) {
		if (i + 1 < n)
			buf_char(out, '+');
		if (!read_attribute(pairs[i], out, parts))
			return false;
	}
	return true;
}

bool
name_read(struct cursor rdns, struct buf *out, struct name_parts *parts)
{
	struct cursor sets[RDNS_MAX];
	size_t n = 0;

	while (rdns.left > 0) {
		if (n == RDNS_MAX || !der_take(&rdns, DER_SET, &sets[n]))
			return false;
		n++;
	}
	for (size_t i = n; i-- > 0;) {
		if (out->n > 0 && i + 1 < n)
			buf_char(out, ',');
		if (!read_rdn(sets[i], out, parts))
			return false;
	}
	return true;
}
