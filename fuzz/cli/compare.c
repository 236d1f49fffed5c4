/* SPDX-License-Identifier: BSD-3-Clause */
/* compare.c -- defrag-fuzz compare: runs streams again in other ways and compares replies and data.
 *
 * The ways are the oracles with a further run (harness/oracles/oracle.h, SecondRun). A difference
 * that is expected is listed with its reason; any other one is a finding. Each stream runs in a
 * process of its own.
 *
 * With --series, each stream runs in the tool of another build first, which writes what it replied
 * (--record), and then in this one (harness/oracles/series.h).
 *
 * Limits: the lists are those of harness/oracles/difference.c; where every byte counts (twin,
 * reuse), nothing is listed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/base/files.h"
#include "fuzz/base/isolate.h"
#include "fuzz/base/option.h"
#include "fuzz/base/spawn.h"
#include "fuzz/cli/cmd.h"
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"
#include "harness/server/birth.h"

#define DEFAULT_SECONDS 60

typedef struct {
    const char *with; /* names of oracles, separated by commas; NULL: all that compare */
    const char *series, *record;
    int64_t seconds;
    OracleSet set;
    IsolateOptions how;
} Wanted;

/* The numbers of streams by result. */
typedef struct {
    int streams, findings, others, skipped, unreadable;
} Totals;

static OracleSet all_comparing(void) {
    return oracles_all() & ~oracles_single_run(oracles_all());
}

/* Adds the oracle with that name, if it compares. */
static bool add_named(OracleSet *set, const char *name, size_t len) {
    for (int i = 0; i < ORACLE_COUNT; i++) {
        const Oracle *oracle = oracles_row(i);
        if (!oracle->second_run || strlen(oracle->name) != len || memcmp(oracle->name, name, len) != 0) continue;
        *set |= 1U << i;
        return true;
    }
    return false;
}

/* Returns OPTION_CONTINUE, or EXIT_USAGE after reporting a word that is no such oracle. */
static int read_with(const char *words, OracleSet *set) {
    *set = words ? 0 : all_comparing();
    for (const char *word = words; word && *word; word += *word == ',') {
        size_t len = strcspn(word, ",");
        if (!add_named(set, word, len))
            return option_complain("--with: '%.*s' compares nothing; see defrag-fuzz oracles", (int)len, word);
        word += len;
    }
    return OPTION_CONTINUE;
}

/* The tool of another build runs the stream and writes a record. False when it cannot, after a line
 * that says so. */
static bool run_elsewhere(const Wanted *wanted, const char *path, FILE *record) {
    char place[32];
    int output = -1;
    Text said = {0};
    snprintf(place, sizeof(place), "/proc/self/fd/%d", fileno(record));
    char *const argv[] = {(char *)wanted->series, "compare", "--record", place, (char *)path, NULL};
    pid_t child = spawn_start((char **)argv, NULL, &output);
    if (child < 0) return option_complain("--series: cannot start %s: %s", wanted->series, strerror(errno)), false;
    while (spawn_read(output, &said)) continue;
    close(output);
    int status = spawn_wait(child);
    bool done = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CLEAN;
    if (!done)
        option_complain("%s: %s cannot run it: %.*s", path, wanted->series,
                        (int)strcspn(said.data ? said.data : "", "\n"), said.data ? said.data : "");
    text_free(&said);
    return done;
}

static const char *word_of(const Isolated *result) {
    if (result->status == EXIT_CLEAN) return "no other difference";
    return result->status == EXIT_FINDING ? "finding" : "out of time or memory, or a fault";
}

static void run_here(const Wanted *wanted, const Stream *stream, RunOptions *options, Totals *totals) {
    Isolated result;
    printf("%s\n", options->file);
    fflush(stdout); /* the child writes to it */
    isolate_run(stream, options, &wanted->how, &result);
    totals->streams++;
    totals->findings += result.status == EXIT_FINDING;
    totals->others += result.status != EXIT_FINDING && result.status != EXIT_CLEAN;
    printf("    %s%s%s\n", word_of(&result), result.signature[0] ? " " : "", result.signature);
    fflush(stdout);
    if (result.stderr_text.len) fwrite(result.stderr_text.data, 1, result.stderr_text.len, stderr);
    text_free(&result.stderr_text);
}

