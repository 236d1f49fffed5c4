/* SPDX-License-Identifier: BSD-3-Clause */
/* array.h -- arrays: how many items a fixed one has, and growing ones without a capacity field, for
 * the stream model.
 *
 * A growing array of n items always has room for the next power of two, so the count alone says
 * whether one more fits. Such an array must be allocated by array_reserve(NULL, 0, n, size).
 * Callers may shorten it by lowering their count. Memory comes from plain malloc, not from the
 * server's arena.
 *
 * Limits: memory is never given back when an array gets shorter. Running out of memory ends the
 * process with the status of a harness fault. */
#ifndef HARNESS_BASE_ARRAY_H
#define HARNESS_BASE_ARRAY_H

#include <stddef.h>
#include <stdlib.h>

#include "harness/base/fault.h"

/* The number of items of an array, as an int. Not for pointers, and so not for array parameters. */
#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* The smallest capacity, in items, of an array of `count` items. */
static inline size_t array_room(size_t count) {
    size_t room = count == 0 ? 0 : 4;
    while (room < count) room *= 2;
    return room;
}

/* Makes room for `need` items of `size` bytes. `items` has `have` of them, or is NULL. Returns the
 * array, which may have moved. */
static inline void *array_reserve(void *items, size_t have, size_t need, size_t size) {
    if (items && need <= array_room(have)) return items;
    size_t room = array_room(need > have ? need : have);
    void *moved = realloc(items, (room == 0 ? 1 : room) * size);
    if (!moved) fault_end("out of memory (%zu items of %zu bytes)", room, size);
    return moved;
}

#endif
