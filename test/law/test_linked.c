/* SPDX-License-Identifier: Apache-2.0 */
/* What an act names, and what it brings about in the dossier it names. */

#include "law_test.h"

static struct law_act assistance(const char *act, const struct tree *particulars)
{
    struct law_act x = act_of(LAW_REQUESTING, act, particulars);
    x.kind = STR("mla.stored-data");
    return x;
}

static void an_act_names_dossiers_by_particulars_of_that_type_alone(void **state)
{
    struct kit *k = *state;
    struct law_link *links;
    size_t n;
    struct law_act act = assistance(
        "send", says(k, "preservation", " XN-CSB-2026-0007 ", "facts", "XN-CSB-2026-0008", NULL));
    assert_int_equal(law_links(&k->t, k->l, &act, &links, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_text(links->particular, "preservation");
    assert_text(links->link, "preservation");
    assert_text(links->number, "XN-CSB-2026-0007");
    act.particulars = says(k, "preservation", "  ", NULL);
    assert_int_equal(law_links(&k->t, k->l, &act, &links, &n), ERR_OK);
    assert_int_equal(n, 0);
    act = assistance("juggle", says(k, "preservation", "XN-CSB-2026-0007", NULL));
    assert_int_equal(law_links(&k->t, k->l, &act, &links, &n), ERR_OK);
    assert_int_equal(n, 0);
}

static void an_act_brings_about_what_the_other_kind_says(void **state)
{
    struct kit *k = *state;
    struct law_act there = act_of(LAW_REQUESTED, "", NULL), done = assistance("send", NULL);
    struct str link = STR("preservation"), number = STR("XM-DTS-2026-0001");
    assert_true(law_link_brings(k->t.arena, k->l, &done, link, number, 0, &there));
    assert_text(there.act, "hold");
    assert_text(tree_str(there.particulars, "assistance"), "XM-DTS-2026-0001");
    assert_false(law_link_brings(k->t.arena, k->l, &done, link, number, 1, &there));
    static const char *const refused[] = {"note_decided", "hand_over", "resume"};
    done = assistance("refuse", says(k, "reasons", "It is ours.", NULL));
    for (size_t n = 0; n < 3; n++) {
        assert_true(law_link_brings(k->t.arena, k->l, &done, link, number, n, &there));
        assert_text(there.act, refused[n]);
        assert_null(tree_get(there.particulars, "reasons"));
    }
    assert_false(law_link_brings(k->t.arena, k->l, &done, link, number, 3, &there));
    assert_false(law_link_brings(k->t.arena, k->l, &done, STR("arrest"), number, 0, &there));
    done = assistance("ask", NULL);
    assert_false(law_link_brings(k->t.arena, k->l, &done, link, number, 0, &there));
    done = assistance("send", NULL);
    there.kind = STR("mla");
    assert_false(law_link_brings(k->t.arena, k->l, &done, link, number, 0, &there));
}

/* Nothing is let go while a request that asks for the data is undecided, one of several included.
 */
static void what_is_waited_for_is_decided_first(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "preserved");
    struct law_state s;
    struct law_verdict v;
    struct law_act out = act_of(LAW_REQUESTED, "hand_over", NULL);
    struct law_act on = act_of(LAW_REQUESTED, "resume", NULL);
    does(k, &d, LAW_REQUESTED, "hold", 1, says(k, "assistance", "XM-DTS-2026-0008", NULL));
    does(k, &d, LAW_REQUESTED, "hold", 1, says(k, "assistance", "XM-DTS-2026-0009", NULL));
    s = folded(k, &d);
    assert_text(s.state, "held");
    assert_true(law_list_has(s.marks, s.marks_n, STR("pending XM-DTS-2026-0009")));
    out.n = on.n = d.count[LAW_REQUESTED] + 1;
    refuses(k, &s, asked(), out, ERR_NOT_ALLOWED, "assistance-undecided", "un-cybercrime 42(8)",
            "");
    refuses(k, &s, asked(), on, ERR_NOT_ALLOWED, "assistance-undecided", "un-cybercrime 42(8)", "");
    does(k, &d, LAW_REQUESTED, "note_decided", 1, says(k, "assistance", "XM-DTS-2026-0008", NULL));
    s = folded(k, &d);
    refuses(k, &s, asked(), on, ERR_NOT_ALLOWED, "assistance-undecided", "un-cybercrime 42(8)", "");
    struct dossier refused = d, given = d;
    does(k, &refused, LAW_REQUESTED, "note_decided", 1,
         says(k, "assistance", "XM-DTS-2026-0009", NULL));
    s = folded(k, &refused);
    refuses(k, &s, asked(), out, ERR_NOT_ALLOWED, "not-delivered", "un-cybercrime 42(8)", "");
    allows(k, &s, asked(), on, &v);
    does(k, &refused, LAW_REQUESTED, "resume", 1, NULL);
    s = folded(k, &refused);
    assert_text(s.state, "preserved");
    does(k, &given, LAW_REQUESTED, "note_delivered", 1,
         says(k, "assistance", "XM-DTS-2026-0009", NULL));
    s = folded(k, &given);
    refuses(k, &s, asked(), on, ERR_NOT_ALLOWED, "already-done", "un-cybercrime 42(8)", "");
    allows(k, &s, asked(), out, &v);
}

/* The node may do what a row of `on_link` names, and a person too; else each has his own. */
static void what_a_link_brings_about_is_for_the_node_and_for_a_person(void **state)
{
    struct kit *k = *state;
    struct dossier d = dossier_in(k, "preserved");
    struct law_state s = folded(k, &d);
    struct law_verdict v;
    struct law_act hold =
        act_of(LAW_REQUESTED, "hold", says(k, "assistance", "XM-DTS-2026-0001", NULL));
    struct law_act warn = act_of(LAW_REQUESTED, "warn_risk", says(k, "risk", "Heat", NULL));
    struct law_who node = node_itself();
    node.side = LAW_REQUESTED;
    hold.n = warn.n = 4;
    allows(k, &s, asked(), hold, &v);
    allows(k, &s, node, hold, &v);
    allows(k, &s, asked(), warn, &v);
    refuses(k, &s, node, warn, ERR_NOT_ALLOWED, "system-only", "un-cybercrime 42(7)", "");
}

static bool follows(struct kit *k, enum law_stream side, const char *kind, const char *wanted_for,
                    struct law_act done, struct law_follow *out)
{
    struct law_state s = {.instrument = STR("un-cybercrime"), .kind = str_of(kind)};
    s.particulars = says(k, "extradition_for", wanted_for, NULL);
    struct law_who who = {.side = side, .state = STR("XN"), .other = STR("XM")};
    done.kind = s.kind;
    return law_follows(&k->t, k->l, &s, &who, &done, 0, out) &&
           !law_follows(&k->t, k->l, &s, &who, &done, 1, out);
}

/* Whoever did the act, the dossier that may follow is for one side to open. */
static void what_may_follow_is_for_one_side_and_where_its_condition_holds(void **state)
{
    struct kit *k = *state;
    struct law_follow f;
    struct law_act refuse =
        act_of(LAW_REQUESTED, "refuse", says(k, "ground", "own_national", NULL));
    assert_true(follows(k, LAW_REQUESTING, "extradition", "prosecution", refuse, &f));
    assert_text(f.kind, "prosecution-instead");
    assert_text(f.particular, "refused");
    assert_string_equal(str_c(k->t.arena, f.article), "un-cybercrime 37(11)");
    assert_true(follows(k, LAW_REQUESTING, "extradition", "sentence", refuse, &f));
    assert_text(f.kind, "sentence-instead");
    assert_string_equal(str_c(k->t.arena, f.article), "un-cybercrime 37(13)");
    assert_false(follows(k, LAW_REQUESTED, "extradition", "prosecution", refuse, &f));
    refuse.particulars = says(k, "ground", "discrimination", NULL);
    assert_false(follows(k, LAW_REQUESTING, "extradition", "prosecution", refuse, &f));
    assert_false(follows(k, LAW_REQUESTING, "juggling", "prosecution", refuse, &f));
    refuse.act = STR("acknowledge");
    assert_false(follows(k, LAW_REQUESTING, "extradition", "prosecution", refuse, &f));
}

static void a_link_fits_where_something_follows_from_it(void **state)
{
    struct kit *k = *state;
    struct str un = STR("un-cybercrime");
    struct law_act x = assistance("send", NULL);
    assert_int_equal(law_link_fits(k->l, &x, STR("preservation"), un, STR("preservation")),
                     LAW_FITS);
    assert_int_equal(law_link_fits(k->l, &x, STR("preservation"), un, STR("extradition")),
                     LAW_UNFIT);
    assert_int_equal(law_link_fits(k->l, &x, STR("preservation"), STR("budapest"), STR("mla")),
                     LAW_FITS);
    x.kind = STR("prosecution-instead");
    assert_int_equal(law_link_fits(k->l, &x, STR("refused"), un, STR("extradition")),
                     LAW_FITS_WHAT_FOLLOWS);
    x.kind = STR("sentence-instead");
    assert_int_equal(law_link_fits(k->l, &x, STR("refused"), un, STR("extradition")),
                     LAW_FITS_WHAT_FOLLOWS);
    assert_int_equal(law_link_fits(k->l, &x, STR("refused"), un, STR("preservation")), LAW_UNFIT);
}

int linked_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_kit(an_act_names_dossiers_by_particulars_of_that_type_alone),
        with_kit(an_act_brings_about_what_the_other_kind_says),
        with_kit(what_a_link_brings_about_is_for_the_node_and_for_a_person),
        with_kit(what_is_waited_for_is_decided_first),
        with_kit(what_may_follow_is_for_one_side_and_where_its_condition_holds),
        with_kit(a_link_fits_where_something_follows_from_it),
    };
    return cmocka_run_group_tests_name("linked", tests, NULL, NULL);
}
