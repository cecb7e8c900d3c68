/* SPDX-License-Identifier: Apache-2.0 */
/* Starting the program, its end, its complaints; with src/paper/main.c as it is run. */

#include "paper_test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static err started(struct turn *t, const struct tree *letter, struct paper_press **out)
{
    int fd;
    try(paper_program(t, program(t), &fd));
    err e = paper_press_start(t, fd, letter, out);
    close(fd);
    return e;
}

static void its_end_is_one_event_and_the_pdf_is_there(void **state)
{
    struct turn *t = *state;
    struct paper_press *p;
    struct bytes pdf = {0};
    assert_int_equal(started(t, document(t, "az"), &p), ERR_OK);
    assert_fault(t, paper_press_take(t, p, &pdf), ERR_BUSY, "paper-works", "");
    struct pollfd end = {.fd = paper_press_fd(p), .events = POLLIN};
    assert_int_equal(poll(&end, 1, 60000), 1);
    assert_int_equal(paper_press_take(t, p, &pdf), ERR_OK);
    assert_memory_equal(pdf.p, "%PDF-1.5", 8);
    paper_press_free(p);
}

static void one_that_is_given_up_ends_at_once(void **state)
{
    struct turn *t = *state;
    struct paper_press *p;
    assert_int_equal(started(t, document(t, "en-long"), &p), ERR_OK);
    paper_press_free(p);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    struct bytes pdf;
    assert_fault(t, paper_press(t, program(t), document(t, "en-long"), 0, &pdf), ERR_BUSY,
                 "paper-slow", "");
    paper_press_free(NULL);
}

static void what_cannot_be_started_is_said(void **state)
{
    struct turn *t = *state;
    struct bytes pdf;
    assert_fault(t, paper_press(t, "/nowhere/comity-paper", small(t), 1000, &pdf), ERR_NONE_SUCH,
                 "paper-program", "");
    assert_fault(t, paper_press(t, program(t), tree_list(t->arena), 1000, &pdf), ERR_REJECTED,
                 "paper-shape", "");
}

static void a_letter_no_font_has_is_refused_with_its_place(void **state)
{
    struct turn *t = *state;
    struct tree *d = small(t);
    struct bytes pdf;
    tree_add_str(t->arena, block(t, d, "para"), "text", STR("fine"));
    tree_add_str(t->arena, block(t, d, "para"), "text", STR("smile \xf0\x9f\x98\x80"));
    err e = paper_press(t, program(t), d, 60000, &pdf);
    assert_true(strstr(t->fault.sentence, "U+1F600") != NULL);
    assert_fault(t, e, ERR_REJECTED, "no-glyph", "blocks.1");
}

static void too_many_pages_are_refused(void **state)
{
    struct turn *t = *state;
    struct tree *d = small(t);
    struct bytes pdf;
    for (int i = 0; i < PAPER_PAGES_MAX; i++) {
        block(t, d, "page");
        block(t, d, "rule");
    }
    assert_fault(t, paper_press(t, program(t), d, 60000, &pdf), ERR_TOO_LARGE, "paper-pages", "");
}

/* A program of a few lines in place of ours. */
static const char *script(struct turn *t, const char *body)
{
    const char *path = str_printf(t->arena, "/tmp/comity-press-%d%c", (int)getpid(), 0).p;
    struct str text = str_printf(t->arena, "#!/bin/sh\n%s\n", body);
    unlink(path);
    assert_int_equal(file_write(t, path, str_bytes(text), 0700), ERR_OK);
    return path;
}

static void a_program_that_misbehaves_is_not_believed(void **state)
{
    struct turn *t = *state;
    static const struct {
        const char *body, *code;
    } rows[] = {
        {"exit 0", "paper-answer"},
        {"echo this is no document of any kind", "paper-answer"},
        {"echo '%PDF-1.5 and more'; exit 3", "paper-ended"},
        {"kill -9 $$", "paper-ended"},
        {"printf 'err: rejected\\ncode: \\nsentence: x\\n' >&2; exit 8", "paper-ended"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes pdf;
        const char *path = script(t, rows[i].body);
        assert_fault(t, paper_press(t, path, small(t), 60000, &pdf), ERR_INTERNAL, rows[i].code,
                     "");
        unlink(path);
    }
}

static void nothing_of_ours_goes_along(void **state)
{
    struct turn *t = *state;
    struct bytes pdf;
    int open_here = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
    signal(SIGPIPE, SIG_IGN);
    const char *path = script(t, "ls /proc/self/fd | wc -l | tr -d '\\n' >/tmp/comity-press-fds; "
                                 "grep SigIgn /proc/self/status >>/tmp/comity-press-fds; "
                                 "echo \"[$HOME$BUILD]\" >>/tmp/comity-press-fds; "
                                 "echo x >&0 2>/dev/null || echo sealed >>/tmp/comity-press-fds");
    assert_fault(t, paper_press(t, path, small(t), 60000, &pdf), ERR_INTERNAL, "paper-answer", "");
    signal(SIGPIPE, SIG_DFL);
    close(open_here);
    assert_int_equal(file_read(t, "/tmp/comity-press-fds", 4096, &pdf), ERR_OK);
    unlink(path);
    unlink("/tmp/comity-press-fds");
    /* Standard three, the program itself, and the folder that ls reads. */
    struct str got = bytes_str(pdf);
    assert_true(str_starts(got, "5SigIgn"));
    assert_true(contains(got, "0000000\n[]\nsealed\n"));
}

static void another_use_of_the_program_is_told_how(void **state)
{
    struct turn *t = *state;
    const char *line = str_printf(t->arena, "%s --help 2>&1%c", program(t), 0).p;
    FILE *from = popen(line, "r");
    char text[256] = "";
    assert_non_null(fgets(text, sizeof text, from));
    assert_int_equal(WEXITSTATUS(pclose(from)), err_exit_code(ERR_USAGE));
    assert_true(strncmp(text, "usage: comity-paper", 19) == 0);
    line = str_printf(t->arena, "echo '{' | %s 2>&1%c", program(t), 0).p;
    from = popen(line, "r");
    int lines = 0;
    while (fgets(text, sizeof text, from)) lines++;
    assert_int_equal(WEXITSTATUS(pclose(from)), err_exit_code(ERR_REJECTED));
    assert_int_equal(lines, 6);
}

int press_tests(void)
{
    const struct CMUnitTest tests[] = {
        with_turn(its_end_is_one_event_and_the_pdf_is_there),
        with_turn(one_that_is_given_up_ends_at_once),
        with_turn(what_cannot_be_started_is_said),
        with_turn(a_letter_no_font_has_is_refused_with_its_place),
        with_turn(too_many_pages_are_refused),
        with_turn(a_program_that_misbehaves_is_not_believed),
        with_turn(nothing_of_ours_goes_along),
        with_turn(another_use_of_the_program_is_told_how),
    };
    return cmocka_run_group_tests_name("press", tests, NULL, NULL);
}
