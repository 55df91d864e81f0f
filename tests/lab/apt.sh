# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Host side: from where Debian's packages come, of the host's own release and of others.

host_release=$(. /etc/os-release && echo "$VERSION_CODENAME")

# apt_lines SUITE: where to get it. The host's own release with its updates comes from where the host has it from; the same
# mirror serves the other suites.
apt_lines() {
	apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(SITE)' 'Created-By: Packages' |
		awk -v host="$host_release" -v suite="$1" '
			$2 == "main" && $1 == host && suite != host { $1 = suite; site[$1] = $3 }
			$2 == "main" && suite == host && index($1, host) == 1 { site[$1] = $3 }
			END { for (name in site) print "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]", site[name], name, "main" }'
}
