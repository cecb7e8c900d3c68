/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_SIM_WRAP_H
#define COMITY_SIM_WRAP_H
/* What the linker puts in the place of functions of the product (ld --wrap): __wrap_x is called
 * where x was, and __real_x is x. fake.c has what would only cost time, mutant.c what is broken on
 * purpose. meson.build names them. */

#include "sim/inner.h"
#include "store/store.h"

err __wrap_seal_cert_issue(struct turn *t, const struct seal_cert *says, struct str organisation,
                           const struct seal_key *key, const struct seal_key *issuer,
                           struct bytes issuer_der, struct bytes *der_out);
err __wrap_seal_cert_read(struct turn *t, struct bytes der, struct seal_cert *out);
err __wrap_seal_cert_check(struct turn *t, struct bytes der, struct bytes root_der,
                           enum seal_role role, int64_t at_ms);
void __wrap_seal_ed25519_public(const uint8_t seed[32], uint8_t public_out[32]);
void __wrap_seal_ed25519_sign(const uint8_t seed[32], struct bytes message,
                              uint8_t signature_out[64]);
bool __wrap_seal_ed25519_holds(const uint8_t key[32], struct bytes message,
                               const uint8_t signature[64]);
err __wrap_seal_stretch(struct turn *t, struct bytes what, struct bytes salt, uint8_t *out,
                        size_t n);
err __wrap_law_load(struct turn *t, const struct law_file *files, size_t n,
                    const struct law_tables **out);
err __real_law_load(struct turn *t, const struct law_file *files, size_t n,
                    const struct law_tables **out);
struct str __wrap_law_tables_pack(struct arena *a, const struct law_file *files, size_t n);
void __wrap_log_event(int64_t now_ms, const char *level, const char *event, ...);
err __wrap_ledger_consistency(struct turn *t, const struct ledger_source *s, uint64_t old,
                              uint64_t size, struct ledger_proof *out);
err __real_ledger_consistency(struct turn *t, const struct ledger_source *s, uint64_t old,
                              uint64_t size, struct ledger_proof *out);
err __wrap_desk_heads_agree(struct desk *d, struct turn *t);
err __real_desk_heads_agree(struct desk *d, struct turn *t);
err __wrap_receipt_head(struct turn *t, struct bytes answer, struct str vkey, struct str *note_out);
err __real_receipt_head(struct turn *t, struct bytes answer, struct str vkey, struct str *note_out);
err __wrap_desk_head_take(struct desk *d, struct desk_turn *dt, struct str address,
                          struct str head_note, const struct ledger_checkpoint *head);
err __real_desk_head_take(struct desk *d, struct desk_turn *dt, struct str address,
                          struct str head_note, const struct ledger_checkpoint *head);
err __wrap_desk_record(struct desk *d, struct turn *t, struct store_record *r);
err __real_desk_record(struct desk *d, struct turn *t, struct store_record *r);
err __wrap_desk_do_ADOPT(struct desk *d, struct desk_turn *dt);
err __real_desk_do_ADOPT(struct desk *d, struct desk_turn *dt);
err __wrap_desk_line_whole(struct desk *d, struct turn *t, struct str ours, struct str peer,
                           bool *out);
err __real_desk_line_whole(struct desk *d, struct turn *t, struct str ours, struct str peer,
                           bool *out);
err __wrap_store_parcel_get(struct turn *t, struct store *s, const struct hash *digest,
                            struct store_parcel *out);
err __real_store_parcel_get(struct turn *t, struct store *s, const struct hash *digest,
                            struct store_parcel *out);
err __wrap_store_record_get(struct turn *t, struct store *s, const char *kind, struct bytes subject,
                            struct store_record *out);
err __real_store_record_get(struct turn *t, struct store *s, const char *kind, struct bytes subject,
                            struct store_record *out);
err __wrap_store_act_by_idem(struct turn *t, struct store *s, struct bytes idem,
                             struct store_act *out);
err __real_store_act_by_idem(struct turn *t, struct store *s, struct bytes idem,
                             struct store_act *out);
err __wrap_store_idem_get(struct turn *t, struct store *s, const struct hash *key, int64_t now_ms,
                          struct store_idem *out);
err __real_store_idem_get(struct turn *t, struct store *s, const struct hash *key, int64_t now_ms,
                          struct store_idem *out);
err __wrap_store_retry_set(struct turn *t, struct store *s, const struct store_outgoing *o);
err __real_store_retry_set(struct turn *t, struct store *s, const struct store_outgoing *o);
err __wrap_store_outgoing_due(struct turn *t, struct store *s, struct str stage, int64_t now_ms,
                              int64_t limit, struct store_outgoing **out, size_t *n_out);
err __real_store_outgoing_due(struct turn *t, struct store *s, struct str stage, int64_t now_ms,
                              int64_t limit, struct store_outgoing **out, size_t *n_out);
err __wrap_store_outgoing_get(struct turn *t, struct store *s, const struct id *act,
                              struct store_outgoing *out);
err __real_store_outgoing_get(struct turn *t, struct store *s, const struct id *act,
                              struct store_outgoing *out);
err __wrap_receipt_check(struct turn *t, const struct suite *suite, struct bytes answer,
                         const struct receipt_expect *x, struct receipt *out, struct bytes *cms_out,
                         struct ledger_checkpoint *checkpoint_out);
err __real_receipt_check(struct turn *t, const struct suite *suite, struct bytes answer,
                         const struct receipt_expect *x, struct receipt *out, struct bytes *cms_out,
                         struct ledger_checkpoint *checkpoint_out);
err __wrap_desk_jobs(struct desk *d, struct turn *t, int64_t now_ms, const struct id *busy,
                     size_t busy_n, size_t limit, struct desk_job **out, size_t *n_out);
err __real_desk_jobs(struct desk *d, struct turn *t, int64_t now_ms, const struct id *busy,
                     size_t busy_n, size_t limit, struct desk_job **out, size_t *n_out);
err __wrap_desk_do_RECEIPT(struct desk *d, struct desk_turn *dt);
err __real_desk_do_RECEIPT(struct desk *d, struct desk_turn *dt);
err __wrap_desk_peer_life(struct desk *d, struct turn *t, const struct desk_peer *peer,
                          int64_t *out);
err __real_desk_peer_life(struct desk *d, struct turn *t, const struct desk_peer *peer,
                          int64_t *out);
struct vault;
err __wrap_vault_open(struct turn *t, const char *folder, struct vault **out);
void __wrap_vault_close(struct vault *v);
err __wrap_vault_put(struct turn *t, struct vault *v, struct bytes sealed, struct hash *name_out);
err __wrap_vault_get(struct turn *t, struct vault *v, const struct hash *name, size_t limit,
                     struct bytes *out);
err __wrap_vault_each(struct turn *t, struct vault *v,
                      err (*each)(void *ctx, struct turn *t, const char *file,
                                  const struct hash *name),
                      void *ctx);
uint64_t __wrap_vault_syncs(const struct vault *v);

#endif
