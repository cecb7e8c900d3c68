/* SPDX-License-Identifier: Apache-2.0 */
/* What people carry, as records and their projections: entries of the register, and slips that hang
 * on entries, dossiers and acts. Live and in rebuild the same code makes them, from the record
 * alone. */

#include "desk/desk_internal.h"

#include <string.h>

enum { SLIPS_MAX = 4096 };

/* ---- putting --------------------------------------------------------------------------------- */

static bool is_zero(const struct id *id) { return id_eq(id, &store_house); }

static void add_id(struct turn *t, struct tree *m, const char *key, const struct id *id)
{
    if (!is_zero(id)) tree_add_str(t->arena, m, key, desk_hex_id(t, id));
}

static struct id id_of(const struct tree *m, const char *key)
{
    struct id id;
    return id_read(tree_str(m, key), &id) ? id : store_house;
}

err desk_slip_put(struct desk *d, struct turn *t, const char *kind, const struct desk_hang *h,
                  struct tree *rest, struct id *name_out)
{
    struct id *name = arena_take(t->arena, sizeof *name);
    *name = desk_random_id(t);
    add_id(t, rest, "entry", &h->entry);
    add_id(t, rest, "dossier", &h->dossier);
    add_id(t, rest, "act", &h->act);
    tree_add_str(t->arena, rest, "ours", h->ours);
    struct store_record r = {.dossier = *h->key,
                             .kind = str_of(kind),
                             .subject = id_bytes(name),
                             .at_ms = turn_now_ms(t),
                             .open = id_bytes(name),
                             .rest = rest};
    try(desk_record(d, t, &r));
    if (name_out) *name_out = *name;
    return ERR_OK;
}

/* ---- reading --------------------------------------------------------------------------------- */

err desk_slips_load(struct desk *d, struct turn *t, const struct id *dossier, int64_t before,
                    struct desk_slips *out)
{
    struct store_slip *rows;
    size_t n;
    try(store_slips_of_dossier(t, d->store, dossier, &rows, &n));
    if (n > SLIPS_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "papers-too-many", NULL,
                         "%zu papers hang on the dossier; the limit is %d.", n, SLIPS_MAX);
    out->p = arena_take_many(t->arena, n + 1, sizeof *out->p);
    out->n = 0;
    for (size_t k = 0; k < n; k++) {
        if (rows[k].leaf >= before) continue;
        struct store_record r;
        try(store_record_at(t, d->store, rows[k].leaf, &r));
        out->p[out->n++] = (struct desk_slip){rows[k], r.rest};
    }
    return ERR_OK;
}

err desk_author(struct desk *d, struct turn *t, const struct law_tables *tables,
                const struct tree *rest, struct str from, struct desk_author *out)
{
    struct hash hash;
    if (tree_get(rest, "profile")) {
        struct profile p;
        struct bytes cms, root;
        if (!hash_read(tree_str(rest, "profile"), &hash))
            return turn_fail(t, ERR_INTEGRITY, "act-profile", NULL, "An act names no profile.");
        try(desk_profile_read(d, t, &hash, &p, &cms, &root));
        const struct profile_authority *a = profile_find(&p, from);
        out->state = p.state;
        return desk_functions(t, a ? a->functions : NULL, &out->functions, &out->functions_n);
    }
    struct str state, name;
    const struct tree *file;
    str_split(from, '/', &state, &name);
    try(law_state_file(t, tables, state, &file));
    const struct tree *a = tree_get(file, "authorities")->child;
    while (a && !str_eq(tree_str(a, "authority"), name)) a = a->next;
    if (!a)
        return turn_fail_at(t, ERR_NONE_SUCH, "authority-unknown",
                            law_usual_cited(t->arena, tables), from,
                            "The tables have no authority " STR_FMT ".", STR_ARG(from));
    out->state = state;
    return desk_functions(t, tree_get(a, "functions"), &out->functions, &out->functions_n);
}

err desk_decide_moved(struct desk *d, struct turn *t, const struct law_tables *tables,
                      const struct store_act *row, int64_t at_ms, struct law_verdict *out)
{
    struct store_record r;
    const struct tree *json;
    struct desk_author author;
    try(store_record_get(t, d->store, "act", id_bytes(&row->id), &r));
    try(store_record_shown(t, &r, &json));
    try(desk_author(d, t, tables, r.rest, tree_str(json, "from"), &author));
    enum law_stream stream = (enum law_stream)row->stream;
    struct law_act act = desk_law_act(json, stream);
    act.at_ms = at_ms;
    struct law_who who = {.side = stream,
                          .functions = author.functions,
                          .functions_n = author.functions_n,
                          .state = author.state,
                          .other = desk_state_of(tree_str(json, "to")),
                          .zones = &d->zones};
    return law_record(t, tables, &who, &act, at_ms, out);
}

