/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts as papers that several officers work on: each change has a version, and who saves over a
 * newer one is shown both. What a request of a kind asks for stands here too, for the form. */

#include "desk/desk_internal.h"

enum { DRAFTS_MAX = 200 };

/* ---- the form -------------------------------------------------------------------------------- */

/* Who of other States may be addressed: those of the tables and those whose node is known. */
static void add_addressees(struct desk *d, struct turn *t, struct tree *v, struct str lang)
{
    struct tree *list = tree_add_list(t->arena, v, "to");
    const struct tree *state;
    for (size_t k = 0; (state = law_state_nth(d->tables, k)); k++) {
        struct str code = tree_str(state, "state");
        const struct tree *rows = tree_get(state, "authorities");
        bool fits = tree_bool(state, "training", false) == d->profile.training;
        if (str_eq(code, d->profile.state) || !fits) continue;
        for (const struct tree *a = rows->child; a; a = a->next) {
            struct tree *one = tree_add_map(t->arena, list, NULL);
            struct str address = str_printf(t->arena, STR_FMT "/" STR_FMT, STR_ARG(code),
                                            STR_ARG(tree_str(a, "authority")));
            tree_add_str(t->arena, one, "address", address);
            tree_add_str(t->arena, one, "title", desk_address_title(d, t, address, lang));
            tree_add_str(t->arena, one, "state", code);
            tree_add_copy(t->arena, one, "languages", tree_get(a, "languages"));
            tree_add_bool(t->arena, one, "has_node", desk_peer(d, address) != NULL);
        }
    }
    for (size_t k = 0; k < d->peers_n; k++) {
        struct str address = d->peers[k].address;
        if (law_authority_said(t->arena, d->tables, address, lang).n) continue;
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "address", address);
        tree_add_str(t->arena, one, "title", desk_address_title(d, t, address, lang));
        tree_add_str(t->arena, one, "state", d->peers[k].state);
        tree_add_list(t->arena, one, "languages");
        tree_add_bool(t->arena, one, "has_node", true);
    }
}

/* What else is in force between the two States and knows such requests, so that this one may cite
 * it. Reciprocity is never in force: it rests on the assurance of a request of its own. */
static err add_also(struct desk *d, struct turn *t, const struct law_who *who,
                    struct str instrument, struct str kind, struct str lang, struct tree *v)
{
    struct tree *list = tree_add_list(t->arena, v, "also");
    struct law_base *bases;
    size_t n;
    if (!who->other.n) return ERR_OK;
    try(law_bases(t, d->tables, who->state, who->other, day_of_ms(turn_now_ms(t)), STR(""), &bases,
                  &n));
    for (size_t k = 0; k < n; k++) {
        if (!bases[k].binds || str_eq(bases[k].instrument, instrument) ||
            str_is(bases[k].layer, "reciprocity") ||
            !law_carries(d->tables, bases[k].instrument, kind))
            continue;
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "instrument", bases[k].instrument);
        tree_add_str(
            t->arena, one, "title",
            law_said(d->tables, LAW_SAYS_INSTRUMENT, bases[k].instrument, STR(""), STR(""), lang));
    }
    return ERR_OK;
}

/* The act that opens a dossier of the kind (the one named, or what the tables put first), the
 * others that could, and what it asks for. */
