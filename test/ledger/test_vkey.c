/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/ledger/vkey.c: verifier keys as other tools write them, and names that are none. */

#include "ledger_test.h"

#include "seal/seal.h"

#include <string.h>

/* Of the seed 00 01 02 ... 1f, made with Python. */
#define VKEY "comity.xm/dts+40ea72ce+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"

static void a_key_is_written_as_other_tools_write_it(void **state)
{
    struct turn *t = *state;
    struct ledger_vkey k = {.name = STR("comity.xm/dts")};
    uint8_t seed[32], id[4];
    for (uint8_t i = 0; i < 32; i++) seed[i] = i;
    seal_ed25519_public(seed, k.key);
    assert_text(ledger_vkey_text(t->arena, &k), VKEY);
    ledger_key_id(&k, id);
    assert_text(hex(t->arena, (struct bytes){id, 4}), "40ea72ce");
}

static void keys_of_other_tools_are_read(void **state)
{
    struct turn *t = *state;
    static const char *const texts[] = {
        VKEY, "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"};
    for (size_t i = 0; i < 2; i++) {
        struct ledger_vkey k;
        assert_int_equal(ledger_vkey_read(t, str_of(texts[i]), &k), ERR_OK);
        assert_text(ledger_vkey_text(t->arena, &k), texts[i]);
    }
}

static void a_key_that_is_spelled_otherwise_is_refused(void **state)
{
    struct turn *t = *state;
    static const struct {
        const char *text, *what;
    } rows[] = {
        {"", "name"},
        {"comity.xm/dts", "name"},
        {"+40ea72ce+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", "name"},
        {"comity xm+40ea72ce+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", "name"},
        {"comity\xff+40ea72ce+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", "name"},
        {"comity.xm/dts+", "id"},
        {"comity.xm/dts+40ea72ce", "id"},
        {"comity.xm/dts+40ea72c+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", "id"},
        {"comity.xm/dts+40EA72CE+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", "id"},
        {"comity.xm/dts+40ea72cf+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", "id"},
        {"comity.xn/dts+40ea72ce+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", "id"},
        {"comity.xm/dts+40ea72ce+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG5", "id"},
        {"comity.xm/dts+40ea72ce+", "key"},
        {"comity.xm/dts+40ea72ce+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4AAAA", "key"},
        {"comity.xm/dts+40ea72ce+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTE=", "key"},
        {"comity.xm/dts+40ea72ce+AQOhB7/zzhC-HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", "key"},
        {"comity.xm/dts+40ea72ce+AgOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", "key"},
        {"comity.xm/dts+40ea72ce+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4", "key"},
        {"comity.xm/dts+40ea72ce+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\n", "key"},
    };
    struct ledger_vkey k = {.name = STR("same")};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        err e = ledger_vkey_read(t, str_of(rows[i].text), &k);
        assert_refused(t, e, ERR_REJECTED, "verifier-key", "C2SP signed-note", rows[i].what);
        assert_text(k.name, "same");
    }
}

/* Writes the text of a key with any name, valid or not, with the id that belongs to it. */
static struct str vkey_named(struct arena *a, struct str name)
{
    struct ledger_vkey k = {.name = name};
    uint8_t id[4], key[33] = {1};
    ledger_key_id(&k, id);
    struct str id_text = hex(a, (struct bytes){id, 4});
    struct str key_text = base64(a, (struct bytes){key, 33});
    return str_printf(a, STR_FMT "+" STR_FMT "+" STR_FMT, STR_ARG(name), STR_ARG(id_text),
                      STR_ARG(key_text));
}

static void names_have_no_spaces_of_any_script(void **state)
{
    struct turn *t = *state;
    struct ledger_vkey k;
    static const char *const bad[] = {
        " a",           "a ",           "a\tb",         "a\nb",         "a\x1f",
        "a\x7f",        "a\xc2\x85",    "a\xc2\xa0",    "\xe1\x9a\x80", "\xe2\x80\x80",
        "\xe2\x80\x85", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf",
        "\xe2\x81\x9f", "\xe3\x80\x80"};
    static const char *const good[] = {"a",        "a.b/c",        "\xe2\x80\x8b", "\xe2\x80\x94",
                                       "\xc2\xa1", "H\xc9\x99min", "\xe2\x80\xaa", "\xe3\x80\x81",
                                       "a=b"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err e = ledger_vkey_read(t, vkey_named(t->arena, str_of(bad[i])), &k);
        assert_refused(t, e, ERR_REJECTED, "verifier-key", "C2SP signed-note", "name");
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(ledger_vkey_read(t, vkey_named(t->arena, str_of(good[i])), &k), ERR_OK);
}

static void a_name_beyond_the_limit_is_refused(void **state)
{
    struct turn *t = *state;
    struct ledger_vkey k;
    char name[LEDGER_NAME_MAX + 1];
    memset(name, 'x', sizeof name);
    struct str text = vkey_named(t->arena, (struct str){name, LEDGER_NAME_MAX});
    assert_int_equal(ledger_vkey_read(t, text, &k), ERR_OK);
    text = vkey_named(t->arena, (struct str){name, LEDGER_NAME_MAX + 1});
    err e = ledger_vkey_read(t, text, &k);
    assert_refused(t, e, ERR_REJECTED, "verifier-key", "C2SP signed-note", "name");
}

int vkey_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(a_key_is_written_as_other_tools_write_it),
        with_turn(keys_of_other_tools_are_read),
        with_turn(a_key_that_is_spelled_otherwise_is_refused),
        with_turn(names_have_no_spaces_of_any_script),
        with_turn(a_name_beyond_the_limit_is_refused),
    };
    return cmocka_run_group_tests_name("vkey", tests, NULL, NULL);
}
