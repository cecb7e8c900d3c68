/* SPDX-License-Identifier: Apache-2.0 */
/* The program broken on purpose, at run time, in comity-simulate alone. */

#include "sim/inner.h"
#include "sim/wrap.h"

bool mutant_is(const struct world *w, int number) { return w->o->mutant == number; }

struct node *node_of(const struct turn *t) { return t->chance->ctx; }

/* What keeper forgot in a power cut is asked of the log itself, once for each head that it is behind
 * (oracle_head). */
err __wrap_ledger_consistency(struct turn *t, const struct ledger_source *s, uint64_t old,
                              uint64_t size, struct ledger_proof *out)
{
    struct node *n = node_of(t);
    struct hash root;
    if (n->last.size && n->last.size != old && n->last.size <= size) {
        try(ledger_root_at(t, s, n->last.size, &root));
        n->proven = hash_eq(&root, &n->last.root);
    }
    return __real_ledger_consistency(t, s, old, size, out);
}
