# SPDX-License-Identifier: GPL-2.0
# What report makes of the rows of all contestants: result (the JSON), and table (of that, in Markdown).

def ms: . / 1000;

# Of numbers in us; p99 by nearest rank, so of fewer than a hundred it is the worst.
def spread: map(tonumber) | sort | if length == 0 then null else
	{ n: length, min: (.[0] | ms), median: (.[(length - 1) / 2 | floor] | ms),
	  p99: (.[(length * 0.99 | ceil) - 1] | ms), max: (.[-1] | ms) } end;

# Rows: last beat, cut, decision, address, last answer before, first answer after; 0: there was none.
def death: . as $c | [.rows[] | map(tonumber)] as $rows | ([$rows[] | select(.[2] > 0 and .[3] > 0)]) as $whole |
	{ name, title, kind, beat_us, failed,
	  outage_ms: [$rows[] | select(.[5] > 0) | .[5] - .[4]] | spread,
	  detection_ms: [$rows[] | select(.[2] > 0) | .[2] - .[1]] | spread,
	  address_ms: [$whole[] | .[3] - .[2]] | spread,
	  answer_ms: [$whole[] | .[5] - .[3]] | spread,
	  verdict_to_answer_ms: [$whole[] | .[5] - .[2]] | spread } | with_entries(select(.value != null));

# Rows: cut, last word, address, first answer after.
def lastword: [.rows[] | map(tonumber)] as $rows | { name, title, kind, beat_us, failed,
	word_to_answer_ms: [$rows[] | .[3] - .[1]] | spread,
	word_to_address_ms: [$rows[] | .[2] - .[1]] | spread,
	address_to_answer_ms: [$rows[] | .[3] - .[2]] | spread } | with_entries(select(.value != null));

# Rows: event, outage, answer after the event, both answered.
def moves: { name, title, kind, beat_us, failed,
	events: [reduce .rows[] as $row ({}; .[$row[0]] = $row) | .[] | { event: .[0] } + if .[1] == "-" then {} else
		{ outage_ms: (.[1] | tonumber | ms), both_answered_ms: (.[3] | tonumber | ms) } end] } | with_entries(select(.value != null));

# Rows: load, moves, us both had it, beats, us late: half, 999 of 1000, all.
def loads: { name, title, kind, beat_us, failed,
	loads: [.rows[] | .[0] as $load | (.[1:] | map(tonumber)) as [$moves, $both, $beats, $half, $most, $worst] |
		{ load: $load, moves: $moves, both_ms: ($both | ms), beats: $beats, late_us: [$half, $most, $worst] }] }
	| with_entries(select(.value != null));

