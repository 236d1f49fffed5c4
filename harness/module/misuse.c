/* SPDX-License-Identifier: BSD-3-Clause */
/* misuse.c -- calls that the interface refuses: of a key that is open for reading only, holds
 * another type or nothing, or is none; with numbers that are none or out of range.
 *
 * Each must be refused, as its documentation says, and leave the key as it was.
 *
 * Limits: what the documentation forbids without saying what happens then is not tried. */
#include "harness/module/parts.h"

#include <math.h>

typedef ValkeyModuleKey Key;
typedef ValkeyModuleString String;

/* Each makes one call, and returns whether it was refused. `text` is a string to write. */
typedef bool (*Refused)(Key *key, String *text);

#define REFUSED(NAME, CONDITION)                                                                                       \
    static bool NAME(Key *key, String *text) {                                                                         \
        (void)text;                                                                                                    \
        return (CONDITION);                                                                                            \
    }

static ValkeyModuleStreamID zero_id; /* less than the id of any entry */

REFUSED(string_set, ValkeyModule_StringSet(key, text) == VALKEYMODULE_ERR)
REFUSED(string_truncate, ValkeyModule_StringTruncate(key, 1) == VALKEYMODULE_ERR)
REFUSED(string_get, !ValkeyModule_StringDMA(key, &(size_t){0}, VALKEYMODULE_READ))
REFUSED(expire, ValkeyModule_SetExpire(key, 1) == VALKEYMODULE_ERR)
REFUSED(expire_at, ValkeyModule_SetAbsExpire(key, 1) == VALKEYMODULE_ERR)
REFUSED(delete_key, ValkeyModule_DeleteKey(key) == VALKEYMODULE_ERR)
REFUSED(unlink_key, ValkeyModule_UnlinkKey(key) == VALKEYMODULE_ERR)

REFUSED(list_push, ValkeyModule_ListPush(key, VALKEYMODULE_LIST_TAIL, text) == VALKEYMODULE_ERR)
REFUSED(list_pop, !ValkeyModule_ListPop(key, VALKEYMODULE_LIST_TAIL))
REFUSED(list_get, !ValkeyModule_ListGet(key, 0))
REFUSED(list_set, ValkeyModule_ListSet(key, 0, text) == VALKEYMODULE_ERR)
REFUSED(list_insert, ValkeyModule_ListInsert(key, 1, text) == VALKEYMODULE_ERR)
REFUSED(list_delete, ValkeyModule_ListDelete(key, 0) == VALKEYMODULE_ERR)
REFUSED(list_get_beyond, !ValkeyModule_ListGet(key, 1000000))
REFUSED(list_set_beyond, ValkeyModule_ListSet(key, 1000000, text) == VALKEYMODULE_ERR)
REFUSED(list_insert_beyond, ValkeyModule_ListInsert(key, 1000000, text) == VALKEYMODULE_ERR)
REFUSED(list_set_nothing, ValkeyModule_ListSet(key, 0, NULL) == VALKEYMODULE_ERR)
REFUSED(list_insert_nothing, ValkeyModule_ListInsert(key, 0, NULL) == VALKEYMODULE_ERR)

REFUSED(zset_add, ValkeyModule_ZsetAdd(key, 1, text, NULL) == VALKEYMODULE_ERR)
REFUSED(zset_increase, ValkeyModule_ZsetIncrby(key, 1, text, NULL, NULL) == VALKEYMODULE_ERR)
REFUSED(zset_remove, ValkeyModule_ZsetRem(key, text, NULL) == VALKEYMODULE_ERR)
REFUSED(zset_score, ValkeyModule_ZsetScore(key, text, &(double){0}) == VALKEYMODULE_ERR)
REFUSED(zset_range, ValkeyModule_ZsetFirstInScoreRange(key, 0, 1, 0, 0) == VALKEYMODULE_ERR)
REFUSED(zset_lex_range, ValkeyModule_ZsetLastInLexRange(key, text, text) == VALKEYMODULE_ERR)
REFUSED(zset_add_nan, ValkeyModule_ZsetAdd(key, NAN, text, &(int){0}) == VALKEYMODULE_ERR)
REFUSED(zset_increase_nan, ValkeyModule_ZsetIncrby(key, NAN, text, &(int){0}, NULL) == VALKEYMODULE_ERR)

