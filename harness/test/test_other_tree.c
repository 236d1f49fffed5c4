/* SPDX-License-Identifier: BSD-3-Clause */
/* test_other_tree.c -- does the harness work with a server that has commands which it does not
 * know, and lacks configs which it sets?
 *
 * Gives other names to commands and configs in the server's own tables before its birth. Then
 * unknown commands must be refused and counted, except those that only handle data, and the server
 * must be born without the configs. What the build reported about the tree (harness/run/tree.h)
 * must agree with the server's table.
 *
 * Limits: configs are not renamed in a tree whose table the probe cannot read. */
#include <stdio.h>
#include <string.h>

#include "harness/finding/finding.h"
#include "harness/run/run.h"
#include "harness/run/tree.h"
#include "harness/server/birth.h"
#include "harness/server/catalogue.h"
#include "harness/server/client.h"
#include "harness/server/command_filter.h"
#include "harness/stream/stream.h"
#include "harness/test/check.h"
#include "harness/valkey/compat.h"

extern struct serverCommand serverCommandTable[];

#define NEW "of-tomorrow"

static struct serverCommand *find(struct serverCommand *commands, const char *name) {
    while (commands->declared_name && strcmp(commands->declared_name, name) != 0) commands++;
    if (!commands->declared_name) finding_harness("this Valkey has no %s", name);
    return commands;
}

/* Commands that get another name: the kinds that are refused, and those that are not. */
static void rename_commands(void) {
    find(serverCommandTable, "lastsave")->declared_name = "admin-" NEW;
    find(serverCommandTable, "wait")->declared_name = "wait-" NEW;
    find(serverCommandTable, "dbsize")->declared_name = "server-" NEW;
    find(find(serverCommandTable, "client")->subcommands, "getname")->declared_name = NEW;
    find(serverCommandTable, "getdel")->declared_name = "data-" NEW;
    find(serverCommandTable, "blpop")->declared_name = "pop-" NEW;
}

#ifdef CONFIG_SIZE
/* Does nothing if the tree lacks it already. */
static void rename_config(const char *name, const char *other) {
    /* The compiler must not know that it is constant. */
    char *volatile table = (char *)static_configs;
    for (char *row = table;; row += CONFIG_SIZE) {
        const char *its;
        memcpy(&its, row + CONFIG_NAME_AT, sizeof(its));
        if (!its) return;
        if (strcmp(its, name) != 0) continue;
        memcpy(row + CONFIG_NAME_AT, &other, sizeof(other));
        return;
    }
}
#endif

/* A limit, one of the other options, and cluster mode. */
static void rename_configs(void) {
#ifdef CONFIG_SIZE
    rename_config("latency-tracking", "tracking-" NEW);
    rename_config("hll-sparse-max-bytes", "bytes-" NEW);
    rename_config("cluster-enabled", "cluster-" NEW);
#endif
}

static void run_text(const char *text, RunReport *report) {
    Stream stream;
    StreamError error;
    CHECK(stream_parse(text, strlen(text), STREAM_STRICT, &stream, &error));
    CHECK(run_stream(&stream, &(RunOptions){.skip_call_sites = true}, report) == EXIT_CLEAN);
    stream_free(&stream);
}

static void unknown_commands_are_refused(void) {
    RunReport report;
    run_text("#! defrag-fuzz 1\nADMIN-" NEW "\nWAIT-" NEW " 0 0\nSERVER-" NEW "\nCLIENT " NEW "\n"
             "EVAL \"return redis.call('server-" NEW "')\" 0\nLASTSAVE\n",
             &report);
    CHECK(report.refused == 5);
    CHECK(report.errors == 6);
    CHECK_TEXT(report.refusals[0].command, "admin-" NEW);
    CHECK_TEXT(report.refusals[1].command, "wait-" NEW);
    CHECK_TEXT(report.refusals[2].command, "server-" NEW);
    CHECK_TEXT(report.refusals[3].command, "client|" NEW);
    CHECK_TEXT(report.refusals[4].command, "server-" NEW);
    CHECK(strstr(report.refusals[0].reason, "unknown to the harness"));
    CHECK(!catalogue_find("admin-" NEW, NULL));
    CHECK(!catalogue_find("client", NEW));
    run_text("#! defrag-fuzz 1 refused=expected\nADMIN-" NEW "\n", &report);
    CHECK(report.refused == 0);
}

