#include "packet/link.h"

#include "base/attr.h"
#include "packet/ip.h"
#include "packets.h"
#include "unit.h"

#define SNAP "\xaa\xaa\x03\0\0\0"
#define MAC "\2\0\0\0\0\1\2\0\0\0\0\2"
#define A6 "\1\2\3\4\5\6"
#define BYTES(s) s, sizeof(s) - 1

/* Each ends in the byte 0x45, where IP begins. */
static const struct {
	uint32_t link_type;
	const char *bytes;
	size_t n;
} ways_to_ip[] = {
	{ 1, BYTES(MAC "\x08\0E") },
	{ 1, BYTES(MAC "\x86\xdd" "E") },
	{ 1, BYTES(MAC "\x81\0\0\7\x08\0E") },
	{ 1, BYTES(MAC "\x88\xa8\0\7\x81\0\0\x9\x08\0E") },
	{ 1, BYTES(MAC "\x88\x64\x11\0\0\1\0\3\0\x21" "E") },
	{ 1, BYTES(MAC "\x88\x47\0\0\x10\x40\0\0\x11\x40" "E") },
	{ 1, BYTES(MAC "\x89\x09\1\1\0\1\0\2\x08\0E") },
	{ 1, BYTES(MAC "\0\x9" SNAP "\x08\0E") },
	{ 113, BYTES("\0\0\0\1\0\6" A6 "\0\0\x08\0E") },
	{ 276, BYTES("\x08\0\0\0\0\0\0\2\0\1\0\6" A6 "\0\0E") },
	{ 101, BYTES("E") },
	{ 12, BYTES("E") },
	{ 14, BYTES("E") },
	{ 228, BYTES("E") },
	{ 229, BYTES("E") },
	{ 0, BYTES("\2\0\0\0E") },
	{ 0, BYTES("\0\0\0\x1e" "E") },
	{ 108, BYTES("\0\0\0\2E") },
	{ 9, BYTES("\xff\x03\0\x21" "E") },
	{ 9, BYTES("\x57" "E") },
	{ 50, BYTES("\xff\x03\0\x57" "E") },
	{ 51, BYTES("\x11\0\0\1\0\3\0\x21" "E") },
	{ 104, BYTES("\x0f\0\x08\0E") },
	{ 105, BYTES("\x08\1\0\0" A6 A6 A6 "\0\0" SNAP "\x08\0E") },
	{ 105, BYTES("\x88\3\0\0" A6 A6 A6 "\0\0" A6 "\0\0" SNAP "\x08\0E") },
	{ 127, BYTES("\0\0\x9\0\0\0\0\0\0" "\x08\1\0\0" A6 A6 A6 "\0\0" SNAP
		"\x08\0E") },
	{ 109, BYTES("\2\0\0\0\0\0\0\0\0\0\0\0E") },
	{ 117, BYTES("\5\2\0\0\0\0\0\0E") },
	{ 204, BYTES("\1\xff\x03\0\x21" "E") },
};

START_TEST(finds_ip)
{
	struct cursor c = cursor_over(ways_to_ip[_i].bytes, ways_to_ip[_i].n);

	ck_assert(link_open(ways_to_ip[_i].link_type, &c) == CARRIED_IP);
	ck_assert(c.left == 1 && c.at[0] == 'E');
}
END_TEST

START_TEST(finds_nothing_in_what_breaks_off)
{
	for (size_t n = 0; n < ways_to_ip[_i].n; n++) {
		struct cursor c = cursor_over(ways_to_ip[_i].bytes, n);

		ck_assert(link_open(ways_to_ip[_i].link_type, &c) !=
		    CARRIED_IP);
	}
}
END_TEST

static const struct {
	uint32_t link_type;
	const char *bytes;
	size_t n;
	enum carried carried;
} others[] = {
	{ 1, BYTES(MAC "\x08\x06\0\1"), CARRIED_OTHER }, /* ARP */
	{ 1, BYTES(MAC "\0\x03\x42\x42\x03"), CARRIED_OTHER }, /* STP */
	{ 1, BYTES(MAC "\x88\xe7\0\0"), CARRIED_TUNNEL },
	{ 1, BYTES(MAC "\x88\x47\0\0\x11\x40\0\0"), CARRIED_TUNNEL },
	{ 105, BYTES("\x80\0\0\0"), CARRIED_OTHER }, /* a beacon */
	{ 105, BYTES("\x08\x41\0\0"), CARRIED_OTHER }, /* encrypted */
	{ 147, BYTES("E"), CARRIED_UNKNOWN },
};

