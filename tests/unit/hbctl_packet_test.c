// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/heartbeat/packet.c tools/hbctl/heartbeat/capture.c tools/hbctl/config/ip.c */
/* Recordings and the datagrams in them: every kind that is known, cut anywhere, and damaged. */
#include <byteswap.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "config/ip.h"
#include "heartbeat/capture.h"
#include "heartbeat/packet.h"

#define IP_AT	0
#define UDP_AT	20
#define UDP6_AT	40

/* 10.0.2.15:4660 to 10.0.2.16:694, six bytes. */
static const uint8_t plain[] = {
	0x45, 0x10, 0, 34, 1, 2, 0x40, 0, 64, 17, 0, 0, 10, 0, 2, 15, 10, 0, 2, 16,
	0x12, 0x34, 0x02, 0xb6, 0, 14, 0, 0, 'h', 'e', 'l', 'l', 'o', '!',
};

/* fd00::15 to fd00::16, the same. */
static const uint8_t plain6[] = {
	0x6c, 0, 0, 0, 0, 14, 17, 64, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x15,
	0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x16,
	0x12, 0x34, 0x02, 0xb6, 0, 14, 0, 0, 'h', 'e', 'l', 'l', 'o', '!',
};

/* In a place of its own, so that whoever reads on is found out. */
static bool parse(struct datagram *d, enum packet_link link, const uint8_t *p, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	bool ok;

	assert_non_null(copy);
	memcpy(copy, p, len);
	ok = packet_parse(d, link, copy, len);
	if (ok)
		assert_true(d->data >= copy && d->data + d->len <= copy + len);
	free(copy);
	return ok;
}

static void is_addr(const struct in6_addr *ip, const char *want)
{
	char text[INET6_ADDRSTRLEN];

	assert_string_equal(ip_text(ip, text), want);
}

/* With @front before it, and @padding behind. */
static void check_one(enum packet_link link, const char *front, size_t len, size_t padding, bool v6)
{
	const uint8_t *packet = v6 ? plain6 : plain;
	size_t size = v6 ? sizeof(plain6) : sizeof(plain), headers = len + size - 6;
	size_t all = len + size + padding, i;
	uint8_t p[128] = { 0 };
	struct datagram d;

	memcpy(p, front, len);
	memcpy(p + len, packet, size);
	assert_true(packet_parse(&d, link, p, all));
	is_addr(&d.src, v6 ? "fd00::15" : "10.0.2.15");
	is_addr(&d.dst, v6 ? "fd00::16" : "10.0.2.16");
	assert_int_equal(d.sport, 0x1234);
	assert_int_equal(d.dport, 694);
	assert_int_equal(d.len, 6);
	assert_int_equal(d.missing, 0);
	assert_memory_equal(d.data, "hello!", 6);
	for (i = 0; i < all; i++) {
		bool ok = parse(&d, link, p, i);
		size_t left = i > headers ? i - headers : 0;

		assert_int_equal(ok, i >= headers);
		if (ok)
			assert_int_equal(d.len, left < 6 ? left : 6);
		if (ok)
			assert_int_equal(d.missing, 6 - d.len);
	}
}

/* Both versions; @type_at is where in @front the EtherType stands, if it does. */
static void check(enum packet_link link, const char *front, size_t len, size_t padding, size_t type_at)
{
	char front6[32];

	check_one(link, front, len, padding, false);
	memcpy(front6, front, len);
	memcpy(front6 + type_at, "\x86\xdd", 2);
	check_one(link, front6, len, padding, true);
}

static void links(void **state)
{
	(void)state;
	check(PACKET_IP, "", 0, 0, 0);
	check(PACKET_ETHERNET, "\1\2\3\4\5\6\1\2\3\4\5\7\x08\0", 14, 12, 12);
	check(PACKET_ETHERNET, "\1\2\3\4\5\6\1\2\3\4\5\7\x81\0\0\5\x08\0", 18, 8, 16);
	check(PACKET_ETHERNET, "\1\2\3\4\5\6\1\2\3\4\5\7\x88\xa8\0\5\x81\0\0\6\x08\0", 22, 0, 20);
	check(PACKET_COOKED, "\0\0\0\1\0\6\1\2\3\4\5\6\0\0\x08\0", 16, 3, 14);
	check(PACKET_COOKED2, "\x08\0\0\0\0\0\0\2\0\1\0\6\1\2\3\4\5\6\0\0", 20, 3, 0);
	assert_true(packet_link_known(PACKET_ETHERNET));
	assert_false(packet_link_known(0));
	assert_false(packet_link_known(127));
}

