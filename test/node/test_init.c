/* SPDX-License-Identifier: Apache-2.0 */
/* What init makes, what it refuses, and how the folder is opened again.
 * Also tries src/node/folder.c. */

#include "node_test.h"

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static int mode_of(struct place *p, const char *dir, const char *name)
{
    struct stat st;
    if (stat(node_path(p->a, dir, name), &st) != 0) fail_msg("%s is not there", name);
    return (int)(st.st_mode & 0777);
}

static void a_folder_holds_keys_store_settings_and_root(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    const char *dir = place_node(&p, "n", "XN", 7999);
    static const char *const files[] = {
        "comity.db",         "comity.yaml",       "profile.cms",       "root.pem",
        "root/root.key",     "root/root.pem",     "keys/tls.key",      "keys/tls.pem",
        "keys/ledger.key",   "keys/storage.key",  "keys/head",         "keys/head.kept",
        "keys/csb/seal.key", "keys/csb/seal.pem", "keys/csb/open.key", "log/checkpoint",
    };
    for (size_t k = 0; k < sizeof files / sizeof *files; k++)
        assert_int_equal(mode_of(&p, dir, files[k]), 0600);
    static const char *const folders[] = {"", "keys", "keys/csb", "root", "vault", "log"};
    for (size_t k = 0; k < sizeof folders / sizeof *folders; k++)
        assert_int_equal(mode_of(&p, dir, folders[k]), 0700);
    place_end(&p);
}

static void the_profile_is_what_the_root_signed(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    const char *dir = place_node(&p, "n", "XM", 7999);
    struct bytes cms, pem, root;
    struct profile profile;
    assert_ok(&p, file_read(&p.t, node_path(p.a, dir, "profile.cms"), 1 << 20, &cms));
    assert_ok(&p, file_read(&p.t, node_path(p.a, dir, "root.pem"), 1 << 20, &pem));
    assert_ok(&p, seal_pem_read(&p.t, bytes_str(pem), "CERTIFICATE", &root));
    assert_ok(&p, profile_read(&p.t, &suite_1, cms, root, &profile));
    assert_str(profile.state, "XM");
    assert_str(profile.name, "Meridia");
    assert_str(profile.url, "https://127.0.0.1:7999");
    assert_true(profile.training);
    assert_true(str_starts(profile.vkey, "comity.xm/dts+"));
    assert_int_equal(profile.authorities_n, 1);
    assert_str(profile.authorities[0].address, "XM/dts");
    assert_str(profile.authorities[0].name, "Digital Trust Service");
    assert_int_equal(profile.authorities[0].functions->count, 24);
    struct seal_cert cert;
    assert_ok(&p, seal_cert_read(&p.t, profile.authorities[0].seal_der, &cert));
    int64_t years = (cert.to_ms - turn_now_ms(&p.t)) / (365 * DAY_MS);
    assert_in_range(years, NODE_KEY_YEARS - 1, NODE_KEY_YEARS);
    place_end(&p);
}

static void a_real_state_has_a_real_root_and_all_its_authorities(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    const char *dir = node_path(p.a, p.dir, "az");
    struct cli_init o = {.state = STR("AZ"),
                         .address = STR("::1"),
                         .port = 9001,
                         .pages = STR("comity.example:8443")};
    const struct tree *v;
    assert_ok(&p, node_init(&p.t, dir, &o, &v));
    assert_false(tree_bool(v, "training", true));
    assert_str(tree_str(v, "url"), "https://[::1]:9001");
    assert_str(tree_str(v, "pages"), "http://comity.example:8443");
    struct node_config config;
    assert_ok(&p, node_config_read(&p.t, node_path(p.a, dir, "comity.yaml"), &config));
    assert_str(config.officers.address, "::1");
    assert_str(config.officers.zone, "Asia/Baku");
    assert_int_equal(tree_get(v, "authorities")->count, 4);
    assert_true(access(tree_str(v, "root").p, R_OK) == 0);
    o = (struct cli_init){
        .state = STR("AZ"), .url = STR("https://node.example/"), .training = true};
    assert_ok(&p, node_init(&p.t, node_path(p.a, p.dir, "drill"), &o, &v));
    assert_true(tree_bool(v, "training", false));
    assert_str(tree_str(v, "url"), "https://node.example");
    place_end(&p);
}

