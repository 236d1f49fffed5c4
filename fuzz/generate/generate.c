/* SPDX-License-Identifier: BSD-3-Clause */
/* generate.c -- random steps and streams; see generate.h.
 *
 * A command is drawn in two draws, its group and then the command within it, so that a group of
 * fifty commands is not ten times as frequent as one of five. Then a client is chosen that may send
 * it: a subscriber may send few other commands, a client that is blocked in BLPOP delays its
 * further commands, and a client in a MULTI should end it. */
#include "fuzz/generate/generate.h"

#include <stdio.h>
#include <stdlib.h>

#include "fuzz/generate/grammar.h"
#include "fuzz/generate/hints.h"
#include "fuzz/generate/snippets.h"
#include "fuzz/generate/interruptions.h"
#include "fuzz/generate/weights.h"
#include "harness/base/fault.h"

#define REDRAWS 6       /* of commands that need something that the stream lacks */
#define OTHER_CLIENTS 3 /* clients 1..3, in addition to client 0 */
#define PERCENT_END_MULTI 25
#define PERCENT_CLOSE 20   /* subscribers that disconnect when drawn for another command */
#define OPENING_SNIPPETS 3 /* the most snippets that fill the key space at the beginning */

/* --- Verbs */

static void add_number(Step *step, int64_t number) {
    char digits[24];
    snprintf(digits, sizeof(digits), "%lld", (long long)number);
    step_add_string(step, digits);
}

/* Draws the form of a verb, by weight, if there is a choice. */
static const VerbForm *draw_form(Prng *prng, VerbId verb) {
    const VerbForm *forms = verb_row(verb)->forms;
    int weights[VERB_MAX_FORMS], count = verb_forms(verb);
    for (int i = 0; i < count; i++) weights[i] = forms[i].weight;
    return &forms[count > 1 ? prng_weighted(prng, weights, count) : 0];
}

static int64_t draw_number(Prng *prng, const VerbDraw *draw) {
    if (draw->zero_percent && prng_chance(prng, draw->zero_percent)) return 0;
    return draw->kind == VERB_DRAW_SCALED ? prng_scaled(prng, draw->low, draw->high)
                                          : prng_range(prng, draw->low, draw->high);
}

static void add_verb_arguments(Prng *prng, Step *step) {
    const VerbForm *form = draw_form(prng, step->verb);
    if (form->keyword) step_add_string(step, form->keyword);
    for (int i = 0; i < VERB_MAX_PARAMS && form->params[i].kind == PARAM_NUMBER; i++) {
        const VerbDraw *draw = &form->params[i].draw;
        if (draw->kind == VERB_DRAW_ABSENT) return;
        add_number(step, draw_number(prng, draw));
    }
}

/* A random verb with valid arguments; never a canary. */
static Step generate_verb(Prng *prng) {
    Step step = step_verb(weights_verb(prng));
    if (verb_has_client(step.verb)) step.client = (int)prng_range(prng, 1, OTHER_CLIENTS);
    add_verb_arguments(prng, &step);
    return step;
}

void generate_verb_arguments(Prng *prng, Step *step) {
    Step fresh = step_verb(step->verb);
    fresh.client = step->client;
    add_verb_arguments(prng, &fresh);
    step_free(step);
    *step = fresh;
}

/* --- Which command */

/* The weights of all commands, computed once for a catalogue. */
static const int *command_weights(const CatCommand *commands, int count) {
    static const CatCommand *known;
    static int known_count, *weights;
    if (known == commands && known_count == count) return weights;
    free(weights);
    weights = malloc((size_t)count * sizeof(*weights));
    if (!weights) fault_end("out of memory for the weights of %d commands", count);
    for (int i = 0; i < count; i++) weights[i] = weights_command(&commands[i]);
    known = commands;
    known_count = count;
    return weights;
}

static const CatCommand *draw_from_group(Prng *prng, const Draft *draft, const CatCommand *commands, int count,
                                         CatGroup group) {
    const int *weights = command_weights(commands, count);
    int candidates[count], candidate_weights[count], ncandidates = 0;
    bool calm = weights_left_out(draft, SWARM_HIDING, 0);
    for (int i = 0; i < count; i++) {
        if (commands[i].group != group || !weights[i] || weights_left_out(draft, SWARM_COMMAND, i)) continue;
        if (calm && weights_hides(&commands[i])) continue;
        if (commands[i].module && !draft->module) continue;
        candidates[ncandidates] = i;
        candidate_weights[ncandidates++] = weights[i];
    }
    int drawn = prng_weighted(prng, candidate_weights, ncandidates);
    return drawn < 0 ? NULL : &commands[candidates[drawn]];
}

