/* SPDX-License-Identifier: BSD-3-Clause */
/* compare.c -- defrag-fuzz compare: runs streams again in other ways and compares replies and data.
 *
 * The ways are the oracles with a further run (harness/oracles/oracle.h, SecondRun). A difference
 * that is expected is listed with its reason; any other one is a finding. Each stream runs in a
 * process of its own.
 *
 * Limits: the lists are those of harness/oracles/difference.c; where every byte counts (twin,
 * reuse), nothing is listed. */
#include <stdio.h>
#include <string.h>

#include "fuzz/base/files.h"
#include "fuzz/base/isolate.h"
#include "fuzz/base/option.h"
#include "fuzz/cli/cmd.h"
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"
#include "harness/server/birth.h"

#define DEFAULT_SECONDS 60

typedef struct {
    const char *with; /* names of oracles, separated by commas; NULL: all that compare */
    int64_t seconds;
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

static void compare_stream(const Stream *stream, const char *path, OracleSet set, const IsolateOptions *how,
                           Totals *totals) {
    RunOptions options = {.oracles = set, .file = path, .expected = stdout};
    Isolated result;
    printf("%s\n", path);
    fflush(stdout); /* the child writes to it */
    isolate_run(stream, &options, how, &result);
    totals->streams++;
    totals->findings += result.status == EXIT_FINDING;
    totals->others += result.status != EXIT_FINDING && result.status != EXIT_CLEAN;
    printf("    %s%s%s\n",
           result.status == EXIT_CLEAN     ? "no other difference"
           : result.status == EXIT_FINDING ? "finding"
                                           : "out of time or memory, or a fault",
           result.signature[0] ? " " : "", result.signature);
    fflush(stdout);
    if (result.stderr_text.len) fwrite(result.stderr_text.data, 1, result.stderr_text.len, stderr);
    text_free(&result.stderr_text);
}

static void compare_file(const FilesItem *item, OracleSet set, const IsolateOptions *how, Totals *totals) {
    Stream stream;
    if (!files_read(item, &stream)) {
        totals->unreadable++;
        return;
    }
    if (files_too_new(&stream, birth_version()) || birth_lacks(&stream.settings))
        totals->skipped++;
    else
        compare_stream(&stream, item->path, set, how, totals);
    stream_free(&stream);
}

static int compare_files(const OptionRest *rest, OracleSet set, const IsolateOptions *how) {
    Files files;
    Totals totals = {0};
    totals.unreadable += !files_collect(rest->arguments, rest->count, &files);
    const char *why = files.count ? isolate_init(how) : NULL;
    if (why) return option_complain("%s", why);
    for (int i = 0; i < files.count; i++) compare_file(&files.items[i], set, how, &totals);
    files_free(&files);
    printf("%d streams, %d findings, %d out of time or memory or with a fault, %d skipped, %d unreadable\n",
           totals.streams, totals.findings, totals.others, totals.skipped, totals.unreadable);
    if (totals.unreadable) return EXIT_USAGE;
    if (totals.findings) return EXIT_FINDING;
    return totals.others ? EXIT_TIMEOUT : EXIT_CLEAN;
}

int cmd_compare(int argc, char **argv) {
    Wanted wanted = {.seconds = DEFAULT_SECONDS};
    const Option options[] = {{"--with", "NAME,...",
                               "only with these: twin, reuse, limits, protocol, saved (all of them)", OPTION_TEXT,
                               &wanted.with, 0, 0},
                              {"--seconds", "N", "time limit of each stream, in seconds of real time; 0: none (60)",
                               OPTION_NUMBER, &wanted.seconds, 0, 86400},
                              {0}};
    const OptionTable table = {
        .name = "compare",
        .usage = "FILE|DIR...",
        .text = "Runs each stream again without moves, with memory used again otherwise, with other limits of\n"
                "encodings, in RESP3, and saved and loaded between any two steps. Lists the replies that differ\n"
                "as expected, with the reason; any other difference in replies or data is a finding.\n"
                "\n"
                "exit status: 0 nothing found, 1 a finding, 2 bad usage or unreadable input, 4 a stream ran out\n"
                "of time or memory, or a fault of the harness\n",
        .example = "defrag-fuzz compare --with limits,saved corpus/seeds/zset-geo.stream",
        .options = options};
    OptionRest rest;
    OracleSet set;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (rest.nrest) return option_complain("compare: '--' is not accepted; write ./%s", rest.rest[0]);
    if (rest.count == 0) return option_complain("compare: FILE or DIR is missing; see defrag-fuzz compare --help");
    status = read_with(wanted.with, &set);
    if (status != OPTION_CONTINUE) return status;
    return compare_files(&rest, set, &(IsolateOptions){.heap = "arena", .seconds = (unsigned)wanted.seconds});
}
