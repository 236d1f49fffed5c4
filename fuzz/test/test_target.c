/* SPDX-License-Identifier: BSD-3-Clause */
/* test_target.c -- the fuzz target without an engine: its mutations are always streams, the same
 * for the same seed; runs are counted; inputs that are useless for a corpus are reported as such.
 *
 * A known finding does not end the process: every canary is abandoned, and the next stream runs as
 * if nothing had happened.
 *
 * Limits: inputs with findings that end the process are tested by test_run.sh. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/base/prng.h"
#include "fuzz/engine/stats.h"
#include "fuzz/engine/target.h"
#include "harness/oracles/canary.h"
#include "harness/oracles/table.h"
#include "harness/stream/stream.h"
#include "harness/test/check.h"

#define ROUNDS 400
#define ROOM 4096

static const char calm[] = "# a comment\n#! defrag-fuzz 1 after=slice:5\n"
                           "SET s0 v\nRPUSH l0 %seq(1-30,e{})\n1> HSET h0 f v\n# another\n!slice 7\nGET s0\n";

/* --- Results are streams */

static void check_canonical(const uint8_t *data, size_t len, size_t room) {
    Stream stream;
    StreamError error;
    if (!CHECK(len > 0 && len <= room)) return;
    if (!CHECK(stream_parse((const char *)data, len, STREAM_STRICT, &stream, &error))) {
        fprintf(stderr, "    %d:%d: %s\n%.*s\n", error.line, error.column, error.what, (int)len, data);
        return;
    }
    Text text = stream_print(&stream);
    CHECK(text.len == len && memcmp(text.data, data, len) == 0);
    text_free(&text);
    stream_free(&stream);
}

/* Makes bytes of all kinds: a stream, a truncated stream, noise. */
static size_t make_input(Prng *prng, uint8_t *data) {
    size_t len = prng_below(prng, sizeof(calm));
    int kind = (int)prng_below(prng, 3);
    if (kind == 0) len = sizeof(calm) - 1;
    memcpy(data, calm, len);
    for (size_t i = 0; kind == 2 && i < len; i++) data[i] = (uint8_t)prng_next(prng);
    return len;
}

static void test_mutate(void) {
    uint8_t first[ROOM], second[ROOM];
    int changed = 0, apart = 0;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        Prng prng;
        prng_seed(&prng, seed);
        size_t len = make_input(&prng, first), room = prng_chance(&prng, 50) ? ROOM : len + SETTINGS_MAX_TEXT;
        uint8_t old[ROOM];
        memcpy(old, first, len);
        memcpy(second, first, len);
        size_t got = target_mutate(first, len, room, seed), again = target_mutate(second, len, room, seed);
        check_canonical(first, got, room);
        CHECK(got == again && memcmp(first, second, got) == 0);
        changed += got != len || memcmp(first, old, len) != 0;
        memcpy(second, old, len);
        again = target_mutate(second, len, room, seed + ROUNDS);
        apart += got != again || memcmp(first, second, got) != 0;
    }
    CHECK(changed > ROUNDS * 9 / 10);
    CHECK(apart > ROUNDS * 9 / 10);
}

static void test_cross(void) {
    uint8_t a[ROOM], b[ROOM], first[ROOM], second[ROOM];
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        Prng prng;
        prng_seed(&prng, seed);
        size_t a_len = make_input(&prng, a), b_len = make_input(&prng, b);
        size_t got = target_cross(a, a_len, b, b_len, first, ROOM, seed);
        check_canonical(first, got, ROOM);
        CHECK(got == target_cross(a, a_len, b, b_len, second, ROOM, seed) && memcmp(first, second, got) == 0);
    }
}

static void test_room(void) {
    static const char header[] = "#! defrag-fuzz 1\n";
    uint8_t data[ROOM];
    for (uint64_t seed = 0; seed < 50; seed++) {
        memcpy(data, header, sizeof(header) - 1);
        CHECK(target_mutate(data, sizeof(header) - 1, sizeof(header) - 2, seed) == 0);
        size_t got = target_cross((const uint8_t *)calm, sizeof(calm) - 1, (const uint8_t *)calm, sizeof(calm) - 1,
                                  data, 50, seed);
        check_canonical(data, got, 50);
    }
}

/* --- Runs are counted */

static bool run_text(const char *text) {
    return target_run((const uint8_t *)text, strlen(text));
}

static void test_run(Stats *stats) {
    CHECK(run_text(calm));
    CHECK(stats->execs == 1 && stats->commands == 4 && stats->errors == 0);
    CHECK(stats->slices >= 5 && stats->moved > 30);
    CHECK(stats->input_len == strlen(calm) && memcmp(stats->input, calm, strlen(calm)) == 0);
    CHECK(!stats->busy);
    CHECK(run_text("SET s0 v\n\xff\xfe\nLPUSH s0 1\n"));
    CHECK(stats->errors >= 1);
    CHECK(target_run(NULL, 0));
}

