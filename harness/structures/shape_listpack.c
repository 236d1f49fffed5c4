/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_listpack.c -- do packed values count right? See shape.h.
 *
 * A listpack begins with its bytes and its number of elements, an integer set with its encoding and
 * length. value_type.c has checked that a listpack ends with its end mark.
 *
 * Members of a set or a sorted set, and fields of a hash, are distinct.
 *
 * The number of elements may be unknown: a listpack that once had 65535 or more (LP_HDR_NUMELE_MAX
 * in listpack.c) is counted again only when somebody asks. All other sums are always right.
 *
 * Limits: where fields in a listpack can have a TTL, the number of elements is not checked, since a
 * walk skips the TTLs. An element that is broken ends the server with an assertion of its own. Of a
 * listpack with more than SEEN_MOST members, the first ones are compared (seen.h). */
#include "harness/structures/shape.h"

#include "harness/structures/seen.h"
#include "harness/structures/value_parts.h"
#include "harness/world/heap.h"

#if CHECKED_shape_listpack

#define COUNT_UNKNOWN 0xffff

/* The number of elements in the header. lpLength would store it there when it is unknown. */
static unsigned header_count(const unsigned char *lp) {
    return lp[4] | (unsigned)lp[5] << 8;
}

void shape_listpack(unsigned char *lp) {
    unsigned long met = 0;
    unsigned char *element = lpFirst(lp), *last = lp + 5;
    for (; element; element = lpNext(lp, element)) {
        met++;
        last = element;
    }
    if (!HAVE_LISTPACK_TTLS && header_count(lp) != COUNT_UNKNOWN && header_count(lp) != met)
        shape_broken("shape:listpack:count", lp, "a listpack counts %u elements and has %lu", header_count(lp), met);
    if (met && lpLast(lp) != last)
        shape_broken("shape:listpack:bytes", lp, "a listpack counts %zu bytes, its elements end elsewhere",
                     lpBytes(lp));
}

void shape_listpack_distinct(unsigned char *lp, int stride) {
    seen_clear();
    for (unsigned char *element = lpFirst(lp); element;) {
        unsigned char number[LP_INTBUF_SIZE];
        int64_t length;
        unsigned char *bytes = lpGet(element, &length, number);
        if (seen_before(value_block(bytes, (size_t)length, 0)))
            shape_broken("shape:listpack:twice", lp, "\"%.*s\" is in a listpack twice", (int)length, (char *)bytes);
        for (int i = 0; i < stride && element; i++) element = lpNext(lp, element);
    }
}

void shape_intset(const intset *set) {
    size_t bytes = intsetBlobLen((intset *)set);
    if (bytes > heap_usable_size((void *)set))
        shape_broken("shape:intset:bytes", set, "an integer set of %zu bytes is longer than its block", bytes);
    if (!intsetValidateIntegrity((const unsigned char *)set, bytes, 1))
        shape_broken("shape:intset:order", set, "the %u integers of a set are not in order", intsetLen(set));
}

#endif
