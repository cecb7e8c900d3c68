/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NET_H
#define COMITY_NET_H
/* Event loop, TLS, HTTP both ways, local socket, mail (net/mail.h). Bytes only: it knows no act and
 * no peer, only requests, replies and the certificate the other side showed.
 *
 * One thread. Nothing here blocks but `net_loop_turn` and `net_local_ask`. Callbacks run inside
 * `net_loop_turn`; none of them may free or stop what called it. The process must ignore SIGPIPE:
 * libmicrohttpd and libcurl write to sockets whose other side may be gone. */

#include "base/base.h"

/* Limits that are not options. */
enum {
    NET_FD_MAX = 65536,          /* descriptors a loop can watch                                  */
    NET_TIMERS_MAX = 65536,      /* timers waiting at once                                        */
    NET_CALLS_MAX = 1024,        /* calls of one client under way at once                         */
    NET_CONNECTIONS_MAX = 16384, /* of one server or local socket; options may ask for less       */
    NET_TARGET_MAX = 8192,       /* bytes of a request's path and query; longer is answered 414   */
    NET_RATE_MIN = 16384,        /* bytes a second; a body or reply that is slower is broken off  */
    NET_STREAM_MAX = 65536,      /* bytes of a streamed reply that wait; beyond, it is broken off */
    NET_RETRY_AFTER_MAX_S = 86400,
    NET_BUSY_RETRY_S = 5,  /* what a client is told that has too many bodies under way */
    NET_PASS_MAX = 4096,   /* bytes of a message of net_pass                                      */
    NET_SIGNATURE_MAX = 80 /* bytes of a signature by net_signer                                  */
};

/* ---- loop ------------------------------------------------------------------------------------ */

struct net_loop;
MUST err net_loop_new(struct turn *t, const struct clock *clock, struct net_loop **out);
/* After everything that stands on it was stopped. NULL is allowed. */
void net_loop_free(struct net_loop *l);
/* Waits at most `wait_ms` (0: only looks, -1: until something happens) and serves what is ready. */
MUST err net_loop_turn(struct turn *t, struct net_loop *l, int wait_ms);
/* Calls `go(ctx)` from the loop once at or after `mono_ms`; answers a handle for net_timer_stop,
 * never 0. A handle whose timer went off stops nothing. */
uint64_t net_timer(struct net_loop *l, int64_t mono_ms, void (*go)(void *ctx), void *ctx);
void net_timer_stop(struct net_loop *l, uint64_t handle);
/* Calls `ready(ctx)` while the descriptor is readable, at its end or in error. ERR_BUSY beyond
 * NET_FD_MAX. Unwatch before closing. */
MUST err net_watch(struct turn *t, struct net_loop *l, int fd, void (*ready)(void *ctx), void *ctx);
void net_unwatch(struct net_loop *l, int fd);

/* Listens on a literal address for a server that is handed the descriptor; closed on exec.
 * ERR_USAGE for an address that is none, ERR_BUSY when the port is taken. */
MUST err net_listen(struct turn *t, const char *address, uint16_t port, int *fd_out,
                    uint16_t *port_out);

/* ---- HTTP server ----------------------------------------------------------------------------- */

/* Signs handshakes with a TLS key that is in another process: ECDSA on P-256, as DER. False: it
 * cannot, and the handshake fails. Waits as long as it takes. */
struct net_signer {
    bool (*sign)(void *ctx, const struct hash *digest, uint8_t out[NET_SIGNATURE_MAX],
                 size_t *n_out);
    void *ctx;
};

