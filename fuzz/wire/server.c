/* SPDX-License-Identifier: BSD-3-Clause */
/* server.c -- starts and stops a real server; see server.h.
 *
 * The server is up when its socket accepts a connection. As in process, the harness's own
 * connection is the first one, so clients have the same numbers.
 *
 * Limits: a server that is killed during a save leaves files in the folder; they are removed with
 * it. */
#include "fuzz/wire/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz/base/scratch.h"
#include "fuzz/base/spawn.h"
#include "harness/base/array.h"
#include "harness/base/stopwatch.h"
#include "harness/finding/finding.h"
#include "harness/server/birth.h"

#define WAIT_MS 2       /* between two checks whether it is up, or has ended */
#define STOP_SECONDS 10 /* time limit of a shutdown, which may include a leak check */
#ifndef SAMPLE_MODULE
#error "the build says where the sample module is, as a shared object"
#endif
#define MAX_WORDS (2 * BIRTH_MAX_OPTIONS + 24)
#define MAX_SOCKET 107 /* the longest path of a socket, in bytes (unix(7)) */

static void wait_briefly(void) {
    nanosleep(&(struct timespec){.tv_nsec = WAIT_MS * 1000000L}, NULL);
}

/* --- its command line */

/* A free TCP port for the cluster bus, which needs one. */
static int free_port(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok =
        fd >= 0 && bind(fd, (struct sockaddr *)&at, len) == 0 && getsockname(fd, (struct sockaddr *)&at, &len) == 0;
    if (fd >= 0) close(fd);
    return ok ? ntohs(at.sin_port) : 0;
}

typedef struct {
    ConfigName config;
    const char *option, *value;
} ServerOption;

/* Adds the option's words, unless the server lacks the config. Returns the number of words. */
static int add_option(char **words, int count, const ServerOption *option) {
    if (!birth_has_config(option->config)) return count;
    words[count++] = (char *)option->option;
    words[count++] = (char *)option->value;
    return count;
}

static pid_t launch(const WireServer *server, const char *program, const Settings *settings, bool stepped) {
    BirthOptions options;
    char *words[MAX_WORDS], port[16];
    int count = 0;
    birth_options(settings, &options);
    words[count++] = (char *)program;
    for (int i = 0; i < options.count; i++) {
        words[count++] = options.items[i].name;
        words[count++] = options.items[i].value;
    }
    const ServerOption more[] = {{VALKEY_CONFIG("unixsocket"), "--unixsocket", server->address.host},
                                 {VALKEY_CONFIG("dir"), "--dir", server->folder},
                                 {VALKEY_CONFIG("bind"), "--bind", "127.0.0.1"},
                                 {VALKEY_CONFIG("logfile"), "--logfile", ""},
                                 {VALKEY_CONFIG("crash-memcheck-enabled"), "--crash-memcheck-enabled", "no"},
                                 {VALKEY_CONFIG("cluster-port"), "--cluster-port", port}};
    snprintf(port, sizeof(port), "%d", settings->cluster ? free_port() : 0);
    for (int i = 0; i < COUNT_OF(more); i++) count = add_option(words, count, &more[i]);
    if (settings->module) {
        words[count++] = (char *)"--loadmodule";
        words[count++] = (char *)SAMPLE_MODULE;
    }
    words[count] = NULL;
    SpawnVariable variables[3];
    int nvariables = 0;
    if (stepped) variables[nvariables++] = (SpawnVariable){"VALKEY_DEFRAG_STEPPED", "1"};
    if (!getenv("UBSAN_OPTIONS"))
        variables[nvariables++] = (SpawnVariable){"UBSAN_OPTIONS", "report_error_type=1:print_stacktrace=1"};
    variables[nvariables] = (SpawnVariable){0};
    return spawn_start_into(words, variables, server->log);
}

/* --- its end */

static void read_log(const WireServer *server, Text *log) {
    char buffer[1 << 14];
    ssize_t got;
    for (off_t at = 0; (got = pread(server->log, buffer, sizeof(buffer), at)) > 0; at += got)
        text_append(log, buffer, (size_t)got);
}

/* Has it ended? If so, sets *status to its wait status. */
static bool has_ended(WireServer *server, int *status) {
    if (server->pid == 0) return true;
    if (waitpid(server->pid, status, WNOHANG) == 0) return false;
    server->pid = 0;
    return true;
}

static int wait_or_kill(WireServer *server, int seconds) {
    int status = 0;
    for (int64_t end = stopwatch_ms() + seconds * 1000; !has_ended(server, &status) && stopwatch_ms() < end;)
        wait_briefly();
    if (server->pid) {
        kill(server->pid, SIGKILL);
        status = spawn_wait(server->pid);
        server->pid = 0;
    }
    return status;
}

static void forget(WireServer *server) {
    if (server->log >= 0) close(server->log);
    scratch_remove(server->folder);
}

