/* verb.h -- the harness's own steps ("!cycle", "!slice 16"): names, arguments, help.
 *
 * One table (verb.c) is the only place that lists them; what a verb does is the run loop's business. */
#ifndef HARNESS_STREAM_VERB_H
#define HARNESS_STREAM_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The verbs. One row of the table in verb.c each: name, arguments, one line of help. */
typedef enum {
    VERB_CYCLE,  /* !cycle [N]        one whole defrag cycle (finishes a running one first), in slices of N pointers */
    VERB_SLICE,  /* !slice N          begin a cycle if none runs; one slice that ends after N pointers, 1..10^6 */
    VERB_FINISH, /* !finish [N]       run the cycle that is under way to its end, if one is, in slices of N pointers */
    VERB_MOVE, /* !move all|none | !move every N | !move some SEED PERCENT | !move only FIRST LAST    which pointers move from now on */
    VERB_CLOCK, /* !clock MS         move the virtual clock forward by MS milliseconds, 0..10^12 */
    VERB_CRON,  /* !cron [N]         run the server's cron N times, 1..1000, default 1 */
    VERB_JOBS, /* !jobs run|hold|one     background jobs: run at once (default), hold from now on, run the oldest held one */
    VERB_BUSY, /* !busy N           scripts are slow: a slice of N pointers at each interruption, 0..10^6; 0: not any more */
    VERB_RELOAD, /* !reload           save the data set and load it back */
    VERB_CLOSE,  /* 1> !close         the client disconnects; its next command connects anew */
    VERB_CANARY, /* !canary NAME      break something on purpose, to see the oracle NAME fail */
    VERB_COUNT
} VerbId;

#define VERB_MAX_FORMS 5
#define VERB_MAX_PARAMS 2

typedef enum { PARAM_NONE, PARAM_NUMBER, PARAM_NAME } ParamKind;

/* One argument of a verb. */
typedef struct {
    ParamKind kind;
    const char *name;
    bool optional;
    int64_t min, max, fallback; /* NUMBER; fallback is for the lenient parser */
} VerbParam;

/* One way to write a verb's arguments. */
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

/* All that is known of a verb. Static. */
const VerbRow *verb_row(VerbId verb);

/* A verb's name without "!", its usage with it, and one line of help; for --help and corpus/README.md. Static. */
const char *verb_name(VerbId verb);
const char *verb_usage(VerbId verb);
const char *verb_help(VerbId verb);

/* Does the verb act on one client, so that a client prefix before it means something? */
bool verb_has_client(VerbId verb);

/* The verb of that name (`len` bytes, without "!"), or VERB_COUNT when there is none. */
VerbId verb_find(const char *name, size_t len);

#endif
