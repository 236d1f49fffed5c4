/* SPDX-License-Identifier: BSD-3-Clause */
/* series.c -- compares a run with one of another build; see series.h.
 *
 * A record has, for each step, a line "KIND LENGTH REASON" and the leaves, then a line "end STEPS
 * LENGTH" and the server's digest of the data. */
#include "harness/oracles/series.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/finding/finding.h"
#include "harness/oracles/likeness.h"

#define LINE 200 /* bytes of a line, zero included */

static FILE *output;
static bool active;
static Likeness likeness = {.names = {.word = "series", .first = "on the other one", .second = "on this one"},
                            .in = DIFFERS_SERIES};

/* --- records */

static void write_record(const LikenessRecord *record) {
    fprintf(output, "%d %zu %s\n", (int)record->may.kind, record->leaves.len,
            record->may.reason ? record->may.reason : "");
    fwrite(record->leaves.data, 1, record->leaves.len, output);
}

static void write_all(void) {
    for (size_t i = 0; i < likeness.nrecords; i++) write_record(&likeness.records[i]);
    fprintf(output, "end %d %zu\n", likeness.steps, likeness.digest.len);
    fwrite(likeness.digest.data, 1, likeness.digest.len, output);
    if (fflush(output) != 0) finding_harness("cannot write the record of the run");
}

static bool read_text(FILE *from, size_t len, Text *text) {
    char *to = text_room(text, len);
    if (fread(to, 1, len, from) != len) return false;
    text->len = len;
    to[len] = '\0';
    return true;
}

/* The rest of a line of a step; the reason is kept for the life of the process. */
static bool read_record(FILE *from, const char *line) {
    LikenessRecord record = {.leaves = {0}};
    char *end;
    record.may.kind = (DifferenceKind)strtol(line, &end, 10);
    size_t len = strtoul(end, &end, 10);
    if (*end == ' ' && end[1] != '\n') record.may.reason = strndup(end + 1, strcspn(end + 1, "\n"));
    if (!read_text(from, len, &record.leaves)) return false;
    likeness.records = array_reserve(likeness.records, likeness.nrecords, likeness.nrecords + 1, sizeof(record));
    likeness.records[likeness.nrecords++] = record;
    return true;
}

static bool read_end(FILE *from, const char *line) {
    size_t len = 0;
    if (sscanf(line, "end %d %zu", &likeness.steps, &len) != 2) return false;
    likeness.digest.len = 0;
    return read_text(from, len, &likeness.digest);
}

static bool read_all(FILE *from) {
    char line[LINE];
    while (fgets(line, sizeof(line), from)) {
        if (strncmp(line, "end ", 4) == 0) return read_end(from, line);
        if (!read_record(from, line)) return false;
    }
    return false;
}

/* --- the run */

bool series_open(FILE *to, FILE *from) {
    likeness_begin(&likeness, false);
    output = to;
    active = to || from;
    if (!from) return true;
    rewind(from);
    bool whole = read_all(from);
    likeness.comparing = true;
    return whole;
}

void series_begin(void) {
    if (active && !likeness.comparing) likeness_begin(&likeness, false);
    likeness.parted = false;
}

void series_settled(int number, const Step *step) {
    if (active) likeness_settled(&likeness, number, step);
}

void series_end(int steps, uint64_t digest) {
    if (!active) return;
    likeness_compare(&likeness, steps, digest);
    if (output) write_all();
}
