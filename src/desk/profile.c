/* SPDX-License-Identifier: Apache-2.0 */
/* What our own State says of itself: its signed profile and the next one, who has a function that
 * the law left open, and whether a lawyer accepted the tables. Each is an act of the house. */

#include "desk/desk_internal.h"

/* ---- functions the law left open ------------------------------------------------------------- */

static const char *const function_keys[] = {"instrument", "function", "direction", "kind"};
enum { FUNCTION_KEYS = sizeof function_keys / sizeof *function_keys };

static struct str member_of(const struct tree *row, size_t k)
{
    struct str s = tree_str(row, function_keys[k]);
    return s.n ? s : STR("*");
}

static bool same_function(const struct tree *a, const struct tree *b)
{
    for (size_t k = 0; k < FUNCTION_KEYS; k++)
        if (!str_eq(member_of(a, k), member_of(b, k))) return false;
    return true;
}

static const char *assigned_fact(struct turn *t, const struct tree *function)
{
    struct buf b = buf_in(t->arena);
    buf_str(&b, STR("assigned"));
    for (size_t k = 0; k < FUNCTION_KEYS; k++)
        buf_printf(&b, " " STR_FMT, STR_ARG(member_of(function, k)));
    return str_c(t->arena, buf_as_str(&b));
}

/* A fact of the house that was written as JSON; NULL where there is none. */
static err fact_read(struct desk *d, struct turn *t, const char *name, const struct tree **out)
{
    struct str text;
    struct tree *m;
    *out = NULL;
    err e = store_fact(t, d->store, name, &text);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    try(json_read(t, str_bytes(text), &codec_limits, &m));
    *out = m;
    return ERR_OK;
}

/* The file of the law about our State; NULL where the tables have none. */
static err own_file(struct desk *d, struct turn *t, const struct tree **out)
{
    *out = NULL;
    err e = law_state_file(t, d->tables, d->profile.state, out);
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return ERR_OK;
}

/* What it leaves open; NULL where there is nothing. */
static err open_rows(struct desk *d, struct turn *t, const struct tree **out)
{
    const struct tree *file;
    try(own_file(d, t, &file));
    *out = file ? tree_get(file, "unassigned") : NULL;
    return ERR_OK;
}

/* The answer that was given, or NULL. */
static err answer_of(struct desk *d, struct turn *t, const struct tree *function,
                     const struct tree **out)
{
    return fact_read(d, t, assigned_fact(t, function), out);
}

err desk_assigned_project(struct desk *d, struct turn *t, const struct store_record *r,
                          const struct tree *particulars)
{
    (void)r;
    return store_fact_set(t, d->store, str_of(assigned_fact(t, particulars)),
                          json_write(t->arena, particulars));
}

static bool holds(const struct profile_authority *a, const struct tree *function)
{
    for (const struct tree *f = a->functions ? a->functions->child : NULL; f; f = f->next)
        if (same_function(f, function)) return true;
    return false;
}

/* An answer that the State's root has signed stands; until then a lawyer may have been mistaken. */
static bool is_signed(const struct desk *d, const struct tree *answer, const struct tree *row)
{
    const struct profile_authority *a = profile_find(&d->profile, tree_str(answer, "authority"));
    return a && holds(a, row);
}

/* Does it say the same once more? */
static bool repeats(const struct tree *answer, const struct tree *args)
{
    static const char *const names[] = {"authority", "order_number", "order_date"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (!str_eq(str_trim(tree_str(args, names[k])), tree_str(answer, names[k]))) return false;
    return true;
}

/* Is it open, but for both directions in one? */
static bool is_open_whole(const struct tree *rows, const struct tree *args)
{
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next)
        if (str_eq(tree_str(r, "instrument"), tree_str(args, "instrument")) &&
            str_eq(tree_str(r, "function"), tree_str(args, "function")) &&
            str_is(tree_str(r, "direction"), "*"))
            return true;
    return false;
}

