/* SPDX-License-Identifier: BSD-3-Clause */
/* configs.h -- has the server a config of this name? Asked of the server's own table, which is
 * complete before the server starts.
 *
 * Limits: of a tree whose table is not the array static_configs of config.c, every config is
 * believed to exist. Configs of modules are not in the table. */
#ifndef HARNESS_VALKEY_CONFIGS_H
#define HARNESS_VALKEY_CONFIGS_H

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "harness/valkey/headers.h"

#include "harness/valkey/probe.h"

#if defined(HAVE_CONFIG_SIZE) && defined(HAVE_CONFIG_NAME_AT) && defined(HAVE_CONFIG_ALIAS_AT)

/* The table: rows of CONFIG_SIZE bytes; the last one has no name. */
extern __attribute__((weak)) const char static_configs[];

static inline bool compat_config_at(const char *row, size_t at, const char *name) {
    const char *its;
    memcpy(&its, row + at, sizeof(its));
    return its && strcasecmp(its, name) == 0;
}

/* The row of a config, NULL when there is none. */
static inline const char *compat_config_row(const char *name) {
    static const char *const none;
    const char *row = static_configs;
    for (; row && memcmp(row + CONFIG_NAME_AT, &none, sizeof(none)) != 0; row += CONFIG_SIZE) {
        if (compat_config_at(row, CONFIG_NAME_AT, name) || compat_config_at(row, CONFIG_ALIAS_AT, name)) return row;
    }
    return NULL;
}

static inline bool compat_has_config(const char *name) {
    return !static_configs || compat_config_row(name);
}

#else

static inline bool compat_has_config(const char *name) {
    (void)name;
    return true;
}

#endif

#endif
