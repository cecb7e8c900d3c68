/* SPDX-License-Identifier: Apache-2.0 */
/* From sealed bytes to a parcel that can be believed: opened, taken apart, compared with itself,
 * and signed by the authority it names, over the connection of that authority's node.
 *
 * Everything here is hostile until the last step. The order is the cheapest refusal first that
 * still names the right clause; nothing is looked up by what an unverified act says but the pinned
 * sender. Numbers, dossiers and law are the desk's. */

#include "post/post_internal.h"

enum { ENTRIES_OWN = 2 }; /* act.json and carriage.json stand beside the documents */

struct reading {
    const struct post_reading *known;
    const struct suite *suite;
    const struct post_opener *opener;
    struct str opened_by; /* our authority whose key opened it */
    struct bytes container;
    struct parcel parcel;
    const struct zip_entry *act_entry;
    struct tree *act, *carriage;
    const struct post_sender *sender;
};

static err parcel_open(struct turn *t, struct reading *r, struct bytes sealed);
static err entries_read(struct turn *t, struct reading *r);
static err carriage_agrees(struct turn *t, const struct reading *r);
static err sender_check(struct turn *t, struct reading *r);
static err documents_agree(struct turn *t, const struct reading *r);
static err entries_in_order(struct turn *t, const struct reading *r);

void post_reading_of(struct desk *d, const struct hash *tls, struct post_reading *out)
{
    const struct profile *ours = desk_profile(d);
    const struct desk_peer *peer;
    *out = (struct post_reading){0};
    for (size_t k = 0; k < ours->authorities_n && k < POST_OURS_MAX; k++)
        out->ours[out->ours_n++] = ours->authorities[k].address;
    for (size_t k = 0; k < POST_SENDERS_MAX && (peer = desk_peer_by_tls(d, tls, k)); k++)
        out->senders[out->senders_n++] = (struct post_sender){
            peer->address, peer->seal_der, peer->root_der, peer->seal_revoked_ms};
}

err post_read(struct turn *t, struct desk *d, const struct hash *tls, struct bytes sealed,
              struct desk_parcel *out)
{
    struct post_reading r;
    struct post_opener opener = {desk_keeper(d)->open, desk_keeper(d)->ctx};
    post_reading_of(d, tls, &r);
    return post_parcel_read(t, &r, desk_suite(d), &opener, sealed, out);
}

err post_parcel_read(struct turn *t, const struct post_reading *known, const struct suite *suite,
                     const struct post_opener *opener, struct bytes sealed, struct desk_parcel *out)
{
    struct reading r = {.known = known, .suite = suite, .opener = opener};
    if (sealed.n > POST_PARCEL_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "parcel-too-large", POST_CLAUSE_PARCELS,
                         "A sealed parcel has at most %d bytes; this one has %zu.", POST_PARCEL_MAX,
                         sealed.n);
    try(parcel_open(t, &r, sealed));
    try(parcel_read(t, r.container, &r.parcel));
    try(entries_read(t, &r));
    try(carriage_agrees(t, &r));
    try(sender_check(t, &r));
    try(documents_agree(t, &r));
    *out = (struct desk_parcel){.container = r.container,
                                .digest = seal_sha256_of(r.container),
                                .act_json = r.act_entry->data,
                                .act = r.act,
                                .from = tree_str(r.act, "from"),
                                .to = tree_str(r.act, "to"),
                                .incarnation = tree_int(r.carriage, "incarnation", 0),
                                .sequence = tree_int(r.carriage, "seq", 0),
                                .exhibits = tree_get(r.carriage, "exhibits")};
    return ERR_OK;
}

/* Each of our authorities has its own opening keys; the envelope does not say whose it is before it
 * is tried. */
static err parcel_open(struct turn *t, struct reading *r, struct bytes sealed)
{
    for (size_t i = 0; i < r->known->ours_n; i++) {
        struct str address = r->known->ours[i];
        err e = r->opener->open(r->opener->ctx, t, address, sealed, &r->container);
        if (e == ERR_OK) {
            r->opened_by = address;
            return ERR_OK;
        }
        if (e != ERR_NONE_SUCH) return e;
        turn_forgive(t);
    }
    return turn_fail(t, ERR_REJECTED, "sealed-to-other", "RFC 5652 6.2",
                     "The parcel is sealed to somebody else: none of our opening keys is among "
                     "its recipients.");
}

