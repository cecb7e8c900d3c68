/* SPDX-License-Identifier: Apache-2.0 */
/* The demo's two nodes: made in a folder, each served by a process of its own, stopped at the end
 * however the story goes.
 *
 * Interrupts are taken at the moments the story waits, so that nothing is left behind. */

#include "cli/demo.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PREFIX "comity-demo-"
#define MARK "demo.lock"
enum {
    PORT_FIRST = 8471,
    PORTS_TRIED = 400,
    READY_MAX = 4096,
    STOP_MS = 5000,
    REMOVE_FDS = 16,
    STARTS_TRIED = 20
};

static void fd_close(const int *fd)
{
    if (*fd >= 0) close(*fd);
}
#define auto_fd __attribute__((cleanup(fd_close))) int

static sigset_t stop_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

/* ---- making ---------------------------------------------------------------------------------- */

static err folder_make(struct demo *d, const char *path)
{
    if (mkdir(path, 0700) == 0) return ERR_OK;
    int e = errno;
    return turn_fail(&d->c->t, e == EEXIST ? ERR_CONFLICT : ERR_INTERNAL, "folder", NULL,
                     "The demo cannot make the folder %s: %s.", path, errno_words(e));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    (void)remove(path);
    return 0;
}

static void remove_tree(const char *path)
{
    (void)nftw(path, remove_one, REMOVE_FDS, FTW_DEPTH | FTW_PHYS);
}

/* A temporary folder is held by a lock on a file in it, which the system lets go however the demo
 * ends. It gets its name when it is locked, so a folder with that file and no lock is nobody's. */
static err base_mark(struct demo *d)
{
    struct arena *a = d->c->t.arena;
    const char *fresh = str_c(a, str_printf(a, "%s/demo.new", d->base));
    const char *mark = str_c(a, str_printf(a, "%s/" MARK, d->base));
    d->lock = open(fresh, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (d->lock >= 0 && flock(d->lock, LOCK_EX | LOCK_NB) == 0 && rename(fresh, mark) == 0)
        return ERR_OK;
    return turn_fail(&d->c->t, ERR_INTERNAL, "folder", NULL, "The demo cannot mark its folder: %s.",
                     errno_words(errno));
}

static void leftover_remove(struct demo *d, const char *name)
{
    struct stat st;
    const char *path = str_c(d->c->t.arena, str_printf(d->c->t.arena, P_tmpdir "/%s", name));
    const char *mark = str_c(d->c->t.arena, str_printf(d->c->t.arena, "%s/" MARK, path));
    if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid()) return;
    auto_fd fd = open(mark, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) remove_tree(path);
}

/* Folders of demos that were killed hold keys: the next demo of the same user removes them. */
static void leftovers_remove(struct demo *d)
{
    DIR *all = opendir(P_tmpdir);
    if (!all) return;
    for (const struct dirent *e; (e = readdir(all));)
        if (str_starts(str_of(e->d_name), PREFIX)) leftover_remove(d, e->d_name);
    closedir(all);
}

static err base_make(struct demo *d)
{
    struct arena *a = d->c->t.arena;
    struct str keep = cli_value(&d->c->args, OPT_KEEP);
    struct stat st;
    if (keep.n) {
        d->base = str_c(a, keep);
        if (stat(d->base, &st) == 0 && S_ISDIR(st.st_mode)) return ERR_OK;
        return folder_make(d, d->base);
    }
    char path[] = P_tmpdir "/" PREFIX "XXXXXX";
    if (!mkdtemp(path))
        return turn_fail(&d->c->t, ERR_INTERNAL, "folder", NULL,
                         "The demo cannot make a folder below " P_tmpdir ": %s.",
                         errno_words(errno));
    d->base = str_c(a, str_of(path));
    d->temporary = true;
    return base_mark(d);
}

static bool port_is_free(int64_t port)
{
    auto_fd fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1;
    return fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
           bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
}

