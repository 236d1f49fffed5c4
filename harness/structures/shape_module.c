/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_module.c -- are the values of the sample module (harness/module) well-formed? The order of
 * a tree and the sizes of its subtrees; the chains of a table and its count; the links between
 * pages and their counts; the range of a counter.
 *
 * Limits: types of other modules are not checked. */
#include "harness/structures/shape.h"

#if CHECKED_shape_module

#include "harness/module/sample.h"
#include "harness/structures/value_parts.h"

/* --- trees */

static int compare(const struct ValkeyModuleString *a, const struct ValkeyModuleString *b) {
    char adigits[LONG_STR_SIZE], bdigits[LONG_STR_SIZE];
    size_t alen, blen;
    const char *abytes = value_text((const robj *)a, adigits, &alen);
    const char *bbytes = value_text((const robj *)b, bdigits, &blen);
    return sample_order(abytes, alen, bbytes, blen);
}

/* Checks a subtree whose members are between two others (NULL: no bound). Returns its size. */
static size_t check_node(const SampleNode *node, const SampleNode *above, const SampleNode *below) {
    if (!node) return 0;
    bool ordered =
        (!above || compare(node->member, above->member) > 0) && (!below || compare(node->member, below->member) < 0);
    if (!ordered) shape_broken("shape:module:order", node, "a member of a tree is on the wrong side of another");
    size_t size = 1 + check_node(node->left, above, node) + check_node(node->right, node, below);
    if (size != node->size)
        shape_broken("shape:module:count", node, "a subtree of %zu nodes says %zu", size, node->size);
    return size;
}

static void check_tree(const void *value) {
    check_node(((const SampleTree *)value)->root, NULL, NULL);
}

/* --- tables */

static void check_table(const void *value) {
    const SampleTable *table = value;
    size_t count = 0;
    for (unsigned i = 0; i < SAMPLE_CHAINS; i++) {
        for (const SampleEntry *entry = table->chains[i]; entry; entry = entry->next, count++) {
            if (sample_chain(entry->field, entry->len) != i)
                shape_broken("shape:module:chain", entry, "a field is in the wrong chain of a table");
        }
    }
    if (count != table->count)
        shape_broken("shape:module:count", table, "a table of %zu fields says %zu", count, table->count);
}

/* --- pages */

static void check_pages(const void *value) {
    const SamplePages *pages = value;
    const SamplePage *before = NULL;
    size_t count = 0, items = 0;
    for (const SamplePage *page = pages->first; page; before = page, page = page->next, count++) {
        if (page->prev != before)
            shape_broken("shape:module:links", page, "a page does not point back to the one before");
        items += page->count;
    }
    if (pages->last != before) shape_broken("shape:module:links", pages, "the last page is not the end of the list");
    if (count != pages->pages || items != pages->count)
        shape_broken("shape:module:count", pages, "%zu items on %zu pages say %zu on %zu", items, count, pages->count,
                     pages->pages);
}

/* --- counters */

static void check_counter(const void *value) {
    long long number = sample_counted(value);
    if (number < 1 || number > SAMPLE_MOST_COUNTED)
        shape_broken("shape:module:number", value, "a counter has no number");
}

void shape_module(const robj *o) {
    static const struct {
        const char *type;
        void (*check)(const void *value);
    } own[] = {{SAMPLE_TREE_TYPE, check_tree},
               {SAMPLE_TABLE_TYPE, check_table},
               {SAMPLE_PAGES_TYPE, check_pages},
               {SAMPLE_COUNTER_TYPE, check_counter}};
    const moduleValue *value = objectGetVal(o);
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (strcmp(value->type->name, own[i].type) == 0) own[i].check(value->value);
    }
}

#endif
