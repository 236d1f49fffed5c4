/* SPDX-License-Identifier: BSD-3-Clause */
/* gap.c -- why the targets of a field never move; see gap.h.
 *
 * Two tables, taken from the sources of Valkey 9.1 and 8.1. A row of the first is about a field, or
 * many, and one sort of targets: blocks of a function whose other blocks move. A row of the second
 * is about a function none of whose blocks move.
 *
 * Limits: a pointer that defrag should have updated is hidden if its field and target have a row
 * for another reason. The first row that fits counts as used, also if a later one would fit too. */
#include "harness/reach/gap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/base/valkey_name.h"
#include "harness/server/birth.h"

#define ANY OTHER_PREFIX("")
#define GLOBAL OTHER_PREFIX("global")
#define WAITS "defrag waits while a module may hold pointers"

static const struct {
    FunctionPrefix holder;
    const char *field; /* how its name begins */
    FunctionPrefix target;
    const char *reason;
    const char *only; /* the series whose seeds need the row; NULL: each */
} gaps[] = {
    /* networking.c: the only block of this function that becomes a value is a big argument, which
     * was read into a buffer of its own. */
    {VALKEY_PREFIX("createClient"), "client.argv", ANY, "an array of arguments is not a value", NULL},
    {VALKEY_PREFIX("createClient"), "client.original_argv", ANY, "an array of arguments is not a value", NULL},
    {VALKEY_PREFIX("createClient"), "client.querybuf", ANY, "a query buffer is not a value", NULL},
    {VALKEY_PREFIX("parseMultibulkBuffer"), "parsedCommand.argv", ANY, "an array of arguments is not a value", "9.1"},
    {VALKEY_PREFIX("rewriteClientCommandVector"), "", ANY, "an array of arguments is not a value", NULL},
    {VALKEY_PREFIX("queueMultiCommand"), "multiCmd.argv", ANY, "an array of arguments is not a value", NULL},
    /* defrag.c, activeDefragStringOb: moves only what has one reference. */
    {ANY, "robj *[]", ANY, "an argument that is a value too has two references", NULL},
    {VALKEY_PREFIX("commandlogCreateEntry"), "[]", ANY, "a logged argument that is a value too has two references",
     NULL},
    {VALKEY_PREFIX("watchForKey"), "watchedKey.key", ANY, "the name of a watched key is not the key's object", NULL},
    {GLOBAL, "shared", ANY, "a shared object has many references", NULL},
    {GLOBAL, "TrackingChannelName", ANY, "the name of a channel is shared", NULL},
    {GLOBAL, "lua_args_cached_objects", ANY, "an argument is cached only if no value shares it", "8.1"},
    /* defrag.c, defragLuaScripts: does nothing while a script runs. */
    {VALKEY_PREFIX("createClient"), "client.cur_script", ANY, "no script moves while one runs", NULL},
    /* eval.c, evalActiveDefragScript: moves a script's own block only. */
    {ANY, "", VALKEY_PREFIX("VM_Alloc"), "part of the scripting engine: no stage", "9.1"},
    {ANY, "", VALKEY_PREFIX("luaEngineCompileCode"), "the engine's part of a script is not moved", "8.1"},
    {VALKEY_PREFIX("luaFunctionRegisterFunction"), "", ANY, "the name of a function: no stage", "8.1"},
    {VALKEY_PREFIX("VM_Alloc"), "+16", ANY, "part of the scripting engine: no stage", "9.1"},
    {VALKEY_PREFIX("functionLibCreateFunction"), "functionInfo.compiled_function", ANY,
     "part of the scripting engine: no stage", "9.1"},
    /* module.c, moduleMayHoldPointers (our fix). */
    {VALKEY_PREFIX("VM_OpenKey"), "", ANY, WAITS, NULL},
    {VALKEY_PREFIX("VM_StreamIteratorStart"), "", ANY, WAITS, NULL},
    {VALKEY_PREFIX("listTypeInitIterator"), "", ANY, WAITS, NULL},
    {VALKEY_PREFIX("quicklistGetIterator"), "", ANY, WAITS, NULL},
    {VALKEY_PREFIX("moduleCreateArgvFromUserFormat"), "", ANY, "an argument that is a value too has two references",
     NULL},
    {VALKEY_PREFIX("moduleBlockClient"), "", ANY, "clients: no stage", NULL},
    /* pages.c of the sample module. */
    {GLOBAL, "resume", ANY, "who moves that page writes it", NULL},
    /* defrag.c, defragQuicklist: moves the list and its nodes. */
    {VALKEY_PREFIX("quicklistBookmarkCreate"), "quicklist.bookmarks", ANY, "the name of a bookmark is not moved", NULL},
    /* defrag.c, defragStagePubsubKvstore: of channels, only the server's own tables. */
    {VALKEY_PREFIX("initClientPubSubData"), "", ANY, "clients: no stage", NULL},
    {VALKEY_PREFIX("initClientBlockingState"), "", ANY, "clients: no stage", "8.1"},
    {VALKEY_PREFIX("createClient"), "client.name", ANY, "clients: no stage", NULL},
    {VALKEY_PREFIX("watchForKey"), "[]", ANY, "clients: no stage", "9.1"},
    {VALKEY_PREFIX("enableBcastTrackingForPrefix"), "", ANY, "client tracking: no stage", NULL},
    {VALKEY_PREFIX("createClusterNode"), "", ANY, "the cluster: no stage", "9.1"},
    {VALKEY_PREFIX("clusterInit"), "", ANY, "the cluster: no stage", "8.1"},
    {VALKEY_PREFIX("functionsLibCtxCreate"), "", ANY, "functions: no stage", "8.1"},
    {VALKEY_PREFIX("engineLibraryCreate"), "", ANY, "functions: no stage", "8.1"},
    {VALKEY_PREFIX("kvstoreCreate"), "kvstore.importing", ANY, "part of the store itself", "9.1"},
    {VALKEY_PREFIX("initServer"), "", VALKEY_PREFIX("dictCreate"), "waiting and watching clients: no stage", "8.1"},
    {GLOBAL, "", VALKEY_PREFIX("raxNew"), "a tree of the server's own: no stage", NULL},
    {GLOBAL, "", VALKEY_PREFIX("dictCreate"), "a table of the server's own: no stage", "8.1"},
    {GLOBAL, "server", VALKEY_PREFIX("hashtableCreate"), "the command table: no stage", NULL},
};

