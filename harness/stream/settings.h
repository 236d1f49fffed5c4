/* SPDX-License-Identifier: BSD-3-Clause */
/* settings.h -- the settings of a stream's run: the key=value words of its header line.
 *
 *     #! defrag-fuzz 1 after=slice:16 databases=3 limits=stock
 *
 * Everything that decides what a run does is in the stream itself: nothing comes from the command
 * line or the environment. Each setting is one row of the table in settings.c: name, values,
 * default, help, when it takes effect, how it is drawn at random and how the shrinker simplifies
 * it. To add one, see "I want to add a setting" in harness/README.md. test_stream_rows,
 * test_generate and test_shrink name what is missing.
 *
 * Idea: WiredTiger's test/format configuration table. */
#ifndef HARNESS_STREAM_SETTINGS_H
#define HARNESS_STREAM_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/text.h"
#include "harness/base/valkey_name.h"

#define SETTINGS_MAX_TEXT 256 /* the most bytes that settings_print writes, zero included */
#define SETTINGS_MAX_VALUE 32 /* bytes of the longest value, zero included */
#define SETTINGS_MAX_WORDS 3  /* words of a setting that is a choice */

typedef enum { AFTER_CYCLE, AFTER_SLICE, AFTER_NOTHING } AfterKind;
typedef enum { LIMITS_SMALL, LIMITS_STOCK } LimitsKind;
typedef enum { SIZES_EXACT, SIZES_JEMALLOC } SizesKind;
typedef enum { REUSE_NEVER, REUSE_LAST, REUSE_SAME } ReuseKind;
#define REUSE_KINDS 3
typedef enum { REFUSED_REPORTED, REFUSED_EXPECTED } RefusedKind;

/* The rows have the ranges, defaults and meanings. */
typedef struct {
    AfterKind after;
    int64_t after_pointers; /* the N of after=slice:N; 0 with the other kinds */
    int databases;
    bool cluster;
    LimitsKind limits;
    SizesKind sizes;
    bool module;
    ReuseKind reuse;
    int64_t memory_mb;
    int64_t seed;
    char since[16]; /* "9.1"; empty: any */
    RefusedKind refused;
} Settings;

/* The settings, in the order in which they are printed. */
typedef enum {
    SETTING_AFTER,
    SETTING_DATABASES,
    SETTING_CLUSTER,
    SETTING_LIMITS,
    SETTING_SIZES,
    SETTING_MODULE,
    SETTING_REUSE,
    SETTING_MEMORY,
    SETTING_SEED,
    SETTING_SINCE,
    SETTING_REFUSED,
    SETTING_COUNT
} SettingId;

/* The choices that a row has to make. 0 means that none was made: test_stream_rows names such a
 * row. */

/* How a setting's value is written. */
typedef enum {
    SETTINGS_NUMBER = 1,
    SETTINGS_CHOICE, /* a word; the field is its index in `words`, the first is the default */
    SETTINGS_OWN,    /* it has functions that read and write it */
} SettingsKind;

/* When it takes effect. Streams that differ in a setting that is read at birth cannot share a
 * server's start-up. */
typedef enum { SETTINGS_AT_BIRTH = 1, SETTINGS_LATER } SettingsActs;

/* How it is drawn at random. */
typedef enum {
    SETTINGS_DRAW_NEVER = 1, /* never, for the reason in `never` */
    SETTINGS_DRAW_ALONE,     /* in `percent` of the streams, a number from `low` to `high` */
    SETTINGS_DRAW_BIRTH,     /* with the other settings of birth: fuzz/generate/weights.c, births */
    SETTINGS_DRAW_OWN,       /* by its own function in fuzz/generate/weights.c */
} SettingsDrawKind;

/* How the shrinker simplifies it. */
typedef enum {
    SETTINGS_SHRINK_DEFAULT = 1, /* tries the default */
    SETTINGS_SHRINK_NUMBER,      /* tries the default, then smaller numbers */
    SETTINGS_SHRINK_SCHEDULE,    /* part of the defrag schedule: fuzz/shrink/schedule.c */
} SettingsShrink;

typedef struct {
    SettingsDrawKind kind;
    int percent;
    int64_t low, high;
    const char *never;
} SettingsDraw;

typedef struct {
    const char *name, *help; /* help: without range and default, which settings_help adds */
    SettingsKind kind;
    /* NUMBER and CHOICE: the field in Settings. */
    size_t offset, size;
    /* NUMBER: its range and its default. OWN: the range of the N in its values, if any. */
    int64_t min, max, usual;
    /* CHOICE. */
    const char *words[SETTINGS_MAX_WORDS];
    /* OWN: all values, for help, and the default. `read` returns false for a wrong value, with *s
     * unchanged. */
    const char *values, *usual_word;
    bool (*read)(Settings *s, const char *value);
    void (*write)(const Settings *s, char value[SETTINGS_MAX_VALUE]);
    SettingsActs acts;
    SettingsDraw draw;
    SettingsShrink shrink;
} SettingsRow;

/* The row of a setting. Static. */
const SettingsRow *settings_row(SettingId setting);

/* The values that a setting may have ("1..16", "no | yes"), and its help with range and default,
 * for messages and corpus/README.md. The caller frees both with text_free. */
Text settings_values(SettingId setting);
Text settings_help(SettingId setting);

/* Sets all settings, or one, to the default. */
void settings_default(Settings *s);
void settings_reset(Settings *s, SettingId setting);

/* Does the setting have its default? */
bool settings_is_default(const Settings *s, SettingId setting);

/* The field of a NUMBER, or of a CHOICE as the index of its word. `number` must be in range. */
int64_t settings_number(const Settings *s, SettingId setting);
void settings_set_number(Settings *s, SettingId setting, int64_t number);

/* Sets one setting from a word "key=value" of `len` bytes. Returns NULL on success. Otherwise it
 * returns what is wrong and what was expected, written to *buffer (`room` bytes), and *s is
 * unchanged. */
const char *settings_set(Settings *s, const char *word, size_t len, char *buffer, size_t room);

/* Writes the settings that differ from the default as " key=value ..." (with a space before each)
 * in table order, zero-terminated, and returns the length. SETTINGS_MAX_TEXT bytes are enough; with
 * less room, whole settings are left out. */
size_t settings_print(const Settings *s, char *buffer, size_t room);

/* Are all settings the same? */
bool settings_equal(const Settings *a, const Settings *b);

/* Are the settings that the server's start-up reads equal? Then two streams can share one birth of
 * the server. The other settings take effect after birth; the seed, for example, at the start of
 * each stream. */
bool settings_same_birth(const Settings *a, const Settings *b);

/* What limits= sets, as options of valkey.conf. `option` is NULL at the end. */
typedef struct {
    ConfigName option;
    const char *value;
} SettingsLimit;
const SettingsLimit *settings_limits(const Settings *s);

#endif
