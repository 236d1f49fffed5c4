/* SPDX-License-Identifier: BSD-3-Clause */
/* test_stream.c -- the stream's text format, by example: what strict rejects and with which
 * messages, how lenient reads the same text, canonical forms, expansions, notes, limits, and
 * whether corpus/README.md matches the code.
 *
 * Usage: test_stream PATH-OF-corpus/README.md
 *
 * Limits: examples only. test_stream_random.c tests what must hold for every text. */
#include <stdlib.h>

#include "harness/base/array.h"
#include "harness/stream/stream.h"
#include "harness/test/check.h"

#define HEAD "#! defrag-fuzz 1\n"

/* Parses a text strictly. Returns "" if it is a stream, else "line:col: what" in static storage. */
static const char *strict_error(const char *text, size_t len) {
    static char words[300];
    Stream s;
    StreamError err;
    words[0] = '\0';
    if (stream_parse(text, len, STREAM_STRICT, &s, &err)) {
        stream_free(&s);
    } else {
        snprintf(words, sizeof(words), "%d:%d: %s", err.line, err.column, err.what);
    }
    return words;
}

/* The canonical form of a text as lenient reads it, without the default header, in static
 * storage. */
static const char *lenient_text(const char *text, size_t len) {
    static char words[4096];
    Stream s;
    stream_parse(text, len, STREAM_LENIENT, &s, NULL);
    Text printed = stream_print(&s);
    size_t head = printed.len >= strlen(HEAD) && memcmp(printed.data, HEAD, strlen(HEAD)) == 0 ? strlen(HEAD) : 0;
    snprintf(words, sizeof(words), "%s", printed.data + head);
    text_free(&printed);
    stream_free(&s);
    return words;
}

/* --- rows */

static bool in_range(const VerbParam *p, int64_t low, int64_t high) {
    return p->min <= low && low <= high && high <= p->max;
}

/* What a parameter lacks, or NULL. `drawn`: its form is drawn at random. */
static const char *param_lacks(const VerbParam *p, bool drawn) {
    if (p->kind == PARAM_NONE) return NULL;
    if (!p->name) return "a parameter's name";
    if (p->kind == PARAM_NAME) return drawn ? "a reason why it is never drawn: it has a name" : NULL;
    if (!in_range(p, p->fallback, p->fallback)) return "a parameter's fallback within its range";
    if (!drawn) return NULL;
    if (p->draw.kind == VERB_DRAW_ABSENT) return p->optional ? NULL : "a draw for a parameter that must be there";
    int64_t low = p->draw.zero_percent ? 0 : p->draw.low;
    return p->draw.kind && in_range(p, low, p->draw.high) ? NULL : "a parameter's draw within its range";
}

/* Either a weight or a reason. */
static bool is_weighed(int weight, const char *never) {
    return (weight > 0) != (never != NULL);
}

static const char *form_lacks(const VerbRow *row, const VerbForm *form, bool several) {
    const char *lack = NULL;
    if (several && !is_weighed(form->weight, form->never)) return "a form's weight, or why it is never drawn";
    for (int i = 0; i < VERB_MAX_PARAMS && !lack; i++)
        lack = param_lacks(&form->params[i], !row->never && !form->never);
    return lack;
}

static const char *verb_lacks(VerbId verb) {
    const VerbRow *row = verb_row(verb);
    const char *lack = NULL;
    if (!row->name) return "a row";
    if (!row->help) return "help";
    if (!row->effect) return "an effect";
    if (!is_weighed(row->weight, row->never)) return "a weight, or why it is never drawn";
    if (!row->export) return "what an exported script does";
    if (verb_is_defrag(verb) && !row->forms[0].rank) return "a rank";
    for (int i = 0; i < verb_forms(verb) && !lack; i++) lack = form_lacks(row, &row->forms[i], verb_forms(verb) > 1);
    return lack;
}

static const char *setting_lacks_draw(const SettingsRow *row) {
    int64_t most = row->kind == SETTINGS_CHOICE ? 1 : row->max;
    const SettingsDraw *draw = &row->draw;
    switch (draw->kind) {
    case SETTINGS_DRAW_NEVER:
        return draw->never ? NULL : "a reason why it is never drawn";
    case SETTINGS_DRAW_ALONE:
        if (row->acts == SETTINGS_AT_BIRTH) return "a draw together with the others of birth";
        return draw->percent > 0 && row->min <= draw->low && draw->low <= draw->high && draw->high <= most
                   ? NULL
                   : "a draw within its range";
    case SETTINGS_DRAW_BIRTH:
        return row->acts == SETTINGS_AT_BIRTH ? NULL : "a draw of its own: birth does not read it";
    case SETTINGS_DRAW_OWN:
        return NULL;
    }
    return "a draw";
}

static const char *setting_lacks_values(const SettingsRow *row) {
    switch (row->kind) {
    case SETTINGS_NUMBER:
        if (row->min >= row->max || row->usual < row->min || row->usual > row->max) return "a default within its range";
        return row->size ? NULL : "a field";
    case SETTINGS_CHOICE:
        if (!row->words[0] || !row->words[1]) return "words";
        return row->size ? NULL : "a field";
    case SETTINGS_OWN:
        return row->values && row->usual_word && row->read && row->write ? NULL : "values, a default and functions";
    }
    return "a kind";
}

