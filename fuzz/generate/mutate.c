/* SPDX-License-Identifier: BSD-3-Clause */
/* mutate.c -- the table of mutations and their functions; see mutate.h. */
#include "fuzz/generate/mutate.h"

#include <stdint.h>
#include <string.h>

#include "fuzz/generate/draft.h"
#include "fuzz/generate/generate.h"
#include "fuzz/generate/grammar.h"
#include "fuzz/generate/snippets.h"
#include "fuzz/generate/interruptions.h"
#include "fuzz/generate/payload.h"
#include "fuzz/generate/pools.h"
#include "fuzz/generate/weights.h"
#include "harness/base/array.h"

#define ROUNDS 4       /* the most mutations at once */
#define ATTEMPTS 12    /* to find a mutation that applies */
#define PLACES 8       /* places that a mutation tries before it gives up */
#define LONG_STREAM 40 /* from this length on, growth gets rarer and shrinking more frequent */
#define LARGEST_RUN 32 /* steps that are moved, copied or removed together */
#define CLIENTS 4      /* clients 0..3, as in generate.c */

/* --- Places */

/* The index of a random step, or -1. */
static int any_step(Prng *prng, const Stream *stream) {
    return stream->nsteps > 0 ? (int)prng_below(prng, (uint64_t)stream->nsteps) : -1;
}

/* The index of a random step of that kind, or -1 when none was met. Verbs that are never drawn are
 * not considered. */
static int step_of_kind(Prng *prng, const Stream *stream, StepKind kind) {
    for (int tried = 0; tried < PLACES; tried++) {
        int at = any_step(prng, stream);
        if (at < 0) return -1;
        const Step *step = &stream->steps[at];
        if (step->kind == kind && (kind == STEP_COMMAND || verb_is_drawn(step->verb))) return at;
    }
    return -1;
}

/* A place before, between or after the steps. */
static int any_gap(Prng *prng, const Stream *stream) {
    return (int)prng_below(prng, (uint64_t)stream->nsteps + 1);
}

/* The number of steps to handle together: mostly one. */
static int run_length(Prng *prng, const Stream *stream, int at) {
    int left = stream->nsteps - at;
    int length = (int)prng_scaled(prng, 1, LARGEST_RUN);
    return length < left ? length : left;
}

static Draft draft_before(const Stream *stream, int at) {
    Draft draft;
    draft_start(&draft, &stream->settings);
    draft_observe_stream(&draft, stream, at);
    return draft;
}

static bool put(Stream *stream, int at, Step *step) {
    if (stream_insert(stream, at, step)) return true;
    step_free(step);
    return false;
}

/* --- Steps */

static bool insert_step(Prng *prng, Stream *stream) {
    int at = any_gap(prng, stream);
    Draft draft = draft_before(stream, at);
    Step step = generate_step(prng, &draft);
    return put(stream, at, &step);
}

static bool insert_snippet(Prng *prng, Stream *stream) {
    int at = any_gap(prng, stream);
    Draft draft = draft_before(stream, at);
    return snippets_insert(prng, &draft, stream, at) > 0;
}

static bool insert_interruption(Prng *prng, Stream *stream) {
    int at = any_gap(prng, stream);
    Draft draft = draft_before(stream, at);
    return interruptions_insert(prng, &draft, stream, at) > 0;
}

static bool remove_steps(Prng *prng, Stream *stream) {
    if (stream->nsteps < 2) return false;
    int at = any_step(prng, stream);
    for (int left = run_length(prng, stream, at); left > 0 && stream->nsteps > 1; left--) stream_remove(stream, at);
    return true;
}

/* Copies `count` steps of *from, starting with `first`, into the stream before step `at`. *from may
 * be the stream itself when `at` is not within the run. */
static bool copy_steps(Stream *stream, int at, const Stream *from, int first, int count) {
    bool copied = false;
    for (int i = 0; i < count; i++) {
        int source = first + i;
        if (from == stream && at <= first) source += i;
        Step step;
        step_copy(&step, &from->steps[source]);
        copied |= put(stream, at + i, &step);
    }
    return copied;
}

