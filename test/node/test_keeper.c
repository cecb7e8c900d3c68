/* SPDX-License-Identifier: Apache-2.0 */
/* Keeper over files: it signs for whom it has keys, and no head that does not extend its last.
 * Also tries src/node/keys.c and src/node/witness.c. */

#include "node_test.h"

#include <string.h>

enum { LEAVES = 16 };
struct bench {
    struct place p;
    const char *keys;
    struct node_config c;
    struct arena *life; /* of the keeper that is open */
    struct node_keeper *k;
    struct keeper hooks;
    struct hash leaves[LEAVES];
};

static err keeper_open(struct bench *b)
{
    if (b->life) arena_free(b->life);
    b->life = arena_new();
    struct turn t = b->p.t;
    t.arena = b->life;
    turn_forgive(&t);
    err e = node_keeper_open(&t, b->keys, &b->c, &suite_1, &b->k);
    b->p.t.fault = t.fault;
    if (e == ERR_OK) b->hooks = node_keeper_hooks(b->k);
    return e;
}

/* Keys as init makes them, with the heads of init's own log taken away. */
static int up(void **state)
{
    struct bench *b = test_calloc(1, sizeof *b);
    place_make(&b->p);
    const char *dir = place_node(&b->p, "n", "XN", 0);
    b->keys = node_path(b->p.a, dir, "keys");
    assert_int_equal(remove(node_path(b->p.a, b->keys, "head")), 0);
    assert_int_equal(remove(node_path(b->p.a, b->keys, "head.kept")), 0);
    assert_ok(&b->p, node_config_read(&b->p.t, node_path(b->p.a, dir, "comity.yaml"), &b->c));
    for (size_t k = 0; k < LEAVES; k++)
        b->leaves[k] = seal_sha256_of((struct bytes){(const uint8_t *)&k, sizeof k});
    assert_ok(&b->p, keeper_open(b));
    *state = b;
    return 0;
}

static int down(void **state)
{
    struct bench *b = *state;
    arena_free(b->life);
    place_end(&b->p);
    test_free(b);
    return 0;
}

/* ---- heads ----------------------------------------------------------------------------------- */

static err leaf(void *ctx, struct turn *t, int level, uint64_t index, struct hash *out)
{
    if (level != 0) return turn_fail(t, ERR_NONE_SUCH, "level", NULL, "leaves only");
    ledger_leaf_hash(&((struct hash *)ctx)[index], out);
    return ERR_OK;
}

/* A head of the first `size` leaves, and the proof that it extends `old` of them. */
static struct ledger_checkpoint head_of(struct bench *b, uint64_t old, uint64_t size,
                                        struct ledger_proof *proof)
{
    struct ledger_source s = {leaf, b->leaves};
    struct ledger_checkpoint h = {.origin = STR("comity.xn/csb"), .size = size};
    memset(proof, 0, sizeof *proof);
    assert_ok(&b->p, ledger_root_at(&b->p.t, &s, size, &h.root));
    if (old && old < size) assert_ok(&b->p, ledger_consistency(&b->p.t, &s, old, size, proof));
    return h;
}

static err sign(struct bench *b, const struct ledger_checkpoint *h,
                const struct ledger_proof *proof)
{
    struct str note;
    turn_forgive(&b->p.t);
    return b->hooks.head(b->hooks.ctx, &b->p.t, h, proof, &note);
}

static void extend(struct bench *b, uint64_t size)
{
    struct ledger_proof proof;
    struct ledger_checkpoint h = head_of(b, b->hooks.last_size(b->hooks.ctx), size, &proof);
    assert_ok(&b->p, sign(b, &h, &proof));
    assert_int_equal(b->hooks.last_size(b->hooks.ctx), size);
}

