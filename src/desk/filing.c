/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry of the register becomes: a request that opens a dossier, a copy of an act that is
 * there, an act in a dossier, or a note beside it.
 *
 * The other State did the act; our officer writes it down on its behalf. So it stands in their
 * stream, the law says what it means as of anything that came, and the act says that it was
 * registered from paper. Of several arrivals the earliest drives the clocks. */

#include "desk/desk_internal.h"

struct filing {
    struct desk_turn *dt;
    struct store_officer officer;
    struct desk_paper paper;
    struct desk_when when;
    struct store_dossier row; /* where it goes; zero for a request */
    struct desk_case *c;
    struct str from, to; /* theirs, ours */
    struct desk_author author;
    const struct tree *author_rest; /* {"profile": …} of a pinned author, else empty */
    struct desk_doc *documents;
    size_t documents_n;
};

/* ---- who wrote it ---------------------------------------------------------------------------- */

static err author_load(struct desk *d, struct turn *t, struct filing *f)
{
    struct tree *rest = tree_map(t->arena);
    struct store_peer peer;
    if (desk_peer(d, f->from)) {
        try(store_peer_get(t, d->store, f->from, &peer));
        tree_add_str(t->arena, rest, "profile", desk_hex_hash(t, &peer.profile));
    }
    f->author_rest = rest;
    return desk_author(d, t, d->tables, rest, f->from, &f->author);
}

/* ---- the act --------------------------------------------------------------------------------- */

struct written {
    struct id id, dossier;
    struct law_act law;
    struct str ref, seen_hash;
};

/* The particulars as an act has them: texts with their language. */
static err particulars_dress(struct desk *d, struct turn *t, const struct filing *f,
                             const struct tree *kind_row, struct law_act *act)
{
    (void)d;
    const struct tree *given = tree_get(f->dt->args, "particulars");
    struct str lang = tree_str(f->dt->args, "lang");
    if (!lang.n) lang = tree_str(f->paper.fields, "lang");
    struct tree *m = tree_map(t->arena);
    for (const struct tree *p = given ? given->child : NULL; p; p = p->next) {
        const struct tree *row = tree_get(kind_row, "particulars")->child;
        while (row && !str_eq(tree_str(row, "name"), p->key)) row = row->next;
        const struct tree *rows = tree_get(kind_row, "lifecycle");
        for (const struct tree *a = rows->child; a && !row; a = a->next) {
            if (!str_eq(tree_str(a, "act"), act->act)) continue;
            const struct tree *own = tree_get(a, "particulars");
            row = own ? own->child : NULL;
            while (row && !str_eq(tree_str(row, "name"), p->key)) row = row->next;
        }
        const char *key = str_c(t->arena, p->key);
        if (p->kind == TREE_STR && str_is(tree_str(row, "type"), "text")) {
            struct tree *text = tree_add_map(t->arena, m, key);
            tree_add_str(t->arena, text, "lang", lang.n ? lang : STR("en"));
            tree_add_str(t->arena, text, "text", p->str);
        } else {
            tree_add_copy(t->arena, m, key, p);
        }
    }
    act->particulars = m;
    return ERR_OK;
}

/* ---- what becomes permanent ------------------------------------------------------------------ */

/* The entry is filed; `as` and where. A verdict is there when an earlier arrival moves the clocks.
 */
