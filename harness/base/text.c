/* SPDX-License-Identifier: BSD-3-Clause */
/* text.c -- owned byte strings.
 *
 * Purpose: one small type for arguments, notes and printed streams, which may hold any byte.
 *
 * Limits: no slicing, no sharing and no reference count, because streams are small and copies are
 * cheap. Appending takes amortised constant time (array.h). */
#include "harness/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/array.h"

Text text_make(const char *data, size_t len) {
    Text t = {0};
    text_append(&t, data, len);
    return t;
}

void text_free(Text *t) {
    free(t->data);
    *t = (Text){0};
}

char *text_room(Text *t, size_t more) {
    size_t need = t->len + more + 1;
    if (need > t->room) {
        t->room = array_room(need);
        t->data = array_reserve(t->data, 0, t->room, 1);
    }
    return t->data + t->len;
}

void text_append(Text *t, const char *data, size_t len) {
    char *to = text_room(t, len);
    if (len > 0) memcpy(to, data, len);
    t->len += len;
    t->data[t->len] = '\0';
}

void text_format(Text *t, const char *format, ...) {
    char words[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    if (len >= (int)sizeof(words)) {
        vsnprintf(text_room(t, (size_t)len), (size_t)len + 1, format, again);
        t->len += (size_t)len;
    } else if (len > 0) {
        text_append(t, words, (size_t)len);
    }
    va_end(again);
}

bool text_equal(Text a, Text b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool text_number(const char *data, size_t len, int64_t *value) {
    if (len == 0) return false;
    int64_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (data[i] < '0' || data[i] > '9') return false;
        int digit = data[i] - '0';
        n = n > (INT64_MAX - digit) / 10 ? INT64_MAX : n * 10 + digit;
    }
    *value = n;
    return true;
}
