/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/store/record.c: permanent rows and the keys they are encrypted under. */

#include "store/store_test.h"

#include "seal/seal.h"

#include <string.h>

static void same(const struct store_record *a, const struct store_record *b)
{
    assert_true(id_eq(&a->dossier, &b->dossier));
    assert_true(str_eq(a->kind, b->kind));
    assert_true(bytes_eq(a->subject, b->subject));
    assert_true(a->at_ms == b->at_ms && a->leaf == b->leaf);
    assert_true(bytes_eq(a->open, b->open));
    assert_true(bytes_eq(a->bulk, b->bulk));
    assert_true(tree_eq(a->rest, b->rest));
    assert_true(hash_eq(&a->salt, &b->salt));
    assert_true(hash_eq(&a->opening.open, &b->opening.open));
    assert_true(hash_eq(&a->opening.rest, &b->opening.rest));
}

static void put(struct rig *r, struct store_record *one)
{
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_ok(r, store_record_put(&r->turn, r->store, one));
    assert_ok(r, store_commit(&r->turn, r->store));
}

static void a_record_comes_back_by_name_and_by_leaf(void **state)
{
    struct rig *r = *state;
    rig_put(r, &store_house, 1, 3);
    struct store_record one = rig_record(r, &r->dossier, "parcel", 9), got;
    put(r, &one);
    assert_int_equal(one.leaf, 3);
    assert_ok(r, store_record_get(&r->turn, r->store, "parcel", one.subject, &got));
    same(&one, &got);
    rig_reopen(r);
    memset(&got, 0, sizeof got);
    assert_ok(r, store_record_at(&r->turn, r->store, 3, &got));
    same(&one, &got);
}

static void a_record_needs_neither_rest_nor_long_bytes(void **state)
{
    struct rig *r = *state;
    struct store_record one = rig_record(r, &r->dossier, "act", 1), got;
    one.rest = NULL;
    one.bulk = (struct bytes){0};
    one.open = (struct bytes){0};
    put(r, &one);
    assert_ok(r, store_record_at(&r->turn, r->store, 0, &got));
    assert_int_equal(got.bulk.n, 0);
    assert_int_equal(got.open.n, 0);
    assert_int_equal(got.rest->count, 0);
}

static void its_leaf_is_what_its_opening_gives(void **state)
{
    struct rig *r = *state;
    struct store_record one = rig_record(r, &r->dossier, "act", 1);
    put(r, &one);
    struct bytes parts[] = {str_bytes(STR("open")), one.open};
    struct hash expected, data;
    seal_hmac(hash_bytes(&one.salt), parts, 2, &expected);
    assert_true(hash_eq(&expected, &one.opening.open));
    ledger_leaf_data(&one.opening, &expected);
    assert_ok(r, store_leaf(&r->turn, r->store, 0, &data));
    assert_true(hash_eq(&expected, &data));
}

static void no_two_records_share_a_salt(void **state)
{
    struct rig *r = *state;
    struct store_record of[3] = {rig_record(r, &r->dossier, "act", 1),
                                 rig_record(r, &r->dossier, "act", 2),
                                 rig_record(r, &r->dossier, "parcel", 1)};
    for (int k = 0; k < 3; k++) put(r, &of[k]);
    for (int k = 0; k < 3; k++) assert_false(hash_eq(&of[k].salt, &of[(k + 1) % 3].salt));
}

static bool stands_in(struct bytes in, const char *word)
{
    return memmem(in.p, in.n, word, strlen(word)) != NULL;
}

static void nothing_of_its_content_stands_readable_in_the_table(void **state)
{
    struct rig *r = *state;
    struct store_record one = rig_record(r, &r->dossier, "act", 1);
    assert_true(stands_in(one.open, "shown") && stands_in(one.bulk, "long"));
    put(r, &one);
    struct db_rows rows =
        db_ask(&r->turn, store_db(r->store), "SELECT open, rest, bulk FROM record", NULL, 0);
    assert_true(db_next(&rows));
    for (int c = 0; c < 3; c++) {
        struct bytes b = db_bytes_at(&rows, c);
        assert_true(b.n > SEAL_LOCK_OVERHEAD);
        assert_false(stands_in(b, "shown") || stands_in(b, "name") || stands_in(b, "long"));
    }
    assert_ok(r, db_done(&rows));
}

