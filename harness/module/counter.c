/* SPDX-License-Identifier: BSD-3-Clause */
/* counter.c -- a plain type of values: a number, which is kept in the place of the pointer.
 *
 * It has no memory, so it has no defrag callback, and no other that a type may do without: it
 * cannot be copied.
 *
 * Limits: numbers from 1 to SAMPLE_MOST_COUNTED. 0 would be no value. */
#include "harness/module/parts.h"

static ValkeyModuleType *type;

static void *value_of(long long number) {
    return (void *)(uintptr_t)number;
}

static bool is_allowed(long long number) {
    return number > 0 && number <= SAMPLE_MOST_COUNTED;
}

static void save(ValkeyModuleIO *rdb, void *value) {
    ValkeyModule_SaveUnsigned(rdb, (uint64_t)sample_counted(value));
}

static void *load(ValkeyModuleIO *rdb, int version) {
    if (version != 0) return NULL;
    long long number = (long long)ValkeyModule_LoadUnsigned(rdb);
    return !ValkeyModule_IsIOError(rdb) && is_allowed(number) ? value_of(number) : NULL;
}

static void rewrite(ValkeyModuleIO *aof, ValkeyModuleString *key, void *value) {
    ValkeyModule_EmitAOF(aof, "sample.count", "sl", key, sample_counted(value));
}

static void digest(ValkeyModuleDigest *md, void *value) {
    ValkeyModule_DigestAddLongLong(md, sample_counted(value));
    ValkeyModule_DigestEndSequence(md);
}

static void free_counter(void *value) {
    (void)value;
}

/* Writes the sum, or removes the key when it is 0. */
static void put(ValkeyModuleKey *key, bool exists, long long sum) {
    if (sum == 0)
        ValkeyModule_DeleteKey(key);
    else if (exists)
        ValkeyModule_ModuleTypeReplaceValue(key, type, value_of(sum), NULL);
    else
        ValkeyModule_ModuleTypeSetValue(key, type, value_of(sum));
}

/* KEY NUMBER: adds the number, and replies with the sum. */
static int run_count(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    ValkeyModuleKey *key;
    void *value;
    long long number;
    if (argc != 3) return ValkeyModule_WrongArity(ctx);
    if (!sample_number(ctx, argv[2], "number", -SAMPLE_MOST_COUNTED, SAMPLE_MOST_COUNTED, &number))
        return VALKEYMODULE_OK;
    if (!sample_open(ctx, argv[1], VALKEYMODULE_READ | VALKEYMODULE_WRITE, type, &key, &value)) return VALKEYMODULE_OK;
    long long sum = sample_counted(value) + number;
    bool allowed = sum == 0 || is_allowed(sum);
    if (allowed) put(key, value != NULL, sum);
    ValkeyModule_CloseKey(key);
    if (!allowed) return ValkeyModule_ReplyWithError(ctx, "ERR the sum is out of range");
    ValkeyModule_ReplicateVerbatim(ctx);
    return ValkeyModule_ReplyWithLongLong(ctx, sum);
}

int sample_load_counter(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.count", "write deny-oom", run_count, 3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_ADDS), SAMPLE_ARG_KEY, SAMPLE_ARG("increment", INTEGER))},
        {0}};
    ValkeyModuleTypeMethods methods = {.version = VALKEYMODULE_TYPE_METHOD_VERSION,
                                       .rdb_load = load,
                                       .rdb_save = save,
                                       .aof_rewrite = rewrite,
                                       .digest = digest,
                                       .free = free_counter};
    type = ValkeyModule_CreateDataType(ctx, SAMPLE_COUNTER_TYPE, 0, &methods);
    return type ? sample_add_commands(ctx, commands) : VALKEYMODULE_ERR;
}
