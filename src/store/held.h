/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_STORE_HELD_H
#define COMITY_STORE_HELD_H
/* A part of store.h: what stands of the lines between two authorities, to be compared with what
 * the other side says of them; and what waits for one of them. What people carried has no place in
 * a line and is not counted. */

#include "store/arriving.h"

/* The parcels of one incarnation, of the way "in" or "out" between two authorities. */
struct store_held {
    int64_t incarnation, count, highest;
};
/* The newest incarnations first, at most `limit`. */
MUST err store_held_lines(struct turn *t, struct store *s, struct str way, struct str peer,
                          struct str ours, int64_t limit, struct store_held **out, size_t *n_out);
/* The digests of a line from one sequence to another, both within, in order. */
struct store_held_parcel {
    int64_t sequence;
    struct hash digest;
};
MUST err store_held_parcels(struct turn *t, struct store *s, struct str way,
                            const struct store_line *line, int64_t first, int64_t last,
                            struct store_held_parcel **out, size_t *n_out);
/* What is sealed for one peer that is there now: what is due, and what waits only because the peer
 * was not reached, lowest sequence first. */
MUST err store_outgoing_to(struct turn *t, struct store *s, struct str peer, int64_t now_ms,
                           int64_t limit, struct store_outgoing **out, size_t *n_out);
/* The newest act of ours in a dossier, of those that leave. ERR_NONE_SUCH. */
MUST err store_act_last_out(struct turn *t, struct store *s, const struct id *dossier,
                            struct store_act *out);

#endif
