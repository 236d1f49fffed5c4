/* SPDX-License-Identifier: BSD-3-Clause */
/* loader.c -- what the server loads as a shared object: the sample module, which is in this program
 * (harness/module), so that its variables are part of the world. No header: only the server calls
 * these.
 *
 * Limits: nothing else can be loaded. The server's own engine is looked up in the program itself
 * (9.1, module.c, moduleLoadStaticSymbol). */
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "harness/module/sample.h"

static char sample; /* its address is the module's handle */

void *loader_dlopen(const char *path, int flags);
void *loader_dlsym(void *handle, const char *name);
int loader_dlclose(void *handle);
char *loader_dlerror(void);

void *loader_dlopen(const char *path, int flags) {
    if (!path) return dlopen(NULL, flags);
    return strcmp(path, SAMPLE_NAME) == 0 ? &sample : NULL;
}

void *loader_dlsym(void *handle, const char *name) {
    if (handle != &sample) return dlsym(handle, name);
    if (strcmp(name, "ValkeyModule_OnLoad") == 0) return (void *)ValkeyModule_OnLoad;
    if (strcmp(name, "ValkeyModule_OnUnload") == 0) return (void *)ValkeyModule_OnUnload;
    return NULL;
}

int loader_dlclose(void *handle) {
    return handle == &sample ? 0 : dlclose(handle);
}

char *loader_dlerror(void) {
    static char text[] = "only the sample module can be loaded";
    return text;
}
