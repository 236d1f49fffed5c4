/* SPDX-License-Identifier: BSD-3-Clause */
/* heap.h -- the size of a block, for the checks of defrag_shape/; see defrag_verify.c. Replaces the
 * fuzz harness's file of this name. */
#ifndef DEFRAG_SHAPE_HEAP_H
#define DEFRAG_SHAPE_HEAP_H

#include <stddef.h>

/* Bytes of a block that the server may use. */
size_t heap_usable_size(void *block);

#endif