static err open_row(struct desk *d, struct desk_turn *dt, const struct tree **out,
                    bool *corrects_out)
{
    struct turn *t = &dt->t;
    struct str instrument, function, direction;
    try(desk_arg(t, dt->args, "instrument", &instrument));
    try(desk_arg(t, dt->args, "function", &function));
    try(desk_arg(t, dt->args, "direction", &direction));
    const struct tree *rows, *answer;
    try(open_rows(d, t, &rows));
    const struct tree *r = rows ? rows->child : NULL;
    while (r && !same_function(r, dt->args)) r = r->next;
    if (!r && is_open_whole(rows, dt->args))
        return turn_fail_at(t, ERR_REJECTED, "direction-whole", NULL, STR("direction"),
                            "The law of " STR_FMT " leaves this function open for sending and "
                            "receiving together: give the direction \"*\". Where an order gives "
                            "them to two authorities, have a lawyer divide the row in the State's "
                            "file first. Nothing was changed.",
                            STR_ARG(d->profile.state));
    if (!r)
        return turn_fail_at(
            t, ERR_NONE_SUCH, "function-not-open", NULL, function,
            "The law of " STR_FMT " does not leave open who has this function: " STR_FMT " " STR_FMT
            " (" STR_FMT "). Nothing was changed.",
            STR_ARG(d->profile.state), STR_ARG(instrument), STR_ARG(function), STR_ARG(direction));
    try(answer_of(d, t, r, &answer));
    if (answer && (is_signed(d, answer, r) || repeats(answer, dt->args)))
        return turn_fail_at(t, ERR_CONFLICT, "function-assigned", NULL, function,
                            "This was answered once: " STR_FMT " has it, by order " STR_FMT
                            " of " STR_FMT ". Nothing was changed.",
                            STR_ARG(tree_str(answer, "authority")),
                            STR_ARG(tree_str(answer, "order_number")),
                            STR_ARG(tree_str(answer, "order_date")));
    *out = r;
    *corrects_out = answer != NULL;
    return ERR_OK;
}

/* An order that nobody has given yet gives no function. */
static err order_not_ahead(struct desk *d, struct turn *t, struct str authority, struct str article,
                           int64_t day)
{
    if (desk_day_ms(d, authority, day) <= turn_now_ms(t)) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "day-to-come", str_c(t->arena, article), STR("order_date"),
                        "The order is dated " STR_FMT ", a day that lies in the future. Give the "
                        "date that stands on the order. Nothing was changed.",
                        STR_ARG(day_text(t->arena, day)));
}

static err order_given(struct desk *d, struct turn *t, const struct tree *row,
                       const struct tree *args)
{
    static const char *const names[] = {"order_number", "order_date", "documents"};
    struct str article =
        str_printf(t->arena, STR_FMT " " STR_FMT, STR_ARG(tree_str(row, "instrument")),
                   STR_ARG(tree_str(row, "article")));
    int64_t day = 0;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const struct tree *v = tree_get(args, names[k]);
        bool given = v && (v->kind == TREE_LIST ? v->count > 0 : !str_is_blank(v->str));
        if (k == 1) given = given && day_read(v->str, &day);
        if (!given)
            return turn_fail_at(t, ERR_REJECTED, "order-missing", str_c(t->arena, article),
                                str_of(names[k]),
                                "Cite the order that gives the function: its number, its date "
                                "(2026-11-24) and a scan. Nothing was changed.");
    }
    return order_not_ahead(d, t, tree_str(args, "authority"), article, day);
}