static bool duplicate_steps(Prng *prng, Stream *stream) {
    int first = any_step(prng, stream);
    if (first < 0) return false;
    int count = run_length(prng, stream, first);
    int gaps = stream->nsteps + 1 - (count - 1);
    int at = (int)prng_below(prng, (uint64_t)gaps);
    if (at > first) at += count - 1;
    return stream->nsteps + count <= STREAM_MAX_STEPS && copy_steps(stream, at, stream, first, count);
}

/* Moves a run of steps somewhere else. */
static bool move_steps(Prng *prng, Stream *stream) {
    if (stream->nsteps < 2) return false;
    Step run[LARGEST_RUN];
    int first = any_step(prng, stream), count = run_length(prng, stream, first);
    for (int i = 0; i < count; i++) {
        step_copy(&run[i], &stream->steps[first]);
        stream_remove(stream, first);
    }
    int at = any_gap(prng, stream);
    for (int i = 0; i < count; i++) put(stream, at + i, &run[i]);
    return at != first;
}

static bool swap_steps(Prng *prng, Stream *stream) {
    int a = any_step(prng, stream), b = any_step(prng, stream);
    if (a < 0 || a == b) return false;
    Step held = stream->steps[a];
    stream->steps[a] = stream->steps[b];
    stream->steps[b] = held;
    return true;
}

/* Replaces a call with another one of the same command. */
static bool redraw_step(Prng *prng, Stream *stream) {
    int at = step_of_kind(prng, stream, STEP_COMMAND);
    const CatCommand *command = at < 0 ? NULL : grammar_command(&stream->steps[at]);
    if (!command) return false;
    Draft draft = draft_before(stream, at);
    Step fresh = grammar_step(prng, &draft, command);
    fresh.client = stream->steps[at].client;
    step_free(&stream->steps[at]);
    stream->steps[at] = fresh;
    return true;
}

/* --- Arguments */

static void take_argument(Step *to, Step *from, int index) {
    Arg held = to->args[index];
    to->args[index] = from->args[index];
    from->args[index] = held;
}

/* Do two calls have the same length and kinds of arguments? */
static bool same_shape(const Step *a, const Step *b) {
    if (a->nargs != b->nargs) return false;
    for (int i = 0; i < a->nargs; i++)
        if ((a->args[i].kind == ARG_SEQUENCE) != (b->args[i].kind == ARG_SEQUENCE)) return false;
    return true;
}

/* Replaces an argument with that of another call of the same command and shape. */
static bool replace_argument(Prng *prng, Stream *stream) {
    int at = step_of_kind(prng, stream, STEP_COMMAND);
    const CatCommand *command = at < 0 ? NULL : grammar_command(&stream->steps[at]);
    int named = command && command->subcommand ? 2 : 1;
    if (!command || stream->steps[at].nargs <= named) return false;
    Draft draft = draft_before(stream, at);
    for (int tried = 0; tried < PLACES; tried++) {
        Step fresh = grammar_step(prng, &draft, command);
        bool fits = same_shape(&stream->steps[at], &fresh);
        if (fits) take_argument(&stream->steps[at], &fresh, (int)prng_range(prng, named, fresh.nargs - 1));
        step_free(&fresh);
        if (fits) return true;
    }
    return false;
}

/* Replaces an argument with a value of any size. */
static bool replace_by_value(Prng *prng, Stream *stream) {
    int at = step_of_kind(prng, stream, STEP_COMMAND);
    if (at < 0 || stream->steps[at].nargs < 2) return false;
    Draft draft = draft_before(stream, at);
    Step holder = step_command(0);
    pools_add_value(prng, &draft, KIND_VALUE, &holder);
    Arg *place = &stream->steps[at].args[prng_range(prng, 1, stream->steps[at].nargs - 1)];
    Arg held = *place;
    *place = holder.args[0];
    holder.args[0] = held;
    step_free(&holder);
    return true;
}

/* Adds an option to a command, perhaps one that it has. */
static bool add_option(Prng *prng, Stream *stream) {
    int at = step_of_kind(prng, stream, STEP_COMMAND);
    const CatCommand *command = at < 0 ? NULL : grammar_command(&stream->steps[at]);
    if (!command) return false;
    Draft draft = draft_before(stream, at);
    bool added = false;
    for (int tried = 0; tried < PLACES && !added; tried++)
        added = grammar_add_option(prng, &draft, command, &stream->steps[at]);
    return added;
}

