/* SPDX-License-Identifier: BSD-3-Clause */
/* verb_normalize.c -- brings the arguments of a verb's step into canonical form, by the table in
 * verb.c.
 *
 * Limits: whether a canary of that name exists is not checked here: only oracles/ knows. It just
 * has to look like a name. */
#include "harness/stream/verb_normalize.h"

#include <stdio.h>
#include <string.h>

#define VERB_MAX_NAME 32 /* bytes in a name parameter */
#define VERB_QUOTED 40   /* bytes of a wrong argument that a message shows */

/* The step, and where a complaint about it is written. */
typedef struct {
    Step *step;
    bool strict;
    char *what;
    size_t room;
} Normalizing;

/* Complains about argument `index`: what it is, then `expected`. Returns index. */
static int normalize_complain(const Normalizing *s, int index, const char *expected) {
    if (index >= s->step->nargs) {
        snprintf(s->what, s->room, "end of the step, expected %s", expected);
        return s->step->nargs;
    }
    Text written = arg_print(&s->step->args[index]);
    bool whole = written.len <= VERB_QUOTED;
    snprintf(s->what, s->room, "'%.*s%s', expected %s", VERB_QUOTED, written.data, whole ? "" : "...", expected);
    text_free(&written);
    return index;
}

/* Makes argument `index` the literal `word`. It may be the first one that is missing. */
static void normalize_write(Step *step, int index, const char *word) {
    if (index < step->nargs) {
        Arg *arg = &step->args[index];
        arg_free(arg);
        arg_add_part(arg, word, strlen(word));
    } else {
        step_add_string(step, word);
    }
}

/* Shortens the step to `count` arguments. */
static void normalize_cut(Step *step, int count) {
    while (step->nargs > count) arg_free(&step->args[--step->nargs]);
}

/* Reads the number in `word` into *value. A negative one becomes a number below the smallest.
 * Returns false if it is not a number. */
static bool normalize_read(const char *word, const VerbParam *p, int64_t *value) {
    if (word[0] == '-' && text_number(word + 1, strlen(word + 1), value)) {
        *value = p->min - 1;
        return true;
    }
    return text_number(word, strlen(word), value);
}

static int normalize_number(const Normalizing *s, const VerbParam *p, int index) {
    int64_t value = p->fallback;
    bool absent = index >= s->step->nargs;
    if (absent && p->optional) return VERB_OK;
    bool number = !absent && normalize_read(step_word(s->step, index), p, &value);
    if (s->strict && (!number || value < p->min || value > p->max)) {
        char expected[100];
        snprintf(expected, sizeof(expected), "%s, a number from %lld to %lld", p->name, (long long)p->min,
                 (long long)p->max);
        return normalize_complain(s, index, expected);
    }
    if (value < p->min) value = p->min;
    if (value > p->max) value = p->max;
    char word[32];
    snprintf(word, sizeof(word), "%lld", (long long)value);
    normalize_write(s->step, index, word);
    return VERB_OK;
}

static int normalize_name(const Normalizing *s, const VerbParam *p, int index) {
    const char *word = step_word(s->step, index);
    size_t len = strlen(word);
    bool named = len > 0 && len <= VERB_MAX_NAME && s->step->args[index].parts[0].len == len;
    if (named && word[0] >= 'a' && word[0] <= 'z' && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len)
        return VERB_OK;
    char expected[100];
    snprintf(expected, sizeof(expected), "%s, a name of a-z 0-9 _ - of at most %d bytes", p->name, VERB_MAX_NAME);
    return normalize_complain(s, index, expected);
}

/* Chooses the form by the first argument. Lenient: an unknown keyword means the first form. NULL:
 * none fits. */
static const VerbForm *normalize_form(const Normalizing *s) {
    const VerbForm *form = verb_form(s->step->verb, step_word(s->step, 0));
    if (form || s->strict) return form;
    form = verb_row(s->step->verb)->forms;
    normalize_write(s->step, 0, form->keyword);
    return form;
}

/* Complains that argument `index` is not one of the verb's keywords. */
static int normalize_complain_keyword(const Normalizing *s, int index) {
    Text usage = verb_usage(s->step->verb);
    int wrong = normalize_complain(s, index, strchr(usage.data, ' ') + 1);
    text_free(&usage);
    return wrong;
}

/* Complains that argument `index` is one too many. */
static int normalize_complain_surplus(const Normalizing *s, int index) {
    Text expected = {0}, usage = verb_usage(s->step->verb);
    text_format(&expected, "nothing more: the usage is %s", usage.data);
    int wrong = normalize_complain(s, index, expected.data);
    text_free(&expected);
    text_free(&usage);
    return wrong;
}

int verb_normalize(Step *step, bool strict, char *what, size_t room) {
    Normalizing s = {step, strict, what, room};
    const VerbForm *form = normalize_form(&s);
    if (!form) return normalize_complain_keyword(&s, 0);
    int index = form->keyword ? 1 : 0;
    for (int i = 0; i < VERB_MAX_PARAMS && form->params[i].kind != PARAM_NONE; i++, index++) {
        const VerbParam *p = &form->params[i];
        int wrong = p->kind == PARAM_NUMBER ? normalize_number(&s, p, index) : normalize_name(&s, p, index);
        if (wrong != VERB_OK) return wrong;
    }
    if (strict && step->nargs > index) return normalize_complain_surplus(&s, index);
    normalize_cut(step, index);
    return VERB_OK;
}
