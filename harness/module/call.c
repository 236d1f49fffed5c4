/* SPDX-License-Identifier: BSD-3-Clause */
/* call.c -- a command that calls another one, as modules do.
 *
 * Limits: a command that would wait fails. */
#include "harness/module/parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Flags of ValkeyModule_Call that a client may choose: replicate, without the AOF, without
 * replicas, the checks of a script, of the user, of memory, errors as replies. */
static const char flags_allowed[] = "!ARSCME";

static int run_call(ValkeyModuleCtx *ctx, ValkeyModuleString **argv, int argc) {
    char format[sizeof(flags_allowed) + 2];
    size_t len;
    if (argc < 3) return ValkeyModule_WrongArity(ctx);
    const char *flags = ValkeyModule_StringPtrLen(argv[1], &len);
    if (len >= sizeof(flags_allowed) || strspn(flags, flags_allowed) != len)
        return ValkeyModule_ReplyWithError(ctx, "ERR the flags are not a word of the letters !ARSCME, or empty");
    snprintf(format, sizeof(format), "%s0v", flags /* in the client's protocol */);
    const char *command = ValkeyModule_StringPtrLen(argv[2], NULL);
    ValkeyModuleCallReply *reply = ValkeyModule_Call(ctx, command, format, argv + 3, (size_t)argc - 3);
    if (!reply)
        return ValkeyModule_ReplyWithErrorFormat(ctx, "ERR %s", errno == ENOENT ? "no such command" : "refused");
    int status = ValkeyModule_ReplyWithCallReply(ctx, reply);
    ValkeyModule_FreeCallReply(reply);
    return status;
}

int sample_load_call(ValkeyModuleCtx *ctx) {
    ValkeyModuleCommandArg arg = {.name = "arg",
                                  .type = VALKEYMODULE_ARG_TYPE_STRING,
                                  .flags = VALKEYMODULE_CMD_ARG_MULTIPLE | VALKEYMODULE_CMD_ARG_OPTIONAL};
    const SampleCommand commands[] = {
        {"sample.call", "write no-cluster", run_call, -3,
         SAMPLE_INFO(NULL, SAMPLE_ARG("callflags", STRING), SAMPLE_ARG("command", STRING), arg)},
        {0}};
    return sample_add_commands(ctx, commands);
}
