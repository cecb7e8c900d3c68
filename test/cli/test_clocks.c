/* SPDX-License-Identifier: Apache-2.0 */
/* The proofs of dates as two States lay them side by side. */

#include "cli_test.h"

static struct str shown(void **state, const char *json)
{
    struct arena *a = arena_of(state);
    struct turn t = {.arena = a};
    struct tree *view;
    assert_int_equal(json_read(&t, str_bytes(str_of(json)), &codec_limits, &view), ERR_OK);
    return cli_clocks_text(a, view);
}

#define HEAD                                                                                       \
    "\"kind_title\":\"A kind\",\"instrument\":\"small\",\"kind\":\"plea\",\"dossier\":\"00ff\","   \
    "\"requesting\":\"XN/csb\",\"requested\":\"XM/dts\",\"state\":\"asked\","
#define ACT                                                                                        \
    "\"act\":{\"act\":\"ask\",\"act_title\":\"Ask\",\"party\":\"requested\",\"n\":2,"              \
    "\"at\":\"2026-11-24T03:07:14.000Z\"},\"tables\":\"abcd\","

static void each_step_of_a_count_of_working_days_is_named(void **state)
{
    assert_text(
        shown(state,
              "{" HEAD "\"clocks\":[{" ACT
              "\"clock\":\"reply\",\"title\":\"Answer\",\"running\":true,\"article\":\"small 1\","
              "\"source\":\"text\",\"row\":\"small.yaml:7\",\"count\":\"working_days\","
              "\"bound\":\"at_most\",\"of\":\"setting\",\"setting\":\"reply_days\",\"length\":3,"
              "\"first\":\"2026-11-24\",\"first_counts\":true,\"last\":\"2026-11-29\","
              "\"start\":\"2026-11-24T03:07:14.000Z\",\"calendars\":[{\"state\":\"XM\","
              "\"version\":2,\"from\":\"2026-01-01\",\"to\":\"2026-11-28\",\"source\":\"text\","
              "\"path\":\"calendars/xm/2.yaml\"}],\"skipped\":[{\"day\":\"2026-11-27\","
              "\"state\":\"XM\",\"why\":\"weekend\",\"version\":2},{\"day\":\"2026-11-28\","
              "\"state\":\"XM\",\"why\":\"Harbour Day\",\"version\":2}],\"beyond\":[{\"state\":"
              "\"XM\",\"to\":\"2026-11-28\"},{\"state\":\"QQ\"}],\"stops\":[{\"from\":"
              "\"2026-11-25T00:00:00.000Z\",\"to\":\"2026-11-26T00:00:00.000Z\",\"why\":\"asked\"},"
              "{\"from\":\"2026-11-27T00:00:00.000Z\",\"why\":\"pending\"}],"
              "\"end\":\"2026-11-29T20:00:00.000Z\",\"ends\":[{\"state\":\"XM\",\"zone\":"
              "\"Asia/Baku\",\"local\":\"2026-11-30 00:00\",\"last_day_over\":"
              "\"2026-11-29T20:00:00.000Z\",\"counts\":false}],"
              "\"renew\":\"2026-11-28T20:00:00.000Z\"}]}"),
        "A kind (small plea), dossier 00ff\n"
        "XN/csb asks XM/dts; state: asked\n"
        "\n"
        "Answer [reply]\n"
        "  rule      small 1, source text, small.yaml:7\n"
        "  act       Ask (ask), requested 2, 2026-11-24 03:07:14 UTC\n"
        "  start     2026-11-24 03:07:14 UTC\n"
        "  length    3 working days, as the State's reply_days says, at most\n"
        "  days      from 2026-11-24, which counts, to 2026-11-29\n"
        "  calendar  XM version 2, 2026-01-01 to 2026-11-28, source text, calendars/xm/2.yaml\n"
        "  skipped   2026-11-27 XM: weekend\n"
        "            2026-11-28 XM: Harbour Day\n"
        "  beyond    XM: its calendar ends on 2026-11-28, weekends only after it\n"
        "            QQ: it has no calendar, weekends only\n"
        "  stopped   2026-11-25 00:00:00 UTC to 2026-11-26 00:00:00 UTC: asked\n"
        "            since 2026-11-27 00:00:00 UTC: pending; the end moves on\n"
        "  end       2026-11-29 20:00:00 UTC\n"
        "            2026-11-30 00:00 Asia/Baku (XM); the last day is over there at "
        "2026-11-29 20:00:00 UTC, which does not count\n"
        "  renewal   due from 2026-11-28 20:00:00 UTC\n"
        "  tables    abcd\n");
}

static void what_the_tables_no_longer_say_is_not_hidden(void **state)
{
    assert_text(shown(state, "{" HEAD "\"clocks\":[{" ACT "\"clock\":\"reply\",\"running\":false,"
                             "\"start\":\"2026-11-24T03:07:14.000Z\","
                             "\"end\":\"2026-11-25T03:07:14.000Z\",\"decided_otherwise\":"
                             "{\"proof\":\"a day\",\"end\":\"2026-11-25T03:07:14.000Z\"}}]}"),
                "A kind (small plea), dossier 00ff\n"
                "XN/csb asks XM/dts; state: asked\n"
                "\n"
                "reply [reply], no longer running\n"
                "  rule      these tables have none: it stands as it was decided\n"
                "  act       Ask (ask), requested 2, 2026-11-24 03:07:14 UTC\n"
                "  start     2026-11-24 03:07:14 UTC\n"
                "  end       2026-11-25 03:07:14 UTC\n"
                "  but       it was decided otherwise: a day, 2026-11-25 03:07:14 UTC\n"
                "  tables    abcd\n");
}

static void what_is_of_this_side_alone_stands_under_its_own_heading(void **state)
{
    assert_text(shown(state, "{" HEAD "\"clocks\":[]}"), "A kind (small plea), dossier 00ff\n"
                                                         "XN/csb asks XM/dts; state: asked\n"
                                                         "\n"
                                                         "No clock was started.\n");
    assert_true(holds(shown(state, "{" HEAD "\"clocks\":[],\"inward\":[]}"),
                      "\nOf this side alone\n\nNo clock was started.\n"));
}

static void what_came_from_elsewhere_cannot_write_to_the_terminal(void **state)
{
    assert_false(holds(shown(state, "{\"kind_title\":\"\\u001b[2J\",\"clocks\":[]}"), "\033"));
}

int clocks_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_bench(each_step_of_a_count_of_working_days_is_named),
        with_bench(what_the_tables_no_longer_say_is_not_hidden),
        with_bench(what_is_of_this_side_alone_stands_under_its_own_heading),
        with_bench(what_came_from_elsewhere_cannot_write_to_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
