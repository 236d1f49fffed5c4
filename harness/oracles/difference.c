/* SPDX-License-Identifier: BSD-3-Clause */
/* difference.c -- how replies may differ in another run; see difference.h.
 *
 * Limits: a script may do anything with what it reads. So where a row lets a reply or an order
 * differ, it lets everything differ from there on when a script has run in that step. The order in
 * a reply of a script is never compared: sets that it returns are tables of Lua, in an order of
 * addresses. */
#include "harness/oracles/difference.h"

#include <string.h>
#include <strings.h>

#include "harness/base/array.h"
#include "harness/base/valkey_name.h"
#include "harness/server/executed.h"
#include "harness/stream/stream.h"

#define EACH (DIFFERS_LIMITS | DIFFERS_PROTOCOL | DIFFERS_SAVED | DIFFERS_SERIES | DIFFERS_TRANSACTION)
#define ENCODING (DIFFERS_LIMITS | DIFFERS_SAVED | DIFFERS_SERIES | DIFFERS_TRANSACTION)

#define LACKED "a command or an option that one of them may lack"
#define LEX "the order of members is defined for equal scores only"

typedef struct {
    CommandNames commands;
    unsigned in;      /* DiffersIn */
    const char *with; /* only with an argument that contains this, or with "=" before it is this, in
                         any case; NULL: always */
    DifferenceKind how;
    const char *reason;
} DifferenceRow;

