# SPDX-License-Identifier: GPL-2.0
# Host side of the demo: the picture, from what recipe.sh measured: awk -f timeline.awk FACTS SERIES >timeline.svg
# Above, the whole story in seconds; below it, the death in milliseconds from the cut on.

FILENAME == ARGV[1] { fact[$1] = $2; next }
$1 == "beat-sent" { sent[++n_sent] = ms($2) }
$1 == "beat-heard" { heard[++n_heard] = ms($2) }
$1 == "answer" { answer[++n_answers] = ms($2); who[n_answers] = $3 }

function ms(ns) { return (ns - fact["cut"]) / 1e6 }
function s(ns) { return (ns - fact["start"]) / 1e9 }

# Places: time in the story, and time around the death. Both begin and end at the same margins.
function story_x(seconds) { return left + (right - left) * seconds / s(fact["end"]) }
function death_x(t) { return left + (right - left) * (t - from) / (to - from) }

# No font is known here, so this is a guess, on the safe side.
function width_of(text, size) { return length(text) * size * 0.6 }

function line(x1, y1, x2, y2, class) {
	printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1, x2, y2, class
}

function text(x, y, class, words) {
	gsub(/&/, "\\&amp;", words)
	gsub(/</, "\\&lt;", words)
	printf "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>\n", x, y, class, words
}

function box(x, y, width, height, class) {
	printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"/>\n", x, y, width, height, class
}

function dot(x, y, r, class) {
	printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" class=\"%s\"/>\n", x, y, r, class
}

function arrow_head(x, y, class) {
	printf "<path d=\"M%.1f %.1f l-4 -9 h8 z\" class=\"%s\"/>\n", x, y, class
}

function cross(x, y) {
	printf "<path d=\"M%.1f %.1f l8 8 m0 -8 l-8 8\" class=\"lost\"/>\n", x - 4, y - 4
}

function lane(y, name, below) {
	text(left - 20, y + 1, "lane end", name)
	text(left - 20, y + 20, "small end", below)
}

function bar(a, b, name,    x, width) {
	x = story_x(a)
	width = story_x(b) - x
	box(x, bar_y, width, bar_h, name)
	if (width > width_of(name, 14) + 8)
		text(x + width / 2, bar_y + 16, "held middle", name)
}

# An event of the story, to be put above the bar.
function event(ns, words, class) {
	event_x[++n_events] = story_x(s(ns))
	event_words[n_events] = words
	event_class[n_events] = class
}

# The words stand like flags at their poles, right of them: over those flags to the right whose poles they would reach. So
# no pole goes through another's words.
function put_events(    i, j, row, end) {
	for (i = n_events; i >= 1; i--) {
		end = event_x[i] + 5 + width_of(event_words[i], 14)
		row[i] = 0
		for (j = i + 1; j <= n_events; j++)
			if (event_x[j] < end + 8 && row[j] >= row[i])
				row[i] = row[j] + 1
		line(event_x[i], bar_y - 24 - 20 * row[i], event_x[i], bar_y + bar_h, event_class[i] ? "cut" : "leader")
		text(event_x[i] + 6, bar_y - 12 - 20 * row[i], "label " event_class[i], event_words[i])
	}
}

# An entry of the legend takes its place and moves the next one on.
function legend(words,    x) {
	x = legend_x
	text(x + 34, legend_y + 5, "small", words)
	legend_x += 34 + width_of(words, 13) + 14
	return x
}

