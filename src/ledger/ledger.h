/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LEDGER_H
#define COMITY_LEDGER_H
/* Arithmetic of the log: leaf, tree, proof, checkpoint, tile. Pure: no file, no database, no clock.
 *
 * The tree is that of RFC 6962 2.1 over SHA-256; checkpoints, notes and tiles are spelled as in
 * C2SP (tlog-checkpoint, signed-note, tlog-tiles), so that other people's tools read them. What a
 * leaf commits to is said at `ledger_opening`. */

#include "base/base.h"

/* ---- leaves ---------------------------------------------------------------------------------- */

/* What a leaf commits to: an open part (the canonical act, or the digest of a parcel or receipt)
 * and the rest of the permanent row, each under the row's own salt, so that one can be shown to a
 * court or peer without the other:
 *   data = SHA-256("comity leaf 1" || HMAC(salt, "open" || open) || HMAC(salt, "rest" || rest)). */
struct ledger_opening {
    struct hash open; /* HMAC(salt, "open" || open bytes) */
    struct hash rest; /* HMAC(salt, "rest" || rest bytes) */
};
void ledger_open(struct bytes salt, struct bytes open, struct bytes rest,
                 struct ledger_opening *out);
/* The 32 bytes that stand as entry in the log. */
void ledger_leaf_data(const struct ledger_opening *o, struct hash *data_out);
/* RFC 6962 2.1: SHA-256(0x00 || data), SHA-256(0x01 || left || right). */
void ledger_leaf_hash(const struct hash *data, struct hash *out);
void ledger_node_hash(const struct hash *left, const struct hash *right, struct hash *out);

/* ---- tree ------------------------------------------------------------------------------------ */

enum { LEDGER_LEVELS_MAX = 64, LEDGER_PROOF_MAX = 64 };
/* No log is larger: sizes fit the databases' integers, and every proof fits LEDGER_PROOF_MAX. */
#define LEDGER_SIZE_MAX ((uint64_t)INT64_MAX)

/* The right edge of a tree: enough to append and to know the root. `full[k]` is the hash of the
 * complete subtree of 2^k leaves where bit k of `size` is set. An all-zero edge is the empty
 * tree. */
struct ledger_edge {
    uint64_t size;
    struct hash full[LEDGER_LEVELS_MAX];
};
/* Appends a leaf hash. Each inner node of a complete subtree that comes into being is told to
 * `made(ctx, level, index, hash)` (may be NULL): level 0 is the leaf itself. */
void ledger_append(struct ledger_edge *e, const struct hash *leaf,
                   void (*made)(void *ctx, int level, uint64_t index, const struct hash *h),
                   void *ctx);
void ledger_root(const struct ledger_edge *e, struct hash *root_out);

/* Reads the hash of the complete subtree of 2^level leaves that starts at index * 2^level. Level 0
 * must always be answered; other levels may answer ERR_NONE_SUCH, then they are computed. */
struct ledger_source {
    err (*node)(void *ctx, struct turn *t, int level, uint64_t index, struct hash *out);
    void *ctx;
};
struct ledger_proof {
    size_t n;
    struct hash path[LEDGER_PROOF_MAX];
};
/* RFC 6962 2.1.1 and 2.1.2. `index < size`, `old <= size`; proofs for old == 0 are empty. Beyond
 * that ERR_REJECTED; ERR_INTEGRITY naming the leaf when the source lacks one. */
MUST err ledger_inclusion(struct turn *t, const struct ledger_source *s, uint64_t index,
                          uint64_t size, struct ledger_proof *out);
MUST err ledger_consistency(struct turn *t, const struct ledger_source *s, uint64_t old,
                            uint64_t size, struct ledger_proof *out);
/* The root over the first `size` leaves, computed from the source alone. */
MUST err ledger_root_at(struct turn *t, const struct ledger_source *s, uint64_t size,
                        struct hash *root_out);
bool ledger_inclusion_holds(const struct ledger_proof *p, uint64_t index, uint64_t size,
                            const struct hash *leaf, const struct hash *root);
