/* SPDX-License-Identifier: BSD-3-Clause */
/* test_stream.c -- the stream's text format, by example: what strict rejects and with which
 * messages, how lenient reads the same text, canonical forms, expansions, notes, limits.
 *
 * Usage: test_stream PATH-OF-corpus/README.md, a file that is no stream
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

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: test_stream PATH, expected the path of corpus/README.md\n");
        return 2;
    }
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
    return check_status("test_stream");
}
