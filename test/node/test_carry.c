/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/node/carry.c: which files go which way between a stick and a node's folder. */

#include "node_test.h"

#include <sys/stat.h>
#include <unistd.h>

#define ACT "0123456789abcdef0123456789abcdef"

struct stage {
    struct place p;
    const char *node, *stick;
};

static const char *at(struct stage *s, const char *folder, const char *name)
{
    return node_path(s->p.a, folder, name);
}

static void put(struct stage *s, const char *folder, const char *name)
{
    assert_ok(&s->p, file_write(&s->p.t, at(s, folder, name), str_bytes(STR("x")), 0600));
}

static bool is_there(struct stage *s, const char *folder, const char *name)
{
    return access(at(s, folder, name), F_OK) == 0;
}

static void stage_make(struct stage *s, bool carries)
{
    place_make(&s->p);
    s->node = node_path(s->p.a, s->p.dir, "xn");
    s->stick = node_path(s->p.a, s->p.dir, "stick");
    assert_ok(&s->p, node_folder_make(&s->p.t, s->node));
    assert_ok(&s->p, node_folder_make(&s->p.t, s->stick));
    struct node_config c = {.state = STR("XN"),
                            .address = STR("127.0.0.1"),
                            .url = STR("https://n.example:7443"),
                            .port = 7443,
                            .authorities = {STR("XN/csb")},
                            .authorities_n = 1,
                            .carried = {STR("XM/dts")},
                            .carried_n = carries ? 1 : 0};
    assert_ok(&s->p, file_write(&s->p.t, at(s, s->node, "comity.yaml"),
                                str_bytes(node_config_text(s->p.a, &c)), 0600));
    assert_ok(&s->p, node_carried_there(&s->p.t, s->node));
}

static void each_file_goes_where_it_is_for(void **state)
{
    (void)state;
    struct stage s;
    const struct tree *v;
    stage_make(&s, true);
    put(&s, s.stick, "XM_dts~XN_csb~" ACT ".parcel");
    put(&s, s.stick, "XM_dts~XN_csb~" ACT ".receipt");
    put(&s, s.stick, "XM_dts~XQ_any~" ACT ".parcel");
    put(&s, s.stick, "XN_csb~XM_dts~00000000000000000000000000000000.parcel");
    put(&s, s.stick, "holiday.jpg");
    put(&s, s.node, "carried/out/XN_csb~XM_dts~" ACT ".parcel");
    put(&s, s.node, "carried/out/XN_csb~XM_dts~" ACT ".receipt");
    assert_ok(&s.p, node_carry(&s.p.t, s.node, s.stick, &v));
    assert_int_equal(tree_int(v, "taken", -1), 2);
    assert_int_equal(tree_int(v, "given", -1), 2);
    assert_int_equal(tree_int(v, "delivered", -1), 1);
    assert_true(is_there(&s, s.node, "carried/new/XM_dts~XN_csb~" ACT ".parcel"));
    assert_true(is_there(&s, s.node, "carried/new/XM_dts~XN_csb~" ACT ".receipt"));
    assert_false(is_there(&s, s.stick, "XM_dts~XN_csb~" ACT ".parcel"));
    assert_true(is_there(&s, s.stick, "XM_dts~XQ_any~" ACT ".parcel"));
    assert_true(is_there(&s, s.stick, "holiday.jpg"));
    assert_true(is_there(&s, s.stick, "XN_csb~XM_dts~" ACT ".parcel"));
    /* A parcel waits for its receipt; a receipt is made again when it is asked for. */
    assert_true(is_there(&s, s.node, "carried/out/XN_csb~XM_dts~" ACT ".parcel"));
    assert_false(is_there(&s, s.node, "carried/out/XN_csb~XM_dts~" ACT ".receipt"));
    place_end(&s.p);
}

static void where_nobody_is_carried_to_it_says_so(void **state)
{
    (void)state;
    struct stage s;
    const struct tree *v;
    stage_make(&s, false);
    assert_err(&s.p, ERR_USAGE, "carried", node_carry(&s.p.t, s.node, s.stick, &v));
    place_end(&s.p);
}

static void a_stick_that_is_not_there_changes_nothing(void **state)
{
    (void)state;
    struct stage s;
    const struct tree *v;
    stage_make(&s, true);
    put(&s, s.node, "carried/out/XN_csb~XM_dts~" ACT ".receipt");
    assert_err(&s.p, ERR_NONE_SUCH, "carry", node_carry(&s.p.t, s.node, "/no/such", &v));
    assert_true(is_there(&s, s.node, "carried/out/XN_csb~XM_dts~" ACT ".receipt"));
    place_end(&s.p);
}

int test_carry(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_goes_where_it_is_for),
        cmocka_unit_test(where_nobody_is_carried_to_it_says_so),
        cmocka_unit_test(a_stick_that_is_not_there_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
