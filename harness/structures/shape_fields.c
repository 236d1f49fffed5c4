/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_fields.c -- is a hash's set of fields with a TTL well-formed? See shape.h.
 *
 * The set is one field, or a vector of fields in order of expiry, or a radix tree of buckets for
 * windows of time. A bucket is a field, an unordered vector, or a table hashed by address (vset.c).
 * A lookup takes the first bucket whose window ends after the field's expiry, so each field must be
 * in that bucket.
 *
 * value_hash.c has checked that the fields are those of the hash.
 *
 * A listpack has the TTLs in itself and no set; their count at its beginning must be right.
 *
 * Limits: the check of listpacks was compiled against single public headers; no server whose
 * listpacks have TTLs has run with it. */
#include "harness/structures/shape.h"

#include <endian.h>

#include "harness/world/heap.h"

#if CHECKED_shape_fields

#include "harness/valkey/fields.h"

#if !HAVE_FIELD_TTLS

void shape_fields(const robj *hash) {
    (void)hash;
}

#else

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

static void check_vector(const PrivateFieldVector *vector, const Window *window, bool sorted) {
    size_t needed = sizeof(*vector) + vector->len * sizeof(void *);
    if (vector->len == 0 || vector->len > FIELDS_VECTOR_MOST || needed > vector->alloc ||
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
    void *to = (void *)(word & ~(uintptr_t)FIELDS_MASK);
    if (word & 1)
        check_field(bucket, window);
    else if ((word & FIELDS_MASK) == FIELDS_VECTOR)
        check_vector(to, window, whole);
    else if ((word & FIELDS_MASK) == FIELDS_TABLE && !whole)
        shape_table(to, check_table_entry, (void *)window);
    else
        shape_broken("shape:fields:kind", NULL, "a bucket of no known kind: %d", (int)(word & FIELDS_MASK));
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

#if HAVE_LISTPACK_TTLS
static void check_listpack(unsigned char *lp) {
    long long met = 0;
    for (unsigned char *name = lpFirst(lp), *value; name; name = lpNext(lp, value)) {
        value = lpNext(lp, name);
        if (!value) shape_broken("shape:fields:pairs", lp, "the last field of a listpack has no value");
        if (compat_packed_is_tagged(lp, name))
            shape_broken("shape:fields:tag", lp, "in a listpack, the TTL of a field is before its value");
        met += compat_packed_expiry(lp, value) != EXPIRY_NONE;
    }
    if (met != compat_packed_count(lp))
        shape_broken("shape:fields:count", lp, "a listpack counts %lld fields with a TTL and has %lld",
                     compat_packed_count(lp), met);
}
#else
static void check_listpack(unsigned char *lp) {
    (void)lp;
}
#endif

static void check_set(const robj *hash) {
    void *set = compat_volatile_fields(hash);
    if (!set) return;
    uintptr_t word = (uintptr_t)set;
    Window window = {LLONG_MIN, LLONG_MAX};
    if ((word & FIELDS_MASK) == FIELDS_RADIX)
        shape_radix((const rax *)(word & ~(uintptr_t)FIELDS_MASK), check_window, &window);
    else
        check_bucket(set, &window, true);
}

void shape_fields(const robj *hash) {
    if (hash->encoding == OBJ_ENCODING_LISTPACK) check_listpack(objectGetVal(hash));
    if (hash->encoding == OBJ_ENCODING_HASHTABLE) check_set(hash);
}

#endif

#endif
