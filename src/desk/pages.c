/* SPDX-License-Identifier: Apache-2.0 */
/* What pages and the API ask for beside a dossier: lists, search, one document, the other States,
 * and what has changed. Everything about dossiers comes through store/access.h. */

#include "desk/exhibits.h"

enum { LIST_USUAL = 200, LIST_MAX = 1000, FIND_MAX = 50, CHANGES_USUAL = 100, CHANGES_MAX = 1000 };

/* ---- lists ----------------------------------------------------------------------------------- */

static err limit_arg(struct turn *t, const struct tree *args, int64_t usual, int64_t most,
                     int64_t *out)
{
    *out = tree_int(args, "limit", usual);
    if (*out >= 1 && *out <= most) return ERR_OK;
    return turn_fail_at(t, ERR_USAGE, "argument", NULL, STR("limit"),
                        "A list shows between 1 and %lld dossiers.", (long long)most);
}

static const struct {
    const char *box, *side;
    bool open, closed;
} boxes[] = {
    {"all", "", false, false},
    {"inbox", "requested", true, false},
    {"sent", "requesting", true, false},
    {"closed", "", false, true},
};

static err filter_arg(struct desk *d, struct desk_turn *dt, struct store_filter *out)
{
    struct turn *t = &dt->t;
    struct str box = tree_str(dt->args, "box"), state = tree_str(dt->args, "state");
    struct str q = tree_str(dt->args, "q");
    size_t k = 0, n = sizeof boxes / sizeof *boxes;
    while (box.n && k < n && !str_is(box, boxes[k].box)) k++;
    if (k == n)
        return turn_fail_at(t, ERR_USAGE, "argument", NULL, STR("box"),
                            "A list is one of all, inbox, sent and closed.");
    struct store_filter f = {.side = str_of(boxes[k].side),
                             .open = boxes[k].open,
                             .closed = boxes[k].closed,
                             .kind = tree_str(dt->args, "kind"),
                             .before = tree_int(dt->args, "before", INT64_MAX)};
    if (state.n) f.state = str_printf(t->arena, STR_FMT "/", STR_ARG(state));
    if (q.n) try(store_words_of(t, d->store, q, f.token, &f.words));
    *out = f;
    return ERR_OK;
}

err desk_dossiers_offer(struct desk *d, struct desk_turn *dt, struct tree *rows)
{
    enum { OFFERED_MAX = 100 };
    struct turn *t = &dt->t;
    struct store_reader who;
    struct store_filter f = {.before = INT64_MAX, .limit = OFFERED_MAX};
    struct store_dossier *found = NULL;
    size_t n = 0;
    for (struct tree *r = rows->child; r; r = r->next) {
        if (!str_is(tree_str(r, "type"), "dossier")) continue;
        desk_reader(dt, RIGHT_READ, &who);
        if (!found) try(store_access_list(t, d->store, &who, &f, &found, &n));
        struct tree *list = tree_add_list(t->arena, r, "choices");
        for (size_t k = 0; k < n; k++) {
            struct tree *one = tree_add_map(t->arena, list, NULL);
            tree_add_str(t->arena, one, "value", found[k].ref);
            tree_add_str(t->arena, one, "article", STR(""));
            tree_add_str(t->arena, one, "title",
                         law_said(d->tables, LAW_SAYS_KIND, found[k].instrument, found[k].kind,
                                  STR(""), desk_lang(dt)));
        }
    }
    return ERR_OK;
}

/* How far what we last sent in a dossier has come; nothing where we sent nothing. */
static err level_add(struct desk *d, struct turn *t, struct tree *m, const struct id *dossier)
{
    struct store_act act;
    struct desk_slips slips;
    err e = store_act_last_out(t, d->store, dossier, &act);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    try(desk_slips_load(d, t, dossier, INT64_MAX, &slips));
    tree_add_str(t->arena, m, "level", desk_level(d, t, &slips, &act));
    return ERR_OK;
}

