# SPDX-License-Identifier: GPL-2.0
# What report makes of the rows of all contestants: result (the JSON), and table (of that, in Markdown).

def ms: . / 1000;

# Of numbers in us; p99 by nearest rank, so of fewer than a hundred it is the worst.
def spread: map(tonumber) | sort | if length == 0 then null else
	{ n: length, min: (.[0] | ms), median: (.[(length - 1) / 2 | floor] | ms),
	  p99: (.[(length * 0.99 | ceil) - 1] | ms), max: (.[-1] | ms) } end;

# Rows: last beat, cut, decision, address, last answer before, first answer after.
def death: . as $c | [.rows[] | map(tonumber)] as $rows | ([$rows[] | select(.[2] > 0 and .[3] > 0)]) as $whole |
	{ name, title, kind, beat_us, failed,
	  outage_ms: [$rows[] | .[5] - .[4]] | spread,
	  detection_ms: [$whole[] | .[2] - .[1]] | spread,
	  address_ms: [$whole[] | .[3] - .[2]] | spread,
	  answer_ms: [$whole[] | .[5] - .[3]] | spread,
	  verdict_to_answer_ms: [$whole[] | .[5] - .[2]] | spread } | with_entries(select(.value != null));

# Rows: event, outage, answer after the event, both answered.
def moves: { name, title, kind, failed,
	events: [reduce .rows[] as $row ({}; .[$row[0]] = $row) | .[] | { event: .[0] } + if .[1] == "-" then {} else
		{ outage_ms: (.[1] | tonumber | ms), both_answered_ms: (.[3] | tonumber | ms) } end] } | with_entries(select(.value != null));

# Rows: load, moves, us both had it, beats, us late: half, 999 of 1000, all.
def loads: { name, title, kind, failed,
	loads: [.rows[] | .[0] as $load | (.[1:] | map(tonumber)) as [$moves, $both, $beats, $half, $most, $worst] |
		{ load: $load, moves: $moves, both_ms: ($both | ms), beats: $beats, late_us: [$half, $most, $worst] }] }
	| with_entries(select(.value != null));

# One row: seconds, ns taken with it and without it, ns in its processes, frames, bytes, KiB resident, locked, KiB of the module.
def cost: .rows[0] as $row | { name, title, kind, failed } + if $row == null then {} else
	($row | map(tonumber)) as [$seconds, $with, $without, $processes, $frames, $bytes, $resident, $locked, $code] |
	{ ns_per_s: (($with - $without) / $seconds | round), ns_in_processes_per_s: ($processes / $seconds | round),
	  ns_per_frame: (($with - $without) / $frames | round), frames_per_s: ($frames / $seconds), bytes_per_s: ($bytes / $seconds),
	  resident_kib: $resident, locked_kib: $locked, module_kib: $code } end | with_entries(select(.value != null));

# A row: nodes, groups, cast, us between beats, ns taken in a second, beats sent in it, outages in us.
def growth: .row as $row | ($row[0:2] + $row[3:6] | map(tonumber)) as [$nodes, $groups, $beat_us, $ns, $beats] |
	{ nodes: $nodes, groups: $groups, cast: $row[2], beat_ms: ($beat_us | ms), ns_per_s: $ns, beats_per_s: $beats,
	  ns_per_node_and_beat: ($ns * $beat_us / 1e6 / $nodes | round), outage_ms: ($row[6:] | spread) };

# What a node's beat costs, as a straight line over its peers, by least squares: NODE + PEER times the peers.
def fit($rows): ($rows | length) as $n | if $n < 3 then null else
	([$rows[] | .nodes - 1] | add / $n) as $x | ([$rows[] | .ns_per_node_and_beat] | add / $n) as $y |
	(([$rows[] | (.nodes - 1 - $x) * (.ns_per_node_and_beat - $y)] | add) / ([$rows[] | (.nodes - 1 - $x) | . * .] | add)) as $slope |
	{ ns_per_node: ($y - $slope * $x | round), ns_per_peer: ($slope | round) } end;

def rounded: if . == null then "" elif . < 10 then . * 100 | round / 100 | tostring elif . < 100 then . * 10 | round / 10 | tostring
	else round | tostring end;

# The figures that contestants are compared by: [what, value], less is better.
def figures($result; $name):
	[($result.death[] | select(.name == $name) |
		["silent death, median outage", .outage_ms.median?], ["silent death, worst outage", .outage_ms.max?],
		["decision to address, median", .address_ms.median?], ["address to answer, median", .answer_ms.median?]),
	 ($result.moves[] | select(.name == $name) | .events[]? |
		["\(.event): outage", .outage_ms?],
		(select(.event == "kill" or .event == "hang") | ["\(.event): both answered", .both_answered_ms?]))]
	| map(select(.[1] != null));

# Where any rival is ahead of hbkm at 1 ms / 3 ms.
def behind: . as $result | figures($result; "hbkm-1-3ms") as $ours |
	[(.death + .moves) | map(select(.kind != "hbkm") | .name) | unique[] | . as $name | figures($result; $name)[] | . + [$name]] as $theirs |
	[$ours[] | . as [$what, $value] | ([$theirs[] | select(.[0] == $what and .[1] < $value)] | min_by(.[1])) | select(. != null)
		| { $what, hbkm_ms: $value, rival: .[2], rival_ms: .[1] }];

def target($what; $value; $limit): { $what, $limit, measured: $value,
	met: (if $value == null then null else $value <= $limit end) };

