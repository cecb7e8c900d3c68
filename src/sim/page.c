/* SPDX-License-Identifier: Apache-2.0 */
/* The run as a page: drawings and tables, no script. */

#include "sim/sim.h"

#include "codec/codec.h"

struct str sim_page(struct arena *a, const struct sim_options *o, const struct sim_result *r)
{
    (void)o, (void)r;
    return str_dup(a, STR(""));
}
