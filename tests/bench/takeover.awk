# SPDX-License-Identifier: GPL-2.0
# Host side: a takeover as a waterfall: awk -f takeover.awk, of lines US WHAT, in order, the verdict at 0. Until the verdict in
# ms, from there on in us, each on a scale of its own.

{ at[NR] = $1; $1 = ""; what[NR] = substr($0, 2) }
at[NR] == 0 && !verdict { verdict = NR }

function words(x, y, class, what) {
	gsub(/&/, "\\&amp;", what)
	gsub(/</, "\\&lt;", what)
	printf "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>\n", x, y, class, what
}

# The step that ends in line i of the panel whose lines are first to last.
function step(i, first, last, unit, per,	x1, x2, y, span, form, how) {
	span = at[last] - at[first]
	x1 = left + (right - left) * (at[i > first ? i - 1 : i] - at[first]) / span
	x2 = left + (right - left) * (at[i] - at[first]) / span
	y = top + row * high
	if (i > first)
		printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"14\" class=\"%s\"/>\n", x1, y, (x2 - x1 > 1) ? x2 - x1 : 1, unit
	words(left - 16, y + 12, "end", what[i])
	form = per == 1 ? "%d" : "%.2f"
	how = sprintf(form " %s", at[i] / per, unit)
	if (i > first)
		how = how sprintf(" (+" form ")", (at[i] - at[i - 1]) / per)
	words(x2 + 8, y + 12, "small", how)
	row++
}

END {
	left = 480; right = 1080; top = 96; high = 24
	height = top + (NR + 3) * high + 20
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1280 %d\" width=\"1280\" height=\"%d\"\n", height, height
	print "\tfont-family=\"Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif\">"
	print "<style>"
	print "text { font-size: 14px; fill: #333 } .title { font-size: 22px; font-weight: bold; fill: #111 } .head { font-weight: bold }"
	print ".end { text-anchor: end } .small { font-size: 13px; fill: #555 } .ms { fill: #c9700c } .us { fill: #2166ac }"
	print "</style>"
	printf "<rect width=\"1280\" height=\"%d\" fill=\"#f7f8fa\"/>\n", height
	words(30, 42, "title", "A takeover, step by step: hbkm at 1 ms / 3 ms, all on one processor, virtual time")
	words(30, top - 14, "head", "Until the verdict: silence, in milliseconds")
	for (i = 1; i <= verdict; i++)
		step(i, 1, verdict, "ms", 1000)
	row++
	words(30, top + row * high + 2, "head", "From the verdict to the client's answer: work, in microseconds")
	row++
	for (i = verdict; i <= NR; i++)
		step(i, verdict, NR, "us", 1)
	print "</svg>"
}
