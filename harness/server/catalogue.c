/* SPDX-License-Identifier: BSD-3-Clause */
/* catalogue.c -- the server's command table, copied into neutral form.
 *
 * The copy is deep and outside the server's memory: it has no pointer into the server, so a
 * restored snapshot, a renamed command or a flushed cache cannot affect it. It grows with the
 * births of the process, and is kept until the process ends.
 *
 * A container such as XGROUP is in the table only through its subcommands, unless it can be called
 * without one (COMMAND).
 *
 * Limits: the copy is only as precise as the command table. Where the table is vaguer than the
 * command's parser (SORT's patterns, a stream ID), fuzz/generate/hints.c has more. */
#include "harness/server/catalogue.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/base/array.h"
#include "harness/base/fault.h"
#include "harness/server/command_filter.h"
#include "harness/valkey/compat.h"

static CatCommand *table;
static int table_count, table_room;
static int sorted; /* the first rows, which are those of earlier births */

static CatRefused *refused; /* an array of array.h */
static int nrefused;

/* --- What may differ between Valkey versions */

/* Calls visit for every command of a table of commands or subcommands, in no particular order. */
static void each_command(hashtable *commands, void (*visit)(struct serverCommand *)) {
    hashtableIterator iter;
    void *next;
    compat_walk_begin(&iter, commands);
    while (hashtableNext(&iter, &next)) visit(next);
    compat_walk_end(&iter);
}

/* --- Copies */

static void *require_memory(void *memory) {
    if (memory) return memory;
    fault_end("out of memory while reading the command table");
}

static char *copy_text(const char *text) {
    if (!text) return NULL;
    size_t size = strlen(text) + 1;
    return memcpy(require_memory(malloc(size)), text, size);
}

static const CatArg *copy_args(const serverCommandArg *from, int count) {
    if (count <= 0) return NULL;
    CatArg *to = require_memory(calloc(count, sizeof(*to)));
    for (int i = 0; i < count; i++) {
        to[i].name = copy_text(from[i].name);
        to[i].type = command_word_type(&from[i]);
        to[i].token = copy_text(from[i].token);
        to[i].optional = from[i].flags & CMD_ARG_OPTIONAL;
        to[i].multiple = from[i].flags & CMD_ARG_MULTIPLE;
        to[i].multiple_token = from[i].flags & CMD_ARG_MULTIPLE_TOKEN;
        to[i].args = copy_args(from[i].subargs, from[i].num_args);
        to[i].nargs = from[i].num_args;
    }
    return to;
}

/* --- Order and lookup */

static int compare_names(const char *name_a, const char *sub_a, const char *name_b, const char *sub_b) {
    int order = strcasecmp(name_a, name_b);
    return order ? order : strcasecmp(sub_a ? sub_a : "", sub_b ? sub_b : "");
}

/* A row of an earlier birth; or NULL. */
static const CatCommand *find(const char *name, const char *subcommand) {
    int low = 0, high = sorted - 1;
    while (low <= high) {
        int middle = low + (high - low) / 2;
        int order = compare_names(name, subcommand, table[middle].name, table[middle].subcommand);
        if (order == 0) return &table[middle];
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return NULL;
}

/* --- Rows */

static CatCommand *new_row(void) {
    if (table_count == table_room) {
        table_room = table_room ? table_room * 2 : 256;
        table = require_memory(realloc(table, table_room * sizeof(*table)));
    }
    CatCommand *row = &table[table_count++];
    memset(row, 0, sizeof(*row));
    return row;
}

static void add_refused(const char *fullname, const char *reason) {
    for (int i = 0; i < nrefused; i++) {
        if (strcasecmp(refused[i].fullname, fullname) == 0) return;
    }
    refused = array_reserve(refused, (size_t)nrefused, (size_t)nrefused + 1, sizeof(*refused));
    refused[nrefused++] = (CatRefused){.fullname = copy_text(fullname), .reason = reason};
}

static void add_command(const struct serverCommand *command) {
    const char *reason = refuse_reason(command->fullname);
    if (reason) {
        add_refused(command->fullname, reason);
        return;
    }
    const char *parent = command->parent ? command->parent->declared_name : NULL;
    const char *name = parent ? parent : command->declared_name;
    const char *subcommand = parent ? command->declared_name : NULL;
    if (find(name, subcommand)) return;
    CatCommand *row = new_row();
    row->name = copy_text(name);
    row->subcommand = copy_text(subcommand);
    row->arity = command->arity;
    row->group = command_word_group(command);
    row->write = command->flags & CMD_WRITE;
    row->readonly = command->flags & CMD_READONLY;
    row->blocking = command->flags & CMD_BLOCKING;
    row->noscript = command->flags & CMD_NOSCRIPT;
    row->module = command->flags & CMD_MODULE;
    row->admin = command->flags & CMD_ADMIN;
    row->pubsub = command->flags & CMD_PUBSUB;
    row->adds = (command->flags & CMD_DENYOOM) && command->key_specs_num == 1;
    row->touches_keys = command->key_specs_num > 0;
    row->args = copy_args(command->args, command->num_args);
    row->nargs = command->num_args;
}

static void visit_command(struct serverCommand *command) {
    bool callable_bare = abs(command->arity) == 1;
    if (!command->subcommands_ht || callable_bare) add_command(command);
    if (command->subcommands_ht) each_command(command->subcommands_ht, visit_command);
}

static int compare_rows(const void *a, const void *b) {
    const CatCommand *left = a, *right = b;
    return compare_names(left->name, left->subcommand, right->name, right->subcommand);
}

static int compare_refused(const void *a, const void *b) {
    return strcasecmp(((const CatRefused *)a)->fullname, ((const CatRefused *)b)->fullname);
}

void catalogue_read(void) {
    each_command(server.commands, visit_command);
    if (sorted == table_count) return;
    sorted = table_count;
    qsort(table, (size_t)table_count, sizeof(*table), compare_rows);
    if (nrefused) qsort(refused, (size_t)nrefused, sizeof(*refused), compare_refused);
}

const CatCommand *catalogue_commands(int *count) {
    *count = sorted;
    return table;
}

const CatRefused *catalogue_refused(int *count) {
    *count = nrefused;
    return refused;
}

const CatCommand *catalogue_find(const char *name, const char *subcommand) {
    return find(name, subcommand);
}