static const DifferenceRow rows[] = {
    {"info memory|doctor memory|malloc-stats memory|stats memory|usage debug", EACH, NULL, DIFFERENCE_REPLY,
     "memory, encodings, and the harness's own commands"},
    {"latency|doctor latency|graph latency|histogram latency|history latency|latest", EACH, NULL, DIFFERENCE_REPLY,
     "how long something took"},
    {"client|list client|info acl|log", EACH, NULL, DIFFERENCE_REPLY, "sizes of buffers, protocols, ages"},
    {"slowlog|get slowlog|len commandlog|get commandlog|len", EACH, NULL, DIFFERENCE_REPLY,
     "how long replies are, and the harness's own commands"},
    {"cluster|slot-stats", EACH, NULL, DIFFERENCE_REPLY, "bytes sent"},
    {"config|set", EACH, "maxmemory", DIFFERENCE_ALL, "what is evicted depends on memory"},

    {"publish spublish", DIFFERS_SERIES, NULL, DIFFERENCE_ORDER, "the order of patterns in a hash table"},
    {"restore restore-asking function|restore", DIFFERS_SERIES, NULL, DIFFERENCE_ALL, "which payloads are refused"},
    {"client|unblock client|kill", DIFFERS_SERIES | DIFFERS_SAVED, NULL, DIFFERENCE_ALL, "numbers of clients"},
    {"hello client|id client|trackinginfo client|getredir client|tracking", DIFFERS_SAVED, NULL, DIFFERENCE_REPLY,
     "the number of a client: the harness may have connected again"},
    {"hello", DIFFERS_SERIES, NULL, DIFFERENCE_REPLY, "the version, and the number of the client"},
    {"client|id client|trackinginfo client|getredir client|tracking client|help lolwut "
     "function|stats",
     DIFFERS_SERIES, NULL, DIFFERENCE_REPLY, "numbers of clients, versions"},
    {"command command|count command|docs command|info command|list command|getkeysandflags command|help acl|cat "
     "acl|getuser acl|list acl|help config|get config|help cluster|help cluster|shards cluster|nodes cluster|slots "
     "cluster|info cluster|slaves cluster|replicas cluster|links function|help latency|help memory|help object|help "
     "pubsub|help script|help xgroup|help xinfo|help commandlog|help slowlog|help module|list module|help acl|dryrun",
     DIFFERS_SERIES, NULL, DIFFERENCE_REPLY, "which commands, settings and options there are"},
    {"unsubscribe punsubscribe sunsubscribe pubsub|channels pubsub|shardchannels function|list", DIFFERS_SERIES, NULL,
     DIFFERENCE_ORDER, "the order of a hash table"},
    {"object|freq object|idletime lastsave xinfo|consumers function|dump", DIFFERS_SERIES, NULL, DIFFERENCE_REPLY,
     "when the server was started; the version in a payload"},

    {"hello ping", DIFFERS_PROTOCOL, NULL, DIFFERENCE_REPLY, "it tells the protocol, or has a form for each"},

    {"hgetall hkeys hvals smembers sinter sunion sdiff keys", ENCODING, NULL, DIFFERENCE_ORDER,
     "the order of a hash table, which depends on its past, and of a listpack"},
    {"sort", ENCODING, "store", DIFFERENCE_ALL, "the order of a set's members, stored"},
    {"sort sort_ro", ENCODING, "limit", DIFFERENCE_REPLY, "which of a set's members come first"},
    {"sort sort_ro", ENCODING, NULL, DIFFERENCE_ORDER, "the order of a set's members"},
    {"scan sscan hscan zscan clusterscan cluster|getkeysinslot", ENCODING, NULL, DIFFERENCE_REPLY,
     "the order of a hash table"},
    {"srandmember hrandfield zrandmember randomkey lolwut", ENCODING, NULL, DIFFERENCE_REPLY,
     "which entry a random number picks, and which picture it draws"},
    {"zrangebylex zrevrangebylex zlexcount sample.zsetwalk", ENCODING, NULL, DIFFERENCE_REPLY, LEX},
    {"zrange", ENCODING, "bylex", DIFFERENCE_REPLY, LEX},
    {"zrangestore", ENCODING, "bylex", DIFFERENCE_ALL, LEX},
    {"zremrangebylex", ENCODING, NULL, DIFFERENCE_ALL, LEX},
    {"spop", ENCODING, NULL, DIFFERENCE_ALL, "which member a random number picks"},
    {"object|encoding object|refcount dump xinfo|stream", ENCODING, NULL, DIFFERENCE_REPLY, "encodings"},
    {"config|get", DIFFERS_LIMITS, NULL, DIFFERENCE_REPLY, "the limits"},
    {"pfadd pfmerge pfdebug pfcount", DIFFERS_LIMITS, NULL, DIFFERENCE_ALL,
     "a HyperLogLog is sparse or dense, and any command on strings shows its bytes"},
    {"xadd xtrim", DIFFERS_LIMITS, "~", DIFFERENCE_ALL, "how many entries are trimmed, in whole nodes"},

    {"object|freq object|idletime lastsave", DIFFERS_SAVED, NULL, DIFFERENCE_REPLY,
     "when a key was last used, and when the data set was saved"},
    {"dbsize hlen cluster|countkeysinslot", DIFFERS_SAVED, NULL, DIFFERENCE_REPLY,
     "what has expired is not loaded, but counted until it is deleted"},
    {"function|list", DIFFERS_SAVED, NULL, DIFFERENCE_ORDER, "the order of a hash table"},
    {"acl|setuser acl|deluser client|kill", DIFFERS_TRANSACTION, NULL, DIFFERENCE_ALL,
     "clients go when the transaction is over"},
    {"monitor client|pause", DIFFERS_TRANSACTION, NULL, DIFFERENCE_ALL, "MULTI and EXEC are commands too"},
    {"function|dump", DIFFERS_SAVED, NULL, DIFFERENCE_REPLY, "the order of a hash table"},
    {"sample.scan sample.scanadd sample.scandelete sample.unlink", DIFFERS_SAVED, NULL, DIFFERENCE_ALL,
     "what has expired is not loaded, but counted until it is deleted"},
    {"sample.hashrefers", DIFFERS_SAVED, NULL, DIFFERENCE_REPLY, "what is loaded is the server's own"},
    {"sample.later sample.never", DIFFERS_SAVED, NULL, DIFFERENCE_ALL,
     "saving and loading is a turn more, and timers run in turns"},
    {"sample.watch", DIFFERS_SAVED | DIFFERS_TRANSACTION, NULL, DIFFERENCE_ALL,
     "loading is an event of each key, and events are noted after a transaction"},
    {"sample.hold sample.scan sample.scankey sample.scanadd sample.scandelete sample.stringedit sample.listedit "
     "sample.listremove sample.zsetedit sample.zsetremove sample.hashedit sample.streamedit sample.ttl sample.unlink "
     "sample.rest",
     DIFFERS_TRANSACTION, NULL, DIFFERENCE_ALL, "it takes time, which stands still in a transaction"},
    {"sample.wait sample.pageswait", DIFFERS_TRANSACTION, NULL, DIFFERENCE_ALL, "nobody waits in a transaction"},
    {"config|set", DIFFERS_SAVED, "import-mode", DIFFERENCE_ALL, "then expired keys are shown, but not loaded"},
    {"config|set", DIFFERS_SAVED | DIFFERS_TRANSACTION, "notify-keyspace-events", DIFFERENCE_ALL,
     "who deletes a key that has expired, and when"},
};

