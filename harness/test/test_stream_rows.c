/* SPDX-License-Identifier: BSD-3-Clause */
/* test_stream_rows.c -- the tables of verbs and settings: every row makes all choices; settings are
 * read, printed, compared and reset.
 *
 * Limits: what a row's functions do with a world is not tried here. */
#include "harness/base/array.h"
#include "harness/stream/settings.h"
#include "harness/stream/verb.h"
#include "harness/test/check.h"

static bool in_range(const VerbParam *p, int64_t low, int64_t high) {
    return p->min <= low && low <= high && high <= p->max;
}

/* What a parameter lacks, or NULL. `drawn`: its form is drawn at random. */
static const char *param_lacks(const VerbParam *p, bool drawn) {
    if (p->kind == PARAM_NONE) return NULL;
    if (!p->name) return "a parameter's name";
    if (p->kind == PARAM_NAME) return drawn ? "a reason why it is never drawn: it has a name" : NULL;
    if (!in_range(p, p->fallback, p->fallback)) return "a parameter's fallback within its range";
    if (!drawn) return NULL;
    if (p->draw.kind == VERB_DRAW_ABSENT) return p->optional ? NULL : "a draw for a parameter that must be there";
    int64_t low = p->draw.zero_percent ? 0 : p->draw.low;
    return p->draw.kind && in_range(p, low, p->draw.high) ? NULL : "a parameter's draw within its range";
}

/* Either a weight or a reason. */
static bool is_weighed(int weight, const char *never) {
    return (weight > 0) != (never != NULL);
}

static const char *form_lacks(const VerbRow *row, const VerbForm *form, bool several) {
    const char *lack = NULL;
    if (several && !is_weighed(form->weight, form->never)) return "a form's weight, or why it is never drawn";
    for (int i = 0; i < VERB_MAX_PARAMS && !lack; i++)
        lack = param_lacks(&form->params[i], !row->never && !form->never);
    return lack;
}

static const char *verb_lacks(VerbId verb) {
    const VerbRow *row = verb_row(verb);
    const char *lack = NULL;
    if (!row->name) return "a row";
    if (!row->help) return "help";
    if (!row->effect) return "an effect";
    if (!is_weighed(row->weight, row->never)) return "a weight, or why it is never drawn";
    if (!row->export) return "what an exported script does";
    if (verb_is_defrag(verb) && !row->forms[0].rank) return "a rank";
    for (int i = 0; i < verb_forms(verb) && !lack; i++) lack = form_lacks(row, &row->forms[i], verb_forms(verb) > 1);
    return lack;
}

static const char *setting_lacks_draw(const SettingsRow *row) {
    int64_t most = row->kind == SETTINGS_CHOICE ? 1 : row->max;
    const SettingsDraw *draw = &row->draw;
    switch (draw->kind) {
    case SETTINGS_DRAW_NEVER:
        return draw->never ? NULL : "a reason why it is never drawn";
    case SETTINGS_DRAW_ALONE:
        if (row->acts == SETTINGS_AT_BIRTH) return "a draw together with the others of birth";
        return draw->percent > 0 && row->min <= draw->low && draw->low <= draw->high && draw->high <= most
                   ? NULL
                   : "a draw within its range";
    case SETTINGS_DRAW_BIRTH:
        return row->acts == SETTINGS_AT_BIRTH ? NULL : "a draw of its own: birth does not read it";
    case SETTINGS_DRAW_OWN:
        return NULL;
    }
    return "a draw";
}

static const char *setting_lacks_values(const SettingsRow *row) {
    switch (row->kind) {
    case SETTINGS_NUMBER:
        if (row->min >= row->max || row->usual < row->min || row->usual > row->max) return "a default within its range";
        return row->size ? NULL : "a field";
    case SETTINGS_CHOICE:
        if (!row->words[0] || !row->words[1]) return "words";
        return row->size ? NULL : "a field";
    case SETTINGS_OWN:
        return row->values && row->usual_word && row->read && row->write ? NULL : "values, a default and functions";
    }
    return "a kind";
}

static const char *setting_lacks(SettingId setting) {
    const SettingsRow *row = settings_row(setting);
    if (!row->name) return "a row";
    if (!row->help) return "help";
    const char *lack = setting_lacks_values(row);
    if (lack) return lack;
    if (!row->acts) return "when it takes effect";
    if (!row->shrink) return "how it shrinks";
    if (row->shrink == SETTINGS_SHRINK_NUMBER && row->kind != SETTINGS_NUMBER) return "a number to shrink";
    return setting_lacks_draw(row);
}

static bool check_row(const char *table, int id, const char *name, const char *lack) {
    if (CHECK(!lack)) return true;
    fprintf(stderr, "    %s, row %d (%s) lacks %s\n", table, id, name ? name : "no name", lack);
    return false;
}

