/* SPDX-License-Identifier: BSD-3-Clause */
/* stream_parse.c -- from text to a stream: lines, notes, the header.
 *
 * Purpose: the strict parser, for files that people write, and the lenient one, for which every
 * byte string is some stream, because every mutation of an engine must mean something. They share
 * one code; step_parse.c reads single lines.
 *
 * Canonical notes: a comment has no blanks around it and consists of printable ASCII and tabs
 * (lenient writes '?' for other bytes); several blank lines become one; the text neither begins nor
 * ends with a blank line.
 *
 * Limits: STREAM_MAX_STEPS. Lenient: a "#!" line that is not the header (not before the first step,
 * or not the first one) is dropped, as are lines that hold no step and steps beyond the limit;
 * comments around them are kept. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/stream/step_parse.h"

#define MAX_QUOTED 32 /* bytes of a wrong word that a message quotes */

typedef struct {
    const char *line, *end; /* of the current line, without trailing blanks */
    int number;             /* of that line, from 1 */
    bool strict, headed;
    Stream *out;
    Text pending; /* notes since the last step */
    StreamError *err;
} Parser;

/* Records what is wrong at `where` in the current line. Returns false. */
__attribute__((format(printf, 3, 4))) static bool fail(Parser *p, const char *where, const char *format, ...) {
    if (p->err != NULL) {
        va_list args;
        va_start(args, format);
        p->err->line = p->number;
        p->err->column = (int)(where - p->line) + 1;
        vsnprintf(p->err->what, sizeof(p->err->what), format, args);
        va_end(args);
    }
    return false;
}

/* Is the byte printable, or a tab? */
static bool is_plain(char c) {
    return c == '\t' || (c >= ' ' && c <= '~');
}

/* --- notes */

/* Do the notes end with a blank line? */
static bool ends_blank(Text notes) {
    return notes.len > 0 && notes.data[notes.len - 1] == '\n' && (notes.len == 1 || notes.data[notes.len - 2] == '\n');
}

static void note_blank(Parser *p) {
    if (!ends_blank(p->pending)) text_append(&p->pending, "\n", 1);
}

static void note_comment(Parser *p, const char *start) {
    size_t from = p->pending.len;
    text_append(&p->pending, start, (size_t)(p->end - start));
    for (size_t i = from; i < p->pending.len; i++) {
        if (!is_plain(p->pending.data[i])) p->pending.data[i] = '?';
    }
    text_append(&p->pending, "\n", 1);
}

/* Moves the pending notes to *to, which is empty. */
static void note_hand_over(Parser *p, Text *to) {
    *to = p->pending;
    p->pending = (Text){0};
}

/* Drops a leading blank line. */
static void note_trim_start(Text *notes) {
    if (notes->len == 0 || notes->data[0] != '\n') return;
    Text rest = text_make(notes->data + 1, notes->len - 1);
    text_free(notes);
    *notes = rest;
}

/* Drops a trailing blank line. */
static void note_trim_end(Text *notes) {
    if (ends_blank(*notes)) notes->data[--notes->len] = '\0';
}

/* --- the header */

/* The next word at or after *at, which moves past it; *len is 0 at the end of the line. */
static const char *next_word(const Parser *p, const char **at, size_t *len) {
    while (*at < p->end && step_parse_blank(**at)) (*at)++;
    const char *word = *at;
    while (*at < p->end && !step_parse_blank(**at)) (*at)++;
    *len = (size_t)(*at - word);
    return word;
}

/* Does an earlier word, between `from` and `word`, have the same key? */
static bool is_repeated(const Parser *p, const char *from, const char *word, size_t len) {
    const char *equals = memchr(word, '=', len);
    size_t key = equals == NULL ? len : (size_t)(equals - word) + 1, other_len;
    for (const char *at = from; at < word;) {
        const char *other = next_word(p, &at, &other_len);
        if (other < word && other_len >= key && memcmp(other, word, key) == 0) return true;
    }
    return false;
}

/* The part of a word of `len` bytes that a message quotes. */
static int quoted_length(size_t len) {
    return len > MAX_QUOTED ? MAX_QUOTED : (int)len;
}

/* Is the next word of the header `expected`? Moves past it if it is. */
static bool take_header_word(const Parser *p, const char **at, const char *expected) {
    size_t len;
    const char *rest = *at, *word = next_word(p, &rest, &len);
    if (len != strlen(expected) || memcmp(word, expected, len) != 0) return false;
    *at = rest;
    return true;
}

/* Reports what the header has at `at` instead of this program's name. Returns false. */
static bool fail_name(Parser *p, const char *at) {
    size_t len;
    const char *word = next_word(p, &at, &len);
    return fail(p, word, "'%.*s', expected 'defrag-fuzz': the header is '" STREAM_HEADER " key=value ...'",
                quoted_length(len), word);
}

