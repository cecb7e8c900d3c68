/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_PAPER_TEST_H
#define COMITY_PAPER_TEST_H
/* What the tests of paper share: documents read from test/paper/document, the program under test,
 * and what poppler says about a PDF. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "paper/paper.h"

#include <string.h>

int document_tests(void);
int pdf_tests(void);
int press_tests(void);
int sandbox_tests(void);
int text_tests(void);

int turn_up(void **state);
int turn_down(void **state);
#define with_turn(test) cmocka_unit_test_setup_teardown(test, turn_up, turn_down)

/* build/test/comity-paper. */
const char *program(struct turn *t);
/* test/paper/document/NAME.json. */
struct tree *document(struct turn *t, const char *name);
/* The smallest document, to which blocks are added. */
struct tree *small(struct turn *t);
struct tree *block(struct turn *t, struct tree *document, const char *kind);
/* Fails unless it is printed. */
struct bytes printed(struct turn *t, const struct tree *document);
/* What `command -` writes when it is given the PDF: "pdftotext -raw FILE -" as "pdftotext -raw". */
struct str said(struct turn *t, const char *command, struct bytes pdf);
bool contains(struct str text, const char *what);
size_t count_of(struct str text, const char *what);
void assert_fault(struct turn *t, err got, err e, const char *code, const char *at);

#endif