static const char *setting_lacks(SettingId setting) {
    const SettingsRow *row = settings_row(setting);
    if (!row->name) return "a row";
    if (!row->help) return "help";
    const char *lack = setting_lacks_values(row);
    if (lack) return lack;
    if (!row->acts) return "when it takes effect";
    if (!row->shrink) return "how it shrinks";
    if (row->shrink == SETTINGS_SHRINK_NUMBER && row->kind != SETTINGS_NUMBER) return "a number to shrink";
    return setting_lacks_draw(row);
}

static bool check_row(const char *table, int id, const char *name, const char *lack) {
    if (CHECK(!lack)) return true;
    fprintf(stderr, "    %s, row %d (%s) lacks %s\n", table, id, name ? name : "no name", lack);
    return false;
}

/* Every id has a row, and every row makes all choices. Returns false if not: then nothing else can
 * be tested. */
static bool test_rows(void) {
    bool whole = true;
    for (VerbId i = 0; i < VERB_COUNT; i++) whole &= check_row("verb.c", (int)i, verb_row(i)->name, verb_lacks(i));
    for (SettingId i = 0; i < SETTING_COUNT; i++)
        whole &= check_row("settings.c", (int)i, settings_row(i)->name, setting_lacks(i));
    return whole;
}

/* --- mistakes */

/* A text without header; strict's message when it follows HEAD (so it begins in line 2); the
 * canonical form of what lenient reads. */
typedef struct {
    const char *text, *error, *lenient;
} Mistake;

