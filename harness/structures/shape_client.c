/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_client.c -- do the server's counts of clients match the clients? See shape.h.
 *
 * Counts and lists change together with a client's flags, so these are always equal:
 * - clients by id (clientsIndex: linkClient, unlinkClient);
 * - blocked clients, in all and by type (blockClient, unblockClient); those of modules are in
 *   the count by type only; the lists of postponed clients and of those that wait for replicas;
 *   time-outs (addClientToTimeoutTable, removeClientFromTimeoutTable);
 * - clients that track, watch, subscribe, monitor, were just unblocked, wait for a write or for
 *   their end;
 * - memory by type of client: the sum of what each client remembers as counted
 *   (updateClientMemoryUsage). What a client has now is another number: it is measured in cron,
 *   or with each command when maxmemory-clients is set;
 * - the same for the buckets of clients by memory, when there are such
 *   (updateClientMemUsageAndBucket);
 * - bytes of a client's reply list, and of the arguments of its command (parsed: networking.c,
 *   parseMultibulk; rewritten: rewriteClientCommandArgument);
 * - keys of the tracking table, and the clients of each.
 *
 * The arguments that a transaction has queued are counted when they are queued
 * (queueMultiCommand). EXEC may rewrite them, so while it runs the sum is not compared. Its own
 * argument is its name. With the fix 0032 it stays the only one that is counted as the client's;
 * without it, the difference that a rewrite makes is added there.
 *
 * Limits: the memory that a client has is not measured again. Clients of modules and of scripts
 * are in none of the lists. The broadcast table of tracking is keyed by address and not read. */
#include "harness/structures/shape.h"
#include "harness/valkey/compat.h"

#if CHECKED_shape_client

#include "harness/valkey/channels.h"

extern rax *TrackingTable;

/* What the clients say. */
typedef struct {
    size_t clients, blocked, by_type[BLOCKED_NUM], timeouts;
    size_t tracking, watching, subscribing, monitors, unblocked, writing, closing;
    size_t memory[CLIENT_TYPE_COUNT];
} Sums;

static void compare(const char *signature, const char *what, unsigned long long counted, size_t met) {
    if (counted != met) shape_broken(signature, NULL, "the server counts %llu %s, there are %zu", counted, what, met);
}

static void check_reply(const client *c) {
    unsigned long long bytes = 0;
    for (const listNode *node = c->reply->head; node; node = node->next) {
        const clientReplyBlock *block = node->value;
        if (!block) continue; /* the length of an array that is not known yet */
        if (block->used > block->size)
            shape_broken("shape:client:reply", block, "client %llu has a reply of %zu bytes in a block of %zu",
                         (unsigned long long)c->id, block->used, block->size);
        bytes += block->size;
    }
    if (bytes != c->reply_bytes)
        shape_broken("shape:client:reply", c, "client %llu counts %llu bytes of replies and has %llu",
                     (unsigned long long)c->id, c->reply_bytes, bytes);
}

/* EXEC gives its client the arguments of one queued command after the other. */
static bool in_exec(const client *c) {
    return server.in_exec && c->flag.multi && c->flag.deny_blocking;
}

static size_t argument_bytes(robj *const *argv, int argc) {
    size_t bytes = 0;
    for (int i = 0; i < argc; i++) bytes += stringObjectLen(argv[i]);
    return bytes;
}

static void check_arguments(const client *c) {
    size_t bytes = in_exec(c) ? sdslen(c->lastcmd->current_name) : argument_bytes(c->argv, c->argc);
    if (bytes != c->argv_len_sum)
        shape_broken("shape:client:arguments", c, "client %llu counts %zu bytes of arguments and has %zu",
                     (unsigned long long)c->id, c->argv_len_sum, bytes);
}

static void check_queue(const client *c) {
    size_t bytes = 0;
    for (int i = 0; i < c->mstate->count; i++) {
        const multiCmd *command = &c->mstate->commands[i];
        bytes += argument_bytes(command->argv, command->argc) + sizeof(robj *) * command->argc;
    }
    if (!server.in_exec && bytes != c->mstate->argv_len_sums)
        shape_broken("shape:client:queue", c, "client %llu counts %zu bytes in queued commands and has %zu",
                     (unsigned long long)c->id, c->mstate->argv_len_sums, bytes);
}

static void check_watched(const client *c) {
#if HAVE_WATCHED_KEYS_BY_DB
    size_t keys = 0;
    for (int i = 0; c->mstate->watched_keys_by_db && i < server.dbnum; i++) {
        hashtable *table = c->mstate->watched_keys_by_db[i];
        if (!table) continue;
        shape_table(table, NULL, NULL);
        keys += hashtableSize(table);
    }
    if (keys != listLength(&c->mstate->watched_keys))
        shape_broken("shape:client:watched", c, "client %llu watches %lu keys, its tables have %zu",
                     (unsigned long long)c->id, listLength(&c->mstate->watched_keys), keys);
#else
    (void)c;
#endif
}

