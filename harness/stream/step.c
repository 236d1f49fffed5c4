/* SPDX-License-Identifier: BSD-3-Clause */
/* step.c -- one line of a stream: making and copying steps, what they expand to, how they are
 * printed.
 *
 * Purpose: a step keeps its arguments as they were written ("%seq(1-300,f{},v{})"), so that the
 * step that builds a big hash is one line for people, for the mutator and for the shrinker. Only
 * the run loop expands it. The canonical form is unique: steps are equal if and only if their
 * canonical texts are.
 *
 * Limits: STREAM_MAX_*. The functions that add arguments reject what exceeds them. Code that
 * changes fields in place may exceed them; then the expansion is cut. A word is printed without
 * quotes whenever it cannot be mistaken for anything else. */
#include "harness/stream/step.h"

#include <string.h>

#include "harness/base/array.h"

Step step_command(int client) {
    return (Step){.kind = STEP_COMMAND, .client = client};
}

Step step_verb(VerbId verb) {
    return (Step){.kind = STEP_VERB, .verb = verb};
}

void arg_free(Arg *arg) {
    for (int i = 0; i < arg->nparts; i++) text_free(&arg->parts[i]);
    free(arg->parts);
    *arg = (Arg){0};
}

void arg_add_part(Arg *arg, const char *data, size_t len) {
    arg->parts = array_reserve(arg->parts, (size_t)arg->nparts, (size_t)arg->nparts + 1, sizeof(Text));
    arg->parts[arg->nparts++] = text_make(data, len);
}

void arg_copy(Arg *to, const Arg *from) {
    *to = *from;
    to->parts = NULL;
    to->nparts = 0;
    for (int i = 0; i < from->nparts; i++) arg_add_part(to, from->parts[i].data, from->parts[i].len);
}

void step_free(Step *step) {
    for (int i = 0; i < step->nargs; i++) arg_free(&step->args[i]);
    free(step->args);
    text_free(&step->notes);
    *step = (Step){0};
}

void step_copy(Step *to, const Step *from) {
    *to = *from;
    to->args = array_reserve(NULL, 0, (size_t)from->nargs, sizeof(Arg));
    for (int i = 0; i < from->nargs; i++) arg_copy(&to->args[i], &from->args[i]);
    to->notes = text_make(from->notes.data, from->notes.len);
}

/* --- what arguments expand to */

/* How many numbers a sequence has; 0 when first is above last. */
static int64_t sequence_count(const Arg *arg) {
    if (arg->last < arg->first || arg->stride < 1) return 0;
    return (arg->last - arg->first) / arg->stride + 1;
}

/* The number of digits in the first `count` numbers of a sequence. One iteration per power of
 * ten. */
static int64_t sequence_digits(const Arg *arg, int64_t count) {
    int64_t total = 0;
    uint64_t n = (uint64_t)arg->first, stride = (uint64_t)arg->stride, power = 10;
    for (int digits = 1; count > 0; digits++, power *= 10) {
        if (n >= power) continue;
        uint64_t terms = (power - 1 - n) / stride + 1;
        if (terms > (uint64_t)count) terms = (uint64_t)count;
        total += (int64_t)terms * digits;
        count -= (int64_t)terms;
        n += terms * stride;
    }
    return total;
}

/* The offset of the next "{}" of a template at or after `from`; t.len when there is none. */
static size_t template_hole(Text t, size_t from) {
    for (size_t i = from; i + 1 < t.len; i++) {
        if (t.data[i] == '{' && t.data[i + 1] == '}') return i;
    }
    return t.len;
}

static Extent sequence_extent(const Arg *arg) {
    int64_t count = sequence_count(arg), holes = 0, fixed = 0;
    for (int i = 0; i < arg->nparts; i++) {
        Text t = arg->parts[i];
        fixed += (int64_t)t.len;
        for (size_t at = template_hole(t, 0); at < t.len; at = template_hole(t, at + 2)) holes++;
    }
    int64_t counted = count < STREAM_MAX_ELEMENTS ? count : STREAM_MAX_ELEMENTS;
    int64_t bytes = counted * (fixed - 2 * holes);
    if (holes > 0) bytes += holes * sequence_digits(arg, counted);
    return (Extent){count > INT64_MAX / arg->nparts ? INT64_MAX : count * arg->nparts, bytes};
}

