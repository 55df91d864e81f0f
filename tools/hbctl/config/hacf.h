/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inside ha.cf's parser: the state that its directives share.
 */
#ifndef HBCTL_HACF_H
#define HBCTL_HACF_H

#include "internal.h"

/**
 * struct hacf - ha.cf while it is being read
 * @at: where we are
 * @rest: the line behind the directive, as written
 * @c: what becomes of it
 * @own: this node's addresses
 * @n_own: how many
 * @devices: the distinct devices in order of appearance: a link's path is an index
 * @n_devices: how many
 * @ports: the udpport lines
 * @n_ports: how many of them are kept
 * @media: bcast, ucast and mcast lines so far, good or not
 * @bad_times: a time was wrong: do not check times against each other
 * @bad_media: a medium was wrong: do not say that there is none
 * @bad_pings: a ping line was wrong: do not say that there is none
 * @bad_nodes: a node line was wrong: do not say that this node is missing
 */
struct hacf {
	struct place at;
	const char *rest;
	struct config *c;
	const struct config_own *own;
	size_t n_own;

	char devices[HBKM_MAX_PATHS][IFNAMSIZ];
	size_t n_devices;
	struct {
		unsigned int line;
		uint16_t port;
	} ports[HBKM_MAX_LINKS];
	size_t n_ports;

	unsigned int media;
	bool bad_times;
	bool bad_media;
	bool bad_pings;
	bool bad_nodes;
};

/* media.c */
void media_bcast(struct hacf *h, const char *name, char **words, size_t n);
void media_ucast(struct hacf *h, const char *name, int family, char **words, size_t n);
void media_mcast(struct hacf *h, const char *name, int family, char **words, size_t n);
void media_udpport(struct hacf *h, unsigned int port);
void media_finish(struct hacf *h);

/* ping.c */
void ping_each(struct hacf *h, const char *name, char **words, size_t n, int family);
void ping_group(struct hacf *h, const char *name, char **words, size_t n);

/* client.c */
void client_add(struct hacf *h, const char *name, bool failfast);

/* env.c */
void env_add(struct hacf *h, const char *name, char **words, size_t n);

/* hacf_check.c */
void hacf_defaults(struct config *c);
void hacf_check(struct hacf *h);

#endif /* HBCTL_HACF_H */
