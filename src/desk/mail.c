/* SPDX-License-Identifier: Apache-2.0 */
/* Mail both ways, for the door that speaks SMTP: what waits to leave and what came. The desk builds
 * and reads no message; it keeps bytes by their hash, and believes nobody's From. */

#include "desk/desk_internal.h"

enum { JOBS_MAX = 16, TRY_AGAIN_MS = 30000, TRY_AGAIN_MAX_MS = 3600000, ANSWER_MAX = 400 };
enum { RECIPIENT_MAX = 254, MAIL_FIELD_MAX = 1000, REFERENCES_MAX = 50 };
enum { RECEIVERS_MAX = 64, MAIL_TEXT_MAX = 65536 };

/* ---- out ------------------------------------------------------------------------------------- */

static err recipient_of(struct desk *d, struct turn *t, const struct tree *args,
                        const struct store_dossier *row, struct str *out)
{
    const struct tree *authority, *state;
    *out = str_trim(tree_str(args, "to"));
    if (!out->n && desk_authority_row(d, t, row->theirs, &authority, &state) == ERR_OK)
        *out = tree_str(authority, "email");
    turn_forgive(t);
    bool at = false;
    for (size_t k = 0; k < out->n; k++) {
        char c = out->p[k];
        if (c == '@' && k > 0 && k + 1 < out->n) at = true;
        if (c <= ' ' || c == '<' || c == '>' || c == ',' || c == ';') at = false, k = out->n;
    }
    if (at && out->n <= RECIPIENT_MAX) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "recipient", "RFC 5321 4.1.2", STR("to"),
                        "Say to which mailbox; the tables have none for " STR_FMT ".",
                        STR_ARG(row->theirs));
}

/* A built message is kept under the dossier's key and waits for the door. */
err desk_do_MAIL_OUT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_officer officer;
    struct store_dossier row;
    struct desk_case c;
    const struct desk_entry *e;
    struct bytes built;
    struct desk_doc doc = {0};
    struct store_mail m = {.id = desk_random_id(t), .stage = STR("waiting")};
    try(desk_officer(d, dt, &officer));
    try(desk_arg_dossier(d, dt, RIGHT_SEND, &row));
    try(desk_case_load(d, t, &row.id, INT64_MAX, &c));
    try(desk_arg_act(t, &c, dt->args, &e));
    if (!c.off_wire)
        return turn_fail_at(t, ERR_NOT_ALLOWED, "mail-wire", NULL, STR("ref"),
                            "This act goes to " STR_FMT " by its node, and an e-mail would be a "
                            "second one of it. Nothing was sent by e-mail; how far it came stands "
                            "in " STR_FMT ".",
                            STR_ARG(row.theirs), STR_ARG(row.ref));
    try(recipient_of(d, t, dt->args, &row, &m.recipient));
    if (!base64_read(t->arena, tree_str(dt->args, "message"), &built) || !built.n)
        return turn_fail_at(t, ERR_REJECTED, "document-data", "RFC 4648 4", STR("message"),
                            "The built message is not base64, or there is none.");
    try(desk_document_keep(d, t, &row.id, built, &doc));
    m.dossier = row.id;
    m.act = e->row.id;
    m.officer = officer.officer;
    m.post = officer.post;
    m.sha256 = seal_sha256_of(built);
    m.vault = doc.vault;
    m.size = doc.size;
    try(store_mail_drop_refused(t, d->store, &m.act)); /* this one goes in its place */
    try(store_mail_put(t, d->store, &m));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "mail", desk_hex_id(t, &m.id));
    tree_add_str(t->arena, v, "to", m.recipient);
    tree_add_str(t->arena, v, "stage", m.stage);
    dt->view = v;
    return ERR_OK;
}

/* Who looked at a refused mail and needs no other says so, and it leaves the desk. */
err desk_do_MAIL_DROP(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_dossier row;
    struct store_mail m;
    struct str name;
    struct id id;
    try(desk_arg_dossier(d, dt, RIGHT_SEND, &row));
    try(desk_arg(t, dt->args, "mail", &name));
    err e = id_read(name, &id) ? store_mail_get(t, d->store, &id, &m) : ERR_NONE_SUCH;
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    if (e == ERR_NONE_SUCH || !id_eq(&m.dossier, &row.id))
        return turn_fail_at(t, ERR_NONE_SUCH, "mail-none-such", NULL, STR("mail"),
                            "There is no such mail of " STR_FMT " here any more.",
                            STR_ARG(row.ref));
    if (!str_is(m.stage, "refused"))
        return turn_fail_at(t, ERR_CONFLICT, "mail-waiting", NULL, STR("mail"),
                            "This mail is still on its way and is tried again by itself. Nothing "
                            "was changed.");
    try(store_mail_drop(t, d->store, &id));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "ref", row.ref);
    tree_add_str(t->arena, v, "mail", desk_hex_id(t, &id));
    dt->view = v;
    return ERR_OK;
}

