/* SPDX-License-Identifier: BSD-3-Clause */
/* seams.c -- replacements for functions of libc and of the server that belong in no other file.
 * seams.txt lists all replacements.
 *
 * Functions that the table sends to seam_zero, seam_refuse and seam_refuse_null need no code of
 * their own. These three take no arguments and return a value that is right for all of the replaced
 * functions. That relies on the calling conventions of x86-64 and AArch64, where extra arguments
 * are ignored and the caller cleans up.
 *
 * Files: a relative path is in a scratch folder, which is created with the first file and removed
 * at the end. An absolute path does not exist and cannot be created, except /dev/null. */
#include "harness/world/seams.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "harness/finding/finding.h"
#include "harness/valkey/compat.h"
#include "harness/world/clock.h"
#include "harness/world/heap.h"
#include "harness/world/jobs.h"
#include "harness/world/world.h"

enum { FAKE_FD = 60, FAKE_FDS = 8 }; /* small, because the event loop has a table of descriptors */

long seam_zero(void);
long seam_refuse(void);
void *seam_refuse_null(void);

long seam_zero(void) {
    return 0;
}

long seam_refuse(void) {
    errno = EPERM;
    return -1;
}

void *seam_refuse_null(void) {
    errno = EPERM;
    return NULL;
}

/* --- constants */

static char *no_environment[] = {NULL};
extern char **seam_environ, *seam_program;

/* What spt_init replaces by copies. */
char **seam_environ WORLD = no_environment;
char *seam_program WORLD = (char *)"valkey-server";

pid_t seam_getpid(void);
int seam_getrusage(int who, struct rusage *usage);
int seam_uname(struct utsname *name);
long seam_sysconf(int name);
int seam_getrlimit(int resource, struct rlimit *limit);
unsigned long seam_pthread_self(void);
char *seam_setlocale(int category, const char *locale);
struct tm *seam_localtime_r(const time_t *t, struct tm *tm);

pid_t seam_getpid(void) {
    return 4242;
}

int seam_getrusage(int who, struct rusage *usage) {
    (void)who;
    memset(usage, 0, sizeof(*usage));
    return 0;
}

int seam_uname(struct utsname *name) {
    memset(name, 0, sizeof(*name));
    strcpy(name->sysname, "Linux");
    strcpy(name->release, "0");
    strcpy(name->machine, "virtual");
    return 0;
}

long seam_sysconf(int name) {
    if (name == _SC_PAGESIZE) return 4096;
    if (name == _SC_PHYS_PAGES) return 1 << 20;
    return 1;
}

int seam_getrlimit(int resource, struct rlimit *limit) {
    (void)resource;
    limit->rlim_cur = limit->rlim_max = 1 << 20;
    return 0;
}

unsigned long seam_pthread_self(void) {
    return 1;
}

char *seam_setlocale(int category, const char *locale) {
    (void)category;
    static char c_locale[] = "C";
    bool known = !locale || !*locale || strcmp(locale, "C") == 0;
    return known ? c_locale : NULL;
}

struct tm *seam_localtime_r(const time_t *t, struct tm *tm) {
    return gmtime_r(t, tm);
}

int seam_usleep(useconds_t us);

/* Lets time pass and a job run. Otherwise a server that waits in a loop (evict.c, performEvictions;
 * bio.c, bioDrainWorker) would wait forever. */
int seam_usleep(useconds_t us) {
    clock_advance(us);
    jobs_run_one();
    return 0;
}

int seam_pthread_create(void *thread, const void *attributes, void *(*start)(void *), void *argument);

/* One thread. A server that keeps its own background jobs, because the harness does not know them,
 * believes that it has others: the jobs wait forever. */
int seam_pthread_create(void *thread, const void *attributes, void *(*start)(void *), void *argument) {
    (void)thread, (void)attributes, (void)start, (void)argument;
    return jobs_stay_with_server() ? 0 : (int)seam_refuse();
}

/* --- ends */

