/* SPDX-License-Identifier: BSD-3-Clause */
/* edit.c -- small changes of streams, used by the passes; see shrink/pass.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fuzz/shrink/pass.h"
#include "harness/stream/verb_normalize.h"

bool shrink_value(int64_t least, int64_t value, int index, int64_t *tried) {
    int64_t distance = value - least;
    for (; index > 0 && distance > 1; index--) distance /= 2;
    *tried = value - distance;
    return distance > 0 && index == 0;
}

void shrink_copy_without(const Stream *best, const bool *gone, Stream *out) {
    Stream view = *best;
    Step steps[STREAM_MAX_STEPS];
    view.nsteps = 0;
    for (int i = 0; i < best->nsteps; i++) {
        if (!gone[i]) steps[view.nsteps++] = best->steps[i];
    }
    view.steps = steps;
    stream_copy(out, &view);
}

void shrink_write(Arg *arg, const char *data, size_t len) {
    Text copy = text_make(data, len); /* data may point into the argument itself */
    arg_free(arg);
    arg->kind = ARG_LITERAL;
    arg_add_part(arg, copy.data, copy.len);
    text_free(&copy);
}

void shrink_write_number(Arg *arg, int64_t number) {
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%" PRId64, number);
    shrink_write(arg, digits, (size_t)len);
}

bool shrink_read_number(const Arg *arg, int64_t *value) {
    if (arg->kind != ARG_LITERAL || arg->parts[0].len > 18) return false;
    const char *data = arg->parts[0].data;
    size_t len = arg->parts[0].len;
    bool minus = len > 1 && data[0] == '-';
    if (!text_number(data + minus, len - minus, value)) return false;
    if (minus) *value = -*value;
    return true;
}

void shrink_remove_arguments(Step *step, int from, int to) {
    for (int i = from; i < to; i++) arg_free(&step->args[i]);
    memmove(&step->args[from], &step->args[to], (size_t)(step->nargs - to) * sizeof(Arg));
    step->nargs -= to - from;
}

bool shrink_argument(const Stream *best, int site, int *step, int *arg) {
    for (int i = best->nsteps - 1; i >= 0; i--) {
        int names = best->steps[i].kind == STEP_COMMAND, count = best->steps[i].nargs - names;
        if (site < count) {
            *step = i;
            *arg = names + count - 1 - site;
            return true;
        }
        site -= count;
    }
    return false;
}

bool shrink_is_defrag(const Step *step) {
    return step->kind == STEP_VERB && verb_is_defrag(step->verb);
}

bool shrink_is_valid(const Step *step) {
    if (step->kind == STEP_COMMAND) return true;
    char what[200];
    Step copy;
    step_copy(&copy, step);
    bool good = verb_normalize(&copy, true, what, sizeof(what)) == VERB_OK;
    step_free(&copy);
    return good;
}
