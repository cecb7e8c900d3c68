/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NET_LINK_H
#define COMITY_NET_LINK_H
/* Between our own processes: part of net/net.h, which alone is included elsewhere. */

#include "net/net.h"

/* One end of a connected stream socket, on the loop: whole messages (4 bytes of length,
 * big-endian), both ways at any time. */
struct net_link;
struct net_link_options {
    int fd; /* taken over */
    size_t message_max;
    /* One message, borrowed for the call. */
    void (*message)(void *ctx, struct bytes message);
    /* The other end is gone, or broke the form. Told once, from the loop; the link is dead then. */
    void (*closed)(void *ctx);
    void *ctx;
};
MUST err net_link_open(struct turn *t, struct net_loop *l, const struct net_link_options *o,
                       struct net_link **out);
/* Copies, and never waits. Over a dead link it does nothing. */
void net_link_send(struct net_link *k, struct bytes message);
/* Bytes that wait for the other end to take them. NULL is allowed, here and below. */
size_t net_link_unsent(const struct net_link *k);
bool net_link_lives(const struct net_link *k);
/* Not from within `message`. What waits is lost; `closed` is not told. */
void net_link_close(struct net_link *k);

/* The same form, blocking: one message there, one back. ERR_PEER when the other end is gone, did
 * not answer in time or broke the form; the descriptor is of no use then. */
MUST err net_link_ask(struct turn *t, int fd, struct bytes message, size_t reply_max,
                      int64_t timeout_ms, struct bytes *reply_out);

/* A message of 1 to NET_PASS_MAX bytes over a sequenced-packet socket, with a descriptor in hand
 * (-1: none), which stays open here. Never waits. ERR_PEER. */
MUST err net_pass(struct turn *t, int to, struct bytes message, int fd);
/* Takes one, waiting at most `wait_ms` (-1: for ever). ERR_NONE_SUCH when nothing is there,
 * ERR_PEER when the other end is gone. `fd_out` is -1 when none came; else the caller's. */
MUST err net_passed(struct turn *t, int from, int wait_ms, struct bytes *message_out, int *fd_out);

#endif
