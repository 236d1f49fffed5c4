/* SPDX-License-Identifier: BSD-3-Clause */
/* files.c -- the stream files that a command line names; see files.h.
 *
 * Limits: a symbolic link to a folder is followed when it is named on the command line, but not
 * below a folder, so that links cannot form a loop. */
#include "fuzz/base/files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/base/option.h"
#include "harness/base/array.h"

#define SUFFIX ".stream"

/* --- finding */

static void add(Files *files, const char *path, bool named) {
    Text copy = text_make(path, strlen(path));
    files->items = array_reserve(files->items, (size_t)files->count, (size_t)files->count + 1, sizeof(*files->items));
    files->items[files->count++] = (FilesItem){.path = copy.data, .named = named};
}

static bool has_suffix(const char *path) {
    size_t len = strlen(path), suffix = strlen(SUFFIX);
    return len > suffix && strcmp(path + len - suffix, SUFFIX) == 0;
}

static int not_hidden(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

/* Used instead of alphasort because the order must not depend on the locale. */
static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool collect_folder(const char *folder, Files *files);

static bool collect_entry(const char *path, Files *files) {
    struct stat st;
    if (lstat(path, &st) != 0) return option_complain("cannot read %s: %s", path, strerror(errno)), false;
    if (S_ISDIR(st.st_mode)) return collect_folder(path, files);
    if (has_suffix(path)) add(files, path, false);
    return true;
}

static bool collect_folder(const char *folder, Files *files) {
    struct dirent **entries;
    int count = scandir(folder, &entries, not_hidden, by_name);
    if (count < 0) return option_complain("cannot read the folder %s: %s", folder, strerror(errno)), false;
    bool good = true;
    for (int i = 0; i < count; i++) {
        Text path = {0};
        const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
        text_format(&path, "%s%s%s", folder, slash, entries[i]->d_name);
        good = collect_entry(path.data, files) && good;
        text_free(&path);
        free(entries[i]);
    }
    free(entries);
    return good;
}

static bool collect_argument(const char *argument, Files *files) {
    struct stat st;
    if (stat(argument, &st) != 0) return option_complain("cannot read %s: %s", argument, strerror(errno)), false;
    if (!S_ISDIR(st.st_mode)) return add(files, argument, true), true;
    int before = files->count;
    bool good = collect_folder(argument, files);
    if (good && files->count == before) return option_complain("no *%s file in the folder %s", SUFFIX, argument), false;
    return good;
}

bool files_collect(char **arguments, int count, Files *files) {
    bool good = true;
    *files = (Files){0};
    for (int i = 0; i < count; i++) good = collect_argument(arguments[i], files) && good;
    return good;
}

void files_free(Files *files) {
    for (int i = 0; i < files->count; i++) free(files->items[i].path);
    free(files->items);
    *files = (Files){0};
}

/* --- reading */

static bool load(FILE *file, Text *text) {
    char buffer[1 << 16];
    size_t got;
    while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0 && text->len <= STREAM_MAX_FILE)
        text_append(text, buffer, got);
    return !ferror(file);
}

bool files_load(const char *path, Text *text) {
    *text = (Text){0};
    FILE *file = fopen(path, "re");
    bool good = file && load(file, text);
    int error = errno;
    if (file) fclose(file);
    if (!good)
        option_complain("cannot read %s: %s", path, strerror(error));
    else if (text->len > STREAM_MAX_FILE)
        option_complain("%s: longer than %d bytes, the limit for a stream", path, STREAM_MAX_FILE), good = false;
    if (!good) text_free(text);
    return good;
}

/* Does any line look like a header? */
static bool has_header(Text text) {
    for (size_t at = 0; at < text.len;) {
        while (at < text.len && (text.data[at] == ' ' || text.data[at] == '\t')) at++;
        if (at + 1 < text.len && text.data[at] == '#' && text.data[at + 1] == '!') return true;
        while (at < text.len && text.data[at] != '\n') at++;
        at++;
    }
    return false;
}

bool files_read(const FilesItem *item, Stream *out) {
    Text text;
    StreamError error;
    if (!files_load(item->path, &text)) return false;
    bool raw = item->named && !has_header(text);
    bool good = stream_parse(text.data, text.len, raw ? STREAM_LENIENT : STREAM_STRICT, out, &error);
    text_free(&text);
    fflush(stdout);
    if (raw) fprintf(stderr, "%s: no header line '" STREAM_HEADER "', reading it leniently\n", item->path);
    if (!good) fprintf(stderr, "%s:%d:%d: %s\n", item->path, error.line, error.column, error.what);
    return good;
}

bool files_too_new(const Stream *stream, const char *version) {
    int major, minor, have_major, have_minor;
    if (sscanf(stream->settings.since, "%d.%d", &major, &minor) != 2) return false;
    if (sscanf(version, "%d.%d", &have_major, &have_minor) != 2) return false;
    return major > have_major || (major == have_major && minor > have_minor);
}

/* --- writing */

static bool write_all(int fd, Text text) {
    for (size_t done = 0; done < text.len;) {
        ssize_t got = write(fd, text.data + done, text.len - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        done += (size_t)got;
    }
    return true;
}

/* The permissions of the file, or those that a new file would get. */
static mode_t mode_for(const char *path) {
    struct stat st;
    if (stat(path, &st) == 0) return st.st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static bool replace(const char *path, Text text) {
    char name[PATH_MAX];
    if (snprintf(name, sizeof(name), "%s.XXXXXX", path) >= (int)sizeof(name)) return errno = ENAMETOOLONG, false;
    int fd = mkstemp(name);
    if (fd < 0) return false;
    bool good = write_all(fd, text) && fchmod(fd, mode_for(path)) == 0 && fsync(fd) == 0;
    if (close(fd) != 0) good = false;
    if (good && rename(name, path) == 0) return true;
    int error = errno;
    unlink(name);
    return errno = error, false;
}

bool files_write(const char *path, Text text) {
    char real[PATH_MAX]; /* a link is kept: its target is replaced */
    if (replace(realpath(path, real) ? real : path, text)) return true;
    option_complain("cannot write %s: %s", path, strerror(errno));
    return false;
}
