/* SPDX-License-Identifier: BSD-3-Clause */
/* value_packed.c -- the digests of listpacks. They are hashed as they are: a move copies them, so
 * their bytes must stay equal. */
#include "harness/structures/value_parts.h"

#if CHECKED_value_packed

uint64_t value_listpack(ValueWalk *walk, unsigned char *lp, uint64_t seed) {
    size_t bytes = lpBytes(lp);
    if (bytes < 7 || lp[bytes - 1] != 0xff) { /* header and end mark: listpack.md */
        value_fault(walk, "shape:listpack:end", "a listpack of %zu bytes does not end with its end mark", bytes);
        return 0;
    }
    return value_block(lp, bytes, seed);
}

uint64_t value_packed(ValueWalk *walk, robj *o) {
    return value_listpack(walk, objectGetVal(o), 0);
}

#endif
