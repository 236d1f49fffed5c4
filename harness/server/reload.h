/* SPDX-License-Identifier: BSD-3-Clause */
/* reload.h -- saves the data set and loads it back, in the server's memory.
 *
 * By DEBUG RELOAD, with the server's own code for RDB files (rdb.c). Scripts, clients and settings
 * stay as they are. */
#ifndef HARNESS_SERVER_RELOAD_H
#define HARNESS_SERVER_RELOAD_H

#include <stdbool.h>

/* Saves and loads. What cannot be loaded is a finding (reload:failed). Does nothing when the
 * default user, which is the harness's own, may not run DEBUG any more (ACL SETUSER). */
void reload_data(void);

/* Would a reload change nothing but encodings, orders and keys that have expired? Not while a
 * client queues, watches, waits for anything, or tracks keys: it gets the name of every key that
 * goes. Nor while a hash has fields that have expired: without them it may be gone. */
bool reload_is_neutral(void);

#endif
