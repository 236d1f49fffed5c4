/* SPDX-License-Identifier: BSD-3-Clause */
/* verb.h -- the harness's own steps ("!cycle", "!slice 16"): one row for each.
 *
 * A row (verb.c) holds what can be expressed as data: how the verb is written, how it is drawn at
 * random, its part in the defrag schedule, what a server in another process does instead. Higher
 * floors interpret it. To add one, see "I want to add a verb" in harness/README.md. The compiler,
 * test_stream_rows and test_generate name what is missing. */
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
    VERB_REWRITE,
    VERB_REFERENCES,
    VERB_CLOSE,
    VERB_CORK,
    VERB_UNCORK,
    VERB_MEANWHILE,
    VERB_WINDOW,
    VERB_CANARY,
    VERB_COUNT
} VerbId;

#define VERB_MAX_FORMS 5
#define VERB_MAX_PARAMS 2

typedef enum { PARAM_NONE, PARAM_NUMBER, PARAM_NAME } ParamKind;

/* The choices that a row has to make. 0 means that none was made: test_stream_rows names such a
 * row. */

/* How a number is drawn at random. */
typedef enum {
    VERB_DRAW_ABSENT = 1, /* optional, and omitted */
    VERB_DRAW_RANGE,      /* from `low` to `high`, uniformly */
    VERB_DRAW_SCALED,     /* from `low` to `high`, small ones more often */
} VerbDrawKind;

/* What a verb acts on. */
typedef enum {
    VERB_ON_SLICE = 1, /* does a part of a defrag cycle */
    VERB_ON_CYCLE,     /* finishes a defrag cycle */
    VERB_ON_SCRIPTS,   /* makes slices run later, within scripts */
    VERB_ON_MOVES,     /* chooses which pointers move */
    VERB_ON_TIME,      /* moves the clock */
    VERB_ON_CLIENT,    /* is about a client's connection; only these take a client prefix */
    VERB_ON_SERVER,    /* anything else of the server */
} VerbEffect;

/* What an exported script for a stock server does instead (fuzz/cli/export.c). */
typedef enum {
    VERB_EXPORT_NOTHING = 1, /* a comment */
    VERB_EXPORT_CYCLE,       /* a whole defrag cycle, as the server's own test suite does it */
    VERB_EXPORT_WAIT,        /* wait; the first argument is in milliseconds */
    VERB_EXPORT_RELOAD,      /* DEBUG RELOAD */
    VERB_EXPORT_CLOSE,       /* close the connection and open a new one */
} VerbExport;

typedef struct {
    VerbDrawKind kind;
    int64_t low, high;
    int zero_percent; /* how often it is 0 instead, in percent */
} VerbDraw;

/* One argument of a verb. */
typedef struct {
    ParamKind kind;
    const char *name;
    bool optional;
    /* NUMBER; fallback: the lenient parser's, for a word that is not a number */
    int64_t min, max, fallback;
    VerbDraw draw; /* NUMBER */
    int rank;      /* added to the form's rank when it is written */
} VerbParam;

/* One way to write a verb's arguments. */
typedef struct {
    const char *keyword; /* or NULL */
    VerbParam params[VERB_MAX_PARAMS];
    int weight;        /* how often it is drawn, relative to the other forms */
    const char *never; /* why it is never drawn; NULL: it is drawn */
    int rank;          /* for the shrinker: the lower, the easier to understand */
} VerbForm;

typedef struct {
    const char *name, *help; /* help: without ranges, which verb_help adds */
    VerbEffect effect;
    int weight;           /* how often it is drawn */
    const char *never;    /* why it is neither drawn nor mutated; NULL: it is both */
    const char *left_out; /* why a server in another process cannot do it; NULL: it can */
    VerbExport export;
    /* The first is the lenient parser's default. If there are several, each has a keyword. */
    VerbForm forms[VERB_MAX_FORMS];
} VerbRow;

/* The row of a verb. Static. */
const VerbRow *verb_row(VerbId verb);

/* A verb's name without "!". Static. */
const char *verb_name(VerbId verb);

/* A verb's usage ("!move all|none|every N"), and what it does, with the ranges of its numbers, for
 * messages and corpus/README.md. The caller frees both with text_free. */
Text verb_usage(VerbId verb);
Text verb_help(VerbId verb);

/* The number of forms that a verb has. */
int verb_forms(VerbId verb);

/* The form that begins with `word`, or the only form if it has no keyword. NULL: there is none. */
const VerbForm *verb_form(VerbId verb, const char *word);

/* Does the verb act on one client, so that it may have a client prefix? */
bool verb_has_client(VerbId verb);

/* Does the verb itself run defrag? */
bool verb_is_defrag(VerbId verb);

/* May the verb be drawn at random, and mutated? */
bool verb_is_drawn(VerbId verb);

/* The verb of that name (`len` bytes, without "!"), or VERB_COUNT when there is none. */
VerbId verb_find(const char *name, size_t len);

#endif