_Noreturn void seam_abort(void);
_Noreturn void seam_exit(int status);
_Noreturn void seam_assert_fail(const char *expression, const char *file, unsigned line, const char *function);

/* What cut-seams calls instead of a function that seams.txt does not classify, or classifies as a
 * trap. */
_Noreturn void seam_trap(const char *name);

void seam_trap(const char *name) {
    char signature[128];
    snprintf(signature, sizeof(signature), "import:%s", name);
    finding_report(signature, NULL,
                   "the server calls %s, which has no row in harness/world/seams.txt: add one that says what it gets",
                   name);
}

void seam_abort(void) {
    finding_server("abort", "the server aborted", "abort", 0);
}

void seam_exit(int status) {
    char frame[128];
    finding_frame(frame, sizeof(frame));
    finding_harness("the server calls exit with status %d, in %s", status, frame);
}

void seam_assert_fail(const char *expression, const char *file, unsigned line, const char *function) {
    (void)function;
    finding_server("assert", expression, file, (int)line);
}

void __wrap__serverAssert(const char *expression, const char *file, int line);
void __wrap__serverAssertWithInfo(const client *c, const robj *o, const char *expression, const char *file, int line);
void __wrap__serverPanic(const char *file, int line, const char *format, ...);

void __wrap__serverAssert(const char *expression, const char *file, int line) {
    finding_server("assert", expression, file, line);
}

void __wrap__serverAssertWithInfo(const client *c, const robj *o, const char *expression, const char *file, int line) {
    (void)c, (void)o;
    finding_server("assert", expression, file, line);
}

void __wrap__serverPanic(const char *file, int line, const char *format, ...) {
    char text[512];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    finding_server("panic", text, file, line);
}

/* --- locks: with one thread, all that can go wrong is to lock twice, or to unlock twice */

int seam_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int seam_mutex_lock(pthread_mutex_t *mutex);
int seam_mutex_trylock(pthread_mutex_t *mutex);
int seam_mutex_unlock(pthread_mutex_t *mutex);

/* Is it locked? In its first bytes, which are 0 in an initialized one, however it was. */
static int *locked(pthread_mutex_t *mutex) {
    return (int *)mutex;
}

int seam_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) {
    (void)attributes;
    memset(mutex, 0, sizeof(*mutex));
    return 0;
}

int seam_mutex_lock(pthread_mutex_t *mutex) {
    if (*locked(mutex)) finding_server("abort", "a lock that the thread already holds", "pthread_mutex_lock", 0);
    *locked(mutex) = 1;
    return 0;
}

int seam_mutex_trylock(pthread_mutex_t *mutex) {
    if (*locked(mutex)) return EBUSY;
    *locked(mutex) = 1;
    return 0;
}

int seam_mutex_unlock(pthread_mutex_t *mutex) {
    if (!*locked(mutex)) finding_server("abort", "a lock that is not held", "pthread_mutex_unlock", 0);
    *locked(mutex) = 0;
    return 0;
}

/* --- descriptors that are only numbers */

int seam_pipe(int fds[2]);
int seam_epoll_create(int size);
int seam_socket(int domain, int type, int protocol);
int seam_close(int fd);
ssize_t seam_write(int fd, const void *data, size_t len);
ssize_t seam_read(int fd, void *data, size_t len);

static bool is_fake(int fd) {
    return fd >= FAKE_FD && fd < FAKE_FD + FAKE_FDS;
}

int seam_pipe(int fds[2]) {
    fds[0] = FAKE_FD;
    fds[1] = FAKE_FD + 1;
    return 0;
}

int seam_epoll_create(int size) {
    (void)size;
    return FAKE_FD + 2;
}

/* Where the unix socket's type cannot be replaced, the server listens at a socket of its own. It
 * gets no others, such as those of the cluster's bus. */
int seam_socket(int domain, int type, int protocol) {
    (void)type, (void)protocol;
    return domain == AF_UNIX ? FAKE_FD + 3 : (int)seam_refuse();
}

int seam_close(int fd) {
    return fd < 0 || is_fake(fd) ? 0 : close(fd);
}

