/* SPDX-License-Identifier: BSD-3-Clause */
/* rewrite.c -- writes the data set as commands and loads it back; see rewrite.h.
 *
 * As DEBUG LOADAOF does (debug.c, debugCommand), with a file that was just written
 * (rewriteAppendOnlyFile). The base is written as commands too, not as an RDB file.
 *
 * Limits: does nothing while a client tracks keys, when a hash has more than MOST_IN_ORDER fields
 * with a TTL, and where the probe has switched it off. */
#include "harness/server/rewrite.h"

#include "harness/finding/finding.h"
#include "harness/valkey/compat.h"
#include "harness/valkey/databases.h"
#include "harness/valkey/fields.h"
#include "harness/world/heap.h"

#if CHECKED_rewrite

/* In aof.c; no header declares them. */
int rewriteAppendOnlyFile(char *filename);
int loadSingleAppendOnlyFile(char *filename);

#define FILE_NAME "commands.aof"

static bool write_commands(void) {
    int preamble = server.aof_use_rdb_preamble;
    sds path = makePath(server.aof_dirname, FILE_NAME);
    server.aof_use_rdb_preamble = 0;
    bool written = dirCreateIfMissing(server.aof_dirname) == 0 && rewriteAppendOnlyFile(path) == C_OK;
    server.aof_use_rdb_preamble = preamble;
    sdsfree(path);
    return written;
}

static bool load_commands(void) {
    emptyData(-1, EMPTYDB_NO_FLAGS, NULL);
    startLoading(0, RDBFLAGS_AOF_PREAMBLE, 0);
    int status = loadSingleAppendOnlyFile(FILE_NAME);
    stopLoading(status == AOF_OK);
    return status == AOF_OK || status == AOF_EMPTY;
}

/* A key of which tracking clients will get word is kept with the address of the client that changed
 * it, to spare that one (tracking.c, trackingRememberKeyToBroadcast): a client that only loads. */
static bool is_tracked(void) {
    return server.tracking_clients > 0;
}

/* Fields with a TTL are written by the order of their set, and more than this many of nearly the
 * same time are in it by their addresses (vset.c, VOLATILESET_VECTOR_BUCKET_MAX_SIZE): the hash
 * that is loaded would have an order that depends on where its fields were. */
#define MOST_IN_ORDER 127

static void count_field(const void *field, void *context) {
    (void)field;
    (*(int *)context)++;
}

static bool is_out_of_order(const robj *hash) {
    int fields = 0;
    if (hash->encoding == OBJ_ENCODING_HASHTABLE) compat_each_volatile_field(hash, count_field, &fields);
    return fields > MOST_IN_ORDER;
}

static bool has_one_out_of_order(hashtable *hashes) {
    hashtableIterator it;
    void *entry;
    bool found = false;
    compat_walk_begin(&it, hashes);
    while (!found && hashtableNext(&it, &entry)) found = is_out_of_order(entry);
    compat_walk_end(&it);
    return found;
}

static bool is_any_out_of_order(void) {
    for (int id = 0; id < server.dbnum; id++) {
        serverDb *db = compat_db(id);
        kvstore *store = db ? compat_hashes_with_ttl(db) : NULL;
        for (int slot = store ? compat_first_slot(store) : -1; slot >= 0; slot = compat_next_slot(store, slot)) {
            hashtable *hashes = kvstoreGetHashtable(store, slot);
            if (hashes && has_one_out_of_order(hashes)) return true;
        }
    }
    return false;
}

void rewrite_data(void) {
    if (is_tracked() || is_any_out_of_order()) return;
    long long dirty = server.dirty;
    bool loaded = write_commands() && load_commands();
    server.dirty = dirty;
    if (!loaded && !heap_exhausted())
        finding_report("rewrite:failed", NULL, "the data set could not be written as commands and loaded back");
}

#else

void rewrite_data(void) {
}

#endif
