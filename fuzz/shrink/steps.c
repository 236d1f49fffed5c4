/* SPDX-License-Identifier: BSD-3-Clause */
/* steps.c -- passes that leave steps out.
 *
 * What shares a key, a client or a script with what: the core knows no command, so a word that
 * stands in both counts as shared, unless it looks like a number or like an option (capitals only).
 * That is a guess which only saves time: whoever is asked knows better, and the chunks come
 * next. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/shrink/pass.h"

#define ROUNDS 3 /* how far relations are followed: what shares something with what shares something ... */

/* --- what comes behind the step that fails */

Offer shrink_steps_tail(const Stream *best, int site, int proposal, int unused, Stream *out) {
    (void)unused;
    int64_t kept;
    if (site > 0) return OFFER_END;
    if (!shrink_value(1, best->nsteps, proposal, &kept)) return OFFER_OVER;
    Stream view = *best;
    view.nsteps = (int)kept;
    stream_copy(out, &view);
    return OFFER_MADE;
}

/* --- what is unrelated */

/* What steps have in common. */
typedef struct {
    Text words[STREAM_MAX_STEPS]; /* they belong to the stream */
    int count;
    bool clients[STREAM_MAX_CLIENTS];
} Relations;

/* Whether a word may be the name of something: neither a number nor an option. */
static bool is_name(Text word) {
    bool name = false;
    for (size_t i = 0; i < word.len; i++)
        name |= !isdigit((unsigned char)word.data[i]) && !isupper((unsigned char)word.data[i]);
    return name && word.data[0] != '-';
}

static bool knows_word(const Relations *r, Text word) {
    for (int i = 0; i < r->count; i++) {
        if (text_equal(r->words[i], word)) return true;
    }
    return false;
}

static void add_word(Relations *r, Text word) {
    if (r->count < STREAM_MAX_STEPS && is_name(word) && !knows_word(r, word)) r->words[r->count++] = word;
}

static void add_step(Relations *r, const Step *step) {
    for (int i = 1; i < step->nargs; i++) {
        if (step->args[i].kind == ARG_LITERAL) add_word(r, step->args[i].parts[0]);
    }
    if (step->client > 0) r->clients[step->client] = true;
}

static bool is_related(const Relations *r, const Step *step) {
    if (step->kind == STEP_VERB || r->clients[step->client]) return true;
    for (int i = 1; i < step->nargs; i++) {
        if (step->args[i].kind == ARG_LITERAL && knows_word(r, step->args[i].parts[0])) return true;
    }
    return false;
}

/* The command that fails, or the last one before the verb that does; -1: none. */
static int last_command(const Stream *best) {
    int i = best->nsteps - 1;
    while (i >= 0 && best->steps[i].kind == STEP_VERB) i--;
    return i;
}

/* Keeps verbs and what is related, over so many rounds. */
static void keep_related(const Stream *best, Relations *r, int rounds, Stream *out) {
    bool gone[STREAM_MAX_STEPS];
    for (; rounds > 0; rounds--) {
        Relations before = *r;
        for (int i = 0; i < best->nsteps; i++) {
            if (best->steps[i].kind == STEP_COMMAND && is_related(&before, &best->steps[i]))
                add_step(r, &best->steps[i]);
        }
    }
    for (int i = 0; i < best->nsteps; i++) gone[i] = !is_related(r, &best->steps[i]);
    shrink_copy_without(best, gone, out);
}

/* The `index`-th different word that stands behind a command's name, the last one first. */
static bool find_key(const Stream *best, int index, Text *key) {
    Relations seen = {0};
    for (int i = best->nsteps - 1; i >= 0; i--) {
        const Step *step = &best->steps[i];
        if (step->kind == STEP_COMMAND && step->nargs > 1 && step->args[1].kind == ARG_LITERAL)
            add_word(&seen, step->args[1].parts[0]);
        if (seen.count <= index) continue;
        *key = seen.words[index];
        return true;
    }
    return false;
}

/* Everything a client sent. False: it sent nothing. */
static bool without_client(const Stream *best, int client, Stream *out) {
    bool gone[STREAM_MAX_STEPS], any = false;
    for (int i = 0; i < best->nsteps; i++) any |= gone[i] = best->steps[i].client == client;
    if (any) shrink_copy_without(best, gone, out);
    return any;
}

/* First what is related to the step that fails, more and more of it; then what is related to one
 * key alone; then everything but a client's. */
Offer shrink_steps_related(const Stream *best, int site, int proposal, int unused, Stream *out) {
    (void)unused;
    int last = last_command(best), client = STREAM_MAX_CLIENTS - site;
    Relations relations = {0};
    if (client > 0 && client < STREAM_MAX_CLIENTS)
        return proposal == 0 && without_client(best, client, out) ? OFFER_MADE : OFFER_OVER;
    if (last < 0) return OFFER_END;
    if (proposal >= ROUNDS) return OFFER_OVER;
    if (site == 0) {
        add_step(&relations, &best->steps[last]);
    } else {
        Text key;
        if (!find_key(best, site - STREAM_MAX_CLIENTS, &key)) return OFFER_END;
        add_word(&relations, key);
    }
    keep_related(best, &relations, proposal, out);
    return OFFER_MADE;
}

/* --- whatever goes */

Offer shrink_steps_chunks(const Stream *best, int site, int proposal, int size, Stream *out) {
    bool gone[STREAM_MAX_STEPS] = {0};
    int end = best->nsteps - site * size;
    if (end <= 0 || size > best->nsteps) return OFFER_END;
    if (proposal > 0) return OFFER_OVER;
    for (int i = end - 1; i >= 0 && i >= end - size; i--) gone[i] = true;
    shrink_copy_without(best, gone, out);
    return OFFER_MADE;
}

/* Sites are steps from the back, proposals the steps before each. */
Offer shrink_steps_pairs(const Stream *best, int site, int proposal, int most, Stream *out) {
    bool gone[STREAM_MAX_STEPS] = {0};
    int second = best->nsteps - 1 - site, first = second - 1 - proposal;
    if (best->nsteps > most || second < 1) return OFFER_END;
    if (first < 0) return OFFER_OVER;
    gone[first] = gone[second] = true;
    shrink_copy_without(best, gone, out);
    return OFFER_MADE;
}
