/* SPDX-License-Identifier: BSD-3-Clause */
/* value_type.c -- the digests of strings, lists, sets, sorted sets and hashes, in every encoding.
 *
 * Packed blocks (listpacks, integer sets, compressed list nodes) are hashed as they are: a move
 * copies them, so their bytes must stay equal. The hashes of table entries are summed, since their
 * order is irrelevant; those of lists and sorted sets are chained in order.
 *
 * Streams are in value_stream.c. Limits: see value.c. */
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

uint64_t value_listpack(ValueWalk *walk, unsigned char *lp, uint64_t seed) {
    size_t bytes = lpBytes(lp);
    if (bytes < 7 || lp[bytes - 1] != 0xff) { /* header and end mark: listpack.md */
        value_fault(walk, "shape:listpack:end", "a listpack of %zu bytes does not end with its end mark", bytes);
        return 0;
    }
    return value_block(lp, bytes, seed);
}

static uint64_t read_list_node(ValueWalk *walk, const quicklistNode *node, uint64_t hash) {
    hash = value_mix(hash, (uint64_t)node->count << 4 | node->encoding << 2 | node->container);
    if (quicklistNodeIsCompressed(node)) {
        const quicklistLZF *packed = (const quicklistLZF *)node->entry;
        return value_block(packed->compressed, packed->sz, value_mix(hash, node->sz));
    }
    if (QL_NODE_IS_PLAIN(node)) return value_block(node->entry, node->sz, hash);
    return value_listpack(walk, node->entry, hash);
}

static uint64_t read_quicklist(ValueWalk *walk, const quicklist *list) {
    uint64_t hash = value_mix(list->fill, list->compress), nodes = 0, count = 0;
    const quicklistNode *node = list->head, *last = NULL;
    for (; node && nodes < list->len; node = node->next) {
        if (node->prev != last) {
            value_fault(walk, "shape:list:links", "node %llu of a list does not point back to the one before it",
                        (unsigned long long)nodes);
            return 0;
        }
        nodes++;
        count += node->count;
        hash = read_list_node(walk, node, hash);
        last = node;
    }
    if (node || nodes != list->len || count != list->count || last != list->tail) {
        value_fault(walk, "shape:list:count",
                    "a list counts %lu elements in %lu nodes; %llu in %llu nodes, and %s tail, were found", list->count,
                    list->len, (unsigned long long)count, (unsigned long long)nodes,
                    node || last != list->tail ? "another" : "the right");
    }
    if (walk->image) walk->image->bookmarks += list->bookmark_count;
    return hash;
}

static void sum_string(ValueWalk *walk, void *entry, void *context) {
    (void)walk;
    *(uint64_t *)context += value_sds(entry, 0);
}

/* Sums over a hash: of all entries; of the addresses of those with a TTL. */
typedef struct {
    uint64_t digest, expiring;
} HashSums;

static void sum_field(ValueWalk *walk, void *entry, void *context) {
    (void)walk;
    HashSums *sums = context;
    size_t len = 0;
    const char *bytes = compat_field_value(entry, &len);
    mstime_t expiry = compat_field_expiry(entry);
    if (expiry != EXPIRY_NONE) sums->expiring += value_pointer(entry);
    sums->digest += value_block(bytes, len, value_sds(compat_field_name(entry), expiry));
}

static void sum_expiring(const void *field, void *context) {
    *(uint64_t *)context += value_pointer(field);
}

static void check_field_expiry(ValueWalk *walk, const robj *o, uint64_t expected) {
    uint64_t sum = 0;
    compat_each_volatile_field(o, sum_expiring, &sum);
    if (sum != expected)
        value_fault(walk, "shape:fields:members", "the set of fields with a TTL does not have exactly those fields");
}

static uint64_t read_hash_table(ValueWalk *walk, robj *o) {
    HashSums sums = {0, 0};
    value_table(walk, objectGetVal(o), sum_field, &sums);
    check_field_expiry(walk, o, sums.expiring);
    return sums.digest;
}

static uint64_t score_bits(double score) {
    uint64_t bits;
    memcpy(&bits, &score, sizeof(bits));
    return bits;
}

static uint64_t read_skiplist(ValueWalk *walk, const zset *zs) {
    uint64_t hash = 0, in_table = 0, in_list = 0;
    unsigned long met = 0, expected = zslGetLength(zs->zsl);
    const zskiplistNode *node = zslGetHeader(zs->zsl)->level[0].forward;
    for (; node && met < expected; node = node->level[0].forward) {
        met++;
        in_list += value_pointer(node);
        hash = value_sds(zslGetNodeElement(node), value_mix(hash, score_bits(node->score)));
    }
    value_table(walk, zs->ht, value_sum_pointer, &in_table);
    if (node || met != expected) {
        value_fault(walk, "shape:zset:count", "a skiplist counts %lu nodes, %s%lu were found", expected,
                    node ? "more than " : "", met);
    } else if (in_table != in_list) {
        value_fault(walk, "shape:zset:members", "a sorted set's table and skiplist have different nodes");
    }
    return hash;
}

static uint64_t read_set(ValueWalk *walk, const robj *o) {
    void *set = objectGetVal(o);
    uint64_t sum = 0;
    switch (o->encoding) {
    case OBJ_ENCODING_INTSET:
        return value_block(set, intsetBlobLen(set), 0);
    case OBJ_ENCODING_LISTPACK:
        return value_listpack(walk, set, 0);
    case OBJ_ENCODING_HASHTABLE:
        value_table(walk, set, sum_string, &sum);
        return sum;
    }
    value_fault(walk, "shape:keys:encoding", "a set has the unknown encoding %u", o->encoding);
    return 0;
}

uint64_t value_object(ValueWalk *walk, robj *o) {
    bool packed = o->encoding == OBJ_ENCODING_LISTPACK;
    switch (o->type) {
    case OBJ_STRING:
        return value_string(o, 0);
    case OBJ_SET:
        return read_set(walk, o);
    case OBJ_STREAM:
        return value_stream(walk, objectGetVal(o));
    case OBJ_MODULE:
        return 0;
    case OBJ_LIST:
        if (o->encoding == OBJ_ENCODING_QUICKLIST) return read_quicklist(walk, objectGetVal(o));
        break;
    case OBJ_ZSET:
        if (o->encoding == OBJ_ENCODING_SKIPLIST) return read_skiplist(walk, objectGetVal(o));
        break;
    case OBJ_HASH:
        if (o->encoding == OBJ_ENCODING_HASHTABLE) return read_hash_table(walk, o);
        break;
    default:
        packed = false;
    }
    if (packed) return value_listpack(walk, objectGetVal(o), 0);
    value_fault(walk, "shape:keys:encoding", "type %u with the unknown encoding %u", o->type, o->encoding);
    return 0;
}
