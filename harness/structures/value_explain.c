/* SPDX-License-Identifier: BSD-3-Clause */
/* value_explain.c -- describes how two images differ.
 *
 * Images hold hashes, not names. Differences are found by sorting both images by name and comparing
 * them. A second walk over the server then finds the names of what differs.
 *
 * Limits: of a thing that is lost, only the kind and the database are known. */
#include <stdio.h>
#include <stdlib.h>

#include "harness/structures/value_parts.h"

#define MAX_SHOWN 3 /* differences that are described */
#define NAME_ROOM 100
#define TEXT_ROOM 200

typedef enum { CHANGED, LOST, NEW, CHANGE_COUNT } Change;

static const char *const change_words[CHANGE_COUNT] = {"changed", "is lost", "is new"};

/* The names of a kind of thing: in a sentence; in a signature (NULL: the type of the key). And
 * whether it belongs to a database. */
static const struct {
    const char *word, *signature;
    bool in_database;
} thing_words[THING_COUNT] = {
    [THING_KEY] = {"key", NULL, true},
    [THING_CHANNEL] = {"channel", "pubsub", false},
    [THING_PATTERN] = {"channel pattern", "pubsub", false},
    [THING_SHARD] = {"shard channel", "pubsub", false},
    [THING_CLIENT] = {"client", "client", false},
    [THING_WATCHED] = {"watched key", "watch", true},
    [THING_BLOCKED] = {"key that clients wait for", "blocked", true},
    [THING_TRACKING] = {"table of tracked keys", "tracking", false},
    [THING_SCRIPT] = {"script", "script", false},
    [THING_EVICTION] = {"list of scripts to evict", "script", false},
    [THING_LIBRARY] = {"function library", "function", false},
    [THING_NOTE] = {"note of a module", "module", false},
};

typedef struct {
    uint64_t name;
    Change change;
    bool named;
    char text[TEXT_ROOM];
} Difference;

typedef struct {
    Difference shown[MAX_SHOWN];
    size_t nshown, total;
    const char *kind; /* of the first thing that changed */
} Report;

size_t value_quote(const char *bytes, size_t len, char *text, size_t room) {
    size_t at = 0, i = 0;
    text[at++] = '"';
    for (; i < len && at + sizeof("\\xff...\"") <= room; i++) {
        unsigned char c = bytes[i];
        if (c == '"' || c == '\\') {
            at += snprintf(text + at, room - at, "\\%c", c);
        } else if (c >= ' ' && c <= '~') {
            text[at++] = c;
        } else {
            at += snprintf(text + at, room - at, "\\x%02x", c);
        }
    }
    return at + snprintf(text + at, room - at, "%s\"", i < len ? "..." : "");
}

static int compare_entries(const void *left, const void *right) {
    const ValueEntry *a = left, *b = right;
    if (a->name != b->name) return a->name < b->name ? -1 : 1;
    return (a->digest > b->digest) - (a->digest < b->digest);
}

static ValueEntry *sorted_copy(const ValueImage *image) {
    size_t bytes = (image->count + 1) * sizeof(ValueEntry);
    ValueEntry *copy = value_map(NULL, 0, bytes);
    if (image->count) memcpy(copy, image->entries, image->count * sizeof(ValueEntry));
    qsort(copy, image->count, sizeof(ValueEntry), compare_entries);
    return copy;
}

/* Changed things are preferred to lost ones, and lost ones to new ones, whatever comes first. */
static void note_difference(Report *report, uint64_t name, Change change) {
    report->total++;
    size_t at = report->nshown;
    while (at > 0 && report->shown[at - 1].change > change) at--;
    if (at == MAX_SHOWN) return;
    if (report->nshown < MAX_SHOWN) report->nshown++;
    memmove(&report->shown[at + 1], &report->shown[at], (report->nshown - 1 - at) * sizeof(Difference));
    report->shown[at] = (Difference){.name = name, .change = change};
}

