/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/codec/yaml.c: plain data is read with its place, and all else is refused with its
 * place. */

#include "codec_test.h"

static err read_yaml(struct turn *t, const char *in, struct tree **out)
{
    return yaml_read(t, "law/x.yaml", bytes_of(in), &codec_limits, out);
}

static void each_kind_of_value_is_read(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    const char *in = "# a comment\n"
                     "id: un-cybercrime\n"
                     "days: 90\n"
                     "less: -3\n"
                     "urgent: true\n"
                     "old: false\n"
                     "end: null\n"
                     "nothing:\n"
                     "day: 2026-02-23\n"
                     "kinds: [preservation, \"extradition\"]\n"
                     "clock:\n"
                     "  - {unit: day, n: 10}\n"
                     "  - unit: hour\n"
                     "    n: 24\n"
                     "note: |\n"
                     "  Two\n"
                     "  lines.\n"
                     "long: >-\n"
                     "  one\n"
                     "  line\n";
    assert_int_equal(read_yaml(t, in, &x), ERR_OK);
    assert_text(json_write(t->arena, x),
                "{\"clock\":[{\"n\":10,\"unit\":\"day\"},{\"n\":24,\"unit\":\"hour\"}],"
                "\"day\":\"2026-02-23\",\"days\":90,\"end\":null,\"id\":\"un-cybercrime\","
                "\"kinds\":[\"preservation\",\"extradition\"],\"less\":-3,\"long\":\"one line\","
                "\"note\":\"Two\\nlines.\\n\",\"nothing\":null,\"old\":false,\"urgent\":true}");
}

static void only_the_plain_spelling_gives_a_kind(void **state)
{
    struct turn *t = *state;
    static const struct {
        const char *in, *out;
    } rows[] = {{"true", "true"},
                {"'true'", "\"true\""},
                {"\"null\"", "\"null\""},
                {"\"7\"", "\"7\""},
                {"7", "7"},
                {"-7", "-7"},
                {"0", "0"},
                {"-0", "0"},
                {"007", "\"007\""},
                {"+7", "\"+7\""},
                {"yes", "\"yes\""},
                {"no", "\"no\""},
                {"True", "\"True\""},
                {"~", "\"~\""},
                {"1.5", "\"1.5\""},
                {"0x10", "\"0x10\""},
                {"1_000", "\"1_000\""},
                {"1e3", "\"1e3\""},
                {".inf", "\".inf\""},
                {"-", "[null]"},
                {"|\n  7\n", "\"7\\n\""},
                {"--- 7\n...\n", "7"},
                {"9007199254740991", "9007199254740991"},
                {"12:30:45", "\"12:30:45\""},
                {"{1: a, true: b}", "{\"1\":\"a\",\"true\":\"b\"}"},
                {"''", "\"\""},
                {"[]", "[]"},
                {"{}", "{}"},
                {"{a: , b: }", "{\"a\":null,\"b\":null}"},
                {"100%", "\"100%\""},
                {"[\xc3\xa8%]", "[\"\xc3\xa8%\"]"},
                {"\xef\xbb\xbf[1]\n", "[1]"},
                {"<<: a", "{\"<<\":\"a\"}"},
                {"\"\\u0259\\U0001F600\"", "\"\xc9\x99\xf0\x9f\x98\x80\""}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tree *x;
        if (read_yaml(t, rows[i].in, &x) != ERR_OK)
            fail_msg("%s: %s", rows[i].in, t->fault.sentence);
        assert_text(json_write(t->arena, x), rows[i].out);
    }
}

