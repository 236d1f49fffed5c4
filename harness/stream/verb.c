/* SPDX-License-Identifier: BSD-3-Clause */
/* verb.c -- the table of the verbs, the harness's own steps.
 *
 * A verb has one or more forms. A form is a keyword (or none) and up to two parameters: "!move
 * every 3" is the form with the keyword "every" and one number. Weights say how often a random
 * stream has something. Slices come most often, because what happens between them is what the
 * harness is meant to test. Ranks order streams that do the same: a plain cycle comes before a
 * slice.
 *
 * Limits: the table says what may be written, not what it does. */
#include "harness/stream/verb.h"

#include <string.h>

#define NUMBER(NAME, MIN, MAX, FALLBACK)                                                                               \
    .kind = PARAM_NUMBER, .name = (NAME), .min = (MIN), .max = (MAX), .fallback = (FALLBACK)
#define POINTERS NUMBER("N", 1, 1000000, 16) /* after which a slice ends */
#define OPTIONAL .optional = true
#define ABSENT .draw = {.kind = VERB_DRAW_ABSENT}
#define RANGE(LOW, HIGH) .draw = {.kind = VERB_DRAW_RANGE, .low = (LOW), .high = (HIGH)}
#define SCALED(LOW, HIGH) .draw = {.kind = VERB_DRAW_SCALED, .low = (LOW), .high = (HIGH)}
#define SCALED_OR_ZERO(LOW, HIGH, PERCENT)                                                                             \
    .draw = {.kind = VERB_DRAW_SCALED, .low = (LOW), .high = (HIGH), .zero_percent = (PERCENT)}

#define CORK_MOST 1000000 /* bytes */
#define IN_PARTS "what another process reads at once is up to the kernel"

