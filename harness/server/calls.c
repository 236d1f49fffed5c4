/* SPDX-License-Identifier: BSD-3-Clause */
/* calls.c -- which commands were executed; see calls.h.
 *
 * The words are copied before the command runs, because the server rewrites some, and releases them
 * all afterwards. A client's command, an element of its EXEC and the call of a script in that run
 * inside of each other, so each level has a place of its own.
 *
 * Limits: an error is what the server counts as one (stat_total_error_replies). */
#include "harness/server/calls.h"

#include <string.h>

#include "harness/base/array.h"
#include "harness/valkey/compat.h"

static CallsFn *reader; /* NULL: nobody asks */
static void *reader_context;

/* A command under way, and the errors before it; outside of the world. */
static struct {
    Argv words;
    long long errors;
} under_way[CALLS_LEVELS];

void calls_on(CallsFn *fn, void *context) {
    reader = fn;
    reader_context = context;
}

static void copy_words(const client *c, Argv *words) {
    size_t bytes = 0;
    for (int i = 0; i < c->argc; i++) bytes += sdslen(objectGetVal(c->argv[i])) + 1;
    argv_free(words);
    words->items = array_reserve(NULL, 0, (size_t)c->argc, sizeof(*words->items));
    words->bytes = array_reserve(NULL, 0, bytes, 1);
    char *to = words->bytes;
    for (int i = 0; i < c->argc; i++) {
        sds word = objectGetVal(c->argv[i]);
        words->items[words->count++] = (Text){.data = to, .len = sdslen(word)};
        memcpy(to, word, sdslen(word) + 1);
        to += sdslen(word) + 1;
    }
}

void calls_begin(const client *c, CallsLevel level) {
    if (!reader) return;
    copy_words(c, &under_way[level].words);
    under_way[level].errors = server.stat_total_error_replies;
}

void calls_end(const client *c, CallsLevel level, bool ran) {
    if (!reader) return;
    bool waits = c->flag.blocked && c->realcmd && c->realcmd->flags & CMD_BLOCKING;
    bool failed = server.stat_total_error_replies > under_way[level].errors;
    reader(reader_context, &under_way[level].words, (ran || waits) && !failed);
}
