/* SPDX-License-Identifier: BSD-3-Clause */
/* executed.c -- which commands the server has run; see executed.h.
 *
 * The table of commands is read again in each run, because another birth has another one. Its
 * entries stay where they are: they are static in the server, and defrag does not know them.
 *
 * Limits: a command that is added to the table during a run is not seen. */
#include "harness/server/executed.h"

#include "harness/base/array.h"
#include "harness/valkey/compat.h"

typedef struct {
    const struct serverCommand *command;
    long long calls; /* at executed_settle */
} Executed;

static Executed *table;
static size_t count;

static void add_commands(hashtable *commands) {
    hashtableIterator iter;
    void *next;
    compat_walk_begin(&iter, commands);
    while (hashtableNext(&iter, &next)) {
        const struct serverCommand *command = next;
        table = array_reserve(table, count, count + 1, sizeof(*table));
        table[count++] = (Executed){command, command->calls};
        if (command->subcommands_ht) add_commands(command->subcommands_ht);
    }
    compat_walk_end(&iter);
}

void executed_begin(void) {
    count = 0;
    add_commands(server.commands);
}

void executed_each(void (*visit)(CommandName fullname, void *context), void *context) {
    for (size_t i = 0; i < count; i++) {
        if (table[i].command->calls != table[i].calls) visit(table[i].command->fullname, context);
    }
}

void executed_settle(void) {
    for (size_t i = 0; i < count; i++) table[i].calls = table[i].command->calls;
}
