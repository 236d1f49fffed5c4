/* SPDX-License-Identifier: BSD-3-Clause */
/* step_parse.c -- reads one line of a stream: client prefix, verb, words, quotes, %rep and %seq.
 *
 * Purpose: the half of the parsers that knows what a line consists of. Both modes share one code: a
 * mistake goes through fail(), which the strict mode reports; the lenient mode repairs it on the
 * spot, or falls back to a bare word. So strict cannot accept what lenient reads differently.
 *
 * Limits: STREAM_MAX_*. Lenient: an unclosed quote ends with the line, a quote within a bare word
 * is an ordinary byte, an unknown escape is the byte after the backslash (as in valkey-cli). */
#include "harness/stream/step_parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/stream/verb_normalize.h"

#define MAX_QUOTED 32 /* bytes of a wrong word that a message quotes */

typedef struct {
    const char *line, *at, *end;
    bool strict;
    StreamError *err; /* NULL: not reported */
} Cursor;

bool step_parse_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

/* Records what is wrong at `where`. Returns false. */
__attribute__((format(printf, 3, 4))) static bool fail(Cursor *c, const char *where, const char *format, ...) {
    if (c->err != NULL) {
        va_list args;
        va_start(args, format);
        c->err->column = (int)(where - c->line) + 1;
        vsnprintf(c->err->what, sizeof(c->err->what), format, args);
        va_end(args);
    }
    return false;
}

static void skip_blanks(Cursor *c) {
    while (c->at < c->end && step_parse_blank(*c->at)) c->at++;
}

/* Is the cursor at the end of a word: at a blank or at the end of the line? */
static bool at_word_end(const Cursor *c) {
    return c->at == c->end || step_parse_blank(*c->at);
}

