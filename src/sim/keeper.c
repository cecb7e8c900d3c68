/* SPDX-License-Identifier: Apache-2.0 */
/* Keeper as `node` has it, with its files on the node's disk in memory: of which incarnation the
 * node is, the last head it signed, and the last head it saw of each other log, each in a quick
 * file and in one that is durable. A node's keys are its certificates and seeds, which are on no
 * disk. */

#include "sim/inner.h"

#include "sim/fake_suite.h"

#include <assert.h>
#include <string.h>

void keeper_vkey(const struct node *n, struct arena *a, struct ledger_vkey *out)
{
    out->name = str_printf(a, "comity." STR_FMT, STR_ARG(n->address));
    seal_ed25519_public(n->ledger_seed, out->key);
}

static err keep_sign(void *ctx, struct turn *t, struct str address, struct bytes content,
                     bool attached, int64_t at_ms, struct bytes *cms_out)
{
    (void)address;
    return suite_fake.sign(t, NULL, ((struct node *)ctx)->seal_der, content, attached, at_ms,
                           cms_out);
}

static err keep_open(void *ctx, struct turn *t, struct str address, struct bytes sealed,
                     struct bytes *plain_out)
{
    (void)address;
    return suite_fake.open(t, NULL, ((struct node *)ctx)->open_der, sealed, plain_out);
}

/* ---- files ----------------------------------------------------------------------------------- */

static err unwritten(struct turn *t, const char *name)
{
    return turn_fail(t, ERR_FULL, "head-unwritten", NULL, "Keeper cannot write %s.", name);
}

/* Written at once; durable some time. */
static err quick_put(struct node *n, struct turn *t, const char *name, struct str text)
{
    const char *fresh = str_c(t->arena, str_printf(t->arena, "%s.new", name));
    bool ok = disk_put(n->disk, fresh, str_bytes(text)) && disk_rename(n->disk, fresh, name);
    return ok ? ERR_OK : unwritten(t, name);
}

static err durable_put(struct node *n, struct turn *t, const char *name, struct str text)
{
    const char *fresh = str_c(t->arena, str_printf(t->arena, "%s.new", name));
    bool ok = disk_put(n->disk, fresh, str_bytes(text)) && disk_sync(n->disk, fresh) &&
              disk_rename(n->disk, fresh, name) && disk_names_sync(n->disk);
    return ok ? ERR_OK : unwritten(t, name);
}

/* ---- the heads it signs ---------------------------------------------------------------------- */

static void head_set(struct node *n, struct str note, const struct ledger_checkpoint *head)
{
    assert(note.n < sizeof n->note_room);
    memcpy(n->note_room, note.p, note.n);
    n->note = (struct str){n->note_room, note.n};
    n->head = *head;
    n->head.origin = (struct str){0};
}

static err keep_head(void *ctx, struct turn *t, const struct ledger_checkpoint *head,
                     const struct ledger_proof *proof, struct str *note_out)
{
    struct node *n = ctx;
    bool is_last = n->note.n && n->head.size == head->size && hash_eq(&n->head.root, &head->root);
    if (is_last) {
        *note_out = str_dup(t->arena, n->note);
        return ERR_OK;
    }
    struct ledger_vkey key;
    keeper_vkey(n, t->arena, &key);
    if (ledger_origin_incarnation(head->origin, key.name) != n->incarnation)
        return turn_fail(t, ERR_INTEGRITY, "head-origin", "C2SP tlog-checkpoint",
                         "Keeper signs heads of its own incarnation's log only.");
    if (n->note.n && !mutant_is(n->w, MUTANT_HEAD_UNCHECKED) &&
        !ledger_consistency_holds(proof, n->head.size, &n->head.root, head->size, &head->root))
        return turn_fail(t, ERR_INTEGRITY, "head-inconsistent", "RFC 6962 2.1.2",
                         "The head does not extend the last one.");
    struct str text = ledger_checkpoint_text(t->arena, head);
    uint8_t signature[64];
    seal_ed25519_sign(n->ledger_seed, str_bytes(text), signature);
    struct str note = ledger_note_write(t->arena, text, &key, signature);
    if (!mutant_is(n->w, MUTANT_HEAD_IN_MEMORY)) try(quick_put(n, t, "head", note));
    oracle_head(n, head, n->note.n ? n->head.size : 0, proof);
    head_set(n, note, head);
    n->head_synced = false;
    *note_out = note;
    return ERR_OK;
}

static uint64_t keep_last_size(void *ctx)
{
    const struct node *n = ctx;
    return n->note.n ? n->head.size : 0;
}
static struct str keep_last_note(void *ctx) { return ((struct node *)ctx)->note; }

/* ---- the heads it sees ----------------------------------------------------------------------- */

static const char *file_of(struct arena *a, const char *sort, struct str origin)
{
    enum { NAME_BYTES = 16 };
    struct hash h = seal_sha256_of(str_bytes(origin));
    return str_c(
        a, str_printf(a, "%s." STR_FMT, sort, STR_ARG(hex(a, (struct bytes){h.b, NAME_BYTES}))));
}

