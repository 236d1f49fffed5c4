/* SPDX-License-Identifier: BSD-3-Clause */
/* fault.c -- a fault of the harness itself; see fault.h. */
#include "harness/base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/base/exits.h"

void fault_end(const char *format, ...) {
    va_list ap;
    fprintf(stderr, FAULT_PREFIX);
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fprintf(stderr, "\n");
    exit(EXIT_HARNESS);
}
