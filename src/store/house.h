/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_STORE_HOUSE_H
#define COMITY_STORE_HOUSE_H
/* What a node knows beside its dossiers: authorities of other States, what was refused at the door,
 * facts of its own. */

#include "store/store.h"

struct store_peer {                              /* an authority of another State */
    struct str address, state, node, url, stage; /* "proposed", "pinned" */
    struct hash root, profile, tls; /* prints: root DER, signed profile, TLS certificate */
};
MUST err store_peer_set(struct turn *t, struct store *s, const struct store_peer *p);
MUST err store_peer_get(struct turn *t, struct store *s, struct str address,
                        struct store_peer *out);
MUST err store_peers(struct turn *t, struct store *s, struct store_peer **out, size_t *n_out);

/* What was refused at the door. `key` makes repeats one row. */
struct store_incident {
    struct hash key;
    int64_t leaf, at_ms;
    struct str peer;
    struct str ours; /* the authority it was meant for; empty: the node */
    struct str code, article, sentence;
};
MUST err store_incident_set(struct turn *t, struct store *s, const struct store_incident *i);
/* Newest first: an authority's, or, where `ours` is empty, all of the node. */
MUST err store_incidents(struct turn *t, struct store *s, struct str ours, int64_t limit,
                         struct store_incident **out, size_t *n_out);

/* Named facts of the node that records brought about (its address, incarnation, counters). */
MUST err store_fact_set(struct turn *t, struct store *s, struct str name, struct str value);
MUST err store_fact(struct turn *t, struct store *s, const char *name, struct str *out);

#endif
