/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown of what people carry: how far an act came and by what, entries, instructions,
 * numbers, and what of all this waits for a person. */

#include "desk/desk_internal.h"

/* ---- how it was carried --------------------------------------------------------------------- */

static void files_add(struct turn *t, struct tree *m, const struct tree *rest)
{
    const struct tree *files = tree_get(rest, "files");
    if (files && files->count) tree_add_copy(t->arena, m, "documents", files);
}

static void carriage_add(struct turn *t, struct tree *list, const struct desk_slip *p)
{
    struct tree *m = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, m, "what", tree_str(p->rest, "what"));
    tree_add_str(t->arena, m, "carriage", tree_str(p->rest, "carriage"));
    tree_add_str(t->arena, m, "at", time_text(t->arena, p->row.at_ms));
    tree_add_str(t->arena, m, "officer", tree_str(p->rest, "officer"));
    if (tree_str(p->rest, "person").n) tree_add_str(t->arena, m, "by", tree_str(p->rest, "person"));
    if (tree_str(p->rest, "proof").n)
        tree_add_str(t->arena, m, "proof", tree_str(p->rest, "proof"));
    files_add(t, m, p->rest);
}

/* An arrival of an act of theirs: the first, or a copy. */
static void arrival_add(struct turn *t, struct tree *list, const struct desk_slip *p)
{
    struct tree *m = tree_add_map(t->arena, list, NULL);
    bool copy = str_is(tree_str(p->rest, "as"), "copy");
    tree_add_str(t->arena, m, "what", copy ? STR("copy") : STR("arrived"));
    tree_add_str(t->arena, m, "carriage", tree_str(p->rest, "carriage"));
    tree_add_str(t->arena, m, "at", time_text(t->arena, p->row.at_ms));
    tree_add_str(t->arena, m, "entry", tree_str(p->rest, "label"));
    tree_add_str(t->arena, m, "officer", tree_str(p->rest, "officer"));
    tree_add_bool(t->arena, m, "drives", tree_get(p->rest, "verdict") != NULL);
    if (tree_bool(p->rest, "confirmation", false)) tree_add_bool(t->arena, m, "confirmation", true);
}

void desk_carriages_add(struct turn *t, struct tree *m, const struct desk_slips *s,
                        const struct store_act *a)
{
    struct tree *list = NULL, *bound = NULL;
    for (size_t k = 0; k < s->n; k++) {
        const struct desk_slip *p = &s->p[k];
        if (!id_eq(&p->row.act, &a->id)) continue;
        bool arrival = str_is(p->row.kind, "entry-filed");
        if (arrival || str_is(p->row.kind, "carriage")) {
            if (!list) list = tree_add_list(t->arena, m, "carriages");
            if (arrival)
                arrival_add(t, list, p);
            else
                carriage_add(t, list, p);
        } else if (str_is(p->row.kind, "bound")) {
            if (!bound) bound = tree_add_list(t->arena, m, "bound");
            struct tree *one = tree_add_map(t->arena, bound, NULL);
            tree_add_str(t->arena, one, "at", time_text(t->arena, p->row.at_ms));
            tree_add_str(t->arena, one, "code", tree_str(p->rest, "code"));
            tree_add_str(t->arena, one, "officer", tree_str(p->rest, "officer"));
            files_add(t, one, p->rest);
        }
    }
}

/* ---- a dossier ------------------------------------------------------------------------------- */

static void instruction_add(struct turn *t, struct tree *list, const struct store_slip *row,
                            const struct tree *rest)
{
    struct tree *m = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, m, "instruction", desk_hex_id(t, &row->name));
    tree_add_str(t->arena, m, "at", time_text(t->arena, row->at_ms));
    tree_add_str(t->arena, m, "executor", tree_str(rest, "executor"));
    tree_add_str(t->arena, m, "by", tree_str(rest, "by"));
    tree_add_str(t->arena, m, "end", time_text(t->arena, row->due_ms));
    tree_add_bool(t->arena, m, "open", row->open);
    tree_add_str(t->arena, m, "officer", tree_str(rest, "officer"));
    if (tree_str(rest, "text").n) tree_add_str(t->arena, m, "text", tree_str(rest, "text"));
    if (tree_str(rest, "registry").n)
        tree_add_str(t->arena, m, "registry", tree_str(rest, "registry"));
}

static err numbers_show(struct desk *d, struct turn *t, struct tree *v, const struct id *dossier)
{
    struct store_alias *rows;
    size_t n;
    try(store_aliases_of(t, d->store, dossier, &rows, &n));
    struct tree *list = tree_add_list(t->arena, v, "numbers");
    for (size_t k = 0; k < n; k++) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "number", rows[k].alias);
        tree_add_str(t->arena, one, "sort", rows[k].sort);
    }
    return ERR_OK;
}