static const CatCommand *draw_any(Prng *prng, const Draft *draft) {
    int count;
    const CatCommand *commands = catalogue_commands(&count);
    int weights[CAT_GROUP_COUNT];
    for (int group = 0; group < CAT_GROUP_COUNT; group++) weights[group] = weights_group((CatGroup)group, draft);
    int group = prng_weighted(prng, weights, CAT_GROUP_COUNT);
    return count > 0 && group >= 0 ? draw_from_group(prng, draft, commands, count, (CatGroup)group) : NULL;
}

/* Does the command need a script, a function, a group or a key, and the stream has none? */
static bool lacks_something(const Draft *draft, const CatCommand *command) {
    if (hints_match("evalsha*", command->name)) return draft->scripts == 0;
    if (hints_match("fcall*", command->name)) return draft->libraries == 0;
    if (hints_makes_key(command) || !command->touches_keys) return false;
    KeyPool pool = hints_pool(command, NULL);
    if (pool == KEYS_GROUPED) return draft->groups == 0;
    return pool < KEYS_POOLS && draft->alive[pool] == 0;
}

static const CatCommand *draw_command(Prng *prng, const Draft *draft) {
    const CatCommand *command = NULL;
    for (int tried = 0; tried < REDRAWS; tried++) {
        command = draw_any(prng, draft);
        if (command && !lacks_something(draft, command)) break;
    }
    return command;
}

/* --- Which client */

static bool subscriber_may(const CatCommand *command) {
    return hints_match("*subscribe,ping,quit,reset", command->name);
}

static int draw_client(Prng *prng, const Draft *draft, const CatCommand *command) {
    bool apart = command->blocking || hints_match("*subscribe,multi", command->name);
    if (!apart && !prng_chance(prng, WEIGHT_OTHER_CLIENT)) return 0;
    int client = (int)prng_range(prng, 1, OTHER_CLIENTS);
    return draft->clients[client].busy > 0 && !apart ? 0 : client;
}

static Step end_multi(Prng *prng, int client) {
    Step step = step_command(client);
    step_add_string(&step, prng_chance(prng, 85) ? "EXEC" : "DISCARD");
    return step;
}

static Step close_client(int client) {
    Step step = step_verb(VERB_CLOSE);
    step.client = client;
    return step;
}

static Step draw_command_step(Prng *prng, Draft *draft, const CatCommand *command) {
    int client = draw_client(prng, draft, command);
    bool deaf = draft->clients[client].subscribed && !draft->clients[client].resp3 && !subscriber_may(command);
    if (deaf && prng_chance(prng, PERCENT_CLOSE)) return close_client(client);
    if (deaf) client = 0;
    if (draft->clients[client].multi && prng_chance(prng, PERCENT_END_MULTI)) return end_multi(prng, client);
    Step step = grammar_step(prng, draft, command);
    if (prng_chance(prng, WEIGHT_OPTION_AGAIN)) grammar_add_option(prng, draft, command, &step);
    step.client = client;
    return step;
}

Step generate_step(Prng *prng, Draft *draft) {
    const CatCommand *command = prng_chance(prng, WEIGHT_VERB) ? NULL : draw_command(prng, draft);
    Step step = command ? draw_command_step(prng, draft, command) : generate_verb(prng);
    draft_observe(draft, &step);
    return step;
}

/* --- Streams */

/* Appends a snippet or an interruption. */
static void append_run(Prng *prng, Draft *draft, Stream *out, int (*insert)(Prng *, const Draft *, Stream *, int)) {
    int before = out->nsteps;
    int added = insert(prng, draft, out, before);
    for (int i = 0; i < added; i++) draft_observe(draft, &out->steps[before + i]);
}

static void append_step(Prng *prng, Draft *draft, Stream *out) {
    Step step = generate_step(prng, draft);
    if (!stream_insert(out, out->nsteps, &step)) step_free(&step);
}

static void append_something(Prng *prng, Draft *draft, Stream *out) {
    int weights[] = {WEIGHT_INTERRUPTION, WEIGHT_SNIPPET, 100 - WEIGHT_INTERRUPTION - WEIGHT_SNIPPET};
    switch (prng_weighted(prng, weights, 3)) {
    case 0:
        append_run(prng, draft, out, interruptions_insert);
        break;
    case 1:
        append_run(prng, draft, out, snippets_insert);
        break;
    default:
        append_step(prng, draft, out);
    }
}

void generate_stream(Prng *prng, int steps, Stream *out) {
    Draft draft;
    if (steps > STREAM_MAX_STEPS) steps = STREAM_MAX_STEPS;
    stream_init(out);
    weights_settings(prng, &out->settings);
    draft_start(&draft, &out->settings);
    draft.swarm = weights_swarm(prng);
    for (int left = (int)prng_range(prng, 0, OPENING_SNIPPETS); left > 0; left--)
        append_run(prng, &draft, out, snippets_insert);
    while (out->nsteps < steps) append_something(prng, &draft, out);
    while (out->nsteps > steps) stream_remove(out, out->nsteps - 1);
}
