/* SPDX-License-Identifier: Apache-2.0 */
/* The schema holds what the law will need, and every row of the embedded files says where it comes
 * from. */
/* Also the test of src/law/schema_state.c. */

#include "law_test.h"

static const struct law_field *field(const struct law_shape *shape, const char *key)
{
    for (size_t i = 0; i < shape->n; i++)
        if (str_is(str_of(key), shape->fields[i].key)) return &shape->fields[i];
    fail_msg("%s has no key %s", shape->what, key);
    return NULL;
}

static void the_schema_carries_what_the_whole_law_will_need(void **state)
{
    (void)state;
    const struct law_shape *kind = field(&law_shape_instrument, "kinds")->shape;
    const struct law_shape *act = field(kind, "lifecycle")->shape;
    const struct law_shape *ground = field(kind, "grounds")->shape;
    const struct law_shape *role = field(&law_shape_instrument, "roles")->shape;
    const struct law_shape *holds =
        field(field(&law_shape_state, "authorities")->shape, "functions")->shape;
    static const char *const of_role[] = {"kind", "party", "function", "direction", "article"};
    static const char *const of_act[] = {"guards",    "crossed", "outcome", "starts", "stops",
                                         "duty_done", "system",  "stream",  "source", "article"};
    static const char *const of_ground[] = {"via", "pre_duty", "reservation", "when", "source"};
    static const char *const of_holding[] = {"instrument", "function", "direction", "kind"};
    for (size_t i = 0; i < sizeof of_role / sizeof *of_role; i++) field(role, of_role[i]);
    for (size_t i = 0; i < sizeof of_act / sizeof *of_act; i++) field(act, of_act[i]);
    for (size_t i = 0; i < sizeof of_ground / sizeof *of_ground; i++) field(ground, of_ground[i]);
    for (size_t i = 0; i < sizeof of_holding / sizeof *of_holding; i++) field(holds, of_holding[i]);
    field(kind, "clocks");
    field(kind, "forbidden_grounds");
    field(&law_shape_instrument, "obligations");
    field(&law_shape_state, "unassigned");
}

/* A row that cites an article says how far it can be trusted, and a title has both languages. */
static void walk(const struct tree *v, size_t *cited, size_t *titled)
{
    if (v->kind == TREE_MAP && tree_get(v, "article")) {
        assert_non_null(tree_get(v, "source"));
        (*cited)++;
    }
    if (v->kind == TREE_MAP && tree_get(v, "en")) {
        assert_true(tree_str(v, "az").n > 0);
        (*titled)++;
    }
    for (const struct tree *c = v->child; c; c = c->next) walk(c, cited, titled);
}

static void every_row_has_its_source_and_every_title_both_languages(void **state)
{
    struct kit *k = *state;
    size_t cited = 0, titled = 0;
    for (size_t i = 0; i < k->l->instruments_n; i++)
        walk(k->l->instruments[i].root, &cited, &titled);
    for (size_t i = 0; i < k->l->states_n; i++) walk(k->l->states[i].root, &cited, &titled);
    print_message("# %zu cited rows, %zu titles\n", cited, titled);
    assert_true(cited > 140 && titled > 150);
}

static void every_remark_has_a_grade_and_both_languages(void **state)
{
    struct kit *k = *state;
    assert_true(k->l->remarks_n >= 20);
    for (size_t i = 0; i < k->l->remarks_n; i++) {
        assert_true(tree_str(k->l->remarks[i].titles, "en").n > 0);
        assert_true(tree_str(k->l->remarks[i].titles, "az").n > 0);
    }
}

int schema_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(the_schema_carries_what_the_whole_law_will_need),
        with_kit(every_row_has_its_source_and_every_title_both_languages),
        with_kit(every_remark_has_a_grade_and_both_languages),
    };
    return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
