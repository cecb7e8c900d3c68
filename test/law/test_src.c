/* SPDX-License-Identifier: Apache-2.0 */
/* Adding a treaty needs no code: no kind, instrument, article or State of the files is named in the
 * sources, which is to say in a text between quotation marks; comments may give examples. Run from
 * the root of the tree.
 *
 * A word that the schema itself uses (an instrument is called like the layer `reciprocity`) may
 * stand in the sources in that sense. An article is looked for where it has a paragraph, because a
 * bare number is no citation. A clause of a standard never looks like one of ours ("RFC 8785 3.1").
 */

#include "law_test.h"

#include "law/field.h"

#include <ctype.h>
#include <ftw.h>
#include <string.h>

enum { SOURCES_MAX = 1024, PATH_MAX_HERE = 256, SHAPE_DEPTH = 8, NAMES_MAX = 8192 };
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

/* The demo is a story between two named States about one named kind; help shows examples; the roles
 * of officers name a function that is called like a kind; pages call one instrument by a name of
 * their own, any other by its; and the simulator's officers ask for one kind, over and over. */
static bool may_name(const char *path)
{
    static const char *const may[] = {
        "src/cli/demo",       "src/cli/help.c",    "src/cli/option.def", "src/cli/command.def",
        "src/store/role.def", "src/web/label.def", "src/sim/node.c",     "src/sim/officer.c"};
    for (size_t i = 0; i < sizeof may / sizeof *may; i++)
        if (strstr(path, may[i])) return true;
    return false;
}

/* ---- texts between quotation marks ----------------------------------------------------------- */

static const char *comment_end(const char *p)
{
    const char *end = p[1] == '*' ? strstr(p + 2, "*/") : strchr(p, '\n');
    if (!end) return p + strlen(p);
    return p[1] == '*' ? end + 2 : end;
}

/* The next text at or after `p`, between `out` and `end_out`; NULL after the last. */
static const char *text_next(const char *p, const char **end_out)
{
    while (*p && *p != '"') {
        if (p[0] == '/' && (p[1] == '*' || p[1] == '/'))
            p = comment_end(p);
        else if (p[0] == '\'')
            p = p[1] == '\\' ? p + 4 : p + 3;
        else
            p++;
    }
    if (!*p) return NULL;
    const char *end = ++p;
    while (*end && *end != '"') end += *end == '\\' && end[1] ? 2 : 1;
    *end_out = end;
    return p;
}

/* ---- what must not be named ------------------------------------------------------------------ */

struct names {
    struct kit *k;
    const char *whole[NAMES_MAX]; /* as a text of its own */
    const char *part[NAMES_MAX];  /* anywhere in one */
    size_t whole_n, part_n;
};

static bool has_word(const char *words, struct str word)
{
    struct str rest = str_of(words), one;
    for (bool more = rest.n > 0; more;) {
        more = str_split(rest, ' ', &one, &rest);
        if (str_eq(one, word)) return true;
    }
    return false;
}

static bool is_of_schema(const struct law_shape *shape, struct str word, int depth)
{
    for (size_t n = 0; shape && depth < SHAPE_DEPTH && n < shape->n; n++) {
        const struct law_field *f = &shape->fields[n];
        if (str_is(word, f->key) || has_word(f->words ? f->words : "", word)) return true;
        if (f->shape != shape && is_of_schema(f->shape, word, depth + 1)) return true;
    }
    return false;
}

static void whole_add(struct names *n, struct str name)
{
    if (is_of_schema(&law_shape_instrument, name, 0) || is_of_schema(&law_shape_state, name, 0))
        return;
    assert_true(n->whole_n < NAMES_MAX);
    n->whole[n->whole_n++] = str_c(n->k->t.arena, name);
}

static void part_add(struct names *n, struct str name)
{
    assert_true(n->part_n < NAMES_MAX);
    n->part[n->part_n++] = str_c(n->k->t.arena, name);
}

