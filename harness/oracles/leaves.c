/* SPDX-License-Identifier: BSD-3-Clause */
/* leaves.c -- replies as lists of their leaves; see leaves.h.
 *
 * RESP is a sequence of tokens: the head of an aggregate, or a leaf. Only what is left out as a
 * whole (invalidations) needs to know where an aggregate ends.
 *
 * Limits: lengths are trusted as far as there are bytes; the oracle replies checks them. */
#include "harness/oracles/leaves.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/base/resp.h"

/* Either the head of an aggregate or a leaf. */
typedef struct {
    int64_t elements; /* of an aggregate; -1: a leaf */
    char type;        /* the first byte */
    bool null;
    const char *data; /* of a leaf, or the line of a head without its type */
    size_t len;
} Token;

typedef struct {
    const char *at, *end;
} Rest;

#define VERBATIM_HEAD 4 /* bytes of "txt:" */

static bool is_string(char type) {
    return type == '$' || type == '!' || type == '=';
}

/* The bytes of a string whose head line was read; false when they are not all there. */
static bool read_string(Rest *rest, Token *token) {
    int64_t len = strtoll(token->data, NULL, 10);
    token->null = len < 0;
    if (token->null) return true;
    if (len + 2 > rest->end - rest->at) return false;
    size_t skipped = token->type == '=' && len >= VERBATIM_HEAD ? VERBATIM_HEAD : 0;
    token->data = rest->at + skipped;
    token->len = (size_t)len - skipped;
    rest->at += len + 2;
    return true;
}

/* An aggregate or a null array. False: not RESP. */
static bool read_head(const char *line, size_t len, Token *token) {
    int64_t elements = resp_elements(line, len);
    token->null = token->data[0] == '-';
    token->elements = token->null ? -1 : elements;
    return elements >= 0;
}

static bool read_token(Rest *rest, Token *token) {
    const char *end = memchr(rest->at, '\n', (size_t)(rest->end - rest->at));
    if (!end || end - rest->at < 2 || end[-1] != '\r') return false;
    const char *line = rest->at;
    size_t len = (size_t)(end - 1 - line);
    *token = (Token){.elements = -1, .type = line[0], .data = line + 1, .len = len - 1};
    rest->at = end + 1;
    if (strchr("*%~>|", line[0])) return read_head(line, len, token);
    if (is_string(line[0])) return read_string(rest, token);
    token->null = line[0] == '_';
    return strchr("+-:,#(_", line[0]) != NULL;
}

/* --- what is left out */

/* Skips what is left of a value of which `pending` parts have not been read. */
static void skip(Rest *rest, int64_t pending) {
    Token token;
    while (pending > 0 && read_token(rest, &token)) pending += (token.elements > 0 ? token.elements : 0) - 1;
}

static bool is_text(const Token *token, const char *text) {
    return token->elements < 0 && token->len == strlen(text) && memcmp(token->data, text, token->len) == 0;
}

/* Is this the head of an invalidation, as a push or, with REDIRECT, as a message? It then leaves
 * the value out. Source: tracking.c, sendTrackingMessage. */
static bool skip_invalidation(Rest *rest, const Token *head) {
    Rest ahead = *rest;
    Token first, second;
    if (head->elements < 2 || !read_token(&ahead, &first) || !read_token(&ahead, &second)) return false;
    bool push = head->type == '>' && (is_text(&first, "invalidate") || is_text(&first, "tracking-redir-broken"));
    if (!push && !(is_text(&first, "message") && is_text(&second, "__redis__:invalidate"))) return false;
    skip(rest, head->elements);
    return true;
}

/* --- the lines */

/* As in C, so that each leaf stays on one line. */
static void append_escaped(Text *to, const char *data, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c == '\\')
            text_append(to, "\\\\", 2);
        else if (c < ' ')
            text_format(to, "\\x%02x", c);
        else
            text_append(to, data + i, 1);
    }
}

static void append_leaf(Text *to, int client, const Token *token) {
    text_format(to, "%d< ", client);
    if (token->null)
        text_append(to, "(null)", 6);
    else if (token->type == '#')
        text_append(to, token->data[0] == 't' ? "1" : "0", 1);
    else {
        if (token->type == '-' || token->type == '!') text_append(to, "-", 1);
        append_escaped(to, token->data, token->len);
    }
    text_append(to, "\n", 1);
}

void leaves_append(Text *to, int client, Text replies) {
    if (!replies.len) return;
    Rest rest = {replies.data, replies.data + replies.len};
    Token token;
    while (rest.at < rest.end) {
        const char *begin = rest.at;
        if (!read_token(&rest, &token)) {
            append_leaf(to, client, &(Token){.data = begin, .len = (size_t)(rest.end - begin)});
            return;
        }
        if (token.elements < 0) append_leaf(to, client, &token);
        if (token.elements > 0) skip_invalidation(&rest, &token);
    }
}

/* --- sorting */

typedef struct {
    const char *data;
    size_t len;
} Line;

static int compare_lines(const void *a, const void *b) {
    const Line *left = a, *right = b;
    int order = memcmp(left->data, right->data, left->len < right->len ? left->len : right->len);
    return order ? order : (left->len > right->len) - (left->len < right->len);
}

Text leaves_sorted(Text leaves) {
    if (!leaves.len) return (Text){0};
    Line *lines = NULL;
    Text sorted = {0};
    size_t count = 0;
    for (const char *at = leaves.data, *end = at + leaves.len, *next; at < end; at = next) {
        next = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
        lines = array_reserve(lines, count, count + 1, sizeof(*lines));
        lines[count++] = (Line){at, (size_t)(next - at)};
    }
    if (count) qsort(lines, count, sizeof(*lines), compare_lines);
    for (size_t i = 0; i < count; i++) text_append(&sorted, lines[i].data, lines[i].len);
    free(lines);
    return sorted;
}
