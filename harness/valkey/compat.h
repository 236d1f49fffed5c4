/* SPDX-License-Identifier: BSD-3-Clause */
/* compat.h -- the only door from harness/ to Valkey: its headers, its private structs, and what
 * differs from one Valkey tree to another.
 *
 * No other file includes a header of Valkey. What a tree has is asked of the compiler when the
 * build is configured, and the answers are in probe.h: the layouts of private structs
 * (PrivateTable), private constants, and a HAVE_... for each name that some trees lack (probe.txt
 * has the questions). No version number decides anything.
 *
 * What differs is behind small functions, a file for each feature: databases.h, objects.h,
 * tables.h, connections.h, configs.h. Files for single checks (channels.h, zsets.h, fields.h,
 * stores.h, scripts.h) and for slices (slices.h) are included where they are used, so that a tree
 * which lacks what a check needs loses the check and not the build.
 *
 * Limit: the oldest tree that works is 8.1, the first with hashtable.h and an interface for
 * defrag. */
#ifndef HARNESS_VALKEY_COMPAT_H
#define HARNESS_VALKEY_COMPAT_H

#include "harness/valkey/headers.h"

#include "harness/valkey/probe.h"

#include "harness/valkey/configs.h"
#include "harness/valkey/connections.h"
#include "harness/valkey/databases.h"
#include "harness/valkey/objects.h"
#include "harness/valkey/tables.h"

#endif
