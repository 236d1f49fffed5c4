/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_break.c -- breaks structures on purpose, to show that the checks fail; see shape.h. */
#include <string.h>

#include "harness/structures/shape.h"

static const char key[] = "canary";
static ShapeSendFn *send_command;

/* Finds the canary's key, which a command has created. Reads the bucket itself, because a lookup
 * could expire or rehash something. */
static robj *find_key(const CompatBucket **bucket, int *position) {
    const CompatTable *table = (const CompatTable *)kvstoreGetHashtable(compat_db(0)->keys, 0);
    for (int which = 0; which < 2; which++) {
        size_t count = table->bucket_exp[which] < 0 ? 0 : (size_t)1 << table->bucket_exp[which];
        for (size_t i = 0; i < count; i++) {
            *bucket = &table->tables[which][i];
            for (*position = 0; *position < COMPAT_BUCKET_ENTRIES - (*bucket)->chained; ++*position) {
                if (!((*bucket)->presence & 1 << *position)) continue;
                robj *o = (*bucket)->entries[*position];
                if (strcmp(objectGetKey(o), key) == 0) return o;
            }
        }
    }
    serverPanic("the canary's key is in a chained bucket: use this canary at the beginning of a stream");
}

static void *value(void) {
    const CompatBucket *bucket;
    int position;
    return objectGetVal(find_key(&bucket, &position));
}

/* A bookmark that points to no node of its list. */
static void break_list(void) {
    send_command("config", "set", "list-max-listpack-size", "1", NULL);
    send_command("rpush", key, "one", "two", "three", NULL);
    const CompatBucket *bucket;
    int position;
    robj *o = find_key(&bucket, &position);
    quicklist *list = objectGetVal(o);
    quicklistBookmarkCreate(&list, key, list->head);
    objectSetVal(o, list);
    list->bookmarks[0].node = NULL;
}

/* A span of the header on a high level that is too long. */
static void break_zset(void) {
    send_command("config", "set", "zset-max-listpack-entries", "0", NULL);
    for (const char *member = "abcdefghijklmnopqrstuvwxyz"; *member; member++) {
        send_command("zadd", key, "1", member, NULL);
    }
    zskiplist *list = ((zset *)value())->zsl;
    zslGetHeader(list)->level[zslGetHeight(list) - 1].span++;
}

/* An entry that a lookup of its key would miss. */
static void break_table(void) {
    const CompatBucket *bucket;
    int position;
    send_command("set", key, "x", NULL);
    find_key(&bucket, &position);
    ((CompatBucket *)bucket)->hashes[position] ^= 1;
}

static void break_store(void) {
    ((CompatStore *)compat_db(0)->expires)->key_count++;
}

/* A first id in the stream's header that is not that of the first entry. */
static void break_stream(void) {
    send_command("xadd", key, "1-1", "field", "x", NULL);
    ((stream *)value())->first_id.seq++;
}

/* A byte in the memory count of the stream's tree that no node has. */
static void break_radix(void) {
    send_command("xadd", key, "1-1", "field", "x", NULL);
    ((stream *)value())->rax->alloc_size++;
}

/* Two swapped fields in the vector that is kept in order of expiry. 8.1 has none. */
static void break_fields(void) {
    send_command("hset", key, "one", "1", "two", "2", NULL);
    send_command("hpexpire", key, "1000000", "fields", "1", "one", NULL);
    send_command("hpexpire", key, "2000000", "fields", "1", "two", NULL);
    const CompatBucket *bucket;
    int position;
    uintptr_t word = (uintptr_t)compat_volatile_fields(find_key(&bucket, &position));
    if ((word & COMPAT_FIELDS_MASK) != COMPAT_FIELDS_VECTOR) serverPanic("the canary's fields are not a vector");
    CompatFieldVector *vector = (CompatFieldVector *)(word & ~(uintptr_t)COMPAT_FIELDS_MASK);
    void *first = vector->data[0];
    vector->data[0] = vector->data[1];
    vector->data[1] = first;
}

static void refer_again(void *subscribers, uint64_t hash, void *context) {
    (void)hash, (void)context;
    ((robj *)compat_channel_name(subscribers))->refcount++;
}

/* A channel with a reference too many. */
static void break_pubsub(void) {
    send_command("subscribe", key, NULL);
    shape_store(server.pubsub_channels, refer_again, NULL);
}

/* A wrong SHA1 in a script's node of the eviction list. */
static void break_script(void) {
    send_command("eval", "return 1", "0", NULL);
    const listNode *last = compat_script_evictions()->tail;
    if (!last) serverPanic("no script can be evicted: the canary breaks the node of one");
    ((char *)last->value)[0] ^= 1;
}

bool shape_break(const char *what, ShapeSendFn *send) {
    static const struct {
        const char *what;
        void (*make)(void);
    } table[] = {
        {"list", break_list},     {"zset", break_zset},     {"table", break_table},
        {"store", break_store},   {"stream", break_stream}, {"radix", break_radix},
        {"fields", break_fields}, {"pubsub", break_pubsub}, {"script", break_script},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strcmp(table[i].what, what) != 0) continue;
        send_command = send;
        table[i].make();
        return true;
    }
    return false;
}
