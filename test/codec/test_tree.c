/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/codec/tree.c: building, reading, replacing and comparing trees. */

#include "codec_test.h"

#include "codec/inner.h"

static struct tree *sample(struct arena *a)
{
    struct tree *t = tree_map(a);
    tree_add_str(a, t, "ref", STR("XN-1"));
    tree_add_int(a, t, "days", 90);
    tree_add_bool(a, t, "urgent", true);
    tree_add_null(a, t, "end");
    struct tree *law = tree_add_map(a, t, "law");
    tree_add_str(a, law, "instrument", STR("un-cybercrime"));
    struct tree *kinds = tree_add_list(a, t, "kinds");
    tree_add_str(a, kinds, NULL, STR("preservation"));
    tree_add_str(a, kinds, NULL, STR("extradition"));
    return t;
}

static void what_was_added_is_found_by_its_key(void **state)
{
    struct turn *t = *state;
    const struct tree *s = sample(t->arena);
    assert_int_equal(s->count, 6);
    assert_text(tree_str(s, "ref"), "XN-1");
    assert_int_equal(tree_int(s, "days", 0), 90);
    assert_true(tree_bool(s, "urgent", false));
    assert_int_equal(tree_get(s, "end")->kind, TREE_NULL);
    assert_text(tree_at(s, "law.instrument")->str, "un-cybercrime");
    assert_true(tree_has_str(tree_get(s, "kinds"), STR("extradition")));
}

static void what_is_shared_stands_in_both_and_is_not_copied(void **state)
{
    struct turn *t = *state;
    struct tree *s = sample(t->arena), *to = tree_map(t->arena), *list = tree_list(t->arena);
    tree_add_int(t->arena, to, "first", 1);
    assert_non_null(tree_add_shared(t->arena, to, "view", s));
    tree_add_int(t->arena, to, "last", 2);
    assert_int_equal(to->count, 3);
    assert_ptr_equal(tree_get(to, "view")->child, s->child);
    assert_text(tree_str(tree_get(to, "view"), "ref"), "XN-1");
    assert_int_equal(tree_int(to, "last", 0), 2);
    assert_non_null(tree_add_shared(t->arena, list, NULL, tree_get(s, "kinds")));
    assert_int_equal(list->child->count, 2);
    assert_int_equal(tree_get(s, "kinds")->key.n, 5); /* the first one keeps its name and place */
    assert_int_equal(s->count, 6);
    assert_null(tree_add_shared(t->arena, to, "none", NULL));
    assert_int_equal(to->count, 3);
}

static void what_is_absent_or_of_another_kind_is_answered_as_absent(void **state)
{
    struct turn *t = *state;
    const struct tree *s = sample(t->arena);
    assert_null(tree_get(s, "reff"));
    assert_null(tree_get(s, "re"));
    assert_null(tree_get(tree_get(s, "ref"), "x"));
    assert_null(tree_get(tree_get(s, "kinds"), ""));
    assert_int_equal(tree_str(s, "days").n, 0);
    assert_int_equal(tree_int(s, "ref", -7), -7);
    assert_int_equal(tree_int(s, "urgent", -7), -7);
    assert_true(tree_bool(s, "days", true));
    assert_false(tree_bool(s, "days", false));
    assert_false(tree_has_str(tree_get(s, "kinds"), STR("mla")));
    assert_false(tree_has_str(s, STR("XN-1")));
    assert_null(tree_at(s, "law.instrument.x"));
    assert_null(tree_at(s, "law..instrument"));
    assert_null(tree_at(s, "law."));
    assert_null(tree_at(s, ".law"));
    assert_null(tree_at(s, ""));
}

static void no_tree_at_all_is_answered_as_absent(void **state)
{
    (void)state;
    assert_null(tree_get(NULL, "a"));
    assert_null(tree_get_s(NULL, STR("a")));
    assert_null(tree_at(NULL, "a.b"));
    assert_int_equal(tree_str(NULL, "a").n, 0);
    assert_int_equal(tree_int(NULL, "a", 3), 3);
    assert_true(tree_bool(NULL, "a", true));
    assert_false(tree_has_str(NULL, STR("a")));
    assert_true(tree_eq(NULL, NULL));
}

static void a_copy_is_deep_and_equal(void **state)
{
    struct turn *t = *state;
    char text[] = "before";
    struct tree *from = tree_list(t->arena);
    tree_add_str(t->arena, from, NULL, (struct str){text, 6});
    struct tree *to = tree_map(t->arena);
    const struct tree *copy = tree_add_copy(t->arena, to, "list", from);
    assert_true(tree_eq(copy, from));
    text[0] = 'B';
    assert_false(tree_eq(copy, from));
    assert_text(copy->child->str, "before");
    assert_text(copy->key, "list");
}

static void an_absent_value_is_neither_added_nor_set(void **state)
{
    struct turn *t = *state;
    struct tree *s = sample(t->arena);
    assert_null(tree_add_copy(t->arena, s, "new", NULL));
    tree_set(t->arena, s, STR("ref"), NULL);
    assert_true(tree_eq(s, sample(t->arena)));
}

