/* SPDX-License-Identifier: BSD-3-Clause */
/* oracles.c -- defrag-fuzz oracles: prints the table of oracles (harness/oracles/table.h) as text
 * or JSON.
 *
 * Limits: prints the table only; a trace does not show which oracles were run. */
#include <stdio.h>
#include <string.h>

#include "fuzz/base/json.h"
#include "fuzz/base/option.h"
#include "fuzz/cli/cmd.h"
#include "harness/finding/finding.h"
#include "harness/oracles/canary.h"
#include "harness/oracles/table.h"

static void print_canaries(const Oracle *oracle) {
    for (const CanaryRow *row = canary_rows(); row->name; row++)
        if (row->oracle == oracle) printf(" %s", row->name);
}

/* Prints how often the engine runs the oracle. */
static void print_share(const Oracle *oracle) {
    if (oracle->share == 0)
        printf("replay only");
    else if (oracle->share == 1)
        printf("every input");
    else
        printf("1 input in %d", oracle->share);
}

static void print_text(void) {
    for (int i = 0; i < ORACLE_COUNT; i++) {
        const Oracle *oracle = oracles_row(i);
        printf("%-10s %s\n           engine: ", oracle->name, oracle->finds);
        print_share(oracle);
        printf("; signatures: %s:...; canaries:", oracle->word);
        print_canaries(oracle);
        printf("\n");
    }
    printf("\nAlways on:\n");
    for (const OtherReporter *other = oracles_others(); other->word; other++)
        printf("%-14s %s%s\n", other->word, other->finds, other->weak ? " (also caused by a busy machine)" : "");
}

/* Begins a row of JSON. */
static Json json_row(const char *name, const char *word, const char *title, const char *finds, bool weak) {
    Json json = json_begin(stdout);
    json_text(&json, "name", name);
    json_text(&json, "word", word);
    json_text(&json, "title", title);
    json_text(&json, "finds", finds);
    json_flag(&json, "weak", weak);
    return json;
}

static void print_json(void) {
    for (int i = 0; i < ORACLE_COUNT; i++) {
        const Oracle *oracle = oracles_row(i);
        Json json = json_row(oracle->name, oracle->word, oracle->title, oracle->finds, false);
        json_count(&json, "share", (uint64_t)oracle->share);
        json_list(&json, "canaries");
        for (const CanaryRow *row = canary_rows(); row->name; row++)
            if (row->oracle == oracle) json_text(&json, NULL, row->name);
        json_close(&json);
        json_end(&json);
    }
    for (const OtherReporter *other = oracles_others(); other->word; other++) {
        Json json = json_row(other->word, other->word, other->title, other->finds, other->weak);
        json_end(&json);
    }
}

int cmd_oracles(int argc, char **argv) {
    bool json = false;
    const Option options[] = {
        {"--json", NULL, "print JSON, an object a line", OPTION_FLAG, &json, 0, 0},
        {0},
    };
    const OptionTable table = {
        .name = "oracles",
        .usage = "",
        .text = "Lists the oracles: their findings, the share of inputs for which the engine runs them, the first\n"
                "word of their signatures, and the canaries that make them fail. Then lists the other sources of\n"
                "findings.\n"
                "\n"
                "exit status: 0 done, 2 bad usage\n",
        .example = "defrag-fuzz oracles",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (rest.count + rest.nrest) return option_complain("oracles takes no arguments; see defrag-fuzz oracles --help");
    if (json)
        print_json();
    else
        print_text();
    return EXIT_CLEAN;
}
