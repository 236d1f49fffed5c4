/* SPDX-License-Identifier: BSD-3-Clause */
/* places.c -- released memory that may be used again; see places.h.
 *
 * REUSE_LAST is what a thread cache does: a stack for each size. REUSE_SAME takes the place that
 * was released last of all, if the block fits into it, whatever was there; else the one before it.
 *
 * Nothing is written into the places themselves, which stay as the release left them. */
#include "harness/world/places.h"

#include <stdint.h>

#include "harness/world/world.h"

#define STACKS 256 /* one for each number of granules, from 1 */
#define MOST 2048  /* places in all stacks */
#define RECENT 16

typedef struct {
    uintptr_t at; /* hidden (hide) */
    size_t room;  /* bytes */
} Place;

/* In a list: of a stack, or of those that are unused. */
typedef struct {
    Place place;
    int below; /* the index + 1 of the next one; 0: none */
} Listed;

static uintptr_t mask; /* of addresses that are kept; never changes */
static ReuseKind kind WORLD;

/* REUSE_LAST */
static Listed listed[MOST] WORLD;
static int tops[STACKS] WORLD; /* index + 1 */
static int unused WORLD;       /* the same */
static int begun WORLD;        /* items of `listed` that were ever used */

/* REUSE_SAME: the first was released last. */
static Place recent[RECENT] WORLD;
static int nrecent WORLD;

void places_init(bool hidden) {
    mask = hidden ? UINTPTR_MAX : 0;
}

/* Hides an address, or shows a hidden one. */
static uintptr_t hide(uintptr_t at) {
    return at ^ mask;
}

void places_choose(ReuseKind how) {
    kind = how;
    for (int i = 0; i < STACKS; i++) tops[i] = 0;
    unused = begun = nrecent = 0;
}

/* The stack for places of that room, or NULL. */
static int *stack_for(size_t room) {
    size_t granules = (room + PLACES_GRANULE - 1) / PLACES_GRANULE;
    return granules >= 1 && granules <= STACKS ? &tops[granules - 1] : NULL;
}

/* An unused item: its index + 1. 0: there is none. */
static int new_item(void) {
    int item = unused;
    if (item)
        unused = listed[item - 1].below;
    else if (begun < MOST)
        item = ++begun;
    return item;
}

/* Returns false when there is no room for it. */
static bool push(Place place) {
    int *top = stack_for(place.room);
    int item = top ? new_item() : 0;
    if (!item) return false;
    listed[item - 1] = (Listed){place, *top};
    *top = item;
    return true;
}

/* 0, like take_recent: none. */
static uintptr_t pop(size_t size) {
    int *top = stack_for(size);
    if (!top || !*top) return 0;
    int item = *top;
    Listed *taken = &listed[item - 1];
    *top = taken->below;
    taken->below = unused;
    unused = item;
    return hide(taken->place.at);
}

/* Returns the oldest, when there are too many; else 0. */
static uintptr_t remember(Place place) {
    uintptr_t forgotten = nrecent == RECENT ? hide(recent[--nrecent].at) : 0;
    for (int i = nrecent++; i > 0; i--) recent[i] = recent[i - 1];
    recent[0] = place;
    return forgotten;
}

static uintptr_t take_recent(size_t size) {
    int i = 0;
    while (i < nrecent && recent[i].room < size) i++;
    if (i == nrecent) return 0;
    uintptr_t at = hide(recent[i].at);
    for (nrecent--; i < nrecent; i++) recent[i] = recent[i + 1];
    return at;
}

void *places_offer(void *at, size_t room) {
    Place place = {hide((uintptr_t)at), room};
    switch (kind) {
    case REUSE_LAST:
        return push(place) ? NULL : at;
    case REUSE_SAME:
        return (void *)remember(place);
    case REUSE_NEVER:
        break;
    }
    return at;
}

void *places_take(size_t size) {
    switch (kind) {
    case REUSE_LAST:
        return (void *)pop(size);
    case REUSE_SAME:
        return (void *)take_recent(size);
    case REUSE_NEVER:
        break;
    }
    return NULL;
}
