/* SPDX-License-Identifier: Apache-2.0 */
/* Adding a treaty needs no code: no kind, act of law or State of the files is named in the sources.
 * Run from the root of the tree. */

#include "law_test.h"

#include <ftw.h>
#include <string.h>

enum { SOURCES_MAX = 1024, PATH_MAX_HERE = 256 };
static char paths[SOURCES_MAX][PATH_MAX_HERE];
static size_t paths_n;

static int collect(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)where;
    const char *dot = strrchr(path, '.');
    bool source = dot && (!strcmp(dot, ".c") || !strcmp(dot, ".h") || !strcmp(dot, ".def"));
    if (type == FTW_F && source && paths_n < SOURCES_MAX && strlen(path) < PATH_MAX_HERE)
        memcpy(paths[paths_n++], path, strlen(path) + 1);
    return 0;
}

/* The demo is a story between two named States about one named kind; help shows examples; the
 * lists of roles name functions, one of which is called like a kind. */
static bool may_name(const char *path)
{
    static const char *const may[] = {"src/cli/demo", "src/cli/help.c", "src/cli/option.def",
                                      "src/store/role.def", "src/web/label.def"};
    for (size_t i = 0; i < sizeof may / sizeof *may; i++)
        if (strstr(path, may[i])) return true;
    return false;
}

static bool in_comment(const char *text, const char *at)
{
    const char *line = at;
    while (line > text && line[-1] != '\n') line--;
    while (*line == ' ') line++;
    if (line[0] == '*') return true;
    for (; line + 1 < at; line++)
        if (line[0] == '/' && (line[1] == '*' || line[1] == '/')) return true;
    return false;
}

static void not_named(const char *path, const char *text, const char *what)
{
    for (const char *at = text; (at = strstr(at, what)); at++)
        if (!in_comment(text, at)) fail_msg("%s names %s", path, what);
}

static void no_kind_and_no_state_of_the_files_is_named_in_the_sources(void **state)
{
    struct kit *k = *state;
    size_t asked = 0;
    paths_n = 0;
    assert_int_equal(nftw("src", collect, 16, FTW_PHYS), 0);
    assert_true(paths_n > 150);
    for (size_t p = 0; p < paths_n; p++) {
        struct bytes in;
        auto_arena a = arena_new();
        struct turn t = {.arena = a};
        if (may_name(paths[p])) continue;
        assert_int_equal(file_read(&t, paths[p], 1 << 20, &in), ERR_OK);
        const char *text = str_c(a, bytes_str(in));
        for (size_t i = 0; i < k->l->instruments_n; i++)
            for (size_t n = 0; n < k->l->instruments[i].kinds_n; n++, asked++) {
                struct str kind = k->l->instruments[i].kinds[n].kind;
                not_named(paths[p], text,
                          str_c(a, str_printf(a, "\"" STR_FMT "\"", STR_ARG(kind))));
            }
        for (size_t s = 0; s < k->l->states_n; s++, asked++) {
            struct str code = k->l->states[s].state;
            not_named(paths[p], text, str_c(a, str_printf(a, "\"" STR_FMT "\"", STR_ARG(code))));
        }
    }
    print_message("# %zu sources, %zu names looked for\n", paths_n, asked);
}

/* Beyond law a few sentences still cite the article on central authorities by its number. */
static void law_cites_no_article_but_those_of_the_files(void **state)
{
    struct kit *k = *state;
    for (size_t p = 0; p < paths_n; p++) {
        struct bytes in;
        auto_arena a = arena_new();
        struct turn t = {.arena = a};
        if (!strstr(paths[p], "src/law/")) continue;
        assert_int_equal(file_read(&t, paths[p], 1 << 20, &in), ERR_OK);
        const char *text = str_c(a, bytes_str(in));
        for (size_t i = 0; i < k->l->instruments_n; i++)
            for (int digit = 1; digit < 10; digit++)
                not_named(paths[p], text,
                          str_c(a, str_printf(a, STR_FMT " %d",
                                              STR_ARG(k->l->instruments[i].instrument), digit)));
    }
}

int src_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(no_kind_and_no_state_of_the_files_is_named_in_the_sources),
        with_kit(law_cites_no_article_but_those_of_the_files),
    };
    return cmocka_run_group_tests_name("src", tests, NULL, NULL);
}
