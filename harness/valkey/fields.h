/* SPDX-License-Identifier: BSD-3-Clause */
/* fields.h -- the fields of a hash, and which of them have a TTL. Since 9.0 a field is an `entry`
 * that may have one, and a `vset` keeps those that do; before, no field has a TTL. For the checks
 * of hashes.
 *
 * After 9.1 the fields of a listpack can have one too: an entry with a tag follows the value, and
 * the listpack's first entry, tagged as well, counts them. Walking over a listpack skips these.
 *
 * A vset is a word whose lowest bits say what it points to: a field (at an odd address), a vector,
 * a hash table or a radix tree (vset.c; the constants and PrivateFieldVector are in probe.h).
 *
 * Limits: the part for listpacks was written from single public files, and no server whose
 * listpacks have TTLs has run with it. */
#ifndef HARNESS_VALKEY_FIELDS_H
#define HARNESS_VALKEY_FIELDS_H

#include "harness/valkey/compat.h"

#if HAVE_FIELD_TTLS

/* The name and the value of a field (an entry of the hash's table); when it expires, in ms, or
 * EXPIRY_NONE. */
static inline const_sds compat_field_name(const void *field) {
    return entryGetField(field);
}

static inline const char *compat_field_value(const void *field, size_t *len) {
    return entryGetValue(field, len);
}

static inline mstime_t compat_field_expiry(const void *field) {
    return entryGetExpiry(field);
}

/* Whether any field of a hash has a TTL. */
static inline bool compat_has_volatile_fields(robj *hash) {
    return hashTypeHasVolatileFields(hash);
}

/* The vset of a hash's fields with a TTL, as the word that it is; NULL when there are none. `hash`
 * has the encoding OBJ_ENCODING_HASHTABLE; its table's metadata holds the vset. */
static inline void *compat_volatile_fields(const robj *hash) {
    vset *set = (vset *)hashtableMetadata(objectGetVal(hash));
    return vsetIsValid(set) && !vsetIsEmpty(set) ? *set : NULL;
}

/* Calls each() for every one of them, in the order of their expiry. */
static inline void compat_each_volatile_field(const robj *hash, void (*each)(const void *field, void *context),
                                              void *context) {
    if (!compat_volatile_fields(hash)) return;
    vsetIterator it;
    void *field;
    vsetInitIterator((vset *)hashtableMetadata(objectGetVal(hash)), &it);
    while (vsetNext(&it, &field)) each(field, context);
    vsetResetIterator(&it);
}

#if HAVE_LISTPACK_TTLS

/* Of a listpack: when the field with this value expires, in ms, or EXPIRY_NONE; does an entry have
 * a tagged one after it; how many fields with a TTL does the first entry count. */
static inline mstime_t compat_packed_expiry(unsigned char *lp, unsigned char *value) {
    unsigned char *tagged = lpGetMetadata(lp, value);
    return tagged ? lpGetMetadataValue(tagged) : EXPIRY_NONE;
}

static inline bool compat_packed_is_tagged(unsigned char *lp, unsigned char *entry) {
    return lpGetMetadata(lp, entry) != NULL;
}

static inline long long compat_packed_count(unsigned char *lp) {
    unsigned char *first = lpStart(lp);
    return lpIsMetadata(first) ? lpGetMetadataValue(first) : 0;
}

#endif

#else

#define EXPIRY_NONE (-1)

static inline const_sds compat_field_name(const void *field) {
    return hashTypeEntryGetField(field);
}

static inline const char *compat_field_value(const void *field, size_t *len) {
    sds value = hashTypeEntryGetValue(field);
    *len = sdslen(value);
    return value;
}

static inline mstime_t compat_field_expiry(const void *field) {
    (void)field;
    return EXPIRY_NONE;
}

static inline bool compat_has_volatile_fields(robj *hash) {
    (void)hash;
    return false;
}

static inline void *compat_volatile_fields(const robj *hash) {
    (void)hash;
    return NULL;
}

static inline void compat_each_volatile_field(const robj *hash, void (*each)(const void *field, void *context),
                                              void *context) {
    (void)hash, (void)each, (void)context;
}

#endif

/* The number of fields that have expired since the server's birth or since CONFIG RESETSTAT; 0 in a
 * tree that does not count them. */
static inline long long compat_expired_fields(void) {
#if HAVE_EXPIRED_FIELDS
    return server.stat_expiredfields;
#else
    return 0;
#endif
}

#endif
