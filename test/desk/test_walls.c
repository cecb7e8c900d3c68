/* SPDX-License-Identifier: Apache-2.0 */
/* Two authorities on one node: a mail is known within each, and what counts the whole node's work
 * is not shown to either. What each address of pages and API tells is in test/journey/walls.py. */

#include "desk/desk_internal.h"
#include "desk/desk_test.h"

#include <string.h>

static struct world w;
static struct world_node *us;
enum { CSB, MOJ };

/* The tables, with a State of ours whose authorities have mailboxes. */
static const char xa[] =
    "state: XA\ntraining: true\ntitles: {en: Ours, az: Bizim}\nlanguages: [en]\ntime_zone: UTC\n"
    "instruments:\n"
    "  - {instrument: un-cybercrime, status: in_force, in_force: 2026-01-01, source: unverified}\n"
    "authorities:\n"
    "  - {authority: csb, titles: {en: Bureau, az: Buro}, languages: [en], time_zone: UTC,\n"
    "     email: Desk@csb.example, functions: []}\n"
    "  - {authority: moj, titles: {en: Ministry, az: Nazirlik}, languages: [en], time_zone: UTC,\n"
    "     email: desk@moj.example, functions: []}\n"
    "reservations: []\n";

static int up(void **state)
{
    (void)state;
    static struct law_file files[64];
    assert_true(law_embedded_n < 64);
    memcpy(files, law_embedded, law_embedded_n * sizeof *files);
    files[law_embedded_n] =
        (struct law_file){"states/xa.yaml", (const unsigned char *)xa, sizeof xa - 1};
    world_open_law(&w, 1, 71, &suite_1, files, law_embedded_n + 1);
    us = &w.node[0];
    return 0;
}

static int down(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

/* ---- mail ------------------------------------------------------------------------------------ */

static const struct tree *taken(struct arena *a, const char *id, const char *to, struct str subject,
                                const char *original)
{
    const struct tree *v;
    struct tree *m = tree_map(a), *list;
    struct str rest = str_of(to), one;
    tree_add_str(a, m, "message_id", str_of(id));
    tree_add_str(a, m, "from", STR("a@lacunia.example"));
    tree_add_str(a, m, "subject", subject);
    tree_add_str(a, m, "original", base64(a, str_bytes(str_of(original))));
    list = tree_add_list(a, m, "to");
    while (rest.n) {
        str_split(rest, ' ', &one, &rest);
        tree_add_str(a, list, NULL, one);
    }
    us->uid = -1;
    assert_ok(&w, world_do(us, a, DESK_MAIL_IN, m, &v));
    return tree_get(v, "entries")->child;
}

static const struct tree *entry_of(struct arena *a, int who, const struct tree *said)
{
    const struct tree *v;
    struct tree *args = tree_map(a);
    tree_add_copy(a, args, "entry", tree_get(said, "entry"));
    us->uid = who;
    assert_ok(&w, world_do(us, a, DESK_ENTRY, args, &v));
    return v;
}

static void a_mail_is_known_by_its_name_within_an_authority(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *first = taken(a, "<1@x>", "desk@csb.example", STR("Hi"), "to the bureau");
    const struct tree *other = taken(a, "<1@x>", "desk@moj.example", STR("Hi"), "to the ministry");
    assert_text(first, "ours", "XA/csb");
    assert_text(other, "ours", "XA/moj");
    assert_false(tree_bool(other, "again", true));
    assert_int_equal(tree_get(entry_of(a, CSB, first), "documents")->count, 1);
    assert_int_equal(tree_get(entry_of(a, MOJ, other), "documents")->count, 1);
    first = taken(a, "<1@x>", "desk@csb.example", STR("Hi"), "to the bureau again");
    assert_true(tree_bool(first, "again", false));
    assert_int_equal(tree_get(entry_of(a, CSB, first), "documents")->count, 2);
    assert_int_equal(tree_get(entry_of(a, MOJ, other), "documents")->count, 1);
}

static void a_mail_to_both_is_one_entry_of_each(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const char *both = "nobody@x.example desk@MOJ.example desk@csb.example";
    for (int again = 0; again < 2; again++) {
        const struct tree *one = taken(a, "<2@x>", both, STR("Both"), "one mail");
        assert_non_null(one->next);
        assert_null(one->next->next);
        assert_text(one, "ours", "XA/csb");
        assert_text(one->next, "ours", "XA/moj");
        assert_int_equal(tree_bool(one, "again", false), again);
        assert_int_equal(tree_bool(one->next, "again", false), again);
        assert_int_equal(tree_get(entry_of(a, CSB, one), "documents")->count, 1);
        assert_int_equal(tree_get(entry_of(a, MOJ, one->next), "documents")->count, 1);
    }
    const struct tree *one = taken(a, "<3@x>", "nobody@x.example", STR("None"), "to nobody");
    assert_text(one, "ours", "XA/csb");
    assert_null(one->next);
    us->uid = CSB;
    stands_again(us, a);
}

/* The token of an act that somebody of ours did. */
static struct str token_of(struct arena *a, int who)
{
    const struct tree *v;
    us->uid = who;
    struct str ref = world_request_to(us, STR("XL/pgo"), a);
    const struct tree *args =
        world_args(a, str_c(a, str_printf(a, "ref=" STR_FMT, STR_ARG(ref))), NULL);
    assert_ok(&w, world_do(us, a, DESK_LETTER, args, &v));
    return str_printf(a, "Re: [" STR_FMT "]", STR_ARG(tree_str(v, "token")));
}

static void what_answers_an_act_goes_to_who_did_it(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str subject = token_of(a, MOJ);
    const char *both = "desk@csb.example desk@moj.example";
    const struct tree *one = taken(a, "<4@x>", "desk@csb.example", subject, "an answer");
    assert_text(one, "ours", "XA/moj"); /* it came to the node's mailbox */
    assert_true(tree_bool(one, "linked", false));
    assert_null(one->next);
    one = taken(a, "<5@x>", both, subject, "an answer to both");
    assert_text(one, "ours", "XA/csb");
    assert_false(tree_bool(one, "linked", true));
    assert_text(one->next, "ours", "XA/moj");
    assert_true(tree_bool(one->next, "linked", false));
}

/* ---- what counts the whole node's work ------------------------------------------------------- */

static struct str entered(struct arena *a, int who)
{
    const struct tree *v;
    struct tree *args = tree_map(a);
    us->uid = who;
    tree_add_str(a, args, "officer", who ? STR("o-2") : STR("o-1"));
    assert_ok(&w, world_do(us, a, DESK_USER_LINK, args, &v));
    args = tree_map(a);
    tree_add_copy(a, args, "token", tree_get(v, "token"));
    assert_ok(&w, world_as(us, a, STR(""), DESK_ENTER, args, &v));
    return tree_str(v, "session");
}

static void incident(struct arena *a, char key, const char *ours, const char *code)
{
    char hash[65] = {0};
    memset(hash, key, 64);
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "key", str_of(hash));
    tree_add_str(a, args, "peer", STR("XM/dts"));
    tree_add_str(a, args, "code", str_of(code));
    if (*ours) tree_add_str(a, args, "ours", str_of(ours));
    us->uid = -1;
    assert_ok(&w, world_do(us, a, DESK_INCIDENT, args, NULL));
}

