/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_fields.c -- is a hash's set of fields with a TTL well-formed? See shape.h.
 *
 * The set is one field, or a vector of fields in order of expiry, or a radix tree of buckets for
 * windows of time. A bucket is a field, an unordered vector, or a table hashed by address (vset.c).
 * A lookup takes the first bucket whose window ends after the field's expiry, so each field must be
 * in that bucket.
 *
 * value_type.c has checked that the fields are those of the hash. */
#include "harness/structures/shape.h"

#include <endian.h>

#include "harness/world/heap.h"

#define VECTOR_MAX 127 /* fields of a vector: VOLATILESET_VECTOR_BUCKET_MAX_SIZE of vset.c */

/* A window of time: `from` <= expiry < `end`, in ms. The last possible one includes its end. */
typedef struct {
    mstime_t from, end;
} Window;

static void check_field(const void *field, const Window *window) {
    mstime_t expiry = compat_field_expiry(field);
    if (expiry >= window->from && (expiry < window->end || expiry == LLONG_MAX)) return;
    shape_broken("shape:fields:window", field,
                 "a field expires at %lld, outside of its bucket's time from %lld to %lld", expiry, window->from,
                 window->end);
}

static void check_vector(const CompatFieldVector *vector, const Window *window, bool sorted) {
    size_t needed = sizeof(*vector) + vector->len * sizeof(void *);
    if (vector->len == 0 || vector->len > VECTOR_MAX || needed > vector->alloc ||
        vector->alloc > heap_usable_size((void *)vector))
        shape_broken("shape:fields:vector", vector, "a vector of %u fields in %zu bytes", (unsigned)vector->len,
                     (size_t)vector->alloc);
    for (unsigned i = 0; i < vector->len; i++) {
        check_field(vector->data[i], window);
        if (sorted && i && compat_field_expiry(vector->data[i - 1]) > compat_field_expiry(vector->data[i]))
            shape_broken("shape:fields:order", vector, "the fields are not in the order of their expiry");
    }
}

static void check_table_entry(void *field, uint64_t hash, void *context) {
    (void)hash;
    check_field(field, context);
}

/* Anything but a radix tree. */
static void check_bucket(void *bucket, const Window *window, bool whole) {
    uintptr_t word = (uintptr_t)bucket;
    void *to = (void *)(word & ~(uintptr_t)COMPAT_FIELDS_MASK);
    if (word & 1)
        check_field(bucket, window);
    else if ((word & COMPAT_FIELDS_MASK) == COMPAT_FIELDS_VECTOR)
        check_vector(to, window, whole);
    else if ((word & COMPAT_FIELDS_MASK) == COMPAT_FIELDS_TABLE && !whole)
        shape_table(to, check_table_entry, (void *)window);
    else
        shape_broken("shape:fields:kind", NULL, "a bucket of no known kind: %d", (int)(word & COMPAT_FIELDS_MASK));
}

static void check_window(const unsigned char *key, size_t len, void *value, void *context) {
    Window *window = context;
    uint64_t end;
    if (len != sizeof(end)) shape_broken("shape:fields:key", NULL, "a window of time has a key of %zu bytes", len);
    memcpy(&end, key, sizeof(end));
    window->end = (mstime_t)be64toh(end);
    check_bucket(value, window, false);
    window->from = window->end;
}

void shape_fields(const robj *hash) {
    void *set = compat_volatile_fields(hash);
    if (!set) return;
    uintptr_t word = (uintptr_t)set;
    Window window = {LLONG_MIN, LLONG_MAX};
    if ((word & COMPAT_FIELDS_MASK) == COMPAT_FIELDS_RADIX)
        shape_radix((const rax *)(word & ~(uintptr_t)COMPAT_FIELDS_MASK), check_window, &window);
    else
        check_bucket(set, &window, true);
}
