/* SPDX-License-Identifier: BSD-3-Clause */
/* wire.c -- connections to a real server; see wire.h.
 *
 * hiredis is linked from Debian's archive with the prefix wire_ for all of its symbols
 * (wire.cmake), because the server in this process defines some of the same symbols. */
#include "fuzz/wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include "fuzz/wire/reply.h"
#include "harness/base/stopwatch.h"
#include "harness/finding/finding.h"

#define LINES (STREAM_MAX_CLIENTS + 1)
#define CONNECT_SECONDS 5
#define MAX_WORDS 16 /* words of the harness's own commands */
#define READ_BYTES (1 << 16)

typedef struct {
    redisContext *context; /* NULL: not connected */
    bool unsent;           /* the context has bytes that are not sent yet */
    Text received;
} Line;

struct Wire {
    WireAddress address;
    unsigned seconds;
    /* one answer was not in time: nothing more is asked, because a session asks hundreds of times
     * */
    bool hung;
    Line lines[LINES];
};

/* --- where */

const char *wire_address(const char *text, WireAddress *out) {
    int64_t port;
    *out = (WireAddress){0};
    if (strncmp(text, "unix:", 5) == 0) {
        if (!text[5]) return "does not name a socket; expected unix:PATH";
        if (strlen(text + 5) >= sizeof(out->host)) return "is too long for a socket's path";
        strcpy(out->host, text + 5);
        return NULL;
    }
    const char *colon = strrchr(text, ':');
    if (!colon || colon == text) return "is neither HOST:PORT nor unix:PATH nor spawn:PATH-OF-valkey-server";
    if (!text_number(colon + 1, strlen(colon + 1), &port) || port < 1 || port > 65535)
        return "has no port from 1 to 65535 after its colon";
    bool bracket = text[0] == '[' && colon[-1] == ']';
    size_t len = (size_t)(colon - text) - (bracket ? 2 : 0);
    if (len == 0 || len >= sizeof(out->host)) return "has no valid host";
    memcpy(out->host, text + bracket, len);
    out->port = (int)port;
    return NULL;
}

/* --- one connection */

static redisContext *new_context(const WireAddress *address) {
    struct timeval limit = {.tv_sec = CONNECT_SECONDS};
    if (address->port) return redisConnectWithTimeout(address->host, address->port, limit);
    return redisConnectUnixWithTimeout(address->host, limit);
}

static void close_line(Line *line) {
    if (line->context) redisFree(line->context);
    line->context = NULL;
    line->unsent = false;
}

/* Sets the socket to non-blocking, for hiredis too. */
static bool set_nonblocking(redisContext *context) {
    context->flags &= ~REDIS_BLOCK;
    return fcntl(context->fd, F_SETFL, fcntl(context->fd, F_GETFL) | O_NONBLOCK) == 0 &&
           fcntl(context->fd, F_SETFD, FD_CLOEXEC) == 0;
}

static const char *password(void) {
    const char *word = getenv("DEFRAG_FUZZ_PASSWORD");
    return word && *word ? word : NULL;
}

/* Sends the password; wire_login checks whether it is accepted. */
static void send_password(redisContext *context) {
    redisSetTimeout(context, (struct timeval){.tv_sec = CONNECT_SECONDS});
    void *reply = redisCommand(context, "AUTH %s", password());
    if (reply) freeReplyObject(reply);
}

/* `why` may be NULL. */
static bool open_line(Wire *wire, int client, Text *why) {
    Line *line = &wire->lines[client];
    close_line(line);
    line->context = new_context(&wire->address);
    if (!line->context) finding_harness("out of memory for a connection");
    if (!line->context->err && password()) send_password(line->context);
    if (!line->context->err && set_nonblocking(line->context)) return true;
    if (why) text_format(why, "%s", line->context->err ? line->context->errstr : strerror(errno));
    close_line(line);
    return false;
}

static void write_line(Line *line) {
    int done = 0;
    if (redisBufferWrite(line->context, &done) == REDIS_OK)
        line->unsent = !done;
    else
        close_line(line);
}

/* Returns false when nothing (more) can be read. */
static bool read_line(Line *line) {
    ssize_t got = read(line->context->fd, text_room(&line->received, READ_BYTES), READ_BYTES);
    if (got < 0 && errno == EINTR) return true;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
    if (got <= 0) {
        close_line(line);
        return false;
    }
    line->received.len += (size_t)got;
    line->received.data[line->received.len] = '\0';
    return true;
}

void wire_pump(Wire *wire, int ms) {
    struct pollfd waits[LINES];
    for (int i = 0; i < LINES; i++) {
        const Line *line = &wire->lines[i];
        waits[i] = (struct pollfd){.fd = line->context ? line->context->fd : -1,
                                   .events = (short)(POLLIN | (line->unsent ? POLLOUT : 0))};
    }
    if (poll(waits, LINES, ms) <= 0) return;
    for (int i = 0; i < LINES; i++) {
        Line *line = &wire->lines[i];
        if (waits[i].revents & POLLOUT) write_line(line);
        if (!(waits[i].revents & ~POLLOUT)) continue;
        while (line->context && read_line(line)) continue;
    }
}

