/* SPDX-License-Identifier: BSD-3-Clause */
/* canary.c -- breaks things on purpose; see canary.h. */
#include "harness/oracles/canary.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/defrag/moves.h"
#include "harness/finding/finding.h"
#include "harness/module/sample.h"
#include "harness/oracles/table.h"
#include "harness/server/client.h"
#include "harness/structures/shape.h"
#include "harness/valkey/compat.h"
#include "harness/world/heap.h"
#include "harness/world/jobs.h"
#include "harness/world/world.h"

static bool change_a_value WORLD, lose_a_block WORLD;
static volatile int sink;

static void read_freed(void) {
    char *block = zmalloc(40);
    zfree(block);
    sink = *(volatile char *)block;
}

static void read_beyond(void) {
    char *block = zmalloc(40);
    sink = ((volatile char *)block)[heap_usable_size(block)];
}

static void overflow_int(void) {
    volatile int most = 0x7fffffff;
    sink = most + 1;
}

static void free_twice(void) {
    void *block = zmalloc(40);
    zfree(block);
    zfree(block);
}

static void *kept WORLD;

/* As a command that forgets a pointer. */
static void keep_released(void) {
    kept = zmalloc(40);
    zfree(kept);
}

static void lose_block(void) {
    sink = (int)(uintptr_t)zmalloc(40);
}

/* Depends on something outside of the world, so that runs of one stream in one process differ. */
static void append_from_outside(void) {
    static bool odd;
    odd = !odd;
    client_admin_say("append", "canary", odd ? "one" : "two", NULL);
}

/* The page after a block's, too. */
static void give_back_too_much(void) {
    char *block;
    if (heap_memalign((void **)&block, 4096, 4096) == 0) heap_madvise(block, 8192, MADV_DONTNEED);
}

static void hang(void) {
    for (;;) usleep(1000);
}

static void fail_assertion(void) {
    serverAssert(server.dbnum == 0);
}

static void give_up(void) {
    serverPanic("a canary");
}

static void fail_harness(void) {
    finding_harness("a canary");
}

static void append_otherwise(void) {
    client_admin_say("append", "canary", moves_are_in_place() ? "two" : "one", NULL);
}

/* Compares a released block's address with a new one, as a server must not. */
static void append_by_address(void) {
    uintptr_t old = (uintptr_t)zmalloc(40);
    zfree((void *)old);
    void *block = zmalloc(40);
    bool same = (uintptr_t)block == old;
    zfree(block);
    client_admin_say("append", "canary", same ? "two" : "one", NULL);
}

/* Says the encoding of a small hash, as a reply may not. */
static void append_by_limits(void) {
    client_admin_say("append", "canary", server.hash_max_listpack_entries < 16 ? "two" : "one", NULL);
}

static void append_by_protocol(void) {
    client_admin_say("append", "canary", client_spoken() == 3 ? "two" : "one", NULL);
}

/* Says whether anything has changed since the last save. */
static void append_by_save(void) {
    client_admin_say("append", "canary", server.dirty == 0 ? "two" : "one", NULL);
}

/* Says whether there was a transaction. */
static void append_by_transaction(void) {
    client_admin_say("append", "canary", lookupCommandByCString("exec")->calls > 0 ? "two" : "one", NULL);
}

/* used_memory counts a block that was freed by other means than zfree. */
static void free_uncounted(void) {
    heap_counted_free(zmalloc(40));
}

/* An object waits to be freed, and its job is lost. */
static void lose_job(void) {
    jobs_hold();
    client_admin_say("set", "canary", "x", NULL);
    client_admin_say("flushall", "async", NULL);
    jobs_lose();
    jobs_run();
}

static void change_value_later(void) {
    change_a_value = true;
}

static void lose_block_later(void) {
    lose_a_block = true;
}

/* Some client, after a reply to it. */
static client *replied_client(void) {
    client_admin_say("ping", NULL);
    return listNodeValue(listFirst(server.clients));
}

static void reply_again(void) {
    addReply(replied_client(), shared.ok);
    client_settle();
}

static void push_within_array(void) {
    static const char push[] = ">1\r\n+canary\r\n";
    client *c = replied_client();
    addReplyArrayLen(c, 2);
    addReplyProto(c, push, sizeof(push) - 1);
    client_settle();
}

/* A defrag callback of the sample module moves an entry, and forgets one of two references. */
static void forget_field(void) {
    client_admin_say("sample.tableset", "canary", "field", "value", NULL);
    sample_forget_once();
}

