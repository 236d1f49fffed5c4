/* SPDX-License-Identifier: BSD-3-Clause */
/* words.c -- the pass that shortens words: values, scripts, templates, patterns, client numbers.
 *
 * Limits: for a word of more than LONGEST bytes only its beginning is tried, not the word without a
 * part of its middle. */
#include <stdio.h>
#include <string.h>

#include "fuzz/shrink/pass.h"

#define LONGEST 400

/* --- clients */

/* Makes client `to` send everything that client `from` sends. */
static bool replace_client(Stream *stream, int from, int to) {
    bool any = false;
    for (int i = 0; i < stream->nsteps; i++) {
        if (stream->steps[i].client != from) continue;
        stream->steps[i].client = to;
        any = true;
    }
    return any;
}

static Offer propose_client(const Stream *best, int client, int proposal, Stream *out) {
    if (proposal >= client) return OFFER_OVER;
    stream_copy(out, best);
    if (replace_client(out, client, proposal)) return OFFER_MADE;
    stream_free(out);
    return OFFER_OVER;
}

/* --- words */

/* Removes `count` bytes at `from`. */
static void cut_out(Text *text, size_t from, size_t count) {
    memmove(text->data + from, text->data + from + count, text->len - from - count + 1);
    text->len -= count;
}

/* Removes chunk `index`: halves of the word, quarters, ... down to one byte, each at every multiple
 * of its size. */
static bool cut_chunk(Text *text, int index) {
    for (size_t size = text->len / 2; size > 0; size /= 2) {
        size_t places = (text->len + size - 1) / size;
        if ((size_t)index < places) {
            size_t from = (size_t)index * size, left = text->len - from;
            cut_out(text, from, size < left ? size : left);
            return true;
        }
        index -= (int)places;
    }
    return false;
}

/* Proposals: one letter, the first byte, the beginning, the word without a part. */
static Offer shorten(Text *text, int proposal) {
    int64_t kept;
    if (text->len < 2) {
        if (proposal > 0 || text->len == 0 || (text->data[0] > ' ' && text->data[0] <= '~')) return OFFER_OVER;
        text->data[0] = 'a';
        return OFFER_MADE;
    }
    if (proposal == 0) {
        text->len = 1;
        text->data[0] = 'a';
    } else if (text->len > LONGEST) {
        if (!shrink_value(1, (int64_t)text->len, proposal - 1, &kept)) return OFFER_OVER;
        text->len = (size_t)kept;
    } else if (proposal == 1) {
        text->len = 1;
    } else if (!cut_chunk(text, proposal - 2)) {
        return OFFER_OVER;
    }
    text->data[text->len] = '\0';
    return OFFER_MADE;
}

static Offer propose_word(const Stream *best, int site, int proposal, Stream *out) {
    int step, arg;
    int64_t number;
    if (!shrink_argument(best, site / STREAM_MAX_TEMPLATES, &step, &arg)) return OFFER_END;
    const Arg *before = &best->steps[step].args[arg];
    int part = site % STREAM_MAX_TEMPLATES;
    if (part >= before->nparts || best->steps[step].kind == STEP_VERB || shrink_read_number(before, &number))
        return OFFER_OVER;
    stream_copy(out, best);
    Offer offer = shorten(&out->steps[step].args[arg].parts[part], proposal);
    if (offer != OFFER_MADE) stream_free(out);
    return offer;
}

/* Sites: clients, starting with the last one, then the parts of arguments. */
Offer shrink_words(const Stream *best, int site, int proposal, int unused, Stream *out) {
    (void)unused;
    if (site < STREAM_MAX_CLIENTS) return propose_client(best, STREAM_MAX_CLIENTS - 1 - site, proposal, out);
    return propose_word(best, site - STREAM_MAX_CLIENTS, proposal, out);
}