static const Mistake mistakes[] = {
    {"SET k \"abc", "2:7: unclosed quote, expected a closing \" on the same line", "SET k abc\n"},
    {"SET k 'abc", "2:7: unclosed quote, expected a closing ' on the same line", "SET k abc\n"},
    {"SET k \"abc\\", "2:7: unclosed quote, expected a closing \" on the same line", "SET k \"abc\\\\\"\n"},
    {"SET k \"a\"b", "2:10: 'b', expected a blank after the closing quote", "SET k a b\n"},
    {"SET k a\"b\"", "2:8: quote within a word, expected the quotes around the whole argument",
     "SET k \"a\\\"b\\\"\"\n"},
    {"SET k \"\\q\"", "2:8: escape '\\q', expected one of \\n \\r \\t \\a \\b \\xHH \\\" \\\\", "SET k q\n"},
    {"SET k \"\\x4\"", "2:8: escape '\\x', expected one of \\n \\r \\t \\a \\b \\xHH \\\" \\\\", "SET k x4\n"},
    {"SET k \xc3", "2:7: byte 0xc3, expected printable ASCII: write it as \\xc3 within double quotes",
     "SET k \"\\xc3\"\n"},
    {"# caf\xc3\nGET a", "2:6: byte 0xc3, expected printable ASCII: write it as \\xc3 within double quotes",
     "# caf?\nGET a\n"},
    {"8> GET a", "2:1: client 8, expected 0 to 7", "GET a\n"},
    {"19> GET a", "2:1: client 19, expected 0 to 7", "3> GET a\n"},
    {"1>GET a", "2:3: 'GET', expected a blank after the client prefix", "1> GET a\n"},
    {"1>", "2:3: end of the line, expected a command or a verb after the client prefix", ""},
    {"1> 2> GET a", "2:4: second client prefix, expected one", "1> \"2>\" GET a\n"},
    {"1> !cycle", "2:4: client prefix before !cycle, expected none: it acts on no client", "!cycle\n"},
    {"!cycle 1 2", "2:10: '2', expected nothing more: the usage is !cycle [N]", "!cycle 1\n"},
    {"!slice", "2:7: end of the step, expected N, a number from 1 to 1000000", "!slice 16\n"},
    {"!slice 0", "2:8: '0', expected N, a number from 1 to 1000000", "!slice 1\n"},
    {"!slice  1000001", "2:9: '1000001', expected N, a number from 1 to 1000000", "!slice 1000000\n"},
    {"!slice -3", "2:8: '-3', expected N, a number from 1 to 1000000", "!slice 1\n"},
    {"!slice x", "2:8: 'x', expected N, a number from 1 to 1000000", "!slice 16\n"},
    {"!slice %rep(3,1)", "2:8: '%rep(3,1)', expected N, a number from 1 to 1000000", "!slice 16\n"},
    {"!slice 1 2", "2:10: '2', expected nothing more: the usage is !slice N", "!slice 1\n"},
    {"!slice 99999999999999999999", "2:8: '99999999999999999999', expected N, a number from 1 to 1000000",
     "!slice 1000000\n"},
    {"!finish now", "2:9: 'now', expected N, a number from 1 to 1000000", "!finish 16\n"},
    {"!move", "2:6: end of the step, expected all|none|every N|some SEED PERCENT|only FIRST LAST", "!move all\n"},
    {"!move odd", "2:7: 'odd', expected all|none|every N|some SEED PERCENT|only FIRST LAST", "!move all\n"},
    {"!move every", "2:12: end of the step, expected N, a number from 1 to 1000000", "!move every 2\n"},
    {"!move some 4294967296 101", "2:12: '4294967296', expected SEED, a number from 0 to 4294967295",
     "!move some 4294967295 100\n"},
    {"!move some 1 101", "2:14: '101', expected PERCENT, a number from 0 to 100", "!move some 1 100\n"},
    {"!move only 0 7", "2:12: '0', expected FIRST, a number from 1 to 1000000000", "!move only 1 7\n"},
    {"!clock 1000000000001", "2:8: '1000000000001', expected MS, a number from 0 to 1000000000000",
     "!clock 1000000000000\n"},
    {"!cron 0", "2:7: '0', expected N, a number from 1 to 1000", "!cron 1\n"},
    {"!jobs all", "2:7: 'all', expected run|hold|one", "!jobs run\n"},
    {"!reload x", "2:9: 'x', expected nothing more: the usage is !reload", "!reload\n"},
    {"1> !close x", "2:11: 'x', expected nothing more: the usage is !close", "1> !close\n"},
    {"!canary", "2:8: end of the step, expected NAME, a name of a-z 0-9 _ - of at most 32 bytes", ""},
    {"!canary \"A b\"", "2:9: '\"A b\"', expected NAME, a name of a-z 0-9 _ - of at most 32 bytes", ""},
    {"SET k %rep(x,a)", "2:12: 'x,a)', expected the length in bytes, a number from 0 to 1048576",
     "SET k \"%rep(x,a)\"\n"},
    {"SET k %rep(1048577,a)", "2:12: '1048577,a)', expected the length in bytes, a number from 0 to 1048576",
     "SET k %rep(1048572,a)\n"},
    {"SET k %rep(3)", "2:13: ')', expected ',' and the bytes to repeat", "SET k \"%rep(3)\"\n"},
    {"SET k %rep(3", "2:13: end of the line, expected ',' and the bytes to repeat", "SET k \"%rep(3\"\n"},
    {"SET k %rep(3,)", "2:14: empty text, expected some bytes to repeat", "SET k \"%rep(3,)\"\n"},
    {"SET k %rep(3,\"\")", "2:14: empty text, expected some bytes to repeat", "SET k \"%rep(3,\\\"\\\")\"\n"},
    {"SET k %rep(3,a,b)", "2:15: ',b)', expected ')'", "SET k \"%rep(3,a,b)\"\n"},
    {"SET k %rep(3,a", "2:15: end of the line, expected ')'", "SET k \"%rep(3,a\"\n"},
    {"SET k %rep(3,a b)", "2:15: blank, expected ')'", "SET k \"%rep(3,a\" b)\n"},
    {"SET k %rep(3,a)b", "2:16: 'b', expected a blank after ')'", "SET k \"%rep(3,a)b\"\n"},
    {"SET k %rep(3,\"a", "2:14: unclosed quote, expected a closing \" on the same line", "SET k \"%rep(3,\\\"a\"\n"},
    {"SADD k %seq(1,a{})", "2:14: ',a{})', expected '-' and the last number", "SADD k \"%seq(1,a{})\"\n"},
    {"SADD k %seq(3-1,a{})", "2:15: '1,a{})', expected the last number, a number from 3 to 1000000000000000000",
     "SADD k \"%seq(3-1,a{})\"\n"},
    {"SADD k %seq(1-3/0,a{})", "2:17: '0,a{})', expected the stride, a number from 1 to 1000000000000000000",
     "SADD k \"%seq(1-3/0,a{})\"\n"},
    {"SADD k %seq(1-3/1000000000000000001,{})",
     "2:17: '1000000000000000001,{})', expected the stride, a number from 1 to 1000000000000000000",
     "SADD k %seq(1-3/1000000000000000000,{})\n"},
    {"SADD k %seq(99999999999999999999-99999999999999999999,{})",
     "2:13: '99999999999999999999-99999999999', expected the first number, a number from 0 to 1000000000000000000",
     "SADD k %seq(1000000000000000000-1000000000000000000,{})\n"},
    {"SADD k %seq(1-3)", "2:16: ')', expected ',' and a template", "SADD k \"%seq(1-3)\"\n"},
    {"SADD k %seq(1-3,)", "2:17: empty text, expected a template or \"\"", "SADD k \"%seq(1-3,)\"\n"},
    {"SADD k %seq(1-3,a;b", "2:20: end of the line, expected ',' or ')'", "SADD k \"%seq(1-3,a;b\"\n"},
    {"SADD k %seq(1-2,a,b,c,d,e,f,g,h,i)", "2:33: template 9, expected at most 8 (STREAM_MAX_TEMPLATES)",
     "SADD k %seq(1-2,a,b,c,d,e,f,g,h)\n"},
    {"SADD k %seq(1-20000,a{})",
     "2:8: the step expands to 20002 arguments so far, expected at most 20000 (STREAM_MAX_ELEMENTS)",
     "SADD k %seq(1-19998,a{})\n"},
    {"SADD k %seq(0-1000000000000000000/7,a{},b)",
     "2:8: the step expands to 285714285714285718 arguments so far, expected at most 20000 (STREAM_MAX_ELEMENTS)",
     "SADD k %seq(0-69986/7,a{},b)\n"},
    {"SET %rep(600000,a) %rep(600000,b)",
     "2:20: the step expands to 1200003 bytes so far, expected at most 1048576 (STREAM_MAX_EXPANDED)",
     "SET %rep(600000,a) %rep(448573,b)\n"},
    {"%rep(1048000,a) %seq(8-999,{},{})",
     "2:17: the step expands to 1053764 bytes so far, expected at most 1048576 (STREAM_MAX_EXPANDED)",
     "%rep(1048000,a) %seq(8-134,{},{})\n"},
    {"GET a\n" HEAD, "3:1: second header, expected one, before the first step", "GET a\n"},
    {HEAD "GET a", "2:1: second header, expected one, before the first step", "GET a\n"},
};

static void test_mistakes(void) {
    for (int i = 0; i < COUNT_OF(mistakes); i++) {
        const Mistake *m = &mistakes[i];
        char text[4096];
        snprintf(text, sizeof(text), HEAD "%s", m->text);
        CHECK_TEXT(strict_error(text, strlen(text)), m->error);
        CHECK_TEXT(lenient_text(m->text, strlen(m->text)), m->lenient);
        CHECK_TEXT(lenient_text(text, strlen(text)), m->lenient);
    }
}

