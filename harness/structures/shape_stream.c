/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_stream.c -- is a stream well-formed? See shape.h.
 *
 * Entries are in listpacks, each stored under the id of its first entry. A listpack begins with the
 * number of its live and of its deleted entries, and with the fields of its first entry. Each entry
 * begins with its flags and ends with its number of elements (t_stream.c). Valkey's stream iterator
 * finds the first and the last entry. It allocates nothing here, since all keys have 16 bytes.
 *
 * The sums are always equal: live and deleted entries of a listpack are counted as they are added
 * (streamAppendItem) and marked (streamIteratorRemoveEntry, streamTrim); the length is their sum.
 * entries_added counts all that there ever were; XSETID can only raise it. Streams keep no count of
 * their memory, except in their radix trees.
 *
 * Limits: entries_read of a group is what XGROUP says, and may be any number. */
#include "harness/structures/shape.h"

#include "harness/world/heap.h"

#if CHECKED_shape_stream

typedef struct {
    uint64_t live;
} Entries;

static long long number_at(unsigned char *lp, unsigned char *element) {
    unsigned length;
    long long number = 0;
    if (!element || lpGetValue(element, &length, &number))
        shape_broken("shape:stream:entry", lp, "a listpack has no number where one is due");
    return number;
}

static unsigned char *skip(unsigned char *lp, unsigned char *element, long long count) {
    while (element && count-- > 0) element = lpNext(lp, element);
    return element;
}

/* Counts the entries after the first one, which has the fields: live, deleted, number of fields,
 * fields, 0. */
static void check_entries(unsigned char *lp, long long live, long long deleted) {
    long long met[2] = {0, 0}; /* live, deleted */
    unsigned char *fields = skip(lp, lpFirst(lp), 2), *entry = skip(lp, fields, 2 + number_at(lp, fields));
    long long same = number_at(lp, fields);
    while (entry) {
        long long flags = number_at(lp, entry), elements = 3 + same;
        if (!(flags & STREAM_SAME_FIELDS)) elements = 4 + 2 * number_at(lp, skip(lp, entry, 3));
        unsigned char *end = skip(lp, entry, elements);
        if (number_at(lp, end) != elements)
            shape_broken("shape:stream:entry", lp, "an entry counts %lld elements and has %lld", number_at(lp, end),
                         elements);
        met[(flags & STREAM_DELETED) != 0]++;
        entry = lpNext(lp, end);
    }
    if (met[0] != live || met[1] != deleted)
        shape_broken("shape:stream:entries", lp,
                     "a listpack counts %lld live and %lld deleted entries, it has %lld and %lld", live, deleted,
                     met[0], met[1]);
}

static void check_listpack(const unsigned char *key, size_t len, void *value, void *context) {
    (void)key;
    Entries *entries = context;
    unsigned char *lp = value, *first = lp ? lpFirst(lp) : NULL;
    if (len != sizeof(streamID) || !first)
        shape_broken("shape:stream:node", lp, "a node of the stream has no entries, or a key of %zu bytes", len);
    if (lpBytes(lp) > heap_usable_size(lp))
        shape_broken("shape:stream:node", lp, "a listpack is longer than its block");
    long long live = number_at(lp, first);
    shape_listpack(lp);
    check_entries(lp, live, number_at(lp, lpNext(lp, first)));
    entries->live += (uint64_t)live;
}

static bool same_id(streamID a, streamID b) {
    return a.ms == b.ms && a.seq == b.seq;
}

static bool is_later(streamID a, streamID b) {
    return a.ms > b.ms || (a.ms == b.ms && a.seq > b.seq);
}

/* The id of the first or the last entry of a stream that is not empty. */
static streamID edge(stream *s, bool last) {
    streamIterator it;
    streamID id = {0, 0};
    int64_t fields;
    streamIteratorStart(&it, s, NULL, NULL, last);
    streamIteratorGetID(&it, &id, &fields);
    streamIteratorStop(&it);
    return id;
}

static void check_edges(stream *s) {
    streamID first = edge(s, false), last = edge(s, true);
    if (!same_id(first, s->first_id))
        shape_broken("shape:stream:first", s,
                     "the first entry is %" PRIu64 "-%" PRIu64 ", the stream says %" PRIu64 "-%" PRIu64, first.ms,
                     first.seq, s->first_id.ms, s->first_id.seq);
    if (is_later(last, s->last_id))
        shape_broken("shape:stream:last", s,
                     "the last entry is %" PRIu64 "-%" PRIu64 ", the stream says %" PRIu64 "-%" PRIu64, last.ms,
                     last.seq, s->last_id.ms, s->last_id.seq);
}

static void check_pending(const unsigned char *key, size_t len, void *value, void *context) {
    (void)key, (void)context;
    if (len != sizeof(streamID) || !value)
        shape_broken("shape:stream:pending", value, "a pending entry has a key of %zu bytes", len);
}

static void check_consumer(const unsigned char *key, size_t len, void *value, void *context) {
    (void)context;
    const streamConsumer *consumer = value;
    if (len != sdslen(consumer->name) || memcmp(key, consumer->name, len) != 0)
        shape_broken("shape:stream:consumer", consumer, "a consumer is listed under a name that is not its own");
    shape_radix(consumer->pel, check_pending, NULL);
}

static void check_group(const unsigned char *key, size_t len, void *value, void *context) {
    (void)key, (void)len, (void)context;
    const streamCG *group = value;
    shape_radix(group->pel, check_pending, NULL);
    shape_radix(group->consumers, check_consumer, NULL);
}

void shape_stream(const robj *o) {
    stream *s = objectGetVal(o);
    Entries entries = {0};
    shape_radix(s->rax, check_listpack, &entries);
    if (entries.live != s->length)
        shape_broken("shape:stream:length", s, "the stream says it has %" PRIu64 " entries, its listpacks say %" PRIu64,
                     s->length, entries.live);
    if (s->entries_added < s->length)
        shape_broken("shape:stream:added", s, "the stream says %" PRIu64 " entries were added, it has %" PRIu64,
                     s->entries_added, s->length);
    if (s->length) check_edges(s);
    shape_radix(s->cgroups, check_group, NULL);
}

#endif