REFUSED(hash_set, ValkeyModule_HashSet(key, VALKEYMODULE_HASH_NONE, text, text, NULL) == 0)
REFUSED(hash_set_oddly, ValkeyModule_HashSet(key, 1 << 20, text, text, NULL) == 0)
REFUSED(hash_get, ValkeyModule_HashGet(key, VALKEYMODULE_HASH_NONE, text, &(String *){NULL}, NULL) == VALKEYMODULE_ERR)

REFUSED(stream_add, ValkeyModule_StreamAdd(key, VALKEYMODULE_STREAM_ADD_AUTOID, NULL, (String *[]){text, text}, 1) ==
                        VALKEYMODULE_ERR)
REFUSED(stream_add_zero, ValkeyModule_StreamAdd(key, 0, &zero_id, (String *[]){text, text}, 1) == VALKEYMODULE_ERR)
REFUSED(stream_delete, ValkeyModule_StreamDelete(key, &zero_id) == VALKEYMODULE_ERR)
REFUSED(stream_start, ValkeyModule_StreamIteratorStart(key, 0, NULL, NULL) == VALKEYMODULE_ERR)
REFUSED(stream_start_below, ValkeyModule_StreamIteratorStart(key, VALKEYMODULE_STREAM_ITERATOR_EXCLUSIVE, NULL,
                                                             &zero_id) == VALKEYMODULE_ERR)
REFUSED(stream_stop, ValkeyModule_StreamIteratorStop(key) == VALKEYMODULE_ERR)
REFUSED(stream_next, ValkeyModule_StreamIteratorNextID(key, &zero_id, &(long){0}) == VALKEYMODULE_ERR)
REFUSED(stream_field,
        ValkeyModule_StreamIteratorNextField(key, &(String *){NULL}, &(String *){NULL}) == VALKEYMODULE_ERR)
REFUSED(stream_delete_current, ValkeyModule_StreamIteratorDelete(key) == VALKEYMODULE_ERR)
REFUSED(stream_trim, ValkeyModule_StreamTrimByLength(key, 0, 1) < 0)
REFUSED(stream_trim_below, ValkeyModule_StreamTrimByID(key, 0, &zero_id) < 0)

/* When a call is refused. */
enum { NO_KEY = 1, READ_ONLY = 2, OTHER_TYPE = 4, NO_VALUE = 8, ANY_VALUE = 16 };

