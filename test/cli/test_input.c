/* SPDX-License-Identifier: Apache-2.0 */
/* What people hand in: particulars, files, documents. */

#include "cli_test.h"

#include <sys/stat.h>

static err request(struct bench *b, struct tree **out)
{
    *out = tree_map(b->arena);
    return cli_request_put(b->c, *out);
}

static void particulars_come_from_a_file_and_options_go_over_them(void **state)
{
    struct bench *b = *state;
    struct tree *r;
    const char *file = bench_file(b, "p.json", "{\"facts\":\"old\",\"data\":\"d\",\"n\":3}");
    assert_int_equal(bench_args(b, "act", "R", "answer", "-f", file, "-p", "facts=new=er", "-p",
                                "mla_intended=true", NULL),
                     ERR_OK);
    assert_int_equal(request(b, &r), ERR_OK);
    const struct tree *p = tree_get(r, "particulars");
    assert_true(str_is(tree_str(p, "facts"), "new=er"));
    assert_true(str_is(tree_str(p, "data"), "d"));
    assert_int_equal(tree_get(p, "mla_intended")->kind, TREE_BOOL);
    assert_null(tree_get(r, "kind"));
}

static void a_whole_request_in_yaml_brings_its_kind_and_addressee(void **state)
{
    struct bench *b = *state;
    struct tree *r = tree_map(b->arena);
    const char *file = bench_file(b, "r.yaml",
                                  "kind: preservation\nto: XM/dts\nlang: az\n"
                                  "particulars:\n  mla_intended: true\n");
    assert_int_equal(bench_args(b, "new", "k", "-f", file, NULL), ERR_OK);
    tree_add_str(b->arena, r, "to", STR("XL/csb"));
    assert_int_equal(cli_request_put(b->c, r), ERR_OK);
    assert_true(str_is(tree_str(r, "kind"), "preservation"));
    assert_true(str_is(tree_str(r, "to"), "XL/csb"));
    assert_true(str_is(tree_str(r, "lang"), "az"));
    assert_true(tree_bool(tree_get(r, "particulars"), "mla_intended", false));
}

static void a_particular_without_a_name_or_value_is_a_usage_fault(void **state)
{
    struct bench *b = *state;
    struct tree *r;
    static const char *const bad[] = {"facts", "=x", ""};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_int_equal(bench_args(b, "act", "R", "answer", "-p", bad[k], NULL), ERR_OK);
        assert_int_equal(request(b, &r), ERR_USAGE);
    }
}

static void a_particular_given_twice_is_a_usage_fault(void **state)
{
    struct bench *b = *state;
    struct tree *r;
    assert_int_equal(
        bench_args(b, "act", "R", "answer", "-p", "custodian=H", "-p", "custodian=Z", NULL),
        ERR_OK);
    assert_int_equal(request(b, &r), ERR_USAGE);
    assert_string_equal(b->c->t.fault.particular, "custodian");
    assert_int_equal(bench_args(b, "act", "R", "answer", "-p", "a=1", "-p", "ab=1", NULL), ERR_OK);
    assert_int_equal(request(b, &r), ERR_OK);
}

static void files_that_do_not_read_are_named(void **state)
{
    struct bench *b = *state;
    struct tree *r;
    const struct {
        const char *file;
        err e;
    } rows[] = {
        {bench_file(b, "none.json", NULL), ERR_NONE_SUCH},
        {bench_file(b, "twice.json", "{\"a\":1,\"a\":2}"), ERR_REJECTED},
        {bench_file(b, "list.json", "[1]"), ERR_REJECTED},
        {bench_file(b, "alias.yaml", "a: &x 1\nb: *x\n"), ERR_REJECTED},
        {b->dir, ERR_REJECTED},
        {"/dev/null", ERR_REJECTED},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        assert_int_equal(bench_args(b, "act", "R", "answer", "-f", rows[k].file, NULL), ERR_OK);
        assert_int_equal(request(b, &r), rows[k].e);
    }
}

static void a_document_goes_by_its_own_name_and_type(void **state)
{
    struct bench *b = *state;
    struct tree *r;
    const char *file = bench_file(b, "order.pdf", "%PDF");
    assert_int_equal(bench_args(b, "act", "R", "order", "--attach", file, NULL), ERR_OK);
    assert_int_equal(request(b, &r), ERR_OK);
    const struct tree *d = tree_get(r, "documents")->child;
    assert_true(str_is(tree_str(d, "name"), "order.pdf"));
    assert_true(str_is(tree_str(d, "type"), "application/pdf"));
    struct bytes data;
    assert_true(base64_read(b->arena, tree_str(d, "data"), &data));
    assert_true(str_is(bytes_str(data), "%PDF"));
}

static void a_file_in_the_way_is_overwritten_only_when_told(void **state)
{
    struct bench *b = *state;
    const char *file = bench_file(b, "there", "old");
    struct bytes now;
    assert_int_equal(bench_args(b, "list", NULL), ERR_OK);
    assert_int_equal(cli_file_put(b->c, file, str_bytes(STR("new")), 0600), ERR_CONFLICT);
    assert_int_equal(file_read(&b->c->t, file, 9, &now), ERR_OK);
    assert_true(str_is(bytes_str(now), "old"));
    assert_int_equal(bench_args(b, "list", "--yes", NULL), ERR_OK);
    assert_int_equal(cli_file_put(b->c, file, str_bytes(STR("new")), 0600), ERR_OK);
}

int input_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_bench(particulars_come_from_a_file_and_options_go_over_them),
        with_bench(a_whole_request_in_yaml_brings_its_kind_and_addressee),
        with_bench(a_particular_without_a_name_or_value_is_a_usage_fault),
        with_bench(a_particular_given_twice_is_a_usage_fault),
        with_bench(files_that_do_not_read_are_named),
        with_bench(a_document_goes_by_its_own_name_and_type),
        with_bench(a_file_in_the_way_is_overwritten_only_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