static err port_pick(struct demo *d, int64_t *out)
{
    int64_t port = d->last_port ? d->last_port + 1 : PORT_FIRST;
    for (; port < PORT_FIRST + PORTS_TRIED; port++) {
        if (!port_is_free(port)) continue;
        *out = d->last_port = port;
        return ERR_OK;
    }
    return turn_fail(&d->c->t, ERR_BUSY, "ports", NULL, "No port from %d to %d is free.",
                     PORT_FIRST, PORT_FIRST + PORTS_TRIED - 1);
}

static err node_make(struct demo *d, struct demo_node *n)
{
    struct arena *a = d->c->t.arena;
    const struct tree *view;
    try(port_pick(d, &n->port));
    try(port_pick(d, &n->pages));
    struct str pages = str_printf(a, "%s.localhost:%lld", n->folder, (long long)n->pages);
    struct cli_init o = {.state = str_of(n->state), .port = n->port, .pages = pages};
    n->url = str_printf(a, "https://127.0.0.1:%lld", (long long)n->port);
    return d->c->node->init(&d->c->t, n->dir, &o, &view);
}

err demo_make(struct demo *d)
{
    struct arena *a = d->c->t.arena;
    sigset_t set = stop_signals();
    sigprocmask(SIG_BLOCK, &set, NULL);
    d->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    leftovers_remove(d);
    try(base_make(d));
    for (int k = 0; k < DEMO_NODES; k++) {
        struct demo_node *n = &d->node[k];
        n->dir = str_c(a, str_printf(a, "%s/%s", d->base, n->folder));
        try(node_make(d, n));
    }
    return ERR_OK;
}

/* ---- starting -------------------------------------------------------------------------------- */

/* What a node that did not start says of it, in its own words. */
static err not_started(struct demo *d, const struct demo_node *n, struct str said, const char *log)
{
    struct turn *t = &d->c->t;
    struct tree *m = NULL;
    if (json_read(t, str_bytes(said), &codec_limits, &m) != ERR_OK) turn_forgive(t);
    const struct tree *fault = tree_get(m, "error");
    struct str sentence = tree_str(fault, "sentence");
    if (str_is(tree_str(fault, "code"), "net-listen") && str_is(tree_str(fault, "err"), "busy"))
        return turn_fail(t, ERR_BUSY, "demo-port", NULL, "The node of %s did not start: " STR_FMT,
                         n->name, STR_ARG(sentence));
    return turn_fail(t, ERR_INTERNAL, "demo-start", NULL,
                     "The node of %s did not start (log %s): " STR_FMT, n->name, log,
                     STR_ARG(sentence.n ? sentence : STR("it said nothing.")));
}

/* Waits for one line end after a closing brace: the document that says it listens. */
static err ready_wait(struct demo *d, struct demo_node *n, const char *log)
{
    char said[READY_MAX];
    size_t have = 0;
    int64_t until = demo_ms(d) + DEMO_WAIT_MS;
    while (demo_ms(d) < until) {
        struct pollfd fds[] = {{n->out, POLLIN, 0}, {d->signals, POLLIN, 0}};
        if (poll(fds, 2, DEMO_POLL_MS * 10) < 0 && errno != EINTR) break;
        if (fds[1].revents) return demo_pause(d, 0);
        if (!fds[0].revents) continue;
        ssize_t got = read(n->out, said + have, sizeof said - have);
        if (got <= 0) break;
        have += (size_t)got;
        if (have > 1 && said[have - 2] == '}' && said[have - 1] == '\n') {
            if (memmem(said, have, "\"serving\"", 9)) return ERR_OK;
            break;
        }
        if (have == sizeof said) break;
    }
    return not_started(d, n, (struct str){said, have}, log);
}

static err node_start(struct demo *d, struct demo_node *n)
{
    struct arena *a = d->c->t.arena;
    const char *log = str_c(a, str_printf(a, "%s/%s.log", d->base, n->folder));
    const char *args[] = {"-C", n->dir, "--json", "serve", NULL};
    try(d->c->node->start(&d->c->t, args, log, &n->pid, &n->out));
    return ready_wait(d, n, log);
}

static void node_stop(struct demo *d, struct demo_node *n);

