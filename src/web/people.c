/* SPDX-License-Identifier: Apache-2.0 */
/* The officers of one's authority, for whoever administers them; and passkeys, which need the
 * browser's own script: it asks for a challenge, has the key sign it, and sends a plain form. */

#include "web/inner.h"

/* ---- officers -------------------------------------------------------------------------------- */

static const struct {
    const char *word, *name;
} roles[] = {
#define ROLE(word, name) {word, name},
#include "web/label.def"
};
enum { ROLES = sizeof roles / sizeof *roles };

static struct tree *put_roles(struct visit *v, struct tree *to, const struct tree *held)
{
    struct tree *list = tree_add_list(v->t.arena, to, "role_rows");
    for (size_t k = 0; k < ROLES; k++) {
        struct tree *one = tree_add_map(v->t.arena, list, NULL);
        tree_add_str(v->t.arena, one, "word", str_of(roles[k].word));
        tree_add_str(v->t.arena, one, "title", text_of(v->lang, roles[k].name));
        tree_add_bool(v->t.arena, one, "held", tree_has_str(held, str_of(roles[k].word)));
    }
    return list;
}

static void show_users(struct visit *v)
{
    const struct tree *users = tree_get(v->view, "users");
    struct tree *list = tree_add_list(v->t.arena, v->page, "users");
    struct str me = tree_str(tree_get(v->desk, "officer"), "officer");
    for (const struct tree *u = users ? users->child : NULL; u; u = u->next) {
        struct tree *row = tree_add_copy(v->t.arena, list, NULL, u);
        put_roles(v, row, tree_get(u, "roles"));
        tree_add_bool(v->t.arena, row, "is_me", str_eq(tree_str(u, "officer"), me));
    }
    put_roles(v, v->page, NULL);
}

void web_do_USERS(struct visit *v)
{
    show_users(v);
    visit_page(v, 200, page_users);
}

/* A refusal stays on the page, with what was typed. */
static void users_refused(struct visit *v, const struct fault *f)
{
    static const char *const typed[] = {"officer", "name", "post"};
    show_users(v);
    for (size_t k = 0; k < sizeof typed / sizeof *typed; k++)
        visit_put(v, typed[k], visit_field(v, typed[k]));
    visit_put(v, "refused", str_of(f->sentence));
    v->back = STR("/users");
    visit_page(v, visit_status(f), page_users);
}

static void user_added(struct visit *v)
{
    const struct fault *f = visit_fault(v, "user-add");
    if (f)
        users_refused(v, f);
    else
        visit_go(v, STR("/users"));
}

void web_do_USER_ADD(struct visit *v)
{
    static const char *const texts[] = {"officer", "name", "post", "idem"};
    struct arena *a = v->t.arena;
    struct tree *args = tree_map(a);
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        tree_add_str(a, args, texts[k], str_trim(visit_field(v, texts[k])));
    struct tree *list = tree_add_list(a, args, "roles");
    for (size_t k = 0; k < v->form.n; k++)
        if (str_is(v->form.fields[k].name, "role"))
            tree_add_str(a, list, NULL, v->form.fields[k].value);
    visit_do(v, "user-add", args);
    visit_then(v, user_added);
}

static void ask_about(struct visit *v, const char *action, void (*then)(struct visit *v))
{
    struct tree *args = tree_map(v->t.arena);
    tree_add_str(v->t.arena, args, "officer", visit_at(v, "officer"));
    tree_add_str(v->t.arena, args, "idem", visit_field(v, "idem"));
    visit_do(v, action, args);
    visit_then(v, then);
}

/* The link is shown on this page alone; asked for again with the same form it is the same one. */
static void linked(struct visit *v)
{
    const struct fault *f = visit_fault(v, "user-link");
    if (f) {
        users_refused(v, f);
        return;
    }
    show_users(v);
    visit_share(v, "link", visit_view(v, "user-link"));
    v->back = STR("/users");
    visit_page(v, 200, page_users);
}

void web_do_USER_LINK(struct visit *v) { ask_about(v, "user-link", linked); }

static void ended(struct visit *v)
{
    const struct fault *f = visit_fault(v, "user-end");
    if (f)
        users_refused(v, f);
    else
        visit_go(v, STR("/users"));
}

void web_do_USER_END(struct visit *v) { ask_about(v, "user-end", ended); }

/* ---- passkeys -------------------------------------------------------------------------------- */

static void tell_json(struct visit *v, const struct tree *view)
{
    visit_bytes(v, 200, "application/json", str_bytes(json_write(v->t.arena, view)), NULL);
}

static void challenged(struct visit *v) { tell_json(v, visit_view(v, "enter-begin")); }

void web_do_KEY_CHALLENGE(struct visit *v)
{
    visit_ask(v, "enter-begin", NULL);
    visit_then(v, challenged);
}

static void made_challenge(struct visit *v) { tell_json(v, visit_view(v, "passkey-begin")); }

void web_do_PASSKEY_CHALLENGE(struct visit *v)
{
    visit_ask(v, "passkey-begin", NULL);
    visit_then(v, made_challenge);
}

static struct tree *key_args(struct visit *v, const char *const *names)
{
    struct tree *args = tree_map(v->t.arena);
    for (; *names; names++) tree_add_str(v->t.arena, args, *names, visit_field(v, *names));
    return args;
}

static void key_changed(struct visit *v)
{
    const struct fault *f = visit_fault(v, "passkey-add");
    if (!f) f = visit_fault(v, "passkey-drop");
    if (!f) {
        visit_go(v, STR("/me"));
        return;
    }
    visit_share(v, "me", v->view);
    visit_put(v, "refused", str_of(f->sentence));
    v->back = STR("/me");
    visit_page(v, visit_status(f), page_me);
}

void web_do_PASSKEY_ADD(struct visit *v)
{
    static const char *const names[] = {"client_data", "authenticator_data", "name", "idem", NULL};
    visit_do(v, "passkey-add", key_args(v, names));
    visit_then(v, key_changed);
}

void web_do_PASSKEY_DROP(struct visit *v)
{
    static const char *const names[] = {"passkey", "idem", NULL};
    visit_do(v, "passkey-drop", key_args(v, names));
    visit_then(v, key_changed);
}
