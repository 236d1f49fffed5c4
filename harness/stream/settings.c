/* SPDX-License-Identifier: BSD-3-Clause */
/* settings.c -- the table of a stream's settings, one row each, and the functions that interpret
 * the rows.
 *
 * Settings are compared and printed through their canonical text, so no field can be missed in a
 * comparison. Comparing bytes first is only a short cut for the usual case.
 *
 * Limits: words of the header cannot be quoted, so no value contains a blank. The code that reads
 * the fields decides what they do. */
#include "harness/stream/settings.h"

#include <stdio.h>
#include <string.h>

#define MAX_QUOTED 40 /* bytes of a wrong word that a message quotes */

#define FIELD(member) .offset = offsetof(Settings, member), .size = sizeof(((Settings *)0)->member)

/* --- settings with functions of their own */

static bool read_number(const SettingsRow *row, const char *value, int64_t *number) {
    int64_t n;
    if (!text_number(value, strlen(value), &n) || n < row->min || n > row->max) return false;
    *number = n;
    return true;
}

static bool read_after(Settings *s, const char *value) {
    int64_t pointers = 0;
    if (strcmp(value, "cycle") == 0) {
        s->after = AFTER_CYCLE;
    } else if (strcmp(value, "none") == 0) {
        s->after = AFTER_NOTHING;
    } else if (strncmp(value, "slice:", 6) == 0 && read_number(settings_row(SETTING_AFTER), value + 6, &pointers)) {
        s->after = AFTER_SLICE;
    } else {
        return false;
    }
    s->after_pointers = pointers;
    return true;
}

static void write_after(const Settings *s, char value[SETTINGS_MAX_VALUE]) {
    if (s->after == AFTER_SLICE)
        snprintf(value, SETTINGS_MAX_VALUE, "slice:%lld", (long long)s->after_pointers);
    else
        strcpy(value, s->after == AFTER_CYCLE ? "cycle" : "none");
}

/* A series is two numbers of one to three digits, without leading zeros, with a point between
 * them. */
static bool read_since(Settings *s, const char *value) {
    static const char digits[] = "0123456789";
    size_t major = strspn(value, digits);
    if (strcmp(value, "any") == 0) {
        s->since[0] = '\0';
        return true;
    }
    if (major < 1 || major > 3 || value[0] == '0' || value[major] != '.') return false;
    const char *tail = value + major + 1;
    size_t minor = strspn(tail, digits);
    if (minor < 1 || minor > 3 || tail[minor] != '\0' || (minor > 1 && tail[0] == '0')) return false;
    snprintf(s->since, sizeof(s->since), "%s", value);
    return true;
}

static void write_since(const Settings *s, char value[SETTINGS_MAX_VALUE]) {
    snprintf(value, SETTINGS_MAX_VALUE, "%s", s->since[0] ? s->since : "any");
}

/* --- the table */