err desk_case_moved(struct desk *d, struct turn *t, int64_t before, struct desk_case *c)
{
    struct store_slip *rows;
    size_t n;
    try(store_slips_of_dossier(t, d->store, &c->row.id, &rows, &n));
    for (size_t k = 0; k < n; k++) {
        if (!rows[k].open || rows[k].leaf >= before || !str_is(rows[k].kind, "entry-filed"))
            continue;
        struct store_record r;
        try(store_record_at(t, d->store, rows[k].leaf, &r));
        for (size_t j = 0; j < c->n; j++) {
            if (!id_eq(&c->entries[j].row.id, &rows[k].act)) continue;
            c->entries[j].row.at_ms = tree_int(r.rest, "at", 0);
            try(law_verdict_read(t, tree_get(r.rest, "verdict"), &c->entries[j].verdict));
        }
    }
    return ERR_OK;
}

/* ---- projections ----------------------------------------------------------------------------- */

static err record_name(struct turn *t, const struct store_record *r, struct id *out)
{
    if (r->subject.n != sizeof out->b)
        return turn_fail(t, ERR_INTEGRITY, "record-subject", NULL, "A record's name is short.");
    memcpy(out->b, r->subject.p, sizeof out->b);
    return ERR_OK;
}

static err documents_project(struct desk *d, struct turn *t, const struct store_record *r,
                             const struct tree *files, const struct store_document *at)
{
    for (const struct tree *f = files ? files->child : NULL; f; f = f->next) {
        struct store_document row = *at;
        row.leaf = r->leaf;
        if (!hash_read(tree_str(f, "sha256"), &row.sha256)) continue;
        try(store_document_add(t, d->store, &row));
    }
    return ERR_OK;
}

err desk_paper_of_act(struct desk *d, struct turn *t, const struct store_record *r,
                      const struct tree *act)
{
    struct store_document at = {.dossier = r->dossier};
    try(record_name(t, r, &at.act));
    return documents_project(d, t, r, tree_get(act, "documents"), &at);
}

/* The columns of the register's row that a map of fields says. */
static void entry_columns(const struct tree *fields, int64_t registered_ms, struct store_entry *row)
{
    row->carriage = tree_str(fields, "carriage");
    row->state = tree_str(fields, "state");
    row->received_ms = desk_received(fields, registered_ms).from_ms;
}

static err entry_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    const struct tree *rest = r->rest;
    struct hash *message = arena_take(t->arena, sizeof *message);
    struct store_entry row = {.label = tree_str(rest, "label"),
                              .ours = tree_str(rest, "ours"),
                              .stage = STR("open"),
                              .dossier = id_of(rest, "dossier"),
                              .act = id_of(rest, "act"),
                              .leaf = r->leaf};
    try(record_name(t, r, &row.id));
    entry_columns(tree_get(rest, "fields"), r->at_ms, &row);
    if (hash_read(tree_str(rest, "message"), message)) row.message = hash_bytes(message);
    try(store_entry_set(t, d->store, &row));
    try(store_fact_set(t, d->store, tree_str(rest, "series"), tree_str(rest, "serial")));
    struct store_document at = {.entry = row.id};
    return documents_project(d, t, r, tree_get(rest, "files"), &at);
}

static err slip_project(struct desk *d, struct turn *t, const struct store_record *r,
                        struct store_slip *p)
{
    *p = (struct store_slip){.leaf = r->leaf,
                             .kind = r->kind,
                             .ours = tree_str(r->rest, "ours"),
                             .entry = id_of(r->rest, "entry"),
                             .dossier = id_of(r->rest, "dossier"),
                             .act = id_of(r->rest, "act"),
                             .at_ms = tree_int(r->rest, "at", r->at_ms),
                             .due_ms = tree_int(r->rest, "due_ms", 0),
                             .open = tree_bool(r->rest, "open", false)};
    try(record_name(t, r, &p->name));
    try(store_slip_set(t, d->store, p));
    struct store_document at = {.entry = p->entry, .dossier = p->dossier, .act = p->act};
    try(documents_project(d, t, r, tree_get(r->rest, "files"), &at));
    return is_zero(&p->dossier) ? ERR_OK : desk_case_refresh(d, t, &p->dossier, r->leaf);
}

static err plain_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct store_slip p;
    return slip_project(d, t, r, &p);
}

/* What changed is read from the entry and all its changes, the newest last. */
static err edit_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct store_slip p;
    struct store_entry row;
    struct desk_paper paper;
    try(slip_project(d, t, r, &p));
    try(store_entry_get(t, d->store, &p.entry, &row));
    try(desk_paper_load(d, t, &row, &paper));
    entry_columns(paper.fields, paper.registered_ms, &row);
    return store_entry_set(t, d->store, &row);
}

