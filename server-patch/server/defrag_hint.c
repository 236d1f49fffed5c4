/* SPDX-License-Identifier: BSD-3-Clause */
/* defrag_hint.c -- which blocks move; see defrag_portable.h.
 *
 * The counted hints ("every", "some", "only") number the questions from the server's start, as the
 * fuzz harness does: the same commands and slices move the same blocks in both.
 *
 * Limits: "native" needs an allocator that has a hint. */
#include "defrag_shape/compat.h"

#include "defrag_shape/hash.h"

typedef enum { HINT_NATIVE, HINT_ALWAYS, HINT_NEVER, HINT_EVERY, HINT_SOME, HINT_ONLY, HINT_PAGES } hintKind;

/* A word, and at most two numbers, each with its range. */
static const struct {
    const char *word;
    int numbers;
    struct {
        long long min, max;
    } range[2];
} kinds[] = {
    [HINT_NATIVE] = {"native", 0, {{0}}},
    [HINT_ALWAYS] = {"always", 0, {{0}}},
    [HINT_NEVER] = {"never", 0, {{0}}},
    [HINT_EVERY] = {"every", 1, {{1, 1000000}}},
    [HINT_SOME] = {"some", 2, {{0, UINT32_MAX}, {0, 100}}},
    [HINT_ONLY] = {"only", 2, {{1, 1000000000}, {1, 1000000000}}},
    [HINT_PAGES] = {"pages", 0, {{0}}},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static struct {
    hintKind kind;
    long long numbers[2];
    uint64_t since; /* "only": the blocks that had been asked about when it was chosen */
    bool chosen;
    char text[64];
} hint;

static defragCounts counts;

static hintKind defaultKind(void) {
    return defragHasNativeHint() ? HINT_NATIVE : HINT_PAGES;
}

static void choose(hintKind kind, const long long *numbers) {
    hint.kind = kind;
    hint.chosen = true;
    hint.since = counts.asked;
    for (int i = 0; i < kinds[kind].numbers; i++) hint.numbers[i] = numbers[i];
    int len = snprintf(hint.text, sizeof(hint.text), "%s", kinds[kind].word);
    for (int i = 0; i < kinds[kind].numbers; i++)
        len += snprintf(hint.text + len, sizeof(hint.text) - len, " %lld", numbers[i]);
}

/* Reads the numbers of a hint out of words[1...]. */
static bool readNumbers(hintKind kind, sds *words, int nwords, long long *numbers) {
    if (nwords != kinds[kind].numbers + 1) return false;
    for (int i = 0; i < kinds[kind].numbers; i++) {
        if (!string2ll(words[i + 1], sdslen(words[i + 1]), &numbers[i])) return false;
        if (numbers[i] < kinds[kind].range[i].min || numbers[i] > kinds[kind].range[i].max) return false;
    }
    return true;
}

static int findKind(const char *word) {
    for (int kind = 0; kind < KINDS; kind++) {
        if (!strcasecmp(kinds[kind].word, word)) return kind;
    }
    return -1;
}

/* Returns the kind that `text` names, and its numbers; -1 and the reason in *err if it is none. */
static int parse(const char *text, long long *numbers, const char **err) {
    int nwords, kind = -1;
    sds *words = sdssplitargs(text, &nwords);
    *err = "the hint is one of: native, always, never, every N, some SEED PERCENT (0 to 100), only FIRST LAST, pages";
    if (words && nwords) kind = findKind(words[0]);
    if (kind >= 0 && !readNumbers(kind, words, nwords, numbers)) kind = -1;
    if (kind == HINT_NATIVE && !defragHasNativeHint()) {
        *err = "this allocator has no hint of its own, only the bundled jemalloc has; use pages";
        kind = -1;
    }
    sdsfreesplitres(words, nwords);
    return kind;
}

bool defragHintSet(const char *text, const char **err) {
    long long numbers[2] = {0};
    int kind = text[0] ? parse(text, numbers, err) : (int)defaultKind();
    if (kind < 0) return false;
    choose(kind, numbers);
    if (kind == HINT_PAGES) defragPagesPrepare();
    return true;
}

static void chooseDefault(void) {
    if (!hint.chosen) choose(defaultKind(), NULL);
}

const char *defragHintText(void) {
    chooseDefault();
    return hint.text;
}

bool defragHintIsPages(void) {
    chooseDefault();
    return hint.kind == HINT_PAGES;
}

int defragHintAsk(void *ptr) {
    uint64_t asked = counts.asked++;
    chooseDefault();
    switch (hint.kind) {
    case HINT_NATIVE:
        return defragNativeHint(ptr);
    case HINT_ALWAYS:
        return 1;
    case HINT_NEVER:
        return 0;
    case HINT_EVERY:
        return asked % (uint64_t)hint.numbers[0] == 0;
    case HINT_SOME:
        return (long long)(hash_bytes(&asked, sizeof(asked), hint.numbers[0]) % 100) < hint.numbers[1];
    case HINT_ONLY:
        asked -= hint.since;
        return asked + 1 >= (uint64_t)hint.numbers[0] && asked < (uint64_t)hint.numbers[1];
    case HINT_PAGES:
        return defragPagesAsk(ptr);
    }
    return 0;
}

void defragHintMoved(size_t size) {
    counts.moved++;
    counts.moved_bytes += size;
}

defragCounts defragHintCounts(void) {
    return counts;
}
