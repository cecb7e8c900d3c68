/* SPDX-License-Identifier: Apache-2.0 */
/* The asking side of the local socket: connect, one message there, one back, close; and the same
 * over a socket that is there already.
 *
 * Blocking, because a command line has nothing else to do meanwhile. It does not try again: when
 * nobody listens, the command decides what can be done without the node. */

#include "net/frame.h"
#include "net/net.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static err connect_to(struct turn *t, int fd, const char *path, int64_t timeout_ms);
static err send_all(struct turn *t, int fd, struct bytes b);
static err receive(struct turn *t, int fd, size_t reply_max, struct bytes *reply_out);

static void close_ptr(const int *fd) { close(*fd); }

err net_local_ask(struct turn *t, const char *path, struct bytes message, size_t reply_max,
                  int64_t timeout_ms, struct bytes *reply_out)
{
    __attribute__((cleanup(close_ptr))) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return turn_fail(t, ERR_INTERNAL, "net-local", NULL, "cannot make a socket: %s",
                         errno_words(errno));
    }
    if (message.n > UINT32_MAX) {
        return turn_fail(t, ERR_TOO_LARGE, "net-local", NULL,
                         "a message of %zu bytes does not fit the local socket", message.n);
    }
    try(connect_to(t, fd, path, timeout_ms));
    try(send_all(t, fd, frame_make(t->arena, message)));
    return receive(t, fd, reply_max, reply_out);
}

static err wait_at_most(struct turn *t, int fd, int64_t timeout_ms)
{
    struct timeval wait = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0)
        return ERR_OK;
    return turn_fail(t, ERR_INTERNAL, "net-local", NULL, "cannot set a time limit: %s",
                     errno_words(errno));
}

static err connect_to(struct turn *t, int fd, const char *path, int64_t timeout_ms)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof to.sun_path) {
        return turn_fail(t, ERR_USAGE, "net-local", NULL,
                         "the path of the local socket must have 1 to %zu bytes: %s",
                         sizeof to.sun_path - 1, path);
    }
    memcpy(to.sun_path, path, n);
    try(wait_at_most(t, fd, timeout_ms));
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return ERR_OK;
    if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR) {
        return turn_fail(t, ERR_NONE_SUCH, "net-nobody-listens", NULL, "no node listens at %s",
                         path);
    }
    if (errno == EACCES) {
        return turn_fail(t, ERR_NOT_ALLOWED, "net-local", NULL, "may not connect to %s: %s", path,
                         errno_words(errno));
    }
    return turn_fail(t, ERR_PEER, "net-local", NULL, "cannot connect to %s: %s", path,
                     errno_words(errno));
}

static err broke_off(struct turn *t, const char *doing)
{
    bool late = errno == EAGAIN || errno == EWOULDBLOCK;
    return turn_fail(t, ERR_PEER, "net-local", NULL, "%s the node: %s", doing,
                     late ? "no answer in time" : errno_words(errno));
}

static err send_all(struct turn *t, int fd, struct bytes b)
{
    for (size_t done = 0; done < b.n;) {
        ssize_t n = send(fd, b.p + done, b.n - done, MSG_NOSIGNAL);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            return broke_off(t, "writing to");
    }
    return ERR_OK;
}

static err receive(struct turn *t, int fd, size_t reply_max, struct bytes *reply_out)
{
    struct frame f;
    frame_start(&f, t->arena, reply_max);
    for (;;) {
        size_t room;
        void *space = frame_space(&f, &room);
        ssize_t n = recv(fd, space, room, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return broke_off(t, "reading from");
        if (n == 0) {
            return turn_fail(t, ERR_PEER, "net-local", NULL, "the node closed before it answered");
        }
        switch (frame_took(&f, (size_t)n)) {
        case FRAME_PART:
            continue;
        case FRAME_WHOLE:
            *reply_out = (struct bytes){f.p, f.n};
            return ERR_OK;
        case FRAME_TOO_LONG:
            return turn_fail(t, ERR_TOO_LARGE, "net-local", NULL,
                             "the node's answer has %zu bytes, more than %zu", f.want, reply_max);
        }
    }
}

/* ---- over a socket pair ---------------------------------------------------------------------- */

/* A process that gave up its powers sets no options of a socket, so it waits here. */
static err ready_for(struct turn *t, int fd, short what, int64_t timeout_ms)
{
    struct pollfd p = {.fd = fd, .events = what};
    int n;
    do n = poll(&p, 1, (int)timeout_ms);
    while (n < 0 && errno == EINTR);
    if (n > 0) return ERR_OK;
    return turn_fail(t, ERR_PEER, "net-link", NULL, "another process does not answer");
}

static err link_send(struct turn *t, int fd, struct bytes b, int64_t timeout_ms)
{
    for (size_t done = 0; done < b.n;) {
        ssize_t n = send(fd, b.p + done, b.n - done, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0)
            done += (size_t)n;
        else if (errno == EAGAIN)
            try(ready_for(t, fd, POLLOUT, timeout_ms));
        else if (errno != EINTR)
            return broke_off(t, "writing to");
    }
    return ERR_OK;
}

static err link_receive(struct turn *t, int fd, size_t reply_max, int64_t timeout_ms,
                        struct bytes *reply_out)
{
    struct frame f;
    frame_start(&f, t->arena, reply_max);
    for (;;) {
        size_t room;
        void *space = frame_space(&f, &room);
        try(ready_for(t, fd, POLLIN, timeout_ms));
        ssize_t n = recv(fd, space, room, MSG_DONTWAIT);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n < 0) return broke_off(t, "reading from");
        enum frame_is is = n > 0 ? frame_took(&f, (size_t)n) : FRAME_TOO_LONG;
        if (is == FRAME_PART) continue;
        if (is == FRAME_TOO_LONG)
            return turn_fail(t, ERR_PEER, "net-link", NULL,
                             "another process closed, or answered too much");
        *reply_out = (struct bytes){f.p, f.n};
        return ERR_OK;
    }
}

err net_link_ask(struct turn *t, int fd, struct bytes message, size_t reply_max, int64_t timeout_ms,
                 struct bytes *reply_out)
{
    try(link_send(t, fd, frame_make(t->arena, message), timeout_ms));
    return link_receive(t, fd, reply_max, timeout_ms, reply_out);
}
