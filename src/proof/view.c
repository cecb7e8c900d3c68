/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict as a tree, the same for `--json`, the API and the page.
 *
 * The three answers stay apart here too: whoever wants one word for all of them must make it, and
 * say which question it answers. */

#include "proof/proof_internal.h"

static void remarks_put(struct arena *a, struct tree *to, const struct proof_remark *r)
{
    struct tree *list = tree_add_list(a, to, "remarks");
    for (; r; r = r->next) {
        struct tree *map = tree_add_map(a, list, NULL);
        tree_add_str(a, map, "article", r->article);
        tree_add_str(a, map, "code", r->code);
        tree_add_str(a, map, "entry", r->entry);
        tree_add_str(a, map, "sentence", r->sentence);
    }
}

const struct tree *proof_verdict_view(struct arena *a, const struct proof_verdict *v)
{
    struct tree *view = tree_map(a);
    struct tree *integrity = tree_add_map(a, view, "integrity");
    tree_add_bool(a, integrity, "sound", v->sound);
    remarks_put(a, integrity, v->integrity);
    struct tree *trust = tree_add_map(a, view, "trust");
    tree_add_str(a, trust, "answer", str_of(proof_trust_word(v->trust)));
    tree_add_str(a, trust, "signer", v->signer);
    tree_add_str(a, trust, "exporter", v->exporter);
    tree_add_str(a, trust, "root", hex(a, hash_bytes(&v->root)));
    remarks_put(a, trust, v->trusting);
    struct tree *policy = tree_add_map(a, view, "policy");
    tree_add_bool(a, policy, "fit", v->fit);
    remarks_put(a, policy, v->policy);
    if (v->act)
        tree_add_copy(a, view, "act", v->act);
    else
        tree_add_null(a, view, "act");
    return view;
}
