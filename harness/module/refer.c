/* SPDX-License-Identifier: BSD-3-Clause */
/* refer.c -- values of hash fields that are in the module's memory (ValkeyModule_HashSetStringRef,
 * since 9.1).
 *
 * Limits: the memory is never given back, because a field may refer to it until it is gone. */
#include "harness/module/parts.h"

#include <string.h>

#if HAVE_HASH_STRING_REFERENCES

/* All texts that fields may refer to. */
typedef struct Shared {
    struct Shared *next;
    char text[];
} Shared;

static Shared *all;

static const char *share(const char *text, size_t len) {
    Shared *shared = ValkeyModule_Alloc(sizeof(*shared) + len + 1);
    shared->next = all;
    memcpy(shared->text, text, len);
    shared->text[len] = '\0';
    all = shared;
    return shared->text;
}

static int run_refer(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    size_t len;
    if (argc != 4) return ValkeyModule_WrongArity(ctx);
    const char *text = ValkeyModule_StringPtrLen(argv[3], &len);
    ValkeyModuleKey *key = ValkeyModule_OpenKey(ctx, argv[1], VALKEYMODULE_READ | VALKEYMODULE_WRITE);
    bool hash = ValkeyModule_KeyType(key) == VALKEYMODULE_KEYTYPE_HASH;
    bool set = hash && ValkeyModule_HashSetStringRef(key, argv[2], share(text, len), len) == VALKEYMODULE_OK;
    ValkeyModule_CloseKey(key);
    return ValkeyModule_ReplyWithLongLong(ctx, set);
}

static int run_refers(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    if (argc != 3) return ValkeyModule_WrongArity(ctx);
    ValkeyModuleKey *key = ValkeyModule_OpenKey(ctx, argv[1], VALKEYMODULE_READ);
    bool hash = ValkeyModule_KeyType(key) == VALKEYMODULE_KEYTYPE_HASH;
    int refers = hash ? ValkeyModule_HashHasStringRef(key, argv[2]) : 0;
    ValkeyModule_CloseKey(key);
    return ValkeyModule_ReplyWithLongLong(ctx, refers);
}

int sample_load_refer(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.hashrefer", "write deny-oom", run_refer, 4,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_ADDS), SAMPLE_ARG_KEY, SAMPLE_ARG("field", STRING),
                     SAMPLE_ARG("value", STRING))},
        {"sample.hashrefers", "readonly fast", run_refers, 3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY, SAMPLE_ARG("field", STRING))},
        {0}};
    all = NULL;
    return sample_add_commands(ctx, commands);
}

#else

int sample_load_refer(ValkeyModuleCtx *ctx) {
    (void)ctx;
    return VALKEYMODULE_OK;
}

#endif
