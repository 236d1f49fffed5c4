/* SPDX-License-Identifier: BSD-3-Clause */
/* test_snapshot.c -- is the world restored byte for byte, at birth and in mid-stream?
 *
 * Takes a hash of every byte of the world (arena, what is known of its blocks, globals, WORLD
 * variables) and compares it around resets, switches between births with other settings, and marks
 * that are restored many times, with each method to find written pages. */
#include <stdio.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/defrag/slice.h"
#include "harness/finding/finding.h"
#include "harness/server/birth.h"
#include "harness/server/client.h"
#include "harness/structures/hash.h"
#include "harness/structures/value.h"
#include "harness/test/check.h"
#include "harness/world/heap.h"
#include "harness/world/snapshot.h"

static uint64_t hash;

__attribute__((no_sanitize("address"))) static void add(const void *from, size_t len, void *arg) {
    (void)arg;
    hash = hash_bytes(from, len, hash);
}

static uint64_t world_hash(void) {
    static unsigned char shadow[HEAP_RESERVED / 64];
    hash = 0;
    CHECK(heap_shadow_size(heap_used()) <= sizeof(shadow));
    heap_shadow_read(shadow, heap_used());
    add(shadow, heap_shadow_size(heap_used()), NULL);
    add(heap_base(), heap_used(), NULL);
    snapshot_each_global(add, NULL);
    return hash;
}

static uint64_t data_digest(void) {
    static ValueImage image;
    const char *why = "?";
    CHECK(value_take(&image, &why));
    return image.digest;
}

/* Creates some data of every type and moves it. `salt` makes it differ. */
static void live(int salt) {
    char key[32], script[64];
    for (int i = 0; i < 40; i++) {
        snprintf(key, sizeof(key), "%d-%d", salt, i);
        client_say(0, "hset", "hash", key, "value", NULL);
        client_say(1, "rpush", key, "a", "b", "c", NULL);
        client_say(2, "zadd", "zset", "1", key, NULL);
        client_say(0, "expire", key, "100", NULL);
    }
    snprintf(script, sizeof(script), "return redis.call('incr', 'n%d')", salt);
    client_say(3, "subscribe", "channel", NULL);
    client_say(0, "eval", script, "0", NULL);
    slice_finish(true, 0);
    slice_run(20);
}

static Settings settings_of(int databases) {
    Settings s;
    settings_default(&s);
    s.databases = databases;
    return s;
}

static void test_reset(void) {
    Settings s = settings_of(2);
    birth_reset(&s);
    uint64_t born = world_hash();
    for (int i = 0; i < 50; i++) {
        live(i);
        CHECK(world_hash() != born);
        birth_reset(&s);
        CHECK(world_hash() == born);
    }
}

static void test_two_births(void) {
    Settings two = settings_of(2), three = settings_of(3);
    birth_reset(&two);
    uint64_t born_two = world_hash();
    live(1);
    birth_reset(&three);
    uint64_t born_three = world_hash();
    CHECK(born_two != born_three);
    for (int i = 0; i < 10; i++) {
        live(i);
        birth_reset(&two);
        CHECK(world_hash() == born_two);
        live(i);
        birth_reset(&three);
        CHECK(world_hash() == born_three);
    }
}

static void test_marks(void) {
    Settings s = settings_of(2);
    birth_reset(&s);
    live(1);
    Mark *early = snapshot_save();
    uint64_t early_hash = world_hash(), early_digest = data_digest();
    live(2);
    Mark *late = snapshot_save();
    uint64_t late_hash = world_hash();
    for (int i = 0; i < 20; i++) {
        snapshot_restore(early);
        CHECK(world_hash() == early_hash);
        CHECK(data_digest() == early_digest);
        live(2);
        /* The same continuation, so the same world, byte for byte */
        CHECK(world_hash() == late_hash);
        live(100 + i);
        snapshot_restore(late);
        CHECK(world_hash() == late_hash);
    }
    snapshot_mark_free(early);
    snapshot_mark_free(late);
}

/* Which memory is used again is part of the world: the same continuation gets the same blocks. */
static void test_reuse(ReuseKind how) {
    Settings s = settings_of(2);
    s.reuse = how;
    birth_reset(&s);
    uint64_t born = world_hash();
    live(1);
    Mark *mark = snapshot_save();
    live(2);
    uint64_t after = world_hash();
    for (int i = 0; i < 3; i++) {
        snapshot_restore(mark);
        live(2);
        CHECK(world_hash() == after);
        birth_reset(&s);
        CHECK(world_hash() == born);
    }
    snapshot_mark_free(mark);
}

/* Which address a new block gets. */
static void test_places(void) {
    Settings s = settings_of(2);
    HeapBlock block;
    for (ReuseKind how = REUSE_NEVER; how <= REUSE_SAME; how++) {
        s.reuse = how;
        birth_reset(&s);
        char *big = heap_malloc(200), *small = heap_malloc(40), *other = heap_malloc(40);
        heap_free(big);
        heap_free(small);
        CHECK(!heap_find(small, &block) || !block.live);
        char *first = heap_malloc(33), *second = heap_malloc(64), *third = heap_malloc(40);
        CHECK((first == small) == (how != REUSE_NEVER));
        CHECK((second == big) == (how == REUSE_SAME));
        CHECK(third != big && third != small && third != other);
        CHECK(heap_find(first, &block) && block.live && block.size == 33);
        CHECK(block.again == (how != REUSE_NEVER));
        CHECK(heap_find(second + 63, &block) && block.start == second);
        memset(second, 1, 64);
        heap_free(second);
        heap_free(first);
        heap_free(other);
    }
}

/* A block of the birth has other neighbours than a stream's, so its place is not used again. */
static void test_birth_block_stays_unused(void) {
    Settings s = settings_of(2);
    birth_reset(&s);
    void *old = heap_malloc(40);
    heap_reuse(REUSE_LAST);
    heap_free(old);
    CHECK(heap_malloc(40) != old);
}

/* The shadow is restored too: freed memory is poisoned again, live memory is not. */
static void test_shadow(void) {
    Settings s = settings_of(2);
    birth_reset(&s);
    char *kept = heap_malloc(40), *freed = heap_malloc(40);
    heap_free(freed);
    Mark *mark = snapshot_save();
    heap_free(kept);
    snapshot_restore(mark);
    HeapBlock block;
    CHECK(heap_find(kept, &block) && block.live);
    CHECK(heap_find(freed, &block) && !block.live);
    memset(kept, 1, 40);
    heap_free(kept);
    snapshot_mark_free(mark);
}

int main(void) {
    finding_init();
    const char *why = birth_init(HEAP_ARENA, NULL);
    if (why) {
        fprintf(stderr, "%s\n", why);
        return EXIT_HARNESS;
    }
    CHECK(heap_base() == HEAP_PLACE);
    heap_record_sites(false); /* the call sites in this test must not change the world */
    static const SnapshotOptions all[] = {
        {.renew = SNAPSHOT_RENEW},
        {.compare = true, .renew = SNAPSHOT_RENEW},
        {.renew = 3},
        {.compare = true, .renew = 3},
    };
    for (int i = 0; i < COUNT_OF(all); i++) {
        snapshot_set_options(&all[i]);
        test_reset();
        test_two_births();
        test_marks();
        test_shadow();
        test_reuse(REUSE_LAST);
        test_reuse(REUSE_SAME);
    }
    test_places();
    test_birth_block_stays_unused();
    return check_status("test_snapshot");
}
