/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_PROOF_H
#define COMITY_PROOF_H
/* What a court or a peer is shown, and how it is checked: receipts, exported parcels, verdicts.
 * Offline: stands on base, codec, seal and ledger alone, so an auditor can read all of it. */

#include "base/base.h"
#include "codec/codec.h"
#include "ledger/ledger.h"
#include "seal/seal.h"

/* What is bounded, and how far. Beyond a limit: ERR_TOO_LARGE. */
enum {
    PROOF_CONTAINER_MAX = PARCEL_MAX, /* bytes of an exported parcel */
    PROOF_ENTRIES_MAX = ZIP_ENTRIES_MAX - 2 * PARCEL_SEALS_MAX - 1, /* what parcel_write takes */
    PROOF_ANSWER_MAX = 256 << 10, /* bytes of a receipt as it came on the wire */
    PROOF_RECEIPTS_MAX = 64,      /* receipts of one exported parcel */
    PROOF_SALT_MAX = 64,          /* bytes of a row's salt */
    PROOF_REMARKS_MAX = 64,       /* remarks of one kind in a verdict; of one receipt */
    PROFILE_SIZE_MAX = 1 << 20,   /* bytes of a signed profile */
    PROFILE_AUTHORITIES_MAX = 64,
    PROFILE_FUNCTIONS_MAX = 512, /* of one authority */
    PROFILE_WORDS = 5
};

/* ---- a leaf shown ---------------------------------------------------------------------------- */

/* One leaf of a log opened: what makes "this stands in that State's log" checkable. JSON:
 * {"checkpoint":note,"index":n,"path":[hex],"rest":hex,"salt":hex}. */
struct proof_leaf {
    struct str checkpoint; /* signed note */
    int64_t index;
    struct bytes salt; /* of this row alone */
    struct hash rest;  /* the row's other half, unopened */
    struct ledger_proof path;
};
const struct tree *proof_leaf_write(struct arena *a, const struct proof_leaf *l);
/* Members beside these are let be, so that a file may say more. ERR_REJECTED. */
MUST err proof_leaf_read(struct turn *t, const struct tree *from, struct proof_leaf *out);
/* Requires: the note is signed by `vkey` over a log of its name (see ledger_origin), and the leaf
 * that commits to `open` stands at `index`. ERR_REJECTED when note or key are malformed; else
 * ERR_INTEGRITY, article "RFC 6962 2.1.1" or "C2SP …". */
MUST err proof_leaf_check(struct turn *t, const struct proof_leaf *l, struct str vkey,
                          struct bytes open, struct ledger_checkpoint *checkpoint_out);

/* ---- receipts -------------------------------------------------------------------------------- */

/* What became of a parcel (event words follow ETSI REM). The body is canonical JSON and is stored
 * with the intake; it is signed after the commit, and again after a crash: the same receipt is the
 * same body. */
struct receipt {
    struct str event;   /* "held", "refused", "quarantined", "read" */
    struct hash parcel; /* digest of the signed parcel inside the envelope; of one that could not be
                         * opened: of the sealed bytes */
    struct hash act;    /* SHA-256 of act.json; zero when it was not read */
    struct str from, to; /* receiver of the parcel, its sender */
    int64_t at_ms;
    int64_t incarnation;        /* of the receiver */
    int64_t sequence;           /* of the parcel */
    int64_t contiguous;         /* highest sequence from this sender without a gap below */
    int64_t index;              /* of the leaf in the receiver's log, see receipt_open */
    const struct tree *remarks; /* list of {article, code, particular}; may be NULL */
};
struct str receipt_body(struct arena *a, const struct receipt *r);
MUST err receipt_read(struct turn *t, struct bytes body, struct receipt *out);
/* What the leaf of a receipt opens: the act where it was recorded ("held", "read"), else the digest
 * of the parcel, which is all that was recorded of it. */
struct bytes receipt_open(const struct receipt *r, struct bytes act);
/* The answer on the wire: {"log":leaf,"receipt":base64 of the attached CMS,"v":1}. */
struct str receipt_answer(struct arena *a, struct bytes cms, const struct proof_leaf *log);
/* Checks an answer: signed by the holder of `signer_der`, for this parcel and act, from and to
 * these addresses, its leaf in the log of `vkey`. ERR_INTEGRITY or ERR_REJECTED say which. */
