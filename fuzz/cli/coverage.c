/* SPDX-License-Identifier: BSD-3-Clause */
/* coverage.c -- which commands, options and types of values random streams reach; see coverage.h.
 *
 * The rows come from the server's own command table. Streams run without moves, as this is about
 * commands only, and with one oracle, replies, because calls.h is its ledger's. Sanitizers and the
 * server's own assertions are on.
 *
 * Limits: those of calls.h, options.h and data_types.h. The counts are of calls, not of different
 * arguments. */
#include "fuzz/cli/coverage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/cli/survey.h"
#include "fuzz/generate/generate.h"
#include "fuzz/generate/hints.h"
#include "fuzz/generate/options.h"
#include "fuzz/generate/unreached.h"
#include "harness/base/array.h"
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"
#include "harness/run/run.h"
#include "harness/server/birth.h"
#include "harness/server/calls.h"
#include "harness/server/data_types.h"

/* A command, or one of its options. */
typedef struct {
    const CatCommand *command;
    bool whole; /* the command itself */
    CommandOption option;
    uint64_t drawn, executed;
} Row;

typedef struct {
    Row *rows;
    int count, commands;
    int *first; /* row of each command of the catalogue */
} Table;

typedef struct {
    int executed, excused, gaps, unused;
} Sums;

/* --- the rows */

static void add_row(Table *table, const CatCommand *command, const CommandOption *option) {
    size_t count = (size_t)table->count;
    table->rows = array_reserve(table->rows, count, count + 1, sizeof(*table->rows));
    table->rows[table->count++] = (Row){.command = command, .whole = !option};
    if (option) table->rows[table->count - 1].option = *option;
}

static Table make_table(void) {
    Table table = {0};
    CommandOption option;
    const CatCommand *commands = catalogue_commands(&table.commands);
    table.first = array_reserve(NULL, 0, (size_t)table.commands + 1, sizeof(*table.first));
    for (int i = 0; i < table.commands; i++) {
        table.first[i] = table.count;
        add_row(&table, &commands[i], NULL);
        for (int j = 0; options_get(&commands[i], j, &option); j++) add_row(&table, &commands[i], &option);
    }
    table.first[table.commands] = table.count;
    return table;
}

/* --- counting */

/* Adds a call to its rows. */
static void count_call(Table *table, const Argv *words, bool executed) {
    int count;
    const CatCommand *command = options_command(words);
    if (!command) return;
    int index = (int)(command - catalogue_commands(&count));
    for (int i = table->first[index]; i < table->first[index + 1]; i++) {
        Row *row = &table->rows[i];
        if (!row->whole && !options_given(command, &row->option, words)) continue;
        if (executed)
            row->executed++;
        else
            row->drawn++;
    }
}

static void note_call(void *context, const Argv *words, bool good) {
    if (good) count_call(context, words, true);
}

static void count_drawn(Table *table, const Stream *stream) {
    static Argv words; /* its memory serves every step */
    for (int i = 0; i < stream->nsteps; i++) {
        if (stream->steps[i].kind != STEP_COMMAND) continue;
        step_expand(&stream->steps[i], &words);
        count_call(table, &words, false);
    }
}

static void run_one(Table *table, uint64_t seed, int64_t steps) {
    const RunOptions options = {.oracles = ORACLE_BIT(REPLIES), .no_moves = true, .skip_call_sites = true};
    Prng prng;
    Stream stream;
    prng_seed(&prng, seed);
    generate_stream(&prng, (int)steps, &stream);
    count_drawn(table, &stream);
    finding_deadline(SURVEY_SECONDS);
    calls_on(note_call, table);
    run_stream(&stream, &options, NULL);
    calls_on(NULL, NULL);
    finding_deadline(0);
    data_types_note();
    stream_free(&stream);
}

/* --- the table */

/* Prints a row and adds it to the sums. `executed`: how often, at least. */
static void print_row(Sums *sums, const char *name, const char *option, const char *counts, bool executed,
                      const char *reason) {
    printf("| %s | %s | %s | %s |\n", name, option, counts, executed ? "" : reason ? reason : "**gap**");
    sums->executed += executed;
    sums->excused += !executed && reason;
    sums->gaps += !executed && !reason;
    sums->unused += executed && reason;
    if (!executed && !reason)
        fprintf(stderr, "gap: %s %s: nothing reaches it; see fuzz/generate/README.md\n", name, option);
    if (executed && reason) fprintf(stderr, "not a gap: %s %s is reached, but listed: %s\n", name, option, reason);
}

static void print_calls(Sums *sums, const Row *row) {
    char name[HINTS_NAME_ROOM], option[HINTS_NAME_ROOM] = "", counts[64];
    hints_full_name(row->command, name);
    if (!row->whole) snprintf(option, sizeof(option), row->option.word ? "%s" : "[%s]", row->option.name);
    snprintf(counts, sizeof(counts), "%" PRIu64 " | %" PRIu64, row->drawn, row->executed);
    print_row(sums, name, option, counts, row->executed > 0, unreached_command(name, row->whole ? NULL : option));
}

static int print_refused(void) {
    int count;
    const CatRefused *refused = catalogue_refused(&count);
    for (int i = 0; i < count; i++)
        printf("| %s |  | 0 | 0 | refused by the harness: %s |\n", refused[i].fullname, refused[i].reason);
    return count;
}

static void print_types(Sums *sums) {
    const DataType *type;
    printf("\n| what | name | seen | why not |\n|---|---|---|---|\n");
    for (int i = 0; (type = data_types_row(i)); i++)
        print_row(sums, type->encoding ? "encoding" : "type", type->name, type->seen ? "yes" : "no", type->seen, NULL);
}

static void print_table(const Table *table, int64_t streams) {
    Sums calls = {0}, types = {0};
    printf("| command | option | drawn | executed | why not |\n|---|---|--:|--:|---|\n");
    for (int i = 0; i < table->count; i++) print_calls(&calls, &table->rows[i]);
    int refused = print_refused();
    print_types(&types);
    printf("\nValkey %s: %" PRId64 " streams, %d commands (%d more are refused), %d options, %d types and encodings. "
           "%d reached, %d not, with a reason; %d gaps, %d reasons for what is reached.\n",
           birth_version(), streams, table->commands, refused, table->count - table->commands,
           types.executed + types.excused + types.gaps, calls.executed + types.executed, calls.excused + types.excused,
           calls.gaps + types.gaps, calls.unused + types.unused);
}

int coverage_print(int64_t seed, int64_t count, int64_t steps) {
    Table table = make_table();
    for (int64_t i = 0; i < count; i++) run_one(&table, (uint64_t)(seed + i), steps);
    print_table(&table, count);
    free(table.rows);
    free(table.first);
    return EXIT_CLEAN;
}
