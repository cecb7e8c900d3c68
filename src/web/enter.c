/* SPDX-License-Identifier: Apache-2.0 */
/* Coming in and leaving. A link works once, so opening it only shows a button: what looks at links
 * by itself must not use them up. A form that was on its way is shown again, never sent again. */

#include "web/inner.h"

#include <string.h>

enum { TOKEN_MAX = 256 };

/* Where to go afterwards: a path of ours, or the duty desk. */
static struct str after_of(struct str asked)
{
    bool ours = asked.n > 1 && asked.p[0] == '/' && asked.p[1] != '/' && asked.p[1] != '\\';
    for (size_t k = 0; k < asked.n; k++)
        if ((unsigned char)asked.p[k] <= 0x20 || asked.p[k] == '\\') ours = false;
    return ours && !str_starts(asked, "/enter") ? asked : STR("/duty");
}

static void put_after(struct visit *v, struct str after) { visit_put(v, "after", after_of(after)); }

/* The certificate that this browser has shown, and proven to hold the key of. */
static const struct hash *card(const struct visit *v)
{
    static const struct hash none;
    const struct net_request_head *head = v->request ? net_request_head(v->request) : NULL;
    return head && !hash_eq(&head->client, &none) ? &head->client : NULL;
}

void web_do_ENTER(struct visit *v)
{
    visit_flag(v, "has_card", card(v));
    put_after(v, visit_at(v, "after"));
    visit_page(v, 200, page_enter);
}

void web_do_ENTER_LINK(struct visit *v)
{
    visit_put(v, "token", visit_at(v, "token"));
    put_after(v, visit_at(v, "after"));
    visit_page(v, 200, page_enter);
}

/* ---- with a form that waits ------------------------------------------------------------------ */

/* Fields of what waits come as "c.NAME". */
static struct web_form carried(struct visit *v)
{
    struct web_form f = {arena_take_many(v->t.arena, v->form.n + 1, sizeof *f.fields), 0};
    for (size_t k = 0; k < v->form.n; k++) {
        struct web_field one = v->form.fields[k];
        if (one.is_file || !str_starts(one.name, "c.")) continue;
        one.name = (struct str){one.name.p + 2, one.name.n - 2};
        f.fields[f.n++] = one;
    }
    return f;
}

static void put_carried(struct visit *v, struct str path)
{
    struct web_form f = carried(v);
    carry_put(v, after_of(path), &f);
}

static void entered(struct visit *v)
{
    const struct web_ask *a = &v->asked[v->asked_n - 1].ask; /* the way it was tried */
    const struct fault *f = a->result != ERR_OK ? &a->t.fault : NULL;
    const struct tree *view = a->view;
    struct str carry = visit_field(v, "carry"), session = tree_str(view, "session");
    v->back = STR("/enter");
    if (f || !session.n) {
        /* Why it lets nobody in is not told; what to do is said by the page. */
        bool told = f && strcmp(f->code, "enter-refused") != 0;
        visit_put(v, "refused", told ? str_of(f->sentence) : STR(""));
        visit_put(v, "by", a->action);
        visit_flag(v, "failed", true);
        put_after(v, visit_field(v, "after"));
        if (carry.n) put_carried(v, carry);
        visit_page(v, 401, carry.n ? page_again : page_enter);
        return;
    }
    visit_session_set(v, session);
    if (!carry.n) {
        visit_go(v, after_of(visit_field(v, "after")));
        return;
    }
    put_carried(v, carry);
    visit_flag(v, "entered", true);
    visit_page(v, 200, page_again);
}

/* A whole link may be pasted where its last part is asked for. */
static struct str token_of(struct str s)
{
    s = str_trim(s);
    for (size_t k = s.n; k-- > 0;)
        if (s.p[k] == '/') return (struct str){s.p + k + 1, s.n - k - 1};
    return s;
}

static void enter(struct visit *v, struct str token)
{
    struct tree *args = tree_map(v->t.arena);
    if (token.n > TOKEN_MAX) token.n = TOKEN_MAX;
    tree_add_str(v->t.arena, args, "token", token);
    visit_try(v, "enter", args);
    visit_then(v, entered);
}

void web_do_ENTER_WORD(struct visit *v) { enter(v, token_of(visit_field(v, "token"))); }

void web_do_ENTER_GO(struct visit *v) { enter(v, visit_at(v, "token")); }

void web_do_ENTER_KEY(struct visit *v)
{
    static const char *const names[] = {"passkey", "client_data", "authenticator_data",
                                        "signature"};
    struct tree *args = tree_map(v->t.arena);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        tree_add_str(v->t.arena, args, names[k], visit_field(v, names[k]));
    visit_try(v, "enter-key", args);
    visit_then(v, entered);
}

void web_do_ENTER_CARD(struct visit *v)
{
    const struct hash *cert = card(v);
    struct tree *args = tree_map(v->t.arena);
    if (cert) tree_add_str(v->t.arena, args, "cert", hex(v->t.arena, hash_bytes(cert)));
    visit_try(v, "enter-cert", args);
    visit_then(v, entered);
}

/* ---- leaving --------------------------------------------------------------------------------- */

static void left(struct visit *v)
{
    visit_session_set(v, STR(""));
    visit_go(v, STR("/enter"));
}

void web_do_LEAVE(struct visit *v)
{
    visit_try(v, "leave", NULL);
    visit_then(v, left);
}
