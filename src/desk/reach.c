/* SPDX-License-Identifier: Apache-2.0 */
/* Who is reached how: by a pinned node, or by people. And what authorities are called. */

#include "desk/desk_internal.h"

struct str desk_title(const struct tree *titles, struct str lang)
{
    const struct tree *said = tree_get_s(titles, lang);
    return said && said->kind == TREE_STR ? said->str : tree_str(titles, "en");
}

err desk_authority_row(struct desk *d, struct turn *t, struct str address,
                       const struct tree **authority_out, const struct tree **state_out)
{
    struct str state, name;
    const struct tree *file;
    str_split(address, '/', &state, &name);
    try(law_state_file(t, d->tables, state, &file));
    for (const struct tree *a = tree_get(file, "authorities")->child; a; a = a->next) {
        if (!str_eq(tree_str(a, "authority"), name)) continue;
        *authority_out = a;
        *state_out = file;
        return ERR_OK;
    }
    return turn_fail_at(t, ERR_NONE_SUCH, "authority-unknown", law_usual_cited(t->arena, d->tables),
                        address, "The tables have no authority " STR_FMT ".", STR_ARG(address));
}

err desk_reach(struct desk *d, struct turn *t, struct str address, bool paper, enum desk_reach *out)
{
    const struct tree *authority, *state;
    if (desk_peer(d, address)) {
        *out = DESK_REACH_WIRE;
        return ERR_OK;
    }
    err e = desk_authority_row(d, t, address, &authority, &state);
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    bool none = e == ERR_OK && str_is(tree_str(state, "node"), "none");
    if (e == ERR_OK && tree_bool(state, "training", false) != d->profile.training)
        return turn_fail_at(t, ERR_NOT_ALLOWED, "training", "comity wire 1: training", STR("to"),
                            "This node is %s and " STR_FMT " is %s; nothing goes from one to the "
                            "other. The draft is kept.",
                            d->profile.training ? "for training" : "real", STR_ARG(address),
                            d->profile.training ? "real" : "for training");
    if (e == ERR_OK && (none || paper)) {
        *out = DESK_REACH_PEOPLE;
        return ERR_OK;
    }
    return turn_fail_at(
        t, ERR_NOT_ALLOWED, "peer-unknown", law_usual_cited(t->arena, d->tables), STR("to"),
        "This node has not pinned the authority " STR_FMT
        "; the draft is kept. Pin it with: comity peer add%s.",
        STR_ARG(address),
        e == ERR_OK ? ", or carry it yourself with: comity send DRAFT --paper" : "");
}