static err filed_keep(struct desk *d, struct turn *t, const struct filing *f, const char *as,
                      const struct id *dossier, const struct id *act,
                      const struct law_verdict *moved)
{
    struct arena *a = t->arena;
    struct tree *rest = tree_map(a);
    tree_add_str(a, rest, "as", str_of(as));
    tree_add_int(a, rest, "at", f->when.from_ms);
    tree_add_str(a, rest, "carriage", tree_str(f->paper.fields, "carriage"));
    tree_add_str(a, rest, "label", f->paper.row.label);
    tree_add_str(a, rest, "officer", f->officer.officer);
    tree_add_bool(a, rest, "confirmation", tree_bool(f->dt->args, "confirmation", false));
    if (moved) {
        tree_add_bool(a, rest, "open", true);
        tree_add_copy(a, rest, "verdict", law_verdict_write(a, moved));
    }
    struct tree *numbers = tree_add_list(a, rest, "numbers");
    const struct tree *given = tree_get(f->paper.fields, "numbers");
    for (const struct tree *n = given ? given->child : NULL; n; n = n->next)
        tree_add_copy(a, numbers, NULL, n);
    struct str own[] = {f->paper.row.label, tree_str(f->paper.fields, "registry")};
    for (size_t k = 0; k < 2; k++) {
        if (!own[k].n) continue;
        struct tree *one = tree_add_map(a, numbers, NULL);
        tree_add_str(a, one, "number", own[k]);
        tree_add_str(a, one, "sort", STR("registry"));
    }
    struct desk_hang h = {.key = dossier,
                          .ours = f->paper.row.ours,
                          .entry = f->paper.row.id,
                          .dossier = *dossier,
                          .act = *act};
    return desk_slip_put(d, t, "entry-filed", &h, rest, NULL);
}

static err act_keep(struct desk *d, struct turn *t, const struct filing *f, const struct written *w,
                    const struct tree *opens)
{
    struct law_who who = {.side = w->law.stream,
                          .functions = f->author.functions,
                          .functions_n = f->author.functions_n,
                          .state = f->author.state,
                          .other = desk_state_of(f->to),
                          .zones = &d->zones};
    struct law_verdict v;
    try(law_record(t, d->tables, &who, &w->law, w->law.at_ms, &v)); /* its time is when it came */
    struct tree *rest = tree_map(t->arena);
    tree_add_str(t->arena, rest, "way", STR("in"));
    tree_add_int(t->arena, rest, "stream", w->law.stream);
    tree_add_copy(t->arena, rest, "verdict", law_verdict_write(t->arena, &v));
    if (tree_get(f->author_rest, "profile"))
        tree_add_str(t->arena, rest, "profile", tree_str(f->author_rest, "profile"));
    tree_add_str(t->arena, rest, "entry", desk_hex_id(t, &f->paper.row.id));
    if (opens) tree_add_copy(t->arena, rest, "opens", opens);
    desk_act_vaults(t, rest, f->documents, f->documents_n);
    try(desk_links_add(d, t, &w->law, rest));
    struct id *id = arena_take(t->arena, sizeof *id);
    *id = w->id;
    struct desk_act_text text = {.id = id,
                                 .dossier = &w->dossier,
                                 .law = &w->law,
                                 .ref = w->ref,
                                 .seen_hash = w->seen_hash,
                                 .from = f->from,
                                 .to = f->to,
                                 .theirs = f->from,
                                 .officer = f->officer.officer,
                                 .post = f->officer.post,
                                 .method = STR("paper"),
                                 .entry = f->paper.row.label,
                                 .documents = f->documents,
                                 .documents_n = f->documents_n};
    struct store_record r = {.dossier = w->dossier,
                             .kind = STR("act"),
                             .subject = id_bytes(id),
                             .at_ms = turn_now_ms(t),
                             .open = desk_act_json(d, t, &text),
                             .rest = rest};
    return desk_record(d, t, &r);
}

err desk_documents_move(struct desk *d, struct turn *t, const struct desk_paper *p,
                        const struct id *dossier, struct desk_doc **out, size_t *n_out)
{
    struct desk_doc *docs = arena_take_many(t->arena, p->files->count + 1, sizeof *docs);
    size_t n = 0;
    for (const struct tree *f = p->files->child; f; f = f->next) {
        struct str sha256 = tree_str(f, "sha256");
        struct hash vault;
        struct bytes locked, plain;
        if (!hash_read(tree_str(p->vaults, str_c(t->arena, sha256)), &vault))
            return turn_fail(t, ERR_INTEGRITY, "document-missing", NULL,
                             "The vault name of a document is not known.");
        try(vault_get(t, d->vault, &vault, VAULT_FILE_MAX, &locked));
        try(store_unlock(t, d->store, &p->row.id, sha256, locked, &plain));
        docs[n] = (struct desk_doc){.name = tree_str(f, "name"), .type = tree_str(f, "type")};
        try(desk_document_keep(d, t, dossier, plain, &docs[n]));
        n++;
    }
    *out = docs;
    *n_out = n;
    return ERR_OK;
}