/* Between looking for a free port and listening at it, another demo may have taken it. The port
 * stands in the signed profile, so the node is made again with the next. */
static err node_start_somewhere(struct demo *d, struct demo_node *n)
{
    err e = node_start(d, n);
    for (int k = 0; e == ERR_BUSY && k < STARTS_TRIED; k++) {
        if (!str_is(str_of(d->c->t.fault.code), "demo-port")) return e;
        turn_forgive(&d->c->t);
        node_stop(d, n);
        remove_tree(n->dir);
        e = node_make(d, n);
        if (e == ERR_OK) e = node_start(d, n);
    }
    return e;
}

err demo_start(struct demo *d)
{
    for (int k = 0; k < DEMO_NODES; k++) try(node_start_somewhere(d, &d->node[k]));
    return ERR_OK;
}

/* ---- ending ---------------------------------------------------------------------------------- */

static void node_stop(struct demo *d, struct demo_node *n)
{
    if (n->out > 0) close(n->out);
    n->out = -1;
    if (n->pid <= 0) return;
    kill(n->pid, SIGTERM);
    int64_t until = demo_ms(d) + STOP_MS;
    while (waitpid(n->pid, NULL, WNOHANG) == 0) {
        if (demo_ms(d) > until) kill(n->pid, SIGKILL);
        (void)poll(NULL, 0, DEMO_POLL_MS);
    }
    n->pid = 0;
}

void demo_end(struct demo *d)
{
    for (int k = 0; k < DEMO_NODES; k++) node_stop(d, &d->node[k]);
    if (d->temporary) remove_tree(d->base);
    if (d->lock >= 0) close(d->lock);
    if (d->signals >= 0) close(d->signals);
    sigset_t set = stop_signals();
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* ---- waiting --------------------------------------------------------------------------------- */

int64_t demo_ms(const struct demo *d)
{
    const struct clock *clock = d->c->node->clock;
    return clock->mono_ms(clock->ctx) - d->began_ms;
}

err demo_pause(struct demo *d, int ms)
{
    struct pollfd fd = {d->signals, POLLIN, 0};
    struct signalfd_siginfo info;
    if (poll(&fd, 1, ms) <= 0 || read(d->signals, &info, sizeof info) <= 0) return ERR_OK;
    return turn_fail(&d->c->t, ERR_BUSY, "interrupted", NULL,
                     "It was interrupted; both nodes are stopped.");
}

err demo_ask(struct demo *d, int who, enum desk_action action, const struct tree *args,
             const struct tree **view_out)
{
    try(demo_pause(d, 0));
    return cli_ask(d->c, d->node[who].dir, action, args, view_out);
}

/* In memory of its own, so that many looks do not add up. */
err demo_look(struct demo *d, int who, struct str ref,
              bool (*is_there)(const struct demo *d, const struct tree *view), bool *out)
{
    auto_arena scratch = arena_new();
    struct cli *one = arena_take(scratch, sizeof *one);
    *one = *d->c;
    one->t.arena = scratch;
    struct tree *args = cli_arguments(one);
    tree_add_str(scratch, args, "ref", ref);
    const struct tree *view = NULL;
    err e = cli_ask(one, d->node[who].dir, DESK_SHOW, args, &view);
    d->c->t.fault = one->t.fault;
    try(e);
    *out = is_there(d, view);
    return ERR_OK;
}

err demo_until(struct demo *d, int who, struct str ref, const char *what,
               bool (*is_there)(const struct demo *d, const struct tree *view))
{
    bool there = false;
    int64_t until = demo_ms(d) + DEMO_WAIT_MS;
    while (true) {
        try(demo_look(d, who, ref, is_there, &there));
        if (there) return ERR_OK;
        if (demo_ms(d) > until) break;
        try(demo_pause(d, DEMO_POLL_MS));
    }
    return turn_fail(&d->c->t, ERR_PEER, "demo-late", NULL,
                     "%s did not see in %d s that %s; its log is %s/%s.log.", d->node[who].name,
                     DEMO_WAIT_MS / 1000, what, d->base, d->node[who].folder);
}