/* Whole texts, with their headers. */
static void test_headers(void) {
    static const Mistake headers[] = {
        {"", "1:1: no header, expected the line '#! defrag-fuzz 1' before the first step", ""},
        {"# c\n\n", "2:1: no header, expected the line '#! defrag-fuzz 1' before the first step", "# c\n"},
        {"\n  GET a\n" HEAD, "2:3: no header, expected the line '#! defrag-fuzz 1' before the first step", "\nGET a\n"},
        {"#! /bin/sh\n", "1:4: '/bin/sh', expected 'defrag-fuzz': the header is '#! defrag-fuzz 1 key=value ...'", ""},
        {"#!\n", "1:3: '', expected 'defrag-fuzz': the header is '#! defrag-fuzz 1 key=value ...'", ""},
        {"#! defrag-fuzz 1 seed\n", "1:18: 'seed', expected seed=0..4294967295", ""},
        {"#! defrag-fuzz 1 seed=\n", "1:18: 'seed=', expected seed=0..4294967295", ""},
        {"#! defrag-fuzz 1 databases=17\n", "1:18: 'databases=17', expected databases=1..16", ""},
        {"#! defrag-fuzz 1 databases=0\n", "1:18: 'databases=0', expected databases=1..16", ""},
        {"#! defrag-fuzz 1 memory=15\n", "1:18: 'memory=15', expected memory=16..1024", ""},
        {"#! defrag-fuzz 1 cluster=1\n", "1:18: 'cluster=1', expected cluster=no | yes", ""},
        {"#! defrag-fuzz 1 limits=low\n", "1:18: 'limits=low', expected limits=small | stock", ""},
        {"#! defrag-fuzz 1 sizes=\n", "1:18: 'sizes=', expected sizes=exact | jemalloc", ""},
        {"#! defrag-fuzz 1 since=9\n", "1:18: 'since=9', expected since=any | MAJOR.MINOR", ""},
        {"#! defrag-fuzz 1 since=09.1\n", "1:18: 'since=09.1', expected since=any | MAJOR.MINOR", ""},
        {"#! defrag-fuzz 1 after=slice:0\n", "1:18: 'after=slice:0', expected after=cycle | slice:N | none", ""},
        {"#! defrag-fuzz 1 after=slice\n", "1:18: 'after=slice', expected after=cycle | slice:N | none", ""},
        {"#! defrag-fuzz 1 seed=3 memory=16 seed=4\n", "1:35: setting repeated, expected it once",
         "#! defrag-fuzz 1 memory=16 seed=4\n"},
    };
    for (int i = 0; i < COUNT_OF(headers); i++) {
        CHECK_TEXT(strict_error(headers[i].text, strlen(headers[i].text)), headers[i].error);
        CHECK_TEXT(lenient_text(headers[i].text, strlen(headers[i].text)), headers[i].lenient);
    }
    const char *kept = "#! defrag-fuzz 1 nonsense databases=5 seed=x after=slice:07 colour=red\n";
    CHECK_TEXT(lenient_text(kept, strlen(kept)), "#! defrag-fuzz 1 after=slice:7 databases=5\n");
}

/* A version that the parser does not know: one line with what it found, what it expected and what
 * to do. Lenient reads the rest of the header and the steps all the same. */
static void test_versions(void) {
    static const Mistake versions[] = {
        {"# a\n#! defrag-fuzz 2 seed=7\nGET a\n",
         "2:16: stream format 2, expected 1: use a newer defrag-fuzz (corpus/README.md, Versions)",
         "# a\n#! defrag-fuzz 1 seed=7\nGET a\n"},
        {"#! defrag-fuzz 99999999999999999999\n",
         "1:16: stream format 99999999999999999999, expected 1: use a newer defrag-fuzz (corpus/README.md, Versions)",
         ""},
        {"#! defrag-fuzz 0\n",
         "1:16: stream format 0, expected 1: use an older defrag-fuzz (corpus/README.md, Versions)", ""},
        {"#! defrag-fuzz 01\n",
         "1:16: '01', expected the version of the stream format: '#! defrag-fuzz 1 key=value ...'", ""},
        {"#! defrag-fuzz 1.5\n",
         "1:16: '1.5', expected the version of the stream format: '#! defrag-fuzz 1 key=value ...'", ""},
        {"#! defrag-fuzz seed=7\n",
         "1:16: 'seed=7', expected the version of the stream format: '#! defrag-fuzz 1 key=value ...'",
         "#! defrag-fuzz 1 seed=7\n"},
        {"#! defrag-fuzz\n", "1:15: '', expected the version of the stream format: '#! defrag-fuzz 1 key=value ...'",
         ""},
    };
    for (int i = 0; i < COUNT_OF(versions); i++) {
        CHECK_TEXT(strict_error(versions[i].text, strlen(versions[i].text)), versions[i].error);
        CHECK_TEXT(lenient_text(versions[i].text, strlen(versions[i].text)), versions[i].lenient);
    }
    /* The constant, and the version that these tests are for */
    CHECK_TEXT(STREAM_HEADER "\n", HEAD);
}

static void check_unknown(const char *text, const char *what, Text known, const char *lenient) {
    Text error = {0};
    text_format(&error, "%s, expected one of%s", what, known.data);
    CHECK_TEXT(strict_error(text, strlen(text)), error.data);
    CHECK_TEXT(lenient_text(text, strlen(text)), lenient);
    text_free(&error);
}

