/* SPDX-License-Identifier: BSD-3-Clause */
/* inspect.c -- describes the server's state; see inspect.h.
 *
 * Limits: shows the first MOST_KEYS keys of each database, in the order of the table, and cuts long
 * names. The static state of defrag.c (stage, cursor, queue) is not visible. */
#include "harness/run/inspect.h"

#include <inttypes.h>

#include "harness/defrag/moves.h"
#include "harness/defrag/slice.h"
#include "harness/valkey/compat.h"
#include "harness/world/heap.h"

#if CHECKED_inspect

#include "harness/valkey/channels.h"

#define MOST_KEYS 50

static void write_defrag(FILE *to) {
    MovesCount count = moves_count();
    HeapStats heap = heap_stats();
    fprintf(
        to,
        "defrag      %s; %" PRIu64 " pointers asked about, %" PRIu64 " blocks moved, %" PRIu64 " old ones released\n",
        slice_running() ? "in the middle of a cycle" : "no cycle under way", count.asked, count.moved, count.released);
    fprintf(to, "memory      %" PRIu64 " live blocks of %" PRIu64 " bytes\n", (uint64_t)heap.live_blocks,
            (uint64_t)heap.live_bytes);
}

static size_t elements_of(robj *o) {
    switch (o->type) {
    case OBJ_STRING:
        return stringObjectLen(o);
    case OBJ_LIST:
        return listTypeLength(o);
    case OBJ_SET:
        return setTypeSize(o);
    case OBJ_ZSET:
        return zsetLength(o);
    case OBJ_HASH:
        return hashTypeLength(o);
    case OBJ_STREAM:
        return streamLength(o);
    }
    return 0;
}

static void write_key(robj *o, FILE *to) {
    const_sds name = objectGetKey(o);
    long long expire = objectGetExpire(o);
    fprintf(to, "  %-10s %-40.40s %s, %zu %s", getObjectTypeName(o), name, strEncoding(o->encoding), elements_of(o),
            o->type == OBJ_STRING ? "bytes" : "elements");
    if (expire >= 0) fprintf(to, ", expires at %lld ms", expire);
    fputc('\n', to);
}

static void write_keys(kvstore *keys, FILE *to) {
    size_t written = 0;
    for (int slot = compat_first_slot(keys); slot >= 0; slot = compat_next_slot(keys, slot)) {
        hashtableIterator it;
        void *entry;
        compat_walk_begin(&it, kvstoreGetHashtable(keys, slot));
        while (written < MOST_KEYS && hashtableNext(&it, &entry)) {
            write_key(entry, to);
            written++;
        }
        compat_walk_end(&it);
    }
    if (kvstoreSize(keys) > written) fprintf(to, "  ... and %llu more\n", kvstoreSize(keys) - written);
}

static void write_database(int id, FILE *to) {
    serverDb *db = compat_db(id);
    if (!db) return;
    kvstore *hashes = compat_hashes_with_ttl(db);
    fprintf(to, "database %-2d %llu keys, %llu with a TTL, %llu with fields that have one\n", id, kvstoreSize(db->keys),
            kvstoreSize(db->expires), hashes ? kvstoreSize(hashes) : 0);
    write_keys(db->keys, to);
}

static void write_client(const client *c, FILE *to) {
    char name[32] = "?";
    int port;
    if (c->conn) connAddrPeerName(c->conn, name, sizeof(name), &port);
    fprintf(to, "%-11s database %d%s%s", name, c->db->id, c->flag.multi ? ", in MULTI" : "",
            c->flag.blocked ? ", blocked" : "");
    if (c->pubsub_data) {
        fprintf(to, ", %zu channels, %zu patterns, %zu shard channels",
                compat_set_size(c->pubsub_data->pubsub_channels), compat_set_size(c->pubsub_data->pubsub_patterns),
                compat_set_size(c->pubsub_data->pubsubshard_channels));
    }
    fputc('\n', to);
}

void state_write(FILE *to) {
    write_defrag(to);
    for (int i = 0; i < server.dbnum; i++) write_database(i, to);
    listIter it;
    listNode *node;
    listRewind(server.clients, &it);
    while ((node = listNext(&it))) write_client(listNodeValue(node), to);
}

#else

void state_write(FILE *to) {
    fputs("state       not known of this server\n", to);
}

#endif