static struct names names_of(struct kit *k)
{
    struct names n = {.k = k};
    for (size_t i = 0; i < k->l->instruments_n; i++) {
        const struct law_instrument *one = &k->l->instruments[i];
        whole_add(&n, one->instrument);
        for (int digit = 1; digit < 10; digit++)
            part_add(&n, str_printf(k->t.arena, STR_FMT " %d", STR_ARG(one->instrument), digit));
        for (size_t m = 0; m < one->kinds_n; m++) whole_add(&n, one->kinds[m].kind);
        const struct tree *a = tree_get(one->root, "articles")->child;
        for (; a; a = a->next) {
            struct str article = tree_str(a, "article");
            if (memchr(article.p, '(', article.n)) part_add(&n, article);
        }
    }
    for (size_t s = 0; s < k->l->states_n; s++) {
        struct str code = k->l->states[s].state;
        whole_add(&n, code);
        part_add(&n, str_printf(k->t.arena, STR_FMT "/", STR_ARG(code)));
    }
    return n;
}

/* Is the piece there, and not the tail of a longer word or number? */
static bool has_part(const char *from, size_t size, const char *part)
{
    size_t n = strlen(part);
    for (size_t i = 0; i + n <= size; i++)
        if (memcmp(from + i, part, n) == 0 && (i == 0 || !isalnum((unsigned char)from[i - 1])))
            return true;
    return false;
}

/* What a text names that it must not; NULL: nothing. */
static const char *named(const struct names *n, const char *from, size_t size)
{
    for (size_t i = 0; i < n->whole_n; i++)
        if (strlen(n->whole[i]) == size && memcmp(n->whole[i], from, size) == 0) return n->whole[i];
    for (size_t i = 0; i < n->part_n; i++)
        if (has_part(from, size, n->part[i])) return n->part[i];
    return NULL;
}

static const char *first_named(const struct names *n, const char *text, size_t *texts)
{
    const char *end = NULL;
    for (const char *p = text_next(text, &end); p; p = text_next(end + 1, &end)) {
        const char *what = named(n, p, (size_t)(end - p));
        ++*texts;
        if (what) return what;
        if (!*end) break;
    }
    return NULL;
}

static void nothing_of_the_files_is_named_in_the_sources(void **state)
{
    struct kit *k = *state;
    struct names *n = arena_take(k->t.arena, sizeof *n);
    size_t texts = 0, looked = 0;
    *n = names_of(k);
    paths_n = 0;
    assert_int_equal(nftw("src", collect, 16, FTW_PHYS), 0);
    assert_true(paths_n > 150);
    for (size_t p = 0; p < paths_n; p++) {
        struct bytes in;
        auto_arena a = arena_new();
        struct turn t = {.arena = a};
        if (may_name(paths[p])) continue;
        assert_int_equal(file_read(&t, paths[p], 1 << 20, &in), ERR_OK);
        const char *what = first_named(n, str_c(a, bytes_str(in)), &texts);
        if (what) fail_msg("%s names %s", paths[p], what);
        looked++;
    }
    print_message("# %zu of %zu sources, %zu texts, %zu names looked for\n", looked, paths_n, texts,
                  n->whole_n + n->part_n);
    assert_true(looked > 150 && texts > 5000 && n->whole_n > 40 && n->part_n > 300);
}

static void what_is_named_is_seen_and_nothing_else(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *source, *names;
    } rows[] = {
        {"x(\"preservation\");", "preservation"},
        {"x(\"preservation.x\");", NULL},
        {"x('\"'); /* \"preservation\" */", NULL},
        {"x(\"a\", STR(\"un-cybercrime\"));", "un-cybercrime"},
        {"fail(\"un-cybercrime 40(12)\");", "un-cybercrime 4"},
        {"fail(\"see 40(12) of it\");", "40(12)"},
        {"fail(\"RFC 140(12)\");", NULL},
        {"// \"XN\"\nx(\"XNA\");", NULL},
        {"if (c == '\\'' || is(s, \"XN\"))", "XN"},
        {"to(\"XN/csb\");", "XN/"},
        {"layer(\"reciprocity\");", NULL},
    };
    struct names *n = arena_take(k->t.arena, sizeof *n);
    *n = names_of(k);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t texts = 0;
        const char *what = first_named(n, rows[i].source, &texts);
        if (!what != !rows[i].names || (what && strcmp(what, rows[i].names) != 0))
            fail_msg("%s: %s", rows[i].source, what ? what : "nothing is seen");
    }
}

int src_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_kit(nothing_of_the_files_is_named_in_the_sources),
        with_kit(what_is_named_is_seen_and_nothing_else),
    };
    return cmocka_run_group_tests_name("src", tests, NULL, NULL);
}