/* ---- a request ------------------------------------------------------------------------------- */

/* The number they wrote on it, first of those that are theirs. */
static struct str their_ref(const struct desk_paper *p)
{
    const struct tree *numbers = tree_get(p->fields, "numbers");
    for (const struct tree *n = numbers ? numbers->child : NULL; n; n = n->next)
        if (str_is(tree_str(n, "sort"), "theirs")) return tree_str(n, "number");
    return STR("");
}

/* The same request may come three times: once is asked before a second dossier opens. */
static err not_a_copy(struct desk *d, struct turn *t, const struct filing *f)
{
    struct tree *likely = tree_list(t->arena);
    if (tree_bool(f->dt->args, "again", false)) return ERR_OK;
    try(desk_likely(d, f->dt, &f->paper, likely));
    for (const struct tree *l = likely->child; l; l = l->next) {
        if (str_is(tree_str(l, "why"), "state")) continue;
        return turn_fail_at(t, ERR_CONFLICT, "likely-copy", NULL, tree_str(l, "ref"),
                            "This looks like another arrival of what is in " STR_FMT " (" STR_FMT
                            "). File it as a copy, or say that it is a new request.",
                            STR_ARG(tree_str(l, "ref")), STR_ARG(tree_str(l, "why")));
    }
    return ERR_OK;
}

/* The act that the letter is: the one named, or else the first that states a request. */
static err kind_first(struct desk *d, struct turn *t, struct str named, struct law_act *act,
                      const struct tree **kind_row)
{
    try(law_kind_row(t, d->tables, act->instrument, act->kind, kind_row));
    const struct tree *rows = tree_get(*kind_row, "lifecycle");
    for (const struct tree *r = rows->child; r; r = r->next) {
        if (!tree_bool(r, "carries_request", false)) continue;
        if (named.n && !str_eq(tree_str(r, "act"), named)) continue;
        act->act = tree_str(r, "act");
        act->stream = str_is(tree_str(r, "by"), "requested") ? LAW_REQUESTED : LAW_REQUESTING;
        return ERR_OK;
    }
    return turn_fail(t, ERR_REJECTED, "unknown-act", NULL, "No act of this kind is a request.");
}

static err text_of(struct turn *t, const struct filing *f, const char *name, struct str *out)
{
    *out = tree_str(f->dt->args, name);
    if (!out->n) *out = tree_str(f->paper.fields, name);
    if (out->n) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "entry-incomplete", NULL, str_of(name),
                        "Say %s first; the entry " STR_FMT " stays in the register.", name,
                        STR_ARG(f->paper.row.label));
}

static err state_agrees(struct turn *t, const struct filing *f)
{
    struct str state, rest, said = tree_str(f->paper.fields, "state");
    str_split(f->from, '/', &state, &rest);
    if (!said.n || str_eq(said, state)) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "other-state", NULL, STR("state"),
                        "The entry came from " STR_FMT ", and this is of " STR_FMT
                        ". Nothing was filed; the entry stays.",
                        STR_ARG(said), STR_ARG(state));
}

