/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_skiplist.c -- is a sorted set's skiplist well-formed? See shape.h.
 *
 * One walk along the lowest level checks all of them: for each level it is known which node comes
 * next there, and at which rank; a node that is met must be just that in each level that it is tall
 * enough for.
 *
 * What the places of a node mean (the height in the span of level 0, length and tail in the header)
 * is told in server.h. */
#include "harness/structures/shape.h"

#include <math.h>

/* What comes next in a level, and its rank: where the span of the node before it leads. */
typedef struct {
    const zskiplistNode *node;
    unsigned long rank;
} Next;

typedef struct {
    Next next[ZSKIPLIST_MAXLEVEL];
    int height;
    unsigned long rank; /* of the node last met; the first has rank 1 */
    const zskiplistNode *last;
} Walk;

static void check_order(const zskiplistNode *before, const zskiplistNode *node) {
    if (isnan(node->score)) shape_broken("shape:zset:order", node, "a score is not a number");
    if (!before || before->score < node->score) return;
    if (before->score > node->score)
        shape_broken("shape:zset:order", node, "the skiplist is not in the order of scores");
    if (sdscmp(zslGetNodeElement(before), zslGetNodeElement(node)) >= 0)
        shape_broken("shape:zset:order", node, "members of equal score are not in their order in the skiplist");
}

static void check_levels(Walk *walk, const zskiplistNode *node) {
    int height = (int)node->level[0].span;
    if (height < 1 || height > walk->height)
        shape_broken("shape:zset:height", node, "a node has %d levels, its skiplist %d", height, walk->height);
    for (int i = 0; i < height; i++) {
        Next *next = &walk->next[i];
        if (next->node != node)
            shape_broken("shape:zset:level", node, "level %d of the skiplist passes by a node that is that tall", i);
        if (i > 0 && next->rank != walk->rank)
            shape_broken("shape:zset:span", node, "the span to a node of rank %lu in level %d leads to rank %lu",
                         walk->rank, i, next->rank);
        *next = (Next){node->level[i].forward, walk->rank + node->level[i].span};
    }
}

static void check_ends(const Walk *walk, zskiplist *list) {
    const zskiplistNode *header = zslGetHeader(list);
    for (int i = 0; i < ZSKIPLIST_MAXLEVEL; i++) {
        const zskiplistNode *over = i < walk->height ? walk->next[i].node : header->level[i].forward;
        if (over)
            shape_broken("shape:zset:level", header, "level %d of the skiplist leads to a node that level 0 does not",
                         i);
        if (i > 0 && i < walk->height && walk->next[i].rank != zslGetLength(list))
            shape_broken("shape:zset:span", header, "the last span of level %d leads to rank %lu of %lu", i,
                         walk->next[i].rank, zslGetLength(list));
    }
    if (zslGetTail(list) != walk->last)
        shape_broken("shape:zset:tail", header, "the skiplist's tail is not its last node");
}

void shape_skiplist(const zset *zs) {
    const zskiplistNode *header = zslGetHeader(zs->zsl);
    Walk walk = {.height = zslGetHeight(zs->zsl)};
    if (walk.height < 1 || walk.height > ZSKIPLIST_MAXLEVEL)
        shape_broken("shape:zset:height", header, "the skiplist has %d levels", walk.height);
    for (int i = 0; i < walk.height; i++) walk.next[i] = (Next){header->level[i].forward, header->level[i].span};
    for (const zskiplistNode *node = header->level[0].forward; node; node = node->level[0].forward) {
        walk.rank++;
        check_order(walk.last, node);
        if (node->backward != walk.last)
            shape_broken("shape:zset:backward", node,
                         "a node of the skiplist does not point back to the one before it");
        check_levels(&walk, node);
        walk.last = node;
    }
    check_ends(&walk, zs->zsl);
    shape_table(zs->ht, NULL, NULL);
}
