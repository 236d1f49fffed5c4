/* SPDX-License-Identifier: BSD-3-Clause */
/* wait.c -- clients that wait for the module, with private data and a timeout, for a word or for a
 * key; and timers. Each handle is given back, also when the client is gone or its time is up.
 *
 * Limits: at most WAITING clients wait for a word. */
#include "harness/module/parts.h"

#define WAITING 3

static ValkeyModuleBlockedClient *waiting[WAITING];
static int nwaiting;
static long long gone; /* clients that were closed while they waited; nothing depends on it */

/* --- for a word */

static int reply_word(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    (void)argv, (void)argc;
    ValkeyModule_Assert(ValkeyModule_IsBlockedReplyRequest(ctx));
    return ValkeyModule_ReplyWithString(ctx, ValkeyModule_GetBlockedClientPrivateData(ctx));
}

/* Forgets a client that does not wait any more. */
static void forget(const ValkeyModuleBlockedClient *client) {
    int kept = 0;
    for (int i = 0; i < nwaiting; i++) {
        if (waiting[i] != client) waiting[kept++] = waiting[i];
    }
    for (int i = kept; i < nwaiting; i++) waiting[i] = NULL;
    nwaiting = kept;
}

static int give_up(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    (void)argv, (void)argc;
    ValkeyModuleBlockedClient *client = ValkeyModule_GetBlockedClientHandle(ctx);
    forget(client);
    ValkeyModule_UnblockClient(client, NULL);
    return ValkeyModule_ReplyWithNull(ctx);
}

static void disconnected(ValkeyModuleCtx *ctx, ValkeyModuleBlockedClient *client) {
    (void)ctx;
    forget(client);
    ValkeyModule_UnblockClient(client, NULL);
}

static void free_word(ValkeyModuleCtx *ctx, void *word) {
    gone += ValkeyModule_BlockedClientDisconnected(ctx);
    ValkeyModule_FreeString(NULL, word);
}

/* A script and a transaction cannot wait: the server replies so, and gives a handle without a
 * client. */
static bool is_refused(ValkeyModuleCtx *ctx) {
    return ValkeyModule_GetContextFlags(ctx) & (VALKEYMODULE_CTX_FLAGS_LUA | VALKEYMODULE_CTX_FLAGS_MULTI);
}

/* Nor can a command that a module calls, and there nobody but the module takes care. */
static bool may_ask(ValkeyModuleCtx *ctx) {
    return is_refused(ctx) || !(ValkeyModule_GetContextFlags(ctx) & VALKEYMODULE_CTX_FLAGS_DENY_BLOCKING);
}

static int reply_cannot(ValkeyModuleCtx *ctx) {
    return ValkeyModule_ReplyWithError(ctx, "ERR this client cannot wait");
}

static int run_wait(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    long long ms;
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    if (!sample_number(ctx, argv[1], "time", 0, INT64_MAX, &ms)) return VALKEYMODULE_OK;
    if (!may_ask(ctx)) return reply_cannot(ctx);
    bool full = nwaiting == WAITING;
    ValkeyModuleBlockedClient *client = ValkeyModule_BlockClient(ctx, reply_word, give_up, free_word, full ? 0 : ms);
    if (!client) return reply_cannot(ctx); /* it has subscribed */
    if (is_refused(ctx)) return ValkeyModule_AbortBlock(client);
    if (full) {
        ValkeyModule_AbortBlock(client);
        return ValkeyModule_ReplyWithError(ctx, "ERR too many clients wait");
    }
    ValkeyModule_SetDisconnectCallback(client, disconnected);
    ValkeyModule_BlockedClientMeasureTimeStart(client);
    waiting[nwaiting++] = client;
    return VALKEYMODULE_OK;
}

/* Gives the word to the client that has waited longest. */
static void wake(ValkeyModuleString *word) {
    ValkeyModuleBlockedClient *client = waiting[0];
    forget(client);
    ValkeyModule_BlockedClientMeasureTimeEnd(client);
    ValkeyModule_BlockClientSetPrivateData(client, ValkeyModule_HoldString(NULL, word));
    ValkeyModule_UnblockClient(client, ValkeyModule_BlockClientGetPrivateData(client));
}

/* --- for a key */

static ValkeyModuleBlockedClient *latest; /* of those that wait for a key; or NULL */

/* Asked when the key may have become ready, or was deleted, and when the time is up. */
static int reply_key(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    (void)argv, (void)argc;
    if (ValkeyModule_IsBlockedTimeoutRequest(ctx)) return ValkeyModule_ReplyWithNull(ctx);
    ValkeyModuleString *name = ValkeyModule_GetBlockedClientReadyKey(ctx);
    ValkeyModuleString *item = sample_pages_first(ctx, name);
    if (item) return ValkeyModule_ReplyWithString(ctx, item);
    if (ValkeyModule_KeyExists(ctx, name)) return VALKEYMODULE_ERR;
    return ValkeyModule_ReplyWithNull(ctx);
}

