/* SPDX-License-Identifier: BSD-3-Clause */
/* export.c -- exports a stream for a real server; see export.h.
 *
 * Limits: everything that only the harness controls is lost: seed, time, sizes of blocks, the times
 * of defrag. A stream that depends on these does not fail on a real server. Configs that this
 * program's server lacks are left out. The quoting is that of valkey-cli (sds.c, sdssplitargs) and
 * of Tcl (Tcl(n), backslash substitution). */
#include "fuzz/cli/export.h"

#include <stdbool.h>
#include <string.h>

#include "harness/server/birth.h"

/* The differences between the two formats. */
typedef struct {
    FILE *to;
    const char *special; /* bytes that need a backslash within quotes */
} Writer;

static bool is_plain(const char *data, size_t len) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.:*>(=!,/@";
    for (size_t i = 0; i < len; i++) {
        if (!data[i] || !strchr(allowed, data[i])) return false;
    }
    return len > 0;
}

static void write_word(const Writer *w, const char *data, size_t len) {
    if (is_plain(data, len)) {
        fwrite(data, 1, len, w->to);
        return;
    }
    fputc('"', w->to);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c < ' ' || c > '~')
            fprintf(w->to, "\\x%02x", c);
        else
            fprintf(w->to, strchr(w->special, c) ? "\\%c" : "%c", c);
    }
    fputc('"', w->to);
}

/* Writes the step's words, separated by spaces. */
static void write_command(const Writer *w, const Step *step) {
    Argv argv = {0};
    step_expand(step, &argv);
    for (int i = 0; i < argv.count; i++) {
        if (i) fputc(' ', w->to);
        write_word(w, argv.items[i].data, argv.items[i].len);
    }
    argv_free(&argv);
}

static void write_comment(const Writer *w, const char *indent, const char *before, const Step *step) {
    Text line = step_print(step);
    fprintf(w->to, "%s# %s%.*s\n", indent, before, (int)line.len, line.data);
    text_free(&line);
}

static void write_settings(const Writer *w, const char *indent, const Stream *stream) {
    char words[SETTINGS_MAX_TEXT];
    settings_print(&stream->settings, words, sizeof(words));
    fprintf(w->to, "%s# settings of the stream:%s\n", indent, words[0] ? words : " all default");
}

/* --- valkey-cli */

static int first_client(const Stream *stream) {
    for (int i = 0; i < stream->nsteps; i++) {
        if (stream->steps[i].kind == STEP_COMMAND) return stream->steps[i].client;
    }
    return 0;
}

static void write_cli_step(const Writer *w, const Step *step, int client) {
    if (step->kind == STEP_VERB && verb_row(step->verb)->export == VERB_EXPORT_RELOAD) {
        fputs("DEBUG RELOAD\n", w->to);
    } else if (step->kind == STEP_VERB || step->client != client) {
        write_comment(w, "", "", step);
    } else {
        write_command(w, step);
        fputc('\n', w->to);
    }
}

void script_write_cli(const Stream *stream, const char *name, FILE *to) {
    Writer w = {.to = to, .special = "\"\\"};
    int client = first_client(stream);
    fprintf(to, "# %s, for valkey-cli, which cannot do the steps in comments: verbs, and other clients' commands.\n",
            name);
    write_settings(&w, "", stream);
    if (stream->settings.after == AFTER_CYCLE) fputs("# A whole defrag cycle follows every command.\n", to);
    fputs("CONFIG SET activedefrag yes\n", to);
    for (const SettingsLimit *l = settings_limits(&stream->settings); l->option; l++) {
        if (birth_has_config(l->option)) fprintf(to, "CONFIG SET %s %s\n", l->option, l->value);
    }
    for (int i = 0; i < stream->nsteps; i++) write_cli_step(&w, &stream->steps[i], client);
}

/* --- Tcl */

static void write_tcl_head(const Writer *w, const Stream *stream, const char *name) {
    fprintf(w->to,
            "# %s, as a test for the server's own suite: copy it to tests/unit, then\n"
            "#   make DEBUG_FORCE_DEFRAG=yes SANITIZER=address && ./runtest --single unit/NAME\n",
            name);
    write_settings(w, "", stream);
    fputs("start_server {tags {\"defrag external:skip\"} overrides {appendonly no save {}", w->to);
    if (birth_has_config(VALKEY_CONFIG("databases"))) fprintf(w->to, " databases %d", stream->settings.databases);
    for (const SettingsLimit *l = settings_limits(&stream->settings); l->option; l++) {
        if (birth_has_config(l->option)) fprintf(w->to, " %s %s", l->option, l->value);
    }
    fputs("}} {\n    proc cycle {} {\n"
          "        set before [s total_active_defrag_time]\n"
          "        r config set activedefrag yes\n"
          "        wait_for_condition 100 50 {[s total_active_defrag_time] > $before} else {fail \"defrag did not "
          "run\"}\n"
          "        r config set activedefrag no\n    }\n",
          w->to);
    fprintf(w->to, "    test {%s} {\n", name);
}

static void write_tcl_clients(const Writer *w, const Stream *stream) {
    bool seen[STREAM_MAX_CLIENTS] = {false};
    for (int i = 0; i < stream->nsteps; i++) seen[stream->steps[i].client] = true;
    for (int c = 1; c < STREAM_MAX_CLIENTS; c++) {
        if (seen[c]) fprintf(w->to, "        set c%d [valkey_deferring_client]\n", c);
    }
}

/* A deferring client sends without waiting, so that a blocked client does not delay the others. */
static void write_tcl_command(const Writer *w, const Step *step) {
    if (step->client)
        fprintf(w->to, "        $c%d ", step->client);
    else
        fputs("        catch {r ", w->to);
    write_command(w, step);
    fputs(step->client ? "\n" : "}\n", w->to);
}

static void write_tcl_verb(const Writer *w, const Step *step) {
    static const char indent[] = "        ";
    VerbExport export = verb_row(step->verb)->export;
    /* Client 0 is the test's own connection. */
    if (export == VERB_EXPORT_CLOSE && !step->client) export = VERB_EXPORT_NOTHING;
    switch (export) {
    case VERB_EXPORT_NOTHING:
        write_comment(w, indent, "", step);
        break;
    case VERB_EXPORT_CYCLE:
        fprintf(w->to, "%scycle\n", indent);
        break;
    case VERB_EXPORT_WAIT:
        fprintf(w->to, "%safter %lld\n", indent, (long long)step_number(step, 0, 1));
        break;
    case VERB_EXPORT_RELOAD:
        fprintf(w->to, "%sr debug reload\n", indent);
        break;
    case VERB_EXPORT_CLOSE:
        fprintf(w->to, "%s$c%d close\n%sset c%d [valkey_deferring_client]\n", indent, step->client, indent,
                step->client);
        break;
    }
}

void script_write_tcl(const Stream *stream, const char *name, FILE *to) {
    Writer w = {.to = to, .special = "\"\\[]${}"};
    write_tcl_head(&w, stream, name);
    write_tcl_clients(&w, stream);
    for (int i = 0; i < stream->nsteps; i++) {
        const Step *step = &stream->steps[i];
        if (step->kind == STEP_VERB) {
            write_tcl_verb(&w, step);
            continue;
        }
        write_tcl_command(&w, step);
        if (stream->settings.after == AFTER_CYCLE) fputs("        cycle\n", to);
    }
    fputs("        assert_equal PONG [r ping]\n    }\n}\n", to);
}
