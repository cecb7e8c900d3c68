/* SPDX-License-Identifier: Apache-2.0 */
/* Which page a path asks for. */

#include "web_test.h"

#include <string.h>

static const struct web_route *find(void **state, const char *method, const char *path,
                                    struct tree **at, bool *other)
{
    return web_route_find(arena_of(state), str_of(method), str_of(path), at, other);
}

static void parameters_are_decoded_steps(void **state)
{
    struct tree *at;
    bool other;
    const struct web_route *r =
        find(state, "GET", "/law/un-cybercrime/42%283%29%28c%29", &at, &other);
    assert_string_equal(r->name, "LAW_ARTICLE");
    assert_text(tree_str(at, "instrument"), "un-cybercrime");
    assert_text(tree_str(at, "article"), "42(3)(c)");
    r = find(state, "HEAD", "/dossier/a%2Fb", &at, &other);
    assert_string_equal(r->name, "DOSSIER");
    assert_text(tree_str(at, "ref"), "a/b");
}

static void strange_paths_are_no_page(void **state)
{
    static const char *const strange[] = {"",
                                          "duty",
                                          "/duty/",
                                          "//duty",
                                          "/dossier/",
                                          "/dossier/%",
                                          "/dossier/%ff",
                                          "/dossier/%00",
                                          "/dossier/..",
                                          "/dossier/%2e%2E",
                                          "/dossier/./log",
                                          "/dossier/a/b/c/d/e/f",
                                          "/{ref}",
                                          "/DUTY"};
    for (size_t k = 0; k < sizeof strange / sizeof *strange; k++) {
        struct tree *at;
        bool other;
        assert_null(find(state, "GET", strange[k], &at, &other));
        assert_false(other);
    }
}

static void another_method_is_told_apart_from_no_page(void **state)
{
    struct tree *at;
    bool other;
    assert_null(find(state, "POST", "/duty", &at, &other));
    assert_true(other);
    assert_null(find(state, "PUT", "/duty", &at, &other));
    assert_string_equal(find(state, "POST", "/dossier/x/do/ask", &at, &other)->name, "ACT_CHECK");
}

static void no_two_rows_ask_for_the_same(void **state)
{
    (void)state;
    for (size_t k = 0; k < web_routes_n; k++) {
        for (size_t n = k + 1; n < web_routes_n; n++) {
            assert_string_not_equal(web_routes[k].name, web_routes[n].name);
            if (web_routes[k].method == web_routes[n].method)
                assert_string_not_equal(web_routes[k].pattern, web_routes[n].pattern);
        }
    }
}

int route_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(parameters_are_decoded_steps),
        with_arena(strange_paths_are_no_page),
        with_arena(another_method_is_told_apart_from_no_page),
        with_arena(no_two_rows_ask_for_the_same),
    };
    return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
