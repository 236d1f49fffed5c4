/* SPDX-License-Identifier: BSD-3-Clause */
/* seen.h -- has a check met a value before? For the checks of things that must be distinct. */
#ifndef HARNESS_STRUCTURES_SEEN_H
#define HARNESS_STRUCTURES_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#define SEEN_MOST 2048 /* values that are remembered; later ones are not compared */

/* Forgets all values. */
void seen_clear(void);

/* Whether the value was met since seen_clear. Remembers it. Values should be hashes: similar ones
 * are found slowly. */
bool seen_before(uint64_t value);

#endif
