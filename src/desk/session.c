/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: a session's token, or the user at the command line; whether his roles let him; and how
 * sessions begin and end. No door is believed about any of it. */

#include "desk/desk_internal.h"

#include <string.h>

enum { TOKEN_SIZE = 32 };
#define IDLE_MS (INT64_C(15) * 60 * 1000)
#define WHOLE_MS (INT64_C(8) * 3600 * 1000)

/* ---- tokens ---------------------------------------------------------------------------------- */

void desk_token_make(struct turn *t, struct str *text_out, struct hash *hash_out)
{
    uint8_t token[TOKEN_SIZE];
    t->chance->fill(t->chance->ctx, token, sizeof token);
    *text_out = hex(t->arena, (struct bytes){token, sizeof token});
    desk_token_hash(*text_out, hash_out);
    wipe(token, sizeof token);
}

void desk_token_hash(struct str text, struct hash *out)
{
    struct bytes parts[] = {str_bytes(STR("token ")), str_bytes(text)};
    seal_sha256(parts, 2, out);
}

/* ---- when it was last used ------------------------------------------------------------------- */

/* Held in memory and written with the reads: a page that is only looked at costs no sync. A crash
 * can only make a session seem idle for longer. */
static struct desk_seen *seen_slot(struct desk *d, const struct hash *token)
{
    struct desk_seen *oldest = &d->seen[0];
    for (size_t k = 0; k < DESK_SEEN_MAX; k++) {
        struct desk_seen *s = &d->seen[k];
        if (s->at_ms && hash_eq(&s->token, token)) return s;
        if (s->at_ms < oldest->at_ms) oldest = s;
    }
    return oldest;
}

static int64_t seen_ms(struct desk *d, const struct store_session *x)
{
    const struct desk_seen *s = seen_slot(d, &x->token);
    bool known = s->at_ms && hash_eq(&s->token, &x->token);
    return known && s->at_ms > x->seen_ms ? s->at_ms : x->seen_ms;
}

static bool is_over(struct desk *d, const struct store_session *x, int64_t now_ms)
{
    return now_ms - x->made_ms >= WHOLE_MS || now_ms - seen_ms(d, x) >= IDLE_MS;
}

err desk_seen_write(struct desk *d, struct turn *t)
{
    for (size_t k = 0; k < DESK_SEEN_MAX; k++) {
        if (!d->seen[k].fresh) continue;
        try(store_session_seen(t, d->store, &d->seen[k].token, d->seen[k].at_ms));
    }
    return ERR_OK;
}

void desk_seen_written(struct desk *d)
{
    for (size_t k = 0; k < DESK_SEEN_MAX; k++) d->seen[k].fresh = false;
}

/* ---- who ------------------------------------------------------------------------------------- */

static err session_over(struct turn *t)
{
    return turn_fail(t, ERR_STRANGER, "session-over", "comity officers 1: session",
                     "This session is over. Nothing was done; enter again and repeat it.");
}

static err by_session(struct desk *d, struct desk_turn *dt, struct desk_person *p)
{
    struct turn *t = &dt->t;
    int64_t now_ms = turn_now_ms(t);
    struct store_session x;
    desk_token_hash(dt->session, &p->session);
    err e = store_session_get(t, d->store, &p->session, &x);
    if (e == ERR_NONE_SUCH) turn_forgive(t);
    if (e == ERR_NONE_SUCH || (e == ERR_OK && is_over(d, &x, now_ms))) return session_over(t);
    try(e);
    e = store_officer_get(t, d->store, x.officer, &p->officer);
    if (e == ERR_NONE_SUCH) turn_forgive(t);
    if (e == ERR_NONE_SUCH || (e == ERR_OK && p->officer.ended)) return session_over(t);
    try(e);
    p->by_session = true;
    p->method = str_is(x.method, "link") ? STR("session") : STR("key");
    struct desk_seen *s = seen_slot(d, &x.token);
    *s = (struct desk_seen){x.token, now_ms, true};
    return ERR_OK;
}

static err by_uid(struct desk *d, struct desk_turn *dt, struct desk_person *p)
{
    struct turn *t = &dt->t;
    err e = dt->uid < 0 ? ERR_NONE_SUCH : store_officer_by_uid(t, d->store, dt->uid, &p->officer);
    p->method = STR("session");
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    if (dt->uid < 0)
        return turn_fail(t, ERR_STRANGER, "session-none", "comity officers 1: session",
                         "Nobody has entered. Enter first.");
    return turn_fail(t, ERR_STRANGER, "officer-unknown", NULL,
                     "The user with number %lld is no officer of this node.", (long long)dt->uid);
}

err desk_person_find(struct desk *d, struct desk_turn *dt)
{
    struct desk_person *p = arena_take(dt->t.arena, sizeof *p);
    try(dt->session.n ? by_session(d, dt, p) : by_uid(d, dt, p));
    dt->person = p;
    return ERR_OK;
}

