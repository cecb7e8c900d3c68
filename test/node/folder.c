/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of a test, made and removed. */

#include "node_test.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

void place_make(struct place *p)
{
    p->a = arena_new();
    p->t = (struct turn){.arena = p->a, .clock = &node_clock, .chance = &node_chance};
    char *dir = arena_take(p->a, 64);
    snprintf(dir, 64, "/tmp/comity-node-XXXXXX");
    assert_non_null(mkdtemp(dir));
    p->dir = dir;
}

static int drop(const char *path, const struct stat *st, int what, struct FTW *at)
{
    (void)st, (void)what, (void)at;
    return remove(path);
}

void place_end(struct place *p)
{
    char dir[64];
    snprintf(dir, sizeof dir, "%s", p->dir);
    arena_free(p->a);
    enum { OPEN_MAX_DIRS = 16 };
    (void)nftw(dir, drop, OPEN_MAX_DIRS, FTW_DEPTH | FTW_PHYS);
}

const char *place_node(struct place *p, const char *name, const char *state, int64_t port)
{
    const char *dir = node_path(p->a, p->dir, name);
    struct cli_init o = {.state = str_of(state), .port = port};
    const struct tree *view;
    assert_ok(p, node_init(&p->t, dir, &o, &view));
    return dir;
}