err desk_do_FUNCTION_ASSIGN(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    const struct tree *row;
    const struct profile_authority *ours;
    struct str authority;
    struct desk_doc *docs;
    size_t n;
    bool corrects;
    try(open_row(d, dt, &row, &corrects));
    try(desk_arg(t, dt->args, "authority", &authority));
    try(desk_own_authority(d, t, authority, &ours));
    try(order_given(d, t, row, dt->args));
    try(desk_documents_read(d, dt, &docs, &n));
    try(desk_documents_keep(d, t, &store_house, docs, n));
    struct tree *m = tree_map(t->arena);
    for (size_t k = 0; k < FUNCTION_KEYS; k++)
        tree_add_str(t->arena, m, function_keys[k], member_of(row, k));
    tree_add_str(t->arena, m, "authority", authority);
    tree_add_str(t->arena, m, "order_number", str_trim(tree_str(dt->args, "order_number")));
    tree_add_str(t->arena, m, "order_date", tree_str(dt->args, "order_date"));
    tree_add_str(t->arena, m, "by", dt->person->officer.officer);
    const char *act = corrects ? "function.corrected" : "function.assigned";
    try(desk_house_act_with(d, dt, act, m, docs, n));
    return desk_do_PROFILE(d, dt);
}

/* ---- who may, where an authority may not ----------------------------------------------------- */

struct wanted {
    struct str instrument, kind, functions, direction; /* of which one is enough */
};

static bool fits(struct str held, struct str wanted)
{
    return held.n == 0 || str_is(held, "*") || str_eq(held, wanted);
}

static bool gives(const struct tree *f, const struct wanted *w)
{
    struct str one, rest = w->functions;
    bool is_one = false;
    while (!is_one && rest.n) {
        (void)str_split(rest, ' ', &one, &rest);
        is_one = one.n && str_eq(tree_str(f, "function"), one);
    }
    return is_one && fits(tree_str(f, "instrument"), w->instrument) &&
           fits(tree_str(f, "direction"), w->direction) && fits(tree_str(f, "kind"), w->kind);
}

static bool one_gives(const struct tree *functions, const struct wanted *w)
{
    const struct tree *f = functions ? functions->child : NULL;
    while (f && !gives(f, w)) f = f->next;
    return f != NULL;
}

/* The authority of ours that holds it by the signed profile; empty: none. */
static struct str holder_of(struct desk *d, const struct wanted *w)
{
    for (size_t k = 0; k < d->profile.authorities_n; k++)
        if (one_gives(d->profile.authorities[k].functions, w))
            return d->profile.authorities[k].address;
    return STR("");
}

/* The same by the file of the law, for an authority that is not of this node. */
static err holder_by_law(struct desk *d, struct turn *t, const struct wanted *w, struct str *out)
{
    const struct tree *file;
    *out = STR("");
    try(own_file(d, t, &file));
    const struct tree *a = file ? tree_get(file, "authorities")->child : NULL;
    for (; a && !out->n; a = a->next) {
        struct str address = str_printf(t->arena, STR_FMT "/" STR_FMT, STR_ARG(d->profile.state),
                                        STR_ARG(tree_str(a, "authority")));
        if (!profile_find(&d->profile, address) && one_gives(tree_get(a, "functions"), w))
            *out = address;
    }
    return ERR_OK;
}

static struct str said_of(struct desk *d, struct turn *t, const char *remark, struct str address,
                          struct str lang)
{
    struct str says = law_remark_said(d->tables, str_of(remark), lang);
    if (!address.n) return str_printf(t->arena, STR_FMT ".", STR_ARG(says));
    return str_printf(t->arena, STR_FMT ": " STR_FMT " (" STR_FMT ").", STR_ARG(says),
                      STR_ARG(address), STR_ARG(desk_address_title(d, t, address, lang)));
}

