/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DESK_TEST_H
#define COMITY_DESK_TEST_H
/* The tests of this folder, one list a file, and what they share. The desk's files work together,
 * so its tests follow what is done rather than files:
 *
 *   test_story     src/desk/draft.c src/desk/deed.c src/desk/act.c src/desk/send.c
 *                  src/desk/receive.c
 *                  src/desk/case.c src/desk/view.c src/desk/export.c src/desk/known.c
 *   test_level     src/desk/level.c
 *   test_refusals  src/desk/deed.c src/desk/draft.c src/desk/house.c
 *   test_exhibit   src/desk/exhibit.c src/desk/arriving.c src/desk/upload.c
 *   test_room      src/desk/room.c
 *   test_order     src/desk/receive.c src/desk/send.c src/desk/case.c
 *   test_random    src/desk/project.c src/desk/replay.c src/desk/check.c
 *   test_group     src/desk/desk.c
 *   test_people    src/desk/people.c src/desk/session.c src/desk/passkey.c src/desk/reads.c
 *   test_pages     src/desk/pages.c src/desk/paper.c src/desk/shown.c
 *   test_heads     src/desk/log.c
 *   test_register  src/desk/entry.c src/desk/filing.c src/desk/likely.c src/desk/slip.c
 *   test_carriage  src/desk/carriage.c src/desk/reach.c src/desk/carried.c src/desk/matter.c
 *                  src/desk/moved.c
 *   test_letter    src/desk/letter.c
 *   test_mail      src/desk/mail.c
 *   test_walls     src/desk/mail.c src/desk/view.c
 *   test_frame     src/desk/frame.c
 *   test_links     src/desk/links.c
 *   test_profile   src/desk/profile.c
 *   test_clocks    src/desk/clocks.c
 *   test_life      src/desk/life.c src/desk/reconcile.c src/desk/adopt.c
 *
 * What `fsck` names of what was altered by hand is in test/journey/fsck.py. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/fake_suite.h"
#include "kit/world.h"

#define TESTS(name) int name(void)
TESTS(test_story);
TESTS(test_refusals);
TESTS(test_order);
TESTS(test_room);
TESTS(test_random);
TESTS(test_group);
TESTS(test_level);
TESTS(test_people);
TESTS(test_pages);
TESTS(test_heads);
TESTS(test_exhibit);
TESTS(test_register);
TESTS(test_carriage);
TESTS(test_letter);
TESTS(test_mail);
TESTS(test_walls);
TESTS(test_frame);
TESTS(test_links);
TESTS(test_profile);
TESTS(test_clocks);
TESTS(test_life);

/* Requires ERR_OK, and prints the fault otherwise. */
#define assert_ok(w, call)                                                                         \
    do {                                                                                           \
        err got_ = (call);                                                                         \
        if (got_ != ERR_OK)                                                                        \
            fail_msg("%s: %s [%s]", (w)->fault.code, (w)->fault.sentence, (w)->fault.article);     \
    } while (0)
#define assert_text(tree, key, want)                                                               \
    do {                                                                                           \
        struct str got_ = tree_str(tree, key);                                                     \
        if (!str_is(got_, want))                                                                   \
            fail_msg("%s is \"" STR_FMT "\", not \"%s\"", key, STR_ARG(got_), want);               \
    } while (0)

/* SHOW of a dossier by our ref or theirs. */
static inline const struct tree *show(struct world_node *n, struct arena *a, struct str ref)
{
    const struct tree *view = NULL;
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "ref", ref);
    err e = world_do(n, a, DESK_SHOW, args, &view);
    if (e != ERR_OK) fail_msg("show: %s", n->world->fault.sentence);
    return view;
}

/* What stands is what its permanent rows make again, whole and by the same law. */
static inline void stands_again(struct world_node *n, struct arena *a)
{
    const struct tree *v;
    assert_ok(n->world, world_do(n, a, DESK_REBUILD, NULL, NULL));
    assert_ok(n->world, world_fsck(n, a));
    assert_ok(n->world, world_do(n, a, DESK_REPLAY, NULL, &v));
    assert_int_equal(tree_get(v, "differences")->count, 0);
}

#endif
