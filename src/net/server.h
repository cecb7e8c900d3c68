/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NET_SERVER_H
#define COMITY_NET_SERVER_H
/* What server.c (connections) and request.c (requests on them) share. */

#include "net/drain.h"
#include "net/loop.h"
#include "net/tls.h"

#include <microhttpd.h>

enum request_state {
    REQUEST_NONE,    /* between requests: a head may be coming           */
    REQUEST_HEAD,    /* its first line was read                          */
    REQUEST_BODY,    /* the handler went on; the body is coming          */
    REQUEST_OVER,    /* the body is too long: read and thrown away       */
    REQUEST_ASKED,   /* the body was handed over; the reply is not known */
    REQUEST_REPLIED, /* the reply is known, perhaps still leaving        */
    REQUEST_DEAD,    /* the connection ended                             */
};

/* What a place knows of its connection as long as that lasts. */
enum { NETWORK_SIZE = 8 };
struct seat {
    uint64_t born;                 /* counted up with each connection */
    uint8_t network[NETWORK_SIZE]; /* where it comes from, see place.c */
    bool welcome, leaving;         /* leaving: broken off, and not gone yet */
    struct hash client;            /* of who was welcomed */
};

/* A place for one connection and the request on it; a connection has one request at a time. */
struct net_request {
    struct net_server *server;
    struct MHD_Connection *connection; /* NULL: the place is free */
    struct net_request *next_free;
    struct tls_line line;
    struct seat seat;
    uint64_t deadline; /* timer that breaks the connection off; 0 when none runs */
    enum request_state state;
    bool seen;           /* by `head`: `gone` is owed */
    bool suspended;      /* libmicrohttpd leaves the connection alone until the reply is known */
    bool unread;         /* answered with its body still coming */
    bool closes;         /* the connection ends with this reply */
    struct arena *arena; /* of the request; lives with the connection */
    struct str target;   /* path?query, as sent */
    struct net_request_head head;
    void *own;
    uint8_t *body;
    size_t got, room;
    struct MHD_Response *response; /* until it is queued */
    unsigned status;
    struct stream *stream; /* a reply in pieces; else NULL */
};

struct net_server {
    struct arena *arena;
    struct net_loop *loop;
    struct net_server_options o;
    struct MHD_Daemon *daemon;
    int epoll;
    uint16_t port;
    bool has_tls, stopping, run_again;
    uint64_t moved, born;   /* count progress, and connections */
    int64_t rests_until_ms; /* the library asks to be run at once, and has nothing to do; else 0 */
    unsigned arriving, streams;
    struct loop_hook hook;
    struct drain drain;
    struct tls_identity identity; /* where the key is in another process */
    struct net_request *place, *free;
};

/* Breaks the connection off unless it is done with `bytes` by then; 0 bytes for a head. */
void server_deadline(struct net_request *r, size_t bytes);
void server_deadline_stop(struct net_request *r);
int socket_of(struct MHD_Connection *connection);

/* A new connection has its place: another one may have to go. */
void place_taken(struct net_request *r);
/* Whether the client of a request whose head was read may send its body beside its others. */
bool place_has_room(const struct net_request *r);
/* Makes the reply known to the library, at once or when it calls next. */
void request_answer(struct net_request *r, struct MHD_Response *response, int status,
                    const char *type, const char *const *headers);
/* The connection of a streamed reply ends. */
void stream_gone(struct net_request *r);

/* The callbacks of libmicrohttpd for a request, in the order they come. */
void *request_on_target(void *cls, const char *target, struct MHD_Connection *connection);
enum MHD_Result request_on_bytes(void *cls, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *bytes,
                                 size_t *n, void **request);
void request_on_end(void *cls, struct MHD_Connection *connection, void **request,
                    enum MHD_RequestTerminationCode why);

#endif