/* Reports what the header has at `at` instead of the version this parser reads. Returns false. */
static bool fail_version(Parser *p, const char *at) {
    size_t len;
    const char *word = next_word(p, &at, &len);
    int64_t found, own;
    text_number(STREAM_VERSION, strlen(STREAM_VERSION), &own);
    if (!text_number(word, len, &found) || found == own)
        return fail(p, word, "'%.*s', expected the version of the stream format: '" STREAM_HEADER " key=value ...'",
                    quoted_length(len), word);
    return fail(p, word,
                "stream format %.*s, expected " STREAM_VERSION ": use %s defrag-fuzz (corpus/README.md, Versions)",
                quoted_length(len), word, found > own ? "a newer" : "an older");
}

/* Moves past the name and the version at the beginning of the header. Lenient does without them. */
static bool parse_header_start(Parser *p, const char **at) {
    if (!take_header_word(p, at, "defrag-fuzz") && p->strict) return fail_name(p, *at);
    if (!take_header_word(p, at, STREAM_VERSION) && p->strict) return fail_version(p, *at);
    return true;
}

/* Reads the header line; `start` is at its "#!". */
static bool parse_header(Parser *p, const char *start) {
    const char *at = start + 2;
    if (p->headed || p->out->nsteps > 0)
        return p->strict ? fail(p, start, "second header, expected one, before the first step") : true;
    p->headed = true;
    note_hand_over(p, &p->out->notes);
    note_trim_start(&p->out->notes);
    if (!parse_header_start(p, &at)) return false;
    const char *from = at;
    size_t len;
    for (const char *word = next_word(p, &at, &len); len > 0; word = next_word(p, &at, &len)) {
        char buffer[sizeof(p->err->what)];
        const char *wrong = settings_set(&p->out->settings, word, len, buffer, sizeof(buffer));
        if (!p->strict) continue;
        if (wrong != NULL) return fail(p, word, "%s", wrong);
        if (is_repeated(p, from, word, len)) return fail(p, word, "setting repeated, expected it once");
    }
    return true;
}

/* --- lines */

/* Strict: only printable ASCII and tabs; other bytes must be written as escapes. */
static bool check_bytes(Parser *p) {
    for (const char *at = p->line; at < p->end; at++) {
        unsigned byte = (unsigned char)*at;
        if (!is_plain(*at))
            return fail(p, at, "byte 0x%02x, expected printable ASCII: write it as \\x%02x within double quotes", byte,
                        byte);
    }
    return true;
}

/* Appends a step to the stream, with the notes before it. */
static bool take_step(Parser *p, Step *step) {
    if (p->out->nsteps >= STREAM_MAX_STEPS) {
        step_free(step);
        if (!p->strict) return true;
        return fail(p, p->line, "step %d, expected at most %d in a stream (STREAM_MAX_STEPS)", STREAM_MAX_STEPS + 1,
                    STREAM_MAX_STEPS);
    }
    step->line = p->number;
    note_hand_over(p, &step->notes);
    return stream_insert(p->out, p->out->nsteps, step);
}

static bool fail_headless(Parser *p, const char *where) {
    return fail(p, where, "no header, expected the line '" STREAM_HEADER "' before the first step");
}

static bool parse_line(Parser *p) {
    const char *start = p->line;
    while (start < p->end && step_parse_blank(*start)) start++;
    if (p->strict && !check_bytes(p)) return false;
    if (start == p->end) return note_blank(p), true;
    if (*start == '#') {
        if (p->end - start >= 2 && start[1] == '!') return parse_header(p, start);
        return note_comment(p, start), true;
    }
    if (p->strict && !p->headed) return fail_headless(p, start);
    Step step;
    switch (
        step_parse(p->line, (size_t)(p->end - p->line), p->strict ? STREAM_STRICT : STREAM_LENIENT, &step, p->err)) {
    case STEP_READ:
        return take_step(p, &step);
    case STEP_NONE:
        return true;
    case STEP_WRONG:
        break;
    }
    if (p->err != NULL) p->err->line = p->number;
    return false;
}

/* Reads the line that begins at `at`. Returns where the next one begins, or NULL after a
 * mistake. */
static const char *next_line(Parser *p, const char *at, const char *end) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    p->line = at;
    p->end = newline == NULL ? end : newline;
    p->number++;
    while (p->end > p->line && step_parse_blank(p->end[-1])) p->end--;
    if (!parse_line(p)) return NULL;
    return newline == NULL ? end : newline + 1;
}

bool stream_parse(const char *text, size_t len, StreamMode mode, Stream *out, StreamError *err) {
    Parser p = {.line = text, .strict = mode == STREAM_STRICT, .out = out, .err = mode == STREAM_STRICT ? err : NULL};
    const char *at = text, *end = len == 0 ? text : text + len;
    stream_init(out);
    while (at != NULL && at < end) at = next_line(&p, at, end);
    bool good = len == 0 || at != NULL;
    if (good && p.strict && !p.headed) {
        p.number = p.number == 0 ? 1 : p.number;
        good = fail_headless(&p, p.line);
    }
    if (good) {
        note_hand_over(&p, &out->trailer);
        note_trim_end(&out->trailer);
        return true;
    }
    text_free(&p.pending);
    stream_free(out);
    return false;
}
