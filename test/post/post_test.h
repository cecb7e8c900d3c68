/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_POST_TEST_H
#define COMITY_POST_TEST_H
/* The tests of this folder, one list a file, and what they share. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/fake_suite.h"
#include "kit/rig.h"
#include "law/law.h"

#define TESTS(name) int name(void)
TESTS(test_reader);
TESTS(test_form);
TESTS(test_intake);
TESTS(test_post);
TESTS(test_http);
TESTS(test_mail);
TESTS(test_lines);
TESTS(test_carried);
TESTS(test_polling);
TESTS(test_mailbox);
TESTS(test_heads);
TESTS(test_refused);
TESTS(test_segments);
TESTS(test_back);

/* A world of `n` nodes with their posts; `suite_fake` is quick, `suite_1` is the real one. */
static inline void rig_up(struct rig *r, int n, uint64_t seed, const struct suite *suite)
{
    memset(r, 0, sizeof *r);
    world_open(&r->w, n, seed, suite, NULL);
    rig_open(r);
}
/* The same with authorities that hold more functions than those of a contact point. */
static inline void rig_up_all(struct rig *r, int n, uint64_t seed, struct arena *a)
{
    struct law_file *law = arena_take_many(a, law_embedded_n, sizeof *law);
    memcpy(law, law_embedded, law_embedded_n * sizeof *law);
    memset(r, 0, sizeof *r);
    world_open_law(&r->w, n, seed, &suite_fake, law, law_embedded_n);
    rig_open(r);
}
static inline void rig_down(struct rig *r)
{
    rig_close(r);
    world_close(&r->w);
}
/* A view of a node, by action. */
static inline const struct tree *view_of(struct world_node *n, struct arena *a,
                                         enum desk_action action, const struct tree *args)
{
    const struct tree *v = NULL;
    err e = world_do(n, a, action, args, &v);
    if (e != ERR_OK) fail_msg("%s: %s", desk_action_word(action), n->world->fault.sentence);
    return v;
}
static inline const struct tree *incidents_of(struct world_node *n, struct arena *a)
{
    return tree_get(view_of(n, a, DESK_STATUS, NULL), "incidents");
}
/* The level of the first act of a dossier. */
static inline struct str level_of(struct world_node *n, struct arena *a, struct str ref)
{
    struct tree *args = tree_map(a);
    tree_add_str(a, args, "ref", ref);
    return tree_str(tree_get(view_of(n, a, DESK_SHOW, args), "acts")->child, "level");
}
#define assert_str(is, want)                                                                       \
    do {                                                                                           \
        struct str is_ = (is);                                                                     \
        if (!str_is(is_, want)) fail_msg("\"" STR_FMT "\", not \"%s\"", STR_ARG(is_), want);       \
    } while (0)

#endif
