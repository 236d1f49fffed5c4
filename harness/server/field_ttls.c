/* SPDX-License-Identifier: BSD-3-Clause */
/* field_ttls.c -- looks at all hashes that have fields with a TTL; see field_ttls.h. */
#include "harness/server/field_ttls.h"

#include "harness/valkey/compat.h"
#include "harness/valkey/databases.h"
#include "harness/valkey/fields.h"
#include "harness/world/clock.h"

#define MOST_IN_ORDER 127

/* Of a hash, or of all. */
typedef struct {
    int fields; /* that have a TTL */
    bool over;  /* one of them has expired */
} Ttls;

typedef bool HashIs(const robj *hash);

static void look_at_field(const void *field, void *context) {
    Ttls *ttls = context;
    ttls->fields++;
    ttls->over |= compat_field_expiry(field) < clock_now() / 1000;
}

static Ttls ttls_of(const robj *hash) {
    Ttls ttls = {0, false};
    if (hash->encoding == OBJ_ENCODING_HASHTABLE) compat_each_volatile_field(hash, look_at_field, &ttls);
    return ttls;
}

static bool is_by_address(const robj *hash) {
    return ttls_of(hash).fields > MOST_IN_ORDER;
}

static bool is_over(const robj *hash) {
    return ttls_of(hash).over;
}

static bool any_of_table(hashtable *hashes, HashIs *is) {
    hashtableIterator it;
    void *hash;
    bool found = false;
    compat_walk_begin(&it, hashes);
    while (!found && hashtableNext(&it, &hash)) found = is(hash);
    compat_walk_end(&it);
    return found;
}

static bool any_of_store(kvstore *store, HashIs *is) {
    for (int slot = compat_first_slot(store); slot >= 0; slot = compat_next_slot(store, slot)) {
        hashtable *hashes = kvstoreGetHashtable(store, slot);
        if (hashes && any_of_table(hashes, is)) return true;
    }
    return false;
}

static bool any(HashIs *is) {
    for (int id = 0; id < server.dbnum; id++) {
        serverDb *db = compat_db(id);
        kvstore *store = db ? compat_hashes_with_ttl(db) : NULL;
        if (store && any_of_store(store, is)) return true;
    }
    return false;
}

bool field_ttls_are_by_address(void) {
    return any(is_by_address);
}

bool field_ttls_are_over(void) {
    return any(is_over);
}