static err mail_bytes(struct desk *d, struct turn *t, const struct store_mail *m, struct bytes *out)
{
    struct bytes locked;
    try(vault_get(t, d->vault, &m->vault, VAULT_FILE_MAX, &locked));
    return store_unlock(t, d->store, &m->dossier, desk_hex_hash(t, &m->sha256), locked, out);
}

err desk_do_MAIL_JOBS(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_mail *rows;
    size_t n;
    int64_t limit = tree_int(dt->args, "limit", JOBS_MAX);
    if (limit < 1 || limit > JOBS_MAX) limit = JOBS_MAX;
    try(store_mails_due(t, d->store, turn_now_ms(t), limit, &rows, &n));
    struct tree *v = tree_map(t->arena), *list = tree_add_list(t->arena, v, "mails");
    for (size_t k = 0; k < n; k++) {
        struct bytes built;
        struct store_dossier row;
        try(mail_bytes(d, t, &rows[k], &built));
        try(store_dossier_get(t, d->store, &rows[k].dossier, &row));
        struct tree *m = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, m, "mail", desk_hex_id(t, &rows[k].id));
        tree_add_str(t->arena, m, "ours", row.ours);
        tree_add_str(t->arena, m, "to", rows[k].recipient);
        tree_add_int(t->arena, m, "tries", rows[k].tries);
        tree_add_str(t->arena, m, "message", base64(t->arena, built));
    }
    dt->view = v;
    return ERR_OK;
}

/* The server took it: that is the proof that it left, with its words and the message itself. */
static err mail_sent(struct desk *d, struct turn *t, const struct store_mail *m,
                     const struct tree *args)
{
    struct store_dossier row;
    struct arena *a = t->arena;
    try(store_dossier_get(t, d->store, &m->dossier, &row));
    struct tree *rest = tree_map(a);
    struct tree *file = tree_add_map(a, tree_add_list(a, rest, "files"), NULL);
    struct str sha256 = desk_hex_hash(t, &m->sha256);
    tree_add_str(a, file, "name", STR("message.eml"));
    tree_add_str(a, file, "sha256", sha256);
    tree_add_int(a, file, "size", m->size);
    tree_add_str(a, file, "type", STR("message/rfc822"));
    tree_add_str(a, tree_add_map(a, rest, "documents"), str_c(a, sha256),
                 desk_hex_hash(t, &m->vault));
    tree_add_int(a, rest, "at", turn_now_ms(t));
    tree_add_str(a, rest, "carriage", STR("email"));
    tree_add_str(a, rest, "officer", m->officer);
    tree_add_str(a, rest, "post", m->post);
    tree_add_str(a, rest, "person", STR(""));
    tree_add_str(a, rest, "proof", tree_str(args, "answer"));
    tree_add_str(a, rest, "queue_id", tree_str(args, "queue_id"));
    tree_add_str(a, rest, "recipient", m->recipient);
    tree_add_str(a, rest, "what", STR("dispatched"));
    struct desk_hang h = {
        .key = &m->dossier, .ours = row.ours, .dossier = m->dossier, .act = m->act};
    try(desk_slip_put(d, t, "carriage", &h, rest, NULL));
    try(store_mail_drop_refused(t, d->store, &m->act));
    return store_mail_drop(t, d->store, &m->id);
}

err desk_do_MAIL_DONE(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_mail m;
    struct id id;
    struct str answer = tree_str(dt->args, "answer");
    if (!id_read(tree_str(dt->args, "mail"), &id) || answer.n > ANSWER_MAX)
        return turn_fail(t, ERR_USAGE, "argument", NULL,
                         "A mail's end needs its id and the server's answer.");
    err e = store_mail_get(t, d->store, &id, &m);
    if (e == ERR_NONE_SUCH) { /* told twice */
        turn_forgive(t);
        return ERR_OK;
    }
    try(e);
    if (tree_bool(dt->args, "ok", false)) return mail_sent(d, t, &m, dt->args);
    int64_t wait_ms = TRY_AGAIN_MS;
    for (int64_t k = 0; k < m.tries && wait_ms < TRY_AGAIN_MAX_MS; k++) wait_ms *= 2;
    if (wait_ms > TRY_AGAIN_MAX_MS) wait_ms = TRY_AGAIN_MAX_MS;
    m.next_ms = tree_int(dt->args, "next_ms", turn_now_ms(t) + wait_ms);
    m.tries++;
    m.answer = answer;
    if (tree_bool(dt->args, "permanent", false)) m.stage = STR("refused");
    return store_mail_put(t, d->store, &m);
}