static bool changed6(size_t at, uint8_t value)
{
	uint8_t p[sizeof(plain6)];
	struct datagram d;

	memcpy(p, plain6, sizeof(p));
	p[at] = value;
	return packet_parse(&d, PACKET_IP, p, sizeof(p));
}

static bool changed(size_t at, uint8_t value)
{
	uint8_t p[sizeof(plain)];
	struct datagram d;

	memcpy(p, plain, sizeof(p));
	p[at] = value;
	return packet_parse(&d, PACKET_IP, p, sizeof(p));
}

static void not_ours(void **state)
{
	uint8_t p[sizeof(plain)];
	struct datagram d;

	(void)state;
	/* another version; a header that is too short, and too long; TCP; a later fragment */
	assert_false(changed(IP_AT, 0x65));
	assert_false(changed(IP_AT, 0x44));
	assert_false(changed(IP_AT, 0x4f));
	assert_false(changed(IP_AT + 9, 6));
	assert_false(changed(IP_AT + 7, 1));
	assert_false(changed(IP_AT + 6, 0x01));
	/* lengths that contradict each other */
	assert_false(changed(IP_AT + 3, 27));
	assert_false(changed(IP_AT + 3, 0));
	assert_false(changed(IP_AT + 3, 33));
	assert_false(changed(UDP_AT + 5, 7));
	assert_false(changed(UDP_AT + 5, 15));
	assert_false(changed(UDP_AT + 4, 1));
	/* more than the datagram is in the packet */
	memcpy(p, plain, sizeof(p));
	p[UDP_AT + 5] = 13;
	assert_true(packet_parse(&d, PACKET_IP, p, sizeof(p)));
	assert_int_equal(d.len, 5);
	assert_int_equal(d.missing, 0);
	/* of IPv6: another version, another header behind it, lengths that contradict each other */
	assert_false(changed6(IP_AT, 0x4c));
	assert_false(changed6(IP_AT, 0x7c));
	assert_false(changed6(IP_AT + 6, 6));
	assert_false(changed6(IP_AT + 6, IPPROTO_HOPOPTS));
	assert_false(changed6(IP_AT + 6, IPPROTO_FRAGMENT));
	assert_false(changed6(IP_AT + 5, 7));
	assert_false(changed6(IP_AT + 5, 13));
	assert_false(changed6(UDP6_AT + 5, 7));
	assert_false(changed6(UDP6_AT + 5, 15));
	/* ARP */
	assert_false(packet_parse(&d, PACKET_ETHERNET,
				  (const uint8_t *)"\1\2\3\4\5\6\1\2\3\4\5\7\x08\6_____________________________", 43));
	assert_false(packet_parse(&d, (enum packet_link)127, plain, sizeof(plain)));
}

/* The first fragment has the ports; what is in others is missing. */
static void first_fragment(void **state)
{
	uint8_t p[sizeof(plain)];
	struct datagram d;

	(void)state;
	memcpy(p, plain, sizeof(p));
	p[IP_AT + 6] = 0x20;
	p[UDP_AT + 5] = 8 + 100;
	assert_true(packet_parse(&d, PACKET_IP, p, sizeof(p)));
	assert_int_equal(d.len, 6);
	assert_int_equal(d.missing, 94);
}

static void first_fragment6(void **state)
{
	static const uint8_t part[] = { IPPROTO_UDP, 0, 0, 1, 1, 2, 3, 4 };
	uint8_t p[sizeof(plain6) + sizeof(part)];
	struct datagram d;

	(void)state;
	memcpy(p, plain6, UDP6_AT);
	memcpy(p + UDP6_AT, part, sizeof(part));
	memcpy(p + UDP6_AT + sizeof(part), plain6 + UDP6_AT, sizeof(plain6) - UDP6_AT);
	p[IP_AT + 5] += sizeof(part);
	p[IP_AT + 6] = IPPROTO_FRAGMENT;
	p[UDP6_AT + sizeof(part) + 5] = 8 + 100;
	for (size_t i = 0; i <= sizeof(p); i++)
		assert_int_equal(parse(&d, PACKET_IP, p, i), i >= sizeof(p) - 6);
	assert_int_equal(d.dport, 694);
	assert_int_equal(d.len, 6);
	assert_int_equal(d.missing, 94);
	/* the last one, and the first; a later one; of TCP */
	p[UDP6_AT + 3] = 0;
	assert_false(packet_parse(&d, PACKET_IP, p, sizeof(p)));
	p[UDP6_AT + 3] = 9;
	assert_false(packet_parse(&d, PACKET_IP, p, sizeof(p)));
	p[UDP6_AT + 3] = 1;
	p[UDP6_AT] = 6;
	assert_false(packet_parse(&d, PACKET_IP, p, sizeof(p)));
}

