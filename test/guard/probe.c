/* SPDX-License-Identifier: Apache-2.0 */
/* The probe: twenty-five things that a process which somebody took over would try first, and five
 * more that only privileged processes may. Each is tried for real, in a process of its own. */

#include "guard_test.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static bool opens(const char *path, int flags) { return open(path, flags, 0600) >= 0; }

static bool open_passwd(struct ground *g)
{
    (void)g;
    return opens("/etc/passwd", O_RDONLY);
}
static bool open_key(struct ground *g) { return opens(g->key, O_RDONLY); }
static bool open_database(struct ground *g) { return opens(g->database, O_RDWR); }
static bool make_file(struct ground *g) { return opens(g->fresh, O_WRONLY | O_CREAT); }
static bool remove_file(struct ground *g) { return unlink(g->old) == 0; }
static bool rename_file(struct ground *g) { return rename(g->old, g->fresh) == 0; }
static bool change_mode(struct ground *g) { return chmod(g->old, 0777) == 0; }
static bool make_folder(struct ground *g) { return mkdir(g->fresh, 0700) == 0; }
static bool make_link(struct ground *g) { return symlink("/etc/passwd", g->fresh) == 0; }
static bool list_folder(struct ground *g)
{
    (void)g;
    return opendir("/") != NULL;
}
static bool write_own_memory(struct ground *g)
{
    (void)g;
    return opens("/proc/self/mem", O_RDWR);
}
static bool watch_files(struct ground *g)
{
    (void)g;
    return inotify_init1(0) >= 0;
}
static bool make_socket(struct ground *g)
{
    (void)g;
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}
static bool connect_out(struct ground *g)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)g->port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return connect(g->calling, (struct sockaddr *)&to, sizeof to) == 0;
}
static bool bind_port(struct ground *g)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return bind(g->unbound, (struct sockaddr *)&at, sizeof at) == 0;
}
static bool listen_on(struct ground *g) { return listen(g->bound, 1) == 0; }
static bool run_program(struct ground *g)
{
    (void)g;
    /* Its exit status is that of a thing that was possible. */
    char *const args[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"exit 1"}, NULL};
    char *const none[] = {NULL};
    execve("/bin/sh", args, none);
    return false;
}
static bool run_from_memory(struct ground *g)
{
    (void)g;
    int fd = (int)syscall(SYS_memfd_create, "x", 0);
    static const char script[] = "#!/bin/sh\nexit 1\n";
    char *const args[] = {(char[]){"x"}, NULL};
    char *const none[] = {NULL};
    if (fd < 0 || write(fd, script, sizeof script - 1) != sizeof script - 1) return false;
    fexecve(fd, args, none);
    return false;
}
static bool fork_process(struct ground *g)
{
    (void)g;
    pid_t pid = (pid_t)syscall(SYS_fork);
    if (pid == 0) _exit(0);
    return pid > 0;
}
static bool signal_other(struct ground *g) { return kill(g->victim, SIGCONT) == 0; }
static bool trace_other(struct ground *g)
{
    return ptrace(PTRACE_SEIZE, g->victim, NULL, NULL) == 0;
}
static bool read_other(struct ground *g)
{
    char copy[4];
    struct iovec to = {copy, sizeof copy}, from = {(void *)(uintptr_t)g->word, sizeof copy};
    return process_vm_readv(g->victim, &to, 1, &from, 1, 0) == sizeof copy;
}
static bool change_root(struct ground *g) { return chroot(g->folder) == 0; }
static bool change_uid(struct ground *g)
{
    (void)g;
    enum { NOBODY = 65534 };
    return syscall(SYS_setuid, NOBODY) == 0;
}
static bool run_written_memory(struct ground *g)
{
    (void)g;
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}

/* clang-format off */
const struct action actions[ACTIONS] = {
    {"read a file of the system", open_passwd}, {"read a key", open_key},
    {"open the database", open_database},       {"make a file", make_file},
    {"remove a file", remove_file},             {"rename a file", rename_file},
    {"change a mode", change_mode},             {"make a folder", make_folder},
    {"make a link", make_link},                 {"list a folder", list_folder},
    {"write to its own memory as a file", write_own_memory},
    {"watch files", watch_files},               {"make a socket", make_socket},
    {"connect", connect_out},                   {"bind", bind_port},
    {"listen", listen_on},                      {"run a program", run_program},
    {"run a program from memory", run_from_memory},
    {"fork", fork_process},                     {"signal another process", signal_other},
    {"trace another process", trace_other},     {"read another process's memory", read_other},
    {"change its root", change_root},           {"change its uid", change_uid},
    {"run memory that it wrote", run_written_memory},
};
/* clang-format on */