/* --- all of them */

Wire *wire_connect(const WireAddress *address, unsigned seconds, Text *why) {
    Wire *wire = calloc(1, sizeof(*wire));
    if (!wire) finding_harness("out of memory for connections");
    wire->address = *address;
    wire->seconds = seconds;
    signal(SIGPIPE, SIG_IGN); /* hiredis writes without MSG_NOSIGNAL */
    if (open_line(wire, WIRE_ADMIN, why)) return wire;
    wire_free(wire);
    return NULL;
}

void wire_free(Wire *wire) {
    if (!wire) return;
    for (int i = 0; i < LINES; i++) {
        close_line(&wire->lines[i]);
        text_free(&wire->lines[i].received);
    }
    free(wire);
}

void wire_close(Wire *wire, int client) {
    close_line(&wire->lines[client]);
}

bool wire_is_open(const Wire *wire, int client) {
    return wire->lines[client].context != NULL;
}

Text wire_received(const Wire *wire, int client) {
    return wire->lines[client].received;
}

void wire_forget(Wire *wire, int client) {
    wire->lines[client].received.len = 0;
}

void wire_take(Wire *wire, int client, size_t bytes) {
    Text *received = &wire->lines[client].received;
    received->len -= bytes;
    memmove(received->data, received->data + bytes, received->len + 1);
}

bool wire_unread(const Wire *wire, int client) {
    const Line *line = &wire->lines[client];
    int bytes = 0;
    return line->context && ioctl(line->context->fd, SIOCOUTQ, &bytes) == 0 && bytes > 0;
}

bool wire_unsent(const Wire *wire, int client) {
    return wire->lines[client].unsent;
}

/* --- requests */

static void append(Line *line, int count, const char **words, const size_t *lengths) {
    if (redisAppendCommandArgv(line->context, count, words, lengths) != REDIS_OK)
        finding_harness("out of memory for a request");
    write_line(line);
}

bool wire_queue(Wire *wire, int client, const Argv *argv) {
    static const char *words[STREAM_MAX_ELEMENTS];
    static size_t lengths[STREAM_MAX_ELEMENTS];
    Line *line = &wire->lines[client];
    if (!line->context && !open_line(wire, client, NULL)) return false;
    for (int i = 0; i < argv->count; i++) {
        words[i] = argv->items[i].data;
        lengths[i] = argv->items[i].len;
    }
    append(line, argv->count, words, lengths);
    return true;
}

static int64_t deadline(const Wire *wire) {
    return wire->seconds ? stopwatch_ms() + (int64_t)wire->seconds * 1000 : INT64_MAX;
}

/* Waits for activity; returns false when the time is up. */
static bool wait_until(Wire *wire, int64_t end) {
    int64_t left = end - stopwatch_ms();
    if (left <= 0) return false;
    wire_pump(wire, left < 1000 ? (int)left : 1000);
    return true;
}

WireState wire_send(Wire *wire, int client, const Argv *argv) {
    int64_t end = deadline(wire);
    if (!wire_queue(wire, client, argv)) return WIRE_DIED;
    while (wire->lines[client].unsent) {
        if (!wait_until(wire, end)) return WIRE_HUNG;
    }
    return WIRE_OK; /* the server may have closed the connection meanwhile */
}

/* Reads one reply of the harness's own connection; sets *lost when the connection ends before
 * it. */
static WireState one_reply(Wire *wire, Text *reply, bool *lost) {
    Line *line = &wire->lines[WIRE_ADMIN];
    int64_t end = deadline(wire);
    size_t len;
    while (!(len = wire_reply_length(line->received.data, line->received.len))) {
        if (!line->context) return *lost = true, WIRE_OK;
        if (!wait_until(wire, end)) return wire->hung = true, WIRE_HUNG;
    }
    if (reply) {
        reply->len = 0;
        text_append(reply, line->received.data, len);
    }
    line->received.len = 0;
    return WIRE_OK;
}

static WireState ask(Wire *wire, Text *reply, const char **words) {
    int count = 0;
    size_t lengths[MAX_WORDS];
    if (wire->hung) return WIRE_HUNG;
    for (; words[count]; count++) lengths[count] = strlen(words[count]);
    for (int attempt = 0; attempt < 2; attempt++) {
        Line *line = &wire->lines[WIRE_ADMIN];
        bool lost = false;
        if (!line->context && !open_line(wire, WIRE_ADMIN, NULL)) return WIRE_DIED;
        line->received.len = 0;
        append(line, count, words, lengths);
        WireState state = one_reply(wire, reply, &lost);
        if (!lost) return state;
    }
    return WIRE_DIED;
}

WireState wire_ask(Wire *wire, Text *reply, const char *word, ...) {
    const char *words[MAX_WORDS] = {word};
    va_list ap;
    va_start(ap, word);
    for (int i = 1; i < MAX_WORDS - 1 && (words[i] = va_arg(ap, const char *)); i++) continue;
    va_end(ap);
    return ask(wire, reply, words);
}

WireState wire_login(Wire *wire, Text *reply) {
    return password() ? wire_ask(wire, reply, "AUTH", password(), NULL) : wire_ask(wire, reply, "PING", NULL);
}
