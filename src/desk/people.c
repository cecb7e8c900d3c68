/* SPDX-License-Identifier: Apache-2.0 */
/* Officers of this node as acts of the house dossier: who is added, changed or ended, by whom, and
 * who belongs to which dossier. An administrator works within his own authority: two authorities on
 * one node are walls to each other, and nobody opens a door in the other's wall. */

#include "desk/desk_internal.h"

#include <string.h>

enum { OFFICER_NAME_MAX = 32, POST_MAX = 120 };
#define LINK_MS (INT64_C(3600) * 1000)

/* ---- officers -------------------------------------------------------------------------------- */

static bool is_officer_name(struct str s)
{
    if (s.n == 0 || s.n > OFFICER_NAME_MAX) return false;
    for (size_t k = 0; k < s.n; k++) {
        char c = s.p[k];
        bool sign = k > 0 && (c == '-' || c == '.');
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || sign)) return false;
    }
    return true;
}

static err officer_read(struct turn *t, const struct tree *args, struct str otherwise,
                        struct store_officer *out)
{
    struct store_officer o = {.officer = tree_str(args, "officer"),
                              .post = tree_str(args, "post"),
                              .authority = tree_str(args, "authority"),
                              .uid = tree_int(args, "uid", -1),
                              .name = tree_str(args, "name")};
    struct hash *cert = arena_take(t->arena, sizeof *cert);
    if (!is_officer_name(o.officer))
        return turn_fail_at(t, ERR_REJECTED, "officer-name", "comity officers 1: officer",
                            STR("officer"),
                            "An officer is named by at most %d small letters, digits, dots and "
                            "dashes.",
                            OFFICER_NAME_MAX);
    if (o.post.n == 0 || o.post.n > POST_MAX || o.name.n > POST_MAX)
        return turn_fail_at(t, ERR_REJECTED, "officer-post", "comity officers 1: post", STR("post"),
                            "An officer needs a post; it and the name are at most %d bytes long.",
                            POST_MAX);
    if (!o.authority.n) o.authority = otherwise;
    if (hash_read(tree_str(args, "cert"), cert)) o.cert = hash_bytes(cert);
    if (tree_str(args, "cert").n && !o.cert.n)
        return turn_fail_at(t, ERR_REJECTED, "officer-cert", "comity officers 1: cert", STR("cert"),
                            "A certificate's key is named by 64 hexadecimal digits.");
    try(store_roles_read(t, tree_get(args, "roles"), &o.roles));
    *out = o;
    return ERR_OK;
}

err desk_officer_record(struct desk *d, struct desk_turn *dt, const struct store_officer *o)
{
    struct turn *t = &dt->t;
    struct tree *m = tree_map(t->arena);
    tree_add_str(t->arena, m, "officer", o->officer);
    tree_add_str(t->arena, m, "name", o->name);
    tree_add_str(t->arena, m, "post", o->post);
    tree_add_str(t->arena, m, "authority", o->authority);
    tree_add_int(t->arena, m, "uid", o->uid);
    tree_add_str(t->arena, m, "roles", o->roles);
    if (o->cert.n) tree_add_str(t->arena, m, "cert", hex(t->arena, o->cert));
    tree_add_bool(t->arena, m, "ended", o->ended);
    return desk_house_act(d, dt, "officer.set", m);
}

/* How many others administer an authority. */
static err admins_beside(struct desk *d, struct turn *t, struct str authority, struct str officer,
                         size_t *n_out)
{
    struct store_officer *rows;
    size_t n, found = 0;
    try(store_officers(t, d->store, &rows, &n));
    for (size_t k = 0; k < n; k++)
        if (!rows[k].ended && str_eq(rows[k].authority, authority) &&
            !str_eq(rows[k].officer, officer) && store_officer_is(&rows[k], ROLE_ADMIN))
            found++;
    *n_out = found;
    return ERR_OK;
}

/* The first officer of an authority does everything; he adds the others and may then give roles
 * away. */
