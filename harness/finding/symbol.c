/* SPDX-License-Identifier: BSD-3-Clause */
/* symbol.c -- where the functions and variables of this program are; see symbol.h.
 *
 * Reads the section .symtab of /proc/self/exe (elf(5)). What shared libraries define is not
 * known. */
#include "harness/finding/symbol.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/array.h"

static Symbol *symbols; /* sorted by address */
static size_t count;

/* The program's file, mapped for the life of the process as names lie in it. */
typedef struct {
    const unsigned char *bytes;
    size_t size;
} File;

static bool map_program(File *file) {
    struct stat st;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    void *map = MAP_FAILED;
    if (fstat(fd, &st) == 0) map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (map == MAP_FAILED) return false;
    *file = (File){map, (size_t)st.st_size};
    return true;
}

/* `len` bytes at an offset of the file; NULL when it ends before. */
static const void *bytes_at(const File *file, size_t offset, size_t len) {
    return offset <= file->size && len <= file->size - offset ? file->bytes + offset : NULL;
}

/* The main program comes first (dl_iterate_phdr(3)). */
static int take_base(struct dl_phdr_info *info, size_t size, void *arg) {
    (void)size;
    *(uintptr_t *)arg = info->dlpi_addr;
    return 1;
}

static void add_symbols(const Elf64_Sym *table, size_t entries, const char *names, size_t names_size) {
    uintptr_t base = 0;
    dl_iterate_phdr(take_base, &base);
    for (size_t i = 0; i < entries; i++) {
        const Elf64_Sym *s = &table[i];
        bool is_function = ELF64_ST_TYPE(s->st_info) == STT_FUNC;
        if (!is_function && ELF64_ST_TYPE(s->st_info) != STT_OBJECT) continue;
        if (s->st_size == 0 || s->st_name >= names_size) continue;
        symbols = array_reserve(symbols, count, count + 1, sizeof(*symbols));
        symbols[count++] =
            (Symbol){base + s->st_value, base + s->st_value + s->st_size, names + s->st_name, is_function};
    }
}

static void read_table(const File *file, const Elf64_Shdr *sections, size_t nsections, const Elf64_Shdr *table) {
    if (table->sh_type != SHT_SYMTAB || table->sh_link >= nsections) return;
    const Elf64_Shdr *strings = &sections[table->sh_link];
    const Elf64_Sym *entries = bytes_at(file, table->sh_offset, table->sh_size);
    const char *names = bytes_at(file, strings->sh_offset, strings->sh_size);
    if (!entries || !names || strings->sh_size == 0 || names[strings->sh_size - 1]) return;
    add_symbols(entries, table->sh_size / sizeof(*entries), names, strings->sh_size);
}

static int by_address(const void *a, const void *b) {
    const Symbol *x = a, *y = b;
    if (x->low != y->low) return x->low < y->low ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void read_program(void) {
    File file;
    if (!map_program(&file)) return;
    const Elf64_Ehdr *elf = bytes_at(&file, 0, sizeof(*elf));
    if (!elf || memcmp(elf->e_ident, ELFMAG, SELFMAG) != 0 || elf->e_ident[EI_CLASS] != ELFCLASS64) return;
    const Elf64_Shdr *sections = bytes_at(&file, elf->e_shoff, elf->e_shnum * sizeof(*sections));
    for (size_t i = 0; sections && i < elf->e_shnum; i++) read_table(&file, sections, elf->e_shnum, &sections[i]);
    if (count) qsort(symbols, count, sizeof(*symbols), by_address);
}

bool symbol_load(void) {
    static bool tried; /* a program without symbols gets none by another look */
    if (!tried) read_program();
    tried = true;
    return count > 0;
}

const Symbol *symbol_at(uintptr_t address) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (symbols[middle].low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low && address < symbols[low - 1].high ? &symbols[low - 1] : NULL;
}

const Symbol *symbol_named(FunctionName name) {
    for (size_t i = 0; i < count; i++) {
        if (symbols[i].is_function && strcmp(symbols[i].name, name.text) == 0) return &symbols[i];
    }
    return NULL;
}

bool symbol_has(FunctionPart part) {
    for (size_t i = 0; i < count; i++) {
        if (symbols[i].is_function && strstr(symbols[i].name, part.text)) return true;
    }
    return false;
}
