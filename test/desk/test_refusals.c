/* SPDX-License-Identifier: Apache-2.0 */
/* What the desk refuses, with the article, and that a refusal leaves nothing behind. */

#include "desk/desk_internal.h"
#include "desk/desk_test.h"

#include <dirent.h>
#include <string.h>

static struct world w;
static struct str ref;

static int up(void **state)
{
    (void)state;
    world_open(&w, 2, 5, &suite_fake, NULL);
    ref = world_request(&w.node[0], &w.node[1], w.arena);
    world_settle(&w);
    return 0;
}

static int down(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static int64_t log_size(struct world_node *n, struct arena *a)
{
    const struct tree *v = NULL;
    (void)world_do(n, a, DESK_STATUS, NULL, &v);
    return tree_int(v, "log_size", -1);
}

/* Does it, requires the refusal, and that nothing was recorded. */
static void refused(struct world_node *n, enum desk_action action, const struct tree *args,
                    err want, const char *code, const char *article)
{
    auto_arena a = arena_new();
    int64_t before = log_size(n, a);
    assert_int_equal(world_do(n, a, action, args, NULL), want);
    assert_string_equal(w.fault.code, code);
    if (article) assert_string_equal(w.fault.article, article);
    assert_int_equal(log_size(n, a), before);
}

static void a_draft_that_lacks_its_data_is_not_sent(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    assert_ok(
        &w, world_do(&w.node[0], a, DESK_NEW,
                     world_args(a, "kind=preservation", "to=XB/csb", "particulars.offence=x", NULL),
                     &v));
    struct str draft = str_printf(a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft")));
    assert_int_equal(world_do(&w.node[0], a, DESK_CHECK, world_args(a, str_c(a, draft), NULL), &v),
                     ERR_NO);
    assert_true(tree_int(v, "must", 0) >= 5);
    refused(&w.node[0], DESK_SEND, world_args(a, str_c(a, draft), NULL), ERR_REJECTED,
            "particulars-missing", "un-cybercrime 42(3)(a)");
}

/* What no node could ever send is not even begun. */
static void a_draft_of_no_kind_or_to_nobody_is_not_made(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *v;
    refused(&w.node[0], DESK_NEW, world_args(a, "kind=levitation", "to=XB/csb", NULL),
            ERR_NONE_SUCH, "unknown-kind", NULL);
    assert_int_equal(world_do(&w.node[0], a, DESK_NEW,
                              world_args(a, "kind=levitation", "to=XB/csb", NULL), NULL),
                     ERR_NONE_SUCH);
    assert_non_null(strstr(w.fault.sentence, "comity law --kinds"));
    refused(&w.node[0], DESK_NEW,
            world_args(a, "kind=preservation", "instrument=pact", "to=XB/csb", NULL), ERR_NONE_SUCH,
            "unknown-kind", NULL);
    static const char *const nobody[] = {"to=??", "to=xb/csb", "to=XB/", "to=XBC/csb", "to=XB/c b"};
    for (size_t k = 0; k < sizeof nobody / sizeof *nobody; k++)
        refused(&w.node[0], DESK_NEW, world_args(a, "kind=preservation", nobody[k], NULL),
                ERR_REJECTED, "address-form", NULL);
    assert_ok(&w, world_do(&w.node[0], a, DESK_DRAFTS, NULL, &v));
    assert_int_equal(tree_get(v, "drafts")->count, 0);
}

static void a_preservation_is_not_refused_for_dual_criminality(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    refused(&w.node[1], DESK_ACT,
            world_args(a, "ref=XB-CSB-2026-0001", "act=refuse",
                       "particulars.ground=no_dual_criminality", "particulars.reasons=None.", NULL),
            ERR_NOT_ALLOWED, "ground-not-allowed", "un-cybercrime 42(4)");
    refused(&w.node[1], DESK_ACT,
            world_args(a, "ref=XB-CSB-2026-0001", "act=refuse", "particulars.ground=non_conformity",
                       "particulars.reasons=None.", NULL),
            ERR_NOT_ALLOWED, "ground-not-allowed", "un-cybercrime 42(6)");
}

static void preserving_without_an_order_or_for_too_short_is_refused(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    refused(&w.node[1], DESK_ACT,
            world_args(a, "ref=XB-CSB-2026-0001", "act=preserve",
                       "particulars.preserved_until=2027-02-25", NULL),
            ERR_NOT_ALLOWED, "order-missing", "un-cybercrime 25(2)");
}

static unsigned files_in_vault(const struct world_node *n, struct arena *a)
{
    unsigned count = 0;
    DIR *d = opendir(str_c(a, str_printf(a, STR_FMT "/vault", STR_ARG(n->folder))));
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) count += e->d_name[0] != '.';
    closedir(d);
    return count;
}

static void with_documents(struct arena *a, struct tree *args, const char *second)
{
    const char *const names[] = {"sound.txt", second};
    struct tree *docs = tree_add_list(a, args, "documents");
    for (size_t k = 0; k < 2; k++) {
        struct tree *doc = tree_add_map(a, docs, NULL);
        tree_add_str(a, doc, "name", str_of(names[k]));
        tree_add_str(a, doc, "type", STR("text/plain"));
        tree_add_str(a, doc, "data", STR("QUJD"));
    }
}

static void a_refused_document_or_act_leaves_none_in_the_vault(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct world_node *n = &w.node[1];
    unsigned before = files_in_vault(n, a);
    struct tree *draft = tree_map(a);
    tree_add_str(a, draft, "kind", STR("preservation"));
    tree_add_str(a, draft, "to", STR("XA/csb"));
    with_documents(a, draft, "../x");
    refused(n, DESK_NEW, draft, ERR_REJECTED, "document-name", "APPNOTE 4.4.17");
    struct tree *act = tree_map(a);
    tree_add_str(a, act, "ref", ref);
    tree_add_str(a, act, "act", STR("preserve"));
    tree_add_str(a, tree_add_map(a, act, "particulars"), "preserved_until", STR("2027-01-25"));
    with_documents(a, act, "other.txt");
    assert_true(world_do(n, a, DESK_ACT, act, NULL) != ERR_OK); /* there is no order yet */
    assert_int_equal(files_in_vault(n, a), before);
    assert_ok(&w, world_fsck(n, a));
}

static void an_older_profile_or_one_out_of_its_time_is_not_pinned(void **state)
{
    (void)state;
    struct world_node *n = &w.node[0], *peer = &w.node[1];
    struct bytes old = peer->profile;
    w.now_ms += DAY_MS;
    world_reissue(peer);
    assert_ok(&w, world_pin(n, peer));
    struct bytes new = peer->profile;
    peer->profile = old;
    assert_int_equal(world_pin(n, peer), ERR_REJECTED);
    assert_string_equal(w.fault.code, "profile-older");
    peer->profile = new;
    int64_t now_ms = w.now_ms;
    w.now_ms += INT64_C(3660) * DAY_MS;
    assert_int_equal(world_pin(n, peer), ERR_INTEGRITY);
    assert_string_equal(w.fault.code, "expired");
    w.now_ms = now_ms;
    assert_ok(&w, world_pin(n, peer));
}

static void a_profile_of_our_own_state_under_another_root_is_not_pinned(void **state)
{
    (void)state;
    struct world_node *n = &w.node[0], forged = w.node[1];
    struct world other;
    world_open(&other, 1, 77, &suite_fake, NULL);
    forged.profile = other.node[0].profile; /* says XA, as ours does */
    forged.root_der = other.node[0].root_der;
    assert_true(world_pin(n, &forged) != ERR_OK);
    assert_string_equal(w.fault.code, "peer-self");
    other.node[0].address = STR("XA/moj"); /* the node's name, in a profile signed anew */
    world_reissue(&other.node[0]);
    forged.profile = other.node[0].profile;
    assert_true(world_pin(n, &forged) != ERR_OK);
    world_close(&other);
}

static void a_peer_that_was_removed_is_a_stranger_until_it_is_pinned_again(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct world_node *n = &w.node[0];
    refused(n, DESK_PEER_REMOVE, world_args(a, "address=XZ/csb", NULL), ERR_NONE_SUCH,
            "peer-none-such", NULL);
    assert_ok(&w, world_do(n, a, DESK_PEER_REMOVE, world_args(a, "address=XB", NULL), NULL));
    assert_null(desk_peer(n->desk, STR("XB/csb")));
    assert_null(desk_peer_by_tls(n->desk, &w.node[1].tls, 0));
    refused(n, DESK_PEER_REMOVE, world_args(a, "address=XB/csb", NULL), ERR_NONE_SUCH,
            "peer-none-such", NULL);
    assert_ok(&w, world_pin(n, &w.node[1]));
    assert_non_null(desk_peer(n->desk, STR("XB/csb")));
    assert_ok(&w, world_fsck(n, a));
}

/* How often a profile under the root of XB was verified. */
static int verified;

static err verify_counted(struct turn *t, struct bytes der, struct bytes cms, struct bytes *out)
{
    verified += bytes_eq(der, w.node[1].root_der);
    return suite_fake.verify_attached(t, der, cms, out);
}

/* Else the time a change takes would grow with how many a node knows, and so would a treaty's. */
static void a_profile_that_stands_is_not_verified_again_when_another_is_pinned(void **state)
{
    (void)state;
    struct world_node *n = &w.node[0], stranger = {0};
    struct suite counted = suite_fake;
    struct world other;
    world_open(&other, 3, 77, &suite_fake, NULL);
    stranger = other.node[2]; /* XC, whom nobody here knows */
    stranger.words = (struct str){0};
    counted.verify_attached = verify_counted;
    n->desk->suite = &counted;
    verified = 0;
    assert_ok(&w, world_pin(n, &stranger));
    assert_non_null(desk_peer(n->desk, STR("XC/csb")));
    assert_non_null(desk_peer(n->desk, STR("XB/csb")));
    assert_int_equal(verified, 0);
    w.now_ms += DAY_MS;
    world_reissue(&w.node[1]);
    assert_ok(&w, world_pin(n, &w.node[1])); /* one that changed is */
    assert_true(verified > 1);
    n->desk->suite = &suite_fake;
    world_close(&other);
}

static void nothing_is_sealed_to_a_revoked_key(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct world_node *n = &w.node[0], *peer = &w.node[1];
    peer->open_revoked_ms = w.now_ms;
    world_reissue(peer);
    assert_ok(&w, world_pin(n, peer));
    struct str held = world_request(n, peer, a);
    struct desk_job *jobs;
    size_t jobs_n;
    assert_ok(&w, world_jobs(n, a, &jobs, &jobs_n));
    assert_int_equal(jobs_n, 0);
    const struct tree *last = tree_get(show(n, a, held), "acts")->last;
    assert_non_null(strstr(str_c(a, tree_str(tree_get(last, "undelivered"), "why")), "revoked"));
    peer->open_revoked_ms = 0; /* another key stands in the next profile */
    world_reissue(peer);
    assert_ok(&w, world_pin(n, peer));
    w.now_ms += 60000;
    assert_ok(&w, world_jobs(n, a, &jobs, &jobs_n));
    assert_int_equal(jobs_n, 1);
}

static void the_other_side_may_not_do_our_acts(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct str arg = str_printf(a, "ref=" STR_FMT, STR_ARG(ref));
    assert_int_not_equal(world_do(&w.node[0], a, DESK_ACT,
                                  world_args(a, str_c(a, arg), "act=preserve",
                                             "particulars.preserved_until=2027-02-25", NULL),
                                  NULL),
                         ERR_OK);
    assert_int_not_equal(
        world_do(&w.node[0], a, DESK_ACT, world_args(a, str_c(a, arg), "act=fly", NULL), NULL),
        ERR_OK);
}

static void an_idempotency_key_acts_once(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    const struct tree *first, *again;
    assert_ok(&w,
              world_do(&w.node[1], a, DESK_ACT,
                       world_args(a, "ref=XB-CSB-2026-0001", "act=acknowledge", "idem=k1", NULL),
                       &first));
    int64_t size = log_size(&w.node[1], a);
    assert_ok(&w,
              world_do(&w.node[1], a, DESK_ACT,
                       world_args(a, "ref=XB-CSB-2026-0001", "act=acknowledge", "idem=k1", NULL),
                       &again));
    assert_true(str_eq(tree_str(first, "id"), tree_str(again, "id")));
    assert_int_equal(log_size(&w.node[1], a), size);
    assert_int_equal(world_do(&w.node[1], a, DESK_ACT,
                              world_args(a, "ref=XB-CSB-2026-0001", "act=ask", "idem=k1",
                                         "particulars.question=Which?", NULL),
                              NULL),
                     ERR_CONFLICT);
    assert_int_equal(log_size(&w.node[1], a), size);
}

static void words_that_differ_pin_nobody(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "profile", base64(a, w.node[1].profile));
    tree_add_str(a, args, "root", base64(a, w.node[1].root_der));
    tree_add_str(a, args, "words", STR("amber-amber-amber-amber-amber"));
    refused(&w.node[0], DESK_PEER_ADD, args, ERR_REJECTED, "words-differ", NULL);
}

