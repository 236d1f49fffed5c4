/* SPDX-License-Identifier: BSD-3-Clause */
/* files.c -- the program defrag_fuzzer for builds without an engine.
 *
 * Runs the given files, and those in the given folders, as an engine would, after printing the path
 * of each.
 *
 * Limits: all inputs run in this process, so the first finding ends it; defrag-fuzz replay
 * continues. */
#include <stdio.h>
#include <string.h>

#include "fuzz/base/files.h"
#include "fuzz/base/option.h"
#include "fuzz/engine/target.h"
#include "harness/finding/finding.h"

static bool run_file(const char *path) {
    Text text;
    printf("%s\n", path);
    fflush(stdout);
    if (!files_load(path, &text)) return false;
    target_run((const uint8_t *)text.data, text.len);
    text_free(&text);
    return true;
}

/* Removes words that begin with "-", the flags of engines, so that the same command line works for
 * every build. */
static int drop_flags(int argc, char **argv) {
    int kept = 0;
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-') argv[kept++] = argv[i];
    }
    return kept;
}

int main(int argc, char **argv) {
    Files files;
    int count = drop_flags(argc, argv);
    if (count == 0) return option_complain("usage: defrag_fuzzer FILE|DIR...; this build has no fuzz engine");
    bool good = files_collect(argv, count, &files);
    const char *why = target_init();
    if (why) finding_harness("%s", why);
    for (int i = 0; i < files.count; i++) good = run_file(files.items[i].path) && good;
    files_free(&files);
    return good ? EXIT_CLEAN : EXIT_USAGE;
}
