/* SPDX-License-Identifier: Apache-2.0 */
/* The tables looked at, written out, and brought back for a replay. Also the test of
 * src/cli/folder.c. */

#include "cli_test.h"

#include <string.h>
#include <sys/stat.h>

static void a_citation_may_be_typed_with_dots(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "law", "42.3.c", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_true(str_is(tree_str(b->c->view, "what"), "42(3)(c)"));
    assert_true(tree_get(b->c->view, "rows")->count > 1);
    assert_int_equal(bench_args(b, "law", "un-cybercrime", "42.6", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_true(str_is(tree_str(b->c->view, "what"), "un-cybercrime 42(6)"));
}

static void looking_needs_no_node_and_finds_no_row_that_is_not_there(void **state)
{
    struct bench *b = *state;
    bool write;
    assert_int_equal(bench_args(b, "law", "preservation", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_int_equal(bench_args(b, "law", "999", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_NONE_SUCH);
    assert_int_equal(bench_opened(b, &write), 0);
}

static void rows_are_called_by_the_language_asked_for(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "law", "42.6", NULL), ERR_OK);
    b->c->lang = STR("az"); /* as --lang does */
    assert_int_equal(bench_run(b), ERR_OK);
    for (const struct tree *r = tree_get(b->c->view, "rows")->child; r; r = r->next)
        assert_true(str_eq(tree_str(r, "title"), tree_str(tree_get(r, "titles"), "az")));
}

static void only_unverified_rows_can_be_asked_for(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "law", "--unverified", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    const struct tree *rows = tree_get(b->c->view, "rows");
    assert_true(rows->count > 0);
    for (const struct tree *r = rows->child; r; r = r->next)
        assert_true(str_is(tree_str(r, "source"), "unverified"));
}

/* Written out and read back, the set is the one in the program, byte for byte. */
static void tables_written_out_come_back_the_same(void **state)
{
    struct bench *b = *state;
    const char *dir = bench_file(b, "law", NULL);
    assert_int_equal(bench_args(b, "law", "export", dir, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_int_equal(tree_get(b->c->view, "files")->count, law_embedded_n);
    assert_int_equal(bench_args(b, "law", "replay", "--tables", dir, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    struct str packed = law_tables_pack(b->arena, law_embedded, law_embedded_n);
    assert_true(str_eq(tree_str(tree_get(b->c->view, "args"), "tables"), packed));
}

static void an_export_of_tables_overwrites_nothing(void **state)
{
    struct bench *b = *state;
    const char *dir = bench_file(b, "law", NULL);
    assert_int_equal(bench_args(b, "law", "export", dir, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_int_equal(bench_run(b), ERR_CONFLICT);
}

static void a_folder_of_tables_that_does_not_read_is_named(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "law", "replay", "--tables", bench_file(b, "none", NULL), NULL),
                     ERR_OK);
    assert_int_equal(bench_run(b), ERR_NONE_SUCH);
    const char *dir = bench_file(b, "bad", NULL);
    assert_int_equal(mkdir(dir, 0700), 0);
    bench_file(b, "bad/x.yaml", "a: \xff\n");
    assert_int_equal(bench_args(b, "law", "replay", "--tables", dir, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_REJECTED);
    assert_non_null(strstr(b->c->t.fault.sentence, "x.yaml"));
}

/* A folder with the program's own tables; `text` stands in place of one of its files. */
static const char *lawyers_folder(struct bench *b, const char *path, struct bytes text)
{
    const char *dir = bench_file(b, "law", NULL);
    assert_int_equal(bench_args(b, "-q", "law", "export", dir, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    struct str file = str_printf(b->arena, "%s/%s", dir, path);
    if (text.n) assert_int_equal(file_write(&b->c->t, str_c(b->arena, file), text, 0600), ERR_OK);
    return dir;
}

static struct bytes changed(struct bench *b, const char *path, const char *piece, struct bytes with)
{
    struct buf out = buf_in(b->arena);
    for (size_t k = 0; k < law_embedded_n; k++) {
        const struct law_file *f = &law_embedded[k];
        if (strcmp(f->path, path) != 0) continue;
        const char *all = str_c(b->arena, (struct str){(const char *)f->p, f->n});
        const char *at = strstr(all, piece);
        assert_non_null(at);
        buf_put(&out, all, (size_t)(at - all));
        buf_put(&out, with.p, with.n);
        buf_str(&out, str_of(at + strlen(piece)));
    }
    assert_true(out.n > 0);
    return buf_as_bytes(&out);
}

static int32_t only_real_zones(void *ctx, struct str zone, int64_t at_ms)
{
    (void)ctx, (void)at_ms;
    return str_is(zone, "Asia/Bakuu") ? INT32_MAX : 0;
}

static void a_folder_that_loads_says_so_with_its_hash_and_counts(void **state)
{
    struct bench *b = *state;
    const char *dir = lawyers_folder(
        b, "states/xm.yaml",
        changed(b, "states/xm.yaml", "en: Meridia", str_bytes(STR("en: Meridiana"))));
    bool write;
    assert_int_equal(bench_args(b, "law", "check", dir, NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
    struct str hash = str_dup(b->arena, tree_str(b->c->view, "tables"));
    assert_true(tree_bool(b->c->view, "loads", false));
    assert_int_equal(tree_int(b->c->view, "files_read", 0), (int64_t)law_embedded_n);
    assert_true(tree_int(b->c->view, "kinds", 0) > 20);
    assert_int_equal(bench_opened(b, &write), 0);
    /* Each view is of that folder, and says by its hash that it is. */
    static const char *const views[][2] = {{"42.6", NULL},
                                           {"--kinds", NULL},
                                           {"--unverified", NULL},
                                           {"--coverage", NULL},
                                           {"XM", NULL}};
    for (size_t k = 0; k < sizeof views / sizeof *views; k++) {
        assert_int_equal(bench_args(b, "law", "--tables", dir, views[k][0], NULL), ERR_OK);
        assert_int_equal(bench_run(b), ERR_OK);
        assert_true(str_eq(tree_str(b->c->view, "tables"), hash));
        assert_int_equal(bench_args(b, "law", views[k][0], NULL), ERR_OK);
        assert_int_equal(bench_run(b), ERR_OK);
        assert_false(str_eq(tree_str(b->c->view, "tables"), hash));
    }
}

static void a_folder_that_is_broken_is_refused_with_its_place(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *path, *piece;
        struct bytes with;
        const char *says;
    } rows[] = {
        {"states/xm.yaml", "Asia/Baku", {(const uint8_t *)"Asia/Bakuu", 10}, "`time_zone`: found"},
        {"states/xm.yaml", "Meridia", {(const uint8_t *)"Mer\0dia", 7}, "a byte of nought"},
        {"states/xm.yaml", "Meridia", {(const uint8_t *)"Mer\xff", 4}, "UTF-8"},
        {"states/xm.yaml", "source: unverified", {(const uint8_t *)"source: read", 12}, "one of"},
    };
    const struct cli_node *was = b->c->node;
    struct cli_node node = *was;
    node.zones = (struct zones){only_real_zones, NULL};
    b->c->node = &node;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        const char *dir = bench_file(b, "law", NULL);
        if (k == 0) (void)lawyers_folder(b, "remarks.yaml", (struct bytes){0});
        struct str file = str_printf(b->arena, "%s/%s", dir, rows[k].path);
        assert_int_equal(file_write(&b->c->t, str_c(b->arena, file),
                                    changed(b, rows[k].path, rows[k].piece, rows[k].with), 0600),
                         ERR_OK);
        static const char *const asks[][2] = {{"check", ""}, {"--tables", ""}};
        for (size_t n = 0; n < 2; n++) {
            assert_int_equal(bench_args(b, "law", asks[n][0], dir, NULL), ERR_OK);
            assert_int_equal(bench_run(b), ERR_REJECTED);
            assert_true(str_starts(str_of(b->c->t.fault.particular), "states/xm.yaml:"));
            assert_non_null(strstr(b->c->t.fault.sentence, rows[k].says));
            turn_forgive(&b->c->t);
        }
    }
    b->c->node = was;
}

static void an_option_is_refused_where_it_says_nothing(void **state)
{
    struct bench *b = *state;
    static const char *const words[][5] = {
        {"law", "clock", "X", "--tables", "d"},  {"law", "check", "d", "--tables", "d"},
        {"law", "export", "d", "--tables", "d"}, {"law", "check", "d", "--kinds", NULL},
        {"law", "42.6", "--inward", NULL, NULL}, {"law", "replay", "--kinds", NULL, NULL},
        {"law", "accept", "-m", "x", "--kinds"},
    };
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        assert_int_equal(bench_args(b, words[k][0], words[k][1], words[k][2], words[k][3],
                                    words[k][3] ? words[k][4] : NULL, NULL),
                         ERR_OK);
        assert_int_equal(bench_run(b), ERR_USAGE);
        assert_string_equal(b->c->t.fault.code, "option-elsewhere");
        turn_forgive(&b->c->t);
    }
}

static void replay_and_export_take_what_they_take(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "law", "export", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
    assert_int_equal(bench_args(b, "law", "replay", "x", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
}

static void one_view_of_the_law_is_asked_for_at_a_time(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_args(b, "law", "--kinds", "--coverage", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
    assert_int_equal(bench_args(b, "law", "--unverified", "--coverage", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
    assert_int_equal(bench_args(b, "law", "42", "--coverage", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_USAGE);
    assert_int_equal(bench_args(b, "law", "--coverage", NULL), ERR_OK);
    assert_int_equal(bench_run(b), ERR_OK);
}

int tables_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_bench(a_citation_may_be_typed_with_dots),
        with_bench(looking_needs_no_node_and_finds_no_row_that_is_not_there),
        with_bench(rows_are_called_by_the_language_asked_for),
        with_bench(only_unverified_rows_can_be_asked_for),
        with_node(tables_written_out_come_back_the_same),
        with_bench(an_export_of_tables_overwrites_nothing),
        with_bench(a_folder_of_tables_that_does_not_read_is_named),
        with_bench(a_folder_that_loads_says_so_with_its_hash_and_counts),
        with_bench(a_folder_that_is_broken_is_refused_with_its_place),
        with_bench(an_option_is_refused_where_it_says_nothing),
        with_bench(replay_and_export_take_what_they_take),
        with_bench(one_view_of_the_law_is_asked_for_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
