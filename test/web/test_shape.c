/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes, the description made of them, and the headers of the API: src/web/shape.c,
 * src/web/openapi.c, src/web/api_head.c. */

#include "web_test.h"

#include "web/api.h"

#include <string.h>

/* ---- shapes ---------------------------------------------------------------------------------- */

static void every_type_of_a_shape_is_known(void **state)
{
    (void)state;
    static const char *const words[] = {"text", "int",    "bool", "time",
                                        "day",  "base64", "map",  "any"};
    struct shape s, other;
    size_t fields = 0;
    for (size_t k = 0; shape_nth(k, &s); k++) {
        for (size_t j = 0; j < s.n; j++, fields++) {
            bool known = shape_find(s.fields[j].type, &other);
            if (known && s.is_body) assert_true(other.is_body);
            for (size_t w = 0; w < sizeof words / sizeof *words; w++)
                known = known || str_is(s.fields[j].type, words[w]);
            if (!known) fail_msg("%s." STR_FMT, s.name, STR_ARG(s.fields[j].name));
        }
    }
    assert_true(fields > 200);
    assert_false(shape_nth(shapes_n, &s));
    assert_false(shape_find(STR("Dance"), &s));
}

static void a_shape_takes_over_the_fields_of_another(void **state)
{
    (void)state;
    struct shape row, brief;
    assert_true(shape_find(STR("Row"), &row) && shape_find(STR("Brief"), &brief));
    assert_true(row.n > brief.n);
    assert_true(str_eq(row.fields[0].name, brief.fields[0].name));
    assert_true(row.fields[row.n - 1].may_lack);
}

static size_t wrong(void **state, const char *shape, const char *json)
{
    struct door *d = *state;
    struct shape s;
    struct tree *m, *errors = tree_list(d->arena);
    assert_true(shape_find(str_of(shape), &s));
    assert_int_equal(json_read(&d->t, str_bytes(str_of(json)), &codec_limits, &m), ERR_OK);
    shape_check(d->arena, &s, m, STR(""), errors);
    return errors->count;
}

static void a_body_fits_whole_or_is_refused_by_each_place(void **state)
{
    struct door *d = *state;
    assert_int_equal(wrong(state, "NewAct", "{\"act\":\"a\"}"), 0);
    assert_int_equal(wrong(state, "NewAct", "{\"act\":\"a\",\"particulars\":{\"x\":[1]}}"), 0);
    assert_int_equal(wrong(state, "NewAct", "{\"act\":null}"), 1);
    assert_int_equal(wrong(state, "NewAct", "{}"), 1);
    assert_int_equal(wrong(state, "NewAct", "[]"), 1);
    assert_int_equal(wrong(state, "NewAct", "{\"act\":\"a\",\"version\":3}"), 1);
    assert_int_equal(wrong(state, "NewAct", "{\"act\":\"a\",\"idem\":\"x\"}"), 1);
    assert_int_equal(wrong(state, "NewAct", "{\"act\":\"a\",\"documents\":{}}"), 1);
    assert_int_equal(wrong(state, "NewUser", "{\"officer\":1,\"post\":2,\"roles\":[1,2]}"), 4);
    struct buf many = buf_in(d->arena);
    buf_printf(&many, "{\"act\":\"a\",\"documents\":[0");
    for (int k = 0; k < 1000; k++) buf_printf(&many, ",%d", k);
    buf_printf(&many, "]}");
    assert_int_equal(wrong(state, "NewAct", str_c(d->arena, buf_as_str(&many))),
                     PROBLEM_ERRORS_MAX);
}

/* ---- the description ------------------------------------------------------------------------- */

static void refs_lead_somewhere(const struct tree *t, const struct tree *schemas, size_t *n,
                                int depth)
{
    assert_true(depth < 30);
    struct str ref = t->kind == TREE_MAP ? tree_str(t, "$ref") : STR("");
    if (ref.n) {
        size_t before = strlen("#/components/schemas/");
        assert_true(ref.n > before);
        assert_non_null(tree_get_s(schemas, (struct str){ref.p + before, ref.n - before}));
        (*n)++;
    }
    for (const struct tree *c = t->child; c; c = c->next)
        refs_lead_somewhere(c, schemas, n, depth + 1);
}

static void the_description_has_every_row_and_nothing_else(void **state)
{
    struct arena *a = arena_of(state);
    const struct tree *m = openapi_make(a), *paths = tree_get(m, "paths");
    assert_text(tree_str(m, "openapi"), "3.1.0");
    size_t operations = 0, refs = 0;
    for (const struct tree *p = paths->child; p; p = p->next) operations += p->count;
    assert_int_equal(operations, api_rows_n);
    refs_lead_somewhere(m, tree_at(m, "components.schemas"), &refs, 0);
    assert_true(refs > 100);
    const struct tree *act = tree_get(tree_get(paths, "/v1/dossiers/{ref}/acts"), "post");
    struct str text = json_write(a, act);
    assert_has(text, "If-Match");
    assert_has(text, "Idempotency-Key");
    assert_has(text, "\"428\"");
    assert_has(text, "#/components/schemas/NewAct");
}

