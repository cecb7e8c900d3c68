/* SPDX-License-Identifier: Apache-2.0 */
/* An act of ours: asked of the law, written as canonical JSON, made permanent. Nothing is written
 * before the law has allowed it. */

#include "desk/exhibits.h"

#include <string.h>

enum { DOCUMENTS_MAX = 32, DOCUMENT_BYTES_MAX = 12 << 20 };

/* ---- documents ------------------------------------------------------------------------------- */

static err document_read(struct desk *d, struct turn *t, const struct tree *from, struct str by,
                         struct desk_doc *out)
{
    struct desk_doc doc = {.name = tree_str(from, "name"), .type = tree_str(from, "type")};
    struct str path = str_printf(t->arena, "documents/" STR_FMT, STR_ARG(doc.name));
    if (!doc.name.n || !zip_name_is_safe(path))
        return turn_fail_at(t, ERR_REJECTED, "document-name", "APPNOTE 4.4.17", doc.name,
                            "A document needs a plain file name.");
    struct str staged = tree_str(from, "exhibit");
    if (staged.n) {
        try(desk_staged_take(d, t, staged, by, &doc));
        *out = doc;
        return ERR_OK;
    }
    if (!base64_read(t->arena, tree_str(from, "data"), &doc.data))
        return turn_fail_at(t, ERR_REJECTED, "document-data", "RFC 4648 4", doc.name,
                            "The document's bytes are not base64.");
    struct hash h = seal_sha256_of(doc.data);
    doc.sha256 = desk_hex_hash(t, &h);
    doc.size = (int64_t)doc.data.n;
    doc.fresh = true;
    *out = doc;
    return ERR_OK;
}

static err not_twice(struct turn *t, const struct desk_doc *docs, size_t k)
{
    for (size_t j = 0; j < k; j++)
        if (str_eq(docs[j].name, docs[k].name) ||
            ((docs[j].exhibit || docs[k].exhibit) && str_eq(docs[j].sha256, docs[k].sha256)))
            return turn_fail_at(t, ERR_REJECTED, "document-twice", NULL, docs[k].name,
                                "Two documents have the same name, or an exhibit is there twice.");
    return ERR_OK;
}

err desk_documents_read(struct desk *d, struct desk_turn *dt, struct desk_doc **out, size_t *n_out)
{
    struct turn *t = &dt->t;
    const struct tree *list = tree_get(dt->args, "documents");
    struct str by = dt->person ? dt->person->officer.officer : STR("");
    size_t n = list ? list->count : 0, k = 0;
    if (n > DOCUMENTS_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "documents-too-many", NULL,
                         "An act carries at most %d documents.", DOCUMENTS_MAX);
    struct desk_doc *docs = arena_take_many(t->arena, n + 1, sizeof *docs);
    int64_t total = 0;
    for (const struct tree *f = list ? list->child : NULL; f; f = f->next, k++) {
        try(document_read(d, t, f, by, &docs[k]));
        try(not_twice(t, docs, k));
        if (!docs[k].exhibit) total += docs[k].size;
    }
    if (total > DOCUMENT_BYTES_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "documents-too-large", NULL,
                         "The documents of one act may hold %d bytes together.",
                         DOCUMENT_BYTES_MAX);
    *out = docs;
    *n_out = n;
    return ERR_OK;
}

err desk_documents_keep(struct desk *d, struct turn *t, const struct id *dossier,
                        struct desk_doc *docs, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (!docs[k].fresh) continue; /* a draft's lie there already */
        if (docs[k].exhibit)
            try(desk_staged_keep(d, t, dossier, &docs[k]));
        else
            try(desk_document_keep(d, t, dossier, docs[k].data, &docs[k]));
        docs[k].fresh = false;
    }
    return ERR_OK;
}

err desk_document_keep(struct desk *d, struct turn *t, const struct id *dossier, struct bytes data,
                       struct desk_doc *doc)
{
    struct hash h = seal_sha256_of(data);
    struct bytes locked;
    struct str sha256 = desk_hex_hash(t, &h);
    try(store_lock(t, d->store, dossier, sha256, data, &locked));
    try(vault_put(t, d->vault, locked, &doc->vault));
    doc->sha256 = sha256;
    doc->size = (int64_t)data.n;
    return ERR_OK;
}

/* ---- a dossier's label ----------------------------------------------------------------------- */

