/* SPDX-License-Identifier: Apache-2.0 */
/* One request from its first line to the end of its reply.
 *
 * libmicrohttpd calls in with pieces; the handler sees a head, a whole body, and an end. A body is
 * collected only after the handler said yes to its head, and memory follows what arrived, not what
 * was announced. It knows no path and no right: what a request means is the handler's. */

#include "net/server.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

enum { ROOM_FIRST = 65536 };

static enum MHD_Result take_head(struct net_request *r, const char *method);
static enum MHD_Result take_bytes(struct net_request *r, const char *bytes, size_t *n);
static enum MHD_Result take_end(struct net_request *r);
static enum MHD_Result queue(struct net_request *r);

void *request_on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    (void)cls;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct net_request *r = info->socket_context;
    r->state = REQUEST_HEAD;
    r->target = (struct str){target, strnlen(target, NET_TARGET_MAX + 1)};
    r->target = str_dup(r->arena, r->target);
    return r;
}

enum MHD_Result request_on_bytes(void *cls, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *bytes,
                                 size_t *n, void **request)
{
    (void)cls, (void)connection, (void)url, (void)version;
    struct net_request *r = *request;
    r->server->moved++;
    switch (r->state) {
    case REQUEST_HEAD:
        return take_head(r, method);
    case REQUEST_BODY:
    case REQUEST_OVER:
        return *n ? take_bytes(r, bytes, n) : take_end(r);
    case REQUEST_ASKED: /* called once more for a connection that was just suspended */
        return MHD_YES;
    case REQUEST_REPLIED:
        return queue(r);
    case REQUEST_NONE:
    case REQUEST_DEAD:
        break;
    }
    return MHD_NO;
}

const struct net_request_head *net_request_head(const struct net_request *r) { return &r->head; }

void net_request_set(struct net_request *r, void *own) { r->own = own; }

void *net_request_own(const struct net_request *r) { return r->own; }

struct str net_request_header(const struct net_request *r, const char *name)
{
    return str_of(MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name));
}

void net_reply(struct net_request *r, int status, const char *type, struct bytes body,
               const char *const *headers)
{
    if (r->state == REQUEST_DEAD) return; /* asked for in `cut` or `gone`: nobody is there */
    assert(r->state != REQUEST_NONE && r->state != REQUEST_REPLIED);
    static const char nothing[] = "";
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body.n, (void *)(uintptr_t)(body.n ? (const void *)body.p : nothing),
        MHD_RESPMEM_MUST_COPY);
    assert(response);
    r->closes = r->state != REQUEST_ASKED || status == MHD_HTTP_FORBIDDEN ||
                status == MHD_HTTP_CONTENT_TOO_LARGE;
    request_answer(r, response, status, type, headers);
    server_deadline(r, body.n);
}

void request_answer(struct net_request *r, struct MHD_Response *response, int status,
                    const char *type, const char *const *headers)
{
    r->response = response;
    r->status = (unsigned)status;
    if (type) MHD_add_response_header(r->response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    for (; headers && headers[0]; headers += 2) {
        MHD_add_response_header(r->response, headers[0], headers[1]);
    }
    if (r->closes) MHD_add_response_header(r->response, MHD_HTTP_HEADER_CONNECTION, "close");
    r->state = REQUEST_REPLIED;
    if (!r->suspended) return;
    r->suspended = false;
    MHD_resume_connection(r->connection);
    r->server->run_again = true; /* resuming wakes nobody */
}

/* ---- the head -------------------------------------------------------------------------------- */

/* What the head says about the body (RFC 9112 6). */
struct framing {
    unsigned lengths, encodings;
    int64_t length; /* -1: not given */
    bool is_chunked, is_wrong;
};

static enum MHD_Result framing_note(void *cls, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    (void)kind;
    struct framing *f = cls;
    if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
        f->lengths++;
        f->is_wrong |= !str_to_int(str_of(value), &f->length) || f->length < 0;
    } else if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        f->encodings++;
        f->is_chunked = strcasecmp(value, "chunked") == 0;
        f->is_wrong |= !f->is_chunked;
    }
    return MHD_YES;
}

/* The library takes the first of two lengths, and chunks before a length. Whoever stands in between
 * may read it the other way, and would see other requests than we do: such a head is refused. */
static struct framing framing_of(struct MHD_Connection *connection)
{
    struct framing f = {.length = -1};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, framing_note, &f);
    f.is_wrong |= f.lengths + f.encodings > 1;
    return f;
}

static enum MHD_Result reply_plain(struct net_request *r, int status, struct str sentence)
{
    net_reply(r, status, "text/plain; charset=utf-8", str_bytes(sentence), NULL);
    return queue(r);
}

/* RFC 9110 15.6.4: what this client sent already is not done yet. */
static enum MHD_Result reply_later(struct net_request *r)
{
    struct str wait = str_printf(r->arena, "%d", NET_BUSY_RETRY_S);
    const char *const headers[] = {"Retry-After", str_c(r->arena, wait), NULL};
    net_reply(r, MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain; charset=utf-8",
              str_bytes(STR("too much of this client is under way\n")), headers);
    return queue(r);
}