static void an_unknown_dossier_draft_or_uid_is_told_so(void **state)
{
    (void)state;
    auto_arena a = arena_new();
    refused(&w.node[0], DESK_SHOW, world_args(a, "ref=nothing", NULL), ERR_NONE_SUCH,
            "dossier-none-such", NULL);
    refused(&w.node[0], DESK_SEND, world_args(a, "draft=nothing", NULL), ERR_NONE_SUCH, "none-such",
            NULL);
    refused(&w.node[0], DESK_ACT, world_args(a, "act=ask", NULL), ERR_USAGE, "argument-missing",
            NULL);
}

/* The key of the dossier a draft will open is made with the draft. */
static void fsck_names_the_missing_key_of_a_draft(void **state)
{
    (void)state;
    struct world_node *n = &w.node[0];
    struct arena *a = w.arena;
    const struct tree *v = NULL;
    struct id id;
    assert_ok(&w,
              world_do(n, a, DESK_NEW, world_args(a, "kind=preservation", "to=XB/csb", NULL), &v));
    struct str draft = tree_str(v, "draft"), dossier = tree_str(tree_get(v, "request"), "dossier");
    assert_true(id_read(dossier, &id));
    assert_ok(&w, world_fsck(n, a));
    struct turn t = {.arena = a};
    assert_int_equal(DB_RUN(&t, store_db(n->desk->store),
                            "DELETE FROM dossier_key WHERE dossier = :dossier",
                            {"dossier", db_id(&id)}),
                     ERR_OK);
    assert_int_equal(world_do(n, a, DESK_FSCK, NULL, &v), ERR_INTEGRITY);
    const struct tree *f = tree_get(v, "findings");
    assert_int_equal(f->count, 1);
    struct str what = str_printf(a, "dossier_key " STR_FMT, STR_ARG(dossier));
    assert_text(f->child, "what", str_c(a, what));
    assert_non_null(strstr(str_c(a, tree_str(f->child, "sentence")), str_c(a, draft)));
}

