/* SPDX-License-Identifier: BSD-3-Clause */
/* value_module.c -- the digest of a value of a module's type.
 *
 * It is what the type's own callback says. For the types of the sample module (harness/module) this
 * walk reads the value itself, too, and makes the same digest of what it reads; when the two
 * differ, one of them has read something else: a fault.
 *
 * The digest's form is that of Valkey's interface for modules (module.c, VM_DigestAddStringBuffer,
 * VM_DigestEndSequence): the elements of a sequence in their order, sequences in any.
 *
 * Limits: a type of another module without a digest callback has the digest of nothing. */
#include "harness/structures/value_parts.h"

#if CHECKED_value_module

#include "harness/module/sample.h"

#define DIGEST_BYTES 20 /* of a SHA-1 */

typedef struct {
    unsigned char all[DIGEST_BYTES], sequence[DIGEST_BYTES];
} Digest;

static void add(Digest *digest, const void *bytes, size_t len) {
    mixDigest(digest->sequence, (void *)bytes, len);
}

static void add_string(Digest *digest, const struct ValkeyModuleString *string) {
    char digits[LONG_STR_SIZE];
    size_t len;
    const char *bytes = value_text((const robj *)string, digits, &len);
    add(digest, bytes, len);
}

static void end_sequence(Digest *digest) {
    xorDigest(digest->all, digest->sequence, DIGEST_BYTES);
    memset(digest->sequence, 0, DIGEST_BYTES);
}

static void read_node(Digest *digest, const SampleNode *node) {
    if (!node) return;
    read_node(digest, node->right);
    add_string(digest, node->member);
    add_string(digest, node->value);
    end_sequence(digest);
    read_node(digest, node->left);
}

static void read_tree(Digest *digest, const void *value) {
    read_node(digest, ((const SampleTree *)value)->root);
}

static void read_table(Digest *digest, const void *value) {
    const SampleTable *table = value;
    for (int i = SAMPLE_CHAINS - 1; i >= 0; i--) {
        for (const SampleEntry *entry = table->chains[i]; entry; entry = entry->next) {
            add(digest, entry->field, entry->len);
            add_string(digest, entry->value);
            end_sequence(digest);
        }
    }
}

static void read_pages(Digest *digest, const void *value) {
    for (const SamplePage *page = ((const SamplePages *)value)->first; page; page = page->next) {
        for (unsigned i = 0; i < page->count; i++) add_string(digest, page->items[i]);
    }
    end_sequence(digest);
}

static void read_counter(Digest *digest, const void *value) {
    char digits[LONG_STR_SIZE];
    add(digest, digits, (size_t)ll2string(digits, sizeof(digits), sample_counted(value)));
    end_sequence(digest);
}

static const struct {
    const char *type;
    void (*read)(Digest *digest, const void *value);
} own[] = {{SAMPLE_TREE_TYPE, read_tree},
           {SAMPLE_TABLE_TYPE, read_table},
           {SAMPLE_PAGES_TYPE, read_pages},
           {SAMPLE_COUNTER_TYPE, read_counter}};

/* What the type's own callback says. */
static void ask_type(const ValueWalk *walk, robj *o, ValkeyModuleDigest *answer) {
    const moduleValue *value = objectGetVal(o);
    robj name;
    initStaticStringObject(name, objectGetKey(o));
    moduleInitDigestContext(answer);
    answer->key = &name;
    answer->dbid = walk->database;
    if (value->type->digest) value->type->digest(answer, value->value);
}

uint64_t value_module(ValueWalk *walk, robj *o) {
    const moduleValue *value = objectGetVal(o);
    ValkeyModuleDigest answer;
    ask_type(walk, o, &answer);
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (strcmp(value->type->name, own[i].type) != 0) continue;
        Digest digest = {0};
        own[i].read(&digest, value->value);
        if (memcmp(digest.all, answer.x, DIGEST_BYTES) != 0)
            value_fault(walk, "shape:module:digest", "the digest of its type is not that of what it holds");
    }
    return value_block(answer.x, DIGEST_BYTES, 0);
}

/* In a real server the module is a shared object that keeps its functions to itself. */
extern __attribute__((weak)) const SampleNotes *sample_notes(void);

void value_notes(ValueWalk *walk) {
    const SampleNotes *notes = sample_notes ? sample_notes() : NULL;
    for (size_t i = 0; notes && i < notes->count; i++) {
        char digits[LONG_STR_SIZE];
        size_t len;
        const char *name = value_text((const robj *)notes->notes[i]->name, digits, &len);
        Thing note = {THING_NOTE, 0, NULL, name, len, 0};
        value_add(walk, &note, value_string((const robj *)notes->notes[i]->text, 0));
    }
}

#endif
