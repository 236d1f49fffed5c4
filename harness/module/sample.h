/* SPDX-License-Identifier: BSD-3-Clause */
/* sample.h -- a module for the server: types of values, memory of its own and commands, as modules
 * have them, each as plain as it can be.
 *
 * It only uses Valkey's public interface for modules (valkeymodule.h), and does what that says a
 * module may do: what goes wrong then is a fault of the server. README.md explains its callbacks as
 * an example of how to write them.
 *
 * The structures of its values are here, because the checks of the harness read them too. */
#ifndef DEFRAG_SHAPE_SAMPLE_H
#define DEFRAG_SHAPE_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct ValkeyModuleString;

/* What the server loads it as: the path of MODULE LOAD, and the name in MODULE LIST. */
#define SAMPLE_NAME "sample"

/* The names of its types in a file of the server's: nine characters. */
#define SAMPLE_TREE_TYPE "smpl-tree"
#define SAMPLE_TABLE_TYPE "smpl-tabl"
#define SAMPLE_PAGES_TYPE "smpl-page"
#define SAMPLE_COUNTER_TYPE "smpl-numb"

/* A number that depends on all bytes of a name, and looks random: the hash FNV-1a of 64 bits
 * (Fowler, Noll and Vo), its bits mixed as MurmurHash3 (Austin Appleby) does at its end. Without
 * that, names that are numbered come in an order that makes a tree deep. */
static inline uint32_t sample_hash(const char *name, size_t len) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++) hash = (hash ^ (unsigned char)name[i]) * UINT64_C(0x100000001b3);
    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return (uint32_t)(hash >> 32);
}

/* The order of names in a tree: below, equal to or above 0. By their hashes first, so that the tree
 * stays shallow in whatever order they come. */
static inline int sample_order(const char *a, size_t alen, const char *b, size_t blen) {
    uint32_t ahash = sample_hash(a, alen), bhash = sample_hash(b, blen);
    if (ahash != bhash) return ahash < bhash ? -1 : 1;
    int order = memcmp(a, b, alen < blen ? alen : blen);
    return order ? order : (alen > blen) - (alen < blen);
}

/* A deep value: a binary search tree of strings. */
typedef struct SampleNode {
    struct ValkeyModuleString *member, *value;
    struct SampleNode *left, *right;
    size_t size; /* nodes of this subtree, itself included */
} SampleNode;

typedef struct {
    SampleNode *root;
} SampleTree;

/* A wide value: a hash table with a fixed number of chains. */
#define SAMPLE_CHAINS 64

typedef struct SampleEntry {
    struct SampleEntry *next;
    struct ValkeyModuleString *value;
    size_t len; /* bytes of the field's name */
    char field[];
} SampleEntry;

typedef struct {
    SampleEntry **chains; /* SAMPLE_CHAINS */
    SampleEntry *latest;  /* the one that was written last; or NULL */
    size_t count;
} SampleTable;

/* The chain that a field belongs to. */
static inline unsigned sample_chain(const char *field, size_t len) {
    return sample_hash(field, len) % SAMPLE_CHAINS;
}

/* A long value: pages of strings, linked in both directions. */
#define SAMPLE_PAGE 4 /* strings a page */

typedef struct SamplePage {
    struct SamplePage *next, *prev;
    struct ValkeyModuleString *items[SAMPLE_PAGE];
    unsigned count; /* of items */
} SamplePage;

typedef struct {
    SamplePage *first, *last;
    size_t pages, count; /* of all pages; of their items */
    unsigned long place; /* of what follows: it holds as long as no key is moved or renamed */
    int database;        /* the key's, as a callback was given it */
    uint32_t name;       /* the hash of its name */
} SamplePages;

/* A plain value: a number in the place of the pointer. */
#define SAMPLE_MOST_COUNTED 1000000

static inline long long sample_counted(const void *value) {
    return (long long)(uintptr_t)value;
}

/* Memory of the module's own that belongs to no key: notes with a name. */
typedef struct {
    struct ValkeyModuleString *name, *text;
} SampleNote;

typedef struct {
    SampleNote **notes; /* NULL: none yet */
    size_t count, room;
} SampleNotes;

/* Those of the module that is loaded; empty when none is. */
const SampleNotes *sample_notes(void);

/* Lets the defrag callback of tables forget the member `latest` of the next value that it is given:
 * for a canary of the harness. */
void sample_forget_once(void);

/* The module's entry points, as the server looks them up in a shared object. */
struct ValkeyModuleCtx;
int ValkeyModule_OnLoad(struct ValkeyModuleCtx *ctx, struct ValkeyModuleString **argv, int argc);
int ValkeyModule_OnUnload(struct ValkeyModuleCtx *ctx);

#endif
