/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_break.c -- breaks structures on purpose, to show that the checks fail; see shape.h. */
#include <string.h>

#include "harness/module/sample.h"
#include "harness/structures/shape.h"

#if CHECKED_shape_fields
#include "harness/valkey/fields.h"
#endif
#if CHECKED_shape_pubsub
#include "harness/valkey/channels.h"
#endif
#if CHECKED_shape_function
#include "harness/valkey/libraries.h"
#endif
#if CHECKED_shape_script
#include "harness/valkey/scripts.h"
#endif
#if HAVE_ORDERED_INDEX
#define CAN_BREAK_ZSET (CHECKED_shape_ordered && HAVE_orderedIndexItemSetScore)
#else
#define CAN_BREAK_ZSET CHECKED_shape_skiplist
#endif
#if CAN_BREAK_ZSET
#include "harness/valkey/zsets.h"
#endif

#if CHECKED_shape_break

static const char key[] = "canary";
static ShapeSendFn *send_command;

/* Finds the canary's key, which a command has created. Walks, because a lookup could expire or
 * rehash something. */
static robj *find_key(void) {
    hashtableIterator it;
    void *entry;
    compat_walk_begin(&it, kvstoreGetHashtable(compat_db(0)->keys, 0));
    while (hashtableNext(&it, &entry)) {
        if (strcmp(objectGetKey(entry), key) != 0) continue;
        compat_walk_end(&it);
        return entry;
    }
    serverPanic("the canary's key does not exist");
}

#if CHECKED_shape_list
/* A bookmark that points to no node of its list. */
static void break_list(void) {
    send_command("config", "set", "list-max-listpack-size", "1", NULL);
    send_command("rpush", key, "one", "two", "three", NULL);
    robj *o = find_key();
    quicklist *list = objectGetVal(o);
    quicklistBookmarkCreate(&list, key, list->head);
    objectSetVal(o, list);
    list->bookmarks[0].node = NULL;
}
#else
#define break_list NULL
#endif

#if CAN_BREAK_ZSET
/* A first item whose score is higher than that of the next; or, in a skiplist, a span of the header
 * on a high level that is too long. */
static void break_zset(void) {
    send_command("config", "set", "zset-max-listpack-entries", "0", NULL);
    for (const char *member = "abcdefghijklmnopqrstuvwxyz"; *member; member++) {
        send_command("zadd", key, "1", member, NULL);
    }
    zset *zs = objectGetVal(find_key());
#if HAVE_ORDERED_INDEX
    orderedIndexItemSetScore(orderedIndexGetFirst(zs->oi), 2);
#else
    zslGetHeader(zs->zsl)->level[zslGetHeight(zs->zsl) - 1].span++;
#endif
}
#else
#define break_zset NULL
#endif

#if CHECKED_shape_module
/* A tree that counts a node too many. The sample module must be loaded. */
static void break_module(void) {
    send_command("sample.treeset", key, "a", "1", "b", "2", NULL);
    const moduleValue *value = objectGetVal(find_key());
    ((SampleTree *)value->value)->root->size++;
}
#else
#define break_module NULL
#endif

#if CHECKED_shape_table
/* An entry that a lookup of its key would miss. */
static void break_table(void) {
    send_command("set", key, "x", NULL);
    const robj *o = find_key();
    const PrivateTable *table = (const PrivateTable *)kvstoreGetHashtable(compat_db(0)->keys, 0);
    for (size_t i = 0; i < (size_t)1 << table->bucket_exp[0]; i++) {
        PrivateBucket *bucket = &table->tables[0][i];
        for (size_t j = 0; j < sizeof(bucket->entries) / sizeof(bucket->entries[0]); j++) {
            if (bucket->presence & 1 << j && bucket->entries[j] == o) bucket->hashes[j] ^= 1;
        }
    }
}
#else
#define break_table NULL
#endif

#if CHECKED_shape_dict
/* A dict that stays paused. */
static void break_dict(void) {
#if HAVE_DICT_IS_HASHTABLE
    ((PrivateTable *)functionsLibGet())->pause_rehash++;
#else
    functionsLibGet()->pauserehash++;
#endif
}
#else
#define break_dict NULL
#endif

#if CHECKED_shape_store
static void break_store(void) {
    ((PrivateStore *)compat_db(0)->expires)->key_count++;
}

/* Buckets that no table has, as after the release of an empty table. */
static void break_buckets(void) {
    ((PrivateStore *)compat_db(0)->expires)->bucket_count += 8;
}

/* Memory of an old table that a rehash has freed already. */
static void break_overhead(void) {
    ((PrivateStore *)compat_db(0)->expires)->overhead_hashtable_rehashing += HASHTABLE_BUCKET_SIZE;
}
#else
#define break_store NULL
#define break_buckets NULL
#define break_overhead NULL
#endif

#if CHECKED_shape_store && defined(HAVE_PrivateStore_importing_key_count)
/* The keys of an import that was given up. */
static void break_importing(void) {
    ((PrivateStore *)compat_db(0)->expires)->importing_key_count++;
}
#else
#define break_importing NULL
#endif

#if CHECKED_shape_stream
/* A first id in the stream's header that is not that of the first entry. */
static void break_stream(void) {
    send_command("xadd", key, "1-1", "field", "x", NULL);
    ((stream *)objectGetVal(find_key()))->first_id.seq++;
}
#else
#define break_stream NULL
#endif

