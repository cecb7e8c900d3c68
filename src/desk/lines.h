/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DESK_LINES_H
#define COMITY_DESK_LINES_H
/* Part of desk.h: how two nodes find what either of them lost. Each asks what the other holds of
 * its own parcels: what the other lacks is sent again, and what it lost itself comes back. */

#include "base/base.h"
#include "proof/proof.h"

struct desk;

/* Changes whenever a newer incarnation of a peer was learnt of. */
uint64_t desk_lives(const struct desk *d);
/* A question from an authority of ours to a peer, signed: what it holds of ours, beside what we
 * hold of it; with ranges, those are asked for. ERR_NONE_SUCH when the peer is not pinned. */
MUST err desk_question(struct desk *d, struct turn *t, struct str ours, struct str peer,
                       const struct summary_range *asked, size_t n, struct bytes *cms_out);
/* A parcel that a peer's authority sent us, sealed to it as it is now, for GET
 * /parcels/{digest}: its sender lost it. ERR_NONE_SUCH. */
MUST err desk_parcel_back(struct desk *d, struct turn *t, const struct hash *digest,
                          struct str peer, struct bytes *sealed_out);

#endif
