/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a map by table, and the addresses of authorities. */

#include "proof_test.h"

static const struct field fields[] = {{"name", TREE_STR, false}, {"size", TREE_INT, true}};

static err require(struct turn *t, const char *json, bool closed)
{
    struct tree *map;
    assert_int_equal(json_read(t, str_bytes(str_of(json)), &codec_limits, &map), ERR_OK);
    return FIELDS_REQUIRE(t, map, fields, closed, "a format");
}

static void a_map_with_its_members_is_taken(void **state)
{
    assert_int_equal(require(*state, "{\"name\":\"x\",\"size\":1}", true), ERR_OK);
}

static void a_member_that_may_lack_may_lack(void **state)
{
    assert_int_equal(require(*state, "{\"name\":\"x\"}", true), ERR_OK);
}

static void a_missing_member_is_named(void **state)
{
    struct turn *t = *state;
    err e = require(t, "{\"size\":1}", true);
    assert_string_equal(t->fault.particular, "name");
    assert_string_equal(t->fault.article, "a format");
    assert_fault(t, e, ERR_REJECTED, "form");
}

static void a_member_of_another_kind_is_refused_even_where_it_may_lack(void **state)
{
    struct turn *t = *state;
    assert_fault(t, require(t, "{\"name\":7}", true), ERR_REJECTED, "form");
    assert_fault(t, require(t, "{\"name\":\"x\",\"size\":\"1\"}", true), ERR_REJECTED, "form");
    assert_fault(t, require(t, "{\"name\":\"x\",\"size\":null}", true), ERR_REJECTED, "form");
}

static void a_closed_format_has_no_other_members_and_an_open_one_may(void **state)
{
    struct turn *t = *state;
    const char *json = "{\"name\":\"x\",\"new\":true}";
    assert_fault(t, require(t, json, true), ERR_REJECTED, "form");
    assert_int_equal(require(t, json, false), ERR_OK);
}

static void what_is_no_map_is_refused(void **state)
{
    struct turn *t = *state;
    assert_fault(t, require(t, "[]", false), ERR_REJECTED, "form");
    assert_fault(t, FIELDS_REQUIRE(t, NULL, fields, false, "a format"), ERR_REJECTED, "form");
}

static void an_address_is_a_state_and_an_authority(void **state)
{
    (void)state;
    static const char *const good[] = {"XN/csb", "XM/d", "AZ/moj-2"};
    static const char *const bad[] = {"",        "XN",     "XN/",    "xn/csb",
                                      "XNX/csb", "XN/CSB", "XN csb", "XN/csb/a",
                                      "XN/c\nb", "XN/ü",   "X/csbx"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!address_is_sound(str_of(good[i]))) fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (address_is_sound(str_of(bad[i]))) fail_msg("%s", bad[i]);
    char longest[65] = "XN/";
    for (size_t i = 3; i < sizeof longest; i++) longest[i] = 'a';
    assert_true(address_is_sound((struct str){longest, 64}));
    assert_false(address_is_sound((struct str){longest, 65}));
}

static void a_hash_and_base64_have_one_spelling(void **state)
{
    struct turn *t = *state;
    struct arena *a = t->arena;
    struct tree *map = tree_map(a);
    struct hash h = {{1, 2, 3}}, h_out;
    struct bytes b_out;
    tree_add_str(a, map, "hash", hex(a, hash_bytes(&h)));
    tree_add_str(a, map, "upper", STR("AB"));
    tree_add_str(a, map, "loose", STR("AA="));
    tree_add_str(a, map, "empty", STR(""));
    tree_add_str(a, map, "good", STR("AAE="));
    assert_int_equal(field_hash(t, map, "hash", "a format", &h_out), ERR_OK);
    assert_true(hash_eq(&h, &h_out));
    assert_fault(t, field_hash(t, map, "upper", "a format", &h_out), ERR_REJECTED, "form");
    assert_fault(t, field_hash(t, map, "none", "a format", &h_out), ERR_REJECTED, "form");
    assert_int_equal(field_base64(t, map, "good", "a format", &b_out), ERR_OK);
    assert_int_equal(b_out.n, 2);
    assert_fault(t, field_base64(t, map, "loose", "a format", &b_out), ERR_REJECTED, "form");
    assert_fault(t, field_base64(t, map, "empty", "a format", &b_out), ERR_REJECTED, "form");
}

int field_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_turn(a_map_with_its_members_is_taken),
        with_turn(a_member_that_may_lack_may_lack),
        with_turn(a_missing_member_is_named),
        with_turn(a_member_of_another_kind_is_refused_even_where_it_may_lack),
        with_turn(a_closed_format_has_no_other_members_and_an_open_one_may),
        with_turn(what_is_no_map_is_refused),
        cmocka_unit_test(an_address_is_a_state_and_an_authority),
        with_turn(a_hash_and_base64_have_one_spelling),
    };
    return cmocka_run_group_tests_name("field", tests, NULL, NULL);
}
