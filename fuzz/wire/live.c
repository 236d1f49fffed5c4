/* SPDX-License-Identifier: BSD-3-Clause */
/* live.c -- keeps a real server under generated load; see live.h.
 *
 * There is one thread: a wait for one connection reads and writes all of them. A connection whose
 * commands are not answered for a while (because it is blocked, or replies are off) is closed,
 * which is recorded as a step, and opened again with its next command. */
#include "fuzz/wire/live.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fuzz/base/files.h"
#include "fuzz/base/option.h"
#include "fuzz/generate/generate.h"
#include "fuzz/wire/expected_differences.h"
#include "fuzz/wire/reply.h"
#include "harness/base/stopwatch.h"
#include "harness/finding/banner.h"
#include "harness/finding/finding.h"
#include "harness/server/birth.h"

#define ROUND_STEPS 900         /* of all streams of a round; two rounds fit into a stream */
#define GROUP 4                 /* the most clients of a generated stream */
#define STALLED_SECONDS 0.01    /* after which a unix socket without replies counts as stalled */
#define STALLED_TCP_SECONDS 0.1 /* the same for TCP */
#define VERIFY_SECONDS 1.0      /* between two checks of the structures */
#define SHOW_SECONDS 10.0       /* between two progress lines */
#define LOG_LINES 40
#define AFTER_POINTERS 64 /* of the slice after each command in the replay of the record */

typedef struct {
    int waiting;   /* unanswered commands */
    double silent; /* stopwatch_seconds() of the last reply */
} Line;

typedef struct {
    WireTarget *target;
    const LiveOptions *options;
    WireSession session;
    WireState state;
    Settings settings;
    Prng prng;
    Stream rounds[2]; /* the record: the previous round and this one */
    Line lines[LIVE_MAX_CLIENTS];
    char signature[FINDING_SIGNATURE]; /* of a finding; empty: none */
    Text what;                         /* its description */
    Text reply;
    uint64_t nrounds, sent, answered, errors, closed, verified, moved, moved_before;
    double start, shown, checked;
} Live;

#define ASK(live, ...) (((live)->state = wire_ask((live)->session.wire, &(live)->reply, __VA_ARGS__, NULL)) == WIRE_OK)

static bool over(const Live *live) {
    return live->state != WIRE_OK || live->signature[0];
}

static bool time_is_up(const Live *live) {
    return stopwatch_seconds() - live->start >= (double)live->options->seconds;
}

/* --- the record */

static void record(Live *live, const Step *step) {
    Step copy;
    step_copy(&copy, step);
    text_free(&copy.notes);
    if (!stream_insert(&live->rounds[1], live->rounds[1].nsteps, &copy)) step_free(&copy);
}

static void record_close(Live *live, int client) {
    Step step = step_verb(VERB_CLOSE);
    step.client = client;
    record(live, &step);
    step_free(&step);
}

static void begin_record(Live *live) {
    stream_free(&live->rounds[0]);
    live->rounds[0] = live->rounds[1];
    stream_init(&live->rounds[1]);
}

/* Joins both rounds into one stream. */
static void join_rounds(const Live *live, Stream *out) {
    stream_copy(out, &live->rounds[0]);
    for (int i = 0; i < live->rounds[1].nsteps; i++) {
        Step copy;
        step_copy(&copy, &live->rounds[1].steps[i]);
        if (!stream_insert(out, out->nsteps, &copy)) step_free(&copy);
    }
    out->settings = live->settings;
    out->settings.after = AFTER_SLICE;
    out->settings.after_pointers = AFTER_POINTERS;
}

static bool write_record(const Live *live) {
    Stream stream;
    join_rounds(live, &stream);
    text_format(&stream.notes,
                "# signature: %s\n# sent by defrag-fuzz live --seed %" PRId64 " to Valkey %s, in round %" PRIu64 "\n",
                live->signature, live->options->seed, birth_version(), live->nrounds);
    Text text = stream_print(&stream);
    bool good = files_write(live->options->record, text);
    text_free(&text);
    stream_free(&stream);
    return good;
}

/* --- connections */

static bool is_push(const char *reply) {
    return reply[0] == '>';
}