/* How many bytes of `word`, which ends at a blank, a message quotes. */
static int quoted_length(const Cursor *c, const char *word) {
    int len = 0;
    while (len < MAX_QUOTED && word + len < c->end && !step_parse_blank(word[len])) len++;
    return len;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Reads an escape; the cursor is at the backslash, and a byte follows it. */
static bool read_escape(Cursor *c, Text *out) {
    static const char letters[] = "nrtab\"\\", bytes[] = "\n\r\t\a\b\"\\";
    const char *letter = c->at[1] == '\0' ? NULL : strchr(letters, c->at[1]);
    char byte = letter == NULL ? c->at[1] : bytes[letter - letters];
    size_t used = 2;
    if (c->at[1] == 'x' && c->end - c->at >= 4 && hex_digit(c->at[2]) >= 0 && hex_digit(c->at[3]) >= 0) {
        byte = (char)(hex_digit(c->at[2]) * 16 + hex_digit(c->at[3]));
        used = 4;
    } else if (letter == NULL && c->strict) {
        return fail(c, c->at, "escape '\\%c', expected one of \\n \\r \\t \\a \\b \\xHH \\\" \\\\", c->at[1]);
    }
    text_append(out, &byte, 1);
    c->at += used;
    return true;
}

/* Reads a quoted string; the cursor is at its opening quote and ends after the closing one. */
static bool read_quoted(Cursor *c, Text *out) {
    const char *open = c->at++;
    while (c->at < c->end && *c->at != *open) {
        bool more = c->at + 1 < c->end;
        if (*open == '"' && *c->at == '\\' && more) {
            if (!read_escape(c, out)) return false;
        } else {
            if (*open == '\'' && *c->at == '\\' && more && c->at[1] == '\'') c->at++;
            const char *start = c->at++;
            while (c->at < c->end && *c->at != *open && *c->at != '\\') c->at++;
            text_append(out, start, (size_t)(c->at - start));
        }
    }
    if (c->at < c->end) {
        c->at++;
        return true;
    }
    return c->strict ? fail(c, open, "unclosed quote, expected a closing %c on the same line", *open) : true;
}

/* --- %rep and %seq */

/* Reads a number from min to max within %rep or %seq. Strict rejects a number above max, lenient
 * takes max. */
static bool read_number(Cursor *c, const char *name, int64_t min, int64_t max, int64_t *value) {
    const char *start = c->at;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9') c->at++;
    if (!text_number(start, (size_t)(c->at - start), value) || *value < min || (c->strict && *value > max))
        return fail(c, start, "'%.*s', expected the %s, a number from %lld to %lld", quoted_length(c, start), start,
                    name, (long long)min, (long long)max);
    if (*value > max) *value = max;
    return true;
}

static bool read_mark(Cursor *c, char mark, const char *expected) {
    if (c->at == c->end) return fail(c, c->at, "end of the line, expected %s", expected);
    if (at_word_end(c)) return fail(c, c->at, "blank, expected %s", expected);
    if (*c->at != mark) return fail(c, c->at, "'%.*s', expected %s", quoted_length(c, c->at), c->at, expected);
    c->at++;
    return true;
}

/* Does the byte end a bare part? (So does a blank.) */
static bool ends_part(char c) {
    return c == ',' || c == ')' || c == '"' || c == '\'';
}

/* Reads the comma and the part after it, bare or quoted, into *arg. Lenient drops parts beyond
 * `most`. */
static bool read_part(Cursor *c, Arg *arg, int most) {
    Text part = {0};
    const char *start = ++c->at;
    bool quoted = c->at < c->end && (*c->at == '"' || *c->at == '\'');
    if (quoted) {
        if (!read_quoted(c, &part)) return text_free(&part), false;
    } else {
        while (!at_word_end(c) && !ends_part(*c->at)) c->at++;
        text_append(&part, start, (size_t)(c->at - start));
    }
    bool good = true;
    if (part.len == 0 && !(quoted && arg->kind == ARG_SEQUENCE)) {
        good = fail(c, start, "empty text, expected %s",
                    arg->kind == ARG_REPEAT ? "some bytes to repeat" : "a template or \"\"");
    } else if (arg->nparts < most) {
        arg_add_part(arg, part.data, part.len);
    } else if (c->strict) {
        good = fail(c, start, "template %d, expected at most %d (STREAM_MAX_TEMPLATES)", most + 1, most);
    }
    text_free(&part);
    return good;
}

/* The cursor is after "%rep(". */
static bool read_repeat(Cursor *c, Arg *arg) {
    arg->kind = ARG_REPEAT;
    if (!read_number(c, "length in bytes", 0, STREAM_MAX_EXPANDED, &arg->bytes)) return false;
    if (c->at == c->end || *c->at != ',') return read_mark(c, ',', "',' and the bytes to repeat");
    return read_part(c, arg, 1);
}

/* The cursor is after "%seq(". */
static bool read_sequence(Cursor *c, Arg *arg) {
    arg->kind = ARG_SEQUENCE;
    arg->stride = 1;
    if (!read_number(c, "first number", 0, STREAM_MAX_NUMBER, &arg->first)) return false;
    if (!read_mark(c, '-', "'-' and the last number")) return false;
    if (!read_number(c, "last number", arg->first, STREAM_MAX_NUMBER, &arg->last)) return false;
    if (c->at < c->end && *c->at == '/') {
        c->at++;
        if (!read_number(c, "stride", 1, STREAM_MAX_NUMBER, &arg->stride)) return false;
    }
    if (c->at == c->end || *c->at != ',') return read_mark(c, ',', "',' and a template");
    while (c->at < c->end && *c->at == ',') {
        if (!read_part(c, arg, STREAM_MAX_TEMPLATES)) return false;
    }
    return true;
}

/* Is the cursor at "%rep(" or "%seq("? */
static bool at_compact(const Cursor *c) {
    return c->end - c->at >= 5 && (memcmp(c->at, "%rep(", 5) == 0 || memcmp(c->at, "%seq(", 5) == 0);
}

/* Reads a whole %rep(...) or %seq(...). On failure *arg is empty again. */
static bool read_compact(Cursor *c, Arg *arg) {
    bool repeat = c->at[1] == 'r';
    c->at += 5;
    bool good = repeat ? read_repeat(c, arg) : read_sequence(c, arg);
    good = good && read_mark(c, ')', repeat ? "')'" : "',' or ')'");
    if (good && !at_word_end(c))
        good = fail(c, c->at, "'%.*s', expected a blank after ')'", quoted_length(c, c->at), c->at);
    if (!good) arg_free(arg);
    return good;
}

/* --- words */

static bool read_bare(Cursor *c, Arg *arg) {
    const char *start = c->at;
    for (; !at_word_end(c); c->at++) {
        if (c->strict && (*c->at == '"' || *c->at == '\''))
            return fail(c, c->at, "quote within a word, expected the quotes around the whole argument");
    }
    arg_add_part(arg, start, (size_t)(c->at - start));
    return true;
}

static bool read_quoted_word(Cursor *c, Arg *arg) {
    Text word = {0};
    bool good = read_quoted(c, &word);
    if (good && c->strict && !at_word_end(c))
        good = fail(c, c->at, "'%.*s', expected a blank after the closing quote", quoted_length(c, c->at), c->at);
    if (good) arg_add_part(arg, word.data, word.len);
    text_free(&word);
    return good;
}

/* Reads the argument at the cursor into *arg, which is empty. */
static bool read_arg(Cursor *c, Arg *arg) {
    const char *start = c->at;
    if (*start == '"' || *start == '\'') return read_quoted_word(c, arg);
    if (at_compact(c)) {
        if (read_compact(c, arg)) return true;
        if (c->strict) return false;
        c->at = start;
    }
    return read_bare(c, arg);
}

/* Reports which limit argument `arg`, written at `where`, exceeds. */
static bool fail_limit(Cursor *c, const char *where, const Step *step, const Arg *arg) {
    Extent used = step_extent(step), more = arg_extent(arg);
    if (step->nargs >= STREAM_MAX_ARGS)
        return fail(c, where, "argument %d, expected at most %d in a step (STREAM_MAX_ARGS)", step->nargs + 1,
                    STREAM_MAX_ARGS);
    if (used.elements + more.elements > STREAM_MAX_ELEMENTS)
        return fail(c, where, "the step expands to %lld arguments so far, expected at most %d (STREAM_MAX_ELEMENTS)",
                    (long long)(used.elements + more.elements), STREAM_MAX_ELEMENTS);
    return fail(c, where, "the step expands to %lld bytes so far, expected at most %d (STREAM_MAX_EXPANDED)",
                (long long)(used.bytes + more.bytes), STREAM_MAX_EXPANDED);
}

/* Reads all arguments up to the end of the line; columns[i] gets the column at which argument i
 * begins. */
static bool read_args(Cursor *c, Step *step, int *columns) {
    for (skip_blanks(c); c->at < c->end; skip_blanks(c)) {
        const char *start = c->at;
        Arg arg = {.kind = ARG_LITERAL};
        bool good = read_arg(c, &arg);
        if (good && !c->strict) good = arg_fit(&arg, step_extent(step));
        int index = step->nargs;
        if (good && step_add(step, &arg)) {
            columns[index] = (int)(start - c->line) + 1;
            continue;
        }
        if (good && c->strict) fail_limit(c, start, step, &arg);
        arg_free(&arg);
        return !c->strict;
    }
    return true;
}

/* --- the line */

/* Reads the client prefix, if there is one. Lenient: the number is taken modulo STREAM_MAX_CLIENTS,
 * and the blank may be missing. */
static bool read_prefix(Cursor *c, int *client) {
    size_t len = step_prefix(c->at, (size_t)(c->end - c->at));
    *client = 0;
    if (len == 0) return true;
    const char *start = c->at;
    int64_t number;
    text_number(start, len - 1, &number);
    c->at += len;
    *client = (int)(number % STREAM_MAX_CLIENTS);
    if (!c->strict) return skip_blanks(c), true;
    if (number >= STREAM_MAX_CLIENTS)
        return fail(c, start, "client %.*s, expected 0 to %d", len > MAX_QUOTED ? MAX_QUOTED : (int)len - 1, start,
                    STREAM_MAX_CLIENTS - 1);
    if (!at_word_end(c))
        return fail(c, c->at, "'%.*s', expected a blank after the client prefix", quoted_length(c, c->at), c->at);
    skip_blanks(c);
    if (c->at == c->end) return fail(c, c->at, "end of the line, expected a command or a verb after the client prefix");
    if (step_prefix(c->at, (size_t)(c->end - c->at)) > 0) return fail(c, c->at, "second client prefix, expected one");
    return true;
}

static bool fail_verb(Cursor *c, const char *start) {
    Text names = {0};
    for (VerbId i = 0; i < VERB_COUNT; i++) text_format(&names, " !%s", verb_name(i));
    fail(c, start, "unknown verb '%.*s', expected one of%s", quoted_length(c, start), start, names.data);
    text_free(&names);
    return false;
}

/* Reads a verb and its arguments. The cursor is at the '!'. */
static bool read_verb(Cursor *c, Step *step, bool prefixed) {
    const char *start = c->at;
    while (!at_word_end(c)) c->at++;
    step->kind = STEP_VERB;
    step->verb = verb_find(start + 1, (size_t)(c->at - start) - 1);
    if (step->verb == VERB_COUNT) return fail_verb(c, start);
    if (c->strict && prefixed && !verb_has_client(step->verb))
        return fail(c, start, "client prefix before !%s, expected none: it acts on no client", verb_name(step->verb));
    if (!verb_has_client(step->verb)) step->client = 0;
    int columns[STREAM_MAX_ARGS];
    char what[sizeof(((StreamError *)0)->what)];
    if (!read_args(c, step, columns)) return false;
    int last = step->nargs;
    int wrong = verb_normalize(step, c->strict, what, sizeof(what));
    if (wrong == VERB_OK) return true;
    return fail(c, wrong < last ? c->line + columns[wrong] - 1 : c->end, "%s", what);
}

StepVerdict step_parse(const char *line, size_t len, StreamMode mode, Step *step, StreamError *err) {
    bool strict = mode == STREAM_STRICT;
    Cursor c = {line, line, line + len, strict, strict ? err : NULL};
    int columns[STREAM_MAX_ARGS];
    *step = step_command(0);
    skip_blanks(&c);
    const char *start = c.at;
    bool good = read_prefix(&c, &step->client);
    if (good && c.at < c.end && *c.at == '!') {
        good = read_verb(&c, step, c.at > start);
    } else if (good) {
        good = read_args(&c, step, columns) && step->nargs > 0;
    }
    if (good) return STEP_READ;
    step_free(step);
    return strict ? STEP_WRONG : STEP_NONE;
}
