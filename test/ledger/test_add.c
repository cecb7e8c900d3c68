/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/ledger/add.c: bodies of add-checkpoint, and which heads may follow which. */

#include "ledger_test.h"

#include "seal/seal.h"

#include <string.h>

#define NOTE                                                                                       \
    "comity.xm/dts\n5\nazE7YRtAZ2ueHf1wxFA/I3n4jw8cJ0D7fhyswywRNGU=\n\n"                           \
    "\xe2\x80\x94 comity.xm/dts "                                                                  \
    "QOpyzobtKncIZg39yzYC63e0ACoJzwONc6vwEjRTEPPgIG5llg1DZiKxwKVX0UBU8FLG"                         \
    "IcKhcYTKag8WtW9rROf5Nw8=\n"
#define HASH "azE7YRtAZ2ueHf1wxFA/I3n4jw8cJ0D7fhyswywRNGU=\n"

static void a_body_is_written_and_read(void **state)
{
    struct turn *t = *state;
    struct ledger_add x, again;
    assert_int_equal(ledger_add_read(t, STR("old 3\n" HASH HASH "\n" NOTE), &x), ERR_OK);
    assert_int_equal(x.old, 3);
    assert_int_equal(x.proof.n, 2);
    assert_text(x.note, NOTE);
    assert_text(ledger_add_write(t->arena, &x), "old 3\n" HASH HASH "\n" NOTE);
    assert_int_equal(ledger_add_read(t, STR("old 0\n\n" NOTE), &again), ERR_OK);
    assert_int_equal(again.proof.n, 0);
    assert_int_equal(ledger_proof_read(t, ledger_proof_write(t->arena, &x.proof), &again.proof),
                     ERR_OK);
    assert_int_equal(again.proof.n, 2);
    assert_memory_equal(again.proof.path, x.proof.path, 2 * sizeof(struct hash));
}

static void a_body_that_is_spelled_otherwise_is_refused(void **state)
{
    struct turn *t = *state;
    static const char *const bad[] = {
        "",
        "old",
        "old 3",
        "old 3\n",
        "old 03\n\n" NOTE,
        "old -1\n\n" NOTE,
        "old  3\n\n" NOTE,
        "Old 3\n\n" NOTE,
        "old 3\n" NOTE,
        "old 3\n" HASH NOTE,
        "old 3\nAAAA\n\n" NOTE,
        "old 3\n " HASH "\n" NOTE,
        "old 3\n\n",
        "old 3\n\ncomity.xm/dts\n5\n",
        "old 9223372036854775808\n\n" NOTE,
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        struct ledger_add x = {.old = 77};
        assert_int_equal(ledger_add_read(t, str_of(bad[k]), &x), ERR_REJECTED);
        assert_int_equal(x.old, 77);
        turn_forgive(t);
    }
}

static void a_proof_has_at_most_63_lines(void **state)
{
    struct turn *t = *state;
    struct ledger_add x;
    struct buf b = buf_in(t->arena);
    buf_str(&b, STR("old 3\n"));
    for (int k = 0; k < LEDGER_ADD_PROOF_MAX; k++) buf_str(&b, STR(HASH));
    struct str most = str_dup(t->arena, buf_as_str(&b));
    struct str good = str_printf(t->arena, STR_FMT "\n" NOTE, STR_ARG(most));
    struct str bad = str_printf(t->arena, STR_FMT HASH "\n" NOTE, STR_ARG(most));
    assert_int_equal(ledger_add_read(t, good, &x), ERR_OK);
    assert_refused(t, ledger_add_read(t, bad, &x), ERR_REJECTED, "add-checkpoint",
                   "C2SP tlog-witness", "the proof");
    char *long_one = arena_take(t->arena, LEDGER_ADD_MAX + 1);
    memset(long_one, 'x', LEDGER_ADD_MAX + 1);
    assert_refused(t, ledger_add_read(t, (struct str){long_one, LEDGER_ADD_MAX + 1}, &x),
                   ERR_TOO_LARGE, "add-checkpoint", NULL, NULL);
}

static struct ledger_checkpoint head_of(struct arena *a, const struct log *l, uint64_t size)
{
    struct ledger_checkpoint c = {.origin = STR("comity.xm/dts"), .size = size};
    struct turn t = {.arena = a};
    struct ledger_source s = log_source((struct log *)(uintptr_t)l);
    assert_int_equal(ledger_root_at(&t, &s, size, &c.root), ERR_OK);
    return c;
}

static void a_head_follows_with_the_proof_from_the_last_and_with_no_other(void **state)
{
    struct turn *t = *state;
    struct log *l = log_new(t->arena, LOG_MAX);
    struct ledger_source s = log_source(l);
    size_t refused = 0;
    for (uint64_t size = 1; size <= LOG_MAX; size += 13) {
        struct ledger_checkpoint head = head_of(t->arena, l, size);
        struct ledger_proof none = {.n = 0};
        assert_int_equal(ledger_follows(t, NULL, &head, 0, &none), ERR_OK);
        for (uint64_t old = 1; old <= size; old += 7) {
            struct ledger_proof p;
            struct ledger_checkpoint last = head_of(t->arena, l, old);
            assert_int_equal(ledger_consistency(t, &s, old, size, &p), ERR_OK);
            assert_int_equal(ledger_follows(t, &last, &head, old, &p), ERR_OK);
            if (old < size) {
                assert_refused(t, ledger_follows(t, &last, &head, old, &none), ERR_INTEGRITY,
                               "log-unproven", "RFC 6962 2.1.2", NULL);
                assert_refused(t, ledger_follows(t, &last, &head, old - 1, &p), ERR_CONFLICT,
                               "witness-old", "C2SP tlog-witness", NULL);
                assert_refused(t, ledger_follows(t, &head, &last, size, &p), ERR_USAGE,
                               "witness-size", NULL, NULL);
            }
            last.root.b[old % 32] ^= 1;                         /* what was seen is another tree */
            bool shown = old == size || (old & (old - 1)) != 0; /* else the path leaves it out */
            assert_refused(t, ledger_follows(t, &last, &head, old, &p),
                           old == size ? ERR_CONFLICT : ERR_INTEGRITY,
                           shown ? "log-forked" : "log-unproven", NULL, NULL);
            refused++;
        }
    }
    assert_true(refused > 400);
}

