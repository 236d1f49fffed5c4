/* SPDX-License-Identifier: BSD-3-Clause */
/* stream.c -- the command stream: making, copying, printing and reading it.
 *
 * Purpose: the model that generator, mutator, shrinker and run loop share. Parsing is in
 * stream_parse.c, single steps are in step.c.
 *
 * Limits: STREAM_MAX_STEPS steps; files of STREAM_MAX_FILE bytes (reading an endless device or pipe
 * stops there, with an error). Notes are printed as they are: code that sets them must use whole
 * lines that begin with '#'. */
#include "harness/stream/stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/array.h"

#define READ_CHUNK 65536 /* bytes per read */

void stream_init(Stream *s) {
    *s = (Stream){0};
    settings_default(&s->settings);
}

void stream_free(Stream *s) {
    for (int i = 0; i < s->nsteps; i++) step_free(&s->steps[i]);
    free(s->steps);
    text_free(&s->notes);
    text_free(&s->trailer);
    stream_init(s);
}

void stream_copy(Stream *to, const Stream *from) {
    *to = *from;
    to->steps = array_reserve(NULL, 0, (size_t)from->nsteps, sizeof(Step));
    for (int i = 0; i < from->nsteps; i++) step_copy(&to->steps[i], &from->steps[i]);
    to->notes = text_make(from->notes.data, from->notes.len);
    to->trailer = text_make(from->trailer.data, from->trailer.len);
}

bool stream_insert(Stream *s, int at, Step *step) {
    if (at < 0 || at > s->nsteps || s->nsteps >= STREAM_MAX_STEPS) return false;
    s->steps = array_reserve(s->steps, (size_t)s->nsteps, (size_t)s->nsteps + 1, sizeof(Step));
    memmove(&s->steps[at + 1], &s->steps[at], (size_t)(s->nsteps - at) * sizeof(Step));
    s->steps[at] = *step;
    s->nsteps++;
    *step = (Step){0};
    return true;
}

bool stream_remove(Stream *s, int at) {
    if (at < 0 || at >= s->nsteps) return false;
    step_free(&s->steps[at]);
    s->nsteps--;
    memmove(&s->steps[at], &s->steps[at + 1], (size_t)(s->nsteps - at) * sizeof(Step));
    return true;
}

void stream_drop_notes(Stream *s) {
    text_free(&s->notes);
    text_free(&s->trailer);
    for (int i = 0; i < s->nsteps; i++) {
        text_free(&s->steps[i].notes);
        s->steps[i].line = 0;
    }
}

Text stream_print(const Stream *s) {
    char settings[SETTINGS_MAX_TEXT];
    settings_print(&s->settings, settings, sizeof(settings));
    Text out = text_make(s->notes.data, s->notes.len);
    text_format(&out, STREAM_HEADER "%s\n", settings);
    for (int i = 0; i < s->nsteps; i++) {
        Text line = step_print(&s->steps[i]);
        text_append(&out, s->steps[i].notes.data, s->steps[i].notes.len);
        text_append(&out, line.data, line.len);
        text_append(&out, "\n", 1);
        text_free(&line);
    }
    text_append(&out, s->trailer.data, s->trailer.len);
    return out;
}

/* Fills *err for a file that could not be read. Returns false. */
static bool read_fail(StreamError *err, const char *what, const char *why) {
    if (err != NULL) {
        *err = (StreamError){0, 0, ""};
        snprintf(err->what, sizeof(err->what), "%s: %s", what, why);
    }
    return false;
}

static bool read_all(FILE *file, Text *text, StreamError *err) {
    char chunk[READ_CHUNK];
    size_t got;
    errno = 0;
    while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0) {
        text_append(text, chunk, got);
        if (text->len > STREAM_MAX_FILE)
            return read_fail(err, "cannot read it", "too long, expected at most 16 MiB (STREAM_MAX_FILE)");
    }
    return ferror(file) ? read_fail(err, "cannot read it", strerror(errno)) : true;
}

bool stream_read(const char *path, StreamMode mode, Stream *out, StreamError *err) {
    stream_init(out);
    FILE *file = fopen(path, "rb");
    if (file == NULL) return read_fail(err, "cannot open it", strerror(errno));
    Text text = {0};
    bool good = read_all(file, &text, err) && stream_parse(text.data, text.len, mode, out, err);
    fclose(file);
    text_free(&text);
    return good;
}
