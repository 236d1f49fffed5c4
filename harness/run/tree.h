/* SPDX-License-Identifier: BSD-3-Clause */
/* tree.h -- what is known of the Valkey tree that this program was built with: for people and
 * reports that want to know what a clean run proves. */
#ifndef HARNESS_RUN_TREE_H
#define HARNESS_RUN_TREE_H

/* One fact. `kind`: "tree" (its folder), "version" (what it calls itself), "fixed" (a fix of this
 * project that was applied), "has" or "lacks" (a name
 * or private struct that some trees lack, harness/valkey/probe.txt), "unchecked" (a check that is
 * off, a seam that is lost, a name in a string that matches nothing: what, and why). */
typedef struct {
    const char *kind, *text;
} TreeFact;

/* All facts, in the order above; the last one has no kind. They were found out when the build was
 * configured (harness/CMakeLists.txt). */
const TreeFact *tree_facts(void);

#endif
