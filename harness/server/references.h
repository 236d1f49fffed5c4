/* SPDX-License-Identifier: BSD-3-Clause */
/* references.h -- values that hashes hold by reference, as a module may make them. */
#ifndef HARNESS_SERVER_REFERENCES_H
#define HARNESS_SERVER_REFERENCES_H

/* Makes the value of every field of every hash a reference to an equal string outside of the
 * server's heap, as ValkeyModule_HashSetStringRef does (hashTypeUpdateAsStringRef in t_hash.c).
 * Hashes in listpacks become tables. Values for whose strings there is no room stay as they are.
 * Does nothing when the tree has no such values (before 9.1). */
void references_make(void);

#endif