static void a_head_that_extends_the_last_is_signed_and_verifies(void **state)
{
    struct bench *b = *state;
    assert_int_equal(b->hooks.last_size(b->hooks.ctx), 0);
    assert_int_equal(b->hooks.last_note(b->hooks.ctx).n, 0);
    for (uint64_t size = 1; size <= LEAVES; size += 3) extend(b, size);
    struct ledger_proof none;
    struct ledger_checkpoint same = head_of(b, 0, b->hooks.last_size(b->hooks.ctx), &none);
    assert_ok(&b->p, sign(b, &same, &none)); /* again: after a crash */
    struct ledger_vkey key = {.name = STR("comity.xn/csb")};
    struct bytes seed;
    struct str text;
    assert_ok(&b->p, file_read(&b->p.t, node_path(b->p.a, b->keys, "ledger.key"), 64, &seed));
    seal_ed25519_public(seed.p, key.key);
    assert_ok(&b->p, ledger_note_open(&b->p.t, b->hooks.last_note(b->hooks.ctx), &key,
                                      seal_ed25519_holds, &text));
}

static void a_smaller_a_forked_and_an_unproven_head_are_refused(void **state)
{
    struct bench *b = *state;
    extend(b, 7);
    struct ledger_proof proof, none = {0};
    struct ledger_checkpoint h = head_of(b, 0, 5, &proof); /* rewound */
    assert_err(&b->p, ERR_INTEGRITY, "head-inconsistent", sign(b, &h, &none));
    h = head_of(b, 7, 12, &proof); /* without its proof */
    assert_err(&b->p, ERR_INTEGRITY, "head-inconsistent", sign(b, &h, &none));
    for (size_t k = 0; k < proof.n; k++) { /* with each step altered */
        struct ledger_proof wrong = proof;
        wrong.path[k].b[k] ^= 1;
        assert_err(&b->p, ERR_INTEGRITY, "head-inconsistent", sign(b, &h, &wrong));
    }
    b->leaves[3].b[0] ^= 1; /* another history of the same and of a greater length */
    h = head_of(b, 0, 7, &none);
    assert_err(&b->p, ERR_INTEGRITY, "head-inconsistent", sign(b, &h, &none));
    h = head_of(b, 7, 12, &proof);
    assert_err(&b->p, ERR_INTEGRITY, "head-inconsistent", sign(b, &h, &proof));
    b->leaves[3].b[0] ^= 1;
    assert_int_equal(b->hooks.last_size(b->hooks.ctx), 7); /* nothing was signed */
    extend(b, 12);
}

static void a_head_of_another_log_is_refused(void **state)
{
    struct bench *b = *state;
    struct ledger_proof proof;
    struct ledger_checkpoint h = head_of(b, 0, 3, &proof);
    h.origin = STR("comity.xm/dts");
    assert_err(&b->p, ERR_INTEGRITY, "head-origin", sign(b, &h, &proof));
}

static void the_last_head_is_remembered_across_a_restart(void **state)
{
    struct bench *b = *state;
    extend(b, 7);
    assert_ok(&b->p, keeper_open(b));
    assert_int_equal(b->hooks.last_size(b->hooks.ctx), 7);
    struct ledger_proof none;
    struct ledger_checkpoint h = head_of(b, 0, 5, &none);
    assert_err(&b->p, ERR_INTEGRITY, "head-inconsistent", sign(b, &h, &none));
    extend(b, 8);
}

static void put(struct bench *b, const char *name, struct str text)
{
    const char *path = node_path(b->p.a, b->keys, name);
    assert_ok(&b->p, file_write(&b->p.t, path, str_bytes(text), 0600));
}

static void a_torn_head_gives_way_to_the_kept_one(void **state)
{
    struct bench *b = *state;
    extend(b, 4);
    assert_ok(&b->p, node_keeper_sync(&b->p.t, b->k));
    extend(b, 6);
    put(b, "head", STR("comity.xn/csb\n6"));
    assert_ok(&b->p, keeper_open(b));
    assert_int_equal(b->hooks.last_size(b->hooks.ctx), 4); /* it lags */
    extend(b, 9);
    put(b, "head", STR(""));
    put(b, "head.kept", STR("x"));
    assert_err(&b->p, ERR_INTEGRITY, "head-torn", keeper_open(b));
}

static void a_head_that_others_signed_is_not_ours(void **state)
{
    struct bench *b = *state;
    struct ledger_proof none;
    struct ledger_checkpoint h = head_of(b, 0, 2, &none);
    struct ledger_vkey key = {.name = STR("comity.xn/csb")};
    uint8_t seed[32] = {1}, signature[64];
    seal_ed25519_public(seed, key.key);
    struct str text = ledger_checkpoint_text(b->p.a, &h);
    seal_ed25519_sign(seed, str_bytes(text), signature);
    put(b, "head", ledger_note_write(b->p.a, text, &key, signature));
    assert_err(&b->p, ERR_INTEGRITY, "head-torn", keeper_open(b));
}

