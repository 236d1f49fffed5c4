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

struct ValkeyModuleString;

/* What the server loads it as: the path of MODULE LOAD, and the name in MODULE LIST. */
#define SAMPLE_NAME "sample"

/* The names of its types in a file of the server's: nine characters. */
#define SAMPLE_TREE_TYPE "smpl-tree"
#define SAMPLE_TABLE_TYPE "smpl-tabl"
#define SAMPLE_PAGES_TYPE "smpl-page"

/* A deep value: a binary search tree of strings, ordered by their bytes. */
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
unsigned sample_chain(const char *field, size_t len);

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
} SamplePages;

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
