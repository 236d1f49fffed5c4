/* SPDX-License-Identifier: BSD-3-Clause */
/* reply.c -- finds the bounds of replies; see reply.h.
 *
 * Limits: those of harness/base/resp.h, which reads the bytes. */
#include "fuzz/wire/reply.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/resp.h"

/* The length of the first line including its end; 0 when it is incomplete. */
static size_t line_length(const char *data, size_t len) {
    const char *end = len ? memchr(data, '\n', len) : NULL;
    return end && end > data && end[-1] == '\r' ? (size_t)(end - data) + 1 : 0;
}

/* The number of replies that are part of this one, from its first line: 0 for a plain value. An
 * attribute precedes another reply, which counts as part of it. */
static int64_t elements(const char *line, size_t len) {
    int64_t number = resp_elements(line, len - 2);
    return number > 0 ? number : 0;
}

size_t wire_reply_length(const char *data, size_t len) {
    RespReader reader = {0};
    for (size_t at = 0, used; at < len; at += used) {
        RespEvent event = resp_read(&reader, data + at, len - at, &used);
        if (event == RESP_VALUE) return at + used;
        if (event == RESP_WRONG) return line_length(data, len);
    }
    return 0;
}

int wire_reply_count(Text replies) {
    int count = 0;
    for (size_t at = 0, len; at < replies.len; at += len, count++) {
        len = wire_reply_length(replies.data + at, replies.len - at);
        if (!len) break;
    }
    return count;
}

const char *wire_reply_element(Text array, int index, size_t *len) {
    size_t at = line_length(array.data, array.len);
    if (!at || index >= elements(array.data, at)) return NULL;
    for (;; index--) {
        *len = wire_reply_length(array.data + at, array.len - at);
        if (!*len) return NULL;
        if (index == 0) return array.data + at;
        at += *len;
    }
}

/* --- values in any order */

typedef struct {
    const char *data;
    size_t len;
} Value;

typedef struct {
    Value *items;
    int count;
} Values;

static int compare_values(const void *a, const void *b) {
    const Value *x = a, *y = b;
    if (x->len != y->len) return x->len < y->len ? -1 : 1;
    return memcmp(x->data, y->data, x->len);
}

/* Lists all values without elements and the headers of those with elements, sorted. Returns false
 * when the replies are incomplete. */
static bool list_values(Text replies, Values *out) {
    *out = (Values){/* the shortest is a letter and a line end */
                    .items = malloc(sizeof(Value) * (replies.len / 3 + 1))};
    for (size_t at = 0; at < replies.len && out->items;) {
        const char *from = replies.data + at;
        size_t line = line_length(from, replies.len - at);
        size_t len = line && elements(from, line) ? line : wire_reply_length(from, replies.len - at);
        if (!len) return false;
        out->items[out->count++] = (Value){from, len};
        at += len;
    }
    if (out->items) qsort(out->items, (size_t)out->count, sizeof(Value), compare_values);
    return out->items != NULL;
}

bool wire_reply_same_values(Text a, Text b) {
    Values x = {0}, y = {0};
    bool same = a.len == b.len && list_values(a, &x) && list_values(b, &y) && x.count == y.count;
    for (int i = 0; same && i < x.count; i++) same = compare_values(&x.items[i], &y.items[i]) == 0;
    free(x.items);
    free(y.items);
    return same;
}

/* --- for people */

bool wire_reply_value(Text array, int index, char *to, size_t room) {
    size_t len, head = 1, tail = 2;
    const char *element = wire_reply_element(array, index, &len);
    if (!element) return false;
    if (element[0] == '$') head = line_length(element, len);
    int bytes = head + tail > len ? 0 : (int)(len - head - tail); /* null has no bytes */
    snprintf(to, room, "%.*s", bytes, element + head);
    return true;
}

void wire_reply_describe(Text *to, Text replies, size_t width) {
    if (!replies.len) text_format(to, "(nothing)");
    for (size_t i = 0; i < replies.len && i < width; i++) {
        unsigned char c = (unsigned char)replies.data[i];
        if (c == '\r')
            text_format(to, "\\r");
        else if (c == '\n')
            text_format(to, "\\n");
        else if (isprint(c) && c != '\\')
            text_append(to, (const char *)&c, 1);
        else
            text_format(to, "\\x%02x", c);
    }
    if (replies.len > width) text_format(to, "... (%zu bytes)", replies.len);
}
