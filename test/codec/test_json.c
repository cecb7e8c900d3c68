/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/codec/json.c: what is read, what is refused and by which clause. */

#include "codec_test.h"

static err read_json(struct turn *t, const char *in, struct tree **out)
{
    return json_read(t, bytes_of(in), &codec_limits, out);
}

static void each_kind_of_value_is_read(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    const char *in =
        " { \"t\" : true , \"f\":false,\"n\":null,\r\n\t\"i\":-12,\"s\":\"a\\u00e9\\n\","
        "\"l\":[1,[],{}],\"m\":{\"k\":\"v\"} } ";
    assert_int_equal(read_json(t, in, &x), ERR_OK);
    assert_int_equal(x->kind, TREE_MAP);
    assert_int_equal(x->count, 7);
    assert_text(x->child->key, "t");
    assert_text(x->last->key, "m");
    assert_true(tree_bool(x, "t", false));
    assert_false(tree_bool(x, "f", true));
    assert_int_equal(tree_get(x, "n")->kind, TREE_NULL);
    assert_int_equal(tree_int(x, "i", 0), -12);
    assert_text(tree_str(x, "s"), "a\xc3\xa9\n");
    assert_int_equal(tree_get(x, "l")->count, 3);
    assert_text(tree_at(x, "m.k")->str, "v");
    assert_int_equal(x->line, 0);
    assert_int_equal(x->child->col, 0);
}

static void a_document_may_be_a_single_value(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    assert_int_equal(read_json(t, "7", &x), ERR_OK);
    assert_int_equal(x->num, 7);
    assert_int_equal(read_json(t, "\"\"", &x), ERR_OK);
    assert_int_equal(x->kind, TREE_STR);
    assert_int_equal(x->str.n, 0);
    assert_int_equal(read_json(t, "-0", &x), ERR_OK);
    assert_int_equal(x->num, 0);
}

static void integers_end_where_doubles_stop_being_exact(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    assert_int_equal(read_json(t, "9007199254740991", &x), ERR_OK);
    assert_true(x->num == TREE_INT_MAX);
    assert_int_equal(read_json(t, "-9007199254740991", &x), ERR_OK);
    assert_true(x->num == -TREE_INT_MAX);
    static const char *const beyond[] = {"9007199254740992",
                                         "-9007199254740992",
                                         "9223372036854775807",
                                         "-9223372036854775808",
                                         "9223372036854775808",
                                         "99999999999999999999999999",
                                         "1e999",
                                         "1.5",
                                         "1.0",
                                         "-0.0",
                                         "1e2",
                                         "1E-2",
                                         "0e0"};
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++)
        assert_refused(t, read_json(t, beyond[i], &x), ERR_REJECTED, "json", "RFC 7493 2.2",
                       beyond[i]);
}

static void the_fault_of_a_number_names_its_key(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    assert_int_equal(read_json(t, "{\"a\":{\"days\":1.5}}", &x), ERR_REJECTED);
    assert_string_equal(t->fault.particular, "days");
}

