/* SPDX-License-Identifier: BSD-3-Clause */
/* target.c -- the real server of a command line, and sessions with it; see target.h.
 *
 * Limits: between two sessions a running server keeps what FLUSHALL, SCRIPT FLUSH, FUNCTION FLUSH
 * and its settings do not restore: its clock, users, counters, and the number of the next
 * client. */
#include "fuzz/wire/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/base/option.h"
#include "fuzz/wire/reply.h"
#include "harness/finding/finding.h"

#define QUOTED 160 /* bytes of a reply that a message shows */

bool wire_target_read(const char *where, bool stepped, unsigned seconds, WireTarget *target) {
    *target = (WireTarget){.where = where, .stepped = stepped, .seconds = seconds};
    if (strncmp(where, "spawn:", 6) == 0) {
        target->program = where + 6;
        if (!*target->program)
            option_complain("--server: '%s' does not name a program; expected spawn:PATH-OF-valkey-server", where);
        return *target->program;
    }
    const char *why = wire_address(where, &target->address);
    if (why) option_complain("--server: '%s' %s", where, why);
    return !why;
}

void wire_target_free(WireTarget *target) {
    text_free(&target->config);
}

/* --- can the server be used? */

static bool begins(Text reply, const char *words) {
    return reply.len >= strlen(words) && strncmp(reply.data, words, strlen(words)) == 0;
}

static bool mentions(Text reply, const char *words) {
    return reply.len && strstr(reply.data, words);
}

static bool is_ok(WireState state, unsigned seconds, Text *why) {
    if (state == WIRE_HUNG) text_format(why, "does not answer within %u s", seconds);
    if (state == WIRE_DIED) text_format(why, "ends the connection");
    return state == WIRE_OK;
}

static bool is_logged_in(Text reply, Text *why) {
    if (begins(reply, "-NOAUTH"))
        text_format(why, "requires a password; set the environment variable DEFRAG_FUZZ_PASSWORD");
    else if (begins(reply, "-WRONGPASS"))
        text_format(why, "rejects the password in DEFRAG_FUZZ_PASSWORD");
    else if (begins(reply, "-ERR AUTH") || mentions(reply, "without any password configured"))
        text_format(why, "has no password; unset DEFRAG_FUZZ_PASSWORD");
    else if (!begins(reply, "+") && !begins(reply, "-"))
        text_format(why, "is not a Valkey: it replies '"), wire_reply_describe(why, reply, QUOTED),
            text_format(why, "'");
    else if (begins(reply, "-"))
        text_format(why, "refuses: %.*s", (int)strcspn(reply.data + 1, "\r"), reply.data + 1);
    return begins(reply, "+");
}

/* Are both versions of one series? "9.1.2" is of the series 9.1. */
static bool same_series(const char *a, const char *b) {
    int a1 = 0, a2 = -1, b1 = 0, b2 = -1;
    return sscanf(a, "%d.%d", &a1, &a2) == 2 && sscanf(b, "%d.%d", &b1, &b2) == 2 && a1 == b1 && a2 == b2;
}

static bool is_valkey(Text info, const char *version, Text *why) {
    const char *valkey = info.len ? strstr(info.data, "valkey_version:") : NULL;
    const char *redis = info.len ? strstr(info.data, "redis_version:") : NULL;
    if (!valkey && redis) {
        redis += strlen("redis_version:");
        text_format(why, "is not a Valkey but a Redis %.*s", (int)strcspn(redis, "\r\n"), redis);
        return false;
    }
    if (!valkey) {
        text_format(why, "is not a Valkey: it replies to INFO with '");
        wire_reply_describe(why, info, QUOTED);
        text_format(why, "'");
        return false;
    }
    valkey += strlen("valkey_version:");
    if (same_series(valkey, version)) return true;
    text_format(why, "is Valkey %.*s, but this program contains %s: use a build for the same series",
                (int)strcspn(valkey, "\r\n"), valkey, version);
    return false;
}

static bool is_patched(Text reply, Text *why) {
    if (!begins(reply, "-")) return true;
    if (mentions(reply, "enable-debug-command"))
        text_format(why, "does not permit DEBUG; start it with --enable-debug-command yes");
    else if (begins(reply, "-NOPERM"))
        text_format(why, "does not permit DEBUG to this user");
    else
        text_format(why, "lacks DEBUG DEFRAG; build it with server-patch/build");
    return false;
}