/* For a name that is in no table, the message lists all names. */
static void test_unknown_names(void) {
    Text verbs = {0}, settings = {0};
    for (VerbId i = 0; i < VERB_COUNT; i++) text_format(&verbs, " !%s", verb_name(i));
    for (SettingId i = 0; i < SETTING_COUNT; i++) text_format(&settings, " %s", settings_row(i)->name);
    check_unknown(HEAD "GET a\n!slise 3", "3:1: unknown verb '!slise'", verbs, "GET a\n");
    check_unknown(HEAD "! cycle", "2:1: unknown verb '!'", verbs, "");
    check_unknown("#! defrag-fuzz 1 database=3\n", "1:18: unknown setting 'database'", settings, "");
    text_free(&verbs);
    text_free(&settings);
}

/* Texts that strict accepts, and their canonical form. */
static void test_canonical(void) {
    static const char *const pairs[][2] = {
        {HEAD "  SET\t k   v \r\n", HEAD "SET k v\n"},
        {HEAD "0> GET a\n7> GET a", HEAD "GET a\n7> GET a\n"},
        {HEAD "SET 'a b' \"c\"  ''\n", HEAD "SET \"a b\" c \"\"\n"},
        {HEAD "SET 'it\\'s' '\\n'\n", HEAD "SET \"it's\" \"\\\\n\"\n"},
        {HEAD "SET a\\b c\n", HEAD "SET \"a\\\\b\" c\n"},
        {HEAD "ECHO \"\\n\\r\\t\\a\\b\\x00\\xFF\\x41\\\"\\\\\"\n",
         HEAD "ECHO \"\\n\\r\\t\\a\\b\\x00\\xffA\\\"\\\\\"\n"},
        {HEAD "\"!cycle\" !cycle\n\"#x\" #x\n\"3>\" 3>\n\"12>a\"",
         HEAD "\"!cycle\" !cycle\n\"#x\" #x\n\"3>\" 3>\n\"12>a\"\n"},
        {HEAD "ECHO \"%rep(3,a)\" %rep %repo(\n", HEAD "ECHO \"%rep(3,a)\" %rep %repo(\n"},
        {HEAD "SET k %rep(007,'ab')\n", HEAD "SET k %rep(7,ab)\n"},
        {HEAD "SET k %rep(0,\"a b\")\n", HEAD "SET k %rep(0,\"a b\")\n"},
        {HEAD "HSET k %seq(01-9/1,f{},\"v,{}\")\n", HEAD "HSET k %seq(1-9,f{},\"v,{}\")\n"},
        {HEAD "SADD k %seq(1-9/4,\"\",(,\"\\x00\")\n", HEAD "SADD k %seq(1-9/4,\"\",(,\"\\x00\")\n"},
        {HEAD "!slice 007\n!cron\n!cron 2\n!move some 1 100\n3> !close\n",
         HEAD "!slice 7\n!cron\n!cron 2\n!move some 1 100\n3> !close\n"},
        {HEAD "!canary 'value'\n", HEAD "!canary value\n"},
        {"#!defrag-fuzz 1 since=9.1 seed=1 after=none limits=stock sizes=jemalloc cluster=yes memory=16\n",
         "#! defrag-fuzz 1 after=none cluster=yes limits=stock sizes=jemalloc memory=16 since=9.1\n"},
    };
    for (int i = 0; i < COUNT_OF(pairs); i++) {
        Stream s;
        if (!CHECK(stream_parse(pairs[i][0], strlen(pairs[i][0]), STREAM_STRICT, &s, NULL))) continue;
        Text printed = stream_print(&s);
        CHECK_TEXT(printed.data, pairs[i][1]);
        text_free(&printed);
        stream_free(&s);
    }
}

/* Notes: nothing that a person wrote is lost, except blanks and runs of blank lines. */
static void test_notes(void) {
    static const char text[] = "\n\n# title  \n\n\n#signature: x\n" HEAD "\n \n\t# one\n#\ttwo\n\n\nGET a\n"
                               "# between\n!cycle\n\n# the end\n\n\n";
    static const char want[] =
        "# title\n\n#signature: x\n" HEAD "\n# one\n#\ttwo\n\nGET a\n# between\n!cycle\n\n# the end\n";
    Stream s;
    CHECK(stream_parse(text, strlen(text), STREAM_STRICT, &s, NULL));
    CHECK_TEXT(s.notes.data, "# title\n\n#signature: x\n");
    CHECK_TEXT(s.steps[0].notes.data, "\n# one\n#\ttwo\n\n");
    CHECK_TEXT(s.trailer.data, "\n# the end\n");
    CHECK(s.steps[0].line == 14 && s.steps[1].line == 16);
    Text printed = stream_print(&s);
    CHECK_TEXT(printed.data, want);
    text_free(&printed);
    stream_free(&s);
    static const char dropped[] = "# a\n!nonsense\n# b\nGET a\n#! late\n# c\n9>\n# d";
    CHECK_TEXT(lenient_text(dropped, strlen(dropped)), "# a\n# b\nGET a\n# c\n# d\n");
}

/* --- expansion */

/* The arguments that the first step of a line expands to, separated by '|', in static storage. */
static const char *expansion(const char *line) {
    static char words[1000];
    Stream s;
    words[0] = '\0';
    stream_parse(line, strlen(line), STREAM_LENIENT, &s, NULL);
    Argv argv = {0};
    step_expand(&s.steps[0], &argv);
    for (int i = 0; i < argv.count; i++) {
        size_t used = strlen(words);
        snprintf(words + used, sizeof(words) - used, "%s%s", i == 0 ? "" : "|", argv.items[i].data);
    }
    argv_free(&argv);
    stream_free(&s);
    return words;
}