static err entry_read(struct turn *t, const struct reading *r, const char *name,
                      const struct zip_entry **entry_out, struct tree **out)
{
    static const struct tree_limits limits = {POST_ACT_MAX, 16, 16384};
    const struct zip_entry *e = parcel_find(&r->parcel, name);
    if (!e)
        return turn_fail_at(t, ERR_REJECTED, "entry-missing", "comity act 1: entries", str_of(name),
                            "The parcel has no %s.", name);
    *entry_out = e;
    return json_read_canonical(t, e->data, &limits, out);
}

static err entries_read(struct turn *t, struct reading *r)
{
    const struct zip_entry *carriage;
    if (r->parcel.seals_n != 1)
        return turn_fail(t, ERR_REJECTED, "seals", "EN 319 162-1 4.4",
                         "A parcel as it travels has one signed manifest; this one has %zu.",
                         r->parcel.seals_n);
    if (!r->parcel.is_plain)
        return turn_fail_at(t, ERR_REJECTED, "manifest", "EN 319 162-1 A.4",
                            STR("META-INF/ASiCManifest001.xml"),
                            "The manifest is not the one this format makes of the entries; as an "
                            "export it could not be shown.");
    try(entry_read(t, r, "act.json", &r->act_entry, &r->act));
    try(entry_read(t, r, "carriage.json", &carriage, &r->carriage));
    try(form_act(t, r->act));
    return form_carriage(t, r->carriage);
}

/* What the carriage says of the act must be so; suites are registered, never guessed. */
static err carriage_agrees(struct turn *t, const struct reading *r)
{
    static const char *const same[] = {"from", "to"};
    for (size_t k = 0; k < sizeof same / sizeof *same; k++)
        if (!str_eq(tree_str(r->act, same[k]), tree_str(r->carriage, same[k])))
            return turn_fail_at(t, ERR_REJECTED, "carriage-differs", "comity wire 1: carriage",
                                str_of(same[k]),
                                "carriage.json and act.json do not name the same %s.", same[k]);
    struct hash is = seal_sha256_of(r->act_entry->data), said;
    if (!hash_read(tree_str(r->carriage, "act"), &said) || !hash_eq(&is, &said))
        return turn_fail_at(t, ERR_REJECTED, "carriage-differs", "comity wire 1: carriage",
                            STR("act"), "carriage.json gives another digest of act.json.");
    int64_t suite = tree_int(r->carriage, "suite", 0);
    if (suite != tree_int(r->act, "suite", 0))
        return turn_fail_at(t, ERR_REJECTED, "carriage-differs", "comity wire 1: carriage",
                            STR("suite"), "carriage.json and act.json name different suites.");
    if (suite != r->suite->number)
        return turn_fail_at(t, ERR_REJECTED, "suite-unknown", "comity act 1: suite", STR("suite"),
                            "Suite %lld is not registered here.", (long long)suite);
    return ERR_OK;
}

static bool is_within(const struct seal_cert *c, int64_t at_ms)
{
    return c->from_ms <= at_ms && at_ms <= c->to_ms;
}

/* A seal used out of its time, or after its State revoked it, would be held against the act in
 * court, so it is not taken here. What the peer's profile was worth when it was pinned is looked at
 * again: time has passed, for the root too. That the root issued it was seen then. */
static err seal_counts(struct turn *t, const struct reading *r)
{
    const struct str entry = STR("META-INF/signature001.p7s");
    int64_t now_ms = turn_now_ms(t);
    if (profile_is_revoked(r->sender->seal_revoked_ms, now_ms))
        return turn_fail_at(t, ERR_REJECTED, "seal-revoked", "comity profile 1: revoked_since",
                            entry, "The seal of " STR_FMT " is revoked by its State.",
                            STR_ARG(r->sender->address));
    struct seal_cert seal, root;
    try(seal_cert_read(t, r->sender->seal_der, &seal));
    try(seal_cert_read(t, r->sender->root_der, &root));
    if (is_within(&seal, now_ms) && is_within(&root, now_ms)) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "seal-expired", "RFC 5280 4.1.2.5", entry,
                        "The certificate of the seal of " STR_FMT
                        ", or the root it leads to, is out of its time.",
                        STR_ARG(r->sender->address));
}

