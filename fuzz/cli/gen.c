/* SPDX-License-Identifier: BSD-3-Clause */
/* gen.c -- defrag-fuzz gen: prints random streams, their dictionary, or what they reach. The same
 * seed gives the same stream for one version of the server. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/base/files.h"
#include "fuzz/base/option.h"
#include "fuzz/cli/cmd.h"
#include "fuzz/cli/coverage.h"
#include "fuzz/cli/dictionary.h"
#include "fuzz/generate/generate.h"
#include "harness/finding/finding.h"
#include "harness/run/run.h"
#include "harness/server/birth.h"

#define DEFAULT_STEPS 30
#define MAX_COUNT 1000000

typedef struct {
    int64_t seed, steps, count;
    const char *into;
    bool dictionary, coverage;
} Gen;

static Text generate(int64_t seed, int64_t steps) {
    Prng prng;
    Stream stream;
    prng_seed(&prng, (uint64_t)seed);
    generate_stream(&prng, (int)steps, &stream);
    text_format(&stream.notes, "# Valkey %s: defrag-fuzz gen --seed %" PRId64 " --steps %" PRId64 "\n", birth_version(),
                seed, steps);
    Text text = stream_print(&stream);
    stream_free(&stream);
    return text;
}

static int print_one(const Gen *gen) {
    Text text = generate(gen->seed, gen->steps);
    fwrite(text.data, 1, text.len, stdout);
    text_free(&text);
    return EXIT_CLEAN;
}

static int write_many(const Gen *gen) {
    if (mkdir(gen->into, 0777) != 0 && errno != EEXIST)
        return option_complain("cannot create the folder %s: %s", gen->into, strerror(errno));
    bool good = true;
    for (int64_t i = 0; good && i < gen->count; i++) {
        Text path = {0}, text = generate(gen->seed + i, gen->steps);
        text_format(&path, "%s/gen-%08" PRId64 ".stream", gen->into, gen->seed + i);
        good = files_write(path.data, text);
        text_free(&path);
        text_free(&text);
    }
    return good ? EXIT_CLEAN : EXIT_USAGE;
}

static int print_dictionary(void) {
    Text text = dictionary_print();
    fwrite(text.data, 1, text.len, stdout);
    text_free(&text);
    return EXIT_CLEAN;
}

int cmd_gen(int argc, char **argv) {
    Gen gen = {.seed = -1, .steps = DEFAULT_STEPS, .count = 1};
    const Option options[] = {
        {"--seed", "N", "the seed of the stream (required; with --coverage: 1)", OPTION_NUMBER, &gen.seed, 0,
         INT64_MAX - MAX_COUNT},
        {"--steps", "N", "the number of steps (30)", OPTION_NUMBER, &gen.steps, 0, STREAM_MAX_STEPS},
        {"--into", "DIR", "write to files DIR/gen-SEED.stream; DIR is created if necessary (stdout)", OPTION_TEXT,
         &gen.into, 0, 0},
        {"--count", "N", "with --into or --coverage: N streams, with seeds from --seed on (1)", OPTION_NUMBER,
         &gen.count, 1, MAX_COUNT},
        {"--dictionary", NULL, "only print the words of streams, a dictionary for engines that mutate bytes",
         OPTION_FLAG, &gen.dictionary, 0, 0},
        {"--coverage", NULL, "only run the streams, and print which commands, options and types they reach",
         OPTION_FLAG, &gen.coverage, 0, 0},
        {0}};
    const OptionTable table = {
        .name = "gen",
        .usage = "",
        .text = "Prints a random stream. The same seed gives the same stream for one version of the server.\n"
                "\n"
                "exit status: 0 done, 2 bad usage or a file cannot be written; with --coverage also\n"
                "1 a finding, 3 a fault of the harness, 4 a stream ran out of time or memory\n",
        .example = "defrag-fuzz gen --seed 42 --steps 50",
        .options = options};
    OptionRest rest;
    int status = option_parse(&table, argc, argv, &rest);
    if (status != OPTION_CONTINUE) return status;
    if (rest.count + rest.nrest) return option_complain("gen takes no arguments; see defrag-fuzz gen --help");
    if (gen.dictionary + gen.coverage + (gen.into != NULL) > 1)
        return option_complain("gen: only one of --into, --dictionary and --coverage");
    if (gen.seed < 0 && gen.coverage) gen.seed = 1;
    if (gen.seed < 0 && !gen.dictionary) return option_complain("gen: --seed N is missing");
    if (gen.count > 1 && !gen.into && !gen.coverage)
        return option_complain("gen: --count needs --into DIR or --coverage");
    const char *why = run_born();
    if (why) return option_complain("%s", why);
    if (gen.dictionary) return print_dictionary();
    if (gen.coverage) return coverage_print(gen.seed, gen.count, gen.steps);
    return gen.into ? write_many(&gen) : print_one(&gen);
}
