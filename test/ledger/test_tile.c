/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/ledger/tile.c: names and entries as C2SP tlog-tiles spells them. */

#include "ledger_test.h"

#include <string.h>

static void tiles_are_named_in_groups_of_three_digits(void **state)
{
    struct turn *t = *state;
    static const struct {
        int level;
        uint64_t index;
        int width;
        const char *path;
    } rows[] = {
        {0, 0, 256, "tile/0/000"},
        {0, 7, 1, "tile/0/007.p/1"},
        {0, 999, 255, "tile/0/999.p/255"},
        {0, 1000, 256, "tile/0/x001/000"},
        {0, 1234, 17, "tile/0/x001/234.p/17"},
        {1, 999999, 256, "tile/1/x999/999"},
        {2, 1234067, 256, "tile/2/x001/x234/067"},
        {7, 1000000, 8, "tile/7/x001/x000/000.p/8"},
        {63, UINT64_MAX, 256, "tile/63/x018/x446/x744/x073/x709/x551/615"},
        {-1, 0, 256, "tile/entries/000"},
        {-1, 1234067, 5, "tile/entries/x001/x234/067.p/5"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_text(ledger_tile_path(t->arena, rows[i].level, rows[i].index, rows[i].width),
                    rows[i].path);
}

static void an_entry_is_its_length_and_its_bytes(void **state)
{
    struct turn *t = *state;
    struct buf b = buf_in(t->arena);
    struct hash data = leaf_data(1), other = leaf_data(2);
    ledger_entry_put(&b, &data);
    ledger_entry_put(&b, &other);
    assert_int_equal(b.n, 68);
    assert_memory_equal(b.p, "\0\x20", 2);
    assert_memory_equal(b.p + 2, data.b, 32);
    assert_memory_equal(b.p + 34, "\0\x20", 2);
    assert_memory_equal(b.p + 36, other.b, 32);
}

int tile_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(tiles_are_named_in_groups_of_three_digits),
        with_turn(an_entry_is_its_length_and_its_bytes),
    };
    return cmocka_run_group_tests_name("tile", tests, NULL, NULL);
}
