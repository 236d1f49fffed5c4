/* SPDX-License-Identifier: BSD-3-Clause */
/* fmt.c -- defrag-fuzz fmt: converts stream files to canonical form, with their comments. */
#include <stdio.h>

#include "fuzz/base/files.h"
#include "fuzz/base/option.h"
#include "fuzz/cli/cmd.h"
#include "harness/finding/finding.h"

typedef struct {
    bool check;
    int differ, failed;
} Fmt;

/* Makes the file's canonical text. Reports the error and returns false when it is not a stream. */
static bool canonical(const char *path, Text *text) {
    Stream stream;
    FilesItem strictly = {.path = (char *)path};
    if (!files_read(&strictly, &stream)) return false;
    *text = stream_print(&stream);
    stream_free(&stream);
    return true;
}

static void format_file(Fmt *fmt, const char *path) {
    Text before, after;
    if (!files_load(path, &before)) {
        fmt->failed++;
        return;
    }
    if (!canonical(path, &after)) {
        fmt->failed++;
    } else {
        if (!text_equal(before, after)) {
            fmt->differ++;
            if (fmt->check)
                printf("%s\n", path);
            else
                fmt->failed += !files_write(path, after);
        }
        text_free(&after);
    }
    text_free(&before);
}

static int format_all(Fmt *fmt, char **arguments, int count) {
    Files files;
    fmt->failed += !files_collect(arguments, count, &files);
    for (int i = 0; i < files.count; i++) format_file(fmt, files.items[i].path);
    files_free(&files);
    if (fmt->failed) return EXIT_USAGE;
    return fmt->check && fmt->differ ? EXIT_FINDING : EXIT_CLEAN;
}

int cmd_fmt(int argc, char **argv) {
    Fmt fmt = {0};
    const Option options[] = {{"--check", NULL, "only print the names of files that are not in canonical form",
                               OPTION_FLAG, &fmt.check, 0, 0},
                              {0}};
    const OptionTable table = {
        .name = "fmt",
        .usage = "FILE|DIR...",
        .text = "Converts stream files to canonical form, in place. Comments are kept.\n"
                "\n"
                "exit status: 0 done, or nothing to do; 1 --check found a file that differs; 2 bad usage, or a file\n"
                "is not a stream\n",
        .example = "defrag-fuzz fmt --check corpus",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (rest.nrest) return option_complain("fmt: '--' is not accepted; write ./%s", rest.rest[0]);
    if (rest.count == 0) return option_complain("fmt: FILE or DIR is missing; see defrag-fuzz fmt --help");
    return format_all(&fmt, rest.arguments, rest.count);
}