err desk_holder_said(struct desk *d, struct turn *t, const struct desk_deed *x, struct str lang,
                     struct str *out)
{
    const struct tree *rows, *answer;
    struct str holder;
    bool asks = x->dossier->side == LAW_REQUESTING;
    struct wanted w = {x->instrument, x->kind,
                       str_trim(law_competence(t->arena, d->tables, x->instrument, x->kind)),
                       asks ? STR("send") : STR("receive")};
    const struct tree *r = NULL;
    *out = STR("");
    holder = holder_of(d, &w);
    if (!holder.n) {
        try(open_rows(d, t, &rows));
        r = rows ? rows->child : NULL;
        while (r && !gives(r, &w)) r = r->next;
    }
    if (!holder.n && !r) try(holder_by_law(d, t, &w, &holder));
    if (holder.n) *out = said_of(d, t, "function-elsewhere", holder, lang);
    if (!r) return ERR_OK;
    try(answer_of(d, t, r, &answer));
    *out = answer ? said_of(d, t, "function-unsigned", tree_str(answer, "authority"), lang)
                  : said_of(d, t, "function-open", STR(""), lang);
    return ERR_OK;
}

/* ---- the tables ------------------------------------------------------------------------------ */

static const char *accepted_fact(struct desk *d, struct turn *t)
{
    return str_c(t->arena, str_printf(t->arena, "accepted " STR_FMT,
                                      STR_ARG(desk_hex_hash(t, law_tables_hash(d->tables)))));
}

err desk_accepted_project(struct desk *d, struct turn *t, const struct store_record *r,
                          const struct tree *particulars)
{
    struct str name =
        str_printf(t->arena, "accepted " STR_FMT, STR_ARG(tree_str(particulars, "tables")));
    struct tree *m = tree_add_copy(t->arena, tree_list(t->arena), NULL, particulars);
    tree_add_str(t->arena, m, "at", time_text(t->arena, r->at_ms));
    return store_fact_set(t, d->store, name, json_write(t->arena, m));
}

static err acceptance(struct desk *d, struct turn *t, const struct tree **out)
{
    return fact_read(d, t, accepted_fact(d, t), out);
}

err desk_tables_accepted(struct desk *d, struct turn *t)
{
    const struct tree *by;
    if (d->profile.training) return ERR_OK;
    try(acceptance(d, t, &by));
    if (by) return ERR_OK;
    return turn_fail(t, ERR_NOT_ALLOWED, "tables-not-accepted", "comity law 1: acceptance",
                     "No lawyer of this node has accepted the tables of the law it holds (" STR_FMT
                     "). Nothing was done; what comes in is kept. A lawyer reads comity law "
                     "--unverified and says: comity law accept -m (what was compared).",
                     STR_ARG(desk_hex_hash(t, law_tables_hash(d->tables))));
}

err desk_do_LAW_ACCEPT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct str tables, statement = str_trim(tree_str(dt->args, "statement"));
    struct str ours = desk_hex_hash(t, law_tables_hash(d->tables));
    const struct tree *by;
    try(desk_arg(t, dt->args, "tables", &tables));
    if (!str_eq(tables, ours))
        return turn_fail_at(t, ERR_CONFLICT, "tables-other", NULL, tables,
                            "This node holds other tables (" STR_FMT "). Read those; nothing was "
                            "accepted.",
                            STR_ARG(ours));
    if (str_is_blank(statement))
        return turn_fail_at(t, ERR_REJECTED, "statement-missing", "comity law 1: acceptance",
                            STR("statement"),
                            "Say what was compared with which text. Nothing was accepted.");
    try(acceptance(d, t, &by));
    if (!by) {
        struct tree *m = tree_map(t->arena);
        tree_add_str(t->arena, m, "tables", tables);
        tree_add_str(t->arena, m, "statement", statement);
        tree_add_str(t->arena, m, "officer", dt->person->officer.officer);
        tree_add_str(t->arena, m, "post", dt->person->officer.post);
        tree_add_str(t->arena, m, "authority", dt->person->officer.authority);
        try(desk_house_act(d, dt, "law.accepted", m));
    }
    return desk_do_PROFILE(d, dt);
}

/* ---- the signed profile ---------------------------------------------------------------------- */