static err matter_show(struct desk *d, struct turn *t, struct tree *v, const struct id *dossier)
{
    struct store_matter m;
    struct store_record r;
    err e = store_matter_of(t, d->store, dossier, &m);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    try(store_record_get(t, d->store, "matter", id_bytes(&m.id), &r));
    struct tree *one = tree_add_map(t->arena, v, "matter");
    tree_add_str(t->arena, one, "matter", m.label);
    tree_add_str(t->arena, one, "title", tree_str(r.rest, "title"));
    return ERR_OK;
}

/* What came for it and nobody has said yet what it is; notes; and mail of ours on its way. */
static err entries_show(struct desk *d, struct turn *t, struct tree *v, const struct id *dossier)
{
    struct store_entry *rows;
    struct store_mail *mails;
    size_t n;
    try(store_entries_of(t, d->store, dossier, &rows, &n));
    struct tree *list = tree_add_list(t->arena, v, "entries");
    for (size_t k = 0; k < n; k++) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "entry", rows[k].label);
        tree_add_str(t->arena, one, "stage", rows[k].stage);
        tree_add_str(t->arena, one, "as", rows[k].filed_as);
        tree_add_str(t->arena, one, "carriage", rows[k].carriage);
        tree_add_str(t->arena, one, "received", time_text(t->arena, rows[k].received_ms));
    }
    try(store_mails_of(t, d->store, dossier, &mails, &n));
    list = tree_add_list(t->arena, v, "mail");
    for (size_t k = 0; k < n; k++) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "mail", desk_hex_id(t, &mails[k].id));
        tree_add_str(t->arena, one, "act", desk_hex_id(t, &mails[k].act));
        tree_add_str(t->arena, one, "to", mails[k].recipient);
        tree_add_str(t->arena, one, "stage", mails[k].stage);
        tree_add_str(t->arena, one, "answer", mails[k].answer);
        tree_add_int(t->arena, one, "tries", mails[k].tries);
        if (str_is(mails[k].stage, "waiting"))
            tree_add_str(t->arena, one, "next_try", time_text(t->arena, mails[k].next_ms));
    }
    return ERR_OK;
}

err desk_papers_show(struct desk *d, struct turn *t, struct tree *v,
                     const struct store_dossier *row, const struct desk_slips *s)
{
    bool off_wire;
    try(store_off_wire(t, d->store, &row->id, &off_wire));
    tree_add_bool(t->arena, v, "off_wire", off_wire);
    try(numbers_show(d, t, v, &row->id));
    try(matter_show(d, t, v, &row->id));
    struct tree *list = tree_add_list(t->arena, v, "instructions");
    for (size_t k = 0; k < s->n; k++)
        if (str_is(s->p[k].row.kind, "instruction"))
            instruction_add(t, list, &s->p[k].row, s->p[k].rest);
    return entries_show(d, t, v, &row->id);
}

/* ---- an entry -------------------------------------------------------------------------------- */

static err hung_on_entry(struct desk *d, struct turn *t, const struct desk_paper *p, struct tree *m)
{
    struct store_slip *slips;
    size_t n;
    try(store_slips_of_entry(t, d->store, &p->row.id, &slips, &n));
    struct tree *list = tree_add_list(t->arena, m, "instructions");
    for (size_t k = 0; k < n; k++) {
        struct store_record r;
        if (!str_is(slips[k].kind, "instruction")) continue;
        try(store_record_at(t, d->store, slips[k].leaf, &r));
        instruction_add(t, list, &slips[k], r.rest);
    }
    return ERR_OK;
}

