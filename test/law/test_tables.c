/* SPDX-License-Identifier: Apache-2.0 */
/* A set of tables: its hash, its packed form, its States. */

#include "law_test.h"

#include <string.h>

static void the_embedded_tables_load(void **state)
{
    struct kit *k = *state;
    assert_true(law_embedded_n >= 6);
    assert_non_null(k->l);
}

static void the_hash_does_not_depend_on_the_order_of_files(void **state)
{
    struct kit *k = *state;
    struct law_file files[128];
    const struct law_tables *again;
    size_t n = law_embedded_n;
    assert_true(n <= 128);
    for (size_t i = 0; i < n; i++) files[i] = law_embedded[n - 1 - i];
    assert_int_equal(law_load(&k->t, files, n, &again), ERR_OK);
    assert_true(hash_eq(law_tables_hash(k->l), law_tables_hash(again)));
}

static void one_byte_anywhere_gives_another_hash(void **state)
{
    struct kit *k = *state;
    const struct law_tables *other;
    assert_int_equal(
        load_with(k, "remarks.yaml", edited(k, "remarks.yaml", "# What", "# what"), &other),
        ERR_OK);
    assert_false(hash_eq(law_tables_hash(k->l), law_tables_hash(other)));
}

static void bytes_moved_from_one_file_to_the_next_give_another_hash(void **state)
{
    struct kit *k = *state;
    struct hash a, b;
    struct law_file one[] = {{"a", (const unsigned char *)"xy", 2},
                             {"b", (const unsigned char *)"z", 1}};
    struct law_file two[] = {{"a", (const unsigned char *)"x", 1},
                             {"b", (const unsigned char *)"yz", 2}};
    law_files_hash(k->t.arena, one, 2, &a);
    law_files_hash(k->t.arena, two, 2, &b);
    assert_false(hash_eq(&a, &b));
}

static void a_packed_set_comes_back_whole(void **state)
{
    struct kit *k = *state;
    struct str packed = law_tables_pack(k->t.arena, law_embedded, law_embedded_n);
    struct law_file *files;
    size_t n;
    const struct law_tables *again;
    assert_int_equal(law_tables_unpack(&k->t, packed, &files, &n), ERR_OK);
    assert_int_equal(n, law_embedded_n);
    assert_int_equal(law_load(&k->t, files, n, &again), ERR_OK);
    assert_true(hash_eq(law_tables_hash(k->l), law_tables_hash(again)));
    assert_text(law_tables_pack(k->t.arena, files, n), str_c(k->t.arena, packed));
}

static void a_broken_pack_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "[]",
                                      "7",
                                      "{\"a\":7}",
                                      "{\"a\": \"x\"}",
                                      "{\"b\":\"\",\"a\":\"\"}",
                                      "{\"a\":\"\",\"a\":\"\"}",
                                      "{"};
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct law_file *files;
        size_t n;
        assert_int_equal(law_tables_unpack(&k->t, str_of(bad[i]), &files, &n), ERR_REJECTED);
        turn_forgive(&k->t);
    }
}

static void too_many_files_are_refused(void **state)
{
    struct kit *k = *state;
    const struct law_tables *l;
    assert_int_equal(law_load(&k->t, law_embedded, LAW_FILES_MAX + 1, &l), ERR_TOO_LARGE);
    turn_forgive(&k->t);
}

static void a_file_beyond_its_limit_is_refused(void **state)
{
    struct kit *k = *state;
    const struct law_tables *l;
    char *long_text = arena_take(k->t.arena, LAW_FILE_SIZE_MAX + 1);
    memset(long_text, '#', LAW_FILE_SIZE_MAX + 1);
    assert_int_equal(
        load_with(k, "remarks.yaml", (struct str){long_text, LAW_FILE_SIZE_MAX + 1}, &l),
        ERR_TOO_LARGE);
    turn_forgive(&k->t);
}

static void the_states_are_there_and_training_is_told_apart(void **state)
{
    static const struct {
        const char *state, *authority;
        bool training;
    } rows[] = {
        {"XN", "csb", true}, {"XM", "dts", true}, {"XL", "pgo", true}, {"AZ", "dtx", false}};
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct tree *s;
        assert_int_equal(law_state_file(&k->t, k->l, str_of(rows[i].state), &s), ERR_OK);
        assert_int_equal(tree_bool(s, "training", !rows[i].training), rows[i].training);
        assert_text(tree_str(tree_get(s, "authorities")->child, "authority"), rows[i].authority);
    }
    const struct tree *none;
    assert_int_equal(law_state_file(&k->t, k->l, STR("ZZ"), &none), ERR_NONE_SUCH);
    turn_forgive(&k->t);
}

