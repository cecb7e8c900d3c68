/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of cli share. The repeating node is a child process, because the command line
 * waits for its answer. */

#include "cli_test.h"

#include "net/net.h"
#include "seal/seal.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORDS_MAX = 32, OUTPUT_MAX = 1 << 20 };

extern char **environ;

/* ---- the program ----------------------------------------------------------------------------- */

static const char *program(void)
{
    const char *path = getenv("COMITY");
    return path ? path : "build/test/comity";
}

static size_t words_of(va_list list, const char **words)
{
    size_t n = 0;
    words[n++] = "comity";
    while (n < WORDS_MAX - 1 && (words[n] = va_arg(list, const char *))) n++;
    words[n] = NULL;
    return n;
}

static struct str file_of(struct arena *a, int fd)
{
    char *p = arena_take(a, OUTPUT_MAX);
    ssize_t n = pread(fd, p, OUTPUT_MAX, 0);
    return (struct str){p, n > 0 ? (size_t)n : 0};
}

static int temp_fd(void)
{
    char path[] = "/tmp/comity-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    return fd;
}

static pid_t spawn(const char **words, int out, int err_fd)
{
    posix_spawn_file_actions_t files;
    pid_t pid;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err_fd, STDERR_FILENO);
    int e = posix_spawn(&pid, program(), &files, NULL, (char **)(uintptr_t)words, environ);
    posix_spawn_file_actions_destroy(&files);
    if (e) fail_msg("cannot run %s: %s", program(), errno_words(e));
    return pid;
}

struct ran run(struct arena *a, ...)
{
    const char *words[WORDS_MAX];
    va_list list;
    va_start(list, a);
    words_of(list, words);
    va_end(list);
    int out = temp_fd(), err_fd = temp_fd(), status;
    pid_t pid = spawn(words, out, err_fd);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    struct ran r = {WIFEXITED(status) ? WEXITSTATUS(status) : -1, file_of(a, out),
                    file_of(a, err_fd), NULL};
    close(out);
    close(err_fd);
    struct turn t = {.arena = a};
    if (json_read(&t, str_bytes(r.out), &cli_message_limits, &r.json) != ERR_OK) r.json = NULL;
    return r;
}

int run_start(struct arena *a, ...)
{
    const char *words[WORDS_MAX];
    va_list list;
    (void)a;
    va_start(list, a);
    words_of(list, words);
    va_end(list);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    pid_t pid = spawn(words, null, null);
    close(null);
    return pid;
}

/* ---- a node that repeats --------------------------------------------------------------------- */

static const char dossier[] =
    "{\"ref\":\"XN-1\",\"documents\":[{\"name\":\"disk.img\",\"sha256\":\""
    "a25632b51957f08ca8d2ceae44be0711df21dd6ea36611d4deda25a2bed45dff"
    "\"},{\"name\":\"other.img\",\"sha256\":\"00\"}],\"options\":["
    "{\"act\":\"ask\",\"possible\":true,\"particulars\":["
    "{\"name\":\"note\",\"required\":\"optional\",\"type\":\"text\"},"
    "{\"name\":\"day\",\"required\":\"always\",\"type\":\"day\"},"
    "{\"name\":\"question\",\"required\":\"always\",\"type\":\"text\"}]},"
    "{\"act\":\"acknowledge\",\"possible\":true,\"particulars\":[]},"
    "{\"act\":\"refuse\",\"possible\":false,\"why_not\":\"not now\"}]}";

static const char fault[] =
    "{\"ok\":false,\"view\":{\"must\":1},\"fault\":{\"err\":\"not-allowed\",\"code\":\"ground\","
    "\"article\":\"un-cybercrime 42(6)\",\"particular\":\"ground\",\"sentence\":\"It is not.\"}}";

