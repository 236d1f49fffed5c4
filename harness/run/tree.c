/* SPDX-License-Identifier: BSD-3-Clause */
/* tree.c -- the facts of the build; see tree.h.
 *
 * Limits: those of the probe and of the scripts that look at the tree's text. */
#include "harness/run/tree.h"

#include <stddef.h>

#include "harness/valkey/facts.h"

const TreeFact *tree_facts(void) {
    static const TreeFact facts[] = {TREE_FACTS{NULL, NULL}};
    return facts;
}
