/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_PROOF_TEST_H
#define COMITY_PROOF_TEST_H
/* What the tests of proof share: one group a file, two fictional States with real keys, and a
 * parcel of one to the other with its receipt, ready for export, to be bent by each test. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "proof/proof.h"
#include "proof/proof_internal.h"

/* Each runs its group and returns how many failed. */
int bare_tests(void);
int export_tests(void);
int field_tests(void);
int flip_tests(void);
int form_tests(void);
int fuzz_tests(void);
int inside_tests(void);
int leaf_tests(void);
int policy_tests(void);
int profile_tests(void);
int receipt_tests(void);
int summary_tests(void);
int tools_tests(void);
int trust_tests(void);
int verify_tests(void);
int view_tests(void);
int words_tests(void);

/* A turn with a clock that stands and chance from a seed. */
struct turn *kit_turn_new(void);
void kit_turn_free(struct turn *t);
int turn_up(void **state);
int turn_down(void **state);
#define with_turn(test) cmocka_unit_test_setup_teardown(test, turn_up, turn_down)

/* 2026-11-24T03:00:00Z, the time of the act; certificates hold a year around it. */
#define KIT_AT_MS INT64_C(1795489200000)
#define KIT_YEAR_MS (365 * DAY_MS)

/* A State with one authority and its node. */
struct state {
    const char *code, *address;
    struct seal_key *root_key, *seal_key, *open_key, *tls_key;
    struct bytes root_der, seal_der, open_der, tls_der;
    uint8_t log_seed[32];
    struct ledger_vkey log_key;
    struct profile profile;
    struct bytes profile_cms;
};

/* How a world differs from the plain one. */
struct bend {
    bool training; /* Norland's root is for training */
    bool no_receipt;
    bool no_function;   /* Norland's profile names another kind */
    int64_t seal_to_ms; /* end of Norland's seal certificate; 0: as usual */
    int64_t root_to_ms; /* of Norland's root */
    int64_t receipt_at_ms, export_at_ms;
    int64_t version, suite;     /* of act.json; 0: 1 */
    const char *act_to;         /* NULL: the other State's authority */
    const char *author_address; /* whose name stands in the author's certificate; NULL: his own */
    bool other_vkey;            /* Norland's profile names a key its log is not signed with */
};
struct world {
    struct turn *t;
    struct state norland, meridia;
    struct bytes act, carriage, parcel, signature;
    struct zip_entry entries[4];
    size_t entries_n;
    struct receipt receipt;
    struct str answer;
    struct proof_export x; /* what Norland exports of its own act */
    struct bytes container;
};
/* The plain world, or a bent one; `container` is the export when `exported`. */
struct world *world_new(struct turn *t, const struct bend *bend, bool exported);
int world_up(void **state);
int world_down(void **state);
#define with_world(test) cmocka_unit_test_setup_teardown(test, world_up, world_down)

/* Norland's seal as the hook of proof_export. */
err kit_sign(void *state, struct turn *t, struct bytes content, struct bytes *cms_out);
/* The State's profile, signed anew. */
struct bytes kit_profile_sign(struct turn *t, const struct state *s, const struct profile *p);
/* A profile of Norland that names only another of its authorities, with certificates for it. */
struct bytes kit_profile_of(struct world *w, const char *address);
/* A leaf that opens `open` at `index` of a log of `size`, headed by the State's key. */
struct proof_leaf kit_leaf(struct turn *t, const struct state *s, struct bytes open, int64_t index,
                           size_t size);
struct bytes kit_answer(struct world *w, const struct state *by, const struct receipt *r);

/* The export's entries and seals, to be altered and then sealed again by its own exporter: a forger
 * who holds a seal. */
struct forge {
    struct world *w;
    struct zip_entry entries[32];
    size_t n;
    struct parcel_seal first, second;
};
struct forge *forge_new(struct world *w);
struct zip_entry *forge_entry(struct forge *f, const char *name);
void forge_drop(struct forge *f, const char *name);
void forge_put(struct forge *f, const char *name, struct bytes data);
void forge_swap(struct forge *f, const char *one, const char *two);
/* Signs what stands there anew, or leaves the seals as they were. */
struct bytes forge_seal(struct forge *f);
struct bytes forge_leave(const struct forge *f);
/* `json` with one member of the map at the dotted path set to text, number or nothing. */
struct bytes forge_text(struct forge *f, struct bytes json, const char *key, const char *value);
struct bytes forge_int(struct forge *f, struct bytes json, const char *key, int64_t value);

/* The verdict against both roots. */
struct proof_verdict kit_verify(struct world *w, struct bytes container);
/* Requires a remark of this code (and entry, unless NULL) in the list. */
void assert_remark(const struct proof_remark *list, const char *code, const char *entry);
void assert_no_remarks(const struct proof_remark *list);
/* Not sound, and the remark says so. */
void assert_unsound(struct world *w, struct bytes container, const char *code, const char *entry);

void assert_text(struct str s, const char *expected);
/* Requires the failure with this code, and forgets it. */
void assert_fault(struct turn *t, err is, err expected, const char *code);
/* A new stretch of pseudo-random numbers. */
uint64_t kit_random(uint64_t *state);

#endif
