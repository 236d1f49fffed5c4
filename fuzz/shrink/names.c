/* SPDX-License-Identifier: BSD-3-Clause */
/* names.c -- the pass that renames keys and other names to a, b, c in the order in which they
 * appear.
 *
 * The core does not know which words are keys: every word that is not a number is a name. It is
 * renamed where it is a whole word, and where digits follow it: "k{}" in a sequence and "k17" are
 * the same name with a number.
 *
 * Limits: names within scripts are not renamed. */
#include <ctype.h>
#include <string.h>

#include "fuzz/shrink/pass.h"

#define MOST_NAMES 64 /* the most that are renamed one by one */
#define LETTERS 26

/* A name, and whether digits may follow it. */
typedef struct {
    Text word; /* belongs to the stream */
    bool stem;
} Name;

typedef struct {
    Name names[MOST_NAMES];
    int count;
} Names;

static bool same_name(Name a, Name b) {
    return a.stem == b.stem && text_equal(a.word, b.word);
}

static void add_name(Names *names, Name name) {
    bool word = false;
    for (size_t i = 0; i < name.word.len; i++)
        word |= !isdigit((unsigned char)name.word.data[i]) && name.word.data[i] != '-';
    for (int i = 0; word && i < names->count; i++) word = !same_name(names->names[i], name);
    if (word && names->count < MOST_NAMES) names->names[names->count++] = name;
}

/* The word without trailing digits; of a template, without a trailing "{}". */
static Text stem_of(Text word, bool template) {
    size_t len = word.len;
    if (template) {
        len = len > 2 && memcmp(word.data + len - 2, "{}", 2) == 0 ? len - 2 : 0;
    } else {
        while (len > 0 && isdigit((unsigned char)word.data[len - 1])) len--;
        if (len == word.len) len = 0;
    }
    return (Text){.data = word.data, .len = len};
}

/* Collects all names of the stream in the order in which they appear. */
static void collect(const Stream *stream, Names *names) {
    for (int i = 0; i < stream->nsteps; i++) {
        const Step *step = &stream->steps[i];
        for (int j = 1; step->kind == STEP_COMMAND && j < step->nargs; j++) {
            const Arg *arg = &step->args[j];
            for (int k = 0; k < arg->nparts; k++) {
                if (arg->kind == ARG_LITERAL) add_name(names, (Name){arg->parts[k], false});
                if (arg->kind != ARG_REPEAT)
                    add_name(names, (Name){stem_of(arg->parts[k], arg->kind == ARG_SEQUENCE), true});
            }
        }
    }
}

/* Writes `word` with `name` renamed to `letter`; false when it is not that name. */
static bool renamed(Text word, bool template, Name name, char letter, Text *out) {
    Text stem = stem_of(word, template);
    if (name.stem ? !text_equal(stem, name.word) : template || !text_equal(word, name.word)) return false;
    *out = text_make(&letter, 1);
    if (name.stem) text_append(out, word.data + stem.len, word.len - stem.len);
    return true;
}

/* Copies the stream and renames each names[i] to letters[i], all at once. */
static void rename_all(const Stream *best, const Name *names, const char *letters, int count, Stream *out) {
    stream_copy(out, best);
    for (int i = 0; i < out->nsteps; i++) {
        const Step *before = &best->steps[i];
        for (int j = 1; before->kind == STEP_COMMAND && j < before->nargs; j++) {
            Arg *arg = &out->steps[i].args[j];
            bool template = arg->kind == ARG_SEQUENCE, done = arg->kind == ARG_REPEAT;
            for (int k = 0; k < arg->nparts; k++) {
                Text word;
                for (int n = 0; n < count && !done; n++) {
                    if (!renamed(before->args[j].parts[k], template, names[n], letters[n], &word)) continue;
                    text_free(&arg->parts[k]);
                    arg->parts[k] = word;
                    break;
                }
            }
        }
    }
}

/* Gives the first letters to the words after command names, most of which are keys; a word with
 * digits counts by its stem. */
static bool rename_keys(const Stream *best, Stream *out) {
    Names keys = {0};
    char letters[LETTERS];
    for (int i = 0; i < best->nsteps; i++) {
        const Step *step = &best->steps[i];
        if (step->kind == STEP_COMMAND && step->nargs > 1 && step->args[1].kind == ARG_LITERAL)
            add_name(&keys, (Name){step->args[1].parts[0], false});
    }
    if (keys.count == 0 || keys.count > LETTERS) return false;
    for (int i = 0; i < keys.count; i++) letters[i] = (char)('a' + i);
    rename_all(best, keys.names, letters, keys.count, out);
    return true;
}

/* Site 0: all keys at once; then each name alone, which gets the first unused letter. */
Offer shrink_names(const Stream *best, int site, int proposal, int unused, Stream *out) {
    (void)unused;
    Names names = {0};
    if (site == 0) return proposal == 0 && rename_keys(best, out) ? OFFER_MADE : OFFER_OVER;
    collect(best, &names);
    if (site > names.count) return OFFER_END;
    if (proposal > 0) return OFFER_OVER;
    for (char letter = 'a'; letter < 'a' + LETTERS; letter++) {
        Name wanted = {{.data = &letter, .len = 1}, false};
        bool taken = false;
        for (int i = 0; i < names.count; i++) taken |= text_equal(names.names[i].word, wanted.word);
        if (taken) continue;
        rename_all(best, &names.names[site - 1], &letter, 1, out);
        return OFFER_MADE;
    }
    return OFFER_OVER;
}
