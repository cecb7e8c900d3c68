/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_LOAD_H
#define COMITY_LAW_LOAD_H
/* What load.c and load_act.c share. Inside law only. */

#include "law/expand.h"
#include "law/inner.h"

struct law_loading {
    struct turn *t;
    const struct str *paths; /* as law_row_fail wants them */
    size_t paths_n;
    struct law_kind *kind;
};

MUST err law_particulars_load(struct law_loading *l, const struct tree *rows,
                              struct law_particular *out);
MUST err law_act_load(struct law_loading *l, const struct tree *row, struct law_row *out);
/* The row's `when`, checked; LAW_COND_NONE without one. */
MUST err law_when_load(struct law_loading *l, const struct tree *row, struct law_cond *out);
/* The same of another key. */
MUST err law_when_load_of(struct law_loading *l, const struct tree *row, const char *key,
                          struct law_cond *out);
/* Room for as many as there are rows, at least one. */
void *law_rows_take(struct turn *t, const struct tree *rows, size_t size, size_t *n_out);
struct str *law_words_load(struct turn *t, const struct tree *words, size_t *n_out);

#endif
