/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_TEST_LAW_PROPERTY_H
#define COMITY_TEST_LAW_PROPERTY_H
/* What the text demands whatever the tables say, looked at from outside the engine. A property
 * speaks of rows by what they do (the term that ends by itself, the act that names a dossier of
 * assistance), so that a kind or an act which comes later is asked as well. */

#include "walk.h"

enum property {
    KEPT_SIXTY_DAYS,
    HELD_DOES_NOT_EXPIRE,
    NO_DUAL_CRIMINALITY,
    NO_INCOMPLETENESS,
    REASONS_GIVEN,
    CONSULTED_FIRST,
    POSTPONED_AFTER,
    FORBIDDEN_NEVER,
    FUNCTION_HELD,
    END_STANDS,
    STATES_REACHED,
    STATES_LEFT,
    PROPERTIES_N
};
extern const char *const property_says[PROPERTIES_N];

struct property_count {
    size_t asked;   /* acts that concern it */
    size_t tempted; /* of them, acts that would break it if they were allowed */
    size_t allowed, refused;
    char broken[160]; /* by which act, first; empty: it holds */
};

enum { PROPERTY_STATES_MAX = 64 };
struct properties {
    struct property_count count[PROPERTIES_N];
    size_t acts;
    /* of the dossier */
    int64_t kept_from_ms; /* when its term began first; 0: not yet */
    bool held, consulted, talked;
    /* of the kind */
    bool reached[PROPERTY_STATES_MAX], left[PROPERTY_STATES_MAX];
};

/* The acts a clock brings about when data have been kept long enough; NULL where the kind keeps
 * nothing. */
const struct law_clock_row *kept_clock(const struct law_kind *k);
/* The act by which a dossier of assistance holds what is kept, or NULL. */
const struct law_row *holding_row(const struct law_kind *k);
/* What has to come before a refusal under 40(21); empty where the kind refuses nothing under it. */
struct str consulting_mark(const struct law_kind *k);
/* Is it a row that puts off under the instrument's article on postponement, until a day? */
bool is_postponement(const struct law_kind *k, const struct law_row *r);

/* Walks the kind that the walk began with, and counts its states. */
void properties_kind_walk(struct properties *p, struct walk *w, size_t acts);
/* Walks every kind until so many acts were tried. */
void properties_walk(struct properties *p, const struct law_tables *l, uint64_t seed, size_t acts);

#endif
