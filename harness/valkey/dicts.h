/* SPDX-License-Identifier: BSD-3-Clause */
/* dicts.h -- what a dict is: a table of its own with chains of entries (dict.c; 9.1 and before), or
 * a hashtable of dictEntry blocks behind the same names (#3366).
 *
 * HAVE_DICT_IS_HASHTABLE says which. Where the two are one type, a _Generic may name it only once:
 * COMPAT_DICT_OR names the function for a dict where that is a type of its own. */
#ifndef HARNESS_VALKEY_DICTS_H
#define HARNESS_VALKEY_DICTS_H

#if HAVE_DICT_IS_HASHTABLE
#define COMPAT_TABLE_KIND(set, of_table, of_dict) (of_table)
#else
#define COMPAT_TABLE_KIND(set, of_table, of_dict) _Generic((set), hashtable * : of_table, dict * : of_dict)
#endif

#endif
