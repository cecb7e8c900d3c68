/* SPDX-License-Identifier: Apache-2.0 */
/* Trust: does each signature lead, through its certificate, to a root the reader holds?
 *
 * A chain here has two links, seal and root. Whether a link holds is arithmetic; whether the root
 * is the State's is what the reader brings. Times are policy: a chain holds as of the day its
 * certificate was issued. */

#include "proof/proof_internal.h"

static void break_trust(struct inspection *i, const char *entry)
{
    i->v->trust = PROOF_UNTRUSTED;
    remark_fault(i, &i->v->trusting, str_of(entry));
}

/* The seal belongs to `address`, was issued by the root, and the root's profile knows the address.
 * */
static err chain_check(struct turn *t, const struct party *p, struct str address)
{
    if (!p->has_root || !p->has_signer)
        return turn_fail(t, ERR_INTEGRITY, "chain", "RFC 5280 6.1",
                         "The %s's certificates could not be read.", p->what);
    try(seal_cert_check(t, p->signer_der, p->root_der, SEAL_SEAL, p->signer.from_ms));
    if (!address_is_sound(address) || !str_eq(p->signer.address, address))
        return turn_fail(t, ERR_INTEGRITY, "address", "RFC 5280 4.2.1.6",
                         "The %s's certificate is of another authority than is named.", p->what);
    if (!p->has_profile || !profile_find(&p->profile, address))
        return turn_fail(t, ERR_INTEGRITY, "authority", "comity profile 1",
                         "The %s's authority does not stand in its State's profile.", p->what);
    return ERR_OK;
}

static bool is_held(const struct party *p, const struct bytes *roots, size_t roots_n)
{
    for (size_t k = 0; k < roots_n; k++) {
        struct hash print = seal_sha256_of(roots[k]);
        if (hash_eq(&print, &p->root.print)) return true;
    }
    return false;
}

/* Says so when the root is not among the reader's; answers whether it is. */
static bool root_look(struct inspection *i, const struct party *p, const struct bytes *roots,
                      size_t roots_n)
{
    if (is_held(p, roots, roots_n)) return true;
    struct str print = hex(i->t->arena, hash_bytes(&p->root.print));
    struct str state = str_printable(i->t->arena, p->root.state);
    remark(i, &i->v->trusting, "root-unknown", "RFC 5280 6.1.1", str_of(p->root_entry),
           "The %s's root (State " STR_FMT ") is none of those given. Its SHA-256 is " STR_FMT
           "; compare it with one that the State published.",
           p->what, STR_ARG(state), STR_ARG(print));
    return false;
}

void judge_trust(struct inspection *i, const struct bytes *roots, size_t roots_n)
{
    const struct {
        const struct party *party;
        struct str address;
        bool counts; /* an unknown root is enough to leave the whole unknown */
    } rows[] = {
        {&i->author, i->from, true}, {&i->exporter, i->by, true}, {&i->receiver, i->to, false}};
    size_t n = i->receipts_n ? 3 : 2;
    bool holds = true, known = true;
    i->v->trust = PROOF_TRUSTED;
    if (i->author.has_root) i->v->root = i->author.root.print;
    if (i->author.has_signer) i->v->signer = str_printable(i->t->arena, i->author.signer.address);
    if (i->exporter.has_signer)
        i->v->exporter = str_printable(i->t->arena, i->exporter.signer.address);
    for (size_t k = 0; k < n; k++) {
        const struct party *p = rows[k].party;
        if (chain_check(i->t, p, rows[k].address) != ERR_OK) {
            break_trust(i, p->signature_entry);
            holds = false;
        } else if (root_look(i, p, roots, roots_n)) {
            if (p == &i->receiver) i->is_proven = true;
        } else if (rows[k].counts) {
            known = false;
        }
    }
    if (holds && !known) i->v->trust = PROOF_ROOT_UNKNOWN;
}