static void setting_replaces_in_place_and_otherwise_adds_at_the_end(void **state)
{
    struct turn *t = *state;
    struct arena *a = t->arena;
    struct tree *s = tree_map(a);
    tree_add_int(a, s, "a", 1);
    tree_add_int(a, s, "b", 2);
    tree_add_int(a, s, "c", 3);
    tree_set(a, s, STR("a"), tree_get(s, "c"));
    tree_set(a, s, STR("b"), tree_add_null(a, tree_list(a), NULL));
    tree_set(a, s, STR("c"), tree_map(a));
    tree_set(a, s, STR("d"), s);
    assert_text(json_write(a, s),
                "{\"a\":3,\"b\":null,\"c\":{},\"d\":{\"a\":3,\"b\":null,\"c\":{}}}");
    assert_int_equal(s->count, 4);
    assert_ptr_equal(s->last, tree_get(s, "d"));
    tree_add_int(a, s, "e", 5);
    assert_int_equal(tree_int(s, "e", 0), 5);
}

static void maps_are_equal_in_any_order_and_lists_only_in_one(void **state)
{
    struct turn *t = *state;
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true},
        {"{\"a\":1,\"b\":2}", "{\"b\":1,\"a\":2}", false},
        {"{\"a\":1,\"b\":2}", "{\"a\":1}", false},
        {"{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", false},
        {"[1,2]", "[2,1]", false},
        {"[1,2]", "[1,2]", true},
        {"[1,2]", "[1,2,3]", false},
        {"[]", "{}", false},
        {"0", "false", false},
        {"null", "false", false},
        {"\"1\"", "1", false},
        {"\"a\"", "\"a\"", true},
        {"true", "true", true},
        {"true", "false", false},
        {"{\"x\":[{\"a\":1,\"b\":[]}]}", "{\"x\":[{\"b\":[],\"a\":1}]}", true},
        {"{\"x\":[{\"a\":1,\"b\":[]}]}", "{\"x\":[{\"b\":[0],\"a\":1}]}", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tree *a, *b;
        assert_int_equal(json_read(t, bytes_of(rows[i].a), &codec_limits, &a), ERR_OK);
        assert_int_equal(json_read(t, bytes_of(rows[i].b), &codec_limits, &b), ERR_OK);
        assert_int_equal(tree_eq(a, b), rows[i].same);
        assert_int_equal(tree_eq(b, a), rows[i].same);
        assert_false(tree_eq(a, NULL));
        assert_false(tree_eq(NULL, a));
    }
}

static void members_sort_as_utf_16_and_not_as_utf_8(void **state)
{
    struct turn *t = *state;
    struct tree *m = tree_map(t->arena);
    /* U+FB33, U+1F600, U+D7FF, U+E000, "z", "", "zz": surrogates stand before U+E000. */
    static const char *const keys[] = {
        "\xef\xac\xb3", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xee\x80\x80", "z", "", "zz"};
    static const char *const sorted[] = {
        "", "z", "zz", "\xed\x9f\xbf", "\xf0\x9f\x98\x80", "\xee\x80\x80", "\xef\xac\xb3"};
    for (size_t i = 0; i < 7; i++) tree_add_null(t->arena, m, keys[i]);
    const struct tree **all = tree_sorted(t->arena, m);
    for (size_t i = 0; i < 7; i++) assert_text(all[i]->key, sorted[i]);
}

static void two_large_maps_in_opposite_order_are_compared_in_time(void **state)
{
    struct turn *t = *state;
    enum { MANY = 60000 };
    struct tree *up = tree_map(t->arena);
    struct tree *down = tree_map(t->arena);
    for (int i = 0; i < MANY; i++) {
        tree_add_int(t->arena, up, str_c(t->arena, str_printf(t->arena, "%05d", i)), i);
        int j = MANY - 1 - i;
        tree_add_int(t->arena, down, str_c(t->arena, str_printf(t->arena, "%05d", j)), j);
    }
    assert_true(tree_eq(up, down));
    tree_add_null(t->arena, up, "x");
    tree_add_null(t->arena, down, "y");
    assert_false(tree_eq(up, down));
}

static void a_quotation_is_short(void **state)
{
    struct turn *t = *state;
    assert_text(codec_quote(t->arena, STR("short")), "short");
    assert_int_equal(codec_quote(t->arena, repeat(t->arena, "x", 40)).n, 40);
    struct str cut = codec_quote(t->arena, repeat(t->arena, "x", 41));
    assert_int_equal(cut.n, 40);
    assert_true(str_ends(cut, "xx..."));
}

int tree_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_turn(what_was_added_is_found_by_its_key),
        with_turn(what_is_shared_stands_in_both_and_is_not_copied),
        with_turn(what_is_absent_or_of_another_kind_is_answered_as_absent),
        with_turn(no_tree_at_all_is_answered_as_absent),
        with_turn(a_copy_is_deep_and_equal),
        with_turn(an_absent_value_is_neither_added_nor_set),
        with_turn(setting_replaces_in_place_and_otherwise_adds_at_the_end),
        with_turn(maps_are_equal_in_any_order_and_lists_only_in_one),
        with_turn(members_sort_as_utf_16_and_not_as_utf_8),
        with_turn(two_large_maps_in_opposite_order_are_compared_in_time),
        with_turn(a_quotation_is_short),
    };
    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
