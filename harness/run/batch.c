/* SPDX-License-Identifier: BSD-3-Clause */
/* batch.c -- which steps of a stream can be sent in one transaction; see batch.h. */
#include "harness/run/batch.h"

#include <string.h>
#include <strings.h>

#include "harness/base/valkey_name.h"
#include "harness/server/catalogue.h"

/* What may not be queued, what would end a transaction or the connection, and what is about the
 * next command. */
static const CommandNames alone =
    "multi exec discard watch unwatch reset quit hello auth monitor asking subscribe psubscribe ssubscribe "
    "unsubscribe punsubscribe sunsubscribe client wait waitaof script function debug failover cluster config";

static const char *first_word(const Step *step) {
    bool named = step->kind == STEP_COMMAND && step->nargs && step->args[0].kind == ARG_LITERAL;
    return named ? step->args[0].parts[0].data : "";
}

static bool is_in(const char *name, const char *list) {
    size_t len = strlen(name);
    for (const char *word = list; *word; word += strcspn(word, " "), word += strspn(word, " ")) {
        if (len && strcspn(word, " ") == len && strncasecmp(word, name, len) == 0) return true;
    }
    return false;
}

static bool can_be_queued(const Step *step) {
    const char *name = first_word(step);
    const CatCommand *command = catalogue_find(name, NULL);
    return *name && !is_in(name, alone) && !(command && command->blocking);
}

/* Has the client a transaction of its own open before the step at `at`? */
static bool in_own_transaction(const Stream *stream, int at, int client) {
    bool open = false;
    for (int i = 0; i < at; i++) {
        const Step *step = &stream->steps[i];
        if (step->client != client) continue;
        if (step->kind == STEP_VERB && step->verb == VERB_CLOSE) open = false;
        if (strcasecmp(first_word(step), "multi") == 0) open = true;
        if (is_in(first_word(step), "exec discard reset quit")) open = false;
    }
    return open;
}

int batch_length(const Stream *stream, int first, int limit, bool (*takes)(int number)) {
    int client = stream->steps[first].client, count = 0;
    if (stream->settings.cluster || in_own_transaction(stream, first, client)) return 0;
    while (count < BATCH_MOST && first + count < limit) {
        const Step *step = &stream->steps[first + count];
        if (step->client != client || !can_be_queued(step) || !takes(first + count + 1)) break;
        count++;
    }
    return count;
}
