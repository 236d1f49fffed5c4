/* SPDX-License-Identifier: BSD-3-Clause */
/* tree.c -- a deep type of values: a binary search tree, not balanced. Its members and values are
 * the arguments of commands, which it retains.
 *
 * Defrag: the value is announced as large by free_effort, so that the server comes back for it with
 * a limit on time. The cursor is a rank: how many members, in their order, are done. Nodes know the
 * sizes of their subtrees, so a walk finds its place again by going down once, whatever was added
 * or removed meanwhile: a member may be missed or met twice then, which is allowed.
 *
 * Limits: recursion is as deep as the tree, which nothing balances but the order of names. */
#include "harness/module/parts.h"

#define STRINGS_BETWEEN_LOOKS 8 /* members between two looks at the clock */

static SampleMap map;

static size_t size_of(const SampleNode *node) {
    return node ? node->size : 0;
}

/* --- members */

/* Where the member's node hangs, or would. Adds `change` to the sizes of all nodes above it. */
static SampleNode **find(SampleTree *tree, const ValkeyModuleString *member, int change) {
    SampleNode **at = &tree->root;
    int order;
    while (*at && (order = sample_compare(member, (*at)->member)) != 0) {
        (*at)->size += (size_t)change;
        at = order < 0 ? &(*at)->left : &(*at)->right;
    }
    return at;
}

static bool set(void *tree, ValkeyModuleString *member, ValkeyModuleString *value) {
    SampleNode *node = *find(tree, member, 0);
    ValkeyModule_RetainString(NULL, value);
    if (node) {
        ValkeyModule_FreeString(NULL, node->value);
        node->value = value;
        return false;
    }
    ValkeyModule_RetainString(NULL, member);
    node = ValkeyModule_Calloc(1, sizeof(*node));
    *node = (SampleNode){.member = member, .value = value, .size = 1};
    *find(tree, member, 1) = node;
    return true;
}

static void free_node(SampleNode *node) {
    ValkeyModule_FreeString(NULL, node->member);
    ValkeyModule_FreeString(NULL, node->value);
    ValkeyModule_Free(node);
}

/* Takes the smallest node out of a subtree. */
static SampleNode *take_first(SampleNode **at) {
    while ((*at)->left) {
        (*at)->size--;
        at = &(*at)->left;
    }
    SampleNode *first = *at;
    *at = first->right;
    return first;
}

static bool drop(void *tree, const ValkeyModuleString *member) {
    if (!*find(tree, member, 0)) return false;
    SampleNode **at = find(tree, member, -1), *node = *at;
    if (!node->left || !node->right) {
        *at = node->left ? node->left : node->right;
    } else {
        SampleNode *next = take_first(&node->right);
        next->left = node->left;
        next->right = node->right;
        next->size = node->size - 1;
        *at = next;
    }
    free_node(node);
    return true;
}

static ValkeyModuleString *get(void *tree, const ValkeyModuleString *member) {
    const SampleNode *node = *find(tree, member, 0);
    return node ? node->value : NULL;
}

static size_t count(const void *tree) {
    return size_of(((const SampleTree *)tree)->root);
}

/* --- the type */

static void *create(void) {
    return ValkeyModule_Calloc(1, sizeof(SampleTree));
}

static void free_nodes(SampleNode *node) {
    if (!node) return;
    free_nodes(node->left);
    free_nodes(node->right);
    free_node(node);
}

static void free_tree(void *value) {
    SampleTree *tree = value;
    free_nodes(tree->root);
    ValkeyModule_Free(tree);
}

static void save_node(ValkeyModuleIO *rdb, const SampleNode *node) {
    if (!node) return;
    ValkeyModule_SaveString(rdb, node->member);
    ValkeyModule_SaveString(rdb, node->value);
    save_node(rdb, node->left);
    save_node(rdb, node->right);
}

static void save(ValkeyModuleIO *rdb, void *value) {
    const SampleTree *tree = value;
    ValkeyModule_SaveUnsigned(rdb, size_of(tree->root));
    save_node(rdb, tree->root);
}

static void *load(ValkeyModuleIO *rdb, int version) {
    return sample_map_load(rdb, &map, version);
}

static void rewrite_node(ValkeyModuleIO *aof, ValkeyModuleString *key, const SampleNode *node) {
    if (!node) return;
    ValkeyModule_EmitAOF(aof, "sample.treeset", "sss", key, node->member, node->value);
    rewrite_node(aof, key, node->left);
    rewrite_node(aof, key, node->right);
}

