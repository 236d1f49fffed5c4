/* SPDX-License-Identifier: BSD-3-Clause */
/* map.c -- the commands that types share which keep strings by name: trees and tables.
 *
 * Limits: all of a reply is made at once. */
#include "harness/module/parts.h"

int sample_map_set(ValkeyModuleCtx *ctx, const SampleMap *map, ValkeyModuleString **argv, int argc) {
    ValkeyModuleKey *key;
    void *value;
    long long added = 0;
    if (argc < 4 || argc % 2 != 0) return ValkeyModule_WrongArity(ctx);
    if (!sample_open(ctx, argv[1], VALKEYMODULE_READ | VALKEYMODULE_WRITE, map->type, &key, &value))
        return VALKEYMODULE_OK;
    if (!value) {
        value = map->create();
        ValkeyModule_ModuleTypeSetValue(key, map->type, value);
    }
    for (int i = 2; i < argc; i += 2) added += map->set(value, argv[i], argv[i + 1]);
    ValkeyModule_CloseKey(key);
    ValkeyModule_ReplicateVerbatim(ctx);
    return ValkeyModule_ReplyWithLongLong(ctx, added);
}

int sample_map_drop(ValkeyModuleCtx *ctx, const SampleMap *map, ValkeyModuleString **argv, int argc) {
    ValkeyModuleKey *key;
    void *value;
    long long dropped = 0;
    if (argc < 3) return ValkeyModule_WrongArity(ctx);
    if (!sample_open(ctx, argv[1], VALKEYMODULE_READ | VALKEYMODULE_WRITE, map->type, &key, &value))
        return VALKEYMODULE_OK;
    for (int i = 2; value && i < argc; i++) dropped += map->drop(value, argv[i]);
    if (value && map->count(value) == 0) ValkeyModule_DeleteKey(key);
    ValkeyModule_CloseKey(key);
    if (dropped) ValkeyModule_ReplicateVerbatim(ctx);
    return ValkeyModule_ReplyWithLongLong(ctx, dropped);
}

int sample_map_get(ValkeyModuleCtx *ctx, const SampleMap *map, ValkeyModuleString **argv, int argc) {
    ValkeyModuleKey *key;
    void *value;
    if (argc != 3) return ValkeyModule_WrongArity(ctx);
    if (!sample_open(ctx, argv[1], VALKEYMODULE_READ, map->type, &key, &value)) return VALKEYMODULE_OK;
    ValkeyModuleString *text = value ? map->get(value, argv[2]) : NULL;
    if (text)
        ValkeyModule_ReplyWithString(ctx, text);
    else
        ValkeyModule_ReplyWithNull(ctx);
    ValkeyModule_CloseKey(key);
    return VALKEYMODULE_OK;
}

int sample_map_list(ValkeyModuleCtx *ctx, const SampleMap *map, ValkeyModuleString **argv, int argc) {
    ValkeyModuleKey *key;
    void *value;
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    if (!sample_open(ctx, argv[1], VALKEYMODULE_READ, map->type, &key, &value)) return VALKEYMODULE_OK;
    ValkeyModule_ReplyWithArray(ctx, value ? 2 * (long)map->count(value) : 0);
    if (value) map->reply(ctx, value);
    ValkeyModule_CloseKey(key);
    return VALKEYMODULE_OK;
}

bool sample_load_pairs(ValkeyModuleIO *rdb, bool (*set)(void *to, ValkeyModuleString *name, ValkeyModuleString *text),
                       void *to) {
    uint64_t count = ValkeyModule_LoadUnsigned(rdb);
    for (uint64_t i = 0; i < count && !ValkeyModule_IsIOError(rdb); i++) {
        ValkeyModuleString *name = ValkeyModule_LoadString(rdb);
        ValkeyModuleString *text = name ? ValkeyModule_LoadString(rdb) : NULL;
        if (text) set(to, name, text);
        if (text) ValkeyModule_FreeString(NULL, text);
        if (name) ValkeyModule_FreeString(NULL, name);
    }
    return !ValkeyModule_IsIOError(rdb);
}

void *sample_map_load(ValkeyModuleIO *rdb, const SampleMap *map, int version) {
    if (version != 0) return NULL;
    void *value = map->create();
    if (sample_load_pairs(rdb, map->set, value) && map->count(value) > 0) return value;
    map->destroy(value);
    return NULL; /* cannot be read, or is empty, which no key may be */
}
