/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_SEAL_TEST_H
#define COMITY_SEAL_TEST_H
/* What the tests of seal share: a turn with seeded chance, holders of keys and certificates, and
 * the openssl command as a second opinion. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "seal/seal.h"
#include "seal/inner.h"

/* Each runs its group and returns how many failed. */
int cert_tests(void);
int cms_tests(void);
int der_tests(void);
int digest_tests(void);
int ed25519_tests(void);
int envelope_tests(void);
int fake_tests(void);
int fuzz_tests(void);
int key_tests(void);
int lock_tests(void);
int low_tests(void);
int mail_tests(void);
int manifest_tests(void);
int parcel_tests(void);
int passkey_tests(void);
int peer_tests(void);
int pem_tests(void);
int segment_tests(void);
int suite_tests(void);
int tls_tests(void);

int turn_up(void **state);
int turn_down(void **state);
#define with_turn(test) cmocka_unit_test_setup_teardown(test, turn_up, turn_down)
/* Starts the chance of the turn anew from a seed. */
void reseed(struct turn *t, uint64_t seed);

/* 2026-01-01, 2026-11-24 and 2036-01-01: begin, today and end of the holders' certificates. */
#define FROM_MS INT64_C(1767225600000)
#define NOW_MS INT64_C(1795500000000)
#define TO_MS INT64_C(2082758400000)

/* A key and its certificate; the key goes with the turn. */
struct holder {
    struct seal_key *key;
    struct bytes der;
};
struct holder root_of(struct turn *t, const char *state, bool training);
struct holder holder_of(struct turn *t, const struct holder *root, const char *address,
                        enum seal_role role);

struct bytes from_hex(struct turn *t, const char *text);
void assert_bytes(struct bytes b, struct bytes expected);
void assert_hex(struct bytes b, const char *expected);
void assert_text(struct str s, const char *expected);
/* Asserts a fault; the turn forgives it. `code` or `article` may be NULL. */
void assert_fault(struct turn *t, err got, err e, const char *code, const char *article);
#define assert_ok(t, call)                                                                         \
    do {                                                                                           \
        if ((call) != ERR_OK) fail_msg("%s: %s", #call, (t)->fault.sentence);                      \
    } while (0)

/* A folder of one's own, removed with the turn. */
const char *folder_of(struct turn *t);
void put_file(struct turn *t, const char *folder, const char *name, struct bytes data);
void put_pem(struct turn *t, const char *folder, const char *name, struct bytes der);
void put_key(struct turn *t, const char *folder, const char *name, const struct seal_key *k);
struct bytes get_file(struct turn *t, const char *folder, const char *name);
/* Runs openssl in the folder, its words to the file `said`; true when it answers with success. */
bool openssl(struct turn *t, const char *folder, const char *arguments);

#endif
