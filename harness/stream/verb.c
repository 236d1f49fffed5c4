/* verb.c -- the table of the harness's own steps.
 *
 * Purpose: names, arguments with their ranges and defaults, usage and help of all verbs, in one table; the parsers,
 * --help and corpus/README.md read it, so none of them can disagree.
 * A verb has one or more forms. A form is a keyword (or none) and up to two parameters. "!move every 3" is the form
 * with the keyword "every" and one number.
 *
 * Limits: it says what may be written, not what happens. */
#include "harness/stream/verb.h"

#include <string.h>

static const VerbRow table[VERB_COUNT] = {
    [VERB_CYCLE] = {"cycle",
                    "!cycle [N]",
                    "one whole defrag cycle, all at once or in slices of N pointers, 1 to 1000000; a running one is "
                    "finished first",
                    false,
                    1,
                    {{NULL, {{PARAM_NUMBER, "N", true, 1, 1000000, 16}}}}},
    [VERB_SLICE] = {"slice",
                    "!slice N",
                    "begin a cycle if none runs; one slice that ends after N pointers, 1 to 1000000",
                    false,
                    1,
                    {{NULL, {{PARAM_NUMBER, "N", false, 1, 1000000, 16}}}}},
    [VERB_FINISH] = {"finish",
                     "!finish [N]",
                     "run the cycle that is under way, if one is, to its end, all at once or in slices of N pointers",
                     false,
                     1,
                     {{NULL, {{PARAM_NUMBER, "N", true, 1, 1000000, 16}}}}},
    [VERB_MOVE] =
        {"move",
         "!move all|none|every N|some SEED PERCENT|only FIRST LAST",
         "which pointers move from now on: all (default), none, every N-th, a seeded share of them, or only the "
         "FIRST-th to the LAST-th",
         false,
         5,
         {{"all", {{0}}},
          {"none", {{0}}},
          {"every", {{PARAM_NUMBER, "N", false, 1, 1000000, 2}}},
          {"some", {{PARAM_NUMBER, "SEED", false, 0, UINT32_MAX, 1}, {PARAM_NUMBER, "PERCENT", false, 0, 100, 50}}},
          {"only",
           {{PARAM_NUMBER, "FIRST", false, 1, 1000000000, 1}, {PARAM_NUMBER, "LAST", false, 1, 1000000000, 1}}}}},
    [VERB_CLOCK] = {"clock",
                    "!clock MS",
                    "move the virtual clock forward by MS milliseconds, 0 to 1000000000000",
                    false,
                    1,
                    {{NULL, {{PARAM_NUMBER, "MS", false, 0, INT64_C(1000000000000), 1}}}}},
    [VERB_CRON] = {"cron",
                   "!cron [N]",
                   "run the server's cron N times, 1 to 1000, default 1",
                   false,
                   1,
                   {{NULL, {{PARAM_NUMBER, "N", true, 1, 1000, 1}}}}},
    [VERB_JOBS] = {"jobs",
                   "!jobs run|hold|one",
                   "background jobs: run at once (default), hold from now on, run the oldest held one",
                   false,
                   3,
                   {{"run", {{0}}}, {"hold", {{0}}}, {"one", {{0}}}}},
    [VERB_BUSY] =
        {"busy",
         "!busy N",
         "from now on a slice of N pointers whenever a script has run for a while, 0 to 1000000; 0: not any more",
         false,
         1,
         {{NULL, {{PARAM_NUMBER, "N", false, 0, 1000000, 16}}}}},
    [VERB_RELOAD] = {"reload", "!reload", "save the data set and load it back", false, 1, {{0}}},
    [VERB_CLOSE] = {"close", "!close", "the client disconnects; its next command connects anew", true, 1, {{0}}},
    [VERB_CANARY] = {"canary",
                     "!canary NAME",
                     "break something on purpose, to see the oracle NAME fail",
                     false,
                     1,
                     {{NULL, {{PARAM_NAME, "NAME", false, 0, 0, 0}}}}},
};

const VerbRow *verb_row(VerbId verb) {
    return &table[verb];
}

const char *verb_name(VerbId verb) {
    return table[verb].name;
}

const char *verb_usage(VerbId verb) {
    return table[verb].usage;
}

const char *verb_help(VerbId verb) {
    return table[verb].help;
}

bool verb_has_client(VerbId verb) {
    return table[verb].has_client;
}

VerbId verb_find(const char *name, size_t len) {
    int verb = 0;
    while (verb < VERB_COUNT && (strlen(table[verb].name) != len || memcmp(table[verb].name, name, len) != 0)) verb++;
    return (VerbId)verb;
}
