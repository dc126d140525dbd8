/*
 * action.h - what an administrator may do, by one word.
 */
#ifndef PINSPOT_RULE_ACTION_H
#define PINSPOT_RULE_ACTION_H

#include "model/class.h"
#include "base/text.h"

/* The table's own spelling, or NULL; *nearest then gets what was perhaps
 * meant, or NULL. */
const char *action_by_name(struct text name, const char **nearest);

/* What a class asks for where no rule says otherwise. */
const char *action_of_class(enum class c);

#endif
