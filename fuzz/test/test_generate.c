/* SPDX-License-Identifier: BSD-3-Clause */
/* test_generate.c -- the generator and the mutator with a small catalogue: random numbers, words,
 * grammar, streams, mutations.
 *
 * Every stream must be the same for the same seed, parse strictly, and be a fixed point of print
 * and parse.
 *
 * Limits: without a server it is unknown how many commands succeed; fake_catalogue.c has few
 * commands. */
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "fuzz/base/prng.h"
#include "fuzz/base/sha1.h"
#include "fuzz/generate/generate.h"
#include "fuzz/generate/grammar.h"
#include "fuzz/generate/hints.h"
#include "fuzz/generate/snippets.h"
#include "fuzz/generate/mutate.h"
#include "fuzz/generate/interruptions.h"
#include "fuzz/generate/options.h"
#include "fuzz/generate/payload.h"
#include "fuzz/generate/pools.h"
#include "fuzz/generate/weights.h"
#include "harness/stream/verb_normalize.h"
#include "harness/base/array.h"
#include "harness/base/crc64.h"
#include "harness/test/check.h"

#define DRAWS 3000 /* of one command or kind */
#define STREAMS 300

static Draft fresh_draft(void) {
    Settings settings;
    Draft draft;
    settings_default(&settings);
    draft_start(&draft, &settings);
    return draft;
}

/* --- Chance and words */

static void test_prng(void) {
    Prng a, b;
    int weights[] = {0, 3, -2, 1}, seen[4] = {0};
    prng_seed(&a, 7);
    prng_seed(&b, 7);
    CHECK(prng_next(&a) == prng_next(&b));
    prng_seed(&b, 8);
    CHECK(prng_next(&a) != prng_next(&b));
    for (int i = 0; i < DRAWS; i++) {
        int64_t number = prng_range(&a, -3, 4), scaled = prng_scaled(&a, 2, 1000);
        CHECK(number >= -3 && number <= 4);
        CHECK(scaled >= 2 && scaled <= 1000);
        seen[prng_weighted(&a, weights, 4)]++;
    }
    CHECK(seen[0] == 0 && seen[2] == 0 && seen[1] > 2 * seen[3] && seen[3] > 0);
    CHECK(prng_weighted(&a, weights, 1) == -1);
}

static void check_sha1(const char *text, const char *want) {
    char hex[SHA1_HEX];
    sha1_hex(text, strlen(text), hex);
    CHECK_TEXT(hex, want);
}