err desk_do_LIST(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_reader who;
    struct store_filter f;
    struct store_dossier *rows;
    size_t n;
    try(filter_arg(d, dt, &f));
    try(limit_arg(t, dt->args, LIST_USUAL, LIST_MAX, &f.limit));
    desk_reader(dt, RIGHT_READ, &who);
    if (desk_is_unchanged(d, dt)) return ERR_OK;
    try(store_access_list(t, d->store, &who, &f, &rows, &n));
    struct tree *v = tree_map(t->arena);
    struct tree *list = tree_add_list(t->arena, v, "dossiers");
    for (size_t k = 0; k < n; k++) {
        bool next;
        struct tree *row = tree_add_map(t->arena, list, NULL);
        try(desk_add_row(d, dt, row, &rows[k], &next));
        try(level_add(d, t, row, &rows[k].id));
    }
    if (n == (size_t)f.limit) tree_add_int(t->arena, v, "before", rows[n - 1].changed_leaf);
    dt->view = v;
    return ERR_OK;
}

err desk_do_CHANGES(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_reader who;
    struct store_change *rows;
    size_t n;
    int64_t limit, last;
    try(limit_arg(t, dt->args, CHANGES_USUAL, CHANGES_MAX, &limit));
    desk_reader(dt, RIGHT_READ, &who);
    /* Where things stand for him: what the rest of the log holds is not told. Without `after` that
     * is all. */
    try(store_access_latest(t, d->store, &who, &last));
    int64_t after = tree_int(dt->args, "after", last);
    try(store_access_changes(t, d->store, &who, after, limit, &rows, &n));
    struct tree *v = tree_map(t->arena);
    struct tree *list = tree_add_list(t->arena, v, "refs");
    for (size_t k = 0; k < n; k++) {
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "ref", rows[k].ref);
        tree_add_int(t->arena, one, "leaf", rows[k].leaf);
    }
    tree_add_int(t->arena, v, "position", n == (size_t)limit ? rows[n - 1].leaf : last);
    dt->view = v;
    return ERR_OK;
}

/* ---- search ---------------------------------------------------------------------------------- */

/* States whose name in the language, or whose code, is what was typed. */
static void add_states(struct desk *d, struct desk_turn *dt, struct tree *v, struct str q)
{
    struct turn *t = &dt->t;
    struct str wanted = str_trim(store_fold(t, q));
    struct tree *list = tree_add_list(t->arena, v, "states");
    const struct tree *state;
    for (size_t k = 0; wanted.n && (state = law_state_nth(d->tables, k)); k++) {
        struct str code = tree_str(state, "state");
        struct str title = law_state_said(d->tables, code, desk_lang(dt));
        if (!str_starts(store_fold(t, title), str_c(t->arena, wanted)) &&
            !str_eq(store_fold(t, code), wanted))
            continue;
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "state", code);
        tree_add_str(t->arena, one, "title", title);
    }
}

err desk_do_FIND(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct str q;
    struct store_reader who;
    struct store_filter f = {.before = INT64_MAX, .limit = FIND_MAX};
    struct store_dossier *rows, one;
    size_t n = 0;
    try(desk_arg(t, dt->args, "q", &q));
    desk_reader(dt, RIGHT_READ, &who);
    try(desk_read_note(d, dt, NULL));
    struct tree *v = tree_map(t->arena);
    struct tree *list = tree_add_list(t->arena, v, "dossiers");
    bool next;
    err e = store_access_find(t, d->store, &who, str_trim(q), &one);
    if (e == ERR_OK) try(desk_add_row(d, dt, tree_add_map(t->arena, list, NULL), &one, &next));
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    bool named = e == ERR_OK;
    try(store_words_of(t, d->store, q, f.token, &f.words));
    if (f.words) try(store_access_list(t, d->store, &who, &f, &rows, &n));
    for (size_t k = 0; k < n; k++) {
        if (named && id_eq(&rows[k].id, &one.id)) continue;
        try(desk_add_row(d, dt, tree_add_map(t->arena, list, NULL), &rows[k], &next));
    }
    try(law_articles_find(t, d->tables, q, desk_lang(dt), FIND_MAX, store_fold,
                          tree_add_list(t->arena, v, "articles")));
    add_states(d, dt, v, q);
    dt->view = v;
    return ERR_OK;
}

