/* SPDX-License-Identifier: Apache-2.0 */
/* Escaping by place: whatever a value is, it stays what its place says. Names src/web/html.c. */

#include "web_test.h"

static struct html_out out_of(void **state)
{
    return (struct html_out){.arena = arena_of(state), .b = buf_in(arena_of(state))};
}

static struct tree text(const char *s) { return (struct tree){.kind = TREE_STR, .str = str_of(s)}; }

static void text_cannot_become_an_element(void **state)
{
    struct html_out o = out_of(state);
    struct tree v = text("<script>alert('1')</script> & \"x\"");
    html_text(&o, &v);
    assert_text(buf_as_str(&o.b),
                "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;");
}

static void an_attribute_cannot_be_left(void **state)
{
    struct html_out o = out_of(state);
    struct tree v = text("\" onclick=\"x' ");
    html_attr(&o, &v);
    assert_text(buf_as_str(&o.b), "&quot; onclick=&quot;x&#39; ");
}

static void control_characters_are_left_out(void **state)
{
    struct html_out o = out_of(state);
    struct tree v = text("a\x01\x1b[31m\x7f\tb\nc");
    html_text(&o, &v);
    assert_text(buf_as_str(&o.b), "a[31m\tb\nc");
}

static void only_addresses_that_are_ours_or_safe_stay(void **state)
{
    static const char *const good[] = {
        "/duty", "#x", "?lang=az", "/", "https://a.example/x", "mailto:a@b.example", "tel:+999"};
    static const char *const bad[] = {"javascript:alert(1)",
                                      "JavaScript:1",
                                      "data:text/html,x",
                                      "//other.example",
                                      "/\\other.example",
                                      "http://a.example",
                                      " /duty",
                                      "/a b",
                                      "/a\nb",
                                      "",
                                      "duty",
                                      "vbscript:x",
                                      "/a\\b"};
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        struct html_out o = out_of(state);
        struct tree v = text(good[k]);
        html_url(&o, &v);
        assert_text(buf_as_str(&o.b), good[k]);
    }
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        struct html_out o = out_of(state);
        struct tree v = text(bad[k]);
        html_url(&o, &v);
        assert_text(buf_as_str(&o.b), "#");
    }
}

static void a_step_of_a_path_stays_one_step(void **state)
{
    struct html_out o = out_of(state);
    struct tree v = text("../a/b?c#d&e%\"<\xc9\x99 42(3)(c)");
    html_url_part(&o, &v);
    assert_text(buf_as_str(&o.b), "..%2Fa%2Fb%3Fc%23d%26e%25%22%3C%C9%99%2042(3)(c)");
}

static void json_in_an_attribute_is_json_and_stays_there(void **state)
{
    struct html_out o = out_of(state);
    struct tree *m = tree_map(o.arena);
    tree_add_str(o.arena, m, "a", STR("\"><b>"));
    html_json(&o, m);
    assert_text(buf_as_str(&o.b), "{&quot;a&quot;:&quot;\\&quot;&gt;&lt;b&gt;&quot;}");
}

static void a_sentence_isolates_and_escapes_what_is_filled_in(void **state)
{
    struct html_out o = out_of(state);
    struct tree v = text("<Norland>");
    html_say(&o, HTML_text, "from {state}", (const struct html_arg[]){{"state", &v}}, 1);
    assert_text(buf_as_str(&o.b), "from <bdi>&lt;Norland&gt;</bdi>");
    o = out_of(state);
    html_say(&o, HTML_attr, "from {state}", (const struct html_arg[]){{"state", &v}}, 1);
    assert_text(buf_as_str(&o.b), "from &lt;Norland&gt;");
    o = out_of(state);
    html_say(&o, HTML_text, "from {state}", NULL, 0);
    assert_text(buf_as_str(&o.b), "from <bdi></bdi>");
}

static void a_braced_value_is_not_filled_in_again(void **state)
{
    struct html_out o = out_of(state);
    struct tree v = text("{state}{state");
    html_say(&o, HTML_text, "from {state}", (const struct html_arg[]){{"state", &v}}, 1);
    assert_text(buf_as_str(&o.b), "from <bdi>{state}{state</bdi>");
}

static void absence_is_false_and_writes_nothing(void **state)
{
    struct arena *a = arena_of(state);
    struct html_out o = out_of(state);
    struct tree *m = tree_map(a);
    tree_add_bool(a, m, "no", false);
    tree_add_int(a, m, "zero", 0);
    tree_add_str(a, m, "empty", STR(""));
    tree_add_list(a, m, "list");
    tree_add_null(a, m, "null");
    for (const struct tree *c = m->child; c; c = c->next) assert_false(html_is(c));
    assert_false(html_is(NULL));
    assert_true(html_is(m));
    html_text(&o, NULL);
    html_text(&o, m);
    html_json(&o, NULL);
    assert_int_equal(o.b.n, 0);
    assert_null(html_list(tree_get(m, "zero")));
    assert_false(html_eq(NULL, ""));
}

int html_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(text_cannot_become_an_element),
        with_arena(an_attribute_cannot_be_left),
        with_arena(control_characters_are_left_out),
        with_arena(only_addresses_that_are_ours_or_safe_stay),
        with_arena(a_step_of_a_path_stays_one_step),
        with_arena(json_in_an_attribute_is_json_and_stays_there),
        with_arena(a_sentence_isolates_and_escapes_what_is_filled_in),
        with_arena(a_braced_value_is_not_filled_in_again),
        with_arena(absence_is_false_and_writes_nothing),
    };
    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
