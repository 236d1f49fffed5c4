/* SPDX-License-Identifier: BSD-3-Clause */
/* edit.c -- commands that change values of the server's own types through an open key, and let the
 * server work in between.
 *
 * Each does what a module does with such a value: writes, reads back, writes again at the same
 * handle. The reply is how many elements there are then.
 *
 * Limits: one element a command. A set cannot be changed through the interface. */
#include "harness/module/parts.h"

static int reply_length(ValkeyModuleCtx *ctx, ValkeyModuleKey *key) {
    ValkeyModule_ReplyWithLongLong(ctx, (long long)ValkeyModule_ValueLength(key));
    ValkeyModule_CloseKey(key);
    ValkeyModule_ReplicateVerbatim(ctx);
    return VALKEYMODULE_OK;
}

/* KEY TEXT LENGTH: makes what is there that long, sets the text, makes it that long, marks its
 * ends. */
static int run_string(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    long long length;
    size_t room;
    if (argc != 4) return ValkeyModule_WrongArity(ctx);
    if (!sample_number(ctx, argv[3], "length", 1, 100000, &length)) return VALKEYMODULE_OK;
    ValkeyModuleKey *key = sample_open_for(ctx, argv[1], VALKEYMODULE_KEYTYPE_STRING);
    if (!key) return VALKEYMODULE_OK;
    ValkeyModule_StringDMA(key, &room, VALKEYMODULE_READ);
    ValkeyModule_StringTruncate(key, (size_t)length);
    sample_yield(ctx);
    ValkeyModule_StringSet(key, argv[2]);
    ValkeyModule_StringTruncate(key, (size_t)length);
    char *bytes = ValkeyModule_StringDMA(key, &room, VALKEYMODULE_WRITE);
    bytes[0] = '[';
    bytes[room - 1] = ']';
    return reply_length(ctx, key);
}

/* KEY ELEMENT INDEX: adds it before the index, at both ends and instead of the last one; takes the
 * first one away. */
static int run_list(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    long long index;
    if (argc != 4) return ValkeyModule_WrongArity(ctx);
    if (!sample_number(ctx, argv[3], "index", -1000, 1000, &index)) return VALKEYMODULE_OK;
    ValkeyModuleKey *key = sample_open_for(ctx, argv[1], VALKEYMODULE_KEYTYPE_LIST);
    if (!key) return VALKEYMODULE_OK;
    ValkeyModule_ListInsert(key, (long)index, argv[2]);
    ValkeyModule_ListPush(key, VALKEYMODULE_LIST_HEAD, argv[2]);
    ValkeyModule_ListPush(key, VALKEYMODULE_LIST_TAIL, argv[2]);
    sample_yield(ctx);
    ValkeyModuleString *read = ValkeyModule_ListGet(key, (long)index);
    if (read) ValkeyModule_FreeString(ctx, read);
    ValkeyModule_ListSet(key, -1, argv[2]);
    ValkeyModule_ListDelete(key, (long)index / 2);
    ValkeyModuleString *first = ValkeyModule_ListPop(key, VALKEYMODULE_LIST_HEAD);
    if (first) ValkeyModule_FreeString(ctx, first);
    return reply_length(ctx, key);
}

/* KEY MEMBER SCORE: adds it, doubles its score, walks backwards from the score that it had, looks
 * for it as a range of members. */
static int run_zset(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    double score, lowest = 0;
    int flags = 0;
    if (argc != 4) return ValkeyModule_WrongArity(ctx);
    if (ValkeyModule_StringToDouble(argv[3], &score) == VALKEYMODULE_ERR)
        return ValkeyModule_ReplyWithError(ctx, "ERR the score is not a number");
    ValkeyModuleKey *key = sample_open_for(ctx, argv[1], VALKEYMODULE_KEYTYPE_ZSET);
    if (!key) return VALKEYMODULE_OK;
    ValkeyModule_ZsetAdd(key, score, argv[2], &flags);
    ValkeyModule_ZsetIncrby(key, score, argv[2], &flags, NULL);
    ValkeyModule_ZsetLastInScoreRange(key, VALKEYMODULE_NEGATIVE_INFINITE, score, 0, 0);
    for (int i = 0; i < 3 && !ValkeyModule_ZsetRangeEndReached(key); i++) {
        ValkeyModuleString *member = ValkeyModule_ZsetRangeCurrentElement(key, &lowest);
        ValkeyModule_FreeString(ctx, member);
        sample_yield(ctx);
        ValkeyModule_ZsetRangePrev(key);
    }
    ValkeyModule_ZsetRangeStop(key);
    ValkeyModule_ZsetFirstInLexRange(key, argv[2], argv[2]);
    ValkeyModule_ZsetRangeStop(key);
    ValkeyModule_ZsetScore(key, argv[2], &score);
    return reply_length(ctx, key);
}

