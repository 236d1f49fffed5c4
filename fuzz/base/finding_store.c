/* SPDX-License-Identifier: BSD-3-Clause */
/* finding_store.c -- the findings of a run; see finding_store.h.
 *
 * An engine's input may be any bytes, so the file holds its stream in canonical form, with the
 * signature in a comment at the top. The draft is replayed first, and the signature is the one that
 * replay reports, because that is what users will see when they replay the file.
 *
 * Limits: the first input with a signature is kept, not the shortest. A finding that does not
 * reproduce in a fresh process is stored too, and marked as such. */
#include "fuzz/base/finding_store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/base/files.h"
#include "fuzz/base/option.h"
#include "fuzz/base/spawn.h"
#include "harness/base/array.h"
#include "harness/base/fault.h"
#include "harness/finding/banner.h"
#include "harness/finding/finding.h"
#include "harness/server/birth.h"

/* real time limit of the verification; more than an engine's -timeout */
#define REPLAY_SECONDS "30"

/* --- names */

/* DIR/SIGNATURE.stream, with '-' for every character that is awkward in a file name. */
static void name_file(const FindingStore *store, const char *signature, char *path, size_t room) {
    char name[FINDING_SIGNATURE];
    snprintf(name, sizeof(name), "%s", signature);
    for (char *p = name; *p; p++) {
        bool plain =
            (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || strchr("_.+", *p);
        if (!plain) *p = '-';
    }
    snprintf(path, room, "%s/%.200s.stream", store->folder, name);
}

static bool was_seen_as(const FoundEntry *entry, const char *signature) {
    Text line = {0};
    text_format(&line, "%s\n", signature);
    const char *at = entry->seen_as.data;
    bool seen = false;
    while (at && !seen && (at = strstr(at, line.data))) {
        seen = at == entry->seen_as.data || at[-1] == '\n';
        at++;
    }
    text_free(&line);
    return seen;
}

static FoundEntry *find(FindingStore *store, const char *signature, bool as_seen) {
    for (int i = 0; i < store->count; i++) {
        FoundEntry *entry = &store->entries[i];
        if (as_seen ? was_seen_as(entry, signature) : strcmp(entry->signature, signature) == 0) return entry;
    }
    return NULL;
}

/* --- text */

/* The input's stream in canonical form, with the comments about this run first; `remark` may be
 * NULL. */
static Text canonical(const uint8_t *input, size_t len, const char *signature, const char *remark) {
    Stream stream;
    stream_parse((const char *)input, len, STREAM_LENIENT, &stream, NULL);
    Text notes = stream.notes;
    stream.notes = (Text){0};
    if (signature)
        text_format(&stream.notes, "# signature: %s\n# found by fuzzing Valkey %s\n", signature, birth_version());
    if (remark) text_format(&stream.notes, "# %s\n", remark);
    if (notes.len) text_append(&stream.notes, notes.data, notes.len);
    text_free(&notes);
    Text text = stream_print(&stream);
    stream_free(&stream);
    return text;
}

/* Replaces every `old` with `new`. */
static Text replace_all(const char *text, const char *old, const char *new) {
    Text out = {0};
    for (const char *at; (at = strstr(text, old)); text = at + strlen(old)) {
        text_append(&out, text, (size_t)(at - text));
        text_append(&out, new, strlen(new));
    }
    text_append(&out, text, strlen(text));
    return out;
}

/* --- verification */

/* Returns what a fresh process prints about the stream at `path`. */
static Text replay(const FindingStore *store, const char *path) {
    char *argv[] = {(char *)store->tool,    (char *)"replay", (char *)"--seconds",
                    (char *)REPLAY_SECONDS, (char *)path,     NULL};
    Text output = {0};
    SpawnVariable variables[] = {{"TMPDIR", store->scratch}, {0}};
    int fd;
    pid_t pid = spawn_start(argv, variables, &fd);
    if (pid < 0) {
        option_complain("cannot verify a finding: %s", strerror(errno));
        return output;
    }
    while (spawn_read(fd, &output)) continue;
    close(fd);
    spawn_wait(pid);
    return output;
}

/* Reads the signature from "PATH: finding SIGNATURE", replay's line about the stream. The result is
 * "timeout" when the replay ran out of time, "" when nothing was found. */
static void read_verdict(const Text *output, const char *path, char *signature) {
    Text mark = {0};
    signature[0] = '\0';
    text_format(&mark, "%s: ", path);
    const char *verdict = output->len ? strstr(output->data, mark.data) : NULL;
    if (verdict) {
        verdict += mark.len;
        if (strncmp(verdict, "finding ", 8) == 0)
            snprintf(signature, FINDING_SIGNATURE, "%.*s", (int)strcspn(verdict + 8, "\n"), verdict + 8);
        else if (strncmp(verdict, "out of time\n", 12) == 0)
            snprintf(signature, FINDING_SIGNATURE, "timeout");
    }
    text_free(&mark);
}

/* --- store */

/* Prints the banner that replay wrote; returns false when there is none. */
static bool print_banner(const Text *output, const char *draft, const char *path) {
    Text banner;
    if (!banner_cut(output, &banner)) return false;
    Text text = replace_all(banner.data, draft, path);
    fwrite(text.data, 1, text.len, stderr);
    text_free(&banner);
    text_free(&text);
    return true;
}

static void announce(const FoundEntry *entry, const Text *output, const char *draft) {
    if (!print_banner(output, draft, entry->path)) {
        fprintf(stderr, "finding:    %s%s\n", entry->signature,
                entry->reproduced ? "" : " (not reproduced in a fresh process)");
        fprintf(stderr, "replay:     defrag-fuzz replay --trace %s\n", entry->path);
    }
    fprintf(stderr, "filed as:   %s%s\n", entry->path, entry->old ? " (already there)" : "");
}

static bool write_entry(const FindingStore *store, FoundEntry *entry, const uint8_t *input, size_t len) {
    const char *remark = entry->reproduced ? NULL : "not reproduced in a fresh process";
    name_file(store, entry->signature, entry->path, sizeof(entry->path));
    entry->old = access(entry->path, F_OK) == 0;
    if (entry->old) return true;
    mkdir(store->folder, 0777);
    Text text = canonical(input, len, entry->signature, remark);
    bool good = files_write(entry->path, text);
    text_free(&text);
    return good;
}

static FoundEntry *new_entry(FindingStore *store, const char *signature, bool reproduced) {
    size_t count = (size_t)store->count++;
    store->entries = array_reserve(store->entries, count, count + 1, sizeof(*store->entries));
    FoundEntry *entry = &store->entries[count];
    *entry = (FoundEntry){.reproduced = reproduced};
    snprintf(entry->signature, sizeof(entry->signature), "%s", signature);
    return entry;
}

bool finding_store_add(FindingStore *store, const char *signature, const uint8_t *input, size_t len) {
    char draft[PATH_MAX], verdict[FINDING_SIGNATURE];
    FoundEntry *entry = find(store, signature, true);
    if (entry) return entry->times++, true;
    snprintf(draft, sizeof(draft), "%s/draft.stream", store->scratch);
    Text text = canonical(input, len, NULL, NULL);
    bool good = files_write(draft, text);
    text_free(&text);
    if (!good) return false;
    Text output = replay(store, draft);
    read_verdict(&output, draft, verdict);
    entry = find(store, verdict[0] ? verdict : signature, false);
    if (!entry) {
        entry = new_entry(store, verdict[0] ? verdict : signature, verdict[0] != '\0');
        good = write_entry(store, entry, input, len);
        if (good) announce(entry, &output, draft);
    }
    text_format(&entry->seen_as, "%s\n", signature);
    entry->times++;
    text_free(&output);
    return good;
}

void finding_store_count(FindingStore *store, const char *signature, int times) {
    FoundEntry *entry = find(store, signature, true);
    if (entry) entry->times += times;
}

bool finding_store_add_fault(FindingStore *store, const uint8_t *input, size_t len) {
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/harness-fault.stream", store->folder);
    mkdir(store->folder, 0777);
    Text text = canonical(input, len, NULL, "a fault of the harness");
    bool good = files_write(path, text);
    text_free(&text);
    if (good) fprintf(stderr, FAULT_PREFIX "it failed on the stream saved as %s\n", path);
    return good;
}

void finding_store_free(FindingStore *store) {
    for (int i = 0; i < store->count; i++) text_free(&store->entries[i].seen_as);
    free(store->entries);
    store->entries = NULL;
    store->count = 0;
}