def targets: . as $result
	| def death($name): $result.death[] | select(.name == $name);
	  def event($event): [$result.moves[] | select(.name == "hbkm-1-3ms") | .events[] | select(.event == $event) | .outage_ms][0];
	[target("1 ms / 3 ms: median outage"; [death("hbkm-1-3ms").outage_ms?.median][0]; 3.0),
	 target("1 ms / 3 ms: worst outage"; [death("hbkm-1-3ms").outage_ms?.max][0]; 3.4),
	 target("250 us / 1 ms: worst outage"; [death("hbkm-250us-1ms").outage_ms?.max][0]; 1.4),
	 target("1 ms / 3 ms: verdict to first answer, worst"; [death("hbkm-1-3ms").verdict_to_answer_ms?.max][0]; 0.15),
	 ([$result.cost[] | select(.name == "hbkm-1-3ms")][0] |
		target("1 ms / 3 ms: a beat sent and received, instructions"; .ns_per_frame?; 18000),
		target("module, KiB"; .module_kib?; 160), target("hbctl run locked in memory, KiB"; .locked_kib?; 13312)),
	 ("stop", "start", "switch", "switch-back" | target("1 ms / 3 ms: \(.), outage"; event(.); 0.5))];

def result: { death: map(select(.step == "death") | death), moves: map(select(.step == "moves") | moves),
	loads: map(select(.step == "loads") | loads), cost: map(select(.step == "cost") | cost), growth: map(select(.step == "growth") | growth) | sort_by([.cast, .groups, .nodes]) }
	| . + { growth_fit: [.growth as $all | ("ucast", "mcast") as $cast | [$all[] | select(.cast == $cast and .groups == 1)] |
		fit(.) | select(. != null) | . + { cast: $cast }] }
	| . + { targets: targets, behind: behind };

def row: "| " + join(" | ") + " |";
def three: if . == null then "" else [.min, .median, .p99, .max] | map(rounded) | join(" / ") end;

def table:
	if .behind == [] then empty else "hbkm at 1 ms / 3 ms is behind in:",
		(.behind[] | "- \(.what): \(.hbkm_ms | rounded) ms, \(.rival) \(.rival_ms | rounded) ms"), "" end,
	"| target (ms, where nothing else is said) | limit | measured | |", "|---|---|---|---|",
	(.targets[] | [.what, "\(.limit)", (if .measured == null then "not measured" else .measured | rounded end),
		(if .met == null then "" elif .met then "met" else "MISSED" end)] | row),
	"",
	"| silent death: ms, min / median / p99 / max | deaths | client outage | cut to decision | decision to address | address to answer |",
	"|---|---|---|---|---|---|",
	(.death[] | if .outage_ms then [.title, (.outage_ms.n | tostring), (.outage_ms | three), (.detection_ms | three), (.address_ms | three),
		(.answer_ms | three)] | row else empty end, if .failed then [.title, "", "cannot: \(.failed)", "", "", ""] | row else empty end),
	"",
	(["stop", "start", "switch", "switch-back", "carrier", "kill", "hang"] as $events |
	(["other moves: client outage, ms"] + $events + ["both answered: kill", "both answered: hang"] | row),
	"|" + "---|" * ($events | length + 3),
	(.moves[] | . as $c | ([$events[] as $event | [$c.events[]? | select(.event == $event)][0] |
			if . == null then "" elif .outage_ms == null then "cannot" else .outage_ms | rounded end]
		+ ["kill", "hang" | . as $event | [$c.events[]? | select(.event == $event) | .both_answered_ms | rounded][0] // ""]) as $cells |
		([$c.title + if $c.failed then " (failed: \($c.failed))" else "" end] + $cells | row))),
	"",
	(["none", "hogs", "fifo", "flood", "fifo-flood", "memory", "standby-stopped"] as $loads |
	(["false failovers under load: moves (ms both had it); beats late by, us: half / 999 of 1000 / all"] + $loads | row),
	"|" + "---|" * ($loads | length + 1),
	(.loads[] | . as $c | [$loads[] as $load | [$c.loads[] | select(.load == $load)][0] | if . == null then "" else
			"\(.moves)\(if .both_ms > 0 then " (\(.both_ms | rounded))" else "" end); \(if .beats < 3 then "no beats" else
			.late_us | map(round | tostring) | join(" / ") end)" end] as $cells |
		([$c.title + if $c.failed then " (failed: \($c.failed))" else "" end] + $cells | row))),
	"",
	"| cost of the idle pair | instructions a second | of them in processes | for a beat sent and received | beats a second | bytes a second | resident KiB | locked KiB | module KiB |",
	"|---|---|---|---|---|---|---|---|---|",
	(.cost[] | if .failed then [.title, "cannot: \(.failed)"] + [range(7) | ""] else
		[.title] + ([.ns_per_s, .ns_in_processes_per_s, .ns_per_frame, .frames_per_s, .bytes_per_s, .resident_kib, .locked_kib, .module_kib]
			| map(round | tostring)) end | row),
	"",
	"| growth: nodes | groups | cast | beat, ms | instructions a node and beat | outage, ms: min / median / p99 / max |", "|---|---|---|---|---|---|",
	(.growth[] | [(.nodes, .groups | tostring), .cast, (.beat_ms, .ns_per_node_and_beat | tostring), (.outage_ms | three)] | row),
	(.growth_fit[] | "", "A node's beat, \(.cast), costs \(.ns_per_node) instructions and \(.ns_per_peer) more for each peer.");
