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

#include "fuzz/base/json.h"
#include "fuzz/base/option.h"
#include "fuzz/cli/cmd.h"
#include "fuzz/cli/survey.h"
#include "harness/reach/reach.h"
#include "harness/server/birth.h"

typedef struct {
    bool json, sites;
} Wanted;

/* --- printing */

static void print_summary(int streams) {
    ReachCycles c = reach_cycles();
    printf("Valkey %s: %d streams, %" PRIu64 " cycles, %" PRIu64 " of them interrupted. Skipped: %" PRIu64
           " cycles in which not everything moved, %" PRIu64 " that were switched off, %" PRIu64 " unfinished.\n",
           birth_version(), streams, c.counted, c.interrupted, c.some, c.given_up, c.unfinished);
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

static void print_json(int streams, const ReachRow *structures, size_t nstructures, const ReachRow *sites,
                       size_t nsites) {
    ReachCycles c = reach_cycles();
    Json json = json_begin(stdout);
    json_text(&json, "valkey", birth_version());
    json_count(&json, "streams", (uint64_t)streams);
    json_count(&json, "cycles", c.counted);
    json_count(&json, "interrupted", c.interrupted);
    json_count(&json, "skipped_some", c.some);
    json_count(&json, "skipped_given_up", c.given_up);
    json_count(&json, "skipped_unfinished", c.unfinished);
    json_rows(&json, "structures", structures, nstructures);
    json_rows(&json, "sites", sites, nsites);
    json_end(&json);
}

static void print_report(void *context, int streams) {
    const Wanted *wanted = context;
    size_t nstructures, nsites;
    ReachRow *structures = reach_rows(false, &nstructures), *sites = reach_rows(true, &nsites);
    if (wanted->json) {
        print_json(streams, structures, nstructures, sites, nsites);
    } else {
        print_summary(streams);
        print_structures(structures, nstructures);
        print_sites(sites, nsites, wanted->sites);
    }
    free(structures);
    free(sites);
}

/* --- the command line */

int cmd_reach(int argc, char **argv) {
    Wanted wanted = {0};
    Survey reach = {.run = {.reach = true},
                    .seconds = SURVEY_SECONDS,
                    .start = reach_start,
                    .print = print_report,
                    .context = &wanted};
    const Option options[] = {
        {"--json", NULL, "print JSON, one object with all sites", OPTION_FLAG, &wanted.json, 0, 0},
        {"--sites", NULL, "print all allocation sites, including those whose blocks always moved", OPTION_FLAG,
         &wanted.sites, 0, 0},
        SURVEY_SECONDS_OPTION(reach),
        {0}};
    const OptionTable table = {
        .name = "reach",
        .usage = "FILE|DIR...",
        .text = "Runs streams in this process. After every cycle that moved all blocks it asked about, counts the\n"
                "blocks of the data set by the way they moved, or as left in place: by structure, then by\n"
                "allocation site.\n"
                "\n" SURVEY_STATUS,
        .example = "defrag-fuzz reach corpus/seeds",
        .options = options};
    return survey(&reach, &table, argc, argv);
}