Extent arg_extent(const Arg *arg) {
    switch (arg->kind) {
    case ARG_LITERAL:
        return (Extent){1, (int64_t)arg->parts[0].len};
    case ARG_REPEAT:
        return (Extent){1, arg->bytes};
    case ARG_SEQUENCE:
        break;
    }
    return sequence_extent(arg);
}

static int64_t sum_or_most(int64_t a, int64_t b) {
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

Extent step_extent(const Step *step) {
    Extent sum = {0, 0};
    for (int i = 0; i < step->nargs; i++) {
        Extent e = arg_extent(&step->args[i]);
        sum.elements = sum_or_most(sum.elements, e.elements);
        sum.bytes = sum_or_most(sum.bytes, e.bytes);
    }
    return sum;
}

/* Ends a sequence early enough to fit. A binary search, since a longer sequence never expands to
 * less. */
static bool sequence_fit(Arg *arg, Extent room) {
    int64_t fits = 0, beyond = room.elements / arg->nparts + 1, count = sequence_count(arg);
    if (beyond > count + 1) beyond = count + 1;
    while (beyond - fits > 1) {
        Arg tried = *arg;
        int64_t half = fits + (beyond - fits) / 2;
        tried.last = arg->first + (half - 1) * arg->stride;
        if (arg_extent(&tried).bytes <= room.bytes) {
            fits = half;
        } else {
            beyond = half;
        }
    }
    if (fits > 0 && fits < count) arg->last = arg->first + (fits - 1) * arg->stride;
    return fits > 0;
}

bool arg_fit(Arg *arg, Extent used) {
    Extent room = {STREAM_MAX_ELEMENTS - used.elements, STREAM_MAX_EXPANDED - used.bytes};
    if (room.elements < 1 || room.bytes < 0) return false;
    if (arg->kind == ARG_SEQUENCE) return sequence_fit(arg, room);
    if (arg->kind == ARG_REPEAT) {
        if (arg->bytes > room.bytes) arg->bytes = room.bytes;
    } else if ((int64_t)arg->parts[0].len > room.bytes) {
        arg->parts[0].len = (size_t)room.bytes;
        arg->parts[0].data[room.bytes] = '\0';
    }
    return true;
}

/* Arguments that are being expanded. All items are in one block of memory, one after the other and
 * each with a terminating zero: a step may have thousands, and a separate block for each would cost
 * more than the command. */
typedef struct {
    Argv *argv;
    char *begin, *at; /* of the current item; where its next byte goes */
    size_t left;      /* bytes still allowed, not counting the zeros */
} Expansion;

/* Appends to the current item as many of `len` bytes as are still allowed. */
static void expand_bytes(Expansion *e, const char *data, size_t len) {
    if (len > e->left) len = e->left;
    if (len > 0) memcpy(e->at, data, len);
    e->at += len;
    e->left -= len;
}

static void expand_item(Expansion *e) {
    *e->at = '\0';
    e->argv->items[e->argv->count++] = (Text){.data = e->begin, .len = (size_t)(e->at - e->begin)};
    e->begin = ++e->at;
}

static void expand_repeat(Expansion *e, const Arg *arg) {
    Text pattern = arg->parts[0];
    size_t left = arg->bytes > 0 && pattern.len > 0 ? (size_t)arg->bytes : 0;
    while (left > 0 && e->left > 0) {
        size_t part = left < pattern.len ? left : pattern.len;
        expand_bytes(e, pattern.data, part);
        left -= part;
    }
    expand_item(e);
}

/* A non-negative number, in decimal. */
static void expand_number(Expansion *e, int64_t number) {
    char digits[24], *end = digits + sizeof(digits), *p = end;
    do {
        *--p = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    expand_bytes(e, p, (size_t)(end - p));
}

static void expand_template(Expansion *e, Text t, int64_t number) {
    for (size_t at = 0; at < t.len;) {
        size_t hole = template_hole(t, at);
        expand_bytes(e, t.data + at, hole - at);
        if (hole < t.len) expand_number(e, number);
        at = hole + 2;
    }
    expand_item(e);
}

static void expand_sequence(Expansion *e, const Arg *arg) {
    int64_t count = sequence_count(arg), number = arg->first;
    for (; count > 0; count--, number += arg->stride) {
        for (int i = 0; i < arg->nparts; i++) {
            if (e->argv->count == STREAM_MAX_ELEMENTS) return;
            expand_template(e, arg->parts[i], number);
        }
    }
}

static void expand_arg(Expansion *e, const Arg *arg) {
    switch (arg->kind) {
    case ARG_LITERAL:
        expand_bytes(e, arg->parts[0].data, arg->parts[0].len);
        expand_item(e);
        break;
    case ARG_REPEAT:
        expand_repeat(e, arg);
        break;
    case ARG_SEQUENCE:
        expand_sequence(e, arg);
        break;
    }
}

/* Returns memory for at least `need` items: `old`, with room for `*room` items, if that is enough,
 * else new memory that replaces it. The contents are lost. */
static void *expand_reserve(void *old, size_t *room, size_t need, size_t size) {
    if (old != NULL && need <= *room) return old;
    free(old);
    *room = array_room(need);
    return array_reserve(NULL, 0, *room, size);
}

void step_expand(const Step *step, Argv *argv) {
    Extent extent = step_extent(step);
    size_t items = (size_t)(extent.elements < STREAM_MAX_ELEMENTS ? extent.elements : STREAM_MAX_ELEMENTS);
    size_t bytes = (size_t)(extent.bytes < STREAM_MAX_EXPANDED ? extent.bytes : STREAM_MAX_EXPANDED);
    argv->items = expand_reserve(argv->items, &argv->room, items, sizeof(*argv->items));
    argv->bytes = expand_reserve(argv->bytes, &argv->bytes_room, bytes + items, 1);
    argv->count = 0;
    Expansion e = {.argv = argv, .begin = argv->bytes, .at = argv->bytes, .left = bytes};
    for (int i = 0; i < step->nargs && argv->count < STREAM_MAX_ELEMENTS; i++) expand_arg(&e, &step->args[i]);
}

void argv_free(Argv *argv) {
    free(argv->bytes);
    free(argv->items);
    *argv = (Argv){0};
}

/* --- adding arguments */

bool step_add(Step *step, Arg *arg) {
    Extent used = step_extent(step), more = arg_extent(arg);
    if (step->nargs >= STREAM_MAX_ARGS) return false;
    if (more.elements > STREAM_MAX_ELEMENTS - used.elements) return false;
    if (more.bytes > STREAM_MAX_EXPANDED - used.bytes) return false;
    step->args = array_reserve(step->args, (size_t)step->nargs, (size_t)step->nargs + 1, sizeof(Arg));
    step->args[step->nargs++] = *arg;
    *arg = (Arg){0};
    return true;
}

/* Adds an argument that was just made, or frees it when the step has no room for it. */
static bool step_add_made(Step *step, Arg *arg) {
    bool added = step_add(step, arg);
    if (!added) arg_free(arg);
    return added;
}

bool step_add_literal(Step *step, const char *data, size_t len) {
    Arg arg = {.kind = ARG_LITERAL};
    arg_add_part(&arg, data, len);
    return step_add_made(step, &arg);
}

bool step_add_string(Step *step, const char *zero_terminated) {
    return step_add_literal(step, zero_terminated, strlen(zero_terminated));
}

bool step_add_repeat(Step *step, const char *data, size_t len, int64_t bytes) {
    if (len == 0 || bytes < 0 || bytes > STREAM_MAX_EXPANDED) return false;
    Arg arg = {.kind = ARG_REPEAT, .bytes = bytes};
    arg_add_part(&arg, data, len);
    return step_add_made(step, &arg);
}

bool step_add_sequence(Step *step, int64_t first, int64_t last, int64_t stride, const char **templates,
                       int ntemplates) {
    if (first < 0 || first > last || last > STREAM_MAX_NUMBER) return false;
    if (stride < 1 || stride > STREAM_MAX_NUMBER || ntemplates < 1 || ntemplates > STREAM_MAX_TEMPLATES) return false;
    Arg arg = {.kind = ARG_SEQUENCE, .first = first, .last = last, .stride = stride};
    for (int i = 0; i < ntemplates; i++) arg_add_part(&arg, templates[i], strlen(templates[i]));
    return step_add_made(step, &arg);
}

const char *step_word(const Step *step, int index) {
    if (index >= step->nargs || step->args[index].kind != ARG_LITERAL) return "";
    return step->args[index].parts[0].data;
}

int64_t step_number(const Step *step, int index, int64_t fallback) {
    int64_t value = fallback;
    const char *word = step_word(step, index);
    text_number(word, strlen(word), &value);
    return value;
}

/* --- the canonical form */

size_t step_prefix(const char *word, size_t len) {
    size_t digits = 0;
    while (digits < len && word[digits] >= '0' && word[digits] <= '9') digits++;
    return digits > 0 && digits < len && word[digits] == '>' ? digits + 1 : 0;
}

/* Does the byte need no escape within double quotes? */
static bool print_is_plain(char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/* Can the text be written without quotes: is it printable, and free of the bytes of `special`? */
static bool print_is_bare(Text t, const char *special) {
    for (size_t i = 0; i < t.len; i++) {
        if (t.data[i] <= ' ' || t.data[i] > '~' || strchr(special, t.data[i]) != NULL) return false;
    }
    return t.len > 0;
}

static void print_escaped(Text *out, char c) {
    static const char plain[] = "\n\r\t\a\b\"\\", letters[] = "nrtab\"\\", hex[] = "0123456789abcdef";
    const char *escape = c == '\0' ? NULL : strchr(plain, c);
    unsigned char byte = (unsigned char)c;
    if (escape != NULL) {
        text_append(out, (const char[]){'\\', letters[escape - plain]}, 2);
    } else {
        text_append(out, (const char[]){'\\', 'x', hex[byte >> 4], hex[byte & 15]}, 4);
    }
}

static void print_quoted(Text *out, Text t) {
    text_append(out, "\"", 1);
    for (size_t i = 0, run = 0; i < t.len; i += run + 1) {
        run = 0;
        while (i + run < t.len && print_is_plain(t.data[i + run])) run++;
        text_append(out, t.data + i, run);
        if (i + run < t.len) print_escaped(out, t.data[i + run]);
    }
    text_append(out, "\"", 1);
}

/* Would the parser take the word for something else, although it is printable? */
static bool print_is_mistakable(Text t, bool leading) {
    if (t.len >= 5 && (memcmp(t.data, "%rep(", 5) == 0 || memcmp(t.data, "%seq(", 5) == 0)) return true;
    return leading && (t.data[0] == '!' || t.data[0] == '#' || step_prefix(t.data, t.len) > 0);
}

static void print_part(Text *out, Text part) {
    text_append(out, ",", 1);
    if (print_is_bare(part, "\"'\\,)")) {
        text_append(out, part.data, part.len);
    } else {
        print_quoted(out, part);
    }
}

static void print_literal(Text *out, Text t, bool leading) {
    if (print_is_bare(t, "\"'\\") && !print_is_mistakable(t, leading)) {
        text_append(out, t.data, t.len);
    } else {
        print_quoted(out, t);
    }
}

/* Appends an argument. The leading one is a command's name, the first word of its line. */
static void print_arg(Text *out, const Arg *arg, bool leading) {
    if (arg->kind == ARG_LITERAL) {
        print_literal(out, arg->parts[0], leading);
        return;
    }
    if (arg->kind == ARG_REPEAT) {
        text_format(out, "%%rep(%lld", (long long)arg->bytes);
    } else {
        text_format(out, "%%seq(%lld-%lld", (long long)arg->first, (long long)arg->last);
        if (arg->stride != 1) text_format(out, "/%lld", (long long)arg->stride);
    }
    for (int i = 0; i < arg->nparts; i++) print_part(out, arg->parts[i]);
    text_append(out, ")", 1);
}

Text arg_print(const Arg *arg) {
    Text out = text_make("", 0);
    print_arg(&out, arg, false);
    return out;
}

Text step_print(const Step *step) {
    Text out = text_make("", 0);
    if (step->client != 0) text_format(&out, "%d> ", step->client);
    if (step->kind == STEP_VERB) text_format(&out, "!%s", verb_name(step->verb));
    for (int i = 0; i < step->nargs; i++) {
        bool leading = i == 0 && step->kind == STEP_COMMAND;
        if (!leading) text_append(&out, " ", 1);
        print_arg(&out, &step->args[i], leading);
    }
    return out;
}

Text step_summary(const Step *step, size_t width) {
    Text whole = step_print(step);
    if (whole.len <= width || width < 3) return whole;
    Text out = text_make(whole.data, width - 3);
    text_append(&out, "...", 3);
    text_free(&whole);
    return out;
}