/* The profile as it would be signed now, with what was answered since; `n_out` of that. */
static err next_profile(struct desk *d, struct turn *t, struct profile *out, size_t *n_out)
{
    const struct tree *rows, *answer;
    struct profile p = d->profile;
    p.at_ms = turn_now_ms(t);
    p.authorities = arena_take_many(t->arena, p.authorities_n + 1, sizeof *p.authorities);
    for (size_t k = 0; k < p.authorities_n; k++) p.authorities[k] = d->profile.authorities[k];
    *n_out = 0;
    try(open_rows(d, t, &rows));
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        try(answer_of(d, t, r, &answer));
        for (size_t k = 0; answer && k < p.authorities_n; k++) {
            struct profile_authority *a = &p.authorities[k];
            if (!str_eq(a->address, tree_str(answer, "authority")) || holds(a, r)) continue;
            struct tree *list = tree_add_copy(t->arena, tree_list(t->arena), NULL, a->functions);
            struct tree *f = tree_add_map(t->arena, list, NULL);
            for (size_t j = 0; j < FUNCTION_KEYS; j++)
                tree_add_str(t->arena, f, function_keys[j], member_of(r, j));
            a->functions = list;
            (*n_out)++;
        }
    }
    *out = p;
    return ERR_OK;
}

static void add_function(struct desk *d, struct turn *t, struct tree *list, const struct tree *f,
                         struct str lang, struct tree **one_out)
{
    struct tree *one = tree_add_map(t->arena, list, NULL);
    for (size_t k = 0; k < FUNCTION_KEYS; k++)
        tree_add_str(t->arena, one, function_keys[k], member_of(f, k));
    tree_add_str(
        t->arena, one, "title",
        law_said(d->tables, LAW_SAYS_FUNCTION, member_of(f, 0), STR(""), member_of(f, 1), lang));
    if (one_out) *one_out = one;
}

/* Each function the law left open, with the answer where there is one, and whether it is signed. */
static err add_open(struct desk *d, struct desk_turn *dt, struct tree *v)
{
    struct turn *t = &dt->t;
    const struct tree *rows, *answer;
    struct tree *list = tree_add_list(t->arena, v, "unassigned"), *one;
    try(open_rows(d, t, &rows));
    for (const struct tree *r = rows ? rows->child : NULL; r; r = r->next) {
        try(answer_of(d, t, r, &answer));
        add_function(d, t, list, r, desk_lang(dt), &one);
        tree_add_str(t->arena, one, "article",
                     str_printf(t->arena, STR_FMT " " STR_FMT, STR_ARG(tree_str(r, "instrument")),
                                STR_ARG(tree_str(r, "article"))));
        tree_add_bool(t->arena, one, "answered", answer != NULL);
        if (!answer) continue;
        static const char *const names[] = {"authority", "order_number", "order_date"};
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            tree_add_str(t->arena, one, names[k], tree_str(answer, names[k]));
        tree_add_bool(t->arena, one, "signed", is_signed(d, answer, r));
    }
    return ERR_OK;
}

/* Who accepted them is named within his authority; the others see his post. */
static err add_tables(struct desk *d, struct desk_turn *dt, struct tree *v)
{
    struct turn *t = &dt->t;
    const struct tree *by;
    tree_add_str(t->arena, v, "tables", desk_hex_hash(t, law_tables_hash(d->tables)));
    try(acceptance(d, t, &by));
    tree_add_bool(t->arena, v, "accepted", by != NULL);
    static const char *const names[] = {"statement", "authority", "post", "at"};
    struct tree *m = by ? tree_add_map(t->arena, v, "acceptance") : NULL;
    for (size_t k = 0; m && k < sizeof names / sizeof *names; k++)
        tree_add_str(t->arena, m, names[k], tree_str(by, names[k]));
    if (m && str_eq(tree_str(by, "authority"), dt->person->officer.authority))
        tree_add_str(t->arena, m, "officer", tree_str(by, "officer"));
    return ERR_OK;
}

