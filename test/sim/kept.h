/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_SIM_KEPT_H
#define COMITY_SIM_KEPT_H
/* What every node acknowledged, kept outside of all nodes: the acts its officers were told are held
 * here, and those whose parcels it answered with a receipt. At the end both are held against what
 * the nodes store. */

#include "kit/world.h"

struct kept;
/* Listens to the world's officers from here on. */
struct kept *kept_open(struct world *w);
void kept_close(struct kept *k);
/* The node answered 200 to this sealed parcel. */
void kept_taken(struct kept *k, struct world_node *by, struct bytes sealed);
size_t kept_count(const struct kept *k);
/* Nothing acknowledged is gone, nothing is there twice, and what one side sent the other side has,
 * act by act, with the same effect. Call it when nothing is under way. Says on standard output what
 * is not so. */
bool kept_holds(struct kept *k);
/* Spoils what a node stores, so that kept_holds must say no: "lose" or "twice". */
bool kept_break(struct kept *k, const char *how);

#endif
