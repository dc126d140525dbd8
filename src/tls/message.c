#include "tls/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	CLASS_0 = 256,
	CLASSES_KEPT = 4, /* larger buffers are rare: back to the system */
};

static size_t
class_size(int class)
{
	return (size_t)CLASS_0 << 2 * class;
}

/* A buffer that nobody has. */
struct message_buffer {
	struct message_buffer *next;
};

static uint8_t *
lend(struct message_pool *pool, int class)
{
	struct message_buffer *b = pool->free[class];

	if (pool->lent + class_size(class) > MESSAGE_MEMORY)
		return NULL;
	if (b != NULL)
		pool->free[class] = b->next;
	else
		b = mem_zero(1, class_size(class));
	pool->lent += class_size(class);
	return (uint8_t *)b;
}

static void
give_back(struct message_pool *pool, void *p, int class)
{
	struct message_buffer *b = p;

	if (class < CLASSES_KEPT) {
		b->next = pool->free[class];
		pool->free[class] = b;
	} else {
		free(b);
	}
	pool->lent -= class_size(class);
}

void
message_pool_free(struct message_pool *pool)
{
	struct message_buffer *next;

	for (int i = 0; i < MESSAGE_CLASSES; i++) {
		for (struct message_buffer *b = pool->free[i]; b != NULL;
		    b = next) {
			next = b->next;
			free(b);
		}
		pool->free[i] = NULL;
	}
}

void
message_reset(struct message_reader *m, struct message_pool *pool)
{
	if (m->held != NULL)
		give_back(pool, m->held, m->class);
	*m = (struct message_reader){ 0 };
}

void
message_begin(struct message_reader *m, struct message_pool *pool,
    enum message_type type, uint16_t length)
{
	message_reset(m, pool);
	m->header[0] = (uint8_t)type;
	m->n_header = MESSAGE_HEADER;
	m->need = length;
}

/* Make room for n more bytes: by what has come, not by what the header
 * promises, which costs the sender nothing. */
static bool
make_room(struct message_reader *m, struct message_pool *pool, size_t n)
{
	int class = m->held != NULL ? m->class : 0;
	uint8_t *larger;

	while (class < MESSAGE_CLASSES && class_size(class) < m->have + n)
		class++;
	if (m->held != NULL && class == m->class)
		return true;
	larger = class < MESSAGE_CLASSES ? lend(pool, class) : NULL;
	if (larger == NULL) {
		pool->refused++;
		return false;
	}
	if (m->held != NULL) {
		memcpy(larger, m->held, m->have);
		give_back(pool, m->held, m->class);
	}
	m->held = larger;
	m->class = (uint8_t)class;
	return true;
}

static bool
read_header(struct message_reader *m, struct cursor *c)
{
	while (m->n_header < MESSAGE_HEADER)
		if (!cursor_u8(c, &m->header[m->n_header]))
			return false;
		else
			m->n_header++;
	m->need = (uint32_t)m->header[1] << 16 | (uint32_t)m->header[2] << 8 |
	    m->header[3];
	m->passing = m->need > MESSAGE_MAX;
	return true;
}

enum parse
message_next(struct message_reader *m, struct message_pool *pool,
    struct cursor *c, struct message *out)
{
	struct cursor piece;
	size_t n;

	if (m->done)
		message_reset(m, pool);
	if (m->n_header < MESSAGE_HEADER && !read_header(m, c))
		return PARSE_MORE;

	n = m->need - m->have;
	if (n > c->left)
		n = c->left;
	if (!cursor_take(c, n, &piece))
		return PARSE_MORE;
	if (n < m->need && !m->passing) {
		if (make_room(m, pool, n))
			memcpy(m->held + m->have, piece.at, n);
		else
			m->passing = true;
	}
	m->have += (uint32_t)n;
	if (m->have < m->need)
		return PARSE_MORE;

	out->type = m->header[0];
	out->length = m->need;
	out->whole = !m->passing;
	out->body = m->passing ? cursor_over(NULL, 0) :
	    n == m->need ? piece : cursor_over(m->held, m->need);
	m->done = true;
	return PARSE_DONE;
}

bool
message_cut(const struct message_reader *m, struct message *out)
{
	if (m->done || m->held == NULL)
		return false;
	out->type = m->header[0];
	out->length = m->need;
	out->whole = false;
	out->body = cursor_over(m->held, m->have);
	return true;
}
