/* SPDX-License-Identifier: BSD-3-Clause */
/* defrag_debug.c -- the command DEBUG DEFRAG: hint, figures, steps, state, verification; see
 * defrag_portable.h for what each does.
 *
 * Limits: a command with a number out of its range changes nothing. */
#include "defrag_shape/compat.h"

#include "defrag_shape/shape.h"

static const char *const help[] = {
    "HINT [native|always|never|every N|some SEED PERCENT|only FIRST LAST|pages]",
    "    Which blocks move from now on. Without argument: the hint in use.",
    "FIGURES",
    "    How fragmented the memory is, and the source of these figures.",
    "SIMULATE <percent> <bytes>|OFF",
    "    From now on fragmentation is what is given here.",
    "START",
    "    Begin a cycle, whatever the figures say, and hold it.",
    "SLICE <n>",
    "    Begin a cycle if none runs; one slice that ends after n blocks.",
    "FINISH [<n>]",
    "    Run the current cycle to its end, all at once or in slices of n blocks.",
    "CYCLE [<n>]",
    "    The same, and then a whole cycle.",
    "RELEASE",
    "    Let the server resume the cycle that is held.",
    "STATE",
    "    The position of the cycle, and counts.",
    "VERIFY",
    "    Check that all structures which defrag touches are well-formed.",
    "BREAK list|listpack|zset|table|dict|store|stream|radix|fields|pubsub|script|function|client",
    "BREAK buckets|overhead|importing|script-memory|client-memory|client-arguments|lua|module",
    "    Break the value of the key \"canary\" in database 0 (dict: the table of function libraries; store, buckets, "
    "overhead, importing: the sums of the table of expires; pubsub: all channels; script: the newest one that can be "
    "evicted; script-memory, function: the memory of scripts and libraries; lua: the numbers of functions; client, "
    "client-memory: the counts of clients; client-arguments: the bytes of a client's command), to see VERIFY fail. "
    "Dangerous.",
    "BUSY <n>",
    "    From now on, run a slice of n blocks whenever a script has run for a while; 0 ends that.",
    "SEED <n>",
    "    Seed the server's randomness.",
    "CLOCK <us> [LATER]",
    "    Move the clock of a stepped server (VALKEY_DEFRAG_STEPPED=1).",
    NULL,
};

/* Argument `index`, counted from 1 after DEFRAG, as text; "" when it is absent. */
static const char *word(client *c, int index) {
    return index + 1 < c->argc ? objectGetVal(c->argv[index + 1]) : "";
}

/* Reads a number of the command into *out; an absent one is `fallback`, unless that is negative.
 * Returns false, after an error reply, when there is no number from `min` to `max`. */
static bool number(client *c, int index, long min, long max, long fallback, long *out) {
    *out = fallback;
    if (index + 1 >= c->argc && fallback >= 0) return true;
    if (index + 1 >= c->argc) {
        addReplyErrorFormat(c, "DEBUG DEFRAG %s wants a number from %ld to %ld", word(c, 1), min, max);
        return false;
    }
    return getRangeLongFromObjectOrReply(c, c->argv[index + 1], min, max, out, NULL) == C_OK;
}

/* --- hint and figures */

/* Chooses a value that is also a config, by that config's own function. Takes over `text`. */
static void set(client *c, sds text, bool (*choose)(const char *text, const char **err), sds *config) {
    const char *err;
    if (!choose(text, &err)) {
        sdsfree(text);
        addReplyError(c, err);
        return;
    }
    sdsfree(*config);
    *config = text;
    addReply(c, shared.ok);
}

static void doHint(client *c) {
    if (c->argc == 3) {
        addReplyBulkCString(c, defragHintText());
        return;
    }
    sds text = sdsempty();
    for (int i = 2; i + 1 < c->argc; i++) text = sdscatfmt(text, i > 2 ? " %s" : "%s", word(c, i));
    set(c, text, defragHintSet, &defrag_hint_config);
}

static void doSimulate(client *c) {
    bool off = c->argc == 4 && !strcasecmp(word(c, 2), "off");
    sds text = off ? sdsempty() : sdscatfmt(sdsempty(), "%s %s", word(c, 2), word(c, 3));
    set(c, text, defragFiguresSimulate, &defrag_simulated_config);
}

static void addNumber(client *c, const char *name, long long value) {
    addReplyBulkCString(c, name);
    addReplyBulkLongLong(c, value);
}

static void addWord(client *c, const char *name, const char *value) {
    addReplyBulkCString(c, name);
    addReplyBulkCString(c, value);
}

static void doFigures(client *c) {
    defragFigures figures = defragFiguresTake(true);
    defragPagesFigures pages = defragPagesGetFigures();
    char percent[32];
    snprintf(percent, sizeof(percent), "%.2f", figures.percent);
    addReplyArrayLen(c, 2 * 10);
    addWord(c, "source", figures.source);
    addWord(c, "percent", percent);
    addNumber(c, "bytes", figures.bytes);
    addNumber(c, "allocated", figures.allocated);
    addNumber(c, "resident", figures.resident);
    addNumber(c, "free-below-a-page", defragFiguresSmallFree());
    addNumber(c, "pages-counted-bytes", pages.counted);
    addNumber(c, "pages-size", pages.size);
    addNumber(c, "pages-chosen", pages.chosen);
    addNumber(c, "pages-held", pages.held);
}

/* --- steps */