/* Counts and removes the replies that a connection has received. */
static void take_replies(Live *live, int client) {
    Line *line = &live->lines[client];
    Text received = wire_received(live->session.wire, client);
    size_t at = 0, len;
    while (at < received.len && (len = wire_reply_length(received.data + at, received.len - at))) {
        live->errors += received.data[at] == '-';
        live->answered += !is_push(received.data + at);
        if (line->waiting && !is_push(received.data + at)) line->waiting--;
        at += len;
    }
    if (!at) return;
    line->silent = stopwatch_seconds();
    wire_take(live->session.wire, client, at);
}

static void pump(Live *live, int ms) {
    wire_pump(live->session.wire, ms);
    for (int i = 0; i < live->options->clients; i++) {
        take_replies(live, i);
        if (!wire_is_open(live->session.wire, i)) live->lines[i].waiting = 0;
    }
}

static void close_client(Live *live, int client) {
    if (!wire_is_open(live->session.wire, client)) return;
    wire_close(live->session.wire, client);
    wire_forget(live->session.wire, client);
    live->lines[client] = (Line){0};
    live->closed++;
    record_close(live, client);
}

/* Has the server read all that was sent to it, executed the first command, and not replied? */
static bool is_stalled(Live *live, int client) {
    const Line *line = &live->lines[client];
    /* over TCP the kernel does not know what the server has read */
    bool tcp = live->target->address.port != 0;
    double since = line->silent;
    if (stopwatch_seconds() - since < (tcp ? STALLED_TCP_SECONDS : STALLED_SECONDS)) return false;
    if (wire_unsent(live->session.wire, client) || wire_unread(live->session.wire, client)) return false;
    if (!ASK(live, "DEBUG", "DEFRAG", "HINT")) return true;
    pump(live, 0);
    return line->waiting && line->silent == since;
}

/* Waits until the connection has fewer than `most` unanswered commands, or closes it. */
static void wait_for(Live *live, int client, int most) {
    Line *line = &live->lines[client];
    pump(live, 0);
    while (line->waiting >= most && wire_is_open(live->session.wire, client)) {
        pump(live, 2);
        if (line->waiting >= most && is_stalled(live, client)) close_client(live, client);
    }
}

static void send_command(Live *live, const Step *step) {
    static Argv argv; /* reused for every step */
    int client = step->client;
    Line *line = &live->lines[client];
    wait_for(live, client, (int)live->options->pipeline);
    step_expand(step, &argv);
    if (!argv.count) return;
    record(live, step);
    if (!wire_queue(live->session.wire, client, &argv)) {
        ASK(live, "PING"); /* shows whether the server has died */
        return;
    }
    if (line->waiting++ == 0) line->silent = stopwatch_seconds();
    live->sent++;
}

/* --- defrag */

static void add_number_of(const Text *state, const char *name, uint64_t *number) {
    char word[64], value[64];
    for (int i = 0; wire_reply_value(*state, i, word, sizeof(word)); i += 2) {
        int64_t read = 0;
        if (strcmp(word, name) == 0 && wire_reply_value(*state, i + 1, value, sizeof(value)) &&
            text_number(value, strlen(value), &read))
            *number = (uint64_t)read;
    }
}

static void verify(Live *live) {
    if (!ASK(live, "DEBUG", "DEFRAG", "STATE")) return;
    add_number_of(&live->reply, "moved", &live->moved);
    if (!ASK(live, "DEBUG", "DEFRAG", "VERIFY")) return;
    live->verified++;
    live->checked = stopwatch_seconds();
    if (!live->reply.len || live->reply.data[0] != '-') return;
    if (sscanf(live->reply.data, "-SHAPE %255s", live->signature) != 1) strcpy(live->signature, "wire:verify");
    text_format(&live->what, "the server's structures are not well-formed: ");
    wire_reply_describe(&live->what, live->reply, 400);
}

/* Other choices than these two are left out: they would switch defrag off, or let it move
 * everything, which is the initial state. */
