/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_LAW_CLOCK_KIT_H
#define COMITY_LAW_CLOCK_KIT_H
/* What the tests of clocks share: tables with one clock written anew, and the zones of the two
 * States. */

#include "law_test.h"

/* The five working days, or whatever `keys` say, of the clock `reply`, which `ask` starts. */
void reply_is(struct kit *k, const char *keys);
/* Norland's clock is three hours behind UTC, Meridia's four ahead. */
extern const struct zones two_zones;
struct law_who asked_here(void);
struct law_act ask_at(struct kit *k, const char *at);
/* What the act starts, from the author's node; it must be one. */
const struct law_clock_rule *rule_of(const struct law_verdict *v, const char *clock);
struct law_verdict recorded_of(struct kit *k, struct law_who author, struct law_act act);

#endif
