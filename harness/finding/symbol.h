/* SPDX-License-Identifier: BSD-3-Clause */
/* symbol.h -- where the functions and variables of this program are, static ones too, from its own
 * symbol table.
 *
 * Finds the function in which an address lies, as the machine sees it: code that was inlined
 * belongs to the function it was inlined into, unlike in site.h, whose names follow the source. */
#ifndef HARNESS_FINDING_SYMBOL_H
#define HARNESS_FINDING_SYMBOL_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/valkey_name.h"

typedef struct {
    uintptr_t low, high; /* addresses of its code or data: low <= address < high */
    const char *name;    /* valid for the life of the process; clang's "function.name" for a static
                            variable of a function */
    bool is_function;    /* else a variable */
} Symbol;

/* Reads the symbol table, the first time it is called; later calls are cheap. False when the
 * program has none (it was stripped) or it cannot be read. */
bool symbol_load(void);

/* The function or variable that the address lies in; NULL when there is none. Needs symbol_load. */
const Symbol *symbol_at(uintptr_t address);

/* Does a function have `part` in its name? Slow. Needs symbol_load. */
bool symbol_has(FunctionPart part);

/* The function of that name, the lowest one if several are called so; NULL when there is none.
 * Slow. Needs symbol_load. */
const Symbol *symbol_named(FunctionName name);

#endif