ssize_t seam_write(int fd, const void *data, size_t len) {
    return is_fake(fd) ? (ssize_t)len : write(fd, data, len);
}

ssize_t seam_read(int fd, void *data, size_t len) {
    if (!is_fake(fd)) return read(fd, data, len);
    errno = EAGAIN;
    return -1;
}

/* --- files */

static char scratch[256]; /* empty until the first file is created */
static pid_t scratch_owner;
static bool scratch_used; /* it may contain files */

static void make_scratch(void) {
    if (scratch_owner == getpid()) return;
    const char *tmp = getenv("TMPDIR");
    if (!tmp || strlen(tmp) > 200) tmp = "/tmp";
    snprintf(scratch, sizeof(scratch), "%s/defrag-fuzz-XXXXXX", tmp);
    if (!mkdtemp(scratch)) finding_harness("cannot make a scratch folder in %s", tmp);
    scratch_owner = getpid();
    atexit(seams_cleanup);
}

/* Scratch files that the server has open. One that it left in the middle of its work, because the
 * stream was abandoned there, is closed before the next stream. */
enum { OPENED = 8 };
static FILE *opened[OPENED];

static void close_left_open(void) {
    for (int i = 0; i < OPENED; i++) {
        if (opened[i]) fclose(opened[i]);
        opened[i] = NULL;
    }
}

/* The place of `file` in the list, NULL for a free one. OPENED: there is none. */
static int place_of(const FILE *file) {
    int i = 0;
    while (i < OPENED && opened[i] != file) i++;
    return i;
}

/* Removes what is in a folder of `parent`. */
static void remove_in(int parent, const char *name) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || unlinkat(fd, e->d_name, 0) == 0) continue;
        remove_in(fd, e->d_name);
        unlinkat(fd, e->d_name, AT_REMOVEDIR);
    }
    if (dir) closedir(dir);
}

void seams_forget_files(void) {
    close_left_open();
    if (!scratch_used || scratch_owner != getpid()) return;
    scratch_used = false;
    remove_in(AT_FDCWD, scratch);
}

void seams_cleanup(void) {
    if (scratch_owner != getpid()) return;
    scratch_used = true;
    seams_forget_files();
    scratch_owner = 0;
    rmdir(scratch);
}

/* Maps a path of the server to the real one, in `real` (PATH_MAX bytes). Returns false when it may
 * not be touched. "./x" is "x". */
static bool seam_path(const char *path, char *real) {
    if (strcmp(path, "/dev/null") == 0) {
        strcpy(real, path);
        return true;
    }
    while (strncmp(path, "./", 2) == 0) path += 2;
    if (path[0] == '/' || strstr(path, "..") || strlen(path) > 200) {
        errno = EACCES;
        return false;
    }
    make_scratch();
    scratch_used = true;
    snprintf(real, PATH_MAX, "%s/%s", scratch, path);
    return true;
}

int seam_open(const char *path, int flags, ...);
size_t seam_fwrite(const void *data, size_t size, size_t count, FILE *file);
FILE *seam_fopen(const char *path, const char *mode);
int seam_fclose(FILE *file);
int seam_rename(const char *from, const char *to);
int seam_unlink(const char *path);
int seam_stat(const char *path, struct stat *st);
int seam_access(const char *path, int mode);
int seam_mkdir(const char *path, mode_t mode);
DIR *seam_opendir(const char *path);
char *seam_getcwd(char *buffer, size_t size);
char *seam_current_dir(void);

int seam_open(const char *path, int flags, ...) {
    char real[PATH_MAX];
    return seam_path(path, real) ? open(real, flags | O_CLOEXEC, 0600) : -1;
}

size_t seam_fwrite(const void *data, size_t size, size_t count, FILE *file) {
    return file == stdout ? count : fwrite(data, size, count, file);
}

FILE *seam_fopen(const char *path, const char *mode) {
    char real[PATH_MAX];
    FILE *file = seam_path(path, real) ? fopen(real, mode) : NULL;
    int place = place_of(NULL);
    if (file && place < OPENED) opened[place] = file;
    return file;
}

