/* SPDX-License-Identifier: BSD-3-Clause */
/* test_wire_reply.c -- wire_reply: the bounds and the content of replies, in RESP2 and RESP3. */
#include "fuzz/wire/reply.h"

#include <string.h>

#include "harness/base/array.h"
#include "harness/test/check.h"

/* A text that refers to the words without copying them. */
static Text text(const char *words) {
    return (Text){.data = (char *)words, .len = strlen(words)};
}

static size_t length(const char *words) {
    return wire_reply_length(words, strlen(words));
}

/* Each is one reply, and no prefix of it is. */
static void test_whole_and_cut(void) {
    static const char *const replies[] = {
        "+OK\r\n",
        "-ERR no\r\n",
        ":1\r\n",
        "$-1\r\n",
        "$0\r\n\r\n",
        "$6\r\na\r\nb\r\n\r\n",
        "*-1\r\n",
        "*0\r\n",
        "*2\r\n$1\r\na\r\n*1\r\n:1\r\n",
        "_\r\n",
        "#t\r\n",
        ",1.5\r\n",
        "(123\r\n",
        "=7\r\ntxt:abc\r\n",
        "!3\r\nERR\r\n",
        "%1\r\n+k\r\n~2\r\n:1\r\n:2\r\n",
        ">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n",
        "|1\r\n+ttl\r\n:5\r\n+value\r\n",
    };
    for (int i = 0; i < COUNT_OF(replies); i++) {
        size_t len = strlen(replies[i]);
        CHECK(wire_reply_length(replies[i], len) == len);
        for (size_t cut = 0; cut < len; cut++) CHECK(wire_reply_length(replies[i], cut) == 0);
    }
    CHECK(length("+a\r\n+b\r\n") == 4);
    CHECK(length("HTTP/1.1 400 Bad Request\r\nDate: x\r\n") == 26);
    CHECK(wire_reply_count(text("+a\r\n*1\r\n:1\r\n$3\r\nab")) == 2);
    CHECK(wire_reply_count((Text){0}) == 0);
}

static void test_elements(void) {
    char value[8];
    size_t len;
    Text array = text("*4\r\n$3\r\nabc\r\n*1\r\n:1\r\n:42\r\n$-1\r\n");
    CHECK(wire_reply_value(array, 0, value, sizeof(value)) && strcmp(value, "abc") == 0);
    CHECK(wire_reply_value(array, 2, value, sizeof(value)) && strcmp(value, "42") == 0);
    CHECK(wire_reply_value(array, 3, value, sizeof(value)) && strcmp(value, "") == 0);
    CHECK(!wire_reply_value(array, 4, value, sizeof(value)));
    CHECK(wire_reply_element(array, 1, &len) && len == 8);
    CHECK(!wire_reply_element(text("+OK\r\n"), 0, &len));
    CHECK(wire_reply_value(text("*1\r\n$20\r\n01234567890123456789\r\n"), 0, value, sizeof(value)) &&
          strcmp(value, "0123456") == 0);
}

static void test_order(void) {
    Text a = text("*2\r\n$1\r\n0\r\n*2\r\n$2\r\nf1\r\n$2\r\ng2\r\n");
    CHECK(wire_reply_same_values(a, text("*2\r\n$1\r\n0\r\n*2\r\n$2\r\ng2\r\n$2\r\nf1\r\n")));
    CHECK(!wire_reply_same_values(a, text("*2\r\n$1\r\n0\r\n*2\r\n$2\r\nf2\r\n$2\r\ng1\r\n")));
    CHECK(!wire_reply_same_values(a, text("*2\r\n$1\r\n0\r\n*1\r\n$2\r\nf1\r\n")));
}

static void test_description(void) {
    Text out = {0};
    wire_reply_describe(&out, text("$2\r\na\x01\r\n"), 100);
    CHECK(strcmp(out.data, "$2\\r\\na\\x01\\r\\n") == 0);
    out.len = 0;
    wire_reply_describe(&out, text("+OKAY\r\n"), 3);
    CHECK(strcmp(out.data, "+OK... (7 bytes)") == 0);
    text_free(&out);
}

int main(void) {
    test_whole_and_cut();
    test_elements();
    test_order();
    test_description();
    return check_status("wire_reply");
}