struct receipt_expect {
    struct hash parcel, sealed; /* sealed: SHA-256 of what left; what is not held may name it */
    struct bytes act;           /* act.json */
    struct str from, to, vkey;
    struct bytes signer_der;
};
bool receipt_is_of(const struct receipt *r, const struct receipt_expect *x); /* by its parcel */
bool receipt_is_held(const struct receipt *r); /* "held", "read": the act stands there */
MUST err receipt_check(struct turn *t, const struct suite *suite, struct bytes answer,
                       const struct receipt_expect *x, struct receipt *out, struct bytes *cms_out,
                       struct ledger_checkpoint *checkpoint_out);
/* The head that an answer came with, as a note with its log's own line alone. Failures as above. */
MUST err receipt_head(struct turn *t, struct bytes answer, struct str vkey, struct str *note_out);

/* ---- what is held of a line ------------------------------------------------------------------ */

/* What a node says it holds of the parcels that another sent it, so that both find what one of them
 * lost: per incarnation of the sender how many and up to which sequence; and, where it is asked,
 * ranges of SUMMARY_WIDTH parts of `unit` sequences each from `first` on. A part of one sequence is
 * the digest of its parcel, a wider one the hash of summary_part over those that are there; zero is
 * nothing. A question has ranges without parts. JSON: {"v":1,"from","to","at","incarnation",
 * "lines":[{"count","highest","incarnation"}],"ranges":[{"first","incarnation","parts":[hex or ""],
 * "unit"}]}, signed by `from` as a receipt is. */
enum {
    SUMMARY_WIDTH = 256,
    SUMMARY_UNIT_MAX = 65536, /* units are this, 256 and 1 */
    SUMMARY_LINES_MAX = 64,
    SUMMARY_RANGES_MAX = 8,
    SUMMARY_SIZE_MAX = 256 << 10 /* bytes of a signed one */
};
struct summary_line {
    int64_t incarnation, count, highest;
};
struct summary_range {
    int64_t incarnation, first, unit;
    bool told;                        /* `parts` are there */
    struct hash parts[SUMMARY_WIDTH]; /* zero: nothing is held */
};
struct summary {
    struct str from, to; /* who holds, and who sent */
    int64_t at_ms;
    int64_t incarnation; /* of who says it */
    struct summary_line lines[SUMMARY_LINES_MAX];
    size_t lines_n;
    struct summary_range ranges[SUMMARY_RANGES_MAX];
    size_t ranges_n;
};
const struct tree *summary_write(struct arena *a, const struct summary *s);
/* ERR_REJECTED or ERR_TOO_LARGE, naming the member. */
MUST err summary_read(struct turn *t, const struct tree *from, struct summary *out);
/* Takes a part further by one parcel, in the order of sequences. */
void summary_part(struct hash *part, int64_t sequence, const struct hash *digest);

/* ---- an exported parcel ---------------------------------------------------------------------- */

/* The author State's signed profile travels along, so that a reader sees which authority and log
 * key the root vouches for. */
struct proof_export {
    struct bytes parcel; /* the container as it travelled */
    struct bytes author_seal_der, author_root_der;
    struct bytes author_profile; /* attached CMS by the State's root */
    struct bytes exporter_seal_der, exporter_root_der, exporter_profile;
    struct proof_leaf log; /* the act in the exporter's log */
    struct str *answers;   /* receipts held, as they came on the wire */
    size_t answers_n;
    struct bytes receipts_der, receipts_root_der, receipts_profile; /* of who signed them */
    int64_t at_ms;
    struct str by; /* exporting authority */
};
/* Adds certificates to the parcel's own signature (which stays the same), puts roots, profiles,
 * proof and receipts under proof/, and covers all of that by a second manifest signed through
 * `sign` (detached, suite 1). What would not pass proof_verify as sound is not handed out:
 * ERR_INTEGRITY. */
