/* SPDX-License-Identifier: BSD-3-Clause */
/* salvage.c -- defrag-fuzz salvage: recovers the inputs of a killed run from its scratch folder.
 *
 *     crash-*, timeout-*, oom-*, leak-*   an input on which an engine ended, not yet verified and
 *                                         stored; the names are libFuzzer's (-artifact_prefix,
 *                                         llvm.org/docs/LibFuzzer.html)
 *     stats-*                             the counters of an engine process, with the running input
 *                                         (stats.h)
 *
 * Each is saved in a file of its own, named by the SHA-1 of its content.
 *
 * Limits: the inputs are not run; use replay to find those that fail. The folder is not changed. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/base/files.h"
#include "fuzz/base/json.h"
#include "fuzz/base/option.h"
#include "fuzz/base/sha1.h"
#include "fuzz/cli/cmd.h"
#include "fuzz/engine/stats.h"
#include "harness/finding/finding.h"

typedef struct {
    const char *into;
    bool json;
} Wanted;

/* --- one file */

static void print_saved(const Wanted *wanted, const char *from, const char *path) {
    if (!wanted->json) {
        printf("%s: %s\n", from, path);
        return;
    }
    Json json = json_begin(stdout);
    json_text(&json, "from", from);
    json_text(&json, "path", path);
    json_end(&json);
}

static bool save(const Wanted *wanted, const char *from, Text input) {
    char hex[SHA1_HEX], path[PATH_MAX];
    sha1_hex(input.data, input.len, hex);
    if (snprintf(path, sizeof(path), "%s/%s.stream", wanted->into, hex) >= (int)sizeof(path))
        return option_complain("--into: the path is too long"), false;
    if (!files_write(path, input)) return false;
    print_saved(wanted, from, path);
    return true;
}

static bool begins_with(const char *name, const char *beginning) {
    return strncmp(name, beginning, strlen(beginning)) == 0;
}

static bool is_artefact(const char *name) {
    return begins_with(name, "crash-") || begins_with(name, "timeout-") || begins_with(name, "oom-") ||
           begins_with(name, "leak-");
}

/* Reads the input in a file. Returns false when it has none; also sets *good to false, after
 * reporting the error, when it cannot be read. */
static bool read_input(const char *path, const char *name, Text *input, bool *good) {
    int error = 0;
    if (is_artefact(name)) return files_load(path, input) || (*good = false);
    if (!begins_with(name, STATS_FILE)) return false;
    bool left = stats_input_left(path, input, &error);
    if (error) option_complain("cannot read %s: %s", path, strerror(error));
    if (error) *good = false;
    return left;
}

/* --- folders */

static bool salvage_file(const Wanted *wanted, const char *folder, const char *name) {
    char path[PATH_MAX];
    Text input = {0};
    bool good = true;
    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
        return option_complain("%s/%s: the path is too long", folder, name), false;
    if (read_input(path, name, &input, &good)) good = save(wanted, path, input);
    text_free(&input);
    return good;
}

/* Continues after files that cannot be read. */
static bool salvage_folder(const Wanted *wanted, const char *folder) {
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    bool good = count >= 0;
    if (!good) option_complain("cannot read %s: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        if (!salvage_file(wanted, folder, entries[i]->d_name)) good = false;
        free(entries[i]);
    }
    if (count >= 0) free(entries);
    return good;
}

int cmd_salvage(int argc, char **argv) {
    Wanted wanted = {0};
    const Option options[] = {{"--into", "DIR", "the folder for the inputs, created if necessary (required)",
                               OPTION_TEXT, &wanted.into, 0, 0},
                              {"--json", NULL, "print JSON, an object a line", OPTION_FLAG, &wanted.json, 0, 0},
                              {0}};
    const OptionTable table = {
        .name = "salvage",
        .usage = "FOLDER... --into DIR",
        .text = "Recovers the inputs of a killed run from its scratch folder FOLDER ($TMPDIR/dfrun-...): those on\n"
                "which an engine had ended, and those that were running. Prints a line for each. Replay them to\n"
                "find those that fail. FOLDER is not changed.\n"
                "\n"
                "exit status: 0 done, even without any input; 2 bad usage, or a file cannot be read or written\n",
        .example = "defrag-fuzz salvage /tmp/dfrun-a1b2c3 --into left && defrag-fuzz replay left",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (rest.nrest) return option_complain("salvage: '--' is not accepted; write ./%s", rest.rest[0]);
    if (rest.count == 0) return option_complain("salvage: FOLDER is missing; see defrag-fuzz salvage --help");
    if (!wanted.into) return option_complain("salvage: --into DIR is missing");
    if (mkdir(wanted.into, 0777) != 0 && errno != EEXIST)
        return option_complain("cannot create the folder %s: %s", wanted.into, strerror(errno));
    bool good = true;
    for (int i = 0; i < rest.count; i++) good = salvage_folder(&wanted, rest.arguments[i]) && good;
    return good ? EXIT_CLEAN : EXIT_USAGE;
}
