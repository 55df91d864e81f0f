/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The simulator's own objects: machines with clocks, paths between them, agents,
 * and what is watched. sim.c says what it is all for.
 */
#ifndef SIM_H
#define SIM_H

#include "hbkm.h"

#define US		1000ULL
#define MS		1000000ULL
#define SEC		1000000000ULL

#define SIM_NODES	7
#define SIM_PATHS	3
#define SIM_GROUPS	3
#define SIM_FRAME_MAX	(HBKM_FRAME_MIN_LEN + (SIM_NODES - 1) * HBKM_FRAME_NODE_LEN + \
			 SIM_GROUPS * HBKM_FRAME_GROUP_LEN)
#define SIM_BACKLOG	64	/* frames that wait for a paused machine */
#define SIM_TAPE	256	/* frames recorded, to be replayed */

/* What must hold: its name, and what it says. */
#define SIM_INVARIANTS(X)							\
	X(GOOD_FRAME,	 "good-frame",	"what a node sends is a good frame")	\
	X(HEARD_LIVES,	 "heard-lives",	"whose beat came less than a deadtime ago is not judged dead")	\
	X(UNHEARD_LIVES, "unheard-lives", "who could not be heard, since the judge slept, is not judged dead")	\
	X(CONTACT_LIVES, "contact-lives", "who beats on time over a working way is not judged dead")	\
	X(BURIED,	 "buried",	"of whom nothing comes any more is judged dead in time")	\
	X(NO_STALL,	 "no-stall",	"who ran on time does not say that it stalled")	\
	X(ONE_CLAIM,	 "one-claim",	"two in contact do not both claim a group for more than two beats")	\
	X(NO_STEAL,	 "no-steal",	"nobody acquires what another in contact holds or takes down")	\
	X(VOUCHED,	 "vouched",	"nor what another holds that one in contact with both hears")	\
	X(PATIENCE,	 "patience",	"who has just joined leaves to another that joins what falls to that")	\
	X(SILENCE,	 "silence",	"who was silent for its deadtime claims nothing when it speaks again")	\
	X(JOINED,	 "joined",	"only who has joined claims anything")	\
	X(INITDEAD,	 "initdead",	"nobody joins before all are heard, or a settled one is, or initdead is over")	\
	X(CUT_JOIN,	 "cut-join",	"who was cut off joins again when those that lived are heard, or initdead is over") \
	X(CUT_OFF,	 "cut-off",	"whose cables are all out claims nothing half a deadtime later")	\
	X(AGENT,	 "agent",	"whose agent does not do its part in time claims nothing")	\
	X(SPEAKS,	 "speaks",	"the addresses of a group speak where it is claimed, and nowhere else")	\
	X(WARM,		 "warm",	"a warm group that is ready does not wait for the agent")	\
	X(STALE_ACK,	 "stale-ack",	"an answer to what is not asked is refused and moves nothing")	\
	X(TERM_BACK,	 "term-back",	"terms do not go back")	\
	X(TERM_NEW,	 "term-new",	"an acquisition has a term above all seen")	\
	X(TERM_WINS,	 "term-wins",	"who acquires gives up for no older claim")	\
	X(REPLAY,	 "replay",	"a replayed frame moves nothing")	\
	X(SEEN,		 "seen",	"in peace: who can hear each other see each other, and nobody else")	\
	X(HELD,		 "held",	"in peace: no group stays unheld that somebody may hold")	\
	X(LONE,		 "lone",	"in peace: a node left alone holds everything that it may")	\
	X(ONE_HOLDER,	 "one-holder",	"in peace: of those who hear each other one holds a group")	\
	X(WITNESSED,	 "witnessed",	"in peace: no two hold a group that a third hears them both hold") \
	X(PREFERRED,	 "preferred",	"in peace: with failback that is the preferred one")	\
	X(AT_REST,	 "at-rest",	"in peace: it comes to rest, even if some hear others that do not hear them")	\
	X(FEW_MOVES,	 "few-moves",	"in peace: it is reached in a few moves")	\
	X(STILL,	 "still",	"in peace: once reached, nothing moves any more")

