/* SPDX-License-Identifier: BSD-3-Clause */
/* files.h -- finds, reads and writes the stream files that a command line names. */
#ifndef FUZZ_BASE_FILES_H
#define FUZZ_BASE_FILES_H

#include <stdbool.h>

#include "harness/stream/stream.h"

typedef struct {
    char *path;
    bool named; /* named on the command line, not found in a folder */
} FilesItem;

typedef struct {
    FilesItem *items;
    int count;
} Files;

/* Lists the files named by the arguments, in their order. A file is taken whatever its name is; a
 * folder yields all files below it whose name ends in ".stream", sorted by name, without hidden
 * ones. A file that is named twice is listed twice. Reports what it cannot read, continues, and
 * returns false: *files then holds what could be found. The caller frees it with files_free. */
bool files_collect(char **arguments, int count, Files *files);
void files_free(Files *files);

/* Reads a whole file; the caller frees the text with text_free. Reports the error and returns false
 * when the file cannot be read or is longer than STREAM_MAX_FILE bytes. */
bool files_load(const char *path, Text *text);

/* Reads a stream, strictly. A file that was named and has no header line at all is taken for raw
 * bytes that an engine saved: it is read leniently, with a note on stderr. Prints "path:line:col:
 * what" and returns false when the file is not a stream. */
bool files_read(const FilesItem *item, Stream *out);

/* Writes a file, or replaces an old one and keeps its permissions. Either the whole file is written
 * or nothing changes; in that case it reports the error and returns false. */
bool files_write(const char *path, Text text);

/* Does the stream's since= require a later series than that of `version` ("9.1.2")? */
bool files_too_new(const Stream *stream, const char *version);

#endif