/* By a leaf, with its number of the client taken off. */
static const struct {
    const char *text;
    unsigned in;
    Difference may;
} leaf_rows[] = {
    {"-ERR unknown command", DIFFERS_SERIES, {DIFFERENCE_ALL, LACKED}},
    {"-ERR unknown subcommand", DIFFERS_SERIES, {DIFFERENCE_ALL, LACKED}},
    {"-ERR Unknown command called from script", DIFFERS_SERIES, {DIFFERENCE_ALL, LACKED}},
    {"-ERR syntax error", DIFFERS_SERIES, {DIFFERENCE_ALL, LACKED}},
    {"< -", DIFFERS_SERIES, {DIFFERENCE_REPLY, "the words of an error"}},
    {"/ QUIT / RESET are allowed in this context",
     DIFFERS_PROTOCOL,
     {DIFFERENCE_ALL, "a subscriber with RESP2 may run few commands (server.c, processCommand)"}},
};

/* A step that is a verb may run commands that were sent before it: with any words. */
static bool has_word(const Step *step, const char *word) {
    static Argv argv;
    if (step->kind == STEP_VERB) return true;
    step_expand(step, &argv);
    for (int i = 0; i < argv.count; i++) {
        const char *argument = argv.items[i].data;
        if (*word == '=' ? strcasecmp(argument, word + 1) == 0 : strcasestr(argument, word) != NULL) return true;
    }
    return false;
}

Difference difference_larger(Difference a, Difference b) {
    return b.kind > a.kind ? b : a;
}

/* What one step may do. */
typedef struct {
    DiffersIn run;
    const Step *step;
    Difference most;
    bool script;
} Question;

static void visit(CommandName name, void *context) {
    static const CommandNames scripts = "eval eval_ro evalsha evalsha_ro fcall fcall_ro";
    Question *question = context;
    if (valkey_names_have(scripts, name)) question->script = true;
    for (int i = 0; i < COUNT_OF(rows); i++) {
        const DifferenceRow *row = &rows[i];
        if (!(row->in & question->run) || !valkey_names_have(row->commands, name)) continue;
        if (!row->with || has_word(question->step, row->with))
            question->most = difference_larger(question->most, (Difference){row->how, row->reason});
    }
}

/* What is counted in bytes of replies, or in turns of a busy server. */
static bool counts(const Step *step) {
    return step->kind == STEP_VERB && (step->verb == VERB_WINDOW || step->verb == VERB_MEANWHILE);
}

Difference difference_by_commands(DiffersIn run, const Step *step) {
    static const Difference addresses = {DIFFERENCE_ORDER, "sets in a script's reply are tables of Lua"};
    static const Difference counted = {DIFFERENCE_ALL, "bytes of replies and turns of a busy server are not the same"};
    static const Difference lost = {DIFFERENCE_ALL, "a client that closes does not get to read a refusal"};
    if (counts(step)) return counted;
    if (run == DIFFERS_PROTOCOL && step->kind == STEP_VERB && step->verb == VERB_UNCORK) return lost;
    Question question = {.run = run, .step = step};
    executed_each(visit, &question);
    if (question.script && question.most.kind) question.most.kind = DIFFERENCE_ALL;
    return question.script ? difference_larger(question.most, addresses) : question.most;
}

Difference difference_by_leaves(DiffersIn run, Text leaves) {
    Difference most = {DIFFERENCE_NONE, NULL};
    for (int i = 0; i < COUNT_OF(leaf_rows); i++) {
        if (leaf_rows[i].in & run && leaves.len && strstr(leaves.data, leaf_rows[i].text))
            most = difference_larger(most, leaf_rows[i].may);
    }
    return most;
}
