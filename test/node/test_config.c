/* SPDX-License-Identifier: Apache-2.0 */
/* comity.yaml: what is written is read, and what does not fit is refused with its line. */

#include "node_test.h"

#include <string.h>

static const char *put(struct place *p, const char *text)
{
    const char *path = node_path(p->a, p->dir, "comity.yaml");
    assert_ok(p, file_write(&p->t, path, str_bytes(str_of(text)), 0600));
    return path;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct node_config c = {.state = STR("XN"),
                            .address = STR("127.0.0.1"),
                            .url = STR("https://n.example:7443"),
                            .port = 7443,
                            .training = true,
                            .polls = true,
                            .authorities = {STR("XN/csb"), STR("XN/moj")},
                            .authorities_n = 2,
                            .database = STR("host=/run/postgresql dbname='a \"b\"'")},
                       out;
    const char *path = put(&p, str_c(p.a, node_config_text(p.a, &c)));
    assert_ok(&p, node_config_read(&p.t, path, &out));
    assert_str(out.state, "XN");
    assert_str(out.address, "127.0.0.1");
    assert_str(out.url, "https://n.example:7443");
    assert_int_equal(out.port, 7443);
    assert_true(out.training && out.polls);
    assert_int_equal(out.authorities_n, 2);
    assert_str(out.authorities[1], "XN/moj");
    assert_str(out.database, "host=/run/postgresql dbname='a \"b\"'");
    place_end(&p);
}

#define STATE "state: \"XN\"\n"
#define ADDRESS "address: \"127.0.0.1\"\n"
#define PORT "port: 7443\n"
#define URL "url: \"https://a:1\"\n"
#define TRAINING "training: true\n"
#define AUTHORITIES "authorities: [\"XN/csb\"]\n"

static void what_does_not_fit_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *at, *particular;
    } rows[] = {
        {ADDRESS PORT URL TRAINING AUTHORITIES, ":1:", "state"},
        {STATE ADDRESS "port: \"7443\"\n" URL TRAINING AUTHORITIES, ":3:", "port"},
        {STATE ADDRESS "port: 0\n" URL TRAINING AUTHORITIES, ":3:", "port"},
        {STATE ADDRESS "port: 65536\n" URL TRAINING AUTHORITIES, ":3:", "port"},
        {STATE ADDRESS PORT "url: \"http://a\"\n" TRAINING AUTHORITIES, ":4:", "url"},
        {STATE ADDRESS PORT URL "training: \"yes\"\n" AUTHORITIES, ":5:", "training"},
        {STATE ADDRESS PORT URL TRAINING "polls: 1\n" AUTHORITIES, ":6:", "polls"},
        {STATE ADDRESS PORT URL TRAINING, ":1:", "authorities"},
        {STATE ADDRESS PORT URL TRAINING "authorities: []\n", ":6:", "authorities"},
        {STATE ADDRESS PORT URL TRAINING "authorities: [\"XM/csb\"]\n", ":6:", "authorities"},
        {STATE ADDRESS PORT URL TRAINING "authorities: [\"XN/../x\"]\n", ":6:", "authorities"},
        {STATE ADDRESS PORT URL TRAINING "authorities: [\"XN/\"]\n", ":6:", "authorities"},
        {STATE ADDRESS PORT URL TRAINING "authorities: [7]\n", ":6:", "authorities"},
        {STATE ADDRESS PORT URL TRAINING AUTHORITIES "colour: red\n", ":7:", "colour"},
        {"state: \"NORLAND\"\n" ADDRESS PORT URL TRAINING AUTHORITIES, ":1:", "state"},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct place p;
        place_make(&p);
        struct node_config c;
        const char *path = put(&p, rows[k].text);
        assert_err(&p, ERR_REJECTED, "config", node_config_read(&p.t, path, &c));
        if (!strstr(p.t.fault.sentence, rows[k].at)) fail_msg("%s", p.t.fault.sentence);
        assert_string_equal(p.t.fault.particular, rows[k].particular);
        place_end(&p);
    }
}

static void a_list_is_no_configuration_and_no_file_is_none(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct node_config c;
    assert_int_equal(node_config_read(&p.t, node_path(p.a, p.dir, "none"), &c), ERR_NONE_SUCH);
    assert_err(&p, ERR_REJECTED, "config", node_config_read(&p.t, put(&p, "- x\n"), &c));
    place_end(&p);
}

static void no_more_authorities_than_there_is_room_for(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct buf b = buf_in(p.a);
    buf_str(&b, STR(STATE ADDRESS PORT URL TRAINING "authorities:\n"));
    for (int k = 0; k <= NODE_AUTHORITIES_MAX; k++) buf_printf(&b, "  - \"XN/a%d\"\n", k);
    struct node_config c;
    const char *path = put(&p, str_c(p.a, buf_as_str(&b)));
    assert_err(&p, ERR_REJECTED, "config", node_config_read(&p.t, path, &c));
    place_end(&p);
}

int test_config(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(what_does_not_fit_is_refused_with_its_line),
        cmocka_unit_test(a_list_is_no_configuration_and_no_file_is_none),
        cmocka_unit_test(no_more_authorities_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
