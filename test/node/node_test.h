/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_NODE_TEST_H
#define COMITY_NODE_TEST_H
/* The tests of this folder, one list a file, and what they share: folders that go away again. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/codec.h"
#include "node/internal.h"

#define TESTS(name) int name(void)
TESTS(test_system);
TESTS(test_config);
TESTS(test_database);
TESTS(test_carry);
TESTS(test_keeper);
TESTS(test_init);
TESTS(test_serve);
TESTS(test_line);
TESTS(test_part_keeper);
TESTS(test_door);
TESTS(test_press);
TESTS(test_mail);
TESTS(test_restore);

/* A turn of its own and a fresh folder, for one test. */
struct place {
    struct arena *a;
    struct turn t;
    const char *dir; /* exists, is empty */
};
void place_make(struct place *p);
/* Closes what was opened in the turn, and removes the folder with all in it. */
void place_end(struct place *p);
/* Runs init in `dir`/`name` and answers that folder. */
const char *place_node(struct place *p, const char *name, const char *state, int64_t port);

#define assert_ok(p, call)                                                                         \
    do {                                                                                           \
        turn_forgive(&(p)->t);                                                                     \
        if ((call) != ERR_OK)                                                                      \
            fail_msg("%s: %s [%s]", (p)->t.fault.code, (p)->t.fault.sentence,                      \
                     (p)->t.fault.article);                                                        \
    } while (0)
#define assert_err(p, want, code_, call)                                                           \
    do {                                                                                           \
        turn_forgive(&(p)->t);                                                                     \
        assert_int_equal((call), want);                                                            \
        assert_string_equal((p)->t.fault.code, code_);                                             \
    } while (0)
#define assert_str(is, want)                                                                       \
    do {                                                                                           \
        struct str is_ = (is);                                                                     \
        if (!str_is(is_, want)) fail_msg("\"" STR_FMT "\", not \"%s\"", STR_ARG(is_), want);       \
    } while (0)

#endif
