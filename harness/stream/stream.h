/* SPDX-License-Identifier: BSD-3-Clause */
/* stream.h -- the command stream: the text that people read, the engine mutates and the harness
 * runs.
 *
 * A stream is a header with settings (settings.h), then a list of steps (step.h). A step is a
 * Valkey command, sent by one of a few clients, or a verb of the harness (verb.h: "!cycle", "!slice
 * 16"). This file has the model, the two parsers and the canonical printer. It knows nothing about
 * Valkey's internals, about engines, or about what a verb does. The grammar is in corpus/README.md.
 *
 * Idea of one text for corpus, crash file and reproducer: Pebble's metamorphic tests and
 * syzkaller's prog/.
 *
 * Limits: STREAM_MAX_* here and in step.h. The lenient parser drops or cuts what exceeds them, the
 * strict one rejects it. */
#ifndef HARNESS_STREAM_STREAM_H
#define HARNESS_STREAM_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/text.h"
#include "harness/stream/settings.h"
#include "harness/stream/step.h"
#include "harness/stream/verb.h"

/* The version of the text format, which the header line of each stream states. What raises it:
 * corpus/README.md, "Versions". */
#define STREAM_VERSION "1"
#define STREAM_HEADER "#! defrag-fuzz " STREAM_VERSION /* the header line, up to its settings */

#define STREAM_MAX_STEPS 2000      /* steps in a stream */
#define STREAM_MAX_FILE (16 << 20) /* bytes in a file */

typedef struct {
    Settings settings;
    Step *steps;
    int nsteps;
    Text notes;   /* comment and blank lines before the header, in canonical form */
    Text trailer; /* comment and blank lines after the last step, in canonical form */
} Stream;

/* Where a text is not a stream, and why. */
typedef struct {
    int line, column; /* from 1; columns count bytes */
    char what[200];   /* "unknown verb '!slise', expected one of ..." */
} StreamError;

typedef enum { STREAM_LENIENT, STREAM_STRICT } StreamMode;

/* Parses `len` bytes of text into *out, whose old content is ignored. LENIENT never fails: what
 * cannot be read is skipped or clamped, so that every byte string is some stream. STRICT returns
 * false at the first mistake and fills *err; *out is then empty and need not be freed. What STRICT
 * accepts, LENIENT reads as the same stream; and STRICT accepts everything that stream_print prints
 * of a parsed stream. `err` may be NULL. */
bool stream_parse(const char *text, size_t len, StreamMode mode, Stream *out, StreamError *err);

/* Reads and parses a file. Returns false with *err filled; a file that cannot be read, or is longer
 * than STREAM_MAX_FILE, has line 0, in either mode. */
bool stream_read(const char *path, StreamMode mode, Stream *out, StreamError *err);

/* The canonical text, notes included, pure ASCII; the caller frees it with text_free.
 * parse(print(x)) is x, and print(parse(t)) is a fixed point for every t. Settings that have their
 * default value are not printed; the header line always is. */
Text stream_print(const Stream *s);

/* An empty stream with default settings. */
void stream_init(Stream *s);

/* Frees everything in the stream and leaves an empty one. */
void stream_free(Stream *s);

/* Makes *to, whose old content is ignored, a deep copy of *from. */
void stream_copy(Stream *to, const Stream *from);

/* Inserts a step before step `at` (0..nsteps), takes it over and zeroes *step. Returns false, with
 * nothing changed, when `at` is out of range or the stream has STREAM_MAX_STEPS steps. */
bool stream_insert(Stream *s, int at, Step *step);

/* Removes and frees step `at`, its notes included. Returns false when there is none. */
bool stream_remove(Stream *s, int at);

/* Frees all comments and clears the steps' line numbers. */
void stream_drop_notes(Stream *s);

#endif
