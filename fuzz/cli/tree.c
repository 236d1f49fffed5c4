/* SPDX-License-Identifier: BSD-3-Clause */
/* tree.c -- defrag-fuzz tree: prints which Valkey tree this program was built with, what the tree
 * has and what is not checked in it, as text or JSON.
 *
 * Limits: those of harness/run/tree.h. */
#include <stdio.h>
#include <string.h>

#include "fuzz/base/json.h"
#include "fuzz/base/option.h"
#include "fuzz/cli/cmd.h"
#include "harness/base/exits.h"
#include "harness/run/tree.h"

static void print_text(void) {
    int unchecked = 0;
    for (const TreeFact *fact = tree_facts(); fact->kind; fact++) {
        printf("%-10s %s\n", fact->kind, fact->text);
        unchecked += strcmp(fact->kind, "unchecked") == 0;
    }
    if (unchecked == 0) printf("every check is on\n");
}

static void print_json(void) {
    for (const TreeFact *fact = tree_facts(); fact->kind; fact++) {
        Json json = json_begin(stdout);
        json_text(&json, "kind", fact->kind);
        json_text(&json, "text", fact->text);
        json_end(&json);
    }
}

int cmd_tree(int argc, char **argv) {
    bool json = false;
    const Option options[] = {
        {"--json", NULL, "print JSON, an object a line", OPTION_FLAG, &json, 0, 0},
        {0},
    };
    const OptionTable table = {
        .name = "tree",
        .usage = "",
        .text = "Prints the Valkey tree that this program was built with: its folder, its version, what it has\n"
                "or lacks of what differs between trees, and what is not checked in it, with the reason.\n"
                "\n"
                "exit status: 0 done, 2 bad usage\n",
        .example = "defrag-fuzz tree",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (rest.count + rest.nrest) return option_complain("tree takes no arguments; see defrag-fuzz tree --help");
    if (json)
        print_json();
    else
        print_text();
    return EXIT_CLEAN;
}
