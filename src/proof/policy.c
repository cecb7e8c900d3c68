/* SPDX-License-Identifier: Apache-2.0 */
/* Policy: are algorithms, times and functions what is asked of a signed act?
 *
 * A weak algorithm, a certificate out of its time or an author without the function make a
 * signature unfit for what it is shown for. Training, a missing receipt or clocks that disagree are
 * said, and weighed by the reader. Times are as the signers claim them: no stamp of a third party
 * is looked for. */

#include "proof/proof_internal.h"

/* How far two clocks may be apart unremarked. */
enum { CLOCK_SLACK_MS = 5 * 60 * 1000 };

static void unfit(struct inspection *i, const char *code, const char *article, const char *entry,
                  const char *sentence)
{
    i->v->fit = false;
    remark(i, &i->v->policy, code, article, str_of(entry), "%s", sentence);
}

static void versions_judge(struct inspection *i)
{
    if (tree_int(i->act, "v", 0) != 1)
        unfit(i, "version", "comity act 1", ENTRY_ACT,
              "The act is of a version that this program does not know.");
    if (tree_int(i->act, "suite", 0) != suite_1.number)
        unfit(i, "suite", "comity act 1", ENTRY_ACT,
              "The act names a suite of algorithms that this program does not know.");
}

static void algorithms_judge(struct inspection *i, const struct party *p)
{
    if (!p->facts.digest.n) return;
    if (!str_is(p->facts.digest, "SHA-256") || !str_is(p->facts.curve, "P-256"))
        unfit(i, "weak", "TS 119 312 7", p->signature_entry,
              "The signature is not ECDSA on P-256 over SHA-256.");
}

static bool is_within(const struct seal_cert *c, int64_t at_ms)
{
    return c->from_ms <= at_ms && at_ms <= c->to_ms;
}

/* `at_ms` is when the act, export or receipt says it was made; the signature says a time too, and
 * both must fit. */
static bool is_in_time(const struct seal_cert *c, const struct party *p, int64_t at_ms)
{
    return is_within(c, at_ms) && (!p->facts.signed_ms || is_within(c, p->facts.signed_ms));
}

static void times_judge(struct inspection *i, const struct party *p, int64_t at_ms)
{
    if (p->has_signer && !is_in_time(&p->signer, p, at_ms))
        unfit(i, "expired", "RFC 5280 4.1.2.5", p->signature_entry,
              "The certificate of the seal was out of its time when it was used.");
    const struct profile_authority *a =
        p->has_profile && p->has_signer ? profile_find(&p->profile, p->signer.address) : NULL;
    if (a && profile_is_revoked(a->seal_revoked_ms, at_ms))
        unfit(i, "revoked", "comity profile 1: revoked_since", p->signature_entry,
              "The State had revoked the seal when it was used.");
    if (p->has_root && !is_in_time(&p->root, p, at_ms))
        unfit(i, "expired", "RFC 5280 4.1.2.5", p->root_entry,
              "The root was out of its time when a seal under it was used.");
}

static bool is_any(struct str s) { return !s.n || str_is(s, "*"); }

/* A function covers the act when each member it names is the act's own. */
static bool function_covers(const struct tree *f, struct str instrument, struct str kind)
{
    struct str of = tree_str(f, "instrument"), what = tree_str(f, "kind");
    struct str direction = tree_str(f, "direction");
    return (is_any(of) || str_eq(of, instrument)) && (is_any(what) || str_eq(what, kind)) &&
           (is_any(direction) || str_is(direction, "send") || str_is(direction, "receive"));
}

static void function_judge(struct inspection *i)
{
    if (!i->author.has_profile) return;
    const struct profile_authority *author = profile_find(&i->author.profile, i->from);
    const struct tree *law = tree_get(i->act, "law");
    struct str instrument = tree_str(law, "instrument"), kind = tree_str(law, "kind");
    const struct tree *f = author && author->functions ? author->functions->child : NULL;
    for (; f; f = f->next)
        if (function_covers(f, instrument, kind)) return;
    unfit(i, "function", "comity profile 1", ENTRY_AUTHOR_PROFILE,
          "The author's State does not name it for this instrument and kind of request.");
}