static bool identify(Wire *wire, const char *version, unsigned seconds, Text *why) {
    Text reply = {0};
    bool ok = is_ok(wire_login(wire, &reply), seconds, why) && is_logged_in(reply, why) &&
              is_ok(wire_ask(wire, &reply, "INFO", "server", NULL), seconds, why) && is_valkey(reply, version, why) &&
              is_ok(wire_ask(wire, &reply, "DEBUG", "DEFRAG", "HINT", NULL), seconds, why) && is_patched(reply, why);
    text_free(&reply);
    return ok;
}

/* --- a running server */

static bool config_value(Wire *wire, ConfigName name, char *value, size_t room) {
    Text reply = {0};
    bool ok = wire_ask(wire, &reply, "CONFIG", "GET", name, NULL) == WIRE_OK && wire_reply_value(reply, 1, value, room);
    text_free(&reply);
    return ok;
}

static void save_config(WireTarget *target, Wire *wire) {
    char folder[300], file[280];
    wire_ask(wire, &target->config, "CONFIG", "GET", "*", NULL);
    bool known = config_value(wire, VALKEY_CONFIG("dir"), folder, sizeof(folder)) &&
                 config_value(wire, VALKEY_CONFIG("logfile"), file, sizeof(file));
    if (!known || !*file)
        snprintf(target->log, sizeof(target->log), "on the server's standard output");
    else
        snprintf(target->log, sizeof(target->log), "%s%s%s", file[0] == '/' ? "" : folder, file[0] == '/' ? "" : "/",
                 file);
}

bool wire_target_check(WireTarget *target, const char *version) {
    Settings settings;
    WireSession session = {.spawned = target->program != NULL};
    Text why = {0}, log = {0};
    settings_default(&settings);
    bool ok = false;
    if (session.spawned)
        session.wire =
            wire_server_start(&session.server, target->program, &settings, target->stepped, target->seconds, &why);
    else
        session.wire = wire_connect(&target->address, target->seconds, &why);
    if (!session.wire)
        option_complain("the server %s cannot be %s: %s", target->where, session.spawned ? "started" : "reached",
                        why.data);
    else if (!(ok = identify(session.wire, version, target->seconds, &why)))
        option_complain("the server %s %s", target->where, why.data);
    else if (!session.spawned)
        save_config(target, session.wire);
    if (session.wire) wire_session_close(target, &session, ok ? WIRE_OK : WIRE_HUNG, &log);
    text_free(&why);
    text_free(&log);
    return ok;
}

/* A saved setting, or "". */
static void saved_setting(const WireTarget *target, ConfigName wanted, char *value, size_t room) {
    char name[128];
    *value = '\0';
    for (int i = 0; target->config.len && wire_reply_value(target->config, i, name, sizeof(name)); i += 2) {
        if (strcmp(name, wanted) == 0) wire_reply_value(target->config, i + 1, value, room);
    }
}

void wire_target_settings(const WireTarget *target, Settings *settings) {
    char databases[24], cluster[8];
    settings_default(settings);
    saved_setting(target, VALKEY_CONFIG("databases"), databases, sizeof(databases));
    saved_setting(target, VALKEY_CONFIG("cluster-enabled"), cluster, sizeof(cluster));
    int64_t number = 0;
    if (text_number(databases, strlen(databases), &number) && number <= settings_row(SETTING_DATABASES)->max)
        settings->databases = (int)number;
    settings->cluster = strcmp(cluster, "yes") == 0;
}

/* Restores the settings that differ from those before the first session. */
static void restore_config(const WireTarget *target, Wire *wire) {
    char name[128], was[1024], is[1024];
    for (int i = 0; wire_reply_value(target->config, i, name, sizeof(name)) &&
                    wire_reply_value(target->config, i + 1, was, sizeof(was));
         i += 2) {
        if (config_value(wire, name, is, sizeof(is)) && strcmp(was, is) != 0)
            wire_ask(wire, NULL, "CONFIG", "SET", name, was, NULL);
    }
}

