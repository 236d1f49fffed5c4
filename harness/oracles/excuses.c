/* SPDX-License-Identifier: BSD-3-Clause */
/* excuses.c -- the table of dead words; see excuses.h.
 *
 * Each row names the functions that allocate the blocks it is about, so that no live word of
 * another block can pass for a dead one. Where no call sites are recorded
 * (RunOptions.skip_call_sites), a plain build cannot name them, or the server has no function of
 * that name (it may have been renamed), the live words alone decide; a row without a file then
 * excuses nothing. */
#include "harness/oracles/excuses.h"

#include <string.h>

#include "harness/base/array.h"
#include "harness/base/valkey_name.h"
#include "harness/finding/site.h"
#include "harness/finding/symbol.h"
#include "harness/valkey/compat.h"

#define MOST_PARTS 3

/* A type tag of Lua's (lobject.h, an int), beside padding in which a pointer has left its upper
 * half: an address, where the arena has one that ends with 32 zeros. */
static bool is_type_tag(const void *word) {
    enum { LAST_TAG = 11 };
    return (uint32_t)(uintptr_t)word <= LAST_TAG;
}

/* Lua's own blocks may keep references to each other, which its collector knows to be dead. A
 * pointer out of them is not excused. */
static bool excuse_collected(const HeapBlock *block, size_t offset) {
    HeapBlock stale;
    const void *word = ((void *const *)block->start)[offset / sizeof(void *)];
    if (is_type_tag(word)) return true;
    return heap_find(word, &stale) && site_passes(stale.origin_site, OTHER_PART("luaM_"));
}

/* Where 8.1's scripting engine keeps the arguments of the next command that a script calls; between
 * such commands nothing in it is valid. A static variable, shown by seams.txt; absent elsewhere. */
extern __attribute__((weak)) robj **lua_argv;

#if !CHECKED_excuse_bucket
#define excuse_bucket NULL
#endif
#if !CHECKED_excuse_bookmark
#define excuse_bookmark NULL
#endif
#if !CHECKED_excuse_index || !HAVE_ORDERED_INDEX
#define excuse_index NULL
#endif
#if !CHECKED_excuse_radix
#define excuse_radix NULL
#endif
#if !CHECKED_excuse_postponed
#define excuse_postponed NULL
#endif
#if !CHECKED_excuse_handle
#define excuse_handle NULL
#endif
#if !CHECKED_excuse_open
#define excuse_open NULL
#endif
#if !CHECKED_excuse_queue
#define excuse_queue NULL
#endif

static const struct {
    bool (*holds)(const HeapBlock *block, size_t offset); /* NULL: any word */
    FunctionPart allocators[MOST_PARTS];                  /* names have one of these parts */
    const char *reason;
} excuses[] = {
    {excuse_bucket,
     /* Not bucketConvertToChained: it has one caller, so compilers inline it, and a row with a
      * function that the program lacks is about all blocks. A function of the table calls it. */
     {VALKEY_PART("hashtable"), VALKEY_PART("resize")},
     "hashtable.c leaves the pointer of a removed entry in its slot and clears the presence bit"},
    {excuse_bookmark,
     {VALKEY_PART("quicklist")},
     "quicklist.c leaves a deleted bookmark in place and lowers the count"},
    {excuse_index, {VALKEY_PART("fbtree")}, "fbtree.c leaves pointers in free slots of nodes, and lowers the count"},
    {excuse_radix, {VALKEY_PART("rax")}, "rax.c keeps characters and padding there, never a pointer"},
    {excuse_postponed,
     {VALKEY_PART("createClient")},
     "networking.c processes a postponed command from its start, and looks up the script again"},
    {excuse_handle,
     {VALKEY_PART("initClientBlockingState")},
     "module.c leaves a client's handle in place when it no longer waits for a module"},
    {excuse_open,
     {VALKEY_PART("VM_OpenKey")},
     "module.c leaves the address of a list's iterator in the handle of the key when it releases it"},
    {excuse_queue,
     {VALKEY_PART("parseInputBuffer")},
     "networking.c leaves a command in the client's queue when it takes it off"},
    {excuse_collected,
     {OTHER_PART("luaM_")},
     "Lua's collector leaves references to what it has collected in slots that nothing reads, and a value that is no "
     "pointer may look like one"},
};

/* Static variables of functions. When the server lacks one of the functions (it may have been
 * renamed), the static variables of all functions are excused. */