static void a_key_twice_is_refused_however_it_is_spelled(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    static const char *const bad[] = {
        "{\"a\":1,\"a\":1}", "{\"a\":1,\"b\":2,\"a\":null}",    "{\"a\":1,\"\\u0061\":2}",
        "{\"\":1,\"\":2}",   "[[{\"x\":{\"k\":[],\"k\":[]}}]]", "{\"\\u00e9\":1,\"\xc3\xa9\":2}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(t, read_json(t, bad[i], &x), ERR_REJECTED, "json", "RFC 8259 4", bad[i]);
    assert_int_equal(read_json(t, "[{\"a\":1},{\"a\":1},{\"A\":{\"a\":1}}]", &x), ERR_OK);
}

static void text_that_is_not_utf_8_is_refused(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    static const char *const bad[] = {
        "\"\xff\"",     "\"\xc0\xaf\"", "\"\xed\xa0\x80\"",  "\"\xf5\x80\x80\x80\"",
        "\"\xe2\x82\"", "{\"\x80\":1}", "\xff\xfe{\"a\":1}", "\xc3"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(t, read_json(t, bad[i], &x), ERR_REJECTED, "json", "RFC 3629", "bytes");
}

static void nul_is_refused_raw_and_escaped(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    struct bytes raw = str_bytes(STR("\"a\0b\""));
    struct bytes after = str_bytes(STR("{}\0"));
    assert_refused(t, json_read(t, raw, &codec_limits, &x), ERR_REJECTED, "json", "RFC 8259 7",
                   "raw");
    assert_refused(t, json_read(t, after, &codec_limits, &x), ERR_REJECTED, "json", "RFC 8259 7",
                   "after");
    assert_refused(t, read_json(t, "\"a\\u0000\"", &x), ERR_REJECTED, "json", "RFC 8259 9", "text");
    assert_refused(t, read_json(t, "{\"a\\u0000\":1}", &x), ERR_REJECTED, "json", "RFC 8259 9",
                   "key");
}

static void a_byte_order_mark_is_refused(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    assert_refused(t, read_json(t, "\xef\xbb\xbf{}", &x), ERR_REJECTED, "json", "RFC 8259 8.1",
                   "mark");
}

static void what_only_looks_like_json_is_refused(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    static const char *const bad[] = {"",
                                      " ",
                                      "{",
                                      "}",
                                      "[",
                                      "]",
                                      "[1",
                                      "[1,",
                                      "[1,]",
                                      "[,1]",
                                      "[1 2]",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "'a'",
                                      "{1:2}",
                                      "1 2",
                                      "{} {}",
                                      "{}x",
                                      "[1]]",
                                      "nul",
                                      "True",
                                      "NaN",
                                      "Infinity",
                                      "-Infinity",
                                      "+1",
                                      "01",
                                      "-01",
                                      ".5",
                                      "1.",
                                      "-",
                                      "0x10",
                                      "\"",
                                      "\"a",
                                      "\"\\\"",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\t\"",
                                      "\"\n\"",
                                      "\"\x1f\"",
                                      "// a\n1",
                                      "/* a */ 1",
                                      "\"\\ud800\"",
                                      "\"\\ud800\\u0041\"",
                                      "\"\\udc00\"",
                                      "\"\\udc00\\ud800\"",
                                      "[1}",
                                      "{\"a\":1]",
                                      "undefined",
                                      "\x0c"
                                      "1",
                                      "\xc2\xa0"
                                      "1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(t, read_json(t, bad[i], &x), ERR_REJECTED, "json", "RFC 8259 2", bad[i]);
}

static void a_refusal_quotes_no_raw_bytes_and_leaves_the_result_alone(void **state)
{
    struct turn *t = *state;
    struct tree *x = (struct tree *)t;
    err e = read_json(t, "{\"\\u001b[31m\xe2\x80\xae\":\x1b[31m}", &x);
    assert_refused(t, e, ERR_REJECTED, "json", "RFC 8259 2", "escape");
    assert_ptr_equal(x, t);
    assert_int_equal(read_json(t, "{\"\\u001b]0;x\":1.5}", &x), ERR_REJECTED);
    assert_string_equal(t->fault.particular, "?]0;x");
    assert_ptr_equal(x, t);
}

static void nesting_is_limited_and_brackets_in_texts_do_not_count(void **state)
{
    struct turn *t = *state;
    struct arena *a = t->arena;
    struct tree *x;
    struct str open = repeat(a, "[", 16);
    struct str shut = repeat(a, "]", 16);
    struct str deep = str_printf(a, STR_FMT "{}" STR_FMT, 15, open.p, 15, shut.p);
    assert_int_equal(json_read(t, str_bytes(deep), &codec_limits, &x), ERR_OK);
    deep = str_printf(a, STR_FMT "{}" STR_FMT, STR_ARG(open), STR_ARG(shut));
    assert_refused(t, json_read(t, str_bytes(deep), &codec_limits, &x), ERR_REJECTED, "depth",
                   "RFC 8259 9", "17");
    struct str million = repeat(a, "[", 1000000);
    assert_refused(t, json_read(t, str_bytes(million), &codec_limits, &x), ERR_REJECTED, "depth",
                   "RFC 8259 9", "a million");
    struct str keyed = repeat(a, "{\"a\":", 1000);
    assert_refused(t, json_read(t, str_bytes(keyed), &codec_limits, &x), ERR_REJECTED, "depth",
                   "RFC 8259 9", "keyed");
    struct str hidden =
        str_printf(a, "[\"\\\"" STR_FMT "\\\\\",\"" STR_FMT "\"]", STR_ARG(open), STR_ARG(open));
    assert_int_equal(json_read(t, str_bytes(hidden), &codec_limits, &x), ERR_OK);
    /* Side by side is not deep. */
    struct str wide = str_printf(a, "[" STR_FMT "[]]", STR_ARG(repeat(a, "[[]],", 100)));
    assert_int_equal(json_read(t, str_bytes(wide), &codec_limits, &x), ERR_OK);
}

static void values_are_counted_with_and_without_commas(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    const struct tree_limits four = {.size_max = 1000, .depth_max = 8, .count_max = 4};
    static const char *const good[] = {"[1,2,3]", "{\"a\":1,\"b\":[0]}", "[[[[]]]]",
                                       "\"a,b,c,d,e\""};
    static const char *const bad[] = {"[1,2,3,4]", "{\"a\":1,\"b\":[0,0]}", "[[[[[]]]]]",
                                      "[{},{},{},{}]", "[1,2,3,4,5,6,7"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(json_read(t, bytes_of(good[i]), &four, &x), ERR_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(t, json_read(t, bytes_of(bad[i]), &four, &x), ERR_TOO_LARGE, "count", NULL,
                       bad[i]);
    struct str many =
        str_printf(t->arena, "[" STR_FMT "1]", STR_ARG(repeat(t->arena, "1,", 65535)));
    assert_refused(t, json_read(t, str_bytes(many), &codec_limits, &x), ERR_TOO_LARGE, "count",
                   NULL, "65,537 values");
}

static void size_is_limited_to_the_byte(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    const struct tree_limits five = {.size_max = 5, .depth_max = 8, .count_max = 8};
    assert_int_equal(json_read(t, bytes_of("[1,2]"), &five, &x), ERR_OK);
    assert_refused(t, json_read(t, bytes_of("[1,2] "), &five, &x), ERR_TOO_LARGE, "size", NULL,
                   "6");
    struct str big = repeat(t->arena, " ", (4 << 20) + 1);
    assert_refused(t, json_read(t, str_bytes(big), &codec_limits, &x), ERR_TOO_LARGE, "size", NULL,
                   "4 MiB and one");
}

static void only_the_canonical_spelling_is_read_as_canonical(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    static const char *const good[] = {"{}",
                                       "[]",
                                       "0",
                                       "\"\"",
                                       "{\"a\":1,\"b\":[null,true]}",
                                       "\"\\n\\u001f/\x7f\xc3\xa9\"",
                                       "{\"\xf0\x9f\x98\x80\":1,\"\xef\xac\xb3\":2}"};
    static const char *const bad[] = {" {}",
                                      "{} ",
                                      "{\"a\": 1}",
                                      "{\"b\":1,\"a\":2}",
                                      "-0",
                                      "\"\\/\"",
                                      "\"\\u000a\"",
                                      "\"\\u001F\"",
                                      "\"\\u00e9\"",
                                      "[1, 2]",
                                      "[1,2]\n",
                                      "\"\\u0041\"",
                                      "{\"\xef\xac\xb3\":2,\"\xf0\x9f\x98\x80\":1}"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(json_read_canonical(t, bytes_of(good[i]), &codec_limits, &x), ERR_OK);
        assert_text(json_write(t->arena, x), good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(t, json_read_canonical(t, bytes_of(bad[i]), &codec_limits, &x), ERR_REJECTED,
                       "json-canonical", "RFC 8785 3.2", bad[i]);
    assert_refused(t, json_read_canonical(t, bytes_of("{\"a\":1,\"a\":1}"), &codec_limits, &x),
                   ERR_REJECTED, "json", "RFC 8259 4", "twice");
}

int json_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_turn(each_kind_of_value_is_read),
        with_turn(a_document_may_be_a_single_value),
        with_turn(integers_end_where_doubles_stop_being_exact),
        with_turn(the_fault_of_a_number_names_its_key),
        with_turn(a_key_twice_is_refused_however_it_is_spelled),
        with_turn(text_that_is_not_utf_8_is_refused),
        with_turn(nul_is_refused_raw_and_escaped),
        with_turn(a_byte_order_mark_is_refused),
        with_turn(what_only_looks_like_json_is_refused),
        with_turn(a_refusal_quotes_no_raw_bytes_and_leaves_the_result_alone),
        with_turn(nesting_is_limited_and_brackets_in_texts_do_not_count),
        with_turn(values_are_counted_with_and_without_commas),
        with_turn(size_is_limited_to_the_byte),
        with_turn(only_the_canonical_spelling_is_read_as_canonical),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
