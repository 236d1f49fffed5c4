/* SPDX-License-Identifier: BSD-3-Clause */
/* data_commands.h -- commands that only handle data. For known_commands.c. */
#ifndef HARNESS_SERVER_DATA_COMMANDS_H
#define HARNESS_SERVER_DATA_COMMANDS_H

#include <stdbool.h>

#include "harness/valkey/compat.h"

/* Does the command only handle data? Where a tree lacks a flag, category or group that decides
 * this, the probe has switched the file off: then no command does. */
bool data_commands_have(const struct serverCommand *command);

#endif
