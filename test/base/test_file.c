/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/base/file.c: whole or not at all, limits, and what cannot be read. */

#include "base_test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char folder[64];
    struct turn turn;
};

static int place_up(void **state)
{
    struct arena *a = arena_new();
    struct place *p = arena_take(a, sizeof *p);
    memcpy(p->folder, "/tmp/comity-base-XXXXXX", sizeof "/tmp/comity-base-XXXXXX");
    p->turn.arena = a;
    *state = p;
    return mkdtemp(p->folder) ? 0 : -1;
}

static const char *in(struct place *p, const char *name)
{
    return str_printf(p->turn.arena, "%s/%s", p->folder, name).p;
}

static int place_down(void **state)
{
    struct place *p = *state;
    static const char *const names[] = {"a", "a.new", "pipe"};
    for (size_t i = 0; i < 3; i++) unlink(in(p, names[i]));
    int gone = rmdir(p->folder);
    arena_free(p->turn.arena);
    return gone;
}

static void what_is_written_is_read_back(void **state)
{
    struct place *p = *state;
    for (size_t n = 0; n < 300000; n = n * 7 + 1) {
        uint8_t *bytes = arena_take(p->turn.arena, n);
        for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)(i * 31);
        struct bytes back;
        assert_int_equal(file_write(&p->turn, in(p, "a"), (struct bytes){bytes, n}, 0600), ERR_OK);
        assert_int_equal(file_read(&p->turn, in(p, "a"), n, &back), ERR_OK);
        assert_true(bytes_eq(back, (struct bytes){bytes, n}));
    }
}

static void a_file_above_the_limit_is_refused(void **state)
{
    struct place *p = *state;
    struct bytes out = {NULL, 77};
    assert_int_equal(file_write(&p->turn, in(p, "a"), str_bytes(STR("four")), 0600), ERR_OK);
    assert_int_equal(file_read(&p->turn, in(p, "a"), 3, &out), ERR_TOO_LARGE);
    assert_int_equal(out.n, 77);
    assert_non_null(strstr(p->turn.fault.sentence, "the limit is 3"));
}

static void a_missing_file_is_an_expected_absence(void **state)
{
    struct place *p = *state;
    struct bytes out;
    assert_int_equal(file_read(&p->turn, in(p, "a"), 10, &out), ERR_NONE_SUCH);
    turn_forgive(&p->turn);
    assert_int_equal(file_read(&p->turn, in(p, "no/where"), 10, &out), ERR_NONE_SUCH);
}

static void a_folder_and_a_pipe_are_not_files(void **state)
{
    struct place *p = *state;
    struct bytes out;
    assert_int_equal(file_read(&p->turn, p->folder, 1 << 20, &out), ERR_REJECTED);
    assert_int_equal(mkfifo(in(p, "pipe"), 0600), 0);
    assert_int_equal(file_read(&p->turn, in(p, "pipe"), 10, &out), ERR_REJECTED);
}

static void the_mode_is_the_one_asked_for(void **state)
{
    struct place *p = *state;
    struct stat st;
    assert_int_equal(file_write(&p->turn, in(p, "a"), str_bytes(STR("key")), 0400), ERR_OK);
    assert_int_equal(stat(in(p, "a"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0400);
}

static void a_rest_of_an_interrupted_write_is_in_nobodys_way(void **state)
{
    struct place *p = *state;
    struct bytes out;
    assert_int_equal(symlink("/dev/null", in(p, "a.new")), 0);
    assert_int_equal(file_write(&p->turn, in(p, "a"), str_bytes(STR("whole")), 0600), ERR_OK);
    assert_int_equal(file_read(&p->turn, in(p, "a"), 10, &out), ERR_OK);
    assert_text(bytes_str(out), "whole");
    assert_int_equal(access(in(p, "a.new"), F_OK), -1);
}

static void a_write_that_fails_leaves_the_old_file(void **state)
{
    struct place *p = *state;
    struct bytes out;
    assert_int_equal(file_write(&p->turn, in(p, "a"), str_bytes(STR("old")), 0600), ERR_OK);
    assert_int_equal(mkdir(in(p, "a.new"), 0700), 0);
    assert_int_equal(file_write(&p->turn, in(p, "a"), str_bytes(STR("new")), 0600), ERR_INTERNAL);
    assert_int_equal(rmdir(in(p, "a.new")), 0);
    turn_forgive(&p->turn);
    assert_int_equal(file_read(&p->turn, in(p, "a"), 10, &out), ERR_OK);
    assert_text(bytes_str(out), "old");
}

static void a_missing_folder_is_an_expected_absence(void **state)
{
    struct place *p = *state;
    assert_int_equal(file_write(&p->turn, in(p, "no/a"), str_bytes(STR("x")), 0600), ERR_NONE_SUCH);
}

static void the_system_has_words_for_every_error(void **state)
{
    (void)state;
    assert_string_equal(errno_words(ENOSPC), "No space left on device");
    assert_string_equal(errno_words(-1), "unknown error");
}

#define with_place(test) cmocka_unit_test_setup_teardown(test, place_up, place_down)

int file_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_place(what_is_written_is_read_back),
        with_place(a_file_above_the_limit_is_refused),
        with_place(a_missing_file_is_an_expected_absence),
        with_place(a_folder_and_a_pipe_are_not_files),
        with_place(the_mode_is_the_one_asked_for),
        with_place(a_rest_of_an_interrupted_write_is_in_nobodys_way),
        with_place(a_write_that_fails_leaves_the_old_file),
        with_place(a_missing_folder_is_an_expected_absence),
        cmocka_unit_test(the_system_has_words_for_every_error),
    };
    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