/* ---- one document ---------------------------------------------------------------------------- */

/* An act of the dossier that carries a document, and the document's row in it. */
static const struct tree *document_of(const struct desk_case *c, struct str sha256,
                                      const struct desk_entry **entry_out)
{
    for (size_t k = 0; k < c->n; k++) {
        const struct tree *docs = tree_get(c->entries[k].act, "documents");
        for (const struct tree *f = docs ? docs->child : NULL; f; f = f->next) {
            if (!str_eq(tree_str(f, "sha256"), sha256)) continue;
            *entry_out = &c->entries[k];
            return f;
        }
    }
    return NULL;
}

static err document_none(struct turn *t)
{
    return turn_fail_at(t, ERR_NONE_SUCH, "document-none-such", NULL, STR("sha256"),
                        "There is no such document here.");
}

/* Ours lie in the vault under the dossier's key; what came in stands in its parcel. */
static err document_ours(struct desk *d, struct turn *t, const struct id *dossier,
                         struct str sha256, struct str where, struct bytes *out)
{
    struct hash vault;
    struct bytes locked;
    if (!hash_read(where, &vault)) return document_none(t);
    try(vault_get(t, d->vault, &vault, SEAL_PLAIN_MAX, &locked));
    return store_unlock(t, d->store, dossier, sha256, locked, out);
}

static err document_theirs(struct desk *d, struct turn *t, const struct id *act, struct str name,
                           struct bytes *out)
{
    struct store_parcel row;
    struct store_record r;
    struct parcel p;
    try(store_parcel_of_act(t, d->store, act, &row));
    try(store_record_get(t, d->store, "parcel", hash_bytes(&row.digest), &r));
    try(parcel_read(t, r.bulk, &p));
    const struct zip_entry *e =
        parcel_find(&p, str_c(t->arena, str_printf(t->arena, "documents/" STR_FMT, STR_ARG(name))));
    if (!e) return document_none(t);
    *out = e->data;
    return ERR_OK;
}

/* One segment of an exhibit, or, where none is named, why it cannot be given whole. The row then
 * says how many there are. */
static err document_exhibit(struct desk *d, struct desk_turn *dt, const struct id *dossier,
                            struct str where, const struct tree **row_io, struct bytes *out)
{
    struct turn *t = &dt->t;
    struct desk_exhibit x;
    const struct tree *row = *row_io;
    int64_t size = tree_int(row, "size", 0);
    if (!tree_get(dt->args, "segment"))
        return turn_fail_at(t, ERR_TOO_LARGE, "document-exhibit", NULL, tree_str(row, "name"),
                            "This exhibit has %lld bytes and is fetched in segments, as comity "
                            "document does.",
                            (long long)size);
    try(desk_exhibit_read(d, t, dossier, tree_str(row, "sha256"), where, &x));
    try(desk_exhibit_open(d, t, &x, size, tree_int(dt->args, "segment", -1), out));
    struct tree *said = tree_add_copy(t->arena, tree_list(t->arena), NULL, row);
    tree_add_int(t->arena, said, "segments", (int64_t)x.n);
    *row_io = said;
    return ERR_OK;
}

