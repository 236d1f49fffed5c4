/* SPDX-License-Identifier: BSD-3-Clause */
/* checks.c -- runs between a failed check of a sanitizer and its report, for findings that are
 * known already.
 *
 * The compiler inserts checks that call a function of the sanitizers' run-time when they fail:
 * __asan_report_load8 and its kin (LLVM, AddressSanitizer.cpp), __ubsan_handle_..._abort
 * (compiler-rt, ubsan_handlers.h). The linker directs these calls here (--wrap, for each row below;
 * harness/CMakeLists.txt reads the rows). finding_check_failed does not return when the finding is
 * known; otherwise the call continues as if nothing had been in between: a jump, with the stack as
 * it was, so that reports are the same.
 *
 * Limits: only checks in compiled code come by. What the run-time finds by itself (memcpy and other
 * functions that it intercepts, free, signals) ends the process, known or not. Needs
 * clang; with another compiler no check comes by. */
#include <stddef.h>
#include <stdint.h>

#include "harness/finding/finding.h"

/* `kind` is an expression of the arguments. The functions take up to four words, in registers. */
#define CHECK(function, kind)                                                                                          \
    void __real_##function(uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d);                                        \
    void __wrap_##function(uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d);                                        \
    void __wrap_##function(uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d) {                                       \
        finding_check_failed((uint64_t)__COUNTER__ << 32 | (kind), __builtin_frame_address(0));                        \
        __attribute__((musttail)) return __real_##function(a, b, c, d);                                                \
    }

/* --- AddressSanitizer: the kind of the report is a function of the shadow byte */

#ifdef CHECKS_ADDRESS

void __asan_get_shadow_mapping(size_t *scale, size_t *offset);

/* The byte that ASan's report decides by (compiler-rt, asan_errors.cpp, ErrorGeneric). */
static uint32_t shadow_byte(uintptr_t address, size_t size) {
    size_t scale, offset;
    __asan_get_shadow_mapping(&scale, &offset);
    const uint8_t *shadow = (const uint8_t *)((address >> scale) + offset);
    if (*shadow == 0 && size > 8) shadow++;
    if (*shadow > 0 && *shadow < 128) shadow++;
    return *shadow;
}

#define ASAN_CHECK(access, size) CHECK(__asan_report_##access, shadow_byte(a, size))

ASAN_CHECK(load1, 1)
ASAN_CHECK(load2, 2)
ASAN_CHECK(load4, 4)
ASAN_CHECK(load8, 8)
ASAN_CHECK(load16, 16)
ASAN_CHECK(load_n, b)
ASAN_CHECK(store1, 1)
ASAN_CHECK(store2, 2)
ASAN_CHECK(store4, 4)
ASAN_CHECK(store8, 8)
ASAN_CHECK(store16, 16)
ASAN_CHECK(store_n, b)

#endif

/* --- UndefinedBehaviorSanitizer: the kind of some reports depends on the operands as well */

#ifdef CHECKS_UNDEFINED

/* Null, misaligned, or too small an object. */
static uint32_t pointer_class(uintptr_t pointer) {
    return pointer == 0 ? 0 : 1 + (pointer & 15);
}

/* Was the exponent wrong, which depends on the width of the type, or the base? */
static uint32_t shift_class(uintptr_t exponent) {
    return exponent < 32 ? 0 : exponent < 64 ? 1 : 2;
}

#define UBSAN_CHECK(check, class) CHECK(__ubsan_handle_##check, class)

UBSAN_CHECK(add_overflow_abort, 0)
UBSAN_CHECK(sub_overflow_abort, 0)
UBSAN_CHECK(mul_overflow_abort, 0)
UBSAN_CHECK(negate_overflow_abort, 0)
UBSAN_CHECK(divrem_overflow_abort, c == 0)
UBSAN_CHECK(shift_out_of_bounds_abort, shift_class(c))
UBSAN_CHECK(out_of_bounds_abort, 0)
UBSAN_CHECK(pointer_overflow_abort, (b == 0) << 1 | (c == 0))
UBSAN_CHECK(type_mismatch_v1_abort, pointer_class(b))
UBSAN_CHECK(load_invalid_value_abort, 0)
UBSAN_CHECK(float_cast_overflow_abort, 0)
UBSAN_CHECK(nonnull_arg_abort, 0)
UBSAN_CHECK(nonnull_return_v1_abort, 0)
UBSAN_CHECK(vla_bound_not_positive_abort, 0)
UBSAN_CHECK(invalid_builtin_abort, 0)
UBSAN_CHECK(builtin_unreachable, 0)

#endif
