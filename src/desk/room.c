/* SPDX-License-Identifier: Apache-2.0 */
/* Room that is kept back for what is urgent. Below a first mark nothing ordinary is taken in: a
 * peer hears that this node is busy and comes again, an officer that no large file can be handed
 * in. Urgent acts, receipts of our parcels and what people here do go on. Below a second mark
 * nothing more comes in, so that what was begun can be ended and what is held stays whole. */

#include "desk/desk_internal.h"

/* A twentieth of the place, and a hundredth; of a large one no more than this. */
enum { LOW_PART = 20, OUT_PART = 100 };
#define LOW_MAX ((int64_t)4 << 30)
#define OUT_MAX ((int64_t)512 << 20)

enum room { ROOM_ENOUGH, ROOM_LOW, ROOM_OUT };

static enum room room_of(struct desk *d)
{
    int64_t left, all;
    if (!d->room || !d->room(d->room_ctx, &left, &all)) return ROOM_ENOUGH;
    int64_t low = all / LOW_PART < LOW_MAX ? all / LOW_PART : LOW_MAX;
    int64_t out = all / OUT_PART < OUT_MAX ? all / OUT_PART : OUT_MAX;
    return left < out ? ROOM_OUT : left < low ? ROOM_LOW : ROOM_ENOUGH;
}

err desk_room_for(struct desk *d, struct turn *t, bool urgent)
{
    enum room room = room_of(d);
    if (room == ROOM_ENOUGH || (room == ROOM_LOW && urgent)) return ERR_OK;
    return turn_fail(
        t, ERR_BUSY, "disk", NULL,
        room == ROOM_LOW
            ? "This node has little room left and keeps it for what is urgent; nothing "
              "was taken. Try again later."
            : "This node has no room left; nothing was taken. Try again later.");
}

void desk_room_add(struct desk *d, struct turn *t, struct tree *v)
{
    static const char *const words[] = {"enough", "low", "out"};
    tree_add_str(t->arena, v, "room", str_of(words[room_of(d)]));
}