static void check_subscriptions(client *c) {
    const ClientPubSubData *data = c->pubsub_data;
    bool subscribes = data && compat_set_size(data->pubsub_channels) + compat_set_size(data->pubsub_patterns) +
                                      compat_set_size(data->pubsubshard_channels) >
                                  0;
    if (subscribes != c->flag.pubsub)
        shape_broken("shape:client:pubsub", c, "client %llu %s, and is%s in the mode of such clients",
                     (unsigned long long)c->id, subscribes ? "subscribes to something" : "subscribes to nothing",
                     c->flag.pubsub ? "" : " not");
}

static void add_client(Sums *sums, client *c) {
    sums->clients++;
    sums->blocked += c->flag.blocked && !c->flag.module;
    if (c->flag.blocked) sums->by_type[c->bstate->btype]++;
    sums->timeouts += c->flag.in_to_table;
    sums->tracking += c->flag.tracking;
    sums->watching += c->mstate && listLength(&c->mstate->watched_keys) > 0;
    sums->subscribing += c->flag.pubsub;
    sums->monitors += c->flag.monitor;
    sums->unblocked += c->flag.unblocked;
    sums->writing += c->flag.pending_write;
    sums->closing += c->flag.close_asap;
    sums->memory[c->last_memory_type] += c->last_memory_usage;
    check_reply(c);
    check_arguments(c);
    check_subscriptions(c);
    if (!c->mstate) return;
    check_queue(c);
    check_watched(c);
}

static void check_counts(const Sums *sums) {
    compare("shape:client:count", "clients by id", raxSize(server.clients_index), sums->clients);
    compare("shape:client:blocked", "blocked clients", server.blocked_clients, sums->blocked);
    for (int i = 0; i < BLOCKED_NUM; i++)
        compare("shape:client:blocked", "blocked clients of a type", server.blocked_clients_by_type[i],
                sums->by_type[i]);
    compare("shape:client:blocked", "postponed clients", listLength(server.postponed_clients),
            sums->by_type[BLOCKED_POSTPONE]);
    compare("shape:client:blocked", "clients that wait for replicas", listLength(server.clients_waiting_acks),
            sums->by_type[BLOCKED_WAIT]);
    compare("shape:client:blocked", "time-outs", raxSize(server.clients_timeout_table), sums->timeouts);
    compare("shape:client:tracking", "clients that track", server.tracking_clients, sums->tracking);
    compare("shape:client:watching", "clients that watch", server.watching_clients, sums->watching);
    compare("shape:client:pubsub", "clients that subscribe", server.pubsub_clients, sums->subscribing);
    compare("shape:client:list", "clients that monitor", listLength(server.monitors), sums->monitors);
    compare("shape:client:list", "clients just unblocked", listLength(server.unblocked_clients), sums->unblocked);
    compare("shape:client:list", "clients to write to", listLength(server.clients_pending_write), sums->writing);
    compare("shape:client:list", "clients to close", listLength(server.clients_to_close), sums->closing);
}

/* --- memory */

static void check_bucket(const clientMemUsageBucket *bucket) {
    size_t bytes = 0;
    shape_list_linked(bucket->clients, "the clients of a bucket");
    for (const listNode *node = bucket->clients->head; node; node = node->next) {
        const client *c = node->value;
        if (c->mem_usage_bucket != bucket || c->mem_usage_bucket_node != node)
            shape_broken("shape:client:bucket", c, "client %llu is in a bucket to which it does not belong",
                         (unsigned long long)c->id);
        bytes += c->last_memory_usage;
    }
    compare("shape:client:bucket", "bytes of the clients in a bucket", bucket->mem_usage_sum, bytes);
}

static void check_memory(const Sums *sums) {
    for (int i = 0; i < CLIENT_TYPE_COUNT; i++)
        compare("shape:client:memory", "bytes of a type of clients", server.stat_clients_type_memory[i],
                sums->memory[i]);
    for (int i = 0; server.client_mem_usage_buckets && i < CLIENT_MEM_USAGE_BUCKETS; i++)
        check_bucket(&server.client_mem_usage_buckets[i]);
}

/* --- tracking */

static void add_tracked(const unsigned char *key, size_t len, void *value, void *context) {
    (void)key, (void)len;
    const rax *ids = value;
    shape_radix(ids, NULL, NULL);
    *(size_t *)context += ids->numele;
}

static void check_tracking(void) {
    size_t ids = 0;
    shape_radix(TrackingTable, add_tracked, &ids);
    if (CHECKED_shape_radix) compare("shape:client:tracked", "tracked keys of clients", trackingGetTotalItems(), ids);
}

void shape_client(void) {
    Sums sums = {0};
    shape_at("the clients", NULL, -1);
    for (const listNode *node = server.clients->head; node; node = node->next) add_client(&sums, node->value);
    if (server.cached_primary)
        sums.memory[server.cached_primary->last_memory_type] += server.cached_primary->last_memory_usage;
    check_counts(&sums);
    check_memory(&sums);
    check_tracking();
}

#endif