static const SettingsRow table[SETTING_COUNT] = {
    [SETTING_AFTER] = {.name = "after",
                       .help = "what runs after every command: a whole defrag cycle, a slice of N pointers, or nothing",
                       .kind = SETTINGS_OWN,
                       .min = 1,
                       .max = 1000000,
                       .values = "cycle | slice:N | none",
                       .usual_word = "cycle",
                       .read = read_after,
                       .write = write_after,
                       .acts = SETTINGS_LATER,
                       .draw = {.kind = SETTINGS_DRAW_OWN},
                       .shrink = SETTINGS_SHRINK_SCHEDULE},
    [SETTING_DATABASES] = {.name = "databases",
                           .help = "number of databases",
                           .kind = SETTINGS_NUMBER,
                           FIELD(databases),
                           .min = 1,
                           .max = 16,
                           .usual = 2,
                           .acts = SETTINGS_AT_BIRTH,
                           .draw = {.kind = SETTINGS_DRAW_BIRTH},
                           .shrink = SETTINGS_SHRINK_NUMBER},
    [SETTING_CLUSTER] = {.name = "cluster",
                         .help = "cluster mode; from its birth the server owns all slots",
                         .kind = SETTINGS_CHOICE,
                         FIELD(cluster),
                         .words = {"no", "yes"},
                         .acts = SETTINGS_AT_BIRTH,
                         .draw = {.kind = SETTINGS_DRAW_BIRTH},
                         .shrink = SETTINGS_SHRINK_DEFAULT},
    [SETTING_LIMITS] = {.name = "limits",
                        .help = "encoding limits and active-defrag-max-scan-fields: low, so that little data gets "
                                "the big encodings, or those of a stock server",
                        .kind = SETTINGS_CHOICE,
                        FIELD(limits),
                        .words = {[LIMITS_SMALL] = "small", [LIMITS_STOCK] = "stock"},
                        .acts = SETTINGS_AT_BIRTH,
                        .draw = {.kind = SETTINGS_DRAW_BIRTH},
                        .shrink = SETTINGS_SHRINK_DEFAULT},
    [SETTING_SIZES] = {.name = "sizes",
                       .help = "what malloc_usable_size returns: the requested size, or jemalloc's size class",
                       .kind = SETTINGS_CHOICE,
                       FIELD(sizes),
                       .words = {[SIZES_EXACT] = "exact", [SIZES_JEMALLOC] = "jemalloc"},
                       .acts = SETTINGS_AT_BIRTH,
                       .draw = {.kind = SETTINGS_DRAW_BIRTH},
                       .shrink = SETTINGS_SHRINK_DEFAULT},
    [SETTING_MODULE] = {.name = "module",
                        .help = "whether the sample module is loaded (harness/module)",
                        .kind = SETTINGS_CHOICE,
                        FIELD(module),
                        .words = {"no", "yes"},
                        .acts = SETTINGS_AT_BIRTH,
                        .draw = {.kind = SETTINGS_DRAW_BIRTH},
                        .shrink = SETTINGS_SHRINK_DEFAULT},
    [SETTING_REUSE] = {.name = "reuse",
                       .help = "which memory that was released is used again: none; the last of the same size; or "
                               "the last into which the new block fits",
                       .kind = SETTINGS_CHOICE,
                       FIELD(reuse),
                       .words = {[REUSE_NEVER] = "never", [REUSE_LAST] = "last", [REUSE_SAME] = "same"},
                       .acts = SETTINGS_LATER,
                       .draw = {.kind = SETTINGS_DRAW_OWN},
                       .shrink = SETTINGS_SHRINK_DEFAULT},
    [SETTING_MEMORY] = {.name = "memory",
                        .help = "MiB that the stream may allocate",
                        .kind = SETTINGS_NUMBER,
                        FIELD(memory_mb),
                        .min = 16,
                        .max = 1024,
                        .usual = 256,
                        .acts = SETTINGS_LATER,
                        .draw = {.kind = SETTINGS_DRAW_NEVER, .never = "random streams use far less than the default"},
                        .shrink = SETTINGS_SHRINK_DEFAULT},
    [SETTING_SEED] = {.name = "seed",
                      .help = "seed of the server's random numbers",
                      .kind = SETTINGS_NUMBER,
                      FIELD(seed),
                      .max = UINT32_MAX,
                      .usual = 1,
                      .acts = SETTINGS_LATER,
                      .draw = {.kind = SETTINGS_DRAW_ALONE, .percent = 10, .low = 2, .high = 1000},
                      .shrink = SETTINGS_SHRINK_NUMBER},
    [SETTING_SINCE] = {.name = "since",
                       .help = "the first Valkey series that can run the stream",
                       .kind = SETTINGS_OWN,
                       .values = "any | MAJOR.MINOR",
                       .usual_word = "any",
                       .read = read_since,
                       .write = write_since,
                       .acts = SETTINGS_LATER,
                       .draw = {.kind = SETTINGS_DRAW_NEVER, .never = "it decides whether the stream runs at all"},
                       .shrink = SETTINGS_SHRINK_DEFAULT},
    [SETTING_REFUSED] = {.name = "refused",
                         .help = "commands that the harness refuses: replay reports them, or the stream means to send "
                                 "them",
                         .kind = SETTINGS_CHOICE,
                         FIELD(refused),
                         .words = {[REFUSED_REPORTED] = "reported", [REFUSED_EXPECTED] = "expected"},
                         .acts = SETTINGS_LATER,
                         .draw = {.kind = SETTINGS_DRAW_NEVER, .never = "it changes only what replay prints"},
                         .shrink = SETTINGS_SHRINK_DEFAULT},
};

