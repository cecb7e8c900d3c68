/* SPDX-License-Identifier: Apache-2.0 */
/* Were the logs only ever added to? Heads seen at different times, in the node's folder, in what it
 * exported and in the receipts the other State holds, are held against the leaves it shows at the
 * end: each head must be the root over the first so many of them. Whatever was changed or left out
 * in between would show. */

#include "cli/demo.h"

enum { NOTE_MAX = 65536, TILE_MAX = LEDGER_TILE_WIDTH * 32 };

static err note_keep(struct demo *d, struct demo_node *n, struct str note)
{
    if (n->notes_n == DEMO_NOTES_MAX)
        return turn_fail(&d->c->t, ERR_TOO_LARGE, "demo-heads", NULL, "Too many heads were seen.");
    n->notes[n->notes_n++] = note;
    return ERR_OK;
}

/* A head of a node: signed by the key its State's profile names. */
static err note_open(struct turn *t, const struct demo_node *n, struct str note,
                     struct ledger_checkpoint *out)
{
    struct ledger_vkey key;
    struct str text;
    try(ledger_vkey_read(t, n->profile.vkey, &key));
    try(ledger_note_open(t, note, &key, seal_ed25519_holds, &text));
    return ledger_checkpoint_read(t, text, out);
}

static err log_size(struct demo *d, int who, int64_t *out)
{
    const struct tree *view = NULL;
    try(demo_ask(d, who, DESK_STATUS, cli_arguments(d->c), &view));
    *out = tree_int(view, "log_size", 0);
    return ERR_OK;
}

err demo_head_take(struct demo *d, int who, bool whole)
{
    struct turn *t = &d->c->t;
    struct demo_node *n = &d->node[who];
    const char *path = str_c(t->arena, str_printf(t->arena, "%s/log/checkpoint", n->dir));
    int64_t wanted = 1, until = demo_ms(d) + DEMO_WAIT_MS;
    if (whole) try(log_size(d, who, &wanted));
    while (demo_ms(d) < until) {
        struct bytes note;
        struct ledger_checkpoint head;
        err e = file_read(t, path, NOTE_MAX, &note);
        if (e == ERR_NONE_SUCH) {
            turn_forgive(t);
        } else {
            try(e);
            try(note_open(t, n, bytes_str(note), &head));
            if (head.size >= (uint64_t)wanted) return note_keep(d, n, bytes_str(note));
        }
        try(demo_pause(d, DEMO_POLL_MS * 10));
    }
    return turn_fail(t, ERR_PEER, "demo-late", NULL,
                     "%s did not write a signed head over %lld leaves in %d s.", n->name,
                     (long long)wanted, DEMO_WAIT_MS / 1000);
}

/* ---- heads in what was exported -------------------------------------------------------------- */

static err entry_read(struct turn *t, struct bytes container, const char *name, struct tree **out)
{
    struct zip_entry *entries;
    size_t n;
    try(zip_read(t, container, &entries, &n));
    for (size_t k = 0; k < n; k++)
        if (str_is(entries[k].name, name)) return json_read(t, entries[k].data, &codec_limits, out);
    return turn_fail(t, ERR_INTEGRITY, "demo-entry", NULL, "The exported file has no entry %s.",
                     name);
}

err demo_heads_exported(struct demo *d, int exporter, int receiver)
{
    struct turn *t = &d->c->t;
    struct tree *own, *receipt;
    struct bytes container = d->node[exporter].exported;
    try(entry_read(t, container, "proof/log.json", &own));
    try(note_keep(d, &d->node[exporter], tree_str(own, "checkpoint")));
    try(entry_read(t, container, "proof/receipt-001.json", &receipt));
    return note_keep(d, &d->node[receiver], tree_str(tree_get(receipt, "log"), "checkpoint"));
}

/* ---- the check ------------------------------------------------------------------------------- */

struct leaves {
    struct bytes tile; /* leaf hashes, one after the other */
};

static err leaf_at(void *ctx, struct turn *t, int level, uint64_t index, struct hash *out)
{
    const struct leaves *l = ctx;
    if (level != 0) return ERR_NONE_SUCH;
    if (index >= l->tile.n / sizeof *out)
        return turn_fail(t, ERR_INTEGRITY, "demo-leaf", "RFC 6962 2.1", "Leaf %llu is missing.",
                         (unsigned long long)index);
    for (size_t k = 0; k < sizeof out->b; k++) out->b[k] = l->tile.p[index * sizeof *out + k];
    return ERR_OK;
}

static err node_check(struct demo *d, const struct demo_node *n)
{
    struct turn *t = &d->c->t;
    struct ledger_checkpoint last, head;
    struct leaves leaves;
    struct hash root;
    try(note_open(t, n, n->notes[n->notes_n - 1], &last));
    if (last.size == 0 || last.size > LEDGER_TILE_WIDTH)
        return turn_fail(t, ERR_INTERNAL, "demo-leaves", NULL,
                         "The demo's log has %llu leaves, which is not what it makes.",
                         (unsigned long long)last.size);
    struct str path = ledger_tile_path(t->arena, 0, 0, (int)last.size);
    path = str_printf(t->arena, "%s/log/" STR_FMT, n->dir, STR_ARG(path));
    try(file_read(t, str_c(t->arena, path), TILE_MAX, &leaves.tile));
    struct ledger_source source = {leaf_at, &leaves};
    for (size_t k = 0; k < n->notes_n; k++) {
        try(note_open(t, n, n->notes[k], &head));
        try(ledger_root_at(t, &source, head.size, &root));
        if (!hash_eq(&root, &head.root))
            return turn_fail(t, ERR_INTEGRITY, "demo-head", "RFC 6962 2.1.2",
                             "A head of %s over %llu leaves is not the root over its leaves.",
                             n->name, (unsigned long long)head.size);
    }
    return ERR_OK;
}

err demo_heads_check(struct demo *d)
{
    for (int k = 0; k < DEMO_NODES; k++) try(node_check(d, &d->node[k]));
    return ERR_OK;
}