/* Pinned by hand, it would still not be written to: nothing is sealed to the other kind. */
static void a_real_node_does_not_address_a_training_peer(void **state)
{
    (void)state;
    struct world_node *n = &w.node[0];
    struct arena *a = w.arena;
    struct profile *own = (struct profile *)(uintptr_t)desk_profile(n->desk);
    assert_non_null(desk_peer(n->desk, STR("XB/csb")));
    own->training = false;
    assert_null(desk_peer(n->desk, STR("XB/csb")));
    assert_non_null(desk_peer_by_tls(n->desk, &w.node[1].tls, 0)); /* to say what it is */
    const struct tree *v = NULL;
    assert_ok(&w,
              world_do(n, a, DESK_NEW, world_args(a, "kind=preservation", "to=XB/csb", NULL), &v));
    struct str draft = str_printf(a, "draft=" STR_FMT, STR_ARG(tree_str(v, "draft")));
    assert_int_equal(world_do(n, a, DESK_SEND, world_args(a, str_c(a, draft), NULL), &v),
                     ERR_NOT_ALLOWED);
    assert_string_equal(w.fault.code, "peer-unknown");
}

int test_refusals(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_draft_that_lacks_its_data_is_not_sent, up, down),
        cmocka_unit_test_setup_teardown(a_draft_of_no_kind_or_to_nobody_is_not_made, up, down),
        cmocka_unit_test_setup_teardown(a_preservation_is_not_refused_for_dual_criminality, up,
                                        down),
        cmocka_unit_test_setup_teardown(preserving_without_an_order_or_for_too_short_is_refused, up,
                                        down),
        cmocka_unit_test_setup_teardown(a_refused_document_or_act_leaves_none_in_the_vault, up,
                                        down),
        cmocka_unit_test_setup_teardown(an_older_profile_or_one_out_of_its_time_is_not_pinned, up,
                                        down),
        cmocka_unit_test_setup_teardown(a_profile_of_our_own_state_under_another_root_is_not_pinned,
                                        up, down),
        cmocka_unit_test_setup_teardown(
            a_peer_that_was_removed_is_a_stranger_until_it_is_pinned_again, up, down),
        cmocka_unit_test_setup_teardown(
            a_profile_that_stands_is_not_verified_again_when_another_is_pinned, up, down),
        cmocka_unit_test_setup_teardown(nothing_is_sealed_to_a_revoked_key, up, down),
        cmocka_unit_test_setup_teardown(the_other_side_may_not_do_our_acts, up, down),
        cmocka_unit_test_setup_teardown(an_idempotency_key_acts_once, up, down),
        cmocka_unit_test_setup_teardown(words_that_differ_pin_nobody, up, down),
        cmocka_unit_test_setup_teardown(an_unknown_dossier_draft_or_uid_is_told_so, up, down),
        cmocka_unit_test_setup_teardown(fsck_names_the_missing_key_of_a_draft, up, down),
        cmocka_unit_test_setup_teardown(a_real_node_does_not_address_a_training_peer, up, down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
