/* SPDX-License-Identifier: Apache-2.0 */
/* Which row of route.def a path asks for. A parameter is one step of the path, percent-decoded, and
 * never empty; "." and ".." are no names of anything. */

#include "web/inner.h"

const struct web_route web_routes[] = {
#define ROUTE(name, method, pattern, who, action, page)                                            \
    {#name, method, pattern, who, action, web_do_##name},
#include "web/route.def"
#undef ROUTE
};
const size_t web_routes_n = sizeof web_routes / sizeof *web_routes;

static bool step_fits(struct arena *a, struct str wanted, struct str given, struct tree *at)
{
    struct str value;
    bool named = wanted.n > 2 && wanted.p[0] == '{';
    if (!named) return str_eq(wanted, given);
    if (!form_decode(a, given, false, &value) || !value.n) return false;
    if (str_is(value, ".") || str_is(value, "..")) return false;
    struct str name = {wanted.p + 1, wanted.n - 2};
    tree_add_str(a, at, str_c(a, name), value);
    return true;
}

bool web_path_fits(struct arena *a, const char *pattern, struct str path, struct tree *at)
{
    struct str wanted, keys, one, given;
    str_split(str_of(pattern), '?', &wanted, &keys);
    for (;;) {
        bool more = str_split(wanted, '/', &one, &wanted);
        bool more_given = str_split(path, '/', &given, &path);
        if (more != more_given || !step_fits(a, one, given, at)) return false;
        if (!more) return true;
    }
}

const struct web_route *web_route_find(struct arena *a, struct str method, struct str path,
                                       struct tree **at_out, bool *other_method_out)
{
    bool is_post = str_is(method, "POST"), is_get = str_is(method, "GET") || str_is(method, "HEAD");
    *other_method_out = false;
    for (size_t k = 0; k < web_routes_n; k++) {
        const struct web_route *r = &web_routes[k];
        struct tree *at = tree_map(a);
        if (!web_path_fits(a, r->pattern, path, at)) continue;
        *other_method_out = true;
        if (r->method == POST ? !is_post : !is_get) continue;
        *at_out = at;
        return r;
    }
    return NULL;
}
