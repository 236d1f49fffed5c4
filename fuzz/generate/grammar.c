/* SPDX-License-Identifier: BSD-3-Clause */
/* grammar.c -- walks a command's argument tree and makes a step of it; see grammar.h for the
 * rules. */
#include "fuzz/generate/grammar.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/generate/hints.h"
#include "fuzz/generate/weights.h"

#define ATTEMPTS 6   /* draws of a command whose number of arguments misses its arity */
#define FREE (-1)    /* as often as chance says */
#define MAX_BOUNDS 2 /* arguments of one range */

typedef struct {
    Prng *prng;
    Draft *draft;
    const CatCommand *command;
    Step *step;
    KeyPool general, pool;  /* what the command's keys are, and the pool drawn for this step */
    int bounds[MAX_BOUNDS]; /* where the bounds of a range by rank stand in the step */
    int nbounds;
} Walk;

static void walk_args(Walk *walk, const CatArg *args, int nargs);

/* --- One argument */

static KeyPool draw_pool(Walk *walk, const CatArg *arg) {
    KeyPool pool = hints_pool(walk->command, arg);
    if (prng_chance(walk->prng, WEIGHT_ALIEN_KEY)) return (KeyPool)prng_below(walk->prng, KEYS_POOLS);
    return pool == walk->general ? walk->pool : pools_draw(walk->prng, walk->draft, pool);
}

static bool repeats_last(const Step *step) {
    int last = step->nargs - 1;
    return last > 1 && strcmp(step_word(step, last), step_word(step, last - 1)) == 0;
}

/* A key; COPY and its like want two different ones, so a repeated key is drawn once more. */
static void emit_key(Walk *walk, const CatArg *arg) {
    KeyPool pool = draw_pool(walk, arg);
    pools_add_key(walk->prng, walk->draft, pool, walk->step);
    if (!repeats_last(walk->step)) return;
    arg_free(&walk->step->args[--walk->step->nargs]);
    pools_add_key(walk->prng, walk->draft, pool, walk->step);
}

/* "BYLEX" or "BYSCORE" behind a range turns its bounds from ranks into what it says. */
static void rewrite_bounds(Walk *walk, ValueKind kind) {
    for (int i = 0; i < walk->nbounds; i++) {
        Step holder = step_command(0);
        pools_add_value(walk->prng, walk->draft, kind, &holder);
        Arg *bound = &walk->step->args[walk->bounds[i]];
        Arg swapped = *bound;
        *bound = holder.args[0];
        holder.args[0] = swapped;
        step_free(&holder);
    }
    walk->nbounds = 0;
}

static void emit_token(Walk *walk, const char *token) {
    step_add_string(walk->step, token);
    if (hints_match("BYLEX", token)) rewrite_bounds(walk, KIND_LEX_BOUND);
    if (hints_match("BYSCORE", token)) rewrite_bounds(walk, KIND_SCORE_BOUND);
}

static void emit_value(Walk *walk, const CatArg *arg, ValueKind kind) {
    bool bound = kind == KIND_RANK && arg->type == CAT_STRING && walk->nbounds < MAX_BOUNDS;
    if (bound) walk->bounds[walk->nbounds++] = walk->step->nargs;
    pools_add_value(walk->prng, walk->draft, kind, walk->step);
}

/* One repetition of the argument, without its token. */
static void emit_once(Walk *walk, const CatArg *arg) {
    ValueKind kind;
    if (hints_kind(walk->command, arg, &kind)) {
        emit_value(walk, arg, kind);
    } else if (arg->type == CAT_KEY) {
        emit_key(walk, arg);
    } else if (arg->type == CAT_PURE_TOKEN) {
        emit_token(walk, arg->token ? arg->token : arg->name);
    } else if (arg->type == CAT_BLOCK) {
        walk_args(walk, arg->args, arg->nargs);
    } else if (arg->nargs > 0) {
        CatArg choice = arg->args[prng_below(walk->prng, (uint64_t)arg->nargs)];
        choice.optional = false;
        walk_args(walk, &choice, 1);
    }
}

/* --- Repetition */

/* Collects the templates of a repeated value or block of values. Returns their number, 0 when one
 * cannot be counted through. */
static int collect_templates(Walk *walk, const CatArg *arg, const char *templates[STREAM_MAX_TEMPLATES]) {
    const CatArg *leaves = arg->type == CAT_BLOCK ? arg->args : arg;
    int count = arg->type == CAT_BLOCK ? arg->nargs : 1;
    if (count < 1 || count > STREAM_MAX_TEMPLATES) return 0;
    for (int i = 0; i < count; i++) {
        ValueKind kind;
        bool plain = hints_kind(walk->command, &leaves[i], &kind) && (count == 1 || !leaves[i].token);
        templates[i] = plain ? pools_template(kind) : NULL;
        if (!templates[i]) return 0;
    }
    return count;
}

