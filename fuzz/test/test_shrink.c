/* SPDX-License-Identifier: BSD-3-Clause */
/* test_shrink.c -- the core of the shrinker, without a server: small functions decide what "fails",
 * with known minimal streams.
 *
 * Each case has one smallest stream, which must be the result, to the byte. Every candidate must be
 * a strict stream, smaller than the best one, and not tried before.
 *
 * Limits: test_shrink_tool.sh and shrink-score measure how well real bugs shrink. */
#include <inttypes.h>
#include <stdlib.h>

#include "fuzz/shrink/pass.h"
#include "fuzz/shrink/shrink.h"
#include "harness/base/array.h"
#include "harness/test/check.h"

#define HEAD "#! defrag-fuzz 1"
#define MOST_ASKED 20000

/* --- the predicate */

typedef bool (*Fails)(const Stream *stream);

typedef struct {
    Fails fails;
    int patience; /* candidates until it is time to stop; -1: no limit */
    bool hinted;  /* the failing step is known */
    Stream best;  /* a copy */
    Text asked[MOST_ASKED];
    int nasked;
} Judge;

static void check_candidate(Judge *judge, const Stream *candidate) {
    Text text = stream_print(candidate);
    Stream back;
    StreamError error;
    bool parsed = stream_parse(text.data, text.len, STREAM_STRICT, &back, &error);
    if (!CHECK(parsed)) fprintf(stderr, "    %d:%d: %s\n%s", error.line, error.column, error.what, text.data);
    if (parsed) stream_free(&back);
    ShrinkSize size = shrink_measure(candidate), best = shrink_measure(&judge->best);
    CHECK(shrink_is_smaller(&size, &best));
    text_free(&size.text);
    text_free(&best.text);
    for (int i = 0; i < judge->nasked; i++) CHECK(!text_equal(judge->asked[i], text));
    CHECK(judge->nasked < MOST_ASKED);
    if (judge->nasked < MOST_ASKED)
        judge->asked[judge->nasked++] = text;
    else
        text_free(&text);
}

static int first(void *context, const Stream *candidates, int count) {
    Judge *judge = context;
    for (int i = 0; i < count; i++) {
        if (judge->patience == 0) return SHRINK_STOP;
        if (judge->patience > 0) judge->patience--;
        check_candidate(judge, &candidates[i]);
        if (judge->fails(&candidates[i])) return i;
    }
    return SHRINK_NONE;
}

static void improved(void *context, const Stream *best) {
    Judge *judge = context;
    CHECK(judge->fails(best));
    stream_free(&judge->best);
    stream_copy(&judge->best, best);
}

/* The first step with which the stream fails. */
static int failing(void *context) {
    Judge *judge = context;
    Stream view = judge->best;
    if (!judge->hinted) return 0;
    for (view.nsteps = 1; view.nsteps < judge->best.nsteps && !judge->fails(&view);) view.nsteps++;
    return view.nsteps;
}

static ShrinkReport shrink(Judge *judge, const Stream *stream, Stream *out) {
    ShrinkReport report;
    ShrinkPredicate predicate = {first, improved, failing, judge};
    stream_init(&judge->best);
    shrink_stream(stream, &predicate, out, &report);
    for (int i = 0; i < judge->nasked; i++) text_free(&judge->asked[i]);
    stream_free(&judge->best);
    return report;
}

static Stream parse(const char *text) {
    Stream stream;
    StreamError error;
    bool parsed = stream_parse(text, strlen(text), STREAM_STRICT, &stream, &error);
    if (!CHECK(parsed)) fprintf(stderr, "    %d:%d: %s\n%s", error.line, error.column, error.what, text);
    return stream;
}

/* Shrinks `text` and expects `want`; then shrinks that, and expects no change. */
static void check_shrunk(Fails fails, bool hinted, const char *text, const char *want) {
    static Judge judge;
    Stream stream = parse(text);
    for (int i = 0; i < 2; i++) {
        Stream out;
        judge = (Judge){.fails = fails, .patience = -1, .hinted = hinted};
        ShrinkReport report = shrink(&judge, &stream, &out);
        Text got = stream_print(&out);
        CHECK_TEXT(got.data, want);
        CHECK(!report.stopped);
        text_free(&got);
        stream_free(&stream);
        stream = out;
    }
    stream_free(&stream);
}

/* --- helpers for predicates */

static bool is_command(const Step *step, const char *name) {
    return step->kind == STEP_COMMAND && strcmp(step_word(step, 0), name) == 0;
}