static const VerbRow table[VERB_COUNT] = {
    [VERB_CYCLE] =
        {.name = "cycle",
         .help = "run one whole defrag cycle, all at once or in slices of N pointers; a running one is finished first",
         .effect = VERB_ON_CYCLE,
         .weight = 4,
         .export = VERB_EXPORT_CYCLE,
         .forms = {{.rank = 1, .params = {{POINTERS, OPTIONAL, ABSENT, .rank = 2}}}}},
    [VERB_SLICE] = {.name = "slice",
                    .help = "run one slice of N pointers; it begins a cycle if none is running",
                    .effect = VERB_ON_SLICE,
                    .weight = 24,
                    .export = VERB_EXPORT_NOTHING,
                    .forms = {{.rank = 4, .params = {{POINTERS, SCALED(1, 2000)}}}}},
    [VERB_FINISH] = {.name = "finish",
                     .help = "run the current cycle, if any, to its end, all at once or in slices of N pointers",
                     .effect = VERB_ON_CYCLE,
                     .weight = 8,
                     .export = VERB_EXPORT_CYCLE,
                     .forms = {{.rank = 2, .params = {{POINTERS, OPTIONAL, ABSENT, .rank = 1}}}}},
    [VERB_MOVE] = {.name = "move",
                   .help = "which pointers move",
                   .effect = VERB_ON_MOVES,
                   .weight = 8,
                   .export = VERB_EXPORT_NOTHING,
                   .forms = {{.keyword = "all", .weight = 45, .rank = 1},
                             {.keyword = "none", .weight = 10, .rank = 1},
                             {.keyword = "every",
                              .weight = 20,
                              .rank = 2,
                              .params = {{NUMBER("N", 1, 1000000, 2), SCALED(2, 64)}}},
                             {.keyword = "some",
                              .weight = 25,
                              .rank = 2,
                              .params = {{NUMBER("SEED", 0, UINT32_MAX, 1), RANGE(0, 999)},
                                         {NUMBER("PERCENT", 0, 100, 50), RANGE(1, 99)}}},
                             {.keyword = "only",
                              .never = "its numbers fit one stream only; the shrinker finds them",
                              .rank = 1,
                              .params = {{NUMBER("FIRST", 1, 1000000000, 1)}, {NUMBER("LAST", 1, 1000000000, 1)}}}}},
    [VERB_CLOCK] = {.name = "clock",
                    .help = "move the virtual clock forward by MS milliseconds",
                    .effect = VERB_ON_TIME,
                    .weight = 10,
                    .export = VERB_EXPORT_WAIT,
                    .forms = {{.params = {{NUMBER("MS", 0, INT64_C(1000000000000), 1), SCALED(1, 200000)}}}}},
    [VERB_CRON] = {.name = "cron",
                   .help = "run the server's cron N times, default 1",
                   .effect = VERB_ON_TIME,
                   .weight = 6,
                   .export = VERB_EXPORT_NOTHING,
                   .forms = {{.params = {{NUMBER("N", 1, 1000, 1), OPTIONAL, SCALED(1, 20)}}}}},
    [VERB_JOBS] = {.name = "jobs",
                   .help = "background jobs: run at once (default), hold from now on, run the oldest held one",
                   .effect = VERB_ON_SERVER,
                   .weight = 5,
                   .left_out = "background jobs of a real server are threads that cannot be held",
                   .export = VERB_EXPORT_NOTHING,
                   .forms = {{.keyword = "run", .weight = 1},
                             {.keyword = "hold", .weight = 1},
                             {.keyword = "one", .weight = 1}}},
    [VERB_BUSY] = {.name = "busy",
                   .help =
                       "from now on, a slice of N pointers at each safe point (a slow script, a module that yields, "
                       "loading), or at the K-th; 0 switches it off",
                   .effect = VERB_ON_SCRIPTS,
                   .weight = 3,
                   .export = VERB_EXPORT_NOTHING,
                   .forms = {{.params = {{NUMBER("N", 0, 1000000, 16), SCALED_OR_ZERO(1, 2000, 30)},
                                         {NUMBER("K", 1, 1000000, 1), OPTIONAL, SCALED(1, 30)}}}}},
    [VERB_RELOAD] = {.name = "reload",
                     .help = "save the data set and load it back",
                     .effect = VERB_ON_SERVER,
                     .weight = 3,
                     .export = VERB_EXPORT_RELOAD},
    [VERB_REWRITE] = {.name = "rewrite",
                      .help = "write the data set as commands, as into an append-only file, and load it back",
                      .effect = VERB_ON_SERVER,
                      .weight = 2,
                      .left_out = "a real server needs a process for it",
                      .export = VERB_EXPORT_NOTHING},
    [VERB_REFERENCES] = {.name = "references",
                         .help = "hold all values of hashes by reference, as a module may (since 9.1)",
                         .effect = VERB_ON_SERVER,
                         .weight = 1,
                         .left_out = "a real server has no module that does it",
                         .export = VERB_EXPORT_NOTHING},
    [VERB_CLOSE] = {.name = "close",
                    .help = "the client disconnects; its next command connects again",
                    .effect = VERB_ON_CLIENT,
                    .weight = 4,
                    .export = VERB_EXPORT_CLOSE},
    [VERB_CORK] = {.name = "cork",
                   .help = "the client holds back what it sends from now on, and its end if it closes",
                   .effect = VERB_ON_CLIENT,
                   .weight = 2,
                   .left_out = IN_PARTS,
                   .export = VERB_EXPORT_NOTHING},
    [VERB_UNCORK] =
        {.name = "uncork",
         .help = "the server reads what the client holds back, at once: all of it, or the first BYTES, while the "
                 "client continues to hold back",
         .effect = VERB_ON_CLIENT,
         .weight = 3,
         .left_out = IN_PARTS,
         .export = VERB_EXPORT_NOTHING,
         .forms = {{.params = {{NUMBER("BYTES", 1, CORK_MOST, 1), OPTIONAL, SCALED(1, 100)}}}}},
    [VERB_MEANWHILE] =
        {.name = "meanwhile",
         .help = "the server reads what the client holds back when it looks for the K-th time while it is busy (a "
                 "slow script, a module that yields, loading)",
         .effect = VERB_ON_CLIENT,
         .weight = 2,
         .left_out = "when a server is busy is not known outside of it",
         .export = VERB_EXPORT_NOTHING,
         .forms = {{.params = {{NUMBER("K", 1, 1000000, 1), SCALED(1, 30)}}}}},
    [VERB_WINDOW] = {.name = "window",
                     .help = "the client reads BYTES bytes from now on and then no more, or, without BYTES, everything",
                     .effect = VERB_ON_CLIENT,
                     .weight = 3,
                     .left_out = "between two processes the kernel takes bytes that nobody reads",
                     .export = VERB_EXPORT_NOTHING,
                     .forms = {{.params = {{NUMBER("BYTES", 0, INT64_C(1000000000), 0), OPTIONAL,
                                            SCALED_OR_ZERO(1, 100000, 30)}}}}},
    [VERB_CANARY] = {.name = "canary",
                     .help = "break something on purpose, to see the oracle NAME fail",
                     .effect = VERB_ON_SERVER,
                     .never = "it breaks things on purpose",
                     .left_out = "canaries live in this process only",
                     .export = VERB_EXPORT_NOTHING,
                     .forms = {{.params = {{.kind = PARAM_NAME, .name = "NAME"}}}}},
};

