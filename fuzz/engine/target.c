/* SPDX-License-Identifier: BSD-3-Clause */
/* target.c -- the fuzz target for any engine; see target.h.
 *
 * Limits: leaks are searched for at the end of an input only; replay searches after each step. */
#include "fuzz/engine/target.h"

#include <string.h>

#include "fuzz/base/files.h"
#include "fuzz/engine/stats.h"
#include "fuzz/generate/generate.h"
#include "fuzz/generate/mutate.h"
#include "harness/finding/finding.h"
#include "harness/oracles/table.h"
#include "harness/server/birth.h"

#define FRESH_PERCENT 2   /* mutations that replace the input with a random one */
#define FRESH_MIN_STEPS 3 /* the least steps of a random input */
#define FRESH_MAX_STEPS 40

const char *target_init(void) {
    const char *why = stats_attach();
    return why ? why : run_born();
}

/* --- running */

/* Returns what run_stream does; EXIT_USAGE for a stream that needs another server. */
static int run(const Stream *stream, OracleSet oracles, RunReport *report) {
    if (files_too_new(stream, birth_version()) || birth_lacks(&stream->settings)) return EXIT_USAGE;
    return run_stream(stream, &(RunOptions){.oracles = oracles, .skip_call_sites = true}, report);
}

bool target_run(const uint8_t *data, size_t len) {
    Stream stream;
    RunReport *report = stats_begin(data, len);
    if (stats_is_known(data, len)) {
        stats_end(false);
        return false;
    }
    stream_parse((const char *)data, len, STREAM_LENIENT, &stream, NULL);
    int status = run(&stream, oracles_for_input(stats_hash(data, len)), report);
    stream_free(&stream);
    stats_end(status == EXIT_FINDING);
    return status == EXIT_CLEAN;
}

/* --- making new inputs */

/* Removes steps at the end until the canonical text fits. Returns false when not even the header
 * fits. */
static bool fit(Stream *stream, size_t room) {
    char settings[SETTINGS_MAX_TEXT];
    size_t used = strlen(STREAM_HEADER "\n") + settings_print(&stream->settings, settings, sizeof(settings));
    if (used > room) return false;
    for (int i = 0; i < stream->nsteps; i++) {
        Text text = step_print(&stream->steps[i]);
        used += text.len + 1;
        text_free(&text);
        if (used <= room) continue;
        while (stream->nsteps > i) stream_remove(stream, stream->nsteps - 1);
    }
    return true;
}

/* Writes the stream to `out` and frees it. Returns the length, or 0 when it does not fit. */
static size_t write_stream(Stream *stream, uint8_t *out, size_t room) {
    Text text = {0};
    stream_drop_notes(stream);
    if (fit(stream, room)) text = stream_print(stream);
    if (text.len) memcpy(out, text.data, text.len);
    size_t len = text.len;
    text_free(&text);
    stream_free(stream);
    return len;
}

static void make_fresh(Prng *prng, Stream *stream) {
    stream_free(stream);
    generate_stream(prng, (int)prng_scaled(prng, FRESH_MIN_STEPS, FRESH_MAX_STEPS), stream);
}

size_t target_mutate(uint8_t *data, size_t len, size_t room, uint64_t seed) {
    Prng prng;
    Stream stream;
    prng_seed(&prng, seed);
    stream_parse((const char *)data, len, STREAM_LENIENT, &stream, NULL);
    if (stream.nsteps == 0 || prng_chance(&prng, FRESH_PERCENT))
        make_fresh(&prng, &stream);
    else
        mutate_stream(&prng, &stream);
    return write_stream(&stream, data, room);
}

size_t target_cross(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len, uint8_t *out, size_t room,
                    uint64_t seed) {
    Prng prng;
    Stream first, second, cross;
    prng_seed(&prng, seed);
    stream_parse((const char *)a, a_len, STREAM_LENIENT, &first, NULL);
    stream_parse((const char *)b, b_len, STREAM_LENIENT, &second, NULL);
    mutate_cross(&prng, &first, &second, &cross);
    stream_free(&first);
    stream_free(&second);
    return write_stream(&cross, out, room);
}