static void particulars_have_a_schema_by_their_rows(void **state)
{
    struct door *d = *state;
    struct tree *rows;
    static const char text[] =
        "[{\"name\":\"facts\",\"type\":\"text\",\"required\":\"always\",\"max\":40},"
        "{\"name\":\"until\",\"type\":\"day\",\"required\":\"optional\"},"
        "{\"name\":\"mla\",\"type\":\"flag\",\"required\":\"always\"},"
        "{\"name\":\"scope\",\"type\":\"choice\","
        "\"choices\":[{\"value\":\"a\"},{\"value\":\"b\"}]}]";
    assert_int_equal(json_read(&d->t, str_bytes(str_of(text)), &codec_limits, &rows), ERR_OK);
    const struct tree *m = openapi_particulars(d->arena, rows), *p = tree_get(m, "properties");
    assert_int_equal(p->count, 4);
    assert_int_equal(tree_get(m, "required")->count, 2);
    assert_int_equal(tree_int(tree_get(tree_get(p, "facts"), "anyOf")->child, "maxLength", 0), 40);
    assert_text(tree_str(tree_get(p, "until"), "format"), "date");
    assert_text(tree_str(tree_get(p, "mla"), "type"), "boolean");
    assert_true(tree_has_str(tree_get(tree_get(p, "scope"), "enum"), STR("b")));
    assert_false(tree_bool(m, "additionalProperties", true));
}

static void people_read_the_same_list(void **state)
{
    struct door *d = *state;
    struct heard h = get_as(d, "/help/api", "");
    assert_int_equal(h.status, 200);
    for (size_t k = 0; k < api_rows_n; k++) {
        struct str path, keys;
        str_split(str_of(api_rows[k].pattern), '&', &path, &keys);
        assert_has(h.body, str_c(d->arena, path));
    }
    assert_has(get_as(d, "/help/api?lang=az", "").body, "Layihəni atmaq");
}

/* ---- headers --------------------------------------------------------------------------------- */

static void if_match_names_one_version(void **state)
{
    (void)state;
    int64_t n = 0;
    assert_int_equal(api_match_read(STR(" \"17\" "), &n), API_MATCH_READ);
    assert_int_equal(n, 17);
    assert_int_equal(api_match_read(STR("\"0-ab12\""), &n), API_MATCH_READ);
    assert_int_equal(n, 0);
    assert_int_equal(api_match_read(STR("W/\"17-ab\""), &n), API_MATCH_WEAK);
    static const char *const broken[] = {"",
                                         "*",
                                         "17",
                                         "\"",
                                         "\"\"",
                                         "\"x\"",
                                         "\"-1\"",
                                         "\"17\", \"18\"",
                                         "\"17-a\", \"18-b\"",
                                         "W/17",
                                         "\"17-\"a\"",
                                         "\"9007199254740993\"",
                                         "\"99999999999999999999\"",
                                         "\"+1\""};
    for (size_t k = 0; k < sizeof broken / sizeof *broken; k++)
        assert_int_equal(api_match_read(str_of(broken[k]), &n), API_MATCH_BROKEN);
    assert_int_equal(n, 0);
}

static void if_none_match_is_compared_weakly(void **state)
{
    (void)state;
    struct str tag = STR("\"17-ab\"");
    assert_true(api_none_match(STR("\"17-ab\""), tag));
    assert_true(api_none_match(STR("\"1\" , W/\"17-ab\",\"2\""), tag));
    assert_true(api_none_match(STR("*"), tag));
    assert_false(api_none_match(STR(""), tag));
    assert_false(api_none_match(STR("17-ab, \"17\", ,\"17-abc\""), tag));
}

static void a_key_is_visible_and_short(void **state)
{
    struct arena *a = arena_of(state);
    struct str key = STR("untouched");
    assert_true(api_key_read(STR(" \"a-1\" "), &key) && str_is(key, "a-1"));
    assert_true(api_key_read(STR("a-1"), &key) && str_is(key, "a-1"));
    char *long_key = arena_take(a, 130);
    memset(long_key, 'k', 129);
    static const char *const broken[] = {"", "\"\"", "a b", "a\"b", "\xc3\xa9", "a\\b"};
    for (size_t k = 0; k < sizeof broken / sizeof *broken; k++)
        assert_false(api_key_read(str_of(broken[k]), &key));
    assert_false(api_key_read((struct str){long_key, 129}, &key));
    assert_true(api_key_read((struct str){long_key, 128}, &key));
}

static void a_bearer_is_told_from_other_schemes(void **state)
{
    assert_text(api_bearer(STR("Bearer abc")), "abc");
    assert_text(api_bearer(STR("bEARER  abc ")), "abc");
    assert_text(api_bearer(STR("Basic abc")), "");
    assert_text(api_bearer(STR("Bearerabc")), "");
    assert_text(api_bearer(STR("Bearer")), "");
    assert_text(api_bearer(STR("")), "");
}

int shape_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(every_type_of_a_shape_is_known),
        with_arena(a_shape_takes_over_the_fields_of_another),
        with_arena(a_body_fits_whole_or_is_refused_by_each_place),
        with_arena(the_description_has_every_row_and_nothing_else),
        with_arena(particulars_have_a_schema_by_their_rows),
        with_door(people_read_the_same_list),
        with_arena(if_match_names_one_version),
        with_arena(if_none_match_is_compared_weakly),
        with_arena(a_key_is_visible_and_short),
        with_arena(a_bearer_is_told_from_other_schemes),
    };
    return cmocka_run_group_tests_name("shape", tests, NULL, NULL);
}
