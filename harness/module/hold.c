/* SPDX-License-Identifier: BSD-3-Clause */
/* hold.c -- commands that keep a key open while the server does other work: between yields, while a
 * script runs that they call, and inside of a scan; and scans that add keys, or delete them.
 *
 * A key that is open has pointers to its value, and so have an iterator and a string that was
 * accessed in place. The interface says that they are valid until the key is closed or written to.
 *
 * A yield lets the server work when busy-reply-threshold has passed since the last one, so it must
 * be lower than the work between two yields, 10 ms.
 *
 * Limits: only scans write while a key is open: new keys, or that one. A set has no iterator in the
 * interface. */
#include "harness/module/parts.h"

#include <unistd.h>

#define REST_US 10000 /* of work between two yields */
#define MOST_YIELDS 100
#define MOST_ADDED 1000

/* A key that is open, and what is kept of its value. */
typedef struct {
    ValkeyModuleKey *key;
    const char *bytes; /* of a string */
    size_t len;
    bool iterates; /* of a sorted set or a stream */
    long index;    /* of the next element of a list */
} Held;

/* --- what is kept, by the type of the value */

static void begin_string(Held *held) {
    held->bytes = ValkeyModule_StringDMA(held->key, &held->len, VALKEYMODULE_READ);
}

static void read_string(ValkeyModuleCtx *ctx, Held *held) {
    ValkeyModule_ReplyWithStringBuffer(ctx, held->bytes, held->len < 64 ? held->len : 64);
}

static void read_list(ValkeyModuleCtx *ctx, Held *held) {
    ValkeyModuleString *element = ValkeyModule_ListGet(held->key, held->index++);
    if (!element) {
        ValkeyModule_ReplyWithNull(ctx);
        return;
    }
    ValkeyModule_ReplyWithString(ctx, element);
    ValkeyModule_FreeString(ctx, element);
}

static void read_hash(ValkeyModuleCtx *ctx, Held *held) {
    ValkeyModuleString *value = NULL;
    ValkeyModule_HashGet(held->key, VALKEYMODULE_HASH_CFIELDS, "f1", &value, NULL);
    if (!value) {
        ValkeyModule_ReplyWithLongLong(ctx, (long long)ValkeyModule_ValueLength(held->key));
        return;
    }
    ValkeyModule_ReplyWithString(ctx, value);
    ValkeyModule_FreeString(ctx, value);
}

static void read_length(ValkeyModuleCtx *ctx, Held *held) {
    ValkeyModule_ReplyWithLongLong(ctx, (long long)ValkeyModule_ValueLength(held->key));
}

static void begin_zset(Held *held) {
    int status = ValkeyModule_ZsetFirstInScoreRange(held->key, VALKEYMODULE_NEGATIVE_INFINITE,
                                                    VALKEYMODULE_POSITIVE_INFINITE, 0, 0);
    held->iterates = status == VALKEYMODULE_OK;
}

static void read_zset(ValkeyModuleCtx *ctx, Held *held) {
    double score;
    if (!held->iterates || ValkeyModule_ZsetRangeEndReached(held->key)) {
        ValkeyModule_ReplyWithNull(ctx);
        return;
    }
    ValkeyModuleString *element = ValkeyModule_ZsetRangeCurrentElement(held->key, &score);
    ValkeyModule_ReplyWithString(ctx, element);
    ValkeyModule_FreeString(ctx, element);
    ValkeyModule_ZsetRangeNext(held->key);
}

static void end_zset(Held *held) {
    if (held->iterates) ValkeyModule_ZsetRangeStop(held->key);
}

static void begin_stream(Held *held) {
    held->iterates = ValkeyModule_StreamIteratorStart(held->key, 0, NULL, NULL) == VALKEYMODULE_OK;
}

static void read_stream(ValkeyModuleCtx *ctx, Held *held) {
    ValkeyModuleStreamID id;
    ValkeyModuleString *field, *value;
    long fields;
    if (!held->iterates || ValkeyModule_StreamIteratorNextID(held->key, &id, &fields) != VALKEYMODULE_OK) {
        ValkeyModule_ReplyWithNull(ctx);
        return;
    }
    ValkeyModule_ReplyWithLongLong(ctx, (long long)id.ms);
    while (ValkeyModule_StreamIteratorNextField(held->key, &field, &value) == VALKEYMODULE_OK) {
        ValkeyModule_FreeString(ctx, field);
        ValkeyModule_FreeString(ctx, value);
    }
}

static void end_stream(Held *held) {
    if (held->iterates) ValkeyModule_StreamIteratorStop(held->key);
}