static void test_expansion(void) {
    CHECK_TEXT(expansion("SET k %rep(5,ab)"), "SET|k|ababa");
    CHECK_TEXT(expansion("SET k %rep(1,abc) %rep(0,x)"), "SET|k|a|");
    CHECK_TEXT(expansion("HSET h %seq(1-3,f{},v{}) NX"), "HSET|h|f1|v1|f2|v2|f3|v3|NX");
    CHECK_TEXT(expansion("SADD s %seq(8-13/2,{}-{})"), "SADD|s|8-8|10-10|12-12");
    CHECK_TEXT(expansion("SADD s %seq(5-5,x,\"\",{{}},{)"), "SADD|s|x||{5}|{");
    CHECK_TEXT(expansion("%seq(1-2,a{})"), "a1|a2");
    CHECK_TEXT(expansion("A %seq(0-1000000000000000000/1000000000000000000,{})"), "A|0|1000000000000000000");
    Step step = step_command(0);
    Arg big = {.kind = ARG_SEQUENCE, .first = 1, .last = INT64_MAX - 1, .stride = 1};
    arg_add_part(&big, "{}", 2);
    CHECK(step_add_string(&step, "SADD") && step_add_repeat(&step, "0123456789", 10, STREAM_MAX_EXPANDED - 7));
    CHECK(!step_add(&step, &big) && step.nargs == 2);
    big.last = big.first + 2;
    CHECK(step_add(&step, &big) && step_extent(&step).bytes == STREAM_MAX_EXPANDED);
    step.args[2].last = INT64_MAX - 1;
    Argv argv = {0};
    step_expand(&step, &argv);
    CHECK(argv.count == STREAM_MAX_ELEMENTS && strcmp(argv.items[4].data, "3") == 0 && argv.items[5].len == 0);
    CHECK(argv.items[1].len == STREAM_MAX_EXPANDED - 7 && argv.items[1].data[12345] == '5');
    argv_free(&argv);
    step_free(&step);
}

/* --- making */