/* KEY FIELD VALUE: reads it, sets it if it is new, then in any case; removes the field "gone". */
static int run_hash(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    int exists = 0;
    ValkeyModuleString *value = NULL;
    if (argc != 4) return ValkeyModule_WrongArity(ctx);
    ValkeyModuleKey *key = sample_open_for(ctx, argv[1], VALKEYMODULE_KEYTYPE_HASH);
    if (!key) return VALKEYMODULE_OK;
    ValkeyModule_HashGet(key, VALKEYMODULE_HASH_EXISTS, argv[2], &exists, NULL);
    ValkeyModule_HashGet(key, VALKEYMODULE_HASH_NONE, argv[2], &value, NULL);
    ValkeyModule_Assert(exists == (value != NULL));
    if (value) ValkeyModule_FreeString(ctx, value);
    ValkeyModule_HashSet(key, VALKEYMODULE_HASH_NX | VALKEYMODULE_HASH_COUNT_ALL, argv[2], argv[3], NULL);
    sample_yield(ctx);
    ValkeyModule_HashSet(key, VALKEYMODULE_HASH_CFIELDS, "gone", argv[3], "f1", argv[3], NULL);
    ValkeyModule_HashSet(key, VALKEYMODULE_HASH_XX, argv[2], argv[3], NULL);
    ValkeyModule_HashGet(key, VALKEYMODULE_HASH_EXISTS, argv[2], &exists, NULL);
    ValkeyModule_HashSet(key, VALKEYMODULE_HASH_CFIELDS, "gone", VALKEYMODULE_HASH_DELETE, NULL);
    return reply_length(ctx, key);
}

/* KEY INDEX: looks at the last element, then at the index, and takes that one away. */
static int run_list_remove(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    const long places[] = {-1, 0, -1};
    long long index;
    if (argc != 3) return ValkeyModule_WrongArity(ctx);
    if (!sample_number(ctx, argv[2], "index", -1000, 1000, &index)) return VALKEYMODULE_OK;
    ValkeyModuleKey *key = sample_open_for(ctx, argv[1], VALKEYMODULE_KEYTYPE_LIST);
    if (!key) return VALKEYMODULE_OK;
    for (int i = 0; i < 3; i++) {
        ValkeyModuleString *element = ValkeyModule_ListGet(key, places[i]);
        if (element) ValkeyModule_FreeString(ctx, element);
    }
    sample_yield(ctx);
    ValkeyModule_ListDelete(key, (long)index);
    ValkeyModuleString *next = ValkeyModule_ListGet(key, (long)index);
    if (next) ValkeyModule_FreeString(ctx, next);
    return reply_length(ctx, key);
}

/* KEY MEMBER: removes it. */
static int run_zset_remove(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    int removed = 0;
    if (argc != 3) return ValkeyModule_WrongArity(ctx);
    ValkeyModuleKey *key = sample_open_for(ctx, argv[1], VALKEYMODULE_KEYTYPE_ZSET);
    if (!key) return VALKEYMODULE_OK;
    ValkeyModule_ZsetRem(key, argv[2], &removed);
    if (!removed) ValkeyModule_ZsetIncrby(key, 1, argv[2], NULL, NULL);
    sample_yield(ctx);
    ValkeyModule_ZsetRem(key, argv[2], NULL);
    return reply_length(ctx, key);
}

/* KEY ID FIELD VALUE: removes the entry with that id, or adds one when there is none. */
static int run_stream_toggle(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    ValkeyModuleStreamID id;
    if (argc != 5) return ValkeyModule_WrongArity(ctx);
    if (ValkeyModule_StringToStreamID(argv[2], &id) == VALKEYMODULE_ERR)
        return ValkeyModule_ReplyWithError(ctx, "ERR the id is none");
    ValkeyModuleKey *key = sample_open_for(ctx, argv[1], VALKEYMODULE_KEYTYPE_STREAM);
    if (!key) return VALKEYMODULE_OK;
    if (ValkeyModule_StreamDelete(key, &id) == VALKEYMODULE_ERR) ValkeyModule_StreamAdd(key, 0, &id, argv + 3, 1);
    return reply_length(ctx, key);
}