static const struct {
    int type;
    void (*begin)(Held *held);                      /* or NULL */
    void (*read)(ValkeyModuleCtx *ctx, Held *held); /* replies with one element */
    void (*end)(Held *held);                        /* or NULL */
} kinds[] = {
    {VALKEYMODULE_KEYTYPE_STRING, begin_string, read_string, NULL},
    {VALKEYMODULE_KEYTYPE_LIST, NULL, read_list, NULL},
    {VALKEYMODULE_KEYTYPE_HASH, NULL, read_hash, NULL},
    {VALKEYMODULE_KEYTYPE_SET, NULL, read_length, NULL},
    {VALKEYMODULE_KEYTYPE_ZSET, begin_zset, read_zset, end_zset},
    {VALKEYMODULE_KEYTYPE_STREAM, begin_stream, read_stream, end_stream},
    {VALKEYMODULE_KEYTYPE_MODULE, NULL, read_length, NULL},
};

static int kind_of(const ValkeyModuleKey *key) {
    int type = ValkeyModule_KeyType((ValkeyModuleKey *)key);
    for (int i = 0; i < (int)(sizeof(kinds) / sizeof(kinds[0])); i++) {
        if (kinds[i].type == type) return i;
    }
    return -1;
}

/* --- commands */

/* Opens the key, reads, lets `work` happen, reads again, as often as asked. */
static int hold(ValkeyModuleCtx *ctx, ValkeyModuleString *name, long long times,
                void (*work)(ValkeyModuleCtx *ctx, void *context), void *context) {
    Held held = {.key = ValkeyModule_OpenKey(ctx, name, VALKEYMODULE_READ)};
    int kind = kind_of(held.key);
    if (kind < 0) {
        ValkeyModule_CloseKey(held.key);
        return ValkeyModule_ReplyWithNull(ctx);
    }
    if (kinds[kind].begin) kinds[kind].begin(&held);
    ValkeyModule_ReplyWithArray(ctx, (long)times + 1);
    kinds[kind].read(ctx, &held);
    for (long long i = 0; i < times; i++) {
        work(ctx, context);
        kinds[kind].read(ctx, &held);
    }
    if (kinds[kind].end) kinds[kind].end(&held);
    ValkeyModule_CloseKey(held.key);
    return VALKEYMODULE_OK;
}

void sample_yield(ValkeyModuleCtx *ctx) {
    usleep(REST_US);
    ValkeyModule_Yield(ctx, VALKEYMODULE_YIELD_FLAG_CLIENTS, NULL);
}

static void yield(ValkeyModuleCtx *ctx, void *context) {
    (void)context;
    sample_yield(ctx);
}

static int run_hold(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    long long times;
    if (argc != 3) return ValkeyModule_WrongArity(ctx);
    if (ValkeyModule_StringToLongLong(argv[2], &times) == VALKEYMODULE_ERR || times < 0 || times > MOST_YIELDS)
        return ValkeyModule_ReplyWithError(ctx, "ERR the number of yields is not a number from 0 to 100");
    return hold(ctx, argv[1], times, yield, NULL);
}

/* A script that may not write. */
static void evaluate(ValkeyModuleCtx *ctx, void *script) {
    ValkeyModuleCallReply *reply = ValkeyModule_Call(ctx, "EVAL_RO", "sc", script, "0");
    if (reply) ValkeyModule_FreeCallReply(reply);
}

static int run_hold_script(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    if (argc != 3) return ValkeyModule_WrongArity(ctx);
    return hold(ctx, argv[1], 1, evaluate, argv[2]);
}

/* --- scans */

/* One key, or one element, of a scan: counted, then others' turn. */
typedef struct {
    ValkeyModuleCtx *ctx;
    long long count;
} Scan;

static void scanned_key(ValkeyModuleCtx *ctx, ValkeyModuleString *name, ValkeyModuleKey *key, void *context) {
    Scan *scan = context;
    (void)name, (void)key;
    if (scan->count++ < MOST_YIELDS) sample_yield(ctx);
}

static void scanned_element(ValkeyModuleKey *key, ValkeyModuleString *field, ValkeyModuleString *value, void *context) {
    Scan *scan = context;
    (void)key, (void)field, (void)value;
    if (scan->count++ < MOST_YIELDS) sample_yield(scan->ctx);
}

