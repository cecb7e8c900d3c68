/* SPDX-License-Identifier: Apache-2.0 */
/* Each member of act.json and carriage.json: missing, of another kind, and one too many. */

#include "post/post_internal.h"
#include "post_test.h"

static struct turn turn_in(struct arena *a) { return (struct turn){.arena = a}; }

#define HASH "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\""
#define ID "\"00112233445566778899aabbccddeeff\""

static struct tree *good_act(struct arena *a)
{
    static const char text[] =
        "{\"v\":1,\"id\":" ID ",\"act\":\"send\",\"dossier\":" ID ",\"ref\":\"XN-CSB-2026-0001\","
        "\"n\":1,\"seen\":{\"n\":0,\"hash\":\"\"},\"from\":\"XN/csb\",\"to\":\"XM/dts\","
        "\"by\":{\"officer\":\"o-1\",\"post\":\"duty\",\"method\":\"session\"},"
        "\"at\":1795489200000,\"law\":{\"instrument\":\"un-cybercrime\","
        "\"kind\":\"preservation\",\"tables\":" HASH ",\"profiles\":{\"XN\":" HASH "}},"
        "\"particulars\":{\"facts\":{\"lang\":\"en\",\"text\":\"x\"}},\"documents\":["
        "{\"name\":\"a.txt\",\"sha256\":" HASH ",\"size\":0,\"type\":\"\"}],\"suite\":1}";
    struct turn t = turn_in(a);
    struct tree *m;
    assert_int_equal(json_read(&t, str_bytes(str_of(text)), &codec_limits, &m), ERR_OK);
    return m;
}

static struct tree *good_carriage(struct arena *a)
{
    static const char text[] = "{\"v\":1,\"act\":" HASH ",\"from\":\"XN/csb\",\"to\":\"XM/dts\","
                               "\"incarnation\":1,\"seq\":1,\"suite\":1}";
    struct turn t = turn_in(a);
    struct tree *m;
    assert_int_equal(json_read(&t, str_bytes(str_of(text)), &codec_limits, &m), ERR_OK);
    return m;
}

static void assert_form(struct arena *a, err (*form)(struct turn *t, const struct tree *m),
                        const struct tree *m, const char *key)
{
    struct turn t = turn_in(a);
    err e = form(&t, m);
    if (!key) {
        if (e != ERR_OK) fail_msg("%s: %s", t.fault.article, t.fault.sentence);
        return;
    }
    if (e != ERR_REJECTED) fail_msg("%s was let through", key);
    assert_string_equal(t.fault.code, "act-form");
    if (!strstr(t.fault.article, key)) fail_msg("\"%s\" does not name %s", t.fault.article, key);
}

static void what_we_write_ourselves_is_formed(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    assert_form(a, form_act, good_act(a), NULL);
    assert_form(a, form_carriage, good_carriage(a), NULL);
}

static void an_act_states_at_most_256_particulars(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct tree *act = good_act(a), *many = craft_map(act, "particulars");
    while (many->count < POST_PARTICULARS_MAX)
        tree_add_str(a, many, str_c(a, str_printf(a, "p%zu", many->count)), STR("x"));
    assert_form(a, form_act, act, NULL);
    tree_add_str(a, many, "one_more", STR("x"));
    assert_form(a, form_act, act, "particulars");
}

/* The map at `path` ("" is the whole). */
static struct tree *part(struct tree *m, const char *path)
{
    return path[0] ? craft_map(m, path) : m;
}

static void each_missing(struct arena *a, struct tree *(*good)(struct arena *a),
                         err (*form)(struct turn *t, const struct tree *m), const char *path)
{
    for (size_t k = 0; k < part(good(a), path)->count; k++) {
        struct tree *whole = good(a), *m = part(whole, path);
        struct tree **at = &m->child;
        for (size_t j = 0; j < k; j++) at = &(*at)->next;
        const char *key = str_c(a, (*at)->key);
        *at = (*at)->next;
        m->count--;
        assert_form(a, form, whole, key);
    }
}

static void each_of_another_kind(struct arena *a, struct tree *(*good)(struct arena *a),
                                 err (*form)(struct turn *t, const struct tree *m),
                                 const char *path)
{
    struct tree *others = tree_list(a);
    tree_add_null(a, others, NULL);
    tree_add_bool(a, others, NULL, true);
    tree_add_int(a, others, NULL, -1);
    for (const struct tree *x = others->child; x; x = x->next)
        for (size_t k = 0; k < part(good(a), path)->count; k++) {
            struct tree *whole = good(a), *m = part(whole, path), *at = m->child;
            for (size_t j = 0; j < k; j++) at = at->next;
            const char *key = str_c(a, at->key);
            tree_set(a, m, str_of(key), x);
            assert_form(a, form, whole, key);
        }
}

