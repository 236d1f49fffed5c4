/* SPDX-License-Identifier: BSD-3-Clause */
/* draft.c -- what probably exists in a stream under construction; see draft.h. */
#include "fuzz/generate/draft.h"

#include <string.h>
#include <strings.h>

#include "fuzz/generate/grammar.h"
#include "fuzz/generate/hints.h"
#include "harness/base/valkey_name.h"

/* steps for which other clients are preferred after a command that may block */
#define BUSY_STEPS 4

void draft_start(Draft *draft, const Settings *settings) {
    memset(draft, 0, sizeof(*draft));
    draft->databases = settings->databases;
    draft->cluster = settings->cluster;
    draft->module = settings->module;
    draft->next_id = 1;
}

static bool arg_is(const Step *step, int index, const char *word) {
    if (index >= step->nargs || step->args[index].kind != ARG_LITERAL) return false;
    Text text = step->args[index].parts[0];
    return text.len == strlen(word) && strncasecmp(text.data, word, text.len) == 0;
}

static bool first_arg_is_any(const Step *step, const char *const *words) {
    for (; *words; words++)
        if (arg_is(step, 0, *words)) return true;
    return false;
}

/* --- Keys */

static void observe_keys(Draft *draft, const Step *step, bool alive) {
    KeyPool pool;
    int number;
    for (int i = 1; i < step->nargs; i++) {
        if (step->args[i].kind != ARG_LITERAL || !pools_is_key(step->args[i].parts[0], &pool, &number)) continue;
        uint8_t bit = (uint8_t)(1 << number);
        draft->alive[pool] = alive ? draft->alive[pool] | bit : draft->alive[pool] & (uint8_t)~bit;
        if (!alive && pool == KEYS_STREAMS) draft->groups &= (uint8_t)~bit;
    }
}

static void observe_group(Draft *draft, const Step *step) {
    KeyPool pool;
    int number;
    if (!arg_is(step, 1, "create") || step->nargs < 3 || step->args[2].kind != ARG_LITERAL) return;
    if (pools_is_key(step->args[2].parts[0], &pool, &number) && pool == KEYS_STREAMS)
        draft->groups |= (uint8_t)(1 << number);
}

static void observe_flush(Draft *draft) {
    memset(draft->alive, 0, sizeof(draft->alive));
    draft->groups = 0;
}

/* --- Scripts */

/* The bits of the pool's bodies that are arguments of the step. */
static uint32_t bodies_in(const Step *step, const char *(*body)(int)) {
    uint32_t found = 0;
    for (int i = 0; i < POOL_BODIES && body(i); i++)
        for (int j = 1; j < step->nargs; j++)
            if (arg_is(step, j, body(i))) found |= 1u << i;
    return found;
}

static void observe_scripts(Draft *draft, const Step *step) {
    bool flush = arg_is(step, 1, "flush");
    if (arg_is(step, 0, "function")) {
        bool forget = flush || arg_is(step, 1, "delete");
        draft->libraries = forget ? 0 : draft->libraries | bodies_in(step, pools_library);
    } else {
        draft->scripts = flush ? 0 : draft->scripts | bodies_in(step, pools_script);
    }
}

/* --- Clients */

static void observe_client(Draft *draft, const Step *step) {
    static const CommandName subscribe[] = {"subscribe", "psubscribe", "ssubscribe", NULL};
    static const CommandName unsubscribe[] = {"unsubscribe", "punsubscribe", "sunsubscribe", NULL};
    static const CommandName leave_multi[] = {"exec", "discard", NULL};
    static const CommandName close[] = {"quit", "reset", NULL};
    int c = step->client;
    if (first_arg_is_any(step, subscribe)) draft->clients[c].subscribed = true;
    if (first_arg_is_any(step, unsubscribe) && step->nargs == 1) draft->clients[c].subscribed = false;
    if (arg_is(step, 0, "multi")) draft->clients[c].multi = true;
    if (first_arg_is_any(step, leave_multi)) draft->clients[c].multi = false;
    if (arg_is(step, 0, "hello") && step->nargs > 1) draft->clients[c].resp3 = arg_is(step, 1, "3");
    if (first_arg_is_any(step, close)) memset(&draft->clients[c], 0, sizeof(draft->clients[c]));
}

static void observe_blocking(Draft *draft, const Step *step, const CatCommand *command) {
    for (int c = 0; c < STREAM_MAX_CLIENTS; c++)
        if (draft->clients[c].busy > 0) draft->clients[c].busy--;
    if (command && command->blocking && !draft->clients[step->client].multi)
        draft->clients[step->client].busy = BUSY_STEPS;
}

/* --- Steps */

void draft_observe(Draft *draft, const Step *step) {
    static const CommandName flushes[] = {"flushall", "flushdb", NULL};
    static const CommandName removals[] = {"del", "unlink", "getdel", NULL};
    static const CommandName scripts[] = {"eval", "eval_ro", "script", "function", NULL};
    if (step->kind == STEP_VERB) {
        if (verb_has_client(step->verb)) memset(&draft->clients[step->client], 0, sizeof(draft->clients[step->client]));
        return;
    }
    const CatCommand *command = grammar_command(step);
    if (first_arg_is_any(step, flushes))
        observe_flush(draft);
    else if (first_arg_is_any(step, removals))
        observe_keys(draft, step, false);
    else if (command && hints_makes_key(command))
        observe_keys(draft, step, true);
    if (arg_is(step, 0, "xgroup")) observe_group(draft, step);
    if (first_arg_is_any(step, scripts)) observe_scripts(draft, step);
    observe_blocking(draft, step, command);
    observe_client(draft, step);
}

void draft_observe_stream(Draft *draft, const Stream *stream, int steps) {
    for (int i = 0; i < steps && i < stream->nsteps; i++) draft_observe(draft, &stream->steps[i]);
}