static void compare_stream(const Wanted *wanted, const Stream *stream, const char *path, FILE *record, Totals *totals) {
    RunOptions options = {.oracles = wanted->set, .file = path, .expected = stdout};
    if (!wanted->series) {
        options.record = record;
        run_here(wanted, stream, &options, totals);
        return;
    }
    options.other = tmpfile();
    if (!options.other) {
        totals->others += option_complain("cannot make a temporary file: %s", strerror(errno)) != 0;
        return;
    }
    if (run_elsewhere(wanted, path, options.other))
        run_here(wanted, stream, &options, totals);
    else
        totals->skipped++;
    fclose(options.other);
}

static void compare_file(const Wanted *wanted, const FilesItem *item, FILE *record, Totals *totals) {
    Stream stream;
    if (!files_read(item, &stream)) {
        totals->unreadable++;
        return;
    }
    if (files_too_new(&stream, birth_version()) || birth_lacks(&stream.settings))
        totals->skipped++;
    else
        compare_stream(wanted, &stream, item->path, record, totals);
    stream_free(&stream);
}

static int status_of(const Wanted *wanted, const Totals *totals) {
    if (totals->unreadable || (wanted->record && totals->streams != 1)) return EXIT_USAGE;
    if (totals->findings) return EXIT_FINDING;
    return totals->others ? EXIT_TIMEOUT : EXIT_CLEAN;
}

static int compare_files(const Wanted *wanted, const OptionRest *rest) {
    Files files;
    Totals totals = {0};
    FILE *record = wanted->record ? fopen(wanted->record, "w") : NULL;
    if (wanted->record && !record) return option_complain("--record: %s: %s", wanted->record, strerror(errno));
    totals.unreadable += !files_collect(rest->arguments, rest->count, &files);
    const char *why = files.count ? isolate_init(&wanted->how) : NULL;
    if (why) return option_complain("%s", why);
    for (int i = 0; i < files.count; i++) compare_file(wanted, &files.items[i], record, &totals);
    files_free(&files);
    if (record) fclose(record);
    printf("%d streams, %d findings, %d out of time or memory or with a fault, %d skipped, %d unreadable\n",
           totals.streams, totals.findings, totals.others, totals.skipped, totals.unreadable);
    return status_of(wanted, &totals);
}

int cmd_compare(int argc, char **argv) {
    Wanted wanted = {.seconds = DEFAULT_SECONDS, .how = {.heap = "arena"}};
    const Option options[] = {
        {"--with", "NAME,...", "only with these: twin, reuse, limits, protocol, saved, transaction (all of them)",
         OPTION_TEXT, &wanted.with, 0, 0},
        {"--series", "TOOL", "instead, compare with the defrag-fuzz of another build, such as that of another series",
         OPTION_TEXT, &wanted.series, 0, 0},
        {"--record", "FILE", "instead, write what the stream's replies say to this file, for --series of another build",
         OPTION_TEXT, &wanted.record, 0, 0},
        {"--seconds", "N", "time limit of each stream, in seconds of real time; 0: none (60)", OPTION_NUMBER,
         &wanted.seconds, 0, 86400},
        {0}};
    const OptionTable table = {
        .name = "compare",
        .usage = "FILE|DIR...",
        .text = "Runs each stream again without moves, with memory used again otherwise, with other limits of\n"
                "encodings, in RESP3, saved and loaded between any two steps, and in transactions. Lists the replies\n"
                "that differ as expected, with the reason; any other difference is a finding.\n"
                "\n"
                "exit status: 0 nothing found, 1 a finding, 2 bad usage or unreadable input, 4 a stream ran out\n"
                "of time or memory, or a fault of the harness\n",
        .example = "defrag-fuzz compare --with limits,saved corpus/seeds/zset-geo.stream",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (rest.nrest) return option_complain("compare: '--' is not accepted; write ./%s", rest.rest[0]);
    if (rest.count == 0) return option_complain("compare: FILE or DIR is missing; see defrag-fuzz compare --help");
    if ((wanted.series != NULL) + (wanted.record != NULL) + (wanted.with != NULL) > 1)
        return option_complain("compare: --with, --series and --record cannot be combined");
    status = read_with(wanted.with, &wanted.set);
    if (status != OPTION_CONTINUE) return status;
    if (wanted.series || wanted.record) wanted.set = 0;
    wanted.how.seconds = (unsigned)wanted.seconds;
    return compare_files(&wanted, &rest);
}
