/* SPDX-License-Identifier: BSD-3-Clause */
/* reach.c -- defrag-fuzz reach: counts the blocks of the data set that defrag moves, and how, and
 * those that it leaves in place.
 *
 * All streams run one after the other in this process, with the oracles of replay except the twin.
 * harness/reach/reach.h defines the counts. Markdown is printed on stdout: a table by structure,
 * then one by structure and allocation site.
 *
 * Limits: a finding ends the process, as in replay --same-process. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/base/files.h"
#include "fuzz/base/json.h"
#include "fuzz/base/option.h"
#include "fuzz/cli/cmd.h"
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"
#include "harness/reach/reach.h"
#include "harness/run/run.h"
#include "harness/server/birth.h"

#define DEFAULT_SECONDS 60

typedef struct {
    bool json, sites;
    int64_t seconds;
} Wanted;

/* The numbers of streams by result. */
typedef struct {
    int streams, skipped, exhausted, unreadable;
} Totals;

/* --- running */

static void run_one(const Stream *stream, const char *path, const Wanted *wanted, Totals *totals) {
    RunOptions options = {.oracles = oracles_single_run(oracles_all()), .reach = true, .file = path};
    totals->streams++;
    finding_deadline((unsigned)wanted->seconds);
    totals->exhausted += run_stream(stream, &options, NULL) == EXIT_TIMEOUT;
    finding_deadline(0);
}

static void run_file(const FilesItem *item, const Wanted *wanted, Totals *totals) {
    Stream stream;
    if (!files_read(item, &stream)) {
        totals->unreadable++;
        return;
    }
    if (files_too_new(&stream, birth_version()) || birth_lacks(&stream.settings))
        totals->skipped++;
    else
        run_one(&stream, item->path, wanted, totals);
    stream_free(&stream);
}

/* --- printing */

static void print_summary(const Totals *totals) {
    ReachCycles c = reach_cycles();
    printf("Valkey %s: %d streams, %" PRIu64 " cycles, %" PRIu64 " of them interrupted. Skipped: %" PRIu64
           " cycles in which not everything moved, %" PRIu64 " that were switched off, %" PRIu64 " unfinished.\n",
           birth_version(), totals->streams, c.counted, c.interrupted, c.some, c.given_up, c.unfinished);
}

static void print_structures(const ReachRow *rows, size_t count) {
    printf("\n| structure | at once | from the later list | after an interruption | during a rehash | never |\n"
           "|---|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < count; i++) {
        const ReachCounts *c = &rows[i].counts;
        printf("| %s | %" PRIu64 " | %" PRIu64 " | %" PRIu64 " | %" PRIu64 " | %" PRIu64 " |\n", rows[i].structure,
               c->at_once, c->later, c->resumed, c->rehash, c->left + c->left_sliced);
    }
}

static void print_sites(const ReachRow *rows, size_t count, bool all) {
    printf("\n| structure | allocated by | left in place | left, interrupted | moved | by | why left |\n"
           "|---|---|--:|--:|--:|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        const ReachCounts *c = &rows[i].counts;
        uint64_t left = c->left + c->left_sliced;
        if (!all && left == 0) continue;
        printf("| %s | %s | %" PRIu64 " | %" PRIu64 " | %" PRIu64 " | %s | %s |\n", rows[i].structure, rows[i].owner,
               c->left, c->left_sliced, c->all - left, rows[i].stages, rows[i].reason);
    }
}

static void json_row(Json *json, const ReachRow *row) {
    const ReachCounts *c = &row->counts;
    json_object(json, NULL);
    json_text(json, "structure", row->structure);
    json_text(json, "site", row->owner);
    json_text(json, "stages", row->stages);
    json_text(json, "reason", row->reason);
    json_count(json, "blocks", c->all);
    json_count(json, "at_once", c->at_once);
    json_count(json, "later", c->later);
    json_count(json, "after_interruption", c->resumed);
    json_count(json, "during_rehash", c->rehash);
    json_count(json, "left", c->left);
    json_count(json, "left_sliced", c->left_sliced);
    json_close(json);
}

static void json_rows(Json *json, const char *name, const ReachRow *rows, size_t count) {
    json_list(json, name);
    for (size_t i = 0; i < count; i++) json_row(json, &rows[i]);
    json_close(json);
}

static void print_json(const Totals *totals, const ReachRow *structures, size_t nstructures, const ReachRow *sites,
                       size_t nsites) {
    ReachCycles c = reach_cycles();
    Json json = json_begin(stdout);
    json_text(&json, "valkey", birth_version());
    json_count(&json, "streams", (uint64_t)totals->streams);
    json_count(&json, "cycles", c.counted);
    json_count(&json, "interrupted", c.interrupted);
    json_count(&json, "skipped_some", c.some);
    json_count(&json, "skipped_given_up", c.given_up);
    json_count(&json, "skipped_unfinished", c.unfinished);
    json_rows(&json, "structures", structures, nstructures);
    json_rows(&json, "sites", sites, nsites);
    json_end(&json);
}

static void print_report(const Wanted *wanted, const Totals *totals) {
    size_t nstructures, nsites;
    ReachRow *structures = reach_rows(false, &nstructures), *sites = reach_rows(true, &nsites);
    if (wanted->json) {
        print_json(totals, structures, nstructures, sites, nsites);
    } else {
        print_summary(totals);
        print_structures(structures, nstructures);
        print_sites(sites, nsites, wanted->sites);
    }
    free(structures);
    free(sites);
}

/* --- the command line */

static int report(const Wanted *wanted, const OptionRest *rest) {
    Files files;
    Totals totals = {0};
    totals.unreadable += !files_collect(rest->arguments, rest->count, &files);
    const char *why = files.count ? run_init("arena", 0) : NULL;
    if (!why) why = reach_start();
    if (why) return option_complain("%s", why);
    for (int i = 0; i < files.count; i++) run_file(&files.items[i], wanted, &totals);
    files_free(&files);
    print_report(wanted, &totals);
    if (totals.unreadable) return EXIT_USAGE;
    return totals.exhausted ? EXIT_TIMEOUT : EXIT_CLEAN;
}

int cmd_reach(int argc, char **argv) {
    Wanted wanted = {.seconds = DEFAULT_SECONDS};
    const Option options[] = {
        {"--json", NULL, "print JSON, one object with all sites", OPTION_FLAG, &wanted.json, 0, 0},
        {"--sites", NULL, "print all allocation sites, including those whose blocks always moved", OPTION_FLAG,
         &wanted.sites, 0, 0},
        {"--seconds", "N", "time limit of each stream, in seconds of real time; 0: none (60)", OPTION_NUMBER,
         &wanted.seconds, 0, 86400},
        {0}};
    const OptionTable table = {
        .name = "reach",
        .usage = "FILE|DIR...",
        .text = "Runs streams in this process. After every cycle that moved all blocks it asked about, counts the\n"
                "blocks of the data set by the way they moved, or as left in place: by structure, then by\n"
                "allocation site.\n"
                "\n"
                "exit status: 0 done, 1 a finding, 2 bad usage or unreadable input, 3 a fault of the harness,\n"
                "4 a stream ran out of time or memory\n",
        .example = "defrag-fuzz reach corpus/seeds",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (rest.nrest) return option_complain("reach: '--' is not accepted; write ./%s", rest.rest[0]);
    if (rest.count == 0) return option_complain("reach: FILE or DIR is missing; see defrag-fuzz reach --help");
    return report(&wanted, &rest);
}