static bool mayStep(client *c) {
    if (server.active_defrag_enabled || defragStepRunning()) return true;
    addReplyError(c, "active defrag is switched off; CONFIG SET activedefrag yes first");
    return false;
}

static void replySteps(client *c, defragCounts before) {
    defragCounts now = defragHintCounts();
    addReplyArrayLen(c, 2);
    addReplyLongLong(c, now.asked - before.asked);
    addReplyLongLong(c, now.moved - before.moved);
}

static void doSlice(client *c) {
    long pointers;
    defragCounts before = defragHintCounts();
    if (!number(c, 2, 1, 1000000, -1, &pointers) || !mayStep(c)) return;
    defragStepSlice(pointers);
    replySteps(c, before);
}

static void finish(client *c, bool whole) {
    long pointers;
    defragCounts before = defragHintCounts();
    if (!number(c, 2, 1, 1000000, 0, &pointers)) return;
    if (whole && !mayStep(c)) return;
    defragStepFinish(whole, pointers);
    replySteps(c, before);
}

static void doFinish(client *c) {
    finish(c, false);
}

static void doCycle(client *c) {
    finish(c, true);
}

static void doStart(client *c) {
    if (!mayStep(c)) return;
    defragStepStart();
    addReply(c, shared.ok);
}

static void doRelease(client *c) {
    defragStepRelease();
    addReply(c, shared.ok);
}

static void doBusy(client *c) {
    long pointers;
    if (!number(c, 2, 0, 1000000, -1, &pointers)) return;
    defragStepWhenBusy(pointers);
    addReply(c, shared.ok);
}

/* --- state */

static void doState(client *c) {
    defragPlace place;
    defragCounts counts = defragHintCounts();
    defragGetPlace(&place);
    addReplyArrayLen(c, 2 * 15);
    addNumber(c, "running", defragStepRunning());
    addNumber(c, "held", defragStepHeld());
    addWord(c, "stage", place.stage);
    addNumber(c, "stages-left", place.stages_left);
    addNumber(c, "slot", place.slot);
    addNumber(c, "cursor", place.cursor);
    addNumber(c, "later", place.later);
    addReplyBulkCString(c, "later-key");
    addReplyBulkCBuffer(c, place.later_key ? place.later_key : "", place.later_key ? sdslen((sds)place.later_key) : 0);
    addNumber(c, "later-cursor", place.later_cursor);
    addNumber(c, "asked", counts.asked);
    addNumber(c, "moved", counts.moved);
    addNumber(c, "moved-bytes", counts.moved_bytes);
    addNumber(c, "longest-slice-us", defragStepLongestSlice(!strcasecmp(word(c, 2), "reset")));
    addWord(c, "hint", defragHintText());
    addWord(c, "figures", defragFiguresTake(false).source);
}

static void doVerify(client *c) {
    const char *broken = defragVerify();
    if (broken)
        addReplyErrorFormat(c, "-SHAPE %s", broken);
    else
        addReply(c, shared.ok);
}

/* shape_break passes the commands that create the key; callers of BREAK have created it already. */
static void skipCommand(const char *word, ...) {
    UNUSED(word);
}

static void doBreak(client *c) {
    if (shape_break(word(c, 2), skipCommand))
        addReply(c, shared.ok);
    else
        addReplyErrorFormat(c, "DEBUG DEFRAG BREAK cannot break '%.40s'; try DEBUG DEFRAG HELP", word(c, 2));
}

/* --- a stepped server */

static void doClock(client *c) {
    long us;
    if (!defragStepIsStepped()) {
        addReplyError(c, "the clock of this server cannot be moved: it was not started with VALKEY_DEFRAG_STEPPED=1");
        return;
    }
    if (!number(c, 2, 0, LONG_MAX / 2, -1, &us)) return;
    defragStepClock(us, !strcasecmp(word(c, 3), "later"));
    addReply(c, shared.ok);
}

static void doSeed(client *c) {
    long seed;
    if (!number(c, 2, 0, LONG_MAX, -1, &seed)) return;
    defragStepSeed(seed);
    addReply(c, shared.ok);
}

static void doHelp(client *c) {
    addReplyHelp(c, (const char **)help);
}

/* --- the table */

static const struct {
    const char *name;
    void (*act)(client *c);
    int max_words; /* after the name */
} subcommands[] = {
    {"hint", doHint, 3},   {"figures", doFigures, 0}, {"simulate", doSimulate, 2}, {"start", doStart, 0},
    {"slice", doSlice, 1}, {"finish", doFinish, 1},   {"cycle", doCycle, 1},       {"release", doRelease, 0},
    {"state", doState, 1}, {"verify", doVerify, 0},   {"break", doBreak, 1},       {"busy", doBusy, 1},
    {"clock", doClock, 2}, {"seed", doSeed, 1},       {"help", doHelp, 0},
};

void defragDebugCommand(client *c) {
    for (size_t i = 0; i < sizeof(subcommands) / sizeof(subcommands[0]); i++) {
        if (strcasecmp(word(c, 1), subcommands[i].name)) continue;
        if (c->argc - 3 > subcommands[i].max_words)
            addReplyErrorFormat(c, "too many arguments for DEBUG DEFRAG %s; try DEBUG DEFRAG HELP",
                                subcommands[i].name);
        else
            subcommands[i].act(c);
        return;
    }
    addReplyErrorFormat(c, "DEBUG DEFRAG has no subcommand '%.40s'; try DEBUG DEFRAG HELP", word(c, 1));
}
