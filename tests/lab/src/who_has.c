// SPDX-License-Identifier: GPL-2.0
/*
 * Who answers for an address: asks everybody by ARP, again and again, and prints which hardware addresses answered which
 * question. Two that answer one question are two machines that both think that the address is theirs.
 */
#include "labtool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/if_ether.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Without an address of ours in it, as before an address is taken: nobody learns anything from such a question. */
static struct ether_arp question(int wire, const char *device, const char *address)
{
	struct ether_arp ask = {
		.ea_hdr = { .ar_hrd = htons(ARPHRD_ETHER), .ar_pro = htons(ETHERTYPE_IP), .ar_hln = ETH_ALEN, .ar_pln = 4,
			    .ar_op = htons(ARPOP_REQUEST) },
	};
	struct ifreq request = { 0 };

	strncpy(request.ifr_name, device, IFNAMSIZ - 1);
	if (ioctl(wire, SIOCGIFHWADDR, &request))
		die("%s: %s", device, strerror(errno));
	memcpy(ask.arp_sha, request.ifr_hwaddr.sa_data, ETH_ALEN);
	if (inet_pton(AF_INET, address, ask.arp_tpa) != 1)
		die("'%s' is not an IPv4 address", address);
	return ask;
}

int verb_who_has(int argc, char **argv)
{
	struct sockaddr_ll everybody = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP), .sll_halen = ETH_ALEN };
	struct ether_arp ask, answer;
	uint64_t interval, asked;
	int wire;

	if (argc != 4)
		usage();
	interval = number(argv[3]) * NS_PER_US;
	wire = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK, htons(ETH_P_ARP));
	everybody.sll_ifindex = if_nametoindex(argv[1]);
	memset(everybody.sll_addr, 0xff, ETH_ALEN);
	if (wire < 0 || bind(wire, (struct sockaddr *)&everybody, sizeof(everybody)))
		die("%s: %s", argv[1], strerror(errno));
	ask = question(wire, argv[1], argv[2]);
	run_fifo(94);
	for (asked = mono_ns();; asked += interval) {
		sleep_until_ns(asked);
		while (recv(wire, &answer, sizeof(answer), 0) == sizeof(answer)) {
			/* To us, of that address: an announcement may have the form of an answer, too. */
			if (answer.ea_hdr.ar_op != htons(ARPOP_REPLY) || memcmp(answer.arp_spa, ask.arp_tpa, 4) ||
			    memcmp(answer.arp_tpa, ask.arp_spa, 4))
				continue;
			printf("%llu %02x:%02x:%02x:%02x:%02x:%02x\n", (unsigned long long)(asked - interval) / NS_PER_US,
			       answer.arp_sha[0], answer.arp_sha[1], answer.arp_sha[2], answer.arp_sha[3],
			       answer.arp_sha[4], answer.arp_sha[5]);
		}
		fflush(stdout);
		sendto(wire, &ask, sizeof(ask), 0, (struct sockaddr *)&everybody, sizeof(everybody));
	}
}