/* `state`: whose paper bears the numbers, so that one of theirs in the form of another State's does
 * not name the dossier; empty: an officer gave them. */
static err aliases_project(struct desk *d, struct turn *t, const struct store_record *r,
                           const struct id *dossier, struct str state)
{
    const struct tree *numbers = tree_get(r->rest, "numbers");
    for (const struct tree *n = numbers ? numbers->child : NULL; n; n = n->next) {
        struct store_alias a = {*dossier, tree_str(n, "number"), tree_str(n, "sort")};
        if (state.n && str_is(a.sort, "theirs") && law_ref_is_foreign(a.alias, state)) continue;
        try(store_alias_set(t, d->store, &a));
    }
    return ERR_OK;
}

/* Who is told to do it may see it: an officer's name among executors makes him a member. */
static err executor_project(struct desk *d, struct turn *t, const struct store_slip *p)
{
    struct store_record r;
    struct store_officer officer;
    if (id_eq(&p->dossier, &store_house)) return ERR_OK;
    try(store_record_at(t, d->store, p->leaf, &r));
    err e = store_officer_get(t, d->store, tree_str(r.rest, "executor"), &officer);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    if (!str_eq(officer.authority, p->ours)) return ERR_OK;
    return store_member_add(t, d->store, &p->dossier, officer.officer);
}

static err filed_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct store_slip p, *hung;
    struct store_entry row;
    struct store_dossier dossier;
    struct str state, rest;
    size_t n;
    struct id entry = id_of(r->rest, "entry");
    try(store_entry_get(t, d->store, &entry, &row));
    row.stage = STR("filed");
    row.filed_as = tree_str(r->rest, "as");
    row.dossier = id_of(r->rest, "dossier");
    row.act = id_of(r->rest, "act");
    try(store_entry_set(t, d->store, &row));
    try(store_dossier_get(t, d->store, &row.dossier, &dossier));
    str_split(dossier.theirs, '/', &state, &rest);
    try(aliases_project(d, t, r, &row.dossier, state));
    try(store_slips_of_entry(t, d->store, &entry, &hung, &n));
    for (size_t k = 0; k < n; k++) { /* what was instructed before it was filed goes with it */
        if (!str_is(hung[k].kind, "instruction")) continue;
        hung[k].dossier = row.dossier;
        try(store_slip_set(t, d->store, &hung[k]));
        try(executor_project(d, t, &hung[k]));
    }
    return slip_project(d, t, r, &p);
}

static err instruction_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct store_slip p;
    try(slip_project(d, t, r, &p));
    return executor_project(d, t, &p);
}

static err alias_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct store_slip p;
    struct id dossier = id_of(r->rest, "dossier");
    try(aliases_project(d, t, r, &dossier, STR("")));
    return slip_project(d, t, r, &p);
}

static err done_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct store_slip p, of;
    struct id instruction = id_of(r->rest, "instruction");
    try(store_slip_get(t, d->store, &instruction, &of));
    of.open = false;
    try(store_slip_set(t, d->store, &of));
    return slip_project(d, t, r, &p);
}

static err matter_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct store_matter m = {
        .label = tree_str(r->rest, "label"), .ours = tree_str(r->rest, "ours"), .leaf = r->leaf};
    try(record_name(t, r, &m.id));
    try(store_fact_set(t, d->store, tree_str(r->rest, "series"), tree_str(r->rest, "serial")));
    return store_matter_set(t, d->store, &m);
}

static err grouped_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct id dossier = id_of(r->rest, "dossier"), matter = id_of(r->rest, "matter");
    try(store_group(t, d->store, &dossier, is_zero(&matter) ? NULL : &matter));
    return desk_case_refresh(d, t, &dossier, r->leaf);
}

static err moved_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    struct store_slip p;
    try(desk_moved_project(d, t, r));
    return slip_project(d, t, r, &p);
}

static const struct {
    const char *kind;
    err (*project)(struct desk *d, struct turn *t, const struct store_record *r);
} kinds[] = {
    {"entry", entry_project},       {"entry-edit", edit_project},
    {"entry-filed", filed_project}, {"carriage", plain_project},
    {"bound", plain_project},       {"instruction", instruction_project},
    {"instructed", done_project},   {"number", alias_project},
    {"matter", matter_project},     {"grouped", grouped_project},
    {"moved", moved_project},
};

err desk_paper_project(struct desk *d, struct turn *t, const struct store_record *r)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (str_is(r->kind, kinds[k].kind)) return kinds[k].project(d, t, r);
    return turn_fail(t, ERR_INTEGRITY, "record-kind", NULL, "A record's kind is not known.");
}