bool ledger_consistency_holds(const struct ledger_proof *p, uint64_t old,
                              const struct hash *old_root, uint64_t size, const struct hash *root);
/* Whether two signed heads contradict each other, which anyone can check: of one size with two
 * roots; or the path makes the larger root out of an old one that is another than was signed. A
 * path that merely does not hold shows nothing, since it bears no signature. That of 2^k leaves
 * leaves the old root out (RFC 6962 2.1.2): from there only a head of that size is evidence. */
bool ledger_fork_shown(const struct ledger_proof *p, uint64_t old, const struct hash *old_root,
                       uint64_t size, const struct hash *root);

/* ---- checkpoint and signed note -------------------------------------------------------------- */

/* Limits in bytes: an origin or key name; a whole note, and the signature lines in it. */
enum { LEDGER_NAME_MAX = 255, LEDGER_NOTE_MAX = 262144, LEDGER_SIGNATURES_MAX = 100 };

/* C2SP tlog-checkpoint: origin, size and root; no extension line is written, and none accepted. */
struct ledger_checkpoint {
    struct str origin; /* e.g. "comity.xm/dts" */
    uint64_t size;
    struct hash root;
};
/* The log of a node's incarnation: "name" in the first, "name/2" in the second, and so on; `name`
 * is that of the ledger key. And back: 0 when the origin is none of that name. */
struct str ledger_origin(struct arena *a, struct str name, int64_t incarnation);
int64_t ledger_origin_incarnation(struct str origin, struct str name);
/* The note text that is signed: three lines, each ended by a line end. */
struct str ledger_checkpoint_text(struct arena *a, const struct ledger_checkpoint *c);
/* Reads the text part. ERR_REJECTED naming the C2SP line. */
MUST err ledger_checkpoint_read(struct turn *t, struct str text, struct ledger_checkpoint *out);

/* A verifier key "name+hash8+base64(0x01 || 32 bytes)" (C2SP signed-note), written and read. */
struct ledger_vkey {
    struct str name;
    uint8_t key[32];
};
struct str ledger_vkey_text(struct arena *a, const struct ledger_vkey *k);
MUST err ledger_vkey_read(struct turn *t, struct str text, struct ledger_vkey *out);
/* The 4-byte key id: first bytes of SHA-256(name || "\n" || 0x01 || key). */
void ledger_key_id(const struct ledger_vkey *k, uint8_t id_out[4]);
/* A note: text, empty line, and one line "— name base64(id || signature)" for an Ed25519
 * signature over the text. */
struct str ledger_note_write(struct arena *a, struct str text, const struct ledger_vkey *k,
                             const uint8_t signature[64]);
/* Splits a note and checks that a line by `k` verifies through `verify` (key, message, signature).
 * Other lines are ignored, as C2SP asks. ERR_REJECTED when the note is malformed, ERR_TOO_LARGE
 * beyond LEDGER_NOTE_MAX, ERR_INTEGRITY when no line by `k` verifies or one of them does not. */
MUST err ledger_note_open(struct turn *t, struct str note, const struct ledger_vkey *k,
                          bool (*verify)(const uint8_t key[32], struct bytes message,
                                         const uint8_t signature[64]),
                          struct str *text_out);

/* The same note with the line by `k` alone: what is kept and passed on. Failures as above. */
MUST err ledger_note_bare(struct turn *t, struct str note, const struct ledger_vkey *k,
                          bool (*verify)(const uint8_t key[32], struct bytes message,
                                         const uint8_t signature[64]),
                          struct str *note_out);

/* ---- witnesses ------------------------------------------------------------------------------- */

/* A cosignature (C2SP tlog-cosignature, cosignature/v1): the witness `k` says that at that second
 * the largest head it had seen of the log was this one. Its key may be that of a log too, since
 * what is signed begins with another line; it has an id of its own, of type 0x04. */