START_TEST(tells_what_else_there_is)
{
	struct cursor c = cursor_over(others[_i].bytes, others[_i].n);

	ck_assert(link_open(others[_i].link_type, &c) == others[_i].carried);
}
END_TEST

START_TEST(reads_ipv4)
{
	struct packet p = { .n = 0 };
	struct ip_packet ip;

	put_ipv4(&p, 0, 6, 5, 9, 0);
	put(&p, "helloPAD", 8);
	ck_assert(ip_open(cursor_over(p.bytes, p.n), 0, &ip));
	ck_assert(ip.family == 4 && ip.protocol == 6 && !ip.fragment);
	ck_assert(ip.payload.left == 5 && ip.missing == 0);
	ck_assert(ip.source[3] == 1 && ip.destination[3] == 2);
	for (size_t n = 0; n < 20; n++)
		ck_assert(!ip_open(cursor_over(p.bytes, n), 0, &ip));
	ck_assert(ip_open(cursor_over(p.bytes, 22), 0, &ip));
	ck_assert(ip.payload.left == 2 && ip.missing == 3);
}
END_TEST

START_TEST(reads_ipv4_options)
{
	struct packet p = { .n = 0 };
	struct ip_packet ip;

	put_ipv4(&p, 0, 6, 5, 9, 0);
	p.bytes[0] = 0x46;
	put(&p, "\1\1\1\1h", 5);
	ck_assert(ip_open(cursor_over(p.bytes, p.n), 0, &ip));
	ck_assert(ip.payload.left == 1 && ip.payload.at[0] == 'h');
	p.bytes[0] = 0x44;
	ck_assert(!ip_open(cursor_over(p.bytes, p.n), 0, &ip));
}
END_TEST

START_TEST(a_length_of_0_means_all_there_is)
{
	struct packet p = { .n = 0 };
	struct ip_packet ip;

	put_ipv4(&p, 0, 6, 0, 9, 0);
	p.bytes[2] = p.bytes[3] = 0;
	put(&p, "hello", 5);
	ck_assert(ip_open(cursor_over(p.bytes, p.n), 7, &ip));
	ck_assert(ip.payload.left == 5 && ip.missing == 7);
	p.bytes[3] = 19; /* less than the header */
	ck_assert(!ip_open(cursor_over(p.bytes, p.n), 0, &ip));
}
END_TEST

START_TEST(goes_past_extension_headers)
{
	struct packet p = { .n = 0 };
	struct ip_packet ip;

	put_ipv6(&p, 0, 0, 8 + 16 + 12 + 8 + 2);
	put(&p, "\x3c\0\0\0\0\0\0\0", 8); /* hop by hop, then options */
	put(&p, "\x33\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16); /* then AH */
	put(&p, "\x2c\1\0\0\0\0\0\0\0\0\0\0", 12); /* then a whole fragment */
	put(&p, "\6\0\0\0\0\0\0\1", 8);
	put(&p, "hi", 2);
	ck_assert(ip_open(cursor_over(p.bytes, p.n), 0, &ip));
	ck_assert(ip.family == 6 && ip.protocol == 6 && !ip.fragment);
	ck_assert(ip.payload.left == 2 && ip.payload.at[0] == 'h');
	for (size_t n = 0; n < p.n - 2; n++)
		ck_assert(!ip_open(cursor_over(p.bytes, n), 0, &ip));
}
END_TEST

START_TEST(tells_fragments)
{
	struct packet p = { .n = 0 };
	struct ip_packet ip;

	put_ipv6(&p, 0, 44, 8 + 2);
	put(&p, "\6\0\0\x11\0\0\0\7", 8);
	put(&p, "hi", 2);
	ck_assert(ip_open(cursor_over(p.bytes, p.n), 0, &ip));
	ck_assert(ip.fragment && ip.more && ip.offset == 16 && ip.id == 7);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("link");

	tcase_add_loop_test(tc, finds_ip, 0, N_ITEMS(ways_to_ip));
	tcase_add_loop_test(tc, finds_nothing_in_what_breaks_off, 0,
	    N_ITEMS(ways_to_ip));
	tcase_add_loop_test(tc, tells_what_else_there_is, 0, N_ITEMS(others));
	tcase_add_test(tc, reads_ipv4);
	tcase_add_test(tc, reads_ipv4_options);
	tcase_add_test(tc, a_length_of_0_means_all_there_is);
	tcase_add_test(tc, goes_past_extension_headers);
	tcase_add_test(tc, tells_fragments);
	return unit_run(tc);
}
