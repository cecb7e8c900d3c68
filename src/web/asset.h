/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_WEB_ASSET_H
#define COMITY_WEB_ASSET_H
/* What browsers fetch beside pages: /asset/DIGEST/NAME, for ever the same bytes. */

#include "base/base.h"

struct asset {
    const char *name, *digest, *type, *data;
    size_t n;
};
extern const struct asset assets[]; /* made by tool/asset.c */
extern const size_t assets_n;

/* NULL when there is none of that name; an empty digest finds the present one. */
const struct asset *asset_find(struct str digest, struct str name);
struct str asset_url(struct arena *a, const char *name);

#endif
