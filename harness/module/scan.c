/* SPDX-License-Identifier: BSD-3-Clause */
/* scan.c -- scans of all keys, or of a value: that yield at each thing they meet, that add keys,
 * that delete what they meet.
 *
 * Limits: a callback writes new keys, or the current one, and no other. */
#include "harness/module/parts.h"

#define MOST_ADDED 1000

static void scan_keys(ValkeyModuleCtx *ctx, ValkeyModuleScanCB met, void *context) {
    ValkeyModuleScanCursor *cursor = ValkeyModule_ScanCursorCreate();
    while (ValkeyModule_Scan(ctx, cursor, met, context)) continue;
    ValkeyModule_ScanCursorDestroy(cursor);
}

/* --- a scan that yields */

/* One key, or one element, of a scan: counted, then others' turn. */
typedef struct {
    ValkeyModuleCtx *ctx;
    long long count;
} Scan;

static void scanned_key(ValkeyModuleCtx *ctx, ValkeyModuleString *name, ValkeyModuleKey *key, void *context) {
    Scan *scan = context;
    (void)name, (void)key;
    if (scan->count++ < SAMPLE_MOST_YIELDS) sample_yield(ctx);
}

static void scanned_element(ValkeyModuleKey *key, ValkeyModuleString *field, ValkeyModuleString *value, void *context) {
    Scan *scan = context;
    (void)key, (void)field, (void)value;
    if (scan->count++ < SAMPLE_MOST_YIELDS) sample_yield(scan->ctx);
}

static int run_scan(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    Scan scan = {.ctx = ctx};
    (void)argv;
    if (argc != 1) return ValkeyModule_WrongArity(ctx);
    scan_keys(ctx, scanned_key, &scan);
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
    if (!sample_number(ctx, argv[1], "number of keys", 0, MOST_ADDED, &adding.keys)) return VALKEYMODULE_OK;
    call_for_added(ctx, "DEL", NULL, adding.keys);
    scan_keys(ctx, scanned_adds, &adding);
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
    scan_keys(ctx, scanned_delete, NULL);
    return ValkeyModule_ReplyWithLongLong(ctx, (long long)ValkeyModule_DbSize(ctx));
}

int sample_load_scan(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.scan", "readonly", run_scan, 1, NULL},
        {"sample.scanadd", "write deny-oom no-cluster", run_scan_add, 2,
         SAMPLE_INFO(NULL, SAMPLE_ARG("count", INTEGER))},
        {"sample.scandelete", "write no-cluster", run_scan_delete, 1, NULL},
        {"sample.scankey", "readonly", run_scan_key, 2, SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY)},
        {0}};
    return sample_add_commands(ctx, commands);
}