/* ---- in -------------------------------------------------------------------------------------- */

static struct str cut(struct str s, size_t max)
{
    if (s.n <= max) return s;
    while (max > 0 && ((uint8_t)s.p[max] & 0xc0) == 0x80) max--;
    return (struct str){s.p, max};
}

static void field_put(struct turn *t, struct tree *fields, const char *name, struct str value,
                      size_t max)
{
    if (value.n) tree_add_str(t->arena, fields, name, cut(value, max));
}

/* An authority that a mail is for, and where in its dossiers it seems to belong. */
struct home {
    struct str ours;
    bool named;  /* the mail names its mailbox */
    bool linked; /* the mail bears the token of an act of its */
    struct store_dossier row;
    struct id act;
};

/* By the token in its subject, what it answers, or its text. */
static err home_link(struct desk *d, struct turn *t, const struct tree *args, struct home *h)
{
    const struct tree *references = tree_get(args, "references");
    try(desk_token_find(d, t, h->ours, tree_str(args, "subject"), &h->linked, &h->row, &h->act));
    int n = 0;
    for (const struct tree *r = references ? references->child : NULL;
         r && !h->linked && n < REFERENCES_MAX; r = r->next, n++)
        try(desk_token_find(d, t, h->ours, r->str, &h->linked, &h->row, &h->act));
    if (h->linked) return ERR_OK;
    return desk_token_find(d, t, h->ours, cut(tree_str(args, "text"), MAIL_TEXT_MAX), &h->linked,
                           &h->row, &h->act);
}

static bool is_same_address(struct turn *t, struct str a, struct str b)
{
    return str_eq(store_fold(t, str_trim(a)), store_fold(t, b));
}

static void home_name(struct desk *d, struct turn *t, const struct tree *args, struct home *h)
{
    const struct tree *authority, *state, *to = tree_get(args, "to");
    struct str mailbox = {0};
    if (desk_authority_row(d, t, h->ours, &authority, &state) == ERR_OK)
        mailbox = tree_str(authority, "email");
    turn_forgive(t);
    int n = 0;
    for (const struct tree *r = to ? to->child : NULL; r && mailbox.n && n < RECEIVERS_MAX;
         r = r->next, n++)
        h->named = h->named || is_same_address(t, r->str, mailbox);
}

/* Whom a mail is for. What answers an act of ours goes to who did it, whichever mailbox it was sent
 * to; what names several mailboxes goes to each; what names none goes to the first authority. */
static err homes_find(struct desk *d, struct turn *t, const struct tree *args, struct home **out,
                      size_t *n_out)
{
    const struct profile *p = &d->profile;
    struct home *all = arena_take_many(t->arena, p->authorities_n + 1, sizeof *all);
    size_t named = 0, linked = 0, n = 0;
    for (size_t k = 0; k < p->authorities_n; k++) {
        all[k] = (struct home){.ours = p->authorities[k].address};
        try(home_link(d, t, args, &all[k]));
        home_name(d, t, args, &all[k]);
        named += all[k].named;
        linked += all[k].linked;
    }
    if (named + linked == 0) all[0].named = true;
    for (size_t k = 0; k < p->authorities_n; k++) {
        bool only_box = all[k].named && named == 1 && linked > 0;
        if (all[k].linked || (all[k].named && !only_box)) all[n++] = all[k];
    }
    *out = all;
    *n_out = n;
    return ERR_OK;
}

/* The message must be had; what stands in it is put beside it for people's ease, and what of that
 * is empty, too large or too much stays where it is: in the message. */
static err mail_files(struct desk *d, struct turn *t, const struct tree *args, const struct id *key,
                      struct tree *files, struct tree *vaults)
{
    struct tree *message = tree_map(t->arena);
    const struct tree *list = tree_get(args, "attachments");
    tree_add_str(t->arena, message, "name", STR("message.eml"));
    tree_add_str(t->arena, message, "type", STR("message/rfc822"));
    tree_add_str(t->arena, message, "data", tree_str(args, "original"));
    try(desk_original_put(d, t, key, message, MAIL_MAX, files, vaults));
    for (const struct tree *f = list ? list->child : NULL; f && files->count < DESK_ORIGINALS_MAX;
         f = f->next) {
        err e = desk_original_put(d, t, key, f, DESK_ORIGINAL_MAX, files, vaults);
        if (e != ERR_REJECTED && e != ERR_TOO_LARGE) try(e);
        turn_forgive(t);
    }
    return ERR_OK;
}

