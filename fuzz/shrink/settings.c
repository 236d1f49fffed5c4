/* SPDX-License-Identifier: BSD-3-Clause */
/* settings.c -- the pass that resets settings to their defaults: all at once, then one by one; a
 * number that is needed is made smaller.
 *
 * The rows of the settings (harness/stream/settings.c) say how they are shrunk. after= belongs to
 * the defrag schedule (shrink/schedule.c). */
#include "fuzz/shrink/pass.h"

/* A site of the pass: a setting to reset, or a number to make smaller. */
typedef struct {
    SettingId setting;
    bool smaller;
} Site;

/* Adds the settings of that kind that can be reset. Returns the new count. */
static int add_resets(Site *sites, int count, SettingsKind kind) {
    for (SettingId i = 0; i < SETTING_COUNT; i++) {
        const SettingsRow *row = settings_row(i);
        if (row->kind == kind && row->shrink != SETTINGS_SHRINK_SCHEDULE) sites[count++] = (Site){i, false};
    }
    return count;
}

/* Lists all sites: words before numbers, defaults before smaller numbers. Returns their count. */
static int list_sites(Site sites[2 * SETTING_COUNT]) {
    int count = add_resets(sites, 0, SETTINGS_OWN);
    count = add_resets(sites, count, SETTINGS_CHOICE);
    count = add_resets(sites, count, SETTINGS_NUMBER);
    for (SettingId i = 0; i < SETTING_COUNT; i++) {
        if (settings_row(i)->shrink == SETTINGS_SHRINK_NUMBER) sites[count++] = (Site){i, true};
    }
    return count;
}

static Offer reset_all(const Stream *best, Stream *out) {
    stream_copy(out, best);
    for (SettingId i = 0; i < SETTING_COUNT; i++) {
        if (settings_row(i)->shrink != SETTINGS_SHRINK_SCHEDULE) settings_reset(&out->settings, i);
    }
    return OFFER_MADE;
}

static Offer reset(const Stream *best, SettingId setting, Stream *out) {
    stream_copy(out, best);
    settings_reset(&out->settings, setting);
    return OFFER_MADE;
}

static Offer make_smaller(const Stream *best, SettingId setting, int proposal, Stream *out) {
    int64_t number;
    if (!shrink_value(settings_row(setting)->min, settings_number(&best->settings, setting), proposal, &number))
        return OFFER_OVER;
    stream_copy(out, best);
    settings_set_number(&out->settings, setting, number);
    return OFFER_MADE;
}

Offer shrink_settings(const Stream *best, int site, int proposal, int unused, Stream *out) {
    (void)unused;
    Site sites[2 * SETTING_COUNT];
    if (site > list_sites(sites)) return OFFER_END;
    const Site *place = site ? &sites[site - 1] : NULL;
    if (place && place->smaller) return make_smaller(best, place->setting, proposal, out);
    if (proposal > 0) return OFFER_OVER;
    return place ? reset(best, place->setting, out) : reset_all(best, out);
}
