/* SPDX-License-Identifier: BSD-3-Clause */
/* pages.c -- a long type of values: strings on pages that are linked in both directions. It has
 * all callbacks that a type may have, in the form that knows the key's name and database, and
 * reads both in each. They must agree with those that another callback was given before.
 *
 * Defrag: free_effort2 announces the number of pages. Counting pages up to a cursor would take the
 * longer the later it is, so the page to resume at is kept beside it, and the cursor only says that
 * a traversal is under way. Who removes that page moves it on.
 *
 * Limits: strings are appended at the end and trimmed from the front only. */
#include "harness/module/parts.h"

#define UNDER_WAY 1 /* the cursor */

static ValkeyModuleType *type;
static SamplePage *resume; /* where a traversal that was stopped is resumed; or NULL */

static bool reads_names; /* do the callbacks? */

/* What the callbacks have read: how many names, and the sum of their bytes and databases. Nothing
 * depends on it: the server decides when and how often it calls them. */
static struct { long long names, bytes; } met;

/* Reads the name of a key and its database, as a callback gets them. The name may be unknown. */
static void meet(const ValkeyModuleString *name, int database) {
    size_t len = 0;
    if (!reads_names) return;
    const char *bytes = name ? ValkeyModule_StringPtrLen(name, &len) : NULL;
    met.names += bytes != NULL;
    for (size_t i = 0; i < len; i++) met.bytes += (unsigned char)bytes[i];
    met.bytes += database;
}

static unsigned long place; /* changes with each key that is moved or renamed */

void sample_pages_elsewhere(void) {
    place++;
}

/* What a callback is given. All must be given the same, as long as keys stay where they are; -1 and
 * NULL are for what is unknown. */
static void meet_at(SamplePages *pages, const ValkeyModuleString *name, int database) {
    size_t len;
    meet(name, database);
    if (!reads_names || !name || database == -1) return;
    const char *bytes = ValkeyModule_StringPtrLen(name, &len);
    uint32_t hash = sample_hash(bytes, len);
    ValkeyModule_Assert(pages->place != place || (pages->database == database && pages->name == hash));
    pages->place = place;
    pages->database = database;
    pages->name = hash;
}

static void meet_option(ValkeyModuleKeyOptCtx *ctx) {
    meet(ValkeyModule_GetKeyNameFromOptCtx(ctx), ValkeyModule_GetDbIdFromOptCtx(ctx));
}

/* --- items */

static void append(SamplePages *pages, ValkeyModuleString *item) {
    SamplePage *last = pages->last;
    if (!last || last->count == SAMPLE_PAGE) {
        SamplePage *page = ValkeyModule_Calloc(1, sizeof(*page));
        page->prev = last;
        if (last)
            last->next = page;
        else
            pages->first = page;
        pages->last = last = page;
        pages->pages++;
    }
    last->items[last->count++] = item;
    pages->count++;
}

static void drop_first_page(SamplePages *pages) {
    SamplePage *page = pages->first;
    if (resume == page) resume = page->next;
    for (unsigned i = 0; i < page->count; i++) ValkeyModule_FreeString(NULL, page->items[i]);
    pages->count -= page->count;
    pages->pages--;
    pages->first = page->next;
    if (pages->first)
        pages->first->prev = NULL;
    else
        pages->last = NULL;
    ValkeyModule_Free(page);
}

/* Calls each() for all items, in their order. */
static void each_item(const SamplePages *pages, void (*each)(ValkeyModuleString *item, void *context), void *context) {
    for (const SamplePage *page = pages->first; page; page = page->next) {
        for (unsigned i = 0; i < page->count; i++) each(page->items[i], context);
    }
}

/* --- the type */

static void free_pages(void *value) {
    SamplePages *pages = value;
    while (pages->first) drop_first_page(pages);
    ValkeyModule_Free(pages);
}

static void save_item(ValkeyModuleString *item, void *rdb) {
    ValkeyModule_SaveString(rdb, item);
}

static void save(ValkeyModuleIO *rdb, void *value) {
    SamplePages *pages = value;
    meet_at(pages, ValkeyModule_GetKeyNameFromIO(rdb), ValkeyModule_GetDbIdFromIO(rdb));
    ValkeyModule_SaveUnsigned(rdb, pages->count);
    each_item(pages, save_item, rdb);
}

