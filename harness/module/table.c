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

static SampleMap map;
static bool forget;

void sample_forget_once(void) {
    forget = true;
}

/* --- entries */

static void *create(void) {
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

static ValkeyModuleString *get(void *value, const ValkeyModuleString *field) {
    size_t len;
    SampleTable *table = value;
    const char *name = ValkeyModule_StringPtrLen(field, &len);
    const SampleEntry *entry = table->latest;
    if (!entry || !has_name(entry, name, len)) entry = *find(table, field);
    return entry ? entry->value : NULL;
}

static bool set(void *to, ValkeyModuleString *field, ValkeyModuleString *value) {
    SampleTable *table = to;
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

static bool drop(void *from, const ValkeyModuleString *field) {
    SampleTable *table = from;
    SampleEntry **at = find(table, field), *entry = *at;
    if (!entry) return false;
    *at = entry->next;
    if (table->latest == entry) table->latest = NULL;
    ValkeyModule_FreeString(NULL, entry->value);
    ValkeyModule_Free(entry);
    table->count--;
    return true;
}

static size_t count(const void *table) {
    return ((const SampleTable *)table)->count;
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
    return sample_map_load(rdb, &map, version);
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
    sample_check_cursor(ctx);
    table->chains = sample_defrag_block(ctx, table->chains);
    for (int i = 0; i < SAMPLE_CHAINS; i++) {
        for (SampleEntry **at = &table->chains[i]; *at; at = &(*at)->next) defrag_entry(ctx, table, at);
    }
    forget = false;
    return 0;
}

/* --- commands */

static void reply_entry(const SampleEntry *entry, void *ctx) {
    ValkeyModule_ReplyWithStringBuffer(ctx, entry->field, entry->len);
    ValkeyModule_ReplyWithString(ctx, entry->value);
}

static void reply(ValkeyModuleCtx *ctx, const void *table) {
    each_entry(table, reply_entry, ctx);
}

static int run_set(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    return sample_map_set(ctx, &map, argv, argc);
}

static int run_drop(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    return sample_map_drop(ctx, &map, argv, argc);
}

static int run_get(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    return sample_map_get(ctx, &map, argv, argc);
}

static int run_list(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    return sample_map_list(ctx, &map, argv, argc);
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
    map = (SampleMap){ValkeyModule_CreateDataType(ctx, SAMPLE_TABLE_TYPE, 0, &methods),
                      create,
                      free_table,
                      set,
                      drop,
                      get,
                      count,
                      reply};
    return map.type ? sample_add_commands(ctx, commands) : VALKEYMODULE_ERR;
}
