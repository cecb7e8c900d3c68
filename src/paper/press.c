/* SPDX-License-Identifier: Apache-2.0 */
/* Starting comity-paper, and taking what it made.
 *
 * Its input is memory that nobody can change any more, its output and its complaint are memory
 * that it alone grows: three anonymous files instead of three pipes. So nobody waits for anybody,
 * a document is never half written into a full pipe, and one event tells that all is there. What
 * comes back is believed to be no more than bytes that begin like a PDF. */

#include "paper/paper.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMPLAINT_MAX = 4096, PROGRAM_FD = 3 };
#define PROGRAM_PATH "/proc/self/fd/3"

struct paper_press {
    struct arena *arena; /* it outlives the turn that started it */
    pid_t pid;
    int pidfd, in, out, complaint;
    bool ended;
    siginfo_t end;
};

static err spawn(struct turn *t, struct paper_press *p, int program);
static err complaint_of(struct turn *t, struct paper_press *p);

static err no_room(struct turn *t, int e)
{
    return turn_fail(t, ERR_BUSY, "paper-start", NULL,
                     "The printing program could not be started: %s. Nothing was printed; try "
                     "again later.",
                     errno_words(e));
}

/* Above the three that the program gets, so that handing one over never closes another. */
static int memory_file(const char *name)
{
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || fd > STDERR_FILENO) return fd;
    int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(fd);
    return higher;
}

static bool fill(int fd, struct str text)
{
    while (text.n) {
        ssize_t n = write(fd, text.p, text.n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        text.p += n;
        text.n -= (size_t)n;
    }
    return lseek(fd, 0, SEEK_SET) == 0 &&
           fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0;
}

err paper_program(struct turn *t, const char *path, int *fd_out)
{
    int fd = access(path, X_OK) == 0 ? open(path, O_PATH | O_CLOEXEC) : -1;
    if (fd < 0)
        return turn_fail(t, ERR_NONE_SUCH, "paper-program", NULL,
                         "There is no printing program at %s. Nothing was printed. It is installed "
                         "beside comity as comity-paper.",
                         path);
    *fd_out = fd;
    return ERR_OK;
}

err paper_press_start(struct turn *t, int program, const struct tree *document,
                      struct paper_press **out)
{
    try(paper_check(t, document));
    struct str text = json_write(t->arena, document);
    if (text.n > PAPER_DOCUMENT_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "paper-document", NULL,
                         "The document has %zu bytes, and at most %d are printed.", text.n,
                         PAPER_DOCUMENT_MAX);
    struct arena *a = arena_new();
    struct paper_press *p = arena_take(a, sizeof *p);
    *p = (struct paper_press){.arena = a, .pid = -1, .pidfd = -1};
    p->in = memory_file("document");
    p->out = memory_file("pdf");
    p->complaint = memory_file("complaint");
    err e;
    if (p->in < 0 || p->out < 0 || p->complaint < 0 || !fill(p->in, text))
        e = no_room(t, errno);
    else
        e = spawn(t, p, program);
    if (e != ERR_OK) {
        paper_press_free(p);
        return e;
    }
    *out = p;
    return ERR_OK;
}

/* Nothing of ours goes along: no descriptor but the program's own, by which it is found whatever
 * folder it lies in; no environment, no signal that was ignored. */
static err spawn(struct turn *t, struct paper_press *p, int program)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    posix_spawn_file_actions_adddup2(&files, p->in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, p->out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, p->complaint, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&files, program, PROGRAM_FD);
    posix_spawn_file_actions_addclosefrom_np(&files, PROGRAM_FD + 1);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &all);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    char *arguments[] = {(char[]){"comity-paper"}, NULL}, *environment[] = {NULL};
    int e = posix_spawn(&p->pid, PROGRAM_PATH, &files, &how, arguments, environment);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    if (e != 0) {
        p->pid = -1;
        return no_room(t, e);
    }
    p->pidfd = pidfd_open(p->pid, 0);
    return p->pidfd < 0 ? no_room(t, errno) : ERR_OK;
}

int paper_press_fd(const struct paper_press *p) { return p->pidfd; }