static void entry_said(struct desk_turn *dt, const struct store_entry *row, bool again)
{
    struct arena *a = dt->t.arena;
    struct tree *one = tree_add_map(a, dt->view->child, NULL);
    tree_add_str(a, one, "entry", row->label);
    tree_add_str(a, one, "ours", row->ours);
    tree_add_bool(a, one, "again", again);
    tree_add_bool(a, one, "linked", !id_eq(&row->dossier, &store_house));
}

/* The same Message-ID again: one entry. Other bytes under it are kept with the entry, so that
 * nobody can push a mail aside by sending its name first. */
static err mail_again(struct desk *d, struct desk_turn *dt, struct store_entry *row)
{
    struct turn *t = &dt->t;
    struct desk_paper p;
    struct tree *files = tree_list(t->arena), *vaults = tree_map(t->arena);
    try(desk_paper_load(d, t, row, &p));
    struct bytes original;
    if (base64_read(t->arena, tree_str(dt->args, "original"), &original)) {
        struct hash h = seal_sha256_of(original);
        if (tree_get_s(p.vaults, desk_hex_hash(t, &h))) {
            entry_said(dt, row, true);
            return ERR_OK;
        }
    }
    try(mail_files(d, t, dt->args, &row->id, files, vaults));
    struct tree *rest = tree_map(t->arena), *by = tree_add_map(t->arena, rest, "by");
    tree_add_str(t->arena, by, "officer", STR("node"));
    tree_add_str(t->arena, by, "post", STR("node"));
    tree_add_map(t->arena, rest, "fields");
    tree_add_copy(t->arena, rest, "files", files);
    tree_add_copy(t->arena, rest, "documents", vaults);
    struct desk_hang h = {.key = &row->id, .ours = row->ours, .entry = row->id};
    try(desk_slip_put(d, t, "entry-edit", &h, rest, NULL));
    entry_said(dt, row, true);
    return ERR_OK;
}

static err mail_new(struct desk *d, struct desk_turn *dt, const struct home *h,
                    struct bytes message)
{
    struct turn *t = &dt->t;
    const struct tree *args = dt->args;
    struct store_entry row;
    struct tree *by = tree_map(t->arena);
    struct desk_arrival a = {.ours = h->ours,
                             .id = desk_random_id(t),
                             .fields = tree_map(t->arena),
                             .files = tree_list(t->arena),
                             .vaults = tree_map(t->arena),
                             .by = by,
                             .message = message};
    tree_add_str(t->arena, by, "officer", STR("node"));
    tree_add_str(t->arena, by, "post", STR("node"));
    try(store_key_make(t, d->store, &a.id));
    try(mail_files(d, t, args, &a.id, a.files, a.vaults));
    if (h->linked) a.dossier = h->row.id, a.act = h->act;
    tree_add_str(t->arena, a.fields, "carriage", STR("email"));
    field_put(t, a.fields, "from_text", tree_str(args, "from"), MAIL_FIELD_MAX);
    field_put(t, a.fields, "subject", tree_str(args, "subject"), MAIL_FIELD_MAX);
    field_put(t, a.fields, "text", tree_str(args, "text"), MAIL_TEXT_MAX);
    field_put(t, a.fields, "said_date", tree_str(args, "date"), MAIL_FIELD_MAX);
    tree_add_str(t->arena, a.fields, "received", time_text(t->arena, turn_now_ms(t)));
    try(desk_entry_keep(d, t, &a, &row));
    entry_said(dt, &row, false);
    return ERR_OK;
}

static err home_take(struct desk *d, struct desk_turn *dt, const struct home *h,
                     struct bytes message)
{
    struct turn *t = &dt->t;
    struct store_entry row;
    if (!message.n) return mail_new(d, dt, h, message);
    err e = store_entry_by_message(t, d->store, h->ours, message, &row);
    if (e == ERR_OK) return mail_again(d, dt, &row);
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return mail_new(d, dt, h, message);
}

/* A mail is known by its Message-ID within an authority: what a neighbour received, or was sent
 * under that name, is nothing to it. */
err desk_do_MAIL_IN(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct str id = str_trim(tree_str(dt->args, "message_id"));
    struct hash *name = arena_take(t->arena, sizeof *name);
    struct home *homes;
    struct tree *v = tree_map(t->arena);
    size_t n;
    *name = seal_sha256_of(str_bytes(id));
    try(homes_find(d, t, dt->args, &homes, &n));
    (void)tree_add_list(t->arena, v, "entries");
    dt->view = v;
    for (size_t k = 0; k < n; k++)
        try(home_take(d, dt, &homes[k], id.n ? hash_bytes(name) : (struct bytes){0}));
    return ERR_OK;
}