static void a_name_is_given_once_within_its_kind(void **state)
{
    struct rig *r = *state;
    struct store_record one = rig_record(r, &r->dossier, "act", 1);
    struct store_record again = rig_record(r, &store_house, "act", 1);
    struct store_record other = rig_record(r, &r->dossier, "parcel", 1);
    put(r, &one);
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_fault(r, store_record_put(&r->turn, r->store, &again), ERR_CONFLICT, "db-unique");
    store_rollback(r->store);
    assert_int_equal(store_log_size(r->store), 1);
    put(r, &other);
    assert_int_equal(other.leaf, 1);
    struct store_record got;
    assert_ok(r, store_record_get(&r->turn, r->store, "act", one.subject, &got));
    same(&one, &got);
}

static void what_is_not_there_is_none_such(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 1);
    struct store_record got;
    struct id name = id_named(1), none = id_named(2);
    assert_fault(r, store_record_get(&r->turn, r->store, "act", id_bytes(&none), &got),
                 ERR_NONE_SUCH, "none-such");
    assert_fault(r, store_record_get(&r->turn, r->store, "acts", id_bytes(&name), &got),
                 ERR_NONE_SUCH, "none-such");
    assert_fault(r, store_record_at(&r->turn, r->store, 1, &got), ERR_NONE_SUCH, "none-such");
    assert_fault(r, store_record_at(&r->turn, r->store, -1, &got), ERR_NONE_SUCH, "none-such");
}

static void the_next_record_is_found_beyond_a_gap(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 5);
    assert_ok(r, db_script(&r->turn, store_db(r->store), "DELETE FROM record WHERE leaf = 2"));
    bool found;
    int64_t leaf;
    assert_ok(r, store_record_next(&r->turn, r->store, 2, &found, &leaf));
    assert_true(found && leaf == 3);
    assert_ok(r, store_record_next(&r->turn, r->store, 5, &found, &leaf));
    assert_false(found);
}

static void megabytes_come_back_whole(void **state)
{
    struct rig *r = *state;
    struct store_record one = rig_record(r, &r->dossier, "parcel", 1), got;
    uint8_t *many = arena_take(r->arena, 5 << 20);
    r->chance.fill(r->chance.ctx, many, 5 << 20);
    one.bulk = (struct bytes){many, 5 << 20};
    put(r, &one);
    assert_ok(r, store_record_at(&r->turn, r->store, 0, &got));
    same(&one, &got);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void a_dossier_without_a_key_takes_no_record(void **state)
{
    struct rig *r = *state;
    struct id none = id_named(0xee);
    struct store_record one = rig_record(r, &none, "act", 1);
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_fault(r, store_record_put(&r->turn, r->store, &one), ERR_INTEGRITY, "key-missing");
    store_rollback(r->store);
    assert_int_equal(store_log_size(r->store), 0);
}

static void a_dossier_has_one_key_for_good(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 1);
    assert_ok(r, store_begin(&r->turn, r->store));
    assert_fault(r, store_key_make(&r->turn, r->store, &r->dossier), ERR_CONFLICT, "db-unique");
    store_rollback(r->store);
    struct store_record got;
    assert_ok(r, store_record_at(&r->turn, r->store, 0, &got));
}

static void keys_are_stored_wrapped_and_each_is_another(void **state)
{
    struct rig *r = *state;
    assert_int_equal(r->wraps, 2);
    struct db_rows rows =
        db_ask(&r->turn, store_db(r->store), "SELECT wrapped FROM dossier_key", NULL, 0);
    struct bytes wrapped[2];
    for (int k = 0; k < 2; k++) {
        assert_true(db_next(&rows));
        wrapped[k] = db_bytes_at(&rows, 0);
        assert_int_equal(wrapped[k].n, SEAL_KEY_SIZE + SEAL_LOCK_OVERHEAD);
    }
    assert_ok(r, db_done(&rows));
    assert_false(bytes_eq(wrapped[0], wrapped[1]));
}

static void keeper_is_asked_once_for_a_key_that_is_used_again(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 20);
    assert_int_equal(r->unwraps, 0);
    rig_reopen(r);
    struct store_record got;
    for (int64_t k = 0; k < 20; k++) assert_ok(r, store_record_at(&r->turn, r->store, k, &got));
    assert_int_equal(r->unwraps, 1);
}

