/* SPDX-License-Identifier: Apache-2.0 */
/* A State's signed profile: taken whole, or not at all. */

#include "proof_test.h"

#include <string.h>

/* Signs a body with Norland's root and reads it against that root. */
static err read_body(struct world *w, struct bytes body, struct profile *out)
{
    struct bytes cms;
    struct state *s = &w->norland;
    err e = suite_1.sign(w->t, s->root_key, s->root_der, body, true, KIT_AT_MS, &cms);
    assert_int_equal(e, ERR_OK);
    return profile_read(w->t, &suite_1, cms, s->root_der, out);
}

static err read_struct(struct world *w, const struct profile *p)
{
    struct profile out;
    return read_body(w, str_bytes(profile_body(w->t->arena, p)), &out);
}

static void what_is_revoked_is_named_and_only_that(void **state)
{
    struct world *w = *state;
    struct profile p = w->norland.profile, out;
    struct profile_authority x = p.authorities[0];
    p.authorities = &x;
    assert_null(strstr(str_c(w->t->arena, profile_body(w->t->arena, &p)), "revoked_since"));
    x.seal_revoked_ms = KIT_AT_MS;
    p.tls_revoked_ms = KIT_AT_MS + 1;
    assert_int_equal(read_body(w, str_bytes(profile_body(w->t->arena, &p)), &out), ERR_OK);
    assert_true(out.tls_revoked_ms == KIT_AT_MS + 1);
    assert_true(out.authorities[0].seal_revoked_ms == KIT_AT_MS);
    assert_true(out.authorities[0].open_revoked_ms == 0);
    assert_false(profile_is_revoked(0, KIT_AT_MS));
    assert_false(profile_is_revoked(KIT_AT_MS, KIT_AT_MS - 1));
    assert_true(profile_is_revoked(KIT_AT_MS, KIT_AT_MS));
    x.seal_revoked_ms = -1;
    assert_int_equal(read_body(w, str_bytes(profile_body(w->t->arena, &p)), &out), ERR_REJECTED);
    assert_string_equal(w->t->fault.particular, "revoked_since");
    turn_forgive(w->t);
}

static void a_profile_that_is_written_is_read(void **state)
{
    struct world *w = *state;
    const struct profile *p = &w->norland.profile;
    struct profile out;
    err e = profile_read(w->t, &suite_1, w->norland.profile_cms, w->norland.root_der, &out);
    assert_int_equal(e, ERR_OK);
    assert_text(out.state, "XN");
    assert_true(str_eq(out.vkey, p->vkey) && str_eq(out.url, p->url));
    assert_true(bytes_eq(out.tls_der, p->tls_der));
    assert_int_equal(out.authorities_n, 1);
    assert_true(bytes_eq(out.authorities[0].seal_der, w->norland.seal_der));
    assert_true(tree_eq(out.authorities[0].functions, p->authorities[0].functions));
    struct hash h = seal_sha256_of(w->norland.profile_cms);
    assert_true(hash_eq(&out.hash, &h));
    assert_true(str_eq(profile_body(w->t->arena, &out), profile_body(w->t->arena, p)));
}

static void an_authority_is_found_by_its_address(void **state)
{
    struct world *w = *state;
    assert_non_null(profile_find(&w->norland.profile, STR("XN/csb")));
    assert_null(profile_find(&w->norland.profile, STR("XN/cs")));
    assert_null(profile_find(&w->norland.profile, STR("")));
}

static void a_profile_under_another_root_is_refused(void **state)
{
    struct world *w = *state;
    struct profile out;
    err e = profile_read(w->t, &suite_1, w->norland.profile_cms, w->meridia.root_der, &out);
    assert_int_equal(e, ERR_INTEGRITY);
}

