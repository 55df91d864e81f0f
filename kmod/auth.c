// SPDX-License-Identifier: GPL-2.0
/*
 * Keys: sign one's own frames, verify the others'. As in Heartbeat's authkeys,
 * every key of the ring verifies and one signs, so keys can be changed without
 * an interruption.
 */
#include <crypto/algapi.h>
#include <crypto/hash.h>
#include <linux/crc32.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include "hbkm.h"

/**
 * struct hbkm_key - one key
 * @method: enum hbkm_method, 0: no such key
 * @tfm: keyed hash, NULL for crc
 */
struct hbkm_key {
	u8 method;
	struct crypto_shash *tfm;
};

/**
 * struct hbkm_keyring - all keys; constant once published
 * @sign: the one that signs
 * @keys: by their ids
 */
struct hbkm_keyring {
	u8 sign;
	struct hbkm_key keys[HBKM_MAX_KEYS];
};

static const char *method_hash(u8 method)
{
	switch (method) {
	case HBKM_METHOD_MD5:
		return "hmac(md5)";
	case HBKM_METHOD_SHA1:
		return "hmac(sha1)";
	case HBKM_METHOD_SHA256:
		return "hmac(sha256)";
	default:
		return NULL;
	}
}

static int create_key(struct hbkm_key *key, const struct hbkm_key_config *c,
		      struct netlink_ext_ack *extack)
{
	const char *hash = method_hash(c->method);
	int ret;

	if (!hash) {
		if (c->method != HBKM_METHOD_CRC || c->len) {
			NL_SET_ERR_MSG(extack, "crc takes no secret");
			return -EINVAL;
		}
		key->method = c->method;
		return 0;
	}
	if (!c->len) {
		NL_SET_ERR_MSG(extack, "this method needs a secret");
		return -EINVAL;
	}
	key->tfm = crypto_alloc_shash(hash, 0, 0);
	if (IS_ERR(key->tfm)) {
		ret = PTR_ERR(key->tfm);
		key->tfm = NULL;
		NL_SET_ERR_MSG(extack, "the kernel does not offer this method");
		return ret;
	}
	ret = crypto_shash_setkey(key->tfm, c->secret, c->len);
	if (ret) {
		NL_SET_ERR_MSG(extack, "the kernel refuses this secret");
		return ret;
	}
	key->method = c->method;
	return 0;
}

/**
 * hbkm_keyring_create() - make a key ring
 * @keys: the keys
 * @n: how many
 * @sign: id of the one that signs
 * @extack: receives the reason of a refusal
 *
 * Context: process. Return: the ring, or an ERR_PTR.
 */
struct hbkm_keyring *hbkm_keyring_create(const struct hbkm_key_config *keys, unsigned int n,
					 u8 sign, struct netlink_ext_ack *extack)
{
	struct hbkm_keyring *ring;
	unsigned int i;
	int ret;

	ring = kzalloc(sizeof(*ring), GFP_KERNEL_ACCOUNT);
	if (!ring)
		return ERR_PTR(-ENOMEM);
	ring->sign = sign;
	for (i = 0; i < n; i++) {
		if (ring->keys[keys[i].id].method) {
			NL_SET_ERR_MSG(extack, "two keys with the same id");
			ret = -EINVAL;
			goto err_free;
		}
		ret = create_key(&ring->keys[keys[i].id], &keys[i], extack);
		if (ret)
			goto err_free;
	}
	if (!ring->keys[sign].method) {
		NL_SET_ERR_MSG(extack, "the key that is to sign is not in the ring");
		ret = -EINVAL;
		goto err_free;
	}
	return ring;

err_free:
	hbkm_keyring_free(ring);
	return ERR_PTR(ret);
}

/**
 * hbkm_keyring_free() - free a ring that nobody can see (any longer)
 * @ring: the ring, or NULL
 *
 * Context: process. The crypto layer wipes the keyed state.
 */
void hbkm_keyring_free(struct hbkm_keyring *ring)
{
	unsigned int i;

	if (!ring)
		return;
	for (i = 0; i < HBKM_MAX_KEYS; i++)
		if (ring->keys[i].tfm)
			crypto_free_shash(ring->keys[i].tfm);
	kfree_sensitive(ring);
}

/**
 * hbkm_keyring_set() - from now on, these keys
 * @cl: the cluster
 * @ring: the new ring, or NULL
 *
 * Context: process, hbkm_net.lock held. Sleeps.
 */
void hbkm_keyring_set(struct hbkm_cluster *cl, struct hbkm_keyring *ring)
{
	struct hbkm_keyring *old = rcu_dereference_protected(cl->keys, true);
	struct hbkm_node *node;

	rcu_assign_pointer(cl->keys, ring);
	if (ring && cl->incarnation)
		hbkm_lastword_prepare(cl);
	synchronize_net();
	hbkm_keyring_free(old);
	list_for_each_entry(node, &cl->nodes, list)
		WRITE_ONCE(node->unverified, false);
}

/**
 * hbkm_keyring_sign_id() - which key signs?
 * @ring: the ring
 *
 * Return: its id.
 */
u8 hbkm_keyring_sign_id(const struct hbkm_keyring *ring)
{
	return ring->sign;
}

/* The MAC of @len bytes, padded with zeros. */
static int digest(const struct hbkm_key *key, const u8 *buf, size_t len,
		  u8 mac[HBKM_FRAME_MAC_LEN])
{
	memset(mac, 0, HBKM_FRAME_MAC_LEN);
	if (!key->tfm) {
		*(__be32 *)mac = cpu_to_be32(~crc32_le(~0U, buf, len));
		return 0;
	}
	return crypto_shash_tfm_digest(key->tfm, buf, len, mac);
}

/**
 * hbkm_auth_sign() - write a frame's MAC
 * @ring: the keys
 * @buf: the frame, complete but for the MAC
 * @len: its length, MAC included
 *
 * Context: softirq. Return: 0 or an error of the hash.
 */
int hbkm_auth_sign(const struct hbkm_keyring *ring, u8 *buf, size_t len)
{
	u8 mac[HBKM_FRAME_MAC_LEN] __aligned(8);
	int ret;

	ret = digest(&ring->keys[ring->sign], buf, len - sizeof(mac), mac);
	memcpy(buf + len - sizeof(mac), mac, sizeof(mac));
	return ret;
}

/**
 * hbkm_auth_verify() - is this frame from somebody who has a key?
 * @ring: the keys
 * @f: the parsed frame
 * @buf: its bytes
 * @len: how many
 *
 * Context: softirq. Return: HBKM_STAT_RX_GOOD, _KEY or _MAC.
 */
enum hbkm_stat hbkm_auth_verify(const struct hbkm_keyring *ring, const struct hbkm_frame *f,
				const u8 *buf, size_t len)
{
	u8 mac[HBKM_FRAME_MAC_LEN] __aligned(8);
	const struct hbkm_key *key;

	if (f->key_id >= HBKM_MAX_KEYS || !ring->keys[f->key_id].method)
		return HBKM_STAT_RX_KEY;
	key = &ring->keys[f->key_id];
	if (digest(key, buf, len - sizeof(mac), mac) || crypto_memneq(mac, f->mac, sizeof(mac)))
		return HBKM_STAT_RX_MAC;
	return HBKM_STAT_RX_GOOD;
}