static void free_name(ValkeyModuleCtx *ctx, void *name) {
    if (latest && ValkeyModule_BlockClientGetPrivateData(latest) == name) latest = NULL;
    free_word(ctx, name);
}

static int run_wait_key(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    long long ms;
    if (argc != 3) return ValkeyModule_WrongArity(ctx);
    if (!sample_time(ctx, argv[2], &ms)) return VALKEYMODULE_OK;
    ValkeyModuleString *item = sample_pages_first(ctx, argv[1]);
    if (item) return ValkeyModule_ReplyWithString(ctx, item);
    if (!may_ask(ctx)) return reply_cannot(ctx);
    ValkeyModuleString *name = ValkeyModule_CreateStringFromString(NULL, argv[1]);
    ValkeyModuleBlockedClient *client = ValkeyModule_BlockClientOnKeysWithFlags(
        ctx, reply_key, reply_key, free_name, ms, &argv[1], 1, name, VALKEYMODULE_BLOCK_UNBLOCK_DELETED);
    if (client && !is_refused(ctx)) {
        latest = client;
        return VALKEYMODULE_OK;
    }
    if (client) return ValkeyModule_AbortBlock(client);
    ValkeyModule_FreeString(NULL, name);
    return reply_cannot(ctx);
}

/* WORD: wakes the client that has waited longest for one, or else the latest that waits for a key:
 * its time is up then. */
static int run_wake(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    bool any = nwaiting > 0 || latest;
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    if (nwaiting > 0)
        wake(argv[1]);
    else if (latest)
        ValkeyModule_UnblockClient(latest, NULL);
    return ValkeyModule_ReplyWithLongLong(ctx, any);
}

/* --- timers */

typedef struct {
    ValkeyModuleString *name, *text;
} Later;

/* The timer that was made last. Only the server knows whether it is still there. */
static ValkeyModuleTimerID timer;

static void free_later(Later *later) {
    ValkeyModule_FreeString(NULL, later->name);
    ValkeyModule_FreeString(NULL, later->text);
    ValkeyModule_Free(later);
}

static void remember(ValkeyModuleCtx *ctx, void *data) {
    Later *later = data;
    (void)ctx;
    sample_remember(later->name, later->text);
    free_later(later);
}

static int run_later(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    long long ms;
    if (argc != 4) return ValkeyModule_WrongArity(ctx);
    if (!sample_time(ctx, argv[1], &ms)) return VALKEYMODULE_OK;
    Later *later = ValkeyModule_Alloc(sizeof(*later));
    *later = (Later){ValkeyModule_HoldString(NULL, argv[2]), ValkeyModule_HoldString(NULL, argv[3])};
    timer = ValkeyModule_CreateTimer(ctx, ms, remember, later);
    return ValkeyModule_ReplyWithSimpleString(ctx, "OK");
}

/* Stops the timer that was made last: 1 if it was still there. */
static int run_never(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    void *later = NULL, *stopped = NULL;
    uint64_t left;
    (void)argv;
    if (argc != 1) return ValkeyModule_WrongArity(ctx);
    bool is_there = ValkeyModule_GetTimerInfo(ctx, timer, &left, &later) == VALKEYMODULE_OK;
    bool is_stopped = ValkeyModule_StopTimer(ctx, timer, &stopped) == VALKEYMODULE_OK;
    ValkeyModule_Assert(is_there == is_stopped && later == stopped);
    if (is_stopped) free_later(later);
    return ValkeyModule_ReplyWithLongLong(ctx, is_stopped);
}

int sample_load_wait(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.wait", "readonly blocking", run_wait, 2, SAMPLE_INFO(NULL, SAMPLE_ARG("milliseconds", INTEGER))},
        {"sample.wake", "readonly fast", run_wake, 2, SAMPLE_INFO(NULL, SAMPLE_ARG("value", STRING))},
        {"sample.pageswait", "readonly blocking", run_wait_key, 3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY, SAMPLE_ARG("milliseconds", INTEGER))},
        {"sample.later", "write deny-oom", run_later, 4,
         SAMPLE_INFO(NULL, SAMPLE_ARG("milliseconds", INTEGER), SAMPLE_ARG("name", STRING),
                     SAMPLE_ARG("value", STRING))},
        {"sample.never", "write fast", run_never, 1, NULL},
        {0}};
    nwaiting = 0;
    gone = 0;
    latest = NULL;
    timer = 0;
    return sample_add_commands(ctx, commands);
}
