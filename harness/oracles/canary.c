/* canary.c -- things that go wrong on purpose; see canary.h. */
#include "harness/oracles/canary.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "harness/defrag/moves.h"
#include "harness/finding/finding.h"
#include "harness/server/client.h"
#include "harness/structures/shape.h"
#include "harness/valkey/compat.h"
#include "harness/world/heap.h"
#include "harness/world/world.h"

static const CanaryRow rows[] = {
    {"asan", "asan:heap-use-after-free"},
    {"overflow", "asan:heap-buffer-overflow"},
    {"ubsan", "ubsan:"},
    {"assert", "assert:"},
    {"panic", "panic:"},
    {"free", "heap:"},
    {"stale", "heap:"},
    {"value", "value:"},
    {"account", "account:more"},
    {"kept", "account:kept"},
    {"refs", "refs:global"},
    {"leak", "account:leak"},
    {"shape-list", "shape:list:bookmark"},
    {"shape-zset", "shape:zset:span"},
    {"shape-table", "shape:table:hash"},
    {"shape-store", "shape:store:count"},
    {"shape-stream", "shape:stream:first"},
    {"slice", "progress:slice"},
    {"cycle", "progress:cycle"},
    {"twin", "twin:"},
    {"world", "twin:"},
    {"harness", "exit status 3"},
    {"hang", "exit status 4"},
    {NULL, NULL},
};

const CanaryRow *canary_rows(void) {
    return rows;
}

static bool change_a_value WORLD, lose_a_block WORLD;
static volatile int sink;

static void read_freed(void) {
    char *block = zmalloc(40);
    zfree(block);
    sink = *(volatile char *)block;
}

static void read_beyond(void) {
    char *block = zmalloc(40);
    sink = ((volatile char *)block)[heap_usable_size(block)];
}

static void overflow_int(void) {
    volatile int most = 0x7fffffff;
    sink = most + 1;
}

static void free_twice(void) {
    void *block = zmalloc(40);
    zfree(block);
    zfree(block);
}

static void forget_a_block(void) {
    sink = (int)(uintptr_t)zmalloc(40);
}

/* Something outside of the world decides: no run of a stream is like another one in the same process. */
static void append_from_outside(void) {
    static bool odd;
    odd = !odd;
    client_admin_say("append", "canary", odd ? "one" : "two", NULL);
}

static void hang(void) {
    for (;;) usleep(1000);
}

bool canary_fly(const char *name, size_t len, bool moves) {
    char word[16] = {0};
    if (len >= sizeof(word)) return false;
    memcpy(word, name, len);
    if (strcmp(word, "asan") == 0)
        read_freed();
    else if (strcmp(word, "overflow") == 0)
        read_beyond();
    else if (strcmp(word, "ubsan") == 0)
        overflow_int();
    else if (strcmp(word, "assert") == 0)
        serverAssert(len == 0);
    else if (strcmp(word, "panic") == 0)
        serverPanic("a canary");
    else if (strcmp(word, "free") == 0)
        free_twice();
    else if (strcmp(word, "stale") == 0)
        moves_canary(MOVES_EARLY);
    else if (strcmp(word, "kept") == 0)
        moves_canary(MOVES_LOSE);
    else if (strcmp(word, "refs") == 0)
        moves_canary(MOVES_KEEP);
    else if (strncmp(word, "shape-", 6) == 0)
        return shape_break(word + 6, client_admin_say);
    else if (strcmp(word, "slice") == 0)
        moves_canary(MOVES_STUCK);
    else if (strcmp(word, "cycle") == 0)
        moves_canary(MOVES_AGAIN);
    else if (strcmp(word, "account") == 0)
        lose_a_block = true;
    else if (strcmp(word, "value") == 0)
        change_a_value = true;
    else if (strcmp(word, "leak") == 0)
        forget_a_block();
    else if (strcmp(word, "twin") == 0)
        client_admin_say("append", "canary", moves ? "one" : "two", NULL);
    else if (strcmp(word, "world") == 0)
        append_from_outside();
    else if (strcmp(word, "harness") == 0)
        finding_harness("a canary");
    else if (strcmp(word, "hang") == 0)
        hang();
    else
        return false;
    return true;
}

void canary_during_defrag(void) {
    if (lose_a_block) {
        lose_a_block = false;
        forget_a_block();
    }
    if (!change_a_value) return;
    change_a_value = false;
    client_admin_say("append", "canary", "x", NULL);
}
