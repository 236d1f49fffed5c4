/* SPDX-License-Identifier: BSD-3-Clause */
/* objects.h -- the value of an object: behind functions (9.1), or a member that everybody sees
 * (8.1). The names are those of 9.1. */
#ifndef HARNESS_VALKEY_OBJECTS_H
#define HARNESS_VALKEY_OBJECTS_H

#if !HAVE_objectGetVal
static inline void *objectGetVal(const robj *o) {
    return o->ptr;
}

static inline void objectSetVal(robj *o, void *value) {
    o->ptr = value;
}
#endif

#endif
