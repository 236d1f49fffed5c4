/* SPDX-License-Identifier: BSD-3-Clause */
/* reason.c -- why blocks stay in place; see reason.h.
 *
 * One table, taken from the sources of Valkey 9.1. A row is about all blocks of a structure and an
 * allocation site. It says why they can stay, not whether each one stays for that reason.
 *
 * Limits: a block that should have moved is hidden if its structure and site are those of blocks
 * that may stay. Nothing is hidden for "list", "set", "zset", "stream" and "string": they have no
 * reasons for cycles without interruption. */
#include "harness/reach/reason.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/base/valkey_name.h"

static const struct {
    const char *structure; /* how its name begins */
    FunctionPrefix owner;
    const char *reason;
    bool interrupted; /* for blocks that stayed in place only in interrupted cycles */
} reasons[] = {
    /* defrag.c, scanLaterStreamListpacks: resumes a scan with raxSeek(">"), which goes to the next
     * key's node, and moves nodes from there on. */
    {"stream", VALKEY_PREFIX("rax"), "skipped where a scan resumes", true},
    /* hashtable.c skips invalid entries (validateEntry): fields that have expired and are not yet
     * collected. */
    {"hash hashtable, field TTLs", VALKEY_PREFIX("entryConstruct"), "expired fields are skipped", false},
    {"hash hashtable, field TTLs", VALKEY_PREFIX("hashTypeSet"), "expired fields are skipped", false},
    /* hashtable values that are references: the module keeps what they refer to. */
    {"hash", VALKEY_PREFIX("VM_Alloc"), "a value that a module has lent", false},
    /* vset.c, vsetBucketDefrag_RAX: moves what the iterator finds below the head. defrag.c moves
     * the head by hand; here nothing does. */
    {"hash hashtable, field TTLs", VALKEY_PREFIX("rax"), "the head of the radix tree is not visited", false},
    /* kvstore.c: a store, its array of tables, its list of tables being rehashed, its table of
     * slots being imported. */
    {"keys table", VALKEY_PREFIX("kvstoreCreate"), "part of the store itself", false},
    {"keys table", VALKEY_PREFIX("hashtableCreate"), "part of the store itself", false},
    {"keys table", VALKEY_PREFIX("list"), "part of the store itself", false},
    {"expires table", VALKEY_PREFIX("kvstoreCreate"), "part of the store itself", false},
    {"expires table", VALKEY_PREFIX("hashtableCreate"), "part of the store itself", false},
    {"expires table", VALKEY_PREFIX("list"), "part of the store itself", false},
    {"field-TTL table", VALKEY_PREFIX("kvstoreCreate"), "part of the store itself", false},
    {"field-TTL table", VALKEY_PREFIX("hashtableCreate"), "part of the store itself", false},
    {"field-TTL table", VALKEY_PREFIX("list"), "part of the store itself", false},
    {"pub/sub channels", VALKEY_PREFIX("kvstoreCreate"), "part of the store itself", false},
    {"pub/sub channels", VALKEY_PREFIX("list"), "part of the store itself", false},
    /* defrag.c, activeDefragStringOb: does not move an object whose reference count is above 1, and
     * each subscriber has a reference. */
    {"pub/sub channels", VALKEY_PREFIX("create"), "a name is shared with its subscribers", false},
    /* The same: the text of a note of the sample module may be its name (notes.c). */
    {"module globals", VALKEY_PREFIX("create"), "a string with two owners", false},
    {"pub/sub patterns", OTHER_PREFIX(""), "no stage", false},
    {"functions", OTHER_PREFIX(""), "no stage", false},
    /* defrag.c, activeDefragSdsDict: entries, keys and values. eval.c, evalActiveDefragScript. */
    {"scripts", VALKEY_PREFIX("dictCreate"), "a dict and its tables are not moved", false},
    {"scripts", VALKEY_PREFIX("dictResize"), "a dict and its tables are not moved", false},
    /* Since #3366 a dict is a hashtable. */
    {"scripts", VALKEY_PREFIX("hashtableCreate"), "a dict and its tables are not moved", false},
    {"scripts", VALKEY_PREFIX("resize"), "a dict and its tables are not moved", false},
    {"scripts", VALKEY_PREFIX("list"), "the eviction list is not moved", false},
    {"scripts", VALKEY_PREFIX("scriptsLRUAdd"), "the eviction list is not moved", false},
    {"scripts", VALKEY_PREFIX("VM_Calloc"), "belongs to the scripting engine", false},
};

static bool begins_with(const char *text, const char *part) {
    return strncmp(text, part, strlen(part)) == 0;
}

const char *reach_reason(const char *structure, const char *owner, bool interrupted) {
    for (int i = 0; i < COUNT_OF(reasons); i++) {
        if (reasons[i].interrupted && !interrupted) continue;
        if (begins_with(structure, reasons[i].structure) && begins_with(owner, reasons[i].owner.text))
            return reasons[i].reason;
    }
    return interrupted ? "between slices" : "";
}