static void *load(ValkeyModuleIO *rdb, int version) {
    if (version != 0) return NULL;
    SamplePages *pages = ValkeyModule_Calloc(1, sizeof(*pages));
    meet(ValkeyModule_GetKeyNameFromIO(rdb), ValkeyModule_GetDbIdFromIO(rdb));
    uint64_t count = ValkeyModule_LoadUnsigned(rdb);
    for (uint64_t i = 0; i < count && !ValkeyModule_IsIOError(rdb); i++) {
        ValkeyModuleString *item = ValkeyModule_LoadString(rdb);
        if (item) append(pages, item);
    }
    if (!ValkeyModule_IsIOError(rdb) && pages->count > 0) return pages;
    free_pages(pages);
    return NULL; /* cannot be read, or is empty, which no key may be */
}

typedef struct {
    ValkeyModuleIO *aof;
    ValkeyModuleString *key;
} Rewriting;

static void rewrite_item(ValkeyModuleString *item, void *context) {
    const Rewriting *to = context;
    ValkeyModule_EmitAOF(to->aof, "sample.pagesadd", "ss", to->key, item);
}

static void rewrite(ValkeyModuleIO *aof, ValkeyModuleString *key, void *value) {
    Rewriting to = {aof, key};
    meet_at(value, ValkeyModule_GetKeyNameFromIO(aof), ValkeyModule_GetDbIdFromIO(aof));
    each_item(value, rewrite_item, &to);
}

static void digest_item(ValkeyModuleString *item, void *md) {
    sample_digest_string(md, item);
}

/* The order of items is data: all are one sequence. */
static void digest(ValkeyModuleDigest *md, void *value) {
    meet_at(value, ValkeyModule_GetKeyNameFromDigest(md), ValkeyModule_GetDbIdFromDigest(md));
    each_item(value, digest_item, md);
    ValkeyModule_DigestEndSequence(md);
}

static size_t mem_usage(ValkeyModuleKeyOptCtx *ctx, const void *value, size_t samples) {
    const SamplePages *pages = value;
    size_t bytes = sizeof(*pages) + pages->pages * sizeof(SamplePage), seen = 0, strings = 0;
    meet_option(ctx);
    for (const SamplePage *page = pages->first; page && (!samples || seen < samples); page = page->next) {
        for (unsigned i = 0; i < page->count; i++) strings += ValkeyModule_MallocSizeString(page->items[i]);
        seen += page->count;
    }
    return seen ? bytes + strings * pages->count / seen : bytes;
}

static size_t free_effort(ValkeyModuleKeyOptCtx *ctx, const void *value) {
    meet_option(ctx);
    return ((const SamplePages *)value)->pages;
}

static void unlink_pages(ValkeyModuleKeyOptCtx *ctx, const void *value) {
    (void)value;
    meet_option(ctx);
}

static void copy_item(ValkeyModuleString *item, void *to) {
    append(to, ValkeyModule_CreateStringFromString(NULL, item));
}

static void *copy(ValkeyModuleKeyOptCtx *ctx, const void *value) {
    SamplePages *to = ValkeyModule_Calloc(1, sizeof(*to));
    meet_option(ctx);
    meet(ValkeyModule_GetToKeyNameFromOptCtx(ctx), ValkeyModule_GetToDbIdFromOptCtx(ctx));
    each_item(value, copy_item, to);
    return to;
}

/* --- defrag */

/* Moves a page, and what refers to it. */
static SamplePage *defrag_page(ValkeyModuleDefragCtx *ctx, SamplePages *pages, SamplePage *page) {
    page = sample_defrag_block(ctx, page);
    *(page->prev ? &page->prev->next : &pages->first) = page;
    *(page->next ? &page->next->prev : &pages->last) = page;
    for (unsigned i = 0; i < page->count; i++) sample_defrag_string(ctx, &page->items[i]);
    return page;
}

static int defrag(ValkeyModuleDefragCtx *ctx, ValkeyModuleString *key, void **value) {
    unsigned long cursor = 0;
    meet_at(*value, key, ValkeyModule_GetDbIdFromDefragCtx(ctx));
    ValkeyModule_Assert(ValkeyModule_GetKeyNameFromDefragCtx(ctx) == key);
    ValkeyModule_DefragCursorGet(ctx, &cursor); /* stays 0 when all is done in one call */
    if (cursor != UNDER_WAY) *value = sample_defrag_block(ctx, *value);
    SamplePages *pages = *value;
    SamplePage *page = cursor == UNDER_WAY ? resume : pages->first;
    resume = NULL;
    while (page) {
        page = defrag_page(ctx, pages, page)->next;
        if (!page || !ValkeyModule_DefragShouldStop(ctx)) continue;
        resume = page;
        ValkeyModule_DefragCursorSet(ctx, UNDER_WAY);
        return 1;
    }
    return 0;
}

/* --- commands */

