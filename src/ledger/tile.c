/* SPDX-License-Identifier: Apache-2.0 */
/* How tiles and entry bundles are named and spelled (C2SP tlog-tiles), so that any reader of such
 * logs can walk ours as plain files. Which tiles exist is up to who writes them. */

#include "ledger/ledger_internal.h"

#include <assert.h>

struct str ledger_tile_path(struct arena *a, int level, uint64_t index, int width)
{
    assert(level >= -1 && level < LEDGER_LEVELS_MAX);
    assert(width >= 1 && width <= LEDGER_TILE_WIDTH);
    struct buf b = buf_in(a);
    if (level < 0)
        buf_str(&b, STR("tile/entries"));
    else
        buf_printf(&b, "tile/%d", level);
    /* Groups of three digits keep folders small; all but the last are marked with an x. */
    uint64_t unit = 1;
    while (index / unit >= 1000) unit *= 1000;
    for (; unit > 1; unit /= 1000) buf_printf(&b, "/x%03u", (unsigned)(index / unit % 1000));
    buf_printf(&b, "/%03u", (unsigned)(index % 1000));
    if (width < LEDGER_TILE_WIDTH) buf_printf(&b, ".p/%d", width);
    return buf_as_str(&b);
}

void ledger_entry_put(struct buf *b, const struct hash *data)
{
    buf_be(b, sizeof data->b, 2);
    buf_put(b, data->b, sizeof data->b);
}
