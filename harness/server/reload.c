/* SPDX-License-Identifier: BSD-3-Clause */
/* reload.c -- saves the data set and loads it back; see reload.h.
 *
 * Limits: where the probe has switched the look at clients off, no reload counts as neutral. */
#include "harness/server/reload.h"

#include <string.h>

#include "harness/finding/finding.h"
#include "harness/server/client.h"
#include "harness/server/command_filter.h"
#include "harness/server/field_ttls.h"
#include "harness/valkey/compat.h"
#include "harness/world/heap.h"

/* Has the stream taken the right to DEBUG from the user of the harness's own client? */
static bool is_forbidden(Text reply) {
    return strncmp(reply.data, "-NOPERM", 7) == 0 || strncmp(reply.data, "-NOAUTH", 7) == 0;
}

#if CHECKED_reload

/* Do commands wait for the end of a CLIENT PAUSE? A reload would wait with them, and come at a time
 * when it is a command like any other. */
static bool is_paused(void) {
    return server.paused_actions & PAUSE_ACTION_CLIENT_ALL;
}

/* Has sent something that the server has not run yet; it would run it in the turn of the reload. */
static bool is_waiting(const client *c) {
    return c->flag.blocked || c->flag.unblocked || c->flag.pending_command ||
           (c->querybuf && sdslen(c->querybuf) > c->qb_pos);
}

static bool is_tied(const client *c) {
    bool watches = c->mstate && listLength(&c->mstate->watched_keys) > 0;
    bool dirty = c->flag.dirty_cas || c->flag.dirty_exec; /* its next transaction fails */
    return c->flag.multi || c->flag.tracking || watches || dirty || is_waiting(c);
}

bool reload_is_neutral(void) {
    listIter it;
    listNode *node;
    if (server.paused_actions || field_ttls_are_over()) return false;
    listRewind(server.clients, &it);
    while ((node = listNext(&it))) {
        if (is_tied(listNodeValue(node))) return false;
    }
    return true;
}

#else

static bool is_paused(void) {
    return false;
}

bool reload_is_neutral(void) {
    return false;
}

#endif

void reload_data(void) {
    if (is_paused()) return;
    refuse_suspend(true);
    client_admin_say("debug", "reload", NULL);
    refuse_suspend(false);
    if (client_reply_is_error(CLIENT_ADMIN) && !heap_exhausted()) {
        Text reply = client_reply(CLIENT_ADMIN);
        if (is_forbidden(reply)) return;
        finding_report("reload:failed", NULL, "the data set could not be saved and loaded back: %.*s", (int)reply.len,
                       reply.data);
    }
}