static const struct {
    FunctionName function;
    const char *variable; /* ".name" */
    const char *reason;
} globals[] = {
    {VALKEY_FUNCTION("defragStageDbKeys"), ".ctx", "defrag.c writes the kvstore's address before each scan"},
    {VALKEY_FUNCTION("defragStageKvstoreHelper"), ".state",
     "defrag.c compares the kvstore's address with that of the stage, and does not follow it"},
};

/* What is known of a block's allocator. */
typedef enum { UNKNOWN, OTHER, RIGHT } Origin;

/* Does the server have functions with all these names? Found out once for each row. */
static bool has_allocators(int row) {
    static enum { NOT_ASKED, YES, NO } answers[COUNT_OF(excuses)];
    if (answers[row] == NOT_ASKED) {
        const FunctionPart *parts = excuses[row].allocators;
        answers[row] = YES;
        for (int i = 0; i < MOST_PARTS && parts[i].text; i++) {
            if (!symbol_has(parts[i])) answers[row] = NO;
        }
    }
    return answers[row] == YES;
}

static Origin find_origin(uint32_t site, int row) {
    const FunctionPart *parts = excuses[row].allocators;
    for (int i = 0; i < MOST_PARTS && parts[i].text; i++) {
        if (site_passes(site, parts[i])) return RIGHT;
    }
    return has_allocators(row) ? OTHER : UNKNOWN;
}

/* What is known of a site, for each row; found out once. */
typedef struct {
    bool asked[COUNT_OF(excuses)];
    Origin origins[COUNT_OF(excuses)];
} SiteOrigins;

static Origin origin_of(const HeapBlock *block, int row) {
    static SiteOrigins *sites;
    static size_t count;
    uint32_t site = block->origin_site;
    if (site == 0 || !symbol_load()) return UNKNOWN;
    if (site >= count) {
        sites = array_reserve(sites, count, site + 1, sizeof(*sites));
        memset(sites + count, 0, (site + 1 - count) * sizeof(*sites));
        count = site + 1;
    }
    if (!sites[site].asked[row]) sites[site].origins[row] = find_origin(site, row);
    sites[site].asked[row] = true;
    return sites[site].origins[row];
}

/* lua/script_lua.c of 8.1, lua_argv: filled again for each command that a script calls, and defrag
 * runs in none of them. */
static bool is_arguments_of_last_script_call(const HeapBlock *block) {
    return &lua_argv && block->start == lua_argv;
}

bool excuses_hold(const HeapBlock *block, size_t offset) {
    for (int i = 0; i < COUNT_OF(excuses); i++) {
        Origin origin = origin_of(block, i); /* first: a file reads the block as one of its kind */
        if (origin == OTHER || (origin == UNKNOWN && !excuses[i].holds)) continue;
        if (!excuses[i].holds || excuses[i].holds(block, offset)) return true;
    }
    return is_arguments_of_last_script_call(block);
}

static bool is_variable(const Symbol *symbol, int row) {
    size_t len = strlen(globals[row].function.text);
    return strncmp(symbol->name, globals[row].function.text, len) == 0 &&
           strcmp(symbol->name + len, globals[row].variable) == 0;
}

/* Does the server lack a function of the table? Found out once. */
static bool lacks_function(void) {
    static enum { NOT_ASKED, YES, NO } answer;
    if (answer == NOT_ASKED) {
        answer = NO;
        for (int i = 0; i < COUNT_OF(globals); i++) {
            if (!symbol_named(globals[i].function)) answer = YES;
        }
    }
    return answer == YES;
}

bool excuses_hold_global(const void *at) {
    const Symbol *symbol = symbol_load() ? symbol_at((uintptr_t)at) : NULL;
    if (!symbol) return false;
    for (int i = 0; i < COUNT_OF(globals); i++) {
        if (is_variable(symbol, i)) return true;
    }
    return strchr(symbol->name, '.') && lacks_function();
}

const char *excuses_function(int *next, bool *found) {
    while (*next < COUNT_OF(excuses) * MOST_PARTS) {
        int i = (*next)++;
        FunctionPart part = excuses[i / MOST_PARTS].allocators[i % MOST_PARTS];
        if (!part.text) continue;
        *found = symbol_has(part);
        return part.text;
    }
    int row = *next - COUNT_OF(excuses) * MOST_PARTS;
    if (row >= COUNT_OF(globals)) return NULL;
    (*next)++;
    *found = symbol_named(globals[row].function) != NULL;
    return globals[row].function.text;
}
