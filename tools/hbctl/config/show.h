/* SPDX-License-Identifier: GPL-2.0 */
/* What the two ways of showing a configuration share. */
#ifndef HBCTL_CONFIG_SHOW_H
#define HBCTL_CONFIG_SHOW_H

#include "config.h"

const char *method_name(enum hbkm_method method);

/* The syslog facility's name, NULL for none. */
const char *facility_name(int facility);

#endif /* HBCTL_CONFIG_SHOW_H */
