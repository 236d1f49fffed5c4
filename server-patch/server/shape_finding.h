/* SPDX-License-Identifier: BSD-3-Clause */
/* finding.h -- where the checks of defrag_shape/ report; see defrag_verify.c. Replaces the fuzz
 * harness's file of this name. */
#ifndef DEFRAG_SHAPE_FINDING_H
#define DEFRAG_SHAPE_FINDING_H

/* A structure is broken; `block` is an address in it. Ends the check. */
_Noreturn void finding_report(const char *signature, const void *block, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The check itself cannot continue. */
_Noreturn void finding_harness(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
