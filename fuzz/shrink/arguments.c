/* SPDX-License-Identifier: BSD-3-Clause */
/* arguments.c -- passes over the arguments of commands and verbs: their number, sizes and values.
 *
 * In many commands a number counts the arguments that follow. The core does not know these
 * commands: where it removes arguments, it also tries to lower the number before them by the count
 * of those removed.
 *
 * Sites are arguments, starting with the last one of the last step, so that removals do not change
 * the following sites. */
#include <string.h>

#include "fuzz/shrink/pass.h"
#include "harness/base/array.h"

/* --- how many */

/* The nearest argument before `before` that is a number of at least `least`, or 0. */
static int number_before(const Step *step, int before, int64_t least) {
    int64_t value;
    for (int i = before - 1; i > 0; i--) {
        if (shrink_read_number(&step->args[i], &value) && value >= least) return i;
    }
    return 0;
}

/* Lowers the nearest number before argument `before` by `less`, but not below 1. */
static bool lower_number(Step *step, int before, int64_t less) {
    int64_t value = 0;
    int at = number_before(step, before, less + 1);
    if (at == 0) return false;
    shrink_read_number(&step->args[at], &value);
    shrink_write_number(&step->args[at], value - less);
    return true;
}

/* Removes `count` arguments that end at the site (0: the site and all after it) and lowers the
 * number before them by `less`. */
typedef struct {
    int count, less;
} Removal;

static const Removal removals[] = {{0, 0}, {64, 0}, {32, 0}, {16, 0}, {8, 0}, {4, 0},
                                   {2, 0}, {1, 0},  {4, 2},  {2, 1},  {1, 1}, {2, 2}};

#define REMOVALS COUNT_OF(removals)

static bool remove_some(Step *step, int at, Removal removal) {
    int from = removal.count ? at - removal.count + 1 : at, to = removal.count ? at + 1 : step->nargs;
    if (from < 1 || (from == 1 && to < step->nargs))
        return false; /* this is most often the key, which the next argument would replace */
    if (removal.less > 0 && !lower_number(step, from, removal.less)) return false;
    shrink_remove_arguments(step, from, to);
    return true;
}

Offer shrink_arguments(const Stream *best, int site, int proposal, int unused, Stream *out) {
    (void)unused;
    int step, arg;
    if (!shrink_argument(best, site, &step, &arg)) return OFFER_END;
    if (proposal >= REMOVALS || best->steps[step].kind == STEP_VERB) return OFFER_OVER;
    stream_copy(out, best);
    if (remove_some(&out->steps[step], arg, removals[proposal])) return OFFER_MADE;
    stream_free(out);
    return OFFER_SKIP;
}

/* --- how big */

/* Writes one template of a sequence at `number` as a literal. */
static void write_template(Step *step, int at, Text template, int64_t number) {
    Step one = step_command(0);
    Argv argv = {0};
    const char *words[] = {template.data};
    if (step_add_sequence(&one, number, number, 1, words, 1)) {
        step_expand(&one, &argv);
        shrink_write(&step->args[at], argv.items[0].data, argv.items[0].len);
    }
    argv_free(&argv);
    step_free(&one);
}

/* Replaces a short sequence with its arguments. */
static bool write_out(Step *step, int at) {
    Arg sequence;
    int parts = step->args[at].nparts;
    if (step->nargs + parts - 1 > STREAM_MAX_ARGS || step_extent(step).elements > STREAM_MAX_ELEMENTS - parts)
        return false;
    arg_copy(&sequence, &step->args[at]);
    for (int i = 1; i < parts; i++) step_add_string(step, "");
    memmove(&step->args[at + parts], &step->args[at + 1], (size_t)(step->nargs - at - parts) * sizeof(Arg));
    for (int i = 0; i < parts; i++) {
        if (i > 0) step->args[at + i] = (Arg){0};
        write_template(step, at + i, sequence.parts[i], sequence.first);
    }
    arg_free(&sequence);
    return true;
}

static int64_t count_of(const Arg *arg) {
    return (arg->last - arg->first) / arg->stride + 1;
}

enum { FROM_BACK, FROM_BACK_COUNTED, FROM_FRONT, FROM_FRONT_COUNTED, THINNED, WAYS };

/* Shortens a sequence to `count` rounds, and adjusts the number before it that counts them, if
 * any. */
static bool shorten(Step *step, int at, int64_t count, int way) {
    Arg *arg = &step->args[at];
    int64_t less = count_of(arg) - count;
    bool counted = way == FROM_BACK_COUNTED || way == FROM_FRONT_COUNTED;
    if (counted && !lower_number(step, at, less)) return false;
    if (way == THINNED) {
        if (count < 2) return false;
        arg->stride *= (count_of(arg) - 1) / (count - 1);
        arg->last = arg->first + (count - 1) * arg->stride;
    } else if (way == FROM_FRONT || way == FROM_FRONT_COUNTED) {
        arg->first += less * arg->stride;
    } else {
        arg->last = arg->first + (count - 1) * arg->stride;
    }
    return true;
}