static err of_draft(struct desk *d, struct desk_turn *dt, struct str sha256, struct id *dossier,
                    const struct tree **row_out, struct bytes *out)
{
    struct turn *t = &dt->t;
    struct store_draft draft;
    struct tree *body;
    try(desk_arg_draft(d, dt, RIGHT_READ, &draft));
    try(json_read(t, draft.body, &codec_limits, &body));
    const struct tree *docs = tree_get(body, "documents"), *f = docs ? docs->child : NULL;
    while (f && !str_eq(tree_str(f, "sha256"), sha256)) f = f->next;
    if (!f || !id_read(tree_str(body, "dossier"), dossier)) return document_none(t);
    *row_out = f;
    if (tree_bool(f, "exhibit", false))
        return document_exhibit(d, dt, dossier, tree_str(f, "vault"), row_out, out);
    return document_ours(d, t, dossier, sha256, tree_str(f, "vault"), out);
}

/* What proves a carriage, or was bound: it hangs on the dossier, under its key. */
static err document_hung(struct desk *d, struct turn *t, const struct id *dossier,
                         struct str sha256, const struct tree **row_out, struct bytes *out)
{
    struct desk_slips slips;
    try(desk_slips_load(d, t, dossier, INT64_MAX, &slips));
    for (size_t k = 0; k < slips.n; k++) {
        const struct tree *files = tree_get(slips.p[k].rest, "files");
        const struct tree *f = files ? files->child : NULL;
        while (f && !str_eq(tree_str(f, "sha256"), sha256)) f = f->next;
        const struct tree *where = tree_get_s(tree_get(slips.p[k].rest, "documents"), sha256);
        if (!f || !where) continue;
        *row_out = f;
        return document_ours(d, t, dossier, sha256, where->str, out);
    }
    return document_none(t);
}

static err of_dossier(struct desk *d, struct desk_turn *dt, struct str sha256, struct id *dossier,
                      const struct tree **row_out, struct bytes *out)
{
    struct turn *t = &dt->t;
    struct store_dossier row;
    struct desk_case c;
    const struct desk_entry *e = NULL;
    try(desk_arg_dossier(d, dt, RIGHT_READ, &row));
    try(desk_case_load(d, t, &row.id, INT64_MAX, &c));
    *dossier = row.id;
    *row_out = document_of(&c, sha256, &e);
    if (!*row_out) return document_hung(d, t, &row.id, sha256, row_out, out);
    struct str index = desk_exhibit_where(e->rest, sha256);
    if (index.n) return document_exhibit(d, dt, &row.id, index, row_out, out);
    const struct tree *where = tree_get_s(tree_get(e->rest, "documents"), sha256);
    if (!where && str_is(e->row.way, "in"))
        return document_theirs(d, t, &e->row.id, tree_str(*row_out, "name"), out);
    return document_ours(d, t, &row.id, sha256, where ? where->str : STR(""), out);
}

err desk_do_DOCUMENT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct str sha256;
    struct id dossier;
    const struct tree *row;
    struct bytes data;
    try(desk_arg(t, dt->args, "sha256", &sha256));
    bool draft = tree_str(dt->args, "draft").n > 0;
    try((draft ? of_draft : of_dossier)(d, dt, sha256, &dossier, &row, &data));
    try(desk_read_note(d, dt, &dossier));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "name", tree_str(row, "name"));
    tree_add_str(t->arena, v, "type", tree_str(row, "type"));
    tree_add_str(t->arena, v, "sha256", sha256);
    int64_t segments = tree_int(row, "segments", 0);
    tree_add_int(t->arena, v, "size", segments ? tree_int(row, "size", 0) : (int64_t)data.n);
    if (segments) tree_add_int(t->arena, v, "segments", segments);
    tree_add_str(t->arena, v, "data", base64(t->arena, data));
    dt->view = v;
    return ERR_OK;
}

/* ---- the other States ------------------------------------------------------------------------ */

