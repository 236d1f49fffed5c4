/* SPDX-License-Identifier: BSD-3-Clause */
/* explore.c -- defrag-fuzz explore: what can happen to what is being scanned, systematically. */
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
               interruptions_has_key(i) ? "" : "no value of its own, so never the second one");
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
        {"--type", "T", "only this one is being scanned; see --list", OPTION_TEXT, &type, 0, 0},
        {"--event", "E", "only this happens; see --list", OPTION_TEXT, &event, 0, 0},
        {"--list", NULL, "print types and events", OPTION_FLAG, &list_only, 0, 0},
        {"--json", NULL, "with --list: print them as an object", OPTION_FLAG, &json, 0, 0},
        {"--seconds", "N", "stop after so much real time", OPTION_NUMBER, &explore.seconds, 1, 100000000},
        {"--jobs", "N", "processes side by side (as many as there are cores)", OPTION_NUMBER, &explore.jobs, 1,
         SWEEP_MAX_WORKERS},
        {"--sample", "N", "run one continuation in N from the start as well, and compare; 0: none (100)", OPTION_NUMBER,
         &explore.sample, 0, 1000000000},
        {"--canary", NULL,
         "let something outside of the world decide what each continuation does: --sample must see it", OPTION_FLAG,
         &explore.canary, 0, 0},
        {"--findings", "DIR", "put reproducers there, one for each signature (findings)", OPTION_TEXT,
         &explore.findings, 0, 0},
        {0}};
    const OptionTable table = {
        .name = "explore",
        .usage = "",
        .text = "Goes through all combinations of what defrag is scanning, alone or beside a second value, where the "
                "cycle is\n"
                "interrupted, and what happens then. The steps before the event run once for all events.\n\n"
                "exit status: 0 nothing found, 1 a finding, 2 bad usage or an unwritable folder, 3 a fault of the "
                "harness\n",
        .example = "defrag-fuzz explore --bound 20 --type stream-groups",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_GO_ON) return status;
    if (rest.count + rest.nrest) return option_complain("explore takes no argument; see defrag-fuzz explore --help");
    if (json && !list_only) return option_complain("explore: --json goes with --list only");
    if (list_only) return json ? list_as_json() : list();
    if (type && (explore.kind = interruptions_find_kind(type)) < 0)
        return option_complain("--type: no type is called '%s'; see defrag-fuzz explore --list", type);
    if (event && (explore.event = interruptions_find_event(event)) < 0)
        return option_complain("--event: no event is called '%s'; see defrag-fuzz explore --list", event);
    return explore_run(&explore);
}
