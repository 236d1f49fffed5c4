/* SPDX-License-Identifier: BSD-3-Clause */
/* value_script.c -- the digests of cached scripts and function libraries.
 *
 * A script: its SHA1, body, flags, engine, the name and flags of the compiled function, and whether
 * it can be evicted. The eviction list is private to eval.c, but every script in it points to its
 * node, and from any node the whole list can be reached.
 *
 * A library: name, engine, code, and each function's name, description and flags.
 *
 * Not seen: compiled code inside an engine; the table of all functions by name, private to
 * functions.c, of which only the size is compared. */
#include "harness/structures/value_parts.h"

static const listNode *first_node(const listNode *node, size_t bound) {
    while (node->prev && bound--) node = node->prev;
    return node;
}

/* The number of evictable scripts, and the list node of one of them. */
typedef struct {
    size_t count;
    const listNode *node;
} Evictable;

static uint64_t read_compiled(const compiledFunction *compiled, uint64_t hash) {
    hash = value_mix(hash, compiled->f_flags);
    if (compiled->name) hash = value_string(compiled->name, hash);
    if (compiled->desc) hash = value_string(compiled->desc, hash);
    return hash;
}

static void read_script(ValueWalk *walk, const dictEntry *entry, void *context) {
    Evictable *evictable = context;
    const_sds sha = dictGetKey(entry);
    const CompatScript *script = dictGetVal(entry);
    if (script->body->type != OBJ_STRING) {
        value_fault(walk, "shape:script:body", "script %.40s has a body that is not a string", sha);
        return;
    }
    if (script->node) {
        evictable->count++;
        evictable->node = script->node;
    }
    uint64_t hash = value_string(script->body, value_mix(script->flags, script->node != NULL));
    hash = value_sds(scriptingEngineGetName(script->engine), hash);
    Thing thing = {.kind = THING_SCRIPT, .name = sha, .len = sdslen(sha)};
    value_add(walk, &thing, read_compiled(script->compiled, hash));
}

static void read_eviction_list(ValueWalk *walk, const Evictable *evictable) {
    if (evictable->count == 0) return;
    uint64_t hash = 0;
    size_t met = 0;
    const listNode *node = first_node(evictable->node, evictable->count);
    for (; node && met <= evictable->count; node = node->next, met++) hash = value_sds(node->value, hash);
    if (met != evictable->count) {
        value_fault(walk, "shape:script:list", "%zu scripts can be evicted, their list has %s%zu", evictable->count,
                    met > evictable->count ? "at least " : "", met);
    }
    Thing thing = {.kind = THING_EVICTION};
    value_add(walk, &thing, hash);
}

static void sum_function(ValueWalk *walk, const dictEntry *entry, void *context) {
    (void)walk;
    const functionInfo *function = dictGetVal(entry);
    uint64_t hash = value_sds(dictGetKey(entry), 0);
    hash = value_sds(function->li->name, hash);
    *(uint64_t *)context += read_compiled(function->compiled_function, hash);
}

static void read_library(ValueWalk *walk, const dictEntry *entry, void *context) {
    const functionLibInfo *library = dictGetVal(entry);
    *(size_t *)context += dictSize(library->functions);
    uint64_t functions = 0;
    value_dict(walk, library->functions, sum_function, &functions);
    uint64_t hash = value_sds(library->code, functions);
    hash = value_sds(library->name, hash);
    hash = value_sds(scriptingEngineGetName(library->engine), hash);
    const_sds name = dictGetKey(entry);
    Thing thing = {.kind = THING_LIBRARY, .name = name, .len = sdslen(name)};
    value_add(walk, &thing, hash);
}

void value_scripts(ValueWalk *walk) {
    Evictable evictable = {0};
    value_dict(walk, evalScriptsDict(), read_script, &evictable);
    read_eviction_list(walk, &evictable);
    size_t functions = 0;
    value_dict(walk, functionsLibGet(), read_library, &functions);
    size_t known = functionsLibCtxFunctionsLen(functionsLibCtxGetCurrent());
    if (functions != known) {
        value_fault(walk, "shape:function:count", "libraries have %zu functions, the table of all functions %zu",
                    functions, known);
    }
}