enum sim_invariant {
#define X(id, name, says)	id,
	SIM_INVARIANTS(X)
#undef X
	N_INVARIANTS
};

/* How an agent treats what it is asked for. */
enum agent_mood {
	AGENT_WORKS,
	AGENT_FAILS,		/* acknowledges with an error */
	AGENT_LIES,		/* acknowledges what nobody asked, too */
	AGENT_MUTE,		/* is registered, does nothing */
	AGENT_HANGS,		/* stopped, blocked, dead */
};

/**
 * struct agent - the user-space half of a machine
 * @event: when it next registers
 * @jobs: what it is about to acknowledge, by group
 * @mood: enum agent_mood
 * @portid: its netlink address
 * @slow: its answers take up to so long
 */
struct agent {
	struct sim_event event;
	struct job {
		struct sim_event event;
		struct sim_machine *machine;
		u8 group;
		u8 state;
		u32 term;
		u8 former_state;
		u32 former_term;
	} jobs[SIM_GROUPS];
	u8 mood;
	u32 portid;
	u64 slow;
};

/**
 * struct packet - a frame on its way, or recorded
 * @event: its arrival
 * @to: where
 * @from: index of the sender
 * @path: on which network
 * @replay: injected, not sent
 * @harmless: a replay that must change nothing
 * @life: the sender's, when it was sent
 * @len: bytes
 * @frame: the bytes
 * @next: in a machine's backlog, or the free list
 */
struct packet {
	struct sim_event event;
	struct sim_machine *to;
	u8 from;
	u8 path;
	bool replay;
	bool harmless;
	u64 life;
	size_t len;
	struct packet *next;
	u8 frame[SIM_FRAME_MAX];
};

/**
 * struct arrival - the newest frame of a peer that reached a machine's device
 * @life: of the peer, counted
 * @incarnation: the same, as it says
 * @seq: its number
 * @keepalive_us: as it says
 * @deadtime_us: as it says
 * @flags: as it says
 * @local_ns: when, on the receiver's clock
 * @former_ns: when the last one of a former life came
 */
struct arrival {
	u64 life;
	u64 incarnation;
	u64 seq;
	u32 keepalive_us;
	u32 deadtime_us;
	u16 flags;
	u64 local_ns;
	u64 former_ns;
};

/**
 * struct sim_machine - a node, with all that surrounds it
 * @index: which
 * @name: as configured
 * @id: of the node
 * @offset_ns: its clock at true time 0
 * @ppm: its clock's drift
 * @jitter: its timers are up to so late
 * @net: its namespace
 * @hn: what hbkm keeps there
 * @cl: its cluster, NULL: off
 * @dev: its devices, by path
 * @sk: their sockets
 * @socket: likewise
 * @params: as configured
 * @order: of each group, as configured
 * @members: bitmap of the machines in its configuration
 * @groups: and of the groups
 * @life: counts its starts
 * @died_at: end of its last life, in true time
 * @paused_until: in true time, 0: runs
 * @paused_at: in true time
 * @frozen: its clock stands still while it is paused
 * @loses: what comes meanwhile is lost
 * @rx_lag: so long after its timers does it receive when a pause ends, 0: before them
 * @woke: end of its last pause, or of another time when it was not itself
 * @woke_ns: the same on its clock
 * @reloaded: when its parameters changed last
 * @slept: length of the last pause that its clock knows of
 * @wake: the end of this one
 * @rx_until: the CPU that receives is busy until then
 * @timers_from: the CPU on which timers were armed so far is busy, from
 * @timers_until: until then
 * @backlog: what came meanwhile
 * @backlog_end: where to add
 * @backlog_len: how many
 * @silent: it sends nothing any longer (crash)
 * @unplugged: bitmap of its devices without carrier
 * @service_out: nor has the one that has the addresses, so warm groups are not ready
 * @stop: polls whether an orderly stop has come to its end
 * @boot: starts it
 * @agent: its agent
 * @last_tx: when it last sent, on its clock, 0: not in this life
 * @last_deadtime_us: the deadtime that it then told, or the shorter one of a peer that it heard
 * @joined_once: it has joined, in this life
 * @heard_settled: it was told by one that had
 * @agent_heard_ns: when its agent last registered, on its clock, 0: not in this life
 * @cut_ns: when its cables were last out and it waited whether they stay so, on its clock
 * @cut_since: since when all its cables are out, while it runs
 * @missed: bitmap of those that lived when it was cut off, and were not heard since
 * @isolated: it says that it is
 * @overdue_since: since when that is longer ago than it may be
 * @agent_since: since when the module takes its agent for working, 0: it does not
 * @claimed_since: by group, true time, 0: not claimed
 * @since: by group, since when it is in its state, true time
 * @term: of each group, as last seen
 * @state: of each group, as last seen
 * @top_term: of each group, as last seen
 * @told: state of each group, as last told
 * @peer_state: of each peer, as last told
 * @arrivals: by peer
 * @good_since: since when the way from that peer to here is good and it beats
 * @contact_since: since when that is so both ways, and both run
 */
