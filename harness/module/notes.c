/* SPDX-License-Identifier: BSD-3-Clause */
/* notes.c -- memory of the module's own, which belongs to no key: notes with a name.
 *
 * Defrag: the callback for globals, which the server calls once a cycle, for all of it.
 *
 * The notes are saved with the data set, before the keys. A file of commands does not have them.
 *
 * Limits: a note is found by looking at each. */
#include "harness/module/parts.h"

static SampleNotes notes;

const SampleNotes *sample_notes(void) {
    return &notes;
}

static SampleNote **find(const ValkeyModuleString *name) {
    for (size_t i = 0; i < notes.count; i++) {
        if (sample_compare(notes.notes[i]->name, name) == 0) return &notes.notes[i];
    }
    return NULL;
}

/* Takes over both strings. */
static void add(ValkeyModuleString *name, ValkeyModuleString *text) {
    if (notes.count == notes.room) {
        notes.room = notes.room ? 2 * notes.room : 4;
        notes.notes = ValkeyModule_Realloc(notes.notes, notes.room * sizeof(SampleNote *));
    }
    SampleNote *note = ValkeyModule_Alloc(sizeof(*note));
    *note = (SampleNote){name, text};
    notes.notes[notes.count++] = note;
}

static void free_note(SampleNote *note) {
    ValkeyModule_FreeString(NULL, note->name);
    ValkeyModule_FreeString(NULL, note->text);
    ValkeyModule_Free(note);
}

static void forget_all(void) {
    while (notes.count) {
        free_note(notes.notes[--notes.count]);
        notes.notes[notes.count] = NULL;
    }
}

static void defrag(ValkeyModuleDefragCtx *ctx) {
    sample_check_cursor(ctx);
    ValkeyModule_Assert(!ValkeyModule_GetKeyNameFromDefragCtx(ctx) && ValkeyModule_GetDbIdFromDefragCtx(ctx) == -1);
    if (notes.notes) notes.notes = sample_defrag_block(ctx, notes.notes);
    for (size_t i = 0; i < notes.count; i++) {
        SampleNote *note = notes.notes[i] = sample_defrag_block(ctx, notes.notes[i]);
        sample_defrag_string(ctx, &note->name);
        sample_defrag_string(ctx, &note->text);
    }
}

void sample_remember(ValkeyModuleString *name, ValkeyModuleString *text) {
    SampleNote **known = find(name);
    if (known) {
        ValkeyModule_FreeString(NULL, (*known)->text);
        (*known)->text = ValkeyModule_HoldString(NULL, text);
    } else {
        ValkeyModuleString *held = ValkeyModule_HoldString(NULL, name);
        bool same = sample_compare(name, text) == 0; /* then it is one string, with two owners */
        add(held, same ? ValkeyModule_HoldString(NULL, held) : ValkeyModule_CreateStringFromString(NULL, text));
    }
}

void sample_notes_save(ValkeyModuleIO *rdb, int when) {
    (void)when;
    if (notes.count == 0) return; /* nothing is written then */
    ValkeyModule_SaveUnsigned(rdb, notes.count);
    for (size_t i = 0; i < notes.count; i++) {
        ValkeyModule_SaveString(rdb, notes.notes[i]->name);
        ValkeyModule_SaveString(rdb, notes.notes[i]->text);
    }
}

static bool load_note(void *to, ValkeyModuleString *name, ValkeyModuleString *text) {
    (void)to;
    sample_remember(name, text);
    return true;
}

int sample_notes_load(ValkeyModuleIO *rdb, int version, int when) {
    (void)when;
    if (version != 0) return VALKEYMODULE_ERR;
    forget_all();
    return sample_load_pairs(rdb, load_note, NULL) ? VALKEYMODULE_OK : VALKEYMODULE_ERR;
}

static int run_remember(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    if (argc != 3) return ValkeyModule_WrongArity(ctx);
    sample_remember(argv[1], argv[2]);
    ValkeyModule_ReplicateVerbatim(ctx);
    return ValkeyModule_ReplyWithLongLong(ctx, (long long)notes.count);
}

static int run_recall(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    SampleNote **known = find(argv[1]);
    return known ? ValkeyModule_ReplyWithString(ctx, (*known)->text) : ValkeyModule_ReplyWithNull(ctx);
}

static int run_forget(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    if (argc != 2) return ValkeyModule_WrongArity(ctx);
    SampleNote **known = find(argv[1]);
    if (known) {
        free_note(*known);
        *known = notes.notes[--notes.count];
        notes.notes[notes.count] = NULL;
        ValkeyModule_ReplicateVerbatim(ctx);
    }
    return ValkeyModule_ReplyWithLongLong(ctx, known != NULL);
}

int sample_load_notes(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.remember", "write deny-oom", run_remember, 3,
         SAMPLE_INFO(NULL, SAMPLE_ARG("name", STRING), SAMPLE_ARG("value", STRING))},
        {"sample.recall", "readonly fast", run_recall, 2, SAMPLE_INFO(NULL, SAMPLE_ARG("name", STRING))},
        {"sample.forget", "write fast", run_forget, 2, SAMPLE_INFO(NULL, SAMPLE_ARG("name", STRING))},
        {0}};
    notes = (SampleNotes){0};
    if (sample_add_commands(ctx, commands) == VALKEYMODULE_ERR) return VALKEYMODULE_ERR;
    return ValkeyModule_RegisterDefragFunc(ctx, defrag);
}
