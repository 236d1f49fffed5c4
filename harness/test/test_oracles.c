/* SPDX-License-Identifier: BSD-3-Clause */
/* test_oracles.c -- is everything that derives from the table of oracles right, and are all rows
 * complete?
 *
 * Limits: test_canaries.sh and, through the engine, test_canaries_engine.sh test that each canary
 * makes its oracle fail. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/oracles/canary.h"
#include "harness/oracles/table.h"
#include "harness/test/check.h"

static bool has_text(const char *text) {
    return text && *text;
}

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

static bool acts(const Oracle *o) {
    return o->init || o->before || o->watch || o->after || o->settled || o->end || o->compare;
}

static void check_row(int i) {
    const Oracle *o = oracles_row(i);
    CHECK(has_text(o->name) && has_text(o->word) && has_text(o->title) && has_text(o->finds));
    CHECK(acts(o));
    CHECK(o->share >= 0);
    CHECK((o->needs >> i) == 0); /* what it needs comes before it */
    CHECK(!o->compare || o->second_run);
    for (int j = 0; j < i; j++) CHECK(strcmp(oracles_row(j)->name, o->name) != 0);
    /* Cli/oracles.c prints it as JSON */
    for (const char *p = o->finds; *p; p++) CHECK(*p != '"' && *p != '\\');
}

static bool has_canary(const Oracle *oracle) {
    const CanaryRow *row = canary_rows();
    while (row->name && row->oracle != oracle) row++;
    return row->name;
}

static void check_canaries(void) {
    for (int i = 0; i < ORACLE_COUNT; i++) {
        if (!has_canary(oracles_row(i))) printf("no canary: %s\n", oracles_row(i)->name);
        CHECK(has_canary(oracles_row(i)));
    }
    for (const CanaryRow *row = canary_rows(); row->name; row++) {
        CHECK(has_text(row->expects));
        CHECK(!row->oracle || begins(row->expects, row->oracle->word));
        CHECK((row->act != NULL) + (row->move != MOVES_FAITHFUL) + (row->structure != NULL) == 1);
        for (const CanaryRow *other = canary_rows(); other != row; other++) CHECK(strcmp(other->name, row->name) != 0);
    }
    CHECK(!canary_trigger("nothing"));
    CHECK(!canary_trigger(""));
}

/* Every oracle with a share is asked about that share of the inputs, give or take a quarter, others
 * about none. No two are always asked together. */
static void check_shares(void) {
    enum { HASHES = 64 * 1024 };
    int asked[ORACLE_COUNT] = {0}, together[ORACLE_COUNT][ORACLE_COUNT] = {0};
    for (uint64_t hash = 0; hash < HASHES; hash++) {
        OracleSet set = oracles_for_input(hash);
        for (int i = 0; i < ORACLE_COUNT; i++) asked[i] += set >> i & 1;
        for (int i = 0; i < ORACLE_COUNT; i++) {
            for (int j = 0; j < i; j++) together[i][j] += set >> i & set >> j & 1;
        }
        CHECK((oracles_for_every_input() & ~set) == 0);
    }
    for (int i = 0; i < ORACLE_COUNT; i++) {
        int share = oracles_row(i)->share, wanted = share ? HASHES / share : 0;
        CHECK(abs(asked[i] - wanted) <= (share > 1 ? wanted / 4 : 0));
        for (int j = 0; j < i; j++) CHECK(share < 2 || oracles_row(j)->share < 2 || together[i][j] < asked[i] / 2);
    }
}

static void check_sets(void) {
    OracleSet comparing = ORACLE_BIT(TWIN) | ORACLE_BIT(REUSE) | ORACLE_BIT(LIMITS) | ORACLE_BIT(PROTOCOL) |
                          ORACLE_BIT(SAVED) | ORACLE_BIT(TRANSACTION);
    CHECK(oracles_all() == (1U << ORACLE_COUNT) - 1);
    CHECK(oracles_with_needs(ORACLE_BIT(SHAPE)) == (ORACLE_BIT(SHAPE) | ORACLE_BIT(VALUE)));
    CHECK(oracles_with_needs(ORACLE_BIT(ACCOUNT)) == (ORACLE_BIT(ACCOUNT) | ORACLE_BIT(MOVES) | ORACLE_BIT(VALUE)));
    CHECK(oracles_with_needs(ORACLE_BIT(REFS)) == ORACLE_BIT(REFS));
    CHECK(oracles_with_needs(0) == 0);
    CHECK(oracles_single_run(oracles_all()) == (oracles_all() & ~comparing));
    CHECK(oracles_comparing(oracles_all(), SECOND_RUN_IN_PLACE) == ORACLE_BIT(TWIN));
    CHECK(oracles_comparing(oracles_all(), SECOND_RUN_REUSE) == ORACLE_BIT(REUSE));
    CHECK(oracles_comparing(oracles_all(), SECOND_RUN_LIMITS) == ORACLE_BIT(LIMITS));
    CHECK(oracles_comparing(oracles_all(), SECOND_RUN_PROTOCOL) == ORACLE_BIT(PROTOCOL));
    CHECK(oracles_comparing(oracles_all(), SECOND_RUN_SAVED) == ORACLE_BIT(SAVED));
    CHECK(oracles_comparing(oracles_all(), SECOND_RUN_TRANSACTION) == ORACLE_BIT(TRANSACTION));
    CHECK(oracles_for_branch() == (oracles_all() & ~(comparing | ORACLE_BIT(LEAKS))));
}

static void check_decisive(void) {
    OracleSet all = oracles_all(), cheap = all & ~(ORACLE_BIT(REFS) | ORACLE_BIT(LEAKS));
    CHECK(oracles_decisive("value:hash", all) == cheap);
    CHECK(oracles_decisive("asan:heap-use-after-free:x", all) == cheap);
    CHECK(oracles_decisive("refs:global", all) == (cheap | ORACLE_BIT(REFS)));
    CHECK(oracles_decisive("account:leak:x", all) == (cheap | ORACLE_BIT(LEAKS)));
    CHECK(oracles_decisive("refsomething:x", all) == cheap);
    CHECK(oracles_need_sites("account:leak:x"));
    CHECK(oracles_need_sites("refs:global"));
    CHECK(!oracles_need_sites("value:hash"));
    CHECK(!oracles_need_sites("accounts:x"));
}

/* Each first word has one meaning. */
static void check_others(void) {
    int count = 0;
    for (const OtherReporter *other = oracles_others(); other->word; other++, count++) {
        CHECK(has_text(other->title) && has_text(other->finds));
        for (int i = 0; i < ORACLE_COUNT; i++) CHECK(strcmp(oracles_row(i)->word, other->word) != 0);
    }
    CHECK(count > 10);
}

int main(void) {
    for (int i = 0; i < ORACLE_COUNT; i++) check_row(i);
    check_canaries();
    check_shares();
    check_sets();
    check_decisive();
    check_others();
    return check_status("test_oracles");
}