static bool is_verb(const Step *step, VerbId verb) {
    return step->kind == STEP_VERB && step->verb == verb;
}

/* The first command of that name from step `from` on, or -1. */
static int find(const Stream *s, const char *name, int from) {
    for (int i = from; i < s->nsteps; i++) {
        if (is_command(&s->steps[i], name)) return i;
    }
    return -1;
}

static int count_verbs(const Stream *s, VerbId verb) {
    int count = 0;
    for (int i = 0; i < s->nsteps; i++) count += is_verb(&s->steps[i], verb);
    return count;
}

/* --- steps */

static bool one_command(const Stream *s) {
    return find(s, "BUG", 0) >= 0;
}

/* Two commands in their order, with the same key, by different clients. */
static bool same_key(const Stream *s) {
    for (int i = find(s, "SET", 0); i >= 0; i = find(s, "SET", i + 1)) {
        for (int j = find(s, "GET", i + 1); j >= 0; j = find(s, "GET", j + 1)) {
            const Step *set = &s->steps[i], *get = &s->steps[j];
            if (set->client != get->client && get->nargs > 1 && strcmp(step_word(set, 1), step_word(get, 1)) == 0)
                return true;
        }
    }
    return false;
}

/* A pair can only be removed together. */
static bool balanced(const Stream *s) {
    int open = 0;
    for (int i = 0; i < s->nsteps; i++) {
        open += is_command(&s->steps[i], "MULTI") - is_command(&s->steps[i], "EXEC");
    }
    return open == 0 && find(s, "BUG", 0) >= 0;
}

static void test_steps(void) {
    static const char text[] = HEAD "\n# a comment\nSET x 1\nBUG key 7 value\nGET x\n!cycle\nDEL x\n";
    check_shrunk(one_command, false, text, HEAD " after=none\nBUG\n");
    check_shrunk(one_command, true, text, HEAD " after=none\nBUG\n");
    check_shrunk(same_key, false,
                 HEAD "\nSET other 1\n1> SET one 1\nGET other\n2> SET two 2 EX 100\n!slice 5\n5> GET two\n5> PING\n",
                 HEAD " after=none\n1> SET a\nGET a\n");
    check_shrunk(balanced, true, HEAD "\nMULTI\nSET x 1\nSET y 1\nEXEC\nBUG\n", HEAD " after=none\nBUG\n");
}

/* Three steps of 500, far apart. */
static bool three_far_apart(const Stream *s) {
    int a = find(s, "A", 0), b = a < 0 ? -1 : find(s, "B", a), c = b < 0 ? -1 : find(s, "C", b);
    return c >= 0;
}

static void test_many_steps(void) {
    static Judge judge;
    Text text = {0};
    text_format(&text, HEAD "\n");
    for (int i = 0; i < 500; i++)
        text_format(&text, "%s key%d v%d\n", i == 100 ? "A" : i == 250 ? "B" : i == 400 ? "C" : "SET", i % 7, i);
    Stream stream = parse(text.data), out;
    judge = (Judge){.fails = three_far_apart, .patience = -1, .hinted = true};
    shrink(&judge, &stream, &out);
    Text got = stream_print(&out);
    CHECK_TEXT(got.data, HEAD " after=none\nA\nB\nC\n");
    CHECK(judge.nasked < 150);
    text_free(&got);
    text_free(&text);
    stream_free(&out);
    stream_free(&stream);
}

/* --- schedule and settings */

/* Some slice of 7 pointers or more after BUG. */
static bool slice_after(const Stream *s) {
    int at = find(s, "BUG", 0);
    for (int i = at; at >= 0 && i < s->nsteps; i++) {
        if (is_verb(&s->steps[i], VERB_SLICE) && step_number(&s->steps[i], 0, 1) >= 7) return true;
    }
    return false;
}

/* Defrag of any kind: as a step or after every command. */
static bool any_defrag(const Stream *s) {
    int verbs = count_verbs(s, VERB_CYCLE) + count_verbs(s, VERB_SLICE) + count_verbs(s, VERB_FINISH);
    return find(s, "BUG", 0) >= 0 && (verbs > 0 || s->settings.after != AFTER_NOTHING);
}

/* A step of defrag with a command before it and one after it. */
static bool cycle_between(const Stream *s) {
    for (int i = 0; i < s->nsteps; i++) {
        if (shrink_is_defrag(&s->steps[i]) && find(s, "A", 0) >= 0 && find(s, "A", 0) < i && find(s, "B", i) > i)
            return s->settings.after == AFTER_NOTHING;
    }
    return false;
}

