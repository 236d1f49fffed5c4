/* SPDX-License-Identifier: BSD-3-Clause */
/* client.c -- connections in memory; see client.h.
 *
 * A connection type of the server, registered instead of the unix socket's: the server's
 * networking.c reads requests from it and writes replies to it as with any other. (A client made by
 * createClient(NULL) would lose its replies.) */
#include "harness/server/client.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/finding/finding.h"
#include "harness/server/cork.h"
#include "harness/server/ledger.h"
#include "harness/valkey/compat.h"
#include "harness/world/world.h"

typedef struct {
    connection conn; /* first, because the server has a pointer to it */
    int client;
} MemoryConnection;

/* Data on its way to the server. Part of the world, because the server may leave it unread. */
typedef struct {
    MemoryConnection *conn; /* NULL: not connected */
    const char *data;       /* the request, while client_send runs */
    size_t len;
    bool ends;   /* the client has closed its end, and the server may read that after `len` bytes */
    bool closed; /* the server may read it now */
    bool narrow; /* it reads no more than `window` bytes */
    uint64_t window;
} Line;

static Line lines[CLIENT_COUNT] WORLD;

/* Replies are outside of the world: they are its output. */
static Text replies[CLIENT_COUNT];

/* --- the connection type */

static ConnectionType memory_type;

static connection *memory_create(void) {
    MemoryConnection *m = zcalloc(sizeof(*m));
    m->conn.type = &memory_type;
    m->conn.fd = -1;
    m->conn.iovcnt = IOV_MAX;
    m->conn.state = CONN_STATE_ACCEPTING;
    m->client = -1;
    return &m->conn;
}

static int memory_addr(connection *conn, char *ip, size_t room, int *port, int remote) {
    (void)remote;
    snprintf(ip, room, "client-%d", ((MemoryConnection *)conn)->client);
    if (port) *port = 0;
    return 0;
}

static int memory_is_local(connection *conn) {
    (void)conn;
    return 1;
}

static int memory_listen(connListener *listener) {
    listener->fd[listener->count++] = 63; /* a descriptor that is never ready */
    return C_OK;
}

static void memory_accept_handler(aeEventLoop *el, int fd, void *privdata, int mask) {
    (void)el, (void)fd, (void)privdata, (void)mask;
}

static int memory_accept(connection *conn, ConnectionCallbackFunc handler) {
    conn->state = CONN_STATE_CONNECTED;
    return callHandler(conn, handler) ? C_OK : C_ERR;
}

static void memory_shutdown(connection *conn) {
    conn->state = CONN_STATE_CLOSED;
}

static void memory_close(connection *conn) {
    MemoryConnection *m = (MemoryConnection *)conn;
    if (m->client >= 0) {
        lines[m->client].conn = NULL;
        lines[m->client].narrow = lines[m->client].ends = false;
        ledger_closed(m->client);
        cork_forget(m->client);
    }
    m->client = -1;
    if (connHasRefs(conn)) {
        conn->flags |= CONN_FLAG_CLOSE_SCHEDULED;
        return;
    }
    zfree(conn);
}

static int memory_read(connection *conn, void *buffer, size_t room) {
    MemoryConnection *m = (MemoryConnection *)conn;
    Line *line = m->client >= 0 ? &lines[m->client] : NULL;
    if (!line || line->closed) {
        conn->state = CONN_STATE_CLOSED;
        return 0;
    }
    if (line->len == 0) {
        errno = conn->last_errno = EAGAIN;
        return -1;
    }
    size_t n = line->len < room ? line->len : room;
    memcpy(buffer, line->data, n);
    line->data += n;
    line->len -= n;
    return (int)n;
}

static bool is_full(const Line *line) {
    return line->narrow && line->window == 0;
}

/* How many of `len` bytes the client takes. */
static size_t room_for(Line *line, size_t len) {
    if (!line->narrow) return len;
    if (len > line->window) len = line->window;
    line->window -= len;
    return len;
}

static int memory_write(connection *conn, const void *data, size_t len) {
    MemoryConnection *m = (MemoryConnection *)conn;
    if (m->client < 0) return (int)len;
    if (is_full(&lines[m->client])) {
        errno = conn->last_errno = EAGAIN;
        return -1;
    }
    len = room_for(&lines[m->client], len);
    text_append(&replies[m->client], data, len);
    return (int)len;
}