static bool remove_argument(Prng *prng, Stream *stream) {
    int at = step_of_kind(prng, stream, STEP_COMMAND);
    if (at < 0 || stream->steps[at].nargs < 3) return false;
    Step *step = &stream->steps[at];
    int gone = (int)prng_range(prng, 1, step->nargs - 1);
    arg_free(&step->args[gone]);
    memmove(&step->args[gone], &step->args[gone + 1], (size_t)(step->nargs - gone - 1) * sizeof(Arg));
    step->nargs--;
    return true;
}

static void set_literal(Arg *arg, const char *text) {
    text_free(&arg->parts[0]);
    arg->parts[0] = text_make(text, strlen(text));
}

/* Changes the payload of a RESTORE or FUNCTION RESTORE within, and signs it again. */
static bool change_payload(Prng *prng, Stream *stream) {
    for (int tried = 0; tried < PLACES; tried++) {
        int at = step_of_kind(prng, stream, STEP_COMMAND);
        for (int i = 1; at >= 0 && i < stream->steps[at].nargs; i++) {
            Arg *arg = &stream->steps[at].args[i];
            if (arg->kind != ARG_LITERAL || !payload_is_signed(arg->parts[0])) continue;
            payload_mutate(prng, &arg->parts[0]);
            return true;
        }
    }
    return false;
}

/* --- Numbers */

static int64_t other_number(Prng *prng, int64_t number) {
    /* Limits of encodings, of batches in defrag, of types. */
    static const int64_t edges[] = {0,   1,   -1,  16,   44,   45,        64,        65,        128,
                                    129, 512, 513, 1024, 4096, INT32_MAX, INT64_MAX, INT64_MIN, INT64_MAX / 1000};
    int64_t small = number > INT32_MIN && number < INT32_MAX ? number : 0;
    switch (prng_below(prng, 6)) {
    case 0:
        return small + 1;
    case 1:
        return small - 1;
    case 2:
        return small * 2;
    case 3:
        return small / 2;
    case 4:
        return -small;
    default:
        return edges[prng_below(prng, COUNT_OF(edges))];
    }
}

static int64_t clamp(int64_t number, int64_t low, int64_t high) {
    return number < low ? low : number > high ? high : number;
}

static bool change_literal(Prng *prng, Arg *arg) {
    Text text = arg->parts[0];
    bool negative = text.len > 1 && text.data[0] == '-';
    int64_t number;
    if (!text_number(text.data + negative, text.len - negative, &number)) return false;
    Text digits = text_make("", 0);
    text_format(&digits, "%lld", (long long)other_number(prng, negative ? -number : number));
    set_literal(arg, digits.data);
    text_free(&digits);
    return true;
}

static bool change_sequence(Prng *prng, Arg *arg) {
    int64_t count = (arg->last - arg->first) / arg->stride + 1;
    switch (prng_below(prng, 3)) {
    case 0:
        arg->first = clamp(other_number(prng, arg->first), 0, STREAM_MAX_ELEMENTS);
        break;
    case 1:
        arg->stride = prng_range(prng, 1, 4);
        break;
    default:
        count = clamp(other_number(prng, count), 1, 2000);
        break;
    }
    arg->last = arg->first + (clamp(count, 1, 2000) - 1) * arg->stride;
    return true;
}

static bool change_argument(Prng *prng, Step *step, Arg *arg) {
    if (arg->kind == ARG_LITERAL) return change_literal(prng, arg);
    Arg before;
    arg_copy(&before, arg);
    if (arg->kind == ARG_REPEAT)
        arg->bytes = clamp(other_number(prng, arg->bytes), 0, 100000);
    else
        change_sequence(prng, arg);
    Extent extent = step_extent(step);
    bool fits = extent.elements <= STREAM_MAX_ELEMENTS && extent.bytes <= STREAM_MAX_EXPANDED;
    if (!fits) {
        Arg grown = *arg;
        *arg = before;
        before = grown;
    }
    arg_free(&before);
    return fits;
}