static const struct {
    FunctionPrefix target;
    const char *reason;
    const char *only;
} fixed[] = {
    {VALKEY_PREFIX("ACL"), "users: no stage", NULL},
    /* A set's own is resized with its first member. */
    {VALKEY_PREFIX("intsetNew"), "users: no stage", "9.1"},
    {VALKEY_PREFIX("addDefragStage"), "defrag's own", NULL},
    {VALKEY_PREFIX("defrag"), "defrag's own", NULL},
    {VALKEY_PREFIX("ae"), "the event loop: no stage", NULL},
    {VALKEY_PREFIX("_addReply"), "what a client has not read: no stage", NULL},
    {VALKEY_PREFIX("aof"), "persistence: no stage", NULL},
    {VALKEY_PREFIX("rdbRegisterAuxField"), "persistence: no stage", NULL},
    {VALKEY_PREFIX("rdbSaveLzf"), "persistence: no stage", NULL},
    {VALKEY_PREFIX("catSubCommandFullname"), "the command table: no stage", NULL},
    {VALKEY_PREFIX("populateCommandTable"), "the command table: no stage", NULL},
    {VALKEY_PREFIX("cluster"), "the cluster: no stage", NULL},
    {VALKEY_PREFIX("createClusterNode"), "the cluster: no stage", NULL},
    {VALKEY_PREFIX("commandlogCreateEntry"), "the command log: no stage", NULL},
    {VALKEY_PREFIX("createShared"), "a shared object has many references", NULL},
    {VALKEY_PREFIX("createStreamIDString"), "an argument, not a value", NULL},
    /* clients */
    {VALKEY_PREFIX("backupAndUpdateClientArgv"), "clients: no stage", NULL},
    {VALKEY_PREFIX("clientsCron"), "clients: no stage", NULL},
    {VALKEY_PREFIX("createClient"), "clients: no stage", NULL},
    {VALKEY_PREFIX("getClient"), "clients: no stage", NULL},
    {VALKEY_PREFIX("initClient"), "clients: no stage", NULL},
    {VALKEY_PREFIX("initSharedQueryBuf"), "clients: no stage", NULL},
    {OTHER_PREFIX("memory_create"), "clients: no stage", NULL},
    {VALKEY_PREFIX("parseMultibulkBuffer"), "clients: no stage", "9.1"},
    {VALKEY_PREFIX("queueMultiCommand"), "clients: no stage", NULL},
    {VALKEY_PREFIX("rewriteClientCommandVector"), "clients: no stage", NULL},
    {VALKEY_PREFIX("readToQueryBuf"), "clients: no stage", NULL},
    {VALKEY_PREFIX("watchForKey"), "clients: no stage", NULL},
    {VALKEY_PREFIX("enable"), "client tracking: no stage", NULL},
    {VALKEY_PREFIX("tracking"), "client tracking: no stage", NULL},
    /* databases */
    {VALKEY_PREFIX("createDatabase"), "part of the store itself", "9.1"},
    {VALKEY_PREFIX("kvstoreCreate"), "part of the store itself", NULL},
    {VALKEY_PREFIX("evictionPoolAlloc"), "the eviction pool: no stage", NULL},
    {VALKEY_PREFIX("dict"), "a dict and its tables are not moved", NULL},
    {VALKEY_PREFIX("createEntryNoValue"), "a dict without values: no stage", "8.1"},
    {VALKEY_PREFIX("list"), "a list of the server's own: no stage", NULL},
    /* configuration and statistics */
    {VALKEY_PREFIX("getAbsolutePath"), "configuration: no stage", NULL},
    {VALKEY_PREFIX("init"), "configuration: no stage", NULL},
    {VALKEY_PREFIX("registerConfigValue"), "configuration: no stage", NULL},
    {VALKEY_PREFIX("stringConfig"), "configuration: no stage", NULL},
    {OTHER_PREFIX("valkey_server_main"), "configuration: no stage", NULL},
    {VALKEY_PREFIX("incrementErrorCount"), "statistics: no stage", NULL},
    /* scripts, functions, modules */
    {VALKEY_PREFIX("engineLibraryCreate"), "functions: no stage", NULL},
    {VALKEY_PREFIX("function"), "functions: no stage", NULL},
    {VALKEY_PREFIX("libraryLink"), "functions: no stage", NULL},
    {VALKEY_PREFIX("luaFunctionRegisterFunction"), "functions: no stage", "8.1"},
    {VALKEY_PREFIX("luaRegisterFunction"), "functions: no stage", "8.1"},
    {VALKEY_PREFIX("scriptsLRUAdd"), "the eviction list of scripts is not moved", NULL},
    {VALKEY_PREFIX("scriptingEngine"), "the scripting engine: no stage", NULL},
    {VALKEY_PREFIX("createEngineContext"), "the scripting engine: no stage", "8.1"},
    {VALKEY_PREFIX("ldbInit"), "the scripting engine: no stage", "8.1"},
    {VALKEY_PREFIX("luaArgsToServerArgv"), "the scripting engine: no stage", "8.1"},
    {OTHER_PREFIX("l_alloc"), "the scripting engine: no stage", NULL},
    {OTHER_PREFIX("strbuf_init"), "the scripting engine: no stage", NULL},
    {VALKEY_PREFIX("quicklistGetIterator"), WAITS, NULL},
    {VALKEY_PREFIX("VM_"), "modules: no stage", "9.1"},
    {VALKEY_PREFIX("module"), "modules: no stage", NULL},
};

