/* SPDX-License-Identifier: BSD-3-Clause */
/* value.c -- one walk over the whole data set, for the value oracle.
 *
 * What it proves: images with equal digests were taken from equal data: every key's name, type,
 * encoding, value and TTL; hash fields with theirs; a stream's entries, groups, consumers and
 * pending entries with their owner, time and count; subscriptions, as the server and as the clients
 * have them; watched keys, clients blocked on keys, queued commands; the tracking table; cached
 * scripts in their order of eviction; function libraries; the sample module's notes.
 *
 * It also notices structures that contradict themselves: wrong counts, a sorted set's skiplist or
 * index and its table with different members, keys whose TTL is missing in the table of expiring
 * keys, hash fields likewise, pending entries that group and consumer do not share.
 *
 * What it cannot see:
 * - values of module types: what the type's own digest callback covers, and for the types of the
 *   sample module what value_module.c reads;
 * - the compiled form of scripts and functions inside an engine, and the engine's own table of
 *   functions by name (private to functions.c): only its size;
 * - broadcast tracking's table of prefixes (keyed by client addresses); the clients' own prefixes
 *   are read;
 * - what a move may change: LRU and LFU bits, table sizes, bookmarks of lists, spare room,
 *   reference counts;
 * - data between clients and the server: query buffers, unsent replies;
 * - links that a forward walk does not use, such as higher levels of a skiplist or the inner nodes
 *   of a tree; the shape oracle checks them (oracles/shape.c);
 * - a difference that a 64-bit hash happens to hide. Where order does not count, hashes are sums of
 *   mixed terms.
 *
 * Excuses: none. */
#include "harness/structures/value_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

#include "harness/finding/finding.h"

#define FIRST_ROOM 4096 /* entries: 64 KiB */

static char first_fault[400];
static const char *first_signature;

/* Collected from the keys of a database, to compare with its side tables. */
typedef struct {
    uint64_t expiring, volatile_hashes; /* sums of value_pointer over keys */
} SideSums;

void *value_map(void *old, size_t old_size, size_t size) {
    void *map = old ? mremap(old, old_size, size, MREMAP_MAYMOVE)
                    : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map != MAP_FAILED) return map;
    finding_harness("no memory for an image of the data set (%zu bytes)", size);
}

void value_unmap(void *map, size_t size) {
    if (map) munmap(map, size);
}

void value_fault(ValueWalk *walk, const char *signature, const char *format, ...) {
    if (walk->faulty) return;
    walk->faulty = true;
    first_signature = signature;
    size_t used = 0, room = sizeof(first_fault);
    if (walk->key) {
        char name[80];
        value_quote(walk->key, sdslen(walk->key), name, sizeof(name));
        used = snprintf(first_fault, room, "key %s in database %d: ", name, walk->database);
    }
    va_list args;
    va_start(args, format);
    vsnprintf(first_fault + used, room - used, format, args);
    va_end(args);
}

static void append_entry(ValueImage *image, uint64_t name, uint64_t digest) {
    if (image->count == image->room) {
        size_t room = image->room ? image->room * 2 : FIRST_ROOM;
        image->entries = value_map(image->entries, image->room * sizeof(ValueEntry), room * sizeof(ValueEntry));
        image->room = room;
    }
    image->entries[image->count++] = (ValueEntry){name, digest};
    image->digest += digest;
}

/* The lowest twelve bits of an entry's name are the kind and the database, so that value_explain
 * can report at least these of a thing that is lost. */
void value_add(ValueWalk *walk, const Thing *thing, uint64_t digest) {
    uint64_t place = (uint64_t)(thing->database & 0xff) << 4 | thing->kind;
    uint64_t hash = value_block(thing->name, thing->len, value_mix(place, thing->number));
    uint64_t name = (hash & ~0xfffull) | place;
    if (walk->image) append_entry(walk->image, name, value_mix(hash, digest));
    if (walk->meet) walk->meet(walk, thing, name);
}

static const char *type_word(const robj *o) {
    static const char *const words[] = {
        [OBJ_STRING] = "string", [OBJ_LIST] = "list",     [OBJ_SET] = "set",      [OBJ_ZSET] = "zset",
        [OBJ_HASH] = "hash",     [OBJ_MODULE] = "module", [OBJ_STREAM] = "stream"};
    return o->type < sizeof(words) / sizeof(words[0]) ? words[o->type] : "key of no known type";
}

static void read_key(ValueWalk *walk, void *entry, void *context) {
    robj *o = entry;
    SideSums *sums = context;
    sds name = objectGetKey(o);
    if (name == NULL) {
        value_fault(walk, "shape:keys:name", "database %d holds a key without a name", walk->database);
        return;
    }
    walk->key = name;
    long long expire = objectGetExpire(o);
    if (expire != -1) sums->expiring += value_pointer(o);
    if (o->type == OBJ_HASH && value_hash_is_volatile(o)) sums->volatile_hashes += value_pointer(o);

    uint64_t digest = value_mix((uint64_t)o->type << 4 | o->encoding, expire);
    digest = value_mix(digest, value_object(walk, o));
    Thing key = {THING_KEY, walk->database, type_word(o), name, sdslen(name), 0};
    value_add(walk, &key, digest);
    walk->key = NULL;
}

/* Records a fault unless a side table has exactly the objects of the given sum. */
static void check_side_table(ValueWalk *walk, kvstore *table, uint64_t expected, const char *what) {
    uint64_t sum = 0;
    value_store(walk, table, value_sum_pointer, &sum);
    if (sum != expected) {
        value_fault(walk, "shape:keys:side", "database %d: the table of %s does not have exactly those keys",
                    walk->database, what);
    }
}

static void read_database(ValueWalk *walk, serverDb *db) {
    SideSums sums = {0, 0};
    walk->database = db->id;
    value_store(walk, db->keys, read_key, &sums);
    check_side_table(walk, db->expires, sums.expiring, "keys with a TTL");
    if (CHECKED_value_hash)
        check_side_table(walk, compat_hashes_with_ttl(db), sums.volatile_hashes, "hashes with field TTLs");
    value_waiting(walk, db);
}

void value_walk(ValueWalk *walk) {
    for (int i = 0; i < server.dbnum; i++) {
        serverDb *db = compat_db(i);
        if (db) read_database(walk, db);
    }
    value_clients(walk);
    value_scripts(walk);
    value_notes(walk);
}

bool value_take(ValueImage *image, const char **why) {
    ValueWalk walk = {.image = image};
    image->count = 0;
    image->digest = 0;
    image->tables = 0;
    image->bookmarks = 0;
    value_walk(&walk);
    if (walk.faulty && why) *why = first_fault;
    return !walk.faulty;
}

const char *value_fault_signature(void) {
    return first_signature;
}
