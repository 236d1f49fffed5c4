/* SPDX-License-Identifier: BSD-3-Clause */
/* test_stream_random.c -- properties of the stream parsers that must hold for every text, tested
 * with seeded random byte strings.
 *
 * For each text: lenient reads it; its canonical text is pure ASCII, a fixed point and accepted by
 * strict; a copy equals the original; what strict accepts, lenient reads as the same stream; every
 * step expands to its extent and stays within the limits. For streams made with the functions of
 * step.h: parse(print(x)) is x.
 *
 * Usage: test_stream_random [TEXTS [SEED]]
 *
 * Limits: random; the seed is fixed unless given, so a failure can be repeated. Texts are short,
 * except one in two thousand. */
#include <inttypes.h>
#include <stdlib.h>

#include "harness/base/array.h"
#include "harness/stream/stream.h"
#include "harness/test/check.h"

#define TEXTS 200000
#define GENERATED 5000 /* streams made step by step */
/* Steps that expand to more bytes are expanded only sometimes, because it is slow */
#define EXPAND_MAX 20000

static uint64_t state;
static long steps_seen, strict_seen, expanded_seen;

/* A random number below `n`. SplitMix64, by Steele, Lea and Flood. */
static uint64_t draw(uint64_t n) {
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % n;
}

static int64_t draw_between(int64_t low, int64_t high) {
    return low + (int64_t)draw((uint64_t)(high - low) + 1);
}

/* --- equality */

static bool same_arg(const Arg *a, const Arg *b) {
    bool same = a->kind == b->kind && a->nparts == b->nparts;
    if (a->kind == ARG_REPEAT) same = same && a->bytes == b->bytes;
    if (a->kind == ARG_SEQUENCE) same = same && a->first == b->first && a->last == b->last && a->stride == b->stride;
    for (int i = 0; same && i < a->nparts; i++) same = text_equal(a->parts[i], b->parts[i]);
    return same;
}

static bool same_step(const Step *a, const Step *b) {
    bool same = a->kind == b->kind && a->client == b->client && a->nargs == b->nargs && text_equal(a->notes, b->notes);
    if (a->kind == STEP_VERB) same = same && a->verb == b->verb;
    for (int i = 0; same && i < a->nargs; i++) same = same_arg(&a->args[i], &b->args[i]);
    return same;
}

static bool same_stream(const Stream *a, const Stream *b) {
    bool same = settings_equal(&a->settings, &b->settings) && a->nsteps == b->nsteps;
    same = same && text_equal(a->notes, b->notes) && text_equal(a->trailer, b->trailer);
    for (int i = 0; same && i < a->nsteps; i++) same = same_step(&a->steps[i], &b->steps[i]);
    return same;
}

/* --- the properties */

static bool is_ascii(Text t) {
    for (size_t i = 0; i < t.len; i++) {
        bool plain = t.data[i] == '\n' || t.data[i] == '\t' || (t.data[i] >= ' ' && t.data[i] <= '~');
        if (!plain) return false;
    }
    return true;
}

static bool expansion_holds(const Step *step) {
    Extent extent = step_extent(step);
    bool within = extent.elements <= STREAM_MAX_ELEMENTS && extent.bytes <= STREAM_MAX_EXPANDED;
    within = within && step->nargs <= STREAM_MAX_ARGS && (extent.elements > 0 || step->kind == STEP_VERB);
    if (extent.bytes + extent.elements > EXPAND_MAX && draw(50) > 0) return within;
    Argv argv = {0};
    step_expand(step, &argv);
    int64_t bytes = 0;
    for (int i = 0; i < argv.count; i++) bytes += (int64_t)argv.items[i].len;
    within = within && argv.count == extent.elements && bytes == extent.bytes;
    argv_free(&argv);
    expanded_seen++;
    return within;
}

/* Parses exactly the bytes of `t`, in a block of their own, so that ASan reports a read beyond
 * them. */
