/* SPDX-License-Identifier: BSD-3-Clause */
/* survey.c -- runs many streams for a report; see survey.h.
 *
 * Limits: a finding ends the process, as in replay --same-process. */
#include "fuzz/cli/survey.h"

#include "fuzz/base/files.h"
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"
#include "harness/server/birth.h"

/* The numbers of streams by result. */
typedef struct {
    int run, exhausted, unreadable;
} Totals;

static void run_one(const Stream *stream, const char *path, const Survey *wanted, Totals *totals) {
    RunOptions options = wanted->run;
    options.oracles = oracles_single_run(oracles_all());
    options.file = path;
    totals->run++;
    finding_deadline((unsigned)wanted->seconds);
    totals->exhausted += run_stream(stream, &options, NULL) == EXIT_TIMEOUT;
    finding_deadline(0);
}

static void run_file(const FilesItem *item, const Survey *wanted, Totals *totals) {
    Stream stream;
    if (!files_read(item, &stream)) {
        totals->unreadable++;
        return;
    }
    if (!files_too_new(&stream, birth_version()) && !birth_lacks(&stream.settings))
        run_one(&stream, item->path, wanted, totals);
    stream_free(&stream);
}

static int run_all(const Survey *wanted, const OptionRest *rest) {
    Files files;
    Totals totals = {0};
    totals.unreadable += !files_collect(rest->arguments, rest->count, &files);
    const char *why = files.count ? run_init("arena", 0) : NULL;
    if (!why) why = wanted->start();
    if (why) return option_complain("%s", why);
    for (int i = 0; i < files.count; i++) run_file(&files.items[i], wanted, &totals);
    files_free(&files);
    wanted->print(wanted->context, totals.run);
    if (totals.unreadable) return EXIT_USAGE;
    return totals.exhausted ? EXIT_TIMEOUT : EXIT_CLEAN;
}

int survey(const Survey *wanted, const OptionTable *table, int argc, char **argv) {
    OptionRest rest;
    int status = option_parse(table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (rest.nrest) return option_complain("%s: '--' is not accepted; write ./%s", table->name, rest.rest[0]);
    if (rest.count == 0)
        return option_complain("%s: FILE or DIR is missing; see defrag-fuzz %s --help", table->name, table->name);
    return run_all(wanted, &rest);
}
