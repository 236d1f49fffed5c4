/* SPDX-License-Identifier: BSD-3-Clause */
/* table.c -- a wide type of values: a hash table of strings. It copies what it is given, and keeps
 * the entry that was written last, which is often asked for next.
 *
 * Defrag: there is no free_effort, so the server gives the whole value at once and never comes back
 * for it. The callback asks for no time and keeps no cursor.
 *
 * Limits: the number of chains is fixed. */
#include "harness/module/parts.h"

#include <string.h>

static ValkeyModuleType *type;
static bool forget;

unsigned sample_chain(const char *field, size_t len) {
    unsigned hash = 5381;
    for (size_t i = 0; i < len; i++) hash = hash * 33 + (unsigned char)field[i];
    return hash % SAMPLE_CHAINS;
}

void sample_forget_once(void) {
    forget = true;
}

/* --- entries */

static SampleTable *new_table(void) {
    SampleTable *table = ValkeyModule_Calloc(1, sizeof(*table));
    table->chains = ValkeyModule_Calloc(SAMPLE_CHAINS, sizeof(SampleEntry *));
    return table;
}

static bool has_name(const SampleEntry *entry, const char *name, size_t len) {
    return entry->len == len && memcmp(entry->field, name, len) == 0;
}

/* Where the field's entry hangs, or would. */
static SampleEntry **find(SampleTable *table, const ValkeyModuleString *field) {
    size_t len;
    const char *name = ValkeyModule_StringPtrLen(field, &len);
    SampleEntry **at = &table->chains[sample_chain(name, len)];
    while (*at && !has_name(*at, name, len)) at = &(*at)->next;
    return at;
}

static const SampleEntry *get(SampleTable *table, const ValkeyModuleString *field) {
    size_t len;
    const char *name = ValkeyModule_StringPtrLen(field, &len);
    if (table->latest && has_name(table->latest, name, len)) return table->latest;
    return *find(table, field);
}

static bool set(SampleTable *table, const ValkeyModuleString *field, const ValkeyModuleString *value) {
    SampleEntry **at = find(table, field);
    bool added = !*at;
    if (added) {
        size_t len;
        const char *name = ValkeyModule_StringPtrLen(field, &len);
        SampleEntry *entry = ValkeyModule_Alloc(sizeof(*entry) + len);
        *entry = (SampleEntry){.len = len};
        memcpy(entry->field, name, len);
        *at = entry;
        table->count++;
    } else {
        ValkeyModule_FreeString(NULL, (*at)->value);
    }
    (*at)->value = ValkeyModule_CreateStringFromString(NULL, value);
    table->latest = *at;
    return added;
}

static bool drop(SampleTable *table, const ValkeyModuleString *field) {
    SampleEntry **at = find(table, field), *entry = *at;
    if (!entry) return false;
    *at = entry->next;
    if (table->latest == entry) table->latest = NULL;
    ValkeyModule_FreeString(NULL, entry->value);
    ValkeyModule_Free(entry);
    table->count--;
    return true;
}

/* Calls each() for all entries, chain by chain. */
static void each_entry(const SampleTable *table, void (*each)(const SampleEntry *entry, void *context), void *context) {
    for (int i = 0; i < SAMPLE_CHAINS; i++) {
        for (const SampleEntry *entry = table->chains[i]; entry; entry = entry->next) each(entry, context);
    }
}

/* --- the type */

static void free_table(void *value) {
    SampleTable *table = value;
    for (int i = 0; i < SAMPLE_CHAINS; i++) {
        while (table->chains[i]) {
            SampleEntry *entry = table->chains[i];
            table->chains[i] = entry->next;
            ValkeyModule_FreeString(NULL, entry->value);
            ValkeyModule_Free(entry);
        }
    }
    ValkeyModule_Free(table->chains);
    ValkeyModule_Free(table);
}

static void save_entry(const SampleEntry *entry, void *rdb) {
    ValkeyModule_SaveStringBuffer(rdb, entry->field, entry->len);
    ValkeyModule_SaveString(rdb, entry->value);
}

static void save(ValkeyModuleIO *rdb, void *value) {
    const SampleTable *table = value;
    ValkeyModule_SaveUnsigned(rdb, table->count);
    each_entry(table, save_entry, rdb);
}

static void *load(ValkeyModuleIO *rdb, int version) {
    if (version != 0) return NULL;
    SampleTable *table = new_table();
    uint64_t count = ValkeyModule_LoadUnsigned(rdb);
    for (uint64_t i = 0; i < count && !ValkeyModule_IsIOError(rdb); i++) {
        ValkeyModuleString *field = ValkeyModule_LoadString(rdb);
        ValkeyModuleString *text = field ? ValkeyModule_LoadString(rdb) : NULL;
        if (text) set(table, field, text);
        if (text) ValkeyModule_FreeString(NULL, text);
        if (field) ValkeyModule_FreeString(NULL, field);
    }
    if (!ValkeyModule_IsIOError(rdb)) return table;
    free_table(table);
    return NULL;
}

typedef struct {
    ValkeyModuleIO *aof;
    ValkeyModuleString *key;
} Rewriting;

static void rewrite_entry(const SampleEntry *entry, void *context) {
    const Rewriting *to = context;
    ValkeyModule_EmitAOF(to->aof, "sample.tableset", "sbs", to->key, entry->field, entry->len, entry->value);
}

