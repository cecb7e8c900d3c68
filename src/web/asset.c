/* SPDX-License-Identifier: Apache-2.0 */
/* Files beside pages, found by the digest in their address. */

#include "web/asset.h"

const struct asset *asset_find(struct str digest, struct str name)
{
    for (size_t k = 0; k < assets_n; k++)
        if (str_is(name, assets[k].name) && (!digest.n || str_is(digest, assets[k].digest)))
            return &assets[k];
    return NULL;
}

struct str asset_url(struct arena *a, const char *name)
{
    const struct asset *f = asset_find(STR(""), str_of(name));
    return f ? str_printf(a, "/asset/%s/%s", f->digest, f->name) : STR("");
}
