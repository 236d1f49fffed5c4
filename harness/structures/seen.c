/* SPDX-License-Identifier: BSD-3-Clause */
/* seen.c -- a set of numbers with open addressing; see seen.h. It is outside of the world, so a
 * check that uses it has no effect on the server. */
#include "harness/structures/seen.h"

#include <stddef.h>

#define PLACES (2 * SEEN_MOST)

/* A place is empty when it is of an earlier round. */
static struct { uint64_t value, round; } places[PLACES];
static uint64_t round = 1;
static size_t count;

void seen_clear(void) {
    round++;
    count = 0;
}

bool seen_before(uint64_t value) {
    size_t at = value % PLACES;
    for (; places[at].round == round; at = (at + 1) % PLACES) {
        if (places[at].value == value) return true;
    }
    if (count == SEEN_MOST) return false;
    count++;
    places[at].value = value;
    places[at].round = round;
    return false;
}