static err file_request(struct desk *d, struct turn *t, struct filing *f)
{
    struct written w = {.id = desk_random_id(t), .dossier = desk_random_id(t)};
    const struct tree *kind_row;
    struct tree *opens;
    struct str instrument = tree_str(f->dt->args, "instrument");
    if (!instrument.n) instrument = tree_str(f->paper.fields, "instrument");
    w.law.instrument = instrument.n ? instrument : law_usual(d->tables);
    try(text_of(t, f, "from", &f->from));
    try(text_of(t, f, "kind", &w.law.kind));
    f->to = tree_str(f->dt->args, "to");
    if (!f->to.n) f->to = f->officer.authority;
    if (!str_eq(f->to, f->officer.authority))
        return turn_fail_at(t, ERR_NONE_SUCH, "authority-none-such", NULL, STR("to"),
                            "You do not serve the authority " STR_FMT ".", STR_ARG(f->to));
    try(state_agrees(t, f));
    try(not_a_copy(d, t, f));
    try(author_load(d, t, f));
    try(kind_first(d, t, tree_str(f->dt->args, "act"), &w.law, &kind_row));
    try(particulars_dress(d, t, f, kind_row, &w.law));
    w.law.n = 1;
    w.law.at_ms = f->when.from_ms;
    w.ref = w.law.ref = their_ref(&f->paper);
    w.seen_hash = STR("");
    try(store_key_make(t, d->store, &w.dossier));
    try(desk_documents_move(d, t, &f->paper, &w.dossier, &f->documents, &f->documents_n));
    const char *side = w.law.stream == LAW_REQUESTING ? "requested" : "requesting";
    try(desk_opens(d, t, str_of(side), f->to, f->from, w.ref, &opens));
    desk_opens_kind(d, t, w.law.instrument, w.law.kind, opens);
    tree_add_bool(t->arena, opens, "off_wire", true);
    try(act_keep(d, t, f, &w, opens));
    try(filed_keep(d, t, f, "request", &w.dossier, &w.id, NULL));
    return desk_links_follow(d, t, &w.dossier);
}

/* ---- an act in a dossier --------------------------------------------------------------------- */

/* How many of our acts they can have had when they wrote: those recorded before it came. */
static int64_t seen_of(const struct desk_case *c, enum law_stream ours, const struct desk_when *w,
                       const struct desk_entry **last_out)
{
    int64_t seen = 0;
    *last_out = NULL;
    for (size_t k = 0; k < c->n; k++) {
        const struct desk_entry *e = &c->entries[k];
        if (e->row.stream != (int64_t)ours || !e->in_reach || e->row.recorded_ms > w->to_ms)
            continue;
        if (e->row.n <= seen) continue;
        seen = e->row.n;
        *last_out = e;
    }
    return seen;
}

static err file_act(struct desk *d, struct turn *t, struct filing *f)
{
    struct written w = {.id = desk_random_id(t), .dossier = f->row.id};
    const struct tree *kind_row;
    const struct desk_entry *seen;
    if (!f->c->off_wire)
        return turn_fail(t, ERR_NOT_ALLOWED, "dossier-on-wire", NULL,
                         "The acts of " STR_FMT " come from its node. File this as a copy of one "
                         "that is there, or as a note.",
                         STR_ARG(f->row.theirs));
    try(desk_arg(t, f->dt->args, "act", &w.law.act));
    try(author_load(d, t, f));
    w.law.instrument = f->row.instrument;
    w.law.kind = f->row.kind;
    try(law_kind_row(t, d->tables, w.law.instrument, w.law.kind, &kind_row));
    w.law.stream = f->c->side == LAW_REQUESTED ? LAW_REQUESTING : LAW_REQUESTED;
    try(particulars_dress(d, t, f, kind_row, &w.law));
    w.law.n = desk_case_count(f->c, w.law.stream, NULL) + 1;
    w.law.seen = seen_of(f->c, f->c->side, &f->when, &seen);
    if (!seen && f->c->side == LAW_REQUESTING)
        return turn_fail_at(t, ERR_REJECTED, "entry-before", NULL, STR("received"),
                            "The entry " STR_FMT " came before our request was sent, so it cannot "
                            "answer it. Nothing was filed; correct the day on which it came, or "
                            "file it elsewhere.",
                            STR_ARG(f->paper.row.label));
    w.seen_hash = seen ? desk_hex_hash(t, &seen->row.hash) : STR("");
    w.law.at_ms = f->when.from_ms;
    w.law.here = &f->c->state;
    w.ref = w.law.ref = their_ref(&f->paper);
    try(desk_documents_move(d, t, &f->paper, &w.dossier, &f->documents, &f->documents_n));
    try(act_keep(d, t, f, &w, NULL));
    try(filed_keep(d, t, f, "act", &w.dossier, &w.id, NULL));
    return desk_links_follow(d, t, &w.dossier);
}

/* ---- a copy, a note -------------------------------------------------------------------------- */