static void what_was_refused_is_shown_to_whom_it_was_meant_for(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    struct str session[] = {entered(a, CSB), entered(a, MOJ)};
    incident(a, 'a', "XA/csb", "for-csb");
    incident(a, 'b', "XA/moj", "for-moj");
    incident(a, 'c', "", "for-nobody");
    for (int who = CSB; who <= MOJ; who++) {
        assert_ok(&w, world_as(us, a, session[who], DESK_STATUS, NULL, &v));
        assert_int_equal(tree_get(v, "incidents")->count, 1);
        assert_text(tree_get(v, "incidents")->child, "code", who == CSB ? "for-csb" : "for-moj");
        us->uid = who; /* at the computer */
        assert_ok(&w, world_do(us, a, DESK_STATUS, NULL, &v));
        assert_int_equal(tree_get(v, "incidents")->count, 3);
    }
}

static void a_neighbours_work_moves_no_number_that_is_shown(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v, *before, *changes;
    struct str session = entered(a, MOJ);
    (void)token_of(a, MOJ);
    assert_ok(&w, world_as(us, a, session, DESK_STATUS, NULL, &before));
    assert_ok(&w, world_as(us, a, session, DESK_CHANGES, NULL, &changes));
    assert_true(tree_int(before, "position", 0) > 0);
    assert_int_equal(tree_int(before, "position", 0), tree_int(changes, "position", -1));
    (void)token_of(a, CSB);
    assert_ok(&w, world_as(us, a, session, DESK_STATUS, NULL, &v));
    assert_true(str_eq(json_write(a, v), json_write(a, before)));
    assert_ok(&w, world_as(us, a, session, DESK_CHANGES, NULL, &v));
    assert_true(str_eq(json_write(a, v), json_write(a, changes)));
    assert_null(tree_get(before, "log_size"));
    us->uid = MOJ;
    assert_ok(&w, world_do(us, a, DESK_STATUS, NULL, &v));
    assert_true(tree_int(v, "log_size", 0) > 0);
    assert_non_null(tree_get(v, "counts"));
}

/* Who has no neighbour is shown all of it. */
static void a_node_of_one_authority_shows_its_numbers_in_the_pages_too(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    world_close(&w);
    world_open(&w, 1, 72, &suite_1, NULL);
    us = &w.node[0];
    struct str session = entered(a, CSB);
    incident(a, 'c', "", "for-nobody");
    assert_ok(&w, world_as(us, a, session, DESK_STATUS, NULL, &v));
    assert_true(tree_int(v, "log_size", 0) > 0);
    assert_non_null(tree_get(v, "counts"));
    assert_int_equal(tree_get(v, "incidents")->count, 1);
}

int test_walls(void)
{
    const struct CMUnitTest tests[] = {
#define fresh(f) cmocka_unit_test_setup_teardown(f, up, down)
        fresh(a_mail_is_known_by_its_name_within_an_authority),
        fresh(a_mail_to_both_is_one_entry_of_each),
        fresh(what_answers_an_act_goes_to_who_did_it),
        fresh(what_was_refused_is_shown_to_whom_it_was_meant_for),
        fresh(a_neighbours_work_moves_no_number_that_is_shown),
        fresh(a_node_of_one_authority_shows_its_numbers_in_the_pages_too),
#undef fresh
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
