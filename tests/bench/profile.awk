# SPDX-License-Identifier: GPL-2.0
# Of the kernel's symbols, sorted, and QEMU's log of the instructions executed: how many a beat takes, of both who sends it and
# who receives it, where nothing else is going on. `PART N` for each part, and `function N NAME` for those that most are of.
#	awk -f profile.awk kallsyms trace
# An instruction that is repeated, as a copy is for each word, counts as often.

# The index of the symbol that ADDRESS, in as many hexadecimal digits as those of the symbols, lies in; 0: in a process.
function symbol(address,	low, high, middle) {
	if (address < "8")
		return 0
	low = 1
	high = symbols
	while (low < high) {
		middle = int((low + high + 1) / 2)
		if (at[middle] <= address)
			low = middle
		else
			high = middle - 1
	}
	return low
}

function part_of(i) {
	if (!i)
		return "processes"
	if (module[i] == "[hbkm]")
		return "hbkm"
	if (module[i] ~ /sha1|sha256|md5/ || name[i] ~ /^(sha1|sha256|md5|hmac|crypto|__crypto|shash|kernel_fpu|irq_fpu)_/)
		return "mac"
	if (module[i] == "[bridge]" || module[i] == "[veth]")
		return "wire"
	if (name[i] ~ /^(memset|memcpy|memmove)(_erms|_orig)?$/)
		return "memory"
	return "kernel"
}

FNR == 1 { file++ }

file == 1 {
	if ($2 ~ /^[tTwW]$/) {
		at[++symbols] = $1
		name[symbols] = $3
		module[symbols] = $4
	}
	next
}

{
	split($0, field, "/")
	address = field[2]
	if (length(address) != 16)
		next
	if (!(address in known)) {
		known[address] = i = symbol(address)
		entered[address] = i && at[i] == address
		part[i] = part_of(i)
	}
	i = known[address]
	if (entered[address]) {
		if (name[i] == "hbkm_xmit_frame") {
			# One that lies between two whole ones, and that no process ran in: this script is none of a beat's work.
			if (begun++ && !(0 in count)) {
				beats++
				for (key in count)
					whole[key] += count[key]
			}
			delete count
		} else if (name[i] == "beat" && part[i] == "hbkm") {
			side = "sends"
		} else if (name[i] == "ip_rcv" || name[i] == "ipv6_rcv") {
			side = "receives"
		}
	}
	count[part[i] == "hbkm" ? "-" side : i]++
}

END {
	if (beats < 10)
		exit 1
	for (key in whole) {
		n = whole[key] / beats
		total += n
		sum[key ~ /^-/ ? "hbkm " substr(key, 2) : part[key]] += n
		if (key !~ /^-/ && n >= 100)
			printf "function %d %s\n", n + 0.5, name[key]
	}
	printf "beats %d\ntotal %d\n", beats, total + 0.5
	for (key in sum)
		printf "%s %d\n", key, sum[key] + 0.5
}
