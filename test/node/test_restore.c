/* SPDX-License-Identifier: Apache-2.0 */
/* A node copied and put back: what is in a backup, what is refused, and what becomes of a backup
 * that was altered. Tries src/node/backup.c, src/node/copies.c and src/node/restore.c. */

#include "node_test.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct cli_progress nobody;

struct bench {
    struct place p;
    const char *dir, *to, *keys, *again;
    const struct tree *view;
};

static int up(void **state)
{
    struct bench *b = test_calloc(1, sizeof *b);
    place_make(&b->p);
    b->dir = place_node(&b->p, "n", "XN", 7999);
    b->to = node_path(b->p.a, b->p.dir, "backup");
    b->keys = node_path(b->p.a, b->p.dir, "keys");
    b->again = node_path(b->p.a, b->p.dir, "again");
    assert_ok(&b->p, node_backup(&b->p.t, b->dir, b->to, b->keys, &nobody, &b->view));
    *state = b;
    return 0;
}

static int down(void **state)
{
    struct bench *b = *state;
    place_end(&b->p);
    test_free(b);
    return 0;
}

static bool is_there(struct bench *b, const char *dir, const char *name)
{
    return access(node_path(b->p.a, dir, name), F_OK) == 0;
}

static void assert_refused(struct bench *b, err got, err e, const char *code)
{
    assert_int_equal(got, e);
    assert_string_equal(b->p.t.fault.code, code);
    turn_forgive(&b->p.t);
}

static err put_back(struct bench *b, const char *dir, const char *keys)
{
    turn_forgive(&b->p.t);
    return node_restore(&b->p.t, b->to, dir, keys, &nobody, &b->view);
}

static void a_backup_holds_everything_but_the_keys(void **state)
{
    struct bench *b = *state;
    static const char *const files[] = {"comity.db", "comity.yaml", "profile.cms",
                                        "root.pem",  "vault",       "backup.json"};
    for (size_t k = 0; k < sizeof files / sizeof *files; k++)
        assert_true(is_there(b, b->to, files[k]));
    assert_false(is_there(b, b->to, "keys"));
    assert_false(is_there(b, b->to, "root"));
    struct stat st;
    assert_int_equal(stat(node_path(b->p.a, b->keys, "ledger.key"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_true(is_there(b, b->keys, "csb/seal.key"));
    assert_true(tree_int(b->view, "records", 0) > 0);
    assert_refused(b, node_backup(&b->p.t, b->dir, b->to, NULL, &nobody, &b->view), ERR_CONFLICT,
                   "backup-there");
}

static void what_is_put_back_is_another_incarnation(void **state)
{
    struct bench *b = *state;
    assert_ok(&b->p, put_back(b, b->again, b->keys));
    int64_t life = tree_int(b->view, "incarnation", 0), kept;
    assert_true(life > 1);
    assert_ok(&b->p, node_life_read(&b->p.t, node_path(b->p.a, b->again, "keys"), &kept));
    assert_int_equal(kept, life);
    struct desk *d;
    const struct tree *v;
    auto_arena a = arena_new();
    struct turn t = b->p.t;
    t.arena = a;
    assert_ok(&b->p, node_desk_open(&t, b->again, true, &d));
    assert_ok(&b->p, desk_whole(d, &t));
    assert_ok(&b->p, node_desk_turn(&t, d, DESK_FSCK, NULL, &v));
    struct str note;
    assert_ok(&b->p, desk_head(d, &t, &note));
    assert_true(str_starts(note, str_c(a, str_printf(a, "comity.xn/csb/%lld\n", (long long)life))));
}

static void a_store_that_is_there_is_not_touched(void **state)
{
    struct bench *b = *state;
    assert_refused(b, put_back(b, b->dir, NULL), ERR_CONFLICT, "store-there");
    assert_ok(&b->p, node_life_read(&b->p.t, node_path(b->p.a, b->dir, "keys"), &(int64_t){0}));
    assert_false(is_there(b, b->dir, "keys/incarnation"));
}

static void keys_are_needed_and_are_not_replaced(void **state)
{
    struct bench *b = *state;
    assert_refused(b, put_back(b, b->again, NULL), ERR_USAGE, "keys-missing");
    assert_int_equal(
        rename(node_path(b->p.a, b->dir, "comity.db"), node_path(b->p.a, b->dir, "aside")), 0);
    (void)unlink(node_path(b->p.a, b->dir, "comity.db-wal"));
    assert_refused(b, put_back(b, b->dir, b->keys), ERR_CONFLICT, "keys-there");
    assert_ok(&b->p, put_back(b, b->dir, NULL)); /* with its own, and the head they signed */
    assert_true(tree_int(b->view, "size", 0) > 0);
}

static void each_restore_has_a_number_of_its_own(void **state)
{
    struct bench *b = *state;
    assert_ok(&b->p, put_back(b, b->again, b->keys));
    int64_t first = tree_int(b->view, "incarnation", 0);
    assert_int_equal(unlink(node_path(b->p.a, b->again, "comity.db")), 0);
    (void)unlink(node_path(b->p.a, b->again, "comity.db-wal"));
    assert_ok(&b->p, put_back(b, b->again, NULL));
    assert_true(tree_int(b->view, "incarnation", 0) > first);
}

static void an_unfinished_or_altered_backup_is_not_put_back(void **state)
{
    struct bench *b = *state;
    struct bytes data;
    const char *db = node_path(b->p.a, b->to, "comity.db");
    assert_ok(&b->p, file_read(&b->p.t, db, 64 << 20, &data));
    uint8_t *bent = (uint8_t *)(uintptr_t)data.p;
    size_t flipped = 0;
    for (size_t k = data.n / 2; k + 64 < data.n && !flipped; k++)
        if (memcmp(bent + k, "act", 3) == 0) bent[k] ^= ' ', flipped++;
    assert_int_equal(flipped, 1);
    assert_ok(&b->p, file_write(&b->p.t, db, data, 0600));
    assert_true(put_back(b, b->again, b->keys) != ERR_OK);
    turn_forgive(&b->p.t);
    assert_false(is_there(b, b->again, "comity.db"));
    assert_false(is_there(b, b->again, "comity.yaml"));
    assert_int_equal(unlink(node_path(b->p.a, b->to, "backup.json")), 0);
    assert_refused(b, put_back(b, b->again, NULL), ERR_NONE_SUCH, "backup-none-such");
}

int test_restore(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, up, down)
        T(a_backup_holds_everything_but_the_keys),
        T(what_is_put_back_is_another_incarnation),
        T(a_store_that_is_there_is_not_touched),
        T(keys_are_needed_and_are_not_replaced),
        T(each_restore_has_a_number_of_its_own),
        T(an_unfinished_or_altered_backup_is_not_put_back),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
