/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DESK_EXHIBIT_H
#define COMITY_DESK_EXHIBIT_H
/* Part of desk.h: exhibits, documents too large for a parcel. One is sealed in segments under a key
 * of its own; the segments lie in the vault as they travel, on both sides, and the key stands in
 * the sealed parcel (carriage.json: exhibits, SHA-256 to key). The segments of a parcel are counted
 * through, exhibit by exhibit in the order of the act. */

#include "base/base.h"

enum {
    DESK_EXHIBIT_ABOVE = 4 << 20, /* bytes of a file that goes as an exhibit */
    DESK_SEGMENTS_MAX = 1 << 21,  /* of one parcel: 2 TiB */
    DESK_ARRIVING_MAX = 16,       /* parcels of one peer on their way in; uploads of one officer */
    DESK_ARRIVING_SEGMENTS = DESK_SEGMENTS_MAX, /* that all of them announce: 2 TiB of one peer */
    DESK_MISSING_MAX = 64                       /* ranges of missing segments told at once */
};
struct desk;
/* A segment of an act of ours that waits for its receipt, as it travels. ERR_NONE_SUCH. */
MUST err desk_segment(struct desk *d, struct turn *t, const struct id *act, int64_t number,
                      struct bytes *sealed_out);
/* One of a parcel that `peer` sent and that stands here, as it came: for who lost it. Its parcel
 * has the key, so it is told nobody else. ERR_NONE_SUCH. */
MUST err desk_segment_back(struct desk *d, struct turn *t, const struct hash *parcel,
                           struct str peer, int64_t number, struct bytes *sealed_out);

#endif