err desk_officer(struct desk *d, struct desk_turn *dt, struct store_officer *out)
{
    if (!dt->person) try(desk_person_find(d, dt));
    *out = dt->person->officer;
    return ERR_OK;
}

/* ---- what he may ----------------------------------------------------------------------------- */

static const struct {
    bool listed;
    unsigned right;
} rights[DESK_ACTIONS] = {
#define RIGHT(action, right) [DESK_##action] = {true, right},
#include "desk/right.def"
#undef RIGHT
};

err desk_may_not(struct turn *t)
{
    return turn_fail(t, ERR_NOT_ALLOWED, "role-may-not", "comity officers 1: roles",
                     "Your role does not let you do this; nothing was changed. Ask your "
                     "supervisor, or the administrator for another role.");
}

/* ERR_NONE_SUCH where one of the things that the turn names is not for him to see. */
static err named_seen(struct desk *d, struct desk_turn *dt)
{
    struct store_dossier row;
    struct store_draft draft;
    struct desk_paper *paper = arena_take(dt->t.arena, sizeof *paper);
    struct store_matter matter;
    struct store_slip slip;
    if (tree_str(dt->args, "ref").n) try(desk_arg_dossier(d, dt, RIGHT_READ, &row));
    if (tree_str(dt->args, "draft").n) try(desk_arg_draft(d, dt, RIGHT_READ, &draft));
    if (tree_str(dt->args, "entry").n) try(desk_arg_entry(d, dt, RIGHT_READ, paper));
    if (tree_str(dt->args, "matter").n) try(desk_arg_matter(d, dt, RIGHT_READ, &matter));
    if (!tree_str(dt->args, "instruction").n) return ERR_OK;
    return desk_arg_instruction(d, dt, RIGHT_READ, &slip);
}

err desk_person_may(struct desk *d, struct desk_turn *dt)
{
    unsigned right = rights[dt->action].right;
    const struct store_officer *o = &dt->person->officer;
    if (!rights[dt->action].listed) return desk_may_not(&dt->t);
    if (right == 0 || store_officer_may(o, (enum store_right)right)) return ERR_OK;
    if (dt->action == DESK_USER_LINK && !dt->person->by_session &&
        str_eq(tree_str(dt->args, "officer"), o->officer))
        return ERR_OK; /* who stands at the computer is known to it already */
    /* What may not be seen is not there, whatever was to be done with it. */
    try(named_seen(d, dt));
    return desk_may_not(&dt->t);
}

void desk_reader(const struct desk_turn *dt, enum store_right right, struct store_reader *out)
{
    if (dt->person)
        store_reader_of(&dt->person->officer, right, out);
    else
        *out = (struct store_reader){0}; /* nobody sees nothing */
}

/* What he means is what he sees; whether he may is asked of that one, not of another that bears the
 * same number. */
err desk_dossier_find(struct desk *d, struct desk_turn *dt, enum store_right right, struct str ref,
                      struct store_dossier *out)
{
    struct turn *t = &dt->t;
    struct store_reader who;
    struct store_dossier seen;
    desk_reader(dt, RIGHT_READ, &who);
    try(store_access_find(t, d->store, &who, ref, &seen));
    desk_reader(dt, right, &who);
    err e = store_access_get(t, d->store, &who, &seen.id, out);
    if (e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return desk_may_not(t);
}

err desk_arg_dossier(struct desk *d, struct desk_turn *dt, enum store_right right,
                     struct store_dossier *out)
{
    struct str ref;
    try(desk_arg(&dt->t, dt->args, "ref", &ref));
    return desk_dossier_find(d, dt, right, ref, out);
}

err desk_arg_draft(struct desk *d, struct desk_turn *dt, enum store_right right,
                   struct store_draft *out)
{
    struct turn *t = &dt->t;
    struct str label;
    struct store_reader who;
    try(desk_arg(t, dt->args, "draft", &label));
    desk_reader(dt, right, &who);
    err e = store_access_draft(t, d->store, &who, label, out);
    if (e != ERR_NONE_SUCH || right == RIGHT_READ) return e;
    turn_forgive(t);
    struct store_draft seen;
    desk_reader(dt, RIGHT_READ, &who);
    try(store_access_draft(t, d->store, &who, label, &seen));
    return desk_may_not(t);
}

/* ---- entering and leaving -------------------------------------------------------------------- */

void desk_add_officer(struct desk *d, struct turn *t, struct tree *v, const char *key,
                      const struct store_officer *o, struct str lang)
{
    struct tree *m = tree_add_map(t->arena, v, key);
    tree_add_str(t->arena, m, "officer", o->officer);
    tree_add_str(t->arena, m, "name", o->name);
    tree_add_str(t->arena, m, "post", o->post);
    tree_add_str(t->arena, m, "authority", o->authority);
    tree_add_str(t->arena, m, "authority_title", desk_address_title(d, t, o->authority, lang));
    struct tree *list = tree_add_list(t->arena, m, "roles");
    for (int r = 0; r < STORE_ROLES; r++)
        if (store_officer_is(o, (enum store_role)r))
            tree_add_str(t->arena, list, NULL, str_of(store_role_word((enum store_role)r)));
}

err desk_session_begin(struct desk *d, struct desk_turn *dt, const struct store_officer *o,
                       const char *method)
{
    struct turn *t = &dt->t;
    int64_t now_ms = turn_now_ms(t);
    struct store_session x = {
        .officer = o->officer, .method = str_of(method), .made_ms = now_ms, .seen_ms = now_ms};
    struct str token;
    try(store_sessions_sweep(t, d->store, now_ms - WHOLE_MS));
    if (dt->session.n) { /* another way in: the old token ends */
        struct hash old;
        desk_token_hash(dt->session, &old);
        try(store_session_end(t, d->store, &old));
    }
    desk_token_make(t, &token, &x.token);
    try(store_session_put(t, d->store, &x));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "session", token);
    desk_add_officer(d, t, v, "officer", o, desk_lang(dt));
    tree_add_str(t->arena, v, "node", d->profile.node);
    tree_add_str(t->arena, v, "expires", time_text(t->arena, now_ms + WHOLE_MS));
    dt->view = v;
    return ERR_OK;
}

