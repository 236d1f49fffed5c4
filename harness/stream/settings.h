/* settings.h -- the settings of a stream's run: the key=value words of its header line.
 *
 *     #! defrag-fuzz 1 after=slice:16 databases=3 limits=stock
 *
 * One table row a setting (settings.c): name, allowed values, default, help. Everything that decides what a run
 * does stands in the stream itself; nothing comes from the command line or the environment.
 *
 * Idea: WiredTiger's test/format configuration table. */
#ifndef HARNESS_STREAM_SETTINGS_H
#define HARNESS_STREAM_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SETTINGS_MAX_TEXT 256 /* bytes that settings_print needs at most, zero included */

typedef enum { AFTER_CYCLE, AFTER_SLICE, AFTER_NOTHING } AfterKind;
typedef enum { LIMITS_SMALL, LIMITS_STOCK } LimitsKind;
typedef enum { SIZES_EXACT, SIZES_JEMALLOC } SizesKind;

typedef struct {
    AfterKind after;        /* after=cycle | slice:N | none     what follows every command; default cycle */
    int64_t after_pointers; /* the N of slice:N, 1..10^6; 0 with the other kinds */
    int databases;          /* databases=N                      1..16, default 2 */
    bool cluster;           /* cluster=no|yes                   cluster mode; default no */
    LimitsKind limits;      /* limits=small | stock             small: low encoding limits and a low max-scan-fields, so
                             *                                  that little data reaches the interesting code; default small */
    SizesKind sizes;        /* sizes=exact | jemalloc           what malloc_usable_size answers; default exact */
    int64_t memory_mb; /* memory=N                         MiB that the stream may allocate, 16..1024, default 256 */
    int64_t seed;      /* seed=N                           of the server's random numbers, 0..2^32-1, default 1 */
    char since[16];    /* since=9.1                        the first Valkey series on which the stream makes sense;
                             *                                  default any, which is the empty string here */
} Settings;

/* Gives every setting its default. */
void settings_default(Settings *s);

/* Sets one setting from a word "key=value" of `len` bytes. Returns NULL, or what is wrong and what was expected
 * (a static string or one in *buffer, which has `room` bytes). On failure *s is unchanged. */
const char *settings_set(Settings *s, const char *word, size_t len, char *buffer, size_t room);

/* Writes those settings that differ from the default as " key=value ..." (leading space each) in table order,
 * zero-terminated; returns the length. SETTINGS_MAX_TEXT bytes are enough; with less room whole settings are left out. */
size_t settings_print(const Settings *s, char *buffer, size_t room);

/* All settings are the same. */
bool settings_equal(const Settings *a, const Settings *b);

/* Two streams can share one birth of the server when this is true: the settings that its start-up reads (databases,
 * cluster, limits, sizes) are equal. The others act after birth: seed at the start of each stream. */
bool settings_same_birth(const Settings *a, const Settings *b);

/* What limits= gives the server, as options of valkey.conf; option NULL at the end. */
typedef struct {
    const char *option, *value;
} SettingsLimit;
const SettingsLimit *settings_limits(const Settings *s);

/* The rows of the table, for --help and corpus/README.md: name, values, help; name NULL at the end. */
typedef struct {
    const char *name, *values, *help;
} SettingsRow;
const SettingsRow *settings_rows(void);

#endif
