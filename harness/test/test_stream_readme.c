/* SPDX-License-Identifier: BSD-3-Clause */
/* test_stream_readme.c -- corpus/README.md has the tables of verbs and settings that the code has,
 * and its examples are canonical streams.
 *
 * Usage: test_stream_readme PATH-OF-corpus/README.md
 *
 * Limits: its prose and its grammar are not compared with anything. */
#include <stdlib.h>

#include "harness/stream/stream.h"
#include "harness/test/check.h"

/* Appends a table cell: '|' would end it and is escaped. */
static void add_cell(Text *row, const char *cell, const char *quote) {
    text_format(row, "| %s", quote);
    for (; *cell != '\0'; cell++) text_format(row, *cell == '|' ? "\\%c" : "%c", *cell);
    text_format(row, "%s ", quote);
}

static Text settings_table(void) {
    Text table = text_make("", 0);
    for (SettingId i = 0; i < SETTING_COUNT; i++) {
        Text values = settings_values(i), help = settings_help(i);
        add_cell(&table, settings_row(i)->name, "`");
        add_cell(&table, values.data, "`");
        add_cell(&table, help.data, "");
        text_format(&table, "|\n");
        text_free(&values);
        text_free(&help);
    }
    return table;
}

static Text limits_table(void) {
    Text table = text_make("", 0);
    Settings settings;
    settings_default(&settings);
    settings.limits = LIMITS_SMALL;
    for (const SettingsLimit *limit = settings_limits(&settings); limit->option; limit++) {
        add_cell(&table, limit->option, "`");
        add_cell(&table, limit->value, "");
        text_format(&table, "|\n");
    }
    return table;
}

static Text verbs_table(void) {
    Text table = text_make("", 0);
    for (VerbId i = 0; i < VERB_COUNT; i++) {
        Text usage = verb_usage(i), help = verb_help(i);
        add_cell(&table, usage.data, "`");
        add_cell(&table, help.data, "");
        text_format(&table, "|\n");
        text_free(&usage);
        text_free(&help);
    }
    return table;
}

/* The lines of the section under `heading` that begin with `begin`. */
static Text section_lines(const char *text, const char *heading, const char *begin) {
    Text lines = text_make("", 0);
    const char *at = strstr(text, heading);
    if (!at) return lines;
    for (at = strchr(at + 1, '\n'); at && strncmp(at, "\n## ", 4) != 0; at = strchr(at + 1, '\n')) {
        const char *line = at + 1;
        if (strncmp(line, begin, strlen(begin)) == 0) text_append(&lines, line, strcspn(line, "\n") + 1);
    }
    return lines;
}

/* Every block between "```stream" and "```" is a stream and canonical. */
static int check_examples(const char *text) {
    static const char open[] = "\n```stream\n";
    int count = 0;
    for (const char *at = strstr(text, open); at; at = strstr(at + 1, open), count++) {
        const char *start = at + strlen(open), *end = strstr(start, "\n```");
        if (!CHECK(end)) return count;
        Text example = text_make(start, (size_t)(end + 1 - start));
        Stream s;
        StreamError error = {0};
        if (CHECK(stream_parse(example.data, example.len, STREAM_STRICT, &s, &error)))
            stream_free(&s);
        else
            fprintf(stderr, "    line %d of example %d: %s\n", error.line, count + 1, error.what);
        stream_parse(example.data, example.len, STREAM_LENIENT, &s, NULL);
        Text printed = stream_print(&s);
        CHECK_TEXT(printed.data, example.data);
        text_free(&printed);
        text_free(&example);
        stream_free(&s);
    }
    return count;
}

/* Two tables must have the same lines. The first one that differs is printed. */
static void check_table(const char *found, const char *wanted) {
    while (*found || *wanted) {
        size_t have = strcspn(found, "\n"), want = strcspn(wanted, "\n");
        bool same = have == want && memcmp(found, wanted, want) == 0;
        if (!CHECK(same)) {
            fprintf(stderr, "    corpus/README.md has the line: %.*s\n    the tables in the code have: %.*s\n",
                    (int)have, found, (int)want, wanted);
            return;
        }
        found += have + 1;
        wanted += want + 1;
    }
}

static void test_readme(const char *path) {
    FILE *file = fopen(path, "r");
    if (!CHECK(file)) return;
    Text text = text_make("", 0);
    for (int c = fgetc(file); c != EOF; c = fgetc(file)) text_append(&text, (const char[]){(char)c}, 1);
    fclose(file);
    Text settings = settings_table(), limits = limits_table(), verbs = verbs_table();
    Text settings_found = section_lines(text.data, "\n## Settings", "| `");
    Text limits_found = section_lines(text.data, "\n## Small limits", "| `");
    Text verbs_found = section_lines(text.data, "\n## Verbs", "| `");
    check_table(settings_found.data, settings.data);
    check_table(limits_found.data, limits.data);
    check_table(verbs_found.data, verbs.data);
    CHECK(check_examples(text.data) >= 5);
    text_free(&settings);
    text_free(&limits);
    text_free(&verbs);
    text_free(&settings_found);
    text_free(&limits_found);
    text_free(&verbs_found);
    text_free(&text);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: test_stream_readme PATH, expected the path of corpus/README.md\n");
        return 2;
    }
    test_readme(argv[1]);
    return check_status("test_stream_readme");
}
