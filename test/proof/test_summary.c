/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/proof/summary.c: what is written is read, and what has another form is refused. */

#include "proof_test.h"

#include <string.h>

static struct summary *a_summary(struct turn *t)
{
    struct summary *s = arena_take(t->arena, sizeof *s);
    *s = (struct summary){.from = STR("XM/dts"), .to = STR("XN/csb"), .at_ms = 5, .incarnation = 2};
    s->lines[s->lines_n++] = (struct summary_line){1, 300, 301};
    s->lines[s->lines_n++] = (struct summary_line){1795489200, 1, 1};
    s->ranges[s->ranges_n++] = (struct summary_range){.incarnation = 1, .first = 257, .unit = 1};
    struct summary_range *r = &s->ranges[s->ranges_n++];
    *r = (struct summary_range){.incarnation = 1, .first = 1, .unit = 256, .told = true};
    r->parts[3].b[0] = 7;
    return s;
}

static void what_is_written_is_read(void **state)
{
    struct turn *t = ((struct world *)*state)->t;
    struct summary *s = a_summary(t), *again = arena_take(t->arena, sizeof *again);
    const struct tree *m = summary_write(t->arena, s);
    assert_int_equal(summary_read(t, m, again), ERR_OK);
    assert_true(
        str_eq(json_write(t->arena, m), json_write(t->arena, summary_write(t->arena, again))));
    assert_true(again->ranges[1].told && !again->ranges[0].told);
    assert_int_equal(again->ranges[1].parts[3].b[0], 7);
    assert_int_equal(again->lines[0].highest, 301);
}

static void the_largest_fits_the_wire(void **state)
{
    struct turn *t = ((struct world *)*state)->t;
    struct summary *s = a_summary(t);
    s->ranges_n = SUMMARY_RANGES_MAX;
    s->lines_n = SUMMARY_LINES_MAX;
    for (size_t k = 0; k < SUMMARY_LINES_MAX; k++)
        s->lines[k] = (struct summary_line){INT64_C(1) << 52, INT64_C(1) << 52, INT64_C(1) << 52};
    for (size_t k = 0; k < SUMMARY_RANGES_MAX; k++) {
        s->ranges[k] = (struct summary_range){1, 1, 1, true, {{{0}}}};
        memset(s->ranges[k].parts, 0xff, sizeof s->ranges[k].parts);
    }
    struct str text = json_write(t->arena, summary_write(t->arena, s));
    struct tree *m;
    assert_int_equal(json_read_canonical(t, str_bytes(text), &codec_limits, &m), ERR_OK);
    assert_int_equal(summary_read(t, m, s), ERR_OK);
    assert_true(text.n + 4096 < SUMMARY_SIZE_MAX); /* the signature around it is smaller */
}

static void another_form_is_refused(void **state)
{
    static const struct {
        const char *is, *said, *member;
    } rows[] = {
        {"\"v\":1", "\"v\":2", "v"},
        {"\"from\":\"XM/dts\"", "\"from\":\"xm\"", "from"},
        {"\"to\":\"XN/csb\"", "\"to\":\"\"", "to"},
        {"\"at\":5", "\"at\":-1", "at"},
        {"\"incarnation\":2", "\"incarnation\":0", "incarnation"},
        {"\"count\":300", "\"count\":302", "lines"},
        {"\"count\":300", "\"count\":0", "lines"},
        {"\"unit\":1}", "\"unit\":2}", "unit"},
        {"\"first\":257", "\"first\":258", "first"},
        {"\"first\":257", "\"first\":0", "first"},
        {"\"first\":257", "\"first\":4503599627370497", "first"},
        {"\"parts\":[]", "\"parts\":[\"\"]", "parts"},
        {"\"07", "\"7", "parts"},
        {"\"lines\":[", "\"more\":1,\"lines\":[", "more"},
    };
    struct turn *t = ((struct world *)*state)->t;
    struct arena *a = t->arena;
    struct summary *s = a_summary(t);
    const char *text = str_c(a, json_write(a, summary_write(a, s)));
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        const char *at = strstr(text, rows[k].is);
        assert_non_null(at);
        struct str bent = str_printf(a, "%.*s%s%s", (int)(at - text), text, rows[k].said,
                                     at + strlen(rows[k].is));
        struct tree *m;
        turn_forgive(t);
        assert_int_equal(json_read(t, str_bytes(bent), &codec_limits, &m), ERR_OK);
        err e = summary_read(t, m, s);
        if (e != ERR_REJECTED || strcmp(t->fault.particular, rows[k].member) != 0)
            fail_msg("%s: %d, particular \"%s\"", rows[k].said, (int)e, t->fault.particular);
    }
}

static void a_part_depends_on_each_number_and_digest(void **state)
{
    (void)state;
    struct hash none = {{0}}, x = seal_sha256_of(str_bytes(STR("x"))), a = none, b = none, c = none;
    summary_part(&a, 1, &x);
    summary_part(&b, 2, &x);
    summary_part(&c, 1, &a);
    assert_false(hash_eq(&a, &b));
    assert_false(hash_eq(&a, &c));
    assert_false(hash_eq(&a, &none));
}

int summary_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_world(what_is_written_is_read),
        with_world(the_largest_fits_the_wire),
        with_world(another_form_is_refused),
        with_world(a_part_depends_on_each_number_and_digest),
    };
    return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
