/* SPDX-License-Identifier: Apache-2.0 */
/* Mail that waits in a folder: taken one by one, and none is lost. */

#include "net_test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder_up(struct turn *t)
{
    char *p = (char *)(uintptr_t)str_c(t->arena, STR("/tmp/comity-maildir-XXXXXX"));
    assert_non_null(mkdtemp(p));
    return p;
}

static void folder_down(struct turn *t, const char *folder)
{
    assert_int_equal(system(str_printf(t->arena, "rm -rf %s%c", folder, 0).p), 0);
}

static void put(struct turn *t, const char *folder, const char *name, const char *text)
{
    const char *path = str_printf(t->arena, "%s/new/%s%c", folder, name, 0).p;
    assert_int_equal(file_write(t, path, str_bytes(str_of(text)), 0600), ERR_OK);
}

static size_t listed(struct turn *t, const char *folder, struct net_maildir_entry **out)
{
    size_t n = 0;
    assert_int_equal(net_maildir_list(t, folder, 10, out, &n), ERR_OK);
    return n;
}

static bool is_there(struct turn *t, const char *folder, const char *name)
{
    struct stat st;
    return lstat(str_printf(t->arena, "%s/%s%c", folder, name, 0).p, &st) == 0;
}

static void messages_wait_in_order_until_they_are_taken(void **state)
{
    struct turn t = {.arena = *state};
    const char *folder = folder_up(&t);
    struct net_maildir_entry *all;
    struct bytes got;
    assert_int_equal(listed(&t, folder, &all), 0);
    put(&t, folder, "200.b", "second");
    put(&t, folder, "100.a", "first");
    assert_int_equal(listed(&t, folder, &all), 2);
    assert_true(str_is(all[0].name, "100.a") && all[0].size == 5);
    assert_int_equal(net_maildir_read(&t, folder, all[0].name, 100, &got), ERR_OK);
    assert_true(bytes_eq(got, str_bytes(STR("first"))));
    /* Read and not taken: it is there again. */
    assert_int_equal(listed(&t, folder, &all), 2);
    assert_int_equal(net_maildir_taken(&t, folder, STR("100.a")), ERR_OK);
    assert_int_equal(net_maildir_taken(&t, folder, STR("100.a")), ERR_OK);
    assert_true(is_there(&t, folder, "cur/100.a:2,S"));
    assert_int_equal(listed(&t, folder, &all), 1);
    assert_true(str_is(all[0].name, "200.b"));
    assert_int_equal(net_maildir_read(&t, folder, STR("100.a"), 100, &got), ERR_NONE_SUCH);
    turn_forgive(&t);
    size_t n;
    put(&t, folder, "300.c", "third");
    assert_int_equal(net_maildir_list(&t, folder, 1, &all, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_true(str_is(all[0].name, "200.b"));
    folder_down(&t, folder);
}

static void one_that_is_too_large_stays(void **state)
{
    struct turn t = {.arena = *state};
    const char *folder = folder_up(&t);
    struct net_maildir_entry *all;
    struct bytes got;
    listed(&t, folder, &all);
    put(&t, folder, "1", "12345");
    assert_int_equal(net_maildir_read(&t, folder, STR("1"), 5, &got), ERR_OK);
    assert_int_equal(net_maildir_read(&t, folder, STR("1"), 4, &got), ERR_TOO_LARGE);
    turn_forgive(&t);
    assert_int_equal(listed(&t, folder, &all), 1);
    folder_down(&t, folder);
}

static void what_is_no_message_is_left_alone(void **state)
{
    struct turn t = {.arena = *state};
    const char *folder = folder_up(&t);
    struct net_maildir_entry *all;
    struct bytes got;
    listed(&t, folder, &all);
    put(&t, folder, ".hidden", "x");
    assert_int_equal(mkdir(str_printf(t.arena, "%s/new/dir%c", folder, 0).p, 0700), 0);
    assert_int_equal(symlink("/etc/passwd", str_printf(t.arena, "%s/new/link%c", folder, 0).p), 0);
    assert_int_equal(listed(&t, folder, &all), 0);
    static const char *const names[] = {"link", "dir", "../new/x", "..", "", ".hidden", "a/b"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(net_maildir_read(&t, folder, str_of(names[i]), 100, &got), ERR_USAGE);
        turn_forgive(&t);
    }
    assert_int_equal(net_maildir_taken(&t, folder, STR("../x")), ERR_USAGE);
    turn_forgive(&t);
    assert_int_equal(net_maildir_taken(&t, folder, STR("never-was")), ERR_NONE_SUCH);
    turn_forgive(&t);
    folder_down(&t, folder);
    assert_int_equal(net_maildir_list(&t, folder, 1, &all, &(size_t){0}), ERR_NONE_SUCH);
    turn_forgive(&t);
}

int maildir_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(messages_wait_in_order_until_they_are_taken),
        with_arena(one_that_is_too_large_stays),
        with_arena(what_is_no_message_is_left_alone),
    };
    return cmocka_run_group_tests_name("maildir", tests, NULL, NULL);
}
