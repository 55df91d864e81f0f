// SPDX-License-Identifier: GPL-2.0
/* What ha.cf says of one directive, word for word. */
#include <string.h>

#include "internal.h"

bool parameter_said(FILE *file, const char *name, char *value, size_t size)
{
	char line[CONFIG_LINE_MAX + 2];
	bool said = false;

	while (fgets(line, sizeof(line), file)) {
		char *rest = line, *word;

		line[strcspn(line, "#\n")] = '\0';
		word = word_next(&rest, BLANKS);
		if (!word || strcmp(word, name))
			continue;
		word = word_next(&rest, DELIMITERS);
		if (!word || strlen(word) >= size)
			continue;
		strcpy(value, word);
		said = true;
	}
	return said;
}