static void two_heads_of_one_size_are_a_fork_whatever_the_old_size_says(void **state)
{
    struct turn *t = *state;
    struct log *l = log_new(t->arena, 10);
    struct ledger_checkpoint last = head_of(t->arena, l, 10), head = last;
    struct ledger_proof none = {.n = 0};
    head.root.b[0] ^= 1;
    for (uint64_t old = 0; old <= 10; old++)
        assert_refused(t, ledger_follows(t, &last, &head, old, &none), ERR_CONFLICT, "log-forked",
                       NULL, NULL);
    assert_refused(t, ledger_follows(t, NULL, &head, 3, &none), ERR_CONFLICT, "witness-old", NULL,
                   NULL);
    none.n = 1;
    assert_refused(t, ledger_follows(t, NULL, &head, 0, &none), ERR_REJECTED, "add-checkpoint",
                   NULL, NULL);
}

static void a_note_that_its_log_did_not_sign_is_not_looked_at_further(void **state)
{
    struct turn *t = *state;
    uint8_t seed[32] = {1}, signature[64];
    struct log *l = log_new(t->arena, 10);
    struct ledger_source s = log_source(l);
    struct ledger_checkpoint five = head_of(t->arena, l, 5), ten = head_of(t->arena, l, 10), out;
    struct ledger_vkey log = {.name = STR("comity.xm/dts")}, other = log;
    struct ledger_add x = {.old = 0};
    seal_ed25519_public(seed, log.key);
    struct str text = ledger_checkpoint_text(t->arena, &five), none = {0};
    seal_ed25519_sign(seed, str_bytes(text), signature);
    x.note = ledger_note_write(t->arena, text, &log, signature);
    struct str last = x.note;
    assert_int_equal(ledger_witness(t, &log, none, &x, seal_ed25519_holds, &out), ERR_OK);
    assert_int_equal(out.size, 5);
    assert_refused(t, ledger_witness(t, &other, none, &x, seal_ed25519_holds, &out), ERR_INTEGRITY,
                   "note-signature", "C2SP signed-note", NULL);
    text = ledger_checkpoint_text(t->arena, &ten);
    seal_ed25519_sign(seed, str_bytes(text), signature);
    x = (struct ledger_add){.old = 5, .note = ledger_note_write(t->arena, text, &log, signature)};
    assert_int_equal(ledger_consistency(t, &s, 5, 10, &x.proof), ERR_OK);
    assert_int_equal(ledger_witness(t, &log, last, &x, seal_ed25519_holds, &out), ERR_OK);
    x.proof.path[0].b[0] ^= 1;
    assert_refused(t, ledger_witness(t, &log, last, &x, seal_ed25519_holds, &out), ERR_INTEGRITY,
                   "log-unproven", NULL, NULL);
}

/* Any bit of it changed, a hash lost, one too many: it bears no signature, so it shows nothing. */
static void an_altered_proof_is_no_evidence_and_one_of_another_tree_is(void **state)
{
    struct turn *t = *state;
    struct log *l = log_new(t->arena, LOG_MAX);
    struct ledger_source s = log_source(l);
    size_t altered = 0, forks = 0;
    for (uint64_t size = 2; size <= LOG_MAX; size += 11) {
        struct ledger_checkpoint head = head_of(t->arena, l, size);
        for (uint64_t old = 1; old < size; old += 5) {
            struct ledger_checkpoint last = head_of(t->arena, l, old);
            struct ledger_proof p, x;
            assert_int_equal(ledger_consistency(t, &s, old, size, &p), ERR_OK);
            for (size_t k = 0; k < p.n; k++, altered++) {
                x = p;
                x.path[k].b[size % 32] ^= (uint8_t)(1 << (old % 8));
                assert_false(ledger_fork_shown(&x, old, &last.root, size, &head.root));
                x = p;
                x.n = k;
                assert_false(ledger_fork_shown(&x, old, &last.root, size, &head.root));
            }
            x = p;
            x.path[x.n++] = p.path[0];
            assert_false(ledger_fork_shown(&x, old, &last.root, size, &head.root));
            assert_false(ledger_fork_shown(&p, old, &last.root, size, &head.root));
            last.root.b[0] ^= 1;
            bool shown = ledger_fork_shown(&p, old, &last.root, size, &head.root);
            assert_int_equal(shown, (old & (old - 1)) != 0);
            forks += shown;
        }
    }
    assert_true(altered > 1000 && forks > 100);
}

int add_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(a_body_is_written_and_read),
        with_turn(a_body_that_is_spelled_otherwise_is_refused),
        with_turn(a_proof_has_at_most_63_lines),
        with_turn(a_head_follows_with_the_proof_from_the_last_and_with_no_other),
        with_turn(an_altered_proof_is_no_evidence_and_one_of_another_tree_is),
        with_turn(a_note_that_its_log_did_not_sign_is_not_looked_at_further),
        with_turn(two_heads_of_one_size_are_a_fork_whatever_the_old_size_says),
    };
    return cmocka_run_group_tests_name("add", tests, NULL, NULL);
}
