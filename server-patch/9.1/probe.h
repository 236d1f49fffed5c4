/* SPDX-License-Identifier: BSD-3-Clause */
/* probe.h -- what a Valkey tree has; written by harness/valkey/probe, which says how.
 *
 * Limits: see there. */
#ifndef HARNESS_VALKEY_PROBE_H
#define HARNESS_VALKEY_PROBE_H

typedef struct PrivateBucket PrivateBucket;
typedef struct PrivateTable PrivateTable;
typedef struct PrivateStore PrivateStore;
typedef struct PrivateStoreMetadata PrivateStoreMetadata;
typedef struct PrivateKey PrivateKey;
typedef struct PrivateWatchedKey PrivateWatchedKey;
typedef struct PrivateScript PrivateScript;
typedef struct PrivateScripts PrivateScripts;
typedef struct PrivateLibraries PrivateLibraries;
typedef struct PrivateEngineCounts PrivateEngineCounts;
typedef struct PrivateFieldVector PrivateFieldVector;
typedef struct PrivateLuaFunction PrivateLuaFunction;

#define HAVE_CONFIG_ALIAS_AT 1
#define CONFIG_ALIAS_AT 8 /* config.c: __builtin_offsetof(standardConfig, alias) */

#define HAVE_CONFIG_NAME_AT 1
#define CONFIG_NAME_AT 0 /* config.c: __builtin_offsetof(standardConfig, name) */

#define HAVE_CONFIG_NUMBER_AT 1
#define CONFIG_NUMBER_AT 64 /* config.c: __builtin_offsetof(standardConfig, data.numeric.config) */

#define HAVE_CONFIG_SIZE 1
#define CONFIG_SIZE 128 /* config.c: sizeof(standardConfig) */

#define HAVE_FIELDS_MASK 1
#define FIELDS_MASK 7 /* vset.c: VSET_TAG_MASK */

#define HAVE_FIELDS_RADIX 1
#define FIELDS_RADIX 6 /* vset.c: VSET_BUCKET_RAX */

#define HAVE_FIELDS_TABLE 1
#define FIELDS_TABLE 4 /* vset.c: VSET_BUCKET_HT */

#define HAVE_FIELDS_VECTOR 1
#define FIELDS_VECTOR 2 /* vset.c: VSET_BUCKET_VECTOR */

#define HAVE_FIELDS_VECTOR_MOST 1
#define FIELDS_VECTOR_MOST 127 /* vset.c: VOLATILESET_VECTOR_BUCKET_MAX_SIZE */

/* bucket of hashtable.c */
#define HAVE_PrivateBucket 1
struct PrivateBucket {
    uint8_t chained : 1;
    uint8_t presence : 7;
    uint8_t hashes[7];
    void *entries[7];
};
_Static_assert(sizeof(struct PrivateBucket) == 64, "size");
#define HAVE_PrivateBucket_chained 1
#define HAVE_PrivateBucket_presence 1
_Static_assert(__builtin_offsetof(struct PrivateBucket, hashes) == 1, "place");
#define HAVE_PrivateBucket_hashes 1
_Static_assert(__builtin_offsetof(struct PrivateBucket, entries) == 8, "place");
#define HAVE_PrivateBucket_entries 1

/* functionsLibEngineStats of functions.c */
#define HAVE_PrivateEngineCounts 1
struct PrivateEngineCounts {
    size_t n_lib;
    size_t n_functions;
};
_Static_assert(sizeof(struct PrivateEngineCounts) == 16, "size");
_Static_assert(__builtin_offsetof(struct PrivateEngineCounts, n_lib) == 0, "place");
#define HAVE_PrivateEngineCounts_n_lib 1
_Static_assert(__builtin_offsetof(struct PrivateEngineCounts, n_functions) == 8, "place");
#define HAVE_PrivateEngineCounts_n_functions 1