/* Who says so: the recipient is ours and opened it; the sender is pinned, speaks over its own
 * node's connection, and its seal covers the manifest. */
static err sender_check(struct turn *t, struct reading *r)
{
    struct str from = tree_str(r->act, "from"), to = tree_str(r->act, "to");
    if (r->known->came_back) to = from; /* its receiver gives it back to us */
    if (!str_eq(to, r->opened_by))
        return turn_fail_at(t, ERR_REJECTED, "recipient", "comity act 1: to", STR("to"),
                            "The act is to " STR_FMT ", but the parcel is sealed to " STR_FMT ".",
                            STR_ARG(to), STR_ARG(r->opened_by));
    for (size_t k = 0; k < r->known->senders_n && !r->sender; k++)
        if (str_eq(r->known->senders[k].address, from)) r->sender = &r->known->senders[k];
    if (!r->sender)
        return turn_fail_at(t, ERR_REJECTED, "sender", "comity act 1: from", STR("from"),
                            "The act is from " STR_FMT
                            ", which is no authority of the node that brought it.",
                            STR_ARG(from));
    try(seal_counts(t, r));
    const struct parcel_seal *s = &r->parcel.seals[0];
    err e = r->suite->verify(t, r->sender->seal_der, s->manifest, s->signature);
    if (e != ERR_INTEGRITY) return e;
    turn_forgive(t);
    return turn_fail_at(
        t, ERR_REJECTED, "signature", "RFC 5652 5.6", STR("META-INF/signature001.p7s"),
        "The signature is not one by the seal of " STR_FMT " over this manifest.", STR_ARG(from));
}

/* A document that comes in segments, beside the parcel. */
static bool is_exhibit(const struct reading *r, const struct tree *doc)
{
    return tree_get_s(tree_get(r->carriage, "exhibits"), tree_str(doc, "sha256")) != NULL;
}

static err exhibits_agree(struct turn *t, const struct reading *r, size_t *n_out)
{
    const struct tree *docs = tree_get(r->act, "documents"), *x = tree_get(r->carriage, "exhibits");
    size_t n = 0;
    uint64_t segments = 0;
    for (const struct tree *d = docs->child; d; d = d->next) {
        if (!is_exhibit(r, d)) continue;
        segments += seal_segments_of((uint64_t)tree_int(d, "size", 0));
        n++;
        if (tree_int(d, "size", 0) < 1 || segments > DESK_SEGMENTS_MAX)
            return turn_fail_at(t, ERR_TOO_LARGE, "exhibits-too-large", "comity wire 1: segments",
                                tree_str(d, "name"),
                                "An exhibit has at least one byte, and those of one act at most %d "
                                "segments.",
                                DESK_SEGMENTS_MAX);
    }
    *n_out = n;
    if (n == (x ? x->count : 0)) return ERR_OK;
    return turn_fail_at(t, ERR_REJECTED, "carriage-differs", "comity wire 1: carriage",
                        STR("exhibits"), "The exhibits are not documents of the act, each once.");
}

static err document_agrees(struct turn *t, const struct reading *r, const struct tree *doc)
{
    struct str name = tree_str(doc, "name");
    struct str path = str_printf(t->arena, "documents/" STR_FMT, STR_ARG(name));
    const struct zip_entry *e = parcel_find(&r->parcel, str_c(t->arena, path));
    if (!e)
        return turn_fail_at(t, ERR_REJECTED, "document-missing", "comity act 1: documents", name,
                            "The act names a document that the parcel does not hold.");
    struct hash is = seal_sha256_of(e->data), said;
    if (!hash_read(tree_str(doc, "sha256"), &said) || !hash_eq(&is, &said) ||
        tree_int(doc, "size", -1) != (int64_t)e->data.n)
        return turn_fail_at(t, ERR_REJECTED, "document-differs", "comity act 1: documents", name,
                            "The document's bytes are not those the act names.");
    return ERR_OK;
}