err desk_enter_fail(struct turn *t)
{
    turn_forgive(t);
    return turn_fail(t, ERR_STRANGER, "enter-refused", "comity officers 1: entering",
                     "This does not let anybody in: it was used, is over, or never was. Ask for a "
                     "new link, or use another passkey.");
}

err desk_do_ENTER(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct str token;
    struct hash hash;
    struct store_pass pass;
    struct store_officer o;
    try(desk_arg(t, dt->args, "token", &token));
    desk_token_hash(token, &hash);
    err e = store_pass_take(t, d->store, &hash, STR("link"), turn_now_ms(t), &pass);
    if (e == ERR_OK) e = store_officer_get(t, d->store, pass.officer, &o);
    if (e == ERR_NONE_SUCH || (e == ERR_OK && o.ended)) return desk_enter_fail(t);
    try(e);
    return desk_session_begin(d, dt, &o, "link");
}

err desk_do_ENTER_CERT(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct hash cert;
    struct store_officer o;
    if (!hash_read(tree_str(dt->args, "cert"), &cert)) return desk_enter_fail(t);
    err e = store_officer_by_cert(t, d->store, &cert, &o);
    if (e == ERR_NONE_SUCH) return desk_enter_fail(t);
    try(e);
    return desk_session_begin(d, dt, &o, "cert");
}

err desk_do_LEAVE(struct desk *d, struct desk_turn *dt)
{
    dt->view = tree_map(dt->t.arena);
    if (!dt->person->by_session) return ERR_OK; /* the command line has no session to end */
    return store_session_end(&dt->t, d->store, &dt->person->session);
}

static err add_sessions(struct desk *d, struct desk_turn *dt, struct tree *v)
{
    struct turn *t = &dt->t;
    struct store_session *rows;
    size_t n;
    try(store_sessions(t, d->store, dt->person->officer.officer, &rows, &n));
    struct tree *list = tree_add_list(t->arena, v, "sessions");
    for (size_t k = 0; k < n; k++) {
        if (is_over(d, &rows[k], turn_now_ms(t))) continue;
        struct tree *m = tree_add_map(t->arena, list, NULL);
        bool this = dt->person->by_session && hash_eq(&rows[k].token, &dt->person->session);
        tree_add_bool(t->arena, m, "current", this);
        tree_add_str(t->arena, m, "method", rows[k].method);
        tree_add_str(t->arena, m, "began", time_text(t->arena, rows[k].made_ms));
        tree_add_str(t->arena, m, "seen", time_text(t->arena, seen_ms(d, &rows[k])));
        tree_add_str(t->arena, m, "ends", time_text(t->arena, rows[k].made_ms + WHOLE_MS));
    }
    return ERR_OK;
}

err desk_do_ME(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct tree *v = tree_map(t->arena);
    desk_add_officer(d, t, v, "officer", &dt->person->officer, desk_lang(dt));
    try(add_sessions(d, dt, v));
    struct store_passkey *keys;
    size_t n;
    try(store_passkeys(t, d->store, dt->person->officer.officer, &keys, &n));
    struct tree *list = tree_add_list(t->arena, v, "passkeys");
    for (size_t k = 0; k < n; k++) {
        int64_t uses, used_ms;
        try(store_passkey_use(t, d->store, keys[k].passkey, &uses, &used_ms));
        struct tree *m = tree_add_map(t->arena, list, NULL);
        tree_add_str(t->arena, m, "passkey", hex(t->arena, keys[k].passkey));
        tree_add_str(t->arena, m, "name", keys[k].name);
        tree_add_str(t->arena, m, "added", time_text(t->arena, keys[k].added_ms));
        if (used_ms) tree_add_str(t->arena, m, "used", time_text(t->arena, used_ms));
    }
    dt->view = v;
    return ERR_OK;
}