/* A document of two segments: so many bytes of "x", and an end. */
static void document_give(struct arena *a, struct tree *view, int64_t segment)
{
    uint8_t *p = arena_take(a, SEAL_SEGMENT_SIZE);
    memset(p, 'x', SEAL_SEGMENT_SIZE);
    struct bytes data = segment ? str_bytes(STR("end")) : (struct bytes){p, SEAL_SEGMENT_SIZE};
    tree_add_str(a, view, "name", STR("disk.img"));
    tree_add_int(a, view, "segments", 2);
    tree_add_str(a, view, "data", base64(a, data));
}

static struct str answer(struct arena *a, struct bytes message)
{
    struct turn t = {.arena = a};
    struct tree *m, *reply = tree_map(a), *view, *given;
    if (json_read(&t, message, &cli_message_limits, &m) != ERR_OK) return STR("");
    struct str ref = tree_str(tree_get(m, "args"), "ref"), action = tree_str(m, "action");
    if (str_is(ref, "DROP")) raise(SIGKILL);
    if (str_is(ref, "FAULT")) return str_of(fault);
    if (str_is(tree_str(tree_get(m, "args"), "state"), "ZZ")) return str_of(fault);
    tree_add_bool(a, reply, "ok", true);
    if (str_is(action, "show") &&
        json_read(&t, str_bytes(str_of(dossier)), &codec_limits, &given) == ERR_OK) {
        tree_add_copy(a, reply, "view", given);
        return json_write(a, reply);
    }
    view = tree_add_map(a, reply, "view");
    tree_add_str(a, view, "action", action);
    tree_add_copy(a, view, "args", tree_get(m, "args"));
    if (str_is(action, "export")) {
        tree_add_str(a, view, "ref", STR("XN-1"));
        tree_add_str(a, view, "container", base64(a, str_bytes(STR("the container"))));
        tree_add_str(a, view, "root", STR("the root"));
    }
    if (str_is(action, "entry-add")) tree_add_str(a, view, "entry", STR("XN-CSB-IN-2026-0001"));
    if (str_is(action, "entry-document")) {
        tree_add_str(a, view, "name", STR("scan.pdf"));
        tree_add_str(a, view, "data", base64(a, str_bytes(STR("the original"))));
    }
    if (str_is(action, "exhibit-add")) tree_add_str(a, view, "exhibit", STR("e-1"));
    if (str_is(action, "document"))
        document_give(a, view, tree_int(tree_get(m, "args"), "segment", 0));
    if (str_is(action, "letter")) {
        tree_add_str(a, view, "ref", STR("XN-1"));
        tree_add_str(a, view, "act", STR("send"));
        tree_add_str(a, view, "code", STR("AAAA-BBBB-CCCC"));
        tree_add_str(a, tree_add_map(a, view, "letter"), "title", STR("a letter"));
        struct tree *one = tree_add_map(a, tree_add_list(a, view, "documents"), NULL);
        tree_add_str(a, one, "data", base64(a, str_bytes(STR("the container"))));
    }
    if (str_is(action, "replay") && str_is(ref, "")) tree_add_list(a, view, "differences");
    return json_write(a, reply);
}

static void message(void *ctx, struct net_local_peer *p, unsigned uid, struct bytes m)
{
    auto_arena a = arena_new();
    (void)ctx;
    (void)uid;
    net_local_reply(p, str_bytes(answer(a, m)));
}

