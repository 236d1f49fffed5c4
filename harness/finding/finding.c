/* SPDX-License-Identifier: BSD-3-Clause */
/* finding.c -- signature, banner, exit status; see finding.h.
 *
 * The sanitizers call us back: AddressSanitizer with the text of its report, before it ends the
 * process (__asan_set_error_report_callback, asan_interface.h); UndefinedBehaviorSanitizer through
 * __ubsan_on_report (compiler-rt, ubsan_monitor.cpp). Both then end the process with the status
 * that the options at the end of this file give. In a build without sanitizers a signal handler
 * takes their place, for crashes only. */
#include "harness/finding/finding.h"

#include <ctype.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/array.h"
#include "harness/base/fault.h"
#include "harness/base/valkey_name.h"
#include "harness/finding/banner.h"
#include "harness/finding/site.h"
#include "harness/finding/symbol.h"

static FindingEnd how_to_end = FINDING_EXIT;
static const Stream *stream;
static const char *file;
static int at = -1;
static bool reporting; /* a finding while one is being printed is not worth a second banner */
static FindingHooks hooks;
static int note = -1;
static FindingFacts *facts;
static FindingKnown known;

void finding_register(const FindingHooks *h) {
    hooks = *h;
}

void finding_set_note(int fd) {
    note = fd;
}

static void write_note(const char *signature) {
    if (note < 0) return;
    ssize_t written = write(note, signature, strlen(signature));
    (void)written; /* the parent then knows only that there was a finding */
}

void finding_set_facts(FindingFacts *where) {
    facts = where;
}

/* The step, and what is wrong unless that is noted already. */
static void note_facts(const char *what) {
    if (!facts) return;
    if (!facts->what[0]) snprintf(facts->what, sizeof(facts->what), "%s", what);
    if (!stream || at < 0) return;
    Text text = step_summary(&stream->steps[at], BANNER_STEP_WIDTH);
    snprintf(facts->command, sizeof(facts->command), "%s", text.data);
    facts->step = at + 1;
    facts->steps = stream->nsteps;
    text_free(&text);
}

static void cleanup(void) {
    if (hooks.cleanup) hooks.cleanup();
}

static void record(const char *reason) {
    if (hooks.record) hooks.record(reason);
}

void finding_set_known(const FindingKnown *k) {
    known = *k;
    symbol_load(); /* now, because a check may fail anywhere */
}

static void abandon_if_known(const char *signature) {
    if (!reporting && known.signature && hooks.abandon && known.signature(signature)) hooks.abandon();
}

void finding_set_end(FindingEnd end) {
    how_to_end = end;
}

void finding_stream(const Stream *s, const char *f) {
    stream = s;
    file = f;
    at = -1;
}

void finding_at(int step) {
    at = step;
}

/* --- the banner */

/* Writes the text to stderr and empties it: what was written is seen even when the next section
 * crashes. */
static void show(Text *text) {
    fwrite(text->data, 1, text->len, stderr);
    text->len = 0;
}

static void print_banner(const char *signature, const char *what, const void *block) {
    Text text = {0};
    text_format(&text, "finding %s", signature);
    record(text.data);
    text.len = 0;
    fflush(stdout);
    banner_begin(&text, signature, NULL, what);
    show(&text);
    if (block && hooks.describe) hooks.describe(block);
    banner_step(&text, stream, at);
    if (stream) banner_settings(&text, &stream->settings);
    banner_file(&text, file);
    text_format(&text, "replay:     defrag-fuzz replay --trace --expect '%s' %s\n", signature, file ? file : "FILE");
    banner_end(&text, signature);
    show(&text);
    text_free(&text);
    note_facts(what);
    write_note(signature);
    cleanup();
}

static _Noreturn void report(const char *signature, const void *block, int status, const char *format, va_list ap) {
    char text[2048];
    abandon_if_known(signature);
    vsnprintf(text, sizeof(text), format, ap);
    if (!reporting) {
        reporting = true;
        print_banner(signature, text, block);
    }
    if (how_to_end == FINDING_ABORT) abort();
    _exit(status);
}

void finding_report(const char *signature, const void *block, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    report(signature, block, EXIT_FINDING, format, ap);
}

void finding_overdue(const char *signature, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    report(signature, NULL, EXIT_TIMEOUT, format, ap);
}

