/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_KIT_OFFICER_H
#define COMITY_KIT_OFFICER_H
/* A person in a test, drawn from the world's seed. */

#include "kit/world.h"

/* Does one random act that the law offers in a random dossier. False when the draw found nothing
 * that could be done now. */
bool officer_act(struct world_node *n);

#endif