static bool ask_move(Live *live, const Step *step) {
    const char *first = step_word(step, 0), *second = step_word(step, 1), *third = step_word(step, 2);
    if (strcasecmp(first, "every") == 0)
        ASK(live, "DEBUG", "DEFRAG", "HINT", "every", second);
    else if (strcasecmp(first, "some") == 0)
        ASK(live, "DEBUG", "DEFRAG", "HINT", "some", second, third);
    else
        return false;
    return true;
}

/* Sends what a verb requests of defrag, in addition to the server's own timer. Returns false when
 * there is nothing to record. */
static bool ask_verb(Live *live, const Step *step) {
    char number[24];
    snprintf(number, sizeof(number), "%" PRId64, step_number(step, 0, 1));
    switch (step->verb) {
    case VERB_SLICE:
        ASK(live, "DEBUG", "DEFRAG", "SLICE", number);
        return true;
    case VERB_BUSY:
        ASK(live, "DEBUG", "DEFRAG", "BUSY", number);
        return true;
    case VERB_FINISH:
        ASK(live, "DEBUG", "DEFRAG", "FINISH");
        return true;
    case VERB_MOVE:
        return ask_move(live, step);
    case VERB_CLOSE:
        close_client(live, step->client); /* which records the step */
        break;
    case VERB_CYCLE:
    case VERB_CLOCK:
    case VERB_CRON:
    case VERB_RELOAD:
        break; /* left out: time is real, and the server's own timer runs the cycles */
    case VERB_CORK:
    case VERB_UNCORK:
    case VERB_MEANWHILE:
    case VERB_WINDOW:
    case VERB_JOBS:
    case VERB_REWRITE:
    case VERB_REFERENCES:
    case VERB_CANARY:
    case VERB_COUNT:
        break; /* left out by wire_left_out */
    }
    return false;
}

static void do_verb(Live *live, const Step *step) {
    if (!ask_verb(live, step)) return;
    record(live, step);
    if (step->verb == VERB_SLICE) ASK(live, "DEBUG", "DEFRAG", "RELEASE");
}

/* --- rounds */

static void configure(Live *live, const char *first, const char *second, const char *third, const char *fourth) {
    const char *const words[] = {first, second, third, fourth};
    Step step = step_command(0);
    for (int i = 0; i < 4 && words[i]; i++) step_add_string(&step, words[i]);
    send_command(live, &step);
    step_free(&step);
}

/* Starts a round as its replay does: with an empty server and new connections. */
static void begin_round(Live *live) {
    for (int i = 0; i < live->options->clients; i++) {
        wait_for(live, i, 1);
        close_client(live, i);
    }
    begin_record(live);
    live->nrounds++;
    configure(live, "CONFIG", "SET", "maxmemory", "0");
    configure(live, "CONFIG", "SET", "activedefrag", "yes");
    configure(live, "FLUSHALL", "SYNC", NULL, NULL);
    configure(live, "SCRIPT", "FLUSH", "SYNC", NULL);
    configure(live, "FUNCTION", "FLUSH", "SYNC", NULL);
    if (!over(live)) ASK(live, "DEBUG", "DEFRAG", "HINT", "always");
    if (!over(live)) ASK(live, "DEBUG", "DEFRAG", "SIMULATE", "1000", "1000000000");
}

/* Would all clients have to wait for this command, in real time? */
static bool pauses(const Step *step) {
    return step->kind == STEP_COMMAND && strcasecmp(step_word(step, 0), "client") == 0 &&
           strcasecmp(step_word(step, 1), "pause") == 0;
}

static void show(Live *live) {
    double now = stopwatch_seconds(), since = now - live->start;
    if (now - live->shown < SHOW_SECONDS && !time_is_up(live)) return;
    live->shown = now;
    printf("%.0f s: %" PRIu64 " rounds, %" PRIu64 " commands (%.0f/s, %.1f %% without an error reply), %" PRIu64
           " moves, %" PRIu64 " times verified\n",
           since, live->nrounds, live->sent, (double)live->sent / (since > 0 ? since : 1),
           live->answered ? 100.0 * (double)(live->answered - live->errors) / (double)live->answered : 0.0, live->moved,
           live->verified);
    fflush(stdout);
}