/* Examples of FIPS 180 and the empty text: with none, one and two blocks. */
static void test_sha1(void) {
    check_sha1("", "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    check_sha1("abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
    check_sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
}

static void test_match(void) {
    CHECK(hints_match("get", "GET"));
    CHECK(hints_match("set,h*", "hget"));
    CHECK(hints_match("*lex*", "zrangebylex"));
    CHECK(!hints_match("set,h*", "get"));
    CHECK(!hints_match("get", "getex"));
    CHECK(!hints_match("getex", "get"));
}

static void test_keys(void) {
    Draft draft = fresh_draft();
    for (int cluster = 0; cluster < 2; cluster++) {
        draft.cluster = cluster;
        for (int i = 0; i < KEYS_POOLS * POOL_NAMES; i++) {
            char name[POOL_NAME_ROOM];
            KeyPool pool = KEYS_ANY;
            int number = -1;
            pools_key_name(&draft, (KeyPool)(i / POOL_NAMES), i % POOL_NAMES, name);
            CHECK(pools_is_key((Text){.data = name, .len = strlen(name)}, &pool, &number));
            CHECK(pool == (KeyPool)(i / POOL_NAMES) && number == i % POOL_NAMES);
        }
    }
    KeyPool pool;
    int number;
    CHECK(!pools_is_key((Text){.data = "q0", .len = 2}, &pool, &number));
    CHECK(!pools_is_key((Text){.data = "h9", .len = 2}, &pool, &number));
    CHECK(!pools_is_key((Text){.data = "h", .len = 1}, &pool, &number));
}

static void test_kinds(void) {
    Prng prng;
    Draft draft = fresh_draft();
    prng_seed(&prng, 1);
    for (int kind = 0; kind <= KIND_SECTION; kind++)
        for (int i = 0; i < 60; i++) {
            Step step = step_command(0);
            pools_add_value(&prng, &draft, (ValueKind)kind, &step);
            if (!CHECK(step.nargs == 1)) fprintf(stderr, "    kind %d\n", kind);
            step_free(&step);
        }
}

/* --- Grammar */

static bool word_is(const Argv *argv, int at, const char *word) {
    return at >= 0 && at < argv->count && strcasecmp(argv->items[at].data, word) == 0;
}

static int find_word(const Argv *argv, const char *word) {
    for (int i = 0; i < argv->count; i++)
        if (word_is(argv, i, word)) return i;
    return -1;
}

static int count_of(const Argv *argv, int at) {
    return at < argv->count ? atoi(argv->items[at].data) : -1;
}

static void check_lmpop(const Argv *argv) {
    int keys = count_of(argv, 1);
    CHECK(keys >= 1 && (word_is(argv, 2 + keys, "LEFT") || word_is(argv, 2 + keys, "RIGHT")));
}

static void check_zunion(const Argv *argv) {
    int keys = count_of(argv, 1), weights = find_word(argv, "WEIGHTS");
    CHECK(keys >= 1);
    if (weights < 0)
        CHECK(argv->count == 2 + keys);
    else
        CHECK(weights == 2 + keys && argv->count == weights + 1 + keys);
}

static void check_hexpire(const Argv *argv) {
    CHECK(word_is(argv, 3, "FIELDS") && argv->count == 5 + count_of(argv, 4));
}

static void check_xreadgroup(const Argv *argv) {
    int streams = find_word(argv, "STREAMS");
    CHECK(streams == 4 && (argv->count - streams - 1) % 2 == 0);
}

static void check_eval(const Argv *argv) {
    int keys = count_of(argv, 2);
    KeyPool pool;
    int number;
    CHECK(keys >= 0 && argv->count >= 3 + keys);
    for (int i = 0; i < keys; i++) CHECK(pools_is_key(argv->items[3 + i], &pool, &number));
}

static void check_zrange(const Argv *argv) {
    bool limit = find_word(argv, "LIMIT") >= 0, by_score = find_word(argv, "BYSCORE") >= 0;
    bool by_lex = find_word(argv, "BYLEX") >= 0;
    CHECK(!limit || by_score || by_lex);
    if (by_lex) CHECK(strchr("-+[(", argv->items[2].data[0]));
}

static void check_sort(const Argv *argv) {
    for (int i = 2; i < argv->count; i += 2) CHECK(word_is(argv, i, "GET"));
    CHECK(argv->count % 2 == 0);
}

static void check_pairs(const Argv *argv) {
    CHECK(argv->count % 2 == (word_is(argv, 0, "hset") ? 0 : 1));
}

static void test_grammar(void) {
    static const struct {
        const char *name;
        void (*check)(const Argv *);
    } rows[] = {
        {"lmpop", check_lmpop}, {"zunion", check_zunion}, {"hexpire", check_hexpire}, {"xreadgroup", check_xreadgroup},
        {"eval", check_eval},   {"zrange", check_zrange}, {"sort", check_sort},       {"hset", check_pairs},
        {"xadd", check_pairs}};
    Prng prng;
    prng_seed(&prng, 2);
    for (int i = 0; i < COUNT_OF(rows); i++) {
        const CatCommand *command = catalogue_find(rows[i].name, NULL);
        Draft draft = fresh_draft();
        for (int j = 0; j < DRAWS; j++) {
            Step step = grammar_step(&prng, &draft, command);
            Argv argv = {0};
            step_expand(&step, &argv);
            CHECK(argv.count >= -command->arity);
            CHECK(grammar_command(&step) == command);
            rows[i].check(&argv);
            argv_free(&argv);
            step_free(&step);
        }
    }
}

/* --- Payloads */

static void test_payloads(void) {
    Prng prng;
    prng_seed(&prng, 12);
    CHECK(crc64_of("123456789", 9) == UINT64_C(0xe9c6d914c4b8d9ca));
    int changed = 0;
    for (int i = 0; i < DRAWS; i++) {
        Text payload = {0};
        payload_add_library("#!lua name=lib\nreturn 1", &payload);
        CHECK(!payload_is_signed(payload));
        payload_sign(&payload);
        CHECK(payload_is_signed(payload));
        Text before = text_make(payload.data, payload.len);
        payload_mutate(&prng, &payload);
        CHECK(payload_is_signed(payload));
        changed += !text_equal(before, payload);
        payload.data[0] = (char)(payload.data[0] ^ 1);
        CHECK(!payload_is_signed(payload));
        text_free(&payload);
        text_free(&before);
    }
    CHECK(changed > DRAWS * 3 / 4);
}

/* --- Options */

/* Options come again, and in another order than the table's. */
static void test_options_again(void) {
    Prng prng;
    Draft draft = fresh_draft();
    int twice = 0;
    prng_seed(&prng, 13);
    for (int i = 0; i < DRAWS; i++) {
        Step step = grammar_step(&prng, &draft, catalogue_find("set", NULL));
        grammar_add_option(&prng, &draft, catalogue_find("set", NULL), &step);
        twice += step.nargs == 5 && !strcmp(step_word(&step, 3), "GET") && !strcmp(step_word(&step, 4), "GET");
        step_free(&step);
    }
    CHECK(twice > 0);
}

static void test_options(void) {
    CommandOption option;
    Argv words = {0};
    const CatCommand *command = catalogue_find("lmpop", NULL);
    const char *const names[] = {"LEFT", "RIGHT", "COUNT"};
    for (int i = 0; i < COUNT_OF(names); i++) CHECK(options_get(command, i, &option) && !strcmp(option.name, names[i]));
    CHECK(!options_get(command, COUNT_OF(names), &option));
    Step step = step_command(0);
    for (const char *const *word = (const char *const[]){"lmpop", "1", "l", "left", NULL}; *word; word++)
        step_add_string(&step, *word);
    step_expand(&step, &words);
    CHECK(options_command(&words) == command);
    CHECK(options_get(command, 0, &option) && options_given(command, &option, &words));
    CHECK(options_get(command, 2, &option) && !options_given(command, &option, &words));
    argv_free(&words);
    step_free(&step);
}

/* Explicit IDs only grow, and are used for streams with even numbers only. */
static void test_new_ids(void) {
    Prng prng;
    Draft draft = fresh_draft();
    long long last = 0;
    prng_seed(&prng, 3);
    for (int i = 0; i < DRAWS; i++) {
        Step step = grammar_step(&prng, &draft, catalogue_find("xadd", NULL));
        long long id = atoll(step_word(&step, 2));
        CHECK(strcmp(step_word(&step, 2), "*") == 0 || id > last);
        if (id > last) last = id;
        step_free(&step);
    }
    CHECK(last > DRAWS / 4);
}

static void test_draft(void) {
    static const char text[] =
        "#! defrag-fuzz 1\nHSET h1 f v\nSCRIPT LOAD \"return {KEYS[1], ARGV[1]}\"\n2> SUBSCRIBE ch1\n3> MULTI\n";
    Stream stream;
    CHECK(stream_parse(text, strlen(text), STREAM_STRICT, &stream, &(StreamError){0}));
    Draft draft = fresh_draft();
    draft_observe_stream(&draft, &stream, stream.nsteps);
    CHECK(draft.alive[KEYS_HASHES] == 2 && draft.alive[KEYS_LISTS] == 0);
    CHECK(draft.scripts == 1);
    CHECK(draft.clients[2].subscribed && draft.clients[3].multi && !draft.clients[1].multi);
    Step step = step_verb(VERB_CLOSE);
    step.client = 2;
    draft_observe(&draft, &step);
    CHECK(!draft.clients[2].subscribed);
    step_free(&step);
    stream_free(&stream);
}

/* --- Streams */

/* Does the strict parser read the printed stream, and does that print the same? */
static bool check_text(const Stream *stream) {
    Text text = stream_print(stream);
    Stream back;
    StreamError error;
    bool parsed = stream_parse(text.data, text.len, STREAM_STRICT, &back, &error);
    if (!CHECK(parsed)) fprintf(stderr, "    %d:%d: %s\n%s", error.line, error.column, error.what, text.data);
    if (parsed) {
        Text again = stream_print(&back);
        CHECK_TEXT(again.data, text.data);
        text_free(&again);
        stream_free(&back);
    }
    text_free(&text);
    return parsed;
}

static void check_equal(const Stream *a, const Stream *b) {
    Text left = stream_print(a), right = stream_print(b);
    CHECK_TEXT(left.data, right.data);
    text_free(&left);
    text_free(&right);
}

static Stream random_stream(uint64_t seed, int steps) {
    Prng prng;
    Stream stream;
    prng_seed(&prng, seed);
    generate_stream(&prng, steps, &stream);
    return stream;
}

static void test_streams(void) {
    Text before = text_make("", 0);
    for (int seed = 0; seed < STREAMS; seed++) {
        Stream a = random_stream((uint64_t)seed, seed % 80), b = random_stream((uint64_t)seed, seed % 80);
        CHECK(a.nsteps == seed % 80);
        check_text(&a);
        check_equal(&a, &b);
        for (int i = 0; i < a.nsteps; i++) CHECK(a.steps[i].kind == STEP_COMMAND || verb_is_drawn(a.steps[i].verb));
        Text text = stream_print(&a);
        CHECK(seed % 80 < 8 || !text_equal(text, before));
        text_free(&before);
        before = text;
        stream_free(&a);
        stream_free(&b);
    }
    text_free(&before);
}

static bool is_of_module(const Step *step) {
    return step->kind == STEP_COMMAND && strncasecmp(step_word(step, 0), "sample.", 7) == 0;
}

/* A command of the sample module is drawn where the module is, and nowhere else. */
static void test_module(void) {
    int drawn = 0;
    for (int seed = 0; seed < STREAMS; seed++) {
        Stream stream = random_stream((uint64_t)seed, 40);
        for (int i = 0; i < stream.nsteps; i++) {
            if (!is_of_module(&stream.steps[i])) continue;
            CHECK(stream.settings.module);
            drawn++;
        }
        stream_free(&stream);
    }
    CHECK(drawn > 0);
}

static void test_snippets(void) {
    Prng prng;
    Draft draft = fresh_draft();
    prng_seed(&prng, 4);
    for (int index = 0; snippets_name(index); index++)
        for (int i = 0; i < 40; i++) {
            Stream stream;
            bool made = snippets_make(&prng, &draft, index, &stream);
            if (!CHECK(made)) {
                fprintf(stderr, "    snippet %s is not a strict stream\n", snippets_name(index));
                break;
            }
            CHECK(stream.nsteps > 0);
            check_text(&stream);
            Text text = stream_print(&stream);
            if (!CHECK(!strchr(text.data, '$'))) fprintf(stderr, "    snippet %s: blank left\n", snippets_name(index));
            text_free(&text);
            stream_free(&stream);
        }
}

/* --- Mutations */

/* Each mutation alone applies, keeps the stream valid and gives the same result for the same
 * seed. */
static void test_each_mutation(void) {
    for (int index = 0; mutate_name(index); index++) {
        int done = 0;
        for (uint64_t seed = 0; seed < 60; seed++) {
            Stream a = random_stream(seed, 25), b = random_stream(seed, 25);
            Prng one, two;
            prng_seed(&one, seed + 500);
            prng_seed(&two, seed + 500);
            bool changed = mutate_once(&one, index, &a);
            CHECK(changed == mutate_once(&two, index, &b));
            check_text(&a);
            check_equal(&a, &b);
            done += changed;
            stream_free(&a);
            stream_free(&b);
        }
        if (!CHECK(done > 6)) fprintf(stderr, "    %s: done %d times of 60\n", mutate_name(index), done);
    }
}

/* A long chain of mutations keeps the stream valid, does not stop and does not grow without
 * bounds. */
static void test_chain(void) {
    Prng prng;
    Stream stream = random_stream(5, 30);
    int longest = 0, made = 0;
    prng_seed(&prng, 5);
    for (int i = 0; i < 1500; i++) {
        made += mutate_stream(&prng, &stream) > 0;
        if (stream.nsteps > longest) longest = stream.nsteps;
        if (i % 10 == 0 && !check_text(&stream)) break;
    }
    CHECK(made > 1450);
    CHECK(longest < 300);
    stream_free(&stream);
}

/* A payload that the generator draws is signed, and so is one that the mutator has changed. */
static void test_payload_mutation(void) {
    static const char text[] = "#! defrag-fuzz 1\nRESTORE s0 0 "
                               "\"\\x00\\x06dumped\\x0b\\x00\\xb5\\x959\\xbeg\\x0e\\x05k\"\n";
    int mutation = 0, changed = 0;
    while (strcmp(mutate_name(mutation), "change-payload") != 0) mutation++;
    for (uint64_t seed = 0; seed < 60; seed++) {
        Stream stream;
        Prng prng;
        prng_seed(&prng, seed);
        CHECK(stream_parse(text, strlen(text), STREAM_STRICT, &stream, &(StreamError){0}));
        changed += mutate_once(&prng, mutation, &stream);
        CHECK(payload_is_signed(stream.steps[0].args[3].parts[0]));
        check_text(&stream);
        stream_free(&stream);
    }
    CHECK(changed == 60);
}

static void test_empty(void) {
    Prng prng;
    Stream empty;
    prng_seed(&prng, 6);
    stream_init(&empty);
    CHECK(mutate_stream(&prng, &empty) > 0 && empty.nsteps > 0);
    stream_free(&empty);
}

static bool has_step(const Stream *stream, const Step *wanted) {
    bool found = false;
    Text want = step_print(wanted);
    for (int i = 0; i < stream->nsteps && !found; i++) {
        Text have = step_print(&stream->steps[i]);
        found = text_equal(have, want);
        text_free(&have);
    }
    text_free(&want);
    return found;
}

static void test_cross(void) {
    for (uint64_t seed = 0; seed < 100; seed++) {
        Stream a = random_stream(seed, 20), b = random_stream(seed + 1000, 20), crossed, again;
        Prng prng;
        prng_seed(&prng, seed);
        mutate_cross(&prng, &a, &b, &crossed);
        prng_seed(&prng, seed);
        mutate_cross(&prng, &a, &b, &again);
        check_text(&crossed);
        check_equal(&crossed, &again);
        for (int i = 0; i < crossed.nsteps; i++)
            CHECK(has_step(&a, &crossed.steps[i]) || has_step(&b, &crossed.steps[i]));
        stream_free(&a);
        stream_free(&b);
        stream_free(&crossed);
        stream_free(&again);
    }
}

/* --- Verbs */

/* Every verb is drawn, except those whose row gives a reason. */
static void test_verbs(void) {
    int drawn[VERB_COUNT] = {0};
    Prng prng;
    prng_seed(&prng, 7);
    for (int i = 0; i < DRAWS; i++) drawn[weights_verb(&prng)]++;
    for (VerbId verb = 0; verb < VERB_COUNT; verb++)
        if (!CHECK((drawn[verb] > 0) == verb_is_drawn(verb)))
            fprintf(stderr, "    !%s: drawn %d times of %d\n", verb_name(verb), drawn[verb], DRAWS);
}

/* The arguments that are drawn for a verb are in its ranges, and each of its forms is drawn, except
 * those whose row gives a reason. */
static void check_verb_arguments(Prng *prng, VerbId verb) {
    int forms[VERB_MAX_FORMS] = {0};
    char what[200];
    for (int i = 0; i < DRAWS; i++) {
        Step step = step_verb(verb);
        generate_verb_arguments(prng, &step);
        if (!CHECK(verb_normalize(&step, true, what, sizeof(what)) == VERB_OK))
            fprintf(stderr, "    !%s: %s\n", verb_name(verb), what);
        const VerbForm *form = verb_form(verb, step_word(&step, 0));
        if (form) forms[form - verb_row(verb)->forms]++;
        step_free(&step);
    }
    for (int i = 0; i < verb_forms(verb); i++)
        if (!CHECK((forms[i] > 0) == !verb_row(verb)->forms[i].never))
            fprintf(stderr, "    !%s: form %d drawn %d times of %d\n", verb_name(verb), i, forms[i], DRAWS);
}

static void test_verb_arguments(void) {
    Prng prng;
    prng_seed(&prng, 8);
    for (VerbId verb = 0; verb < VERB_COUNT; verb++)
        if (verb_is_drawn(verb)) check_verb_arguments(&prng, verb);
}

/* --- Interruptions, swarms and settings */

/* Building, event and end are strict streams (an invalid text ends the process), and all except
 * "nothing" have steps. */
static void check_interruption(int kind, int second, int event) {
    InterruptionFrame frame = {kind, second, "key", "other", "third", 40, 2};
    Stream stream;
    stream_init(&stream);
    interruptions_add_build(&frame, &stream);
    int built = stream.nsteps;
    interruptions_add_event(&frame, event, &stream);
    CHECK(built > 0 && (stream.nsteps > built || event == 0 || !interruptions_has_key(kind)));
    interruptions_add_end(&frame, &stream);
    Text text = stream_print(&stream);
    CHECK(!strchr(text.data, '$') && !strchr(text.data, '@'));
    text_free(&text);
    stream_free(&stream);
}

static void test_interruptions(void) {
    int combinations = 0;
    for (int kind = 0; interruptions_kind(kind); kind++) {
        CHECK(interruptions_find_kind(interruptions_kind(kind)) == kind);
        for (int second = INTERRUPTIONS_ALONE; second == INTERRUPTIONS_ALONE || interruptions_kind(second); second++) {
            if (second != INTERRUPTIONS_ALONE && !interruptions_has_key(second)) continue;
            for (int event = 0; interruptions_event(event); event++) {
                if (!interruptions_fits(event, kind, second)) continue;
                check_interruption(kind, second, event);
                combinations++;
            }
        }
    }
    CHECK(combinations > 4000);
    for (int event = 0; interruptions_event(event); event++)
        CHECK(interruptions_find_event(interruptions_event(event)) == event);
    CHECK(interruptions_find_event("born") == -1 && interruptions_find_kind("") == -1);
    CHECK(!interruptions_fits(interruptions_find_event("renamed-over"), interruptions_find_kind("set"),
                              INTERRUPTIONS_ALONE));
    CHECK(!interruptions_fits(interruptions_find_event("groups-destroyed"), interruptions_find_kind("stream"),
                              INTERRUPTIONS_ALONE));
    CHECK(!interruptions_fits(interruptions_find_event("deleted"), interruptions_find_kind("channels"),
                              INTERRUPTIONS_ALONE));
}

/* A swarm leaves out about its share of events; without a swarm nothing is left out. */
static void test_swarms(void) {
    Draft draft = fresh_draft();
    Prng prng;
    int left_out = 0, swarms = 0;
    prng_seed(&prng, 11);
    for (int i = 0; i < DRAWS; i++) {
        CHECK(!weights_left_out(&draft, SWARM_EVENT, i));
        swarms += weights_swarm(&prng) != 0;
    }
    CHECK(swarms > DRAWS / 2 && swarms < DRAWS * 3 / 4);
    draft.swarm = 12345;
    for (int i = 0; i < DRAWS; i++) left_out += weights_left_out(&draft, SWARM_EVENT, i);
    CHECK(left_out > DRAWS / 2 && left_out < DRAWS * 7 / 10);
    /* What hides is left out by three swarms in four, and without one. */
    draft.swarm = 0;
    CHECK(weights_left_out(&draft, SWARM_HIDING, 0));
    for (draft.swarm = 1, left_out = 0; draft.swarm <= DRAWS; draft.swarm++)
        left_out += weights_left_out(&draft, SWARM_HIDING, 0);
    CHECK(left_out > DRAWS * 7 / 10 && left_out < DRAWS * 8 / 10);
}

/* There are few start-up settings, so that all servers can be kept. */
static void test_births(void) {
    Settings seen[8], drawn;
    Prng prng;
    int births = 0;
    prng_seed(&prng, 3);
    for (int i = 0; i < DRAWS; i++) {
        weights_settings(&prng, &drawn);
        int known = 0;
        while (known < births && !settings_same_birth(&seen[known], &drawn)) known++;
        if (known == births && births < 8) seen[births++] = drawn;
    }
    CHECK(births > 2 && births < 8);
}

/* Reports settings that never got another value than the default, and those that did although their
 * row forbids it. */
static void check_drawn(const int *drawn, const char *how) {
    for (SettingId i = 0; i < SETTING_COUNT; i++)
        if (!CHECK((drawn[i] > 0) == (settings_row(i)->draw.kind != SETTINGS_DRAW_NEVER)))
            fprintf(stderr, "    %s=: %s %d times of %d\n", settings_row(i)->name, how, drawn[i], DRAWS);
}

/* Every setting is drawn, and drawn again by the mutator, except those whose row gives a reason. */
static void test_settings(void) {
    int drawn[SETTING_COUNT] = {0}, changed[SETTING_COUNT] = {0}, mutation = 0;
    Settings settings;
    Stream stream;
    Prng prng;
    prng_seed(&prng, 9);
    while (strcmp(mutate_name(mutation), "change-settings") != 0) mutation++;
    for (int i = 0; i < DRAWS; i++) {
        stream_init(&stream);
        weights_settings(&prng, &settings);
        mutate_once(&prng, mutation, &stream);
        for (SettingId j = 0; j < SETTING_COUNT; j++) {
            drawn[j] += !settings_is_default(&settings, j);
            changed[j] += !settings_is_default(&stream.settings, j);
        }
        stream_free(&stream);
    }
    check_drawn(drawn, "drawn");
    check_drawn(changed, "changed");
}

int main(void) {
    test_prng();
    test_sha1();
    test_match();
    test_keys();
    test_kinds();
    test_grammar();
    test_payloads();
    test_payload_mutation();
    test_options();
    test_options_again();
    test_new_ids();
    test_draft();
    test_streams();
    test_module();
    test_snippets();
    test_each_mutation();
    test_chain();
    test_empty();
    test_interruptions();
    test_swarms();
    test_births();
    test_verbs();
    test_verb_arguments();
    test_settings();
    test_cross();
    return check_status("test_generate");
}
