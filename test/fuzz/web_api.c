/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of the API: the first line is a header, the rest a body. What is wrong with a body is
 * named by places that are in it, at most so many; what is right has only known members. */

#include "web/api.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void header_check(struct str header)
{
    int64_t version = -1;
    struct str key, token = api_bearer(header);
    enum api_match m = api_match_read(header, &version);
    assert((m == API_MATCH_READ) == (version >= 0));
    if (api_key_read(header, &key)) assert(key.n > 0 && key.n <= 128);
    assert(token.n <= header.n);
    (void)api_none_match(header, STR("\"1-a\""));
}

static void members_check(const struct shape *s, const struct tree *body)
{
    for (const struct tree *c = body->child; c; c = c->next) {
        bool known = false;
        for (size_t k = 0; k < s->n; k++) known = known || str_eq(s->fields[k].name, c->key);
        assert(known);
    }
}

static void body_check(struct arena *a, const struct tree *body)
{
    struct shape s;
    for (size_t k = 0; shape_nth(k, &s); k++) {
        struct tree *errors = tree_list(a);
        if (!s.is_body) continue;
        shape_check(a, &s, body, STR(""), errors);
        assert(errors->count <= PROBLEM_ERRORS_MAX);
        for (const struct tree *e = errors->child; e; e = e->next) {
            struct str at = tree_str(e, "pointer");
            assert(at.n == 0 || at.p[0] == '/');
            assert(tree_str(e, "detail").n > 0 && str_is_utf8(at));
        }
        if (!errors->count) members_check(&s, body);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct str header, body, all = {(const char *)p, n};
    struct tree *m;
    str_split(all, '\n', &header, &body);
    header_check(header);
    if (json_read(&t, str_bytes(body), &codec_limits, &m) == ERR_OK) body_check(a, m);
    return 0;
}
