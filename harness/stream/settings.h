/* SPDX-License-Identifier: BSD-3-Clause */
/* settings.h -- the settings of a stream's run: the key=value words of its header line.
 *
 *     #! defrag-fuzz 1 after=slice:16 databases=3 limits=stock
 *
 * Everything that decides what a run does is in the stream itself; nothing comes from the command
 * line or the environment. Each setting is one row of the table in settings.c: name, values,
 * default, help, when it acts, how it is drawn at random and how a stream is shrunk by it. To add
 * one: a field, an id, a row, its line in corpus/README.md, and the code that reads the field.
 * test_stream, test_generate and test_shrink name what is missing.
 *
 * Idea: WiredTiger's test/format configuration table. */
#ifndef HARNESS_STREAM_SETTINGS_H
#define HARNESS_STREAM_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/text.h"

#define SETTINGS_MAX_TEXT 256 /* bytes that settings_print needs at most, zero included */
#define SETTINGS_MAX_VALUE 32 /* bytes of the longest value, zero included */
#define SETTINGS_MAX_WORDS 2  /* of a setting that is a choice */

typedef enum { AFTER_CYCLE, AFTER_SLICE, AFTER_NOTHING } AfterKind;
typedef enum { LIMITS_SMALL, LIMITS_STOCK } LimitsKind;
typedef enum { SIZES_EXACT, SIZES_JEMALLOC } SizesKind;
typedef enum { REFUSED_REPORTED, REFUSED_EXPECTED } RefusedKind;

/* Ranges, defaults and meanings are in the rows. */
typedef struct {
    AfterKind after;
    int64_t after_pointers; /* the N of after=slice:N; 0 with the other kinds */
    int databases;
    bool cluster;
    LimitsKind limits;
    SizesKind sizes;
    int64_t memory_mb;
    int64_t seed;
    char since[16]; /* "9.1"; empty: any */
    RefusedKind refused;
} Settings;

/* The settings in the order in which they are printed. */
typedef enum {
    SETTING_AFTER,
    SETTING_DATABASES,
    SETTING_CLUSTER,
    SETTING_LIMITS,
    SETTING_SIZES,
    SETTING_MEMORY,
    SETTING_SEED,
    SETTING_SINCE,
    SETTING_REFUSED,
    SETTING_COUNT
} SettingId;

/* What a row has to decide. 0 is no decision: test_stream names a row that lacks one. */

/* How a setting's value is written. */
typedef enum {
    SETTINGS_NUMBER = 1,
    SETTINGS_CHOICE, /* a word; the field is its index in `words`, the first is the default */
    SETTINGS_OWN,    /* read and written by functions of its own */
} SettingsKind;

/* When it acts. Streams that differ in what is read at birth cannot share a server's start-up. */
typedef enum { SETTINGS_AT_BIRTH = 1, SETTINGS_LATER } SettingsActs;

/* How it is drawn at random. */
typedef enum {
    SETTINGS_DRAW_NEVER = 1, /* for the reason in `never` */
    SETTINGS_DRAW_ALONE,     /* in `percent` of the streams, a number from `low` to `high` */
    SETTINGS_DRAW_BIRTH,     /* with the others of birth: fuzz/generate/weights.c, births */
    SETTINGS_DRAW_OWN,       /* by a function in fuzz/generate/weights.c */
} SettingsDrawKind;

/* How a failing stream gets simpler by it. */
typedef enum {
    SETTINGS_SHRINK_DEFAULT = 1, /* back to the default, or not at all */
    SETTINGS_SHRINK_NUMBER,      /* back to the default, or else a smaller number */
    SETTINGS_SHRINK_SCHEDULE,    /* it belongs to the defrag schedule: fuzz/shrink/schedule.c */
} SettingsShrink;

typedef struct {
    SettingsDrawKind kind;
    int percent;
    int64_t low, high;
    const char *never;
} SettingsDraw;

typedef struct {
    const char *name, *help; /* help: neither range nor default, which settings_help adds */
    SettingsKind kind;
    /* NUMBER and CHOICE: the field in Settings. */
    size_t offset, size;
    /* NUMBER: its range and its default. OWN: the range of the N in its values, if there is one. */
    int64_t min, max, usual;
    /* CHOICE. */
    const char *words[SETTINGS_MAX_WORDS];
    /* OWN: all values, for help, and the default. A wrong value makes `read` return false and
     * leave *s as it is. */
    const char *values, *usual_word;
    bool (*read)(Settings *s, const char *value);
    void (*write)(const Settings *s, char value[SETTINGS_MAX_VALUE]);
    SettingsActs acts;
    SettingsDraw draw;
    SettingsShrink shrink;
} SettingsRow;

/* All that is known of a setting. Static. */
const SettingsRow *settings_row(SettingId setting);

/* The values that a setting may have ("1..16", "no | yes"), and its help with range and default;
 * for messages and corpus/README.md. The caller frees either with text_free. */
Text settings_values(SettingId setting);
Text settings_help(SettingId setting);

/* Gives every setting its default; or one of them. */
void settings_default(Settings *s);
void settings_reset(Settings *s, SettingId setting);

/* Does the setting have its default? */
bool settings_is_default(const Settings *s, SettingId setting);

/* The field of a NUMBER, or of a CHOICE as the index of its word. `number` must be in range. */
int64_t settings_number(const Settings *s, SettingId setting);
void settings_set_number(Settings *s, SettingId setting, int64_t number);

/* Sets one setting from a word "key=value" of `len` bytes. Returns NULL, or what is wrong and what
 * was expected (a static string or one in *buffer, which has `room` bytes). On failure *s is
 * unchanged. */
const char *settings_set(Settings *s, const char *word, size_t len, char *buffer, size_t room);

/* Writes those settings that differ from the default as " key=value ..." (leading space each) in
 * table order, zero-terminated; returns the length. SETTINGS_MAX_TEXT bytes are enough; with less
 * room whole settings are left out. */
size_t settings_print(const Settings *s, char *buffer, size_t room);

/* All settings are the same. */
bool settings_equal(const Settings *a, const Settings *b);

/* Two streams can share one birth of the server when this is true: the settings that its start-up
 * reads are equal. The others act after birth: seed at the start of each stream. */
bool settings_same_birth(const Settings *a, const Settings *b);

/* What limits= gives the server, as options of valkey.conf; option NULL at the end. */
typedef struct {
    const char *option, *value;
} SettingsLimit;
const SettingsLimit *settings_limits(const Settings *s);

#endif