static err add_form(struct desk *d, struct desk_turn *dt, struct str instrument, struct str kind,
                    struct str act, struct str to, struct tree *v)
{
    struct turn *t = &dt->t;
    struct law_state fresh;
    struct law_who who;
    struct law_option *options;
    size_t n, pick = 0;
    struct str lang = desk_lang(dt);
    try(law_fold(t, NULL, 0, &fresh));
    fresh.instrument = instrument;
    fresh.kind = kind;
    try(desk_who(d, t, dt->person->officer.authority, to, LAW_REQUESTING, &who));
    try(law_options(t, d->tables, &fresh, &who, turn_now_ms(t), lang, &options, &n));
    while (pick < n && !(act.n ? str_eq(options[pick].act, act) : options[pick].next)) pick++;
    for (size_t k = 0; !act.n && pick == n && k < n; k++)
        if (!options[k].inward) pick = k; /* not for us to send: the form still shows what it is */
    if (pick == n)
        return turn_fail_at(t, ERR_NONE_SUCH, "kind-none-such", NULL, STR("kind"),
                            "The tables have no kind " STR_FMT " that can be asked for.",
                            STR_ARG(str_printable(t->arena, kind)));
    tree_add_str(t->arena, v, "instrument", instrument);
    tree_add_str(t->arena, v, "instrument_title",
                 law_said(d->tables, LAW_SAYS_INSTRUMENT, instrument, kind, STR(""), lang));
    tree_add_str(t->arena, v, "kind", kind);
    tree_add_str(t->arena, v, "kind_title",
                 law_said(d->tables, LAW_SAYS_KIND, instrument, kind, STR(""), lang));
    tree_add_str(t->arena, v, "act", options[pick].act);
    tree_add_str(t->arena, v, "act_title", options[pick].title);
    tree_add_str(t->arena, v, "article", options[pick].article);
    try(desk_dossiers_offer(d, dt,
                            tree_add_copy(t->arena, v, "particulars", options[pick].particulars)));
    struct tree *openers = tree_add_list(t->arena, v, "openers");
    for (size_t k = 0; k < n; k++) {
        if (!options[k].possible || options[k].inward) continue;
        struct tree *one = tree_add_map(t->arena, openers, NULL);
        tree_add_str(t->arena, one, "act", options[k].act);
        tree_add_str(t->arena, one, "title", options[k].title);
        tree_add_str(t->arena, one, "article", options[k].article);
    }
    add_addressees(d, t, v, lang);
    return add_also(d, t, &who, instrument, kind, lang, v);
}

err desk_do_FORM(struct desk *d, struct desk_turn *dt)
{
    struct str kind, instrument = tree_str(dt->args, "instrument");
    struct tree *v = tree_map(dt->t.arena);
    try(desk_arg(&dt->t, dt->args, "kind", &kind));
    try(add_form(d, dt, instrument.n ? instrument : law_usual(d->tables), kind,
                 tree_str(dt->args, "act"), tree_str(dt->args, "to"), v));
    dt->view = v;
    return ERR_OK;
}

err desk_do_KINDS(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct law_who who;
    struct tree *v = tree_map(t->arena);
    try(desk_who(d, t, dt->person->officer.authority, STR(""), LAW_REQUESTING, &who));
    try(law_kinds_list(t, d->tables, &who, turn_now_ms(t), desk_lang(dt),
                       tree_add_list(t->arena, v, "kinds")));
    dt->view = v;
    return ERR_OK;
}

/* ---- drafts ---------------------------------------------------------------------------------- */

static err body_read(struct turn *t, const struct store_draft *draft, struct tree **out)
{
    return json_read(t, draft->body, &codec_limits, out);
}

static struct str draft_title(struct desk *d, const struct tree *body, struct str lang)
{
    struct str instrument = tree_str(body, "instrument"), kind = tree_str(body, "kind"), rest;
    struct str name = law_summary(d->tables, instrument, kind);
    struct str title = desk_particular_text(tree_get_s(tree_get(body, "particulars"), name));
    str_split(title, '\n', &title, &rest);
    return title.n ? title : law_said(d->tables, LAW_SAYS_KIND, instrument, kind, STR(""), lang);
}

err desk_do_DRAFTS(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_reader who;
    struct store_draft *rows;
    size_t n;
    struct str lang = desk_lang(dt);
    desk_reader(dt, RIGHT_READ, &who);
    try(store_access_drafts(t, d->store, &who, DRAFTS_MAX, &rows, &n));
    struct tree *v = tree_map(t->arena);
    struct tree *list = tree_add_list(t->arena, v, "drafts");
    for (size_t k = 0; k < n; k++) {
        struct tree *body;
        try(body_read(t, &rows[k], &body));
        struct str kind = tree_str(body, "kind"), to = tree_str(body, "to");
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "draft", rows[k].label);
        tree_add_str(t->arena, one, "title", draft_title(d, body, lang));
        tree_add_str(t->arena, one, "kind", kind);
        tree_add_str(
            t->arena, one, "kind_title",
            law_said(d->tables, LAW_SAYS_KIND, tree_str(body, "instrument"), kind, STR(""), lang));
        tree_add_str(t->arena, one, "to", to);
        tree_add_str(t->arena, one, "to_title", desk_address_title(d, t, to, lang));
        tree_add_str(t->arena, one, "officer", rows[k].officer);
        tree_add_str(t->arena, one, "changed_by", rows[k].changed_by);
        tree_add_str(t->arena, one, "changed", time_text(t->arena, rows[k].changed_ms));
        tree_add_int(t->arena, one, "version", rows[k].version);
    }
    dt->view = v;
    return ERR_OK;
}

