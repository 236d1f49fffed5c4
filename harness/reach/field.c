/* SPDX-License-Identifier: BSD-3-Clause */
/* field.c -- names of the fields of blocks and variables; see field.h.
 *
 * Limits: a function that allocates blocks of several types has the shape of one of them; `whole`
 * tells it from the others by its size. */
#include "harness/reach/field.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/array.h"
#include "harness/base/valkey_name.h"

/* --- structs */

typedef struct {
    const char *name;
    size_t size;
    int first, count; /* of its members */
} Struct;

typedef struct {
    const char *name;
    size_t offset, size;
} Member;

static const Struct structs[] = {
#define STRUCT(name, size, first, count) {name, size, first, count},
#define MEMBER(name, offset, size)
#include "harness/reach/members.h"
#undef STRUCT
#undef MEMBER
};

/* Those of a struct in order of offset. */
static const Member members[] = {
#define STRUCT(name, size, first, count)
#define MEMBER(name, offset, size) {name, offset, size},
#include "harness/reach/members.h"
#undef STRUCT
#undef MEMBER
};

static const Struct *find_struct(const char *name) {
    for (int i = 0; i < COUNT_OF(structs); i++) {
        if (strcmp(structs[i].name, name) == 0) return &structs[i];
    }
    return NULL;
}

/* The last member that begins at the offset or before it, of a union the first; NULL: none. */
static const Member *find_member(const Struct *type, size_t offset) {
    const Member *found = NULL;
    for (int i = 0; i < type->count && members[type->first + i].offset <= offset; i++) {
        const Member *m = &members[type->first + i];
        if (!found || m->offset > found->offset) found = m;
    }
    return found;
}

/* --- shapes */

typedef enum {
    ONE,      /* the struct */
    WHOLE,    /* the struct, or, with another size, an array of pointers */
    ELEMENTS, /* an array of the struct */
    POINTERS, /* pointers, or anything else without fields */
} Kind;

typedef struct {
    FunctionPrefix owner; /* how the function's name begins */
    Kind kind;
    const char *type;
    size_t element; /* of the array at the end of the struct, in bytes; 0: there is none */
} Row;

struct FieldShape {
    const Row *row;
    const Struct *type; /* NULL: the tree lacks it */
};

#define TYPE(name) name /* list-members looks for these */
#define POINTER 8       /* bytes */
#define BIG_ARRAY (16 * POINTER)

