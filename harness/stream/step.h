/* SPDX-License-Identifier: BSD-3-Clause */
/* step.h -- one line of a stream: a Valkey command sent by one of a few clients, or a verb of our
 * own.
 *
 * Arguments keep the compact way in which they were written; step_expand makes what is really sent.
 * Fields may be changed in place (mutation, shrinking) as long as texts and arrays come from the
 * functions here. */
#ifndef HARNESS_STREAM_STEP_H
#define HARNESS_STREAM_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/text.h"
#include "harness/stream/verb.h"

#define STREAM_MAX_ARGS 256                            /* arguments of a step, before sequences are expanded */
#define STREAM_MAX_CLIENTS 8                           /* clients 0..7; client 0 needs no prefix */
#define STREAM_MAX_ELEMENTS 20000                      /* arguments that one step may expand to */
#define STREAM_MAX_EXPANDED (1 << 20)                  /* bytes that one step may expand to */
#define STREAM_MAX_TEMPLATES 8                         /* templates in a sequence */
#define STREAM_MAX_NUMBER INT64_C(1000000000000000000) /* first, last and stride of a sequence */

/* How an argument is written, and so how big things stay one short line. */
typedef enum {
    ARG_LITERAL,  /* parts[0], as it is */
    ARG_REPEAT,   /* %rep(70000,ab): ONE argument of `bytes` bytes, parts[0] over and over, the last one cut */
    ARG_SEQUENCE, /* %seq(1-300,f{},v{}): for n = first, first+stride .. last: every template, {} replaced by n */
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
    Arg *args;   /* COMMAND: the command's name and arguments, at least one; VERB: what follows the verb's name */
    int nargs;
    int line;   /* line of the source text, from 1; 0 for a step that was made, not parsed */
    Text notes; /* comment and blank lines right before the step, in canonical form, each with its newline */
} Step;

/* What something expands to: arguments, and bytes in all of them. */
typedef struct {
    int64_t elements, bytes;
} Extent;

/* The arguments a step really sends. All zero: none, and no memory yet. */
typedef struct {
    Text *items; /* their bytes lie in `bytes`, each with a zero behind it */
    int count;
    char *bytes;
    size_t room, bytes_room; /* of `items` and of `bytes` */
} Argv;

/* Makes a step without arguments; client from 0 to STREAM_MAX_CLIENTS-1. step_verb's arguments are
 * literals. The owner frees either with step_free. */
Step step_command(int client);
Step step_verb(VerbId verb);

/* Frees everything in the step and leaves it zeroed. */
void step_free(Step *step);

/* Makes *to, whose old content is ignored, a deep copy of *from, notes and line included. */
void step_copy(Step *to, const Step *from);

/* Appends an argument. All return false, and change nothing, when the step would go beyond a limit,
 * when a number is out of range or a %rep pattern is empty. step_add takes over *arg and zeroes it
 * (only when it returns true). */
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

/* What an argument, or a step's arguments, would expand to without the limits. The bytes of a
 * sequence are those of its first STREAM_MAX_ELEMENTS numbers. Takes no time to speak of, however
 * much that is. */
Extent arg_extent(const Arg *arg);
Extent step_extent(const Step *step);

/* Shortens an argument so that a step whose other arguments expand to `used` stays within the
 * limits: a literal or a repetition is cut, a sequence ends earlier. Returns false when nothing of
 * it fits. */
bool arg_fit(Arg *arg, Extent used);

/* Puts the arguments that a step really sends into argv, in the place of those that are there; the
 * memory is used again. The caller frees it with argv_free. Never more than STREAM_MAX_ELEMENTS
 * arguments or STREAM_MAX_EXPANDED bytes: the rest is cut off, deterministically. */
void step_expand(const Step *step, Argv *argv);

/* Frees the arguments and leaves an empty vector. */
void argv_free(Argv *argv);

/* One step in canonical form, without notes and without newline; pure ASCII. The caller frees it
 * with text_free. */
Text step_print(const Step *step);

/* A step's canonical text shortened to `width` bytes (at least 3) with "..." for banners and
 * traces. */
Text step_summary(const Step *step, size_t width);

/* One argument in canonical form, as it is written behind a command's name. The caller frees it
 * with text_free. */
Text arg_print(const Arg *arg);

/* Does a word look like a client prefix ("3>": digits, then '>')? Returns the length of that, or
 * 0. */
size_t step_prefix(const char *word, size_t len);

/* The verb's integer argument at `index`, or `fallback` when it is absent (parsers have checked the
 * range). */
int64_t step_number(const Step *step, int index, int64_t fallback);

/* The literal argument at `index` as a zero-terminated string, or "" when it is absent or no
 * literal. */
const char *step_word(const Step *step, int index);

#endif