err desk_do_DRAFT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_draft draft;
    struct tree *body;
    struct id dossier;
    try(desk_arg_draft(d, dt, RIGHT_READ, &draft));
    try(body_read(t, &draft, &body));
    if (!id_read(tree_str(body, "dossier"), &dossier))
        return turn_fail(t, ERR_INTEGRITY, "draft-altered", NULL, "A draft is not readable.");
    try(desk_read_note(d, dt, &dossier));
    struct str lang = desk_lang(dt);
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "draft", draft.label);
    tree_add_int(t->arena, v, "version", draft.version);
    tree_add_str(t->arena, v, "title", draft_title(d, body, lang));
    tree_add_str(t->arena, v, "officer", draft.officer);
    tree_add_str(t->arena, v, "changed_by", draft.changed_by);
    tree_add_str(t->arena, v, "changed", time_text(t->arena, draft.changed_ms));
    tree_add_bool(t->arena, v, "sent", draft.sent);
    tree_add_copy(t->arena, v, "request", body);
    tree_add_str(t->arena, v, "to_title", desk_address_title(d, t, tree_str(body, "to"), lang));
    try(add_form(d, dt, tree_str(body, "instrument"), tree_str(body, "kind"), tree_str(body, "act"),
                 tree_str(body, "to"), tree_add_map(t->arena, v, "form")));
    dt->view = v;
    return ERR_OK;
}

/* ---- saving ---------------------------------------------------------------------------------- */

err desk_draft_body(struct turn *t, const struct tree *body, struct bytes *out)
{
    struct tree *again;
    struct bytes text = str_bytes(json_write(t->arena, body));
    /* What could not be read again would close the list of drafts to everybody. */
    err e = json_read(t, text, &codec_limits, &again);
    if (e == ERR_OK) *out = text;
    if (e == ERR_OK || e == ERR_TOO_LARGE) return e;
    turn_forgive(t);
    return turn_fail_at(t, ERR_REJECTED, "draft-form", "comity officers 1: drafts",
                        STR("particulars"), "The particulars are no form that can be kept.");
}

err desk_draft_version(struct turn *t, const struct tree *args, const struct store_draft *draft)
{
    if (!tree_get(args, "version") || tree_int(args, "version", 0) == draft->version) return ERR_OK;
    return turn_fail(t, ERR_CONFLICT, "stale-version", "comity officers 1: version",
                     STR_FMT " has saved this draft meanwhile; nothing was done. Look at it again "
                             "and decide anew.",
                     STR_ARG(draft->changed_by));
}

/* Another officer saved meanwhile: nothing is overwritten, both texts are shown. */
static err stale(struct desk_turn *dt, const struct store_draft *draft, const struct tree *body)
{
    struct turn *t = &dt->t;
    const struct tree *given = tree_get(dt->args, "particulars");
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "draft", draft->label);
    tree_add_int(t->arena, v, "version", draft->version);
    struct tree *theirs = tree_add_map(t->arena, v, "theirs");
    tree_add_copy(t->arena, theirs, "particulars", tree_get(body, "particulars"));
    tree_add_str(t->arena, theirs, "officer", draft->changed_by);
    tree_add_str(t->arena, theirs, "changed", time_text(t->arena, draft->changed_ms));
    struct tree *yours = tree_add_map(t->arena, v, "yours");
    tree_add_copy(t->arena, yours, "particulars", given ? given : tree_map(t->arena));
    dt->view = v;
    return turn_fail(t, ERR_CONFLICT, "stale-version", "comity officers 1: version",
                     STR_FMT " has saved this draft meanwhile; yours was not saved. Compare the "
                             "two and save again.",
                     STR_ARG(draft->changed_by));
}