static int memory_writev(connection *conn, const struct iovec *iov, int count) {
    int written = 0;
    for (int i = 0; i < count; i++) {
        int n = memory_write(conn, iov[i].iov_base, iov[i].iov_len);
        if (n < 0) return written ? written : -1;
        written += n;
        if ((size_t)n < iov[i].iov_len) break;
    }
    return written;
}

static int memory_set_write_handler(connection *conn, ConnectionCallbackFunc handler, int barrier) {
    (void)barrier;
    conn->write_handler = handler;
    return C_OK;
}

static int memory_set_read_handler(connection *conn, ConnectionCallbackFunc handler) {
    conn->read_handler = handler;
    return C_OK;
}

static const char *memory_last_error(connection *conn) {
    return strerror(conn->last_errno);
}

static ConnectionType memory_type = {
    .get_type = compat_connection_type,
    .accept_handler = memory_accept_handler,
    .addr = memory_addr,
    .is_local = memory_is_local,
    .listen = memory_listen,
    .conn_create = memory_create,
    .shutdown = memory_shutdown,
    .close = memory_close,
    .accept = memory_accept,
    .write = memory_write,
    .writev = memory_writev,
    .read = memory_read,
    .set_write_handler = memory_set_write_handler,
    .set_read_handler = memory_set_read_handler,
    .get_last_error = memory_last_error,
};

int __wrap_RedisRegisterConnectionTypeUnix(void);

/* Replaces the unix socket's connection type. */
int __wrap_RedisRegisterConnectionTypeUnix(void) {
    return connTypeRegister(&memory_type);
}

/* --- clients */

static int spoken = 2;

void client_speak(int protocol) {
    spoken = protocol;
}

int client_spoken(void) {
    return spoken;
}

static void connect_client(int client) {
    connection *conn = memory_create();
    Line *line = &lines[client];
    *line = (Line){.conn = (MemoryConnection *)conn, .narrow = line->narrow, .window = line->window};
    line->conn->client = client;
    ledger_connected(client, conn, replies[client].len);
    struct ClientFlags flags = {.unix_socket = 1};
    acceptCommonHandler(conn, flags, NULL);
    if (line->conn && client != CLIENT_ADMIN) ((struct client *)connGetPrivateData(conn))->resp = spoken;
}

/* Lets the server read while it has a read handler and there is something to read. */
static void let_read(int client) {
    Line *line = &lines[client];
    size_t before;
    do {
        before = line->len;
        if (!line->conn || !line->conn->conn.read_handler) break;
        callHandler(&line->conn->conn, line->conn->conn.read_handler);
    } while (line->len && line->len != before);
    line->len = 0; /* a server that does not read now has closed the client */
    line->data = NULL;
}

/* Replies that were too long for one write wait for a write handler. */
static void let_write(void) {
    for (int i = 0; i < CLIENT_COUNT; i++) {
        while (lines[i].conn && lines[i].conn->conn.write_handler && !is_full(&lines[i])) {
            connection *conn = &lines[i].conn->conn;
            if (!callHandler(conn, conn->write_handler)) break;
        }
    }
}

void client_turn(void) {
    aeProcessEvents(server.el, AE_ALL_EVENTS | AE_DONT_WAIT | AE_CALL_BEFORE_SLEEP | AE_CALL_AFTER_SLEEP);
    let_write();
}

void client_settle(void) {
    aeProcessEvents(server.el, AE_FILE_EVENTS | AE_DONT_WAIT | AE_CALL_BEFORE_SLEEP | AE_CALL_AFTER_SLEEP);
    let_write();
}

#define HEAD_ROOM 24 /* the most bytes of a head */

