/* SPDX-License-Identifier: BSD-3-Clause */
/* step.h -- one line of a stream: a Valkey command sent by one of a few clients, or a verb of the
 * harness.
 *
 * Arguments keep the compact form in which they were written; step_expand makes what is sent.
 * Fields may be changed in place (mutation, shrinking) as long as texts and arrays come from these
 * functions. */
#ifndef HARNESS_STREAM_STEP_H
#define HARNESS_STREAM_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/text.h"
#include "harness/stream/verb.h"

/* Arguments of a step, before sequences are expanded */
#define STREAM_MAX_ARGS 256
#define STREAM_MAX_CLIENTS 8                           /* clients 0..7; client 0 needs no prefix */
#define STREAM_MAX_ELEMENTS 20000                      /* arguments that one step may expand to */
#define STREAM_MAX_EXPANDED (1 << 20)                  /* bytes that one step may expand to */
#define STREAM_MAX_TEMPLATES 8                         /* templates in a sequence */
#define STREAM_MAX_NUMBER INT64_C(1000000000000000000) /* first, last and stride of a sequence */

/* How an argument is written. The compact forms keep a step with big arguments on one short
 * line. */
typedef enum {
    ARG_LITERAL, /* parts[0], as it is */
    /* %rep(70000,ab): ONE argument of `bytes` bytes: parts[0] repeated, the last one cut */
    ARG_REPEAT,
    /* %seq(1-300,f{},v{}): for n = first, first+stride .. last: each template, {} replaced by n */
    ARG_SEQUENCE,
} ArgKind;

typedef struct {
    ArgKind kind;
    Text *parts; /* one for LITERAL and REPEAT; 1..STREAM_MAX_TEMPLATES for SEQUENCE */
    int nparts;
    int64_t bytes;               /* REPEAT: length of the expansion, 0..STREAM_MAX_EXPANDED */
    int64_t first, last, stride; /* SEQUENCE: 0 <= first <= last, stride >= 1 */
} Arg;

typedef enum { STEP_COMMAND, STEP_VERB } StepKind;

typedef struct Step {
    StepKind kind;
    VerbId verb; /* STEP_VERB only */
    int client;  /* 0..STREAM_MAX_CLIENTS-1 */
    /* COMMAND: the command's name, then its arguments; VERB: what comes after the verb's name */
    Arg *args;
    int nargs;
    int line; /* line of the source text, from 1; 0 for a step that was not parsed */
    /* Comment and blank lines directly before the step, in canonical form, with newlines */
    Text notes;
} Step;

/* What something expands to: arguments, and bytes in all of them. */
typedef struct {
    int64_t elements, bytes;
} Extent;

/* The arguments that a step sends. Zeroed: none, and no memory yet. */
typedef struct {
    Text *items; /* the text of each is in `bytes`, with a terminating zero */
    int count;
    char *bytes;
    size_t room, bytes_room; /* capacity of `items` and of `bytes` */
} Argv;

/* Makes a step without arguments. `client` is from 0 to STREAM_MAX_CLIENTS-1. All arguments of a
 * verb are literals. The caller frees both with step_free. */
Step step_command(int client);
Step step_verb(VerbId verb);

/* Frees everything in the step and leaves it zeroed. */
void step_free(Step *step);

/* Makes *to, whose old content is ignored, a deep copy of *from, notes and line included. */
void step_copy(Step *to, const Step *from);

/* Append an argument. All return false, and change nothing, when the step would exceed a limit,
 * when a number is out of range or a %rep pattern is empty. When step_add returns true, it has
 * taken over *arg and zeroed it. */
bool step_add(Step *step, Arg *arg);
bool step_add_literal(Step *step, const char *data, size_t len);
bool step_add_string(Step *step, const char *zero_terminated);
bool step_add_repeat(Step *step, const char *data, size_t len, int64_t bytes);
bool step_add_sequence(Step *step, int64_t first, int64_t last, int64_t stride, const char **templates, int ntemplates);

/* Frees everything in the argument and leaves it zeroed. */
void arg_free(Arg *arg);

/* Makes *to, whose old content is ignored, a deep copy of *from. */
void arg_copy(Arg *to, const Arg *from);

/* Appends a part (a literal's or a pattern's bytes, a template) to the argument's parts. */
void arg_add_part(Arg *arg, const char *data, size_t len);

/* What an argument, or all arguments of a step, would expand to without the limits. The bytes of a
 * sequence are those of its first STREAM_MAX_ELEMENTS numbers. Fast: the time does not depend on
 * the size of the expansion. */
Extent arg_extent(const Arg *arg);
Extent step_extent(const Step *step);

/* Shortens an argument so that a step whose other arguments expand to `used` stays within the
 * limits: a literal or a repetition is cut, a sequence ends earlier. Returns false when no part of
 * it fits. */
bool arg_fit(Arg *arg, Extent used);

/* Replaces the contents of argv, whose memory is reused, with the arguments that a step sends. The
 * caller frees it with argv_free. Never more than STREAM_MAX_ELEMENTS arguments or
 * STREAM_MAX_EXPANDED bytes: the rest is cut off, deterministically. */
void step_expand(const Step *step, Argv *argv);

/* Frees the arguments and leaves an empty vector. */
void argv_free(Argv *argv);

/* One step in canonical form, without notes and without newline; pure ASCII. The caller frees it
 * with text_free. */
Text step_print(const Step *step);

/* A step's canonical text shortened to `width` bytes (at least 3) with "..." for banners and
 * traces. */
Text step_summary(const Step *step, size_t width);

/* One argument in canonical form, as it is written after a command's name. The caller frees it with
 * text_free. */
Text arg_print(const Arg *arg);

/* The length of the client prefix that a word begins with ("3>": digits, then '>'), or 0. */
size_t step_prefix(const char *word, size_t len);

/* The verb's integer argument at `index`, or `fallback` when it is absent. The parsers have checked
 * the range. */
int64_t step_number(const Step *step, int index, int64_t fallback);

/* The literal argument at `index` as a zero-terminated string, or "" when it is absent or not a
 * literal. */
const char *step_word(const Step *step, int index);

#endif
