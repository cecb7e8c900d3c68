/* SPDX-License-Identifier: Apache-2.0 */
/* Short messages with a descriptor in hand (SCM_RIGHTS), over a pair of sequenced-packet sockets:
 * how a process that is started again gets to know the others.
 *
 * Never blocks on sending; receiving waits when asked to. It does not know what the words mean. */

#include "net/net.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union room {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int))];
};

err net_pass(struct turn *t, int to, struct bytes message, int fd)
{
    struct iovec part = {(void *)(uintptr_t)message.p, message.n};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    union room room;
    memset(&room, 0, sizeof room);
    if (fd >= 0) {
        m.msg_control = &room;
        m.msg_controllen = sizeof room;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    const int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    ssize_t n;
    /* Whoever hands nothing over needs no call that could. */
    do n = fd >= 0 ? sendmsg(to, &m, flags) : send(to, message.p, message.n, flags);
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)message.n) return ERR_OK;
    return turn_fail(t, ERR_PEER, "net-pass", NULL, "cannot tell another process: %s",
                     errno_words(errno));
}

static int passed_of(struct msghdr *m)
{
    int fd = -1;
    struct cmsghdr *c = CMSG_FIRSTHDR(m);
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
        c->cmsg_len == CMSG_LEN(sizeof fd))
        memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

err net_passed(struct turn *t, int from, int wait_ms, struct bytes *message_out, int *fd_out)
{
    struct pollfd p = {.fd = from, .events = POLLIN};
    int ready;
    do ready = poll(&p, 1, wait_ms);
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return turn_fail(t, ERR_NONE_SUCH, "net-pass", NULL, "nothing was said in time");
    uint8_t *space = arena_take(t->arena, NET_PASS_MAX);
    struct iovec part = {space, NET_PASS_MAX};
    union room room;
    struct msghdr m = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &room, .msg_controllen = sizeof room};
    ssize_t n;
    do n = recvmsg(from, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    int fd = n > 0 ? passed_of(&m) : -1;
    if (n > 0 && !(m.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
        *message_out = (struct bytes){space, (size_t)n};
        *fd_out = fd;
        return ERR_OK;
    }
    if (fd >= 0) close(fd);
    if (n < 0 && errno == EAGAIN)
        return turn_fail(t, ERR_NONE_SUCH, "net-pass", NULL, "nothing was said");
    return turn_fail(t, ERR_PEER, "net-pass", NULL, "the other process is gone");
}
