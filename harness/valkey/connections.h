/* SPDX-License-Identifier: BSD-3-Clause */
/* connections.h -- what a connection type calls itself: the member get_type of a ConnectionType
 * returns a number (9.1) or a name (8.1). */
#ifndef HARNESS_VALKEY_CONNECTIONS_H
#define HARNESS_VALKEY_CONNECTIONS_H

#if HAVE_CONNECTION_TYPE_NUMBER
static inline int compat_connection_type(void) {
    return CONN_TYPE_UNIX;
}
#else
static inline const char *compat_connection_type(connection *conn) {
    (void)conn;
    return CONN_TYPE_UNIX;
}
#endif

#endif
