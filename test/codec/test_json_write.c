/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/codec/json_write.c: the canonical spelling, and that nothing is lost by it. */

#include "codec_test.h"

/* The vectors are of our own making, each for one sentence of RFC 8785. */
static void the_canonical_spelling_follows_rfc_8785(void **state)
{
    struct turn *t = *state;
    static const struct {
        const char *in, *out;
    } rows[] = {
        {" [ 1 , -2 , 0 , -0 , true , null , false ] ", "[1,-2,0,0,true,null,false]"},
        {"9007199254740991", "9007199254740991"},
        {"-9007199254740991", "-9007199254740991"},
        {"{\"bb\":{},\"b\":[],\"a\":\"\",\"B\":1,\"\":2,\"10\":3,\"9\":4}",
         "{\"\":2,\"10\":3,\"9\":4,\"B\":1,\"a\":\"\",\"b\":[],\"bb\":{}}"},
        {"{\"b\":{\"z\":1,\"y\":{\"q\":0,\"p\":0}},\"a\":[{\"d\":1,\"c\":2}]}",
         "{\"a\":[{\"c\":2,\"d\":1}],\"b\":{\"y\":{\"p\":0,\"q\":0},\"z\":1}}"},
        {"\"\\u0001\\u0008\\u0009\\u000A\\u000b\\u000C\\u000d\\u000E\\u001F\"",
         "\"\\u0001\\b\\t\\n\\u000b\\f\\r\\u000e\\u001f\""},
        {"\"\\\"\\\\\\/\\u0022\\u005c\\u002f\"", "\"\\\"\\\\/\\\"\\\\/\""},
        {"\"\\u007f\\u0080\\u2028\\u2029\\ufeff\"",
         "\"\x7f\xc2\x80\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf\""},
        {"\"\\ud83d\\ude00 \\u0259\"", "\"\xf0\x9f\x98\x80 \xc9\x99\""},
        {"{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\u20ac\":3,\"\\u00f6\":4,\"\\u0080\":5,\"1\":6,"
         "\"\\r\":7}",
         "{\"\\r\":7,\"1\":6,\"\xc2\x80\":5,\"\xc3\xb6\":4,\"\xe2\x82\xac\":3,"
         "\"\xf0\x9f\x98\x80\":2,\"\xef\xac\xb3\":1}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tree *x;
        assert_int_equal(json_read(t, bytes_of(rows[i].in), &codec_limits, &x), ERR_OK);
        assert_text(json_write(t->arena, x), rows[i].out);
    }
}

static void the_spelling_for_people_is_indented_in_the_order_added(void **state)
{
    struct turn *t = *state;
    struct tree *x;
    const char *in = "{\"b\":[1,{\"x\":\"y\"},[],{}],\"a\":null}";
    assert_int_equal(json_read(t, bytes_of(in), &codec_limits, &x), ERR_OK);
    assert_text(json_write_pretty(t->arena, x), "{\n"
                                                "  \"b\": [\n"
                                                "    1,\n"
                                                "    {\n"
                                                "      \"x\": \"y\"\n"
                                                "    },\n"
                                                "    [],\n"
                                                "    {}\n"
                                                "  ],\n"
                                                "  \"a\": null\n"
                                                "}\n");
    assert_text(json_write_pretty(t->arena, tree_map(t->arena)), "{}\n");
    assert_text(json_write_pretty(t->arena, tree_list(t->arena)), "[]\n");
}

/* ---- pseudo-random trees --------------------------------------------------------------------- */

static void point_put(struct buf *b, uint32_t c)
{
    if (c < 0x80) {
        buf_byte(b, (uint8_t)c);
    } else if (c < 0x800) {
        buf_byte(b, (uint8_t)(0xc0 | c >> 6));
        buf_byte(b, (uint8_t)(0x80 | (c & 63)));
    } else if (c < 0x10000) {
        buf_byte(b, (uint8_t)(0xe0 | c >> 12));
        buf_byte(b, (uint8_t)(0x80 | (c >> 6 & 63)));
        buf_byte(b, (uint8_t)(0x80 | (c & 63)));
    } else {
        buf_byte(b, (uint8_t)(0xf0 | c >> 18));
        buf_byte(b, (uint8_t)(0x80 | (c >> 12 & 63)));
        buf_byte(b, (uint8_t)(0x80 | (c >> 6 & 63)));
        buf_byte(b, (uint8_t)(0x80 | (c & 63)));
    }
}

/* Each range of characters that is written in its own way is drawn as often as the others. */
static struct str some_text(struct arena *a, uint64_t *seed)
{
    static const struct {
        uint32_t from, n;
    } ranges[] = {{1, 31},       {32, 96},        {'"', 1},         {'\\', 1},
                  {0x80, 0x780}, {0x800, 0xd000}, {0xe000, 0x2000}, {0x10000, 0x100000}};
    struct buf b = buf_in(a);
    for (uint64_t n = next_of(seed) % 12; n > 0; n--) {
        uint64_t r = next_of(seed) % 8;
        point_put(&b, ranges[r].from + (uint32_t)(next_of(seed) % ranges[r].n));
    }
    return buf_as_str(&b);
}

static void some_member(struct arena *a, struct tree *to, const char *key, uint64_t *seed,
                        size_t depth)
{
    struct tree *made = NULL;
    switch (next_of(seed) % (depth < 6 ? 7 : 4)) {
    case 0:
        tree_add_null(a, to, key);
        return;
    case 1:
        tree_add_bool(a, to, key, next_of(seed) & 1);
        return;
    case 2:
        tree_add_int(a, to, key,
                     (int64_t)(next_of(seed) >> (11 + next_of(seed) % 53)) *
                         (next_of(seed) & 1 ? 1 : -1));
        return;
    case 3:
        tree_add_str(a, to, key, some_text(a, seed));
        return;
    case 4:
        made = tree_add_list(a, to, key);
        break;
    default:
        made = tree_add_map(a, to, key);
        break;
    }
    for (uint64_t i = 0, n = next_of(seed) % 8; i < n; i++) {
        const char *name = NULL;
        if (made->kind == TREE_MAP) {
            /* The number makes the key one of its own; it stands last, so that texts are sorted. */
            struct str text = some_text(a, seed);
            name = str_c(a, str_printf(a, STR_FMT "%u", STR_ARG(text), (unsigned)i));
            if (tree_get(made, name)) continue;
        }
        some_member(a, made, name, seed, depth + 1);
    }
}

static void what_is_written_is_read_back_the_same_for_two_thousand_trees(void **state)
{
    struct turn *t = *state;
    uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
    size_t largest = 0;
    for (int i = 0; i < 2000; i++) {
        auto_arena a = arena_new();
        struct turn one = {.arena = a};
        struct tree *x = tree_list(a);
        some_member(a, x, NULL, &seed, 0);
        struct str written = json_write(a, x);
        struct tree *back, *again;
        assert_int_equal(json_read(&one, str_bytes(written), &codec_limits, &back), ERR_OK);
        assert_true(tree_eq(x, back));
        assert_true(str_eq(json_write(a, back), written));
        assert_int_equal(json_read_canonical(&one, str_bytes(written), &codec_limits, &again),
                         ERR_OK);
        struct str pretty = json_write_pretty(a, x);
        assert_int_equal(json_read(&one, str_bytes(pretty), &codec_limits, &again), ERR_OK);
        assert_true(tree_eq(x, again));
        assert_true(str_eq(json_write_pretty(a, again), pretty));
        if (written.n > largest) largest = written.n;
    }
    assert_true(largest > 2000); /* or the generator made nothing worth reading */
    (void)t;
}

static void a_change_of_any_one_value_changes_the_spelling(void **state)
{
    struct turn *t = *state;
    const char *in = "{\"a\":[1,\"1\",true,null,{\"b\":{}}],\"c\":-7}";
    static const char *const others[] = {"{\"a\":[2,\"1\",true,null,{\"b\":{}}],\"c\":-7}",
                                         "{\"a\":[1,1,true,null,{\"b\":{}}],\"c\":-7}",
                                         "{\"a\":[1,\"1\",false,null,{\"b\":{}}],\"c\":-7}",
                                         "{\"a\":[1,\"1\",true,0,{\"b\":{}}],\"c\":-7}",
                                         "{\"a\":[1,\"1\",true,null,{\"b\":[]}],\"c\":-7}",
                                         "{\"a\":[1,\"1\",true,null,{\"b\":{}}],\"c\":7}",
                                         "{\"a\":[1,\"1\",true,null,{\"B\":{}}],\"c\":-7}"};
    struct tree *x, *y;
    assert_int_equal(json_read(t, bytes_of(in), &codec_limits, &x), ERR_OK);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(json_read(t, bytes_of(others[i]), &codec_limits, &y), ERR_OK);
        assert_false(str_eq(json_write(t->arena, x), json_write(t->arena, y)));
    }
}

int json_write_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_turn(the_canonical_spelling_follows_rfc_8785),
        with_turn(the_spelling_for_people_is_indented_in_the_order_added),
        with_turn(what_is_written_is_read_back_the_same_for_two_thousand_trees),
        with_turn(a_change_of_any_one_value_changes_the_spelling),
    };
    return cmocka_run_group_tests_name("json_write", tests, NULL, NULL);
}