static bool parse_exact(Text t, StreamMode mode, Stream *out, StreamError *err) {
    char *bytes = malloc(t.len == 0 ? 1 : t.len);
    if (t.len > 0) memcpy(bytes, t.data, t.len);
    bool good = stream_parse(t.len == 0 ? NULL : bytes, t.len, mode, out, err);
    free(bytes);
    return good;
}

/* Strict accepts the canonical text and reads it as `s`. */
static bool strict_reads(Text canonical, const Stream *s) {
    Stream strict;
    if (!parse_exact(canonical, STREAM_STRICT, &strict, NULL)) return false;
    bool same = same_stream(s, &strict);
    stream_free(&strict);
    return same;
}

/* If strict accepts the text, lenient has read the same stream (*s). If not, strict reports where
 * and why. */
static bool strict_agrees(Text text, const Stream *s) {
    Stream strict;
    StreamError err = {0, 0, ""};
    if (!parse_exact(text, STREAM_STRICT, &strict, &err)) return err.line > 0 && err.column > 0 && err.what[0] != '\0';
    bool same = same_stream(s, &strict);
    for (int i = 0; same && i < s->nsteps; i++) same = s->steps[i].line == strict.steps[i].line;
    stream_free(&strict);
    strict_seen++;
    return same;
}

/* A copy is equal, and stays valid after the original is freed. */
static bool copy_holds(Stream *s) {
    Stream copy;
    stream_copy(&copy, s);
    bool same = same_stream(s, &copy);
    stream_free(s);
    *s = copy;
    return same;
}

/* Lenient reads the canonical text as `s`. Printed again, it does not change; this is checked every
 * fourth time. */
static bool fixed_point(Text canonical, const Stream *s) {
    Stream again;
    parse_exact(canonical, STREAM_LENIENT, &again, NULL);
    bool same = same_stream(s, &again);
    if (draw(4) == 0) {
        Text printed = stream_print(&again);
        same = same && text_equal(canonical, printed);
        text_free(&printed);
    }
    stream_free(&again);
    return same;
}

static void check_text(Text text) {
    Stream s;
    bool good = CHECK(parse_exact(text, STREAM_LENIENT, &s, NULL));
    good = CHECK(strict_agrees(text, &s)) && good;
    good = CHECK(copy_holds(&s)) && good;
    Text canonical = stream_print(&s);
    good = CHECK(is_ascii(canonical)) && good;
    good = CHECK(fixed_point(canonical, &s)) && good;
    good = CHECK(strict_reads(canonical, &s)) && good;
    for (int i = 0; i < s.nsteps; i++) good = CHECK(expansion_holds(&s.steps[i])) && good;
    steps_seen += s.nsteps;
    if (!good && check_failures <= CHECK_MAX_SHOWN && text.len < 2000) {
        Step shown = step_command(0);
        step_add_literal(&shown, text.data, text.len);
        Text words = step_print(&shown);
        fprintf(stderr, "    text: %s\n    canonical:\n%s", words.data, canonical.data);
        text_free(&words);
        step_free(&shown);
    }
    text_free(&canonical);
    stream_free(&s);
}

/* --- texts */

static void add_byte(Text *t, char byte) {
    text_append(t, &byte, 1);
}

static void fill_bytes(Text *t) {
    for (uint64_t n = draw(60); n > 0; n--) add_byte(t, (char)draw(256));
}

/* Bytes with a meaning for the parser, and a few others. */
static void fill_special(Text *t) {
    static const char bytes[] = "\"\"''\\\\#!%(),-/<>{}0189 \t\r\n\n\n\0\x7f\xffxnrab=:";
    for (uint64_t n = draw(50); n > 0; n--) add_byte(t, bytes[draw(sizeof(bytes) - 1)]);
}

