/* SPDX-License-Identifier: BSD-3-Clause */
/* banner.c -- the banner that a finding prints; see banner.h. */
#include "harness/finding/banner.h"

#include <string.h>

#define FIRST_LINE "==== defrag-fuzz: finding ====\n"
#define LAST_LINE "==============================\n"
#define STEP "step:       "
#define LAST_STEPS 10

/* --- writing */

void banner_begin(Text *to, const char *signature, const char *server, const char *what) {
    text_format(to, "\n" FIRST_LINE "signature:  %s\n", signature);
    if (server) text_format(to, "server:     %s\n", server);
    text_format(to, "what:       %s\n", what);
}

void banner_last_steps(Text *to, const Stream *stream, int at, const int *numbers) {
    text_format(to, "last steps:\n");
    for (int i = at < LAST_STEPS ? 0 : at - LAST_STEPS + 1; i <= at && i < stream->nsteps; i++) {
        Text text = step_summary(&stream->steps[i], BANNER_STEP_WIDTH);
        text_format(to, "  %c %4d  %s\n", i == at ? '>' : ' ', numbers ? numbers[i] : i + 1, text.data);
        text_free(&text);
    }
}

void banner_step(Text *to, const Stream *stream, int at) {
    if (!stream || at < 0) {
        text_format(to, STEP "none\n");
        return;
    }
    Text text = step_summary(&stream->steps[at], BANNER_STEP_WIDTH);
    text_format(to, STEP "%d of %d: %s\n", at + 1, stream->nsteps, text.data);
    text_free(&text);
    banner_last_steps(to, stream, at, NULL);
}

void banner_settings(Text *to, const Settings *settings) {
    char text[SETTINGS_MAX_TEXT];
    settings_print(settings, text, sizeof(text));
    text_format(to, "settings:   #! defrag-fuzz 1%s\n", text);
}

void banner_file(Text *to, const char *file) {
    text_format(to, "file:       %s\n", file ? file : "(not from a file)");
}

void banner_end(Text *to, const char *signature) {
    text_format(to, "DEDUP_TOKEN: %s\n" LAST_LINE, signature);
}

/* --- reading */

bool banner_cut(const Text *output, Text *banner) {
    static const char last[] = "\n" LAST_LINE;
    const char *start = output->len ? strstr(output->data, FIRST_LINE) : NULL;
    const char *end = start ? strstr(start, last) : NULL;
    if (!end) return false;
    *banner = text_make(start, (size_t)(end + strlen(last) - start));
    return true;
}