err desk_entry_view(struct desk *d, struct desk_turn *dt, const struct desk_paper *p, bool whole,
                    struct tree *m)
{
    struct turn *t = &dt->t;
    struct arena *a = t->arena;
    struct str lang = desk_lang(dt);
    struct str registry = tree_str(p->fields, "registry"), from = tree_str(p->fields, "from");
    tree_add_str(a, m, "entry", p->row.label);
    tree_add_str(a, m, "registry", registry.n ? registry : p->row.label);
    tree_add_str(a, m, "ours", p->row.ours);
    tree_add_str(a, m, "stage", p->row.stage);
    tree_add_str(a, m, "as", p->row.filed_as);
    tree_add_str(a, m, "received", time_text(a, p->row.received_ms));
    int64_t day;
    if (day_read(tree_str(p->fields, "received"), &day) && p->row.received_ms != p->registered_ms)
        tree_add_copy(a, m, "received_day", tree_get(p->fields, "received"));
    tree_add_str(a, m, "registered", time_text(a, p->registered_ms));
    tree_add_copy(a, m, "by", p->by);
    static const char *const shown[] = {"carriage", "state", "from",     "from_text",  "subject",
                                        "kind",     "note",  "deadline", "instrument", "lang"};
    for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
        if (tree_str(p->fields, shown[k]).n)
            tree_add_str(a, m, shown[k], tree_str(p->fields, shown[k]));
    struct str state_title = law_state_said(d->tables, p->row.state, lang);
    if (state_title.n) tree_add_str(a, m, "state_title", state_title);
    if (from.n) tree_add_str(a, m, "from_title", desk_address_title(d, t, from, lang));
    if (!id_eq(&p->row.dossier, &store_house)) {
        struct store_dossier row;
        try(store_dossier_get(t, d->store, &p->row.dossier, &row));
        tree_add_str(a, m, "ref", row.ref);
        if (!id_eq(&p->row.act, &store_house))
            tree_add_str(a, m, "act", desk_hex_id(t, &p->row.act));
    }
    tree_add_copy(a, m, "numbers", tree_get(p->fields, "numbers"));
    tree_add_copy(a, m, "documents", p->files);
    if (!whole) return ERR_OK;
    tree_add_copy(a, m, "text", tree_get(p->fields, "text"));
    try(hung_on_entry(d, t, p, m));
    return desk_likely(d, dt, p, tree_add_list(a, m, "likely"));
}

/* ---- what waits for a person ----------------------------------------------------------------- */

struct needs {
    struct desk *d;
    struct desk_turn *dt;
    struct store_reader who;
    struct tree *list;
};

/* A row of a dossier that who asks sees. */
static err need_of(struct needs *n, const struct id *dossier, struct tree **out)
{
    struct turn *t = &n->dt->t;
    struct store_dossier row;
    try(store_access_get(t, n->d->store, &n->who, dossier, &row));
    *out = tree_add_map(t->arena, n->list, NULL);
    return desk_add_dossier(n->d, t, *out, &row, desk_lang(n->dt));
}

/* Mails that were refused for good: what, to whom, by whom sent, and why. */
static err needs_mailing(struct needs *x)
{
    struct turn *t = &x->dt->t;
    struct store_mail *rows;
    size_t n;
    try(store_access_refused(t, x->d->store, &x->who, DESK_NEEDS_MAX, &rows, &n));
    for (size_t k = 0; k < n; k++) {
        struct store_act act;
        struct tree *m;
        try(store_act_get(t, x->d->store, &rows[k].act, &act));
        try(need_of(x, &rows[k].dossier, &m));
        tree_add_str(t->arena, m, "next", STR("mail"));
        tree_add_str(t->arena, m, "act", act.act);
        tree_add_str(t->arena, m, "id", desk_hex_id(t, &act.id));
        tree_add_str(t->arena, m, "mail", desk_hex_id(t, &rows[k].id));
        tree_add_str(t->arena, m, "to", rows[k].recipient);
        tree_add_str(t->arena, m, "officer", rows[k].officer);
        tree_add_str(t->arena, m, "answer", rows[k].answer);
    }
    return ERR_OK;
}

static bool is_told(const struct needs *x, struct str act)
{
    const struct tree *r = x->list->child;
    while (r && !(str_is(tree_str(r, "next"), "mail") && str_eq(tree_str(r, "id"), act)))
        r = r->next;
    return r != NULL;
}

/* Acts beside the wire that nobody has carried yet. */
static err needs_carrying(struct needs *x)
{
    struct turn *t = &x->dt->t;
    struct store_act *rows;
    size_t n;
    try(store_access_uncarried(t, x->d->store, &x->who, DESK_NEEDS_MAX, &rows, &n));
    for (size_t k = 0; k < n; k++) {
        struct tree *m;
        if (is_told(x, desk_hex_id(t, &rows[k].id))) continue;
        try(need_of(x, &rows[k].dossier, &m));
        tree_add_str(t->arena, m, "next", STR("dispatch"));
        tree_add_str(t->arena, m, "act", rows[k].act);
        tree_add_str(t->arena, m, "id", desk_hex_id(t, &rows[k].id));
    }
    return ERR_OK;
}