err desk_do_PROFILE(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct tree *v = tree_map(t->arena);
    struct profile next;
    size_t waits;
    tree_add_str(t->arena, v, "state", d->profile.state);
    tree_add_str(t->arena, v, "state_title",
                 law_state_said(d->tables, d->profile.state, desk_lang(dt)));
    tree_add_str(t->arena, v, "profile", desk_hex_hash(t, &d->profile.hash));
    tree_add_str(t->arena, v, "signed_at", time_text(t->arena, d->profile.at_ms));
    tree_add_bool(t->arena, v, "training", d->profile.training);
    struct tree *list = tree_add_list(t->arena, v, "authorities");
    for (size_t k = 0; k < d->profile.authorities_n; k++) {
        const struct profile_authority *a = &d->profile.authorities[k];
        struct tree *one = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, one, "address", a->address);
        tree_add_str(t->arena, one, "title", desk_address_title(d, t, a->address, desk_lang(dt)));
        struct tree *functions = tree_add_list(t->arena, one, "functions");
        for (const struct tree *f = a->functions ? a->functions->child : NULL; f; f = f->next)
            add_function(d, t, functions, f, desk_lang(dt), NULL);
    }
    try(add_open(d, dt, v));
    try(add_tables(d, dt, v));
    try(next_profile(d, t, &next, &waits));
    tree_add_int(t->arena, v, "waits_for_signature", (int64_t)waits);
    if (tree_bool(dt->args, "next", false))
        tree_add_str(t->arena, v, "next", profile_body(t->arena, &next));
    dt->view = v;
    return ERR_OK;
}

/* A new profile may say who does what, and may revoke; which keys there are it cannot change. */
static err same_node(struct desk *d, struct turn *t, const struct profile *p)
{
    const struct profile *ours = &d->profile;
    bool same = str_eq(p->state, ours->state) && str_eq(p->node, ours->node) &&
                p->training == ours->training && str_eq(p->vkey, ours->vkey) &&
                bytes_eq(p->tls_der, ours->tls_der) && p->authorities_n == ours->authorities_n;
    for (size_t k = 0; same && k < p->authorities_n; k++) {
        const struct profile_authority *a = profile_find(ours, p->authorities[k].address);
        same = a && bytes_eq(a->seal_der, p->authorities[k].seal_der) &&
               bytes_eq(a->open_der, p->authorities[k].open_der);
    }
    if (!same)
        return turn_fail(t, ERR_REJECTED, "profile-of-another", "comity profile 1",
                         "This profile is not of this node with its keys and authorities. Nothing "
                         "was changed.");
    if (p->at_ms > ours->at_ms) return ERR_OK;
    return turn_fail(t, ERR_REJECTED, "profile-older", "comity profile 1: at",
                     "This profile is of %s and the one that stands is of %s. Nothing was changed.",
                     str_c(t->arena, time_text(t->arena, p->at_ms)),
                     str_c(t->arena, time_text(t->arena, ours->at_ms)));
}

err desk_do_PROFILE_SET(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct str text;
    struct bytes cms;
    struct profile p;
    try(desk_arg(t, dt->args, "profile", &text));
    if (!base64_read(t->arena, text, &cms))
        return turn_fail(t, ERR_REJECTED, "profile-form", "RFC 4648 4",
                         "A profile is given in base64.");
    try(profile_read(t, d->suite, cms, d->root_der, &p));
    try(same_node(d, t, &p));
    try(desk_profile_record(d, t, cms, d->root_der, turn_now_ms(t)));
    struct tree *facts = tree_map(t->arena);
    tree_add_str(t->arena, facts, "profile", desk_hex_hash(t, &p.hash));
    try(desk_house_act(d, dt, "node.fact", facts));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "profile", desk_hex_hash(t, &p.hash));
    tree_add_str(t->arena, v, "signed_at", time_text(t->arena, p.at_ms));
    dt->view = v;
    return ERR_OK;
}
