/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_DESK_EXHIBITS_H
#define COMITY_DESK_EXHIBITS_H
/* What the files of exhibits share: the index of one, and what is on its way in. */

#include "desk/desk_internal.h"

/* ---- an exhibit that is whole (exhibit.c) ---------------------------------------------------- */

/* Its key and where its segments lie: kept in the vault like a document, under the key of its
 * dossier; with that key the exhibit goes. */
struct desk_exhibit {
    uint8_t key[SEAL_KEY_SIZE];
    const struct hash *names;
    size_t n;
};
MUST err desk_exhibit_keep(struct desk *d, struct turn *t, const struct id *dossier,
                           struct str sha256, const struct desk_exhibit *x, struct hash *vault_out);
MUST err desk_exhibit_read(struct desk *d, struct turn *t, const struct id *dossier,
                           struct str sha256, struct str vault, struct desk_exhibit *out);
/* The bytes of a segment, opened. ERR_NONE_SUCH beyond its end. */
MUST err desk_exhibit_open(struct desk *d, struct turn *t, const struct desk_exhibit *x,
                           int64_t size, int64_t index, struct bytes *plain_out);
/* Where an act's record says that the index of such an exhibit lies; empty: it is none. */
struct str desk_exhibit_where(const struct tree *rest, struct str sha256);
/* Adds `exhibits` of an act to the carriage of its parcel: SHA-256 to key. */
MUST err desk_exhibits_carry(struct desk *d, struct turn *t, const struct store_record *act,
                             const struct tree *documents, struct tree *carriage);

/* ---- on its way in --------------------------------------------------------------------------- */

/* One exhibit of what arrives. */
struct desk_part {
    struct str sha256; /* as it must be, or, of an upload, is */
    int64_t size, n;   /* bytes; segments */
    uint8_t key[SEAL_KEY_SIZE];
    int64_t summed; /* segments that are in `sum`, the first ones */
    struct seal_sum sum;
    struct str is; /* the digest of the whole, once it is summed; else empty */
};
struct desk_arriving {
    struct store_arriving row;
    const struct tree *body;
    struct desk_part *parts;
    size_t parts_n;
    int64_t total; /* segments of all */
};
MUST err desk_arriving_get(struct desk *d, struct turn *t, const struct hash *id,
                           struct desk_arriving *out);
MUST err desk_arriving_put(struct desk *d, struct turn *t, struct desk_arriving *a);
/* Looks whether all exhibits of a parcel are here, verified and durable; if so, `out` has them. If
 * not, what is missing is the turn's answer: ranges as "12-39 41-41" and a newline. In ADOPT they
 * come back. */
MUST err desk_arriving_look(struct desk *d, struct desk_turn *dt, const struct desk_parcel *p,
                            bool *whole_out, struct desk_arriving *out);
/* Makes them exhibits of the act whose record keeps `rest`. */
MUST err desk_arriving_keep(struct desk *d, struct turn *t, const struct desk_arriving *a,
                            const struct id *dossier, struct tree *rest);
/* An officer's upload, whole, becomes a document of an act or draft. */
MUST err desk_staged_take(struct desk *d, struct turn *t, struct str id, struct str officer,
                          struct desk_doc *doc);
MUST err desk_staged_keep(struct desk *d, struct turn *t, const struct id *dossier,
                          struct desk_doc *doc);
/* `arriving`: what is on its way in for the officer's authority, and how far. */
MUST err desk_arriving_add(struct desk *d, struct desk_turn *dt, struct tree *v);

#endif
