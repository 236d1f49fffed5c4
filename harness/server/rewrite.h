/* SPDX-License-Identifier: BSD-3-Clause */
/* rewrite.h -- writes the data set as commands and loads it back: what an append-only file does
 * that is rewritten and loaded (aof.c), without a process of its own and without one being switched
 * on.
 *
 * The types of modules are written by their callback for it. Scripts, clients and settings stay as
 * they are. */
#ifndef HARNESS_SERVER_REWRITE_H
#define HARNESS_SERVER_REWRITE_H

/* Writes and loads. What cannot be loaded is a finding (rewrite:failed). Does nothing while a
 * client tracks keys, and when a hash is written in an order that depends on addresses. */
void rewrite_data(void);

#endif
