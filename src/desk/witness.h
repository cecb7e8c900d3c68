/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DESK_WITNESS_H
#define COMITY_DESK_WITNESS_H
/* Part of desk.h: heads of logs between nodes. What is kept, who is told, and what is no longer
 * believed when a log contradicts itself is decided in doc/decision/0013-witnesses.md. */

/* HEAD, a door's turn: the body of add-checkpoint from a peer, read, its note with the log's own
 * line alone. The turn's answer is our cosignature line; or, when it fails with ERR_CONFLICT
 * "witness-old", the size of the head seen last. */
struct desk_head {
    struct str peer; /* an address of the node it came from */
    struct ledger_add add;
};

/* RECEIPT: the proof that the smaller of two heads of a peer's log came before the larger. A turn
 * that needs one fails with ERR_CONFLICT "head-unproven" and says which; the door asks the peer and
 * submits it again. */
struct desk_proof {
    uint64_t from, to; /* what is needed */
    bool newer;        /* the receipt's head is the larger of the two */
    bool given;        /* `path` is the peer's word for exactly that */
    struct ledger_proof path;
};

/* What a log is not believed for, `evidence` of a turn: origin; held, the note of the head seen
 * last (its text alone where no more is kept); shown, the note of the other one; and proof (list,
 * base64), the path between the two that makes another old root, empty where none is needed. Both
 * are signed by that log, so a third can check it. A proof that is missing or does not hold is no
 * evidence: the turn fails with "log-unproven", and what needs it is asked again. */

/* Which logs are a peer's: the one place that knows. */
bool desk_log_is_of(const struct desk_peer *peer, struct str origin);
/* The key that signs a peer's log, and the name and key it is a witness with. */
MUST err desk_log_key(struct turn *t, const struct desk_peer *peer, struct ledger_vkey *out);
/* What is sent to a witness: the newest head, proven from the size `old`. ERR_CONFLICT "log-behind"
 * when our log has not so many leaves; ERR_NONE_SUCH before the first head. */
MUST err desk_head_add(struct desk *d, struct turn *t, uint64_t old, struct ledger_add *out);
/* The size of our log that a peer cosigned last; 0: none. */
MUST err desk_cosigned_size(struct desk *d, struct turn *t, const struct desk_peer *peer,
                            uint64_t *out);
/* The size of the newest head; 0 before the first. */
uint64_t desk_head_size(const struct desk *d);
/* For GET /ledger/consistency/{from}/{to}. ERR_NONE_SUCH when no head of `to` leaves was signed. */
MUST err desk_consistency(struct desk *d, struct turn *t, uint64_t from, uint64_t to,
                          struct ledger_proof *out);

#endif
