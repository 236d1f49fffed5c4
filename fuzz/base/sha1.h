/* SPDX-License-Identifier: BSD-3-Clause */
/* sha1.h -- the SHA1 of a script's body, as EVALSHA expects it.
 *
 * After the description in FIPS 180-4. Limits: for the names of scripts only; SHA1 is not secure
 * any more. */
#ifndef FUZZ_BASE_SHA1_H
#define FUZZ_BASE_SHA1_H

#include <stddef.h>

#define SHA1_HEX 41 /* 40 digits and the zero */

/* Writes the SHA1 of `len` bytes as 40 lower-case hexadecimal digits and a zero. */
void sha1_hex(const void *data, size_t len, char hex[SHA1_HEX]);

#endif
