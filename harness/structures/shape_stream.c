/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_stream.c -- is a stream well-formed? See shape.h.
 *
 * Entries are in listpacks, each stored under the id of its first entry. A listpack begins with the
 * number of its live and of its deleted entries. Valkey's stream iterator finds the first and the
 * last entry. It allocates nothing here, since all keys have 16 bytes.
 *
 * Limits: single entries are not parsed, since a move copies listpacks as they are and value.c
 * compares the bytes. */
#include "harness/structures/shape.h"

#include "harness/world/heap.h"

typedef struct {
    uint64_t live;
} Entries;

static void check_listpack(const unsigned char *key, size_t len, void *value, void *context) {
    (void)key;
    Entries *entries = context;
    unsigned char *lp = value, *first = lp ? lpFirst(lp) : NULL;
    if (len != sizeof(streamID) || !first)
        shape_broken("shape:stream:node", lp, "a node of the stream has no entries, or a key of %zu bytes", len);
    if (lpBytes(lp) > heap_usable_size(lp))
        shape_broken("shape:stream:node", lp, "a listpack is longer than its block");
    unsigned length;
    long long live = 0;
    if (lpGetValue(first, &length, &live))
        shape_broken("shape:stream:node", lp, "a listpack does not begin with a count");
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

void shape_stream(stream *s) {
    Entries entries = {0};
    shape_radix(s->rax, check_listpack, &entries);
    if (entries.live != s->length)
        shape_broken("shape:stream:length", s, "the stream says it has %" PRIu64 " entries, its listpacks say %" PRIu64,
                     s->length, entries.live);
    if (s->length) check_edges(s);
    shape_radix(s->cgroups, check_group, NULL);
}
