// SPDX-License-Identifier: GPL-2.0
/* sources: tools/hbctl/config/authkeys.c tools/hbctl/config/problems.c tools/hbctl/config/lines.c */
/*
 * authkeys: keys, which one signs, and that no message gives a key away.
 */
#include "config_test.h"
#include "internal.h"

static struct problems problems;
static struct config *config;

static void done(void)
{
	free(config);
	config = NULL;
	problems_free(&problems);
}

static int teardown(void **state)
{
	(void)state;
	done();
	return 0;
}

static void parse(const char *text)
{
	char *exact = malloc(strlen(text) ?: 1);

	assert_non_null(exact);
	memcpy(exact, text, strlen(text));
	done();
	config = config_new("alpha");
	authkeys_parse(config, "authkeys", exact, strlen(text), &problems);
	free(exact);
}

#define WHOLE(text, ...) do {							\
	parse(text);								\
	EXPECT(&problems, "authkeys", ##__VA_ARGS__);				\
} while (0)

static void assert_key(size_t i, unsigned int id, enum hbkm_method method, const char *secret)
{
	assert_true(i < config->n_keys);
	assert_int_equal(config->keys[i].id, id);
	assert_int_equal(config->keys[i].method, method);
	assert_int_equal(config->keys[i].secret_len, strlen(secret));
	assert_memory_equal(config->keys[i].secret, secret, strlen(secret));
}

static void good(void **state)
{
	(void)state;
	WHOLE("auth 1\n1 sha1 topsecretpassword\n");
	assert_int_equal(config->n_keys, 1);
	assert_int_equal(config->sign_key, 1);
	assert_key(0, 1, HBKM_METHOD_SHA1, "topsecretpassword");

	WHOLE("# keys\r\n\r\n auth 3 # this one\r\n#1 crc\r\n2 md5 Hello-World\r\n"
	      "\t3 sha256   abc#def%ghi\t # new\r\n0 sha1 0123456789");
	assert_int_equal(config->n_keys, 3);
	assert_int_equal(config->sign_key, 3);
	assert_key(0, 2, HBKM_METHOD_MD5, "Hello-World");
	assert_key(1, 3, HBKM_METHOD_SHA256, "abc#def%ghi");
	assert_key(2, 0, HBKM_METHOD_SHA1, "0123456789");

	WHOLE("auth 0\n0 sha1 #startswithhash\n");
	assert_key(0, 0, HBKM_METHOD_SHA1, "#startswithhash");
	/* as sscanf() reads them */
	WHOLE("auth\t15\n15sha1 topsecretpassword\n");
	assert_int_equal(config->sign_key, 15);
	WHOLE("auth 1\n01 sha1 topsecretpassword\n");
	/* not only ASCII */
	WHOLE("auth 1\n1 sha1 gehe\xc3\xafm\xff\x80nis\n");
	assert_key(0, 1, HBKM_METHOD_SHA1, "gehe\xc3\xafm\xff\x80nis");
}

static void crc(void **state)
{
	(void)state;
	WHOLE("auth 1\n1 crc\n", "2: warning: crc finds damage only");
	assert_key(0, 1, HBKM_METHOD_CRC, "");
	WHOLE("auth 1\n1 crc secret\n", "2: error: Auth method [crc] doesn't use a key");
	WHOLE("auth 1\n1 crc # none\n", "2: note: Heartbeat would take the remark behind crc for a key",
	      "2: warning: crc finds damage only");
}

static void all_numbers(void **state)
{
	char text[2048];
	size_t i, n;

	(void)state;
	n = sprintf(text, "auth 9\n");
	for (i = 0; i < HBKM_MAX_KEYS; i++)
		n += sprintf(text + n, "%zu sha256 secret-number-%zu\n", i, i);
	parse(text);
	EXPECT(&problems, "authkeys");
	assert_int_equal(config->n_keys, 16);
	assert_key(15, 15, HBKM_METHOD_SHA256, "secret-number-15");
}