static void what_cannot_be_is_refused_and_nothing_is_made(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    const struct tree *v;
    const char *dir = node_path(p.a, p.dir, "n");
    struct cli_init o = {0};
    assert_err(&p, ERR_USAGE, "state-missing", node_init(&p.t, dir, &o, &v));
    o.state = STR("QQ");
    turn_forgive(&p.t);
    assert_int_equal(node_init(&p.t, dir, &o, &v), ERR_NONE_SUCH);
    o = (struct cli_init){.state = STR("XN"), .port = 70000};
    assert_err(&p, ERR_USAGE, "port", node_init(&p.t, dir, &o, &v));
    static const char *const places[] = {"norland",       ":8471",         "norland:0",
                                         "norland:70000", "Nor land:8471", "a/b:8471"};
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        o = (struct cli_init){.state = STR("XN"), .pages = str_of(places[k])};
        assert_err(&p, ERR_USAGE, "pages", node_init(&p.t, dir, &o, &v));
    }
    o = (struct cli_init){.state = STR("XN"), .url = STR("http://plain")};
    assert_err(&p, ERR_USAGE, "url", node_init(&p.t, dir, &o, &v));
    assert_int_not_equal(access(dir, F_OK), 0);
    place_end(&p);
}

static void a_folder_in_use_is_left_as_it_is(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    const struct tree *v;
    struct cli_init o = {.state = STR("XM")};
    const char *dir = place_node(&p, "n", "XN", 0);
    assert_err(&p, ERR_CONFLICT, "folder-not-empty", node_init(&p.t, dir, &o, &v));
    struct node_config c;
    assert_ok(&p, node_config_read(&p.t, node_path(p.a, dir, "comity.yaml"), &c));
    assert_str(c.state, "XN");
    place_end(&p);
}

static size_t entries_of(const char *dir)
{
    size_t n = 0;
    DIR *d = opendir(dir);
    assert_non_null(d);
    while (readdir(d)) n++;
    closedir(d);
    return n - 2;
}

/* A file may grow to `size` bytes and no further: what a full disk looks like to a small folder. */
static void room(rlim_t size)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void without_room_nothing_of_a_node_is_left(void **state)
{
    (void)state;
    static const rlim_t sizes[] = {0, 100, 1000, 20000, 100000};
    struct place p;
    place_make(&p);
    const struct tree *v;
    struct cli_init o = {.state = STR("XN")};
    const char *fresh = node_path(p.a, p.dir, "fresh"), *empty = node_path(p.a, p.dir, "empty");
    assert_int_equal(mkdir(empty, 0700), 0);
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        turn_forgive(&p.t);
        room(sizes[k]);
        err at_fresh = node_init(&p.t, fresh, &o, &v), at_empty = node_init(&p.t, empty, &o, &v);
        room(RLIM_INFINITY);
        assert_int_not_equal(at_fresh, ERR_OK);
        assert_int_not_equal(at_empty, ERR_OK);
        assert_int_not_equal(access(fresh, F_OK), 0);
        assert_int_equal(entries_of(empty), 0); /* a folder that was there stays */
    }
    signal(SIGXFSZ, before);
    assert_ok(&p, node_init(&p.t, empty, &o, &v));
    place_end(&p);
}

/* ---- a stopped node -------------------------------------------------------------------------- */

static err status_of(struct place *p, struct desk *d, const struct tree **view)
{
    struct desk_turn dt = {.t = p->t, .action = DESK_STATUS, .uid = (int64_t)getuid()};
    struct desk_turn *one = &dt;
    desk_run(d, &one, 1);
    p->t.fault = dt.t.fault;
    *view = dt.view;
    return dt.result;
}

static void a_stopped_node_is_read_by_its_officer(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    const char *dir = place_node(&p, "n", "XN", 0);
    struct desk *d;
    const struct tree *v;
    assert_ok(&p, node_desk_open(&p.t, dir, false, &d));
    assert_ok(&p, status_of(&p, d, &v));
    assert_str(tree_str(v, "state"), "XN");
    assert_str(tree_str(v, "node"), "XN/csb");
    place_end(&p);
}

static void one_process_writes_in_a_folder(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    const char *dir = place_node(&p, "n", "XN", 0);
    struct desk *d;
    {
        auto_arena first = arena_new();
        struct turn t = p.t;
        t.arena = first;
        assert_int_equal(node_desk_open(&t, dir, true, &d), ERR_OK);
        assert_err(&p, ERR_BUSY, "locked", node_desk_open(&p.t, dir, true, &d));
        assert_err(&p, ERR_BUSY, "locked", node_serve(&p.t, dir, true, NULL, NULL));
    }
    assert_ok(&p, node_desk_open(&p.t, dir, true, &d)); /* the lock went with its turn */
    place_end(&p);
}

static void a_folder_without_a_node_says_so(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    struct desk *d;
    assert_err(&p, ERR_NONE_SUCH, "node-none-such", node_desk_open(&p.t, p.dir, false, &d));
    assert_err(&p, ERR_NONE_SUCH, "node-none-such", node_serve(&p.t, p.dir, true, NULL, NULL));
    assert_err(&p, ERR_NONE_SUCH, "node-none-such",
               node_desk_open(&p.t, node_path(p.a, p.dir, "no/where"), true, &d));
    place_end(&p);
}