/* The act of theirs it is a copy of: by id or word, else the first that came. */
static err copy_of(struct turn *t, const struct filing *f, const struct desk_entry **out)
{
    struct str wanted = tree_str(f->dt->args, "act");
    for (size_t k = 0; k < f->c->n; k++) {
        const struct desk_entry *e = &f->c->entries[k];
        if (!str_is(e->row.way, "in")) continue;
        if (wanted.n && !str_eq(wanted, desk_hex_id(t, &e->row.id)) && !str_eq(wanted, e->row.act))
            continue;
        *out = e;
        return ERR_OK;
    }
    return turn_fail_at(t, ERR_NONE_SUCH, "act-none-such", NULL, wanted,
                        "No such act of the other State is in " STR_FMT "; the entry stays.",
                        STR_ARG(f->row.ref));
}

static err file_copy(struct desk *d, struct turn *t, struct filing *f)
{
    const struct desk_entry *e;
    struct law_verdict moved;
    try(copy_of(t, f, &e));
    bool paper = str_is(tree_str(tree_get(e->act, "by"), "method"), "paper");
    bool earlier = paper && f->when.from_ms < e->row.at_ms;
    if (earlier) try(desk_decide_moved(d, t, d->tables, &e->row, f->when.from_ms, &moved));
    return filed_keep(d, t, f, "copy", &f->row.id, &e->row.id, earlier ? &moved : NULL);
}

static err file_note(struct desk *d, struct turn *t, struct filing *f)
{
    return filed_keep(d, t, f, "note", &f->row.id, &store_house, NULL);
}

/* ---- filing ---------------------------------------------------------------------------------- */

static const struct {
    const char *as;
    bool into; /* a dossier that is there */
    err (*file)(struct desk *d, struct turn *t, struct filing *f);
} ways[] = {{"request", false, file_request},
            {"copy", true, file_copy},
            {"act", true, file_act},
            {"note", true, file_note}};

static err into_load(struct desk *d, struct turn *t, struct filing *f)
{
    try(desk_arg_dossier(d, f->dt, RIGHT_REGISTER, &f->row));
    f->from = f->row.theirs;
    f->to = f->row.ours;
    try(state_agrees(t, f));
    f->c = arena_take(t->arena, sizeof *f->c);
    return desk_case_load(d, t, &f->row.id, INT64_MAX, f->c);
}

static err filed_view(struct desk *d, struct desk_turn *dt, const struct id *entry)
{
    struct turn *t = &dt->t;
    struct store_entry row;
    struct store_dossier dossier;
    try(store_entry_get(t, d->store, entry, &row));
    try(store_dossier_get(t, d->store, &row.dossier, &dossier));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "entry", row.label);
    tree_add_str(t->arena, v, "as", row.filed_as);
    tree_add_str(t->arena, v, "ref", dossier.ref);
    tree_add_str(t->arena, v, "state", dossier.state);
    tree_add_bool(t->arena, v, "incomplete", dossier.missing > 0);
    if (!id_eq(&row.act, &store_house)) tree_add_str(t->arena, v, "act", desk_hex_id(t, &row.act));
    dt->view = v;
    return ERR_OK;
}

err desk_do_ENTRY_FILE(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct filing f = {.dt = dt};
    struct str as;
    size_t k = 0;
    try(desk_officer(d, dt, &f.officer));
    try(desk_arg_entry(d, dt, RIGHT_REGISTER, &f.paper));
    try(desk_arg(t, dt->args, "as", &as));
    while (k < sizeof ways / sizeof *ways && !str_is(as, ways[k].as)) k++;
    if (k == sizeof ways / sizeof *ways)
        return turn_fail_at(t, ERR_USAGE, "argument", NULL, STR("as"),
                            "An entry is filed as: request, copy, act or note.");
    if (str_is(f.paper.row.stage, "filed"))
        return turn_fail(t, ERR_CONFLICT, "entry-filed", NULL,
                         "The entry " STR_FMT " is filed already, as " STR_FMT ".",
                         STR_ARG(f.paper.row.label), STR_ARG(f.paper.row.filed_as));
    f.when = desk_received(f.paper.fields, f.paper.registered_ms);
    if (ways[k].into) try(into_load(d, t, &f));
    try(ways[k].file(d, t, &f));
    return filed_view(d, dt, &f.paper.row.id);
}
