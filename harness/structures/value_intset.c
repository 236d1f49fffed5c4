/* SPDX-License-Identifier: BSD-3-Clause */
/* value_intset.c -- the digests of integer sets. They are hashed as they are, like listpacks. */
#include "harness/structures/value_parts.h"

#if CHECKED_value_intset

uint64_t value_intset(ValueWalk *walk, robj *o) {
    void *set = objectGetVal(o);
    if (o->encoding != OBJ_ENCODING_INTSET) return value_other(walk, o);
    return value_block(set, intsetBlobLen(set), 0);
}

#endif