ValkeyModuleString *sample_pages_first(ValkeyModuleCtx *ctx, ValkeyModuleString *name) {
    ValkeyModuleKey *key = ValkeyModule_OpenKey(ctx, name, VALKEYMODULE_READ);
    bool has_pages = ValkeyModule_ModuleTypeGetType(key) == type;
    const SamplePages *pages = has_pages ? ValkeyModule_ModuleTypeGetValue(key) : NULL;
    ValkeyModuleString *first = pages ? pages->first->items[0] : NULL;
    ValkeyModule_CloseKey(key);
    return first;
}

static int run_add(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    ValkeyModuleKey *key;
    void *value;
    if (argc < 3) return ValkeyModule_WrongArity(ctx);
    if (!sample_open(ctx, argv[1], VALKEYMODULE_READ | VALKEYMODULE_WRITE, type, &key, &value)) return VALKEYMODULE_OK;
    if (!value) {
        value = ValkeyModule_Calloc(1, sizeof(SamplePages));
        ValkeyModule_ModuleTypeSetValue(key, type, value);
    }
    for (int i = 2; i < argc; i++) append(value, ValkeyModule_HoldString(NULL, argv[i]));
    long long count = (long long)((const SamplePages *)value)->count;
    ValkeyModule_CloseKey(key);
    ValkeyModule_SignalKeyAsReady(ctx, argv[1]);
    ValkeyModule_ReplicateVerbatim(ctx);
    return ValkeyModule_ReplyWithLongLong(ctx, count);
}

static int run_trim(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    ValkeyModuleKey *key;
    void *value;
    long long most, dropped = 0;
    if (argc != 3) return ValkeyModule_WrongArity(ctx);
    if (ValkeyModule_StringToLongLong(argv[2], &most) == VALKEYMODULE_ERR || most < 0)
        return ValkeyModule_ReplyWithError(ctx, "ERR the number of pages is not a number of 0 or more");
    if (!sample_open(ctx, argv[1], VALKEYMODULE_READ | VALKEYMODULE_WRITE, type, &key, &value)) return VALKEYMODULE_OK;
    SamplePages *pages = value;
    for (; pages && pages->pages > (unsigned long long)most; dropped++) drop_first_page(pages);
    if (pages && !pages->first) ValkeyModule_DeleteKey(key);
    ValkeyModule_CloseKey(key);
    if (dropped) ValkeyModule_ReplicateVerbatim(ctx);
    return ValkeyModule_ReplyWithLongLong(ctx, dropped);
}

static void reply_item(ValkeyModuleString *item, void *ctx) {
    ValkeyModule_ReplyWithString(ctx, item);
}

static int run_list(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    ValkeyModuleKey *key;
    void *value;
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    if (!sample_open(ctx, argv[1], VALKEYMODULE_READ, type, &key, &value)) return VALKEYMODULE_OK;
    ValkeyModule_ReplyWithArray(ctx, value ? (long)((const SamplePages *)value)->count : 0);
    if (value) each_item(value, reply_item, ctx);
    ValkeyModule_CloseKey(key);
    return VALKEYMODULE_OK;
}

/* Switches the reading of names off, or on: for servers that cannot bear it. */
static int run_names(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    return sample_switch(ctx, argv, argc, &reads_names);
}

int sample_load_pages(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.pagesadd", "write deny-oom", run_add, -3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_ADDS), SAMPLE_ARG_KEY, SAMPLE_ARGS("value", STRING))},
        {"sample.pagestrim", "write", run_trim, 3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_REMOVES), SAMPLE_ARG_KEY, SAMPLE_ARG("count", INTEGER))},
        {"sample.pageslist", "readonly", run_list, 2, SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY)},
        {"sample.pagesnames", "readonly fast", run_names, 2, SAMPLE_INFO(NULL, SAMPLE_ARG("switch", INTEGER))},
        {0}};
    ValkeyModuleTypeMethods methods = {.version = VALKEYMODULE_TYPE_METHOD_VERSION,
                                       .rdb_load = load,
                                       .rdb_save = save,
                                       .aof_rewrite = rewrite,
                                       .digest = digest,
                                       .free = free_pages,
                                       .defrag = defrag,
                                       .mem_usage2 = mem_usage,
                                       .free_effort2 = free_effort,
                                       .unlink2 = unlink_pages,
                                       .copy2 = copy,
                                       .aux_load = sample_notes_load,
                                       .aux_save_triggers = VALKEYMODULE_AUX_BEFORE_RDB,
                                       .aux_save2 = sample_notes_save};
    met.names = met.bytes = 0;
    place = 1;
    reads_names = true;
    resume = NULL;
    type = ValkeyModule_CreateDataType(ctx, SAMPLE_PAGES_TYPE, 0, &methods);
    return type ? sample_add_commands(ctx, commands) : VALKEYMODULE_ERR;
}