static int64_t real_ms(void *ctx)
{
    struct timespec now;
    (void)ctx;
    timespec_get(&now, TIME_UTC);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const struct clock real_clock = {real_ms, real_ms, NULL};

/* Serves until it is killed; `ready` is closed when it listens. */
static void node_run(const char *path, int ready)
{
    struct turn t = {.arena = arena_new(), .clock = &real_clock};
    struct net_loop *loop;
    struct net_local *local;
    struct net_local_options o = {
        .path = path, .message_max = CLI_MESSAGE_MAX, .connections_max = 4, .message = message};
    if (net_loop_new(&t, t.clock, &loop) != ERR_OK) raise(SIGKILL);
    if (net_local_start(&t, loop, &o, &local) != ERR_OK) raise(SIGKILL);
    close(ready);
    while (net_loop_turn(&t, loop, -1) == ERR_OK) {
    }
    raise(SIGKILL);
}

static void bench_serve(struct bench *b)
{
    int ends[2];
    char byte;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    const char *path = str_c(b->arena, str_printf(b->arena, "%s/" CLI_SOCKET, b->dir));
    b->node = fork();
    assert_true(b->node >= 0);
    if (b->node == 0) {
        close(ends[0]);
        node_run(path, ends[1]);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    assert_int_equal(access(path, F_OK), 0);
}

/* ---- the bench ------------------------------------------------------------------------------- */

/* The floor above, as far as these tests go: a folder whose store is never there. */
struct above {
    struct cli_node node;
    int opened;
    bool write;
};

/* The turn's chance carries who is asked: nothing here draws from it. */
static err no_desk(struct turn *t, const char *dir, bool write, struct desk **out)
{
    struct above *above = t->chance->ctx;
    (void)out;
    above->opened++;
    above->write = write;
    return turn_fail(t, ERR_NONE_SUCH, "node-none-such", NULL, "The folder %s holds no node.", dir);
}

static void no_fill(void *ctx, void *out, size_t n)
{
    (void)ctx;
    memset(out, 7, n);
}

static struct bench *bench_open(void)
{
    char path[] = "/tmp/comity-test-XXXXXX";
    assert_non_null(mkdtemp(path));
    struct arena *arena = arena_new();
    struct bench *b = arena_take(arena, sizeof *b);
    b->arena = arena;
    b->dir = str_c(b->arena, str_of(path));
    struct above *above = arena_take(b->arena, sizeof *above);
    struct chance *chance = arena_take(b->arena, sizeof *chance);
    *chance = (struct chance){no_fill, above};
    above->node = (struct cli_node){
        .desk_open = no_desk, .clock = &real_clock, .chance = chance, .no_color = true};
    b->c = arena_take(b->arena, sizeof *b->c);
    b->c->t = (struct turn){.arena = b->arena, .clock = &real_clock, .chance = chance};
    b->c->node = &above->node;
    b->c->dir = b->dir;
    b->c->lang = STR("en");
    return b;
}

int bench_opened(const struct bench *b, bool *write_out)
{
    const struct above *above = b->c->t.chance->ctx;
    *write_out = above->write;
    return above->opened;
}

err bench_args(struct bench *b, ...)
{
    const char *words[WORDS_MAX];
    va_list list;
    va_start(list, b);
    size_t n = words_of(list, words);
    va_end(list);
    char **argv = arena_take_many(b->arena, n + 1, sizeof *argv);
    for (size_t k = 0; k < n; k++) argv[k] = (char *)(uintptr_t)words[k];
    turn_forgive(&b->c->t);
    b->c->view = NULL;
    b->c->text = (struct str){0};
    return cli_args_read(&b->c->t, (int)n, argv, &b->c->args);
}

err bench_run(struct bench *b)
{
    static cli_step *const steps[] = {
#define COMMAND(name, word, least, most, arguments, help, manual) cli_do_##name,
#include "cli/command.def"
#undef COMMAND
    };
    return steps[b->c->args.command](b->c);
}

const char *bench_file(struct bench *b, const char *name, const char *content)
{
    const char *path = str_c(b->arena, str_printf(b->arena, "%s/%s", b->dir, name));
    if (content)
        assert_int_equal(file_write(&b->c->t, path, str_bytes(str_of(content)), 0600), ERR_OK);
    return path;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

int bench_up(void **state)
{
    *state = bench_open();
    return 0;
}

int bench_serving(void **state)
{
    bench_up(state);
    bench_serve(*state);
    return 0;
}

int bench_down(void **state)
{
    struct bench *b = *state;
    if (b->node) {
        kill(b->node, SIGKILL);
        waitpid(b->node, NULL, 0);
    }
    nftw(b->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_free(b->arena);
    return 0;
}

struct arena *arena_of(void **state)
{
    struct bench *b = *state;
    return b->arena;
}

bool holds(struct str text, const char *part)
{
    return memmem(text.p, text.n, part, strlen(part)) != NULL;
}
