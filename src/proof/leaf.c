/* SPDX-License-Identifier: Apache-2.0 */
/* One leaf of a log, opened and proven.
 *
 * Shows that an act stands in a State's append-only log without showing anything else of the row:
 * the open half is given, the other half stays a hash under the row's own salt. It does not say
 * whether that log is consistent with an earlier head; who keeps heads (peers, witnesses) says
 * that. */

#include "proof/proof_internal.h"

#define FORMAT "comity leaf 1"

const struct tree *proof_leaf_write(struct arena *a, const struct proof_leaf *l)
{
    struct tree *map = tree_map(a);
    tree_add_str(a, map, "checkpoint", l->checkpoint);
    tree_add_int(a, map, "index", l->index);
    struct tree *path = tree_add_list(a, map, "path");
    for (size_t i = 0; i < l->path.n; i++)
        tree_add_str(a, path, NULL, hex(a, hash_bytes(&l->path.path[i])));
    tree_add_str(a, map, "rest", hex(a, hash_bytes(&l->rest)));
    tree_add_str(a, map, "salt", hex(a, l->salt));
    return map;
}

static err path_read(struct turn *t, const struct tree *list, struct ledger_proof *out)
{
    if (list->count > LEDGER_PROOF_MAX)
        return turn_fail_at(t, ERR_TOO_LARGE, "count", FORMAT, STR("path"),
                            "A proof has at most %d hashes; this one has %zu.", LEDGER_PROOF_MAX,
                            list->count);
    out->n = 0;
    for (const struct tree *step = list->child; step; step = step->next) {
        if (step->kind != TREE_STR || !hash_read(step->str, &out->path[out->n]))
            return turn_fail_at(t, ERR_REJECTED, "form", FORMAT, STR("path"),
                                "Step %zu of the path is no hash in lower-case hexadecimal.",
                                out->n + 1);
        out->n++;
    }
    return ERR_OK;
}

static err salt_read(struct turn *t, struct str text, struct bytes *out)
{
    size_t n = text.n / 2;
    uint8_t *salt = arena_take(t->arena, PROOF_SALT_MAX);
    if (n == 0 || n > PROOF_SALT_MAX || !hex_read(text, salt, n))
        return turn_fail_at(t, ERR_REJECTED, "form", FORMAT, STR("salt"),
                            "The salt must be 1 to %d bytes in lower-case hexadecimal.",
                            PROOF_SALT_MAX);
    *out = (struct bytes){salt, n};
    return ERR_OK;
}

err proof_leaf_read(struct turn *t, const struct tree *from, struct proof_leaf *out)
{
    static const struct field fields[] = {
        {"checkpoint", TREE_STR, false}, {"index", TREE_INT, false}, {"path", TREE_LIST, false},
        {"rest", TREE_STR, false},       {"salt", TREE_STR, false},
    };
    try(FIELDS_REQUIRE(t, from, fields, false, FORMAT));
    struct proof_leaf l = {.checkpoint = tree_str(from, "checkpoint"),
                           .index = tree_int(from, "index", -1)};
    if (l.index < 0)
        return turn_fail_at(t, ERR_REJECTED, "form", FORMAT, STR("index"),
                            "The index of a leaf is 0 or more.");
    try(path_read(t, tree_get(from, "path"), &l.path));
    try(field_hash(t, from, "rest", FORMAT, &l.rest));
    try(salt_read(t, tree_str(from, "salt"), &l.salt));
    *out = l;
    return ERR_OK;
}

/* The head of the log, when the holder of `vkey` signed it under his own name. */
static err head_read(struct turn *t, struct str note, struct str vkey,
                     struct ledger_checkpoint *out)
{
    struct ledger_vkey key;
    struct str text;
    try(ledger_vkey_read(t, vkey, &key));
    try(ledger_note_open(t, note, &key, seal_ed25519_holds, &text));
    try(ledger_checkpoint_read(t, text, out));
    if (ledger_origin_incarnation(out->origin, key.name)) return ERR_OK;
    return turn_fail_at(t, ERR_INTEGRITY, "origin", "C2SP tlog-checkpoint", STR("checkpoint"),
                        "The checkpoint is of another log than its key is named for.");
}

err proof_leaf_check(struct turn *t, const struct proof_leaf *l, struct str vkey, struct bytes open,
                     struct ledger_checkpoint *checkpoint_out)
{
    struct ledger_checkpoint head;
    try(head_read(t, l->checkpoint, vkey, &head));
    struct ledger_opening opening;
    struct hash data, leaf;
    ledger_open(l->salt, open, (struct bytes){NULL, 0}, &opening);
    opening.rest = l->rest;
    ledger_leaf_data(&opening, &data);
    ledger_leaf_hash(&data, &leaf);
    if (l->index < 0 ||
        !ledger_inclusion_holds(&l->path, (uint64_t)l->index, head.size, &leaf, &head.root))
        return turn_fail_at(t, ERR_INTEGRITY, "inclusion", "RFC 6962 2.1.1", STR("path"),
                            "The path does not lead from leaf %lld to the root of the checkpoint.",
                            (long long)l->index);
    *checkpoint_out = head;
    return ERR_OK;
}