/* Texts that strict accepts; the first begins with a header. */
static const char *const valid[] = {
    "#! defrag-fuzz 1 after=slice:16 databases=3\n\n# one\nSET k v\n3> GET \"a \\x00\\n b\"\n# end\n",
    "# t\n\n#! defrag-fuzz 1\nHSET h %seq(1-300/2,f{},\"v {}\")\n!slice 16\nSET b %rep(700,ab)\n!finish\n",
    "#! defrag-fuzz 1 cluster=yes\n!move some 7 50\n1> !close\n!cron 3\n!jobs hold\n!clock 1000\n",
    "#! defrag-fuzz 1\nA 'it\\'s' \"!x\" %rep(5,\",)\")\n\n# x\n\n\"#b\" \"3>\"\n",
};

/* Appends the name of a setting, usually with a value. */
static void add_setting(Text *t) {
    const SettingsRow *row = settings_row((SettingId)draw(SETTING_COUNT));
    text_format(t, " %s=", row->name);
    if (draw(4) == 0) return;
    switch (row->kind) {
    case SETTINGS_NUMBER:
        text_format(t, "%" PRId64, draw_between(row->min, row->max));
        break;
    case SETTINGS_CHOICE:
        text_format(t, "%s", row->words[draw(SETTINGS_MAX_WORDS)]);
        break;
    case SETTINGS_OWN:
        text_format(t, "%s", row->usual_word);
        break;
    }
}

/* Appends the name of a verb, usually followed by a blank. */
static void add_verb(Text *t) {
    text_format(t, "!%s%s", verb_name((VerbId)draw(VERB_COUNT)), draw(4) == 0 ? "" : " ");
}

static void add_token(Text *t) {
    static const char *const tokens[] = {
        "#! defrag-fuzz 1",
        "#!",
        " after=slice:3",
        " since=9.1",
        "# note",
        "#",
        "\n",
        "\n",
        "\n",
        "\n",
        "\r\n",
        " ",
        " ",
        " ",
        "\t",
        "0> ",
        "3> ",
        "9>",
        "123>",
        "GET ",
        "SET k ",
        "every ",
        "some 1 ",
        "none",
        "hold",
        "value",
        "!oops",
        "%rep(",
        "%seq(",
        "%rep(3,ab)",
        "%rep(9999999,a)",
        "%seq(1-3,a{},b)",
        "%seq(7-99/3,\"x y\")",
        "%seq(5-9999999,{})",
        ",",
        ")",
        "-",
        "/",
        "{}",
        "0",
        "1",
        "7",
        "300",
        "99999999999999999999",
        "\"",
        "'",
        "\"a b\"",
        "'c'",
        "\\",
        "\\n",
        "\\x4",
        "\\x00",
        "\\'",
        "a",
        "bc",
        "\x01",
        "\xc3",
    };
    uint64_t kind = draw(10);
    const char *token = tokens[draw(COUNT_OF(tokens))];
    if (kind == 0)
        add_setting(t);
    else if (kind == 1)
        add_verb(t);
    else
        text_append(t, token, strlen(token));
}

static void fill_tokens(Text *t) {
    if (draw(2) == 0) text_append(t, valid[0], strcspn(valid[0], "\n") + 1);
    for (uint64_t n = 1 + draw(12); n > 0; n--) add_token(t);
}

/* A valid text with some bytes removed, doubled, or replaced by others or by pieces of the text. */
static void fill_mutated(Text *t) {
    const char *base = valid[draw(COUNT_OF(valid))];
    text_append(t, base, strlen(base));
    for (uint64_t n = draw(6); n > 0 && t->len > 0; n--) {
        size_t at = (size_t)draw(t->len), len = (size_t)draw(8) + 1, from = (size_t)draw(t->len);
        if (at + len > t->len) len = t->len - at;
        if (from + len > t->len) from = t->len - len;
        switch (draw(4)) {
        case 0:
            t->data[at] = (char)draw(256);
            break;
        case 1:
            memmove(t->data + at, t->data + from, len);
            break;
        case 2:
            memmove(t->data + at, t->data + at + len, t->len - at - len);
            t->len -= len;
            break;
        case 3:
            t->data[at] = "\"'\\#!%(,)-/ \n>"[draw(14)];
            break;
        }
    }
}

