/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_skiplist.c -- is a sorted set's skiplist well-formed? See shape.h.
 *
 * One pass along the lowest level checks all levels. For each level, the check keeps the expected
 * next node and its rank. A node must be the expected one on each of its levels.
 *
 * server.h explains the layout of a node (the height in the span of level 0, length and tail in the
 * header). */
#include "harness/structures/shape.h"

#if CHECKED_shape_skiplist && !HAVE_ORDERED_INDEX

#include "harness/valkey/zsets.h"

#include <math.h>

/* The next node of a level, and its rank according to the span of the node before it. */
typedef struct {
    const zskiplistNode *node;
    unsigned long rank;
} Next;

typedef struct {
    Next next[ZSKIPLIST_MAXLEVEL];
    int height;
    unsigned long rank; /* of the last visited node; the first has rank 1 */
    const zskiplistNode *last;
} SkiplistCheck;

static void check_order(const zskiplistNode *before, const zskiplistNode *node) {
    if (isnan(node->score)) shape_broken("shape:zset:order", node, "a score is not a number");
    if (!before || before->score < node->score) return;
    if (before->score > node->score)
        shape_broken("shape:zset:order", node, "the skiplist is not in the order of scores");
    if (sdscmp(zslGetNodeElement(before), zslGetNodeElement(node)) >= 0)
        shape_broken("shape:zset:order", node, "members of equal score are not in order in the skiplist");
}

static void check_levels(SkiplistCheck *check, const zskiplistNode *node) {
    int height = (int)node->level[0].span;
    if (height < 1 || height > check->height)
        shape_broken("shape:zset:height", node, "a node has %d levels, its skiplist %d", height, check->height);
    for (int i = 0; i < height; i++) {
        Next *next = &check->next[i];
        if (next->node != node)
            shape_broken("shape:zset:level", node, "level %d of the skiplist skips a node that has that level", i);
        if (i > 0 && next->rank != check->rank)
            shape_broken("shape:zset:span", node, "the span to a node of rank %lu in level %d leads to rank %lu",
                         check->rank, i, next->rank);
        *next = (Next){node->level[i].forward, check->rank + node->level[i].span};
    }
}

static void check_ends(const SkiplistCheck *check, zskiplist *list) {
    const zskiplistNode *header = zslGetHeader(list);
    for (int i = 0; i < ZSKIPLIST_MAXLEVEL; i++) {
        const zskiplistNode *over = i < check->height ? check->next[i].node : header->level[i].forward;
        if (over)
            shape_broken("shape:zset:level", header, "level %d of the skiplist leads to a node that level 0 does not",
                         i);
        if (i > 0 && i < check->height && check->next[i].rank != zslGetLength(list))
            shape_broken("shape:zset:span", header, "the last span of level %d leads to rank %lu of %lu", i,
                         check->next[i].rank, zslGetLength(list));
    }
    if (zslGetTail(list) != check->last)
        shape_broken("shape:zset:tail", header, "the skiplist's tail is not its last node");
}

void shape_skiplist(const robj *o) {
    if (o->encoding != OBJ_ENCODING_SKIPLIST) return;
    const zset *zs = objectGetVal(o);
    const zskiplistNode *header = zslGetHeader(zs->zsl);
    SkiplistCheck check = {.height = zslGetHeight(zs->zsl)};
    if (check.height < 1 || check.height > ZSKIPLIST_MAXLEVEL)
        shape_broken("shape:zset:height", header, "the skiplist has %d levels", check.height);
    for (int i = 0; i < check.height; i++) check.next[i] = (Next){header->level[i].forward, header->level[i].span};
    for (const zskiplistNode *node = header->level[0].forward; node; node = node->level[0].forward) {
        check.rank++;
        check_order(check.last, node);
        if (node->backward != check.last)
            shape_broken("shape:zset:backward", node,
                         "a node of the skiplist does not point back to the one before it");
        check_levels(&check, node);
        check.last = node;
    }
    check_ends(&check, zs->zsl);
    shape_table(zs->ht, NULL, NULL);
}

#endif