/* The State's own seal is no root, though the root issued it. */
static void a_profile_signed_by_a_seal_is_refused(void **state)
{
    struct world *w = *state;
    struct state *s = &w->norland;
    struct bytes cms, body = str_bytes(profile_body(w->t->arena, &s->profile));
    struct profile out;
    err e = suite_1.sign(w->t, s->seal_key, s->seal_der, body, true, KIT_AT_MS, &cms);
    assert_int_equal(e, ERR_OK);
    e = profile_read(w->t, &suite_1, cms, s->seal_der, &out);
    assert_fault(w->t, e, ERR_INTEGRITY, "root");
}

static void any_bit_altered_in_a_signed_profile_is_refused(void **state)
{
    struct world *w = *state;
    struct bytes cms = w->norland.profile_cms;
    uint8_t *bent = (uint8_t *)(uintptr_t)bytes_dup(w->t->arena, cms).p;
    for (size_t bit = 0; bit < 8 * cms.n; bit += 13) {
        auto_arena scratch = arena_new();
        struct arena *kept = w->t->arena;
        struct profile out;
        w->t->arena = scratch;
        bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
        err e =
            profile_read(w->t, &suite_1, (struct bytes){bent, cms.n}, w->norland.root_der, &out);
        bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
        w->t->arena = kept;
        if (e == ERR_OK) fail_msg("bit %zu is free", bit);
        turn_forgive(w->t);
    }
}

static void a_profile_of_another_state_than_its_root_is_refused(void **state)
{
    struct world *w = *state;
    struct profile p = w->norland.profile;
    p.state = STR("XM");
    assert_fault(w->t, read_struct(w, &p), ERR_INTEGRITY, "state");
}

static void training_flags_must_agree(void **state)
{
    struct world *w = *state;
    struct profile p = w->norland.profile;
    p.training = true;
    assert_fault(w->t, read_struct(w, &p), ERR_INTEGRITY, "training");
}

static void a_certificate_for_another_use_is_refused(void **state)
{
    struct world *w = *state;
    struct profile p = w->norland.profile;
    struct profile_authority a = p.authorities[0];
    p.authorities = &a;
    a.seal_der = w->norland.open_der;
    assert_int_equal(read_struct(w, &p), ERR_INTEGRITY);
    turn_forgive(w->t);
    a = w->norland.profile.authorities[0];
    a.open_der = w->norland.seal_der;
    assert_int_equal(read_struct(w, &p), ERR_INTEGRITY);
    turn_forgive(w->t);
    p = w->norland.profile;
    p.tls_der = w->norland.seal_der;
    assert_int_equal(read_struct(w, &p), ERR_INTEGRITY);
}

static void a_certificate_of_another_root_is_refused(void **state)
{
    struct world *w = *state;
    struct profile p = w->norland.profile;
    struct profile_authority a = p.authorities[0];
    p.authorities = &a;
    a.seal_der = w->meridia.seal_der;
    assert_int_equal(read_struct(w, &p), ERR_INTEGRITY);
    turn_forgive(w->t);
    p = w->norland.profile;
    p.tls_der = w->meridia.tls_der;
    assert_int_equal(read_struct(w, &p), ERR_INTEGRITY);
}

static void a_certificate_of_another_authority_is_refused(void **state)
{
    struct world *w = *state;
    struct profile p = w->norland.profile;
    struct profile_authority a = p.authorities[0];
    p.authorities = &a;
    a.address = STR("XN/moj");
    assert_fault(w->t, read_struct(w, &p), ERR_INTEGRITY, "address");
}

static void a_certificate_out_of_its_time_is_refused(void **state)
{
    struct world *w = *state;
    struct profile p = w->norland.profile;
    p.at_ms = KIT_AT_MS + KIT_YEAR_MS + DAY_MS;
    assert_int_equal(read_struct(w, &p), ERR_INTEGRITY);
}