static err keep_seen(void *ctx, struct turn *t, struct str origin, struct str *note_out)
{
    static const char *const sorts[] = {"kept", "seen"};
    struct node *n = ctx;
    uint64_t size = 0;
    *note_out = (struct str){0};
    for (size_t k = 0; k < 2; k++) {
        struct bytes note;
        struct str text, lines;
        struct ledger_checkpoint head;
        struct turn aside = *t; /* what a power cut tore is passed over */
        if (!disk_get(n->disk, t->arena, file_of(t->arena, sorts[k], origin), &note) ||
            ledger_note_part(&aside, bytes_str(note), &text, &lines) != ERR_OK ||
            ledger_checkpoint_read(&aside, text, &head) != ERR_OK || head.size < size)
            continue;
        *note_out = bytes_str(note);
        size = head.size;
    }
    return ERR_OK;
}

static err keep_witness(void *ctx, struct turn *t, const struct ledger_vkey *log,
                        const struct ledger_add *x, bool cosign, struct str *line_out)
{
    struct node *n = ctx;
    struct ledger_vkey key;
    struct ledger_checkpoint head;
    struct str text, last, line = {0};
    keeper_vkey(n, t->arena, &key);
    try(ledger_note_open(t, x->note, log, seal_ed25519_holds, &text));
    try(ledger_checkpoint_read(t, text, &head));
    try(keep_seen(n, t, head.origin, &last));
    if (!mutant_is(n->w, MUTANT_FORK_BELIEVED))
        try(ledger_witness(t, log, last, x, seal_ed25519_holds, &head));
    if (cosign) {
        struct ledger_cosignature c = {.time_s = turn_now_ms(t) / 1000};
        struct str said = ledger_cosign_text(t->arena, c.time_s, text);
        seal_ed25519_sign(n->ledger_seed, str_bytes(said), c.signature);
        line = ledger_cosign_line(t->arena, &key, &c);
    }
    struct str kept = str_printf(t->arena, STR_FMT STR_FMT, STR_ARG(x->note), STR_ARG(line));
    const char *file = file_of(t->arena, cosign ? "kept" : "seen", head.origin);
    try(cosign ? durable_put(n, t, file, kept) : quick_put(n, t, file, kept));
    *line_out = line;
    twin_believed(n, &head);
    return ERR_OK;
}

static uint64_t keep_syncs(void *ctx)
{
    (void)ctx;
    return 0;
}
static err keep_wrap(void *ctx, struct turn *t, struct bytes key, struct bytes bound,
                     struct bytes *out)
{
    *out = seal_lock(t, ((struct node *)ctx)->storage, bound, key);
    return ERR_OK;
}
static err keep_unwrap(void *ctx, struct turn *t, struct bytes wrapped, struct bytes bound,
                       struct bytes *out)
{
    return seal_unlock(t, ((struct node *)ctx)->storage, bound, wrapped, out);
}

struct keeper keeper_hooks(struct node *n)
{
    return (struct keeper){keep_sign, keep_open,    keep_head,  keep_last_size, keep_last_note,
                           keep_seen, keep_witness, keep_syncs, keep_wrap,      keep_unwrap,
                           n};
}

/* ---- its lives ------------------------------------------------------------------------------- */

static int64_t life_read(const struct node *n, struct arena *a)
{
    struct bytes text;
    int64_t life;
    bool there = disk_get(n->disk, a, "incarnation", &text);
    return there && str_to_int(bytes_str(text), &life) ? life : 1;
}

/* Of two files the larger whole head is the last: the quick one, unless a power cut tore it. One of
 * an older incarnation is of another log. */
void keeper_load(struct node *n)
{
    static const char *const files[] = {"head", "head.kept"};
    auto_arena a = arena_new();
    n->note = n->before = (struct str){0};
    n->head = (struct ledger_checkpoint){0};
    n->incarnation = life_read(n, a);
    struct ledger_vkey key;
    keeper_vkey(n, a, &key);
    for (size_t k = 0; k < 2; k++) {
        struct turn t = node_turn(n, a);
        struct bytes note;
        struct str text;
        struct ledger_checkpoint head;
        if (!disk_get(n->disk, a, files[k], &note) ||
            ledger_note_open(&t, bytes_str(note), &key, seal_ed25519_holds, &text) != ERR_OK ||
            ledger_checkpoint_read(&t, text, &head) != ERR_OK)
            continue;
        if (ledger_origin_incarnation(head.origin, key.name) != n->incarnation) {
            memcpy(n->before_room, note.p, note.n);
            n->before = (struct str){n->before_room, note.n};
        } else if (!n->note.n || head.size > n->head.size) {
            head_set(n, bytes_str(note), &head);
        }
    }
    n->head_synced = false;
}

bool keeper_sync(struct node *n)
{
    auto_arena a = arena_new();
    struct turn t = node_turn(n, a);
    if (n->head_synced || !n->note.n || mutant_is(n->w, MUTANT_HEAD_IN_MEMORY)) return true;
    n->head_synced = durable_put(n, &t, "head.kept", n->note) == ERR_OK;
    return n->head_synced;
}

/* As comity restore does: the second of the restore, or one more than the keys know. */
bool keeper_raise(struct node *n)
{
    auto_arena a = arena_new();
    struct turn t = node_turn(n, a);
    int64_t before = life_read(n, a), life = turn_now_ms(&t) / 1000;
    if (life <= before) life = before + 1;
    return durable_put(n, &t, "incarnation", str_printf(a, "%lld", (long long)life)) == ERR_OK;
}
