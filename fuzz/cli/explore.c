/* SPDX-License-Identifier: BSD-3-Clause */
/* explore.c -- defrag-fuzz explore: tries all combinations of values and events during a scan. */
#include <stdio.h>
#include <string.h>

#include "fuzz/base/json.h"
#include "fuzz/base/option.h"
#include "fuzz/base/self.h"
#include "fuzz/cli/cmd.h"
#include "fuzz/explore/explore.h"
#include "fuzz/explore/sweep.h"
#include "fuzz/generate/interruptions.h"
#include "harness/finding/finding.h"

#define DEFAULT_BOUND 6
#define DEFAULT_SAMPLE 100

static int list(void) {
    printf("types:\n");
    for (int i = 0; interruptions_kind(i); i++)
        printf("  %-26s%s\n", interruptions_kind(i),
               interruptions_has_key(i) ? "" : "not a single value, so never the second one");
    printf("events:\n");
    for (int i = 0; interruptions_event(i); i++)
        printf("  %-26s%s\n", interruptions_event(i), interruptions_event_help(i));
    return EXIT_CLEAN;
}

static int list_as_json(void) {
    Json json = json_begin(stdout);
    json_list(&json, "types");
    for (int i = 0; interruptions_kind(i); i++) {
        json_object(&json, NULL);
        json_text(&json, "name", interruptions_kind(i));
        json_flag(&json, "has_key", interruptions_has_key(i));
        json_close(&json);
    }
    json_close(&json);
    json_list(&json, "events");
    for (int i = 0; interruptions_event(i); i++) {
        json_object(&json, NULL);
        json_text(&json, "name", interruptions_event(i));
        json_text(&json, "help", interruptions_event_help(i));
        json_close(&json);
    }
    json_close(&json);
    json_end(&json);
    return EXIT_CLEAN;
}

int cmd_explore(int argc, char **argv) {
    ExploreOptions explore = {.bound = DEFAULT_BOUND,
                              .jobs = self_processors(SWEEP_MAX_WORKERS),
                              .sample = DEFAULT_SAMPLE,
                              .kind = -1,
                              .event = -1,
                              .findings = "findings"};
    const char *type = NULL, *event = NULL;
    bool list_only = false, json = false;
    const Option options[] = {
        {"--bound", "K", "interrupt each cycle at its first K places (6)", OPTION_NUMBER, &explore.bound, 1, 1000000},
        {"--type", "T", "scan only values of this type; see --list (all)", OPTION_TEXT, &type, 0, 0},
        {"--event", "E", "run only this event; see --list (all)", OPTION_TEXT, &event, 0, 0},
        {"--list", NULL, "only list the types and events", OPTION_FLAG, &list_only, 0, 0},
        {"--json", NULL, "with --list: print JSON, one object", OPTION_FLAG, &json, 0, 0},
        {"--seconds", "N", "stop after N seconds of real time (no limit)", OPTION_NUMBER, &explore.seconds, 1,
         100000000},
        {"--jobs", "N", "parallel processes (one for each processor)", OPTION_NUMBER, &explore.jobs, 1,
         SWEEP_MAX_WORKERS},
        {"--sample", "N", "compare every N-th continuation with the same stream run from the start; 0: none (100)",
         OPTION_NUMBER, &explore.sample, 0, 1000000000},
        {"--canary", NULL,
         "make each continuation depend on something outside of the world, so that --sample must fail", OPTION_FLAG,
         &explore.canary, 0, 0},
        {"--findings", "DIR", "the folder for reproducers, one for each signature (findings)", OPTION_TEXT,
         &explore.findings, 0, 0},
        {0}};
    const OptionTable table = {
        .name = "explore",
        .usage = "",
        .text = "Tries all combinations of a type of value that defrag is scanning, alone or with a second value, a\n"
                "place where the cycle is interrupted, and an event that happens then. The steps before the event\n"
                "run once for all events.\n"
                "\n"
                "exit status: 0 nothing found, 1 a finding, 2 bad usage or an unwritable folder, 3 a fault of the\n"
                "harness\n",
        .example = "defrag-fuzz explore --bound 20 --type stream-groups",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (rest.count + rest.nrest) return option_complain("explore takes no arguments; see defrag-fuzz explore --help");
    if (json && !list_only) return option_complain("explore: --json needs --list");
    if (list_only) return json ? list_as_json() : list();
    if (type && (explore.kind = interruptions_find_kind(type)) < 0)
        return option_complain("--type: unknown type '%s'; see defrag-fuzz explore --list", type);
    if (event && (explore.event = interruptions_find_event(event)) < 0)
        return option_complain("--event: unknown event '%s'; see defrag-fuzz explore --list", event);
    return explore_run(&explore);
}
