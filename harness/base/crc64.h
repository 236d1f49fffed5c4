/* SPDX-License-Identifier: BSD-3-Clause */
/* crc64.h -- the checksum at the end of what DUMP and FUNCTION DUMP reply.
 *
 * Valkey's CRC-64 (crc64.c: the polynomial of Jones, reflected, no inversion), bit by bit, because
 * payloads are short.
 *
 * Limits: eight steps a byte. */
#ifndef HARNESS_BASE_CRC64_H
#define HARNESS_BASE_CRC64_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of `len` bytes: 0xe9c6d914c4b8d9ca of "123456789". */
static inline uint64_t crc64_of(const void *data, size_t len) {
    const unsigned char *bytes = data;
    uint64_t crc = 0;
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? UINT64_C(0x95ac9329ac4bc9b5) : 0);
    }
    return crc;
}

#endif
