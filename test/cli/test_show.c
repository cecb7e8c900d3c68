/* SPDX-License-Identifier: Apache-2.0 */
/* Views as people see them. */

#include "cli_test.h"

static struct str shown(void **state, const char *json, bool color)
{
    struct arena *a = arena_of(state);
    struct turn t = {.arena = a};
    struct tree *view;
    int64_t now;
    assert_int_equal(json_read(&t, str_bytes(str_of(json)), &codec_limits, &view), ERR_OK);
    assert_true(time_read(STR("2026-11-24T03:00:00Z"), &now));
    return cli_view_text(a, view, now, color);
}

static void values_stand_under_each_other_behind_their_labels(void **state)
{
    assert_text(shown(state,
                      "{\"ref\":\"XN-1\",\"state\":\"not_executable\",\"n\":7,\"ended\":true}",
                      false),
                "Reference  XN-1\n"
                "State      not executable\n"
                "Ended      yes\n"
                "No.        7\n");
}

/* A node sends its members sorted by name. */
static void values_stand_in_the_order_of_the_labels_whatever_came_first(void **state)
{
    assert_text(shown(state, "{\"zz\":1,\"state\":\"asked\",\"ref\":\"XN-1\",\"aa\":2}", false),
                "Reference  XN-1\n"
                "State      asked\n"
                "zz         1\n"
                "aa         2\n");
}

static void a_key_without_a_label_is_not_lost(void **state)
{
    assert_text(shown(state, "{\"brand_new\":\"x\"}", false), "brand_new  x\n");
}

static void a_list_is_a_table_without_columns_that_say_nothing(void **state)
{
    assert_text(shown(state,
                      "{\"dossiers\":[{\"ref\":\"XN-1\",\"state\":\"requested\",\"missing\":\"\"},"
                      "{\"ref\":\"XN-22\",\"state\":\"m\xc3\xbc\"}]}",
                      false),
                "Dossiers\n"
                "  Reference  State\n"
                "  XN-1       requested\n"
                "  XN-22      m\xc3\xbc\n");
}

static void an_empty_list_says_what_would_be_there(void **state)
{
    assert_text(shown(state, "{\"findings\":[]}", false),
                "Findings\n  Everything is as it was written.\n");
}

static void times_name_their_zone_and_a_running_clock_says_what_is_left(void **state)
{
    struct str s = shown(state,
                         "{\"clocks\":["
                         "{\"clock\":\"a\",\"end\":\"2026-11-25T04:00:00Z\",\"running\":true},"
                         "{\"clock\":\"b\",\"end\":\"2026-11-24T04:10:00Z\",\"running\":true},"
                         "{\"clock\":\"c\",\"end\":\"2026-11-24T02:00:00Z\",\"running\":true},"
                         "{\"clock\":\"d\",\"end\":\"2026-11-24T02:00:00Z\",\"running\":false}]}",
                         false);
    assert_true(holds(s, "a      2026-11-25 04:00:00 UTC, 1 d 1 h left"));
    assert_true(holds(s, "b      2026-11-24 04:10:00 UTC, 1 h 10 min left"));
    assert_true(holds(s, "c      2026-11-24 02:00:00 UTC, 1 h 0 min over"));
    assert_true(holds(s, "d      2026-11-24 02:00:00 UTC     "));
}

static void a_text_with_its_language_is_shown_as_the_text(void **state)
{
    assert_text(shown(state, "{\"facts\":{\"lang\":\"en\",\"text\":\"It burnt.\"}}", false),
                "facts  It burnt.\n");
}

static void what_came_from_elsewhere_cannot_write_to_the_terminal(void **state)
{
    struct str s = shown(state, "{\"facts\":\"a\\u001b[31mred\\u0007\"}", false);
    assert_false(holds(s, "\033"));
    assert_false(holds(s, "\007"));
}

static void titles_are_bold_only_where_colour_is_wanted(void **state)
{
    assert_true(holds(shown(state, "{\"marks\":[\"a\"]}", true), "\033[1mMarks\033[0m\n  a\n"));
    assert_false(holds(shown(state, "{\"marks\":[\"a\"]}", false), "\033"));
}

static void maps_within_maps_are_set_in_and_end_somewhere(void **state)
{
    assert_text(shown(state, "{\"trust\":{\"answer\":\"root-unknown\",\"deep\":{\"x\":1}}}", false),
                "Trust: does the signature lead to a root you hold?\n"
                "  Answer  root unknown\n"
                "  deep\n"
                "    x  1\n");
    struct str s = shown(state,
                         "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"x\":"
                         "\"the bottom\"}}}}}}}}}",
                         false);
    assert_false(holds(s, "the bottom"));
}

int show_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_bench(values_stand_under_each_other_behind_their_labels),
        with_bench(values_stand_in_the_order_of_the_labels_whatever_came_first),
        with_bench(a_key_without_a_label_is_not_lost),
        with_bench(a_list_is_a_table_without_columns_that_say_nothing),
        with_bench(an_empty_list_says_what_would_be_there),
        with_bench(times_name_their_zone_and_a_running_clock_says_what_is_left),
        with_bench(a_text_with_its_language_is_shown_as_the_text),
        with_bench(what_came_from_elsewhere_cannot_write_to_the_terminal),
        with_bench(titles_are_bold_only_where_colour_is_wanted),
        with_bench(maps_within_maps_are_set_in_and_end_somewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
