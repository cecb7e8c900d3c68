/* SPDX-License-Identifier: Apache-2.0 */
/* The only holder of private keys, over files, in this process.
 *
 * Of which incarnation this node is stands beside the keys, written by comity restore: heads of
 * another log than that incarnation's are not signed, so nobody but a restore begins a new one.
 *
 * It signs for an authority, opens for it, and signs heads of the log: never one that does not
 * extend the last it signed, whatever the desk asks, because two heads that disagree are what other
 * States watch for. The last head is written on each signature without waiting for the disk, and
 * made durable in the background: after a power cut it may lag the store and never leads it, since
 * heads are asked for after the commit. */

#include "node/internal.h"

#include <string.h>

struct authority_keys {
    struct str address;
    struct node_pair seal, open;
};
struct node_keeper {
    const struct suite *suite;
    const char *folder, *head_path, *kept_path, *tls_key, *tls_cert;
    struct node_pair tls;
    struct authority_keys authorities[NODE_AUTHORITIES_MAX];
    size_t authorities_n;
    uint8_t ledger[NODE_SEED_SIZE], storage[SEAL_KEY_SIZE];
    struct ledger_vkey vkey;
    struct arena *note_arena; /* of the last head */
    struct arena *note_before;
    struct str before; /* the last head of an older incarnation; empty: none */
    int64_t life;      /* the incarnation whose log it signs */
    struct str origin; /* of that log */
    struct str note;   /* empty: none of this log yet */
    struct ledger_checkpoint head;
    bool synced;
    uint64_t syncs;
};

static err head_load(struct turn *t, struct node_keeper *k);

static void keeper_end(void *what)
{
    struct node_keeper *k = what;
    wipe(k->ledger, sizeof k->ledger);
    wipe(k->storage, sizeof k->storage);
    if (k->tls_key) wipe((void *)(uintptr_t)k->tls_key, strlen(k->tls_key));
    arena_free(k->note_arena);
    arena_free(k->note_before);
}

static err seed_read(struct turn *t, const char *path, uint8_t *out)
{
    struct bytes b;
    try(node_key_file_read(t, path, &b));
    if (b.n != NODE_SEED_SIZE)
        return turn_fail(t, ERR_INTEGRITY, "key-file", NULL, "%s does not hold %d bytes.", path,
                         NODE_SEED_SIZE);
    memcpy(out, b.p, b.n);
    wipe((void *)(uintptr_t)b.p, b.n);
    return ERR_OK;
}

static err text_read(struct turn *t, const char *path, const char **out)
{
    struct bytes b;
    try(node_key_file_read(t, path, &b));
    *out = str_c(t->arena, bytes_str(b));
    if (*out != (const char *)b.p) wipe((void *)(uintptr_t)b.p, b.n); /* it may be a key */
    return ERR_OK;
}

struct str node_log_origin(struct arena *a, const struct node_config *c)
{
    struct str name = str_printf(a, "comity." STR_FMT, STR_ARG(c->authorities[0]));
    char *p = (char *)(uintptr_t)name.p;
    for (size_t k = 0; k < name.n; k++)
        if (p[k] >= 'A' && p[k] <= 'Z') p[k] = (char)(p[k] - 'A' + 'a');
    return name;
}

err node_keeper_open(struct turn *t, const char *folder, const struct node_config *c,
                     const struct suite *suite, struct node_keeper **out)
{
    struct arena *a = t->arena;
    struct node_keeper *k = arena_take(a, sizeof *k);
    k->suite = suite;
    k->note_arena = arena_new();
    k->note_before = arena_new();
    arena_on_free(a, keeper_end, k);
    k->folder = str_c(a, str_of(folder));
    k->head_path = node_path(a, folder, "head");
    k->kept_path = node_path(a, folder, "head.kept");
    try(text_read(t, node_path(a, folder, "tls.key"), &k->tls_key));
    try(text_read(t, node_path(a, folder, "tls.pem"), &k->tls_cert));
    try(node_pair_read(t, node_path(a, folder, "tls"), &k->tls));
    try(seed_read(t, node_path(a, folder, "ledger.key"), k->ledger));
    try(seed_read(t, node_path(a, folder, "storage.key"), k->storage));
    for (size_t n = 0; n < c->authorities_n; n++) {
        struct authority_keys *x = &k->authorities[n];
        const char *keys = node_keys_of(a, folder, c->authorities[n]);
        x->address = c->authorities[n];
        try(node_pair_read(t, node_path(a, keys, "seal"), &x->seal));
        try(node_pair_read(t, node_path(a, keys, "open"), &x->open));
        k->authorities_n++;
    }
    k->vkey.name = node_log_origin(a, c);
    try(node_life_read(t, folder, &k->life));
    k->origin = ledger_origin(a, k->vkey.name, k->life);
    seal_ed25519_public(k->ledger, k->vkey.key);
    try(head_load(t, k));
    *out = k;
    return ERR_OK;
}

