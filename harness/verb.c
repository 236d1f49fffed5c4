/* verb.c -- the table of the harness's own steps.
 *
 * Purpose: names, arguments with their ranges and defaults, usage and help of all verbs, in one table; the parsers,
 * --help and corpus/README.md read it, so none of them can disagree.
 * A verb has one or more forms. A form is a keyword (or none) and up to two parameters. "!move every 3" is the form
 * with the keyword "every" and one number.
 *
 * Limits: it says what may be written, not what happens; names of canaries are known to the oracles alone, here they
 * only have to look like a name. */
#include "harness/verb.h"

#include <stdio.h>
#include <string.h>

#include "harness/step.h"

#define VERB_MAX_FORMS 5
#define VERB_MAX_PARAMS 2
#define VERB_MAX_NAME 32 /* bytes in a name parameter */
#define VERB_QUOTED 40   /* bytes of a wrong argument that a message shows */

typedef enum { PARAM_NONE, PARAM_NUMBER, PARAM_NAME } ParamKind;

typedef struct {
    ParamKind kind;
    const char *name;
    bool optional;
    int64_t min, max, fallback; /* NUMBER; fallback is for the lenient parser */
} VerbParam;

typedef struct {
    const char *keyword; /* NULL: none */
    VerbParam params[VERB_MAX_PARAMS];
} VerbForm;

typedef struct {
    const char *name, *usage, *help;
    bool has_client;
    int nforms;
    VerbForm forms[VERB_MAX_FORMS]; /* the first one is the lenient parser's default */
} VerbRow;

static const VerbRow table[VERB_COUNT] = {
    [VERB_CYCLE] = {"cycle",
                    "!cycle [N]",
                    "one whole defrag cycle, all at once or in slices of N pointers, 1 to 1000000; a running one is "
                    "finished first",
                    false,
                    1,
                    {{NULL, {{PARAM_NUMBER, "N", true, 1, 1000000, 16}}}}},
    [VERB_SLICE] = {"slice",
                    "!slice N",
                    "begin a cycle if none runs; one slice that ends after N pointers, 1 to 1000000",
                    false,
                    1,
                    {{NULL, {{PARAM_NUMBER, "N", false, 1, 1000000, 16}}}}},
    [VERB_FINISH] = {"finish",
                     "!finish [N]",
                     "run the cycle that is under way, if one is, to its end, all at once or in slices of N pointers",
                     false,
                     1,
                     {{NULL, {{PARAM_NUMBER, "N", true, 1, 1000000, 16}}}}},
    [VERB_MOVE] =
        {"move",
         "!move all|none|every N|some SEED PERCENT|only FIRST LAST",
         "which pointers move from now on: all (default), none, every N-th, a seeded share of them, or only the "
         "FIRST-th to the LAST-th",
         false,
         5,
         {{"all", {{0}}},
          {"none", {{0}}},
          {"every", {{PARAM_NUMBER, "N", false, 1, 1000000, 2}}},
          {"some", {{PARAM_NUMBER, "SEED", false, 0, UINT32_MAX, 1}, {PARAM_NUMBER, "PERCENT", false, 0, 100, 50}}},
          {"only",
           {{PARAM_NUMBER, "FIRST", false, 1, 1000000000, 1}, {PARAM_NUMBER, "LAST", false, 1, 1000000000, 1}}}}},
    [VERB_CLOCK] = {"clock",
                    "!clock MS",
                    "move the virtual clock forward by MS milliseconds, 0 to 1000000000000",
                    false,
                    1,
                    {{NULL, {{PARAM_NUMBER, "MS", false, 0, INT64_C(1000000000000), 1}}}}},
    [VERB_CRON] = {"cron",
                   "!cron [N]",
                   "run the server's cron N times, 1 to 1000, default 1",
                   false,
                   1,
                   {{NULL, {{PARAM_NUMBER, "N", true, 1, 1000, 1}}}}},
    [VERB_JOBS] = {"jobs",
                   "!jobs run|hold|one",
                   "background jobs: run at once (default), hold from now on, run the oldest held one",
                   false,
                   3,
                   {{"run", {{0}}}, {"hold", {{0}}}, {"one", {{0}}}}},
    [VERB_BUSY] =
        {"busy",
         "!busy N",
         "from now on a slice of N pointers whenever a script has run for a while, 0 to 1000000; 0: not any more",
         false,
         1,
         {{NULL, {{PARAM_NUMBER, "N", false, 0, 1000000, 16}}}}},
    [VERB_RELOAD] = {"reload", "!reload", "save the data set and load it back", false, 1, {{0}}},
    [VERB_CLOSE] = {"close", "!close", "the client disconnects; its next command connects anew", true, 1, {{0}}},
    [VERB_CANARY] = {"canary",
                     "!canary NAME",
                     "break something on purpose, to see the oracle NAME fail",
                     false,
                     1,
                     {{NULL, {{PARAM_NAME, "NAME", false, 0, 0, 0}}}}},
};

