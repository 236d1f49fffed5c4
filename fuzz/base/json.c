/* SPDX-License-Identifier: BSD-3-Clause */
/* json.c -- JSON objects, one a line; see json.h. */
#include "fuzz/base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- structure */

/* Writes what precedes a value: a comma, and the key unless this is a list. */
static void lead(Json *json, const char *key) {
    if (!json->first) fputs(", ", json->out);
    json->first = false;
    if (key) fprintf(json->out, "\"%s\": ", key);
}

static void open_level(Json *json, char opener, char closer) {
    if (json->open == JSON_LEVELS) abort(); /* a mistake of the caller */
    putc(opener, json->out);
    json->closers[json->open++] = closer;
    json->first = true;
}

Json json_begin(FILE *out) {
    Json json = {.out = out};
    open_level(&json, '{', '}');
    return json;
}

void json_list(Json *json, const char *key) {
    lead(json, key);
    open_level(json, '[', ']');
}

void json_object(Json *json, const char *key) {
    lead(json, key);
    open_level(json, '{', '}');
}

void json_close(Json *json) {
    putc(json->closers[--json->open], json->out);
    json->first = false;
}

void json_end(Json *json) {
    json_close(json);
    putc('\n', json->out);
    fflush(json->out);
}

/* --- text */

/* The length of the UTF-8 character at p (RFC 3629, section 4), or 0 when p does not start one. */
static size_t character(const unsigned char *p, size_t left) {
    if (p[0] < 0x80) return 1;
    size_t len = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
    if (len > left) return 0;
    for (size_t i = 1; i < len; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf) return 0;
    }
    bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
    bool surrogate = p[0] == 0xed && p[1] > 0x9f, beyond = p[0] == 0xf4 && p[1] > 0x8f;
    return overlong || surrogate || beyond ? 0 : len;
}

/* Writes a character of one byte, escaped where JSON requires it. */
static void put_ascii(FILE *out, unsigned char c) {
    static const char plain[] = "\"\\\b\f\n\r\t", escaped[] = "\"\\bfnrt";
    const char *at = c ? strchr(plain, c) : NULL;
    if (at)
        fprintf(out, "\\%c", escaped[at - plain]);
    else if (c < 0x20)
        fprintf(out, "\\u%04x", c);
    else
        putc(c, out);
}

void json_bytes(Json *json, const char *key, const char *data, size_t len) {
    const unsigned char *p = (const unsigned char *)data;
    lead(json, key);
    putc('"', json->out);
    for (size_t i = 0; i < len;) {
        size_t n = character(p + i, len - i);
        if (n == 0)
            fprintf(json->out, "\\udc%02x", p[i++]);
        else if (n == 1)
            put_ascii(json->out, p[i++]);
        else
            i += fwrite(p + i, 1, n, json->out) == n ? n : len - i;
    }
    putc('"', json->out);
}

void json_text(Json *json, const char *key, const char *text) {
    if (text) {
        json_bytes(json, key, text, strlen(text));
    } else {
        lead(json, key);
        fputs("null", json->out);
    }
}

/* --- numbers and flags */

void json_count(Json *json, const char *key, uint64_t count) {
    lead(json, key);
    fprintf(json->out, "%" PRIu64, count);
}

void json_real(Json *json, const char *key, double value, int digits) {
    if (!isfinite(value)) {
        json_text(json, key, NULL);
        return;
    }
    lead(json, key);
    fprintf(json->out, "%.*f", digits, value);
}

void json_flag(Json *json, const char *key, bool flag) {
    lead(json, key);
    fputs(flag ? "true" : "false", json->out);
}
