/* SPDX-License-Identifier: BSD-3-Clause */
/* resp.c -- reads RESP2 and RESP3; see resp.h.
 *
 * A value is a line, which may give the number of bytes or of elements that follow. No stack of
 * open values is needed: it is enough to count the values that are still wanted. Attributes of an
 * outermost value are read as a value that is not reported.
 *
 * Limits: a line is checked byte by byte where it may be longer than what is kept of it. */
#include "harness/base/resp.h"

#include <ctype.h>
#include <string.h>

#include "harness/base/text.h"

static bool is_one_of(char c, const char *set) {
    return c && strchr(set, c);
}

/* --- lines */

/* Decimal, without a plus sign or leading zeros. */
static bool is_integer(const char *text, size_t len) {
    bool negative = len && text[0] == '-';
    const char *digits = text + negative;
    size_t count = len - negative;
    int64_t value;
    if (!text_number(digits, count, &value)) return false;
    return count == 1 ? !negative || digits[0] != '0' : digits[0] != '0';
}

/* As printf's %g writes it. */
static bool is_double(const char *text, size_t len) {
    if (len && text[0] == '-') text++, len--;
    if (len == 3 && (memcmp(text, "inf", 3) == 0 || memcmp(text, "nan", 3) == 0)) return true;
    if (!len || !isdigit((unsigned char)text[0])) return false;
    for (size_t i = 1; i < len; i++) {
        if (!isdigit((unsigned char)text[i]) && !is_one_of(text[i], ".e+-")) return false;
    }
    return true;
}

/* The length that a head gives: -1 for null, -2 when it is wrong. */
static int64_t head_number(const char *line, size_t len, bool nullable) {
    int64_t number;
    if (nullable && len == 3 && memcmp(line + 1, "-1", 2) == 0) return -1;
    if (!is_integer(line + 1, len - 1) || !text_number(line + 1, len - 1, &number)) return -2;
    return number > INT64_MAX / 4 ? -2 : number;
}

int64_t resp_elements(const char *line, size_t len) {
    if (!len || !is_one_of(line[0], "*~>%|")) return len ? 0 : -1;
    int64_t number = head_number(line, len, line[0] == '*');
    if (number == -2) return -1;
    if (number == -1) return 0;
    if (line[0] == '%') return 2 * number;
    return line[0] == '|' ? 2 * number + 1 : number;
}

/* What is wrong with a whole line of a value that is only a line; NULL: nothing. */
static const char *judge_leaf(const char *line, size_t len) {
    switch (line[0]) {
    case '+':
    case '-':
        return NULL;
    case ':':
        return is_integer(line + 1, len - 1) ? NULL : "an integer that is none";
    case '(':
        return NULL; /* byte by byte */
    case ',':
        return is_double(line + 1, len - 1) ? NULL : "a double that is none";
    case '#':
        return len == 2 && is_one_of(line[1], "tf") ? NULL : "a boolean that is neither t nor f";
    case '_':
        return len == 1 ? NULL : "a null with more than its type";
    default:
        return "a value of an unknown type";
    }
}

/* --- the text that is kept */

static void keep(RespReader *r, const char *data, size_t len) {
    if (r->named) return;
    size_t room = RESP_LINE - r->kept, more = len < room ? len : room;
    memcpy(r->text + r->kept, data, more);
    r->kept += more;
    r->text[r->kept] = '\0';
}

/* --- values */

static RespEvent fail(RespReader *r, const char *why) {
    r->wrong = why;
    return RESP_WRONG;
}

/* A value, or a part of one, has ended. */
static RespEvent end_value(RespReader *r) {
    r->named = true;
    if (--r->wanted) return RESP_MORE;
    r->within = false;
    return r->type == '|' ? RESP_MORE : RESP_VALUE;
}

/* An outermost value begins with this line. */
static void begin_outermost(RespReader *r, char type) {
    if (r->type != '|' || r->within) r->only3 = r->null2 = false;
    r->within = true;
    r->type = type;
    r->number = 0;
    r->wanted = 1;
    r->named = type == '|';
    r->kept = 0;
    r->text[0] = '\0';
}

