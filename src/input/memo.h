/*
 * memo.h - the numbers that names stand for, remembered.
 *
 * A log names the same few cipher suites and alerts in line after line, in
 * spellings that take long to look up.
 */
#ifndef PINSPOT_INPUT_MEMO_H
#define PINSPOT_INPUT_MEMO_H

#include <stdint.h>

#include "base/text.h"

enum { MEMO_SLOTS = 16, MEMO_NAME = 48 /* longer ones are looked up */ };

/* Zeroed at first. */
struct memo {
	struct {
		char name[MEMO_NAME];
		uint8_t length;
		int32_t code;
	} slots[MEMO_SLOTS];
};

/* What find says, which is asked where the name is not remembered. */
int memo_code(struct memo *m, struct text name, int find(struct text name));

#endif
