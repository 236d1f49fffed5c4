/* SPDX-License-Identifier: BSD-3-Clause */
/* json.h -- JSON objects, one a line, for programs that read what this tool prints (RFC 8259;
 * jsonlines.org).
 *
 * Keys are written unchanged, so they must be plain ASCII. Inside a list the key is NULL.
 *
 * Limits: JSON_LEVELS levels of lists and objects. Bytes that are not UTF-8 are written as in PEP
 * 383: byte 0x80 + n becomes the lone surrogate U+DC80 + n. Python's json and os.fsencode restore
 * the byte; other readers may reject it. */
#ifndef FUZZ_BASE_JSON_H
#define FUZZ_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_LEVELS 4

/* An object that is being written. */
typedef struct {
    FILE *out;
    char closers[JSON_LEVELS]; /* of what is open, outermost first */
    int open;
    bool first; /* nothing is written in the innermost one yet */
} Json;

/* Begins an object on `out`, which stays the caller's. */
Json json_begin(FILE *out);

/* Ends the object and its line, and flushes it. Lists and objects in it must be closed. Errors are
 * those of the FILE. */
void json_end(Json *json);

/* Opens a list or an object in the innermost one; json_close closes it. */
void json_list(Json *json, const char *key);
void json_object(Json *json, const char *key);
void json_close(Json *json);

/* Text; NULL is null. The second form takes `len` bytes, which may be any. */
void json_text(Json *json, const char *key, const char *text);
void json_bytes(Json *json, const char *key, const char *data, size_t len);

/* Numbers: a count, and a real number with `digits` digits after the point; null when it is not
 * finite. */
void json_count(Json *json, const char *key, uint64_t count);
void json_real(Json *json, const char *key, double value, int digits);

void json_flag(Json *json, const char *key, bool flag);

#endif
