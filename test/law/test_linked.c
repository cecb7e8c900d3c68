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
    assert_true(law_link_brings(k->t.arena, k->l, &done, link, number, &there));
    assert_text(there.act, "hold");
    assert_text(tree_str(there.particulars, "assistance"), "XM-DTS-2026-0001");
    done = assistance("refuse", says(k, "reasons", "It is ours.", NULL));
    assert_true(law_link_brings(k->t.arena, k->l, &done, link, number, &there));
    assert_text(there.act, "release");
    assert_text(tree_str(there.particulars, "reasons"), "It is ours.");
    assert_null(tree_get(there.particulars, "assistance"));
    assert_false(law_link_brings(k->t.arena, k->l, &done, STR("arrest"), number, &there));
    done = assistance("ask", NULL);
    assert_false(law_link_brings(k->t.arena, k->l, &done, link, number, &there));
    done = assistance("send", NULL);
    there.kind = STR("mla");
    assert_false(law_link_brings(k->t.arena, k->l, &done, link, number, &there));
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

static void a_kind_says_by_what_it_names_the_dossier_it_follows(void **state)
{
    struct kit *k = *state;
    struct str i = STR("un-cybercrime");
    assert_text(law_spawned_by(k->l, i, STR("extradition"), STR("arrest")), "arrest");
    assert_text(law_spawned_by(k->l, i, STR("extradition"), STR("preservation")), "");
    assert_text(law_spawned_by(k->l, i, STR("juggling"), STR("arrest")), "");
}

int linked_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_kit(an_act_names_dossiers_by_particulars_of_that_type_alone),
        with_kit(an_act_brings_about_what_the_other_kind_says),
        with_kit(what_a_link_brings_about_is_for_the_node_and_for_a_person),
        with_kit(a_kind_says_by_what_it_names_the_dossier_it_follows),
    };
    return cmocka_run_group_tests_name("linked", tests, NULL, NULL);
}