/* Every id has a row, and every row makes all choices. Returns false if not: then nothing else can
 * be tested. */
static bool test_rows(void) {
    bool whole = true;
    for (VerbId i = 0; i < VERB_COUNT; i++) whole &= check_row("verb.c", (int)i, verb_row(i)->name, verb_lacks(i));
    for (SettingId i = 0; i < SETTING_COUNT; i++)
        whole &= check_row("settings.c", (int)i, settings_row(i)->name, setting_lacks(i));
    return whole;
}

/* --- settings */

/* Both ends of every range are allowed, and nothing beyond them. */
static void test_settings_ranges(void) {
    static const char *const good[] = {"databases=1", "databases=16",    "memory=16",     "memory=1024",
                                       "seed=0",      "seed=4294967295", "after=slice:1", "since=123.456"};
    static const char *const bad[] = {"databases=0", "databases=17",    "memory=15",           "memory=1025",
                                      "seed=-1",     "seed=4294967296", "after=slice:1000001", "since=1234.5"};
    Settings s, before;
    char buffer[200];
    for (int i = 0; i < COUNT_OF(good); i++) {
        settings_default(&s);
        CHECK(settings_set(&s, good[i], strlen(good[i]), buffer, sizeof(buffer)) == NULL);
        settings_print(&s, buffer, sizeof(buffer));
        CHECK_TEXT(buffer + 1, good[i]);
        before = s;
        CHECK(settings_set(&s, bad[i], strlen(bad[i]), buffer, sizeof(buffer)) != NULL && settings_equal(&s, &before));
    }
}

static void test_settings(void) {
    Settings a, b;
    char buffer[200];
    settings_default(&a);
    settings_default(&b);
    CHECK(settings_equal(&a, &b) && settings_same_birth(&a, &b));
    CHECK(settings_set(&b, "seed=2", 6, buffer, sizeof(buffer)) == NULL && b.seed == 2);
    CHECK(!settings_equal(&a, &b) && settings_same_birth(&a, &b));
    CHECK(settings_set(&b, "databases=3xyz", 11, buffer, sizeof(buffer)) == NULL && b.databases == 3);
    CHECK(!settings_same_birth(&a, &b));
    CHECK(settings_set(&b, "databases=3xyz", 14, buffer, sizeof(buffer)) != NULL && b.databases == 3);
    CHECK(settings_set(&b, "since=9.1", 9, buffer, sizeof(buffer)) == NULL && strcmp(b.since, "9.1") == 0);
    CHECK(settings_set(&b, "after=slice:1000000", 19, buffer, sizeof(buffer)) == NULL && b.after_pointers == 1000000);
    CHECK(settings_print(&b, buffer, sizeof(buffer)) == strlen(buffer));
    CHECK_TEXT(buffer, " after=slice:1000000 databases=3 seed=2 since=9.1");
    CHECK(settings_print(&b, buffer, 22) == 20 && strcmp(buffer, " after=slice:1000000") == 0);
    CHECK(settings_set(&b, "after=none", 10, buffer, sizeof(buffer)) == NULL && b.after_pointers == 0);
}

/* Gives a number or a choice a value that is not its default. Returns false for a setting with
 * functions of its own. */
static bool give_other_value(Settings *s, SettingId setting) {
    const SettingsRow *row = settings_row(setting);
    if (row->kind == SETTINGS_OWN) return false;
    settings_set_number(s, setting, row->kind == SETTINGS_CHOICE ? 1 : row->usual == row->max ? row->min : row->max);
    return true;
}

/* Each setting has its own field, which is printed, read back, compared and reset. */
static void test_each_setting(void) {
    Settings usual, s, back;
    char text[SETTINGS_MAX_TEXT], buffer[200];
    settings_default(&usual);
    for (SettingId i = 0; i < SETTING_COUNT; i++) {
        settings_default(&s);
        settings_default(&back);
        if (!give_other_value(&s, i)) continue;
        for (SettingId j = 0; j < SETTING_COUNT; j++) CHECK(settings_is_default(&s, j) == (i != j));
        CHECK(!settings_equal(&s, &usual));
        CHECK(settings_same_birth(&s, &usual) == (settings_row(i)->acts == SETTINGS_LATER));
        settings_print(&s, text, sizeof(text));
        CHECK(settings_set(&back, text + 1, strlen(text + 1), buffer, sizeof(buffer)) == NULL);
        CHECK(settings_equal(&s, &back));
        settings_reset(&s, i);
        CHECK(settings_equal(&s, &usual));
    }
}

int main(void) {
    if (!test_rows()) return check_status("test_stream_rows");
    test_settings();
    test_settings_ranges();
    test_each_setting();
    return check_status("test_stream_rows");
}
