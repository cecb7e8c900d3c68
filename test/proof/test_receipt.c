/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts: the body, the answer on the wire, and what is refused of either. */

#include "proof_test.h"

#include <string.h>

static struct receipt_expect expect_of(struct world *w)
{
    return (struct receipt_expect){.parcel = seal_sha256_of(w->parcel),
                                   .act = w->act,
                                   .from = str_of(w->meridia.address),
                                   .to = str_of(w->norland.address),
                                   .vkey = w->meridia.profile.vkey,
                                   .signer_der = w->meridia.seal_der};
}

static err check(struct world *w, struct bytes answer, const struct receipt_expect *x)
{
    struct receipt r;
    struct bytes cms;
    struct ledger_checkpoint head;
    return receipt_check(w->t, &suite_1, answer, x, &r, &cms, &head);
}

static const struct tree *remarks_of(struct arena *a, size_t n)
{
    struct tree *list = tree_list(a);
    for (size_t i = 0; i < n; i++) {
        struct tree *map = tree_add_map(a, list, NULL);
        tree_add_str(a, map, "article", STR("un-cybercrime 42(2)"));
        tree_add_str(a, map, "code", STR("missing"));
        tree_add_str(a, map, "particular", STR("offence"));
    }
    return list;
}

static void a_body_that_is_written_is_read_and_written_the_same(void **state)
{
    struct world *w = *state;
    static const char *const events[] = {"held", "refused", "quarantined", "read"};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        struct receipt r = w->receipt, again;
        r.event = str_of(events[i]);
        r.remarks = i ? remarks_of(w->t->arena, i) : NULL;
        struct str body = receipt_body(w->t->arena, &r);
        assert_int_equal(receipt_read(w->t, str_bytes(body), &again), ERR_OK);
        assert_true(str_eq(body, receipt_body(w->t->arena, &again)));
        assert_int_equal(again.sequence, 7);
        assert_int_equal(again.incarnation, 1);
        assert_true(hash_eq(&again.parcel, &r.parcel) && hash_eq(&again.act, &r.act));
    }
}

/* Each member once missing, once of another kind, once with a value it may not have. */
static void a_body_with_one_wrong_member_is_refused(void **state)
{
    struct world *w = *state;
    struct arena *a = w->t->arena;
    static const char *const keys[] = {"v",  "event",       "parcel",   "act",        "from", "to",
                                       "at", "incarnation", "sequence", "contiguous", "index"};
    struct receipt out;
    struct tree *map, *wrong = tree_map(a);
    struct bytes body = str_bytes(receipt_body(a, &w->receipt));
    const struct tree *values[] = {tree_add_null(a, wrong, "null"),
                                   tree_add_str(a, wrong, "text", STR("?")),
                                   tree_add_int(a, wrong, "number", -2)};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        for (size_t k = 0; k < 4; k++) {
            assert_int_equal(json_read(w->t, body, &codec_limits, &map), ERR_OK);
            struct tree *bent = tree_map(a);
            for (const struct tree *m = map->child; m; m = m->next)
                if (!str_is(m->key, keys[i])) tree_set(a, bent, m->key, m);
            if (k < 3) tree_set(a, bent, str_of(keys[i]), values[k]);
            err e = receipt_read(w->t, str_bytes(json_write(a, bent)), &out);
            if (e != ERR_REJECTED) fail_msg("%s, %zu: taken", keys[i], k);
            turn_forgive(w->t);
        }
    }
}

static void a_body_of_another_version_is_refused(void **state)
{
    struct world *w = *state;
    struct receipt out;
    struct forge *f = forge_new(w);
    struct bytes body = str_bytes(receipt_body(w->t->arena, &w->receipt));
    err e = receipt_read(w->t, forge_int(f, body, "v", 2), &out);
    assert_fault(w->t, e, ERR_REJECTED, "version");
    e = receipt_read(w->t, forge_text(f, body, "event", "eaten"), &out);
    assert_fault(w->t, e, ERR_REJECTED, "event");
    e = receipt_read(w->t, forge_text(f, body, "more", "x"), &out);
    assert_fault(w->t, e, ERR_REJECTED, "form");
}

static void a_body_that_is_not_canonical_is_refused(void **state)
{
    struct world *w = *state;
    struct receipt out;
    struct str body = receipt_body(w->t->arena, &w->receipt);
    struct str loose = str_printf(w->t->arena, STR_FMT "\n", STR_ARG(body));
    assert_int_equal(receipt_read(w->t, str_bytes(loose), &out), ERR_REJECTED);
}

static void remarks_are_bounded_and_have_a_form(void **state)
{
    struct world *w = *state;
    struct arena *a = w->t->arena;
    struct receipt r = w->receipt, out;
    r.remarks = remarks_of(a, PROOF_REMARKS_MAX);
    assert_int_equal(receipt_read(w->t, str_bytes(receipt_body(a, &r)), &out), ERR_OK);
    r.remarks = remarks_of(a, PROOF_REMARKS_MAX + 1);
    err e = receipt_read(w->t, str_bytes(receipt_body(a, &r)), &out);
    assert_fault(w->t, e, ERR_REJECTED, "form");
    struct tree *list = tree_list(a);
    tree_add_str(a, list, NULL, STR("just text"));
    r.remarks = list;
    e = receipt_read(w->t, str_bytes(receipt_body(a, &r)), &out);
    assert_fault(w->t, e, ERR_REJECTED, "form");
}