static err needs_instructed(struct needs *x)
{
    struct turn *t = &x->dt->t;
    struct store_slip *rows;
    size_t n;
    try(store_access_instructed(t, x->d->store, &x->who, DESK_NEEDS_MAX, &rows, &n));
    for (size_t k = 0; k < n; k++) {
        struct store_record r;
        struct store_entry entry;
        struct tree *m;
        if (!id_eq(&rows[k].dossier, &store_house)) {
            try(need_of(x, &rows[k].dossier, &m));
        } else {
            try(store_entry_get(t, x->d->store, &rows[k].entry, &entry));
            m = tree_add_map(t->arena, x->list, NULL);
            tree_add_str(t->arena, m, "entry", entry.label);
        }
        try(store_record_at(t, x->d->store, rows[k].leaf, &r));
        tree_add_str(t->arena, m, "next", STR("instruction"));
        tree_add_str(t->arena, m, "instruction", desk_hex_id(t, &rows[k].name));
        tree_add_str(t->arena, m, "executor", tree_str(r.rest, "executor"));
        tree_add_str(t->arena, m, "end", time_text(t->arena, rows[k].due_ms));
        tree_add_bool(t->arena, m, "running", true);
    }
    return ERR_OK;
}

static err entries_waiting(struct needs *x, struct tree *v)
{
    struct turn *t = &x->dt->t;
    struct store_entry *rows;
    size_t n;
    try(store_access_entries(t, x->d->store, &x->who, true, INT64_MAX, DESK_NEEDS_MAX, &rows, &n));
    struct tree *list = tree_add_list(t->arena, v, "entries");
    for (size_t k = 0; k < n; k++) {
        struct store_dossier row;
        struct tree *m = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, m, "entry", rows[k].label);
        tree_add_str(t->arena, m, "carriage", rows[k].carriage);
        tree_add_str(t->arena, m, "state", rows[k].state);
        tree_add_str(t->arena, m, "received", time_text(t->arena, rows[k].received_ms));
        if (id_eq(&rows[k].dossier, &store_house)) continue;
        try(store_dossier_get(t, x->d->store, &rows[k].dossier, &row));
        tree_add_str(t->arena, m, "ref", row.ref);
    }
    return ERR_OK;
}

err desk_papers_needs(struct desk *d, struct desk_turn *dt, struct tree *v)
{
    struct turn *t = &dt->t;
    struct needs x = {.d = d, .dt = dt, .list = tree_list(t->arena)};
    desk_reader(dt, RIGHT_READ, &x.who);
    try(needs_instructed(&x));
    try(needs_mailing(&x));
    try(needs_carrying(&x));
    const struct tree *there = tree_get(v, "needs_a_person");
    for (const struct tree *r = there ? there->child : NULL; r; r = r->next)
        tree_add_copy(t->arena, x.list, NULL, r);
    tree_set(t->arena, v, STR("needs_a_person"), x.list);
    return entries_waiting(&x, v);
}

/* ---- how much of it there is ----------------------------------------------------------------- */

static err count_dossier(struct desk *d, struct turn *t, const struct store_reader *who,
                         const struct id *dossier, struct desk_needs *n)
{
    struct store_dossier row;
    n->needs++;
    if (id_eq(dossier, &store_house)) return ERR_OK;
    try(store_access_get(t, d->store, who, dossier, &row));
    n->hot += row.requested_n == 0;
    return ERR_OK;
}

/* The rows that desk_papers_needs makes. */
err desk_papers_count(struct desk *d, struct desk_turn *dt, const struct store_reader *who,
                      struct desk_needs *n)
{
    struct turn *t = &dt->t;
    struct store_slip *slips;
    struct store_mail *mails;
    struct store_act *acts;
    struct store_entry *entries;
    size_t slips_n, mails_n, acts_n, entries_n;
    try(store_access_instructed(t, d->store, who, DESK_NEEDS_MAX, &slips, &slips_n));
    try(store_access_refused(t, d->store, who, DESK_NEEDS_MAX, &mails, &mails_n));
    try(store_access_uncarried(t, d->store, who, DESK_NEEDS_MAX, &acts, &acts_n));
    try(store_access_entries(t, d->store, who, true, INT64_MAX, DESK_NEEDS_MAX, &entries,
                             &entries_n));
    for (size_t k = 0; k < slips_n; k++) try(count_dossier(d, t, who, &slips[k].dossier, n));
    for (size_t k = 0; k < mails_n; k++) try(count_dossier(d, t, who, &mails[k].dossier, n));
    for (size_t k = 0; k < acts_n; k++) {
        bool told = false;
        for (size_t j = 0; j < mails_n; j++) told = told || id_eq(&mails[j].act, &acts[k].id);
        if (!told) try(count_dossier(d, t, who, &acts[k].dossier, n));
    }
    n->entries = (int64_t)entries_n;
    return ERR_OK;
}