/* What a series counted up to, as "147", or "2003 1795489200" in the incarnation that began with
 * that second. The first number of a new incarnation leaves room for those that were given between
 * the backup and its loss: they stand on paper, and no other dossier may bear them. */
enum { SERIAL_ROOM = 1000 };
static int64_t serial_next(const struct desk *d, struct str text)
{
    struct str number, life;
    int64_t n = 0, of = 1;
    str_split(text, ' ', &number, &life);
    if (!str_to_int(number, &n)) n = 0;
    if (life.n && !str_to_int(life, &of)) of = 1;
    return of == d->incarnation ? n + 1 : (n / SERIAL_ROOM + 1) * SERIAL_ROOM + 1;
}

static struct str serial_text(const struct desk *d, struct turn *t, int64_t n)
{
    if (d->incarnation == 1) return str_printf(t->arena, "%lld", (long long)n);
    return str_printf(t->arena, "%lld %lld", (long long)n, (long long)d->incarnation);
}

err desk_label_taken(struct desk *d, struct turn *t, struct str label, bool *out)
{
    struct store_dossier there;
    err e = store_dossier_find(t, d->store, label, &there);
    *out = e == ERR_OK && str_eq(there.ref, label); /* not only as a number of somebody else's */
    if (e != ERR_NONE_SUCH && e != ERR_CONFLICT) return e;
    turn_forgive(t);
    return ERR_OK;
}

