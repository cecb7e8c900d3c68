/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/vault/vault.c: what is put comes back, and what was altered, swapped, taken away,
 * cut short or put there by others is noticed. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "seal/seal.h"
#include "vault/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Stands in for the system's fsync, to be a disk that fails. It keeps no state: a file that begins
 * with "lost" is altered while it is synced, one that begins with "fail" cannot be synced, nor can
 * a folder with a file "fail" in it. */
int fsync(int fd)
{
    char start[4] = "";
    ssize_t n = pread(fd, start, sizeof start, 0);
    bool is_file = n == sizeof start;
    if (is_file && memcmp(start, "lost", 4) == 0 && pwrite(fd, "L", 1, 0) != 1) return -1;
    bool fails = is_file ? memcmp(start, "fail", 4) == 0 : faccessat(fd, "fail", F_OK, 0) == 0;
    if (fails) errno = EIO;
    return fails ? -1 : (int)syscall(SYS_fsync, fd);
}

/* A vault in a folder of its own. */
struct place {
    char above[40], folder[48];
    struct turn turn;
    struct vault *v;
};

static int place_up(void **state)
{
    struct arena *a = arena_new();
    struct place *p = arena_take(a, sizeof *p);
    p->turn.arena = a;
    memcpy(p->above, "/tmp/comity-vault-XXXXXX", sizeof "/tmp/comity-vault-XXXXXX");
    if (!mkdtemp(p->above)) return -1;
    snprintf(p->folder, sizeof p->folder, "%s/v", p->above);
    *state = p;
    return vault_open(&p->turn, p->folder, &p->v) == ERR_OK ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static int place_down(void **state)
{
    struct place *p = *state;
    vault_close(p->v);
    int gone = nftw(p->above, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_free(p->turn.arena);
    return gone;
}
#define with_place(test) cmocka_unit_test_setup_teardown(test, place_up, place_down)

static struct bytes text(const char *c) { return str_bytes(str_of(c)); }

/* The path of a file in the vault, by its hash or by a name. */
static const char *in(struct place *p, const char *name)
{
    return str_printf(p->turn.arena, "%s/%s", p->folder, name).p;
}
static const char *file_of(struct place *p, const struct hash *h)
{
    return in(p, str_c(p->turn.arena, hex(p->turn.arena, hash_bytes(h))));
}

static struct hash put(struct place *p, struct bytes b)
{
    struct hash h;
    assert_int_equal(vault_put(&p->turn, p->v, b, &h), ERR_OK);
    return h;
}

/* Puts bytes at a path, by hand and without asking the vault. */
static void plant(struct place *p, const char *path, struct bytes b)
{
    assert_true(unlink(path) == 0 || errno == ENOENT);
    assert_int_equal(file_write(&p->turn, path, b, 0600), ERR_OK);
}

static void assert_get(struct place *p, const struct hash *h, struct bytes expected)
{
    struct bytes out;
    assert_int_equal(vault_get(&p->turn, p->v, h, expected.n, &out), ERR_OK);
    assert_true(bytes_eq(out, expected));
}

/* Asserts that getting `h` is refused with `e`, naming the file when it was altered. */
static void assert_no_get(struct place *p, const struct hash *h, err e)
{
    struct bytes out = {NULL, 77};
    err got = vault_get(&p->turn, p->v, h, SIZE_MAX, &out);
    assert_string_equal(err_word(got), err_word(e));
    assert_int_equal(p->turn.fault.err, e);
    assert_int_equal(out.n, 77);
    const char *name = strrchr(file_of(p, h), '/') + 1;
    assert_non_null(strstr(p->turn.fault.sentence, name));
    if (e == ERR_INTEGRITY) assert_memory_equal(p->turn.fault.particular, name, 63);
    turn_forgive(&p->turn);
}

struct listing {
    int named, strangers;
    char last_stranger[128];
};

static err list(void *ctx, struct turn *t, const char *file, const struct hash *name)
{
    struct listing *l = ctx;
    if (name) {
        auto_arena a = arena_new();
        assert_true(str_is(hex(a, hash_bytes(name)), file));
        l->named++;
    } else {
        snprintf(l->last_stranger, sizeof l->last_stranger, "%s", file);
        l->strangers++;
    }
    return t->fault.err;
}

static void assert_listed(struct place *p, int named, int strangers)
{
    struct listing l = {.named = 0};
    assert_int_equal(vault_each(&p->turn, p->v, list, &l), ERR_OK);
    assert_int_equal(l.named, named);
    assert_int_equal(l.strangers, strangers);
}

/* ---- put and get ----------------------------------------------------------------------------- */

static void what_is_put_comes_back_by_its_hash(void **state)
{
    struct place *p = *state;
    int count = 0;
    for (size_t n = 0; n < 2000000; n = n * 5 + 1, count++) {
        uint8_t *b = arena_take(p->turn.arena, n);
        for (size_t i = 0; i < n; i++) b[i] = (uint8_t)(i * 31 + n);
        struct hash h = put(p, (struct bytes){b, n}), expected;
        expected = seal_sha256_of((struct bytes){b, n});
        assert_true(hash_eq(&h, &expected));
        assert_get(p, &h, (struct bytes){b, n});
    }
    assert_listed(p, count, 0);
}

static void a_file_cannot_be_written_by_accident_or_read_by_others(void **state)
{
    struct place *p = *state;
    struct hash h = put(p, text("sealed"));
    struct stat st;
    assert_int_equal(stat(file_of(p, &h), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0400);
    assert_int_equal(stat(p->folder, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
}

static void putting_twice_writes_once(void **state)
{
    struct place *p = *state;
    struct hash h = put(p, text("sealed")), again;
    struct stat before, after;
    assert_int_equal(stat(file_of(p, &h), &before), 0);
    again = put(p, text("sealed"));
    assert_int_equal(stat(file_of(p, &h), &after), 0);
    assert_true(hash_eq(&h, &again));
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    assert_listed(p, 1, 0);
    assert_int_equal(p->turn.fault.err, ERR_OK);
}

static void a_put_syncs_file_and_folder_and_a_get_nothing(void **state)
{
    struct place *p = *state;
    struct bytes out;
    assert_int_equal(vault_syncs(p->v), 0);
    struct hash h = put(p, text("sealed"));
    assert_int_equal(vault_syncs(p->v), 2);
    put(p, text("sealed"));
    assert_int_equal(vault_syncs(p->v), 3);
    assert_int_equal(vault_get(&p->turn, p->v, &h, 100, &out), ERR_OK);
    assert_listed(p, 1, 0);
    assert_int_equal(vault_syncs(p->v), 3);
}

static void what_was_never_put_is_an_expected_absence(void **state)
{
    struct place *p = *state;
    struct hash h = seal_sha256_of(text("never"));
    assert_no_get(p, &h, ERR_NONE_SUCH);
}

static void the_limit_of_a_get_is_exact(void **state)
{
    struct place *p = *state;
    struct bytes out = {NULL, 77};
    struct hash h = put(p, text("sealed"));
    assert_int_equal(vault_get(&p->turn, p->v, &h, 5, &out), ERR_TOO_LARGE);
    assert_int_equal(out.n, 77);
    turn_forgive(&p->turn);
    assert_int_equal(vault_get(&p->turn, p->v, &h, 6, &out), ERR_OK);
}

static void more_than_one_file_may_hold_is_refused_before_it_is_read(void **state)
{
    struct place *p = *state;
    struct hash h = seal_sha256_of(text("same")), same = h;
    struct bytes b = {(const uint8_t *)"", (size_t)VAULT_FILE_MAX + 1};
    assert_int_equal(vault_put(&p->turn, p->v, b, &h), ERR_TOO_LARGE);
    assert_true(hash_eq(&h, &same));
    assert_listed(p, 0, 0);
}

static void the_largest_file_is_put_and_comes_back(void **state)
{
    struct place *p = *state;
    uint8_t *b = arena_take(p->turn.arena, VAULT_FILE_MAX);
    struct hash h = put(p, (struct bytes){b, VAULT_FILE_MAX});
    assert_get(p, &h, (struct bytes){b, VAULT_FILE_MAX});
}

/* ---- what is wrong in the folder ------------------------------------------------------------- */

static void every_bit_of_a_file_counts(void **state)
{
    struct place *p = *state;
    struct hash h = put(p, text("sealed bytes"));
    uint8_t b[12];
    for (unsigned bit = 0; bit < 8 * sizeof b; bit++) {
        memcpy(b, "sealed bytes", sizeof b);
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
        plant(p, file_of(p, &h), (struct bytes){b, sizeof b});
        assert_no_get(p, &h, ERR_INTEGRITY);
    }
    plant(p, file_of(p, &h), text("sealed bytes"));
    assert_get(p, &h, text("sealed bytes"));
}

static void a_file_that_grew_shrank_or_was_emptied_is_refused(void **state)
{
    struct place *p = *state;
    struct hash h = put(p, text("sealed bytes"));
    static const char *const other[] = {"sealed byte", "sealed bytes ", "ealed bytes", ""};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        plant(p, file_of(p, &h), text(other[i]));
        assert_no_get(p, &h, ERR_INTEGRITY);
    }
}

static void a_file_that_was_deleted_is_absent(void **state)
{
    struct place *p = *state;
    struct hash h = put(p, text("one")), kept = put(p, text("two"));
    assert_int_equal(unlink(file_of(p, &h)), 0);
    assert_no_get(p, &h, ERR_NONE_SUCH);
    assert_get(p, &kept, text("two"));
    assert_listed(p, 1, 0);
}

static void files_that_changed_places_are_both_refused(void **state)
{
    struct place *p = *state;
    struct hash a = put(p, text("one")), b = put(p, text("two"));
    assert_int_equal(renameat2(AT_FDCWD, file_of(p, &a), AT_FDCWD, file_of(p, &b), RENAME_EXCHANGE),
                     0);
    assert_no_get(p, &a, ERR_INTEGRITY);
    assert_no_get(p, &b, ERR_INTEGRITY);
}

static void a_file_larger_than_any_is_refused_unread(void **state)
{
    struct place *p = *state;
    struct hash h = put(p, text("sealed"));
    assert_int_equal(chmod(file_of(p, &h), 0600), 0);
    assert_int_equal(truncate(file_of(p, &h), (off_t)1 << 40), 0);
    assert_no_get(p, &h, ERR_INTEGRITY);
}

static void what_is_no_plain_file_is_refused_without_waiting(void **state)
{
    struct place *p = *state;
    struct hash h = put(p, text("sealed"));
    const char *path = file_of(p, &h), *elsewhere = in(p, "elsewhere");
    assert_int_equal(rename(path, elsewhere), 0);
    assert_int_equal(symlink(elsewhere, path), 0);
    assert_no_get(p, &h, ERR_INTEGRITY);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_no_get(p, &h, ERR_INTEGRITY);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_no_get(p, &h, ERR_INTEGRITY);
    struct hash out;
    assert_int_equal(vault_put(&p->turn, p->v, text("sealed"), &out), ERR_INTEGRITY);
}

static void an_altered_file_is_not_overwritten_by_a_put(void **state)
{
    struct place *p = *state;
    struct hash h = put(p, text("sealed")), out = {{0}}, zero = out;
    struct bytes there;
    plant(p, file_of(p, &h), text("Sealed"));
    assert_int_equal(vault_put(&p->turn, p->v, text("sealed"), &out), ERR_INTEGRITY);
    assert_string_equal(p->turn.fault.code, "vault-altered");
    assert_true(hash_eq(&out, &zero));
    turn_forgive(&p->turn);
    assert_int_equal(file_read(&p->turn, file_of(p, &h), 100, &there), ERR_OK);
    assert_true(bytes_eq(there, text("Sealed")));
    assert_listed(p, 1, 0);
}

static void foreign_files_are_told_apart(void **state)
{
    struct place *p = *state;
    static const char *const strangers[] = {
        "README",
        ".hidden",
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a",
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a80",
        "0E5751C026E543B2E8AB2EB06099DAA1D1E5DF47778F7787FAAB45CDF12FE3A8",
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3ag",
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8.new",
    };
    put(p, text("sealed"));
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        plant(p, in(p, strangers[i]), text("x"));
        assert_listed(p, 1, 1);
        assert_int_equal(unlink(in(p, strangers[i])), 0);
    }
}

/* ---- crashes, a full disk, and the folder itself --------------------------------------------- */

static void what_a_crash_left_is_no_content_and_no_obstacle(void **state)
{
    struct place *p = *state;
    struct hash h = seal_sha256_of(text("sealed"));
    const char *left = str_printf(p->turn.arena, "%s.new", file_of(p, &h)).p;
    plant(p, left, text("sea"));
    assert_no_get(p, &h, ERR_NONE_SUCH);
    assert_listed(p, 0, 1);
    put(p, text("sealed"));
    assert_get(p, &h, text("sealed"));
    assert_listed(p, 1, 0);
}

static void a_put_without_room_leaves_nothing_and_works_again(void **state)
{
    struct place *p = *state;
    struct rlimit before, tight;
    struct hash out = {{0}}, zero = out;
    uint8_t *b = arena_take(p->turn.arena, 100000);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 65536;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    err e = vault_put(&p->turn, p->v, (struct bytes){b, 100000}, &out);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(e, ERR_FULL);
    assert_int_equal(p->turn.fault.err, ERR_FULL);
    assert_true(hash_eq(&out, &zero));
    turn_forgive(&p->turn);
    assert_listed(p, 0, 0);
    put(p, (struct bytes){b, 100000});
    assert_listed(p, 1, 0);
}

static void a_put_whose_bytes_come_back_altered_is_not_acknowledged(void **state)
{
    struct place *p = *state;
    struct hash out = {{0}}, zero = out, h = seal_sha256_of(text("lost on the way"));
    assert_int_equal(vault_put(&p->turn, p->v, text("lost on the way"), &out), ERR_INTEGRITY);
    assert_true(hash_eq(&out, &zero));
    turn_forgive(&p->turn);
    assert_no_get(p, &h, ERR_NONE_SUCH);
    assert_listed(p, 0, 0);
}

static void a_put_that_cannot_be_synced_is_not_acknowledged(void **state)
{
    struct place *p = *state;
    struct hash out = {{0}}, zero = out;
    assert_int_equal(vault_put(&p->turn, p->v, text("fail to sync"), &out), ERR_INTERNAL);
    turn_forgive(&p->turn);
    assert_listed(p, 0, 0);
    /* A new file and one that is there already both need the folder synced. */
    int fd = creat(in(p, "fail"), 0600);
    assert_true(fd >= 0);
    close(fd);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(vault_put(&p->turn, p->v, text("sealed"), &out), ERR_INTERNAL);
        turn_forgive(&p->turn);
    }
    assert_true(hash_eq(&out, &zero));
    assert_int_equal(unlink(in(p, "fail")), 0);
    put(p, text("sealed"));
}

/* Puts new bytes without end, telling each hash through a pipe once it was acknowledged. */
static _Noreturn void put_until_killed(struct place *p, uint8_t round, int to)
{
    for (uint32_t i = 0;; i++) {
        struct hash h;
        uint8_t b[5000] = {round, (uint8_t)i, (uint8_t)(i >> 8), (uint8_t)(i >> 16)};
        if (vault_put(&p->turn, p->v, (struct bytes){b, sizeof b}, &h) != ERR_OK) _exit(1);
        if (write(to, h.b, sizeof h.b) != sizeof h.b) _exit(1);
    }
}

/* Lets a child put until it has told `enough` hashes, kills it, and gives all that it told. */
static struct buf killed_after(struct place *p, uint8_t round, size_t enough)
{
    struct buf told = buf_in(p->turn.arena);
    struct hash h;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) put_until_killed(p, round, ends[1]);
    close(ends[1]);
    while (read(ends[0], h.b, sizeof h.b) == sizeof h.b) {
        buf_put(&told, h.b, sizeof h.b);
        if (told.n == enough * sizeof h.b) kill(child, SIGKILL);
    }
    close(ends[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_in_range(told.n / sizeof h.b, enough, 1000000);
    return told;
}

static err get_it(void *ctx, struct turn *t, const char *file, const struct hash *name)
{
    struct bytes out;
    (void)file;
    return name ? vault_get(t, ctx, name, 5000, &out) : ERR_OK;
}

static void what_was_acknowledged_survives_a_kill(void **state)
{
    struct place *p = *state;
    for (uint8_t round = 0; round < 10; round++) {
        struct buf told = killed_after(p, round, round + 1u);
        for (size_t i = 0; i < told.n; i += 32) {
            struct hash h;
            struct bytes out;
            memcpy(h.b, told.p + i, sizeof h.b);
            assert_int_equal(vault_get(&p->turn, p->v, &h, 5000, &out), ERR_OK);
        }
        assert_int_equal(vault_each(&p->turn, p->v, get_it, p->v), ERR_OK);
    }
}

static err stop(void *ctx, struct turn *t, const char *file, const struct hash *name)
{
    (void)file, (void)name;
    ++*(int *)ctx;
    return turn_fail(t, ERR_CONFLICT, "stop", NULL, "enough");
}

static void a_listing_ends_with_the_first_failure(void **state)
{
    struct place *p = *state;
    int calls = 0;
    put(p, text("one"));
    put(p, text("two"));
    assert_int_equal(vault_each(&p->turn, p->v, stop, &calls), ERR_CONFLICT);
    assert_int_equal(calls, 1);
    turn_forgive(&p->turn);
    assert_listed(p, 2, 0);
    assert_listed(p, 2, 0);
}

static void a_vault_is_found_again(void **state)
{
    struct place *p = *state;
    struct hash h = put(p, text("sealed"));
    vault_close(p->v);
    assert_int_equal(vault_open(&p->turn, p->folder, &p->v), ERR_OK);
    assert_get(p, &h, text("sealed"));
}

static void a_folder_that_changes_its_name_stays_the_same_vault(void **state)
{
    struct place *p = *state;
    const char *moved = str_printf(p->turn.arena, "%s/moved", p->above).p;
    struct hash h = put(p, text("sealed"));
    assert_int_equal(rename(p->folder, moved), 0);
    assert_int_equal(mkdir(p->folder, 0700), 0);
    assert_get(p, &h, text("sealed"));
    put(p, text("more"));
    assert_listed(p, 2, 0);
}

static void a_vault_that_cannot_be_is_refused(void **state)
{
    struct place *p = *state;
    struct vault *v = NULL;
    assert_int_equal(vault_open(&p->turn, in(p, "no/where"), &v), ERR_NONE_SUCH);
    turn_forgive(&p->turn);
    plant(p, in(p, "file"), text("x"));
    assert_int_equal(vault_open(&p->turn, in(p, "file"), &v), ERR_INTERNAL);
    assert_null(v);
    vault_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_place(what_is_put_comes_back_by_its_hash),
        with_place(a_file_cannot_be_written_by_accident_or_read_by_others),
        with_place(putting_twice_writes_once),
        with_place(a_put_syncs_file_and_folder_and_a_get_nothing),
        with_place(what_was_never_put_is_an_expected_absence),
        with_place(the_limit_of_a_get_is_exact),
        with_place(more_than_one_file_may_hold_is_refused_before_it_is_read),
        with_place(the_largest_file_is_put_and_comes_back),
        with_place(every_bit_of_a_file_counts),
        with_place(a_file_that_grew_shrank_or_was_emptied_is_refused),
        with_place(a_file_that_was_deleted_is_absent),
        with_place(files_that_changed_places_are_both_refused),
        with_place(a_file_larger_than_any_is_refused_unread),
        with_place(what_is_no_plain_file_is_refused_without_waiting),
        with_place(an_altered_file_is_not_overwritten_by_a_put),
        with_place(foreign_files_are_told_apart),
        with_place(what_a_crash_left_is_no_content_and_no_obstacle),
        with_place(a_put_without_room_leaves_nothing_and_works_again),
        with_place(a_put_whose_bytes_come_back_altered_is_not_acknowledged),
        with_place(a_put_that_cannot_be_synced_is_not_acknowledged),
        with_place(what_was_acknowledged_survives_a_kill),
        with_place(a_listing_ends_with_the_first_failure),
        with_place(a_vault_is_found_again),
        with_place(a_folder_that_changes_its_name_stays_the_same_vault),
        with_place(a_vault_that_cannot_be_is_refused),
    };
    return cmocka_run_group_tests_name("vault", tests, NULL, NULL);
}