struct sim_machine {
	u8 index;
	char name[8];
	u32 id;
	s64 offset_ns;
	int ppm;
	u64 jitter;
	struct net net;
	struct hbkm_net hn;
	struct hbkm_cluster *cl;
	struct net_device dev[SIM_PATHS];
	struct sock sk[SIM_PATHS];
	struct socket socket[SIM_PATHS];
	struct hbkm_params params;
	u32 order[SIM_GROUPS][SIM_NODES];
	u8 members;
	u8 groups;
	u64 life;
	u64 died_at;
	u64 paused_until;
	u64 paused_at;
	bool frozen;
	bool loses;
	u64 rx_lag;
	u64 woke;
	u64 woke_ns;
	u64 reloaded;
	u64 slept;
	struct sim_event wake;
	u64 rx_until;
	u64 timers_from;
	u64 timers_until;
	struct packet *backlog;
	struct packet **backlog_end;
	unsigned int backlog_len;
	bool silent;
	u8 unplugged;
	bool service_out;
	struct sim_event stop;
	struct sim_event boot;
	struct agent agent;
	u64 last_tx;
	u32 last_deadtime_us;
	bool joined_once;
	bool heard_settled;
	u64 agent_heard_ns;
	u64 cut_ns;
	u64 cut_since;
	u8 missed;
	bool isolated;
	u64 overdue_since;
	u64 agent_since;
	u64 claimed_since[SIM_GROUPS];
	u64 since[SIM_GROUPS];
	u32 term[SIM_GROUPS];
	u32 top_term[SIM_GROUPS];
	u8 state[SIM_GROUPS];
	u8 told[SIM_GROUPS];
	u8 peer_state[SIM_NODES];
	struct arrival arrivals[SIM_NODES];
	u64 good_since[SIM_NODES];
	u64 contact_since[SIM_NODES];
};

/**
 * struct path - a network that all machines are on
 * @delay: of every frame, at least
 * @jitter: and up to so much more
 * @loss: permille
 * @dup: permille
 * @open: whether what one machine sends reaches another
 */
struct path {
	u64 delay;
	u64 jitter;
	unsigned int loss;
	unsigned int dup;
	bool open[SIM_NODES][SIM_NODES];
};

/* What becomes of addresses on a node that does not hold them? */
enum sim_guard {
	SIM_NO_GUARD,			/* the agent has to take them down */
	SIM_COLD,			/* the kernel keeps them silent, too */
	SIM_WARM,			/* and they stay, so that no agent is needed */
	SIM_GUARDS
};

/**
 * struct sim - one schedule
 * @seed: of all of it
 * @now: true time, ns
 * @n: machines
 * @n_paths: networks
 * @n_groups: groups
 * @n_order: of each group, how many machines may hold it
 * @guard: enum sim_guard, of all groups
 * @machines: each of them
 * @paths: each of them
 * @here: on which machine we are
 * @quiet: nothing happens to the cluster any more
 * @changes: of group states since then
 * @settled: it has found its state: nothing may move any more
 * @crooked: in peace, too, some hear others that do not hear them
 * @mixed: the configurations differ on purpose
 * @keepalive: of most machines, ns
 * @deadtime: likewise, ns
 * @tape: frames recorded
 * @tape_len: how many were
 * @broken: what does not hold
 * @violation: what went wrong, empty: nothing
 */