/* pVector of vset.c */
#define HAVE_PrivateFieldVector 1
struct PrivateFieldVector {
    uint64_t len : 30;
    uint64_t alloc : 34;
    void *data[];
};
_Static_assert(sizeof(struct PrivateFieldVector) == 8, "size");
#define HAVE_PrivateFieldVector_len 1
#define HAVE_PrivateFieldVector_alloc 1
_Static_assert(__builtin_offsetof(struct PrivateFieldVector, data) == 8, "place");
#define HAVE_PrivateFieldVector_data 1

/* ValkeyModuleKey of module.c */
#define HAVE_PrivateKey 1
struct PrivateKey {
    ValkeyModuleCtx *ctx;
    serverDb *db;
    robj *key;
    robj *value;
    void *iter;
    int mode;
    _Alignas(8) unsigned char bytes_of_7[80];
};
_Static_assert(sizeof(struct PrivateKey) == 128, "size");
_Static_assert(__builtin_offsetof(struct PrivateKey, ctx) == 0, "place");
#define HAVE_PrivateKey_ctx 1
_Static_assert(__builtin_offsetof(struct PrivateKey, db) == 8, "place");
#define HAVE_PrivateKey_db 1
_Static_assert(__builtin_offsetof(struct PrivateKey, key) == 16, "place");
#define HAVE_PrivateKey_key 1
_Static_assert(__builtin_offsetof(struct PrivateKey, value) == 24, "place");
#define HAVE_PrivateKey_value 1
_Static_assert(__builtin_offsetof(struct PrivateKey, iter) == 32, "place");
#define HAVE_PrivateKey_iter 1
_Static_assert(__builtin_offsetof(struct PrivateKey, mode) == 40, "place");
#define HAVE_PrivateKey_mode 1

/* functionsLibCtx of functions.c */
#define HAVE_PrivateLibraries 1
struct PrivateLibraries {
    dict *libraries;
    dict *functions;
    size_t cache_memory;
    dict *engines_stats;
};
_Static_assert(sizeof(struct PrivateLibraries) == 32, "size");
_Static_assert(__builtin_offsetof(struct PrivateLibraries, libraries) == 0, "place");
#define HAVE_PrivateLibraries_libraries 1
_Static_assert(__builtin_offsetof(struct PrivateLibraries, functions) == 8, "place");
#define HAVE_PrivateLibraries_functions 1
_Static_assert(__builtin_offsetof(struct PrivateLibraries, cache_memory) == 16, "place");
#define HAVE_PrivateLibraries_cache_memory 1
_Static_assert(__builtin_offsetof(struct PrivateLibraries, engines_stats) == 24, "place");
#define HAVE_PrivateLibraries_engines_stats 1

/* luaFunction of modules/lua/engine_structs.h */
#define HAVE_PrivateLuaFunction 1
struct PrivateLuaFunction {
    void *lua;
    int function_ref;
};
_Static_assert(sizeof(struct PrivateLuaFunction) == 16, "size");
_Static_assert(__builtin_offsetof(struct PrivateLuaFunction, lua) == 0, "place");
#define HAVE_PrivateLuaFunction_lua 1
_Static_assert(__builtin_offsetof(struct PrivateLuaFunction, function_ref) == 8, "place");
#define HAVE_PrivateLuaFunction_function_ref 1

/* evalScript of eval.c */
#define HAVE_PrivateScript 1
struct PrivateScript {
    compiledFunction *script;
    scriptingEngine *engine;
    robj *body;
    uint64_t flags;
    listNode *node;
};
_Static_assert(sizeof(struct PrivateScript) == 40, "size");
_Static_assert(__builtin_offsetof(struct PrivateScript, script) == 0, "place");
#define HAVE_PrivateScript_script 1
_Static_assert(__builtin_offsetof(struct PrivateScript, engine) == 8, "place");
#define HAVE_PrivateScript_engine 1
_Static_assert(__builtin_offsetof(struct PrivateScript, body) == 16, "place");
#define HAVE_PrivateScript_body 1
_Static_assert(__builtin_offsetof(struct PrivateScript, flags) == 24, "place");
#define HAVE_PrivateScript_flags 1
_Static_assert(__builtin_offsetof(struct PrivateScript, node) == 32, "place");
#define HAVE_PrivateScript_node 1

