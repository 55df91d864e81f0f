# SPDX-License-Identifier: GPL-2.0
# Host side: ranges on a logarithmic scale: awk -F '\t' -v title=TEXT -f ranges.awk, of lines TEXT KIND MIN MEDIAN MAX, in ms.
# A line without numbers is a heading. A sixth field that is not empty makes the mark a hollow one, and `hollow` says what that is.

{ text[NR] = $1; kind[NR] = $2; least[NR] = $3; middle[NR] = $4; most[NR] = $5; but[NR] = $6 }
$3 != "" && (!low || $3 < low) && $3 > 0 { low = $3 }
$5 != "" && $5 > high { high = $5 }
$3 != $5 { ranges = 1 }

function log10(v) { return log(v) / log(10) }
function place(v) { return left + (right - left) * (log10((v > low) ? v : low) - from) / (to - from) }

function words(x, y, class, what) {
	gsub(/&/, "\\&amp;", what)
	gsub(/</, "\\&lt;", what)
	printf "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>\n", x, y, class, what
}

function number(v) { return v < 10 ? sprintf("%.2f", v) : v < 100 ? sprintf("%.1f", v) : sprintf("%.0f", v) }

END {
	left = 520; right = 1150; top = 80; step = 22
	if (!low)
		low = high = 1
	from = log10(low) - 0.1
	to = log10(high) + 0.1
	first = int(from + 100) - 99
	last = int(to + 100) - 100
	bottom = top + NR * step + 10
	height = bottom + 60
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1280 %d\" width=\"1280\" height=\"%d\"\n", height, height
	print "\tfont-family=\"Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif\">"
	print "<style>"
	print "text { font-size: 14px; fill: #333 } .title { font-size: 22px; font-weight: bold; fill: #111 } .head { font-weight: bold }"
	print ".end { text-anchor: end } .middle { text-anchor: middle; font-size: 13px; fill: #555 } .small { font-size: 13px; fill: #555 }"
	print ".grid { stroke: #d6d9dd } .hbkm { fill: #2166ac } .rival { fill: #c9700c } .range { opacity: .45 }"
	print ".but { fill: #f7f8fa; stroke: #c9700c; stroke-width: 2 }"
	print "</style>"
	printf "<rect width=\"1280\" height=\"%d\" fill=\"#f7f8fa\"/>\n", height
	words(30, 42, "title", title)
	for (i = first; i <= last; i++) {
		at = left + (right - left) * (i - from) / (to - from)
		printf "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" class=\"grid\"/>\n", at, top - 10, at, bottom
		words(at, bottom + 20, "middle", 10 ^ i)
	}
	words((left + right) / 2, bottom + 44, "middle", "milliseconds, logarithmic" (ranges ? ": smallest, median, largest" : "") (hollow == "" ? "" : "; hollow: " hollow))
	for (i = 1; i <= NR; i++) {
		y = top + (i - 1) * step + step / 2
		if (least[i] == "") {
			words(30, y + 5, "head", text[i])
			continue
		}
		class = kind[i] == "hbkm" ? "hbkm" : "rival"
		words(left - 20, y + 5, "end", text[i])
		printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"8\" class=\"%s range\"/>\n", place(least[i]), y - 4,
			place(most[i]) - place(least[i]), class
		printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" class=\"%s%s\"/>\n", place(middle[i]), y, class, but[i] == "" ? "" : " but"
		words(place(most[i]) + 12, y + 5, "small", number(middle[i]))
	}
	print "</svg>"
}
