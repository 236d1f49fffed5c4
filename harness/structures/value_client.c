/* SPDX-License-Identifier: BSD-3-Clause */
/* value_client.c -- the digests of what clients refer to: subscriptions, watched keys, keys they
 * wait for, tracked keys, queued commands.
 *
 * Most of these references are stored twice, in the client and in the server, and a move has to
 * update both. Both are read, so a stale pointer in either is found, and each has its own digest. A
 * client is identified by its id, never by its address, and a key or channel by its name.
 *
 * Whether a client is postponed (CLIENT PAUSE) is not read: any reading of the time can end the
 * pause, and a scan of a hash with field TTLs reads it, in defrag too (networking.c,
 * isPausedActionsWithUpdate).
 *
 * Not seen: the table of keys that became ready within a command (empty between commands), the
 * tables of time-outs and of broadcast prefixes (their keys are client addresses), query buffers
 * and replies. */
#include "harness/structures/value_parts.h"

#if CHECKED_value_client

#include "harness/valkey/channels.h"

/* Client-side caching, tracking.c: key name -> radix tree of client ids (8 bytes each). NULL when
 * no client tracks. Absent in a server that keeps it elsewhere. */
extern __attribute__((weak)) rax *TrackingTable;

static void sum_string_object(ValueWalk *walk, void *entry, void *context) {
    (void)walk;
    *(uint64_t *)context += value_string(entry, 0);
}

static void sum_client(ValueWalk *walk, void *entry, void *context) {
    (void)walk;
    const client *c = entry;
    *(uint64_t *)context += value_mix(1, c->id);
}

static uint64_t sum_radix_key(ValueWalk *walk, uint64_t key, void *value, void *context) {
    (void)walk, (void)value, (void)context;
    return value_mix(key, 1);
}

static void add_named(ValueWalk *walk, ThingKind kind, const robj *name, uint64_t digest) {
    char digits[LONG_STR_SIZE];
    Thing thing = {.kind = kind, .database = walk->database};
    thing.name = value_text(name, digits, &thing.len);
    value_add(walk, &thing, digest);
}

/* --- what one client holds */

static uint64_t read_subscriptions(ValueWalk *walk, const ClientPubSubData *data) {
    uint64_t channels = 0, patterns = 0, shards = 0;
    value_set(walk, data->pubsub_channels, sum_string_object, &channels);
    value_set(walk, data->pubsub_patterns, sum_string_object, &patterns);
    value_set(walk, data->pubsubshard_channels, sum_string_object, &shards);
    uint64_t prefixes = value_radix(walk, data->client_tracking_prefixes, sum_radix_key, NULL);
    uint64_t hash = value_mix(value_mix(channels, patterns), shards);
    return value_mix(value_mix(hash, prefixes), data->client_tracking_redirection);
}

static uint64_t read_queued(const multiState *state) {
    uint64_t hash = state->count;
    for (int i = 0; i < state->count; i++) {
        const multiCmd *command = &state->commands[i];
        hash = value_mix(hash, command->argc);
        for (int j = 0; j < command->argc; j++) hash = value_string(command->argv[j], hash);
    }
    return hash;
}

static uint64_t read_watching(ValueWalk *walk, const client *c) {
    uint64_t sum = 0;
    unsigned long met = 0;
    for (const listNode *node = c->mstate->watched_keys.head; node; node = node->next) {
        const PrivateWatchedKey *watched = node->value;
        if (++met > c->mstate->watched_keys.len) break;
        if (watched->client != c)
            value_fault(walk, "shape:watch:client", "a key that a client watches belongs to another client");
        sum += value_string(watched->key, value_mix(watched->db->id, watched->expired));
    }
    if (met != c->mstate->watched_keys.len)
        value_fault(walk, "shape:watch:count", "a client's list of watched keys has a wrong count");
    return sum;
}

static void sum_key(ValueWalk *walk, const dictEntry *entry, void *context) {
    (void)walk;
    *(uint64_t *)context += value_string(dictGetKey(entry), 0);
}

static bool is_postponed(const client *c) {
    return c->bstate && c->bstate->btype == BLOCKED_POSTPONE;
}

static uint64_t read_blocked(ValueWalk *walk, const blockingState *state) {
    uint64_t keys = 0;
    if (state->btype == BLOCKED_NONE || state->btype == BLOCKED_POSTPONE) return 0;
    value_dict(walk, state->keys, sum_key, &keys);
    uint64_t hash = value_mix(value_mix(state->btype, state->timeout), state->unblock_on_nokey);
    return value_mix(hash, keys);
}

