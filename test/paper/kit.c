/* SPDX-License-Identifier: Apache-2.0 */
/* Documents, the program, and what others say of its PDF. */

#include "paper_test.h"

#include <stdlib.h>
#include <unistd.h>

int turn_up(void **state)
{
    struct arena *a = arena_new();
    struct turn *t = arena_take(a, sizeof *t);
    t->arena = a;
    *state = t;
    return 0;
}

int turn_down(void **state)
{
    struct turn *t = *state;
    arena_free(t->arena);
    return 0;
}

const char *program(struct turn *t)
{
    const char *build = getenv("BUILD");
    return str_printf(t->arena, "%s/comity-paper%c", build ? build : "build/test", 0).p;
}

struct tree *document(struct turn *t, const char *name)
{
    struct bytes in;
    struct tree *out;
    const char *path = str_printf(t->arena, "test/paper/document/%s.json%c", name, 0).p;
    assert_int_equal(file_read(t, path, PAPER_DOCUMENT_MAX, &in), ERR_OK);
    assert_int_equal(json_read(t, in, &paper_limits, &out), ERR_OK);
    return out;
}

struct tree *small(struct turn *t)
{
    struct arena *a = t->arena;
    struct tree *d = tree_map(a);
    tree_add_str(a, d, "title", STR("A letter"));
    tree_add_str(a, d, "lang", STR("en"));
    tree_add_list(a, d, "blocks");
    struct tree *foot = tree_add_map(a, d, "footer");
    tree_add_str(a, foot, "ref", STR("XN-CSB-2026-0001"));
    tree_add_str(a, foot, "printed_at", STR("2026-11-24T03:07:14Z"));
    return d;
}

struct tree *block(struct turn *t, struct tree *d, const char *kind)
{
    struct tree *blocks = (struct tree *)(uintptr_t)tree_get(d, "blocks");
    struct tree *b = tree_add_map(t->arena, blocks, NULL);
    tree_add_str(t->arena, b, "block", str_of(kind));
    return b;
}

struct bytes printed(struct turn *t, const struct tree *d)
{
    struct bytes pdf = {0};
    if (paper_press(t, program(t), d, 60000, &pdf) != ERR_OK)
        fail_msg("%s at %s: %s", t->fault.code, t->fault.particular, t->fault.sentence);
    return pdf;
}

struct str said(struct turn *t, const char *command, struct bytes pdf)
{
    char path[] = "/tmp/comity-paper-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, pdf.p, pdf.n), (ssize_t)pdf.n);
    close(fd);
    const char *line = str_printf(t->arena, "%s %s - 2>&1%c", command, path, 0).p;
    if (strncmp(command, "pdftotext", 9) != 0)
        line = str_printf(t->arena, "%s %s 2>&1%c", command, path, 0).p;
    FILE *from = popen(line, "r");
    assert_non_null(from);
    struct buf b = buf_in(t->arena);
    char part[4096];
    for (size_t n; (n = fread(part, 1, sizeof part, from)) > 0;) buf_put(&b, part, n);
    assert_int_equal(pclose(from), 0);
    unlink(path);
    return buf_as_str(&b);
}

size_t count_of(struct str text, const char *what)
{
    size_t n = 0, size = strlen(what);
    for (size_t i = 0; i + size <= text.n; i++) n += memcmp(text.p + i, what, size) == 0;
    return n;
}

bool contains(struct str text, const char *what) { return count_of(text, what) > 0; }

void assert_fault(struct turn *t, err got, err e, const char *code, const char *at)
{
    const struct fault *f = &t->fault;
    if (got != e || strcmp(f->code, code) != 0 || strcmp(f->particular, at) != 0)
        fail_msg("expected %s %s at \"%s\", got %s %s at \"%s\": %s", err_word(e), code, at,
                 err_word(got), f->code, f->particular, f->sentence);
    assert_true(f->sentence[0] != 0);
    turn_forgive(t);
}