const char *verb_name(VerbId verb) {
    return table[verb].name;
}

const char *verb_usage(VerbId verb) {
    return table[verb].usage;
}

const char *verb_help(VerbId verb) {
    return table[verb].help;
}

bool verb_has_client(VerbId verb) {
    return table[verb].has_client;
}

VerbId verb_find(const char *name, size_t len) {
    int verb = 0;
    while (verb < VERB_COUNT && (strlen(table[verb].name) != len || memcmp(table[verb].name, name, len) != 0)) verb++;
    return (VerbId)verb;
}

/* The settling of one step: where it writes its complaint. */
typedef struct {
    Step *step;
    bool strict;
    char *what;
    size_t room;
} Settling;

/* Complains about argument `index`: what it is, then `expected`. Returns index. */
static int settle_complain(const Settling *s, int index, const char *expected) {
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

/* Makes argument `index` the literal `word`; appends it when it is the first that is missing. */
static void settle_write(Step *step, int index, const char *word) {
    if (index < step->nargs) {
        Arg *arg = &step->args[index];
        arg_free(arg);
        arg_add_part(arg, word, strlen(word));
    } else {
        step_add_string(step, word);
    }
}

/* Shortens the step to `count` arguments. */
static void settle_cut(Step *step, int count) {
    while (step->nargs > count) arg_free(&step->args[--step->nargs]);
}

/* The number written in `word`, into *value: a negative one counts as the smallest. False when it is none. */
static bool settle_read(const char *word, const VerbParam *p, int64_t *value) {
    if (word[0] == '-' && text_number(word + 1, strlen(word + 1), value)) {
        *value = p->min - 1;
        return true;
    }
    return text_number(word, strlen(word), value);
}

static int settle_number(const Settling *s, const VerbParam *p, int index) {
    int64_t value = p->fallback;
    bool absent = index >= s->step->nargs;
    if (absent && p->optional) return VERB_FINE;
    bool number = !absent && settle_read(step_word(s->step, index), p, &value);
    if (s->strict && (!number || value < p->min || value > p->max)) {
        char expected[100];
        snprintf(expected, sizeof(expected), "%s, a number from %lld to %lld", p->name, (long long)p->min,
                 (long long)p->max);
        return settle_complain(s, index, expected);
    }
    if (value < p->min) value = p->min;
    if (value > p->max) value = p->max;
    char word[32];
    snprintf(word, sizeof(word), "%lld", (long long)value);
    settle_write(s->step, index, word);
    return VERB_FINE;
}

static int settle_name(const Settling *s, const VerbParam *p, int index) {
    const char *word = step_word(s->step, index);
    size_t len = strlen(word);
    bool named = len > 0 && len <= VERB_MAX_NAME && s->step->args[index].parts[0].len == len;
    if (named && word[0] >= 'a' && word[0] <= 'z' && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len)
        return VERB_FINE;
    char expected[100];
    snprintf(expected, sizeof(expected), "%s, a name of a-z 0-9 _ - of at most %d bytes", p->name, VERB_MAX_NAME);
    return settle_complain(s, index, expected);
}

/* Chooses the form by the first argument. Lenient: an unknown keyword stands for the first form. NULL: none fits. */
static const VerbForm *settle_form(const Settling *s, const VerbRow *row) {
    if (row->forms[0].keyword == NULL) return &row->forms[0];
    for (int i = 0; i < row->nforms; i++) {
        if (strcmp(row->forms[i].keyword, step_word(s->step, 0)) == 0) return &row->forms[i];
    }
    if (s->strict) return NULL;
    settle_write(s->step, 0, row->forms[0].keyword);
    return &row->forms[0];
}

int verb_settle(struct Step *step, bool strict, char *what, size_t room) {
    const VerbRow *row = &table[step->verb];
    Settling s = {step, strict, what, room};
    const VerbForm *form = settle_form(&s, row);
    if (form == NULL) return settle_complain(&s, 0, strchr(row->usage, ' ') + 1);
    int index = form->keyword == NULL ? 0 : 1;
    for (int i = 0; i < VERB_MAX_PARAMS && form->params[i].kind != PARAM_NONE; i++, index++) {
        const VerbParam *p = &form->params[i];
        int wrong = p->kind == PARAM_NUMBER ? settle_number(&s, p, index) : settle_name(&s, p, index);
        if (wrong != VERB_FINE) return wrong;
    }
    if (strict && step->nargs > index) {
        char expected[100];
        snprintf(expected, sizeof(expected), "nothing more: the usage is %s", row->usage);
        return settle_complain(&s, index, expected);
    }
    settle_cut(step, index);
    return VERB_FINE;
}
