/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that the officers of a world make, from a draft to what is held here. */

#include "kit/world.h"

#include <stdio.h>
#include <stdlib.h>

static void must(const struct world_node *n, err e, const char *what)
{
    if (e == ERR_OK) return;
    fprintf(stderr, "%s: %s\n", what, n->world->fault.sentence);
    abort();
}

struct str world_request(struct world_node *a, struct world_node *b, struct arena *arena)
{
    return world_request_to(a, b->address, arena);
}

/* A new draft with these arguments, sent. */
static struct str request_sent(struct world_node *a, struct arena *arena, const struct tree *args)
{
    const struct tree *view;
    must(a, world_do(a, arena, DESK_NEW, args, &view), "new");
    struct str draft = str_printf(arena, "draft=" STR_FMT, STR_ARG(tree_str(view, "draft")));
    args = world_args(arena, str_c(arena, draft), NULL);
    must(a, world_do(a, arena, DESK_SEND, args, &view), "send");
    return tree_str(view, "ref");
}

struct str world_request_to(struct world_node *a, struct str address, struct arena *arena)
{
    struct str to = str_printf(arena, "to=" STR_FMT, STR_ARG(address));
    return request_sent(
        a, arena,
        world_args(arena, "kind=preservation", str_c(arena, to),
                   "particulars.authority_seeking=Cybercrime Bureau",
                   "particulars.offence=Illegal access", "particulars.facts=A hospital was hit.",
                   "particulars.data=Server 203.0.113.7", "particulars.relation=It holds the loot.",
                   "particulars.necessity=The rental ends.", "particulars.mla_intended=true",
                   NULL));
}

struct str world_request_slow(struct world_node *a, struct world_node *b, struct arena *arena)
{
    struct str to = str_printf(arena, "to=" STR_FMT, STR_ARG(b->address));
    return request_sent(
        a, arena,
        world_args(arena, "kind=mla.stored-data", str_c(arena, to), "lang=en",
                   "particulars.requesting_body=Bureau", "particulars.case_nature=Investigation",
                   "particulars.conducting_authority=Bureau", "particulars.offence=Illegal access",
                   "particulars.offence_scope=convention_offence",
                   "particulars.convention_article=7", "particulars.facts=A server was entered.",
                   "particulars.assistance=Disclose the data.", "particulars.purpose=Evidence",
                   "particulars.data=The account", NULL));
}
