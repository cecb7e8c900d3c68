/* SPDX-License-Identifier: Apache-2.0 */
/* Replies that come in pieces, for readers that listen until they leave.
 *
 * libmicrohttpd asks for bytes whenever it can send; with none to give, the connection is suspended
 * until the next piece, so that a silent stream costs nothing. What waits for a slow reader has a
 * limit in bytes and in time, and so has the number of streams. */

#include "net/server.h"

#include <assert.h>
#include <string.h>
#include <sys/socket.h>

struct stream {
    size_t n; /* bytes that wait, from the beginning of `waiting` */
    bool ended, begun;
    char waiting[NET_STREAM_MAX];
};

static ssize_t on_room(void *cls, uint64_t at, char *to, size_t room)
{
    (void)at;
    struct net_request *r = cls;
    struct stream *s = r->stream;
    if (!s) return MHD_CONTENT_READER_END_WITH_ERROR;
    s->begun = true;
    r->server->moved++;
    if (s->n == 0 && s->ended) return MHD_CONTENT_READER_END_OF_STREAM;
    if (s->n == 0) {
        server_deadline_stop(r);
        r->suspended = true;
        MHD_suspend_connection(r->connection);
        return 0;
    }
    size_t n = s->n < room ? s->n : room;
    memcpy(to, s->waiting, n);
    memmove(s->waiting, s->waiting + n, s->n - n);
    s->n -= n;
    return (ssize_t)n;
}

bool net_reply_stream(struct net_request *r, int status, const char *type,
                      const char *const *headers)
{
    assert(r->state == REQUEST_ASKED);
    if (r->server->streams >= r->server->o.streams_max) return false;
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, NET_STREAM_MAX, on_room, r, NULL);
    assert(response);
    r->stream = arena_take(r->arena, sizeof *r->stream);
    r->server->streams++;
    r->closes = true;
    request_answer(r, response, status, type, headers);
    server_deadline(r, 0);
    return true;
}

static void wake(struct net_request *r)
{
    if (!r->stream->begun || !r->suspended) return;
    r->suspended = false;
    server_deadline(r, r->stream->n);
    MHD_resume_connection(r->connection);
    r->server->run_again = true;
}

void net_stream_send(struct net_request *r, struct bytes piece)
{
    struct stream *s = r->stream;
    if (!s || s->ended) return;
    if (piece.n > sizeof s->waiting - s->n) {
        /* Who does not read is let go; the library notices when it is woken. */
        s->ended = true;
        shutdown(socket_of(r->connection), SHUT_RDWR);
    } else if (piece.n) {
        memcpy(s->waiting + s->n, piece.p, piece.n);
        s->n += piece.n;
    }
    wake(r);
}

void net_stream_end(struct net_request *r)
{
    if (!r->stream || r->stream->ended) return;
    r->stream->ended = true;
    wake(r);
}

void stream_gone(struct net_request *r)
{
    r->server->streams--;
    r->stream = NULL;
}
