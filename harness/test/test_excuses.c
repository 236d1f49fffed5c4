/* SPDX-License-Identifier: BSD-3-Clause */
/* test_excuses.c -- prints the functions that excuses of the oracle refs name, a line each: "yes",
 * if this program has such a function, or "no". For test_excuses.sh.
 *
 * Limits: the program's symbols are asked, not call stacks: a function of another file that has a
 * part of its name counts too. */
#include <stdio.h>

#include "harness/finding/symbol.h"
#include "harness/oracles/excuses.h"

int main(void) {
    const char *name;
    bool found;
    if (!symbol_load()) {
        fprintf(stderr, "test_excuses: this program has no symbol table\n");
        return 1;
    }
    for (int next = 0; (name = excuses_function(&next, &found));) printf("%s %s\n", found ? "yes" : "no", name);
    return 0;
}
