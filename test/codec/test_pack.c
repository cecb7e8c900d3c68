/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/codec/pack.c: messages between processes come back as they went, and nothing else is
 * taken for one. */

#include "codec_test.h"

static struct bytes sample(struct arena *a)
{
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "word", STR("read"));
    tree_add_int(a, m, "low", -TREE_INT_MAX);
    tree_add_bool(a, m, "yes", true);
    tree_add_bool(a, m, "no", false);
    tree_add_null(a, m, "none");
    struct tree *list = tree_add_list(a, m, "list");
    tree_add_str(a, list, NULL, STR(""));
    tree_add_map(a, list, NULL);
    static const uint8_t any[] = {0xff, 0x00, 0xc0};
    struct pack p = {.head = m, .parts = {{any, sizeof any}, {NULL, 0}, {any, 1}}, .n = 3};
    return pack_write(a, &p);
}

static void a_message_comes_back_with_its_parts(void **state)
{
    struct turn *t = *state;
    struct bytes b = sample(t->arena);
    struct pack m;
    assert_int_equal(pack_read(t, b, &codec_limits, &m), ERR_OK);
    assert_text(tree_str(m.head, "word"), "read");
    assert_true(tree_int(m.head, "low", 0) == -TREE_INT_MAX);
    assert_true(tree_bool(m.head, "yes", false) && !tree_bool(m.head, "no", true));
    assert_int_equal(tree_get(m.head, "none")->kind, TREE_NULL);
    assert_int_equal(tree_get(m.head, "list")->count, 2);
    assert_int_equal(m.n, 3);
    assert_int_equal(pack_part(&m, 0).n, 3);
    assert_int_equal(pack_part(&m, 0).p[2], 0xc0);
    assert_int_equal(pack_part(&m, 1).n, 0);
    assert_int_equal(pack_part(&m, 7).n, 0);
    assert_true(bytes_eq(pack_write(t->arena, &m), b));
}

static void whatever_is_cut_short_is_refused_or_has_fewer_parts(void **state)
{
    struct turn *t = *state;
    struct bytes b = sample(t->arena);
    struct pack m;
    size_t refused = 0;
    for (size_t n = 0; n < b.n; n++) {
        struct bytes cut = bytes_dup(t->arena, (struct bytes){b.p, n});
        if (pack_read(t, cut, &codec_limits, &m) == ERR_OK) {
            assert_true(m.n < 3);
            continue;
        }
        refused++;
        turn_forgive(t);
    }
    assert_true(refused > b.n - 10);
}

static void what_has_another_spelling_is_refused(void **state)
{
    struct turn *t = *state;
    static const struct {
        const char *bytes;
        size_t n;
    } rows[] = {
        {"", 0},                                                         /* nothing */
        {"\x05\0\0\0\0", 5},                                             /* a list */
        {"\x06\0\0\0\1\0\0\0\1a\x07", 11},                               /* no such kind */
        {"\x06\0\0\0\1\0\0\0\1a\4\0\0\0\1\xff", 16},                     /* not UTF-8 */
        {"\x06\0\0\0\1\0\0\0\1\xff\0", 11},                              /* nor a key */
        {"\x06\0\0\0\2\0\0\0\1a\0\0\0\0\1a\1", 17},                      /* a key twice */
        {"\x06\0\0\0\1\0\0\0\1a\3\x7f\xff\xff\xff\xff\xff\xff\xff", 19}, /* beyond 2^53 */
        {"\x06\0\0\0\0\0\0\0\5abc", 12},                                 /* a part cut short */
        {"\x06\xff\xff\xff\xff", 5},                                     /* more than is there */
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct pack m;
        struct bytes in = {(const uint8_t *)rows[k].bytes, rows[k].n};
        in = bytes_dup(t->arena, in);
        assert_refused(t, pack_read(t, in, &codec_limits, &m), ERR_REJECTED, "pack", NULL,
                       rows[k].bytes);
    }
}

static void limits_hold(void **state)
{
    struct turn *t = *state;
    struct pack m;
    struct bytes b = sample(t->arena);
    static const struct tree_limits small = {10, 16, 64}, flat = {4096, 1, 64}, few = {4096, 16, 4};
    assert_refused(t, pack_read(t, b, &small, &m), ERR_TOO_LARGE, "size", NULL, "small");
    assert_refused(t, pack_read(t, b, &flat, &m), ERR_REJECTED, "depth", NULL, "flat");
    assert_refused(t, pack_read(t, b, &few, &m), ERR_TOO_LARGE, "count", NULL, "few");
    struct buf many = buf_in(t->arena);
    buf_put(&many, "\x06\0\0\0\0", 5);
    for (int k = 0; k <= PACK_PARTS_MAX; k++) buf_be(&many, 0, 4);
    assert_refused(t, pack_read(t, buf_as_bytes(&many), &codec_limits, &m), ERR_REJECTED, "pack",
                   NULL, "parts");
}

int pack_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_turn(a_message_comes_back_with_its_parts),
        with_turn(whatever_is_cut_short_is_refused_or_has_fewer_parts),
        with_turn(what_has_another_spelling_is_refused),
        with_turn(limits_hold),
    };
    return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
