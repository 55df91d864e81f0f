// SPDX-License-Identifier: GPL-2.0
/* When a program is started again. See respawn.h. */
#include "respawn.h"

void respawn_started(struct respawn *r, uint64_t now)
{
	r->start_at = 0;
	r->started_at = now;
}

enum respawn_verdict respawn_ended(struct respawn *r, int code, uint64_t now)
{
	r->start_at = 0;
	if (code == RESPAWN_NOT_AGAIN)
		return RESPAWN_ENOUGH;
	r->quick = now - r->started_at < RESPAWN_QUICK_NS ? r->quick + 1 : 0;
	if (r->quick > RESPAWN_TRIES)
		return RESPAWN_TOO_FAST;
	r->start_at = r->quick ? now + RESPAWN_PAUSE_NS : now;
	return RESPAWN_AGAIN;
}
