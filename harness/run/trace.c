/* SPDX-License-Identifier: BSD-3-Clause */
/* trace.c -- the trace of a run; see trace.h. */
#include "harness/run/trace.h"

#include <ctype.h>
#include <inttypes.h>

#include "harness/server/client.h"
#include "harness/structures/hash.h"

#define STEP_WIDTH 60  /* bytes of a step's text */
#define REPLY_WIDTH 70 /* bytes of a reply's text */

#define LEGEND(replies)                                                                                                \
    "# One line a step, columns separated by tabs:\n"                                                                  \
    "#   step     its number, from 1\n"                                                                                \
    "#   text     the step in canonical form, shortened\n"                                                             \
    "#   replies  what each client was sent, \"N< \" first if it is not client 0; " replies "\n"                       \
    "#   moves    blocks that defrag moved in this step / old blocks that it released\n"                               \
    "#   data     digest of the data set after the step\n"                                                             \
    "# The last line has totals, and a hash of all lines before it with nothing shortened.\n"

const char *trace_legend(bool whole) {
    return whole ? LEGEND("escaped, whole") : LEGEND("escaped, shortened, a hash behind what was cut");
}

uint64_t trace_replies(void) {
    uint64_t hash = 0;
    for (int i = 0; i < CLIENT_COUNT; i++) {
        Text reply = client_reply(i);
        if (reply.len) hash = hash_bytes(reply.data, reply.len, hash ^ (uint64_t)(i + 1));
    }
    return hash;
}

uint64_t trace_chain(uint64_t hash, const TraceStep *step, uint64_t replies) {
    uint64_t words[] = {(uint64_t)step->number, step->moved, step->released, step->digest, replies};
    return hash_bytes(words, sizeof(words), hash);
}

static void write_reply(FILE *out, Text reply, bool whole) {
    size_t shown = whole || reply.len < REPLY_WIDTH ? reply.len : REPLY_WIDTH;
    for (size_t i = 0; i < shown; i++) {
        unsigned char c = (unsigned char)reply.data[i];
        if (c == '\r' && i + 1 < reply.len && reply.data[i + 1] == '\n') continue;
        if (c == '\n')
            fputs(i + 1 < reply.len ? " " : "", out);
        else if (isprint(c) && c != '\\')
            fputc(c, out);
        else
            fprintf(out, "\\x%02x", c);
    }
    if (shown < reply.len) fprintf(out, "...#%08" PRIx64, hash_bytes(reply.data, reply.len, 0) & 0xffffffff);
}

void trace_write(FILE *out, const TraceStep *step, bool whole) {
    Text text = step_summary(step->step, STEP_WIDTH);
    fprintf(out, "%d\t%s\t", step->number, text.data);
    text_free(&text);
    const char *gap = "";
    for (int i = 0; i < STREAM_MAX_CLIENTS; i++) {
        Text reply = client_reply(i);
        if (!reply.len) continue;
        if (i)
            fprintf(out, "%s%d< ", gap, i);
        else
            fputs(gap, out);
        write_reply(out, reply, whole);
        gap = " ";
    }
    fprintf(out, "\t%" PRIu64 "/%" PRIu64 "\t", step->moved, step->released);
    if (step->end)
        fprintf(out, "-> %s\n", step->end);
    else
        fprintf(out, "%016" PRIx64 "\n", step->digest);
}