static void each_value_knows_its_line_and_column(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    assert_int_equal(read_yaml(t, "a: 1\nb:\n  c: x\n  d:\n    - y\n    -  {e: z}\n", &x), ERR_OK);
    static const struct {
        const char *path;
        uint32_t line, col;
    } rows[] = {{"a", 1, 1}, {"b", 2, 1}, {"b.c", 3, 3}, {"b.d", 4, 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct tree *v = tree_at(x, rows[i].path);
        assert_non_null(v);
        assert_int_equal(v->line, rows[i].line);
        assert_int_equal(v->col, rows[i].col);
    }
    const struct tree *d = tree_at(x, "b.d");
    assert_int_equal(d->child->line, 5);
    assert_int_equal(d->child->col, 7);
    assert_int_equal(d->last->line, 6);
    assert_int_equal(d->last->col, 8);
    assert_int_equal(tree_get(d->last, "e")->col, 9);
    assert_int_equal(x->line, 1);
}

static void what_is_not_plain_data_is_refused_at_its_place(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    static const struct {
        const char *in, *article, *place;
    } rows[] = {
        {"a: 1\nb: 2\na: 3\n", "YAML 1.2.2 3.2.1.1", "law/x.yaml:3:1"},
        {"a:\n  k: 1\n  \"k\": 2\n", "YAML 1.2.2 3.2.1.1", "law/x.yaml:3:3"},
        {"[{k: 1, k: 1}]", "YAML 1.2.2 3.2.1.1", "law/x.yaml:1:9"},
        {"a: &x 1\n", "YAML 1.2.2 3.2.2.2", "law/x.yaml:1:4"},
        {"a: &x [1]\n", "YAML 1.2.2 3.2.2.2", "law/x.yaml:1:4"},
        {"a: &x {b: 1}\n", "YAML 1.2.2 3.2.2.2", "law/x.yaml:1:4"},
        {"&x a: 1\n", "YAML 1.2.2 3.2.2.2", "law/x.yaml:1:1"},
        {"a: *x\n", "YAML 1.2.2 3.2.2.2", "law/x.yaml:1:4"},
        {"a: 1\n*x : 2\n", "YAML 1.2.2 3.2.2.2", "law/x.yaml:2:1"},
        {"a: !!str 1\n", "YAML 1.2.2 3.2.1.2", "law/x.yaml:1:4"},
        {"a: !x 1\n", "YAML 1.2.2 3.2.1.2", "law/x.yaml:1:4"},
        {"a: ! 1\n", "YAML 1.2.2 3.2.1.2", "law/x.yaml:1:4"},
        {"a: !!seq [1]\n", "YAML 1.2.2 3.2.1.2", "law/x.yaml:1:4"},
        {"!!map {a: 1}\n", "YAML 1.2.2 3.2.1.2", "law/x.yaml:1:1"},
        {"a: 1\n---\nb: 2\n", "YAML 1.2.2 9.2", "law/x.yaml:2:1"},
        {"%YAML 1.1\n---\na: 1\n", "YAML 1.2.2 6.8", "law/x.yaml:1:1"},
        {"%TAG ! tag:x,2000:\n---\na: 1\n", "YAML 1.2.2 6.8", "law/x.yaml:1:1"},
        {"a: 1\n...\n%TAG ! x\n---\nb: 1\n", "YAML 1.2.2 6.8", "law/x.yaml:3:1"},
        {"# x\n%YAML 1.1\n", "YAML 1.2.2 6.8", "law/x.yaml:2:1"},
        {"# x\r%YAML 1.1\n", "YAML 1.2.2 6.8", "law/x.yaml:1:5"},
        {"#\xc2\x85%YAML 1.1\n", "YAML 1.2.2 6.8", "law/x.yaml:1:3"},
        {"#\xe2\x80\xa8%YAML 1.1\n", "YAML 1.2.2 6.8", "law/x.yaml:1:3"},
        {"", "YAML 1.2.2 9", "law/x.yaml:1:1"},
        {"# nothing\n", "YAML 1.2.2 9", "law/x.yaml:2:1"},
        {"? [a]\n: 1\n", "YAML 1.2.2 3.2.1.1", "law/x.yaml:1:3"},
        {"? {a: 1}\n: 1\n", "YAML 1.2.2 3.2.1.1", "law/x.yaml:1:3"},
        {"'': 1\n", "YAML 1.2.2 3.2.1.1", "law/x.yaml:1:1"},
        {"? \n: 1\n", "YAML 1.2.2 3.2.1.1", "law/x.yaml:1:2"},
        {"n: 9007199254740992\n", "RFC 7493 2.2", "law/x.yaml:1:4"},
        {"n: -9007199254740992\n", "RFC 7493 2.2", "law/x.yaml:1:4"},
        {"n: 99999999999999999999\n", "RFC 7493 2.2", "law/x.yaml:1:4"},
        {"a: \"\\0\"\n", "YAML 1.2.2 5.1", "law/x.yaml:1:4"},
        {"\"\\x00\": 1\n", "YAML 1.2.2 5.1", "law/x.yaml:1:1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        err e = read_yaml(t, rows[i].in, &x);
        struct fault f = t->fault;
        assert_refused(t, e, ERR_REJECTED, "yaml", rows[i].article, rows[i].in);
        assert_string_equal(f.particular, rows[i].place);
        assert_true(str_starts(str_of(f.sentence), rows[i].place));
    }
}

static void what_is_not_yaml_is_refused_at_its_place(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    static const struct {
        const char *in, *place;
    } rows[] = {
        {"a: [1\n", "law/x.yaml:2:1"},         {"a: }\n", "law/x.yaml:1:4"},
        {"a: b: c\n", "law/x.yaml:1:5"},       {"a: 1\n b: 2\n", "law/x.yaml:2:3"},
        {"\ta: 1\n", "law/x.yaml:1:1"},        {"a: \"x\n", "law/x.yaml:2:1"},
        {"a: 'x\n", "law/x.yaml:2:1"},         {"a: @x\n", "law/x.yaml:1:4"},
        {"a: 1\n- b\n", "law/x.yaml:2:1"},     {"a: \"\\q\"\n", "law/x.yaml:1:5"},
        {"a: x\nb: \x01\n", "law/x.yaml:2:4"}, {"a: \"\\ud800\"\n", "law/x.yaml:1:7"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        err e = read_yaml(t, rows[i].in, &x);
        struct fault f = t->fault;
        assert_refused(t, e, ERR_REJECTED, "yaml", "YAML 1.2.2 5", rows[i].in);
        if (strcmp(f.particular, rows[i].place) != 0)
            fail_msg("at %s (%s), not %s: %s", f.particular, f.sentence, rows[i].place, rows[i].in);
    }
    err e = read_yaml(t, "a: b\nc: \xc9\x99\xff\n", &x);
    assert_true(str_ends(str_of(t->fault.particular), ":2:5"));
    assert_refused(t, e, ERR_REJECTED, "yaml", "RFC 3629", "not UTF-8");
    e = yaml_read(t, "x", str_bytes(STR("a: \0")), &codec_limits, &x);
    assert_refused(t, e, ERR_REJECTED, "yaml", "YAML 1.2.2 5.1", "NUL");
    e = yaml_read(t, "x",
                  str_bytes(STR("\xff\xfe"
                                "a\0")),
                  &codec_limits, &x);
    assert_refused(t, e, ERR_REJECTED, "yaml", "RFC 3629", "UTF-16");
}

static void the_second_of_two_keys_names_the_line_of_the_first(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    assert_int_equal(read_yaml(t, "z: 0\nkind: 1\na: 2\nkind: 3\n", &x), ERR_REJECTED);
    assert_non_null(strstr(t->fault.sentence, "\"kind\""));
    assert_non_null(strstr(t->fault.sentence, "line 2"));
}

static void nesting_values_and_size_are_limited(void **state)
{
    struct turn *t = *state;
    struct arena *a = t->arena;
    struct tree *x;
    struct str flow =
        str_printf(a, STR_FMT STR_FMT, STR_ARG(repeat(a, "[", 16)), STR_ARG(repeat(a, "]", 16)));
    assert_int_equal(yaml_read(t, "x", str_bytes(flow), &codec_limits, &x), ERR_OK);
    static const char *const deeper[] = {"[", "{a: ", "- "};
    for (size_t i = 0; i < sizeof deeper / sizeof *deeper; i++) {
        static const size_t times[] = {17, 100000};
        for (size_t j = 0; j < 2; j++) {
            struct str in = repeat(a, deeper[i], times[j]);
            err e = yaml_read(t, "x", str_bytes(in), &codec_limits, &x);
            assert_refused(t, e, ERR_REJECTED, "depth", NULL, deeper[i]);
        }
    }
    const struct tree_limits four = {.size_max = 12, .depth_max = 4, .count_max = 4};
    assert_int_equal(yaml_read(t, "x", bytes_of("[1, 2, 3]"), &four, &x), ERR_OK);
    assert_refused(t, yaml_read(t, "x", bytes_of("[1, 2, 3, 4]"), &four, &x), ERR_TOO_LARGE,
                   "count", NULL, "five values");
    assert_refused(t, yaml_read(t, "x", bytes_of("[1, 2, 3]    "), &four, &x), ERR_TOO_LARGE,
                   "size", NULL, "13 bytes");
}

static void a_large_map_is_searched_for_duplicates_in_time(void **state)
{
    struct turn *t = *state;
    struct buf b = buf_in(t->arena);
    struct tree *x;
    for (unsigned i = 0; i < 50000; i++) buf_printf(&b, "k%u: %u\n", i * 2654435761u, i);
    assert_int_equal(yaml_read(t, "x", buf_as_bytes(&b), &codec_limits, &x), ERR_OK);
    assert_int_equal(x->count, 50000);
    buf_str(&b, STR("k0: 0\n"));
    err e = yaml_read(t, "x", buf_as_bytes(&b), &codec_limits, &x);
    assert_string_equal(t->fault.particular, "x:50001:1");
    assert_refused(t, e, ERR_REJECTED, "yaml", "YAML 1.2.2 3.2.1.1", "the last");
}

static void a_file_full_of_directives_is_refused_in_time(void **state)
{
    struct turn *t = *state;
    struct buf b = buf_in(t->arena);
    struct tree *x;
    buf_str(&b, STR("a: 1\n...\n"));
    for (unsigned i = 0; i < 200000; i++) buf_printf(&b, "%%TAG !%u! b\n", i);
    err e = yaml_read(t, "x", buf_as_bytes(&b), &codec_limits, &x);
    assert_string_equal(t->fault.particular, "x:3:1");
    assert_refused(t, e, ERR_REJECTED, "yaml", "YAML 1.2.2 6.8", "directives");
}

int yaml_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_turn(each_kind_of_value_is_read),
        with_turn(only_the_plain_spelling_gives_a_kind),
        with_turn(each_value_knows_its_line_and_column),
        with_turn(what_is_not_plain_data_is_refused_at_its_place),
        with_turn(what_is_not_yaml_is_refused_at_its_place),
        with_turn(the_second_of_two_keys_names_the_line_of_the_first),
        with_turn(nesting_values_and_size_are_limited),
        with_turn(a_file_full_of_directives_is_refused_in_time),
        with_turn(a_large_map_is_searched_for_duplicates_in_time),
    };
    return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
