/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_PROOF_INTERNAL_H
#define COMITY_PROOF_INTERNAL_H
/* What the files of this module share: strict members of a JSON map, the bare form of a signature,
 * the names in an exported parcel, and the state of one verification. */

#include "proof/proof.h"

/* ---- members of a map ------------------------------------------------------------------------ */

/* One member a map must have. `may_lack`: it may be missing. */
struct field {
    const char *key;
    enum tree_kind kind;
    bool may_lack;
};
/* Requires that `map` is a map with these members and kinds. With `closed`, no others. `article` is
 * the name of the format ("comity receipt 1"). ERR_REJECTED, code "form", naming the member. */
MUST err fields_require(struct turn *t, const struct tree *map, const struct field *fields,
                        size_t n, bool closed, const char *article);
#define FIELDS_REQUIRE(t, map, fields, closed, article)                                            \
    fields_require(t, map, fields, sizeof(fields) / sizeof *(fields), closed, article)
/* "XN/csb": two capital letters, a slash, lower-case letters, digits and hyphens. */
bool address_is_sound(struct str address);
/* Members whose text is a hash or base64; ERR_REJECTED as above. */
MUST err field_hash(struct turn *t, const struct tree *map, const char *key, const char *article,
                    struct hash *out);
MUST err field_base64(struct turn *t, const struct tree *map, const char *key, const char *article,
                      struct bytes *out);

/* ---- signatures ------------------------------------------------------------------------------ */

/* A signature without the certificates that export added: byte for byte what travelled. Walks DER
 * by itself and takes no other liberty (RFC 5652 5.1, X.690 10.1). ERR_REJECTED. */
MUST err signature_bare(struct turn *t, struct bytes cms, struct bytes *bare_out);

/* ---- names in an exported parcel ------------------------------------------------------------- */

#define ENTRY_ACT "act.json"
#define ENTRY_CARRIAGE "carriage.json"
#define ENTRY_DOCUMENTS "documents/"
#define ENTRY_AUTHOR_ROOT "proof/author-root.pem"
#define ENTRY_AUTHOR_PROFILE "proof/author-profile.p7m"
#define ENTRY_ROOT "proof/root.pem"
#define ENTRY_PROFILE "proof/profile.p7m"
#define ENTRY_LOG "proof/log.json"
#define ENTRY_RECEIPTS_ROOT "proof/receipts-root.pem"
#define ENTRY_RECEIPTS_PROFILE "proof/receipts-profile.p7m"
#define ENTRY_RECEIPTS_SEAL "proof/receipts-seal.pem"
#define ENTRY_MANIFEST_1 "META-INF/ASiCManifest001.xml"
#define ENTRY_MANIFEST_2 "META-INF/ASiCManifest002.xml"
#define ENTRY_SIGNATURE_1 "META-INF/signature001.p7s"
#define ENTRY_SIGNATURE_2 "META-INF/signature002.p7s"
struct str receipt_entry(struct arena *a, size_t number); /* "proof/receipt-001.json" */

/* ---- one verification ------------------------------------------------------------------------ */

/* A State that vouches for somebody in the container. */
struct party {
    const char *what; /* "author", "exporter", "receiver", for sentences */
    const char *root_entry, *profile_entry;
    const char *signature_entry, *manifest_entry; /* NULL for the receiver */
    bool has_root, has_profile, has_signer;       /* read, and held */
    struct bytes root_der, signer_der;
    struct seal_cert root, signer;
    struct profile profile;
    struct seal_cms_facts facts;
    struct bytes bare; /* signature as it travelled; empty when broken */
};
struct inspection {
    struct turn *t;
    struct proof_verdict *v;
    struct bytes container;
    struct parcel p;
    struct party author, exporter, receiver;
    struct bytes act_json;
    const struct tree *act, *carriage; /* NULL when unreadable */
    struct str from, to;               /* of the act */
    const struct zip_entry **receipts; /* the answers found */
    size_t receipts_n;
    int64_t receipt_at_ms; /* earliest; 0 without one */
    bool is_held;          /* a receipt says that the receiver took the act */
    bool is_proven;        /* whoever signed the receipts leads to a root the reader holds */
    struct proof_leaf log;
    struct str by; /* exporter, as log.json says */
    int64_t export_at_ms;
};
/* Adds a remark to one of the verdict's lists; beyond PROOF_REMARKS_MAX it is dropped. */
void remark(struct inspection *i, struct proof_remark **list, const char *code, const char *article,
            struct str entry, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* The same from the turn's fault, which is forgiven. An empty `entry` takes the fault's particular.
 * */
void remark_fault(struct inspection *i, struct proof_remark **list, struct str entry);

/* The steps, in order. Each adds remarks and goes on as far as it can. */
void inspect_form(struct inspection *i);    /* entries, their order, manifests */
void inspect_parties(struct inspection *i); /* roots, profiles */
void inspect_signatures(struct inspection *i);
void inspect_act(struct inspection *i); /* act, carriage, documents */
void inspect_log(struct inspection *i);
void inspect_receipts(struct inspection *i);
void judge_trust(struct inspection *i, const struct bytes *roots, size_t roots_n);
void judge_policy(struct inspection *i);

#endif
