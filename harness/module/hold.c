/* SPDX-License-Identifier: BSD-3-Clause */
/* hold.c -- commands that keep a key open while the server does other work: between yields, and
 * while a script runs that they call.
 *
 * A key that is open has pointers to its value, and so have an iterator and a string that was
 * accessed in place. The interface says that they are valid until the key is closed or written to.
 *
 * A yield lets the server work when busy-reply-threshold has passed since the last one, so it must
 * be lower than the work between two yields, 10 ms.
 *
 * SAMPLE.REST yields without a key, also while the server loads.
 *
 * Limits: nothing is written while a key is open. A set has no iterator in the interface. */
#include "harness/module/parts.h"

#include <unistd.h>

#define REST_US 10000 /* of work between two yields */

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
        ValkeyModule_Assert(sample_compare(ValkeyModule_GetKeyNameFromModuleKey(held.key), name) == 0 &&
                            ValkeyModule_GetDbIdFromModuleKey(held.key) == ValkeyModule_GetSelectedDb(ctx));
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
    if (!sample_number(ctx, argv[2], "number of yields", 0, SAMPLE_MOST_YIELDS, &times)) return VALKEYMODULE_OK;
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

/* Yields and does nothing else. A command that is allowed while the server loads must not touch
 * keys. */
static int run_rest(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    long long times;
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    if (!sample_number(ctx, argv[1], "number of yields", 0, SAMPLE_MOST_YIELDS, &times)) return VALKEYMODULE_OK;
    for (long long i = 0; i < times; i++) sample_yield(ctx);
    return ValkeyModule_ReplyWithString(ctx, argv[1]);
}

int sample_load_hold(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.hold", "readonly", run_hold, 3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY, SAMPLE_ARG("yields", INTEGER))},
        {"sample.holdscript", "readonly no-cluster", run_hold_script, 3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY, SAMPLE_ARG("script", STRING))},
        {"sample.rest", "readonly allow-loading", run_rest, 2, SAMPLE_INFO(NULL, SAMPLE_ARG("yields", INTEGER))},
        {0}};
    return sample_add_commands(ctx, commands);
}