static void add_authority(struct desk *d, struct turn *t, struct tree *list, struct str address,
                          const struct tree *row, struct str lang)
{
    const struct desk_peer *p = desk_peer(d, address);
    struct tree *m = tree_add_map(t->arena, list, NULL);
    tree_add_str(t->arena, m, "address", address);
    tree_add_str(t->arena, m, "title", desk_address_title(d, t, address, lang));
    tree_add_bool(t->arena, m, "has_node", p != NULL);
    struct tree *functions = tree_add_list(t->arena, m, "functions");
    const struct tree *held = row ? tree_get(row, "functions") : p ? p->functions : NULL;
    for (const struct tree *f = held ? held->child : NULL; f; f = f->next)
        tree_add_str(t->arena, tree_add_copy(t->arena, functions, NULL, f), "title",
                     law_said(d->tables, LAW_SAYS_FUNCTION, tree_str(f, "instrument"), STR(""),
                              tree_str(f, "function"), lang));
    struct tree *languages = tree_add_list(t->arena, m, "languages");
    const struct tree *said = tree_get(row, "languages");
    for (const struct tree *l = said ? said->child : NULL; l; l = l->next)
        tree_add_str(t->arena, languages, NULL, l->str);
    static const char *const known[] = {"time_zone", "email", "phone"};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (tree_str(row, known[k]).n) tree_add_str(t->arena, m, known[k], tree_str(row, known[k]));
    if (p) tree_add_str(t->arena, m, "url", p->url);
}

static struct tree *add_state(struct desk *d, struct turn *t, struct tree *list, struct str code,
                              struct str title, bool training)
{
    struct tree *m = tree_add_map(t->arena, list, NULL);
    bool pinned = false;
    for (size_t k = 0; k < d->peers_n; k++) pinned = pinned || str_eq(d->peers[k].state, code);
    tree_add_str(t->arena, m, "state", code);
    tree_add_str(t->arena, m, "title", title);
    tree_add_bool(t->arena, m, "has_node", pinned);
    tree_add_bool(t->arena, m, "pinned", pinned);
    tree_add_bool(t->arena, m, "training", training);
    return tree_add_list(t->arena, m, "authorities");
}

static bool is_asked(const struct desk_turn *dt, struct str code)
{
    struct str only = tree_str(dt->args, "state");
    return !only.n || str_eq(only, code);
}

/* States whose node is pinned and that the tables do not know. */
static void add_strangers(struct desk *d, struct desk_turn *dt, struct tree *list)
{
    struct turn *t = &dt->t;
    for (size_t k = 0; k < d->peers_n; k++) {
        const struct desk_peer *p = &d->peers[k];
        bool known = law_state_said(d->tables, p->state, desk_lang(dt)).n > 0;
        for (size_t j = 0; j < k; j++) known = known || str_eq(d->peers[j].state, p->state);
        if (known || !is_asked(dt, p->state)) continue;
        struct tree *to = add_state(d, t, list, p->state, p->state_name, p->training);
        for (size_t j = k; j < d->peers_n; j++)
            if (str_eq(d->peers[j].state, p->state))
                add_authority(d, t, to, d->peers[j].address, NULL, desk_lang(dt));
    }
}

err desk_do_CONTACTS(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct tree *v = tree_map(t->arena);
    struct tree *list = tree_add_list(t->arena, v, "states");
    const struct tree *state;
    for (size_t k = 0; (state = law_state_nth(d->tables, k)); k++) {
        struct str code = tree_str(state, "state");
        bool training = tree_bool(state, "training", false);
        if (!is_asked(dt, code) || training != d->profile.training) continue;
        struct tree *to =
            add_state(d, t, list, code, law_state_said(d->tables, code, desk_lang(dt)), training);
        const struct tree *rows = tree_get(state, "authorities");
        for (const struct tree *a = rows ? rows->child : NULL; a; a = a->next)
            add_authority(d, t, to,
                          str_printf(t->arena, STR_FMT "/" STR_FMT, STR_ARG(code),
                                     STR_ARG(tree_str(a, "authority"))),
                          a, desk_lang(dt));
    }
    add_strangers(d, dt, list);
    if (list->count == 0 && tree_str(dt->args, "state").n)
        return turn_fail_at(t, ERR_NONE_SUCH, "state-none-such", NULL, STR("state"),
                            "There is no such State here.");
    dt->view = v;
    return ERR_OK;
}