END {
	left = 150; right = 1360; from = -5; to = 6
	bar_y = 162; bar_h = 22
	panel_top = 246; y1 = 334; y2 = 504; y3 = 646; axis_y = 722; legend_y = 794

	cut = 0; verdict = ms(fact["verdict"]); address = ms(fact["address"]); arp = ms(fact["arp"])
	before = ms(fact["answer_before"]); after = ms(fact["answer_after"]); beat = ms(fact["last_beat"])

	print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1400 825\" width=\"1400\" height=\"825\""
	print "\tfont-family=\"Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif\">"
	printf "<title>A silent death: %.2f ms without an answer</title>\n", after - before
	print "<style>"
	print "text { font-size: 14px; fill: #333 } .title { font-size: 28px; font-weight: bold; fill: #111 }"
	print ".subtitle { font-size: 15px; fill: #555 } .small { font-size: 13px; fill: #555 }"
	print ".label { font-size: 14px } .bold { font-weight: bold } .strong { font-size: 15px; font-weight: bold } .lane { font-size: 18px; font-weight: bold }"
	print ".held { font-weight: bold; fill: #fff } .big { font-size: 18px; font-weight: bold } .red { fill: #b8102b; font-weight: bold }"
	print ".middle { text-anchor: middle } .end { text-anchor: end }"
	print ".panel { fill: #fff; stroke: #ccc } .zoom { fill: #e9ecf0 } .nobody { fill: #d0d4d9 }"
	print ".cookbook { fill: #2166ac } .cookbook2 { fill: #c9700c } .silence { fill: #fbe1e3 }"
	print ".thin { stroke: #b5bac0; stroke-width: 2 } .grid { stroke: #eceef1 } .axis { stroke: #555 }"
	print ".cut { stroke: #b8102b; stroke-width: 2.5 } .dead { stroke: #2166ac; stroke-width: 8; stroke-dasharray: 3 5; opacity: .35 }"
	print ".beat { stroke: #7d9cc0; stroke-width: 1.5 } .head { fill: #7d9cc0 }"
	print ".lost { stroke: #8a8f96; stroke-width: 2; fill: none } .lostbeat { stroke: #b5bac0; stroke-width: 1.5; stroke-dasharray: 4 3 }"
	print ".leader { stroke: #555 } .arp { stroke: #c9700c; stroke-width: 2 } .verdict { fill: #fff; stroke: #b8102b; stroke-width: 3 }"
	print ".bracket { stroke: #111; stroke-width: 2; fill: none }"
	print "</style>"
	print "<rect width=\"1400\" height=\"825\" fill=\"#f7f8fa\"/>"

	text(30, 48, "title", sprintf("A server falls silent: its client goes %.2f ms without an answer", after - before))
	text(30, 76, "subtitle", sprintf("The classic Heartbeat recipe on hbkm, tuned live to keepalive %g ms, deadtime %g ms. Measured in exact virtual time, Linux %s.",
		fact["keepalive_us"] / 1000, fact["deadtime_us"] / 1000, fact["kernel"]))

	# ---- the story
	printf "<path d=\"M%.1f %d h3 L%d %d H%d z\" class=\"zoom\"/>\n", story_x(s(fact["cut"])) - 1.5, bar_y + bar_h, right, panel_top, left
	text(left - 20, bar_y + 16, "small end", "address held by")
	box(story_x(0), bar_y, right - left, bar_h, "nobody")
	bar(s(fact["up"]), s(fact["stop"]), "cookbook")
	bar(s(fact["handover"]), s(fact["failback"]), "cookbook2")
	bar(s(fact["failback"]), s(fact["cut"]), "cookbook")
	bar(s(fact["address"]), s(fact["end"]), "cookbook2")
	event(fact["up"], "both up", "")
	event(fact["stop"], sprintf("cookbook stopped: %.2f ms without an answer", fact["handover_outage_us"] / 1000), "")
	event(fact["failback"], sprintf("it returns, failback: %.2f ms", fact["failback_outage_us"] / 1000), "")
	event(fact["tuned"], "tuned by sysfs", "")
	event(fact["cut"], sprintf("it falls silent: %.2f ms", after - before), "red")
	put_events()
	for (i = 0; i <= s(fact["end"]); i++) {
		line(story_x(i), bar_y + bar_h, story_x(i), bar_y + bar_h + 5, "axis")
		text(story_x(i), bar_y + bar_h + 20, "small middle", i " s")
	}

	# ---- the death
	box(left, panel_top, right - left, axis_y - panel_top, "panel")
	for (i = from; i <= to; i++) {
		if (i > from && i < to)
			line(death_x(i), panel_top + 1, death_x(i), axis_y, "grid")
		line(death_x(i), axis_y, death_x(i), axis_y + 6, "axis")
		text(death_x(i), axis_y + 22, "label middle", i)
	}
	line(left, axis_y, right, axis_y, "axis")
	text((left + right) / 2, axis_y + 42, "small middle", "milliseconds from the moment at which every packet from and to cookbook is dropped, and nobody is told")
	lane(y1, "cookbook", "10.0.2.15")
	lane(y2, "cookbook2", "10.0.2.16")
	lane(y3, "client", "asks every 0.1 ms")

	box(death_x(beat), y2 - 76, death_x(verdict) - death_x(beat), 76, "silence")
	text((death_x(cut) + death_x(verdict)) / 2, y2 - 34, "label bold middle", sprintf("%.2f ms without a beat", verdict - beat))

	line(death_x(from), y2, death_x(address), y2, "thin")
	line(death_x(from), y3, death_x(to), y3, "thin")
	line(death_x(cut), y1, death_x(to), y1, "dead")
	box(death_x(from), y1 - 4, death_x(cut) - death_x(from), 8, "cookbook")
	box(death_x(address), y2 - 4, death_x(to) - death_x(address), 8, "cookbook2")

	# Each beat that was heard left at most a tenth of a millisecond before.
	for (i = j = 1; i <= n_sent; i++) {
		if (sent[i] <= from || sent[i] >= to)
			continue
		while (j < n_heard && heard[j] < sent[i])
			j++
		if (n_heard && heard[j] >= sent[i] && heard[j] - sent[i] < 0.1) {
			line(death_x(sent[i]), y1 + 4, death_x(heard[j]), y2 - 7, "beat")
			arrow_head(death_x(heard[j]), y2 - 3, "head")
		} else {
			line(death_x(sent[i]), y1 + 4, death_x(sent[i]), y1 + 36, "lostbeat")
			cross(death_x(sent[i]), y1 + 42)
		}
	}
	line(death_x(cut), panel_top + 34, death_x(cut), y3, "cut")
	text(death_x(cut), panel_top + 24, "strong red middle", "cookbook falls silent")
	text((death_x(from) + death_x(cut)) / 2, y1 - 14, "label middle", sprintf("has the address, beats every %g ms", fact["keepalive_us"] / 1000))
	text((death_x(cut) + death_x(to)) / 2, y1 - 14, "label middle", "lives on, but nothing gets through")

	line(death_x(verdict), y2, death_x(verdict), y2 - 66, "leader")
	text(death_x(verdict) + 8, y2 - 56, "strong", sprintf("judged dead %.2f ms after the cut", verdict))
	line(death_x(address), y2, death_x(address), y2 - 38, "leader")
	text(death_x(address) + 8, y2 - 28, "label", sprintf("has the address %.2f ms later", address - verdict))
	line(death_x(arp), y2, death_x(arp), y3 - 14, "arp")
	arrow_head(death_x(arp), y3 - 8, "cookbook2")
	text(death_x(arp) + 12, y2 + 40, "label", sprintf("gratuitous ARP %.2f ms later", arp - address))
	dot(death_x(verdict), y2, 6, "verdict")

	for (i = 1; i <= n_answers; i++)
		if (answer[i] > from && answer[i] < to)
			dot(death_x(answer[i]), y3, 3.5, who[i])
	printf "<path d=\"M%.1f %d v12 H%.1f v-12\" class=\"bracket\"/>\n", death_x(before), y3 + 12, death_x(after)
	text((death_x(before) + death_x(after)) / 2, y3 + 48, "big middle", sprintf("%.2f ms without an answer", after - before))

	# ---- the legend
	legend_x = left
	x = legend("beat heard"); line(x + 14, legend_y - 10, x + 14, legend_y + 2, "beat"); arrow_head(x + 14, legend_y + 9, "head")
	x = legend("beat lost"); cross(x + 14, legend_y)
	x = legend("deadtime"); box(x, legend_y - 8, 26, 16, "silence")
	x = legend("address at cookbook"); box(x, legend_y - 4, 26, 8, "cookbook")
	x = legend("address at cookbook2"); box(x, legend_y - 4, 26, 8, "cookbook2")
	x = legend("answer by cookbook"); dot(x + 16, legend_y, 3.5, "cookbook")
	x = legend("answer by cookbook2"); dot(x + 16, legend_y, 3.5, "cookbook2")
	print "</svg>"
}
