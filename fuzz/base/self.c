/* SPDX-License-Identifier: BSD-3-Clause */
/* self.c -- this process; see self.h.
 *
 * Limits: a quota of CPU time, as containers have, is not taken into account. */
#include "fuzz/base/self.h"

#include <sched.h>
#include <unistd.h>

bool self_path(char *path, size_t room) {
    ssize_t len = readlink("/proc/self/exe", path, room - 1);
    path[len < 0 ? 0 : len] = '\0';
    return len >= 0;
}

int self_processors(int most) {
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
    return count > most ? most : count;
}