static bool drop_template(Arg *arg, int index) {
    if (index >= arg->nparts || arg->nparts < 2) return false;
    text_free(&arg->parts[index]);
    memmove(&arg->parts[index], &arg->parts[index + 1], (size_t)(arg->nparts - index - 1) * sizeof(Text));
    arg->nparts--;
    return true;
}

/* Proposals: its arguments written out, one template dropped, then shorter in each way. */
static Offer propose_sequence(Step *step, int at, int proposal) {
    Arg *arg = &step->args[at];
    int64_t count = count_of(arg), tried;
    if (proposal == 0) return count == 1 && write_out(step, at) ? OFFER_MADE : OFFER_SKIP;
    if (proposal <= STREAM_MAX_TEMPLATES) return drop_template(arg, proposal - 1) ? OFFER_MADE : OFFER_SKIP;
    int index = (proposal - 1 - STREAM_MAX_TEMPLATES) / WAYS, way = (proposal - 1 - STREAM_MAX_TEMPLATES) % WAYS;
    if (!shrink_value(1, count, index, &tried)) return OFFER_OVER;
    return shorten(step, at, tried, way) ? OFFER_MADE : OFFER_SKIP;
}

/* Replaces a repetition with a plain word when that is not longer, or shortens it. */
static Offer propose_repeat(Step *step, int at, int proposal) {
    Arg *arg = &step->args[at];
    int64_t tried;
    if (proposal == 0) {
        Text pattern = arg->parts[0];
        if (arg->bytes > (int64_t)pattern.len) return OFFER_SKIP;
        shrink_write(arg, pattern.data, (size_t)arg->bytes);
        return OFFER_MADE;
    }
    if (proposal == 1) {
        char word[16];
        if (arg->bytes >= (int64_t)sizeof(word)) return OFFER_SKIP;
        for (int64_t i = 0; i < arg->bytes; i++) word[i] = arg->parts[0].data[(size_t)i % arg->parts[0].len];
        shrink_write(arg, word, (size_t)arg->bytes);
        return OFFER_MADE;
    }
    if (!shrink_value(0, arg->bytes, proposal - 2, &tried)) return OFFER_OVER;
    arg->bytes = tried;
    return OFFER_MADE;
}

Offer shrink_sizes(const Stream *best, int site, int proposal, int unused, Stream *out) {
    (void)unused;
    int step, arg;
    if (!shrink_argument(best, site, &step, &arg)) return OFFER_END;
    ArgKind kind = best->steps[step].args[arg].kind;
    if (kind == ARG_LITERAL) return OFFER_OVER;
    stream_copy(out, best);
    Offer offer = kind == ARG_SEQUENCE ? propose_sequence(&out->steps[step], arg, proposal)
                                       : propose_repeat(&out->steps[step], arg, proposal);
    if (offer != OFFER_MADE) stream_free(out);
    return offer;
}

/* --- which numbers */

/* Proposals: 0, or the least that a verb accepts, then halfway; for a negative number, first the
 * number without the minus. */
static Offer propose_literal(Step *step, int at, int proposal) {
    int64_t value, tried, least = step->kind == STEP_VERB;
    if (!shrink_read_number(&step->args[at], &value)) return OFFER_OVER;
    if (value < 0) {
        if (proposal > 0 && !shrink_value(1, -value, proposal - 1, &tried)) return OFFER_OVER;
        shrink_write_number(&step->args[at], proposal == 0 ? -value : -tried);
        return OFFER_MADE;
    }
    if (proposal == 0 && least > 0) {
        tried = 0;
    } else if (!shrink_value(least, value, proposal - (least > 0), &tried)) {
        return OFFER_OVER;
    }
    shrink_write_number(&step->args[at], tried);
    return shrink_is_valid(step) ? OFFER_MADE : OFFER_SKIP;
}

/* Proposals: the same number of rounds from a lower number, or without a stride. */
static Offer propose_numbers(Arg *arg, int proposal) {
    int64_t count = count_of(arg), tried;
    if (proposal == 0) {
        if (arg->stride == 1) return OFFER_SKIP;
        arg->stride = 1;
        arg->last = arg->first + count - 1;
        return OFFER_MADE;
    }
    if (!shrink_value(arg->first > 0, arg->first, proposal - 1, &tried)) return OFFER_OVER;
    arg->last -= arg->first - tried;
    arg->first = tried;
    return OFFER_MADE;
}

Offer shrink_numbers(const Stream *best, int site, int proposal, int unused, Stream *out) {
    (void)unused;
    int step, arg;
    if (!shrink_argument(best, site, &step, &arg)) return OFFER_END;
    ArgKind kind = best->steps[step].args[arg].kind;
    if (kind == ARG_REPEAT || (step == 0 && shrink_is_narrowed(best))) return OFFER_OVER;
    stream_copy(out, best);
    Offer offer = kind == ARG_LITERAL ? propose_literal(&out->steps[step], arg, proposal)
                                      : propose_numbers(&out->steps[step].args[arg], proposal);
    if (offer != OFFER_MADE) stream_free(out);
    return offer;
}