static void lengths(void **state)
{
	char text[CONFIG_LINE_MAX], secret[HBKM_SECRET_MAX + 2];

	(void)state;
	memset(secret, 'k', sizeof(secret));
	secret[HBKM_SECRET_MAX] = '\0';
	snprintf(text, sizeof(text), "auth 1\n1 sha1 %s\n", secret);
	parse(text);
	EXPECT(&problems, "authkeys");
	assert_key(0, 1, HBKM_METHOD_SHA1, secret);
	secret[HBKM_SECRET_MAX] = 'k';
	secret[HBKM_SECRET_MAX + 1] = '\0';
	snprintf(text, sizeof(text), "auth 1\n1 sha1 %s\n", secret);
	parse(text);
	EXPECT(&problems, "authkeys", "2: error: the key is too long: at most 255 bytes");
	WHOLE("auth 1\n1 sha1 1234567\n", "2: warning: the key is short enough to be guessed");
	WHOLE("auth 1\n1 sha1 12345678\n");
	WHOLE("auth 1\n1 sha1 many words make no key\n", "2: warning: a key is one word",
	      "2: warning: the key is short enough");
	assert_key(0, 1, HBKM_METHOD_SHA1, "many");
}

static void which_signs(void **state)
{
	(void)state;
	WHOLE("", "error: Missing auth directive in keyfile [authkeys]");
	WHOLE("1 sha1 topsecretpassword\n", "error: Missing auth directive in keyfile [authkeys]");
	WHOLE("auth 2\n1 sha1 topsecretpassword\n", "1: error: Auth Key [2] not found in keyfile [authkeys]: add");
	WHOLE("1 sha1 topsecretpassword\nauth 1\n",
	      "2: error: Auth Key [1] not found in keyfile [authkeys]: it is on line 1, but must stand behind");
	WHOLE("auth 1\nauth 2\n1 sha1 topsecretpassword\n2 sha1 othersecretpassword\n",
	      "2: warning: auth was said on line 1 already; this line counts");
	assert_int_equal(config->sign_key, 2);
	WHOLE("auth 1\n1 sha1 topsecretpassword\n2 sha1 othersecretpassword\nauth 2\n",
	      "4: warning: auth was said on line 1 already",
	      "4: error: Auth Key [2] not found in keyfile [authkeys]: it is on line 3");
	WHOLE("auth 1\n1 sha1 topsecretpassword\n1 md5 othersecretpassword\n",
	      "3: warning: key 1 is on line 2 already");
	assert_int_equal(config->n_keys, 1);
	assert_key(0, 1, HBKM_METHOD_MD5, "othersecretpassword");
	/* nothing of a longer one is left behind it */
	parse("auth 1\n1 sha1 topsecretpassword\n1 crc\n");
	for (size_t i = 0; i < HBKM_SECRET_MAX; i++)
		assert_int_equal(config->keys[0].secret[i], 0);
}