static RespEvent begin_string(RespReader *r, int64_t number) {
    if (number == -2) return fail(r, "a length that is none");
    if (number == -1) {
        r->null2 = true;
        return end_value(r);
    }
    if (r->line[0] == '=' && number < 4) return fail(r, "a verbatim string without a format");
    r->string = r->line[0];
    r->size = (uint64_t)number;
    r->at = 0;
    return RESP_MORE;
}

/* `first`: it is the outermost value. */
static RespEvent begin_elements(RespReader *r, bool first) {
    size_t len = r->line_len;
    int64_t number = head_number(r->line, len, r->line[0] == '*'), elements = resp_elements(r->line, len);
    if (elements < 0 || (number == 0 && is_one_of(r->line[0], ">|")))
        return fail(r, "a number of elements that is none");
    if (first) r->number = number;
    if (first && r->line[0] == '|') elements--;
    if (!first) r->named = true;
    r->null2 |= number == -1;
    r->wanted += (uint64_t)elements;
    if (elements == 0 || !first || r->line[0] == '|') return end_value(r);
    r->wanted--;
    return RESP_HEAD;
}

/* A whole line was read, its type included and its line end not. */
static RespEvent take_line(RespReader *r) {
    bool first = !r->within;
    char type = r->line[0];
    if (first) begin_outermost(r, type);
    r->only3 |= is_one_of(type, "_#,(!=%~|>");
    if (type == '>' && !first) return fail(r, "a push within a value");
    if (r->line_len > RESP_LINE && !is_one_of(type, "+-(")) return fail(r, "a line that is too long");
    if (is_one_of(type, "$!=")) {
        int64_t number = head_number(r->line, r->line_len, type == '$');
        if (first) r->number = number;
        return begin_string(r, number);
    }
    if (is_one_of(type, "*~>%|")) return begin_elements(r, first);
    const char *why = judge_leaf(r->line, r->line_len);
    if (why) return fail(r, why);
    size_t kept = r->line_len < RESP_LINE ? r->line_len : RESP_LINE;
    keep(r, r->line + 1, kept - 1);
    return end_value(r);
}

/* --- bytes */

/* Is the byte at this place of the line right? */
static bool line_byte_fits(const RespReader *r, char c) {
    if (r->last == '\r') return c == '\n';
    if (c == '\n') return false;
    if (r->line_len == 0 || r->line[0] != '(' || c == '\r') return true;
    return isdigit((unsigned char)c) || (c == '-' && r->line_len == 1);
}

static RespEvent read_line(RespReader *r, const char *data, size_t len, size_t *used) {
    for (size_t i = 0; i < len; i++) {
        char c = data[i];
        *used = i + 1;
        if (!line_byte_fits(r, c)) return fail(r, "a line with a stray byte");
        r->last = c;
        if (c == '\n') {
            if (!r->line_len) return fail(r, "an empty line");
            RespEvent event = take_line(r);
            r->line_len = 0;
            r->last = 0;
            return event;
        }
        if (c == '\r') continue;
        if (r->line_len < RESP_LINE) r->line[r->line_len] = c;
        r->line_len++;
    }
    return RESP_MORE;
}

/* The bytes of a string, up to its line end. */
static size_t read_contents(RespReader *r, const char *data, size_t len) {
    uint64_t left = r->size - r->at;
    size_t n = len < left ? len : (size_t)left;
    keep(r, data, n);
    r->at += n;
    return n;
}

static RespEvent read_string(RespReader *r, const char *data, size_t len, size_t *used) {
    size_t at = 0;
    if (r->at < r->size) at = read_contents(r, data, len);
    for (; at < len; at++) {
        if (data[at] != "\r\n"[r->at - r->size]) return fail(r, "a string that is longer than its length");
        if (++r->at < r->size + 2) continue;
        r->string = 0;
        *used = at + 1;
        return end_value(r);
    }
    *used = at;
    return RESP_MORE;
}

RespEvent resp_read(RespReader *r, const char *data, size_t len, size_t *used) {
    RespEvent event = r->wrong ? RESP_WRONG : RESP_MORE;
    for (*used = 0; *used < len && event == RESP_MORE;) {
        size_t more = 0;
        event = (r->string ? read_string : read_line)(r, data + *used, len - *used, &more);
        *used += more;
    }
    return event;
}

bool resp_between(const RespReader *r) {
    return !r->within && !r->line_len && !r->last && r->type != '|';
}

void resp_end_at_head(RespReader *r) {
    r->within = false;
    r->wanted = 0;
}