static int run_scan(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    Scan scan = {.ctx = ctx};
    (void)argv;
    if (argc != 1) return ValkeyModule_WrongArity(ctx);
    ValkeyModuleScanCursor *cursor = ValkeyModule_ScanCursorCreate();
    while (ValkeyModule_Scan(ctx, cursor, scanned_key, &scan)) continue;
    ValkeyModule_ScanCursorDestroy(cursor);
    return ValkeyModule_ReplyWithLongLong(ctx, scan.count);
}

static int run_scan_key(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    Scan scan = {.ctx = ctx};
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    ValkeyModuleKey *key = ValkeyModule_OpenKey(ctx, argv[1], VALKEYMODULE_READ);
    ValkeyModuleScanCursor *cursor = ValkeyModule_ScanCursorCreate();
    while (ValkeyModule_ScanKey(key, cursor, scanned_element, &scan)) continue;
    ValkeyModule_ScanCursorDestroy(cursor);
    ValkeyModule_CloseKey(key);
    return ValkeyModule_ReplyWithLongLong(ctx, scan.count);
}

/* --- a scan that adds keys */

/* The first key that is met adds as many others as asked. */
typedef struct {
    long long keys;
    bool added;
} Adding;

/* Calls a command for each key that a scan may add; with an argument unless it is NULL. */
static void call_for_added(ValkeyModuleCtx *ctx, const char *command, const char *argument, long long keys) {
    for (long long i = 0; i < keys; i++) {
        ValkeyModuleString *name = ValkeyModule_CreateStringPrintf(ctx, "added%lld", i);
        ValkeyModuleCallReply *reply = ValkeyModule_Call(ctx, command, argument ? "!sc" : "!s", name, argument);
        if (reply) ValkeyModule_FreeCallReply(reply);
        ValkeyModule_FreeString(ctx, name);
    }
}

static void scanned_adds(ValkeyModuleCtx *ctx, ValkeyModuleString *name, ValkeyModuleKey *key, void *context) {
    Adding *adding = context;
    (void)name, (void)key;
    if (adding->added) return;
    adding->added = true;
    call_for_added(ctx, "SET", "v", adding->keys);
}

/* COUNT: replies with the number of all keys. Those that an earlier call has added are removed
 * before the scan, because in a callback no other key than the current one may be replaced. */
static int run_scan_add(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    Adding adding = {0};
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    if (ValkeyModule_StringToLongLong(argv[1], &adding.keys) == VALKEYMODULE_ERR || adding.keys < 0 ||
        adding.keys > MOST_ADDED)
        return ValkeyModule_ReplyWithError(ctx, "ERR the number of keys is not a number from 0 to 1000");
    call_for_added(ctx, "DEL", NULL, adding.keys);
    ValkeyModuleScanCursor *cursor = ValkeyModule_ScanCursorCreate();
    while (ValkeyModule_Scan(ctx, cursor, scanned_adds, &adding)) continue;
    ValkeyModule_ScanCursorDestroy(cursor);
    return ValkeyModule_ReplyWithLongLong(ctx, (long long)ValkeyModule_DbSize(ctx));
}

/* --- a scan that deletes what it meets */

static void scanned_delete(ValkeyModuleCtx *ctx, ValkeyModuleString *name, ValkeyModuleKey *key, void *context) {
    (void)key, (void)context;
    ValkeyModuleCallReply *reply = ValkeyModule_Call(ctx, "DEL", "!s", name);
    if (reply) ValkeyModule_FreeCallReply(reply);
}

static int run_scan_delete(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    (void)argv;
    if (argc != 1) return ValkeyModule_WrongArity(ctx);
    ValkeyModuleScanCursor *cursor = ValkeyModule_ScanCursorCreate();
    while (ValkeyModule_Scan(ctx, cursor, scanned_delete, NULL)) continue;
    ValkeyModule_ScanCursorDestroy(cursor);
    return ValkeyModule_ReplyWithLongLong(ctx, (long long)ValkeyModule_DbSize(ctx));
}

int sample_load_hold(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.hold", "readonly", run_hold, 3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY, SAMPLE_ARG("yields", INTEGER))},
        {"sample.holdscript", "readonly no-cluster", run_hold_script, 3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY, SAMPLE_ARG("script", STRING))},
        {"sample.scan", "readonly", run_scan, 1, NULL},
        {"sample.scanadd", "write deny-oom no-cluster", run_scan_add, 2,
         SAMPLE_INFO(NULL, SAMPLE_ARG("count", INTEGER))},
        {"sample.scandelete", "write no-cluster", run_scan_delete, 1, NULL},
        {"sample.scankey", "readonly", run_scan_key, 2, SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY)},
        {0}};
    return sample_add_commands(ctx, commands);
}