static const CanaryRow rows[] = {
    {"asan", NULL, "asan:heap-use-after-free", .act = read_freed},
    {"overflow", NULL, "asan:heap-buffer-overflow", .act = read_beyond},
    {"ubsan", NULL, "ubsan:", .act = overflow_int},
    {"assert", NULL, "assert:", .act = fail_assertion},
    {"panic", NULL, "panic:", .act = give_up},
    {"free", NULL, "heap:", .act = free_twice},
    {"pages", NULL, "heap:", .act = give_back_too_much},
    {"stale", NULL, "heap:", .move = MOVES_EARLY},
    {"module", &oracle_refs, "refs:VM_Calloc:VM_Alloc", .act = forget_field},
    {"value", &oracle_value, "value:", .act = change_value_later},
    {"account", &oracle_account, "account:more", .act = lose_block_later},
    {"used", &oracle_account, "account:used", .act = free_uncounted},
    {"pending", &oracle_account, "account:pending", .act = lose_job},
    {"kept", &oracle_moves, "account:kept", .move = MOVES_LOSE},
    {"refs", &oracle_refs, "refs:global", .move = MOVES_KEEP},
    {"refs-command", &oracle_refs, "refs:global", .act = keep_released},
    {"leak", &oracle_leaks, "account:leak", .act = lose_block},
    {"shape-list", &oracle_shape, "shape:list:bookmark", .structure = "list"},
#if HAVE_ORDERED_INDEX
    {"shape-zset", &oracle_shape, "shape:zset:order", .structure = "zset"},
#else
    {"shape-zset", &oracle_shape, "shape:zset:span", .structure = "zset"},
#endif
#ifdef HAVE_PrivateLuaFunction
    {"shape-lua", &oracle_shape, "shape:lua:number", .structure = "lua"},
#endif
    {"shape-module", &oracle_shape, "shape:module:count", .structure = "module"},
    {"shape-table", &oracle_shape, "shape:table:hash", .structure = "table"},
    {"shape-store", &oracle_shape, "shape:store:count", .structure = "store"},
    {"shape-buckets", &oracle_shape, "shape:store:buckets", .structure = "buckets"},
    {"shape-overhead", &oracle_shape, "shape:store:overhead", .structure = "overhead"},
#ifdef HAVE_PrivateStore_importing_key_count
    {"shape-importing", &oracle_shape, "shape:store:importing", .structure = "importing"},
#endif
    {"shape-stream", &oracle_shape, "shape:stream:first", .structure = "stream"},
    {"shape-radix", &oracle_shape, "shape:radix:memory", .structure = "radix"},
#if HAVE_DICT_IS_HASHTABLE
    {"shape-dict", &oracle_shape, "shape:table:paused", .structure = "dict"},
#else
    {"shape-dict", &oracle_shape, "shape:dict:paused", .structure = "dict"},
#endif
#if HAVE_FIELD_TTLS
    {"shape-fields", &oracle_shape, "shape:fields:order", .structure = "fields"},
#endif
    {"shape-pubsub", &oracle_shape, "shape:pubsub:references", .structure = "pubsub"},
    {"shape-script", &oracle_shape, "shape:script:node", .structure = "script"},
    {"replies", &oracle_replies, "replies:count:", .act = reply_again},
    {"replies-form", &oracle_replies, "replies:form:", .act = push_within_array},
    {"shape-script-memory", &oracle_shape, "shape:script:memory", .structure = "script-memory"},
    {"shape-function", &oracle_shape, "shape:function:memory", .structure = "function"},
    {"shape-client", &oracle_shape, "shape:client:watching", .structure = "client"},
    {"shape-client-arguments", &oracle_shape, "shape:client:arguments", .structure = "client-arguments"},
    {"shape-client-memory", &oracle_shape, "shape:client:memory", .structure = "client-memory"},
    {"shape-listpack", &oracle_shape, "shape:listpack:count", .structure = "listpack"},
    {"slice", &oracle_progress, "progress:slice", .move = MOVES_STUCK},
    {"stretch", &oracle_progress, "progress:stretch", .move = MOVES_LONG},
    {"cycle", &oracle_progress, "progress:cycle", .move = MOVES_AGAIN},
    {"twin", &oracle_twin, "twin:", .act = append_otherwise},
    {"reuse", &oracle_reuse, "reuse:", .act = append_by_address},
    {"limits", &oracle_limits, "limits:", .act = append_by_limits},
    {"protocol", &oracle_protocol, "protocol:", .act = append_by_protocol},
    {"saved", &oracle_saved, "saved:", .act = append_by_save},
    {"transaction", &oracle_transaction, "transaction:", .act = append_by_transaction},
    {"world", &oracle_twin, "twin:", .act = append_from_outside},
    {"harness", NULL, "exit status 3", .act = fail_harness},
    {"hang", NULL, "exit status 4", .act = hang},
    {0},
};

const CanaryRow *canary_rows(void) {
    return rows;
}

bool canary_trigger(const char *name) {
    const CanaryRow *row = rows;
    while (row->name && strcmp(row->name, name) != 0) row++;
    if (!row->name) return false;
    if (row->act) row->act();
    if (row->move) moves_canary(row->move);
    if (row->structure) shape_break(row->structure, client_admin_say);
    return true;
}

void canary_during_defrag(void) {
    if (lose_a_block) {
        lose_a_block = false;
        lose_block();
    }
    if (!change_a_value) return;
    change_a_value = false;
    client_admin_say("append", "canary", "x", NULL);
}
