/* SPDX-License-Identifier: BSD-3-Clause */
/* libfuzzer.c -- the program defrag_fuzzer: the target for libFuzzer
 * (llvm.org/docs/LibFuzzer.html).
 *
 * A finding aborts, so that libFuzzer saves the input. libFuzzer reads argv after
 * LLVMFuzzerInitialize and ignores "--" itself, so the command line is not changed.
 *
 * Limits: engines before LLVM 15 do not support -1, "keep this input out of the corpus", and get
 * 0. */
#include <stddef.h>
#include <stdint.h>

#include "fuzz/engine/target.h"
#include "harness/finding/finding.h"

#if __clang_major__ >= 15
#define REJECTED (-1)
#else
#define REJECTED 0
#endif

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t room, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len, uint8_t *out,
                                 size_t room, unsigned int seed);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    finding_set_end(FINDING_ABORT);
    const char *why = target_init();
    if (why) finding_harness("%s", why);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    return target_run(data, len) ? 0 : REJECTED;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t room, unsigned int seed) {
    return target_mutate(data, len, room, seed);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len, uint8_t *out,
                                 size_t room, unsigned int seed) {
    return target_cross(a, a_len, b, b_len, out, room, seed);
}
