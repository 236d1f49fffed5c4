/* SPDX-License-Identifier: BSD-3-Clause */
/* retainer.c -- describes what retains a word; see retainer.h.
 *
 * Goes from a block to some live word that points to it or into it, then on from the block or
 * global with that word. Each step searches all live memory. */
#include "harness/oracles/retainer.h"

#include <stdio.h>
#include <string.h>

#include "harness/finding/finding.h"
#include "harness/finding/site.h"
#include "harness/valkey/compat.h"
#include "harness/world/snapshot.h"

#define MAX_STEPS 8

/* The search for a pointer to a block. */
typedef struct {
    uintptr_t start, end; /* of that block */
    HeapBlock block;      /* a live block with such a pointer, if found_block */
    const void *word;     /* the pointer, in that block or in the globals */
    bool found_block, found_global;
    uintptr_t visited[MAX_STEPS];
    int nvisited;
} Search;

static bool visited(const Search *s, const void *block) {
    for (int i = 0; i < s->nvisited; i++) {
        if (s->visited[i] == (uintptr_t)block) return true;
    }
    return false;
}

__attribute__((no_sanitize("address"))) static void look_at_block(const HeapBlock *block, void *arg) {
    Search *s = arg;
    if (s->found_block || visited(s, block->start)) return;
    const uintptr_t *words = block->start;
    for (size_t i = 0; i < block->size / sizeof(uintptr_t); i++) {
        if (words[i] < s->start || words[i] >= s->end) continue;
        s->block = *block;
        s->word = &words[i];
        s->found_block = true;
        return;
    }
}

__attribute__((no_sanitize("address"))) static void look_at_globals(const void *from, size_t len, void *arg) {
    Search *s = arg;
    const uintptr_t *word = (const uintptr_t *)(((uintptr_t)from + 7) & ~(uintptr_t)7);
    for (; (uintptr_t)(word + 1) <= (uintptr_t)from + len && !s->found_global; word++) {
        if (*word < s->start || *word >= s->end) continue;
        s->word = word;
        s->found_global = true;
    }
}

/* If the block is the object of a key, describes the key in text and returns true. */
static bool describe_key(const HeapBlock *block, char *text, size_t room) {
    static const char *const types[] = {"string", "list", "set", "zset", "hash", "module", "stream"};
    for (int id = 0; id < server.dbnum; id++) {
        serverDb *db = compat_db(id);
        if (!db) continue;
        for (int slot = compat_first_slot(db->keys); slot >= 0; slot = compat_next_slot(db->keys, slot)) {
            hashtableIterator it;
            void *entry;
            compat_walk_begin(&it, kvstoreGetHashtable(db->keys, slot));
            while (hashtableNext(&it, &entry)) {
                if (entry != block->start) continue;
                robj *o = entry;
                snprintf(text, room, "%s key \"%.60s\" in database %d", o->type < 7 ? types[o->type] : "other",
                         (const char *)objectGetKey(o), id);
                compat_walk_end(&it);
                return true;
            }
            compat_walk_end(&it);
        }
    }
    return false;
}

__attribute__((weak)) void __sanitizer_symbolize_global(void *at, const char *format, char *out, size_t room);

static void describe_global(const void *word, char *text, size_t room) {
    char name[128] = "";
    if (__sanitizer_symbolize_global) __sanitizer_symbolize_global((void *)(uintptr_t)word, "%g", name, sizeof(name));
    snprintf(text, room, "the global %s", name[0] ? name : "(name unknown)");
}

static size_t describe_block(const HeapBlock *block, const void *word, char *text, size_t room) {
    int n = snprintf(text, room, "+%zu of a %zu-byte block allocated by %s",
                     (size_t)((const unsigned char *)word - (const unsigned char *)block->start), block->size,
                     site_owner(block->origin_site));
    return (size_t)n < room ? (size_t)n : room - 1;
}

void retainer_describe(const HeapBlock *block, const void *at, char *text, size_t room) {
    if (!block) {
        describe_global(at, text, room);
        return;
    }
    size_t used = describe_block(block, at, text, room);
    Search s = {0};
    HeapBlock current = *block;
    while (s.nvisited < MAX_STEPS) {
        char name[256];
        if (describe_key(&current, name, sizeof(name))) {
            snprintf(text + used, room - used, ", reachable from %s", name);
            return;
        }
        s.visited[s.nvisited++] = (uintptr_t)current.start;
        s.start = (uintptr_t)current.start;
        s.end = s.start + current.size;
        s.found_block = s.found_global = false;
        snapshot_each_global(look_at_globals, &s);
        if (s.found_global) {
            describe_global(s.word, name, sizeof(name));
            snprintf(text + used, room - used, ", reachable from %s", name);
            return;
        }
        heap_each_live(heap_base(), heap_mark(), look_at_block, &s);
        if (!s.found_block) return;
        current = s.block;
    }
}