/* What is given replaces what stands under its name; an empty text takes it away. */
static const struct tree *particulars_merge(struct turn *t, const struct tree *stand,
                                            const struct tree *given)
{
    struct tree *m = tree_map(t->arena);
    for (const struct tree *p = stand ? stand->child : NULL; p; p = p->next) {
        const struct tree *now = tree_get_s(given, p->key);
        bool gone = now && (now->kind == TREE_NULL || (now->kind == TREE_STR && !now->str.n));
        if (!gone) tree_set(t->arena, m, p->key, now ? now : p);
    }
    for (const struct tree *p = given ? given->child : NULL; p; p = p->next)
        if (p->kind != TREE_NULL && !(p->kind == TREE_STR && !p->str.n) &&
            !tree_get_s(stand, p->key))
            tree_set(t->arena, m, p->key, p);
    return m;
}

static err documents_merge(struct desk *d, struct desk_turn *dt, const struct tree *body,
                           struct tree *list)
{
    struct turn *t = &dt->t;
    const struct tree *drop = tree_get(dt->args, "drop");
    struct desk_doc *old, *added;
    size_t old_n, added_n;
    struct id dossier;
    if (!id_read(tree_str(body, "dossier"), &dossier))
        return turn_fail(t, ERR_INTEGRITY, "draft-altered", NULL, "A draft is not readable.");
    try(desk_draft_docs(t, tree_get(body, "documents"), &old, &old_n));
    try(desk_documents_read(d, dt, &added, &added_n));
    try(desk_documents_keep(d, t, &dossier, added, added_n));
    for (size_t k = 0; k < old_n; k++) {
        bool gone = tree_has_str(drop, old[k].sha256);
        for (size_t j = 0; j < added_n; j++)
            gone = gone || str_eq(old[k].name, added[j].name) ||
                   ((old[k].exhibit || added[j].exhibit) && str_eq(old[k].sha256, added[j].sha256));
        if (!gone) desk_draft_documents(t, list, &old[k], 1);
    }
    desk_draft_documents(t, list, added, added_n);
    return ERR_OK;
}

err desk_do_DRAFT_SAVE(struct desk *d, struct desk_turn *dt)
{
    static const char *const kept[] = {"dossier", "from", "instrument", "kind", "act"};
    static const char *const said[] = {"lang", "to"};
    struct turn *t = &dt->t;
    struct store_draft draft;
    struct tree *body, *m = tree_map(t->arena);
    try(desk_arg_draft(d, dt, RIGHT_DRAFT, &draft));
    try(body_read(t, &draft, &body));
    if (draft.sent)
        return turn_fail(t, ERR_NOT_ALLOWED, "draft-sent", "comity officers 1: drafts",
                         "This draft was sent; what was sent is not changed any more.");
    if (tree_int(dt->args, "version", 0) != draft.version) return stale(dt, &draft, body);
    for (size_t k = 0; k < sizeof kept / sizeof *kept; k++)
        tree_add_str(t->arena, m, kept[k], tree_str(body, kept[k]));
    for (size_t k = 0; k < sizeof said / sizeof *said; k++) {
        struct str now = tree_str(dt->args, said[k]);
        tree_add_str(t->arena, m, said[k], now.n ? now : tree_str(body, said[k]));
    }
    desk_draft_also(t, m, tree_get(dt->args, "also") ? dt->args : body);
    tree_add_copy(
        t->arena, m, "particulars",
        particulars_merge(t, tree_get(body, "particulars"), tree_get(dt->args, "particulars")));
    try(documents_merge(d, dt, body, tree_add_list(t->arena, m, "documents")));
    try(desk_draft_body(t, m, &draft.body));
    draft.version++;
    draft.changed_by = dt->person->officer.officer;
    draft.changed_ms = turn_now_ms(t);
    try(store_draft_put(t, d->store, &draft));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "draft", draft.label);
    tree_add_int(t->arena, v, "version", draft.version);
    dt->view = v;
    return ERR_OK;
}

err desk_do_DRAFT_DROP(struct desk *d, struct desk_turn *dt)
{
    struct store_draft draft;
    try(desk_arg_draft(d, dt, RIGHT_DRAFT, &draft));
    if (draft.sent)
        return turn_fail(&dt->t, ERR_NOT_ALLOWED, "draft-sent", "comity officers 1: drafts",
                         "This draft was sent; it stands in the dossier.");
    try(desk_draft_version(&dt->t, dt->args, &draft));
    try(store_draft_drop(&dt->t, d->store, draft.label));
    struct tree *v = tree_map(dt->t.arena);
    tree_add_str(dt->t.arena, v, "draft", draft.label);
    dt->view = v;
    return ERR_OK;
}
