/* SPDX-License-Identifier: BSD-3-Clause */
/* rewrite.c -- writes the data set as commands and loads it back; see rewrite.h.
 *
 * As DEBUG LOADAOF does (debug.c, debugCommand), with a file that was just written
 * (rewriteAppendOnlyFile). The base is written as commands too, not as an RDB file.
 *
 * Limits: does nothing while a client tracks keys, when fields with a TTL would be written in an
 * order of addresses, and where the probe has switched it off. */
#include "harness/server/rewrite.h"

#include "harness/finding/finding.h"
#include "harness/server/field_ttls.h"
#include "harness/valkey/compat.h"
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

void rewrite_data(void) {
    if (is_tracked() || field_ttls_are_by_address()) return;
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