static uint64_t read_flags(const client *c) {
    return (uint64_t)c->flag.multi | (uint64_t)c->flag.dirty_cas << 1 | (uint64_t)c->flag.dirty_exec << 2 |
           (uint64_t)(c->flag.blocked && !is_postponed(c)) << 3 | (uint64_t)c->flag.tracking << 4 |
           (uint64_t)c->flag.tracking_bcast << 5;
}

static void read_client(ValueWalk *walk, const client *c) {
    uint64_t hash = value_mix(c->db ? c->db->id : 0, read_flags(c));
    if (c->name) hash = value_string(c->name, hash);
    if (c->pubsub_data) hash = value_mix(hash, read_subscriptions(walk, c->pubsub_data));
    if (c->mstate) hash = value_mix(value_mix(hash, read_queued(c->mstate)), read_watching(walk, c));
    if (c->bstate) hash = value_mix(hash, read_blocked(walk, c->bstate));
    Thing thing = {.kind = THING_CLIENT, .number = c->id};
    value_add(walk, &thing, hash);
}

/* --- what the server has about clients */

static void read_channel(ValueWalk *walk, void *entry, void *context) {
    const ThingKind *kind = context;
    uint64_t clients = 0;
    CompatSet *subscribers = entry;
    value_set(walk, subscribers, sum_client, &clients);
    add_named(walk, *kind, compat_channel_name(subscribers), clients);
}

static void read_pattern(ValueWalk *walk, const dictEntry *entry, void *context) {
    (void)context;
    uint64_t clients = 0;
    CompatSet *subscribers = dictGetVal(entry);
    value_set(walk, subscribers, sum_client, &clients);
    add_named(walk, THING_PATTERN, dictGetKey(entry), clients);
}

static uint64_t read_tracked(ValueWalk *walk, uint64_t key, void *value, void *context) {
    (void)context;
    return value_mix(key, value_radix(walk, value, sum_radix_key, NULL));
}

static void read_tracking_table(ValueWalk *walk) {
    if (&TrackingTable == NULL || TrackingTable == NULL) return;
    Thing thing = {.kind = THING_TRACKING};
    value_add(walk, &thing, value_radix(walk, TrackingTable, read_tracked, NULL));
}

void value_clients(ValueWalk *walk) {
    walk->database = 0;
    unsigned long met = 0;
    for (const listNode *node = server.clients->head; node && met <= server.clients->len; node = node->next, met++) {
        read_client(walk, node->value);
    }
    if (met != server.clients->len) value_fault(walk, "shape:client:count", "the list of clients has a wrong count");
    ThingKind channel = THING_CHANNEL, shard = THING_SHARD;
    value_store(walk, server.pubsub_channels, read_channel, &channel);
    value_store(walk, server.pubsubshard_channels, read_channel, &shard);
    value_dict(walk, server.pubsub_patterns, read_pattern, NULL);
    read_tracking_table(walk);
}

/* The next two lists are queues: the order of clients is data. */

static void read_watched(ValueWalk *walk, const dictEntry *entry, void *context) {
    (void)context;
    const list *watchers = dictGetVal(entry);
    uint64_t hash = 0;
    unsigned long met = 0;
    for (const listNode *node = watchers->head; node && met <= watchers->len; node = node->next, met++) {
        const PrivateWatchedKey *watched = (const PrivateWatchedKey *)node;
        hash = value_mix(value_mix(hash, watched->client->id), watched->expired);
    }
    if (met != watchers->len)
        value_fault(walk, "shape:watch:count", "a watched key's list of clients has a wrong count");
    add_named(walk, THING_WATCHED, dictGetKey(entry), hash);
}

static void read_blocking(ValueWalk *walk, const dictEntry *entry, void *context) {
    (void)context;
    const list *waiting = dictGetVal(entry);
    uint64_t hash = 0;
    unsigned long met = 0;
    for (const listNode *node = waiting->head; node && met <= waiting->len; node = node->next, met++) {
        hash = value_mix(hash, ((const client *)node->value)->id);
    }
    if (met != waiting->len)
        value_fault(walk, "shape:blocked:count", "a blocking key's list of clients has a wrong count");
    add_named(walk, THING_BLOCKED, dictGetKey(entry), hash);
}

static void read_blocking_on_nokey(ValueWalk *walk, const dictEntry *entry, void *context) {
    (void)context;
    add_named(walk, THING_BLOCKED, dictGetKey(entry), value_mix(1, dictGetUnsignedIntegerVal(entry)));
}

void value_waiting(ValueWalk *walk, serverDb *db) {
    value_dict(walk, db->watched_keys, read_watched, NULL);
    value_dict(walk, db->blocking_keys, read_blocking, NULL);
    value_dict(walk, db->blocking_keys_unblock_on_nokey, read_blocking_on_nokey, NULL);
}

#endif