MUST err proof_export(struct turn *t, const struct proof_export *x,
                      err (*sign)(void *ctx, struct turn *t, struct bytes content,
                                  struct bytes *cms_out),
                      void *ctx, struct bytes *container_out);

/* ---- a signed profile ------------------------------------------------------------------------ */

/* What a State's root says of its authorities and node: attached CMS over canonical JSON
 * {"v":1,"state","name","training","at","node":{"id","url","tls","vkey"},
 *  "authorities":[{"address","name","functions":[{"instrument","function","direction","kind"}],
 *  "seal":base64 DER,"open":base64 DER}]}. `tls` is base64 of the node's TLS certificate. In a
 * function a member may be missing, empty or "*": any. Node and authorities may have
 * "revoked_since": {"tls"} or {"seal","open"}, each a time from which that key counts no more. */
struct profile_authority {
    struct str address, name;
    const struct tree *functions;
    struct bytes seal_der, open_der;
    int64_t seal_revoked_ms, open_revoked_ms; /* 0: not revoked */
};
struct profile {
    struct str state, name;
    bool training;
    int64_t at_ms;
    struct str node, url, vkey;
    struct bytes tls_der;
    int64_t tls_revoked_ms;
    struct profile_authority *authorities;
    size_t authorities_n;
    struct hash hash; /* SHA-256 of the whole CMS; filled by profile_read */
};
struct str profile_body(struct arena *a, const struct profile *p);
/* Reads a signed profile and requires that `root_der` signed it, that each certificate is issued by
 * that root for what it is used for, and that the training flags agree. */
MUST err profile_read(struct turn *t, const struct suite *suite, struct bytes cms,
                      struct bytes root_der, struct profile *out);
/* Requires that root and certificates are within their time at `now_ms`: profile_read asks for that
 * only as of the profile's own time. ERR_INTEGRITY, "expired" or "not-yet". */
MUST err profile_in_time(struct turn *t, const struct profile *p, struct bytes root_der,
                         int64_t now_ms);
static inline bool profile_is_revoked(int64_t revoked_ms, int64_t at_ms)
{
    return revoked_ms > 0 && at_ms >= revoked_ms;
}
/* NULL when the profile has no such authority. */
const struct profile_authority *profile_find(const struct profile *p, struct str address);
/* The five words of a root (DER), through a slow hash: who holds the root reads them out, and who
 * was given it holds them against what he hears. */
MUST err profile_words(struct turn *t, struct bytes root_der, struct str *words_out);

/* ---- the verdict ----------------------------------------------------------------------------- */

enum proof_trust { PROOF_TRUSTED, PROOF_ROOT_UNKNOWN, PROOF_UNTRUSTED };
const char *proof_trust_word(enum proof_trust trust); /* "trusted", "root-unknown", "untrusted" */
struct proof_remark {
    struct str code, article, entry, sentence;
    struct proof_remark *next;
};
/* Integrity: is every byte what was signed? Trust: does the signature lead to a root the reader
 * holds? Policy: are algorithms, times and functions what is asked? Three answers, never mixed. */
struct proof_verdict {
    bool sound;                     /* integrity */
    struct proof_remark *integrity; /* what is altered, missing or uncovered, by entry */
    enum proof_trust trust;
    struct proof_remark *trusting;
    bool fit;                    /* policy */
    struct proof_remark *policy; /* weak, expired, training, no receipt, … */
    const struct tree *act;      /* what was signed; NULL when not sound */
    struct str signer;           /* "XN/csb" */
    struct str exporter;         /* who exported it, when that is signed; else empty */
    struct hash root;            /* print of the root the signature leads to */
};
/* Checks a container offline against the roots (DER) the reader trusts (may be none). Answers
 * ERR_OK with a verdict whatever the bytes say, and leaves no fault in the turn. */
MUST err proof_verify(struct turn *t, struct bytes container, const struct bytes *roots,
                      size_t roots_n, struct proof_verdict *out);
/* {"integrity":{"remarks","sound"},"trust":{"answer","exporter","remarks","root","signer"},
 *  "policy":{"fit","remarks"},"act"}; a remark is {article, code, entry, sentence}. */
const struct tree *proof_verdict_view(struct arena *a, const struct proof_verdict *v);

#endif
