/* SPDX-License-Identifier: BSD-3-Clause */
/* range.c -- a range of a sorted set, walked over forwards and backwards.
 *
 * Limits: both ends of a range of scores belong to it. */
#include "harness/module/parts.h"

/* A range: of scores, or of members as ZRANGEBYLEX has it. */
typedef struct {
    bool by_score;
    double low, high;
    ValkeyModuleString *min, *max;
} Range;

static Range range_of(ValkeyModuleString *min, ValkeyModuleString *max) {
    Range range = {.min = min, .max = max};
    range.by_score = ValkeyModule_StringToDouble(min, &range.low) == VALKEYMODULE_OK &&
                     ValkeyModule_StringToDouble(max, &range.high) == VALKEYMODULE_OK;
    return range;
}

static int seek(ValkeyModuleKey *key, const Range *range, bool first) {
    if (range->by_score)
        return first ? ValkeyModule_ZsetFirstInScoreRange(key, range->low, range->high, 0, 0)
                     : ValkeyModule_ZsetLastInScoreRange(key, range->low, range->high, 0, 0);
    return first ? ValkeyModule_ZsetFirstInLexRange(key, range->min, range->max)
                 : ValkeyModule_ZsetLastInLexRange(key, range->min, range->max);
}

/* Walks over a range; returns how many members are in it. */
static long long walk(ValkeyModuleCtx *ctx, ValkeyModuleKey *key, const Range *range, bool forwards) {
    double score;
    long long count = 0;
    if (seek(key, range, forwards) == VALKEYMODULE_ERR) return -1;
    for (; !ValkeyModule_ZsetRangeEndReached(key); count++) {
        ValkeyModule_FreeString(ctx, ValkeyModule_ZsetRangeCurrentElement(key, &score));
        forwards ? ValkeyModule_ZsetRangeNext(key) : ValkeyModule_ZsetRangePrev(key);
    }
    ValkeyModule_ZsetRangeStop(key);
    return count;
}

/* KEY MINIMUM MAXIMUM: how many members are between them, both ways; -1 for what is no
 * range. */
static int run_walk(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    if (argc != 4) return ValkeyModule_WrongArity(ctx);
    ValkeyModuleKey *key = ValkeyModule_OpenKey(ctx, argv[1], VALKEYMODULE_READ);
    Range range = range_of(argv[2], argv[3]);
    if (ValkeyModule_KeyType(key) == VALKEYMODULE_KEYTYPE_ZSET) {
        ValkeyModule_ReplyWithArray(ctx, 2);
        ValkeyModule_ReplyWithLongLong(ctx, walk(ctx, key, &range, true));
        ValkeyModule_ReplyWithLongLong(ctx, walk(ctx, key, &range, false));
    } else {
        ValkeyModule_ReplyWithNull(ctx);
    }
    ValkeyModule_CloseKey(key);
    return VALKEYMODULE_OK;
}

int sample_load_range(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.zsetwalk", "readonly", run_walk, 4,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_READS), SAMPLE_ARG_KEY, SAMPLE_ARG("min", STRING), SAMPLE_ARG("max", STRING))},
        {0}};
    return sample_add_commands(ctx, commands);
}
