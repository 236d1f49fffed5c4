/* SPDX-License-Identifier: BSD-3-Clause */
/* replies.c -- records the replies of a run; see replies.h.
 *
 * A record is the number of moves, the lengths of all clients' bytes, and the bytes. */
#include "harness/run/replies.h"

#include <stdlib.h>
#include <string.h>

#include "harness/finding/finding.h"

typedef struct {
    uint64_t moved, lengths[STREAM_MAX_CLIENTS];
} Head;

void replies_write(FILE *to, const RepliesStep *step) {
    Head head = {.moved = step->moved};
    for (int i = 0; i < STREAM_MAX_CLIENTS; i++) head.lengths[i] = step->sent[i].len;
    fwrite(&head, sizeof(head), 1, to);
    for (int i = 0; i < STREAM_MAX_CLIENTS; i++) {
        if (step->sent[i].len) fwrite(step->sent[i].data, 1, step->sent[i].len, to);
    }
    if (fflush(to) != 0) finding_harness("cannot write the replies");
}

static void free_step(RepliesStep *step) {
    for (int i = 0; i < STREAM_MAX_CLIENTS; i++) text_free(&step->sent[i]);
}

/* False at the end of the file; there is then nothing to free. */
static bool read_step(FILE *from, RepliesStep *step) {
    Head head;
    bool whole = true;
    if (fread(&head, sizeof(head), 1, from) != 1) return false;
    *step = (RepliesStep){.moved = head.moved};
    for (int i = 0; i < STREAM_MAX_CLIENTS && whole; i++) {
        size_t len = head.lengths[i];
        if (len == 0) continue;
        whole = fread(text_room(&step->sent[i], len), 1, len, from) == len;
        step->sent[i].len = len;
        step->sent[i].data[len] = '\0';
    }
    if (!whole) free_step(step);
    return whole;
}

void replies_read(FILE *from, Replies *out) {
    RepliesStep step;
    *out = (Replies){0};
    rewind(from);
    while (read_step(from, &step)) {
        RepliesStep *steps = realloc(out->steps, sizeof(*steps) * (size_t)(out->count + 1));
        if (!steps) finding_harness("out of memory for the replies");
        out->steps = steps;
        out->steps[out->count++] = step;
    }
}

void replies_free(Replies *replies) {
    for (int i = 0; i < replies->count; i++) free_step(&replies->steps[i]);
    free(replies->steps);
    *replies = (Replies){0};
}