static bool used_gap[COUNT_OF(gaps)], used_fixed[COUNT_OF(fixed)];

static bool begins(const char *name, FunctionPrefix prefix) {
    return valkey_name_begins(name, &prefix, 1);
}

const char *gap_reason(const char *holder, const char *field, const char *target) {
    for (int i = 0; i < COUNT_OF(gaps); i++) {
        if (!begins(holder, gaps[i].holder) || !begins(target, gaps[i].target)) continue;
        if (strncmp(field, gaps[i].field, strlen(gaps[i].field)) != 0) continue;
        used_gap[i] = true;
        return gaps[i].reason;
    }
    return "";
}

const char *gap_fixed(const char *target) {
    for (int i = 0; i < COUNT_OF(fixed); i++) {
        if (!begins(target, fixed[i].target)) continue;
        used_fixed[i] = true;
        return fixed[i].reason;
    }
    return "";
}

/* Should the row have been used with this server? */
static bool is_due(const char *only) {
    return !only || strncmp(birth_version(), only, strlen(only)) == 0;
}

const char *gap_unused(int *row) {
    static char text[160];
    while (*row < COUNT_OF(gaps)) {
        int i = (*row)++;
        if (used_gap[i] || !is_due(gaps[i].only)) continue;
        snprintf(text, sizeof(text), "%s, %s, %s: %s", gaps[i].holder.text, gaps[i].field, gaps[i].target.text,
                 gaps[i].reason);
        return text;
    }
    while (*row < COUNT_OF(gaps) + COUNT_OF(fixed)) {
        int i = (*row)++ - COUNT_OF(gaps);
        if (used_fixed[i] || !is_due(fixed[i].only)) continue;
        snprintf(text, sizeof(text), "%s: %s", fixed[i].target.text, fixed[i].reason);
        return text;
    }
    return NULL;
}