#define FIRST_ROLES "duty supervisor admin"

err desk_officers_first(struct desk *d, struct desk_turn *dt, const struct tree *list)
{
    for (const struct tree *row = list ? list->child : NULL; row; row = row->next) {
        struct store_officer o;
        size_t admins;
        try(officer_read(&dt->t, row, STR(""), &o));
        try(admins_beside(d, &dt->t, o.authority, STR(""), &admins));
        if (admins == 0 && !o.roles.n) o.roles = STR(FIRST_ROLES);
        try(desk_officer_record(d, dt, &o));
    }
    return ERR_OK;
}

err desk_officer_project(struct desk *d, struct turn *t, const struct store_record *r,
                         const struct tree *p)
{
    (void)r;
    struct hash *cert = arena_take(t->arena, sizeof *cert);
    struct store_officer row = {.officer = tree_str(p, "officer"),
                                .post = tree_str(p, "post"),
                                .authority = tree_str(p, "authority"),
                                .uid = tree_int(p, "uid", -1),
                                .name = tree_str(p, "name"),
                                .roles = tree_str(p, "roles"),
                                .ended = tree_bool(p, "ended", false)};
    if (!tree_get(p, "roles")) row.roles = STR(FIRST_ROLES); /* written before there were roles */
    if (hash_read(tree_str(p, "cert"), cert)) row.cert = hash_bytes(cert);
    return store_officer_set(t, d->store, &row);
}

/* ---- whether it may be changed --------------------------------------------------------------- */

/* One's own authority; and another one of the node only while nobody administers it. */
static err authority_check(struct desk *d, struct desk_turn *dt, struct str authority)
{
    struct turn *t = &dt->t;
    const struct profile_authority *ours;
    size_t n;
    try(desk_own_authority(d, t, authority, &ours));
    if (str_eq(authority, dt->person->officer.authority)) return ERR_OK;
    try(admins_beside(d, t, authority, STR(""), &n));
    if (n == 0) return ERR_OK;
    return turn_fail_at(t, ERR_NOT_ALLOWED, "authority-other", "comity officers 1: walls",
                        STR("authority"),
                        STR_FMT " has an administrator of its own; ask there. Nothing was changed.",
                        STR_ARG(authority));
}

static err admin_stays(struct desk *d, struct turn *t, const struct store_officer *was)
{
    size_t n;
    if (was->ended || !store_officer_is(was, ROLE_ADMIN)) return ERR_OK;
    try(admins_beside(d, t, was->authority, was->officer, &n));
    if (n > 0) return ERR_OK;
    return turn_fail_at(t, ERR_NOT_ALLOWED, "last-admin", "comity officers 1: roles",
                        STR("officer"),
                        "This is the only administrator of " STR_FMT
                        "; name another one first. Nothing was changed.",
                        STR_ARG(was->authority));
}

/* Nobody gives himself more than he has. */
static err own_roles(struct turn *t, const struct store_officer *was,
                     const struct store_officer *now)
{
    for (int r = 0; r < STORE_ROLES; r++)
        if (store_officer_is(now, (enum store_role)r) && !store_officer_is(was, (enum store_role)r))
            return turn_fail_at(t, ERR_NOT_ALLOWED, "role-own", "comity officers 1: roles",
                                STR("roles"),
                                "Nobody gives himself a role. Ask another administrator.");
    return ERR_OK;
}

static err unique_check(struct desk *d, struct turn *t, const struct store_officer *o)
{
    struct store_officer other;
    err e = o->uid < 0 ? ERR_NONE_SUCH : store_officer_by_uid(t, d->store, o->uid, &other);
    if (e == ERR_OK && !str_eq(other.officer, o->officer))
        return turn_fail_at(t, ERR_REJECTED, "uid-taken", "comity officers 1: uid", STR("uid"),
                            "The user with number %lld is another officer already.",
                            (long long)o->uid);
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    struct hash cert;
    if (!o->cert.n) return ERR_OK;
    memcpy(cert.b, o->cert.p, sizeof cert.b);
    e = store_officer_by_cert(t, d->store, &cert, &other);
    if (e == ERR_OK && !str_eq(other.officer, o->officer))
        return turn_fail_at(t, ERR_REJECTED, "cert-taken", "comity officers 1: cert", STR("cert"),
                            "This certificate is another officer's already.");
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return ERR_OK;
}