static void more_dossiers_than_the_cache_holds_still_open(void **state)
{
    struct rig *r = *state;
    enum { MANY = 100 };
    assert_ok(r, store_begin(&r->turn, r->store));
    for (uint8_t k = 1; k <= MANY; k++) {
        struct id dossier = id_named(k);
        struct store_record one = rig_record(r, &dossier, "act", k);
        assert_ok(r, store_key_make(&r->turn, r->store, &dossier));
        assert_ok(r, store_record_put(&r->turn, r->store, &one));
    }
    assert_ok(r, store_commit(&r->turn, r->store));
    struct store_record got;
    for (int round = 0; round < 2; round++) {
        for (int64_t k = 0; k < MANY; k++) {
            assert_ok(r, store_record_at(&r->turn, r->store, k, &got));
            assert_int_equal(got.at_ms, 1001 + k);
        }
    }
    assert_true(r->unwraps > MANY);
}

static void without_keeper_nothing_opens_and_nothing_is_called_altered(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 1);
    rig_reopen(r);
    r->refuse = true;
    struct store_record got;
    struct id fresh = id_named(0xee);
    assert_fault(r, store_record_at(&r->turn, r->store, 0, &got), ERR_INTERNAL, "keeper-gone");
    assert_fault(r, store_key_make(&r->turn, r->store, &fresh), ERR_INTERNAL, "keeper-gone");
    assert_int_equal(rig_int(r, "SELECT count(*) FROM dossier_key"), 2);
}

static void another_storage_key_opens_nothing(void **state)
{
    struct rig *r = *state;
    rig_put(r, &r->dossier, 1, 1);
    rig_reopen(r);
    r->storage[31] ^= 1;
    struct store_record got;
    assert_int_equal(store_record_at(&r->turn, r->store, 0, &got), ERR_INTEGRITY);
    turn_forgive(&r->turn);
}

/* ---- bytes beside the database --------------------------------------------------------------- */

static void locked_bytes_open_under_their_name_and_dossier_only(void **state)
{
    struct rig *r = *state;
    struct bytes plain = str_bytes(STR("a document")), locked, got;
    struct turn *t = &r->turn;
    assert_ok(r, store_lock(t, r->store, &r->dossier, STR("a"), plain, &locked));
    assert_false(stands_in(locked, "document"));
    assert_ok(r, store_unlock(t, r->store, &r->dossier, STR("a"), locked, &got));
    assert_true(bytes_eq(got, plain));
    assert_int_equal(store_unlock(t, r->store, &r->dossier, STR("b"), locked, &got), ERR_INTEGRITY);
    turn_forgive(t);
    assert_int_equal(store_unlock(t, r->store, &store_house, STR("a"), locked, &got),
                     ERR_INTEGRITY);
    turn_forgive(t);
    struct bytes bent = bytes_dup(r->arena, locked);
    ((uint8_t *)(uintptr_t)bent.p)[bent.n - 1] ^= 1;
    assert_int_equal(store_unlock(t, r->store, &r->dossier, STR("a"), bent, &got), ERR_INTEGRITY);
    turn_forgive(t);
    struct id none = id_named(0xee);
    assert_fault(r, store_lock(t, r->store, &none, STR("a"), plain, &locked), ERR_INTEGRITY,
                 "key-missing");
}

int record_tests(struct rig *rig)
{
    const struct CMUnitTest tests[] = {
        on_rig(a_record_comes_back_by_name_and_by_leaf, rig),
        on_rig(a_record_needs_neither_rest_nor_long_bytes, rig),
        on_rig(its_leaf_is_what_its_opening_gives, rig),
        on_rig(no_two_records_share_a_salt, rig),
        on_rig(nothing_of_its_content_stands_readable_in_the_table, rig),
        on_rig(a_name_is_given_once_within_its_kind, rig),
        on_rig(what_is_not_there_is_none_such, rig),
        on_rig(the_next_record_is_found_beyond_a_gap, rig),
        on_rig(megabytes_come_back_whole, rig),
        on_rig(a_dossier_without_a_key_takes_no_record, rig),
        on_rig(a_dossier_has_one_key_for_good, rig),
        on_rig(keys_are_stored_wrapped_and_each_is_another, rig),
        on_rig(keeper_is_asked_once_for_a_key_that_is_used_again, rig),
        on_rig(more_dossiers_than_the_cache_holds_still_open, rig),
        on_rig(without_keeper_nothing_opens_and_nothing_is_called_altered, rig),
        on_rig(another_storage_key_opens_nothing, rig),
        on_rig(locked_bytes_open_under_their_name_and_dossier_only, rig),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