struct str node_keeper_before(const struct node_keeper *k) { return k->before; }
const char *node_keeper_tls_key(const struct node_keeper *k) { return k->tls_key; }
const char *node_keeper_tls_cert(const struct node_keeper *k) { return k->tls_cert; }
uint64_t node_keeper_syncs(const struct node_keeper *k) { return k->syncs; }

err node_life_read(struct turn *t, const char *folder, int64_t *out)
{
    enum { DIGITS_MAX = 32 };
    struct bytes b;
    *out = 1;
    err e = file_read(t, node_path(t->arena, folder, "incarnation"), DIGITS_MAX, &b);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    struct str digits, rest;
    str_split(bytes_str(b), '\n', &digits, &rest);
    if (str_to_int(digits, out) && *out > 1 && !rest.n) return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "key-file", NULL,
                     "The file incarnation in %s holds no number above 1.", folder);
}

/* ---- the last head --------------------------------------------------------------------------- */

static err note_read(struct turn *t, const struct node_keeper *k, struct str note,
                     struct ledger_checkpoint *out)
{
    struct str text;
    try(ledger_note_open(t, note, &k->vkey, seal_ed25519_holds, &text));
    return ledger_checkpoint_read(t, text, out);
}

static void head_set(struct node_keeper *k, struct str note, const struct ledger_checkpoint *head)
{
    arena_reset(k->note_arena);
    k->note = str_dup(k->note_arena, note);
    k->head = *head;
    k->head.origin = k->origin;
}

static err newer_life(struct turn *t, int64_t signed_life, int64_t life)
{
    return turn_fail(
        t, ERR_INTEGRITY, "head-incarnation", "C2SP tlog-checkpoint",
        "Keeper signed a head of incarnation %lld, and the keys are of %lld: they come "
        "from an older copy. Put the node back with comity restore.",
        (long long)signed_life, (long long)life);
}

/* Of two files the larger head is the last: the quick one, unless a power cut tore it. One that is
 * whole and not ours means that keys and heads do not belong together. One of an older incarnation
 * is no head of this log, and one of a newer means that the number was put back. */
static err head_load(struct turn *t, struct node_keeper *k)
{
    const char *const paths[] = {k->kept_path, k->head_path};
    struct fault torn = {0};
    size_t found = 0;
    for (size_t n = 0; n < 2; n++) {
        struct bytes note;
        struct ledger_checkpoint head;
        err e = file_read(t, paths[n], LEDGER_NOTE_MAX, &note);
        if (e == ERR_OK) e = note_read(t, k, bytes_str(note), &head);
        int64_t life = e == ERR_OK ? ledger_origin_incarnation(head.origin, k->vkey.name) : 0;
        if (life > k->life) return newer_life(t, life, k->life);
        if (life && life < k->life) {
            found++;
            k->before = str_dup(k->note_before, bytes_str(note));
        } else if (e == ERR_OK) {
            found++;
            if (head.size >= k->head.size) head_set(k, bytes_str(note), &head);
        } else if (e != ERR_NONE_SUCH) {
            torn = t->fault;
        }
        turn_forgive(t);
    }
    k->synced = found == 2;
    if (found || torn.err == ERR_OK) return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "head-torn", "C2SP tlog-checkpoint",
                     "The last head that keeper signed cannot be read from %s: %s", k->head_path,
                     torn.sentence);
}

err node_keeper_sync(struct turn *t, struct node_keeper *k)
{
    if (k->synced || !k->note.n) return ERR_OK;
    try(file_write(t, k->kept_path, str_bytes(k->note), 0600));
    k->syncs++;
    k->synced = true;
    return ERR_OK;
}

/* ---- the hooks ------------------------------------------------------------------------------- */

static err keys_of(struct turn *t, struct node_keeper *k, struct str address,
                   const struct authority_keys **out)
{
    for (size_t n = 0; n < k->authorities_n; n++) {
        *out = &k->authorities[n];
        if (str_eq(k->authorities[n].address, address)) return ERR_OK;
    }
    return turn_fail(t, ERR_INTERNAL, "keys-none-such", NULL,
                     "Keeper holds no keys of " STR_FMT ".", STR_ARG(address));
}

