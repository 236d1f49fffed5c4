/* SPDX-License-Identifier: BSD-3-Clause */
/* value_server.c -- the digest of a value that this project cannot read: the server's own, by the
 * code of DEBUG DIGEST-VALUE (debug.c, xorObjectDigest).
 *
 * For types and encodings that are newer than this project, and for those whose own file the probe
 * has switched off.
 *
 * Limits: it sees what iterating over the value sees. It allocates memory and releases it again,
 * and may rehash, which the walk of value.c otherwise never does. */
#include "harness/structures/value_parts.h"

/* In debug.c; no header declares it. NULL in a server without it. */
__attribute__((weak)) void xorObjectDigest(serverDb *db, robj *keyobj, unsigned char *digest, robj *o);

#define DIGEST_BYTES 20

uint64_t value_by_server(ValueWalk *walk, robj *o) {
    unsigned char digest[DIGEST_BYTES] = {0};
    robj name;
    if (!xorObjectDigest || !objectGetKey(o)) return 0;
    initStaticStringObject(name, objectGetKey(o));
    xorObjectDigest(compat_db(walk->database), &name, digest, o);
    return value_block(digest, sizeof(digest), 0);
}