/* Where several authorities share a node, each names its own officers: a new name begins with the
 * unit of the authority, so that no answer depends on whom the neighbour has. */
static err name_check(struct desk *d, struct turn *t, const struct store_officer *o)
{
    struct str state, unit;
    if (d->profile.authorities_n < 2) return ERR_OK;
    str_split(o->authority, '/', &state, &unit);
    struct str begin = str_printf(t->arena, STR_FMT ".", STR_ARG(unit));
    if (str_starts(o->officer, str_c(t->arena, begin)) && o->officer.n > begin.n) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "officer-name", "comity officers 1: walls", STR("officer"),
                        "Several authorities share this node: names of officers of " STR_FMT
                        " begin with " STR_FMT " here. Nothing was changed.",
                        STR_ARG(o->authority), STR_ARG(begin));
}

/* ---- actions --------------------------------------------------------------------------------- */

static err add_link(struct desk *d, struct desk_turn *dt, struct str officer, struct tree *v)
{
    struct turn *t = &dt->t;
    int64_t now_ms = turn_now_ms(t);
    struct store_pass p = {.sort = STR("link"), .officer = officer, .ends_ms = now_ms + LINK_MS};
    struct str token;
    desk_token_make(t, &token, &p.token);
    try(store_pass_put(t, d->store, &p, now_ms));
    tree_add_str(t->arena, v, "token", token);
    if (d->officers.n)
        tree_add_str(
            t->arena, v, "enter",
            str_printf(t->arena, STR_FMT "/enter/" STR_FMT, STR_ARG(d->officers), STR_ARG(token)));
    tree_add_str(t->arena, v, "expires", time_text(t->arena, p.ends_ms));
    return ERR_OK;
}

static struct tree *user_view(struct desk *d, struct desk_turn *dt, const struct store_officer *o)
{
    struct turn *t = &dt->t;
    struct tree *v = tree_map(t->arena);
    desk_add_officer(d, t, v, "user", o, desk_lang(dt));
    tree_add_bool(t->arena, v->child, "active", !o->ended);
    dt->view = v;
    return v;
}

err desk_do_USER_ADD(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_officer o, was = {0};
    try(officer_read(t, dt->args, dt->person->officer.authority, &o));
    try(authority_check(d, dt, o.authority));
    err e = store_officer_get(t, d->store, o.officer, &was);
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    bool there = e == ERR_OK && str_eq(was.authority, o.authority);
    if (!there) try(name_check(d, t, &o));
    if (!there && e == ERR_OK) /* of a time when this node had one authority */
        return turn_fail_at(t, ERR_REJECTED, "officer-taken", "comity officers 1: officer",
                            STR("officer"), "This name is taken on this node; choose another one.");
    if (there && str_eq(o.officer, dt->person->officer.officer)) try(own_roles(t, &was, &o));
    if (there && !store_officer_is(&o, ROLE_ADMIN)) try(admin_stays(d, t, &was));
    try(unique_check(d, t, &o));
    if (there) try(store_sessions_end(t, d->store, o.officer));
    try(desk_officer_record(d, dt, &o));
    struct tree *v = user_view(d, dt, &o);
    /* Who begins another authority hands over its first link now and never again. */
    bool ours = str_eq(o.authority, dt->person->officer.authority);
    return ours ? ERR_OK : add_link(d, dt, o.officer, v);
}

