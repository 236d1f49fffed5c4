/* SPDX-License-Identifier: BSD-3-Clause */
/* table.c -- the table of all oracles, and sets of them; see table.h.
 *
 * Limits: no more oracles than an OracleSet has bits. */
#include "harness/oracles/table.h"

#include <limits.h>
#include <string.h>

#include "harness/structures/hash.h"

_Static_assert(ORACLE_COUNT < sizeof(OracleSet) * CHAR_BIT, "OracleSet has a bit for every oracle");

#define ORACLE_ADDRESS(id, constant) [ORACLE_##id] = &(constant),
static const Oracle *const rows[ORACLE_COUNT] = {ORACLE_ROWS(ORACLE_ADDRESS)};

static const OtherReporter others[] = {
    {"asan", "AddressSanitizer", "Freed or invalid memory was accessed, or memory was freed twice.", false},
    {"ubsan", "UndefinedBehaviorSanitizer", "Undefined behaviour: a null or misaligned pointer, an overflow.", false},
    {"assert", "Assertion", "An assertion of the server failed.", false},
    {"panic", "Panic", "The server ended itself.", false},
    {"crash", "Crash", "The process was killed by a signal, without a report.", true},
    {"exit", "Exit", "The process exited without a report.", true},
    {"abort", "Abort", "The server aborted, or would wait for a lock of its own.", false},
    {"heap", "Heap", "A wild, double or misplaced free, the size of a released block, or pages beyond a block.", false},
    {"reload", "Reload", "The data set could not be saved and loaded back.", false},
    {"import", "Import", "The server called a function that the harness does not know (harness/world/seams.txt).",
     false},
    {"series", "Series", "A server of another series replies differently, for no known reason.", false},
    {"wire", "Real server", "A real server ended, hung, or replied differently from the one in this process.", false},
    {"birth", "Birth", "The server does not start.", false},
    {"timeout", "Timeout", "A stream exceeded its limit of real time.", true},
    {"memory", "Memory", "A stream used too much memory.", true},
    {"harness-fault", "Harness fault", "A fault of the harness itself, not of the server.", false},
    {0},
};

const OtherReporter *oracles_others(void) {
    return others;
}

const Oracle *oracles_row(int id) {
    return rows[id];
}

OracleSet oracles_all(void) {
    return (1U << ORACLE_COUNT) - 1;
}

OracleSet oracles_single_run(OracleSet set) {
    for (int i = 0; i < ORACLE_COUNT; i++) {
        if (rows[i]->second_run) set &= ~(1U << i);
    }
    return set;
}

OracleSet oracles_comparing(OracleSet set, SecondRun with) {
    for (int i = 0; i < ORACLE_COUNT; i++) {
        if (rows[i]->second_run != with) set &= ~(1U << i);
    }
    return set;
}

/* Goes from the last row to the first: what a row needs comes before it, so the needs of that are
 * added too. */
OracleSet oracles_with_needs(OracleSet set) {
    for (int i = ORACLE_COUNT - 1; i >= 0; i--) {
        if (set & 1U << i) set |= rows[i]->needs;
    }
    return set;
}

/* Each row draws for itself, so that no two are always asked together. */
OracleSet oracles_for_input(uint64_t hash) {
    OracleSet set = 0;
    for (int i = 0; i < ORACLE_COUNT; i++) {
        uint64_t share = (uint64_t)rows[i]->share;
        if (share && hash_bytes(&hash, sizeof(hash), (uint64_t)i) % share == 0) set |= 1U << i;
    }
    return set;
}

OracleSet oracles_for_every_input(void) {
    OracleSet set = 0;
    for (int i = 0; i < ORACLE_COUNT; i++) {
        if (rows[i]->share == 1) set |= 1U << i;
    }
    return set;
}

OracleSet oracles_for_branch(void) {
    OracleSet set = 0;
    for (int i = 0; i < ORACLE_COUNT; i++) {
        if (rows[i]->share) set |= 1U << i;
    }
    return oracles_single_run(set);
}

/* Is `word` the whole text before the signature's first colon? */
static bool begins_with_word(const char *signature, const char *word) {
    size_t len = strlen(word);
    return strncmp(signature, word, len) == 0 && (signature[len] == ':' || signature[len] == '\0');
}

OracleSet oracles_decisive(const char *signature, OracleSet set) {
    for (int i = 0; i < ORACLE_COUNT; i++) {
        if (rows[i]->costly && !begins_with_word(signature, rows[i]->word)) set &= ~(1U << i);
    }
    return set;
}

bool oracles_need_sites(const char *signature) {
    bool needed = false;
    for (int i = 0; i < ORACLE_COUNT; i++) needed |= rows[i]->names_sites && begins_with_word(signature, rows[i]->word);
    return needed;
}

OracleSet oracles_following(OracleSet set) {
    for (int i = 0; i < ORACLE_COUNT; i++) {
        if (!rows[i]->follows) set &= ~(1U << i);
    }
    return set;
}

bool oracles_ask_commands(OracleSet set) {
    bool asked = false;
    for (int i = 0; i < ORACLE_COUNT; i++) asked |= (set & 1U << i) && rows[i]->asks_commands;
    return asked;
}

bool oracles_ask_sites(OracleSet set) {
    bool asked = false;
    for (int i = 0; i < ORACLE_COUNT; i++) asked |= (set & 1U << i) && rows[i]->asks_sites;
    return asked;
}