static void an_answer_for_what_was_sent_is_taken(void **state)
{
    struct world *w = *state;
    struct receipt_expect x = expect_of(w);
    struct receipt r;
    struct bytes cms;
    struct ledger_checkpoint head;
    err e = receipt_check(w->t, &suite_1, str_bytes(w->answer), &x, &r, &cms, &head);
    assert_int_equal(e, ERR_OK);
    assert_text(r.event, "held");
    assert_int_equal(head.size, 9);
    assert_true(cms.n > 0);
}

/* What is refused was not recorded as an act: the leaf opens the parcel's digest. */
static void a_refusal_is_proven_by_the_digest_of_the_parcel(void **state)
{
    struct world *w = *state;
    struct receipt_expect x = expect_of(w);
    struct receipt r = w->receipt;
    r.event = STR("quarantined");
    assert_int_equal(check(w, kit_answer(w, &w->meridia, &r), &x), ERR_OK);
    assert_true(bytes_eq(receipt_open(&r, w->act), hash_bytes(&r.parcel)));
    assert_true(bytes_eq(receipt_open(&w->receipt, w->act), w->act));
}

static void an_answer_about_something_else_is_refused(void **state)
{
    struct world *w = *state;
    struct receipt_expect x = expect_of(w);
    x.parcel.b[0] ^= 1;
    assert_fault(w->t, check(w, str_bytes(w->answer), &x), ERR_INTEGRITY, "other-receipt");
    x = expect_of(w);
    x.act = w->carriage;
    assert_fault(w->t, check(w, str_bytes(w->answer), &x), ERR_INTEGRITY, "other-receipt");
    x = expect_of(w);
    x.from = STR("XM/moj");
    assert_fault(w->t, check(w, str_bytes(w->answer), &x), ERR_INTEGRITY, "other-receipt");
    x = expect_of(w);
    x.to = STR("XN/moj");
    assert_fault(w->t, check(w, str_bytes(w->answer), &x), ERR_INTEGRITY, "other-receipt");
}

static void an_answer_by_somebody_else_is_refused(void **state)
{
    struct world *w = *state;
    struct receipt_expect x = expect_of(w);
    x.signer_der = w->norland.seal_der;
    assert_int_equal(check(w, str_bytes(w->answer), &x), ERR_INTEGRITY);
    turn_forgive(w->t);
    x = expect_of(w);
    x.vkey = w->norland.profile.vkey;
    assert_int_equal(check(w, str_bytes(w->answer), &x), ERR_INTEGRITY);
}

static void the_leaf_that_is_shown_is_the_leaf_that_is_signed(void **state)
{
    struct world *w = *state;
    struct receipt_expect x = expect_of(w);
    struct bytes cms;
    struct receipt r;
    struct ledger_checkpoint head;
    err e = receipt_check(w->t, &suite_1, str_bytes(w->answer), &x, &r, &cms, &head);
    assert_int_equal(e, ERR_OK);
    struct proof_leaf other = kit_leaf(w->t, &w->meridia, w->act, 4, 9);
    struct str answer = receipt_answer(w->t->arena, cms, &other);
    assert_fault(w->t, check(w, str_bytes(answer), &x), ERR_INTEGRITY, "other-leaf");
}

static void every_seventh_bit_of_an_answer_counts(void **state)
{
    struct world *w = *state;
    struct receipt_expect x = expect_of(w);
    uint8_t *answer = (uint8_t *)(uintptr_t)bytes_dup(w->t->arena, str_bytes(w->answer)).p;
    for (size_t bit = 0; bit < 8 * w->answer.n; bit += 7) {
        auto_arena scratch = arena_new();
        struct arena *kept = w->t->arena;
        w->t->arena = scratch;
        answer[bit / 8] ^= (uint8_t)(1u << bit % 8);
        err e = check(w, (struct bytes){answer, w->answer.n}, &x);
        answer[bit / 8] ^= (uint8_t)(1u << bit % 8);
        w->t->arena = kept;
        if (e != ERR_INTEGRITY && e != ERR_REJECTED) fail_msg("bit %zu is free", bit);
        turn_forgive(w->t);
    }
}

static void an_answer_beyond_the_limit_is_not_read(void **state)
{
    struct world *w = *state;
    struct receipt_expect x = expect_of(w);
    uint8_t *large = arena_take(w->t->arena, PROOF_ANSWER_MAX + 1);
    memset(large, ' ', PROOF_ANSWER_MAX + 1);
    err e = check(w, (struct bytes){large, PROOF_ANSWER_MAX + 1}, &x);
    assert_fault(w->t, e, ERR_TOO_LARGE, "size");
    assert_int_equal(check(w, (struct bytes){large, PROOF_ANSWER_MAX}, &x), ERR_REJECTED);
}

int receipt_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_world(a_body_that_is_written_is_read_and_written_the_same),
        with_world(a_body_with_one_wrong_member_is_refused),
        with_world(a_body_of_another_version_is_refused),
        with_world(a_body_that_is_not_canonical_is_refused),
        with_world(remarks_are_bounded_and_have_a_form),
        with_world(an_answer_for_what_was_sent_is_taken),
        with_world(a_refusal_is_proven_by_the_digest_of_the_parcel),
        with_world(an_answer_about_something_else_is_refused),
        with_world(an_answer_by_somebody_else_is_refused),
        with_world(the_leaf_that_is_shown_is_the_leaf_that_is_signed),
        with_world(every_seventh_bit_of_an_answer_counts),
        with_world(an_answer_beyond_the_limit_is_not_read),
    };
    return cmocka_run_group_tests_name("receipt", tests, NULL, NULL);
}