const SettingsRow *settings_row(SettingId setting) {
    return &table[setting];
}

/* --- one value */

int64_t settings_number(const Settings *s, SettingId setting) {
    const void *field = (const char *)s + table[setting].offset;
    if (table[setting].size == sizeof(bool)) return *(const bool *)field;
    return table[setting].size == sizeof(int) ? *(const int *)field : *(const int64_t *)field;
}

void settings_set_number(Settings *s, SettingId setting, int64_t number) {
    void *field = (char *)s + table[setting].offset;
    if (table[setting].size == sizeof(bool))
        *(bool *)field = number;
    else if (table[setting].size == sizeof(int))
        *(int *)field = (int)number;
    else
        *(int64_t *)field = number;
}

/* Finds the value's index among the words of a CHOICE. */
static bool read_choice(const SettingsRow *row, const char *value, int64_t *index) {
    for (*index = 0; *index < SETTINGS_MAX_WORDS; ++*index) {
        if (row->words[*index] && strcmp(row->words[*index], value) == 0) return true;
    }
    return false;
}

/* False: not an allowed value; *s is unchanged then. */
static bool read_value(Settings *s, SettingId setting, const char *value) {
    const SettingsRow *row = &table[setting];
    int64_t number;
    if (row->kind == SETTINGS_OWN) return row->read(s, value);
    bool good = row->kind == SETTINGS_CHOICE ? read_choice(row, value, &number) : read_number(row, value, &number);
    if (good) settings_set_number(s, setting, number);
    return good;
}

/* Writes the canonical value. */
static void write_value(const Settings *s, SettingId setting, char value[SETTINGS_MAX_VALUE]) {
    const SettingsRow *row = &table[setting];
    if (row->kind == SETTINGS_OWN)
        row->write(s, value);
    else if (row->kind == SETTINGS_CHOICE)
        snprintf(value, SETTINGS_MAX_VALUE, "%s", row->words[settings_number(s, setting)]);
    else
        snprintf(value, SETTINGS_MAX_VALUE, "%lld", (long long)settings_number(s, setting));
}

/* Does the setting have the same value in both? */
static bool equal_value(SettingId setting, const Settings *a, const Settings *b) {
    char of_a[SETTINGS_MAX_VALUE], of_b[SETTINGS_MAX_VALUE];
    write_value(a, setting, of_a);
    write_value(b, setting, of_b);
    return strcmp(of_a, of_b) == 0;
}

/* --- defaults */

void settings_reset(Settings *s, SettingId setting) {
    const SettingsRow *row = &table[setting];
    if (row->kind == SETTINGS_OWN)
        row->read(s, row->usual_word);
    else
        settings_set_number(s, setting, row->usual); /* 0 for a CHOICE */
}

void settings_default(Settings *s) {
    memset(s, 0, sizeof(*s));
    for (SettingId i = 0; i < SETTING_COUNT; i++) settings_reset(s, i);
}

bool settings_is_default(const Settings *s, SettingId setting) {
    Settings usual = *s;
    settings_reset(&usual, setting);
    return equal_value(setting, s, &usual);
}

/* --- help */

Text settings_values(SettingId setting) {
    const SettingsRow *row = &table[setting];
    Text out = {0};
    if (row->kind == SETTINGS_NUMBER) text_format(&out, "%lld..%lld", (long long)row->min, (long long)row->max);
    if (row->kind == SETTINGS_OWN) text_format(&out, "%s", row->values);
    for (int i = 0; i < SETTINGS_MAX_WORDS && row->words[i]; i++)
        text_format(&out, "%s%s", i ? " | " : "", row->words[i]);
    return out;
}

Text settings_help(SettingId setting) {
    const SettingsRow *row = &table[setting];
    Settings usual;
    char value[SETTINGS_MAX_VALUE];
    Text out = {0};
    settings_default(&usual);
    write_value(&usual, setting, value);
    text_format(&out, "%s", row->help);
    if (row->kind == SETTINGS_OWN && row->max)
        text_format(&out, "; N: %lld to %lld", (long long)row->min, (long long)row->max);
    text_format(&out, "; default %s", value);
    return out;
}

