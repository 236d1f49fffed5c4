/* SPDX-License-Identifier: BSD-3-Clause */
/* mutant.c -- selects the mutant or exhibit; see mutant.h.
 *
 * Linked into the tools of the variants next to the harness, so it is not part of the world, except
 * the flag that defrag is running, which is reset when a stream ends during a slice. The
 * environment is read before main, so a mutant acts from the server's start.
 *
 * DEFRAG_FUZZ_REACHED=FILE writes one byte for each mutant to FILE, 1 if its place was reached;
 * child processes share it. */
#include "fuzz/mutation/mutant.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/finding/finding.h"
#include "harness/world/world.h"

static unsigned char reached_here[MUTANT_MOST];
static const char *exhibit = "";
static bool in_defrag WORLD;

int mutant_number;
unsigned char *mutant_reached = reached_here;
char mutant_nowhere[4096] __attribute__((aligned(64)));

static void share_reached(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    void *map = MAP_FAILED;
    if (fd >= 0 && ftruncate(fd, MUTANT_MOST) == 0)
        map = mmap(NULL, MUTANT_MOST, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        fprintf(stderr, "defrag-fuzz: DEFRAG_FUZZ_REACHED: cannot map %s: %s\n", path, strerror(errno));
        _exit(EXIT_USAGE);
    }
    close(fd);
    mutant_reached = map;
}

__attribute__((constructor)) static void select_mutant(void) {
    const char *number = getenv("DEFRAG_FUZZ_MUTANT"), *name = getenv("DEFRAG_FUZZ_EXHIBIT");
    const char *path = getenv("DEFRAG_FUZZ_REACHED");
    char *end = NULL;
    if (number) mutant_number = (int)strtol(number, &end, 10);
    if (number && (*end || mutant_number < 0 || mutant_number >= MUTANT_MOST)) {
        fprintf(stderr, "defrag-fuzz: DEFRAG_FUZZ_MUTANT: '%s' is not a number below %d\n", number, MUTANT_MOST);
        _exit(EXIT_USAGE);
    }
    if (name) exhibit = name;
    if (path) share_reached(path);
}

int mutant_enter(void) {
    in_defrag = true;
    return 0;
}

void mutant_leave(int *scope) {
    *scope = 0;
    in_defrag = false;
}

bool mutant_in_defrag(void) {
    return in_defrag;
}

bool mutant_exhibit(const char *name) {
    return strcmp(exhibit, name) == 0;
}