static bool needs_settings(const Stream *s) {
    return s->settings.databases >= 3 && s->settings.cluster;
}

static void test_schedule(void) {
    check_shrunk(slice_after, false, HEAD " after=slice:9\nBUG\n!slice 3\n!slice 40\n!finish 3\nSET x 1\n",
                 HEAD " after=none\n!move none\nBUG\n!slice 7\n");
    check_shrunk(any_defrag, false, HEAD " after=slice:9\nBUG\n!slice 3\n", HEAD "\n!move none\nBUG\n");
    check_shrunk(any_defrag, false, HEAD " after=none\nBUG\n!slice 3\n!cycle 4\n", HEAD "\n!move none\nBUG\n");
    check_shrunk(cycle_between, false, HEAD " after=none\nA\nSET x\n!slice 3\n!slice 5\n!move every 3\nB\n",
                 HEAD " after=none\n!move none\nA\n!cycle\nB\n");
    check_shrunk(needs_settings, false,
                 HEAD " databases=16 cluster=yes limits=stock sizes=jemalloc memory=64 seed=9\nSET x\n",
                 HEAD " after=none databases=3 cluster=yes\n");
}

/* Every verb that runs defrag becomes the simplest one. */
static void test_each_defrag(void) {
    for (VerbId verb = 0; verb < VERB_COUNT; verb++) {
        if (!verb_is_defrag(verb)) continue;
        Text text = {0};
        bool number = verb_row(verb)->forms[0].params[0].kind == PARAM_NUMBER;
        text_format(&text, HEAD " after=none\nA\n!%s%s\nB\n", verb_name(verb), number ? " 7" : "");
        check_shrunk(cycle_between, false, text.data, HEAD " after=none\n!move none\nA\n!cycle\nB\n");
        text_free(&text);
    }
}

static SettingId needed;    /* the setting on which BUG depends */
static int64_t needed_from; /* and its least number */

static bool needs_number(const Stream *s) {
    return find(s, "BUG", 0) >= 0 && settings_number(&s->settings, needed) >= needed_from;
}

/* The stream "BUG" with one setting that is not the default. */
static Text with_setting(SettingId setting, int64_t number) {
    Settings settings;
    char words[SETTINGS_MAX_TEXT];
    Text text = {0};
    settings_default(&settings);
    settings_set_number(&settings, setting, number);
    settings_print(&settings, words, sizeof(words));
    text_format(&text, HEAD "%s\nBUG\n", words);
    return text;
}

/* Every setting is reset; where a bug needs a number, it is made smaller if the row permits it. */
static void test_each_setting(void) {
    for (needed = 0; needed < SETTING_COUNT; needed++) {
        const SettingsRow *row = settings_row(needed);
        if (row->kind == SETTINGS_OWN) continue;
        int64_t number = row->kind == SETTINGS_CHOICE ? 1 : row->max;
        Text text = with_setting(needed, number), want = {0};
        check_shrunk(one_command, false, text.data, HEAD " after=none\nBUG\n");
        needed_from = row->kind == SETTINGS_CHOICE ? 1 : (row->usual + row->max) / 2 + 1;
        text_format(&want, HEAD " after=none %s=", row->name);
        if (row->kind == SETTINGS_CHOICE)
            text_format(&want, "%s\nBUG\n", row->words[1]);
        else
            text_format(&want, "%" PRId64 "\nBUG\n", row->shrink == SETTINGS_SHRINK_NUMBER ? needed_from : number);
        check_shrunk(needs_number, false, text.data, want.data);
        text_free(&text);
        text_free(&want);
    }
    check_shrunk(one_command, false, HEAD " since=9.1\nBUG\n", HEAD " after=none\nBUG\n");
}

/* --- which pointers move */

/* Does the stream let the n-th pointer move? */
static bool may_move(const Stream *s, int64_t n) {
    for (int i = 0; i < s->nsteps; i++) {
        const Step *step = &s->steps[i];
        bool only = is_verb(step, VERB_MOVE) && strcmp(step_word(step, 0), "only") == 0;
        if (is_verb(step, VERB_MOVE) && strcmp(step_word(step, 0), "none") == 0) return false;
        if (only && (n < step_number(step, 1, 1) || n > step_number(step, 2, 1))) return false;
    }
    return true;
}

