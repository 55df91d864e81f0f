/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The first message that a Heartbeat 3.0.6 sent, whose key was topsecretpassword, as it
 * was recorded; and the same in lines, which the field auth of it is the signature of.
 */
#ifndef HEARTBEAT_MESSAGE_TEST_H
#define HEARTBEAT_MESSAGE_TEST_H

#define RECIPE_KEY	"topsecretpassword"

#define NETSTRING_SIGNED \
	"###\n11:(0)t=status,10:(0)st=init,10:(0)dt=2ee0,13:(0)protocol=1,15:(0)src=cookbook," \
	"27:(1)srcuuid=\x8c\x07\x30\xdf\xfd`Jr\xb6\xf2\xdf\x07\xc1\xcd" "Aq,8:(0)seq=1,14:(0)hg=6b04632b," \
	"14:(0)ts=6b04632a,30:(0)ld=2.92 1.95 1.04 5/131 157,8:(0)ttl=3," \
	"50:(0)auth=1 779b20184cdeb7562edbf3c275e450694fa20ae7,%%%\n"
#define NETSTRING	NETSTRING_SIGNED "42:1 869e80e715f1cfa754def3fb504d6c5528ed527d,"

#define LINES_SIGNED \
	"t=status\nst=init\ndt=2ee0\nprotocol=1\nsrc=cookbook\n(1)srcuuid=jAcw3/1gSnK28t8Hwc1BcQ==\n" \
	"seq=1\nhg=6b04632b\nts=6b04632a\nld=2.92 1.95 1.04 5/131 157\nttl=3\n"
#define LINES \
	">>>\n" LINES_SIGNED "auth=1 779b20184cdeb7562edbf3c275e450694fa20ae7\n<<<\n"

#endif /* HEARTBEAT_MESSAGE_TEST_H */