static void test_refusals(void) {
    Step step = step_command(3);
    const char *templates[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    CHECK(!step_add_repeat(&step, "", 0, 3) && !step_add_repeat(&step, "a", 1, -1));
    CHECK(!step_add_repeat(&step, "a", 1, STREAM_MAX_EXPANDED + 1));
    CHECK(!step_add_sequence(&step, -1, 3, 1, templates, 1) && !step_add_sequence(&step, 3, 2, 1, templates, 1));
    CHECK(!step_add_sequence(&step, 1, 3, 0, templates, 1) && !step_add_sequence(&step, 1, 3, 1, templates, 0));
    CHECK(!step_add_sequence(&step, 1, 3, 1, templates, 9) && step_add_sequence(&step, 1, 3, 1, templates, 8));
    CHECK(!step_add_sequence(&step, 0, STREAM_MAX_NUMBER + 1, STREAM_MAX_NUMBER, templates, 1));
    for (int i = 1; i < STREAM_MAX_ARGS; i++) CHECK(step_add_literal(&step, "", 0));
    CHECK(!step_add_string(&step, "") && step.nargs == STREAM_MAX_ARGS);
    Step copy;
    step_copy(&copy, &step);
    step_free(&step);
    Stream s;
    stream_init(&s);
    CHECK(!stream_insert(&s, 1, &copy) && stream_insert(&s, 0, &copy) && copy.nargs == 0);
    for (int i = 1; i < STREAM_MAX_STEPS; i++) {
        copy = step_verb(VERB_CYCLE);
        CHECK(stream_insert(&s, 0, &copy));
    }
    copy = step_verb(VERB_RELOAD);
    CHECK(!stream_insert(&s, 0, &copy) && !stream_remove(&s, STREAM_MAX_STEPS) && stream_remove(&s, 5));
    CHECK(stream_insert(&s, 5, &copy) && s.steps[5].verb == VERB_RELOAD && s.steps[1999].client == 3);
    stream_free(&s);
    CHECK(s.nsteps == 0 && s.settings.databases == 2);
}

static void test_step_words(void) {
    Stream s;
    const char *line = "!move some 12 34\nECHO \"a\\x00b c\" 12345";
    stream_parse(line, strlen(line), STREAM_LENIENT, &s, NULL);
    CHECK(step_number(&s.steps[0], 1, 7) == 12 && step_number(&s.steps[0], 2, 7) == 34);
    CHECK(step_number(&s.steps[0], 3, 7) == 7 && step_number(&s.steps[0], 0, 7) == 7);
    CHECK_TEXT(step_word(&s.steps[0], 0), "some");
    CHECK_TEXT(step_word(&s.steps[0], 3), "");
    CHECK(s.steps[1].args[1].parts[0].len == 5);
    Text summary = step_summary(&s.steps[1], 12), whole = step_summary(&s.steps[0], 16);
    CHECK_TEXT(summary.data, "ECHO \"a\\x...");
    CHECK_TEXT(whole.data, "!move some 12 34");
    text_free(&summary);
    text_free(&whole);
    stream_free(&s);
}

/* --- limits of whole texts */

static void test_limits(void) {
    Text steps = text_make(HEAD, strlen(HEAD)), args = text_make(HEAD "A", strlen(HEAD) + 1);
    for (int i = 0; i <= STREAM_MAX_STEPS; i++) text_append(&steps, "# n\nA\n", 6);
    for (int i = 0; i < STREAM_MAX_ARGS; i++) text_append(&args, " a", 2);
    CHECK_TEXT(strict_error(steps.data, steps.len),
               "4003:1: step 2001, expected at most 2000 in a stream (STREAM_MAX_STEPS)");
    CHECK_TEXT(strict_error(args.data, args.len),
               "2:513: argument 257, expected at most 256 in a step (STREAM_MAX_ARGS)");
    Stream s;
    CHECK(stream_parse(steps.data, steps.len, STREAM_LENIENT, &s, NULL) && s.nsteps == STREAM_MAX_STEPS);
    CHECK_TEXT(s.trailer.data, "# n\n");
    stream_free(&s);
    CHECK(stream_parse(args.data, args.len, STREAM_LENIENT, &s, NULL) && s.steps[0].nargs == STREAM_MAX_ARGS);
    stream_free(&s);
    Text big = text_make("", 0);
    for (int i = 0; i <= STREAM_MAX_EXPANDED; i++) text_append(&big, "x", 1);
    CHECK(stream_parse(big.data, big.len, STREAM_LENIENT, &s, NULL) && s.nsteps == 1);
    CHECK(s.steps[0].args[0].parts[0].len == STREAM_MAX_EXPANDED);
    stream_free(&s);
    text_free(&steps);
    text_free(&args);
    text_free(&big);
}

static void test_read(const char *readme) {
    Stream s;
    StreamError err;
    CHECK(!stream_read("no/such/file", STREAM_LENIENT, &s, &err) && err.line == 0);
    CHECK_TEXT(err.what, "cannot open it: No such file or directory");
    CHECK(!stream_read("/", STREAM_STRICT, &s, &err) && err.line == 0);
    CHECK_TEXT(err.what, "cannot read it: Is a directory");
    CHECK(!stream_read("/dev/zero", STREAM_LENIENT, &s, &err) && err.line == 0);
    CHECK_TEXT(err.what, "cannot read it: too long, expected at most 16 MiB (STREAM_MAX_FILE)");
    CHECK(!stream_read(readme, STREAM_STRICT, &s, &err) && err.line == 3);
    CHECK(stream_read("/dev/null", STREAM_LENIENT, &s, &err) && s.nsteps == 0);
    stream_free(&s);
}

/* Both ends of every range are allowed, and nothing beyond them. */
static void test_settings_ranges(void) {
    static const char *const good[] = {"databases=1", "databases=16",    "memory=16",     "memory=1024",
                                       "seed=0",      "seed=4294967295", "after=slice:1", "since=123.456"};
    static const char *const bad[] = {"databases=0", "databases=17",    "memory=15",           "memory=1025",
                                      "seed=-1",     "seed=4294967296", "after=slice:1000001", "since=1234.5"};
    Settings s, before;
    char buffer[200];
    for (int i = 0; i < COUNT_OF(good); i++) {
        settings_default(&s);
        CHECK(settings_set(&s, good[i], strlen(good[i]), buffer, sizeof(buffer)) == NULL);
        settings_print(&s, buffer, sizeof(buffer));
        CHECK_TEXT(buffer + 1, good[i]);
        before = s;
        CHECK(settings_set(&s, bad[i], strlen(bad[i]), buffer, sizeof(buffer)) != NULL && settings_equal(&s, &before));
    }
}

static void test_settings(void) {
    Settings a, b;
    char buffer[200];
    settings_default(&a);
    settings_default(&b);
    CHECK(settings_equal(&a, &b) && settings_same_birth(&a, &b));
    CHECK(settings_set(&b, "seed=2", 6, buffer, sizeof(buffer)) == NULL && b.seed == 2);
    CHECK(!settings_equal(&a, &b) && settings_same_birth(&a, &b));
    CHECK(settings_set(&b, "databases=3xyz", 11, buffer, sizeof(buffer)) == NULL && b.databases == 3);
    CHECK(!settings_same_birth(&a, &b));
    CHECK(settings_set(&b, "databases=3xyz", 14, buffer, sizeof(buffer)) != NULL && b.databases == 3);
    CHECK(settings_set(&b, "since=9.1", 9, buffer, sizeof(buffer)) == NULL && strcmp(b.since, "9.1") == 0);
    CHECK(settings_set(&b, "after=slice:1000000", 19, buffer, sizeof(buffer)) == NULL && b.after_pointers == 1000000);
    CHECK(settings_print(&b, buffer, sizeof(buffer)) == strlen(buffer));
    CHECK_TEXT(buffer, " after=slice:1000000 databases=3 seed=2 since=9.1");
    CHECK(settings_print(&b, buffer, 22) == 20 && strcmp(buffer, " after=slice:1000000") == 0);
    CHECK(settings_set(&b, "after=none", 10, buffer, sizeof(buffer)) == NULL && b.after_pointers == 0);
}

/* Gives a number or a choice a value that is not its default. Returns false for a setting with
 * functions of its own. */
static bool give_other_value(Settings *s, SettingId setting) {
    const SettingsRow *row = settings_row(setting);
    if (row->kind == SETTINGS_OWN) return false;
    settings_set_number(s, setting, row->kind == SETTINGS_CHOICE ? 1 : row->usual == row->max ? row->min : row->max);
    return true;
}

/* Each setting has its own field, which is printed, read back, compared and reset. */
static void test_each_setting(void) {
    Settings usual, s, back;
    char text[SETTINGS_MAX_TEXT], buffer[200];
    settings_default(&usual);
    for (SettingId i = 0; i < SETTING_COUNT; i++) {
        settings_default(&s);
        settings_default(&back);
        if (!give_other_value(&s, i)) continue;
        for (SettingId j = 0; j < SETTING_COUNT; j++) CHECK(settings_is_default(&s, j) == (i != j));
        CHECK(!settings_equal(&s, &usual));
        CHECK(settings_same_birth(&s, &usual) == (settings_row(i)->acts == SETTINGS_LATER));
        settings_print(&s, text, sizeof(text));
        CHECK(settings_set(&back, text + 1, strlen(text + 1), buffer, sizeof(buffer)) == NULL);
        CHECK(settings_equal(&s, &back));
        settings_reset(&s, i);
        CHECK(settings_equal(&s, &usual));
    }
}

/* --- corpus/README.md */

/* Appends a table cell: '|' would end it and is escaped. */
static void add_cell(Text *row, const char *cell, const char *quote) {
    text_format(row, "| %s", quote);
    for (; *cell != '\0'; cell++) text_format(row, *cell == '|' ? "\\%c" : "%c", *cell);
    text_format(row, "%s ", quote);
}

static Text settings_table(void) {
    Text table = text_make("", 0);
    for (SettingId i = 0; i < SETTING_COUNT; i++) {
        Text values = settings_values(i), help = settings_help(i);
        add_cell(&table, settings_row(i)->name, "`");
        add_cell(&table, values.data, "`");
        add_cell(&table, help.data, "");
        text_format(&table, "|\n");
        text_free(&values);
        text_free(&help);
    }
    return table;
}

static Text limits_table(void) {
    Text table = text_make("", 0);
    Settings settings;
    settings_default(&settings);
    settings.limits = LIMITS_SMALL;
    for (const SettingsLimit *limit = settings_limits(&settings); limit->option; limit++) {
        add_cell(&table, limit->option, "`");
        add_cell(&table, limit->value, "");
        text_format(&table, "|\n");
    }
    return table;
}

static Text verbs_table(void) {
    Text table = text_make("", 0);
    for (VerbId i = 0; i < VERB_COUNT; i++) {
        Text usage = verb_usage(i), help = verb_help(i);
        add_cell(&table, usage.data, "`");
        add_cell(&table, help.data, "");
        text_format(&table, "|\n");
        text_free(&usage);
        text_free(&help);
    }
    return table;
}

/* The lines of the section under `heading` that begin with `begin`. */
static Text section_lines(const char *text, const char *heading, const char *begin) {
    Text lines = text_make("", 0);
    const char *at = strstr(text, heading);
    if (!at) return lines;
    for (at = strchr(at + 1, '\n'); at && strncmp(at, "\n## ", 4) != 0; at = strchr(at + 1, '\n')) {
        const char *line = at + 1;
        if (strncmp(line, begin, strlen(begin)) == 0) text_append(&lines, line, strcspn(line, "\n") + 1);
    }
    return lines;
}

/* Every block between "```stream" and "```" is a stream and canonical. */
static int check_examples(const char *text) {
    static const char open[] = "\n```stream\n";
    int count = 0;
    for (const char *at = strstr(text, open); at; at = strstr(at + 1, open), count++) {
        const char *start = at + strlen(open), *end = strstr(start, "\n```");
        if (!CHECK(end)) return count;
        Text example = text_make(start, (size_t)(end + 1 - start));
        Stream s;
        CHECK_TEXT(strict_error(example.data, example.len), "");
        stream_parse(example.data, example.len, STREAM_LENIENT, &s, NULL);
        Text printed = stream_print(&s);
        CHECK_TEXT(printed.data, example.data);
        text_free(&printed);
        text_free(&example);
        stream_free(&s);
    }
    return count;
}

/* Two tables must have the same lines. The first one that differs is printed. */
static void check_table(const char *found, const char *wanted) {
    while (*found || *wanted) {
        size_t have = strcspn(found, "\n"), want = strcspn(wanted, "\n");
        bool same = have == want && memcmp(found, wanted, want) == 0;
        if (!CHECK(same)) {
            fprintf(stderr, "    corpus/README.md has the line: %.*s\n    the tables in the code have: %.*s\n",
                    (int)have, found, (int)want, wanted);
            return;
        }
        found += have + 1;
        wanted += want + 1;
    }
}

static void test_readme(const char *path) {
    FILE *file = fopen(path, "r");
    if (!CHECK(file)) return;
    Text text = text_make("", 0);
    for (int c = fgetc(file); c != EOF; c = fgetc(file)) text_append(&text, (const char[]){(char)c}, 1);
    fclose(file);
    Text settings = settings_table(), limits = limits_table(), verbs = verbs_table();
    Text settings_found = section_lines(text.data, "\n## Settings", "| `");
    Text limits_found = section_lines(text.data, "\n## Small limits", "| `");
    Text verbs_found = section_lines(text.data, "\n## Verbs", "| `");
    check_table(settings_found.data, settings.data);
    check_table(limits_found.data, limits.data);
    check_table(verbs_found.data, verbs.data);
    CHECK(check_examples(text.data) >= 5);
    text_free(&settings);
    text_free(&limits);
    text_free(&verbs);
    text_free(&settings_found);
    text_free(&limits_found);
    text_free(&verbs_found);
    text_free(&text);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: test_stream PATH, expected the path of corpus/README.md\n");
        return 2;
    }
    if (!test_rows()) return check_status("test_stream");
    test_mistakes();
    test_headers();
    test_versions();
    test_unknown_names();
    test_canonical();
    test_notes();
    test_expansion();
    test_refusals();
    test_step_words();
    test_limits();
    test_read(argv[1]);
    test_settings();
    test_settings_ranges();
    test_each_setting();
    test_readme(argv[1]);
    return check_status("test_stream");
}
