/* SPDX-License-Identifier: BSD-3-Clause */
/* steps.c -- passes that remove steps.
 *
 * Steps are related when they share a key, a client or a script. The core does not know the
 * commands, so any common word counts, unless it looks like a number or an option (capitals only).
 * This guess only saves time: every candidate is tried, and the passes over chunks follow. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/shrink/pass.h"

#define ROUNDS 3 /* the length of chains of related steps */

/* --- steps after the failing one */

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

/* --- unrelated steps */

/* What related steps have in common. */
typedef struct {
    Text words[STREAM_MAX_STEPS]; /* they belong to the stream */
    int count;
    bool clients[STREAM_MAX_CLIENTS];
} Relations;

/* May the word be a name, neither a number nor an option? */
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

/* The failing command, or the last one before a failing verb; -1 when there is none. */
static int last_command(const Stream *best) {
    int i = best->nsteps - 1;
    while (i >= 0 && best->steps[i].kind == STEP_VERB) i--;
    return i;
}

/* Keeps verbs and related steps, with chains of up to `rounds` steps. */
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

/* The `index`-th distinct word that follows a command's name, counted from the end. */
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

/* Removes all that a client sends. Returns false when it sends nothing. */
static bool without_client(const Stream *best, int client, Stream *out) {
    bool gone[STREAM_MAX_STEPS], any = false;
    for (int i = 0; i < best->nsteps; i++) any |= gone[i] = best->steps[i].client == client;
    if (any) shrink_copy_without(best, gone, out);
    return any;
}

/* Proposals: the steps related to the failing one, with ever longer chains; then those related to
 * one key; then all but one client's. */
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

/* --- any steps */

Offer shrink_steps_chunks(const Stream *best, int site, int proposal, int size, Stream *out) {
    bool gone[STREAM_MAX_STEPS] = {0};
    int end = best->nsteps - site * size;
    if (end <= 0 || size > best->nsteps) return OFFER_END;
    if (proposal > 0) return OFFER_OVER;
    for (int i = end - 1; i >= 0 && i >= end - size; i--) gone[i] = true;
    shrink_copy_without(best, gone, out);
    return OFFER_MADE;
}

/* Sites are steps, starting with the last one; proposals are the steps before each. */
Offer shrink_steps_pairs(const Stream *best, int site, int proposal, int most, Stream *out) {
    bool gone[STREAM_MAX_STEPS] = {0};
    int second = best->nsteps - 1 - site, first = second - 1 - proposal;
    if (best->nsteps > most || second < 1) return OFFER_END;
    if (first < 0) return OFFER_OVER;
    gone[first] = gone[second] = true;
    shrink_copy_without(best, gone, out);
    return OFFER_MADE;
}
