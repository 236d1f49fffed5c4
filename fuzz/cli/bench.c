/* SPDX-License-Identifier: BSD-3-Clause */
/* bench.c -- defrag-fuzz bench: measures the speed of streams, the distribution of time, and the
 * memory of the process.
 *
 * All streams run one after the other in this process, in two modes: with a whole defrag cycle
 * after every command (regardless of the stream's after=) and the oracles that the engine runs for
 * every input; and "bare", without moves and oracles. Rounds of both modes alternate until the time
 * is up, so that a busy machine slows down both. The first round of each is not counted, because
 * servers with other settings are started in it. What each oracle costs is measured by itself
 * (cost.h).
 *
 * Limits: a finding ends the process, as in replay --same-process. Verbs like !cycle count as part
 * of the previous command. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz/base/files.h"
#include "fuzz/base/json.h"
#include "fuzz/base/option.h"
#include "fuzz/cli/cmd.h"
#include "fuzz/cli/cost.h"
#include "harness/base/array.h"
#include "harness/base/stopwatch.h"
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"
#include "harness/run/run.h"
#include "harness/server/birth.h"

#define DEFAULT_SECONDS 10
#define MEMORY_ROWS 10

/* The sums of some rounds. */
typedef struct {
    uint64_t inputs, commands, cycles, moves;
    double wall, command, defrag, oracles, reset; /* us */
} Tally;

typedef struct {
    uint64_t inputs;
    double mib;
} MemoryRow;

typedef struct {
    int64_t seconds, runs;
    bool each, json;
    Stream *streams;
    int count, skipped;
    Tally full, bare;
    double birth_us;
    double *resets; /* us, one for each input */
    size_t nresets;
    MemoryRow memory[MEMORY_ROWS + 1];
    int nmemory;
    Costs costs;
} Bench;

/* --- running */

static void add_report(Tally *tally, const RunReport *report) {
    tally->inputs++;
    tally->commands += report->commands;
    tally->cycles += report->cycles;
    tally->moves += report->moved;
    tally->command += report->us_command;
    tally->defrag += report->us_defrag;
    tally->oracles += report->us_oracles;
    tally->reset += report->us_reset;
}

static RunReport run_one(const Stream *stream, bool full) {
    RunReport report;
    RunOptions options = {
        .oracles = full ? oracles_for_every_input() : 0, .no_moves = !full, .skip_call_sites = true, .timed = true};
    run_stream(stream, &options, &report);
    return report;
}

static void run_round(Bench *bench, bool full, Tally *tally) {
    double start = stopwatch_us();
    for (int i = 0; i < bench->count; i++) {
        RunReport report = run_one(&bench->streams[i], full);
        add_report(tally, &report);
        if (!full) continue;
        bench->resets = array_reserve(bench->resets, bench->nresets, bench->nresets + 1, sizeof(*bench->resets));
        bench->resets[bench->nresets++] = report.us_reset;
    }
    tally->wall += stopwatch_us() - start;
}

static void measure_speed(Bench *bench) {
    Tally warm = {0};
    run_round(bench, true, &warm);
    run_round(bench, false, &warm);
    bench->nresets = 0;
    double end = stopwatch_us() + (double)bench->seconds * 1e6;
    do {
        run_round(bench, true, &bench->full);
        run_round(bench, false, &bench->bare);
    } while (stopwatch_us() < end);
}

/* --- memory */

/* Resident memory of this process, from /proc/self/statm (proc(5)). */
static double resident_mib(void) {
    long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file || fscanf(file, "%ld %ld", &total, &resident) != 2) finding_harness("cannot read /proc/self/statm");
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

static void note_memory(Bench *bench, uint64_t inputs) {
    bench->memory[bench->nmemory++] = (MemoryRow){.inputs = inputs, .mib = resident_mib()};
}

static void measure_memory(Bench *bench) {
    note_memory(bench, 0);
    for (int64_t i = 0; i < bench->runs; i++) {
        run_one(&bench->streams[i % bench->count], true);
        int row = bench->nmemory; /* the next row */
        if (i + 1 == bench->runs * row / MEMORY_ROWS) note_memory(bench, (uint64_t)i + 1);
    }
}

/* --- reporting */

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count) {
    qsort(values, count, sizeof(*values), by_value);
    return count ? values[count / 2] : 0;
}

static double per_second(uint64_t count, double us) {
    return us > 0 ? (double)count / us * 1e6 : 0;
}

static double ratio(double a, double b) {
    return b > 0 ? a / b : 0;
}

/* A figure of the report: its name in JSON, and its readable label. */
typedef struct {
    const char *key, *label, *unit;
    double value;
} Figure;

static void print_costs(const Bench *bench) {
    for (int id = 0; bench->each && id < ORACLE_COUNT; id++)
        printf("the oracle %-37s %12.1f %% more time\n", oracles_row(id)->name, costs_percent(&bench->costs, id));
}

static void print_figures(const Bench *bench, const Figure *figures, int count) {
    for (int i = 0; i < count; i++) printf("%-48s %12.1f %s\n", figures[i].label, figures[i].value, figures[i].unit);
    for (int i = 0; i < bench->nmemory; i++)
        printf("resident after %10" PRIu64 " inputs %31.1f MiB\n", bench->memory[i].inputs, bench->memory[i].mib);
    print_costs(bench);
}

static void json_costs(Json *json, const Bench *bench) {
    json_list(json, "oracles");
    for (int id = 0; bench->each && id < ORACLE_COUNT; id++) {
        json_object(json, NULL);
        json_text(json, "name", oracles_row(id)->name);
        json_real(json, "percent", costs_percent(&bench->costs, id), 1);
        json_close(json);
    }
    json_close(json);
}

