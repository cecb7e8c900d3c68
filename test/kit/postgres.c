/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and stopping a real PostgreSQL for tests.
 *
 * The server refuses to run as root, so root's tests run it as the user its package made. It is our
 * child and is told to end when we do; only its folder stays behind when a test is killed. Waiting
 * for it means reading its log until it says that it is ready, for a bounded time. */

#include "kit/postgres.h"

#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAMS "/usr/lib/postgresql/15/bin/"
enum { START_MS = 60000, LOG_MAX = 16384 };

/* In the child: becomes the server's user, says everything into `out`, and runs the program. */
static void run(const char *const argv[], int out, int death)
{
    struct passwd *who = geteuid() == 0 ? getpwnam("postgres") : NULL;
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) _exit(120);
    if (geteuid() == 0 &&
        (!who || setgroups(0, NULL) || setgid(who->pw_gid) || setuid(who->pw_uid)))
        _exit(121);
    prctl(PR_SET_PDEATHSIG, death);
    if (chdir("/") != 0) _exit(122);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

static pid_t start(const char *const argv[], int out, int death)
{
    pid_t pid = fork();
    if (pid == 0) run(argv, out, death);
    return pid;
}

/* Reads what the server says until it says `word`; shows all of it when that does not come. */
static bool wait_for(struct postgres *p, const char *word)
{
    char said[LOG_MAX + 1];
    size_t n = 0;
    struct pollfd fd = {.fd = p->log, .events = POLLIN};
    while (n < LOG_MAX && poll(&fd, 1, START_MS) > 0) {
        ssize_t got = read(p->log, said + n, LOG_MAX - n);
        if (got <= 0) break;
        n += (size_t)got;
        said[n] = 0;
        if (strstr(said, word)) return true;
    }
    fprintf(stderr, "PostgreSQL did not start: %.*s\n", (int)n, said);
    return false;
}

static bool make_cluster(const char *data)
{
    const char *const argv[] = {PROGRAMS "initdb",
                                "-D",
                                data,
                                "-U",
                                "postgres",
                                "-A",
                                "trust",
                                "-E",
                                "UTF8",
                                "--locale=C",
                                "--no-sync",
                                "--no-instructions",
                                NULL};
    FILE *log = tmpfile();
    if (!log) return false;
    int status = -1;
    pid_t pid = start(argv, fileno(log), SIGKILL);
    bool made = pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
    char line[512];
    rewind(log);
    while (!made && fgets(line, sizeof line, log)) fputs(line, stderr);
    fclose(log);
    return made;
}

static bool make_folder(struct postgres *p)
{
    struct passwd *who = geteuid() == 0 ? getpwnam("postgres") : NULL;
    snprintf(p->folder, sizeof p->folder, "/tmp/comity-postgres-XXXXXX");
    if (!mkdtemp(p->folder)) {
        p->folder[0] = 0;
        return false;
    }
    snprintf(p->conninfo, sizeof p->conninfo, "host=%s user=postgres dbname=postgres", p->folder);
    return geteuid() != 0 || (who && chown(p->folder, who->pw_uid, who->pw_gid) == 0);
}

bool postgres_start(struct postgres *p)
{
    char data[80];
    int ends[2];
    memset(p, 0, sizeof *p);
    p->log = -1;
    if (access(PROGRAMS "postgres", X_OK) != 0) {
        fprintf(stderr, "%spostgres is missing: install postgresql-15\n", PROGRAMS);
        return false;
    }
    if (!make_folder(p)) return false;
    snprintf(data, sizeof data, "%s/data", p->folder);
    /* Durability of the test's own data is of no interest; and only what it says of itself is
     * logged, not the errors a test provokes, since nobody reads the log once it runs. */
    const char *const argv[] = {PROGRAMS "postgres",
                                "-D",
                                data,
                                "-k",
                                p->folder,
                                "-c",
                                "listen_addresses=",
                                "-c",
                                "fsync=off",
                                "-c",
                                "shared_buffers=16MB",
                                "-c",
                                "max_connections=16",
                                "-c",
                                "log_min_messages=log",
                                "-c",
                                "log_checkpoints=off",
                                "-c",
                                "autovacuum=off",
                                NULL};
    if (!make_cluster(data) || pipe2(ends, O_CLOEXEC) != 0) {
        postgres_stop(p);
        return false;
    }
    p->log = ends[0];
    p->pid = start(argv, ends[1], SIGQUIT);
    close(ends[1]);
    if (p->pid > 0 && wait_for(p, "ready to accept connections")) return true;
    postgres_stop(p);
    return false;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *where)
{
    (void)s, (void)kind, (void)where;
    return remove(path);
}

void postgres_stop(struct postgres *p)
{
    if (!p->folder[0]) return;
    /* SIGQUIT is its immediate shutdown; the server takes its own children along. */
    if (p->pid > 0 && kill(p->pid, SIGQUIT) == 0) waitpid(p->pid, NULL, 0);
    if (p->log >= 0) close(p->log);
    nftw(p->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    memset(p, 0, sizeof *p);
}