/* --- out of time */

static unsigned deadline;

static void out_of_time(int number) {
    Text text = {0};
    (void)number;
    record("out of time");
    fflush(stdout);
    fprintf(stderr, "defrag-fuzz: out of time after %u s\n", deadline);
    banner_step(&text, stream, at);
    banner_file(&text, file);
    show(&text);
    note_facts("");
    cleanup();
    _exit(EXIT_TIMEOUT);
}

void finding_deadline(unsigned seconds) {
    deadline = seconds;
    signal(SIGALRM, seconds ? out_of_time : SIG_DFL);
    alarm(seconds);
}

/* --- call stacks */

/* Functions that pass a mistake on, but did not make it. */
static bool is_bystander(const char *name) {
    static const FunctionPrefix names[] = {
        OTHER_PREFIX("__asan"),
        OTHER_PREFIX("__interceptor"),
        OTHER_PREFIX("__sanitizer"),
        OTHER_PREFIX("__ubsan"),
        HARNESS_PREFIX("finding_"),
        HARNESS_PREFIX("heap_"),
        HARNESS_PREFIX("seam_"),
        HARNESS_PREFIX("handle_crash"),
        HARNESS_PREFIX("expect_live"),
        HARNESS_PREFIX("arena_"),
        HARNESS_PREFIX("release"),
        OTHER_PREFIX("memcpy"),
        OTHER_PREFIX("memmove"),
        OTHER_PREFIX("memcmp"),
        OTHER_PREFIX("memset"),
        OTHER_PREFIX("strlen"),
        VALKEY_PREFIX("zfree"),
        VALKEY_PREFIX("zmalloc"),
        VALKEY_PREFIX("zrealloc"),
        VALKEY_PREFIX("valkey_free"),
        VALKEY_PREFIX("valkey_malloc"),
        VALKEY_PREFIX("valkey_realloc"),
        VALKEY_PREFIX("sdsfree"),
        VALKEY_PREFIX("_serverAssert"),
        VALKEY_PREFIX("_serverPanic"),
        OTHER_PREFIX("abort"),
        OTHER_PREFIX("raise"),
        VALKEY_PREFIX("serverOutOfMemoryHandler"),
        OTHER_PREFIX("bcmp"),
        HARNESS_PREFIX("site_"),
        OTHER_PREFIX("?"),
        OTHER_PREFIX("("),
        OTHER_PREFIX("free"),
        HARNESS_PREFIX("raw_"),
    };
    return valkey_name_begins(name, names, COUNT_OF(names));
}

void finding_frame(char *name, size_t room) {
    const uintptr_t *frames = NULL;
    int count = site_frames(site_capture(__builtin_frame_address(0)), &frames);
    snprintf(name, room, "?");
    for (int i = 0; i < count; i++) {
        site_function(frames[i], name, room);
        if (!is_bystander(name)) return;
    }
}

void finding_heap(const char *what, const char *why, const void *block) {
    char frame[128], signature[FINDING_SIGNATURE];
    finding_frame(frame, sizeof(frame));
    snprintf(signature, sizeof(signature), "heap:%s:%s", what, frame);
    finding_report(signature, block, "%s of %p, which is %s", what, block, why);
}

void finding_server(const char *kind, const char *what, const char *source, int line) {
    char frame[128], signature[FINDING_SIGNATURE];
    if (hooks.excuse) hooks.excuse();
    const char *name = strrchr(source, '/');
    name = name ? name + 1 : source;
    finding_frame(frame, sizeof(frame));
    snprintf(signature, sizeof(signature), "%s:%s:%s", kind, name, frame);
    finding_report(signature, NULL, "%s at %s:%d: %s", kind, name, line, what);
}

void finding_harness(const char *format, ...) {
    va_list ap;
    record("harness fault");
    fflush(stdout);
    fprintf(stderr, FAULT_PREFIX);
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    if (stream && at >= 0) fprintf(stderr, " (step %d of %s)", at + 1, file ? file : "the stream");
    fprintf(stderr, "\n");
    cleanup();
    _exit(EXIT_HARNESS);
}

/* --- checks that the compiler inserted */

#define PLACE_FRAMES 16

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0xff51afd7ed558ccdu;
    return hash ^ hash >> 29;
}

