/* SPDX-License-Identifier: BSD-3-Clause */
/* pointers.c -- defrag-fuzz pointers: which fields of the server held a pointer to a block that
 * moved, and which hold pointers, but never to such a block: the gaps.
 *
 * All streams run one after the other in this process (survey.h). harness/reach/pointers.h defines
 * the counts. Markdown is printed on stdout: a table of the fields whose targets moved, then one of
 * the gaps.
 *
 * Limits: a finding ends the process, as in replay --same-process. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/base/json.h"
#include "fuzz/base/option.h"
#include "fuzz/cli/cmd.h"
#include "fuzz/cli/survey.h"
#include "harness/reach/gap.h"
#include "harness/reach/pointers.h"
#include "harness/server/birth.h"

typedef struct {
    bool json;
} Wanted;

typedef struct {
    PointersRow *fields;
    PointersTarget *targets;
    size_t nfields, ntargets;
    size_t kinds[POINTERS_FIXED + 1]; /* fields of each kind */
    int streams;
} Report;

static Report collect(int streams) {
    Report report = {.streams = streams};
    report.fields = pointers_rows(&report.nfields);
    report.targets = pointers_targets(&report.ntargets);
    for (size_t i = 0; i < report.nfields; i++) report.kinds[report.fields[i].kind]++;
    return report;
}

/* --- Markdown */

static void print_moved(const Report *report) {
    printf("\n| allocated by | field | its target moved | its target stayed | targets, allocated by |\n"
           "|---|---|--:|--:|---|\n");
    for (size_t i = 0; i < report->nfields; i++) {
        const PointersRow *row = &report->fields[i];
        if (row->kind != POINTERS_MOVED) continue;
        printf("| %s | %s | %" PRIu64 " | %" PRIu64 " | %s |\n", row->holder, row->field, row->moved, row->stayed,
               row->targets);
    }
}

static void print_gaps(const Report *report) {
    printf("\n| allocated by | field | its target stayed | targets, allocated by | why |\n"
           "|---|---|--:|---|---|\n");
    for (size_t i = 0; i < report->nfields; i++) {
        const PointersRow *row = &report->fields[i];
        if (row->kind != POINTERS_GAP) continue;
        printf("| %s | %s | %" PRIu64 " | %s | %s |\n", row->holder, row->field, row->stayed, row->targets,
               row->reason);
    }
}

static void print_targets(const Report *report) {
    printf("\n| targets that never move, allocated by | fields | why |\n|---|--:|---|\n");
    for (size_t i = 0; i < report->ntargets; i++) {
        const PointersTarget *row = &report->targets[i];
        printf("| %s | %" PRIu64 " | %s |\n", row->target, row->fields, row->reason);
    }
}

static void print_markdown(const Report *report) {
    printf("Valkey %s: %d streams, %" PRIu64 " slices. %zu fields whose targets moved, %zu gaps, %zu fields whose "
           "targets never move.\n",
           birth_version(), report->streams, pointers_slices(), report->kinds[POINTERS_MOVED],
           report->kinds[POINTERS_GAP], report->kinds[POINTERS_FIXED]);
    print_moved(report);
    print_gaps(report);
    print_targets(report);
}

/* --- JSON */

static void json_field(Json *json, const PointersRow *row) {
    static const char *const kinds[] = {"moved", "gap", "fixed"};
    json_object(json, NULL);
    json_text(json, "kind", kinds[row->kind]);
    json_text(json, "site", row->holder);
    json_text(json, "field", row->field);
    json_text(json, "targets", row->targets);
    json_count(json, "moved", row->moved);
    json_count(json, "stayed", row->stayed);
    json_text(json, "reason", row->reason);
    json_close(json);
}

static void json_target(Json *json, const PointersTarget *row) {
    json_object(json, NULL);
    json_text(json, "site", row->target);
    json_count(json, "fields", row->fields);
    json_text(json, "reason", row->reason);
    json_close(json);
}

static void print_json(const Report *report) {
    const char *reason;
    Json json = json_begin(stdout);
    json_text(&json, "valkey", birth_version());
    json_count(&json, "streams", (uint64_t)report->streams);
    json_count(&json, "slices", pointers_slices());
    json_list(&json, "fields");
    for (size_t i = 0; i < report->nfields; i++) json_field(&json, &report->fields[i]);
    json_close(&json);
    json_list(&json, "targets");
    for (size_t i = 0; i < report->ntargets; i++) json_target(&json, &report->targets[i]);
    json_close(&json);
    json_list(&json, "unused_reasons");
    for (int row = 0; (reason = gap_unused(&row));) json_text(&json, NULL, reason);
    json_close(&json);
    json_end(&json);
}

static void print_report(void *context, int streams) {
    const Wanted *wanted = context;
    Report report = collect(streams);
    if (wanted->json)
        print_json(&report);
    else
        print_markdown(&report);
    free(report.fields);
    free(report.targets);
}

/* --- the command line */

int cmd_pointers(int argc, char **argv) {
    Wanted wanted = {0};
    Survey pointers = {.run = {.pointers = true},
                       .seconds = SURVEY_SECONDS,
                       .start = pointers_start,
                       .print = print_report,
                       .context = &wanted};
    const Option options[] = {{"--json", NULL, "print JSON, one object", OPTION_FLAG, &wanted.json, 0, 0},
                              SURVEY_SECONDS_OPTION(pointers),
                              {0}};
    const OptionTable table = {
        .name = "pointers",
        .usage = "FILE|DIR...",
        .text = "Runs streams in this process. After every slice of defrag, counts the words of the server that\n"
                "point to a block: by field, and by whether the block moved in that slice. Prints the fields whose\n"
                "targets moved, then the gaps: those that hold pointers, but whose targets never moved.\n"
                "\n" SURVEY_STATUS,
        .example = "defrag-fuzz pointers corpus/seeds",
        .options = options};
    return survey(&pointers, &table, argc, argv);
}