static enum MHD_Result take_head(struct net_request *r, const char *method)
{
    struct net_server *s = r->server;
    struct framing f = framing_of(r->connection);
    r->head =
        (struct net_request_head){.method = str_dup(r->arena, str_of(method)), .length = f.length};
    r->unread = r->head.has_body = f.length > 0 || f.is_chunked;
    if (f.is_wrong) {
        return reply_plain(r, MHD_HTTP_BAD_REQUEST, STR("the length of the body is not clear\n"));
    }
    if (r->target.n > NET_TARGET_MAX) {
        return reply_plain(r, MHD_HTTP_URI_TOO_LONG, STR("the address is too long\n"));
    }
    str_split(r->target, '?', &r->head.path, &r->head.query);
    r->head.client_der = tls_client(&r->line, &r->head.client);
    r->seen = true;
    if (!s->o.head(s->o.ctx, r, &r->head)) {
        assert(r->state == REQUEST_REPLIED);
        return queue(r);
    }
    assert(r->state == REQUEST_HEAD);
    if (r->head.length > 0 && (uint64_t)r->head.length > s->o.body_max) {
        struct str why = str_printf(r->arena, "the body has more than %zu bytes\n", s->o.body_max);
        return reply_plain(r, MHD_HTTP_CONTENT_TOO_LARGE, why);
    }
    if (r->head.has_body && !place_has_room(r)) return reply_later(r);
    r->state = REQUEST_BODY;
    s->arriving++;
    server_deadline(r, r->head.length >= 0 ? (size_t)r->head.length : s->o.body_max);
    return MHD_YES;
}

/* ---- the body -------------------------------------------------------------------------------- */

static void body_room(struct net_request *r, size_t need)
{
    if (need <= r->room) return;
    size_t most = r->head.length >= 0 ? (size_t)r->head.length : r->server->o.body_max;
    size_t room = r->room ? r->room * 2 : ROOM_FIRST;
    if (room < need) room = need;
    if (room > most) room = most;
    assert(room >= need);
    uint8_t *p = arena_take(r->arena, room);
    if (r->got) memcpy(p, r->body, r->got);
    r->body = p;
    r->room = room;
}

static enum MHD_Result take_bytes(struct net_request *r, const char *bytes, size_t *n)
{
    size_t most = r->server->o.body_max;
    if (r->state == REQUEST_BODY && *n > most - r->got) r->state = REQUEST_OVER;
    if (r->state == REQUEST_BODY) {
        body_room(r, r->got + *n);
        memcpy(r->body + r->got, bytes, *n);
    }
    r->got += *n;
    *n = 0;
    return r->got / 2 > most ? MHD_NO : MHD_YES;
}

static enum MHD_Result take_end(struct net_request *r)
{
    struct net_server *s = r->server;
    bool over = r->state == REQUEST_OVER;
    s->arriving--;
    r->unread = false;
    r->state = REQUEST_ASKED;
    server_deadline_stop(r);
    if (over) {
        struct str why = str_printf(r->arena, "the body has more than %zu bytes\n", s->o.body_max);
        return reply_plain(r, MHD_HTTP_CONTENT_TOO_LARGE, why);
    }
    s->o.body(s->o.ctx, r, (struct bytes){r->body, r->got});
    if (r->state == REQUEST_REPLIED) return queue(r);
    r->suspended = true;
    MHD_suspend_connection(r->connection);
    return MHD_YES;
}

/* ---- the end --------------------------------------------------------------------------------- */

static enum MHD_Result queue(struct net_request *r)
{
    if (!r->response) return MHD_NO;
    enum MHD_Result done = MHD_queue_response(r->connection, r->status, r->response);
    MHD_destroy_response(r->response);
    r->response = NULL;
    return done;
}

void request_on_end(void *cls, struct MHD_Connection *connection, void **request,
                    enum MHD_RequestTerminationCode why)
{
    struct net_server *s = cls;
    struct net_request *r = *request;
    if (!r) return;
    s->moved++;
    bool came_short = r->state == REQUEST_BODY || r->state == REQUEST_OVER;
    if (r->unread && why == MHD_REQUEST_TERMINATED_COMPLETED_OK && !s->stopping) {
        drain_on(&s->drain, socket_of(connection));
    }
    if (came_short) s->arriving--;
    if (r->stream) stream_gone(r);
    r->state = REQUEST_DEAD;
    if (came_short && !s->stopping && s->o.cut) s->o.cut(s->o.ctx, r, r->got);
    if (r->seen && s->o.gone) s->o.gone(s->o.ctx, r);
    if (r->response) MHD_destroy_response(r->response);
    arena_reset(r->arena);
    *r = (struct net_request){.server = s,
                              .connection = connection,
                              .line = r->line, /* of the connection, as what follows */
                              .seat = r->seat,
                              .deadline = r->deadline,
                              .arena = r->arena};
    server_deadline(r, 0);
    *request = NULL;
}
