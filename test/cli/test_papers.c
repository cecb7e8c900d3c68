/* SPDX-License-Identifier: Apache-2.0 */
/* What each command of what people carry asks the node for, and what it leaves in the folder. */

#include "cli_test.h"

#include <string.h>
#include <unistd.h>

static const struct tree *asked(struct bench *b, const char *action)
{
    err e = bench_run(b);
    if (e != ERR_OK) fail_msg("%s", b->c->t.fault.sentence);
    if (!str_is(tree_str(b->c->view, "action"), action))
        fail_msg("it asked for " STR_FMT, STR_ARG(tree_str(b->c->view, "action")));
    return tree_get(b->c->view, "args");
}

#define words(b, ...) assert_int_equal(bench_args(b, __VA_ARGS__, NULL), ERR_OK)

static void files_are_registered_before_anything_is_said_of_them(void **state)
{
    struct bench *b = *state;
    const char *scan = bench_file(b, "scan.pdf", "page");
    words(b, "register", scan);
    const struct tree *args = asked(b, "entry-add"), *doc = tree_get(args, "documents")->child;
    assert_text(tree_str(doc, "name"), "scan.pdf");
    assert_null(tree_get(args, "state"));
    words(b, "register", scan, "--from", "XL/pgo", "--received", "2026-11-24", "--carriage", "post",
          "--registry", "17/2026", "--number", "note=N 5", "--number", "PGO 7", "-m", "torn");
    args = asked(b, "entry-edit");
    assert_text(tree_str(args, "entry"), "XN-CSB-IN-2026-0001");
    assert_text(tree_str(args, "from"), "XL/pgo");
    assert_text(tree_str(args, "registry"), "17/2026");
    assert_text(tree_str(args, "note"), "torn");
    assert_null(tree_get(args, "documents"));
    const struct tree *numbers = tree_get(args, "numbers");
    assert_text(tree_str(numbers->child, "sort"), "note");
    assert_text(tree_str(numbers->child, "number"), "N 5");
    assert_text(tree_str(numbers->last, "sort"), "theirs");
    words(b, "register", scan, "--from", "a clerk in the port");
    args = asked(b, "entry-edit");
    assert_null(tree_get(args, "from"));
    assert_text(tree_str(args, "from_text"), "a clerk in the port");
}

static void what_is_refused_of_an_entry_leaves_the_entry(void **state)
{
    struct bench *b = *state;
    const char *scan = bench_file(b, "scan.pdf", "page");
    words(b, "register", scan, "--state", "ZZ");
    assert_int_equal(bench_run(b), ERR_NOT_ALLOWED);
    assert_text(tree_str(b->c->view, "entry"), "XN-CSB-IN-2026-0001");
    words(b, "register", "/nowhere/at/all.pdf", "--state", "XL");
    assert_int_not_equal(bench_run(b), ERR_OK);
    assert_null(b->c->view);
}

static void an_entry_is_filed_in_four_ways(void **state)
{
    struct bench *b = *state;
    words(b, "entry", "file", "E-1", "request", "--from", "XL/pgo", "--kind", "preservation", "-p",
          "facts=x", "--again");
    const struct tree *args = asked(b, "entry-file");
    assert_text(tree_str(args, "as"), "request");
    assert_text(tree_str(args, "from"), "XL/pgo");
    assert_true(tree_bool(args, "again", false));
    assert_text(tree_str(tree_get(args, "particulars"), "facts"), "x");
    words(b, "entry", "file", "E-1", "copy", "XN-1", "send", "--confirmation");
    args = asked(b, "entry-file");
    assert_text(tree_str(args, "ref"), "XN-1");
    assert_text(tree_str(args, "act"), "send");
    assert_true(tree_bool(args, "confirmation", false));
    words(b, "entry", "list", "--open");
    assert_true(tree_bool(asked(b, "entries"), "open", false));
    words(b, "entry", "show", "E-1");
    assert_text(tree_str(asked(b, "entry"), "entry"), "E-1");
    static const char *const wrong[] = {"burn", "show", "list"};
    for (size_t k = 0; k < 3; k++) {
        assert_int_equal(k == 2 ? bench_args(b, "entry", wrong[k], "x", NULL)
                                : bench_args(b, "entry", wrong[k], NULL),
                         ERR_OK);
        assert_int_equal(bench_run(b), ERR_USAGE);
    }
}