static void unknown_commands_for_data_run(void) {
    RunReport report;
    run_text("#! defrag-fuzz 1\nSET s0 v\nDATA-" NEW " s0\nRPUSH l0 a\nPOP-" NEW " l0 0\nPOP-" NEW " l0 0\n", &report);
    CHECK(report.refused == 0);
    CHECK(report.errors == 0);
    CHECK(catalogue_find("data-" NEW, NULL));
    CHECK(catalogue_find("pop-" NEW, NULL));
}

static const char *refusal(const char *first, const char *second) {
    Argv argv = {0};
    Step step = step_command(0);
    step_add_string(&step, first);
    if (second) step_add_string(&step, second);
    step_expand(&step, &argv);
    const char *why = refuse_words(&argv);
    argv_free(&argv);
    step_free(&step);
    return why;
}

static void other_servers_are_spared(void) {
    CHECK(refusal("Admin-" NEW, NULL));
    CHECK(refusal("CLIENT", NEW));
    CHECK(!refusal("CLIENT", "id"));
    CHECK(!refusal("DATA-" NEW, "s0"));
}

#ifdef CONFIG_SIZE
static void birth_without_configs(void) {
    Settings settings;
    settings_default(&settings);
    CHECK(!birth_has_config("latency-tracking"));
    CHECK(!birth_has_config("HLL-sparse-max-bytes"));
    CHECK(birth_has_config("Set-Max-Intset-Entries"));
    CHECK(birth_has_config("hash-max-ziplist-value")); /* an alias */
    CHECK(!birth_lacks(&settings));
    settings.cluster = true;
    CHECK_TEXT(birth_lacks(&settings), "the config cluster-enabled");
    run_ensure_server(&settings);
    client_admin_say("config", "get", "hll-sparse-max-bytes", NULL);
    CHECK_TEXT(client_reply(CLIENT_ADMIN).data, "*0\r\n");
    client_forget_replies();
    client_admin_say("config", "get", "set-max-intset-entries", NULL);
    CHECK(strstr(client_reply(CLIENT_ADMIN).data, "\r\n16\r\n"));
}
#endif

/* Is the name among the words of the fact about unknown commands? */
static bool is_reported(const char *name) {
    static const char begin[] = "unknown commands, refused:";
    char word[80];
    snprintf(word, sizeof(word), " %s ", name);
    for (const TreeFact *fact = tree_facts(); fact->kind; fact++) {
        char words[4096];
        if (strncmp(fact->text, begin, strlen(begin)) != 0) continue;
        snprintf(words, sizeof(words), "%s ", fact->text + strlen(begin));
        if (strstr(words, word)) return true;
    }
    return false;
}

static void build_reported_unknown_commands(void) {
    int renamed = 0;
    for (int i = 0; refuse_unknown(i); i++) {
        bool ours = strstr(refuse_unknown(i), NEW);
        renamed += ours;
        if (!CHECK(is_reported(refuse_unknown(i)) == !ours)) fprintf(stderr, "    %s\n", refuse_unknown(i));
    }
    CHECK(renamed == 4);
}

int main(void) {
    rename_commands();
    rename_configs();
    const char *why = run_born();
    if (why) finding_harness("%s", why);
    unknown_commands_are_refused();
    unknown_commands_for_data_run();
    other_servers_are_spared();
#ifdef CONFIG_SIZE
    birth_without_configs();
#endif
    build_reported_unknown_commands();
    return check_status("other_tree");
}
