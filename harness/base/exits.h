/* SPDX-License-Identifier: BSD-3-Clause */
/* exits.h -- exit statuses of every program of this project; part of the interface. */
#ifndef HARNESS_BASE_EXITS_H
#define HARNESS_BASE_EXITS_H

enum {
    EXIT_CLEAN = 0,    /* nothing found */
    EXIT_FINDING = 1,  /* a finding in the server */
    EXIT_USAGE = 2,    /* bad usage, or input that cannot be read */
    EXIT_HARNESS = 3,  /* a fault of the harness itself */
    EXIT_TIMEOUT = 4,  /* a step or a cycle ran out of time or memory */
    EXIT_MISMATCH = 5, /* a finding with another signature than the expected one */
};

#endif