static const struct {
    Refused refused;
    int type; /* what it is for */
    unsigned when;
} calls[] = {
    {string_set, VALKEYMODULE_KEYTYPE_STRING, READ_ONLY},
    {string_truncate, VALKEYMODULE_KEYTYPE_STRING, READ_ONLY | OTHER_TYPE},
    {string_get, VALKEYMODULE_KEYTYPE_STRING, OTHER_TYPE},
    {expire, VALKEYMODULE_KEYTYPE_EMPTY, READ_ONLY | NO_VALUE},
    {expire_at, VALKEYMODULE_KEYTYPE_EMPTY, READ_ONLY | NO_VALUE},
    {delete_key, VALKEYMODULE_KEYTYPE_EMPTY, READ_ONLY},
    {unlink_key, VALKEYMODULE_KEYTYPE_EMPTY, READ_ONLY},

    {list_push, VALKEYMODULE_KEYTYPE_LIST, NO_KEY | READ_ONLY | OTHER_TYPE},
    {list_pop, VALKEYMODULE_KEYTYPE_LIST, NO_KEY | READ_ONLY | OTHER_TYPE | NO_VALUE},
    {list_get, VALKEYMODULE_KEYTYPE_LIST, NO_KEY | OTHER_TYPE | NO_VALUE},
    {list_set, VALKEYMODULE_KEYTYPE_LIST, NO_KEY | READ_ONLY | OTHER_TYPE | NO_VALUE},
    {list_insert, VALKEYMODULE_KEYTYPE_LIST, NO_KEY | READ_ONLY | OTHER_TYPE | NO_VALUE},
    {list_delete, VALKEYMODULE_KEYTYPE_LIST, NO_KEY | READ_ONLY | OTHER_TYPE | NO_VALUE},
    {list_get_beyond, VALKEYMODULE_KEYTYPE_LIST, ANY_VALUE},
    {list_set_beyond, VALKEYMODULE_KEYTYPE_LIST, ANY_VALUE},
    {list_insert_beyond, VALKEYMODULE_KEYTYPE_LIST, ANY_VALUE},
    {list_set_nothing, VALKEYMODULE_KEYTYPE_LIST, ANY_VALUE},
    {list_insert_nothing, VALKEYMODULE_KEYTYPE_LIST, ANY_VALUE},

    {zset_add, VALKEYMODULE_KEYTYPE_ZSET, READ_ONLY | OTHER_TYPE},
    {zset_increase, VALKEYMODULE_KEYTYPE_ZSET, READ_ONLY | OTHER_TYPE},
    {zset_remove, VALKEYMODULE_KEYTYPE_ZSET, READ_ONLY | OTHER_TYPE},
    {zset_score, VALKEYMODULE_KEYTYPE_ZSET, OTHER_TYPE | NO_VALUE},
    {zset_range, VALKEYMODULE_KEYTYPE_ZSET, OTHER_TYPE | NO_VALUE},
    {zset_lex_range, VALKEYMODULE_KEYTYPE_ZSET, OTHER_TYPE | NO_VALUE},
    {zset_add_nan, VALKEYMODULE_KEYTYPE_ZSET, ANY_VALUE},
    {zset_increase_nan, VALKEYMODULE_KEYTYPE_ZSET, ANY_VALUE},

    {hash_set, VALKEYMODULE_KEYTYPE_HASH, NO_KEY | READ_ONLY | OTHER_TYPE},
    {hash_set_oddly, VALKEYMODULE_KEYTYPE_HASH, ANY_VALUE},
    {hash_get, VALKEYMODULE_KEYTYPE_HASH, OTHER_TYPE},

    {stream_add, VALKEYMODULE_KEYTYPE_STREAM, NO_KEY | READ_ONLY | OTHER_TYPE},
    {stream_add_zero, VALKEYMODULE_KEYTYPE_STREAM, ANY_VALUE},
    {stream_delete, VALKEYMODULE_KEYTYPE_STREAM, NO_KEY | READ_ONLY | ANY_VALUE},
    {stream_start, VALKEYMODULE_KEYTYPE_STREAM, NO_KEY | OTHER_TYPE | NO_VALUE},
    {stream_start_below, VALKEYMODULE_KEYTYPE_STREAM, ANY_VALUE},
    {stream_stop, VALKEYMODULE_KEYTYPE_STREAM, NO_KEY | ANY_VALUE},
    {stream_next, VALKEYMODULE_KEYTYPE_STREAM, NO_KEY | ANY_VALUE},
    {stream_field, VALKEYMODULE_KEYTYPE_STREAM, NO_KEY | ANY_VALUE},
    {stream_delete_current, VALKEYMODULE_KEYTYPE_STREAM, NO_KEY | READ_ONLY | ANY_VALUE},
    {stream_trim, VALKEYMODULE_KEYTYPE_STREAM, NO_KEY | READ_ONLY | OTHER_TYPE | NO_VALUE},
    {stream_trim_below, VALKEYMODULE_KEYTYPE_STREAM, NO_KEY | READ_ONLY | OTHER_TYPE | NO_VALUE},
};

/* Makes all calls that are refused in one of these cases; returns how many there were. */
static long long misuse(ValkeyModuleKey *key, ValkeyModuleString *text, int type, unsigned cases) {
    long long count = 0;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        bool other = type != VALKEYMODULE_KEYTYPE_EMPTY && type != calls[i].type;
        if (!(calls[i].when & cases & ~OTHER_TYPE) && !(calls[i].when & cases & OTHER_TYPE && other)) continue;
        ValkeyModule_Assert(calls[i].refused(key, text));
        count++;
    }
    return count;
}

static int run_misuse(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    long long count = misuse(NULL, argv[1], VALKEYMODULE_KEYTYPE_EMPTY, NO_KEY);
    ValkeyModuleKey *key = ValkeyModule_OpenKey(ctx, argv[1], VALKEYMODULE_READ);
    int type = ValkeyModule_KeyType(key);
    unsigned cases = type == VALKEYMODULE_KEYTYPE_EMPTY ? NO_VALUE | ANY_VALUE : OTHER_TYPE | ANY_VALUE;
    if (key) count += misuse(key, argv[1], type, cases | READ_ONLY);
    ValkeyModule_CloseKey(key);
    key = ValkeyModule_OpenKey(ctx, argv[1], VALKEYMODULE_READ | VALKEYMODULE_WRITE);
    count += misuse(key, argv[1], type, cases);
    ValkeyModule_CloseKey(key);
    return ValkeyModule_ReplyWithLongLong(ctx, count);
}

int sample_load_misuse(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.misuse", "write", run_misuse, 2, SAMPLE_INFO(SAMPLE_KEY(SAMPLE_ADDS), SAMPLE_ARG_KEY)}, {0}};
    zero_id = (ValkeyModuleStreamID){0, 0};
    return sample_add_commands(ctx, commands);
}
