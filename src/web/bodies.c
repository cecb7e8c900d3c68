/* SPDX-License-Identifier: Apache-2.0 */
/* Who may send how much before anybody knows whether he is an officer.
 *
 * The desk finds that out only when the body is here, and until then this process holds it. So what
 * all together send has a limit: one for sessions that the desk has answered before, and a smaller
 * one for the rest, so that whoever makes a session up takes no room from officers. Among the rest
 * are forms whose session ended while they were typed: those come whole, so that nothing typed is
 * lost. A program that shows no session sends little. Small bodies, which most forms are, never
 * wait for large ones. */

#include "web/api.h"

#include <string.h>

/* ---- sessions that the desk has answered ----------------------------------------------------- */

static struct seen_session *seen(struct web *w, struct str token)
{
    for (size_t k = 0; k < WEB_SESSIONS_SEEN; k++)
        if (str_eq((struct str){w->seen[k].token, w->seen[k].n}, token)) return &w->seen[k];
    return NULL;
}

void session_seen(struct web *w, struct str token, bool good)
{
    struct seen_session *s = token.n ? seen(w, token) : NULL;
    if (!good && s) *s = (struct seen_session){0};
    if (!good || s || !token.n || token.n > sizeof s->token) return;
    s = &w->seen[w->seen_next++ % WEB_SESSIONS_SEEN]; /* the oldest gives way */
    s->n = token.n;
    memcpy(s->token, token.p, token.n);
}

/* ---- bodies ---------------------------------------------------------------------------------- */

static struct str session_shown(const struct web *w, const struct net_request *r)
{
    struct str token = api_bearer(net_request_header(r, "Authorization"));
    return token.n ? token : cookie_get(net_request_header(r, "Cookie"), w->cookie);
}

static size_t size_max(const struct web *w, const struct net_request *r,
                       const struct net_request_head *head)
{
    if (session_shown(w, r).n) return WEB_BODY_MAX;
    if (api_is(head->path)) return WEB_BODY_BARE_MAX;
    return str_starts(head->path, "/enter") ? WEB_BODY_CARRIED_MAX : WEB_BODY_MAX;
}

static bool is_taken(struct web *w, struct net_request *r, size_t n)
{
    struct large_body *free = NULL;
    bool known = seen(w, session_shown(w, r)) != NULL;
    size_t all = n, count = 1;
    for (size_t k = 0; k < WEB_BODIES_MAX; k++) {
        struct large_body *b = &w->bodies[k];
        if (!b->request) free = b;
        if (!b->request || b->known != known) continue;
        all += b->n;
        count++;
    }
    if (!free || all > (known ? WEB_BODIES_BYTES_MAX : WEB_BODIES_NEW_BYTES_MAX)) return false;
    if (!known && count > WEB_BODIES_NEW_MAX) return false;
    *free = (struct large_body){r, n, known};
    return true;
}

err bodies_take(struct web *w, struct turn *t, struct net_request *r,
                const struct net_request_head *head)
{
    size_t most = size_max(w, r, head);
    if (!head->has_body) return ERR_OK;
    if (head->length < 0 && most < WEB_BODY_MAX)
        return turn_fail(t, ERR_USAGE, "length-missing", "RFC 9110 15.5.12",
                         "Without a session a body needs its length.");
    size_t n = head->length < 0 ? WEB_BODY_MAX : (size_t)head->length;
    if (n > WEB_BODY_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "body-too-large", "RFC 9110 15.5.14",
                         "The body has more than %d bytes.", WEB_BODY_MAX);
    if (n > most)
        return turn_fail(t, ERR_TOO_LARGE, "body-before-session", "RFC 9110 15.5.14",
                         "Without a session a body has at most %zu bytes.", most);
    if (n <= WEB_BODY_BARE_MAX || is_taken(w, r, n)) return ERR_OK;
    return turn_fail(t, ERR_BUSY, "bodies-under-way", "RFC 9110 15.6.4",
                     "Too many large bodies are under way; nothing was done.");
}

void bodies_gone(struct web *w, const struct net_request *r)
{
    for (size_t k = 0; k < WEB_BODIES_MAX; k++)
        if (w->bodies[k].request == r) w->bodies[k] = (struct large_body){0};
}
