/* SPDX-License-Identifier: BSD-3-Clause */
/* unreached.h -- commands and options that random streams do not reach, each with its reason.
 *
 * The table of `gen --coverage` reports what is neither reached nor listed here, and what is listed
 * although it was reached. */
#ifndef FUZZ_GENERATE_UNREACHED_H
#define FUZZ_GENERATE_UNREACHED_H

/* Why a command (its full name: "cluster|setslot") is not executed successfully; with `option`
 * (options.h) why that option is not. NULL: it should be. */
const char *unreached_command(const char *fullname, const char *option);

#endif
