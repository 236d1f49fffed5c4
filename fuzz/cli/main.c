/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c -- the command line of defrag-fuzz.
 *
 * A table of subcommands; each has a file of its own, NAME.c. */
#include <stdio.h>
#include <string.h>

#include "fuzz/base/json.h"
#include "fuzz/base/option.h"
#include "fuzz/cli/cmd.h"
#include "harness/base/array.h"
#include "fuzz/engine/flags.h"
#include "harness/finding/finding.h"
#include "harness/server/birth.h"

typedef struct {
    const char *name, *summary;
    int (*function)(int argc, char **argv);
} Subcommand;

static const Subcommand subcommands[] = {
    {"run", "fuzz with parallel engine processes", cmd_run},
    {"explore", "try all combinations of values and events during a scan", cmd_explore},
    {"replay", "run streams from files, each in a process of its own", cmd_replay},
    {"compare", "run streams in other ways and list what differs", cmd_compare},
    {"live", "keep a real server under load and record the commands", cmd_live},
    {"reach", "count the blocks of the data set that defrag moves and leaves in place", cmd_reach},
    {"pointers", "count the fields that point to what defrag moves", cmd_pointers},
    {"latency", "measure how many pointers defrag visits between two looks at the clock", cmd_latency},
    {"shrink", "make a failing stream smaller", cmd_shrink},
    {"gen", "print a random stream", cmd_gen},
    {"fmt", "convert stream files to canonical form", cmd_fmt},
    {"salvage", "recover the inputs of a killed run", cmd_salvage},
    {"bench", "measure speed and memory", cmd_bench},
    {"oracles", "list the oracles and other sources of findings", cmd_oracles},
    {"tree", "print what is known of the Valkey tree of this build", cmd_tree},
};

static void print_help(void) {
    printf("usage: defrag-fuzz SUBCOMMAND [OPTION...] [ARGUMENT...]\n\n"
           "Runs command streams on a real Valkey server in this process. Active defrag moves its memory after\n"
           "every command, and oracles check that nothing kept an old pointer.\n\n");
    for (int i = 0; i < COUNT_OF(subcommands); i++) printf("  %-10s%s\n", subcommands[i].name, subcommands[i].summary);
    printf("\n"
           "  --help    print this; defrag-fuzz SUBCOMMAND --help prints the subcommand's options and an example\n"
           "  --version print the versions of this tool and its server; --version --json prints JSON, with the build\n"
           "            options\n\n"
           "exit status: %d nothing found, %d a finding, %d bad usage or unreadable input, %d a fault of the harness,\n"
           "%d out of time or memory, %d a finding with another signature than that of --expect\n\n"
           "example: defrag-fuzz run --seconds 600 corpus/seeds\n",
           EXIT_CLEAN, EXIT_FINDING, EXIT_USAGE, EXIT_HARNESS, EXIT_TIMEOUT, EXIT_MISMATCH);
}

/* The macros are defined by this program's target (fuzz/CMakeLists.txt, fuzz/variants.cmake). */
static void json_version(void) {
    Json json = json_begin(stdout);
    json_text(&json, "version", DEFRAG_FUZZ_VERSION);
    json_text(&json, "valkey", birth_version());
    json_flag(&json, "fixes", DEFRAG_FUZZ_FIXES);
    json_text(&json, "sanitizers", DEFRAG_FUZZ_SANITIZERS);
    json_flag(&json, "engine", engine_exists());
    json_list(&json, "engine_flags");
    for (const char *const *flag = engine_flags(); *flag; flag++) json_text(&json, NULL, *flag);
    json_close(&json);
    json_end(&json);
}

static int print_version(const char *form) {
    if (!form)
        printf("defrag-fuzz %s, Valkey %s\n", DEFRAG_FUZZ_VERSION, birth_version());
    else if (strcmp(form, "--json") == 0)
        json_version();
    else
        return option_complain("--version does not accept '%s'; see defrag-fuzz --help", form);
    return EXIT_CLEAN;
}

static int dispatch(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) return option_complain("a subcommand is missing; see defrag-fuzz --help");
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) return print_help(), EXIT_CLEAN;
    if (strcmp(name, "--version") == 0) return print_version(argc > 2 ? argv[2] : NULL);
    for (int i = 0; i < COUNT_OF(subcommands); i++) {
        if (strcmp(name, subcommands[i].name) == 0) return subcommands[i].function(argc - 1, argv + 1);
    }
    return option_complain("unknown subcommand '%s'; see defrag-fuzz --help", name);
}

int main(int argc, char **argv) {
    int status = dispatch(argc, argv);
    bool lost = fflush(stdout) != 0 || ferror(stdout);
    if (lost && status == EXIT_CLEAN) return option_complain("cannot write to standard output");
    return status;
}