static const Row rows[] = {
    /* objects and values */
    {VALKEY_PREFIX("createUnembeddedObject"), ONE, TYPE("robj"), 0},
    {VALKEY_PREFIX("createObject"), ONE, TYPE("robj"), 0},
    {VALKEY_PREFIX("quicklistCreateNode"), ONE, TYPE("quicklistNode"), 0},
    {VALKEY_PREFIX("quicklistCreate"), ONE, TYPE("quicklist"), 2 * POINTER},
    {VALKEY_PREFIX("quicklistBookmark"), ONE, TYPE("quicklist"), 2 * POINTER},
    {VALKEY_PREFIX("zslCreateNode"), ONE, TYPE("zskiplistNode"), 2 * POINTER},
    {VALKEY_PREFIX("zslCreate"), ONE, TYPE("zskiplist"), 2 * POINTER},
    {VALKEY_PREFIX("createZsetObject"), ONE, TYPE("zset"), 0},
    {VALKEY_PREFIX("zsetConvertAndExpand"), ONE, TYPE("zset"), 0},
    {VALKEY_PREFIX("streamNew"), ONE, TYPE("stream"), 0},
    {VALKEY_PREFIX("streamCreateCG"), ONE, TYPE("streamCG"), 0},
    {VALKEY_PREFIX("streamCreateConsumer"), ONE, TYPE("streamConsumer"), 0},
    {VALKEY_PREFIX("streamCreateNACK"), ONE, TYPE("streamNACK"), 0},
    {VALKEY_PREFIX("pv"), ONE, TYPE("pVector"), POINTER},
    /* tables, lists, trees */
    {VALKEY_PREFIX("hashtableCreate"), ONE, TYPE("hashtable"), 0},
    {VALKEY_PREFIX("resize"), ELEMENTS, TYPE("bucket"), 0},
    {VALKEY_PREFIX("bucketConvertToChained"), ONE, TYPE("bucket"), 0},
    {VALKEY_PREFIX("kvstoreCreate"), WHOLE, TYPE("kvstore"), 0},
    {VALKEY_PREFIX("dictCreate"), ONE, TYPE("dict"), 0},
    {VALKEY_PREFIX("dictResize"), POINTERS, "dictEntry *", 0},
    {VALKEY_PREFIX("createEntry"), ONE, TYPE("dictEntry"), 0},
    {VALKEY_PREFIX("listCreate"), ONE, TYPE("list"), 0},
    {VALKEY_PREFIX("listAddNode"), ONE, TYPE("listNode"), 0},
    {VALKEY_PREFIX("listInsertNode"), ONE, TYPE("listNode"), 0},
    {VALKEY_PREFIX("raxNew"), ONE, TYPE("rax"), 0},
    {VALKEY_PREFIX("rax"), POINTERS, "raxNode", 0},
    /* databases, scripts */
    {VALKEY_PREFIX("createDatabase"), ONE, TYPE("serverDb"), 0},
    {VALKEY_PREFIX("evictionPoolAlloc"), ELEMENTS, TYPE("struct evictionPoolEntry"), 0},
    {VALKEY_PREFIX("evalRegisterNewScript"), ONE, TYPE("evalScript"), 0},
    {VALKEY_PREFIX("functionsLibCtxCreate"), ONE, TYPE("functionsLibCtx"), 0},
    {VALKEY_PREFIX("engineLibraryCreate"), ONE, TYPE("functionLibInfo"), 0},
    {VALKEY_PREFIX("functionLibCreateFunction"), ONE, TYPE("functionInfo"), 0},
    {OTHER_PREFIX("l_alloc"), POINTERS, "Lua", 0},
    {OTHER_PREFIX("luaM_"), POINTERS, "Lua", 0},
    /* clients */
    {VALKEY_PREFIX("createClient"), WHOLE, TYPE("client"), 0},
    {VALKEY_PREFIX("parseMultibulkBuffer"), ELEMENTS, TYPE("parsedCommand"), 0},
    {VALKEY_PREFIX("parseMultibulk"), POINTERS, "robj *", 0},
    {VALKEY_PREFIX("processMultibulkBuffer"), POINTERS, "robj *", 0},
    {VALKEY_PREFIX("backupAndUpdateClientArgv"), POINTERS, "robj *", 0},
    {VALKEY_PREFIX("queueMultiCommand"), ELEMENTS, TYPE("multiCmd"), 0},
    {VALKEY_PREFIX("initClientMultiState"), ONE, TYPE("multiState"), 0},
    {VALKEY_PREFIX("initClientPubSubData"), ONE, TYPE("ClientPubSubData"), 0},
    {VALKEY_PREFIX("initClientBlockingState"), ONE, TYPE("blockingState"), 0},
    {VALKEY_PREFIX("watchForKey"), WHOLE, TYPE("watchedKey"), 0},
    {VALKEY_PREFIX("commandlogCreateEntry"), WHOLE, TYPE("commandlogEntry"), 0},
    {VALKEY_PREFIX("addReplyProto"), ONE, TYPE("clientReplyBlock"), 0},
    /* defrag's own, and the rest */
    {VALKEY_PREFIX("addDefragStage"), ONE, TYPE("StageDescriptor"), 0},
    {VALKEY_PREFIX("initServer"), POINTERS, "serverDb", 0},
    {VALKEY_PREFIX("ACLInitCommandCategories"), POINTERS, "char *", 0},
    {OTHER_PREFIX("valkey_server_main"), POINTERS, "char *", 0},
    {VALKEY_PREFIX("clusterInit"), POINTERS, "clusterState", 0},
    {VALKEY_PREFIX("createClusterNode"), POINTERS, "clusterNode", 0},
};