static void json_figures(const Bench *bench, const Figure *figures, int count) {
    Json json = json_begin(stdout);
    for (int i = 0; i < count; i++) json_real(&json, figures[i].key, figures[i].value, 3);
    json_list(&json, "resident_mib");
    for (int i = 0; i < bench->nmemory; i++) {
        json_object(&json, NULL);
        json_count(&json, "inputs", bench->memory[i].inputs);
        json_real(&json, "mib", bench->memory[i].mib, 1);
        json_close(&json);
    }
    json_close(&json);
    json_costs(&json, bench);
    json_end(&json);
}

static void print_report(Bench *bench) {
    const Tally *full = &bench->full, *bare = &bench->bare;
    double n = (double)full->commands > 0 ? (double)full->commands : 1;
    double fast = per_second(full->commands, full->wall), bare_speed = per_second(bare->commands, bare->wall);
    double known = full->command + full->defrag + full->oracles + full->reset;
    Figure figures[] = {
        {"streams", "streams", "", bench->count},
        {"skipped", "skipped, need a later Valkey", "", bench->skipped},
        {"commands_per_second", "commands, each followed by a whole cycle", "/s", fast},
        {"moves_per_second", "moves", "/s", per_second(full->moves, full->wall)},
        {"bare_commands_per_second", "commands, no moves, no oracles", "/s", bare_speed},
        {"bare_ratio", "speedup without moves and oracles", "x", ratio(bare_speed, fast)},
        {"inputs_per_second", "inputs", "/s", per_second(full->inputs, full->wall)},
        {"birth_us", "birth", "us", bench->birth_us},
        {"reset_median_us", "reset, median", "us", median(bench->resets, bench->nresets)},
        {"command_us", "a command's time: command and event loop", "us", full->command / n},
        {"defrag_us", "                  defrag", "us", full->defrag / n},
        {"oracles_us", "                  oracles", "us", full->oracles / n},
        {"reset_us", "                  reset", "us", full->reset / n},
        {"rest_us", "                  everything else", "us", (full->wall - known) / n},
    };
    (bench->json ? json_figures : print_figures)(bench, figures, COUNT_OF(figures));
}

/* --- the command line */

/* Reads all streams, and sets a whole cycle after every command. Returns OPTION_CONTINUE or
 * EXIT_USAGE. */
static int load(Bench *bench, OptionRest *rest) {
    Files files;
    bool good = files_collect(rest->arguments, rest->count, &files);
    bench->streams = array_reserve(NULL, 0, (size_t)files.count, sizeof(*bench->streams));
    for (int i = 0; i < files.count; i++) {
        Stream stream;
        if (!files_read(&files.items[i], &stream)) {
            good = false;
        } else if (files_too_new(&stream, birth_version()) || birth_lacks(&stream.settings)) {
            bench->skipped++;
            stream_free(&stream);
        } else {
            stream.settings.after = AFTER_CYCLE;
            stream.settings.after_pointers = 0;
            bench->streams[bench->count++] = stream;
        }
    }
    files_free(&files);
    if (good && bench->count == 0) return option_complain("bench: all streams need a later Valkey");
    return good ? OPTION_CONTINUE : EXIT_USAGE;
}

static int measure(Bench *bench) {
    const char *why = run_born();
    if (why) return option_complain("%s", why);
    bench->birth_us = birth_times().birth_us;
    measure_speed(bench);
    measure_memory(bench);
    if (bench->each) costs_measure(bench->streams, bench->count, (double)bench->seconds, &bench->costs);
    print_report(bench);
    return EXIT_CLEAN;
}

static void free_all(Bench *bench) {
    for (int i = 0; i < bench->count; i++) stream_free(&bench->streams[i]);
    free(bench->streams);
    free(bench->resets);
}

int cmd_bench(int argc, char **argv) {
    Bench bench = {.seconds = DEFAULT_SECONDS};
    const Option options[] = {
        {"--seconds", "N", "duration of the speed measurement, in seconds (10)", OPTION_NUMBER, &bench.seconds, 1,
         86400},
        {"--runs", "N", "then run N inputs, and report the memory of the process in between (none)", OPTION_NUMBER,
         &bench.runs, MEMORY_ROWS, INT64_MAX / MEMORY_ROWS - 1},
        {"--each", NULL, "then measure, as long again, what each oracle costs", OPTION_FLAG, &bench.each, 0, 0},
        {"--json", NULL, "print JSON, one object", OPTION_FLAG, &bench.json, 0, 0},
        {0}};
    const OptionTable table = {
        .name = "bench",
        .usage = "FILE|DIR...",
        .text = "Runs streams repeatedly in one process and measures commands per second: with a whole defrag cycle\n"
                "after each command and the oracles that the engine runs for every input, and without moves and\n"
                "oracles; then how the time is distributed.\n"
                "\n"
                "exit status: 0 done, 1 a finding, 2 bad usage or unreadable input, 3 a fault of the harness\n",
        .example = "defrag-fuzz bench --seconds 20 --runs 100000 corpus/seeds",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (rest.nrest) return option_complain("bench: '--' is not accepted; write ./%s", rest.rest[0]);
    if (rest.count == 0) return option_complain("bench: FILE or DIR is missing; see defrag-fuzz bench --help");
    status = load(&bench, &rest);
    if (status == OPTION_CONTINUE) status = measure(&bench);
    free_all(&bench);
    return status;
}
