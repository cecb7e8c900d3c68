/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of a log held against its leaves: what was only added to passes, anything else does not. */

#include "cli_test.h"

#include "cli/demo.h"

#include <string.h>
#include <sys/stat.h>

enum { LEAVES = 11 };

struct log {
    struct demo *d;
    uint8_t seed[32];
    struct ledger_vkey key;
    struct hash leaf[LEAVES];
};

static void log_up(struct bench *b, struct log *l)
{
    *l = (struct log){.d = arena_take(b->arena, sizeof *l->d), .seed = {5}};
    l->key.name = STR("comity.xn/csb");
    seal_ed25519_public(l->seed, l->key.key);
    l->d->c = b->c;
    l->d->signals = -1;
    for (int k = 0; k < DEMO_NODES; k++) {
        l->d->node[k].name = "Norland";
        l->d->node[k].dir = b->dir;
        l->d->node[k].profile.vkey = ledger_vkey_text(b->arena, &l->key);
    }
    for (uint8_t k = 0; k < LEAVES; k++) {
        struct hash data = {{k}};
        ledger_leaf_hash(&data, &l->leaf[k]);
    }
}

static struct str note_of(struct bench *b, struct log *l, uint64_t size)
{
    struct ledger_edge edge = {0};
    struct ledger_checkpoint c = {.origin = l->key.name, .size = size};
    uint8_t signature[64];
    for (uint64_t k = 0; k < size; k++) ledger_append(&edge, &l->leaf[k], NULL, NULL);
    ledger_root(&edge, &c.root);
    struct str text = ledger_checkpoint_text(b->arena, &c);
    seal_ed25519_sign(l->seed, str_bytes(text), signature);
    return ledger_note_write(b->arena, text, &l->key, signature);
}

/* Both nodes show the same log: heads over 3, 8 and all leaves. */
static void show_heads(struct bench *b, struct log *l)
{
    for (int k = 0; k < DEMO_NODES; k++) {
        l->d->node[k].notes[0] = note_of(b, l, 3);
        l->d->node[k].notes[1] = note_of(b, l, 8);
        l->d->node[k].notes[2] = note_of(b, l, LEAVES);
        l->d->node[k].notes_n = 3;
    }
}

static void write_leaves(struct bench *b, const struct log *l)
{
    static const char *const folders[] = {"log", "log/tile", "log/tile/0", "log/tile/0/000.p"};
    for (size_t k = 0; k < sizeof folders / sizeof *folders; k++)
        (void)mkdir(bench_file(b, folders[k], NULL), 0700);
    const char *path = bench_file(b, "log/tile/0/000.p/11", NULL);
    struct bytes all = {l->leaf[0].b, sizeof l->leaf};
    assert_int_equal(file_write(&b->c->t, path, all, 0600), ERR_OK);
}

static void a_log_that_was_only_added_to_passes(void **state)
{
    struct bench *b = *state;
    struct log l;
    log_up(b, &l);
    show_heads(b, &l);
    write_leaves(b, &l);
    assert_int_equal(demo_heads_check(l.d), ERR_OK);
}

static void a_leaf_changed_after_a_head_was_seen_shows(void **state)
{
    struct bench *b = *state;
    for (int at = 0; at < LEAVES; at++) {
        struct log l;
        log_up(b, &l);
        show_heads(b, &l);
        l.leaf[at].b[31] ^= 1;
        for (int k = 0; k < DEMO_NODES; k++)
            l.d->node[k].notes[2] = note_of(b, &l, LEAVES); /* signed anew over what is there now */
        write_leaves(b, &l);
        turn_forgive(&b->c->t);
        /* The last three stand in no earlier head: that change is no change of history. */
        assert_int_equal(demo_heads_check(l.d), at < 8 ? ERR_INTEGRITY : ERR_OK);
    }
}

static void a_head_signed_by_another_key_does_not_count(void **state)
{
    struct bench *b = *state;
    struct log l;
    log_up(b, &l);
    show_heads(b, &l);
    write_leaves(b, &l);
    l.seed[0] ^= 1;
    l.d->node[MERIDIA].notes[0] = note_of(b, &l, 3);
    assert_int_equal(demo_heads_check(l.d), ERR_INTEGRITY);
}

static void leaves_that_are_missing_show(void **state)
{
    struct bench *b = *state;
    struct log l;
    log_up(b, &l);
    show_heads(b, &l);
    assert_int_equal(demo_heads_check(l.d), ERR_NONE_SUCH);
}

static void an_export_without_its_proof_has_no_heads(void **state)
{
    struct bench *b = *state;
    struct log l;
    struct zip_entry other = {STR("act.json"), str_bytes(STR("{}"))};
    log_up(b, &l);
    l.d->node[NORLAND].exported = zip_write(b->arena, &other, 1);
    assert_int_equal(demo_heads_exported(l.d, NORLAND, MERIDIA), ERR_INTEGRITY);
}

int demo_heads_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_bench(a_log_that_was_only_added_to_passes),
        with_bench(a_leaf_changed_after_a_head_was_seen_shows),
        with_bench(a_head_signed_by_another_key_does_not_count),
        with_bench(leaves_that_are_missing_show),
        with_bench(an_export_without_its_proof_has_no_heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