# One row: seconds, ns taken with it and without it, ns in its processes, frames, bytes, KiB resident, locked, KiB of the module, bytes a peer.
def cost: .rows[0] as $row | { name, title, kind, beat_us, failed } + if $row == null then {} else
	($row | map(tonumber? // null)) as [$seconds, $with, $without, $processes, $frames, $bytes, $resident, $locked, $code, $peer] |
	{ ns_per_s: (($with - $without) / $seconds | round), ns_in_processes_per_s: ($processes / $seconds | round),
	  ns_per_frame: (($with - $without) / $frames | round), frames_per_s: ($frames / $seconds), bytes_per_s: ($bytes / $seconds),
	  resident_kib: $resident, locked_kib: $locked, module_kib: $code, peer_bytes: $peer } end | with_entries(select(.value != null));

# Rows: a part, and how many instructions; `hbkm sends`, `hbkm receives` and `function` have two words.
def profile: { name, title, kind, beat_us, failed,
	instructions: [.rows[] | select(.[0] != "function" and .[0] != "beats") | { key: (.[:-1] | join("_")), value: .[-1] | tonumber }] | from_entries,
	functions: [.rows[] | select(.[0] == "function") | { name: .[2], instructions: .[1] | tonumber }] | sort_by(-.instructions) }
	| with_entries(select(.value != null));

# Rows: panic or power, us without an answer.
def machines: { name, title, kind, beat_us, failed } + ([.rows[] | { key: .[0], value: (.[1] | tonumber | ms) }] | group_by(.key)
	| map({ key: (.[0].key + "_ms"), value: map(.value) | sort }) | from_entries) | with_entries(select(.value != null));

# A row: nodes, groups, cast, us between beats, ns taken in a second, beats sent in it, outages in us.
def growth: .row as $row | ($row[0:2] + $row[3:6] | map(tonumber)) as [$nodes, $groups, $beat_us, $ns, $beats] |
	{ nodes: $nodes, groups: $groups, cast: $row[2], beat_ms: ($beat_us | ms), ns_per_s: $ns, beats_per_s: $beats,
	  ns_per_node_and_beat: ($ns * $beat_us / 1e6 / $nodes | round), outage_ms: ($row[6:] | spread) };

# What a node's beat costs, as a straight line over its peers, by least squares: NODE + PEER times the peers.
def fit($rows): ($rows | length) as $n | if $n < 3 then null else
	([$rows[] | .nodes - 1] | add / $n) as $x | ([$rows[] | .ns_per_node_and_beat] | add / $n) as $y |
	(([$rows[] | (.nodes - 1 - $x) * (.ns_per_node_and_beat - $y)] | add) / ([$rows[] | (.nodes - 1 - $x) | . * .] | add)) as $slope |
	{ ns_per_node: ($y - $slope * $x | round), ns_per_peer: ($slope | round) } end;

def events: ["stop", "start", "switch", "switch-back", "carrier", "kill", "hang"];

# For people.
def event: { stop: "orderly stop", start: "start after it", switch: "switch by hand", "switch-back": "and back", carrier: "carrier lost",
	kill: "daemon killed", hang: "daemon hangs for a while" }[.] // .;
def load: { none: "none", hogs: "8 busy loops", fifo: "SCHED_FIFO 90, half a second at a time", flood: "flood of its own port",
	"fifo-flood": "both", memory: "memory taken until the kernel kills for it", "standby-stopped": "the standby's daemon stands still" }[.] // .;
def rounded: if . == null then "" elif . < 10 then . * 100 | round / 100 | tostring elif . < 100 then . * 10 | round / 10 | tostring
	else round | tostring end;

# The figures that contestants are compared by: [what, unit, value, but], less is better.
def figures($result; $name):
	[($result.death[] | select(.name == $name) |
		["silent death: outage, median", "ms", .outage_ms.median?], ["silent death: outage, worst", "ms", .outage_ms.max?],
		["silent death: decision to address, median", "ms", .address_ms.median?],
		["silent death: address to answer, median", "ms", .answer_ms.median?]),
	 ($result.moves[] | select(.name == $name) | .events[]? |
		["\(.event | event): outage", "ms", .outage_ms?, (.both_answered_ms? // 0 | if . > 0 then ", where two machines answer for \(rounded) ms" else "" end)],
		(select(.event == "kill" or .event == "hang") | ["\(.event | event): both answered", "ms", .both_answered_ms?])),
	 ($result.loads[] | select(.name == $name) | .loads[]? | select(.beats > 2) |
		["load, \(.load | load): moves of the address", "", .moves],
		["load, \(.load | load): 999 of 1000 beats late by", "us", .late_us[1]]),
	 ($result.cost[] | select(.name == $name) |
		["idle pair: instructions a second", "millions", (.ns_per_s? | select(.) | . / 1e6)], ["idle pair: instructions for a beat sent and received", "", .ns_per_frame?],
		["idle pair: bytes a second on the wire", "", .bytes_per_s?], ["idle pair: resident memory of the processes", "KiB", .resident_kib?])]
	| map(select(.[2] != null));

# Where any rival is ahead of hbkm at 1 ms / 3 ms.
def behind: . as $result | figures($result; "hbkm-1-3ms") as $ours |
	[(.death + .moves + .loads + .cost) | map(select(.kind != "hbkm")) | unique_by(.name)[] | . as $rival |
		figures($result; .name)[] | .[0:3] + [$rival.title + (.[3] // "")]] as $theirs |
	[$ours[] | . as [$what, $unit, $value] | ([$theirs[] | select(.[0] == $what and .[2] < $value)] | min_by(.[2])) | select(. != null)
		| { $what, $unit, hbkm: $value, rival: .[3], value: .[2] }];

def target($what; $value; $limit): { $what, $limit, measured: $value,
	met: (if $value == null then null else $value <= $limit end) };

def targets: . as $result
	| def death($name): $result.death[] | select(.name == $name);
	  def after($event): [$result.moves[] | select(.name == "hbkm-1-3ms") | .events[] | select(.event == $event) | .outage_ms][0];
	  def cost($name): [$result.cost[] | select(.name == $name)][0];
	  def part($part): [$result.profile[]? | select(.name == "hbkm-1-3ms") | .instructions[$part]][0];
	[target("1 ms / 3 ms: outage, median"; [death("hbkm-1-3ms").outage_ms?.median][0]; 3.0),
	 target("1 ms / 3 ms: outage, worst"; [death("hbkm-1-3ms").outage_ms?.max][0]; 3.4),
	 target("250 us / 1 ms: outage, worst"; [death("hbkm-250us-1ms").outage_ms?.max][0]; 1.4),
	 target("1 ms / 3 ms: verdict to first answer, worst"; [death("hbkm-1-3ms").verdict_to_answer_ms?.max][0]; 0.15),
	 ("stop", "start", "switch", "switch-back" | target("1 ms / 3 ms: \(event): outage"; after(.); 0.5)),
	 target("1 ms / 3 ms: panic: last word to first answer, worst"; [$result.lastword[]? | select(.name == "hbkm-1-3ms") | .word_to_answer_ms?.max][0]; 1),
	 target("a beat sent and received, HMAC-SHA256: instructions"; cost("hbkm-1-3ms-sha256").ns_per_frame?; 18000),
	 target("a beat: hbkm's own instructions but for the MAC, of who sends"; part("hbkm_sends"); 1500),
	 target("and of who receives"; part("hbkm_receives"); 1500),
	 target("module: KiB"; cost("hbkm-1-3ms").module_kib?; 160),
	 target("a peer with its link: bytes of the kernel's memory"; cost("hbkm-1-3ms").peer_bytes?; 8192),
	 target("hbctl run: KiB locked in memory"; cost("hbkm-1-3ms").locked_kib?; 13312)];

# Ours first, then each rival, the fast ones of each first.
def ordered: sort_by([.kind != "hbkm", .kind, .beat_us, .name]);

def result: map(select(.step == "takeover") | del(.step)) as $takeover | { conditions: map(select(.step == "conditions") | del(.step))[0], death: map(select(.step == "death") | death) | ordered,
	lastword: map(select(.step == "lastword") | lastword) | ordered, moves: map(select(.step == "moves") | moves) | ordered,
	machines: map(select(.step == "machines") | machines) | ordered,
	loads: map(select(.step == "loads") | loads) | ordered, cost: map(select(.step == "cost") | cost) | ordered,
	profile: map(select(.step == "profile") | profile) | ordered, growth: map(select(.step == "growth") | growth) | sort_by([.cast, .groups, .nodes]) }
	| . + { growth_fit: [.growth as $all | ("ucast", "mcast") as $cast | [$all[] | select(.cast == $cast and .groups == 1)] |
		fit(.) | select(. != null) | . + { cast: $cast }] }
	| . + if $takeover == [] then {} else { takeover: $takeover } end
	| . + { targets: targets, behind: behind };

def row: "| " + join(" | ") + " |";
def three: if . == null then "" else [.min, .median, .p99, .max] | map(rounded) | join(" / ") end;

def why: .failed | sub("^not ok - "; "");
def failed: if .failed then " (no further: \(why))" else "" end;
def head($cells): ($cells | row), "|" + "---|" * ($cells | length);

def table:
	(.conditions | "Measured on \(.runs | map(.date) | unique | join(", ")) with hbkm \(.runs | map(.hbkm) | unique | join(", ")), Linux \(.kernel), " +
		"\(.versions | join(", ")), by", "", (.runs[] | "    " + .command), ""),
	if .behind == [] then "No rival is ahead of hbkm at 1 ms / 3 ms in anything that was measured." else
		"Where a rival is ahead of hbkm at 1 ms / 3 ms (the best of those that are):", "",
		(["", "hbkm", "rival", ""] | head(.)),
		(.behind[] | [.what + if .unit == "" then "" else " (\(.unit))" end, (.hbkm | rounded), (.value | rounded), .rival] | row) end,
	"",
	(["target of hbkm (ms, where nothing else is said)", "at most", "measured", ""] | head(.)),
	(.targets[] | [.what, "\(.limit)", (if .measured == null then "not measured" else "\(.measured * 1000 | round / 1000)" end),
		(if .met == null then "" elif .met then "met" else "MISSED" end)] | row),
	"",
	(["silent death: ms, min / median / p99 / max", "deaths", "client outage", "cut to decision", "decision to address", "address to answer"] | head(.)),
	(.death[] | (.outage_ms // .detection_ms) as $seen | [.title + if $seen then failed else "" end, "\($seen.n? // 0)"] + if $seen then
		[(.outage_ms, .detection_ms, .address_ms, .answer_ms | three)] else ["cannot: \(why)", "", "", ""] end | row),
	"",
	if (.lastword // []) == [] then empty else
	(["a panic, from the last word on the wire: ms, min / median / p99 / max", "panics", "last word to answer", "last word to address", "address to answer"] | head(.)),
	(.lastword[] | [.title + failed, "\(.word_to_answer_ms.n? // 0)"] + [(.word_to_answer_ms, .word_to_address_ms, .address_to_answer_ms | three)] | row),
	"" end,
	(events as $events |
	(["client without an answer, ms"] + ($events | map(event)) + ["killed: both answer for", "hangs: both answer for"] | head(.)),
	(.moves[] | . as $c | ([$events[] as $event | [$c.events[]? | select(.event == $event)][0] |
			if . == null then "" elif .outage_ms == null then "cannot" else .outage_ms | rounded end]
		+ ["kill", "hang" | . as $event | [$c.events[]? | select(.event == $event) | .both_answered_ms | rounded][0] // ""]) as $cells |
		([$c.title + ($c | failed)] + $cells | row))),
	"",
	if (.machines // []) == [] then empty else
	(["two whole machines, in real time: ms without an answer, each time", "the holder's kernel panics", "its power is cut"] | head(.)),
	(.machines[] | [.title + failed] + [.panic_ms, .power_ms | . // [] | map(rounded) | join(" / ")] | row),
	"" end,
	if .loads == [] then empty else
	"Nobody dies, but the machine has more to do than it can: how often the address moved (ms for which both had it); by how many us beats left later " +
		"than due after the one before, half of them / 999 of 1000 / all:", "",
	(["none", "hogs", "fifo", "flood", "fifo-flood", "memory", "standby-stopped"] as $loads | .loads as $all |
	(["load"] + ($all | map(.title)) | head(.)),
	($loads[] as $load | [$load | load] + [$all[] | [.loads[] | select(.load == $load)][0] | if . == null then "not measured" else
			"\(.moves)\(if .both_ms > 0 then " (\(.both_ms | rounded))" else "" end); \(if .beats < 3 then "no beats" else
			.late_us | map(round | tostring) | join(" / ") end)" end] | row),
	($all[] | select(.failed) | "", "\(.title): \(why)")),
	"" end,
	if .cost == [] then empty else
	(["the idle pair", "instructions a second", "of them in processes", "for a beat sent and received", "beats a second", "bytes a second", "resident KiB", "locked KiB", "module KiB", "bytes a peer"] | head(.)),
	(.cost[] | if .failed then [.title, "cannot: \(why)"] + [range(8) | ""] else
		[.title] + ([.ns_per_s, .ns_in_processes_per_s, .ns_per_frame, .frames_per_s, .bytes_per_s, .resident_kib, .locked_kib, .module_kib, .peer_bytes]
			| map(if . == null then "" else round | tostring end)) end | row),
	"" end,
	if (.profile // []) == [] then empty else
	(["a beat sent and received: instructions", "all", "hbkm, who sends", "hbkm, who receives", "MAC", "bridge and veth", "memory cleared or copied", "else in the kernel"] | head(.)),
	(.profile[] | if .failed then [.title, "cannot: \(why)"] + [range(6) | ""] else
		[.title] + (.instructions | [.total, .hbkm_sends, .hbkm_receives, .mac, .wire, .memory, .kernel] | map(. // 0 | tostring)) end | row),
	"" end,
	if .growth == [] then empty else
	(["hbkm, nodes", "groups", "sent by", "beat, ms", "instructions a node and beat", "outage, ms: min / median / p99 / max"] | head(.)),
	(.growth[] | [(.nodes, .groups | tostring), .cast, (.beat_ms, .ns_per_node_and_beat | tostring), (.outage_ms | three)] | row),
	(.growth_fit[] | "", "A node's beat, \(.cast), costs \(.ns_per_node) instructions and \(.ns_per_peer) more for each peer.") end;
