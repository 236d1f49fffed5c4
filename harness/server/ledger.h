/* SPDX-License-Identifier: BSD-3-Clause */
/* ledger.h -- which replies the server owes to each client, and in which order.
 *
 * A request is entered when it is sent. When the server runs the command, it becomes one entry per
 * reply-to-be, or several: the ledger sees processCommand, and what EXEC runs, from outside of the
 * server's files (seams.txt). Who reads the replies (oracles/replies.c) takes the entries off, the
 * oldest first.
 *
 * Limits: whether replies are switched off, how many commands a transaction has and what protocol a
 * client speaks is what the server's own struct says, so a server that forgets CLIENT REPLY OFF is
 * not found. A client that is owed more than LEDGER_ENTRIES at once is not followed until it
 * connects again. */
#ifndef HARNESS_SERVER_LEDGER_H
#define HARNESS_SERVER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_ENTRIES 256 /* for each client */
#define LEDGER_NAME 48     /* bytes that hold a command's name, with the zero at its end */

/* What is owed. */
typedef enum {
    OWED_REPLY,         /* one value */
    OWED_QUEUED,        /* "+QUEUED" */
    OWED_CONFIRMATIONS, /* `left` messages whose first element is `word` */
    OWED_EXEC,          /* an array of `left`, of which only the head: its elements have entries */
} OwedKind;

typedef struct {
    const char *name; /* the command's full name, as the server has it; NULL: unknown to it */
    const char *word; /* of OWED_CONFIRMATIONS */
    int64_t left;     /* confirmations or elements */
    OwedKind kind;
    uint8_t protocol; /* 2 or 3 */
    bool subscribed;  /* to something, before the command ran */
    bool nothing;     /* nothing is sent: replies are switched off */
    bool element;     /* of the array of the EXEC before it */
    bool unseen;      /* EXEC may have replied to it without running it, or may have been aborted */
    bool refused;     /* what it was sent must be refused, with an error */
} Owed;

/* From now on, all clients are followed; not at first. Part of the world: until the next reset. */
void ledger_start(void);

/* The oldest entry of a client for which something is sent, or NULL. The second takes it off. */
Owed *ledger_first(int client);
void ledger_take(int client);

/* Takes off all elements of an array that EXEC did not send, after the entry of EXEC itself was
 * taken off. */
void ledger_take_elements(int client);

/* How a client is. */
typedef struct {
    bool followed;   /* the entries are right */
    bool fresh;      /* it has connected since ledger_settle */
    bool closed;     /* its connection was closed since ledger_settle: nothing is owed any more */
    bool waits;      /* it is blocked or paused: the last entry, and all requests, may wait */
    bool unwritten;  /* the server has bytes for it, or is about to close it */
    bool subscribed; /* it is subscribed to something, or was since ledger_settle */
    bool monitors;   /* the same for MONITOR */
    bool spoke2;     /* the same for RESP2 */
    bool spoke3;     /* the same for RESP3 */
    int unread;      /* requests that the server has not run */
    int owed;        /* entries for which something has to be sent */
    size_t from;     /* the connection's first byte in client_reply */
} LedgerState;
LedgerState ledger_state(int client);

/* The step is over: forgets what was only so since the last one. */
void ledger_settle(int client);

/* Writes the name of the command in an entry, or of the last entry taken off (NULL): "none" when
 * there was none. */
void ledger_name(int client, const Owed *owed, char name[LEDGER_NAME]);

/* For client.c: what happens to connections. `from`: bytes that client_reply has already. */
void ledger_connected(int client, const void *conn, size_t from);
void ledger_closed(int client);
void ledger_sent(int client);

#endif
