/* SPDX-License-Identifier: BSD-3-Clause */
/* value_stream.c -- the digest of a stream: entries, groups, consumers, pending entries.
 *
 * A pending entry (NACK) is one block that two trees share, the group's and its consumer's, and it
 * points back to the consumer. Its content and its owner's name are read through the group. Through
 * each consumer it is checked that the entry is listed there under the same id and points back.
 * Sums show whether both trees have the very same blocks.
 *
 * Entries are hashed with their listpacks, deleted ones included. Limits: see value.c. */
#include "harness/structures/value_parts.h"

/* Sums over the pending entries of one group, as the group and as its consumers have them. */
typedef struct {
    uint64_t by_group, by_consumers;
    const streamConsumer *consumer; /* the one being read */
} PendingSums;

static uint64_t mix_id(uint64_t hash, streamID id) {
    return value_mix(value_mix(hash, id.ms), id.seq);
}

static uint64_t read_entries(ValueWalk *walk, uint64_t key, void *value, void *context) {
    (void)context;
    return value_listpack(walk, value, key);
}

static uint64_t read_group_pending(ValueWalk *walk, uint64_t key, void *value, void *context) {
    (void)walk;
    const streamNACK *nack = value;
    PendingSums *sums = context;
    sums->by_group += value_mix(key, value_pointer(nack));
    uint64_t hash = value_mix(value_mix(key, nack->delivery_time), nack->delivery_count);
    return value_sds(nack->consumer->name, hash);
}

static uint64_t read_consumer_pending(ValueWalk *walk, uint64_t key, void *value, void *context) {
    const streamNACK *nack = value;
    PendingSums *sums = context;
    sums->by_consumers += value_mix(key, value_pointer(nack));
    if (nack->consumer != sums->consumer) {
        value_fault(walk, "shape:stream:pending",
                    "an entry pending for one consumer of a stream points back to another");
    }
    return key;
}

static uint64_t read_consumer(ValueWalk *walk, uint64_t key, void *value, void *context) {
    const streamConsumer *consumer = value;
    PendingSums *sums = context;
    sums->consumer = consumer;
    uint64_t hash = value_mix(value_mix(key, consumer->seen_time), consumer->active_time);
    hash = value_sds(consumer->name, hash);
    return value_mix(hash, value_radix(walk, consumer->pel, read_consumer_pending, sums));
}

static uint64_t read_group(ValueWalk *walk, uint64_t key, void *value, void *context) {
    (void)context;
    const streamCG *group = value;
    PendingSums sums = {0};
    uint64_t hash = value_mix(mix_id(key, group->last_id), group->entries_read);
    hash = value_mix(hash, value_radix(walk, group->pel, read_group_pending, &sums));
    hash = value_mix(hash, value_radix(walk, group->consumers, read_consumer, &sums));
    if (sums.by_group != sums.by_consumers) {
        value_fault(walk, "shape:stream:pending", "a stream's group and its consumers have different pending entries");
    }
    return hash;
}

uint64_t value_stream(ValueWalk *walk, const stream *s) {
    uint64_t hash = value_mix(s->length, s->entries_added);
    hash = mix_id(mix_id(mix_id(hash, s->last_id), s->first_id), s->max_deleted_entry_id);
    hash = value_mix(hash, value_radix(walk, s->rax, read_entries, NULL));
    return value_mix(hash, value_radix(walk, s->cgroups, read_group, NULL));
}
