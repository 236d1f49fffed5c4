/* SPDX-License-Identifier: BSD-3-Clause */
/* payload.c -- payloads of RESTORE; see payload.h. */
#include "fuzz/generate/payload.h"

#include <string.h>

#include "harness/base/array.h"
#include "harness/base/crc64.h"

#define CHECKSUM 8         /* bytes */
#define FOOTER 10          /* version and checksum */
#define VERSION 11         /* of what is signed here */
#define LAST_VERSION 255   /* beyond those of all servers, which are two bytes */
#define OPCODE_LIBRARY 245 /* RDB_OPCODE_FUNCTION2, in rdb.h */
#define LENGTH_32 0x80     /* RDB_32BITLEN, in rdb.h */
#define CHANGES 3          /* the most changes of one mutation */
#define LONGEST_CUT 8      /* bytes that are removed or doubled at once */

/* --- signatures */

static void put_checksum(Text *payload) {
    size_t len = payload->len - CHECKSUM;
    uint64_t crc = crc64_of(payload->data, len);
    for (int i = 0; i < CHECKSUM; i++) payload->data[len + (size_t)i] = (char)(crc >> 8 * i);
}

void payload_sign(Text *body) {
    static const char footer[FOOTER] = {VERSION};
    text_append(body, footer, FOOTER);
    put_checksum(body);
}

bool payload_is_signed(Text text) {
    if (text.len <= FOOTER || text.data[text.len - CHECKSUM - 1]) return false;
    uint64_t crc = crc64_of(text.data, text.len - CHECKSUM);
    for (int i = 0; i < CHECKSUM; i++)
        if (text.data[text.len - CHECKSUM + (size_t)i] != (char)(crc >> 8 * i)) return false;
    return true;
}

void payload_add_library(const char *code, Text *body) {
    size_t len = strlen(code);
    char head[] = {(char)OPCODE_LIBRARY, (char)LENGTH_32,  (char)(len >> 24),
                   (char)(len >> 16),    (char)(len >> 8), (char)len};
    text_append(body, head, sizeof(head));
    text_append(body, code, len);
}

/* --- mutations */

/* Small numbers are lengths, counts and types; the others begin longer lengths. */
static char draw_byte(Prng *prng) {
    static const unsigned char edges[] = {0, 1, 2, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xc0, 0xc3, 0xf0, 0xff};
    return (char)(prng_chance(prng, 50) ? edges[prng_below(prng, COUNT_OF(edges))] : prng_below(prng, 256));
}

static void remove_bytes(Text *body, size_t at, size_t count) {
    memmove(body->data + at, body->data + at + count, body->len - at - count);
    body->len -= count;
}

/* Inserts bytes `from` to `from + count` again, before byte `at`. */
static void copy_bytes(Text *body, size_t from, size_t count, size_t at) {
    char copy[LONGEST_CUT];
    memcpy(copy, body->data + from, count);
    text_append(body, copy, count);
    memmove(body->data + at + count, body->data + at, body->len - count - at);
    memcpy(body->data + at, copy, count);
}

static void change(Prng *prng, Text *body) {
    size_t at = prng_below(prng, body->len), count = 1 + prng_below(prng, LONGEST_CUT);
    if (count > body->len - at) count = body->len - at;
    switch (prng_below(prng, 6)) {
    case 0:
        body->data[at] = (char)(body->data[at] ^ 1 << prng_below(prng, 8));
        break;
    case 1:
        body->data[at] = (char)(body->data[at] + (prng_chance(prng, 50) ? 1 : -1));
        break;
    case 2:
        if (body->len > count) remove_bytes(body, at, count);
        break;
    case 3:
        copy_bytes(body, at, count, prng_below(prng, body->len));
        break;
    case 4:
        body->data[0] = (char)prng_below(prng, 30); /* the type */
        break;
    default:
        body->data[at] = draw_byte(prng);
    }
}

/* RDB_TYPE_STREAM_LISTPACKS and later ones, in rdb.h. */
static bool is_stream(const Text *body) {
    return body->data[0] == 15 || body->data[0] == 19 || body->data[0] == 21;
}

void payload_mutate(Prng *prng, Text *payload) {
    if (is_stream(payload)) return;
    payload->len -= FOOTER;
    for (int64_t left = prng_range(prng, 1, CHANGES); left > 0; left--) change(prng, payload);
    payload_sign(payload);
    if (!prng_chance(prng, 5)) return;
    payload->data[payload->len - FOOTER] = (char)prng_range(prng, 1, LAST_VERSION);
    put_checksum(payload);
}
