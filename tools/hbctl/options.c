// SPDX-License-Identifier: GPL-2.0
/* What is said of a command line that is not understood, by every verb alike. */
#include <getopt.h>
#include <string.h>

#include "hbctl.h"

/* "hbctl", or "hbctl VERB": whose --help tells more. */
#define VERB_FMT	"hbctl%s%s"
#define VERB_ARGS	opts.verb ? " " : "", opts.verb ?: ""

int option_error(int c, char **argv, const struct option *longopts)
{
	char letter[] = { '-', (char)optopt, '\0' };
	const char *word = argv[optind - 1];

	/* An option that lacks its value is at the end of its word. */
	if (c == ':')
		return usage_error("option %s needs a value (see " VERB_FMT " --help)",
				   !strncmp(word, "--", 2) ? word : letter, VERB_ARGS);
	for (; optopt && longopts->name; longopts++)
		if (longopts->val == optopt)
			return usage_error("option --%s takes no value (see " VERB_FMT " --help)",
					   longopts->name, VERB_ARGS);
	/* One letter may stand among others, and then the word is not done with. */
	return usage_error("unknown option %s (see " VERB_FMT " --help)", optopt ? letter : word,
			   VERB_ARGS);
}

int unexpected(const char *word)
{
	return usage_error("unexpected \"%s\" (see " VERB_FMT " --help)", word, VERB_ARGS);
}
