/*
 * scan.h - where a byte stands in a line, 64 bytes at a time.
 */
#ifndef PINSPOT_INPUT_SCAN_H
#define PINSPOT_INPUT_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { SCAN_SLACK = 8 }; /* what `out` must hold beyond `room` */

/* scan_bytes did not look: the line holds the forbidden byte, has too many, or
 * this processor has no way to be quick. */
#define SCAN_DECLINED SIZE_MAX

/*
 * The positions of c in t, in order, room of them at most, in a line where the
 * byte `forbidden` does not occur.  How many, or SCAN_DECLINED, after which out
 * holds nothing of use.
 */
size_t scan_bytes(struct text t, char c, char forbidden, uint32_t *out,
    size_t room);

#endif