static void an_original_is_written_out_and_never_over_another_file(void **state)
{
    struct bench *b = *state;
    const char *there = bench_file(b, "there.pdf", "mine");
    words(b, "entry", "get", "E-1", "aa", "-o", there);
    assert_int_equal(bench_run(b), ERR_CONFLICT);
    words(b, "entry", "get", "E-1", "aa", "-o", there, "--yes");
    assert_int_equal(bench_run(b), ERR_OK);
    struct bytes data;
    assert_int_equal(file_read(&b->c->t, there, 100, &data), ERR_OK);
    assert_text(bytes_str(data), "the original");
}

static void carriages_say_how_when_and_what_proves_it(void **state)
{
    struct bench *b = *state;
    const char *slip = bench_file(b, "slip.png", "stamp");
    words(b, "dispatch", "XN-1", "--act", "send", "--carriage", "courier", "--at", "2026-11-24",
          "--proof", "waybill 1", "--attach", slip);
    const struct tree *args = asked(b, "dispatch");
    assert_text(tree_str(args, "carriage"), "courier");
    assert_text(tree_str(args, "proof"), "waybill 1");
    assert_text(tree_str(args, "act"), "send");
    assert_int_equal(tree_get(args, "documents")->count, 1);
    words(b, "confirm", "XN-1", "--carriage", "telephone", "--by", "Mrs Lind");
    assert_text(tree_str(asked(b, "confirm"), "by"), "Mrs Lind");
    words(b, "bind", "XN-1", slip, "--act", "send", "--code", "AAAA-BBBB-CCCC");
    args = asked(b, "bind");
    assert_text(tree_str(args, "code"), "AAAA-BBBB-CCCC");
    assert_int_equal(tree_get(args, "documents")->count, 1);
    words(b, "send", "d-1", "--paper");
    assert_true(tree_bool(asked(b, "send"), "paper", false));
}

static err pressed(struct turn *t, const struct tree *letter, struct bytes *pdf_out)
{
    struct str s = str_printf(t->arena, "%%PDF " STR_FMT, STR_ARG(tree_str(letter, "title")));
    *pdf_out = str_bytes(s);
    return ERR_OK;
}

static void a_letter_is_a_page_with_its_container_beside_it(void **state)
{
    struct bench *b = *state;
    struct cli_node with = *b->c->node;
    struct bytes data;
    with.press = pressed;
    b->c->node = &with;
    const char *stem = str_c(b->arena, str_printf(b->arena, "%s/l", b->dir));
    words(b, "letter", "XN-1", "--act", "send", "-o", stem);
    assert_int_equal(bench_run(b), ERR_OK);
    assert_int_equal(tree_get(b->c->view, "files")->count, 2);
    assert_null(tree_get(b->c->view, "letter"));
    const char *pdf = str_c(b->arena, str_printf(b->arena, "%s.pdf", stem));
    assert_int_equal(file_read(&b->c->t, pdf, 100, &data), ERR_OK);
    assert_text(bytes_str(data), "%PDF a letter");
    pdf = str_c(b->arena, str_printf(b->arena, "%s.asice", stem));
    assert_int_equal(file_read(&b->c->t, pdf, 100, &data), ERR_OK);
    assert_text(bytes_str(data), "the container");
    assert_int_equal(bench_run(b), ERR_CONFLICT); /* both are there now */
}

static void without_a_page_maker_the_letter_is_its_document(void **state)
{
    struct bench *b = *state;
    struct bytes data;
    struct tree *m;
    const char *stem = str_c(b->arena, str_printf(b->arena, "%s/l", b->dir));
    words(b, "letter", "XN-1", "-o", stem);
    assert_int_equal(bench_run(b), ERR_OK);
    const char *file = str_c(b->arena, str_printf(b->arena, "%s.json", stem));
    assert_int_equal(file_read(&b->c->t, file, 1000, &data), ERR_OK);
    assert_int_equal(json_read(&b->c->t, data, &codec_limits, &m), ERR_OK);
    assert_text(tree_str(m, "title"), "a letter");
}

