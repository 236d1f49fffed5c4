/* SPDX-License-Identifier: BSD-3-Clause */
/* defrag_verify.c -- DEBUG DEFRAG VERIFY: are all structures that defrag touches well-formed? See
 * defrag_portable.h.
 *
 * The checks are those of the fuzz harness, compiled a second time (defrag_shape/). This file has
 * the parts of the harness that they need: where a finding goes, and the size of a block.
 *
 * Limits: reads the whole data set, so it takes as long as DEBUG DIGEST. A stale pointer can end
 * the server: the checks follow it, as any command would. Only the first fault is reported. */
#include "defrag_shape/compat.h"

#include <setjmp.h>
#include <stdarg.h>

#include "defrag_shape/finding.h"
#include "defrag_shape/heap.h"
#include "defrag_shape/shape.h"
#include "defrag_shape/value.h"

static jmp_buf out;
static char broken[600];

static void say(const char *signature, const char *format, va_list ap) {
    int len = snprintf(broken, sizeof(broken), "%s ", signature);
    vsnprintf(broken + len, sizeof(broken) - len, format, ap);
    for (char *p = broken; *p; p++) {
        if (*p == '\r' || *p == '\n') *p = ' ';
    }
    longjmp(out, 1);
}

void finding_report(const char *signature, const void *block, const char *format, ...) {
    va_list ap;
    UNUSED(block);
    va_start(ap, format);
    say(signature, format, ap);
    abort();
}

void finding_harness(const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    say("harness", format, ap);
    abort();
}

size_t heap_usable_size(void *block) {
    return zmalloc_size(block);
}

const char *defragVerify(void) {
    static ValueImage image;
    const char *why;
    if (setjmp(out)) return broken;
    if (!value_take(&image, &why)) finding_report(value_fault_signature(), NULL, "%s", why);
    shape_everything(false);
    return NULL;
}
