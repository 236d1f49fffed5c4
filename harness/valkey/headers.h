/* SPDX-License-Identifier: BSD-3-Clause */
/* headers.h -- Valkey's headers, all that any file of this project needs. Included by compat.h,
 * which is the door for everybody else, and by the probe.
 *
 * They are included with <>, ours with "" and their path: both have a stream.h. Each is included
 * if the tree has it; what it declares is a question of the probe (probe.txt), or a name that
 * check-compat misses. */
#ifndef HARNESS_VALKEY_HEADERS_H
#define HARNESS_VALKEY_HEADERS_H

#include <server.h>

#include <stdbool.h>

#include <version.h>

#if __has_include(<allocator_defrag.h>)
#include <allocator_defrag.h>
#endif
#if __has_include(<bio.h>)
#include <bio.h>
#endif
#if __has_include(<cluster.h>)
#include <cluster.h>
#endif
#if __has_include(<connhelpers.h>)
#include <connhelpers.h>
#endif
#if __has_include(<functions.h>)
#include <functions.h>
#endif
#if __has_include(<intset.h>)
#include <intset.h>
#endif
#if __has_include(<listpack.h>)
#include <listpack.h>
#endif
#if __has_include(<lzf.h>)
#include <lzf.h>
#endif
#if __has_include(<module.h>)
#include <module.h>
#endif
#if __has_include(<monotonic.h>)
#include <monotonic.h>
#endif
#if __has_include(<mt19937-64.h>)
#include <mt19937-64.h>
#endif
#if __has_include(<quicklist.h>)
#include <quicklist.h>
#endif
#if __has_include(<script.h>)
#include <script.h>
#endif
#if __has_include(<scripting_engine.h>)
#include <scripting_engine.h>
#endif
#if __has_include(<vset.h>)
#include <vset.h>
#endif
#if __has_include(<ordered_index.h>)
#include <ordered_index.h>
#endif

#endif
