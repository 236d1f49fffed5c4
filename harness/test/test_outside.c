/* SPDX-License-Identifier: BSD-3-Clause */
/* test_outside.c -- runs every command of the server, so that a tracer can see whether any of them
 * has an effect outside of the process.
 *
 * Each command and subcommand, refused or not, is sent with several sets of arguments, directly and
 * from a script; every parameter is set to several values; every subcommand in the help of DEBUG is
 * called. test_outside.sh traces this program and judges. Prints "begin" and "end" on stdout, so
 * that the tracer knows when the start-up of the process is over. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/array.h"
#include "harness/finding/finding.h"
#include "harness/run/run.h"
#include "harness/server/client.h"
#include "harness/stream/stream.h"
#include "harness/valkey/compat.h"

#define MAX_NAMES 1200

static char names[MAX_NAMES][64];
static int nnames;
static unsigned long sent;

/* Argument lists for commands. They are padded with "1" up to the command's arity. */
static const char *const arguments[][8] = {
    {NULL},
    {"key", NULL},
    {"key", "1", NULL},
    {"1", "key", NULL},
    {"/tmp/outside", NULL},
    {"127.0.0.1", "6379", NULL},
    {"127.0.0.1", "6379", "key", "0", "10", NULL},
    {"key", "value", "1", "2", NULL},
    {"NOSAVE", NULL},
    {"NO", "ONE", NULL},
    {"dir", "/tmp", NULL},
};

static const char *const values[] = {"yes", "no", "1", "0", "/tmp/outside", "127.0.0.1 6379", ""};

static void run_steps(Step *steps, int count) {
    Stream stream;
    stream_init(&stream);
    for (int i = 0; i < count; i++) stream_insert(&stream, i, &steps[i]);
    run_stream(&stream, &(RunOptions){.skip_call_sites = true}, NULL);
    sent += (unsigned long)count;
    stream_free(&stream);
}

static void run_words(const char *const *words, int count) {
    Step steps[2] = {step_command(0), step_command(1)};
    step_add_string(&steps[1], "eval");
    step_add_string(&steps[1], "return redis.call(unpack(ARGV))");
    step_add_string(&steps[1], "0");
    for (int i = 0; i < count; i++) {
        step_add_string(&steps[0], words[i]);
        step_add_string(&steps[1], words[i]);
    }
    run_steps(steps, 2);
}

static void collect(hashtable *commands) {
    hashtableIterator it;
    void *entry;
    compat_walk_begin(&it, commands);
    while (hashtableNext(&it, &entry)) {
        struct serverCommand *command = entry;
        if (command->subcommands_ht) collect(command->subcommands_ht);
        if (nnames < MAX_NAMES) snprintf(names[nnames++], sizeof(names[0]), "%d %s", command->arity, command->fullname);
    }
    compat_walk_end(&it);
}

static void run_command(const char *name) {
    char full[64], *bar;
    int arity = 0;
    sscanf(name, "%d %63s", &arity, full);
    bar = strchr(full, '|');
    if (bar) *bar = 0;
    for (int i = 0; i < COUNT_OF(arguments); i++) {
        const char *words[24] = {full};
        int count = 1;
        if (bar) words[count++] = bar + 1;
        for (int j = 0; arguments[i][j]; j++) words[count++] = arguments[i][j];
        while (count < (arity < 0 ? -arity : arity)) words[count++] = "1";
        run_words(words, count);
    }
}

/* Calls fn for each bulk string of the admin client's last reply that begins with a letter. */
static void each_word_of_reply(void (*fn)(const char *word)) {
    static char copy[1 << 20];
    Text reply = client_reply(CLIENT_ADMIN);
    snprintf(copy, sizeof(copy), "%.*s", (int)reply.len, reply.data);
    for (char *line = strtok(copy, "\r\n"); line; line = strtok(NULL, "\r\n")) {
        char word[64];
        if (line[0] == '+') line++;
        if (isalpha((unsigned char)line[0]) && sscanf(line, "%63[A-Za-z0-9-]", word) == 1) fn(word);
    }
}

static char words_found[MAX_NAMES][64];
static int nwords;

static void keep_word(const char *word) {
    if (nwords < MAX_NAMES) snprintf(words_found[nwords++], sizeof(words_found[0]), "%s", word);
}

static void run_parameters(void) {
    client_admin_say("config", "get", "*", NULL);
    nwords = 0;
    each_word_of_reply(keep_word);
    for (int i = 0; i < nwords; i++) {
        for (int j = 0; j < COUNT_OF(values); j++)
            run_words((const char *const[]){"config", "set", words_found[i], values[j]}, 4);
    }
}

static void run_debug(void) {
    run_ensure_server(NULL);
    client_admin_say("debug", "help", NULL);
    nwords = 0;
    each_word_of_reply(keep_word);
    for (int i = 0; i < nwords; i++) {
        run_words((const char *const[]){"debug", words_found[i]}, 2);
        run_words((const char *const[]){"debug", words_found[i], "1"}, 3);
        run_words((const char *const[]){"debug", words_found[i], "1", "1"}, 4);
    }
}

int main(void) {
    const char *why = run_born();
    if (why) finding_harness("%s", why);
    collect(server.commands);
    printf("begin\n");
    fflush(stdout);
    for (int i = 0; i < nnames; i++) run_command(names[i]);
    run_parameters();
    run_debug();
    printf("end: %d commands, %lu sent\n", nnames, sent);
    return nnames > 200 ? EXIT_CLEAN : EXIT_HARNESS;
}
