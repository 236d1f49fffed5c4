/* SPDX-License-Identifier: BSD-3-Clause */
/* test_resp.c -- resp: whole values, values in pieces, and everything that is wrong.
 *
 * Limits: which replies a server owes is tested with the server, by the canaries and the seeds. */
#include "harness/base/resp.h"

#include <string.h>

#include "harness/base/array.h"
#include "harness/test/check.h"

/* Reads all of it, heads aside, in pieces of `piece` bytes; returns the last event. */
static RespEvent read_pieces(RespReader *r, const char *words, size_t piece) {
    size_t len = strlen(words);
    RespEvent event = RESP_MORE;
    for (size_t at = 0, used; at < len && event != RESP_WRONG; at += used) {
        event = resp_read(r, words + at, len - at < piece ? len - at : piece, &used);
    }
    return event;
}

/* Each is one value, in pieces of any length, and no prefix of it is. */
static void test_values(void) {
    static const struct {
        const char *words;
        char type;
        int64_t number;
        const char *text;
        bool only3, null2;
    } rows[] = {
        {"+OK\r\n", '+', 0, "OK", false, false},
        {"+\r\n", '+', 0, "", false, false},
        {"-ERR no\r\n", '-', 0, "ERR no", false, false},
        {":-12\r\n", ':', 0, "-12", false, false},
        {"$-1\r\n", '$', -1, "", false, true},
        {"$0\r\n\r\n", '$', 0, "", false, false},
        {"$6\r\na\r\nb\r\n\r\n", '$', 6, "a\r\nb\r\n", false, false},
        {"*-1\r\n", '*', -1, "", false, true},
        {"*0\r\n", '*', 0, "", false, false},
        {"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n*1\r\n$-1\r\n", '*', 3, "message", false, true},
        {"*2\r\n*1\r\n+a\r\n+b\r\n", '*', 2, "", false, false},
        {"*1\r\n*1\r\n*0\r\n", '*', 1, "", false, false},
        {"_\r\n", '_', 0, "", true, false},
        {"#f\r\n", '#', 0, "f", true, false},
        {",-1.5e+30\r\n", ',', 0, "-1.5e+30", true, false},
        {",-inf\r\n", ',', 0, "-inf", true, false},
        {"(-1234567999999999999999999999999999999\r\n", '(', 0, "-1234567999999999999999999999999999999", true, false},
        {"=7\r\ntxt:abc\r\n", '=', 7, "txt:abc", true, false},
        {"!3\r\nERR\r\n", '!', 3, "ERR", true, false},
        {"%1\r\n+k\r\n~2\r\n:1\r\n:2\r\n", '%', 1, "k", true, false},
        {">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n", '>', 2, "invalidate", true, false},
        {"|1\r\n+ttl\r\n:5\r\n+value\r\n", '+', 0, "value", true, false},
        {"*2\r\n|1\r\n+ttl\r\n:5\r\n+value\r\n+b\r\n", '*', 2, "", true, false},
    };
    for (int i = 0; i < COUNT_OF(rows); i++) {
        size_t len = strlen(rows[i].words);
        for (size_t piece = 1; piece <= len; piece++) {
            RespReader r = {0};
            CHECK(read_pieces(&r, rows[i].words, piece) == RESP_VALUE);
            CHECK(resp_between(&r) && !r.wrong);
            CHECK(r.type == rows[i].type && r.number == rows[i].number);
            CHECK(r.only3 == rows[i].only3 && r.null2 == rows[i].null2);
            CHECK_TEXT(r.text, rows[i].text);
        }
        for (size_t cut = 1; cut < len; cut++) {
            RespReader r = {0};
            size_t used;
            CHECK(resp_read(&r, rows[i].words, cut, &used) != RESP_VALUE);
            CHECK(!resp_between(&r));
        }
    }
}

static void test_wrong(void) {
    static const char *const rows[] = {
        "\r\n",
        "OK\r\n",
        "+a\nb\r\n",
        "+a\rb\r\n",
        ":\r\n",
        ":01\r\n",
        ":-0\r\n",
        ":+1\r\n",
        ":1x\r\n",
        "$\r\n",
        "$-2\r\n",
        "$1\r\nab\r\n",
        "$3\r\na\r\n+OK\r\n",
        "*-2\r\n",
        "*x\r\n",
        "*1\r\n>1\r\n+a\r\n",
        ">0\r\n",
        ">-1\r\n",
        "%-1\r\n",
        "_x\r\n",
        "#y\r\n",
        ",1,5\r\n",
        ",\r\n",
        "(12a\r\n",
        "=3\r\nabc\r\n",
        "$?\r\n",
        "$9223372036854775807\r\n",
        "*2\r\n+a\r\nb\r\n",
    };
    for (int i = 0; i < COUNT_OF(rows); i++) {
        for (size_t piece = 1; piece <= strlen(rows[i]); piece++) {
            RespReader r = {0};
            bool wrong = read_pieces(&r, rows[i], piece) == RESP_WRONG;
            if (!wrong) printf("not wrong: row %d\n", i);
            CHECK(wrong && r.wrong);
        }
    }
}

/* The elements of the outer array become values of their own. */
static void test_head(void) {
    const char *words = "*2\r\n+a\r\n*1\r\n:1\r\n+b\r\n";
    size_t len = strlen(words), at = 0, used;
    RespReader r = {0};
    CHECK(resp_read(&r, words, len, &used) == RESP_HEAD && r.number == 2);
    resp_end_at_head(&r);
    CHECK(resp_between(&r));
    at += used;
    CHECK(resp_read(&r, words + at, len - at, &used) == RESP_VALUE && strcmp(r.text, "a") == 0);
    at += used;
    CHECK(resp_read(&r, words + at, len - at, &used) == RESP_HEAD && r.number == 1);
    at += used;
    CHECK(resp_read(&r, words + at, len - at, &used) == RESP_VALUE && strcmp(r.text, "1") == 0);
    at += used;
    CHECK(resp_read(&r, words + at, len - at, &used) == RESP_VALUE && strcmp(r.text, "b") == 0);
    CHECK(at + used == len);
}

/* A line longer than what is kept of it. */
static void test_long(void) {
    char words[300];
    RespReader r = {0};
    memset(words, 'x', sizeof(words));
    words[0] = '+';
    strcpy(words + 290, "\r\n");
    CHECK(read_pieces(&r, words, sizeof(words)) == RESP_VALUE && strlen(r.text) == RESP_LINE - 1);
    r = (RespReader){0};
    words[0] = ':';
    CHECK(read_pieces(&r, words, sizeof(words)) == RESP_WRONG);
}

static void test_elements(void) {
    CHECK(resp_elements("*3", 2) == 3);
    CHECK(resp_elements("*-1", 3) == 0);
    CHECK(resp_elements("%3", 2) == 6);
    CHECK(resp_elements("|3", 2) == 7);
    CHECK(resp_elements("$3", 2) == 0);
    CHECK(resp_elements("~x", 2) == -1);
    CHECK(resp_elements("", 0) == -1);
}

int main(void) {
    test_values();
    test_wrong();
    test_head();
    test_long();
    test_elements();
    return check_status("resp");
}
