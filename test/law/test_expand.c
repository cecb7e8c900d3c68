/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns, topics, amendments and parts: what is written once says the same as what is written
 * out, and every slip names the file it stands in. */

#include "law_test.h"

#include <string.h>

enum { FILES_MAX = 8 };
struct set {
    struct law_file files[FILES_MAX];
    size_t n;
};

static void put(struct set *s, const char *path, const char *text)
{
    s->files[s->n++] = (struct law_file){path, (const unsigned char *)text, strlen(text)};
}

static const char main_file[] =
    "instrument: pact\n"
    "titles: {en: Pact, az: Pakt}\n"
    "short: {en: Pact, az: Pakt}\n"
    "document: none\n"
    "articles:\n"
    "  - {article: \"1\", source: text, titles: {en: One, az: Bir}}\n"
    "  - {article: \"2\", source: parent, titles: {en: Two, az: Iki}}\n"
    "  - {article: \"9\", source: unverified, titles: {en: Nine, az: Doqquz}}\n"
    "functions: [{function: mla, article: \"1\", source: text, titles: {en: F, az: F}}]\n"
    "roles: []\n"
    "obligations: []\n"
    "topics:\n"
    "  - {topic: asking, article: \"1\", source: text}\n"
    "  - {topic: ending, article: \"2\", source: parent}\n"
    "kinds: []\n";

static const char part_file[] =
    "part_of: pact\n"
    "kinds:\n"
    "  - kind: plea\n"
    "    topic: asking\n"
    "    titles: {en: Plea, az: Xahiş}\n"
    "    force: shall\n"
    "    dual_criminality: never\n"
    "    patterns: [simple]\n"
    "    amend:\n"
    "      lifecycle:\n"
    "        - {act: close, topic: ending, titles: {en: End it, az: Bitir}}\n"
    "    without: {particulars: [colour]}\n"
    "    roles:\n"
    "      - {party: requesting, function: mla, direction: send, topic: asking}\n"
    "      - {party: requested, function: mla, direction: receive, topic: asking}\n";

static const char pattern_file[] =
    "pattern: simple\n"
    "states:\n"
    "  - {state: new, titles: {en: N, az: Y}}\n"
    "  - {state: open, titles: {en: O, az: A}}\n"
    "  - {state: shut, end: true, titles: {en: S, az: B}}\n"
    "outcomes: [{outcome: done, topic: ending, titles: {en: D, az: H}}]\n"
    "particulars:\n"
    "  - {name: why, topic: asking, required: always, type: text, max: 9, titles: {en: W, az: N}, "
    "help: {en: W, az: N}}\n"
    "  - {name: colour, topic: asking, required: optional, type: day, titles: {en: C, az: R}, "
    "help: {en: C, az: R}}\n"
    "lifecycle:\n"
    "  - {act: send, by: requesting, stream: outward, from: [new], to: open, topic: asking, "
    "crossed: no_effect, rank: 1, carries_request: true, titles: {en: Send, az: G}}\n"
    "  - {act: close, by: requested, stream: outward, from: [open], to: shut, outcome: done, "
    "topic: asking, crossed: no_effect, rank: 2, titles: {en: Close, az: B}}\n";

static struct set whole(void)
{
    struct set s = {.n = 0};
    put(&s, "instruments/pact.yaml", main_file);
    put(&s, "instruments/pact/plea.yaml", part_file);
    put(&s, "patterns/simple.yaml", pattern_file);
    for (size_t i = 0; i < law_embedded_n; i++)
        if (strcmp(law_embedded[i].path, "remarks.yaml") == 0) s.files[s.n++] = law_embedded[i];
    return s;
}

static const struct law_tables *loaded(struct kit *k, const struct set *s)
{
    const struct law_tables *l;
    if (law_load(&k->t, s->files, s->n, &l) != ERR_OK) fail_msg("%s", k->t.fault.sentence);
    return l;
}