/* ---- incarnations ---------------------------------------------------------------------------- */

static err sign_as(struct bench *b, const char *origin, uint64_t size)
{
    struct ledger_proof none;
    struct ledger_checkpoint h = head_of(b, 0, size, &none);
    struct str note;
    h.origin = str_of(origin);
    turn_forgive(&b->p.t);
    return b->hooks.head(b->hooks.ctx, &b->p.t, &h, &none, &note);
}

static void a_new_incarnation_has_heads_of_its_own_log_only(void **state)
{
    struct bench *b = *state;
    extend(b, 9);
    assert_true(node_keeper_before(b->k).n == 0);
    put(b, "incarnation", STR("7\n"));
    assert_ok(&b->p, keeper_open(b));
    assert_int_equal(b->hooks.last_size(b->hooks.ctx), 0);
    assert_int_equal(b->hooks.last_note(b->hooks.ctx).n, 0);
    assert_true(str_starts(node_keeper_before(b->k), "comity.xn/csb\n9\n"));
    assert_int_equal(sign_as(b, "comity.xn/csb", 12), ERR_INTEGRITY);
    assert_int_equal(sign_as(b, "comity.xn/csb/8", 12), ERR_INTEGRITY);
    assert_ok(&b->p, sign_as(b, "comity.xn/csb/7", 4)); /* smaller: it is another log */
    assert_int_equal(sign_as(b, "comity.xn/csb/7", 3), ERR_INTEGRITY);
    assert_ok(&b->p, keeper_open(b));
    assert_int_equal(b->hooks.last_size(b->hooks.ctx), 4);
}

static void keys_of_an_older_incarnation_than_their_head_are_not_used(void **state)
{
    struct bench *b = *state;
    put(b, "incarnation", STR("7\n"));
    assert_ok(&b->p, keeper_open(b));
    assert_ok(&b->p, sign_as(b, "comity.xn/csb/7", 4));
    put(b, "incarnation", STR("6\n"));
    assert_int_equal(keeper_open(b), ERR_INTEGRITY);
    assert_string_equal(b->p.t.fault.code, "head-incarnation");
    put(b, "incarnation", STR("six\n"));
    assert_int_equal(keeper_open(b), ERR_INTEGRITY);
    assert_string_equal(b->p.t.fault.code, "key-file");
}

static void the_background_syncs_once_for_each_change(void **state)
{
    struct bench *b = *state;
    assert_ok(&b->p, node_keeper_sync(&b->p.t, b->k)); /* nothing to keep yet */
    assert_int_equal(node_keeper_syncs(b->k), 0);
    for (uint64_t size = 1; size < 5; size++) extend(b, size);
    assert_int_equal(node_keeper_syncs(b->k), 0); /* none on the path to an answer */
    assert_ok(&b->p, node_keeper_sync(&b->p.t, b->k));
    assert_ok(&b->p, node_keeper_sync(&b->p.t, b->k));
    assert_int_equal(node_keeper_syncs(b->k), 1);
}

/* ---- as a witness ---------------------------------------------------------------------------- */

enum { PEER_SEED = 9 };

/* What the log of XM would send: its head over `size` of the leaves, proven from `old`. */
static struct ledger_add add_of(struct bench *b, uint64_t old, uint64_t size,
                                struct ledger_vkey *log)
{
    uint8_t seed[32] = {PEER_SEED}, signature[64];
    struct ledger_add x = {.old = old};
    struct ledger_checkpoint h = head_of(b, old, size, &x.proof);
    h.origin = STR("comity.xm/dts");
    *log = (struct ledger_vkey){.name = h.origin};
    seal_ed25519_public(seed, log->key);
    struct str text = ledger_checkpoint_text(b->p.a, &h);
    seal_ed25519_sign(seed, str_bytes(text), signature);
    x.note = ledger_note_write(b->p.a, text, log, signature);
    return x;
}