/* KEY FIELD VALUE: adds an entry, removes the first one by an iterator, trims to 100. */
static int run_stream(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    ValkeyModuleStreamID id;
    long fields;
    if (argc != 4) return ValkeyModule_WrongArity(ctx);
    ValkeyModuleKey *key = sample_open_for(ctx, argv[1], VALKEYMODULE_KEYTYPE_STREAM);
    if (!key) return VALKEYMODULE_OK;
    ValkeyModule_StreamAdd(key, VALKEYMODULE_STREAM_ADD_AUTOID, &id, argv + 2, 1);
    if (ValkeyModule_StreamIteratorStart(key, 0, NULL, NULL) == VALKEYMODULE_OK) {
        ValkeyModule_Assert(ValkeyModule_StreamIteratorStart(key, 0, NULL, NULL) == VALKEYMODULE_ERR);
        sample_yield(ctx);
        if (ValkeyModule_StreamIteratorNextID(key, &id, &fields) == VALKEYMODULE_OK)
            ValkeyModule_StreamIteratorDelete(key);
        ValkeyModule_StreamIteratorDelete(key); /* there is no current one */
        ValkeyModule_StreamIteratorStop(key);
    }
    ValkeyModule_StreamTrimByID(key, VALKEYMODULE_STREAM_TRIM_APPROX, &id);
    ValkeyModule_StreamTrimByLength(key, 0, 100);
    return reply_length(ctx, key);
}

/* KEY MILLISECONDS: gives it a TTL, and takes it away if it was one of 0; 1 for a key. */
static int run_ttl(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    long long ms;
    if (argc != 3) return ValkeyModule_WrongArity(ctx);
    if (!sample_time(ctx, argv[2], &ms)) return VALKEYMODULE_OK;
    ValkeyModuleKey *key = ValkeyModule_OpenKey(ctx, argv[1], VALKEYMODULE_READ | VALKEYMODULE_WRITE);
    int status = ValkeyModule_SetExpire(key, ms ? ms : VALKEYMODULE_NO_EXPIRE);
    sample_yield(ctx);
    ValkeyModule_Assert((ValkeyModule_GetExpire(key) < 0) == (ValkeyModule_GetAbsExpire(key) < 0));
    if (status == VALKEYMODULE_OK) ValkeyModule_SetAbsExpire(key, ValkeyModule_GetAbsExpire(key));
    ValkeyModule_CloseKey(key);
    return ValkeyModule_ReplyWithLongLong(ctx, status == VALKEYMODULE_OK);
}

/* KEY: removes it, and says how many are left. */
static int run_unlink(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    ValkeyModuleKey *key = ValkeyModule_OpenKey(ctx, argv[1], VALKEYMODULE_READ | VALKEYMODULE_WRITE);
    if (ValkeyModule_KeyExists(ctx, argv[1])) sample_yield(ctx);
    ValkeyModule_UnlinkKey(key);
    ValkeyModule_CloseKey(key);
    return ValkeyModule_ReplyWithLongLong(ctx, (long long)ValkeyModule_DbSize(ctx));
}

int sample_load_edit(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.stringedit", "write deny-oom", run_string, 4,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_ADDS), SAMPLE_ARG_KEY, SAMPLE_ARG("value", STRING),
                     SAMPLE_ARG("length", INTEGER))},
        {"sample.listedit", "write deny-oom", run_list, 4,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_ADDS), SAMPLE_ARG_KEY, SAMPLE_ARG("element", STRING),
                     SAMPLE_ARG("index", INTEGER))},
        {"sample.zsetedit", "write deny-oom", run_zset, 4,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_ADDS), SAMPLE_ARG_KEY, SAMPLE_ARG("member", STRING),
                     SAMPLE_ARG("score", DOUBLE))},
        {"sample.listremove", "write", run_list_remove, 3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_REMOVES), SAMPLE_ARG_KEY, SAMPLE_ARG("index", INTEGER))},
        {"sample.zsetremove", "write", run_zset_remove, 3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_REMOVES), SAMPLE_ARG_KEY, SAMPLE_ARG("member", STRING))},
        {"sample.streamtoggle", "write deny-oom", run_stream_toggle, 5,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_ADDS), SAMPLE_ARG_KEY, SAMPLE_ARG("id", STRING), SAMPLE_ARG("field", STRING),
                     SAMPLE_ARG("value", STRING))},
        {"sample.hashedit", "write deny-oom", run_hash, 4,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_ADDS), SAMPLE_ARG_KEY, SAMPLE_ARG("field", STRING),
                     SAMPLE_ARG("value", STRING))},
        {"sample.streamedit", "write deny-oom", run_stream, 4,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_ADDS), SAMPLE_ARG_KEY, SAMPLE_ARG("field", STRING),
                     SAMPLE_ARG("value", STRING))},
        {"sample.ttl", "write", run_ttl, 3,
         SAMPLE_INFO(SAMPLE_KEY(SAMPLE_ADDS), SAMPLE_ARG_KEY, SAMPLE_ARG("milliseconds", INTEGER))},
        {"sample.unlink", "write", run_unlink, 2, SAMPLE_INFO(SAMPLE_KEY(SAMPLE_REMOVES), SAMPLE_ARG_KEY)},
        {0}};
    return sample_add_commands(ctx, commands);
}