/* Long texts: more arguments, steps or bytes than the limits allow. */
static void fill_big(Text *t) {
    static const char *const pieces[] = {
        " a", " \xff", "# n\n!cycle\n", "A\n\n", " %rep(90000,ab)", " %seq(1-900,{},v)", "x", "\xff"};
    const char *piece = pieces[draw(COUNT_OF(pieces))];
    text_append(t, "A ", 2);
    for (uint64_t n = draw(3000); n > 0; n--) text_append(t, piece, strlen(piece));
    fill_tokens(t);
}

static void check_texts(long count) {
    for (long i = 0; i < count; i++) {
        Text t = text_make("", 0);
        if (i % 2000 == 0) {
            fill_big(&t);
        } else {
            static void (*const fills[])(Text *) = {fill_bytes, fill_special, fill_tokens, fill_tokens, fill_mutated};
            fills[i % 5](&t);
        }
        check_text(t);
        text_free(&t);
    }
}

/* --- generated streams */

static void add_random_arg(Step *step) {
    Text bytes = text_make("", 0), other = text_make("", 0);
    (draw(2) == 0 ? fill_special : fill_tokens)(&bytes);
    fill_tokens(&other);
    int64_t first = (int64_t)draw(2000);
    switch (draw(4)) {
    case 0:
        step_add_repeat(step, bytes.data, bytes.len, (int64_t)draw(300));
        break;
    case 1: {
        const char *templates[] = {bytes.data, other.data, "{}", ""};
        step_add_sequence(step, first, first + (int64_t)draw(50), 1 + (int64_t)draw(9), templates, 1 + (int)draw(4));
        break;
    }
    default:
        step_add_literal(step, bytes.data, bytes.len);
        break;
    }
    text_free(&bytes);
    text_free(&other);
}

/* A random verb in a random form, canonical. */
static Step random_verb(void) {
    Step step = step_verb((VerbId)draw(VERB_COUNT));
    const VerbForm *form = &verb_row(step.verb)->forms[draw((uint64_t)verb_forms(step.verb))];
    if (verb_has_client(step.verb)) step.client = (int)draw(STREAM_MAX_CLIENTS);
    if (form->keyword) step_add_string(&step, form->keyword);
    for (int i = 0; i < VERB_MAX_PARAMS; i++) {
        const VerbParam *param = &form->params[i];
        char number[24];
        snprintf(number, sizeof(number), "%" PRId64, draw_between(param->min, param->max));
        if (param->kind == PARAM_NUMBER) step_add_string(&step, number);
        if (param->kind == PARAM_NAME) step_add_string(&step, "value");
    }
    return step;
}

static void check_made(void) {
    Stream s;
    stream_init(&s);
    for (uint64_t n = draw(4); n > 0; n--) {
        Step step = draw(3) == 0 ? random_verb() : step_command((int)draw(STREAM_MAX_CLIENTS));
        if (step.kind == STEP_COMMAND) {
            step_add_string(&step, "SET");
            for (uint64_t args = draw(4); args > 0; args--) add_random_arg(&step);
            if (draw(2) == 0) arg_free(&step.args[0]), step.args[0] = step.args[--step.nargs];
        }
        if (step.nargs == 0 && step.kind == STEP_COMMAND) add_random_arg(&step);
        if (step.nargs == 0 && step.kind == STEP_COMMAND) step_add_string(&step, "#");
        CHECK(stream_insert(&s, (int)draw((uint64_t)s.nsteps + 1), &step));
    }
    Text text = stream_print(&s);
    CHECK(strict_reads(text, &s));
    text_free(&text);
    stream_free(&s);
}

int main(int argc, char **argv) {
    long texts = argc > 1 ? atol(argv[1]) : TEXTS;
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    check_texts(texts);
    for (int i = 0; i < GENERATED; i++) check_made();
    printf("%ld texts, %ld steps, %ld accepted by strict, %ld expanded\n", texts, steps_seen, strict_seen,
           expanded_seen);
    CHECK(steps_seen > texts / 2 && strict_seen > texts / 20 && expanded_seen > texts / 2);
    return check_status("test_stream_random");
}
