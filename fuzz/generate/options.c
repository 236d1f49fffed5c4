/* SPDX-License-Identifier: BSD-3-Clause */
/* options.c -- the options of commands; see options.h. */
#include "fuzz/generate/options.h"

#include <string.h>
#include <strings.h>

#define MOST 64 /* options of one command */

/* The options that a walk over a command's arguments has met. */
typedef struct {
    CommandOption rows[MOST];
    int count;
} Options;

static void add(Options *options, CommandOption option) {
    for (int i = 0; i < options->count; i++)
        if (options->rows[i].word == option.word && strcasecmp(options->rows[i].name, option.name) == 0) return;
    if (options->count < MOST) options->rows[options->count++] = option;
}

static int least_words(const CatArg *args, int nargs);

/* The least number of words of one argument that is given. */
static int least_of(const CatArg *arg) {
    int token = arg->token ? 1 : 0;
    if (arg->type == CAT_PURE_TOKEN) return 1;
    if (arg->type == CAT_BLOCK) return token + least_words(arg->args, arg->nargs);
    if (arg->type != CAT_ONE_OF) return token + 1;
    int least = arg->nargs ? least_of(&arg->args[0]) : 0;
    for (int i = 1; i < arg->nargs; i++)
        if (least_of(&arg->args[i]) < least) least = least_of(&arg->args[i]);
    return token + least;
}

static int least_words(const CatArg *args, int nargs) {
    int sum = 0;
    for (int i = 0; i < nargs; i++) sum += args[i].optional ? 0 : least_of(&args[i]);
    return sum;
}

bool options_has_word(const CatArg *arg) {
    if (arg->token || arg->type == CAT_PURE_TOKEN) return true;
    for (int i = 0; i < arg->nargs; i++)
        if (options_has_word(&arg->args[i])) return true;
    return false;
}

/* `before`: the least number of the call's words without these arguments. */
static void collect(Options *options, const CatArg *args, int nargs, int before) {
    for (int i = 0; i < nargs; i++) {
        const CatArg *arg = &args[i];
        bool word = arg->token || arg->type == CAT_PURE_TOKEN;
        if (word) add(options, (CommandOption){.name = arg->token ? arg->token : arg->name, .word = true});
        if (arg->optional && !options_has_word(arg))
            add(options, (CommandOption){.name = arg->name, .least = before + least_of(arg)});
        int with = before + (arg->optional ? least_of(arg) : 0);
        collect(options, arg->args, arg->nargs, with);
    }
}

static void read_options(const CatCommand *command, Options *options) {
    options->count = 0;
    int name = command->subcommand ? 2 : 1;
    collect(options, command->args, command->nargs, name + least_words(command->args, command->nargs));
}

bool options_get(const CatCommand *command, int index, CommandOption *option) {
    Options options;
    read_options(command, &options);
    if (index >= options.count) return false;
    *option = options.rows[index];
    return true;
}

bool options_given(const CatCommand *command, const CommandOption *option, const Argv *words) {
    if (!option->word) return words->count >= option->least;
    for (int i = command->subcommand ? 2 : 1; i < words->count; i++)
        if (words->items[i].len == strlen(option->name) && strcasecmp(words->items[i].data, option->name) == 0)
            return true;
    return false;
}

const CatCommand *options_command(const Argv *words) {
    const CatCommand *command = NULL;
    if (words->count > 1) command = catalogue_find(words->items[0].data, words->items[1].data);
    return command || !words->count ? command : catalogue_find(words->items[0].data, NULL);
}
