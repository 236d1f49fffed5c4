/* SPDX-License-Identifier: BSD-3-Clause */
/* headers.h -- Valkey's headers, all that any file of this project needs. Included by compat.h,
 * which is the door for everybody else, and by the probe.
 *
 * They are included with <>, ours with "" and their path: both have a stream.h. A header that not
 * every tree has is asked for; what it declares is a question of the probe (probe.txt). */
#ifndef HARNESS_VALKEY_HEADERS_H
#define HARNESS_VALKEY_HEADERS_H

#include <server.h>

#include <stdbool.h>

#include <allocator_defrag.h>
#include <bio.h>
#include <cluster.h>
#include <connhelpers.h>
#include <functions.h>
#include <intset.h>
#include <listpack.h>
#include <lzf.h>
#include <monotonic.h>
#include <mt19937-64.h>
#include <quicklist.h>
#include <script.h>
#include <scripting_engine.h>
#include <version.h>

#if __has_include(<vset.h>)
#include <vset.h>
#endif
#if __has_include(<ordered_index.h>)
#include <ordered_index.h>
#endif

#endif