/* struct evalCtx of eval.c */
#define HAVE_PrivateScripts 1
struct PrivateScripts {
    dict *scripts;
    list *scripts_lru_list;
    unsigned long long scripts_mem;
};
_Static_assert(sizeof(struct PrivateScripts) == 24, "size");
_Static_assert(__builtin_offsetof(struct PrivateScripts, scripts) == 0, "place");
#define HAVE_PrivateScripts_scripts 1
_Static_assert(__builtin_offsetof(struct PrivateScripts, scripts_lru_list) == 8, "place");
#define HAVE_PrivateScripts_scripts_lru_list 1
_Static_assert(__builtin_offsetof(struct PrivateScripts, scripts_mem) == 16, "place");
#define HAVE_PrivateScripts_scripts_mem 1

/* kvstore of kvstore.c */
#define HAVE_PrivateStore 1
struct PrivateStore {
    int flags;
    hashtableType *dtype;
    hashtable **hashtables;
    int num_hashtables;
    int num_hashtables_bits;
    list *rehashing;
    int resize_cursor;
    int allocated_hashtables;
    int non_empty_hashtables;
    unsigned long long key_count;
    unsigned long long bucket_count;
    unsigned long long *hashtable_size_index;
    size_t overhead_hashtable_lut;
    size_t overhead_hashtable_rehashing;
    hashtable *importing;
    unsigned long long importing_key_count;
};
_Static_assert(sizeof(struct PrivateStore) == 112, "size");
_Static_assert(__builtin_offsetof(struct PrivateStore, flags) == 0, "place");
#define HAVE_PrivateStore_flags 1
_Static_assert(__builtin_offsetof(struct PrivateStore, dtype) == 8, "place");
#define HAVE_PrivateStore_dtype 1
_Static_assert(__builtin_offsetof(struct PrivateStore, hashtables) == 16, "place");
#define HAVE_PrivateStore_hashtables 1
_Static_assert(__builtin_offsetof(struct PrivateStore, num_hashtables) == 24, "place");
#define HAVE_PrivateStore_num_hashtables 1
_Static_assert(__builtin_offsetof(struct PrivateStore, num_hashtables_bits) == 28, "place");
#define HAVE_PrivateStore_num_hashtables_bits 1
_Static_assert(__builtin_offsetof(struct PrivateStore, rehashing) == 32, "place");
#define HAVE_PrivateStore_rehashing 1
_Static_assert(__builtin_offsetof(struct PrivateStore, resize_cursor) == 40, "place");
#define HAVE_PrivateStore_resize_cursor 1
_Static_assert(__builtin_offsetof(struct PrivateStore, allocated_hashtables) == 44, "place");
#define HAVE_PrivateStore_allocated_hashtables 1
_Static_assert(__builtin_offsetof(struct PrivateStore, non_empty_hashtables) == 48, "place");
#define HAVE_PrivateStore_non_empty_hashtables 1
_Static_assert(__builtin_offsetof(struct PrivateStore, key_count) == 56, "place");
#define HAVE_PrivateStore_key_count 1
_Static_assert(__builtin_offsetof(struct PrivateStore, bucket_count) == 64, "place");
#define HAVE_PrivateStore_bucket_count 1
_Static_assert(__builtin_offsetof(struct PrivateStore, hashtable_size_index) == 72, "place");
#define HAVE_PrivateStore_hashtable_size_index 1
_Static_assert(__builtin_offsetof(struct PrivateStore, overhead_hashtable_lut) == 80, "place");
#define HAVE_PrivateStore_overhead_hashtable_lut 1
_Static_assert(__builtin_offsetof(struct PrivateStore, overhead_hashtable_rehashing) == 88, "place");
#define HAVE_PrivateStore_overhead_hashtable_rehashing 1
_Static_assert(__builtin_offsetof(struct PrivateStore, importing) == 96, "place");
#define HAVE_PrivateStore_importing 1
_Static_assert(__builtin_offsetof(struct PrivateStore, importing_key_count) == 104, "place");
#define HAVE_PrivateStore_importing_key_count 1