/* An act names the profile in force. Under another one of its State, functions may be others. */
static void profile_note(struct inspection *i)
{
    const struct profile *p = &i->author.profile;
    const struct tree *named = tree_get(tree_get(i->act, "law"), "profiles");
    if (!i->author.has_profile || !named) return;
    struct str print = tree_str(named, str_c(i->t->arena, p->state));
    if (!print.n || str_eq(print, hex(i->t->arena, hash_bytes(&p->hash)))) return;
    remark(i, &i->v->policy, "other-profile", "comity act 1: law", STR(ENTRY_AUTHOR_PROFILE),
           "The act names another profile of its State than the one shown here.");
}

static void receipts_note(struct inspection *i)
{
    struct str first = STR("proof/receipt-001.json");
    if (i->receipts_n == 0)
        remark(i, &i->v->policy, "no-receipt", "EN 319 522-1 8", first,
               "No receipt is shown: that the act reached the other State is not proven here.");
    else if (!i->is_proven)
        remark(i, &i->v->policy, "receipt-not-proven", "EN 319 522-1 8", first,
               "Whoever signed the receipt leads to no root given here: that the act reached the "
               "other State is not proven.");
    else if (!i->is_held)
        remark(i, &i->v->policy, "not-held", "EN 319 522-1 8", first,
               "No receipt shown says that the other State took the act.");
}

static void training_note(struct inspection *i)
{
    const struct party *parties[] = {&i->author, &i->exporter, &i->receiver};
    for (size_t k = 0; k < sizeof parties / sizeof *parties; k++)
        if (parties[k]->has_root && parties[k]->root.training)
            remark(i, &i->v->policy, "training", "comity profile 1", str_of(parties[k]->root_entry),
                   "The %s's root is for training: nothing under it has effect.", parties[k]->what);
}

/* What must not come long before what. A time that is not known is not judged. */
static void clocks_note(struct inspection *i)
{
    int64_t at_ms = tree_int(i->act, "at", 0);
    const struct {
        int64_t first_ms, then_ms;
        const char *entry, *sentence;
    } rows[] = {
        {at_ms, i->author.facts.signed_ms, ENTRY_SIGNATURE_1,
         "The act was signed before it was done, as the clocks say."},
        {at_ms, i->receipt_at_ms, ENTRY_ACT,
         "The receipt is older than the act, as the clocks say."},
        {i->receipt_at_ms, i->export_at_ms, ENTRY_LOG,
         "The export is older than the receipt, as the clocks say."},
        {at_ms, i->export_at_ms, ENTRY_LOG, "The export is older than the act, as the clocks say."},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        if (rows[k].first_ms && rows[k].then_ms &&
            rows[k].then_ms < rows[k].first_ms - CLOCK_SLACK_MS)
            remark(i, &i->v->policy, "clock-order", "EN 319 122-1 5.2.1", str_of(rows[k].entry),
                   "%s", rows[k].sentence);
}

void judge_policy(struct inspection *i)
{
    if (!i->act) {
        remark(i, &i->v->policy, "not-judged", "EN 319 102-1 5.1", STR(ENTRY_ACT),
               "The act could not be read, so there is nothing to judge.");
        return;
    }
    i->v->fit = true;
    versions_judge(i);
    algorithms_judge(i, &i->author);
    algorithms_judge(i, &i->exporter);
    times_judge(i, &i->author, tree_int(i->act, "at", 0));
    times_judge(i, &i->exporter, i->export_at_ms);
    if (i->receipt_at_ms) times_judge(i, &i->receiver, i->receipt_at_ms);
    function_judge(i);
    training_note(i);
    profile_note(i);
    clocks_note(i);
    receipts_note(i);
}