/* --- all of them */

/* "unknown setting 'x', expected one of after databases ..." */
static const char *complain_unknown(const char *word, size_t len, char *buffer, size_t room) {
    size_t used = (size_t)snprintf(buffer, room, "unknown setting '%.*s', expected one of",
                                   len > MAX_QUOTED ? MAX_QUOTED : (int)len, word);
    for (int i = 0; i < SETTING_COUNT && used < room; i++)
        used += (size_t)snprintf(buffer + used, room - used, " %s", table[i].name);
    return buffer;
}

/* "'seed=x', expected seed=0..4294967295" */
static const char *complain_value(SettingId setting, const char *word, size_t len, char *buffer, size_t room) {
    Text values = settings_values(setting);
    snprintf(buffer, room, "'%.*s', expected %s=%s", len > MAX_QUOTED ? MAX_QUOTED : (int)len, word,
             table[setting].name, values.data);
    text_free(&values);
    return buffer;
}

/* The setting of that name, or SETTING_COUNT. */
static SettingId find(const char *name, size_t len) {
    SettingId i = 0;
    while (i < SETTING_COUNT && (strlen(table[i].name) != len || memcmp(table[i].name, name, len) != 0)) i++;
    return i;
}

const char *settings_set(Settings *s, const char *word, size_t len, char *buffer, size_t room) {
    const char *equals = memchr(word, '=', len);
    size_t key = equals == NULL ? len : (size_t)(equals - word);
    SettingId setting = find(word, key);
    if (setting == SETTING_COUNT) return complain_unknown(word, key, buffer, room);
    char value[SETTINGS_MAX_VALUE] = "";
    size_t value_len = equals == NULL ? 0 : len - key - 1;
    bool fits = value_len > 0 && value_len < SETTINGS_MAX_VALUE && memchr(equals + 1, '\0', value_len) == NULL;
    if (fits) memcpy(value, equals + 1, value_len);
    if (fits && read_value(s, setting, value)) return NULL;
    return complain_value(setting, word, len, buffer, room);
}

bool settings_equal(const Settings *a, const Settings *b) {
    if (memcmp(a, b, sizeof(*a)) == 0) return true;
    for (SettingId i = 0; i < SETTING_COUNT; i++) {
        if (!equal_value(i, a, b)) return false;
    }
    return true;
}

size_t settings_print(const Settings *s, char *buffer, size_t room) {
    Settings usual;
    size_t used = 0;
    settings_default(&usual);
    buffer[0] = '\0';
    if (settings_equal(s, &usual)) return 0;
    for (SettingId i = 0; i < SETTING_COUNT; i++) {
        char value[SETTINGS_MAX_VALUE];
        write_value(s, i, value);
        size_t needed = strlen(table[i].name) + strlen(value) + 2;
        if (equal_value(i, s, &usual) || used + needed >= room) continue;
        used += (size_t)snprintf(buffer + used, room - used, " %s=%s", table[i].name, value);
    }
    return used;
}

bool settings_same_birth(const Settings *a, const Settings *b) {
    for (SettingId i = 0; i < SETTING_COUNT; i++) {
        if (table[i].acts == SETTINGS_AT_BIRTH && !equal_value(i, a, b)) return false;
    }
    return true;
}

const SettingsLimit *settings_limits(const Settings *s) {
    /* A few elements are enough for the big encodings, and a few dozen for the list of values that
     * are scanned later. */
    static const SettingsLimit small[] = {
        {"hash-max-listpack-entries", "8"}, {"hash-max-listpack-value", "32"},       {"set-max-listpack-entries", "8"},
        {"set-max-listpack-value", "32"},   {"set-max-intset-entries", "16"},        {"zset-max-listpack-entries", "8"},
        {"zset-max-listpack-value", "32"},  {"list-max-listpack-size", "4"},         {"stream-node-max-entries", "4"},
        {"hll-sparse-max-bytes", "128"},    {"active-defrag-max-scan-fields", "16"}, {NULL, NULL}};
    static const SettingsLimit none[] = {{NULL, NULL}};
    return s->limits == LIMITS_SMALL ? small : none;
}
