/* SPDX-License-Identifier: BSD-3-Clause */
/* waiting.c -- the tables of clients that wait for keys, or watch them; see shape.h. */
#include "harness/structures/shape.h"

#if CHECKED_waiting_tables

void waiting_tables(serverDb *db) {
    shape_at("the tables of waiting clients", NULL, db->id);
    shape_dict(db->blocking_keys, NULL, NULL);
    shape_dict(db->blocking_keys_unblock_on_nokey, NULL, NULL);
    shape_dict(db->ready_keys, NULL, NULL);
    shape_dict(db->watched_keys, NULL, NULL);
}

#endif