static err mailed(struct turn *t, const char *dir, const struct tree *view, struct bytes pdf,
                  const struct str *to_pem, size_t n, struct bytes *message_out)
{
    (void)dir;
    struct str s = str_printf(
        t->arena, STR_FMT " for " STR_FMT " %zu " STR_FMT, STR_ARG(bytes_str(pdf)),
        STR_ARG(tree_str(tree_get(view, "mail"), "to")), n, STR_ARG(n ? to_pem[0] : STR("open")));
    *message_out = str_bytes(s);
    return ERR_OK;
}

static struct str message(struct bench *b)
{
    struct bytes data = {0};
    assert_true(base64_read(b->arena, tree_str(asked(b, "mail-out"), "message"), &data));
    return bytes_str(data);
}

static void a_mail_is_built_here_and_left_to_the_node(void **state)
{
    struct bench *b = *state;
    struct cli_node with = *b->c->node;
    const char *pem = str_c(b->arena, str_printf(b->arena, "%s/their.pem", b->dir));
    words(b, "mail", "XN-1");
    assert_int_equal(bench_run(b), ERR_NONE_SUCH); /* without a page maker */
    with.press = pressed;
    with.letter_mail = mailed;
    b->c->node = &with;
    assert_int_equal(file_write(&b->c->t, pem, str_bytes(STR("PEM")), 0600), ERR_OK);
    words(b, "mail", "XN-1", "--act", "send");
    assert_text(message(b), "%PDF a letter for  0 open");
    words(b, "mail", "XN-1", "--to", "a@b.example", "--seal-to", pem);
    assert_text(message(b), "%PDF a letter for a@b.example 1 PEM");
    assert_text(tree_str(asked(b, "mail-out"), "to"), "a@b.example");
    words(b, "mail", "XN-1", "--seal-to", "/dev/null/x");
    assert_int_not_equal(bench_run(b), ERR_OK);
}

static void instructions_numbers_and_matters_name_what_they_are_about(void **state)
{
    struct bench *b = *state;
    words(b, "instruct", "XN-CSB-2026-0001", "--executor", "o-2", "--by", "2026-11-30", "-m", "do");
    const struct tree *args = asked(b, "instruct");
    assert_text(tree_str(args, "ref"), "XN-CSB-2026-0001");
    assert_text(tree_str(args, "text"), "do");
    words(b, "instruct", "XN-CSB-IN-2026-0001", "--executor", "o-2", "--by", "2026-11-30");
    assert_text(tree_str(asked(b, "instruct"), "entry"), "XN-CSB-IN-2026-0001");
    words(b, "instruct", "done", "00ff");
    assert_text(tree_str(asked(b, "instructed"), "instruction"), "00ff");
    words(b, "instruct", "XN-1", "extra");
    assert_int_equal(bench_run(b), ERR_USAGE);
    words(b, "number", "XN-1", "12/4", "--sort", "court");
    assert_text(tree_str(asked(b, "number-add"), "sort"), "court");
    words(b, "matter", "new", "The hospital", "XN-1", "XN-2");
    args = asked(b, "matter-add");
    assert_text(tree_str(args, "title"), "The hospital");
    assert_int_equal(tree_get(args, "refs")->count, 2);
    words(b, "matter", "drop", "M-1", "XN-2");
    assert_int_equal(tree_get(asked(b, "matter-set"), "drop")->count, 1);
    words(b, "matter", "add", "M-1");
    assert_int_equal(bench_run(b), ERR_USAGE);
    words(b, "matter", "list");
    (void)asked(b, "matters");
}

int papers_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_node(files_are_registered_before_anything_is_said_of_them),
        with_node(what_is_refused_of_an_entry_leaves_the_entry),
        with_node(an_entry_is_filed_in_four_ways),
        with_node(an_original_is_written_out_and_never_over_another_file),
        with_node(carriages_say_how_when_and_what_proves_it),
        with_node(a_letter_is_a_page_with_its_container_beside_it),
        with_node(without_a_page_maker_the_letter_is_its_document),
        with_node(a_mail_is_built_here_and_left_to_the_node),
        with_node(instructions_numbers_and_matters_name_what_they_are_about),
    };
    return cmocka_run_group_tests_name("papers", tests, NULL, NULL);
}
