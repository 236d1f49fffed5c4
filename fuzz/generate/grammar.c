/* SPDX-License-Identifier: BSD-3-Clause */
/* grammar.c -- turns a command's argument tree into a step; see grammar.h for the rules. */
#include "fuzz/generate/grammar.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/generate/hints.h"
#include "fuzz/generate/options.h"
#include "fuzz/generate/weights.h"

#define ATTEMPTS 6   /* draws of a command, until the number of its arguments fits its arity */
#define FREE (-1)    /* the number of repetitions is drawn at random */
#define MAX_BOUNDS 2 /* bounds of one range */

typedef struct {
    Prng *prng;
    Draft *draft;
    const CatCommand *command;
    Step *step;
    KeyPool general, pool;  /* of the command's keys, and the pool drawn for this step */
    int bounds[MAX_BOUNDS]; /* positions of the bounds of a range by rank */
    int nbounds;
} Call;

static void add_args(Call *call, const CatArg *args, int nargs);

/* --- One argument */

static KeyPool draw_pool(Call *call, const CatArg *arg) {
    KeyPool pool = hints_pool(call->command, arg);
    if (prng_chance(call->prng, WEIGHT_ALIEN_KEY)) return (KeyPool)prng_below(call->prng, KEYS_POOLS);
    return pool == call->general ? call->pool : pools_draw(call->prng, call->draft, pool);
}

static bool repeats_last(const Step *step) {
    int last = step->nargs - 1;
    return last > 1 && strcmp(step_word(step, last), step_word(step, last - 1)) == 0;
}

/* Adds a key. COPY and similar commands need two different ones, so a repeated key is drawn once
 * more. */
static void emit_key(Call *call, const CatArg *arg) {
    KeyPool pool = draw_pool(call, arg);
    pools_add_key(call->prng, call->draft, pool, call->step);
    if (!repeats_last(call->step)) return;
    arg_free(&call->step->args[--call->step->nargs]);
    pools_add_key(call->prng, call->draft, pool, call->step);
}

/* "BYLEX" or "BYSCORE" after a range: replaces its bounds, which were ranks, with that kind of
 * value. */
static void rewrite_bounds(Call *call, ValueKind kind) {
    for (int i = 0; i < call->nbounds; i++) {
        Step holder = step_command(0);
        pools_add_value(call->prng, call->draft, kind, &holder);
        Arg *bound = &call->step->args[call->bounds[i]];
        Arg swapped = *bound;
        *bound = holder.args[0];
        holder.args[0] = swapped;
        step_free(&holder);
    }
    call->nbounds = 0;
}

static void emit_token(Call *call, const char *token) {
    step_add_string(call->step, token);
    if (hints_match("BYLEX", token)) rewrite_bounds(call, KIND_LEX_BOUND);
    if (hints_match("BYSCORE", token)) rewrite_bounds(call, KIND_SCORE_BOUND);
}

static void emit_value(Call *call, const CatArg *arg, ValueKind kind) {
    bool bound = kind == KIND_RANK && arg->type == CAT_STRING && call->nbounds < MAX_BOUNDS;
    if (bound) call->bounds[call->nbounds++] = call->step->nargs;
    pools_add_value(call->prng, call->draft, kind, call->step);
}

/* One of the alternatives of a one-of: mostly one that fits what the step has so far. */
static CatArg draw_alternative(Call *call, const CatArg *arg) {
    uint64_t drawn = prng_below(call->prng, (uint64_t)arg->nargs);
    for (int tried = 0; tried < ATTEMPTS && !hints_percent(call->command, &arg->args[drawn], call->step); tried++)
        drawn = prng_below(call->prng, (uint64_t)arg->nargs);
    return arg->args[drawn];
}

/* Adds one repetition of the argument, without its token. */
static void emit_once(Call *call, const CatArg *arg) {
    ValueKind kind;
    if (hints_kind(call->command, arg, &kind)) {
        emit_value(call, arg, kind);
    } else if (arg->type == CAT_KEY) {
        emit_key(call, arg);
    } else if (arg->type == CAT_PURE_TOKEN) {
        emit_token(call, arg->token ? arg->token : arg->name);
    } else if (arg->type == CAT_BLOCK) {
        add_args(call, arg->args, arg->nargs);
    } else if (arg->nargs > 0) {
        CatArg choice = draw_alternative(call, arg);
        choice.optional = false;
        add_args(call, &choice, 1);
    }
}

/* --- Repetition */

/* Collects the %seq templates of a repeated value or block of values. Returns their number, or 0
 * when one of the values has no template. */
static int collect_templates(Call *call, const CatArg *arg, const char *templates[STREAM_MAX_TEMPLATES]) {
    const CatArg *leaves = arg->type == CAT_BLOCK ? arg->args : arg;
    int count = arg->type == CAT_BLOCK ? arg->nargs : 1;
    if (count < 1 || count > STREAM_MAX_TEMPLATES) return 0;
    for (int i = 0; i < count; i++) {
        ValueKind kind;
        bool plain = hints_kind(call->command, &leaves[i], &kind) && (count == 1 || !leaves[i].token);
        templates[i] = plain ? pools_template(kind) : NULL;
        if (!templates[i]) return 0;
    }
    return count;
}

/* Repeats the argument as one %seq. Returns the number of repetitions, or 0 when that is
 * impossible. */
