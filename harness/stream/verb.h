/* SPDX-License-Identifier: BSD-3-Clause */
/* verb.h -- the harness's own steps ("!cycle", "!slice 16"): one row for each.
 *
 * A row (verb.c) says what can be said as data: how the verb is written, how it is drawn at random,
 * what it is to the defrag schedule, what a server in another process does in its place. Floors
 * above interpret it. To add a verb: an id, a row, its line in corpus/README.md, and what it does:
 * a case in run/run.c, fuzz/wire/replay.c and fuzz/wire/live.c. The compiler names these three;
 * test_stream and test_generate name what a row lacks. */
#ifndef HARNESS_STREAM_VERB_H
#define HARNESS_STREAM_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/text.h"

typedef enum {
    VERB_CYCLE,
    VERB_SLICE,
    VERB_FINISH,
    VERB_MOVE,
    VERB_CLOCK,
    VERB_CRON,
    VERB_JOBS,
    VERB_BUSY,
    VERB_RELOAD,
    VERB_CLOSE,
    VERB_CANARY,
    VERB_COUNT
} VerbId;

#define VERB_MAX_FORMS 5
#define VERB_MAX_PARAMS 2

typedef enum { PARAM_NONE, PARAM_NUMBER, PARAM_NAME } ParamKind;

/* What a row has to decide. 0 is no decision: test_stream names a row that lacks one. */

/* How a number is drawn at random. */
typedef enum {
    VERB_DRAW_ABSENT = 1, /* it is optional, and left out */
    VERB_DRAW_RANGE,      /* all from `low` to `high` equally often */
    VERB_DRAW_SCALED,     /* from `low` to `high`, small ones more often */
} VerbDrawKind;

/* What a verb acts on. */
typedef enum {
    VERB_ON_SLICE = 1, /* does a part of a defrag cycle */
    VERB_ON_CYCLE,     /* brings a defrag cycle to its end */
    VERB_ON_SCRIPTS,   /* lets slices happen later, while scripts run */
    VERB_ON_MOVES,     /* chooses which pointers move */
    VERB_ON_TIME,      /* moves the clock */
    VERB_ON_CLIENT,    /* ends a client's connection; only these take a client prefix */
    VERB_ON_SERVER,    /* something else of the server */
} VerbEffect;

/* What a script for a stock server has in a verb's place (fuzz/cli/export.c). */
typedef enum {
    VERB_TELL_NOTHING = 1, /* a comment */
    VERB_TELL_CYCLE,       /* a whole defrag cycle, as the server's own suite makes one */
    VERB_TELL_WAIT,        /* wait for the milliseconds of the first argument */
    VERB_TELL_RELOAD,      /* DEBUG RELOAD */
    VERB_TELL_CLOSE,       /* close the connection and open another one */
} VerbTell;

typedef struct {
    VerbDrawKind kind;
    int64_t low, high;
    int zero_percent; /* how often it is 0 instead */
} VerbDraw;

/* One argument of a verb. */
typedef struct {
    ParamKind kind;
    const char *name;
    bool optional;
    int64_t min, max, fallback; /* NUMBER; fallback: the lenient parser's for a word that is none */
    VerbDraw draw;              /* NUMBER */
    int rank;                   /* what it adds to its form's rank when it is written */
} VerbParam;

/* One way to write a verb's arguments. */
typedef struct {
    const char *keyword; /* NULL: none */
    VerbParam params[VERB_MAX_PARAMS];
    int weight;        /* how often it is drawn, among several forms */
    const char *never; /* why it is never drawn; NULL: it is */
    int rank;          /* to the shrinker: how much there is to understand */
} VerbForm;

typedef struct {
    const char *name, *help; /* help: without ranges, which verb_help adds */
    VerbEffect effect;
    int weight;           /* how often it is drawn */
    const char *never;    /* why it is neither drawn nor changed at random; NULL: it is */
    const char *left_out; /* why a server in another process cannot do it; NULL: it can */
    VerbTell tell;
    /* The first is the lenient parser's default. Where there are several, each has a keyword. */
    VerbForm forms[VERB_MAX_FORMS];
} VerbRow;

/* All that is known of a verb. Static. */
const VerbRow *verb_row(VerbId verb);

/* A verb's name without "!". Static. */
const char *verb_name(VerbId verb);

/* A verb as it is written ("!move all|none|every N"), and what it does, with the ranges of its
 * numbers; for messages and corpus/README.md. The caller frees either with text_free. */
Text verb_usage(VerbId verb);
Text verb_help(VerbId verb);

/* The number of forms that a verb has. */
int verb_forms(VerbId verb);

/* The form that begins with `word`, or the only one when it has no keyword. NULL: there is none. */
const VerbForm *verb_form(VerbId verb, const char *word);

/* Does the verb act on one client, so that a client prefix before it means something? */
bool verb_has_client(VerbId verb);

/* Does the verb itself make defrag work? */
bool verb_is_defrag(VerbId verb);

/* May the verb be drawn at random, and changed? */
bool verb_is_drawn(VerbId verb);

/* The verb of that name (`len` bytes, without "!"), or VERB_COUNT when there is none. */
VerbId verb_find(const char *name, size_t len);

#endif
