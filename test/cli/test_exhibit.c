/* SPDX-License-Identifier: Apache-2.0 */
/* Large files: handed in piece after piece, and got out the same way. What a node makes of the
 * pieces is tested where there is one: test/desk, test/post, test/journey. */

#include "cli_test.h"

#include "seal/seal.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file of `n` bytes of "x". */
static const char *large(struct bench *b, const char *name, size_t n)
{
    const char *file = bench_file(b, name, "x");
    uint8_t *p = arena_take(b->arena, n);
    memset(p, 'x', n);
    assert_int_equal(file_write(&b->c->t, file, (struct bytes){p, n}, 0600), ERR_OK);
    return file;
}

static const struct tree *attached(struct bench *b, const char *file)
{
    assert_int_equal(bench_args(b, "act", "XN-1", "acknowledge", "--attach", file, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    return tree_get(tree_get(b->c->view, "args"), "documents")->child;
}

static void a_file_beyond_the_limit_is_handed_in_as_an_exhibit(void **state)
{
    struct bench *b = *state;
    const struct tree *one = attached(b, large(b, "disk.img", DESK_EXHIBIT_ABOVE + 1));
    assert_true(str_is(tree_str(one, "name"), "disk.img"));
    assert_true(str_is(tree_str(one, "exhibit"), "e-1"));
    assert_null(tree_get(one, "data"));
    one = attached(b, large(b, "small.img", DESK_EXHIBIT_ABOVE));
    assert_null(tree_get(one, "exhibit"));
    assert_non_null(tree_get(one, "data"));
}

static void a_document_is_written_segment_by_segment_and_compared(void **state)
{
    struct bench *b = *state;
    struct stat st;
    const char *file = bench_file(b, "out.img", NULL);
    assert_int_equal(bench_args(b, "document", "XN-1", "disk.img", "-o", file, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_size, SEAL_SEGMENT_SIZE + 3);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(tree_int(b->c->view, "size", 0), SEAL_SEGMENT_SIZE + 3);
    assert_int_equal(bench_run(b), ERR_CONFLICT); /* it is there */
}

static void a_document_that_is_not_what_the_act_names_is_told(void **state)
{
    struct bench *b = *state;
    const char *file = bench_file(b, "other.img", NULL);
    assert_int_equal(bench_args(b, "document", "XN-1", "other.img", "-o", file, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_INTEGRITY);
    assert_int_equal(bench_args(b, "document", "XN-1", "none", "-o", file, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_NONE_SUCH);
}

int exhibit_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_node(a_file_beyond_the_limit_is_handed_in_as_an_exhibit),
        with_node(a_document_is_written_segment_by_segment_and_compared),
        with_node(a_document_that_is_not_what_the_act_names_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
