/* settings.c -- the table of a stream's settings.
 *
 * Purpose: one row a setting; a new setting is a field, two small functions and a row.
 * Settings are compared and printed through their canonical text, so no field can be forgotten in a comparison; equal
 * bytes, the usual case, are only a short cut.
 *
 * Limits: words of the header cannot be quoted, so no value has a blank in it. What the settings do is decided by
 * those who read the fields. */
#include "harness/stream/settings.h"

#include <stdio.h>
#include <string.h>

#include "harness/base/text.h"

#define VALUE_ROOM 32 /* bytes of the longest value, zero included */
#define SHOWN 40      /* bytes of a wrong word that a message shows */

/* The settings in table order, which is the order of printing. */
enum {
    SETTING_AFTER,
    SETTING_DATABASES,
    SETTING_CLUSTER,
    SETTING_LIMITS,
    SETTING_SIZES,
    SETTING_MEMORY,
    SETTING_SEED,
    SETTING_SINCE,
    SETTING_COUNT
};

/* How a setting works; what it is called and means is in its SettingsRow. */
typedef struct {
    bool birth;                                               /* read by the server's start-up */
    bool (*read)(Settings *s, const char *value);             /* false: not an allowed value; *s is unchanged then */
    void (*write)(const Settings *s, char value[VALUE_ROOM]); /* the canonical value */
} Row;

/* Reads a number from min to max. */
static bool read_number(const char *value, int64_t min, int64_t max, int64_t *number) {
    int64_t n;
    if (!text_number(value, strlen(value), &n) || n < min || n > max) return false;
    *number = n;
    return true;
}

/* Which of two words the value is: 0 or 1, -1 when neither. */
static int read_choice(const char *value, const char *first, const char *second) {
    if (strcmp(value, first) == 0) return 0;
    return strcmp(value, second) == 0 ? 1 : -1;
}

static void write_number(char *value, int64_t number) {
    snprintf(value, VALUE_ROOM, "%lld", (long long)number);
}

static void write_word(char *value, const char *word) {
    snprintf(value, VALUE_ROOM, "%s", word);
}

static bool read_after(Settings *s, const char *value) {
    int choice = read_choice(value, "cycle", "none");
    int64_t pointers = 0;
    if (choice < 0 && (strncmp(value, "slice:", 6) != 0 || !read_number(value + 6, 1, 1000000, &pointers)))
        return false;
    s->after = choice == 0 ? AFTER_CYCLE : choice == 1 ? AFTER_NOTHING : AFTER_SLICE;
    s->after_pointers = pointers;
    return true;
}

static void write_after(const Settings *s, char value[VALUE_ROOM]) {
    if (s->after == AFTER_SLICE) {
        snprintf(value, VALUE_ROOM, "slice:%lld", (long long)s->after_pointers);
    } else {
        write_word(value, s->after == AFTER_CYCLE ? "cycle" : "none");
    }
}

static bool read_databases(Settings *s, const char *value) {
    int64_t number;
    if (!read_number(value, 1, 16, &number)) return false;
    s->databases = (int)number;
    return true;
}

static void write_databases(const Settings *s, char value[VALUE_ROOM]) {
    write_number(value, s->databases);
}

static bool read_cluster(Settings *s, const char *value) {
    int choice = read_choice(value, "no", "yes");
    if (choice >= 0) s->cluster = choice == 1;
    return choice >= 0;
}

static void write_cluster(const Settings *s, char value[VALUE_ROOM]) {
    write_word(value, s->cluster ? "yes" : "no");
}

static bool read_limits(Settings *s, const char *value) {
    int choice = read_choice(value, "small", "stock");
    if (choice >= 0) s->limits = choice == 0 ? LIMITS_SMALL : LIMITS_STOCK;
    return choice >= 0;
}

static void write_limits(const Settings *s, char value[VALUE_ROOM]) {
    write_word(value, s->limits == LIMITS_SMALL ? "small" : "stock");
}

static bool read_sizes(Settings *s, const char *value) {
    int choice = read_choice(value, "exact", "jemalloc");
    if (choice >= 0) s->sizes = choice == 0 ? SIZES_EXACT : SIZES_JEMALLOC;
    return choice >= 0;
}

static void write_sizes(const Settings *s, char value[VALUE_ROOM]) {
    write_word(value, s->sizes == SIZES_EXACT ? "exact" : "jemalloc");
}

static bool read_memory(Settings *s, const char *value) {
    return read_number(value, 16, 1024, &s->memory_mb);
}

static void write_memory(const Settings *s, char value[VALUE_ROOM]) {
    write_number(value, s->memory_mb);
}

static bool read_seed(Settings *s, const char *value) {
    return read_number(value, 0, UINT32_MAX, &s->seed);
}

static void write_seed(const Settings *s, char value[VALUE_ROOM]) {
    write_number(value, s->seed);
}

/* A series is two numbers of one to three digits with a point between them, no leading zero. */
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

static void write_since(const Settings *s, char value[VALUE_ROOM]) {
    write_word(value, s->since[0] == '\0' ? "any" : s->since);
}