/* ---- recordings ---- */

static char recording[512];
static size_t n_recording;
static bool swap;

static void put32(uint32_t v)
{
	v = swap ? bswap_32(v) : v;
	memcpy(recording + n_recording, &v, 4);
	n_recording += 4;
}

static void record(uint32_t magic, uint32_t link, uint32_t fraction, uint32_t len)
{
	n_recording = 0;
	put32(magic);
	/* 2.4, as two numbers of 16 bits */
	put32(swap ? 0x00020004 : 0x00040002);
	put32(0);
	put32(0);
	put32(65535);
	put32(link);
	put32(1000);
	put32(fraction);
	put32(len);
	put32(len);
	memcpy(recording + n_recording, plain, sizeof(plain));
	n_recording += sizeof(plain);
}

/* Return: NULL if it can be read to its end; @n receives how many packets come before that. */
static const char *replay(size_t len, uint64_t *time_ns, size_t *n)
{
	FILE *f = len ? fmemopen(recording, len, "r") : fopen("/dev/null", "r");
	const char *wrong;
	struct capture c;

	assert_non_null(f);
	*n = 0;
	wrong = capture_open(&c, f);
	if (!wrong) {
		while (capture_next(&c, &wrong)) {
			++*n;
			*time_ns = c.time_ns;
			assert_int_equal(c.len, sizeof(plain));
			assert_memory_equal(c.data, plain, sizeof(plain));
		}
	}
	capture_close(&c);
	fclose(f);
	return wrong;
}

static void read_whole(uint32_t magic, uint32_t fraction, uint64_t want_ns)
{
	uint64_t time_ns = 0;
	size_t n;

	record(magic, PACKET_IP, fraction, sizeof(plain));
	assert_null(replay(n_recording, &time_ns, &n));
	assert_int_equal(n, 1);
	assert_true(time_ns == want_ns);
}

static void recordings(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		swap = i;
		read_whole(0xa1b2c3d4, 5, 1000000005000ULL);
		read_whole(0xa1b23c4d, 5, 1000000000005ULL);
	}
	swap = false;
}

static void refused(uint32_t magic, uint32_t link, const char *want)
{
	uint64_t time_ns;
	size_t n;

	record(magic, link, 0, sizeof(plain));
	assert_non_null(strstr(replay(n_recording, &time_ns, &n), want));
	assert_int_equal(n, 0);
}

static void damaged(void **state)
{
	const char *wrong;
	uint64_t time_ns;
	size_t n;

	(void)state;
	refused(0x0a0d0d0a, PACKET_IP, "pcapng");
	refused(0x12345678, PACKET_IP, "not what tcpdump -w writes");
	refused(0xa1b2c3d4, 127, "neither Ethernet");
	record(0xa1b2c3d4, PACKET_IP, 0, sizeof(plain));
	recording[4] = 3;
	assert_non_null(strstr(replay(n_recording, &time_ns, &n), "version"));

	record(0xa1b2c3d4, PACKET_IP, 0, sizeof(plain));
	for (size_t len = 0; len < n_recording; len++) {
		wrong = replay(len, &time_ns, &n);
		assert_int_equal(n, 0);
		if (len == 24)
			assert_null(wrong);
		else
			assert_non_null(strstr(wrong, len < 24 ? "too short" : "within a packet"));
	}
	record(0xa1b2c3d4, PACKET_IP, 0, CAPTURE_PACKET_MAX + 1);
	assert_non_null(strstr(replay(n_recording, &time_ns, &n), "longer than any"));
	record(0xa1b2c3d4, PACKET_IP, 0, UINT32_MAX);
	assert_non_null(strstr(replay(n_recording, &time_ns, &n), "longer than any"));
	record(0xa1b2c3d4, PACKET_IP, 0, CAPTURE_PACKET_MAX);
	assert_non_null(strstr(replay(n_recording, &time_ns, &n), "within a packet"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links),
		cmocka_unit_test(not_ours),
		cmocka_unit_test(first_fragment),
		cmocka_unit_test(first_fragment6),
		cmocka_unit_test(recordings),
		cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