static void rewrite(ValkeyModuleIO *aof, ValkeyModuleString *key, void *value) {
    rewrite_node(aof, key, ((const SampleTree *)value)->root);
}

static void digest_node(ValkeyModuleDigest *digest, const SampleNode *node) {
    if (!node) return;
    digest_node(digest, node->left);
    sample_digest_string(digest, node->member);
    sample_digest_string(digest, node->value);
    ValkeyModule_DigestEndSequence(digest);
    digest_node(digest, node->right);
}

static void digest(ValkeyModuleDigest *md, void *value) {
    digest_node(md, ((const SampleTree *)value)->root);
}

static size_t free_effort(ValkeyModuleString *key, const void *value) {
    (void)key;
    return count(value);
}

/* --- defrag */

typedef struct {
    ValkeyModuleDefragCtx *ctx;
    unsigned long rank; /* of the next member */
    unsigned long from; /* where this call began */
} Walk;

/* Has the server's time run out? */
static bool stop(const Walk *walk) {
    return walk->rank > walk->from && (walk->rank - walk->from) % STRINGS_BETWEEN_LOOKS == 0 &&
           ValkeyModule_DefragShouldStop(walk->ctx);
}

/* Visits the members of a subtree from rank `skip` on. The nodes above it have been moved, or stay.
 * True when the time is up. */
static bool defrag_node(Walk *walk, SampleNode **at, size_t skip) {
    if (!*at || skip >= (*at)->size) return false;
    *at = sample_defrag_block(walk->ctx, *at);
    SampleNode *node = *at;
    size_t before = size_of(node->left);
    if (skip < before && defrag_node(walk, &node->left, skip)) return true;
    if (skip <= before) {
        if (stop(walk)) return true;
        sample_defrag_string(walk->ctx, &node->member);
        sample_defrag_string(walk->ctx, &node->value);
        walk->rank++;
    }
    return defrag_node(walk, &node->right, skip > before ? skip - before - 1 : 0);
}

static int defrag(ValkeyModuleDefragCtx *ctx, ValkeyModuleString *key, void **value) {
    (void)key;
    Walk walk = {.ctx = ctx};
    ValkeyModule_DefragCursorGet(ctx, &walk.from); /* stays 0 when all is done in one call */
    walk.rank = walk.from;
    if (walk.from == 0) *value = sample_defrag_block(ctx, *value);
    SampleTree *tree = *value;
    if (!defrag_node(&walk, &tree->root, walk.from)) return 0;
    ValkeyModule_DefragCursorSet(ctx, walk.rank);
    return 1;
}

/* --- commands */

static void reply_node(ValkeyModuleCtx *ctx, const SampleNode *node) {
    if (!node) return;
    reply_node(ctx, node->left);
    ValkeyModule_ReplyWithString(ctx, node->member);
    ValkeyModule_ReplyWithString(ctx, node->value);
    reply_node(ctx, node->right);
}

static void reply(ValkeyModuleCtx *ctx, const void *tree) {
    reply_node(ctx, ((const SampleTree *)tree)->root);
}

static int run_set(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    return sample_map_set(ctx, &map, argv, argc);
}

static int run_drop(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    return sample_map_drop(ctx, &map, argv, argc);
}

static int run_get(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    return sample_map_get(ctx, &map, argv, argc);
}

static int run_list(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    return sample_map_list(ctx, &map, argv, argc);
}

int sample_load_tree(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.treeset", "write deny-oom", run_set, -4,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_ADDS), SAMPLE_ARG_KEY, SAMPLE_ARG_PAIRS("member", "value"))},
        {"sample.treedel", "write", run_drop, -3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_REMOVES), SAMPLE_ARG_KEY, SAMPLE_ARGS("member", STRING))},
        {"sample.treeget", "readonly fast", run_get, 3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY, SAMPLE_ARG("member", STRING))},
        {"sample.treelist", "readonly", run_list, 2, SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY)},
        {0}};
    ValkeyModuleTypeMethods methods = {.version = VALKEYMODULE_TYPE_METHOD_VERSION,
                                       .rdb_load = load,
                                       .rdb_save = save,
                                       .aof_rewrite = rewrite,
                                       .digest = digest,
                                       .free = free_tree,
                                       .free_effort = free_effort,
                                       .defrag = defrag};
    map = (SampleMap){ValkeyModule_CreateDataType(ctx, SAMPLE_TREE_TYPE, 0, &methods),
                      create,
                      free_tree,
                      set,
                      drop,
                      get,
                      count,
                      reply};
    return map.type ? sample_add_commands(ctx, commands) : VALKEYMODULE_ERR;
}