static bool change_number(Prng *prng, Stream *stream) {
    int at = step_of_kind(prng, stream, STEP_COMMAND);
    if (at < 0) return false;
    Step *step = &stream->steps[at];
    for (int tried = 0; tried < PLACES && step->nargs > 1; tried++)
        if (change_argument(prng, step, &step->args[prng_range(prng, 1, step->nargs - 1)])) return true;
    return false;
}

/* --- Keys */

/* Draws another key name: mostly of the same pool. */
static void draw_other_key(Prng *prng, const Draft *draft, KeyPool pool, char name[POOL_NAME_ROOM]) {
    if (prng_chance(prng, 2 * WEIGHT_ALIEN_KEY)) pool = (KeyPool)prng_below(prng, KEYS_POOLS);
    pools_key_name(draft, pool, (int)prng_below(prng, POOL_NAMES), name);
}

/* A random argument of the step that is a key name, or NULL. */
static Arg *key_argument(Prng *prng, Step *step, KeyPool *pool) {
    int number;
    for (int tried = 0; tried < PLACES && step->nargs > 1; tried++) {
        Arg *arg = &step->args[prng_range(prng, 1, step->nargs - 1)];
        if (arg->kind == ARG_LITERAL && pools_is_key(arg->parts[0], pool, &number)) return arg;
    }
    return NULL;
}

/* Draws a key of some command, and another name of its pool. Returns NULL when no key is found. */
static Arg *draw_key(Prng *prng, Stream *stream, char name[POOL_NAME_ROOM]) {
    int at = step_of_kind(prng, stream, STEP_COMMAND);
    KeyPool pool;
    Arg *arg = at < 0 ? NULL : key_argument(prng, &stream->steps[at], &pool);
    if (!arg) return NULL;
    Draft draft;
    draft_start(&draft, &stream->settings);
    draw_other_key(prng, &draft, pool, name);
    return arg;
}

static bool change_key(Prng *prng, Stream *stream) {
    char name[POOL_NAME_ROOM];
    Arg *arg = draw_key(prng, stream, name);
    if (arg) set_literal(arg, name);
    return arg != NULL;
}

/* Merges two keys throughout the stream. */
static bool merge_keys(Prng *prng, Stream *stream) {
    char name[POOL_NAME_ROOM];
    Arg *arg = draw_key(prng, stream, name);
    if (!arg) return false;
    Text old = text_make(arg->parts[0].data, arg->parts[0].len);
    for (int i = 0; i < stream->nsteps; i++)
        for (int j = 1; stream->steps[i].kind == STEP_COMMAND && j < stream->steps[i].nargs; j++) {
            Arg *other = &stream->steps[i].args[j];
            if (other->kind == ARG_LITERAL && text_equal(other->parts[0], old)) set_literal(other, name);
        }
    text_free(&old);
    return true;
}

/* --- Clients, verbs, settings */

static bool change_client(Prng *prng, Stream *stream) {
    int at = step_of_kind(prng, stream, STEP_COMMAND);
    if (at < 0) return false;
    int before = stream->steps[at].client;
    stream->steps[at].client = (int)prng_below(prng, CLIENTS);
    return stream->steps[at].client != before;
}

static bool change_verb(Prng *prng, Stream *stream) {
    int at = step_of_kind(prng, stream, STEP_VERB);
    if (at < 0) return false;
    generate_verb_arguments(prng, &stream->steps[at]);
    return true;
}

static bool change_settings(Prng *prng, Stream *stream) {
    Settings before = stream->settings;
    if (prng_chance(prng, 20))
        weights_birth(prng, &stream->settings);
    else if (prng_chance(prng, 20))
        weights_one_setting(prng, &stream->settings);
    else if (prng_chance(prng, 20))
        weights_reuse(prng, &stream->settings);
    else
        weights_after(prng, &stream->settings);
    return !settings_equal(&before, &stream->settings);
}

/* --- Runs */

/* Puts a step before and one after a run of steps. */
static bool enclose(Prng *prng, Stream *stream, Step *before, Step *after) {
    int first = any_gap(prng, stream);
    int count = first < stream->nsteps ? run_length(prng, stream, first) : 0;
    bool after_put = put(stream, first + count, after);
    bool before_put = put(stream, first, before);
    return after_put && before_put;
}

