/* SPDX-License-Identifier: BSD-3-Clause */
/* latency.c -- defrag-fuzz latency: how many pointers defrag visits between two readings of the
 * clock. A slice overshoots its limit by at most that.
 *
 * All streams run one after the other in this process (survey.h). harness/reach/stretch.h defines
 * the counts. Markdown is printed on stdout: by stage and function the longest stretch of all; with
 * --growth, for each stream and stage the longest stretch of each step with a cycle, and whether it
 * grows with the data.
 *
 * Limits: a finding ends the process, as in replay --same-process. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/base/json.h"
#include "fuzz/base/option.h"
#include "fuzz/cli/cmd.h"
#include "fuzz/cli/survey.h"
#include "harness/base/array.h"
#include "harness/reach/stretch.h"
#include "harness/server/birth.h"

typedef struct {
    bool json, growth;
} Wanted;

/* --- the longest of each stage and function */

/* By stage, the longest first. */
static int compare_rows(const void *a, const void *b) {
    const StretchRow *left = *(const StretchRow *const *)a, *right = *(const StretchRow *const *)b;
    int order = strcmp(left->stage, right->stage);
    if (order) return order;
    if (left->pointers != right->pointers) return left->pointers < right->pointers ? 1 : -1;
    return strcmp(left->within, right->within);
}

static bool same_place(const StretchRow *a, const StretchRow *b) {
    return strcmp(a->stage, b->stage) == 0 && strcmp(a->within, b->within) == 0;
}

/* The first of the longest rows of each stage and function. The caller frees the array. */
static const StretchRow **longest_rows(size_t *count) {
    size_t all;
    const StretchRow *rows = stretch_rows(&all), **longest = NULL;
    *count = 0;
    for (size_t i = 0; i < all; i++) {
        size_t j = 0;
        while (j < *count && !same_place(longest[j], &rows[i])) j++;
        if (j == *count) {
            longest = array_reserve(longest, *count, *count + 1, sizeof(*longest));
            longest[(*count)++] = &rows[i];
        } else if (rows[i].pointers > longest[j]->pointers) {
            longest[j] = &rows[i];
        }
    }
    if (*count) qsort(longest, *count, sizeof(*longest), compare_rows);
    return longest;
}

static void print_longest(const StretchRow *const *rows, size_t count, int streams) {
    printf("Valkey %s: %d streams.\n\n| stage | function | pointers | stream | step |\n"
           "|---|---|--:|---|--:|\n",
           birth_version(), streams);
    for (size_t i = 0; i < count; i++)
        printf("| %s | %s | %" PRIu64 " | %s | %d |\n", rows[i]->stage, rows[i]->within, rows[i]->pointers,
               rows[i]->file, rows[i]->step);
}

/* --- growth */

#define MOST_CYCLES 16 /* of a stream, that are printed */
#define GROWN 4        /* times longer than before: it grows with the data, which grows by ten */

/* The longest stretches of one stage in the steps of one stream. */
typedef struct {
    const StretchRow *first;
    uint64_t longest[MOST_CYCLES];
    int steps[MOST_CYCLES], count;
} Growth;

static void add_step(Growth *growth, const StretchRow *row) {
    if (growth->count && growth->steps[growth->count - 1] == row->step) {
        uint64_t *longest = &growth->longest[growth->count - 1];
        if (row->pointers > *longest) *longest = row->pointers;
    } else if (growth->count < MOST_CYCLES) {
        growth->steps[growth->count] = row->step;
        growth->longest[growth->count++] = row->pointers;
    }
}

/* Has an earlier row the same stream and stage? */
static bool is_repeated(const StretchRow *rows, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (rows[i].file == rows[at].file && strcmp(rows[i].stage, rows[at].stage) == 0) return true;
    }
    return false;
}

static Growth growth_of(const StretchRow *rows, size_t count, size_t at) {
    Growth growth = {.first = &rows[at]};
    for (size_t i = at; i < count && rows[i].file == rows[at].file; i++) {
        if (strcmp(rows[i].stage, rows[at].stage) == 0) add_step(&growth, &rows[i]);
    }
    return growth;
}

/* The last stretch is several times longer than each one before. */
static bool grows(const Growth *growth) {
    for (int i = 0; i < growth->count - 1; i++) {
        if (growth->longest[growth->count - 1] < GROWN * growth->longest[i]) return false;
    }
    return growth->count > 1;
}

static void print_growth(void) {
    size_t count;
    const StretchRow *rows = stretch_rows(&count);
    printf("\n| stream | stage | longest stretch in each cycle | |\n|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        if (is_repeated(rows, i)) continue;
        Growth growth = growth_of(rows, count, i);
        printf("| %s | %s |", rows[i].file, rows[i].stage);
        for (int j = 0; j < growth.count; j++) printf(" %" PRIu64, growth.longest[j]);
        printf(" | %s |\n", grows(&growth) ? "grows" : "bounded");
    }
}

/* --- JSON */

static void print_json(const StretchRow *const *rows, size_t count, int streams) {
    Json json = json_begin(stdout);
    json_text(&json, "valkey", birth_version());
    json_count(&json, "streams", (uint64_t)streams);
    json_list(&json, "stretches");
    for (size_t i = 0; i < count; i++) {
        json_object(&json, NULL);
        json_text(&json, "stage", rows[i]->stage);
        json_text(&json, "function", rows[i]->within);
        json_count(&json, "pointers", rows[i]->pointers);
        json_text(&json, "stream", rows[i]->file);
        json_count(&json, "step", (uint64_t)rows[i]->step);
        json_close(&json);
    }
    json_close(&json);
    json_end(&json);
}

static void print_report(void *context, int streams) {
    const Wanted *wanted = context;
    size_t count;
    const StretchRow **rows = longest_rows(&count);
    if (wanted->json)
        print_json(rows, count, streams);
    else
        print_longest(rows, count, streams);
    if (wanted->growth) print_growth();
    free(rows);
}

/* --- the command line */

int cmd_latency(int argc, char **argv) {
    Wanted wanted = {0};
    Survey latency = {.run = {.stretches = true},
                      .seconds = SURVEY_SECONDS,
                      .start = stretch_start,
                      .print = print_report,
                      .context = &wanted};
    const Option options[] = {{"--json", NULL, "print JSON, one object", OPTION_FLAG, &wanted.json, 0, 0},
                              {"--growth", NULL,
                               "also print, for each stream and stage, the longest stretch of each cycle", OPTION_FLAG,
                               &wanted.growth, 0, 0},
                              SURVEY_SECONDS_OPTION(latency),
                              {0}};
    const OptionTable table = {
        .name = "latency",
        .usage = "FILE|DIR...",
        .text = "Runs streams in this process. Counts how many pointers defrag visits between two readings of the\n"
                "clock, the most by which a slice overshoots its limit. Prints the longest such stretch of each\n"
                "stage and function.\n"
                "\n" SURVEY_STATUS,
        .example = "defrag-fuzz latency corpus/latency",
        .options = options};
    return survey(&latency, &table, argc, argv);
}
