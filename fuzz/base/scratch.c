/* SPDX-License-Identifier: BSD-3-Clause */
/* scratch.c -- a private folder for the duration of a run; see scratch.h. */
#include "fuzz/base/scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define OPEN_FOLDERS 16 /* at a time, for nftw */

bool scratch_make(char *path, size_t room) {
    const char *parent = getenv("TMPDIR");
    if (!parent || !*parent) parent = "/tmp";
    if (snprintf(path, room, "%s/dfrun-XXXXXX", parent) >= (int)room) return errno = ENAMETOOLONG, false;
    return mkdtemp(path) != NULL;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *where) {
    (void)st, (void)type, (void)where;
    remove(path);
    return 0;
}

void scratch_remove(const char *path) {
    nftw(path, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
