/* SPDX-License-Identifier: Apache-2.0 */
/* Reading out connections that were refused early.
 *
 * Closing a socket that still has unread bytes makes the kernel send a reset, and a reset may
 * overtake the answer: a peer that is told 413 in the middle of its 20 MiB would see a broken
 * connection and try for ever. So a copy of the descriptor stays open for a moment and what comes
 * is thrown away undecrypted. It is a courtesy with limits in number and time, never a duty. */

#include "net/drain.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 65536, CHUNKS_PER_EVENT = 16 };

static void on_bytes(void *ctx);
static void on_last_word(void *ctx);
static void on_time(void *ctx);

void drain_init(struct drain *g, struct net_loop *l)
{
    *g = (struct drain){.loop = l};
    for (int i = 0; i < DRAIN_MAX; i++) g->fd[i] = (struct drain_fd){g, -1, 0};
}

void drain_on(struct drain *g, int fd)
{
    if (g->n == DRAIN_MAX) return;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return;
    struct drain_fd *f = g->fd;
    while (f->fd >= 0) f++;
    struct turn t = {0};
    if (net_watch(&t, g->loop, copy, on_bytes, f) != ERR_OK) {
        close(copy);
        return;
    }
    f->fd = copy;
    f->timer = net_timer(g->loop, loop_now_ms(g->loop), on_last_word, f);
    g->n++;
}

void drain_end(struct drain *g)
{
    for (int i = 0; i < DRAIN_MAX; i++) {
        if (g->fd[i].fd >= 0) on_time(&g->fd[i]);
    }
}

static void on_bytes(void *ctx)
{
    struct drain_fd *f = ctx;
    char thrown_away[CHUNK];
    for (int i = 0; i < CHUNKS_PER_EVENT; i++) {
        ssize_t n = recv(f->fd, thrown_away, sizeof thrown_away, MSG_DONTWAIT);
        if (n > 0 || (n < 0 && errno == EINTR)) continue;
        if (n == 0 || errno != EAGAIN) on_time(f);
        return;
    }
}

/* The caller has closed by now; our copy must not keep the other side waiting for the end. */
static void on_last_word(void *ctx)
{
    struct drain_fd *f = ctx;
    struct net_loop *l = f->of->loop;
    shutdown(f->fd, SHUT_WR);
    f->timer = net_timer(l, loop_now_ms(l) + DRAIN_MS, on_time, f);
}

static void on_time(void *ctx)
{
    struct drain_fd *f = ctx;
    net_timer_stop(f->of->loop, f->timer);
    net_unwatch(f->of->loop, f->fd);
    close(f->fd);
    f->fd = -1;
    f->of->n--;
}