struct sim {
	u64 seed;
	u64 now;
	unsigned int n;
	unsigned int n_paths;
	unsigned int n_groups;
	unsigned int n_order[SIM_GROUPS];
	u8 guard;
	struct sim_machine machines[SIM_NODES];
	struct path paths[SIM_PATHS];
	struct sim_machine *here;
	bool quiet;
	unsigned int changes;
	bool settled;
	bool mixed;
	bool crooked;
	u64 keepalive;
	u64 deadtime;
	struct packet tape[SIM_TAPE];
	unsigned int tape_len;
	enum sim_invariant broken;
	char violation[600];
};

extern struct sim sim;
extern bool sim_trace;
extern bool sim_trace_frames;
extern bool sim_hard;
extern u64 sim_frames;
extern u64 sim_looked[N_INVARIANTS];
extern const char *const sim_invariants[N_INVARIANTS];
extern const char *const sim_group_names[SIM_GROUPS];

/* engine.c */
void sim_seed(u64 seed);
u64 sim_random(void);
u64 sim_below(u64 n);
bool sim_chance(unsigned int permille);
void sim_queue(struct sim_event *e, u64 at);
void sim_unqueue(struct sim_event *e);
bool sim_step(u64 until);
void sim_queue_clear(void);
u64 machine_clock(const struct sim_machine *m);
u64 machine_when(const struct sim_machine *m, u64 local_ns);

/* network.c */
extern const struct hbkm_family sim_family;
void network_reset(void);
void network_lose(struct sim_event *e);
void network_arrive(struct packet *p);
void network_deliver(struct packet *p);
void network_forget(struct sim_machine *m);
void network_replay(void);

/* machine.c */
void machine_init(struct sim_machine *m, unsigned int index);
void machine_start(struct sim_machine *m);
void machine_crash(struct sim_machine *m);
void machine_stop(struct sim_machine *m);
void machine_pause(struct sim_machine *m, u64 ns);
void machine_stall_rx(struct sim_machine *m, u64 ns);
void machine_stall_timers(struct sim_machine *m, u64 ns);
void machine_plug(struct sim_machine *m, u8 unplugged);
void machine_plug_service(struct sim_machine *m, bool out);
void machine_set_params(struct sim_machine *m);
void machine_set_order(struct sim_machine *m, unsigned int group);
void machine_set_member(struct sim_machine *m, unsigned int other, bool there);
void machine_set_group(struct sim_machine *m, unsigned int group, bool there);
void machine_move(struct sim_machine *m, unsigned int group, u8 move);
void machine_start_later(struct sim_machine *m, u64 ns);
void agent_mood(struct sim_machine *m, u8 mood);
void agent_loses(struct sim_machine *m, unsigned int group);
void agent_restart(struct sim_machine *m);
void agent_asked(struct sim_machine *m, const struct hbkm_group *group);

/* schedule.c */
void schedule_clear(u64 seed);
void schedule_run(u64 seed);
void schedule_tear_down(void);

/* scenarios.c */
int scenarios_run(void);

/* check.c */
void trace(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void violated(enum sim_invariant broken, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void looked(enum sim_invariant at);
void check_ways(void);
void check_arrival(const struct packet *p);
void check_sent(struct sim_machine *m, const u8 *frame, size_t len);
void check_machine(struct sim_machine *m);
void check_life_begins(struct sim_machine *m);
void check_group_gone(struct sim_machine *m, unsigned int group);
void check_gives_up(const struct sim_machine *m, const struct hbkm_group *g);
void check_stall(const struct sim_machine *m);
void check_joins(const struct sim_machine *m);
void check_returns(struct sim_machine *m);
void check_death(const struct sim_machine *m, const struct hbkm_node *node);
void check_before(const struct sim_machine *m);
bool check_unmoved(const struct sim_machine *m);
bool can_hear(const struct sim_machine *m, const struct sim_machine *from);
int group_index(u32 id);
int machine_index(u32 id);
extern const char *const group_states[];
extern const char *const node_states[];

/* settled.c */
bool check_is_settled(bool complain);
bool check_crooked(bool complain);

#endif /* SIM_H */