static err documents_agree(struct turn *t, const struct reading *r)
{
    const struct tree *docs = tree_get(r->act, "documents");
    for (const struct tree *d = docs->child; d; d = d->next) {
        for (const struct tree *before = docs->child; before != d; before = before->next)
            if (str_eq(tree_str(before, "name"), tree_str(d, "name")))
                return turn_fail_at(t, ERR_REJECTED, "document-twice", "comity act 1: documents",
                                    tree_str(d, "name"), "The act names a document twice.");
        if (!is_exhibit(r, d)) try(document_agrees(t, r, d));
    }
    size_t exhibits = 0;
    try(exhibits_agree(t, r, &exhibits));
    if (r->parcel.n == docs->count - exhibits + ENTRIES_OWN) return entries_in_order(t, r);
    return turn_fail(t, ERR_REJECTED, "entry-surplus", "comity act 1: entries",
                     "The parcel holds %zu entries; the act accounts for %zu.", r->parcel.n,
                     docs->count - exhibits + ENTRIES_OWN);
}

/* One act has one container: what a court is shown has the same order. */
static err entries_in_order(struct turn *t, const struct reading *r)
{
    const struct tree *doc = tree_get(r->act, "documents")->child;
    for (size_t k = 0; k < r->parcel.n; k++) {
        struct str must = k == 0 ? STR("act.json") : STR("carriage.json");
        if (k >= ENTRIES_OWN) {
            while (is_exhibit(r, doc)) doc = doc->next; /* as many are left as entries */
            must = str_printf(t->arena, "documents/" STR_FMT, STR_ARG(tree_str(doc, "name")));
            doc = doc->next;
        }
        if (!str_eq(r->parcel.entries[k].name, must))
            return turn_fail_at(t, ERR_REJECTED, "entry-order", "comity act 1: entries",
                                r->parcel.entries[k].name,
                                "The entries are not act, carriage and then the documents in the "
                                "order of the act.");
    }
    return ERR_OK;
}

struct post_told post_problem_read(struct turn *t, struct bytes problem)
{
    static const struct tree_limits small = {64 << 10, 4, 64};
    struct tree *m;
    if (json_read(t, problem, &small, &m) == ERR_OK)
        return (struct post_told){tree_str(m, "code"), tree_str(m, "receipt")};
    turn_forgive(t);
    return (struct post_told){0};
}

err post_summary_read(struct turn *t, const struct post_reading *known, const struct suite *suite,
                      struct bytes cms, struct summary *out)
{
    struct bytes body;
    struct tree *m;
    if (cms.n > SUMMARY_SIZE_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "summary-too-large", POST_CLAUSE_SUMMARY,
                         "A signed summary has at most %d bytes; this one has %zu.",
                         SUMMARY_SIZE_MAX, cms.n);
    for (size_t k = 0; k < known->senders_n; k++) {
        const struct post_sender *s = &known->senders[k];
        bool ours = false;
        if (profile_is_revoked(s->seal_revoked_ms, turn_now_ms(t)) ||
            suite->verify_attached(t, s->seal_der, cms, &body) != ERR_OK) {
            turn_forgive(t);
            continue;
        }
        try(json_read_canonical(t, body, &codec_limits, &m));
        try(summary_read(t, m, out));
        for (size_t j = 0; j < known->ours_n; j++) ours |= str_eq(known->ours[j], out->to);
        if (ours && str_eq(out->from, s->address)) return ERR_OK;
        return turn_fail(t, ERR_REJECTED, "summary", POST_CLAUSE_SUMMARY,
                         "The summary is of another authority than who signed it, or to another "
                         "than ours.");
    }
    return turn_fail(t, ERR_REJECTED, "signature", "RFC 5652 5.6",
                     "No authority of the node at the other end signed the summary.");
}