static err add(struct bench *b, uint64_t old, uint64_t size, bool cosign, struct str *line)
{
    struct ledger_vkey log;
    struct ledger_add x = add_of(b, old, size, &log);
    turn_forgive(&b->p.t);
    return b->hooks.witness(b->hooks.ctx, &b->p.t, &log, &x, cosign, line);
}

static uint64_t seen(struct bench *b)
{
    struct str note, text, lines;
    struct ledger_checkpoint head;
    turn_forgive(&b->p.t);
    assert_ok(&b->p, b->hooks.seen(b->hooks.ctx, &b->p.t, STR("comity.xm/dts"), &note));
    if (!note.n) return 0;
    assert_ok(&b->p, ledger_note_part(&b->p.t, note, &text, &lines));
    assert_ok(&b->p, ledger_checkpoint_read(&b->p.t, text, &head));
    return head.size;
}

static void the_head_of_another_log_is_cosigned_by_our_key(void **state)
{
    struct bench *b = *state;
    struct str line, text, lines;
    struct ledger_vkey log, ours = {.name = STR("comity.xn/csb")};
    struct ledger_cosignature c;
    struct bytes key;
    assert_int_equal(seen(b), 0);
    assert_ok(&b->p, add(b, 0, 3, true, &line));
    assert_ok(&b->p, file_read(&b->p.t, node_path(b->p.a, b->keys, "ledger.key"), 64, &key));
    seal_ed25519_public(key.p, ours.key);
    struct ledger_add x = add_of(b, 0, 3, &log);
    assert_ok(&b->p, ledger_note_part(&b->p.t, x.note, &text, &lines));
    assert_ok(&b->p, ledger_cosign_find(&b->p.t, line, &ours, text, seal_ed25519_holds, &c));
    assert_int_equal(c.time_s, turn_now_ms(&b->p.t) / 1000);
    assert_int_equal(seen(b), 3);
}

static void a_witness_takes_only_what_follows_also_after_a_restart(void **state)
{
    struct bench *b = *state;
    struct str line;
    assert_ok(&b->p, add(b, 0, 3, true, &line));
    assert_ok(&b->p, add(b, 3, 7, false, &line)); /* seen in a receipt, not cosigned */
    assert_int_equal(line.n, 0);
    for (int restarts = 0; restarts < 2; restarts++) {
        assert_int_equal(seen(b), 7);
        assert_err(&b->p, ERR_CONFLICT, "witness-old", add(b, 3, 9, true, &line));
        assert_err(&b->p, ERR_CONFLICT, "witness-old", add(b, 0, 5, true, &line));
        b->leaves[2].b[0] ^= 1;
        assert_err(&b->p, ERR_CONFLICT, "log-forked", add(b, 7, 7, true, &line));
        assert_err(&b->p, ERR_INTEGRITY, "log-forked", add(b, 7, 9, true, &line));
        b->leaves[2].b[0] ^= 1;
        assert_ok(&b->p, keeper_open(b));
    }
    assert_ok(&b->p, add(b, 7, 9, true, &line));
    assert_int_equal(seen(b), 9);
}

static void a_witness_asks_for_the_logs_own_signature_and_is_none_of_itself(void **state)
{
    struct bench *b = *state;
    struct str line;
    struct ledger_vkey log;
    struct ledger_add x = add_of(b, 0, 3, &log);
    log.key[0] ^= 1;
    turn_forgive(&b->p.t);
    assert_err(&b->p, ERR_INTEGRITY, "note-signature",
               b->hooks.witness(b->hooks.ctx, &b->p.t, &log, &x, true, &line));
    extend(b, 3);
    struct bytes key;
    assert_ok(&b->p, file_read(&b->p.t, node_path(b->p.a, b->keys, "ledger.key"), 64, &key));
    log.name = STR("comity.xn/csb");
    seal_ed25519_public(key.p, log.key);
    x.note = b->hooks.last_note(b->hooks.ctx);
    assert_err(&b->p, ERR_NOT_ALLOWED, "witness-self",
               b->hooks.witness(b->hooks.ctx, &b->p.t, &log, &x, true, &line));
    assert_int_equal(seen(b), 0);
}

/* ---- seals ----------------------------------------------------------------------------------- */

