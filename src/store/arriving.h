/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_STORE_ARRIVING_H
#define COMITY_STORE_ARRIVING_H
/* A part of store.h: exhibits on their way in, and which of their segments lie in the vault. It is
 * working data: what has arrived whole is named by an act, and stands here no longer. */

struct store_arriving {
    struct hash id;      /* of the way "in": the parcel's digest; "staged": random */
    struct str way;      /* "in": from a peer; "staged": from a person at the door */
    struct str holder;   /* the peer's address, or the officer */
    struct str ours;     /* the authority of ours */
    int64_t size, at_ms; /* bytes of all its exhibits, as far as known; when it began */
    struct bytes body;   /* what the desk keeps of it; encrypted at rest */
};
/* Makes it, or changes size and body of one that is there. */
MUST err store_arriving_put(struct turn *t, struct store *s, const struct store_arriving *a);
/* ERR_NONE_SUCH. */
MUST err store_arriving_get(struct turn *t, struct store *s, const struct hash *id,
                            struct store_arriving *out);
/* Those of one holder, or all that arrive for an authority of ours: the oldest first. */
MUST err store_arriving_of(struct turn *t, struct store *s, struct str way, struct str holder,
                           int64_t limit, struct store_arriving **out, size_t *n_out);
MUST err store_arriving_to(struct turn *t, struct store *s, struct str ours, int64_t limit,
                           struct store_arriving **out, size_t *n_out);
/* With its segments' rows; their files stay in the vault. */
MUST err store_arriving_drop(struct turn *t, struct store *s, const struct hash *id);

/* A segment by its number in what arrives, and the vault's name of it. */
struct store_segment {
    int64_t idx;
    struct hash vault;
};
/* The first of a number stays. */
MUST err store_segment_add(struct turn *t, struct store *s, const struct hash *arriving,
                           const struct store_segment *g);
/* ERR_NONE_SUCH. */
MUST err store_segment_get(struct turn *t, struct store *s, const struct hash *arriving,
                           int64_t idx, struct hash *vault_out);
MUST err store_segment_count(struct turn *t, struct store *s, const struct hash *arriving,
                             int64_t *out);
/* All of them, by number. */
MUST err store_segments(struct turn *t, struct store *s, const struct hash *arriving,
                        struct store_segment **out, size_t *n_out);

#endif
