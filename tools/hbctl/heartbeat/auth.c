// SPDX-License-Identifier: GPL-2.0
/*
 * Heartbeat's signatures: HMAC with MD5 or SHA-1, or a checksum, over the message, in
 * hexadecimal.
 *
 * The digests are libgcrypt's: libsystemd has it in the process already (on Debian 12),
 * its licence goes with ours, and it wipes what it has computed with. What it has not is
 * Heartbeat's checksum: that of cksum(1), but not over the length as well, and printed
 * without leading zeros.
 */
#include <gcrypt.h>
#include <stdio.h>
#include <string.h>

#include "config/show.h"
#include "heartbeat/auth.h"

#define DIGEST_MAX	32
#define HEX_MAX		(2 * DIGEST_MAX)

struct checksum {
	uint32_t crc;
};

static void crc_take(void *arg, const void *p, size_t len)
{
	struct checksum *c = arg;
	const uint8_t *byte = p;

	while (len--) {
		c->crc ^= (uint32_t)*byte++ << 24;
		for (int i = 0; i < 8; i++)
			c->crc = c->crc << 1 ^ (c->crc >> 31 ? 0x04c11db7 : 0);
	}
}

static void mac_take(void *arg, const void *p, size_t len)
{
	/* it cannot fail once the key is set */
	gcry_mac_write(arg, p, len);
}

static int mac_algorithm(enum hbkm_method method)
{
	switch (method) {
	case HBKM_METHOD_MD5:
		return GCRY_MAC_HMAC_MD5;
	case HBKM_METHOD_SHA1:
		return GCRY_MAC_HMAC_SHA1;
	case HBKM_METHOD_SHA256:
		return GCRY_MAC_HMAC_SHA256;
	default:
		return GCRY_MAC_NONE;
	}
}

/* Only md5 may be refused: where the system is in FIPS mode. */
static bool mac(const struct message *m, const struct config_key *key, char hex[HEX_MAX + 1])
{
	uint8_t digest[DIGEST_MAX];
	size_t len = sizeof(digest);
	gcry_mac_hd_t h;
	bool ok;

	if (gcry_mac_open(&h, mac_algorithm(key->method), 0, NULL))
		return false;
	ok = !gcry_mac_setkey(h, key->secret, key->secret_len);
	if (ok) {
		message_signed(m, mac_take, h);
		ok = !gcry_mac_read(h, digest, &len);
	}
	gcry_mac_close(h);
	for (size_t i = 0; ok && i < len; i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
	return ok;
}

static bool sign(const struct message *m, const struct config_key *key, char hex[HEX_MAX + 1])
{
	struct checksum c = { 0 };

	if (key->method != HBKM_METHOD_CRC)
		return mac(m, key, hex);
	message_signed(m, crc_take, &c);
	snprintf(hex, HEX_MAX + 1, "%x", ~c.crc);
	return true;
}

/* Before anything else of the library's; no memory is locked for it, as it is here for a moment only. */
static void library_start(void)
{
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
		return;
	gcry_check_version(NULL);
	gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

static enum hbkm_method method_of_length(size_t len)
{
	switch (len) {
	case 32:
		return HBKM_METHOD_MD5;
	case 40:
		return HBKM_METHOD_SHA1;
	case 64:
		return HBKM_METHOD_SHA256;
	default:
		return len && len <= 8 ? HBKM_METHOD_CRC : 0;
	}
}

static bool number(struct text t, unsigned int *n)
{
	*n = 0;
	for (size_t i = 0; i < t.len; i++) {
		if (t.p[i] < '0' || t.p[i] > '9' || i == 4)
			return false;
		*n = *n * 10 + (unsigned int)(t.p[i] - '0');
	}
	return t.len;
}

void auth_check(struct auth *a, const struct message *m, const struct config_key *keys,
		size_t n_keys)
{
	const struct config_key *key = NULL;
	struct text rest = m->auth, id, digest;
	char hex[HEX_MAX + 1];

	*a = (struct auth){ .result = AUTH_UNSIGNED };
	if (!rest.p)
		return;
	a->result = AUTH_MALFORMED;
	if (!text_word(&rest, &id) || !number(id, &a->key) || !text_word(&rest, &digest))
		return;
	a->theirs = method_of_length(digest.len);
	a->result = AUTH_NO_KEY;
	for (size_t i = 0; i < n_keys; i++)
		if (keys[i].id == a->key)
			key = &keys[i];
	if (!key)
		return;
	a->method = key->method;
	library_start();
	if (!sign(m, key, hex))
		a->result = AUTH_UNCHECKED;
	else if (digest.len == strlen(hex) && !memcmp(digest.p, hex, digest.len))
		a->result = AUTH_OK;
	else
		a->result = AUTH_BAD;
}

const char *auth_result_name(enum auth_result r)
{
	static const char * const names[AUTH_RESULTS] = {
		[AUTH_OK] = "ok",
		[AUTH_BAD] = "bad",
		[AUTH_NO_KEY] = "no_key",
		[AUTH_UNSIGNED] = "unsigned",
		[AUTH_MALFORMED] = "malformed",
		[AUTH_UNCHECKED] = "unchecked",
	};

	return names[r];
}

const char *auth_text(char *buf, size_t size, const struct auth *a)
{
	switch (a->result) {
	case AUTH_OK:
		snprintf(buf, size, "%s ok", method_name(a->method));
		break;
	case AUTH_BAD:
		if (a->theirs && a->theirs != a->method)
			snprintf(buf, size, "%s BAD (key %u is %s here)", method_name(a->theirs),
				 a->key, method_name(a->method));
		else
			snprintf(buf, size, "%s BAD (key %u differs)", method_name(a->method),
				 a->key);
		break;
	case AUTH_NO_KEY:
		snprintf(buf, size, "no key %u here", a->key);
		break;
	case AUTH_UNCHECKED:
		snprintf(buf, size, "%s not checked (libgcrypt refuses it)",
			 method_name(a->method));
		break;
	default:
		snprintf(buf, size, "%s", auth_result_name(a->result));
		break;
	}
	return buf;
}
