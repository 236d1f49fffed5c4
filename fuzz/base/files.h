/* SPDX-License-Identifier: BSD-3-Clause */
/* files.h -- the stream files that a command line names: found, read, written. */
#ifndef FUZZ_BASE_FILES_H
#define FUZZ_BASE_FILES_H

#include <stdbool.h>

#include "harness/stream/stream.h"

typedef struct {
    char *path;
    bool named; /* given by itself, not found in a folder */
} FilesItem;

typedef struct {
    FilesItem *items;
    int count;
} Files;

/* Lists the files that the arguments stand for, in their order: a file is itself, whatever its
 * name; a folder stands for all files below it whose name ends in ".stream", sorted by name, hidden
 * ones left out. A file that is named twice is there twice. Says what it cannot read, goes on, and
 * returns false: *files holds what could be found. The caller frees it with files_free. */
bool files_collect(char **arguments, int count, Files *files);
void files_free(Files *files);

/* All bytes of a file; the caller frees them with text_free. Says what is wrong and returns false
 * when it cannot be read or is longer than STREAM_MAX_FILE. */
bool files_load(const char *path, Text *text);

/* Reads a stream. Strictly; but a file that was named and has no header line at all is what an
 * engine saved of its raw bytes, so it is read leniently, and a note on stderr says so. Says
 * "path:line:col: what" and returns false when it is no stream. */
bool files_read(const FilesItem *item, Stream *out);

/* Writes a file, or puts it in the place of an old one and keeps that one's permissions: either all
 * of it is written or nothing has changed. Says what is wrong and returns false. */
bool files_write(const char *path, Text text);

/* Does the stream's since= ask for a later series than that of `version` ("9.1.2")? */
bool files_too_new(const Stream *stream, const char *version);

#endif