static void wrong(void **state)
{
	(void)state;
	WHOLE("auth\n1 sha1 topsecretpassword\n", "1: error: Invalid auth line");
	WHOLE("auth x\n1 sha1 topsecretpassword\n", "1: error: Invalid auth line");
	WHOLE("auth -1\n1 sha1 topsecretpassword\n", "1: error: Invalid auth line");
	WHOLE("authenticate 1\n1 sha1 topsecretpassword\n", "1: error: Invalid auth line");
	WHOLE("auth 16\n1 sha1 topsecretpassword\n", "1: error: Invalid authnum in this auth line: 0 to 15");
	WHOLE("auth 99999999999999999999\n1 sha1 topsecretpassword\n", "1: error: Invalid authnum");
	WHOLE("auth 1\n16 sha1 topsecretpassword\n", "2: error: Invalid authnum: keys have numbers from 0 to 15");
	WHOLE("auth 1\n4294967297 sha1 topsecretpassword\n", "2: error: Invalid authnum");
	WHOLE("auth 1\n1\n", "2: error: Auth line is invalid");
	WHOLE("auth 1\nsha1 topsecretpassword\n", "2: error: Auth line is invalid");
	WHOLE("auth 1\n1 sha1\n", "2: error: Auth method [sha1] requires a key");
	WHOLE("auth 1\n1 sha1 # later\n", "2: error: Auth method [sha1] requires a key");
	WHOLE("auth 1\n1 sha512 topsecretpassword\n", "2: error: Invalid authtype [sha512]: crc, md5, sha1 and sha256 are known");
	WHOLE("auth 1\n1 SHA1 topsecretpassword\n", "2: error: Invalid authtype [SHA1]: write it sha1");
	WHOLE("auth 1\n1 topsecretpassword\n", "2: error: Invalid authtype: crc, md5, sha1 or sha256 is wanted");
	WHOLE("auth 1\n1 sha147e9336850f1\n", "2: error: Invalid authtype: a blank is missing between sha1 and the key");
	WHOLE("auth 1\n1 sha256topsecretpassword\n", "2: error: Invalid authtype: a blank is missing between sha256 and");
	WHOLE("auth 1\n1 sha1:topsecretpassword\n", "2: error: Invalid authtype: a blank is missing");
	WHOLE("auth 1\n{{ key }}\n", "2: error: Auth line is invalid");
	WHOLE("auth 1\n1 sha1 topsecretpassword\n2 foo\n3\n", "3: error: Invalid authtype", "4: error: Auth line is invalid");
}

/* Wherever a secret may have slipped to, no message shows it. */
static void discreet(void **state)
{
	static const char * const texts[] = {
		"auth 1\n1 sha1 SECRETWORD\n", "auth SECRETWORD\n", "authSECRETWORD\n",
		"auth 1 SECRETWORD\n", "aSECRETWORD\n", "SECRETWORD\n", "1 SECRETWORD\n",
		"1SECRETWORD\n", "1 sha1SECRETWORD\n", "1 sha1:SECRETWORD\n", "1 crc SECRETWORD\n",
		"1 crcSECRETWORD\n", "16 sha1 SECRETWORD\n", "sha1 SECRETWORD\n", "1 sha1 x SECRETWORD\n",
		"auth 1\n1 sha1 SECRETWORD\n1 sha1 SECRETWORD\n", "1 sha512 SECRETWORD\n",
		"1 sha1 SECRET\0WORD", "SECRETWORD sha1 1\n", "auth 1\nauth 2 SECRETWORD\n1 SHA1 SECRETWORD\n",
		"1 sha1 SECRETWORD SECRETWORD # SECRETWORD\n", "2 none SECRETWORD\n",
		"77777777SECRETWORD\n", "auth 55SECRETWORD\n",
	};
	char *text, *list;
	size_t i, size;
	FILE *out;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		parse(texts[i]);
		out = open_memstream(&list, &size);
		problems_print(&problems, out);
		fclose(out);
		if (strstr(list, "SECRET") || strstr(list, "7777"))
			fail_msg("[%s] gives away: %s", texts[i], list);
		free(list);
	}

	/* not in a line that is too long, either */
	text = calloc(1, 2 * CONFIG_LINE_MAX);
	memset(text, 'k', 2 * CONFIG_LINE_MAX - 1);
	memcpy(text, "1 sha1 ", 7);
	parse(text);
	free(text);
	EXPECT(&problems, "authkeys", "1: error: the line is too long", "error: Missing auth directive");
	assert_null(strstr(problems.v[0].text, "kkk"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(good, teardown),
		cmocka_unit_test_teardown(crc, teardown),
		cmocka_unit_test_teardown(all_numbers, teardown),
		cmocka_unit_test_teardown(lengths, teardown),
		cmocka_unit_test_teardown(which_signs, teardown),
		cmocka_unit_test_teardown(wrong, teardown),
		cmocka_unit_test_teardown(discreet, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