static void addresses_are_of_the_state_and_stand_once(void **state)
{
    struct world *w = *state;
    struct profile p = w->norland.profile;
    struct profile_authority two[2] = {p.authorities[0], p.authorities[0]};
    p.authorities = two;
    p.authorities_n = 2;
    assert_fault(w->t, read_struct(w, &p), ERR_REJECTED, "form");
    p.authorities_n = 1;
    two[0].address = STR("XM/csb");
    assert_fault(w->t, read_struct(w, &p), ERR_REJECTED, "form");
    two[0].address = STR("nobody");
    assert_fault(w->t, read_struct(w, &p), ERR_REJECTED, "form");
    p.authorities_n = 0;
    assert_fault(w->t, read_struct(w, &p), ERR_REJECTED, "form");
}

static void the_node_has_a_name_a_url_and_a_key(void **state)
{
    struct world *w = *state;
    struct profile p = w->norland.profile;
    p.node = STR("");
    assert_fault(w->t, read_struct(w, &p), ERR_REJECTED, "form");
    p = w->norland.profile;
    p.url = STR("http://127.0.0.1/");
    assert_fault(w->t, read_struct(w, &p), ERR_REJECTED, "form");
    p = w->norland.profile;
    p.vkey = STR("comity.XN/csb+00000000+AAAA");
    assert_int_equal(read_struct(w, &p), ERR_REJECTED);
    turn_forgive(w->t);
    p = w->norland.profile;
    p.state = STR("xn");
    assert_fault(w->t, read_struct(w, &p), ERR_REJECTED, "form");
    p = w->norland.profile;
    p.at_ms = -1;
    assert_fault(w->t, read_struct(w, &p), ERR_REJECTED, "form");
}

static void members_that_are_missing_or_unknown_are_refused(void **state)
{
    struct world *w = *state;
    struct arena *a = w->t->arena;
    struct profile out;
    struct tree *map;
    struct bytes body = str_bytes(profile_body(a, &w->norland.profile));
    static const char *const keys[] = {"v",  "state", "name",       "training",
                                       "at", "node",  "authorities"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct tree *bent = tree_map(a);
        assert_int_equal(json_read(w->t, body, &codec_limits, &map), ERR_OK);
        for (const struct tree *m = map->child; m; m = m->next)
            if (!str_is(m->key, keys[i])) tree_set(a, bent, m->key, m);
        err e = read_body(w, str_bytes(json_write(a, bent)), &out);
        assert_fault(w->t, e, ERR_REJECTED, "form");
    }
    struct forge *f = forge_new(w);
    err e = read_body(w, forge_int(f, body, "v", 2), &out);
    assert_fault(w->t, e, ERR_REJECTED, "version");
    e = read_body(w, forge_text(f, body, "motto", "x"), &out);
    assert_fault(w->t, e, ERR_REJECTED, "form");
}

/* The body with one member at `key` of the map under `at` gone, or set to `value`. */
static struct bytes body_bent(struct world *w, const char *at, const char *key,
                              const struct tree *value)
{
    struct arena *a = w->t->arena;
    struct tree *map, *bent = tree_map(a), *inner = tree_map(a);
    struct bytes body = str_bytes(profile_body(a, &w->norland.profile));
    assert_int_equal(json_read(w->t, body, &codec_limits, &map), ERR_OK);
    const struct tree *whole = tree_get(map, at);
    bool is_list = whole->kind == TREE_LIST;
    for (const struct tree *m = (is_list ? whole->child : whole)->child; m; m = m->next)
        if (!str_is(m->key, key)) tree_set(a, inner, m->key, m);
    if (value) tree_set(a, inner, str_of(key), value);
    for (const struct tree *m = map->child; m; m = m->next)
        if (!str_is(m->key, at)) tree_set(a, bent, m->key, m);
    if (is_list)
        tree_add_copy(a, tree_add_list(a, bent, at), NULL, inner);
    else
        tree_set(a, bent, str_of(at), inner);
    return str_bytes(json_write(a, bent));
}

