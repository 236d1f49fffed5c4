/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_script.c -- are the tables of scripts and functions well-formed? See shape.h.
 *
 * A script that was loaded by EVAL is in the eviction list and points to its node there. The node
 * has a copy of the script's SHA1, never the table's own key: defrag moves the key and would leave
 * the old address in the list. */
#include "harness/structures/shape.h"

#include "harness/structures/value_parts.h"

/* The nodes of the eviction list that scripts point to, as a sum. */
typedef struct {
    uint64_t nodes;
} Known;

static void check_script(const dictEntry *entry, Known *known) {
    const_sds sha = dictGetKey(entry);
    const CompatScript *script = dictGetVal(entry);
    if (!script->node) return;
    const_sds waiting = script->node->value;
    shape_at("script", sha, -1);
    if (waiting == sha)
        shape_broken("shape:script:shared", sha, "the eviction list of scripts shares the key of the table of scripts");
    if (sdscmp(waiting, sha) != 0)
        shape_broken("shape:script:node", script->node,
                     "a script's node in the eviction list is that of another script");
    known->nodes += value_pointer(script->node);
}

static void check_evictions(void) {
    const list *evictions = compat_script_evictions();
    dict *scripts = evalScriptsDict();
    Known known = {0};
    uint64_t nodes = 0;
    for (int which = 0; which < 2; which++) {
        for (unsigned long i = 0; i < DICTHT_SIZE(scripts->ht_size_exp[which]); i++) {
            for (const dictEntry *e = scripts->ht_table[which][i]; e; e = dictGetNext(e)) check_script(e, &known);
        }
    }
    shape_at("the scripts", NULL, -1);
    shape_list_linked(evictions, "the eviction list of scripts");
    for (const listNode *node = evictions->head; node; node = node->next) nodes += value_pointer(node);
    if (nodes != known.nodes)
        shape_broken("shape:script:list", evictions,
                     "the nodes of the eviction list are not those of the evictable scripts");
}

void shape_script(void) {
    shape_at("the scripts", NULL, -1);
    shape_table_dict(evalScriptsDict(), NULL, NULL);
    check_evictions();
    shape_at("the function libraries", NULL, -1);
    shape_table_dict(functionsLibGet(), NULL, NULL);
}