static bool one_pointer(const Stream *s) {
    return find(s, "BUG", 0) >= 0 && s->settings.after == AFTER_CYCLE && may_move(s, 1017);
}

static bool three_pointers(const Stream *s) {
    return find(s, "BUG", 0) >= 0 && s->settings.after == AFTER_CYCLE && may_move(s, 5) && may_move(s, 7);
}

static void test_narrowing(void) {
    check_shrunk(one_pointer, false, HEAD "\nSET x\nBUG\n", HEAD "\n!move only 1017 1017\nBUG\n");
    check_shrunk(three_pointers, false, HEAD "\nBUG\n", HEAD "\n!move only 5 7\nBUG\n");
}

/* --- arguments */

/* BUG with at least 30 arguments, including its name. */
static bool thirty_elements(const Stream *s) {
    int at = find(s, "BUG", 0);
    return at >= 0 && step_extent(&s->steps[at]).elements >= 30;
}

/* A count, and that number of fields after it, at least three. */
static bool counted_fields(const Stream *s) {
    int at = find(s, "BUG", 0);
    if (at < 0) return false;
    const Step *step = &s->steps[at];
    if (step->nargs < 5 || strcmp(step_word(step, 3), "FIELDS") != 0) return false;
    int64_t count = step_number(step, 4, 0);
    return count >= 3 && step_extent(step).elements == 5 + count;
}

static bool big_number(const Stream *s) {
    int at = find(s, "BUG", 0);
    int64_t value;
    return at >= 0 && s->steps[at].nargs == 3 && shrink_read_number(&s->steps[at].args[2], &value) &&
           (value >= 100 || value < -42);
}

static bool long_value(const Stream *s) {
    int at = find(s, "BUG", 0);
    return at >= 0 && step_extent(&s->steps[at]).bytes >= 3 + 60;
}

static bool repeated(const Stream *s) {
    int at = find(s, "BUG", 0);
    return at >= 0 && s->steps[at].nargs > 2 && s->steps[at].args[2].kind == ARG_REPEAT &&
           s->steps[at].args[2].bytes >= 1000;
}

/* A word that must stay within a longer one. */
static bool holds_call(const Stream *s) {
    int at = find(s, "EVAL", 0);
    return at >= 0 && strstr(step_word(&s->steps[at], 1), "call(") != NULL;
}

static void test_arguments(void) {
    check_shrunk(thirty_elements, false, HEAD "\nBUG list %seq(1-300,e{})\n", HEAD " after=none\nBUG a %seq(1-28,a)\n");
    check_shrunk(counted_fields, false, HEAD "\nBUG key 100 FIELDS 20 %seq(1-20,f{})\n",
                 HEAD " after=none\nBUG a 0 FIELDS 3 %seq(1-3,a)\n");
    check_shrunk(counted_fields, false, HEAD "\nBUG key 100 FIELDS 5 f g h i j\n",
                 HEAD " after=none\nBUG a 0 FIELDS 3 b c d\n");
    check_shrunk(big_number, false, HEAD "\nBUG key 123456789\n", HEAD " after=none\nBUG a 100\n");
    check_shrunk(big_number, false, HEAD "\nBUG key -99\n", HEAD " after=none\nBUG a -43\n");
    check_shrunk(repeated, false, HEAD "\nBUG key %rep(70000,abc)\n", HEAD " after=none\nBUG a %rep(1000,a)\n");
    check_shrunk(long_value, false, HEAD "\nBUG %rep(500,ab)\n", HEAD " after=none\nBUG %rep(60,a)\n");
    check_shrunk(holds_call, false, HEAD "\nEVAL \"for i = 1, 3 do redis.call('GET', KEYS[1]) end\" 1 key\n",
                 HEAD " after=none\nEVAL call(\n");
}

/* --- the order of sizes */

/* Each row is decided by one part of the size, and would be reversed if the next part were compared
 * first. */