/* Starts a cycle before a run and ends it after the run. */
static bool interrupt_cycle(Prng *prng, Stream *stream) {
    Step slice = step_verb(VERB_SLICE), finish = step_verb(VERB_FINISH);
    generate_verb_arguments(prng, &slice);
    return enclose(prng, stream, &slice, &finish);
}

static bool wrap_in_multi(Prng *prng, Stream *stream) {
    int client = (int)prng_below(prng, CLIENTS);
    Step multi = step_command(client), exec = step_command(client);
    step_add_string(&multi, "MULTI");
    step_add_string(&exec, "EXEC");
    return enclose(prng, stream, &multi, &exec);
}

/* --- The table */

static const struct {
    const char *name;
    int weight;
    int growth; /* adds steps (1), removes them (-1), or keeps their number (0) */
    bool (*mutate)(Prng *, Stream *);
} table[] = {
    {"insert-step", 20, 1, insert_step},
    {"insert-snippet", 6, 1, insert_snippet},
    {"insert-interruption", 5, 1, insert_interruption},
    {"remove-steps", 14, -1, remove_steps},
    {"duplicate-steps", 5, 1, duplicate_steps},
    {"move-steps", 5, 0, move_steps},
    {"swap-steps", 5, 0, swap_steps},
    {"redraw-step", 8, 0, redraw_step},
    {"replace-argument", 14, 0, replace_argument},
    {"replace-by-value", 2, 0, replace_by_value}, /* mostly a command that fails */
    {"add-option", 4, 0, add_option},
    {"remove-argument", 2, 0, remove_argument}, /* the same */
    {"change-payload", 6, 0, change_payload},   /* only a stream that has one */
    {"change-number", 10, 0, change_number},
    {"change-key", 8, 0, change_key},
    {"merge-keys", 2, 0, merge_keys},
    {"change-client", 3, 0, change_client},
    {"change-verb", 8, 0, change_verb},
    {"change-settings", 3, 0, change_settings},
    {"interrupt-cycle", 5, 1, interrupt_cycle},
    {"wrap-in-multi", 2, 1, wrap_in_multi},
};

/* The longer the stream, the rarer are mutations that lengthen it and the more frequent those that
 * shorten it. */
static int weight_for(int index, int steps) {
    int weight = table[index].weight, excess = steps / LONG_STREAM;
    if (table[index].growth > 0) return weight / (1 + excess);
    if (table[index].growth < 0) return weight * (1 + excess);
    return weight;
}

const char *mutate_name(int index) {
    return index >= 0 && index < COUNT_OF(table) ? table[index].name : NULL;
}

bool mutate_once(Prng *prng, int index, Stream *stream) {
    return mutate_name(index) && table[index].mutate(prng, stream);
}

size_t mutate_stream(Prng *prng, Stream *stream) {
    size_t made = 0;
    for (int64_t rounds = prng_scaled(prng, 1, ROUNDS); rounds > 0; rounds--) {
        int weights[COUNT_OF(table)];
        for (int i = 0; i < COUNT_OF(table); i++) weights[i] = weight_for(i, stream->nsteps);
        bool done = false;
        for (int tried = 0; tried < ATTEMPTS && !done; tried++)
            done = mutate_once(prng, prng_weighted(prng, weights, COUNT_OF(table)), stream);
        made += done;
    }
    return made;
}

/* --- Crossing */

void mutate_cross(Prng *prng, const Stream *a, const Stream *b, Stream *out) {
    if (prng_chance(prng, 50)) {
        const Stream *held = a;
        a = b;
        b = held;
    }
    stream_init(out);
    out->settings = a->settings;
    int cut = any_gap(prng, a), first = any_gap(prng, b);
    bool splice = prng_chance(prng, 60); /* a run of b within a; else a's beginning and b's end */
    int count = splice && first < b->nsteps ? run_length(prng, b, first) : b->nsteps - first;
    copy_steps(out, 0, a, 0, cut);
    copy_steps(out, out->nsteps, b, first, count);
    if (splice) copy_steps(out, out->nsteps, a, cut, a->nsteps - cut);
}
