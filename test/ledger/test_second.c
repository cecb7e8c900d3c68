/* SPDX-License-Identifier: Apache-2.0 */
/* Writes logs as folders of tiles and lets second.py, which knows nothing of this program, compute
 * their roots; then alters a file and expects it to notice. */

#include "ledger_test.h"

#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The hashes or entries of one level, as they stand in its tiles one after the other. */
struct levels {
    struct buf level[4]; /* level 0 to 2, then the entries */
};

static void keep(void *ctx, int level, uint64_t index, const struct hash *h)
{
    struct levels *l = ctx;
    if (level % 8) return;
    assert_in_range(level, 0, 16);
    assert_int_equal(l->level[level / 8].n, index * sizeof h->b);
    buf_put(&l->level[level / 8], h->b, sizeof h->b);
}

/* Makes the folders above a file. */
static void make_way(struct arena *a, const char *path)
{
    char *p = (char *)str_dup(a, str_of(path)).p;
    for (size_t i = 1; path[i]; i++) {
        if (path[i] != '/') continue;
        mkdir(str_c(a, (struct str){p, i}), 0700);
    }
}

static void write_tiles(struct turn *t, const char *folder, int level, struct bytes all,
                        size_t item)
{
    for (size_t i = 0; i * item < all.n; i += LEDGER_TILE_WIDTH) {
        size_t left = all.n / item - i;
        int width = left < LEDGER_TILE_WIDTH ? (int)left : LEDGER_TILE_WIDTH;
        struct str path = ledger_tile_path(t->arena, level, i / LEDGER_TILE_WIDTH, width);
        const char *whole = str_printf(t->arena, "%s/" STR_FMT, folder, STR_ARG(path)).p;
        make_way(t->arena, whole);
        struct bytes tile = {all.p + i * item, (size_t)width * item};
        assert_int_equal(file_write(t, whole, tile, 0600), ERR_OK);
    }
}

/* Writes a log of `size` leaves and gives the line second.py must print. */
static struct str write_log(struct turn *t, const char *folder, uint64_t size)
{
    struct ledger_edge e = {.size = 0};
    struct levels l;
    for (int i = 0; i < 4; i++) l.level[i] = buf_in(t->arena);
    for (uint64_t i = 0; i < size; i++) {
        struct hash data = leaf_data(i), leaf;
        ledger_leaf_hash(&data, &leaf);
        ledger_append(&e, &leaf, keep, &l);
        ledger_entry_put(&l.level[3], &data);
    }
    for (int level = 0; level < 3; level++)
        write_tiles(t, folder, level, buf_as_bytes(&l.level[level]), 32);
    write_tiles(t, folder, -1, buf_as_bytes(&l.level[3]), 34);
    struct ledger_checkpoint c = {.origin = STR("comity.xm/dts"), .size = size};
    ledger_root(&e, &c.root);
    struct ledger_vkey k = {.name = c.origin};
    uint8_t signature[64] = {0};
    struct str note =
        ledger_note_write(t->arena, ledger_checkpoint_text(t->arena, &c), &k, signature);
    const char *path = str_printf(t->arena, "%s/checkpoint", folder).p;
    assert_int_equal(file_write(t, path, str_bytes(note), 0600), ERR_OK);
    struct str root = hex(t->arena, hash_bytes(&c.root));
    return str_printf(t->arena, "%llu " STR_FMT "\n", (unsigned long long)size, STR_ARG(root));
}

/* Runs second.py with its output in a file of the folder; gives its exit code. */
static int second(struct turn *t, const char *folder, struct str *said)
{
    static const char script[] = "test/ledger/second.py";
    if (access(script, R_OK)) fail_msg("no %s: run the tests from the root of the source", script);
    const char *out = str_printf(t->arena, "%s/said", folder).p;
    const char *complaints = str_printf(t->arena, "%s/complaints", folder).p;
    char *const arguments[] = {(char *)"python3", (char *)script, (char *)folder, NULL};
    posix_spawn_file_actions_t to;
    pid_t pid;
    int status;
    posix_spawn_file_actions_init(&to);
    posix_spawn_file_actions_addopen(&to, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&to, 2, complaints, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(posix_spawnp(&pid, "python3", &to, NULL, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&to);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    struct bytes b;
    assert_int_equal(file_read(t, out, 4096, &b), ERR_OK);
    *said = bytes_str(b);
    return WEXITSTATUS(status);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static void remove_all(const char *folder)
{
    assert_int_equal(nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void an_outside_monitor_finds_the_same_roots(void **state)
{
    struct turn *t = *state;
    static const uint64_t sizes[] = {0, 1, 2, 255, 256, 257, 700, 65536 + 256 + 3};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char folder[] = "/tmp/comity-second-XXXXXX";
        assert_non_null(mkdtemp(folder));
        struct str said, expected = write_log(t, folder, sizes[i]);
        assert_int_equal(second(t, folder, &said), 0);
        assert_true(str_eq(said, expected));
        remove_all(folder);
    }
}

static void an_outside_monitor_notices_what_was_altered_or_taken_away(void **state)
{
    struct turn *t = *state;
    static const char *const files[] = {
        "tile/entries/000", "tile/entries/001", "tile/entries/002.p/188",
        "tile/0/000",       "tile/0/002.p/188", "tile/1/000.p/2",
        "checkpoint",
    };
    char folder[] = "/tmp/comity-second-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct str said;
    write_log(t, folder, 700);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *path = str_printf(t->arena, "%s/%s", folder, files[i]).p;
        struct bytes good, bad;
        assert_int_equal(file_read(t, path, 65536, &good), ERR_OK);
        bad = bytes_dup(t->arena, good);
        ((uint8_t *)bad.p)[30] ^= 1;
        assert_int_equal(file_write(t, path, bad, 0600), ERR_OK);
        assert_int_equal(second(t, folder, &said), 1);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(second(t, folder, &said), 1);
        assert_int_equal(file_write(t, path, good, 0600), ERR_OK);
    }
    assert_int_equal(second(t, folder, &said), 0);
    remove_all(folder);
}

int second_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(an_outside_monitor_finds_the_same_roots),
        with_turn(an_outside_monitor_notices_what_was_altered_or_taken_away),
    };
    return cmocka_run_group_tests_name("second", tests, NULL, NULL);
}