static void members_within_are_held_to_the_same(void **state)
{
    struct world *w = *state;
    struct arena *a = w->t->arena;
    struct profile out;
    static const char *const rows[][2] = {
        {"node", "id"},          {"node", "url"},         {"node", "tls"},
        {"node", "vkey"},        {"authorities", "name"}, {"authorities", "functions"},
        {"authorities", "seal"}, {"authorities", "open"}, {"authorities", "address"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        err e = read_body(w, body_bent(w, rows[i][0], rows[i][1], NULL), &out);
        assert_fault(w->t, e, ERR_REJECTED, "form");
    }
    struct tree *v = tree_map(a), *odd = tree_add_str(a, v, "odd", STR("A=A="));
    static const char *const bent[][2] = {{"node", "tls"},
                                          {"authorities", "seal"},
                                          {"authorities", "open"},
                                          {"node", "motto"},
                                          {"authorities", "motto"}};
    for (size_t i = 0; i < sizeof bent / sizeof *bent; i++) {
        err e = read_body(w, body_bent(w, bent[i][0], bent[i][1], odd), &out);
        assert_fault(w->t, e, ERR_REJECTED, "form");
    }
}

static const struct tree *functions_of(struct arena *a, size_t n, const char *key)
{
    struct tree *list = tree_list(a);
    for (size_t i = 0; i < n; i++) tree_add_str(a, tree_add_map(a, list, NULL), key, STR("*"));
    return list;
}

static void functions_are_bounded_and_have_a_form(void **state)
{
    struct world *w = *state;
    struct arena *arena = w->t->arena;
    struct profile p = w->norland.profile;
    struct profile_authority a = p.authorities[0];
    p.authorities = &a;
    a.functions = functions_of(arena, PROFILE_FUNCTIONS_MAX, "kind");
    assert_int_equal(read_struct(w, &p), ERR_OK);
    a.functions = functions_of(arena, PROFILE_FUNCTIONS_MAX + 1, "kind");
    assert_fault(w->t, read_struct(w, &p), ERR_TOO_LARGE, "count");
    a.functions = functions_of(arena, 1, "sort");
    assert_fault(w->t, read_struct(w, &p), ERR_REJECTED, "form");
    a.functions = NULL;
    assert_int_equal(read_struct(w, &p), ERR_OK);
}

static void a_profile_beyond_its_limits_is_not_read(void **state)
{
    struct world *w = *state;
    struct profile out, p = w->norland.profile;
    uint8_t *large = arena_take(w->t->arena, PROFILE_SIZE_MAX + 1);
    struct bytes cms = {large, PROFILE_SIZE_MAX + 1};
    err e = profile_read(w->t, &suite_1, cms, w->norland.root_der, &out);
    assert_fault(w->t, e, ERR_TOO_LARGE, "size");
    struct profile_authority many[PROFILE_AUTHORITIES_MAX + 1];
    for (size_t i = 0; i <= PROFILE_AUTHORITIES_MAX; i++) many[i] = p.authorities[0];
    p.authorities = many;
    p.authorities_n = PROFILE_AUTHORITIES_MAX + 1;
    assert_fault(w->t, read_struct(w, &p), ERR_TOO_LARGE, "count");
}

int profile_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_world(what_is_revoked_is_named_and_only_that),
        with_world(a_profile_that_is_written_is_read),
        with_world(an_authority_is_found_by_its_address),
        with_world(a_profile_under_another_root_is_refused),
        with_world(a_profile_signed_by_a_seal_is_refused),
        with_world(any_bit_altered_in_a_signed_profile_is_refused),
        with_world(a_profile_of_another_state_than_its_root_is_refused),
        with_world(training_flags_must_agree),
        with_world(a_certificate_for_another_use_is_refused),
        with_world(a_certificate_of_another_root_is_refused),
        with_world(a_certificate_of_another_authority_is_refused),
        with_world(a_certificate_out_of_its_time_is_refused),
        with_world(addresses_are_of_the_state_and_stand_once),
        with_world(the_node_has_a_name_a_url_and_a_key),
        with_world(members_that_are_missing_or_unknown_are_refused),
        with_world(members_within_are_held_to_the_same),
        with_world(functions_are_bounded_and_have_a_form),
        with_world(a_profile_beyond_its_limits_is_not_read),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
