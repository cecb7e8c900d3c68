/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_TEST_H
#define COMITY_LAW_TEST_H
/* What the tests of law share: the embedded tables, two States' authorities, and a dossier that
 * acts are done in. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "law/inner.h"

/* 2026-11-24T03:07:14.123Z */
#define NOON INT64_C(1795489634123)
#define MINUTE INT64_C(60000)

struct kit {
    struct turn t;
    const struct law_tables *l;
};
int kit_up(void **state);
int kit_down(void **state);
#define with_kit(test) cmocka_unit_test_setup_teardown(test, kit_up, kit_down)

/* A dossier as both nodes together hold it. */
enum { DOSSIER_MAX = 24 };
struct dossier {
    struct law_entry author[DOSSIER_MAX];   /* with the verdicts of their authors' nodes */
    struct law_entry receiver[DOSSIER_MAX]; /* with those of the nodes that received them */
    size_t n;
    int64_t count[3];
};

/* Norland's CSB asks, Meridia's DTS is asked; each holds both functions. */
struct law_who asking(void);
struct law_who asked(void);
struct law_who node_itself(void);

/* A map of names and values, ended by NULL; "true" and "false" are flags. */
const struct tree *says(struct kit *k, const char *name, ...) __attribute__((sentinel));
/* All that 42(3) asks for; `without` leaves one out, NULL leaves none. */
const struct tree *request(struct kit *k, const char *without);
/* A whole request with one value put in or replaced. */
const struct tree *request_with(struct kit *k, const char *name, const char *value);

struct law_act act_of(enum law_stream stream, const char *act, const struct tree *particulars);
/* The state one side sees that has `seen` acts of the other. */
struct law_state view(struct kit *k, const struct dossier *d, enum law_stream side, int64_t seen);
/* The side does the act, having seen so many of the other's; it must be allowed. */
void does(struct kit *k, struct dossier *d, enum law_stream stream, const char *act, int64_t seen,
          const struct tree *particulars);
/* The same for what the tables would not allow: only recorded. */
void records(struct kit *k, struct dossier *d, enum law_stream stream, const char *act,
             int64_t seen, const struct tree *particulars);
/* A dossier driven to a state by the shortest way. */
struct dossier dossier_in(struct kit *k, const char *state);
struct law_state folded(struct kit *k, const struct dossier *d);

/* The whole state as one canonical text; effects stand by stream and number. */
struct str state_text(struct arena *a, const struct law_entry *entries, size_t n,
                      const struct law_state *s);

/* Decides, expects the fault, and forgets it. */
void refuses(struct kit *k, const struct law_state *s, struct law_who who, struct law_act act,
             err expected, const char *code, const char *article, const char *particular);
void allows(struct kit *k, const struct law_state *s, struct law_who who, struct law_act act,
            struct law_verdict *out);
bool remarked(const struct law_remark *r, const char *code, const char *article,
              const char *particular);

/* Loads the embedded files with one replaced, or added, by this text. */
err load_with(struct kit *k, const char *path, struct str text, const struct law_tables **out);
/* The text of an embedded file with one piece replaced by another; the piece must be there. */
struct str edited(struct kit *k, const char *path, const char *piece, const char *by);

/* The small fixture: broken by replacing one piece by another, it must be refused at this place
 * ("instruments/small.yaml:12:5") with a sentence that has these words. */
struct breakage {
    const char *piece, *by, *place, *says;
};
struct str small_instrument(struct kit *k);
struct str small_state(struct kit *k);
err load_small(struct kit *k, struct str instrument, struct str state,
               const struct law_tables **out);
void breaks(struct kit *k, const struct breakage *rows, size_t n);

static inline void assert_text(struct str s, const char *expected)
{
    auto_arena a = arena_new();
    assert_string_equal(str_c(a, s), expected);
}

int bases_tests(void);
int calendars_tests(void);
int changes_tests(void);
int clocks_tests(void);
int cond_tests(void);
int coverage_tests(void);
int dates_tests(void);
int days_tests(void);
int decide_tests(void);
int preflight_tests(void);
int worksheet_tests(void);
int expand_tests(void);
int explain_tests(void);
int fold_tests(void);
int fuzz_tests(void);
int guards_tests(void);
int index_tests(void);
int judge_tests(void);
int kinds_tests(void);
int link_tests(void);
int linked_tests(void);
int load_tests(void);
int look_tests(void);
int mutated_tests(void);
int options_tests(void);
int particulars_tests(void);
int properties_tests(void);
int record_tests(void);
int said_tests(void);
int schema_tests(void);
int sense_tests(void);
int shape_tests(void);
int src_tests(void);
int tables_tests(void);
int treaty_tests(void);
int verdict_tests(void);

#endif