static int emit_sequence(Call *call, const CatArg *arg) {
    const char *templates[STREAM_MAX_TEMPLATES];
    int count = collect_templates(call, arg, templates);
    if (count == 0) return 0;
    int64_t first = prng_range(call->prng, 1, 40);
    int64_t repeats = weights_sequence(call->prng), stride = prng_chance(call->prng, 70) ? 1 : 2;
    if (!step_add_sequence(call->step, first, first + (repeats - 1) * stride, stride, templates, count)) return 0;
    return (int)repeats;
}

/* Adds all repetitions of the argument with its tokens: `wanted` of them, or a random number
 * (FREE). Returns their number. */
static int emit(Call *call, const CatArg *arg, int wanted) {
    bool token_each = arg->multiple && arg->multiple_token;
    bool own_token = arg->type == CAT_PURE_TOKEN;
    if (arg->token && !token_each && !own_token) emit_token(call, arg->token);
    if (wanted == FREE && arg->multiple && !token_each && prng_chance(call->prng, WEIGHT_SEQUENCE)) {
        int repeats = emit_sequence(call, arg);
        if (repeats > 0) return repeats;
    }
    int count = 1;
    if (arg->multiple) count = wanted == FREE ? weights_repeats(call->prng) : wanted;
    int least = wanted == FREE ? hints_least(call->command, arg) : 1;
    if (count < least) count = least;
    for (int i = 0; i < count; i++) {
        if (token_each && arg->token && !own_token) emit_token(call, arg->token);
        emit_once(call, arg);
    }
    return count;
}

/* --- A row of arguments */

/* A count has no token, or is called a number (num-vertices of BYPOLYGON). */
static bool is_count(const CatArg *args, int nargs, int i) {
    bool once = args[i].type == CAT_INTEGER && !args[i].optional && !args[i].multiple;
    bool counts = !args[i].token || hints_match("num*", args[i].name);
    return once && counts && i + 1 < nargs && args[i + 1].multiple;
}

static bool is_twin(const CatArg *args, int i) {
    return i > 0 && args[i].multiple && args[i - 1].multiple && !args[i].optional && !args[i - 1].optional;
}

static void set_count(Call *call, int at, int count) {
    char digits[16];
    int len = snprintf(digits, sizeof(digits), "%d", count);
    Arg *arg = &call->step->args[at];
    text_free(&arg->parts[0]);
    arg->parts[0] = text_make(digits, (size_t)len);
}

static void add_args(Call *call, const CatArg *args, int nargs) {
    int count_at = -1;  /* the position of a count that is not known yet */
    int counted = FREE; /* the last count of this row */
    int last = FREE;    /* repetitions of the previous argument */
    for (int i = 0; i < nargs && call->step->nargs < STREAM_MAX_ARGS; i++) {
        const CatArg *arg = &args[i];
        bool given = !arg->optional || prng_chance(call->prng, hints_percent(call->command, arg, call->step));
        if (given && is_count(args, nargs, i)) {
            if (arg->token) emit_token(call, arg->token);
            count_at = call->step->nargs;
            step_add_string(call->step, "0");
            continue;
        }
        int wanted = FREE;
        if (is_twin(args, i)) wanted = last;
        if (counted != FREE && arg->optional && arg->multiple && arg->token) wanted = counted;
        last = given ? emit(call, arg, wanted) : 0;
        if (count_at < 0) continue;
        set_count(call, count_at, last);
        counted = last;
        count_at = -1;
    }
}

/* --- A whole command */

static bool arity_fits(const CatCommand *command, const Step *step) {
    int64_t count = step_extent(step).elements;
    return command->arity >= 0 ? count == command->arity : count >= -command->arity;
}

/* Names are in capitals, as is customary. */
static void add_name(Step *step, const char *name) {
    char capitals[HINTS_NAME_ROOM];
    snprintf(capitals, sizeof(capitals), "%s", name);
    for (char *p = capitals; *p; p++) *p = (char)toupper((unsigned char)*p);
    step_add_string(step, capitals);
}

static Call begin_call(Prng *prng, Draft *draft, const CatCommand *command, Step *step) {
    KeyPool general = hints_pool(command, NULL);
    Call call = {.prng = prng, .draft = draft, .command = command, .step = step, .general = general};
    call.pool = general == KEYS_GROUPED ? general : pools_draw(prng, draft, general);
    return call;
}

static Step draw_step(Prng *prng, Draft *draft, const CatCommand *command) {
    Step step = step_command(0);
    Call call = begin_call(prng, draft, command, &step);
    add_name(&step, command->name);
    if (command->subcommand) add_name(&step, command->subcommand);
    add_args(&call, command->args, command->nargs);
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

bool grammar_add_option(Prng *prng, Draft *draft, const CatCommand *command, Step *step) {
    if (!command->nargs) return false;
    const CatArg *arg = &command->args[prng_below(prng, (uint64_t)command->nargs)];
    if (!arg->optional || !options_has_word(arg)) return false;
    Call call = begin_call(prng, draft, command, step);
    emit(&call, arg, FREE);
    return true;
}

const CatCommand *grammar_command(const Step *step) {
    if (step->kind != STEP_COMMAND || step->nargs < 1) return NULL;
    const CatCommand *command = NULL;
    if (step->nargs > 1) command = catalogue_find(step_word(step, 0), step_word(step, 1));
    return command ? command : catalogue_find(step_word(step, 0), NULL);
}
