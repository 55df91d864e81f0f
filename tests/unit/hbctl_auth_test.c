// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/heartbeat/auth.c tools/hbctl/heartbeat/message.c */
/* libs: libgcrypt */
/*
 * Heartbeat's signatures. The digests are those that the plugins of Debian's heartbeat
 * 3.0.6 gave for these messages and keys; two of them were seen on the wire.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/show.h"
#include "heartbeat/auth.h"
#include "heartbeat_message_test.h"

#define LONG_KEY	"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"

const char *method_name(enum hbkm_method method)
{
	static const char * const names[] = { "none", "crc", "md5", "sha1", "sha256" };

	return names[method];
}

static struct config_key keys[HBKM_MAX_KEYS];
static size_t n_keys;

static void key(uint8_t id, enum hbkm_method method, const char *secret)
{
	struct config_key *k = &keys[n_keys++];

	k->id = id;
	k->method = method;
	k->secret_len = strlen(secret);
	memcpy(k->secret, secret, k->secret_len);
}

static int setup(void **state)
{
	(void)state;
	n_keys = 0;
	key(4, HBKM_METHOD_CRC, "");
	key(2, HBKM_METHOD_MD5, RECIPE_KEY);
	key(12, HBKM_METHOD_MD5, LONG_KEY);
	key(1, HBKM_METHOD_SHA1, RECIPE_KEY);
	key(3, HBKM_METHOD_SHA1, LONG_KEY);
	key(5, HBKM_METHOD_SHA256, RECIPE_KEY);
	return 0;
}

/* @auth NULL: nothing stands there */
static void message(char data[1024], bool netstring, const char *auth, struct message *m)
{
	size_t len = netstring ? sizeof(NETSTRING_SIGNED) - 1 : 0;

	if (netstring) {
		memcpy(data, NETSTRING_SIGNED, len);
		if (auth)
			len += (size_t)sprintf(data + len, "%zu:%s,", strlen(auth), auth);
	} else {
		len = (size_t)sprintf(data, ">>>\n" LINES_SIGNED);
		if (auth)
			len += (size_t)sprintf(data + len, "auth=%s\n", auth);
		len += (size_t)sprintf(data + len, "<<<\n");
	}
	assert_int_equal(message_parse(m, data, len), MESSAGE_GOOD);
}

static void check(bool netstring, const char *auth, const char *want)
{
	char data[1024], text[96];
	struct message m;
	struct auth a;

	message(data, netstring, auth, &m);
	auth_check(&a, &m, keys, n_keys);
	assert_string_equal(auth_text(text, sizeof(text), &a), want);
}

static void as_heartbeat(void **state)
{
	(void)state;
	check(true, "1 869e80e715f1cfa754def3fb504d6c5528ed527d", "sha1 ok");
	check(true, "3 b6e2bcacd8c90c7d5c965ef270081ff94a3a7651", "sha1 ok");
	check(true, "2 99c9bc008d3cf75a4214983971b01d3c", "md5 ok");
	check(true, "12 e0930fa7745b7e82c1cfdc1c1c2db3d7", "md5 ok");
	/* seven digits: Heartbeat leaves zeros in front out */
	check(true, "4 a6c9b0e", "crc ok");
	check(false, "1 779b20184cdeb7562edbf3c275e450694fa20ae7", "sha1 ok");
	check(false, "3 3460657835b2a07436f0e14eae8d250678be4350", "sha1 ok");
	check(false, "2 69636becf415d7d92377b4035eac1db3", "md5 ok");
	check(false, "12 63030a4fc7765a7213e2435c5aa6317b", "md5 ok");
	check(false, "4 4a777741", "crc ok");
}

static void differs(void **state)
{
	(void)state;
	/* one digit; too few; too many; that of the other form; of another key's */
	check(true, "1 869e80e715f1cfa754def3fb504d6c5528ed527c", "sha1 BAD (key 1 differs)");
	check(true, "1 869e80e715f1cfa754def3fb504d6c5528ed527", "sha1 BAD (key 1 differs)");
	check(true, "1 869e80e715f1cfa754def3fb504d6c5528ed527d0", "sha1 BAD (key 1 differs)");
	check(true, "1 779b20184cdeb7562edbf3c275e450694fa20ae7", "sha1 BAD (key 1 differs)");
	check(true, "3 869e80e715f1cfa754def3fb504d6c5528ed527d", "sha1 BAD (key 3 differs)");
	check(true, "1 869E80E715F1CFA754DEF3FB504D6C5528ED527D", "sha1 BAD (key 1 differs)");
	check(true, "4 0a6c9b0e", "crc BAD (key 4 differs)");
	/* of another method */
	check(true, "2 869e80e715f1cfa754def3fb504d6c5528ed527d", "sha1 BAD (key 2 is md5 here)");
	check(true, "5 869e80e715f1cfa754def3fb504d6c5528ed527d", "sha1 BAD (key 5 is sha256 here)");
	check(true, "1 a6c9b0e", "crc BAD (key 1 is sha1 here)");
}

static void no_key(void **state)
{
	(void)state;
	check(true, "7 869e80e715f1cfa754def3fb504d6c5528ed527d", "no key 7 here");
	check(true, "257 869e80e715f1cfa754def3fb504d6c5528ed527d", "no key 257 here");
	n_keys = 0;
	check(true, "1 869e80e715f1cfa754def3fb504d6c5528ed527d", "no key 1 here");
}

static void not_signed(void **state)
{
	(void)state;
	check(true, NULL, "unsigned");
	check(false, NULL, "unsigned");
	check(true, "", "malformed");
	check(true, "1", "malformed");
	check(true, "1 ", "malformed");
	check(true, "x 869e80e715f1cfa754def3fb504d6c5528ed527d", "malformed");
	check(true, "-1 869e80e715f1cfa754def3fb504d6c5528ed527d", "malformed");
	check(true, "00001 869e80e715f1cfa754def3fb504d6c5528ed527d", "malformed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(as_heartbeat, setup),
		cmocka_unit_test_setup(differs, setup),
		cmocka_unit_test_setup(no_key, setup),
		cmocka_unit_test_setup(not_signed, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