/* Functions by their names and not by their addresses, which differ between processes. 0: the stack
 * does not reach the function that names the signature. */
static uint64_t place_of(uint64_t kind, const void *frame) {
    uintptr_t frames[PLACE_FRAMES];
    uint64_t hash = mix(0x9e3779b97f4a7c15u, kind);
    int count = site_stack(frame, frames, PLACE_FRAMES);
    for (int i = 0; i < count; i++) {
        const Symbol *function = symbol_at(frames[i] - 1);
        if (!function) return 0;
        for (const char *p = function->name; *p; p++) hash = mix(hash, (unsigned char)*p);
        hash = mix(hash, frames[i] - function->low);
        if (!is_bystander(function->name)) return hash;
    }
    return 0;
}

void finding_check_failed(uint64_t kind, const void *frame) {
    if (reporting || !known.place) return;
    uint64_t place = place_of(kind, frame);
    if (place && hooks.abandon && known.place(place)) hooks.abandon();
    *known.note = place;
}

/* --- AddressSanitizer */

__attribute__((weak)) void __asan_set_error_report_callback(void (*callback)(const char *));
__attribute__((weak)) void *__asan_get_report_address(void);

/* The word behind "AddressSanitizer: ", "heap-use-after-free" say. */
static void asan_kind(const char *report, char *kind, size_t room) {
    const char *p = strstr(report, "Sanitizer: ");
    p = p ? p + strlen("Sanitizer: ") : "?";
    size_t n = strcspn(p, " \n");
    snprintf(kind, room, "%.*s", (int)n, p);
}

/* Reads the frame at *p, "#1 0x55... in NAME FILE:LINE", into name and moves *p to the next one of
 * the stack, or to NULL after the last. *place is where the file begins. False, with name
 * unchanged, when there is no frame. */
static bool asan_next_frame(const char **p, char *name, size_t room, const char **place) {
    const char *in = strstr(*p, " in ");
    const char *newline = strchr(*p, '\n');
    if (!in || (newline && in > newline)) return false;
    size_t len = strcspn(in + 4, " \n");
    snprintf(name, room, "%.*s", (int)len, in + 4);
    if (strncmp(name, "__wrap_", 7) == 0) memmove(name, name + 7, strlen(name + 7) + 1);
    *place = in + 4 + len;
    *p = newline && newline[1] != '\n' ? strchr(newline, '#') : NULL;
    return true;
}

/* The first frame of the report's first stack that is not a bystander. Returns where its file
 * begins; NULL: there is no such frame. */
static const char *asan_frame(const char *report, char *name, size_t room) {
    const char *place = NULL;
    snprintf(name, room, "?");
    for (const char *p = strstr(report, " #0 "); p && asan_next_frame(&p, name, room, &place);) {
        if (!is_bystander(name)) return place;
    }
    return NULL;
}

static void asan_signature(const char *report, char *signature, size_t room) {
    char kind[96], frame[128];
    asan_kind(report, kind, sizeof(kind));
    asan_frame(report, frame, sizeof(frame));
    snprintf(signature, room, "asan:%s:%s", kind, frame);
}

/* The functions of the report's first stack. */
static void note_stack(const char *report) {
    char name[128];
    const char *place;
    size_t len = 0;
    for (const char *p = strstr(report, " #0 "); p && asan_next_frame(&p, name, sizeof(name), &place);) {
        size_t left = sizeof(facts->stack) - len;
        if (strlen(name) + 2 > left) return;
        len += (size_t)snprintf(facts->stack + len, left, "%s\n", name);
    }
}

/* "READ of size 8 in NAME, FILE:LINE", from the report's first stack; nothing when the report lacks
 * one of them. */
static void note_access(const char *report) {
    char frame[128];
    const char *access = strstr(report, "\nREAD of size "), *place = asan_frame(report, frame, sizeof(frame));
    if (!access) access = strstr(report, "\nWRITE of size ");
    if (!access || !place) return;
    place += strspn(place, " ");
    size_t len = strcspn(place, " \n"), digits = strcspn(++access, "0123456789");
    const char *slash = memrchr(place, '/', len), *name = slash ? slash + 1 : place;
    const char *colon = memchr(name, ':', len - (size_t)(name - place));
    if (!colon) return;
    digits += strspn(access + digits, "0123456789");
    snprintf(facts->what, sizeof(facts->what), "%.*s in %s, %.*s", (int)digits, access, frame,
             (int)(colon + 1 + strspn(colon + 1, "0123456789") - name), name);
}