/* "$123\r\n" or "*3\r\n". Returns where the next byte goes. */
static char *put_head(char *to, char kind, size_t number) {
    char digits[HEAD_ROOM], *end = digits + sizeof(digits), *p = end;
    do {
        *--p = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    *to++ = kind;
    while (p < end) *to++ = *p++;
    *to++ = '\r';
    *to++ = '\n';
    return to;
}

/* The server reads the part. */
static void arrive(int client, CorkPart part) {
    if (!lines[client].conn || part.len == 0) return;
    lines[client].data = part.data;
    lines[client].len = part.len;
    for (int i = 0; i < part.requests; i++) ledger_sent(client);
    let_read(client);
}

/* The server reads the client's end. */
static void shut(int client) {
    Line *line = &lines[client];
    line->ends = false;
    if (!line->conn) return;
    line->closed = true;
    if (line->conn->conn.read_handler) callHandler(&line->conn->conn, line->conn->conn.read_handler);
}

/* The end is there as soon as everything before it has been read: a server that looks for events
 * while it runs what was before reads it then (client_serve). */
static void uncork(int client, int64_t bytes) {
    CorkPart part = cork_take(client, bytes);
    bool ends = !cork_is_in(client) && cork_is_closing(client);
    lines[client].ends = ends;
    arrive(client, part);
    if (ends) shut(client);
}

static void send_text(int client, const Text *request) {
    if (cork_is_closing(client)) uncork(client, 0); /* it has closed its end, and connects again */
    if (!lines[client].conn) connect_client(client);
    if (!lines[client].conn) return; /* the server rejected it; the reply says why */
    if (!cork_is_in(client) || !cork_hold(client, request->data, request->len)) {
        if (cork_is_in(client)) uncork(client, 0);
        arrive(client, (CorkPart){request->data, request->len, 1});
    }
    client_turn();
}

static Text request; /* one buffer for all requests, outside of the world */

static void begin_request(int words) {
    request.len = 0;
    request.len = (size_t)(put_head(text_room(&request, HEAD_ROOM), '*', (size_t)words) - request.data);
}

static void add_to_request(const char *data, size_t len) {
    char *to = put_head(text_room(&request, HEAD_ROOM + len + 2), '$', len);
    memcpy(to, data, len);
    to[len] = '\r';
    to[len + 1] = '\n';
    request.len = (size_t)(to + len + 2 - request.data);
}

void client_send(int client, const Argv *argv) {
    begin_request(argv->count);
    for (int i = 0; i < argv->count; i++) add_to_request(argv->items[i].data, argv->items[i].len);
    send_text(client, &request);
}

static void say(int client, const char *word, va_list ap) {
    int words = 0;
    va_list again;
    va_copy(again, ap);
    for (const char *w = word; w; w = va_arg(again, const char *)) words++;
    va_end(again);
    begin_request(words);
    for (const char *w = word; w; w = va_arg(ap, const char *)) add_to_request(w, strlen(w));
    send_text(client, &request);
}

void client_say(int client, const char *word, ...) {
    va_list ap;
    va_start(ap, word);
    say(client, word, ap);
    va_end(ap);
}

void client_admin_say(const char *word, ...) {
    va_list ap;
    va_start(ap, word);
    say(CLIENT_ADMIN, word, ap);
    va_end(ap);
}

void client_close(int client) {
    if (!lines[client].conn) return;
    if (cork_is_in(client))
        cork_close(client);
    else
        shut(client);
    client_turn();
}

void client_cork(int client) {
    cork_put_in(client);
}

void client_uncork(int client, int64_t bytes) {
    if (!cork_is_in(client)) return;
    uncork(client, bytes);
    client_turn();
}

void client_uncork_busy(int client, int64_t count) {
    cork_wait(client, count);
}

/* Not while the client's own command is protected from what it sends meanwhile. */
static bool is_read(const Line *line) {
    return line->conn && line->conn->conn.read_handler;
}

bool client_serve(void) {
    bool any = false;
    for (int i = 0; i < STREAM_MAX_CLIENTS; i++) {
        if (!is_read(&lines[i])) continue;
        bool ends = lines[i].ends && lines[i].len == 0, due = cork_is_due(i);
        any |= ends || due;
        if (ends) shut(i);
        if (due) uncork(i, 0);
    }
    return any;
}

bool client_waits_for_busy(void) {
    for (int i = 0; i < STREAM_MAX_CLIENTS; i++) {
        if (lines[i].ends || cork_waits(i)) return true;
    }
    return false;
}

void client_window(int client, int64_t bytes) {
    lines[client].narrow = bytes >= 0;
    lines[client].window = bytes >= 0 ? (uint64_t)bytes : 0;
    client_turn();
}

Text client_reply(int client) {
    return replies[client];
}

void client_forget_replies(void) {
    for (int i = 0; i < CLIENT_COUNT; i++) replies[i].len = 0;
}

bool client_reply_is_error(int client) {
    return replies[client].len && replies[client].data[0] == '-';
}
