#include "input/memo.h"

#include <string.h>

int
memo_code(struct memo *m, struct text name, int find(struct text name))
{
	size_t i;

	if (name.n == 0 || name.n > MEMO_NAME)
		return find(name);
	i = ((unsigned char)name.at[name.n - 1] +
	    (unsigned char)name.at[name.n / 2] * 3U + name.n) % MEMO_SLOTS;
	if (!text_equal((struct text){ m->slots[i].name, m->slots[i].length },
	    name)) {
		memcpy(m->slots[i].name, name.at, name.n);
		m->slots[i].length = (uint8_t)name.n;
		m->slots[i].code = find(name);
	}
	return m->slots[i].code;
}