err node_keeper_key(struct turn *t, struct node_keeper *k, enum seal_role role, struct str address,
                    const struct seal_key **out)
{
    const struct authority_keys *x;
    if (role == SEAL_TLS) {
        *out = k->tls.key;
        return ERR_OK;
    }
    try(keys_of(t, k, address, &x));
    *out = role == SEAL_OPEN ? x->open.key : x->seal.key;
    return ERR_OK;
}

static err keep_sign(void *ctx, struct turn *t, struct str address, struct bytes content,
                     bool attached, int64_t at_ms, struct bytes *cms_out)
{
    struct node_keeper *k = ctx;
    const struct authority_keys *x;
    try(keys_of(t, k, address, &x));
    return k->suite->sign(t, x->seal.key, x->seal.der, content, attached, at_ms, cms_out);
}

static err keep_open(void *ctx, struct turn *t, struct str address, struct bytes sealed,
                     struct bytes *plain_out)
{
    struct node_keeper *k = ctx;
    const struct authority_keys *x;
    try(keys_of(t, k, address, &x));
    return k->suite->open(t, x->open.key, x->open.der, sealed, plain_out);
}

static err keep_head(void *ctx, struct turn *t, const struct ledger_checkpoint *head,
                     const struct ledger_proof *proof, struct str *note_out)
{
    struct node_keeper *k = ctx;
    if (!str_eq(head->origin, k->origin))
        return turn_fail(t, ERR_INTEGRITY, "head-origin", "C2SP tlog-checkpoint",
                         "Keeper signs heads of " STR_FMT " only, not of " STR_FMT ".",
                         STR_ARG(k->origin), STR_ARG(head->origin));
    /* Asked again by somebody who did not hear the answer. */
    if (k->note.n && head->size == k->head.size && hash_eq(&head->root, &k->head.root)) {
        *note_out = str_dup(t->arena, k->note);
        return ERR_OK;
    }
    if (k->note.n &&
        !ledger_consistency_holds(proof, k->head.size, &k->head.root, head->size, &head->root))
        return turn_fail(t, ERR_INTEGRITY, "head-inconsistent", "RFC 6962 2.1.2",
                         "A head of %llu leaves does not extend the last one, of %llu leaves: "
                         "keeper does not sign it.",
                         (unsigned long long)head->size, (unsigned long long)k->head.size);
    struct str text = ledger_checkpoint_text(t->arena, head);
    uint8_t signature[64];
    seal_ed25519_sign(k->ledger, str_bytes(text), signature);
    struct str note = ledger_note_write(t->arena, text, &k->vkey, signature);
    try(node_note_write(t, k->head_path, note)); /* durable only by node_keeper_sync */
    head_set(k, note, head);
    k->synced = false;
    *note_out = note;
    return ERR_OK;
}

static uint64_t keep_last_size(void *ctx)
{
    const struct node_keeper *k = ctx;
    return k->note.n ? k->head.size : 0;
}

static err keep_seen(void *ctx, struct turn *t, struct str origin, struct str *note_out)
{
    return node_witness_seen(t, ((struct node_keeper *)ctx)->folder, origin, note_out);
}

static err keep_witness(void *ctx, struct turn *t, const struct ledger_vkey *log,
                        const struct ledger_add *x, bool cosign, struct str *line_out)
{
    const struct node_keeper *k = ctx;
    struct node_witness w = {k->folder, &k->vkey, k->ledger};
    return node_witness(t, &w, log, x, cosign, line_out);
}

static uint64_t keep_syncs(void *ctx) { return node_keeper_syncs(ctx); }

static struct str keep_last_note(void *ctx) { return ((struct node_keeper *)ctx)->note; }

static err keep_wrap(void *ctx, struct turn *t, struct bytes key, struct bytes bound,
                     struct bytes *wrapped_out)
{
    *wrapped_out = seal_lock(t, ((struct node_keeper *)ctx)->storage, bound, key);
    return ERR_OK;
}

static err keep_unwrap(void *ctx, struct turn *t, struct bytes wrapped, struct bytes bound,
                       struct bytes *key_out)
{
    return seal_unlock(t, ((struct node_keeper *)ctx)->storage, bound, wrapped, key_out);
}

struct keeper node_keeper_hooks(struct node_keeper *k)
{
    return (struct keeper){.sign = keep_sign,
                           .open = keep_open,
                           .head = keep_head,
                           .last_size = keep_last_size,
                           .last_note = keep_last_note,
                           .seen = keep_seen,
                           .witness = keep_witness,
                           .syncs = keep_syncs,
                           .wrap = keep_wrap,
                           .unwrap = keep_unwrap,
                           .ctx = k};
}