/* A server that lacks a config fits every value of it, except that it has no cluster mode. */
static bool fits(Wire *wire, const Settings *settings, Text *why) {
    char databases[24], cluster[8], wanted[24];
    const char *mode = settings->cluster ? "yes" : "no";
    snprintf(wanted, sizeof(wanted), "%d", settings->databases);
    if (!config_value(wire, VALKEY_CONFIG("databases"), databases, sizeof(databases))) strcpy(databases, wanted);
    if (!config_value(wire, VALKEY_CONFIG("cluster-enabled"), cluster, sizeof(cluster))) strcpy(cluster, "no");
    if (strcmp(cluster, mode) != 0)
        text_format(why, "needs cluster=%s", mode);
    else if (strcmp(databases, wanted) != 0)
        text_format(why, "needs databases=%s, the server has %s", wanted, databases);
    return !why->len;
}

/* Restores the server to its original state, without its data. */
static void restore(const WireTarget *target, Wire *wire) {
    wire_ask(wire, NULL, "FLUSHALL", "SYNC", NULL);
    wire_ask(wire, NULL, "SCRIPT", "FLUSH", "SYNC", NULL);
    wire_ask(wire, NULL, "FUNCTION", "FLUSH", "SYNC", NULL);
    wire_ask(wire, NULL, "SLOWLOG", "RESET", NULL);
    wire_ask(wire, NULL, "DEBUG", "DEFRAG", "FINISH", NULL);
    wire_ask(wire, NULL, "DEBUG", "DEFRAG", "BUSY", "0", NULL);
    restore_config(target, wire);
}

static void set_limits(Wire *wire, const Settings *settings) {
    wire_ask(wire, NULL, "CONFIG", "SET", VALKEY_CONFIG("activedefrag"), "yes", NULL);
    for (const SettingsLimit *limit = settings_limits(settings); limit->option; limit++)
        wire_ask(wire, NULL, "CONFIG", "SET", limit->option, limit->value, NULL);
}

/* --- sessions */

/* As in harness/server/birth.c. */
static void own_all_slots(const WireSession *session) {
    wire_ask(session->wire, NULL, "CLUSTER", "ADDSLOTSRANGE", "0", "16383", NULL);
    for (int i = 0; i < 50; i++) wire_ask(session->wire, NULL, "DEBUG", "DEFRAG", "CLOCK", "100000", NULL);
}

/* Makes defrag move everything, and only on request. */
static void set_up(WireSession *session, const Settings *settings) {
    char seed[24];
    Text reply = {0};
    snprintf(seed, sizeof(seed), "%lld", (long long)settings->seed);
    if (session->spawned && settings->cluster) own_all_slots(session);
    wire_ask(session->wire, NULL, "DEBUG", "DEFRAG", "SIMULATE", "0", "0", NULL);
    wire_ask(session->wire, NULL, "DEBUG", "DEFRAG", "HINT", "always", NULL);
    wire_ask(session->wire, NULL, "DEBUG", "DEFRAG", "BUSY", "0", NULL);
    wire_ask(session->wire, &reply, "DEBUG", "DEFRAG", "CLOCK", "100000", NULL);
    session->clock = begins(reply, "+");
    wire_ask(session->wire, NULL, "DEBUG", "DEFRAG", "SEED", seed, NULL);
    text_free(&reply);
}

bool wire_session_open(WireTarget *target, const Settings *settings, WireSession *session, bool *unfit, Text *why) {
    Text reply = {0};
    *unfit = false;
    *session = (WireSession){.spawned = target->program != NULL};
    if (session->spawned)
        session->wire =
            wire_server_start(&session->server, target->program, settings, target->stepped, target->seconds, why);
    else
        session->wire = wire_connect(&target->address, target->seconds, why);
    if (!session->wire) return false;
    wire_login(session->wire, &reply);
    text_free(&reply);
    if (!session->spawned) {
        *unfit = !fits(session->wire, settings, why);
        if (*unfit) {
            wire_free(session->wire);
            return false;
        }
        restore(target, session->wire);
        set_limits(session->wire, settings);
    }
    set_up(session, settings);
    return true;
}

bool wire_session_close(WireTarget *target, WireSession *session, WireState state, Text *log) {
    char signature[FINDING_SIGNATURE];
    bool well = true;
    if (!session->spawned && state == WIRE_OK && target->config.len) restore(target, session->wire);
    if (session->spawned)
        well = wire_server_stop(&session->server, session->wire, state, log) &&
               !(log->len && finding_of_log(log->data, signature, sizeof(signature)));
    wire_free(session->wire);
    session->wire = NULL;
    return well;
}