static void every_member_must_be_there_and_of_its_kind(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    static const char *const parts[] = {"", "seen", "by", "law"};
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        each_missing(a, good_act, form_act, parts[k]);
        each_of_another_kind(a, good_act, form_act, parts[k]);
        struct tree *more = good_act(a);
        tree_add_int(a, part(more, parts[k]), "surplus", 1);
        assert_form(a, form_act, more, "surplus");
    }
    each_missing(a, good_carriage, form_carriage, "");
    each_of_another_kind(a, good_carriage, form_carriage, "");
    struct tree *more = good_carriage(a);
    tree_add_int(a, more, "surplus", 1);
    assert_form(a, form_carriage, more, "surplus");
}

static void spellings_are_one(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct craft c = {.arena = a};
    static const struct {
        const char *key, *value;
    } rows[] = {
        {"id", "00112233445566778899AABBCCDDEEFF"},
        {"id", "0011"},
        {"act", "Send"},
        {"act", ""},
        {"act", "a b"},
        {"from", "xn/csb"},
        {"from", "XN"},
        {"from", "XN/"},
        {"from", "XN/CSB"},
        {"from", "XN/a/b"},
        {"to", "XN/../x"},
        {"ref", ""},
        {"dossier", "x"},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct tree *m = good_act(a);
        craft_set_str(&c, m, rows[k].key, rows[k].value);
        assert_form(a, form_act, m, rows[k].key);
    }
    char long_ref[POST_TEXT_MAX + 2];
    memset(long_ref, 'x', sizeof long_ref - 1);
    long_ref[sizeof long_ref - 1] = 0;
    struct tree *m = good_act(a);
    craft_set_str(&c, m, "ref", long_ref);
    assert_form(a, form_act, m, "ref");
    long_ref[POST_TEXT_MAX] = 0;
    craft_set_str(&c, m, "ref", long_ref);
    assert_form(a, form_act, m, NULL);
}

static void keys_of_particulars_are_plain_words(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    static const char *const keys[] = {"Facts", "a-b", "a.b", "", "fa\xc3\xa7ts"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        struct tree *m = good_act(a);
        tree_add_int(a, craft_map(m, "particulars"), keys[k], 1);
        assert_form(a, form_act, m, "particulars");
    }
    struct tree *m = good_act(a);
    tree_add_int(a, tree_add_map(a, craft_map(m, "particulars"), "nested"), "B", 1);
    assert_form(a, form_act, m, "particulars");
}

static void documents_have_plain_names_and_an_end(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct craft c = {.arena = a};
    static const char *const names[] = {"../x", "/x", "a\\b", "a:b", "", "."};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct tree *m = good_act(a);
        craft_set_str(&c, craft_map(m, "documents")->child, "name", names[k]);
        assert_form(a, form_act, m, "documents.name");
    }
    struct tree *m = good_act(a), *list = craft_map(m, "documents");
    while (list->count < POST_DOCUMENTS_MAX) tree_add_copy(a, list, NULL, list->child);
    assert_form(a, form_act, m, NULL);
    tree_add_copy(a, list, NULL, list->child);
    assert_form(a, form_act, m, "documents");
    m = good_act(a);
    tree_add_int(a, craft_map(m, "documents"), NULL, 1);
    assert_form(a, form_act, m, "documents");
}

static void profiles_are_named_by_state(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct tree *m = good_act(a);
    tree_add_str(a, craft_map(craft_map(m, "law"), "profiles"), "XM", STR("x"));
    assert_form(a, form_act, m, "law.profiles");
    m = good_act(a);
    tree_add_str(a, craft_map(craft_map(m, "law"), "profiles"), "Meridia", STR(""));
    assert_form(a, form_act, m, "law.profiles");
}

static void other_instruments_are_a_few_words(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct tree *m = good_act(a), *also = tree_add_list(a, craft_map(m, "law"), "also");
    tree_add_str(a, also, NULL, STR("ets-030"));
    assert_int_equal(form_act(&t, m), ERR_OK);
    tree_add_str(a, also, NULL, STR("ETS 24"));
    assert_form(a, form_act, m, "law.also");
    m = good_act(a);
    also = tree_add_list(a, craft_map(m, "law"), "also");
    assert_form(a, form_act, m, "law.also");
    for (int k = 0; k < 9; k++) tree_add_str(a, also, NULL, STR("ets-030"));
    assert_form(a, form_act, m, "law.also");
    m = good_act(a);
    tree_add_str(a, craft_map(m, "law"), "also", STR("ets-030"));
    assert_form(a, form_act, m, "law.also");
}

static void what_is_no_map_is_refused(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    assert_form(a, form_act, tree_list(a), "act");
    assert_form(a, form_carriage, tree_list(a), "carriage");
}

int test_form(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_we_write_ourselves_is_formed),
        cmocka_unit_test(an_act_states_at_most_256_particulars),
        cmocka_unit_test(every_member_must_be_there_and_of_its_kind),
        cmocka_unit_test(spellings_are_one),
        cmocka_unit_test(keys_of_particulars_are_plain_words),
        cmocka_unit_test(documents_have_plain_names_and_an_end),
        cmocka_unit_test(profiles_are_named_by_state),
        cmocka_unit_test(other_instruments_are_a_few_words),
        cmocka_unit_test(what_is_no_map_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