static const SettingsRow rows[] = {
    [SETTING_AFTER] = {"after", "cycle | slice:N | none",
                       "what follows every command: a whole defrag cycle, a slice of N pointers (1 to 1000000), or "
                       "nothing; default cycle"},
    [SETTING_DATABASES] = {"databases", "1..16", "number of databases; default 2"},
    [SETTING_CLUSTER] = {"cluster", "no | yes", "cluster mode; default no"},
    [SETTING_LIMITS] = {"limits", "small | stock",
                        "encoding limits and active-defrag-max-scan-fields: low, so that little data reaches the big "
                        "encodings, or those of a stock server; default small"},
    [SETTING_SIZES] = {"sizes", "exact | jemalloc",
                       "what malloc_usable_size answers: the size asked for, or jemalloc's size class; default exact"},
    [SETTING_MEMORY] = {"memory", "16..1024", "MiB that the stream may allocate; default 256"},
    [SETTING_SEED] = {"seed", "0..4294967295", "seed of the server's random numbers; default 1"},
    [SETTING_SINCE] = {"since", "any | MAJOR.MINOR",
                       "the first Valkey series on which the stream makes sense; default any"},
    [SETTING_COUNT] = {NULL, NULL, NULL},
};

static const Row table[SETTING_COUNT] = {
    [SETTING_AFTER] = {false, read_after, write_after},
    [SETTING_DATABASES] = {true, read_databases, write_databases},
    [SETTING_CLUSTER] = {true, read_cluster, write_cluster},
    [SETTING_LIMITS] = {true, read_limits, write_limits},
    [SETTING_SIZES] = {true, read_sizes, write_sizes},
    [SETTING_MEMORY] = {false, read_memory, write_memory},
    [SETTING_SEED] = {false, read_seed, write_seed},
    [SETTING_SINCE] = {false, read_since, write_since},
};

const SettingsRow *settings_rows(void) {
    return rows;
}

void settings_default(Settings *s) {
    *s = (Settings){.after = AFTER_CYCLE,
                    .databases = 2,
                    .limits = LIMITS_SMALL,
                    .sizes = SIZES_EXACT,
                    .memory_mb = 256,
                    .seed = 1};
}

/* "unknown setting 'x', expected one of after databases ..." */
static const char *complain_unknown(const char *word, size_t len, char *buffer, size_t room) {
    size_t used =
        (size_t)snprintf(buffer, room, "unknown setting '%.*s', expected one of", len > SHOWN ? SHOWN : (int)len, word);
    for (int i = 0; i < SETTING_COUNT && used < room; i++)
        used += (size_t)snprintf(buffer + used, room - used, " %s", rows[i].name);
    return buffer;
}

const char *settings_set(Settings *s, const char *word, size_t len, char *buffer, size_t room) {
    const char *equals = memchr(word, '=', len);
    size_t key = equals == NULL ? len : (size_t)(equals - word);
    int row = 0;
    while (row < SETTING_COUNT && (strlen(rows[row].name) != key || memcmp(rows[row].name, word, key) != 0)) row++;
    if (row == SETTING_COUNT) return complain_unknown(word, key, buffer, room);
    char value[VALUE_ROOM] = "";
    size_t value_len = equals == NULL ? 0 : len - key - 1;
    bool fits = value_len > 0 && value_len < VALUE_ROOM && memchr(equals + 1, '\0', value_len) == NULL;
    if (fits) memcpy(value, equals + 1, value_len);
    if (fits && table[row].read(s, value)) return NULL;
    snprintf(buffer, room, "'%.*s', expected %s=%s", len > SHOWN ? SHOWN : (int)len, word, rows[row].name,
             rows[row].values);
    return buffer;
}

/* Does setting `row` have the same value in both? */
static bool row_equal(int row, const Settings *a, const Settings *b) {
    char of_a[VALUE_ROOM], of_b[VALUE_ROOM];
    table[row].write(a, of_a);
    table[row].write(b, of_b);
    return strcmp(of_a, of_b) == 0;
}

bool settings_equal(const Settings *a, const Settings *b) {
    if (memcmp(a, b, sizeof(*a)) == 0) return true;
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (!row_equal(i, a, b)) return false;
    }
    return true;
}

size_t settings_print(const Settings *s, char *buffer, size_t room) {
    Settings usual;
    size_t used = 0;
    settings_default(&usual);
    buffer[0] = '\0';
    if (settings_equal(s, &usual)) return 0;
    for (int i = 0; i < SETTING_COUNT; i++) {
        char value[VALUE_ROOM];
        table[i].write(s, value);
        size_t needed = strlen(rows[i].name) + strlen(value) + 2;
        if (row_equal(i, s, &usual) || used + needed >= room) continue;
        used += (size_t)snprintf(buffer + used, room - used, " %s=%s", rows[i].name, value);
    }
    return used;
}

bool settings_same_birth(const Settings *a, const Settings *b) {
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (table[i].birth && !row_equal(i, a, b)) return false;
    }
    return true;
}

const SettingsLimit *settings_limits(const Settings *s) {
    /* So low that a handful of elements reaches the big encodings, and a few dozen the list of what is scanned later. */
    static const SettingsLimit small[] = {
        {"hash-max-listpack-entries", "8"}, {"hash-max-listpack-value", "32"},       {"set-max-listpack-entries", "8"},
        {"set-max-listpack-value", "32"},   {"set-max-intset-entries", "16"},        {"zset-max-listpack-entries", "8"},
        {"zset-max-listpack-value", "32"},  {"list-max-listpack-size", "4"},         {"stream-node-max-entries", "4"},
        {"hll-sparse-max-bytes", "128"},    {"active-defrag-max-scan-fields", "16"}, {NULL, NULL}};
    static const SettingsLimit none[] = {{NULL, NULL}};
    return s->limits == LIMITS_SMALL ? small : none;
}