#define ALL SIZE_MAX /* the field of an array of pointers */

const FieldShape *field_shape(const char *owner) {
    static FieldShape shapes[COUNT_OF(rows)];
    for (int i = 0; i < COUNT_OF(rows); i++) {
        if (!valkey_name_begins(owner, &rows[i].owner, 1)) continue;
        shapes[i] = (FieldShape){&rows[i], find_struct(rows[i].type)};
        return &shapes[i];
    }
    return NULL;
}

/* The offset in a struct. All elements of an array of pointers in it are one field if there are
 * many of them, and so are those of the array at its end. */
static size_t fold(const Struct *type, size_t element, size_t offset) {
    const Member *m = find_member(type, offset);
    if (!m) return offset;
    if (element && offset >= m->offset + element) return m->offset + (offset - m->offset) % element;
    return m->size >= BIG_ARRAY && offset < m->offset + m->size ? m->offset : offset;
}

static bool is_array_of_pointers(const FieldShape *shape, size_t size) {
    if (shape->row->kind == WHOLE) return shape->type && size != shape->type->size;
    return shape->row->kind == POINTERS;
}

size_t field_number(const FieldShape *shape, size_t size, size_t offset) {
    if (!shape) return offset;
    if (is_array_of_pointers(shape, size)) return ALL;
    if (!shape->type) return offset;
    if (shape->row->kind == ELEMENTS) return offset % shape->type->size;
    return fold(shape->type, shape->row->element, offset);
}

/* "PREFIX.MEMBER", or "PREFIX.MEMBER+8" in the middle of it. */
static void name_member(const char *prefix, const Struct *type, size_t offset, char *name, size_t room) {
    const Member *m = find_member(type, offset);
    if (m && m->offset == offset)
        snprintf(name, room, "%s.%s", prefix, m->name);
    else if (m)
        snprintf(name, room, "%s.%s+%zu", prefix, m->name, offset - m->offset);
    else
        snprintf(name, room, "%s+%zu", prefix, offset);
}

/* The name of a type without the word struct. */
static const char *bare(const char *type) {
    return strncmp(type, "struct ", 7) == 0 ? type + 7 : type;
}

void field_name(const FieldShape *shape, size_t number, char *name, size_t room) {
    if (shape && number == ALL)
        snprintf(name, room, "%s[]", shape->row->kind == POINTERS ? shape->row->type : "");
    else if (shape && shape->type)
        name_member(bare(shape->row->type), shape->type, number, name, room);
    else
        snprintf(name, room, "+%zu", number);
}

/* --- variables */

static const struct {
    const char *name, *type;
} variables[] = {
    {"server", TYPE("struct valkeyServer")},
    {"defrag", TYPE("struct DefragContext")},
    {"evalCtx", TYPE("struct evalCtx")},
};

/* The struct of a variable, or NULL. The last answer is kept. */
static const Struct *type_of(const Symbol *variable) {
    static const Symbol *last;
    static const Struct *type;
    if (variable == last) return type;
    last = variable;
    type = NULL;
    for (int i = 0; i < COUNT_OF(variables); i++) {
        if (strcmp(variables[i].name, variable->name) == 0) type = find_struct(variables[i].type);
    }
    return type;
}

size_t field_variable_number(const Symbol *variable, size_t offset) {
    const Struct *type = type_of(variable);
    return type ? fold(type, 0, offset) : 0;
}

void field_variable_name(const Symbol *variable, size_t number, char *name, size_t room) {
    const Struct *type = type_of(variable);
    if (type)
        name_member(variable->name, type, number, name, room);
    else
        snprintf(name, room, "%s", variable->name);
}