/* kvstoreHashtableMetadata of kvstore.c */
#define HAVE_PrivateStoreMetadata 1
struct PrivateStoreMetadata {
    listNode *rehashing_node;
    kvstore *kvs;
};
_Static_assert(sizeof(struct PrivateStoreMetadata) == 16, "size");
_Static_assert(__builtin_offsetof(struct PrivateStoreMetadata, rehashing_node) == 0, "place");
#define HAVE_PrivateStoreMetadata_rehashing_node 1
_Static_assert(__builtin_offsetof(struct PrivateStoreMetadata, kvs) == 8, "place");
#define HAVE_PrivateStoreMetadata_kvs 1

/* hashtable of hashtable.c */
#define HAVE_PrivateTable 1
struct PrivateTable {
    hashtableType *type;
    ssize_t rehash_idx;
    PrivateBucket *tables[2];
    size_t used[2];
    int8_t bucket_exp[2];
    int16_t pause_rehash;
    int16_t pause_auto_shrink;
    size_t child_buckets[2];
    void *safe_iterators;
    void *metadata[];
};
_Static_assert(sizeof(struct PrivateTable) == 80, "size");
_Static_assert(__builtin_offsetof(struct PrivateTable, type) == 0, "place");
#define HAVE_PrivateTable_type 1
_Static_assert(__builtin_offsetof(struct PrivateTable, rehash_idx) == 8, "place");
#define HAVE_PrivateTable_rehash_idx 1
_Static_assert(__builtin_offsetof(struct PrivateTable, tables) == 16, "place");
#define HAVE_PrivateTable_tables 1
_Static_assert(__builtin_offsetof(struct PrivateTable, used) == 32, "place");
#define HAVE_PrivateTable_used 1
_Static_assert(__builtin_offsetof(struct PrivateTable, bucket_exp) == 48, "place");
#define HAVE_PrivateTable_bucket_exp 1
_Static_assert(__builtin_offsetof(struct PrivateTable, pause_rehash) == 50, "place");
#define HAVE_PrivateTable_pause_rehash 1
_Static_assert(__builtin_offsetof(struct PrivateTable, pause_auto_shrink) == 52, "place");
#define HAVE_PrivateTable_pause_auto_shrink 1
_Static_assert(__builtin_offsetof(struct PrivateTable, child_buckets) == 56, "place");
#define HAVE_PrivateTable_child_buckets 1
_Static_assert(__builtin_offsetof(struct PrivateTable, safe_iterators) == 72, "place");
#define HAVE_PrivateTable_safe_iterators 1
_Static_assert(__builtin_offsetof(struct PrivateTable, metadata) == 80, "place");
#define HAVE_PrivateTable_metadata 1

/* watchedKey of multi.c */
#define HAVE_PrivateWatchedKey 1
struct PrivateWatchedKey {
    struct listNode node;
    robj *key;
    serverDb *db;
    client *client;
    unsigned int expired : 1;
};
_Static_assert(sizeof(struct PrivateWatchedKey) == 56, "size");
_Static_assert(__builtin_offsetof(struct PrivateWatchedKey, node) == 0, "place");
#define HAVE_PrivateWatchedKey_node 1
_Static_assert(__builtin_offsetof(struct PrivateWatchedKey, key) == 24, "place");
#define HAVE_PrivateWatchedKey_key 1
_Static_assert(__builtin_offsetof(struct PrivateWatchedKey, db) == 32, "place");
#define HAVE_PrivateWatchedKey_db 1
_Static_assert(__builtin_offsetof(struct PrivateWatchedKey, client) == 40, "place");
#define HAVE_PrivateWatchedKey_client 1
#define HAVE_PrivateWatchedKey_expired 1

