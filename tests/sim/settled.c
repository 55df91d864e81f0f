// SPDX-License-Identifier: GPL-2.0
/* What must be so in peace: who sees whom, and who holds what. */
#include "sim.h"

static bool together(const struct sim_machine *a, const struct sim_machine *b)
{
	return a == b || (a->contact_since[b->index] && b->contact_since[a->index]);
}

/* Once nothing happens any more, it takes its time: we complain only when that is over. */
#define UNSETTLED(complain, ...)			\
	({						\
		if (complain)				\
			violated(__VA_ARGS__);		\
		false;					\
	})

static bool view_is_right(const struct sim_machine *m, bool complain)
{
	static const char *const states[] = { "down", "joining", "running", "leaving" };
	const struct hbkm_node *node;

	if (m->cl->state != HBKM_CLUSTER_RUNNING || !m->cl->agent_ok)
		return UNSETTLED(complain, SEEN, "%s is %s, agent %s", m->name,
				 states[m->cl->state], m->cl->agent_ok ? "works" : "does not work");
	list_for_each_entry(node, &m->cl->nodes, list) {
		const struct sim_machine *o = &sim.machines[machine_index(node->id)];

		if (o == m)
			continue;
		if (o->cl && together(m, o) && !hbkm_detector_alive(&node->detector))
			return UNSETTLED(complain, SEEN, "%s does not see %s", m->name, o->name);
		if (!(o->cl && together(m, o)) && hbkm_detector_present(&node->detector))
			return UNSETTLED(complain, SEEN, "%s sees %s", m->name, o->name);
	}
	return true;
}

/* Who is to hold it, of those that @m hears; NULL: nobody may. */
static const struct sim_machine *heir(const struct sim_machine *m, unsigned int group)
{
	unsigned int i;

	for (i = 0; i < sim.n_order[group]; i++) {
		const struct sim_machine *o = &sim.machines[machine_index(m->order[group][i])];

		if (o->cl && together(m, o))
			return o;
	}
	return NULL;
}

/* Has anybody a reason why not the preferred one holds it? */
static bool marked(const struct sim_machine *m, unsigned int group)
{
	unsigned int i;

	for (i = 0; i < sim.n; i++) {
		const struct sim_machine *o = &sim.machines[i];
		const struct hbkm_group *g;

		if (!o->cl || !together(m, o))
			continue;
		g = hbkm_group_by_id(o->cl, hbkm_name_id(sim_group_names[group]));
		if (!g || g->flags || g->state == HBKM_GROUP_FAILED ||
		    o->params.auto_failback == HBKM_FAILBACK_OFF)
			return true;
	}
	return sim.mixed;
}

static bool group_is_right(const struct sim_machine *m, unsigned int group, bool complain)
{
	const struct sim_machine *holder = NULL, *right = heir(m, group);
	const char *name = sim_group_names[group];
	unsigned int i, holders = 0, others = 0;

	for (i = 0; i < sim.n; i++) {
		const struct sim_machine *o = &sim.machines[i];

		if (!o->cl || !together(m, o))
			continue;
		others += o != m;
		if (o->state[group] == HBKM_GROUP_ACTIVE) {
			holder = o;
			holders++;
		}
		if (o->state[group] == HBKM_GROUP_ACQUIRING ||
		    o->state[group] == HBKM_GROUP_RELEASING)
			return UNSETTLED(complain, HELD, "%s is %s group %s", o->name,
					 group_states[o->state[group]], name);
	}
	if (!holders && right)
		return UNSETTLED(complain, others ? HELD : LONE, "nobody that %s sees holds group %s",
				 m->name, name);
	if (holders > 1 || (holders && !right))
		return UNSETTLED(complain, ONE_HOLDER, "%u that %s sees hold group %s", holders,
				 m->name, name);
	if (holder != right && !marked(m, group))
		return UNSETTLED(complain, PREFERRED, "%s holds group %s, not %s", holder->name, name,
				 right->name);
	if (complain) {
		looked(others ? HELD : LONE);
		looked(ONE_HOLDER);
		if (!marked(m, group))
			looked(PREFERRED);
	}
	return true;
}

/* Is all as it must be? Says what is not, if it is time to @complain. */
bool check_is_settled(bool complain)
{
	unsigned int i, k;

	for (i = 0; i < sim.n; i++) {
		const struct sim_machine *m = &sim.machines[i];

		if (!m->cl)
			continue;
		if (!view_is_right(m, complain))
			return false;
		for (k = 0; k < sim.n_groups; k++)
			if (!group_is_right(m, k, complain))
				return false;
	}
	if (complain)
		looked(SEEN);
	return true;
}

/*
 * Where A hears B, but B not A, for good, little can be promised: that somebody
 * holds each group, and that no two do of whom one believes in the other.
 */
static bool believes_in(const struct sim_machine *m, const struct sim_machine *other)
{
	return hbkm_detector_present(&hbkm_node_by_id(m->cl, other->id)->detector);
}

/* Who hears them both? NULL: nobody. */
static const struct sim_machine *witness_of(const struct sim_machine *a, const struct sim_machine *b)
{
	unsigned int i;

	for (i = 0; i < sim.n; i++) {
		const struct sim_machine *w = &sim.machines[i];

		if (w->cl && w != a && w != b && together(w, a) && together(w, b))
			return w;
	}
	return NULL;
}

/* Nor are there two holders of which a third can tell both. */
static bool witnessed(unsigned int group, bool complain)
{
	unsigned int i, j;

	for (i = 0; i < sim.n; i++) {
		for (j = 0; j < i; j++) {
			const struct sim_machine *a = &sim.machines[i], *b = &sim.machines[j];
			const struct sim_machine *w = witness_of(a, b);

			if (w && complain)
				looked(WITNESSED);
			if (w && a->claimed_since[group] && b->claimed_since[group])
				return UNSETTLED(complain, WITNESSED, "%s and %s hold group %s, and %s knows",
						 a->name, b->name, sim_group_names[group], w->name);
		}
	}
	return true;
}

bool check_crooked(bool complain)
{
	unsigned int i, j, k;

	for (k = 0; k < sim.n_groups; k++) {
		bool held = false, may = false;

		for (i = 0; i < sim.n; i++) {
			const struct sim_machine *m = &sim.machines[i];

			held |= m->state[k] == HBKM_GROUP_ACTIVE;
			for (j = 0; j < sim.n_order[k]; j++)
				may |= m->cl && m->order[k][j] == m->id;
			for (j = 0; j < sim.n; j++)
				if (j != i && m->claimed_since[k] &&
				    sim.machines[j].claimed_since[k] &&
				    believes_in(m, &sim.machines[j]))
					return UNSETTLED(complain, ONE_HOLDER, "%s and %s hold group %s",
							 m->name, sim.machines[j].name,
							 sim_group_names[k]);
		}
		if (!witnessed(k, complain))
			return false;
		if (held != may)
			return UNSETTLED(complain, HELD, "nobody holds group %s", sim_group_names[k]);
	}
	return true;
}
