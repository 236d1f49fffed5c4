/* SPDX-License-Identifier: BSD-3-Clause */
/* wait.c -- clients that wait for the module, with private data and a timeout, for a word or for a
 * key; and timers. Each handle is given back, also when the client is gone or its time is up.
 *
 * Limits: at most WAITING clients wait for a word. */
#include "harness/module/parts.h"

#define WAITING 16

static ValkeyModuleBlockedClient *waiting[WAITING];
static int nwaiting;

/* --- for a word */

static int reply_word(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    (void)argv, (void)argc;
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
    (void)ctx;
    ValkeyModule_FreeString(NULL, word);
}

/* A script and a transaction cannot wait. */
static bool may_wait(ValkeyModuleCtx *ctx) {
    int cannot = VALKEYMODULE_CTX_FLAGS_LUA | VALKEYMODULE_CTX_FLAGS_MULTI | VALKEYMODULE_CTX_FLAGS_DENY_BLOCKING;
    return !(ValkeyModule_GetContextFlags(ctx) & cannot);
}

static int run_wait(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    long long ms;
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    if (!sample_time(ctx, argv[1], &ms)) return VALKEYMODULE_OK;
    if (!may_wait(ctx) || nwaiting == WAITING) return ValkeyModule_ReplyWithNull(ctx);
    ValkeyModuleBlockedClient *client = ValkeyModule_BlockClient(ctx, reply_word, give_up, free_word, ms);
    if (!client) return VALKEYMODULE_OK; /* the server has replied that it cannot wait */
    ValkeyModule_SetDisconnectCallback(client, disconnected);
    waiting[nwaiting++] = client;
    return VALKEYMODULE_OK;
}

/* Gives the word to the client that has waited longest. */
static int run_wake(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    if (nwaiting == 0) return ValkeyModule_ReplyWithLongLong(ctx, 0);
    ValkeyModuleBlockedClient *client = waiting[0];
    forget(client);
    ValkeyModule_UnblockClient(client, ValkeyModule_HoldString(NULL, argv[1]));
    return ValkeyModule_ReplyWithLongLong(ctx, 1);
}

/* --- for a key */

/* Asked when the key may have become ready. */
static int reply_key(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    (void)argc;
    ValkeyModuleString *item = sample_pages_first(ctx, argv[1]);
    return item ? ValkeyModule_ReplyWithString(ctx, item) : VALKEYMODULE_ERR;
}

static int give_up_key(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    (void)argv, (void)argc;
    return ValkeyModule_ReplyWithNull(ctx);
}

static int run_wait_key(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    long long ms;
    if (argc != 3) return ValkeyModule_WrongArity(ctx);
    if (!sample_time(ctx, argv[2], &ms)) return VALKEYMODULE_OK;
    ValkeyModuleString *item = sample_pages_first(ctx, argv[1]);
    if (item) return ValkeyModule_ReplyWithString(ctx, item);
    if (!may_wait(ctx)) return ValkeyModule_ReplyWithNull(ctx);
    ValkeyModule_BlockClientOnKeys(ctx, reply_key, give_up_key, free_word, ms, &argv[1], 1,
                                   ValkeyModule_HoldString(NULL, argv[1]));
    return VALKEYMODULE_OK;
}

/* --- timers */

typedef struct {
    ValkeyModuleString *name, *text;
} Later;

static void remember(ValkeyModuleCtx *ctx, void *data) {
    Later *later = data;
    (void)ctx;
    sample_remember(later->name, later->text);
    ValkeyModule_FreeString(NULL, later->name);
    ValkeyModule_FreeString(NULL, later->text);
    ValkeyModule_Free(later);
}

static int run_later(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    long long ms;
    if (argc != 4) return ValkeyModule_WrongArity(ctx);
    if (!sample_time(ctx, argv[1], &ms)) return VALKEYMODULE_OK;
    Later *later = ValkeyModule_Alloc(sizeof(*later));
    *later = (Later){ValkeyModule_HoldString(NULL, argv[2]), ValkeyModule_HoldString(NULL, argv[3])};
    ValkeyModule_CreateTimer(ctx, ms, remember, later);
    return ValkeyModule_ReplyWithSimpleString(ctx, "OK");
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
        {0}};
    nwaiting = 0;
    return sample_add_commands(ctx, commands);
}