struct ledger_cosignature {
    int64_t time_s; /* not negative */
    uint8_t signature[64];
};
/* What is signed: "cosignature/v1", "time N", and the text of the checkpoint. */
struct str ledger_cosign_text(struct arena *a, int64_t time_s, struct str text);
/* The line "— name base64(id || time || signature)", with its line end. */
struct str ledger_cosign_line(struct arena *a, const struct ledger_vkey *k,
                              const struct ledger_cosignature *c);
/* Finds the line of a witness among signature lines. Others are ignored. ERR_REJECTED when a line
 * is malformed, ERR_INTEGRITY when none by `k` holds over the text or one of them does not. */
MUST err ledger_cosign_find(struct turn *t, struct str lines, const struct ledger_vkey *k,
                            struct str text,
                            bool (*verify)(const uint8_t key[32], struct bytes message,
                                           const uint8_t signature[64]),
                            struct ledger_cosignature *out);
/* Parts a note: its text, and its signature lines. ERR_REJECTED, ERR_TOO_LARGE. */
MUST err ledger_note_part(struct turn *t, struct str note, struct str *text_out,
                          struct str *lines_out);
/* The verifier key of a witness, "name+hash8+base64(0x04 || 32 bytes)", written and read. */
struct str ledger_cosigner_text(struct arena *a, const struct ledger_vkey *k);
MUST err ledger_cosigner_read(struct turn *t, struct str text, struct ledger_vkey *out);

/* The body of add-checkpoint (C2SP tlog-witness): "old N", the proof from there, an empty line and
 * the checkpoint. The note's signatures are not looked at here. */
enum { LEDGER_ADD_PROOF_MAX = 63, LEDGER_ADD_MAX = 64 << 10 }; /* lines; bytes */
struct ledger_add {
    uint64_t old;
    struct ledger_proof proof;
    struct str note; /* text and lines */
};
struct str ledger_add_write(struct arena *a, const struct ledger_add *x);
/* ERR_REJECTED naming the part; ERR_TOO_LARGE beyond LEDGER_ADD_MAX. */
MUST err ledger_add_read(struct turn *t, struct str body, struct ledger_add *out);
/* A proof alone: its lines, each a hash in base64. */
struct str ledger_proof_write(struct arena *a, const struct ledger_proof *p);
MUST err ledger_proof_read(struct turn *t, struct str lines, struct ledger_proof *out);

/* Whether a head may follow the last one seen of the same log. `last` NULL: none was seen, and
 * there is nothing to prove. ERR_USAGE "witness-size": `old` is larger than the head. ERR_CONFLICT
 * "witness-old": the proof is not from the last one. "log-forked": ERR_CONFLICT when two heads of
 * one size differ, ERR_INTEGRITY when the proof shows another old root (ledger_fork_shown).
 * ERR_INTEGRITY "log-unproven": the proof does not hold, and shows nothing either. */
MUST err ledger_follows(struct turn *t, const struct ledger_checkpoint *last,
                        const struct ledger_checkpoint *head, uint64_t old,
                        const struct ledger_proof *proof);
/* The same for notes of a log whose key is `log`: `last` is empty or the note seen last. What is
 * asked is opened first; ERR_INTEGRITY "note-signature" when its log did not sign it. */
MUST err ledger_witness(struct turn *t, const struct ledger_vkey *log, struct str last,
                        const struct ledger_add *x,
                        bool (*verify)(const uint8_t key[32], struct bytes message,
                                       const uint8_t signature[64]),
                        struct ledger_checkpoint *head_out);

/* ---- tiles ----------------------------------------------------------------------------------- */

enum { LEDGER_TILE_WIDTH = 256 };
/* The path of a tile (C2SP tlog-tiles): "tile/0/x001/234" or with ".p/17" when partial (width below
 * 256); level -1 is the entry bundle "tile/entries/...". */
struct str ledger_tile_path(struct arena *a, int level, uint64_t index, int width);
/* One entry of a bundle: 2-byte big-endian length and the data. */
void ledger_entry_put(struct buf *b, const struct hash *data);

#endif
