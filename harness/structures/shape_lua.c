/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_lua.c -- does each compiled script and function have a number of its own? See shape.h.
 *
 * The Lua engine has two interpreters, for scripts and for functions. Each keeps what it has
 * compiled under a number, which it gives again when the function was freed. If two have the same
 * number, one was freed too early, or in the wrong interpreter: a call of one runs the other.
 *
 * Limits: a number that was given back too early is not seen until it is given again; nor is a
 * function that is never freed. Scripts of 8.1 have names instead of numbers. */
#include "harness/structures/shape.h"

#include "harness/structures/seen.h"
#include "harness/structures/value_parts.h"

#if CHECKED_shape_lua && defined(HAVE_PrivateLuaFunction)

#include "harness/valkey/libraries.h"

static void check_number(scriptingEngine *engine, const compiledFunction *compiled) {
    if (strcasecmp(scriptingEngineGetName(engine), "lua") != 0) return;
    const PrivateLuaFunction *function = compiled->function;
    if (seen_before(value_mix((uint64_t)function->function_ref, value_pointer(function->lua))))
        shape_broken("shape:lua:number", function, "it has the number %d, as another one", function->function_ref);
}

static void check_script(void *entry, uint64_t hash, void *context) {
    (void)hash, (void)context;
    const PrivateScript *script = dictGetVal((dictEntry *)entry);
    shape_at("script", dictGetKey((dictEntry *)entry), -1);
    check_number(script->engine, script->script);
}

static void check_function(void *entry, uint64_t hash, void *context) {
    (void)hash, (void)context;
    const functionInfo *function = dictGetVal((dictEntry *)entry);
    shape_at("function", dictGetKey((dictEntry *)entry), -1);
    check_number(function->li->engine, function->compiled_function);
}

void shape_lua(void) {
    seen_clear();
    shape_dict(evalScriptsDict(), check_script, NULL);
    shape_dict(compat_libraries()->functions, check_function, NULL);
}

#elif CHECKED_shape_lua

void shape_lua(void) {
}

#endif
