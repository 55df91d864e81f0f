// SPDX-License-Identifier: GPL-2.0
/* Datagrams that the cluster must not be moved by: forged, damaged, random, replayed, and too many. */
#include "labtool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAYLOAD_MAX 65507

static void ipv4(const char *text, struct in_addr *address)
{
	if (inet_pton(AF_INET, text, address) != 1)
		die("'%s' is not an IPv4 address", text);
}

static int udp_socket(const struct in_addr *source, uint16_t port)
{
	struct sockaddr_in local = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int yes = 1;

	if (source)
		local.sin_addr = *source;
	/* The cluster's own port may be asked for as the source, hence the reuse. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof(yes));
	if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof(local)))
		die("udp port %u: %s", port, strerror(errno));
	return fd;
}

static size_t hex_bytes(const char *text, unsigned char *bytes)
{
	size_t length = 0;

	for (; *text; text += 2) {
		unsigned int byte;

		if (length == PAYLOAD_MAX || !text[1] || sscanf(text, "%2x", &byte) != 1)
			die("bad hex near '%.8s'", text);
		bytes[length++] = byte;
	}
	return length;
}

/* xorshift: the same seed gives the same frames on every run */
static void random_bytes(unsigned char *bytes, size_t length, uint64_t *state)
{
	for (size_t i = 0; i < length; i++) {
		*state ^= *state << 13;
		*state ^= *state >> 7;
		*state ^= *state << 17;
		bytes[i] = *state >> 24;
	}
}

int verb_udp_send(int argc, char **argv)
{
	static unsigned char bytes[PAYLOAD_MAX];
	struct sockaddr_in peer = { .sin_family = AF_INET };
	struct in_addr source, *from = NULL;
	uint64_t count = 1, interval = 0, random = 1, next;
	size_t length = 0;
	uint16_t port = 0;
	bool is_random;
	int option, fd;

	while ((option = getopt(argc, argv, "s:p:n:i:r:")) != -1) {
		switch (option) {
		case 's':
			from = &source;
			ipv4(optarg, from);
			break;
		case 'p':
			port = number(optarg);
			break;
		case 'n':
			count = number(optarg);
			break;
		case 'i':
			interval = number(optarg) * NS_PER_US;
			break;
		case 'r':
			random = number(optarg) * 2 + 1;
			break;
		default:
			usage();
		}
	}
	if (argc - optind != 3)
		usage();
	ipv4(argv[optind], &peer.sin_addr);
	peer.sin_port = htons(number(argv[optind + 1]));
	is_random = !strncmp(argv[optind + 2], "random:", 7);
	if (is_random) {
		length = number(argv[optind + 2] + 7);
		if (length > sizeof(bytes))
			die("at most %d bytes", PAYLOAD_MAX);
	} else if (argv[optind + 2][0] == '@') {
		int file = open(argv[optind + 2] + 1, O_RDONLY);

		if (file < 0)
			die("%s: %s", argv[optind + 2] + 1, strerror(errno));
		length = read_all(file, bytes, sizeof(bytes));
	} else {
		length = hex_bytes(argv[optind + 2], bytes);
	}

	fd = udp_socket(from, port);
	next = mono_ns();
	for (uint64_t i = 0; i < count; i++) {
		if (is_random)
			random_bytes(bytes, length, &random);
		/* An earlier datagram's "port unreachable" is reported here; the datagram was sent all the same. */
		if (sendto(fd, bytes, length, 0, (struct sockaddr *)&peer, sizeof(peer)) < 0 && errno != ECONNREFUSED)
			die("send: %s", strerror(errno));
		next += interval;
		if (interval && i + 1 < count)
			sleep_until_ns(next);
	}
	return 0;
}

int verb_udp_flood(int argc, char **argv)
{
	static unsigned char bytes[PAYLOAD_MAX];
	struct sockaddr_in peer = { .sin_family = AF_INET };
	uint64_t end, next, on, off = 0, sent = 0;
	size_t length;
	int fd;

	if (argc != 5 && argc != 7)
		usage();
	ipv4(argv[1], &peer.sin_addr);
	peer.sin_port = htons(number(argv[2]));
	if (argv[3][0] == '@') {
		int file = open(argv[3] + 1, O_RDONLY);

		if (file < 0)
			die("%s: %s", argv[3] + 1, strerror(errno));
		length = read_all(file, bytes, sizeof(bytes));
	} else {
		length = number(argv[3]);
	}
	if (length > sizeof(bytes))
		die("at most %d bytes", PAYLOAD_MAX);
	next = mono_ns();
	end = next + number(argv[4]) * NS_PER_S;
	on = end - next;
	if (argc == 7) {
		on = number(argv[5]) * NS_PER_MS;
		off = number(argv[6]) * NS_PER_MS;
		next += on + off - next % (on + off);
	}
	fd = udp_socket(NULL, 0);
	for (; next < end; next += on + off) {
		sleep_until_ns(next);
		while (mono_ns() < next + on)
			for (int i = 0; i < 16; i++)
				sent += sendto(fd, bytes, length, 0, (struct sockaddr *)&peer, sizeof(peer)) >= 0;
	}
	printf("%llu\n", (unsigned long long)sent);
	return 0;
}

/* One UDP datagram of a capture. frame is the whole Ethernet frame. */
struct datagram {
	uint64_t time;
	const unsigned char *frame, *payload;
	size_t frame_length, length;
	struct in_addr source, destination;
	uint16_t source_port, destination_port;
};

static bool dissect(struct datagram *datagram)
{
	const unsigned char *packet = datagram->frame + ETHER_HDR_LEN;
	const unsigned char *end = datagram->frame + datagram->frame_length;
	struct udphdr udp;
	struct iphdr ip;
	uint16_t protocol;

	if (datagram->frame_length < ETHER_HDR_LEN + sizeof(ip))
		return false;
	memcpy(&protocol, datagram->frame + 12, 2);
	memcpy(&ip, packet, sizeof(ip));
	if (protocol != htons(ETHERTYPE_IP) || ip.protocol != IPPROTO_UDP || packet + ip.ihl * 4 + sizeof(udp) > end)
		return false;
	memcpy(&udp, packet + ip.ihl * 4, sizeof(udp));
	datagram->payload = packet + ip.ihl * 4 + sizeof(udp);
	datagram->length = ntohs(udp.len) - sizeof(udp);
	if (ntohs(udp.len) < sizeof(udp) || datagram->payload + datagram->length > end)
		return false;
	datagram->source.s_addr = ip.saddr;
	datagram->destination.s_addr = ip.daddr;
	datagram->source_port = ntohs(udp.source);
	datagram->destination_port = ntohs(udp.dest);
	return true;
}

/* Reads a capture as tcpdump -w wrote it on this machine: Ethernet, either precision of time. */
static void each_datagram(const char *path, uint16_t port, void (*seen)(const struct datagram *, void *), void *data)
{
	struct {
		uint32_t magic, version, zone, accuracy, length, network;
	} file_header;
	struct {
		uint32_t seconds, fraction, captured, length;
	} header;
	static unsigned char frame[1 << 16];
	int file = open(path, O_RDONLY);
	uint64_t unit;

	if (file < 0)
		die("%s: %s", path, strerror(errno));
	if (read_all(file, &file_header, sizeof(file_header)) != sizeof(file_header))
		die("%s: not a capture", path);
	if (file_header.magic == 0xa1b2c3d4)
		unit = NS_PER_US;
	else if (file_header.magic == 0xa1b23c4d)
		unit = 1;
	else
		die("%s: not a pcap file of this byte order", path);
	if (file_header.network != 1)
		die("%s: not captured on an Ethernet interface", path);
	while (read_all(file, &header, sizeof(header)) == sizeof(header)) {
		struct datagram datagram = {
			.time = header.seconds * NS_PER_S + header.fraction * unit,
			.frame = frame,
			.frame_length = header.captured,
		};

		if (header.captured > sizeof(frame) || read_all(file, frame, header.captured) != header.captured)
			die("%s: cut short", path);
		if (dissect(&datagram) && (!port || datagram.destination_port == port))
			seen(&datagram, data);
	}
	close(file);
}

static void print_payload(const struct datagram *datagram, void *data)
{
	char source[INET_ADDRSTRLEN], destination[INET_ADDRSTRLEN];

	(void)data;
	inet_ntop(AF_INET, &datagram->source, source, sizeof(source));
	inet_ntop(AF_INET, &datagram->destination, destination, sizeof(destination));
	printf("%llu %s:%u %s:%u ", (unsigned long long)datagram->time, source, datagram->source_port, destination,
	       datagram->destination_port);
	for (size_t i = 0; i < datagram->length; i++)
		printf("%02x", datagram->payload[i]);
	putchar('\n');
}

int verb_payloads(int argc, char **argv)
{
	if (argc != 2 && argc != 3)
		usage();
	each_datagram(argv[1], argc == 3 ? number(argv[2]) : 0, print_payload, NULL);
	return 0;
}

struct replay {
	int socket;
	struct sockaddr_ll device;
	unsigned char mac[ETHER_ADDR_LEN];
	uint64_t sent;
};

static void replay_payload(const struct datagram *datagram, void *data)
{
	struct sockaddr_in peer = {
		.sin_family = AF_INET,
		.sin_addr = datagram->destination,
		.sin_port = htons(datagram->destination_port),
	};
	struct replay *replay = data;

	if (sendto(replay->socket, datagram->payload, datagram->length, 0, (struct sockaddr *)&peer, sizeof(peer)) < 0 &&
	    errno != ECONNREFUSED)
		die("send: %s", strerror(errno));
	replay->sent++;
}

/* With our own hardware address as the source, or the bridge would move the victim's to our port. */
static void replay_frame(const struct datagram *datagram, void *data)
{
	static unsigned char frame[1 << 16];
	struct replay *replay = data;

	memcpy(frame, datagram->frame, datagram->frame_length);
	memcpy(frame + ETHER_ADDR_LEN, replay->mac, ETHER_ADDR_LEN);
	/*
	 * What was captured where it was sent has no checksum yet, the device
	 * was to make it: none at all, as IPv4 allows, or nobody would take it.
	 */
	memset(frame + ETHER_HDR_LEN + (frame[ETHER_HDR_LEN] & 0xf) * 4 +
	       offsetof(struct udphdr, check), 0, sizeof(uint16_t));
	if (sendto(replay->socket, frame, datagram->frame_length, 0, (struct sockaddr *)&replay->device,
		   sizeof(replay->device)) < 0)
		die("send: %s", strerror(errno));
	replay->sent++;
}

int verb_replay(int argc, char **argv)
{
	struct replay replay = { .device = { .sll_family = AF_PACKET } };
	struct ifreq request = { 0 };
	const char *device = NULL;
	uint16_t port;
	int option;

	while ((option = getopt(argc, argv, "f:")) != -1) {
		if (option != 'f')
			usage();
		device = optarg;
	}
	if (argc - optind != 1 && argc - optind != 2)
		usage();
	port = argc - optind == 2 ? number(argv[optind + 1]) : 0;
	if (device) {
		replay.socket = socket(AF_PACKET, SOCK_RAW, 0);
		replay.device.sll_ifindex = if_nametoindex(device);
		strncpy(request.ifr_name, device, IF_NAMESIZE - 1);
		if (replay.socket < 0 || ioctl(replay.socket, SIOCGIFHWADDR, &request))
			die("%s: %s", device, strerror(errno));
		memcpy(replay.mac, request.ifr_hwaddr.sa_data, ETHER_ADDR_LEN);
	} else {
		replay.socket = udp_socket(NULL, 0);
	}
	each_datagram(argv[optind], port, device ? replay_frame : replay_payload, &replay);
	printf("%llu\n", (unsigned long long)replay.sent);
	return 0;
}