static void a_state_without_a_node_says_so_and_how_it_is_reached(void **state)
{
    static const char *const ways[] = {"email", "phone", "address", "post_address"};
    struct kit *k = *state;
    const struct tree *xl, *xm;
    assert_int_equal(law_state_file(&k->t, k->l, STR("XL"), &xl), ERR_OK);
    assert_int_equal(law_state_file(&k->t, k->l, STR("XM"), &xm), ERR_OK);
    assert_text(tree_str(xl, "node"), "none");
    assert_null(tree_get(xm, "node"));
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        assert_true(tree_str(tree_get(xl, "authorities")->child, ways[i]).n > 0);
}

static void a_kind_says_the_order_of_its_fields_on_paper(void **state)
{
    struct kit *k = *state;
    const struct tree *row, *form;
    assert_int_equal(law_kind_row(&k->t, k->l, STR("un-cybercrime"), STR("preservation"), &row),
                     ERR_OK);
    form = tree_get(row, "form");
    assert_true(law_form_is_head(form->child->str));
    assert_false(law_form_is_head(STR("facts")));
    for (const struct tree *p = tree_get(row, "particulars")->child; p; p = p->next)
        assert_true(tree_has_str(form, tree_str(p, "name")));
    assert_int_equal(law_kind_row(&k->t, k->l, STR("un-cybercrime"), STR("tea"), &row),
                     ERR_NONE_SUCH);
    turn_forgive(&k->t);
    assert_int_equal(law_kind_row(&k->t, k->l, STR("nothing"), STR("preservation"), &row),
                     ERR_NONE_SUCH);
    turn_forgive(&k->t);
}

/* The functions as the ratification law was reported to assign them, and what it leaves open. */
static void azerbaijan_states_what_nobody_was_assigned(void **state)
{
    static const char *const open[] = {
        "un-cybercrime mla",
        "un-cybercrime execution",
        "un-cybercrime sentenced_persons",
        "un-cybercrime proceedings",
        "un-cybercrime law_enforcement",
        "un-cybercrime joint_investigations",
        "un-cybercrime property_recovery",
        "un-cybercrime proceeds_information",
        "un-cybercrime property_return",
        "un-cybercrime confiscation",
        "budapest extradition",
        "az-mla mla",
        "az-extradition extradition",
        "minsk mla",
        "minsk extradition",
        "chisinau mla",
        "chisinau extradition",
        "reciprocity mla",
        "reciprocity extradition",
    };
    struct kit *k = *state;
    const struct tree *az;
    assert_int_equal(law_state_file(&k->t, k->l, STR("AZ"), &az), ERR_OK);
    const struct tree *row = tree_get(az, "unassigned")->child;
    for (size_t i = 0; i < sizeof open / sizeof *open; i++, row = row->next)
        assert_text(str_printf(k->t.arena, STR_FMT " " STR_FMT,
                               STR_ARG(tree_str(row, "instrument")),
                               STR_ARG(tree_str(row, "function"))),
                    open[i]);
    assert_null(row);
    assert_text(tree_str(tree_get(az, "unassigned")->child, "direction"), "send");
    assert_int_equal(tree_get(az, "reservations")->count, 10);
    assert_int_equal(tree_get(az, "languages")->count, 0);
}

int tables_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(the_embedded_tables_load),
        with_kit(the_hash_does_not_depend_on_the_order_of_files),
        with_kit(one_byte_anywhere_gives_another_hash),
        with_kit(bytes_moved_from_one_file_to_the_next_give_another_hash),
        with_kit(a_packed_set_comes_back_whole),
        with_kit(a_broken_pack_is_refused),
        with_kit(too_many_files_are_refused),
        with_kit(a_file_beyond_its_limit_is_refused),
        with_kit(the_states_are_there_and_training_is_told_apart),
        with_kit(a_state_without_a_node_says_so_and_how_it_is_reached),
        with_kit(a_kind_says_the_order_of_its_fields_on_paper),
        with_kit(azerbaijan_states_what_nobody_was_assigned),
    };
    return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
