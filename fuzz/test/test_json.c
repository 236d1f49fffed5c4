/* SPDX-License-Identifier: BSD-3-Clause */
/* test_json.c -- json: the output is JSON for any bytes. */
#include "fuzz/base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/test/check.h"

/* Checks the text for {"k": <len bytes of data>}, between the outermost quotes. */
static void check_bytes(const char *data, size_t len, const char *want) {
    char *text = NULL, all[256];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    Json json = json_begin(out);
    json_bytes(&json, "k", data, len);
    json_end(&json);
    fclose(out);
    snprintf(all, sizeof(all), "{\"k\": \"%s\"}\n", want);
    CHECK_TEXT(text, all);
    free(text);
}

static void test_bytes(void) {
    static const struct {
        const char *data, *want;
    } rows[] = {
        {"", ""},
        {"plain /text", "plain /text"},
        {"\"\\\b\f\n\r\t", "\\\"\\\\\\b\\f\\n\\r\\t"},
        {"\x01\x1f\x7f", "\\u0001\\u001f\x7f"},
        /* two, three, four bytes */
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        /* the last ones */
        {"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"},
        {"\xff\x80", "\\udcff\\udc80"},
        {"\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf", /* overlong */
         "\\udcc0\\udcaf\\udce0\\udc80\\udcaf\\udcf0\\udc80\\udc80\\udcaf"},
        {"\xed\xa0\x80", "\\udced\\udca0\\udc80"},            /* a surrogate */
        {"\xf4\x90\x80\x80", "\\udcf4\\udc90\\udc80\\udc80"}, /* beyond U+10FFFF */
        {"\xf5\x80\x80\x80", "\\udcf5\\udc80\\udc80\\udc80"}, /* not a first byte */
        {"\xe2\x82", "\\udce2\\udc82"},                       /* truncated */
        {"\xe2\x82x\xc3", "\\udce2\\udc82x\\udcc3"},          /* truncated by another character */
    };
    for (int i = 0; i < COUNT_OF(rows); i++) check_bytes(rows[i].data, strlen(rows[i].data), rows[i].want);
    check_bytes("a\0b", 3, "a\\u0000b");
}

static void test_structure(void) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    Json json = json_begin(out);
    json_text(&json, "none", NULL);
    json_count(&json, "most", UINT64_MAX);
    json_real(&json, "half", 0.5, 2);
    json_real(&json, "nan", NAN, 2);
    json_list(&json, "list");
    json_flag(&json, NULL, true);
    json_object(&json, NULL);
    json_flag(&json, "no", false);
    json_close(&json);
    json_object(&json, NULL);
    json_close(&json);
    json_close(&json);
    json_text(&json, "last", "x");
    json_end(&json);
    fclose(out);
    CHECK_TEXT(text, "{\"none\": null, \"most\": 18446744073709551615, \"half\": 0.50, \"nan\": null, "
                     "\"list\": [true, {\"no\": false}, {}], \"last\": \"x\"}\n");
    free(text);
}

int main(void) {
    test_bytes();
    test_structure();
    return check_status("json");
}