static void reap(struct paper_press *p, int options)
{
    if (p->ended) return;
    siginfo_t end = {0};
    if (waitid(P_PID, (id_t)p->pid, &end, WEXITED | options) == 0 && end.si_pid == p->pid) {
        p->ended = true;
        p->end = end;
    }
}

void paper_press_free(struct paper_press *p)
{
    if (!p) return;
    if (p->pid > 0 && !p->ended) {
        kill(p->pid, SIGKILL);
        reap(p, 0);
    }
    int fds[] = {p->pidfd, p->in, p->out, p->complaint};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (fds[i] >= 0) close(fds[i]);
    }
    arena_free(p->arena);
}

/* All of a memory file, or what fits. */
static struct bytes contents(struct arena *a, int fd, size_t max)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || st.st_size <= 0) return (struct bytes){0};
    size_t n = (size_t)st.st_size < max ? (size_t)st.st_size : max, got = 0;
    uint8_t *p = arena_take(a, n);
    while (got < n) {
        ssize_t more = pread(fd, p + got, n - got, (off_t)got);
        if (more < 0 && errno == EINTR) continue;
        if (more <= 0) break;
        got += (size_t)more;
    }
    return (struct bytes){p, got};
}

err paper_press_take(struct turn *t, struct paper_press *p, struct bytes *pdf_out)
{
    reap(p, WNOHANG);
    if (!p->ended)
        return turn_fail(t, ERR_BUSY, "paper-works", NULL, "The document is still being printed.");
    if (p->end.si_code != CLD_EXITED || p->end.si_status != 0) return complaint_of(t, p);
    struct bytes pdf = contents(t->arena, p->out, PAPER_PDF_MAX);
    if (pdf.n < 16 || memcmp(pdf.p, "%PDF-", 5) != 0)
        return turn_fail(t, ERR_INTERNAL, "paper-answer", NULL,
                         "The printing program ended well and left no PDF. Nothing was printed.");
    *pdf_out = pdf;
    return ERR_OK;
}

/* ---- the complaint: six lines, "name: text" -------------------------------------------------- */

static struct str line_of(struct str text, const char *name)
{
    struct str line, rest = text, key, value;
    while (rest.n) {
        str_split(rest, '\n', &line, &rest);
        if (str_split(line, ':', &key, &value) && str_is(key, name)) return str_trim(value);
    }
    return (struct str){0};
}

static err err_of(struct str word)
{
    for (err e = ERR_OK + 1; e <= ERR_UNKNOWN; e++) {
        if (str_is(word, err_word(e))) return e;
    }
    return ERR_INTERNAL;
}

static err complaint_of(struct turn *t, struct paper_press *p)
{
    struct str text = bytes_str(contents(t->arena, p->complaint, COMPLAINT_MAX));
    struct str sentence = line_of(text, "sentence"), code = line_of(text, "code");
    if (p->end.si_code != CLD_EXITED)
        return turn_fail(t, ERR_INTERNAL, "paper-ended", NULL,
                         "The printing program was ended by signal %d. Nothing was printed.",
                         p->end.si_status);
    if (!sentence.n || !code.n)
        return turn_fail(t, ERR_INTERNAL, "paper-ended", NULL,
                         "The printing program ended with status %d and said nothing that can be "
                         "understood. Nothing was printed.",
                         p->end.si_status);
    return turn_fail_at(t, err_of(line_of(text, "err")), str_c(t->arena, code),
                        str_c(t->arena, line_of(text, "article")), line_of(text, "at"), STR_FMT,
                        STR_ARG(sentence));
}

err paper_press(struct turn *t, const char *program, const struct tree *document, int wait_ms,
                struct bytes *pdf_out)
{
    struct paper_press *p;
    int fd;
    try(paper_program(t, program, &fd));
    err e = paper_press_start(t, fd, document, &p);
    close(fd);
    try(e);
    struct pollfd end = {.fd = p->pidfd, .events = POLLIN};
    int n;
    do n = poll(&end, 1, wait_ms);
    while (n < 0 && errno == EINTR);
    e = n == 0 ? turn_fail(t, ERR_BUSY, "paper-slow", NULL,
                           "The document was not printed within %d ms. Nothing was kept; try "
                           "again later.",
                           wait_ms)
               : paper_press_take(t, p, pdf_out);
    paper_press_free(p);
    return e;
}