static void a_kind_that_follows_a_pattern_is_plain_rows(void **state)
{
    struct kit *k = *state;
    struct set s = whole();
    const struct law_tables *l = loaded(k, &s);
    const struct law_kind *kind = law_kind_find(law_instrument_find(l, STR("pact")), STR("plea"));
    const struct law_row *send = law_row_find(kind, STR("send"));
    const struct law_row *close = law_row_find(kind, STR("close"));
    assert_text(kind->article, "1");
    assert_text(send->article, "1");
    assert_text(send->source, "text");
    assert_text(close->article, "2");
    assert_text(close->source, "parent");
    assert_text(law_title(tree_get(close->row, "titles"), STR("en")), "End it");
    assert_text(close->to, "shut"); /* what the amendment does not say stays */
    assert_int_equal(kind->particulars_n, 1);
    assert_text(kind->particulars[0].name, "why");
    assert_int_equal(kind->roles_n, 2);
    assert_int_equal(kind->rows_n, 2);
}

static void what_a_kind_binds_itself_goes_before_the_instrument(void **state)
{
    struct kit *k = *state;
    struct set s = whole();
    struct str text = str_of(part_file);
    s.files[1].p = (const unsigned char *)str_c(
        k->t.arena, str_printf(k->t.arena,
                               STR_FMT "    topics: [{topic: asking, article: \"9\", source: "
                                       "unverified}]\n",
                               STR_ARG(text)));
    s.files[1].n = strlen((const char *)s.files[1].p);
    const struct law_tables *l = loaded(k, &s);
    const struct law_kind *kind = law_kind_find(law_instrument_find(l, STR("pact")), STR("plea"));
    assert_text(kind->article, "9");
    assert_text(law_row_find(kind, STR("send"))->article, "9");
    assert_text(law_row_find(kind, STR("send"))->source, "unverified");
    assert_text(kind->roles[0].article, "9");
    assert_text(kind->particulars[0].article, "9");
    assert_text(law_row_find(kind, STR("close"))->article, "2"); /* what it does not bind stays */
}

static void a_topic_that_is_not_bound_falls_to_the_own_law(void **state)
{
    struct kit *k = *state;
    struct set s = whole();
    s.files[0].p = (const unsigned char *)str_c(
        k->t.arena, str_printf(k->t.arena, "%s", main_file)); /* a copy to be written in */
    char *at =
        strstr((char *)(uintptr_t)s.files[0].p, "topic: ending, article: \"2\", source: parent");
    assert_non_null(at);
    memcpy(at, "topic: own_law, article: \"9\", source: text ", 43);
    const struct law_tables *l = loaded(k, &s);
    const struct law_kind *kind = law_kind_find(law_instrument_find(l, STR("pact")), STR("plea"));
    assert_text(law_row_find(kind, STR("close"))->article, "9");
    assert_text(law_row_find(kind, STR("send"))->article, "1");
}

