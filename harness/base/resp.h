/* SPDX-License-Identifier: BSD-3-Clause */
/* resp.h -- reads the values that a server sends, in RESP2 and RESP3, as the bytes arrive.
 *
 * A reader is given bytes in pieces of any length and stops after each thing that a caller may want
 * to know of: the head of a value that has elements, the end of a value, a byte that is wrong. It
 * checks each line, number, length and line end, and that no push is within another value.
 *
 * Limits: streamed strings and aggregates ("$?"), which the server does not send, are wrong. Values
 * are not decoded. Nothing is allocated, so a reader can be kept in the world.
 * Source: the specification of RESP3 (valkey.io/topics/protocol). */
#ifndef HARNESS_BASE_RESP_H
#define HARNESS_BASE_RESP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESP_LINE 64 /* bytes of a line, or of a text, that are kept */

/* Why resp_read stopped. */
typedef enum {
    RESP_MORE, /* all bytes are read, and no value has ended with the last one */
    RESP_HEAD, /* the head of an outermost value with at least one element was read */
    /* An outermost value has ended. One with attributes ends once, with what they are about. */
    RESP_VALUE,
    RESP_WRONG, /* the bytes are not RESP: `wrong` says why; the reader cannot continue */
} RespEvent;

/* A zeroed reader is between two values. Callers read the members of the first part. */
typedef struct {
    char type;      /* of the outermost value: its first byte */
    int64_t number; /* its number of elements or bytes; -1: null; 0 for other types */
    bool only3;     /* it, or a part of it, is of a type that RESP2 lacks */
    bool null2;     /* it, or a part of it, is a null as RESP2 has it */
    /* The line without its type, or the string, or the first element if it is one of these; may be
     * cut */
    char text[RESP_LINE + 1];
    const char *wrong; /* what is wrong; NULL: nothing */

    bool within;       /* a value has begun and has not ended */
    bool named;        /* `text` is complete */
    uint64_t wanted;   /* values that have to end before the outermost one does */
    size_t kept;       /* bytes in `text` */
    char string;       /* the type of the string that is read; 0: none */
    uint64_t size, at; /* its bytes, and those read of it and of its line end */
    char line[RESP_LINE + 1];
    uint64_t line_len; /* bytes of the line so far, also those that are not kept */
    char last;         /* its last byte so far */
} RespReader;

/* Reads up to the next event, at most `len` bytes. *used is the number of bytes read. After
 * RESP_WRONG, only a zeroed reader reads again. */
RespEvent resp_read(RespReader *reader, const char *data, size_t len, size_t *used);

/* Is the reader between two values, with no byte of the next one read? */
bool resp_between(const RespReader *reader);

/* After RESP_HEAD: what comes next is not an element of this value, but a value of its own. */
void resp_end_at_head(RespReader *reader);

/* The number of values that follow the head line `line` (without its line end) as its elements: 0
 * for a value without elements, twice the number for maps, and one more, what they are about, for
 * attributes. -1: the line is wrong. */
int64_t resp_elements(const char *line, size_t len);

#endif
