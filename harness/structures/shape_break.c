/* shape_break.c -- structures that are broken on purpose, so that the checks are seen to fail; see shape.h. */
#include <string.h>

#include "harness/structures/shape.h"

static const char key[] = "canary";
static ShapeSay *say;

/* The value of the canary's key, which a command has made. Uses the bucket itself: a lookup could expire or rehash something. */
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
    serverPanic("the canary's key is in a chained bucket: use it at the beginning of a stream");
}

static void *value(void) {
    const CompatBucket *bucket;
    int position;
    return objectGetVal(find_key(&bucket, &position));
}

/* A bookmark stands at no node of its list. */
static void break_list(void) {
    say("config", "set", "list-max-listpack-size", "1", NULL);
    say("rpush", key, "one", "two", "three", NULL);
    const CompatBucket *bucket;
    int position;
    robj *o = find_key(&bucket, &position);
    quicklist *list = objectGetVal(o);
    quicklistBookmarkCreate(&list, key, list->head);
    objectSetVal(o, list);
    list->bookmarks[0].node = NULL;
}

/* The header's span in a high level is too long. */
static void break_zset(void) {
    say("config", "set", "zset-max-listpack-entries", "0", NULL);
    for (const char *member = "abcdefghijklmnopqrstuvwxyz"; *member; member++) {
        say("zadd", key, "1", member, NULL);
    }
    zskiplist *list = ((zset *)value())->zsl;
    zslGetHeader(list)->level[zslGetHeight(list) - 1].span++;
}

/* A lookup of the key would pass by it. */
static void break_table(void) {
    const CompatBucket *bucket;
    int position;
    say("set", key, "x", NULL);
    find_key(&bucket, &position);
    ((CompatBucket *)bucket)->hashes[position] ^= 1;
}

static void break_store(void) {
    ((CompatStore *)compat_db(0)->expires)->key_count++;
}

/* The first entry has another id than the stream says. */
static void break_stream(void) {
    say("xadd", key, "1-1", "field", "x", NULL);
    ((stream *)value())->first_id.seq++;
}

bool shape_break(const char *what, ShapeSay *how) {
    static const struct {
        const char *what;
        void (*make)(void);
    } table[] = {
        {"list", break_list},   {"zset", break_zset},     {"table", break_table},
        {"store", break_store}, {"stream", break_stream},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strcmp(table[i].what, what) != 0) continue;
        say = how;
        table[i].make();
        return true;
    }
    return false;
}