/* One request, from its head to its reply. Lives until the reply is sent or the connection dies. */
struct net_request;
struct net_request_head {
    struct str method;
    struct str path, query;  /* as sent: percent-encoding is not undone; query without its "?" */
    struct hash client;      /* SHA-256 of the certificate shown; all zero when none */
    struct bytes client_der; /* borrowed for the request's life */
    int64_t length;          /* Content-Length; -1 when not given */
    bool has_body;           /* one is announced, by its length or in chunks */
};
struct net_server_options {
    const char *address; /* "127.0.0.1" or another literal address; never a name */
    uint16_t port;       /* 0: any free one; see net_server_port */
    /* Above 0: of net_listen, instead of the address; it is closed with the server. */
    int listens;
    /* TLS 1.3 only. `tls_key_pem` or `tls_signer` signs handshakes, `tls_cert_pem` is shown. NULL:
     * plain HTTP. */
    const char *tls_key_pem, *tls_cert_pem;
    const struct net_signer *tls_signer;
    /* Ask for a client certificate (RFC 8446 4.3.2). Whoever shows one has proven to hold its key;
     * nothing else about it is checked: the handler decides. */
    bool ask_client;
    /* A body announced as longer is answered 413 without being read; one that turns out longer
     * (chunked) is read on, thrown away and answered 413, or broken off at twice the limit. */
    size_t body_max;
    unsigned connections_max;
    /* Strangers are connections that no head welcomed yet (net_request_welcome). When all places
     * are taken the oldest of them gives way; without any, the oldest that rests between requests.
     * One network (IPv4 /24, IPv6 /48) keeps at most so many strangers, and one certificate so many
     * connections; the oldest goes. 0 of either: no limit. */
    unsigned network_max, client_max;
    /* Bodies of one certificate that may be under way or unanswered at once, and their bytes
     * together; the next is answered 503 without being read. 0: no limit. */
    unsigned client_bodies_max;
    size_t client_bytes_max;
    /* In place of idle_s for strangers, from the first byte of a handshake on; 0: as for others. */
    unsigned stranger_s;
    unsigned streams_max; /* replies that come in pieces, at once */
    /* A connection is broken off when it is silent this long, when a head takes longer, or when a
     * body or reply takes longer than this and NET_RATE_MIN allow together. Waiting for net_reply
     * has no limit. */
    unsigned idle_s;
    /* The first call for a request, before its body. A head that breaks HTTP, leaves the length of
     * its body unclear (400) or has too long a target (414) does not come this far. Answer true to
     * go on; false when net_reply was already called (a stranger is refused here, so trust changes
     * need no restart). */
    bool (*head)(void *ctx, struct net_request *r, const struct net_request_head *head);
    /* The whole body is there (borrowed until the reply); empty when there is none. Reply now or
     * later. */
    void (*body)(void *ctx, struct net_request *r, struct bytes body);
    /* The connection ended before the reply was sent, or after it: forget `r`. Called exactly once
     * for each request that `head` saw. While the reply is awaited a connection that died is not
     * noticed: it is told after net_reply. May be NULL. */
    void (*gone)(void *ctx, struct net_request *r);
    /* A request whose body was cut short after `got` bytes, also by our own idle limit: told
     * instead of `body`, before `gone`; there is nobody left to reply to. May be NULL. */
    void (*cut)(void *ctx, struct net_request *r, size_t got);
    void *ctx;
};
struct net_server;
/* ERR_USAGE for an address that is none or a key that does not read; ERR_BUSY when the port is
 * taken; ERR_INTERNAL. */
MUST err net_server_start(struct turn *t, struct net_loop *l, const struct net_server_options *o,
                          struct net_server **out);
/* Breaks off what is under way (`gone` is told) and closes the port. NULL is allowed. */
void net_server_stop(struct net_server *s);
uint16_t net_server_port(const struct net_server *s);
/* Requests whose head was taken and whose body is still coming. A committer may wait a moment for
 * them. */
unsigned net_server_arriving(const struct net_server *s);
const struct net_request_head *net_request_head(const struct net_request *r);
/* Called in `head`: this client is one of ours, and its connection no longer a stranger's. */
void net_request_welcome(struct net_request *r);
/* A pointer of the handler's own, kept with the request. */
void net_request_set(struct net_request *r, void *own);
void *net_request_own(const struct net_request *r);
/* Sends the reply; bytes are copied. `headers` are name, value, …, NULL (may be NULL); one with a
 * line break in it is left out. Once for each request. After a reply given in `head`, and after 403
 * and 413, the connection is closed. */
void net_reply(struct net_request *r, int status, const char *type, struct bytes body,
               const char *const *headers);
/* A header of the request, the first of that name (in any case); empty when there is none. Borrowed
 * until the reply. */
struct str net_request_header(const struct net_request *r, const char *name);
/* Begins a reply that comes in pieces and has no length; more are sent until it is ended or the
 * connection dies, of which `gone` tells. Only while the reply is awaited (after `body`). False,
 * and nothing was begun, when `streams_max` are open; then net_reply. The connection closes after
 * it.
 */
bool net_reply_stream(struct net_request *r, int status, const char *type,
                      const char *const *headers);
/* Bytes are copied. A reader that leaves NET_STREAM_MAX waiting is broken off; so is one that takes
 * none for `idle_s` while there are some. Silence has no limit: who must notice that a reader has
 * gone sends something now and then. */
void net_stream_send(struct net_request *r, struct bytes piece);
void net_stream_end(struct net_request *r);

/* ---- HTTP client ----------------------------------------------------------------------------- */