/* ---- what only the privileged may ------------------------------------------------------------ */

static bool new_namespace(struct ground *g)
{
    (void)g;
    return unshare(CLONE_NEWNS) == 0;
}
static bool mount_folder(struct ground *g)
{
    /* Outside, nobody else shall see it. */
    (void)unshare(CLONE_NEWNS);
    (void)mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    return mount("none", g->folder, "tmpfs", 0, NULL) == 0;
}
static bool load_bpf(struct ground *g)
{
    (void)g;
    union bpf_attr a;
    memset(&a, 0, sizeof a);
    a.map_type = BPF_MAP_TYPE_ARRAY;
    a.key_size = a.value_size = 4;
    a.max_entries = 1;
    return syscall(SYS_bpf, BPF_MAP_CREATE, &a, sizeof a) >= 0;
}
static bool make_ring(struct ground *g)
{
    (void)g;
    struct io_uring_params p;
    memset(&p, 0, sizeof p);
    return syscall(SYS_io_uring_setup, 4, &p) >= 0;
}
static bool ask_keyring(struct ground *g)
{
    (void)g;
    return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1) >= 0;
}

const struct action privileged[PRIVILEGED] = {
    {"have namespaces of its own", new_namespace}, {"mount", mount_folder},
    {"load a filter into the kernel", load_bpf},   {"submit calls by a ring", make_ring},
    {"use the kernel's keyring", ask_keyring},
};

/* ---- the ground ------------------------------------------------------------------------------ */

static void file_make(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    assert_true(fd >= 0 && fchmod(fd, 0666) == 0);
    close(fd);
}

static int listener(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

void ground_up(struct ground *g)
{
    static const char secret[] = "word";
    int unused;
    *g = (struct ground){.word = secret};
    snprintf(g->dir, sizeof g->dir, "/tmp/comity-guard-XXXXXX");
    assert_non_null(mkdtemp(g->dir));
    assert_int_equal(chmod(g->dir, 0777), 0);
    snprintf(g->key, sizeof g->key, "%s/seal.key", g->dir);
    snprintf(g->database, sizeof g->database, "%s/comity.db", g->dir);
    snprintf(g->old, sizeof g->old, "%s/old", g->dir);
    snprintf(g->fresh, sizeof g->fresh, "%s/fresh", g->dir);
    snprintf(g->folder, sizeof g->folder, "%s/folder", g->dir);
    assert_int_equal(mkdir(g->folder, 0777), 0);
    file_make(g->key);
    file_make(g->database);
    g->unbound = socket(AF_INET, SOCK_STREAM, 0);
    g->calling = socket(AF_INET, SOCK_STREAM, 0);
    g->bound = listener(&unused);
    g->listening = listener(&g->port);
    assert_int_equal(listen(g->listening, 8), 0);
    g->victim = fork();
    assert_true(g->victim >= 0);
    if (g->victim == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) pause();
    }
}

void ground_down(struct ground *g)
{
    kill(g->victim, SIGKILL);
    waitpid(g->victim, NULL, 0);
    close(g->unbound);
    close(g->calling);
    close(g->bound);
    close(g->listening);
    remove(g->key);
    remove(g->database);
    remove(g->old);
    remove(g->fresh);
    rmdir(g->folder);
    assert_int_equal(rmdir(g->dir), 0);
}

/* ---- trying ---------------------------------------------------------------------------------- */

enum { DENIED = 0, POSSIBLE = 1, BROKEN = 2 };

static int try_it(struct ground *g, const struct action *a, enum guard_process p)
{
    auto_arena arena = arena_new();
    struct turn t = {.arena = arena};
    struct guard_entry e = {.process = p, .uid_base = 59400};
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (p < GUARD_PROCESSES &&
        (guard_probe(&t, &e.ground) != ERR_OK || guard_enter(&t, &e) != ERR_OK)) {
        fprintf(stderr, "%s\n", t.fault.sentence);
        return BROKEN;
    }
    return a->go(g) ? POSSIBLE : DENIED;
}

bool possible(struct ground *g, const struct action *a, enum guard_process p)
{
    int status;
    file_make(g->old);
    remove(g->fresh);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) _exit(try_it(g, a, p));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > POSSIBLE)
        fail_msg("%s: broke down with status %x", a->name, (unsigned)status);
    remove(g->fresh);
    return WEXITSTATUS(status) == POSSIBLE;
}