static void on_asan_report(const char *report) {
    char signature[FINDING_SIGNATURE];
    if (reporting) return;
    reporting = true;
    asan_signature(report, signature, sizeof(signature));
    if (facts) {
        note_stack(report);
        note_access(report);
    }
    print_banner(signature, "AddressSanitizer's report is above", __asan_get_report_address());
}

/* --- UndefinedBehaviorSanitizer */

__attribute__((weak)) void __ubsan_get_current_report_data(const char **kind, const char **message, const char **source,
                                                           unsigned *line, unsigned *column, char **address);
void __ubsan_on_report(void);

void __ubsan_on_report(void) {
    const char *kind = "?", *message = "?", *source = "?";
    unsigned line = 0, column = 0;
    char *address = NULL, signature[FINDING_SIGNATURE];
    if (reporting || !__ubsan_get_current_report_data) return;
    reporting = true;
    __ubsan_get_current_report_data(&kind, &message, &source, &line, &column, &address);
    const char *name = strrchr(source, '/');
    name = name ? name + 1 : source;
    snprintf(signature, sizeof(signature), "ubsan:%s:%s", kind, name);
    char text[512];
    snprintf(text, sizeof(text), "%s at %s:%u:%u", message, name, line, column);
    print_banner(signature, text, address);
}

/* --- reports of other processes */

/* "SUMMARY: UndefinedBehaviorSanitizer: signed-integer-overflow src/t_string.c:12:3 in f". */
static bool ubsan_signature(const char *summary, char *signature, size_t room) {
    char kind[96], source[256];
    if (sscanf(summary, "%95s %255[^: \n]", kind, source) != 2) return false;
    const char *name = strrchr(source, '/');
    snprintf(signature, room, "ubsan:%s:%s", kind, name ? name + 1 : source);
    return true;
}

bool finding_of_log(const char *text, char *signature, size_t room) {
    static const char asan[] = "ERROR: AddressSanitizer: ", leak[] = "ERROR: LeakSanitizer: ",
                      ubsan[] = "SUMMARY: UndefinedBehaviorSanitizer: ";
    const char *report = strstr(text, asan);
    if (!report) report = strstr(text, leak);
    if (report) return asan_signature(report, signature, room), true;
    report = strstr(text, ubsan);
    return report && ubsan_signature(report + strlen(ubsan), signature, room);
}

/* --- crashes in a build without sanitizers */

static void handle_crash(int number, siginfo_t *info, void *context) {
    char frame[128], signature[FINDING_SIGNATURE];
    (void)context;
    finding_frame(frame, sizeof(frame));
    snprintf(signature, sizeof(signature), "crash:%s:%s", strsignal(number), frame);
    for (char *p = signature; *p; p++) {
        if (isspace((unsigned char)*p)) *p = '-';
    }
    finding_report(signature, info->si_addr, "signal %d, address %p", number, info->si_addr);
}

static void catch_crashes(void) {
    struct sigaction action = {.sa_sigaction = handle_crash, .sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER};
    int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    for (int i = 0; i < COUNT_OF(numbers); i++) sigaction(numbers[i], &action, NULL);
}

void finding_init(void) {
    if (__asan_set_error_report_callback)
        __asan_set_error_report_callback(on_asan_report);
    else
        catch_crashes();
}

/* Defaults; the environment variables ASAN_OPTIONS and UBSAN_OPTIONS still override them. The
 * quarantine keeps what libc's users freed, not the server's blocks, unless those are on ASan's own
 * heap; its default of 256 MiB would fill up over many inputs. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void) {
    return "exitcode=1:detect_leaks=1:leak_check_at_exit=0:detect_stack_use_after_return=0:malloc_context_size=12:"
           "allocator_may_return_null=1:"
           "handle_abort=0:allow_user_segv_handler=1:quarantine_size_mb=64";
}

const char *__ubsan_default_options(void) {
    return "print_stacktrace=1:halt_on_error=1:exitcode=1";
}
