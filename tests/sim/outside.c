// SPDX-License-Identifier: GPL-2.0
/* The module's outside: what it tells user space, and what it needs of files that are not here. */
#include "sim.h"

const char *sim_refusal;

void hbkm_notify_cluster(struct hbkm_cluster *cl, u64 now)
{
	static const char *const states[] = { "down", "joining", "running", "leaving" };
	struct sim_machine *m = sim.here;

	trace("%s: %s%s%s", m->name, states[cl->state], cl->agent_ok ? "" : ", no agent",
	      cl->isolated ? ", isolated" : "");
	if (cl->state == HBKM_CLUSTER_RUNNING) {
		check_joins(m);
		check_returns(m);
		m->joined_once = true;
	}
}

void hbkm_notify_node(struct hbkm_node *node, u8 event, u64 now)
{
	struct sim_machine *m = sim.here;
	const struct hbkm_detector *d = &node->detector;
	int i = machine_index(node->id);
	u8 state = d->state;

	if (event != HBKM_EVENT_NODE)
		return;
	trace("%s: %s is %s%s", m->name, node->name, node_states[state],
	      d->oneway ? ", does not hear us" : "");
	if (state == HBKM_NODE_DEAD && m->peer_state[i] != HBKM_NODE_DEAD)
		check_death(m, node);
	if (sim.settled && state != m->peer_state[i])
		violated(STILL, "%s: %s becomes %s after the cluster has settled", m->name,
			 node->name, node_states[state]);
	m->peer_state[i] = state;
}

void hbkm_notify_link(struct hbkm_link *link, u64 now)
{
}

void hbkm_notify_group(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	struct sim_machine *m = sim.here;
	int i = group_index(group->id);

	if (i >= 0) {
		if (group->state == HBKM_GROUP_RELEASING && m->told[i] == HBKM_GROUP_ACQUIRING)
			check_gives_up(m, group);
		m->told[i] = group->state;
	}
	trace("%s: group %s %s, term %u%s%s", sim.here->name, group->name,
	      group_states[group->state], group->term,
	      group->flags & HBKM_GROUP_F_STANDBY ? ", stands back" : "",
	      group->flags & HBKM_GROUP_F_WANT ? ", wants it" : "");
	agent_asked(sim.here, group);
}

void hbkm_notify_conflict(struct hbkm_cluster *cl, struct hbkm_group *group, u64 now)
{
	trace("%s: group %s: %s%s", sim.here->name, group->name,
	      group->rival ? "conflict with " : "no conflict",
	      group->rival ? sim.machines[machine_index(group->rival)].name : "");
}

void hbkm_notify_stall(struct hbkm_cluster *cl, u64 late_ns, u64 now)
{
	trace("%s: stalled for %llu us", sim.here->name, (unsigned long long)(late_ns / US));
	check_stall(sim.here);
}

/* What the module needs and the simulator does not have. */

void hbkm_sysfs_setup(struct hbkm_cluster *cl)
{
}

int hbkm_sysfs_add(struct hbkm_cluster *cl)
{
	return 0;
}

void hbkm_sysfs_remove(struct hbkm_cluster *cl)
{
}

void hbkm_sysfs_changed(struct hbkm_cluster *cl)
{
}

void hbkm_keyring_set(struct hbkm_cluster *cl, struct hbkm_keyring *ring)
{
}

u8 hbkm_keyring_sign_id(const struct hbkm_keyring *ring)
{
	return 1;
}

int hbkm_auth_sign(const struct hbkm_keyring *ring, u8 *buf, size_t len)
{
	return 0;
}

enum hbkm_stat hbkm_auth_verify(const struct hbkm_keyring *ring, const struct hbkm_frame *f,
				const u8 *buf, size_t len)
{
	return HBKM_STAT_RX_GOOD;
}