int seam_fclose(FILE *file) {
    int place = place_of(file);
    if (place < OPENED) opened[place] = NULL;
    return fclose(file);
}

int seam_rename(const char *from, const char *to) {
    char real_from[PATH_MAX], real_to[PATH_MAX];
    return seam_path(from, real_from) && seam_path(to, real_to) ? rename(real_from, real_to) : -1;
}

int seam_unlink(const char *path) {
    char real[PATH_MAX];
    return seam_path(path, real) ? unlink(real) : -1;
}

int seam_stat(const char *path, struct stat *st) {
    char real[PATH_MAX];
    return seam_path(path, real) ? stat(real, st) : -1;
}

int seam_access(const char *path, int mode) {
    char real[PATH_MAX];
    return seam_path(path, real) ? access(real, mode) : -1;
}

int seam_mkdir(const char *path, mode_t mode) {
    char real[PATH_MAX];
    return seam_path(path, real) ? mkdir(real, mode) : -1;
}

DIR *seam_opendir(const char *path) {
    char real[PATH_MAX];
    return seam_path(path, real) ? opendir(real) : NULL;
}

char *seam_getcwd(char *buffer, size_t size) {
    if (size < 2) {
        errno = ERANGE;
        return NULL;
    }
    strcpy(buffer, "/");
    return buffer;
}

char *seam_current_dir(void) {
    return heap_strdup("/");
}

/* --- functions of the server */

/* Weak: a tree without one of these functions loses the seam and is built all the same. */
__attribute__((weak)) void __real_aeMain(void *loop);
__attribute__((weak)) int __real_listenToPort(connListener *listener);

void __wrap_aeMain(void *loop);
int seam_epoll_wait(int fd, void *events, int most, int timeout);
void __wrap_spt_init(int argc, char *argv[]);
void __wrap_setproctitle(const char *format, ...);
void __wrap_ThreadsManager_init(void);
int __wrap_checkXenClocksource(sds *error);
void __wrap_zmadvise_dontneed_range(void *from, size_t len);
size_t __wrap_zmalloc_get_rss(void);
size_t __wrap_zmalloc_get_memory_size(void);
int __wrap_serverFork(int purpose);
int __wrap_listenToPort(connListener *listener);

static jmp_buf *when_started; /* NULL when it has */

void seams_when_started(jmp_buf *place) {
    when_started = place;
}

static void leave_main(void) {
    jmp_buf *place = when_started;
    when_started = NULL;
    if (place) longjmp(*place, 1);
}

void __wrap_aeMain(void *loop) {
    (void)loop;
    leave_main();
}

/* Nothing is ever ready. A server without aeMain wakes up, and is left, when it first waits. */
int seam_epoll_wait(int fd, void *events, int most, int timeout) {
    (void)fd, (void)events, (void)most;
    if (!when_started || timeout == 0 || __real_aeMain) return 0;
    if (server.el->aftersleep) server.el->aftersleep(server.el, 0);
    leave_main();
    return 0;
}

bool seams_can_listen(void) {
    return __real_listenToPort != NULL;
}

void __wrap_spt_init(int argc, char *argv[]) {
    (void)argc, (void)argv;
}

void __wrap_setproctitle(const char *format, ...) {
    (void)format;
}

void __wrap_ThreadsManager_init(void) {
}

int __wrap_checkXenClocksource(sds *error) {
    (void)error;
    return 0;
}

/* Some trees do this only with jemalloc. */
void __wrap_zmadvise_dontneed_range(void *from, size_t len) {
    if (from && len) heap_madvise(from, len, MADV_DONTNEED);
}

size_t __wrap_zmalloc_get_rss(void) {
    return zmalloc_used_memory();
}

size_t __wrap_zmalloc_get_memory_size(void) {
    return (size_t)4 << 30;
}

int __wrap_serverFork(int purpose) {
    (void)purpose;
    return (int)seam_refuse();
}

int __wrap_listenToPort(connListener *listener) {
    (void)listener;
    return C_OK;
}
