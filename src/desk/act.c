/* SPDX-License-Identifier: Apache-2.0 */
/* An act as bytes: act.json, with the keys every node reads. Canonical, so its hash is the act's
 * name everywhere; this is the one place that writes it. */

#include "desk/desk_internal.h"

/* The profiles it was written under, ours and theirs. */
static void add_profiles(struct desk *d, struct turn *t, struct tree *law, struct str theirs)
{
    struct tree *profiles = tree_add_map(t->arena, law, "profiles");
    tree_add_str(t->arena, profiles, str_c(t->arena, d->profile.state),
                 desk_hex_hash(t, &d->profile.hash));
    struct store_peer peer;
    if (store_peer_get(t, d->store, theirs, &peer) == ERR_OK)
        tree_add_str(t->arena, profiles, str_c(t->arena, peer.state),
                     desk_hex_hash(t, &peer.profile));
    else
        turn_forgive(t);
}

void desk_act_documents(struct turn *t, struct tree *m, const struct desk_doc *docs, size_t n)
{
    struct tree *list = tree_add_list(t->arena, m, "documents");
    for (size_t k = 0; k < n; k++) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "name", docs[k].name);
        tree_add_str(t->arena, one, "sha256", docs[k].sha256);
        tree_add_int(t->arena, one, "size", docs[k].size);
        tree_add_str(t->arena, one, "type", docs[k].type);
    }
}

struct bytes desk_act_json(struct desk *d, struct turn *t, const struct desk_act_text *x)
{
    struct arena *a = t->arena;
    struct tree *m = tree_map(a);
    tree_add_int(a, m, "v", 1);
    tree_add_str(a, m, "id", desk_hex_id(t, x->id));
    tree_add_str(a, m, "act", x->law->act);
    tree_add_str(a, m, "dossier", desk_hex_id(t, x->dossier));
    tree_add_str(a, m, "ref", x->ref);
    tree_add_int(a, m, "n", x->law->n);
    struct tree *s = tree_add_map(a, m, "seen");
    tree_add_int(a, s, "n", x->law->seen);
    tree_add_str(a, s, "hash", x->seen_hash);
    tree_add_str(a, m, "from", x->from);
    tree_add_str(a, m, "to", x->to);
    struct tree *by = tree_add_map(a, m, "by");
    tree_add_str(a, by, "officer", x->officer);
    tree_add_str(a, by, "post", x->post);
    tree_add_str(a, by, "method", x->method);
    if (x->entry.n) tree_add_str(a, by, "entry", x->entry);
    tree_add_int(a, m, "at", x->law->at_ms);
    struct tree *law = tree_add_map(a, m, "law");
    tree_add_str(a, law, "instrument", x->law->instrument);
    tree_add_str(a, law, "kind", x->law->kind);
    tree_add_str(a, law, "tables", desk_hex_hash(t, law_tables_hash(d->tables)));
    add_profiles(d, t, law, x->theirs);
    if (x->also && x->also->count) tree_add_copy(a, law, "also", x->also);
    tree_add_copy(a, m, "particulars", x->law->particulars ? x->law->particulars : tree_map(a));
    desk_act_documents(t, m, x->documents, x->documents_n);
    tree_add_int(a, m, "suite", d->suite->number);
    return str_bytes(json_write(a, m));
}

bool desk_act_is_urgent(struct desk *d, struct turn *t, const struct law_act *act)
{
    const struct tree *kind;
    if (law_kind_row(t, d->tables, act->instrument, act->kind, &kind) != ERR_OK) {
        turn_forgive(t);
        return false;
    }
    if (tree_bool(kind, "urgent", false)) return true;
    for (const struct tree *r = tree_get(kind, "lifecycle")->child; r; r = r->next)
        if (str_eq(tree_str(r, "act"), act->act)) return tree_bool(r, "urgent", false);
    return false;
}

void desk_act_urgent_add(struct desk *d, struct turn *t, const struct law_act *act,
                         struct tree *rest)
{
    if (desk_act_is_urgent(d, t, act)) tree_add_bool(t->arena, rest, "urgent", true);
}

void desk_act_vaults(struct turn *t, struct tree *rest, const struct desk_doc *docs, size_t n)
{
    struct tree *vault = tree_add_map(t->arena, rest, "documents"), *exhibits = NULL;
    for (size_t k = 0; k < n; k++) {
        if (docs[k].exhibit && !exhibits) exhibits = tree_add_map(t->arena, rest, "exhibits");
        struct tree *to = docs[k].exhibit ? exhibits : vault;
        if (!tree_get_s(to, docs[k].sha256)) /* one content may have two names */
            tree_add_str(t->arena, to, str_c(t->arena, docs[k].sha256),
                         desk_hex_hash(t, &docs[k].vault));
    }
}
