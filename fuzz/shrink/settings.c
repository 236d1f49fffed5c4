/* settings.c -- the pass that gives settings back their default: all at once, then one by one; what cannot go gets smaller.
 *
 * after= belongs to the defrag schedule (shrink/schedule.c). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fuzz/shrink/pass.h"

static void all_but_after(Settings *settings) {
    AfterKind after = settings->after;
    int64_t pointers = settings->after_pointers;
    settings_default(settings);
    settings->after = after;
    settings->after_pointers = pointers;
}

static void since_any(Settings *settings) {
    settings->since[0] = '\0';
}

static void no_cluster(Settings *settings) {
    settings->cluster = false;
}

static void small_limits(Settings *settings) {
    settings->limits = LIMITS_SMALL;
}

static void exact_sizes(Settings *settings) {
    settings->sizes = SIZES_EXACT;
}

static void default_databases(Settings *settings) {
    Settings usual;
    settings_default(&usual);
    settings->databases = usual.databases;
}

static void default_memory(Settings *settings) {
    Settings usual;
    settings_default(&usual);
    settings->memory_mb = usual.memory_mb;
}

static void default_seed(Settings *settings) {
    Settings usual;
    settings_default(&usual);
    settings->seed = usual.seed;
}

static void (*const changes[])(Settings *) = {all_but_after, since_any,         no_cluster,     small_limits,
                                              exact_sizes,   default_databases, default_memory, default_seed};

#define CHANGES ((int)(sizeof(changes) / sizeof(changes[0])))

Offer shrink_settings(const Stream *best, int site, int proposal, int unused, Stream *out) {
    (void)unused;
    int64_t number;
    bool databases = site == CHANGES;
    if (site > CHANGES + 1) return OFFER_END;
    if (site < CHANGES && proposal > 0) return OFFER_OVER;
    if (site < CHANGES) {
        stream_copy(out, best);
        changes[site](&out->settings);
        return OFFER_MADE;
    }
    if (!shrink_value(databases ? 1 : 0, databases ? best->settings.databases : best->settings.seed, proposal, &number))
        return OFFER_OVER;
    stream_copy(out, best);
    if (databases)
        out->settings.databases = (int)number;
    else
        out->settings.seed = number;
    return OFFER_MADE;
}