#if CHECKED_shape_radix
/* A byte in the memory count of the stream's tree that no node has. */
static void break_radix(void) {
    send_command("xadd", key, "1-1", "field", "x", NULL);
    ((stream *)objectGetVal(find_key()))->rax->alloc_size++;
}
#else
#define break_radix NULL
#endif

#if CHECKED_shape_fields && HAVE_FIELD_TTLS
/* Two swapped fields in the vector that is kept in order of expiry. 8.1 has none. */
static void break_fields(void) {
    send_command("config", "set", "hash-max-listpack-entries", "0", NULL);
    send_command("hset", key, "one", "1", "two", "2", NULL);
    send_command("hpexpire", key, "1000000", "fields", "1", "one", NULL);
    send_command("hpexpire", key, "2000000", "fields", "1", "two", NULL);
    uintptr_t word = (uintptr_t)compat_volatile_fields(find_key());
    if ((word & FIELDS_MASK) != FIELDS_VECTOR) serverPanic("the canary's fields are not a vector");
    PrivateFieldVector *vector = (PrivateFieldVector *)(word & ~(uintptr_t)FIELDS_MASK);
    void *first = vector->data[0];
    vector->data[0] = vector->data[1];
    vector->data[1] = first;
}
#else
#define break_fields NULL
#endif

#if CHECKED_shape_pubsub
static void refer_again(void *subscribers, uint64_t hash, void *context) {
    (void)hash, (void)context;
    ((robj *)compat_channel_name(subscribers))->refcount++;
}

/* A channel with a reference too many. */
static void break_pubsub(void) {
    send_command("subscribe", key, NULL);
    shape_store(server.pubsub_channels, refer_again, NULL);
}
#else
#define break_pubsub NULL
#endif

#if CHECKED_shape_script
/* A wrong SHA1 in a script's node of the eviction list. */
static void break_script(void) {
    send_command("eval", "return 1", "0", NULL);
    const listNode *last = compat_script_evictions()->tail;
    if (!last) serverPanic("no script can be evicted: the canary breaks the node of one");
    ((char *)last->value)[0] ^= 1;
}
#else
#define break_script NULL
#endif

#if CHECKED_shape_script
static void break_script_memory(void) {
    extern PrivateScripts evalCtx;
    evalCtx.scripts_mem++;
}
#else
#define break_script_memory NULL
#endif

#if CHECKED_shape_function
static void break_function(void) {
    compat_libraries()->cache_memory++;
}
#else
#define break_function NULL
#endif

#if CHECKED_shape_lua && CHECKED_shape_function && defined(HAVE_PrivateLuaFunction)
static void number_as_one(void *entry, uint64_t hash, void *context) {
    (void)hash, (void)context;
    const functionInfo *function = dictGetVal((dictEntry *)entry);
    ((PrivateLuaFunction *)function->compiled_function->function)->function_ref = 1;
}

/* Two functions with the same number. */
static void break_lua(void) {
    send_command("function", "load",
                 "#!lua name=canary\nredis.register_function('one', function() end) "
                 "redis.register_function('two', function() end)",
                 NULL);
    shape_dict(compat_libraries()->functions, number_as_one, NULL);
}
#else
#define break_lua NULL
#endif

#if CHECKED_shape_client
/* A watching client that is gone. */
static void break_client(void) {
    server.watching_clients++;
}

/* An argument of a client without a command. */
static void break_client_arguments(void) {
    const listNode *node = server.clients->head;
    while (node && ((client *)node->value)->argc) node = node->next;
    if (!node) serverPanic("each client has a command");
    ((client *)node->value)->argv_len_sum++;
}

/* Memory of a client that was freed. */
static void break_client_memory(void) {
    server.stat_clients_type_memory[CLIENT_TYPE_NORMAL] += 64;
}
#else
#define break_client NULL
#define break_client_arguments NULL
#define break_client_memory NULL
#endif

#if CHECKED_shape_listpack
/* A header that counts one element too many. */
static void break_listpack(void) {
    send_command("config", "set", "hash-max-listpack-entries", "8", NULL);
    send_command("hset", key, "field", "x", NULL);
    const robj *o = find_key();
    if (o->encoding != OBJ_ENCODING_LISTPACK) serverPanic("the canary's hash is not a listpack");
    ((unsigned char *)objectGetVal(o))[4]++;
}
#else
#define break_listpack NULL
#endif

bool shape_break(const char *what, ShapeSendFn *send) {
    static const struct {
        const char *what;
        void (*make)(void);
    } table[] = {
        {"list", break_list},
        {"zset", break_zset},
        {"module", break_module},
        {"table", break_table},
        {"store", break_store},
        {"buckets", break_buckets},
        {"overhead", break_overhead},
        {"stream", break_stream},
        {"radix", break_radix},
        {"importing", break_importing},
        {"fields", break_fields},
        {"pubsub", break_pubsub},
        {"script", break_script},
        {"dict", break_dict},
        {"function", break_function},
        {"script-memory", break_script_memory},
        {"listpack", break_listpack},
        {"client", break_client},
        {"client-memory", break_client_memory},
        {"client-arguments", break_client_arguments},
        {"lua", break_lua},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (!table[i].make || strcmp(table[i].what, what) != 0) continue;
        send_command = send;
        table[i].make();
        return true;
    }
    return false;
}

#else

bool shape_break(const char *what, ShapeSendFn *send) {
    (void)what, (void)send;
    return false;
}

#endif
