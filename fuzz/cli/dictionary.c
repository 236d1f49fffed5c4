/* SPDX-License-Identifier: BSD-3-Clause */
/* dictionary.c -- the words of streams as a dictionary; see dictionary.h. */
#include "fuzz/cli/dictionary.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/generate/pools.h"
#include "harness/base/array.h"
#include "harness/finding/finding.h"
#include "harness/server/catalogue.h"
#include "harness/stream/stream.h"

typedef struct {
    Text *items;
    int count;
    int room;
} Words;

static Text *new_word(Words *words) {
    if (words->count == words->room) {
        words->room = words->room ? 2 * words->room : 256;
        words->items = realloc(words->items, (size_t)words->room * sizeof(*words->items));
        if (!words->items) finding_harness("out of memory");
    }
    Text *word = &words->items[words->count++];
    *word = (Text){0};
    return word;
}

/* --- sources of words */

static void add_name(Words *words, const char *name) {
    Text *word = new_word(words);
    text_append(word, name, strlen(name));
    for (size_t i = 0; i < word->len; i++) word->data[i] = (char)toupper((unsigned char)word->data[i]);
}

static void add_tokens(Words *words, const CatArg *args, int count) {
    for (int i = 0; i < count; i++) {
        if (args[i].token && args[i].token[0]) add_name(words, args[i].token);
        add_tokens(words, args[i].args, args[i].nargs);
    }
}

static void add_commands(Words *words) {
    int count;
    const CatCommand *commands = catalogue_commands(&count);
    for (int i = 0; i < count; i++) {
        add_name(words, commands[i].name);
        if (commands[i].subcommand) add_name(words, commands[i].subcommand);
        add_tokens(words, commands[i].args, commands[i].nargs);
    }
}

/* Without verbs that are never drawn, such as canaries: an engine must not break things
 * intentionally. */
static void add_verbs(Words *words) {
    for (VerbId verb = 0; verb < VERB_COUNT; verb++) {
        if (verb_is_drawn(verb)) text_format(new_word(words), "!%s", verb_name(verb));
    }
}

static void add_settings(Words *words) {
    for (SettingId i = 0; i < SETTING_COUNT; i++) text_format(new_word(words), " %s=", settings_row(i)->name);
}

static void add_keys(Words *words) {
    Draft state = {0};
    char name[POOL_NAME_ROOM];
    for (KeyPool pool = 0; pool < KEYS_POOLS; pool++) {
        for (int i = 0; i < POOL_NAMES; i++) {
            pools_key_name(&state, pool, i, name);
            text_format(new_word(words), "%s", name);
        }
    }
}

/* The syntax of a stream's text. */
static void add_syntax(Words *words) {
    static const char *const parts[] = {STREAM_HEADER, "%seq(1-40,e{})", "1> ", "2> "};
    for (int i = 0; i < COUNT_OF(parts); i++) text_format(new_word(words), "%s", parts[i]);
}

/* --- printing */

static int compare(const void *a, const void *b) {
    return strcmp(((const Text *)a)->data, ((const Text *)b)->data);
}

static void print_word(Text *out, const Text *word) {
    text_format(out, "\"");
    for (size_t i = 0; i < word->len; i++) {
        unsigned char c = (unsigned char)word->data[i];
        if (c == '"' || c == '\\')
            text_format(out, "\\%c", c);
        else
            text_format(out, isprint(c) ? "%c" : "\\x%02x", c);
    }
    text_format(out, "\"\n");
}

Text dictionary_print(void) {
    Words words = {0};
    Text out = {0};
    add_commands(&words);
    add_verbs(&words);
    add_settings(&words);
    add_keys(&words);
    add_syntax(&words);
    qsort(words.items, (size_t)words.count, sizeof(*words.items), compare);
    for (int i = 0; i < words.count; i++) {
        if (i == 0 || !text_equal(words.items[i], words.items[i - 1])) print_word(&out, &words.items[i]);
    }
    for (int i = 0; i < words.count; i++) text_free(&words.items[i]);
    free(words.items);
    return out;
}
