/* SPDX-License-Identifier: BSD-3-Clause */
/* shape_radix.c -- is a radix tree well-formed? See shape.h.
 *
 * value_radix.c has checked the counts of nodes and keys, so the traversal ends. It does not use
 * Valkey's iterator, which allocates memory for long keys: the key is assembled in memory outside
 * of the heap. rax.h describes a node's layout.
 *
 * Limits: the recursion is as deep as a path has forks that do not lead to the last child. */
#include "harness/structures/shape.h"

#include "harness/structures/value_parts.h"
#include "harness/world/heap.h"

typedef struct {
    ShapeRadixEach *each;
    void *context;
    size_t base; /* where this check's keys begin in key_buffer */
    size_t memory;
} RadixCheck;

/* The key of the node being visited. A check that is started by an `each` puts its keys after it.
 * The memory is kept for the next check. */
static unsigned char *key_buffer;
static size_t key_room, key_end;

static size_t children_offset(const raxNode *node) {
    size_t end = offsetof(raxNode, data) + node->size;
    return (end + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
}

static size_t child_count(const raxNode *node) {
    return node->iscompr ? 1 : node->size;
}

static bool has_value(const raxNode *node) {
    return node->iskey && !node->isnull;
}

static raxNode *const *children_of(const raxNode *node) {
    return (raxNode *const *)((const char *)node + children_offset(node));
}

static void check_node(RadixCheck *check, const raxNode *node, bool root) {
    size_t room = heap_usable_size((void *)node);
    size_t needed = children_offset(node) + (child_count(node) + has_value(node)) * sizeof(void *);
    if (needed > room)
        shape_broken("shape:radix:node", node, "a node needs %zu bytes, its block has %zu", needed, room);
    if (node->size == 0 && !node->iskey && !root) shape_broken("shape:radix:node", node, "a node leads to no key");
    if (node->iscompr && node->size < 2)
        shape_broken("shape:radix:node", node, "a compressed node is not longer than one byte");
    for (size_t i = 1; !node->iscompr && i < node->size; i++) {
        if (node->data[i - 1] >= node->data[i])
            shape_broken("shape:radix:order", node, "a node's children are not in order");
    }
    check->memory += room;
}

/* Writes bytes at offset `at` of the buffer. Returns where they end. */
static size_t extend_key(size_t at, const unsigned char *bytes, size_t count) {
    if (at + count > key_room) {
        size_t room = (at + count) * 2;
        key_buffer = value_map(key_buffer, key_room, room);
        key_room = room;
    }
    memcpy(key_buffer + at, bytes, count);
    return at + count;
}

static void pass_key(const RadixCheck *check, const raxNode *node, size_t end) {
    key_end = end;
    check->each(key_buffer + check->base, end - check->base,
                has_value(node) ? children_of(node)[child_count(node)] : NULL, check->context);
    key_end = check->base;
}

/* `end` is where the node's key ends in the buffer. */
static void visit(RadixCheck *check, const raxNode *node, size_t end) {
    for (bool root = end == check->base;; root = false) {
        check_node(check, node, root);
        if (node->iskey && check->each) pass_key(check, node, end);
        if (node->size == 0) return;
        raxNode *const *children = children_of(node);
        size_t last = child_count(node) - 1;
        for (size_t i = 0; i < last; i++) visit(check, children[i], extend_key(end, node->data + i, 1));
        end = extend_key(end, node->data + last, node->iscompr ? node->size : 1);
        node = children[last];
    }
}

void shape_radix(const rax *tree, ShapeRadixEach *each, void *context) {
    if (tree == NULL) return;
    RadixCheck check = {.each = each, .context = context, .base = key_end, .memory = heap_usable_size((void *)tree)};
    visit(&check, tree->head, check.base);
    if (check.memory != tree->alloc_size)
        shape_broken("shape:radix:memory", tree, "a radix tree counts %zu bytes, its nodes have %zu", tree->alloc_size,
                     check.memory);
}