static void do_step(Live *live, Step *step, int group) {
    int first = group * GROUP, size = (int)live->options->clients - first;
    if (size > GROUP) size = GROUP;
    step->client = first + step->client % size;
    if (wire_left_out(step, false) || pauses(step)) return;
    if (step->kind == STEP_COMMAND)
        send_command(live, step);
    else
        do_verb(live, step);
    if (!over(live) && stopwatch_seconds() - live->checked > VERIFY_SECONDS) verify(live);
    show(live);
}

/* Runs a round: four connections for each stream, and the streams take turns. */
static void do_round(Live *live) {
    int groups = ((int)live->options->clients + GROUP - 1) / GROUP;
    Stream streams[LIVE_MAX_CLIENTS / GROUP];
    for (int g = 0; g < groups; g++) generate_stream(&live->prng, ROUND_STEPS / groups, &streams[g]);
    begin_round(live);
    for (int i = 0; i < ROUND_STEPS / groups; i++) {
        for (int g = 0; g < groups && !over(live) && !time_is_up(live); g++) do_step(live, &streams[g].steps[i], g);
    }
    for (int g = 0; g < groups; g++) stream_free(&streams[g]);
}

/* --- the end */

/* Makes the finding from the server's log, which shows why it ended or where it hangs. */
static void make_finding(Live *live, bool well, Text log) {
    if (live->state == WIRE_OK && well) return;
    if (live->state == WIRE_HUNG)
        strcpy(live->signature, "wire:hung");
    else
        wire_server_signature(log, live->signature, sizeof(live->signature));
    text_format(&live->what,
                live->state == WIRE_HUNG ? "the server does not answer within %u s" : "the server has ended",
                live->target->seconds);
}

static int report(Live *live, Text log) {
    Text text = {0};
    bool written = write_record(live);
    fflush(stdout);
    banner_begin(&text, live->signature, live->target->where, live->what.data);
    if (live->session.spawned) {
        text_format(&text, "its log:\n%s", log.len ? "" : "  | (nothing)\n");
        wire_server_describe_log(&text, log, LOG_LINES, "  | ");
    } else {
        text_format(&text, "its log:    %s\n", live->target->log);
    }
    if (written)
        text_format(&text, "record:     %s\nreplay:     defrag-fuzz replay --server %s %s\n", live->options->record,
                    live->target->where, live->options->record);
    banner_end(&text, live->signature);
    fwrite(text.data, 1, text.len, stderr);
    text_free(&text);
    return written ? EXIT_FINDING : EXIT_USAGE;
}

static int finish(Live *live) {
    Text log = {0};
    int status = EXIT_CLEAN;
    if (live->state == WIRE_OK) show(live);
    bool well = wire_session_close(live->target, &live->session, live->state, &log);
    if (!live->signature[0]) make_finding(live, well, log);
    printf("%" PRIu64 " commands, %" PRIu64 " errors, %" PRIu64 " moves, %" PRIu64 " connections closed; %s\n",
           live->sent, live->errors, live->moved, live->closed, live->signature[0] ? "a finding" : "nothing found");
    if (live->signature[0]) status = report(live, log);
    text_free(&log);
    return status;
}

int live_run(WireTarget *target, const LiveOptions *options) {
    Live live = {.target = target,
                 .options = options,
                 .start = stopwatch_seconds(),
                 .shown = stopwatch_seconds(),
                 .checked = stopwatch_seconds()};
    bool unfit;
    Text why = {0};
    wire_target_settings(target, &live.settings);
    prng_seed(&live.prng, (uint64_t)options->seed);
    if (!wire_session_open(target, &live.settings, &live.session, &unfit, &why)) {
        option_complain("the server %s is not available: %s", target->where, why.data);
        text_free(&why);
        return EXIT_USAGE;
    }
    stream_init(&live.rounds[0]);
    stream_init(&live.rounds[1]);
    while (!over(&live) && !time_is_up(&live)) do_round(&live);
    if (!over(&live)) verify(&live);
    int status = finish(&live);
    stream_free(&live.rounds[0]);
    stream_free(&live.rounds[1]);
    text_free(&live.what);
    text_free(&live.reply);
    return status;
}
