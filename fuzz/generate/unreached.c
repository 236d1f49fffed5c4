/* SPDX-License-Identifier: BSD-3-Clause */
/* unreached.c -- what random streams do not reach, and why; see unreached.h.
 *
 * A row whose command a server lacks is ignored there. */
#include "fuzz/generate/unreached.h"

#include <stddef.h>

#include "fuzz/generate/hints.h"
#include "harness/base/array.h"
#include "harness/base/valkey_name.h"

static const struct {
    CommandNames commands;
    const char *options; /* patterns; NULL: the command as a whole, and so all of its options */
    const char *reason;
} rows[] = {
    {"script|debug", "YES,SYNC", "refused by the harness: starts a process, or stops the server"},
    {"module|unload", NULL, "the sample module has types, and the server does not unload those"},
    {"latency|graph", NULL, "no time passes within a command, so there is no sample"},
    {"cluster|forget", NULL, "needs another node"},
    {"cluster|setslot", "IMPORTING,MIGRATING", "needs another node"},
    {"cluster|cancelslotmigrations", NULL, "no slot migrates: cluster|migrateslots is refused"},
};

const char *unreached_command(const char *fullname, const char *option) {
    for (int i = 0; i < COUNT_OF(rows); i++) {
        if (!hints_match(rows[i].commands, fullname)) continue;
        if (!rows[i].options || (option && hints_match(rows[i].options, option))) return rows[i].reason;
    }
    return NULL;
}
