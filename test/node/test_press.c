/* SPDX-License-Identifier: Apache-2.0 */
/* Letters as PDF: a few at once, the others wait; and the process that does nothing else,
 * src/node/part_printer.c, within its row. */

#include "node_test.h"

#include "node/split.h"
#include "paper/paper.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LETTERS = 5, TURNS_MAX = 600 };

struct bench {
    struct place p;
    struct node_child child; /* its loop is ours; the rest is what a line asks for */
    unsigned pdfs, faults;
    char last_code[48];
};

static int up(void **state)
{
    struct bench *b = test_calloc(1, sizeof *b);
    place_make(&b->p);
    assert_ok(&b->p, net_loop_new(&b->p.t, &node_clock, &b->child.loop));
    *state = b;
    return 0;
}

static int down(void **state)
{
    struct bench *b = *state;
    net_loop_free(b->child.loop);
    place_end(&b->p);
    test_free(b);
    return 0;
}

static const char *program(struct bench *b)
{
    const char *build = getenv("BUILD");
    return str_c(b->p.a, str_printf(b->p.a, "%s/comity-paper", build ? build : "build/test"));
}

static struct tree *letter(struct arena *a, const char *text)
{
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "title", STR("Request"));
    tree_add_str(a, m, "lang", STR("en"));
    struct tree *block = tree_add_map(a, tree_add_list(a, m, "blocks"), NULL);
    tree_add_str(a, block, "block", STR("para"));
    tree_add_str(a, block, "text", str_of(text));
    struct tree *footer = tree_add_map(a, m, "footer");
    tree_add_str(a, footer, "ref", STR("XN-CSB-2026-0001"));
    tree_add_str(a, footer, "printed_at", STR("2026-11-27T00:00:00Z"));
    return m;
}

static void take(struct bench *b, const struct fault *f, struct bytes pdf)
{
    if (f) {
        b->faults++;
        snprintf(b->last_code, sizeof b->last_code, "%s", f->code);
        return;
    }
    assert_true(pdf.n > 1000);
    assert_memory_equal(pdf.p, "%PDF-", 5);
    b->pdfs++;
}

static void on_done(void *job, const struct fault *f, struct bytes pdf) { take(job, f, pdf); }

static void on_answer(void *job, const struct fault *f, const struct pack *m)
{
    take(job, f, m ? pack_part(m, 0) : (struct bytes){0});
}

static void until(struct bench *b, unsigned told)
{
    for (int k = 0; b->pdfs + b->faults < told && k < TURNS_MAX; k++)
        assert_ok(&b->p, net_loop_turn(&b->p.t, b->child.loop, 100));
    assert_int_equal(b->pdfs + b->faults, told);
}

static struct node_presses *opened(struct bench *b, int *fd_out)
{
    struct node_presses *x;
    assert_ok(&b->p, paper_program(&b->p.t, program(b), fd_out));
    node_presses_open(&b->p.t, b->child.loop, *fd_out, &x);
    return x;
}

static void more_letters_than_places_are_all_printed(void **state)
{
    struct bench *b = *state;
    int fd;
    struct node_presses *x = opened(b, &fd);
    for (int k = 0; k < LETTERS; k++)
        node_presses_print(x, letter(b->p.a, "What is asked."), on_done, b);
    until(b, LETTERS);
    assert_int_equal(b->faults, 0);
    node_presses_close(x);
    close(fd);
}

static void one_that_is_none_is_refused_and_holds_nobody_up(void **state)
{
    struct bench *b = *state;
    int fd;
    struct node_presses *x = opened(b, &fd);
    node_presses_print(x, tree_map(b->p.a), on_done, b);
    assert_int_equal(b->faults, 1);
    node_presses_print(x, letter(b->p.a, "smile \xf0\x9f\x98\x80"), on_done, b);
    node_presses_print(x, letter(b->p.a, "fine"), on_done, b);
    until(b, 3);
    assert_int_equal(b->faults, 2);
    assert_string_equal(b->last_code, "no-glyph");
    node_presses_close(x);
    node_presses_close(NULL);
    close(fd);
}

static void too_many_are_told_so_and_an_end_tells_all(void **state)
{
    enum { ASKED = 64 };
    struct bench *b = *state;
    int fd;
    struct node_presses *x = opened(b, &fd);
    for (int k = 0; k < ASKED; k++) node_presses_print(x, letter(b->p.a, "text"), on_done, b);
    assert_true(b->faults > 0 && b->faults < ASKED && b->pdfs == 0);
    assert_string_equal(b->last_code, "paper-waiting");
    node_presses_close(x);
    assert_int_equal(b->faults, ASKED);
    assert_string_equal(b->last_code, "stopping");
    node_presses_print(x, letter(b->p.a, "text"), on_done, b);
    assert_int_equal(b->faults, ASKED + 1);
    close(fd);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no program is left */
}

/* ---- the process ----------------------------------------------------------------------------- */

struct born {
    struct node_plan plan;
    struct node_child child;
};

static void be_born(void *ctx)
{
    struct born *x = ctx;
    node_child_run(&x->child);
}

static void the_printer_prints_within_its_row(void **state)
{
    struct bench *b = *state;
    int link[2], control[2], pid, status;
    struct born x = {.plan = {.press = program(b), .uid_base = NODE_UID_BASE},
                     .child = {.self = GUARD_PRINTER, .keeper = -1}};
    struct node_line *line;
    struct node_line_options o = {
        .child = &b->child, .to = GUARD_PRINTER, .crashed = {ERR_INTERNAL, "ended", "", "", "."}};
    assert_ok(&b->p, guard_probe(&b->p.t, &x.plan.ground));
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, link), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control), 0);
    for (int k = 0; k < GUARD_PROCESSES; k++) x.child.fresh[k] = -1;
    x.child.fresh[GUARD_FRONT_OFFICERS] = link[1];
    x.child.control = control[1];
    x.child.plan = &x.plan;
    int keep[] = {link[1], control[1]};
    assert_ok(&b->p, guard_spawn(&b->p.t, keep, 2, be_born, &x, &pid));
    close(link[1]);
    close(control[1]);
    assert_ok(&b->p, node_line_open(&b->p.t, &o, &line));
    assert_ok(&b->p, node_line_linked(line, &b->p.t, link[0]));
    const char *const texts[] = {"What is asked.", "smile \xf0\x9f\x98\x80", "And again."};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        struct pack q = {.head = tree_map(b->p.a)};
        tree_add_copy(b->p.a, (struct tree *)(uintptr_t)q.head, "letter", letter(b->p.a, texts[k]));
        node_line_ask(line, &q, on_answer, b);
    }
    until(b, 3);
    assert_int_equal(b->pdfs, 2);
    assert_string_equal(b->last_code, "no-glyph");
    node_line_close(line);
    close(control[0]); /* its broker is gone, so it ends */
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int test_press(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(more_letters_than_places_are_all_printed, up, down),
        cmocka_unit_test_setup_teardown(one_that_is_none_is_refused_and_holds_nobody_up, up, down),
        cmocka_unit_test_setup_teardown(too_many_are_told_so_and_an_end_tells_all, up, down),
        cmocka_unit_test_setup_teardown(the_printer_prints_within_its_row, up, down),
    };
    return cmocka_run_group_tests_name("press", tests, NULL, NULL);
}
