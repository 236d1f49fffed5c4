/* SPDX-License-Identifier: BSD-3-Clause */
/* known_commands.h -- may a command run that has no row in command_filter.c? Those that were
 * reviewed may, and those that only handle data. */
#ifndef HARNESS_SERVER_KNOWN_COMMANDS_H
#define HARNESS_SERVER_KNOWN_COMMANDS_H

#include <stdbool.h>

struct serverCommand;

/* `command` is in the server's table. */
bool known_commands_allow(const struct serverCommand *command);

#endif
