/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_LINK_H
#define COMITY_LAW_LINK_H
/* What link.c and link_act.c share. Inside law only. */

#include "law/expand.h"
#include "law/inner.h"

struct law_linking {
    struct turn *t;
    const struct law_tables *l;
    const struct law_instrument *i;
    const struct str *paths; /* as law_row_fail wants them */
    size_t paths_n;
    const struct law_index *articles; /* of the instrument looked at */
};

/* Is there a row of the list with this name under `key`? */
bool law_row_there(const struct tree *rows, const char *key, struct str name);
MUST err law_link_expected(struct law_linking *k, const struct tree *at, const char *key,
                           struct str name, const char *of);
/* Each word of `names` is `also`, or a row of `rows` by `key`. */
MUST err law_link_names(struct law_linking *k, const struct tree *names, const struct tree *rows,
                        const char *key, const char *of, const char *also);
/* What a condition about a request asks for is there to be asked (link_act.c). */
MUST err law_link_cond(struct law_linking *k, const struct law_kind *kind, const struct law_cond *c,
                       const struct tree *at);
/* All acts of the kind, its conditions, and the ways between its states (link_act.c). */
MUST err law_link_lifecycle(struct law_linking *k, const struct law_kind *kind);

/* Is it one of the clocks that the act starts (link_act.c)? */
bool law_row_starts(const struct law_row *r, const struct law_clock_row *c);

/* What it compares with can be said (link_value.c). */
MUST err law_link_value(struct law_linking *k, const struct law_kind *kind, const struct law_row *r,
                        const struct law_cond *c);
/* What rows must say together so that each does its work (link_sense.c). */
MUST err law_link_sense(struct law_linking *k, const struct law_kind *kind);
/* A State's file, and whose law the instrument is (link_state.c). */
MUST err law_link_state(struct law_linking *k, const struct law_state_row *s);
MUST err law_link_layer(struct law_linking *k);

#endif