static void rewrite(ValkeyModuleIO *aof, ValkeyModuleString *key, void *value) {
    Rewriting to = {aof, key};
    each_entry(value, rewrite_entry, &to);
}

/* The order of entries is no data, so each is a sequence of its own. */
static void digest_entry(const SampleEntry *entry, void *context) {
    ValkeyModule_DigestAddStringBuffer(context, entry->field, entry->len);
    sample_digest_string(context, entry->value);
    ValkeyModule_DigestEndSequence(context);
}

static void digest(ValkeyModuleDigest *md, void *value) {
    each_entry(value, digest_entry, md);
}

/* --- defrag */

/* Moves an entry and what refers to it. The old address is compared before the move: afterwards
 * another block may have it. */
static void defrag_entry(ValkeyModuleDefragCtx *ctx, SampleTable *table, SampleEntry **at) {
    bool latest = table->latest == *at;
    *at = sample_defrag_block(ctx, *at);
    if (latest && !forget) table->latest = *at;
    sample_defrag_string(ctx, &(*at)->value);
}

static int defrag(ValkeyModuleDefragCtx *ctx, ValkeyModuleString *key, void **value) {
    (void)key;
    SampleTable *table = *value = sample_defrag_block(ctx, *value);
    table->chains = sample_defrag_block(ctx, table->chains);
    for (int i = 0; i < SAMPLE_CHAINS; i++) {
        for (SampleEntry **at = &table->chains[i]; *at; at = &(*at)->next) defrag_entry(ctx, table, at);
    }
    forget = false;
    return 0;
}

/* --- commands */

static int run_set(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    ValkeyModuleKey *key;
    void *value;
    long long added = 0;
    if (argc < 4 || argc % 2 != 0) return ValkeyModule_WrongArity(ctx);
    if (!sample_open(ctx, argv[1], VALKEYMODULE_READ | VALKEYMODULE_WRITE, type, &key, &value)) return VALKEYMODULE_OK;
    if (!value) {
        value = new_table();
        ValkeyModule_ModuleTypeSetValue(key, type, value);
    }
    for (int i = 2; i < argc; i += 2) added += set(value, argv[i], argv[i + 1]);
    ValkeyModule_CloseKey(key);
    ValkeyModule_ReplicateVerbatim(ctx);
    return ValkeyModule_ReplyWithLongLong(ctx, added);
}

static int run_drop(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    ValkeyModuleKey *key;
    void *value;
    long long dropped = 0;
    if (argc < 3) return ValkeyModule_WrongArity(ctx);
    if (!sample_open(ctx, argv[1], VALKEYMODULE_READ | VALKEYMODULE_WRITE, type, &key, &value)) return VALKEYMODULE_OK;
    for (int i = 2; value && i < argc; i++) dropped += drop(value, argv[i]);
    if (value && !((const SampleTable *)value)->count) ValkeyModule_DeleteKey(key);
    ValkeyModule_CloseKey(key);
    if (dropped) ValkeyModule_ReplicateVerbatim(ctx);
    return ValkeyModule_ReplyWithLongLong(ctx, dropped);
}

static int run_get(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    ValkeyModuleKey *key;
    void *value;
    if (argc != 3) return ValkeyModule_WrongArity(ctx);
    if (!sample_open(ctx, argv[1], VALKEYMODULE_READ, type, &key, &value)) return VALKEYMODULE_OK;
    const SampleEntry *entry = value ? get(value, argv[2]) : NULL;
    if (entry)
        ValkeyModule_ReplyWithString(ctx, entry->value);
    else
        ValkeyModule_ReplyWithNull(ctx);
    ValkeyModule_CloseKey(key);
    return VALKEYMODULE_OK;
}

static void reply_entry(const SampleEntry *entry, void *ctx) {
    ValkeyModule_ReplyWithStringBuffer(ctx, entry->field, entry->len);
    ValkeyModule_ReplyWithString(ctx, entry->value);
}

static int run_list(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    ValkeyModuleKey *key;
    void *value;
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    if (!sample_open(ctx, argv[1], VALKEYMODULE_READ, type, &key, &value)) return VALKEYMODULE_OK;
    ValkeyModule_ReplyWithArray(ctx, value ? 2 * (long)((const SampleTable *)value)->count : 0);
    if (value) each_entry(value, reply_entry, ctx);
    ValkeyModule_CloseKey(key);
    return VALKEYMODULE_OK;
}

int sample_load_table(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.tableset", "write deny-oom", run_set, -4,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_ADDS), SAMPLE_ARG_KEY, SAMPLE_ARG_PAIRS("field", "value"))},
        {"sample.tabledel", "write", run_drop, -3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_REMOVES), SAMPLE_ARG_KEY, SAMPLE_ARGS("field", STRING))},
        {"sample.tableget", "readonly fast", run_get, 3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY, SAMPLE_ARG("field", STRING))},
        {"sample.tablelist", "readonly", run_list, 2, SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY)},
        {0}};
    ValkeyModuleTypeMethods methods = {.version = VALKEYMODULE_TYPE_METHOD_VERSION,
                                       .rdb_load = load,
                                       .rdb_save = save,
                                       .aof_rewrite = rewrite,
                                       .digest = digest,
                                       .free = free_table,
                                       .defrag = defrag};
    forget = false;
    type = ValkeyModule_CreateDataType(ctx, SAMPLE_TABLE_TYPE, 0, &methods);
    return type ? sample_add_commands(ctx, commands) : VALKEYMODULE_ERR;
}
