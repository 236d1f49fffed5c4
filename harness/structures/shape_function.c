/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_function.c -- are the tables of libraries and functions well-formed? See shape.h.
 *
 * A library is in the table of libraries, its functions are in a table of its own and in one of all
 * functions. Beside them functions.c keeps, and always updates with them (libraryLink,
 * libraryUnlink): the memory of libraries and functions; for each engine, how many it has of both.
 * A move keeps the sizes of blocks, so it changes none of these.
 *
 * Limits: the memory of a function is what the Lua engine says (luaEngineFunctionMemoryOverhead);
 * with any other engine the sum is not compared, because asking it could allocate. What
 * functionsMemoryOverhead adds to the sum is computed whenever it is asked for. A context that is
 * being loaded (FUNCTION RESTORE) or freed in the background is not seen. */
#include "harness/structures/shape.h"

#include "harness/world/heap.h"

#if CHECKED_shape_function

#include "harness/valkey/libraries.h"

typedef struct {
    size_t libraries, functions, memory;
    bool foreign; /* an engine that is not Lua */
} Sums;

static size_t size_of(void *block) {
    return block ? heap_usable_size(block) : 0;
}

static void add_function(void *entry, uint64_t hash, void *context) {
    (void)hash;
    Sums *sums = context;
    functionInfo *function = dictGetVal((dictEntry *)entry);
    compiledFunction *compiled = function->compiled_function;
    sums->functions++;
    sums->memory += size_of(function) + size_of(compiled) + size_of(compiled->function) + size_of(compiled->name) +
                    size_of(compiled->desc);
}

static void add_library(void *entry, uint64_t hash, void *context) {
    (void)hash;
    Sums *sums = context;
    functionLibInfo *library = dictGetVal((dictEntry *)entry);
    if (strcasecmp(scriptingEngineGetName(library->engine), "lua") != 0) sums->foreign = true;
    sums->libraries++;
    sums->memory += size_of(library) + sdsAllocSize(library->name) + sdsAllocSize(library->code);
    shape_dict(library->functions, add_function, sums);
}

static void add_engine(void *entry, uint64_t hash, void *context) {
    (void)hash;
    Sums *sums = context;
    const PrivateEngineCounts *engine = dictGetVal((dictEntry *)entry);
    sums->libraries += engine->n_lib;
    sums->functions += engine->n_functions;
}

void shape_function(void) {
    const PrivateLibraries *all = compat_libraries();
    Sums sums = {0}, engines = {0};
    shape_at("the function libraries", NULL, -1);
    shape_dict(all->libraries, add_library, &sums);
    shape_dict(all->functions, NULL, NULL);
    shape_dict(all->engines_stats, add_engine, &engines);
    if (!SHAPE_CALLS_BACK) return;
    if (sums.libraries != engines.libraries || sums.functions != engines.functions)
        shape_broken("shape:function:engine", all,
                     "engines count %zu libraries with %zu functions, there are %zu of %zu", engines.libraries,
                     engines.functions, sums.libraries, sums.functions);
    if (!sums.foreign && sums.memory != all->cache_memory)
        shape_broken("shape:function:memory", all, "libraries are counted with %zu bytes, they have %zu",
                     all->cache_memory, sums.memory);
}

#endif