static void find_differences(const ValueImage *before, const ValueImage *after, Report *report) {
    ValueEntry *old = sorted_copy(before), *new = sorted_copy(after);
    size_t i = 0, j = 0;
    while (i < before->count || j < after->count) {
        if (j == after->count || (i < before->count && old[i].name < new[j].name)) {
            note_difference(report, old[i++].name, LOST);
        } else if (i == before->count || new[j].name < old[i].name) {
            note_difference(report, new[j++].name, NEW);
        } else {
            if (old[i].digest != new[j].digest) note_difference(report, new[j].name, CHANGED);
            i++, j++;
        }
    }
    value_unmap(old, (before->count + 1) * sizeof(ValueEntry));
    value_unmap(new, (after->count + 1) * sizeof(ValueEntry));
}

/* "list key \"k2\" in database 0", "client 7" */
static void describe(const Thing *thing, char *text, size_t room) {
    size_t at = snprintf(text, room, "%s%s%s", thing->type ? thing->type : "", thing->type ? " " : "",
                         thing_words[thing->kind].word);
    if (thing->kind == THING_CLIENT) at += snprintf(text + at, room - at, " %llu", (unsigned long long)thing->number);
    if (thing->name) {
        text[at++] = ' ';
        at += value_quote(thing->name, thing->len, text + at, NAME_ROOM);
    }
    if (thing_words[thing->kind].in_database) snprintf(text + at, room - at, " in database %d", thing->database);
}

static void name_difference(ValueWalk *walk, const Thing *thing, uint64_t name) {
    Report *report = walk->context;
    for (size_t i = 0; i < report->nshown; i++) {
        Difference *difference = &report->shown[i];
        if (difference->named || difference->name != name) continue;
        describe(thing, difference->text, sizeof(difference->text));
        difference->named = true;
        if (difference->change != CHANGED || report->kind) continue;
        report->kind = thing_words[thing->kind].signature ? thing_words[thing->kind].signature : thing->type;
    }
}

/* Describes a thing that the second walk did not find. */
static void describe_unmet(Difference *difference) {
    unsigned kind = difference->name & 0xf, database = difference->name >> 4 & 0xff;
    size_t at = snprintf(difference->text, sizeof(difference->text), "a %s",
                         kind < THING_COUNT ? thing_words[kind].word : "thing");
    if (kind < THING_COUNT && thing_words[kind].in_database) {
        snprintf(difference->text + at, sizeof(difference->text) - at, " in database %u", database);
    }
}

static const char *signature_word(const Report *report) {
    if (report->kind) return report->kind;
    for (size_t i = 0; i < report->nshown; i++) {
        unsigned kind = report->shown[i].name & 0xf;
        if (report->shown[i].change == CHANGED)
            return kind < THING_COUNT && thing_words[kind].signature ? thing_words[kind].signature : "key";
    }
    if (report->nshown == 0) return "none";
    return report->shown[0].change == LOST ? "lost" : "new";
}

size_t value_explain(const ValueImage *before, const ValueImage *after, char *text, size_t room, const char **kind) {
    Report report = {0};
    find_differences(before, after, &report);
    ValueWalk walk = {.meet = name_difference, .context = &report};
    value_walk(&walk);

    size_t at = 0;
    if (room) text[0] = '\0';
    for (size_t i = 0; i < report.nshown && at < room; i++) {
        Difference *difference = &report.shown[i];
        if (!difference->named) describe_unmet(difference);
        at += snprintf(text + at, room - at, "%s%s %s", i ? "; " : "", difference->text,
                       change_words[difference->change]);
    }
    if (report.total > report.nshown && at < room) {
        at += snprintf(text + at, room - at, "; and %zu more", report.total - report.nshown);
    }
    if (kind) *kind = signature_word(&report);
    return at < room ? at : room ? room - 1 : 0;
}