static void test_useless(Stats *stats) {
    CHECK(!run_text("#! defrag-fuzz 1 since=999.0\nSET s0 v\n"));
    Text text = {0};
    text_format(&text, "#! defrag-fuzz 1 memory=16\n");
    for (int i = 0; i < 40; i++) text_format(&text, "SET s%d %%rep(1000000,x)\n", i);
    CHECK(stats->exhausted == 0);
    CHECK(!run_text(text.data));
    CHECK(stats->exhausted == 1);
    text_free(&text);
}

static void test_known(Stats *stats) {
    uint64_t execs = stats->execs, commands = stats->commands;
    stats_know(stats, (const uint8_t *)calm, strlen(calm));
    CHECK(!run_text(calm));
    CHECK(stats->execs == execs + 1 && stats->commands == commands);
    CHECK(run_text(calm + 1));
    CHECK(stats->commands > commands);
}

/* --- Known findings are abandoned */

/* The trace of the calm stream in this process. The caller frees it with text_free. */
static Text calm_trace(void) {
    char *data = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&data, &len);
    if (!CHECK(file)) exit(1);
    Stream stream;
    stream_parse(calm, strlen(calm), STREAM_LENIENT, &stream, NULL);
    run_stream(&stream, &(RunOptions){.oracles = oracles_all(), .trace = file}, NULL);
    stream_free(&stream);
    fclose(file);
    Text text = text_make(data, len);
    free(data);
    return text;
}

/* Does the engine ask the canary's oracle about the input, if it ever does? */
static bool is_asked(const CanaryRow *row, Text input) {
    OracleSet set = oracles_for_input(stats_hash((const uint8_t *)input.data, input.len));
    for (int i = 0; i < ORACLE_COUNT; i++) {
        if (oracles_row(i) == row->oracle) return set >> i & 1 || oracles_row(i)->share == 0;
    }
    return true;
}

/* An input with the canary, about which the engine asks its oracle. It chooses some by the input's
 * bytes, so a comment differs until it fits. */
static Text canary_input(const CanaryRow *row) {
    for (int i = 0;; i++) {
        Text text = {0};
        text_format(&text, "# %d\n#! defrag-fuzz 1 module=yes\nSET k v\nRPUSH l %%seq(1-30,{})\n!canary %s\nGET k\n", i,
                    row->name);
        if (is_asked(row, text)) return text;
        text_free(&text);
    }
}

/* A process of its own dies of the input, as an engine does, and leaves signature and place in the
 * counters. False when it does not die. */
static bool die_of(Stats *stats, const char *input) {
    memset(stats->signature, 0, sizeof(stats->signature));
    stats->place = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDERR_FILENO);
        stats_attach(); /* again: the place in the file that a note is written to is shared */
        run_text(input);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    stats->busy = false;
    return CHECK(WIFEXITED(status)) && WEXITSTATUS(status) != 0;
}

static bool is_of_sanitizer(const CanaryRow *row) {
    return strncmp(row->expects, "asan:", 5) == 0 || strncmp(row->expects, "ubsan:", 6) == 0;
}

/* False when this build lacks the sanitizer that the canary needs. */
static bool test_abandon(Stats *stats, const CanaryRow *row) {
    Text before = calm_trace(), input = canary_input(row);
    stats->nfindings = 0; /* two canaries have the same signature */
    memset(stats->findings, 0, sizeof(stats->findings));
    bool dies = die_of(stats, input.data);
    if (!dies && is_of_sanitizer(row)) return text_free(&before), text_free(&input), false;
    if (!CHECK(dies && strncmp(stats->signature, row->expects, strlen(row->expects)) == 0))
        fprintf(stderr, "    canary %s: signature '%s'\n", row->name, stats->signature);
    CHECK((stats->place != 0) == is_of_sanitizer(row));
    uint64_t commands = stats->commands;
    stats_know_finding(stats, stats->signature, stats->place);
    for (unsigned i = 1; i <= 3; i++) {
        CHECK(!run_text(input.data));
        CHECK(stats->findings[0].repeats == i);
    }
    CHECK(stats->commands > commands);
    Text after = calm_trace();
    if (!CHECK(text_equal(before, after))) fprintf(stderr, "    after canary %s\n", row->name);
    CHECK(run_text(calm + 1)); /* calm itself is an input that is not run any more */
    text_free(&before);
    text_free(&after);
    text_free(&input);
    return true;
}

/* Those that say their signature; the others end the process in another way. */
static void test_known_findings(Stats *stats) {
    int tried = 0;
    for (const CanaryRow *row = canary_rows(); row->name; row++) {
        if (strchr(row->expects, ':')) tried += test_abandon(stats, row);
    }
    CHECK(tried >= 15);
}

int main(void) {
    char folder[] = "test_target-XXXXXX", path[64];
    if (!mkdtemp(folder)) return perror("test_target"), 1;
    snprintf(path, sizeof(path), "%s/stats", folder);
    Stats *stats = stats_create(path);
    setenv(STATS_ENVIRONMENT, path, 1);
    const char *why = stats ? target_init() : "cannot create the counters";
    if (why) return fprintf(stderr, "test_target: %s\n", why), 1;
    test_run(stats);
    test_useless(stats);
    test_known(stats);
    test_known_findings(stats);
    test_mutate();
    test_cross();
    test_room();
    stats_unmap(stats);
    unlink(path);
    rmdir(folder);
    return check_status("test_target");
}
