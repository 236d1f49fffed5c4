/* SPDX-License-Identifier: BSD-3-Clause */
/* places.h -- released memory that may be used again, and which of it comes next.
 *
 * A place is where a block was: an address and the room up to the next block. The heap offers the
 * place of each block that it releases, and asks for one before it makes a new one. What comes next
 * depends on the order of releases and on sizes only, so it is the same on both heaps and at all
 * addresses.
 *
 * Limits: with REUSE_LAST, places for blocks of up to 4 KiB, 2048 of them; with REUSE_SAME, the 16
 * that were released last. Any other place is never used again. Part of the world. */
#ifndef HARNESS_WORLD_PLACES_H
#define HARNESS_WORLD_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/stream/settings.h"

#define PLACES_GRANULE 16 /* sizes are rounded up to a multiple of it, in bytes */

/* Call once, before the others. `hidden`: the addresses of places are not kept as pointers, so that
 * a search for pointers to released memory does not find them here. */
void places_init(bool hidden);

/* Chooses what is used again from now on. Forgets all places. */
void places_choose(ReuseKind how);

/* Offers the place at `at`, of a block that was just released; `room` is a multiple of
 * PLACES_GRANULE. Returns the place that will never be used again because of that: this one, an
 * older one, or NULL. */
void *places_offer(void *at, size_t room);

/* Takes the place that a new block of `size` bytes gets. NULL: none, the block gets a new place. */
void *places_take(size_t size);

#endif
