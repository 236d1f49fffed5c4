/* SPDX-License-Identifier: BSD-3-Clause */
/* sample.c -- the entry points of the sample module, and what its files share; see sample.h.
 *
 * Limits: it has no configuration and no arguments. */
#define VALKEYMODULE_MAIN

#include "harness/module/parts.h"

int sample_add_commands(ValkeyModuleCtx *ctx, const SampleCommand *commands) {
    for (const SampleCommand *c = commands; c->name; c++) {
        int key = c->info && c->info->key_specs ? 1 : 0;
        if (ValkeyModule_CreateCommand(ctx, c->name, c->run, c->flags, key, key, key) == VALKEYMODULE_ERR)
            return VALKEYMODULE_ERR;
        if (!c->info) continue;
        c->info->arity = c->arity;
        if (ValkeyModule_SetCommandInfo(ValkeyModule_GetCommand(ctx, c->name), c->info) == VALKEYMODULE_ERR)
            return VALKEYMODULE_ERR;
    }
    return VALKEYMODULE_OK;
}

int ValkeyModule_OnLoad(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    static int (*const parts[])(ValkeyModuleCtx *) = {
        sample_load_tree,  sample_load_table, sample_load_pages, sample_load_counter, sample_load_notes,
        sample_load_hold,  sample_load_scan,  sample_load_wait,  sample_load_watch,   sample_load_call,
        sample_load_refer, sample_load_edit,  sample_load_range, sample_load_misuse};
    (void)argv, (void)argc;
    if (ValkeyModule_Init(ctx, SAMPLE_NAME, 1, VALKEYMODULE_APIVER_1) == VALKEYMODULE_ERR) return VALKEYMODULE_ERR;
    ValkeyModule_SetModuleOptions(ctx, VALKEYMODULE_OPTIONS_HANDLE_IO_ERRORS);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i](ctx) == VALKEYMODULE_ERR) return VALKEYMODULE_ERR;
    }
    return VALKEYMODULE_OK;
}

int ValkeyModule_OnUnload(ValkeyModuleCtx *ctx) {
    (void)ctx;
    return VALKEYMODULE_ERR; /* it has types, so the server does not ask */
}

bool sample_open(ValkeyModuleCtx *ctx, ValkeyModuleString *name, int mode, const ValkeyModuleType *type,
                 ValkeyModuleKey **key, void **value) {
    *key = ValkeyModule_OpenKey(ctx, name, mode);
    *value = NULL;
    if (ValkeyModule_KeyType(*key) == VALKEYMODULE_KEYTYPE_EMPTY) return true;
    if (ValkeyModule_ModuleTypeGetType(*key) == type) {
        *value = ValkeyModule_ModuleTypeGetValue(*key);
        return true;
    }
    ValkeyModule_CloseKey(*key);
    ValkeyModule_ReplyWithError(ctx, VALKEYMODULE_ERRORMSG_WRONGTYPE);
    return false;
}

ValkeyModuleKey *sample_open_for(ValkeyModuleCtx *ctx, ValkeyModuleString *name, int type) {
    ValkeyModuleKey *key = ValkeyModule_OpenKey(ctx, name, VALKEYMODULE_READ | VALKEYMODULE_WRITE);
    int is = ValkeyModule_KeyType(key);
    if (is == VALKEYMODULE_KEYTYPE_EMPTY || is == type) return key;
    ValkeyModule_CloseKey(key);
    ValkeyModule_ReplyWithError(ctx, VALKEYMODULE_ERRORMSG_WRONGTYPE);
    return NULL;
}

static bool read_number(const ValkeyModuleString *word, long long low, long long high, long long *number) {
    return ValkeyModule_StringToLongLong(word, number) == VALKEYMODULE_OK && *number >= low && *number <= high;
}

bool sample_number(ValkeyModuleCtx *ctx, const ValkeyModuleString *word, const char *what, long long low,
                   long long high, long long *number) {
    if (read_number(word, low, high, number)) return true;
    ValkeyModule_ReplyWithErrorFormat(ctx, "ERR the %s is not a number from %lld to %lld", what, low, high);
    return false;
}

bool sample_time(ValkeyModuleCtx *ctx, const ValkeyModuleString *word, long long *ms) {
    if (read_number(word, 0, 1000000000, ms)) return true;
    ValkeyModule_ReplyWithError(ctx, "ERR the time is out of range");
    return false;
}

int sample_switch(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc, bool *on) {
    long long number;
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    if (ValkeyModule_StringToLongLong(argv[1], &number) == VALKEYMODULE_ERR)
        return ValkeyModule_ReplyWithError(ctx, "ERR 0 switches it off, another number on");
    *on = number != 0;
    return ValkeyModule_ReplyWithSimpleString(ctx, "OK");
}

int sample_compare(const ValkeyModuleString *a, const ValkeyModuleString *b) {
    size_t alen, blen;
    const char *abytes = ValkeyModule_StringPtrLen(a, &alen), *bbytes = ValkeyModule_StringPtrLen(b, &blen);
    return sample_order(abytes, alen, bbytes, blen);
}

void sample_digest_string(ValkeyModuleDigest *digest, const ValkeyModuleString *string) {
    size_t len;
    const char *bytes = ValkeyModule_StringPtrLen(string, &len);
    ValkeyModule_DigestAddStringBuffer(digest, bytes, len);
}

void sample_defrag_string(ValkeyModuleDefragCtx *ctx, ValkeyModuleString **string) {
    ValkeyModuleString *moved = ValkeyModule_DefragValkeyModuleString(ctx, *string);
    if (moved) *string = moved;
}

void sample_check_cursor(ValkeyModuleDefragCtx *ctx) {
    unsigned long cursor;
    if (ValkeyModule_DefragCursorGet(ctx, &cursor) == VALKEYMODULE_OK) return;
    ValkeyModule_Assert(!ValkeyModule_DefragShouldStop(ctx));
    ValkeyModule_Assert(ValkeyModule_DefragCursorSet(ctx, 1) == VALKEYMODULE_ERR);
}

void *sample_defrag_block(ValkeyModuleDefragCtx *ctx, void *block) {
    void *moved = ValkeyModule_DefragAlloc(ctx, block);
    return moved ? moved : block;
}
