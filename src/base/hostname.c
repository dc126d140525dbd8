#include "base/hostname.h"

bool
hostname_label_valid(struct text label)
{
	if (label.n == 0 || label.n > LABEL_MAX || label.at[0] == '-' ||
	    label.at[label.n - 1] == '-')
		return false;
	for (size_t i = 0; i < label.n; i++) {
		char c = label.at[i];

		if (!(c >= 'a' && c <= 'z') && !text_is_digit(c) && c != '-' &&
		    c != '_')
			return false;
	}
	return true;
}

bool
hostname_valid(struct text t)
{
	struct text rest = t, label = { NULL, 0 };
	unsigned n = 0;
	bool more;

	if (t.n == 0 || t.n > HOSTNAME_MAX)
		return false;
	do {
		more = text_split(&rest, '.', &label);
		if (!hostname_label_valid(label))
			return false;
		n++;
	} while (more);
	return n >= 2 && !text_is_digit(label.at[0]);
}

unsigned
hostname_labels(struct text t)
{
	unsigned n = t.n > 0;

	for (size_t i = 0; i < t.n; i++)
		n += t.at[i] == '.';
	return n;
}

struct text
hostname_skip(struct text t, unsigned n)
{
	struct text label;

	while (n-- > 0)
		(void)text_split(&t, '.', &label);
	return t;
}

bool
hostname_below(struct text name, struct text parent)
{
	struct text tail;

	if (parent.n == 0 || name.n <= parent.n + 1)
		return false;
	tail = (struct text){ name.at + name.n - parent.n, parent.n };
	return tail.at[-1] == '.' && text_equal_nocase(tail, parent);
}