/* One piece of one file replaced by another: refused at this place, with these words. */
static const struct slip {
    int file; /* 0 main, 1 part, 2 pattern */
    const char *piece, *by, *place, *says;
} slips[] = {
    {1, "patterns: [simple]", "patterns: [simply]", "instruments/pact/plea.yaml:8:16",
     "found \"simply\", expected a pattern of this instrument or of law/patterns"},
    {1, "act: close, topic: ending", "act: shut, topic: ending", "instruments/pact/plea.yaml:11:11",
     "`amend`: found the act \"shut\""},
    {1, "particulars: [colour]", "particulars: [color]", "instruments/pact/plea.yaml:12:29",
     "`without`: found the name \"color\""},
    {1, "part_of: pact", "part_of: pacts", "instruments/pact/plea.yaml:1:1",
     "expected the name of the folder"},
    {1, "kind: plea\n    topic: asking", "kind: plea\n    topic: musing",
     "instruments/pact/plea.yaml:4:5", "which instruments/pact.yaml neither binds nor leaves"},
    {1, "kind: plea\n    topic: asking", "kind: plea\n    topic: asking\n    article: \"1\"",
     "instruments/pact/plea.yaml:4:5", "expected either `topic` or `article` and `source`"},
    {1, "kind: plea\n    topic: asking", "kind: plea\n    article: \"1\"",
     "instruments/pact/plea.yaml:3:5", "expected the key `source` in a kind"},
    {1, "kind: plea\n    topic: asking", "kind: plea\n    article: \"7\"\n    source: text",
     "instruments/pact/plea.yaml:4:5", "found \"7\", expected a row of `articles`"},
    {1, "patterns: [simple]",
     "patterns: [simple]\n    topics: [{topic: asking, article: \"7\", "
     "source: text}]",
     "instruments/pact/plea.yaml:9:30", "expected a row of `articles`"},
    {2, "{outcome: done, topic: ending", "{outcome: done, topic: mending",
     "patterns/simple.yaml:6:28", "which instruments/pact.yaml neither binds nor leaves"},
    {2, "from: [open]", "from: [ajar]", "patterns/simple.yaml:12:57",
     "found \"ajar\", expected a row of `states`"},
    {2, "carries_request: true", "carries_request: 1", "patterns/simple.yaml:11:117",
     "expected true or false"},
    {2, "pattern: simple", "pattern: simpler", "patterns/simple.yaml:1:1",
     "expected it in the file patterns/simpler.yaml"},
    {2, "{state: open,", "{state: left, titles: {en: L, az: S}}\n  - {state: open,",
     "patterns/simple.yaml:4:5", "expected an act that leads there"},
    {2, "to: open", "to: shut, outcome: done", "patterns/simple.yaml:4:5",
     "expected an act that leads there"},
    {2, ", to: shut, outcome: done", "", "patterns/simple.yaml:4:5",
     "expected an act that leads out of it"},
    {2, "from: [open], to: shut, outcome: done", "from: [open, shut], to: shut, outcome: done",
     "instruments/pact/plea.yaml:11:11", "expected `after_end: true` where `from` has an end"},
    {0, "topic: ending, article", "topic: asking, article", "instruments/pact.yaml:14:5",
     "found a second topic \"asking\""},
    {0, "kinds: []",
     "kinds: [{kind: plea, topic: asking, titles: {en: P, az: X}, force: shall, "
     "dual_criminality: never, patterns: [simple]}]",
     "instruments/pact/plea.yaml:3:5", "the first is in instruments/pact.yaml on line 15"},
    {0, "kinds: []",
     "kinds: [{kind: bare, topic: asking, titles: {en: P, az: X}, force: shall, "
     "dual_criminality: never}]",
     "instruments/pact.yaml:15:9", "expected the key `states` in a kind"},
};

static void a_slip_is_refused_in_the_file_it_stands_in(void **state)
{
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        struct set s = whole();
        const char *was = (const char *)s.files[slips[i].file].p, *at = strstr(was, slips[i].piece);
        if (!at) fail_msg("slip %zu: no \"%s\"", i, slips[i].piece);
        struct str text = str_printf(k->t.arena, "%.*s%s%s", (int)(at - was), was, slips[i].by,
                                     at + strlen(slips[i].piece));
        s.files[slips[i].file].p = (const unsigned char *)str_c(k->t.arena, text);
        s.files[slips[i].file].n = text.n;
        const struct law_tables *l;
        if (law_load(&k->t, s.files, s.n, &l) == ERR_OK) fail_msg("slip %zu loads", i);
        if (strcmp(k->t.fault.particular, slips[i].place) != 0 ||
            !strstr(k->t.fault.sentence, slips[i].says))
            fail_msg("slip %zu: wanted %s \"%s\", got \"%s\"", i, slips[i].place, slips[i].says,
                     k->t.fault.sentence);
        turn_forgive(&k->t);
    }
    print_message("# %zu slips in patterns and parts\n", sizeof slips / sizeof *slips);
}

static void a_part_without_its_main_file_is_refused(void **state)
{
    struct kit *k = *state;
    struct set s = whole();
    s.files[0] = s.files[--s.n];
    const struct law_tables *l;
    assert_int_equal(law_load(&k->t, s.files, s.n, &l), ERR_REJECTED);
    assert_non_null(strstr(k->t.fault.sentence, "expected the file instruments/pact.yaml"));
    turn_forgive(&k->t);
}

int expand_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(a_kind_that_follows_a_pattern_is_plain_rows),
        with_kit(what_a_kind_binds_itself_goes_before_the_instrument),
        with_kit(a_topic_that_is_not_bound_falls_to_the_own_law),
        with_kit(a_slip_is_refused_in_the_file_it_stands_in),
        with_kit(a_part_without_its_main_file_is_refused),
    };
    return cmocka_run_group_tests_name("expand", tests, NULL, NULL);
}