bool wire_server_stop(WireServer *server, Wire *wire, WireState state, Text *log) {
    Text refusal = {0};
    if (state == WIRE_OK) wire_ask(wire, &refusal, "SHUTDOWN", "NOSAVE", "NOW", NULL);
    if (state == WIRE_HUNG && server->pid) kill(server->pid, SIGABRT);
    bool refuses = refusal.len > 0; /* the stream has revoked the permission */
    int status = wait_or_kill(server, refuses ? 0 : STOP_SECONDS);
    text_free(&refusal);
    read_log(server, log);
    forget(server);
    return refuses || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* --- its beginning */

/* Connects as soon as the server is up. Returns NULL when it has ended or the time is up. */
static Wire *connect_when_up(WireServer *server, unsigned seconds, Text *why) {
    Text refusal = {0};
    int status = 0;
    Wire *wire = NULL;
    for (int64_t end = stopwatch_ms() + (int64_t)(seconds ? seconds : 3600) * 1000;;) {
        refusal.len = 0;
        if ((wire = wire_connect(&server->address, seconds, &refusal))) break;
        if (has_ended(server, &status)) {
            text_format(why, "it exited at start-up with status %d",
                        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
            break;
        }
        if (stopwatch_ms() >= end) {
            text_format(why, "it is not listening after %u s: %s", seconds, refusal.data);
            break;
        }
        wait_briefly();
    }
    text_free(&refusal);
    return wire;
}

/* Appends the last line of its log, which says why it did not start. */
static void add_last_line(const WireServer *server, Text *why) {
    Text log = {0};
    read_log(server, &log);
    while (log.len && log.data[log.len - 1] == '\n') log.data[--log.len] = '\0';
    const char *line = log.len ? strrchr(log.data, '\n') : NULL;
    if (log.len) text_format(why, "; its log ends: %s", line ? line + 1 : log.data);
    text_free(&log);
}

Wire *wire_server_start(WireServer *server, const char *program, const Settings *settings, bool stepped,
                        unsigned seconds, Text *why) {
    *server = (WireServer){.log = memfd_create("valkey-server-log", MFD_CLOEXEC)};
    if (!scratch_make(server->folder, sizeof(server->folder)) || server->log < 0)
        finding_harness("cannot create a folder and a log for a server: %s", strerror(errno));
    snprintf(server->address.host, sizeof(server->address.host), "%s/socket", server->folder);
    if (access(program, X_OK) != 0) {
        text_format(why, "%s", strerror(errno));
    } else if (strlen(server->address.host) > MAX_SOCKET) {
        text_format(why, "the path of its socket is too long; set TMPDIR to a shorter path than %s", server->folder);
    } else {
        server->pid = launch(server, program, settings, stepped);
        if (server->pid < 0) finding_harness("cannot create a process: %s", strerror(errno));
        Wire *wire = connect_when_up(server, seconds, why);
        if (wire) return wire;
        add_last_line(server, why);
        wait_or_kill(server, 0);
    }
    forget(server);
    return NULL;
}

/* --- its log */

/* The server's own report of a crash: "crashed by signal: 11", and "Symbol: hashTypeScanDefrag
 * (base: ...". */
static void crash_signature(const char *crash, char *signature, size_t room) {
    const char *symbol = strstr(crash, "Symbol: ");
    int number = atoi(crash), len = symbol ? (int)strcspn(symbol + 8, " \n") : 1;
    snprintf(signature, room, "crash:%s:%.*s", strsignal(number), len, symbol ? symbol + 8 : "?");
}

void wire_server_signature(Text log, char *signature, size_t room) {
    static const char crashed[] = "crashed by signal: ", failed[] = "==> ";
    snprintf(signature, room, "wire:died");
    if (!log.len || finding_of_log(log.data, signature, room)) return;
    const char *crash = strstr(log.data, crashed), *assertion = strstr(log.data, failed);
    size_t len = assertion ? strcspn(assertion + strlen(failed), ":\n") : 0;
    if (assertion)
        snprintf(signature, room, "assert:%.*s", (int)len, assertion + strlen(failed));
    else if (crash)
        crash_signature(crash + strlen(crashed), signature, room);
}

/* The beginning of a report of a sanitizer or of the server itself, or NULL. */
static const char *report_in(Text log) {
    static const char *const beginnings[] = {"ERROR: AddressSanitizer", "ERROR: LeakSanitizer",
                                             "runtime error: ", "BUG REPORT START"};
    for (int i = 0; log.len && i < COUNT_OF(beginnings); i++) {
        const char *report = strstr(log.data, beginnings[i]);
        while (report && report > log.data && report[-1] != '\n') report--;
        if (report) return report;
    }
    return NULL;
}

static const char *last_lines(Text log, int lines) {
    size_t from = log.len;
    for (int found = 0; from > 0; from--) {
        if (log.data[from - 1] == '\n' && from < log.len && ++found == lines) break;
    }
    return log.data + from;
}

void wire_server_describe_log(Text *to, Text log, int lines, const char *indent) {
    if (!log.len) return;
    const char *from = report_in(log), *end = log.data + log.len;
    if (!from) from = last_lines(log, lines);
    while (from < end && lines-- > 0) {
        size_t len = strcspn(from, "\n");
        text_format(to, "%s%.*s\n", indent, (int)len, from);
        from += len + 1;
    }
}