#define HAVE_SCRIPTS_SIZE 1
#define SCRIPTS_SIZE 24 /* eval.c: sizeof(evalCtx) */

#define HAVE_STREAM_DELETED 1
#define STREAM_DELETED 1 /* t_stream.c: STREAM_ITEM_FLAG_DELETED */

#define HAVE_STREAM_SAME_FIELDS 1
#define STREAM_SAME_FIELDS 2 /* t_stream.c: STREAM_ITEM_FLAG_SAMEFIELDS */

#define HAVE_CONNECTION_TYPE_NUMBER 1
#define HAVE_DATABASE_POINTERS 1
#define HAVE_DICT_IS_HASHTABLE 0
#define HAVE_CHANNELS_IN_HASHTABLE 1
#define HAVE_FIELD_TTLS 1
#define HAVE_LISTPACK_TTLS 0
#define HAVE_ORDERED_INDEX 0
#define HAVE_OBJ_ENCODING_BTREE 0
#define HAVE_orderedIndexVerifyIntegrity 0
#define HAVE_orderedIndexItemSetScore 0
#define HAVE_STORE_STEPS 1
#define HAVE_SLICE_SETTINGS 1
#define HAVE_SCAN_FIELDS 1
#define HAVE_BIO_LAZY_FREE 1
#define HAVE_TIMER_LIST 1
#define HAVE_active_defrag_enabled 1
#define HAVE_CLIENT_QUEUE 1
#define HAVE_PACKED_REPLIES 1
#define HAVE_keys_with_volatile_items 1
#define HAVE_WATCHED_KEYS_BY_DB 1
#define HAVE_EXPIRED_FIELDS 1
#define HAVE_MEAN_TTL 0
#define HAVE_MEAN_TTL_OF_KEYS 1
#define HAVE_objectGetVal 1
#define HAVE_hashTypeUpdateAsStringRef 1
#define HAVE_zslGetHeader 1
#define HAVE_hashtableCleanupIterator 1
#define HAVE_hashtableGetRehashingIndex 1
#define HAVE_HASHTABLE_ITER_SKIP_VALIDATION 1
#define CHECKED_shape_table 1
#define CHECKED_shape_dict 1
#define CHECKED_shape_store 1
#define CHECKED_shape_list 1
#define CHECKED_shape_skiplist 1
#define CHECKED_shape_ordered 1
#define CHECKED_shape_radix 1
#define CHECKED_shape_stream 1
#define CHECKED_shape_fields 1
#define CHECKED_waiting_tables 1
#define CHECKED_shape_pubsub 1
#define CHECKED_shape_module 1
#define CHECKED_shape_script 1
#define CHECKED_shape_function 1
#define CHECKED_shape_lua 1
#define CHECKED_shape_client 1
#define CHECKED_shape_listpack 1
#define CHECKED_shape_break 1
#define CHECKED_value_packed 1
#define CHECKED_value_intset 1
#define CHECKED_value_dict 1
#define CHECKED_value_radix 1
#define CHECKED_ledger 1
#define CHECKED_value_list 1
#define CHECKED_value_skiplist 1
#define CHECKED_value_ordered 1
#define CHECKED_value_hash 1
#define CHECKED_value_stream 1
#define CHECKED_value_client 1
#define CHECKED_value_module 1
#define CHECKED_value_script 1
#define CHECKED_excuse_bucket 1
#define CHECKED_excuse_bookmark 1
#define CHECKED_excuse_index 1
#define CHECKED_excuse_radix 1
#define CHECKED_excuse_postponed 1
#define CHECKED_excuse_open 1
#define CHECKED_excuse_handle 1
#define CHECKED_excuse_queue 1
#define CHECKED_deleted_timers 1
#define CHECKED_reload 1
#define CHECKED_rewrite 1
#define CHECKED_data_commands 1
#define CHECKED_command_words 1
#define CHECKED_inspect 1
#define CHECKED_reach_label 1

#endif
