/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_script.c -- is the table of scripts well-formed? See shape.h.
 *
 * A script that was loaded by EVAL is in the eviction list and points to its node there. The node
 * has a copy of the script's SHA1, never the table's own key: defrag moves the key and would leave
 * the old address in the list.
 *
 * The memory of keys and bodies is a sum in eval.c, always equal: a script is added to it with its
 * row in the table (evalRegisterNewScript), subtracted with it (evalDeleteScript), and a flush
 * begins a new table with a new sum (evalInit).
 *
 * Limits: what evalScriptsMemory adds to the sum is computed whenever it is asked for. */
#include "harness/structures/shape.h"

#include "harness/structures/value_parts.h"

#if CHECKED_shape_script

#include "harness/valkey/scripts.h"

/* The nodes of the eviction list that scripts point to, as a sum; the memory of all scripts. */
typedef struct {
    uint64_t nodes;
    unsigned long long memory;
} Known;

static void check_script(void *entry, uint64_t hash, void *context) {
    (void)hash;
    Known *known = context;
    const_sds sha = dictGetKey((dictEntry *)entry);
    const PrivateScript *script = dictGetVal((dictEntry *)entry);
    known->memory += sdsAllocSize((sds)sha) + getStringObjectSdsUsedMemory(script->body);
    if (!script->node) return;
    const_sds waiting = script->node->value;
    shape_at("script", sha, -1);
    if (waiting == sha)
        shape_broken("shape:script:shared", sha, "the eviction list of scripts shares the key of the table of scripts");
    if (sdscmp(waiting, sha) != 0)
        shape_broken("shape:script:node", script->node,
                     "a script's node in the eviction list is that of another script");
    known->nodes += value_pointer(script->node);
    shape_at("the scripts", NULL, -1);
}

static void check_evictions(const Known *known) {
    const list *evictions = compat_script_evictions();
    uint64_t nodes = 0;
    shape_list_linked(evictions, "the eviction list of scripts");
    for (const listNode *node = evictions->head; node; node = node->next) nodes += value_pointer(node);
    if (SHAPE_CALLS_BACK && nodes != known->nodes)
        shape_broken("shape:script:list", evictions,
                     "the nodes of the eviction list are not those of the evictable scripts");
}

static void check_memory(const Known *known) {
    if (SHAPE_CALLS_BACK && known->memory != compat_script_memory())
        shape_broken("shape:script:memory", NULL, "the scripts are counted with %llu bytes, they have %llu",
                     compat_script_memory(), known->memory);
}

void shape_script(void) {
    Known known = {0};
    shape_at("the scripts", NULL, -1);
    shape_dict(evalScriptsDict(), check_script, &known);
    check_evictions(&known);
    check_memory(&known);
}

#endif
