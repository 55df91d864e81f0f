// SPDX-License-Identifier: GPL-2.0
/* hb_standby and hb_takeover, as Heartbeat has them: resources move by hand. */
#include <stdio.h>
#include <string.h>

#include "hbctl.h"

static int usage(const char *self)
{
	puts("usage:");
	fflush(stdout);
	fprintf(stderr, "%s [all|foreign|local|failback]\n", self);
	return 1;
}

/* Into @word. Return: 0, or the exit code after saying what is wrong. */
static int parse(int argc, char **argv, char **word)
{
	static char all[] = "all";

	if (argc > 2) {
		printf("%s: too many arguments\n", argv[0]);
		return usage(argv[0]);
	}
	*word = argc == 2 ? argv[1] : all;
	if (!strcmp(*word, "--help"))
		return usage(argv[0]);
	if (strcmp(*word, "all") && strcmp(*word, "foreign") && strcmp(*word, "local") &&
	    strcmp(*word, "failback")) {
		printf("%s: wrong resources(%s).\n", argv[0], *word);
		return usage(argv[0]);
	}
	return 0;
}

int hb_standby_main(int argc, char **argv)
{
	static char foreign[] = "foreign";
	char *words[] = { argv[0], NULL, NULL };

	if (parse(argc, argv, &words[1]))
		return 1;
	/* What is not ours goes back. */
	if (!strcmp(words[1], "failback"))
		words[1] = foreign;
	fprintf(stderr, "Going standby [%s].\n", words[1]);
	opts.verb = "hb_standby";
	return cmd_standby(2, words) ? 1 : 0;
}

int hb_takeover_main(int argc, char **argv)
{
	static char local[] = "local";
	char *words[] = { argv[0], NULL, NULL };

	if (parse(argc, argv, &words[1]))
		return 1;
	/* As hb_standby failback on the other node: what is ours comes back. */
	if (!strcmp(words[1], "failback"))
		words[1] = local;
	opts.verb = "hb_takeover";
	return cmd_takeover(2, words) ? 1 : 0;
}
