/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NET_DRAIN_H
#define COMITY_NET_DRAIN_H
/* Connections that were answered before they had said all, read out for a moment. */

#include "net/loop.h"

enum { DRAIN_MAX = 64, DRAIN_MS = 2000 };

struct drain {
    struct net_loop *loop;
    struct drain_fd {
        struct drain *of;
        int fd; /* -1: free */
        uint64_t timer;
    } fd[DRAIN_MAX];
    unsigned n;
};
void drain_init(struct drain *g, struct net_loop *l);
/* Reads on from a copy of `fd` and throws away what comes, until the other side closes or DRAIN_MS
 * pass. The caller closes its own before the loop turns. Beyond DRAIN_MAX nothing is done. */
void drain_on(struct drain *g, int fd);
void drain_end(struct drain *g);

#endif