static struct bytes cert_of(struct bench *b, const char *name)
{
    struct bytes pem, der;
    assert_ok(&b->p, file_read(&b->p.t, node_path(b->p.a, b->keys, name), 65536, &pem));
    assert_ok(&b->p, seal_pem_read(&b->p.t, bytes_str(pem), "CERTIFICATE", &der));
    return der;
}

static void it_signs_and_opens_for_its_authority_only(void **state)
{
    struct bench *b = *state;
    struct turn *t = &b->p.t;
    struct bytes text = str_bytes(STR("a manifest")), cms, sealed, plain;
    assert_ok(&b->p,
              b->hooks.sign(b->hooks.ctx, t, STR("XN/csb"), text, false, turn_now_ms(t), &cms));
    assert_ok(&b->p, suite_1.verify(t, cert_of(b, "csb/seal.pem"), text, cms));
    assert_err(&b->p, ERR_INTERNAL, "keys-none-such",
               b->hooks.sign(b->hooks.ctx, t, STR("XN/moj"), text, false, turn_now_ms(t), &cms));
    struct bytes ours = cert_of(b, "csb/open.pem");
    turn_forgive(t);
    assert_ok(&b->p, suite_1.seal(t, &ours, 1, text, &sealed));
    assert_ok(&b->p, b->hooks.open(b->hooks.ctx, t, STR("XN/csb"), sealed, &plain));
    assert_true(bytes_eq(plain, text));
    const char *other = place_node(&b->p, "other", "XM", 0);
    struct bytes pem, theirs;
    assert_ok(&b->p, file_read(t, node_path(b->p.a, other, "keys/dts/open.pem"), 65536, &pem));
    assert_ok(&b->p, seal_pem_read(t, bytes_str(pem), "CERTIFICATE", &theirs));
    assert_ok(&b->p, suite_1.seal(t, &theirs, 1, text, &sealed));
    turn_forgive(t);
    assert_int_equal(b->hooks.open(b->hooks.ctx, t, STR("XN/csb"), sealed, &plain), ERR_NONE_SUCH);
}

static void wrapped_keys_open_only_as_what_they_were_bound_to(void **state)
{
    struct bench *b = *state;
    struct turn *t = &b->p.t;
    struct bytes wrapped, key;
    assert_ok(&b->p, b->hooks.wrap(b->hooks.ctx, t, str_bytes(STR("0123456789abcdef")),
                                   str_bytes(STR("dossier 1")), &wrapped));
    assert_ok(&b->p, b->hooks.unwrap(b->hooks.ctx, t, wrapped, str_bytes(STR("dossier 1")), &key));
    assert_str(bytes_str(key), "0123456789abcdef");
    turn_forgive(t);
    assert_int_equal(b->hooks.unwrap(b->hooks.ctx, t, wrapped, str_bytes(STR("dossier 2")), &key),
                     ERR_INTEGRITY);
}

static void a_key_that_is_missing_or_cut_is_named(void **state)
{
    struct bench *b = *state;
    put(b, "storage.key", STR("short"));
    assert_err(&b->p, ERR_INTEGRITY, "key-file", keeper_open(b));
    assert_non_null(strstr(b->p.t.fault.sentence, "storage.key"));
    assert_int_equal(remove(node_path(b->p.a, b->keys, "csb/seal.key")), 0);
    assert_int_not_equal(keeper_open(b), ERR_OK);
}

int test_keeper(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, up, down)
        T(a_head_that_extends_the_last_is_signed_and_verifies),
        T(a_smaller_a_forked_and_an_unproven_head_are_refused),
        T(a_head_of_another_log_is_refused),
        T(the_last_head_is_remembered_across_a_restart),
        T(a_torn_head_gives_way_to_the_kept_one),
        T(a_head_that_others_signed_is_not_ours),
        T(a_new_incarnation_has_heads_of_its_own_log_only),
        T(keys_of_an_older_incarnation_than_their_head_are_not_used),
        T(the_background_syncs_once_for_each_change),
        T(the_head_of_another_log_is_cosigned_by_our_key),
        T(a_witness_takes_only_what_follows_also_after_a_restart),
        T(a_witness_asks_for_the_logs_own_signature_and_is_none_of_itself),
        T(it_signs_and_opens_for_its_authority_only),
        T(wrapped_keys_open_only_as_what_they_were_bound_to),
        T(a_key_that_is_missing_or_cut_is_named),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