const VerbRow *verb_row(VerbId verb) {
    return &table[verb];
}

const char *verb_name(VerbId verb) {
    return table[verb].name;
}

int verb_forms(VerbId verb) {
    const VerbForm *forms = table[verb].forms;
    int count = 1;
    while (forms[0].keyword && count < VERB_MAX_FORMS && forms[count].keyword) count++;
    return count;
}

const VerbForm *verb_form(VerbId verb, const char *word) {
    const VerbForm *forms = table[verb].forms;
    if (!forms[0].keyword) return &forms[0];
    for (int i = 0; i < verb_forms(verb); i++) {
        if (strcmp(forms[i].keyword, word) == 0) return &forms[i];
    }
    return NULL;
}

/* " N [M]", the form's parameters. */
static void add_params(Text *out, const VerbForm *form) {
    for (int i = 0; i < VERB_MAX_PARAMS && form->params[i].kind; i++)
        text_format(out, form->params[i].optional ? " [%s]" : " %s", form->params[i].name);
}

Text verb_usage(VerbId verb) {
    const VerbForm *forms = table[verb].forms;
    Text out = {0};
    text_format(&out, "!%s", table[verb].name);
    for (int i = 0; i < verb_forms(verb); i++) {
        if (forms[i].keyword) text_format(&out, "%c%s", i ? '|' : ' ', forms[i].keyword);
        add_params(&out, &forms[i]);
    }
    return out;
}

/* "; N: 1 to 1000000", for each number of the form. */
static void add_ranges(Text *out, const VerbForm *form) {
    for (int i = 0; i < VERB_MAX_PARAMS; i++) {
        const VerbParam *p = &form->params[i];
        if (p->kind == PARAM_NUMBER)
            text_format(out, "; %s: %lld to %lld", p->name, (long long)p->min, (long long)p->max);
    }
}

Text verb_help(VerbId verb) {
    Text out = {0};
    text_format(&out, "%s", table[verb].help);
    for (int i = 0; i < verb_forms(verb); i++) add_ranges(&out, &table[verb].forms[i]);
    return out;
}

bool verb_has_client(VerbId verb) {
    return table[verb].effect == VERB_ON_CLIENT;
}

bool verb_is_defrag(VerbId verb) {
    return table[verb].effect == VERB_ON_SLICE || table[verb].effect == VERB_ON_CYCLE;
}

bool verb_is_drawn(VerbId verb) {
    return !table[verb].never;
}

VerbId verb_find(const char *name, size_t len) {
    VerbId verb = 0;
    while (verb < VERB_COUNT && (strlen(table[verb].name) != len || memcmp(table[verb].name, name, len) != 0)) verb++;
    return verb;
}