/* Repeats the argument as one %seq. Returns how often, 0 when that cannot be. */
static int emit_sequence(Walk *walk, const CatArg *arg) {
    const char *templates[STREAM_MAX_TEMPLATES];
    int count = collect_templates(walk, arg, templates);
    if (count == 0) return 0;
    int64_t first = prng_range(walk->prng, 1, 40);
    int64_t repeats = weights_sequence(walk->prng), stride = prng_chance(walk->prng, 70) ? 1 : 2;
    if (!step_add_sequence(walk->step, first, first + (repeats - 1) * stride, stride, templates, count)) return 0;
    return (int)repeats;
}

/* All repetitions of the argument with its tokens; `wanted` of them, or FREE. Returns how many. */
static int emit(Walk *walk, const CatArg *arg, int wanted) {
    bool token_each = arg->multiple && arg->multiple_token;
    bool own_token = arg->type == CAT_PURE_TOKEN;
    if (arg->token && !token_each && !own_token) emit_token(walk, arg->token);
    if (wanted == FREE && arg->multiple && !token_each && prng_chance(walk->prng, WEIGHT_SEQUENCE)) {
        int repeats = emit_sequence(walk, arg);
        if (repeats > 0) return repeats;
    }
    int count = 1;
    if (arg->multiple) count = wanted == FREE ? weights_repeats(walk->prng) : wanted;
    int least = wanted == FREE ? hints_least(walk->command, arg) : 1;
    if (count < least) count = least;
    for (int i = 0; i < count; i++) {
        if (token_each && arg->token && !own_token) emit_token(walk, arg->token);
        emit_once(walk, arg);
    }
    return count;
}

/* --- A row of arguments */

static bool is_count(const CatArg *args, int nargs, int i) {
    bool bare_integer = args[i].type == CAT_INTEGER && !args[i].token && !args[i].optional && !args[i].multiple;
    return bare_integer && i + 1 < nargs && args[i + 1].multiple;
}

static bool is_twin(const CatArg *args, int i) {
    return i > 0 && args[i].multiple && args[i - 1].multiple && !args[i].optional && !args[i - 1].optional;
}

static void set_count(Walk *walk, int at, int count) {
    char digits[16];
    int len = snprintf(digits, sizeof(digits), "%d", count);
    Arg *arg = &walk->step->args[at];
    text_free(&arg->parts[0]);
    arg->parts[0] = text_make(digits, (size_t)len);
}

static void walk_args(Walk *walk, const CatArg *args, int nargs) {
    int count_at = -1;  /* where a count waits for its number */
    int counted = FREE; /* what the last count of this row came to */
    int last = FREE;    /* repetitions of the argument before */
    for (int i = 0; i < nargs && walk->step->nargs < STREAM_MAX_ARGS; i++) {
        const CatArg *arg = &args[i];
        bool given = !arg->optional || prng_chance(walk->prng, hints_percent(walk->command, arg, walk->step));
        if (given && is_count(args, nargs, i)) {
            count_at = walk->step->nargs;
            step_add_string(walk->step, "0");
            continue;
        }
        int wanted = FREE;
        if (is_twin(args, i)) wanted = last;
        if (counted != FREE && arg->optional && arg->multiple && arg->token) wanted = counted;
        last = given ? emit(walk, arg, wanted) : 0;
        if (count_at < 0) continue;
        set_count(walk, count_at, last);
        counted = last;
        count_at = -1;
    }
}

/* --- A whole command */

static bool arity_fits(const CatCommand *command, const Step *step) {
    int64_t count = step_extent(step).elements;
    return command->arity >= 0 ? count == command->arity : count >= -command->arity;
}

/* Names stand in capitals, as people write them. */
static void add_name(Step *step, const char *name) {
    char capitals[HINTS_NAME_ROOM];
    snprintf(capitals, sizeof(capitals), "%s", name);
    for (char *p = capitals; *p; p++) *p = (char)toupper((unsigned char)*p);
    step_add_string(step, capitals);
}

static Step draw_step(Prng *prng, Draft *draft, const CatCommand *command) {
    Step step = step_command(0);
    KeyPool general = hints_pool(command, NULL);
    Walk walk = {.prng = prng, .draft = draft, .command = command, .step = &step, .general = general};
    walk.pool = general == KEYS_GROUPED ? general : pools_draw(prng, draft, general);
    add_name(&step, command->name);
    if (command->subcommand) add_name(&step, command->subcommand);
    walk_args(&walk, command->args, command->nargs);
    return step;
}

Step grammar_step(Prng *prng, Draft *draft, const CatCommand *command) {
    Step step = draw_step(prng, draft, command);
    for (int tried = 1; tried < ATTEMPTS && !arity_fits(command, &step); tried++) {
        step_free(&step);
        step = draw_step(prng, draft, command);
    }
    return step;
}

const CatCommand *grammar_command(const Step *step) {
    if (step->kind != STEP_COMMAND || step->nargs < 1) return NULL;
    const CatCommand *command = NULL;
    if (step->nargs > 1) command = catalogue_find(step_word(step, 0), step_word(step, 1));
    return command ? command : catalogue_find(step_word(step, 0), NULL);
}