/* An officer of one's own authority; another's is not there. */
static err officer_arg(struct desk *d, struct desk_turn *dt, struct store_officer *out)
{
    struct turn *t = &dt->t;
    struct str name;
    try(desk_arg(t, dt->args, "officer", &name));
    err e = store_officer_get(t, d->store, name, out);
    if (e == ERR_OK && str_eq(out->authority, dt->person->officer.authority)) return ERR_OK;
    if (e != ERR_OK && e != ERR_NONE_SUCH) return e;
    turn_forgive(t);
    return turn_fail_at(t, ERR_NONE_SUCH, "officer-none-such", NULL, STR("officer"),
                        "There is no officer " STR_FMT " here.",
                        STR_ARG(str_printable(t->arena, name)));
}

err desk_do_USER_LINK(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_officer o;
    try(officer_arg(d, dt, &o));
    if (o.ended)
        return turn_fail_at(t, ERR_NOT_ALLOWED, "officer-ended", "comity officers 1: officer",
                            STR("officer"), "This officer was ended; add him again first.");
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "officer", o.officer);
    try(add_link(d, dt, o.officer, v));
    dt->view = v;
    return ERR_OK;
}

err desk_do_USER_END(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_officer o;
    try(officer_arg(d, dt, &o));
    try(admin_stays(d, t, &o));
    o.ended = true;
    try(store_sessions_end(t, d->store, o.officer));
    try(desk_officer_record(d, dt, &o));
    (void)user_view(d, dt, &o);
    return ERR_OK;
}

err desk_do_USERS(struct desk *d, struct desk_turn *dt)
{
    struct turn *t = &dt->t;
    struct store_officer *rows;
    size_t n;
    try(store_officers(t, d->store, &rows, &n));
    struct tree *v = tree_map(t->arena);
    struct tree *list = tree_add_list(t->arena, v, "users");
    for (size_t k = 0; k < n; k++) {
        if (!str_eq(rows[k].authority, dt->person->officer.authority)) continue;
        desk_add_officer(d, t, list, NULL, &rows[k], desk_lang(dt));
        if (rows[k].uid >= 0) tree_add_int(t->arena, list->last, "uid", rows[k].uid);
        tree_add_bool(t->arena, list->last, "active", !rows[k].ended);
    }
    dt->view = v;
    return ERR_OK;
}

/* ---- members of a dossier -------------------------------------------------------------------- */

static err member_set(struct desk *d, struct desk_turn *dt, bool member)
{
    struct turn *t = &dt->t;
    struct store_dossier row;
    struct store_officer o;
    struct str *names;
    size_t n;
    try(desk_arg_dossier(d, dt, RIGHT_ASSIGN, &row));
    try(officer_arg(d, dt, &o));
    struct tree *m = tree_map(t->arena);
    tree_add_str(t->arena, m, "dossier", desk_hex_id(t, &row.id));
    tree_add_str(t->arena, m, "officer", o.officer);
    tree_add_bool(t->arena, m, "member", member);
    try(desk_house_act(d, dt, "member.set", m));
    try(store_members(t, d->store, &row.id, &names, &n));
    struct tree *v = tree_map(t->arena);
    tree_add_str(t->arena, v, "ref", row.ref);
    struct tree *list = tree_add_list(t->arena, v, "members");
    for (size_t k = 0; k < n; k++) tree_add_str(t->arena, list, NULL, names[k]);
    dt->view = v;
    return ERR_OK;
}

err desk_do_MEMBER_ADD(struct desk *d, struct desk_turn *dt) { return member_set(d, dt, true); }
err desk_do_MEMBER_DROP(struct desk *d, struct desk_turn *dt) { return member_set(d, dt, false); }

err desk_member_project(struct desk *d, struct turn *t, const struct store_record *r,
                        const struct tree *p)
{
    (void)r;
    struct id dossier;
    if (!id_read(tree_str(p, "dossier"), &dossier))
        return turn_fail(t, ERR_INTEGRITY, "house-act", NULL, "A member act names no dossier.");
    if (tree_bool(p, "member", false))
        return store_member_add(t, d->store, &dossier, tree_str(p, "officer"));
    return store_member_drop(t, d->store, &dossier, tree_str(p, "officer"));
}