/* Connections are kept open per peer. */
struct net_client;
struct net_client_options {
    /* Our certificate and key for mutual TLS; NULL for none. */
    const char *tls_key_pem, *tls_cert_pem;
    /* Instead: puts both into the TLS library's context (OpenSSL's SSL_CTX) of each new connection,
     * and answers whether it did. For a key that is in another process. NULL for none. */
    bool (*tls_use)(void *ctx, void *tls_context);
    void *ctx;
};
/* The key and certificate are read when a connection is made: a wrong pair shows in the calls. */
MUST err net_client_new(struct turn *t, struct net_loop *l, const struct net_client_options *o,
                        struct net_client **out);
/* Calls still open are told ERR_PEER. NULL is allowed. */
void net_client_free(struct net_client *c);
struct net_call {
    const char *method, *url; /* http or https; no proxy, no redirect, nothing from environment */
    const char *type;         /* of the body; NULL when there is none */
    struct bytes body;        /* borrowed until `done` */
    /* The peer's root (PEM) the chain must end in, and SHA-256 of its key (SPKI, DER): both must
     * hold before a byte of the request leaves, and the url must be https. The name in the
     * certificate is not looked at. With `root_pem` NULL nothing is pinned (only the first look in
     * a ceremony). */
    const char *root_pem;
    struct hash pin;
    size_t reply_max;   /* bytes of body; a longer reply is ERR_PEER */
    int64_t timeout_ms; /* from start to done */
    /* Told once, never from inside net_call_start. `e` is ERR_OK with an HTTP status and an empty
     * `why`, or ERR_PEER with status 0 and a sentence. `retry_after_s` is -1 when not given, at
     * most NET_RETRY_AFTER_MAX_S. `server_der` is the certificate the server showed, only when
     * nothing was pinned (a pinned key is known already); else empty. Bytes are borrowed for the
     * call of `done`, which may start other calls. */
    void (*done)(void *ctx, err e, int status, struct bytes reply, int64_t retry_after_s,
                 struct bytes server_der, const char *why);
    void *ctx;
};
/* Starts a call; the struct and its texts are copied, the body is borrowed. ERR_USAGE for a url
 * that cannot be, ERR_BUSY beyond NET_CALLS_MAX. */
MUST err net_call_start(struct turn *t, struct net_client *c, const struct net_call *call);

/* ---- local socket ---------------------------------------------------------------------------- */

/* A Unix stream socket of length-prefixed messages (4 bytes big-endian, at most `message_max` both
 * ways), with the uid of who connected (SO_PEERCRED). A peer's next message is read when the last
 * was replied to. A peer that announces more than `message_max` is dropped. */
struct net_local;
struct net_local_peer;
struct net_local_options {
    const char *path; /* at most 107 bytes; a socket file nobody listens on is replaced */
    int listens;      /* above 0: of net_local_listen; then the file is not touched at the end */
    unsigned mode;    /* of the socket file; 0 is 0600 */
    size_t message_max;
    unsigned connections_max;
    /* One message, borrowed until its reply. Reply now or later. */
    void (*message)(void *ctx, struct net_local_peer *p, unsigned uid, struct bytes message);
    /* The peer left: forget `p`. Told once for each peer that sent a message. May be NULL. */
    void (*gone)(void *ctx, struct net_local_peer *p);
    void *ctx;
};
/* ERR_USAGE for a path too long, ERR_BUSY when somebody listens there already, ERR_INTERNAL. */
MUST err net_local_start(struct turn *t, struct net_loop *l, const struct net_local_options *o,
                         struct net_local **out);
/* Drops all peers (`gone` is told) and removes the socket file. NULL is allowed. */
void net_local_stop(struct net_local *s);
/* Once for each message; the bytes are copied. A reply over `message_max` drops the peer instead.
 */
void net_local_reply(struct net_local_peer *p, struct bytes message);
/* The client's side, blocking, for a command line: one message there, one back. `timeout_ms` bounds
 * each wait for the other side. ERR_NONE_SUCH when nobody listens, ERR_NOT_ALLOWED when the socket
 * file's mode keeps us out, ERR_TOO_LARGE for a reply over `reply_max`, ERR_PEER when it broke off
 * or did not answer in time. */
MUST err net_local_ask(struct turn *t, const char *path, struct bytes message, size_t reply_max,
                       int64_t timeout_ms, struct bytes *reply_out);

/* The socket file alone, for a process that is handed the descriptor. Failures as above. */
MUST err net_local_listen(struct turn *t, const char *path, unsigned mode, int *fd_out);

/* ---- between our own processes: net/link.h; mail: net/mail.h --------------------------------- */

#include "net/link.h"
#include "net/mail.h"

#endif