/* The second authority of a node begins with nobody: the first administrator brings in one of its
 * own, hands over his link, and is a stranger there from then on. */
static void the_second_authority_is_begun_once_by_the_first(void **state)
{
    (void)state;
    struct place p;
    place_make(&p);
    const char *dir = place_node(&p, "az", "AZ", 7999);
    struct desk *d;
    assert_ok(&p, node_desk_open(&p.t, dir, true, &d));
    struct tree *args = tree_map(p.a);
    tree_add_str(p.a, args, "officer", STR("moj.leyla"));
    tree_add_str(p.a, args, "post", STR("head"));
    tree_add_str(p.a, args, "authority", STR("AZ/moj"));
    tree_add_str(p.a, tree_add_list(p.a, args, "roles"), NULL, STR("admin"));
    struct desk_turn add = {
        .t = p.t, .action = DESK_USER_ADD, .uid = (int64_t)getuid(), .args = args};
    struct desk_turn *one = &add;
    desk_run(d, &one, 1);
    if (add.result != ERR_OK) fail_msg("%s", add.t.fault.sentence);
    struct tree *token = tree_map(p.a);
    tree_add_copy(p.a, token, "token", tree_get(add.view, "token"));
    struct desk_turn enter = {.t = p.t, .action = DESK_ENTER, .uid = -1, .args = token};
    one = &enter;
    desk_run(d, &one, 1);
    assert_int_equal(enter.result, ERR_OK);
    assert_str(tree_str(tree_get(enter.view, "officer"), "authority"), "AZ/moj");
    static const enum desk_action later[] = {DESK_USER_ADD, DESK_USER_LINK, DESK_USER_END};
    for (size_t k = 0; k < sizeof later / sizeof *later; k++) {
        struct desk_turn again = {
            .t = p.t, .action = later[k], .uid = (int64_t)getuid(), .args = args};
        one = &again;
        desk_run(d, &one, 1);
        assert_int_equal(again.result, k == 0 ? ERR_NOT_ALLOWED : ERR_NONE_SUCH);
    }
    place_end(&p);
}

/* Opens and lets go again, whatever came of it. */
static err try_open(struct place *p, const char *dir, bool write)
{
    auto_arena a = arena_new();
    struct turn t = p->t;
    struct desk *d;
    t.arena = a;
    turn_forgive(&t);
    err e = node_desk_open(&t, dir, write, &d);
    p->t.fault = t.fault;
    return e;
}

/* What settings say is there and is not was taken away: that is no "no such thing". */
static void a_node_without_its_database_or_a_key_is_not_whole(void **state)
{
    (void)state;
    static const char *const files[] = {"comity.db",    "keys/storage.key",  "keys/ledger.key",
                                        "keys/tls.pem", "keys/csb/open.key", "keys/csb/seal.pem"};
    struct place p;
    place_make(&p);
    const char *dir = place_node(&p, "n", "XN", 0), *aside = node_path(p.a, p.dir, "aside");
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        const char *file = node_path(p.a, dir, files[k]), *last = strrchr(files[k], '/');
        assert_int_equal(rename(file, aside), 0);
        for (int write = 0; write < 2; write++) {
            assert_int_equal(try_open(&p, dir, write), ERR_INTEGRITY);
            if (!strstr(p.t.fault.sentence, last ? last : files[k]) ||
                !strstr(p.t.fault.sentence, "missing"))
                fail_msg("%s", p.t.fault.sentence);
            assert_int_not_equal(access(file, F_OK), 0); /* nobody made another */
        }
        turn_forgive(&p.t);
        assert_int_equal(node_serve(&p.t, dir, true, NULL, NULL), ERR_INTEGRITY);
        assert_int_equal(rename(aside, file), 0);
    }
    assert_int_equal(truncate(node_path(p.a, dir, "comity.db"), 0), 0);
    (void)unlink(node_path(p.a, dir, "comity.db-wal"));
    assert_err(&p, ERR_INTEGRITY, "store-missing", try_open(&p, dir, true));
    place_end(&p);
}

int test_init(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_holds_keys_store_settings_and_root),
        cmocka_unit_test(the_profile_is_what_the_root_signed),
        cmocka_unit_test(a_real_state_has_a_real_root_and_all_its_authorities),
        cmocka_unit_test(the_second_authority_is_begun_once_by_the_first),
        cmocka_unit_test(what_cannot_be_is_refused_and_nothing_is_made),
        cmocka_unit_test(a_folder_in_use_is_left_as_it_is),
        cmocka_unit_test(without_room_nothing_of_a_node_is_left),
        cmocka_unit_test(a_node_without_its_database_or_a_key_is_not_whole),
        cmocka_unit_test(a_stopped_node_is_read_by_its_officer),
        cmocka_unit_test(one_process_writes_in_a_folder),
        cmocka_unit_test(a_folder_without_a_node_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