static void test_order(void) {
    static const struct {
        const char *smaller, *bigger;
    } rows[] = {
        /* steps */
        {HEAD "\nBUG\n", HEAD "\n!move none\nBUG\nBUG\n"},
        /* what may move */
        {HEAD "\n!move only 5 7\nBUG\n", HEAD " after=none\n!move only 5 8\nBUG\n"},
        /* defrag by itself */
        {HEAD " after=none\nBUG\n!slice 3\n", HEAD "\n!cycle\nBUG\n"},
        /* kinds of slices */
        {HEAD " after=none\n!cycle\nBUG\n", HEAD " after=none\nBUG\n!slice 3\n"},
        /* when it begins */
        {HEAD " after=none databases=3\nBUG\n!cycle\n", HEAD " after=none\n!cycle\nBUG\n"},
        /* settings */
        {HEAD " after=none\nBUG a b\n", HEAD " after=none databases=3\nBUG\n"},
        /* arguments */
        {HEAD " after=none\nBUG abcdef\n", HEAD " after=none\nBUG a b\n"},
        /* bytes sent */
        {HEAD " after=none\nBUG \"\\x01\"\n", HEAD " after=none\nBUG abc\n"},
        /* text */
        {HEAD " after=none\nBUG b\n", HEAD " after=none\nBUG \" \"\n"},
        /* the alphabet */
        {HEAD " after=none\nBUG a\n", HEAD " after=none\nBUG b\n"},
    };
    for (int i = 0; i < COUNT_OF(rows); i++) {
        Stream smaller = parse(rows[i].smaller), bigger = parse(rows[i].bigger);
        ShrinkSize small = shrink_measure(&smaller), big = shrink_measure(&bigger);
        if (!CHECK(shrink_is_smaller(&small, &big)) || !CHECK(!shrink_is_smaller(&big, &small)))
            fprintf(stderr, "    row %d: %s", i + 1, rows[i].smaller);
        text_free(&small.text);
        text_free(&big.text);
        stream_free(&smaller);
        stream_free(&bigger);
    }
}

/* --- names */

/* Two different keys, each used twice, and the first with a number after it. */
static bool two_keys(const Stream *s) {
    int set = find(s, "SET", 0), get = find(s, "GET", 0), move = find(s, "MOVE", 0);
    if (set < 0 || get < set || move < get || s->steps[set].nargs < 2 || s->steps[get].nargs < 2 ||
        s->steps[move].nargs < 3)
        return false;
    const char *a = step_word(&s->steps[set], 1), *b = step_word(&s->steps[get], 1);
    return a[0] && b[0] && strcmp(a, b) != 0 && strcmp(step_word(&s->steps[move], 1), a) == 0 &&
           strcmp(step_word(&s->steps[move], 2), b) == 0;
}

/* A member of the sequence, by its name with a number. */
static bool member(const Stream *s) {
    int add = find(s, "ADD", 0), rem = find(s, "REM", 0);
    if (add < 0 || rem < 0 || s->steps[rem].nargs != 2 || s->steps[add].nargs != 2) return false;
    Argv argv = {0};
    bool known = false;
    step_expand(&s->steps[add], &argv);
    for (int i = 1; i < argv.count; i++) known |= strcmp(argv.items[i].data, step_word(&s->steps[rem], 1)) == 0;
    known &= argv.count >= 10 && strchr("0123456789", step_word(&s->steps[rem], 1)[0]) == NULL;
    argv_free(&argv);
    return known;
}

static void test_names(void) {
    check_shrunk(two_keys, false, HEAD "\nSET zebra 1\nGET apple\nMOVE zebra apple\n",
                 HEAD " after=none\nSET a\nGET b\nMOVE a b\n");
    check_shrunk(member, false, HEAD "\nADD %seq(1-20,member:{})\nREM member:7\n",
                 HEAD " after=none\nADD %seq(1-9,a{})\nREM a7\n");
}

/* --- interruption */

/* The result of an interrupted run still fails, and the report says that it was stopped. */
static void test_stop(void) {
    static Judge judge;
    for (int patience = 0; patience < 60; patience++) {
        Stream stream = parse(HEAD "\nSET x 1\nSET y 1\nBUG list %seq(1-300,e{})\nSET z 1\n"), out;
        judge = (Judge){.fails = thirty_elements, .patience = patience};
        ShrinkReport report = shrink(&judge, &stream, &out);
        CHECK(thirty_elements(&out));
        CHECK(!report.stopped || judge.patience == 0);
        int tried = 0;
        for (int i = 0; i < report.nrows; i++) tried += report.rows[i].tried;
        CHECK(tried <= patience);
        stream_free(&out);
        stream_free(&stream);
    }
}

int main(void) {
    test_steps();
    test_many_steps();
    test_schedule();
    test_each_defrag();
    test_each_setting();
    test_narrowing();
    test_arguments();
    test_order();
    test_names();
    test_stop();
    return check_status("test_shrink");
}