err desk_number_mint(struct desk *d, struct turn *t, struct str ours, const char *what,
                     struct tree *to, struct str *label_out)
{
    struct str year = time_text(t->arena, turn_now_ms(t));
    struct buf b = buf_in(t->arena);
    for (size_t k = 0; k < ours.n; k++) {
        char c = ours.p[k];
        buf_byte(&b, (uint8_t)(c == '/' ? '-' : c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
    }
    buf_printf(&b, "%s%s-%.4s", *what ? "-" : "", what, year.p);
    struct str series = str_printf(t->arena, "serial " STR_FMT, STR_ARG(buf_as_str(&b)));
    struct str last = {0};
    err e = store_fact(t, d->store, str_c(t->arena, series), &last);
    if (e == ERR_NONE_SUCH)
        turn_forgive(t);
    else
        try(e);
    /* What came back from peers bears labels of lives that this store does not remember. */
    int64_t n = serial_next(d, last);
    for (bool taken = true; taken; n += taken) {
        *label_out = str_printf(t->arena, STR_FMT "-%04lld", STR_ARG(buf_as_str(&b)), (long long)n);
        try(desk_label_taken(d, t, *label_out, &taken));
    }
    tree_add_str(t->arena, to, "series", series);
    tree_add_str(t->arena, to, "serial", serial_text(d, t, n));
    return ERR_OK;
}

err desk_opens(struct desk *d, struct turn *t, struct str side, struct str ours, struct str theirs,
               struct str their_ref, struct tree **out)
{
    struct tree *opens = tree_map(t->arena);
    tree_add_str(t->arena, opens, "side", side);
    tree_add_str(t->arena, opens, "ours", ours);
    tree_add_str(t->arena, opens, "theirs", theirs);
    if (their_ref.n) tree_add_str(t->arena, opens, "their_ref", their_ref);
    struct str ref;
    try(desk_number_mint(d, t, ours, "", opens, &ref));
    tree_add_str(t->arena, opens, "ref", ref);
    *out = opens;
    return ERR_OK;
}

void desk_opens_kind(struct desk *d, struct turn *t, struct str instrument, struct str kind,
                     struct tree *opens)
{
    struct str functions = law_competence(t->arena, d->tables, instrument, kind);
    struct str summary = law_summary(d->tables, instrument, kind);
    if (str_trim(functions).n) tree_add_str(t->arena, opens, "functions", functions);
    if (summary.n) tree_add_str(t->arena, opens, "summary", summary);
}

/* ---- doing ----------------------------------------------------------------------------------- */

/* A text of ours is stored with its language; days, flags and choices have none. */
static const struct tree *dress(struct turn *t, const struct tree *particulars,
                                const struct tree *rows, struct str lang)
{
    struct tree *m = tree_map(t->arena);
    for (const struct tree *p = particulars ? particulars->child : NULL; p; p = p->next) {
        const struct tree *row = rows ? rows->child : NULL;
        while (row && !str_eq(tree_str(row, "name"), p->key)) row = row->next;
        const char *key = str_c(t->arena, p->key);
        if (p->kind == TREE_STR && row && str_is(tree_str(row, "type"), "text")) {
            struct tree *text = tree_add_map(t->arena, m, key);
            tree_add_str(t->arena, text, "lang", lang);
            tree_add_str(t->arena, text, "text", p->str);
        } else {
            tree_add_copy(t->arena, m, key, p);
        }
    }
    return m;
}

/* The row of the act: where it stands (an inward one stays home, others go into our own stream),
 * and the particulars it asks for. An act that opens a dossier is the one the tables put next. */
err desk_deed_row(struct desk *d, struct turn *t, struct desk_deed *x, const struct law_who *who,
                  enum law_stream *stream_out)
{
    struct law_option *options;
    size_t n;
    struct law_state at = x->dossier->state;
    at.instrument = x->instrument;
    at.kind = x->kind;
    try(law_options(t, d->tables, &at, who, turn_now_ms(t), STR("en"), &options, &n));
    *stream_out = x->dossier->side;
    for (size_t k = 0; x->opens && !x->act.n && k < n; k++)
        if (options[k].next) x->act = options[k].act;
    for (size_t k = 0; x->opens && !x->act.n && k < n; k++)
        if (!options[k].inward) x->act = options[k].act; /* not for him: the law says why */
    for (size_t k = 0; k < n; k++) {
        if (!str_eq(options[k].act, x->act)) continue;
        if (options[k].inward) *stream_out = LAW_INWARD;
        x->particulars =
            dress(t, x->particulars, options[k].particulars, x->lang.n ? x->lang : STR("en"));
    }
    return ERR_OK;
}

/* Who runs no node has no profile here; the tables know of him. */
static err addressee_of(struct desk *d, struct turn *t, struct str address,
                        struct law_addressee *out)
{
    const struct desk_peer *peer = desk_peer(d, address);
    struct str state;
    struct law_function *functions = NULL;
    str_split(address, '/', &state, &out->authority);
    if (peer) try(desk_functions(t, peer->functions, &functions, &out->functions_n));
    out->functions = functions;
    return ERR_OK;
}

err desk_deed_who(struct desk *d, struct turn *t, const struct desk_deed *x, struct law_who *out)
{
    const struct profile_authority *ours;
    try(desk_own_authority(d, t, x->from, &ours));
    struct law_function *functions;
    size_t n;
    try(desk_functions(t, ours->functions, &functions, &n));
    struct law_addressee *to = arena_take(t->arena, sizeof *to);
    try(addressee_of(d, t, x->to, to));
    *out = (struct law_who){.side = x->dossier->side,
                            .functions = functions,
                            .functions_n = n,
                            .system = x->system,
                            .state = d->profile.state,
                            .other = desk_state_of(x->to),
                            .to = to,
                            .zones = &d->zones};
    return ERR_OK;
}

struct idem {
    struct hash key, body;
};

static void idem_of(struct turn *t, const struct desk_deed *x, struct idem *out)
{
    struct bytes key[] = {str_bytes(x->by.officer), str_bytes(STR("\n")), str_bytes(x->idem)};
    seal_sha256(key, 3, &out->key);
    struct tree *m = tree_map(t->arena);
    tree_add_str(t->arena, m, "act", x->act);
    tree_add_copy(t->arena, m, "particulars", x->particulars ? x->particulars : tree_map(t->arena));
    desk_act_documents(t, m, x->documents, x->documents_n);
    out->body = seal_sha256_of(str_bytes(json_write(t->arena, m)));
}

/* The same key again: with the same body the first act is the answer, with another it is refused.
 */
static err idem_known(struct desk *d, struct turn *t, const struct idem *i, bool *known_out,
                      struct store_act *out)
{
    *known_out = false;
    struct store_act a;
    err e = store_act_by_idem(t, d->store, hash_bytes(&i->key), &a);
    if (e == ERR_NONE_SUCH) {
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    struct store_record r;
    try(store_record_get(t, d->store, "act", id_bytes(&a.id), &r));
    if (!str_eq(tree_str(r.rest, "idem_body"), desk_hex_hash(t, &i->body)))
        return turn_fail(t, ERR_CONFLICT, "idempotency-key", NULL,
                         "This idempotency key was used for another act.");
    *known_out = true;
    *out = a;
    return ERR_OK;
}

err desk_deed_also(struct desk *d, struct turn *t, const struct desk_deed *x,
                   const struct law_who *who)
{
    enum { ALSO_MAX = 8 };
    bool asks = who->side == LAW_REQUESTING;
    if (x->also && x->also->count > ALSO_MAX)
        return turn_fail_at(t, ERR_TOO_LARGE, "also-too-many", NULL, STR("also"),
                            "A request cites at most %d other instruments.", ALSO_MAX);
    for (const struct tree *w = x->also ? x->also->child : NULL; w; w = w->next) {
        struct law_base b;
        for (const struct tree *v = x->also->child; v != w; v = v->next)
            if (str_eq(v->str, w->str))
                return turn_fail_at(t, ERR_REJECTED, "also-twice", NULL, STR("also"),
                                    STR_FMT " is cited twice. Take one of them away.",
                                    STR_ARG(w->str));
        bool known = law_base_of(d->tables, w->str, asks ? who->state : who->other,
                                 asks ? who->other : who->state, day_of_ms(turn_now_ms(t)), &b);
        if (known && b.binds && !str_eq(w->str, x->instrument)) continue;
        return turn_fail_at(
            t, ERR_REJECTED, "no-basis", NULL, STR("also"),
            known && b.binds ? STR_FMT " is what the request rests on already. Take it away."
            : known          ? STR_FMT " is not in force between the two States. Take it away, "
                                       "or cite another."
                             : "The tables have no instrument " STR_FMT ".",
            STR_ARG(w->str));
    }
    return ERR_OK;
}

/* The law's answer; of a function that is missing also who holds it, or who may say so. */
static err deed_decide(struct desk *d, struct turn *t, const struct desk_deed *x,
                       const struct law_who *who, const struct law_act *act, struct law_verdict *v)
{
    struct str holder;
    err e = law_decide(t, d->tables, &x->dossier->state, who, act, act->at_ms, v);
    if (e == ERR_OK || strcmp(t->fault.code, "function-missing") != 0) return e;
    struct fault f = t->fault;
    turn_forgive(t);
    try(desk_holder_said(d, t, x, STR("en"), &holder));
    return turn_fail(t, e, "function-missing", f.article, "%s%s" STR_FMT, f.sentence,
                     holder.n ? " " : "", STR_ARG(holder));
}

static bool is_off_wire(const struct desk_deed *x) { return x->off_wire || x->dossier->off_wire; }

static err deed_rest(struct desk *d, struct turn *t, const struct desk_deed *x,
                     const struct law_act *act, const struct law_verdict *v, struct tree *opens,
                     struct tree **out)
{
    struct tree *rest = tree_map(t->arena);
    bool inward = act->stream == LAW_INWARD;
    if (desk_moves(d, x->dossier, act->stream)) try(desk_move(d, t, x->dossier));
    tree_add_str(t->arena, rest, "way", inward ? STR("inward") : STR("out"));
    tree_add_int(t->arena, rest, "stream", act->stream);
    tree_add_copy(t->arena, rest, "verdict", law_verdict_write(t->arena, v));
    tree_add_str(t->arena, rest, "profile", desk_hex_hash(t, &d->profile.hash));
    if (opens) tree_add_copy(t->arena, rest, "opens", opens);
    if (x->preflight) tree_add_copy(t->arena, rest, "preflight", x->preflight);
    if (x->drafter.n)
        tree_add_str(t->arena, tree_add_list(t->arena, rest, "members"), NULL, x->drafter);
    if (x->idem.n) {
        struct idem i;
        idem_of(t, x, &i);
        tree_add_str(t->arena, rest, "idem", desk_hex_hash(t, &i.key));
        tree_add_str(t->arena, rest, "idem_body", desk_hex_hash(t, &i.body));
    }
    if (!inward && !is_off_wire(x)) {
        const struct store_line line = {x->to, x->from, d->incarnation};
        int64_t sequence;
        try(store_line_next(t, d->store, &line, &sequence));
        tree_add_int(t->arena, rest, "sequence", sequence);
        tree_add_int(t->arena, rest, "incarnation", d->incarnation);
        desk_act_urgent_add(d, t, act, rest);
    }
    desk_act_vaults(t, rest, x->documents, x->documents_n);
    if (x->because.n) tree_add_str(t->arena, rest, "because", x->because);
    *out = rest;
    return desk_links_add(d, t, act, rest);
}

/* After a restore the next number of our stream is not known before the other State said what it
 * holds of ours. */
static err stream_is_whole(struct desk *d, struct turn *t, const struct desk_deed *x,
                           enum law_stream stream)
{
    bool whole = true;
    bool wire = !is_off_wire(x) || desk_moves(d, x->dossier, stream);
    if (!x->opens && stream != LAW_INWARD && wire)
        try(desk_line_whole(d, t, x->from, x->to, &whole));
    if (whole && !x->opens && stream != LAW_INWARD) return desk_dossier_whole(d, t, &x->id, x->to);
    if (whole) return ERR_OK;
    return turn_fail(t, ERR_NOT_ALLOWED, "not-reconciled", NULL,
                     "This node was put back from a backup, and " STR_FMT
                     "'s node has not said yet what it holds of this dossier. It is asked again "
                     "and again; try when it has answered.",
                     STR_ARG(x->to));
}

err desk_deed_do(struct desk *d, struct turn *t, struct desk_deed *x, struct store_act *out)
{
    struct law_who who;
    enum law_stream stream;
    try(desk_deed_who(d, t, x, &who));
    try(desk_deed_row(d, t, x, &who, &stream));
    if (x->idem.n) {
        struct idem i;
        bool known;
        idem_of(t, x, &i);
        try(idem_known(d, t, &i, &known, out));
        if (known) return ERR_OK;
    }
    struct law_act act = {.act = x->act,
                          .instrument = x->instrument,
                          .kind = x->kind,
                          .stream = stream,
                          .at_ms = turn_now_ms(t),
                          .particulars = x->particulars};
    enum law_stream other = who.side == LAW_REQUESTING ? LAW_REQUESTED : LAW_REQUESTING;
    const struct desk_entry *seen;
    act.n = desk_case_count(x->dossier, act.stream, NULL) + 1;
    act.seen = desk_case_count(x->dossier, other, &seen);
    struct law_verdict v;
    try(stream_is_whole(d, t, x, stream));
    try(desk_tables_accepted(d, t));
    try(desk_deed_also(d, t, x, &who));
    try(deed_decide(d, t, x, &who, &act, &v));
    try(desk_links_stand(d, t, x, &act));
    try(desk_documents_keep(d, t, &x->id, x->documents, x->documents_n));

    struct tree *opens = NULL;
    struct str ref = x->dossier->row.ref;
    if (x->opens) {
        try(desk_opens(d, t, str_of(law_stream_word(who.side)), x->from, x->to, STR(""), &opens));
        desk_opens_kind(d, t, x->instrument, x->kind, opens);
        ref = tree_str(opens, "ref");
        if (x->off_wire) tree_add_bool(t->arena, opens, "off_wire", true);
    }
    struct tree *rest;
    try(deed_rest(d, t, x, &act, &v, opens, &rest));
    struct id *id = arena_take(t->arena, sizeof *id);
    *id = desk_random_id(t);
    struct desk_act_text text = {.id = id,
                                 .dossier = &x->id,
                                 .law = &act,
                                 .ref = ref,
                                 .seen_hash = seen ? desk_hex_hash(t, &seen->row.hash) : STR(""),
                                 .from = x->from,
                                 .to = x->to,
                                 .theirs = x->to,
                                 .officer = x->system ? STR("node") : x->by.officer,
                                 .post = x->system ? STR("node") : x->by.post,
                                 .method = x->system     ? STR("system")
                                           : x->method.n ? x->method
                                                         : STR("session"),
                                 .documents = x->documents,
                                 .documents_n = x->documents_n,
                                 .also = x->also};
    struct store_record r = {.dossier = x->id,
                             .kind = STR("act"),
                             .subject = id_bytes(id),
                             .at_ms = act.at_ms,
                             .open = desk_act_json(d, t, &text),
                             .rest = rest};
    try(desk_record(d, t, &r));
    if (stream != LAW_INWARD && is_off_wire(x)) try(desk_parcel_make(d, t, &r, x->from, x->to));
    if (!x->because.n) try(desk_links_follow(d, t, &x->id));
    return store_act_get(t, d->store, id, out);
}
