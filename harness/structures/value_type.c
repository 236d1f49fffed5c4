/* SPDX-License-Identifier: BSD-3-Clause */
/* value_type.c -- the digests of strings and sets, and which file has that of another type.
 *
 * The hashes of table entries are summed, since their order is irrelevant.
 *
 * A type or encoding that the server knows and this walk does not is read by the server itself
 * (value_server.c). Limits: see value.c. */
#include "harness/structures/value_parts.h"

const char *value_text(const robj *o, char *digits, size_t *len) {
    if (o->encoding == OBJ_ENCODING_INT) {
        *len = ll2string(digits, LONG_STR_SIZE, (long)objectGetVal(o));
        return digits;
    }
    const_sds s = objectGetVal(o);
    *len = sdslen(s);
    return s;
}

uint64_t value_string(const robj *o, uint64_t seed) {
    uint64_t hash = value_mix(seed, o->encoding);
    if (o->encoding == OBJ_ENCODING_INT) return value_mix(hash, (long)objectGetVal(o));
    return value_sds(objectGetVal(o), hash);
}

static void sum_string(ValueWalk *walk, void *entry, void *context) {
    (void)walk;
    *(uint64_t *)context += value_sds(entry, 0);
}

static uint64_t read_set(ValueWalk *walk, robj *o) {
    uint64_t sum = 0;
    if (o->encoding != OBJ_ENCODING_HASHTABLE) return value_intset(walk, o);
    value_table(walk, objectGetVal(o), sum_string, &sum);
    return sum;
}

uint64_t value_other(ValueWalk *walk, robj *o) {
    if (o->type < OBJ_TYPE_MAX && strcmp(strEncoding(o->encoding), "unknown") != 0) return value_by_server(walk, o);
    value_fault(walk, "shape:keys:encoding", "type %u with the unknown encoding %u", o->type, o->encoding);
    return 0;
}

uint64_t value_object(ValueWalk *walk, robj *o) {
    if (o->encoding == OBJ_ENCODING_LISTPACK && o->type != OBJ_STRING && o->type <= OBJ_HASH)
        return value_packed(walk, o);
    switch (o->type) {
    case OBJ_STRING:
        return value_string(o, 0);
    case OBJ_LIST:
        return value_list(walk, o);
    case OBJ_SET:
        return read_set(walk, o);
    case OBJ_ZSET:
        return value_zset(walk, o);
    case OBJ_HASH:
        return value_hash(walk, o);
    case OBJ_STREAM:
        return value_stream(walk, o);
    case OBJ_MODULE:
        return value_module(walk, o);
    }
    return value_other(walk, o);
}
