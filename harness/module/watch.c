/* SPDX-License-Identifier: BSD-3-Clause */
/* watch.c -- notifications: while it is switched on, each event of a key is read, by opening the
 * key in the notification, and noted afterwards.
 *
 * A notification may not write. What it wants to write it does in a job after the command
 * (ValkeyModule_AddPostNotificationJob). Pages learn here that keys may be elsewhere.
 *
 * Limits: one note, which has the latest event. */
#include "harness/module/parts.h"

static bool watching;

/* The job after a command: notes its latest event. */
static void note(ValkeyModuleCtx *ctx, void *event) {
    ValkeyModuleString *name = ValkeyModule_CreateString(ctx, "event", 5);
    sample_remember(name, event);
    ValkeyModule_FreeString(ctx, name);
}

static void free_event(void *event) {
    ValkeyModule_FreeString(NULL, event);
}

/* The name of a key that was loaded cannot be retained, as opening the key would. */
static int notified(ValkeyModuleCtx *ctx, int type, const char *event, ValkeyModuleString *name) {
    if (type & VALKEYMODULE_NOTIFY_GENERIC) sample_pages_elsewhere(); /* such as RENAME and MOVE */
    if (!watching) return VALKEYMODULE_OK;
    ValkeyModuleString *copy = ValkeyModule_CreateStringFromString(ctx, name);
    ValkeyModuleKey *key = ValkeyModule_OpenKey(ctx, copy, VALKEYMODULE_READ | VALKEYMODULE_OPEN_KEY_NOEFFECTS);
    size_t length = ValkeyModule_ValueLength(key);
    ValkeyModule_CloseKey(key);
    ValkeyModule_FreeString(ctx, copy);
    ValkeyModuleString *text = ValkeyModule_CreateStringPrintf(NULL, "%s %zu", event, length);
    if (ValkeyModule_AddPostNotificationJob(ctx, note, text, free_event) == VALKEYMODULE_ERR) free_event(text);
    return VALKEYMODULE_OK;
}

static void databases_swapped(ValkeyModuleCtx *ctx, ValkeyModuleEvent event, uint64_t subevent, void *data) {
    (void)ctx, (void)event, (void)subevent, (void)data;
    sample_pages_elsewhere();
}

static int run_watch(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    return sample_switch(ctx, argv, argc, &watching);
}

int sample_load_watch(ValkeyModuleCtx *ctx) {
    const SampleCommand commands[] = {
        {"sample.watch", "readonly fast", run_watch, 2, SAMPLE_INFO(NULL, SAMPLE_ARG("switch", INTEGER))}, {0}};
    int types = VALKEYMODULE_NOTIFY_GENERIC | VALKEYMODULE_NOTIFY_STRING | VALKEYMODULE_NOTIFY_LIST |
                VALKEYMODULE_NOTIFY_SET | VALKEYMODULE_NOTIFY_HASH | VALKEYMODULE_NOTIFY_ZSET |
                VALKEYMODULE_NOTIFY_STREAM | VALKEYMODULE_NOTIFY_EXPIRED | VALKEYMODULE_NOTIFY_EVICTED |
                VALKEYMODULE_NOTIFY_MODULE | VALKEYMODULE_NOTIFY_LOADED;
    watching = false;
    if (sample_add_commands(ctx, commands) == VALKEYMODULE_ERR) return VALKEYMODULE_ERR;
    if (ValkeyModule_SubscribeToKeyspaceEvents(ctx, types, notified) == VALKEYMODULE_ERR) return VALKEYMODULE_ERR;
    return ValkeyModule_SubscribeToServerEvent(ctx, ValkeyModuleEvent_SwapDB, databases_swapped);
}
