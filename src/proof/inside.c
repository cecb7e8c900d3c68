/* SPDX-License-Identifier: Apache-2.0 */
/* What the entries of an exported parcel say, and whether they say it of each other.
 *
 * Each part is checked against what vouches for it: profiles by their root, manifests by their
 * signature, the act by its carriage and documents, the log and the receipts by keys that a profile
 * names. Whether anybody trusts those roots is asked later. */

#include "proof/proof_internal.h"

#define FORMAT_ACT "comity act 1"
#define FORMAT_CARRIAGE "comity carriage 1"

/* ---- roots and profiles ---------------------------------------------------------------------- */

static const struct zip_entry *entry_find(const struct inspection *i, const char *name)
{
    return parcel_find(&i->p, name);
}

static bool cert_read(struct inspection *i, const char *name, struct bytes *der,
                      struct seal_cert *cert)
{
    const struct zip_entry *e = entry_find(i, name);
    if (!e) return false;
    if (seal_pem_read(i->t, bytes_str(e->data), "CERTIFICATE", der) == ERR_OK &&
        seal_cert_read(i->t, *der, cert) == ERR_OK)
        return true;
    remark_fault(i, &i->v->integrity, str_of(name));
    return false;
}

static void party_read(struct inspection *i, struct party *p)
{
    p->has_root = cert_read(i, p->root_entry, &p->root_der, &p->root);
    const struct zip_entry *e = entry_find(i, p->profile_entry);
    if (!p->has_root || !e) return;
    p->has_profile = profile_read(i->t, &suite_1, e->data, p->root_der, &p->profile) == ERR_OK;
    if (!p->has_profile) remark_fault(i, &i->v->integrity, str_of(p->profile_entry));
}

void inspect_parties(struct inspection *i)
{
    party_read(i, &i->author);
    party_read(i, &i->exporter);
    struct party *r = &i->receiver;
    party_read(i, r);
    r->has_signer = cert_read(i, ENTRY_RECEIPTS_SEAL, &r->signer_der, &r->signer);
}

/* ---- signatures ------------------------------------------------------------------------------ */

static err signature_check(struct turn *t, struct party *p, const struct parcel_seal *seal)
{
    try(seal_cms_is_canonical(t, seal->signature));
    try(seal_cms_look(t, seal->signature, &p->facts));
    try(seal_cms_signer(t, seal->signature, &p->signer_der));
    try(seal_cert_read(t, p->signer_der, &p->signer));
    p->has_signer = true;
    try(signature_bare(t, seal->signature, &p->bare));
    return suite_1.verify(t, p->signer_der, seal->manifest, p->bare);
}

/* The unsigned part holds the signer's certificate and the root that stands beside it: adding both
 * to the bare signature must give every byte. */
static err certs_check(struct turn *t, const struct party *p, const struct parcel_seal *seal)
{
    struct bytes must;
    const struct bytes ders[] = {p->signer_der, p->root_der};
    try(seal_cms_add_certs(t, p->bare, ders, 2, &must));
    if (bytes_eq(must, seal->signature)) return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "certificates", "RFC 5652 10.2.3",
                     "The signature carries other certificates than the %s's seal and root.",
                     p->what);
}

static void party_sign_check(struct inspection *i, struct party *p, size_t nth)
{
    const struct parcel_seal *seal = &i->p.seals[nth];
    err e = signature_check(i->t, p, seal);
    if (e == ERR_OK && p->has_root) e = certs_check(i->t, p, seal);
    if (e != ERR_OK) remark_fault(i, &i->v->integrity, str_of(p->signature_entry));
}

void inspect_signatures(struct inspection *i)
{
    if (i->p.seals_n > 0) party_sign_check(i, &i->author, 0);
    if (i->p.seals_n > 1) party_sign_check(i, &i->exporter, 1);
}

/* ---- the act --------------------------------------------------------------------------------- */

static err act_read(struct turn *t, struct bytes json, struct tree **out)
{
    static const struct field fields[] = {
        {"v", TREE_INT, false},    {"id", TREE_STR, false},    {"act", TREE_STR, false},
        {"from", TREE_STR, false}, {"to", TREE_STR, false},    {"at", TREE_INT, false},
        {"law", TREE_MAP, false},  {"suite", TREE_INT, false}, {"documents", TREE_LIST, false},
    };
    try(json_read_canonical(t, json, &codec_limits, out));
    return FIELDS_REQUIRE(t, *out, fields, false, FORMAT_ACT);
}

static err carriage_read(struct turn *t, const struct inspection *i, struct bytes json,
                         struct tree **out)
{
    static const struct field fields[] = {
        {"v", TREE_INT, false},     {"act", TREE_STR, false},     {"from", TREE_STR, false},
        {"to", TREE_STR, false},    {"seq", TREE_INT, false},     {"incarnation", TREE_INT, false},
        {"suite", TREE_INT, false}, {"exhibits", TREE_MAP, true},
    };
    try(json_read_canonical(t, json, &codec_limits, out));
    try(FIELDS_REQUIRE(t, *out, fields, true, FORMAT_CARRIAGE));
    struct hash said, act = seal_sha256_of(i->act_json);
    try(field_hash(t, *out, "act", FORMAT_CARRIAGE, &said));
    const struct {
        const char *member;
        bool agrees;
    } rows[] = {
        {"act", hash_eq(&said, &act)},
        {"from", str_eq(tree_str(*out, "from"), i->from)},
        {"to", str_eq(tree_str(*out, "to"), i->to)},
        {"suite", tree_int(*out, "suite", 0) == tree_int(i->act, "suite", -1)},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        if (!rows[k].agrees)
            return turn_fail_at(t, ERR_INTEGRITY, "carriage", FORMAT_CARRIAGE,
                                str_of(rows[k].member),
                                "The carriage does not agree with the act in %s.", rows[k].member);
    return ERR_OK;
}

/* One row of the act's list against the entry in its place. */
static void document_check(struct inspection *i, const struct tree *row,
                           const struct zip_entry *entry)
{
    static const struct field fields[] = {{"name", TREE_STR, false},
                                          {"sha256", TREE_STR, false},
                                          {"size", TREE_INT, false},
                                          {"type", TREE_STR, false}};
    struct proof_remark **list = &i->v->integrity;
    struct hash said, is = seal_sha256_of(entry->data);
    if (FIELDS_REQUIRE(i->t, row, fields, false, FORMAT_ACT) != ERR_OK ||
        field_hash(i->t, row, "sha256", FORMAT_ACT, &said) != ERR_OK) {
        remark_fault(i, list, STR(ENTRY_ACT));
        return;
    }
    struct str name = entry->name;
    name.p += sizeof ENTRY_DOCUMENTS - 1;
    name.n -= sizeof ENTRY_DOCUMENTS - 1;
    if (!str_eq(tree_str(row, "name"), name) || !hash_eq(&said, &is) ||
        tree_int(row, "size", -1) != (int64_t)entry->data.n)
        remark(i, list, "document", FORMAT_ACT, entry->name,
               "The document is not the one that the act lists in this place.");
}

/* The next row whose document is in the container: exhibits travelled beside it, and whoever has
 * one compares its SHA-256 with the act's. */
static const struct tree *row_inside(const struct inspection *i, const struct tree *row)
{
    const struct tree *exhibits = tree_get(i->carriage, "exhibits");
    while (row && tree_get_s(exhibits, tree_str(row, "sha256"))) row = row->next;
    return row;
}

static void documents_check(struct inspection *i)
{
    const struct tree *row = row_inside(i, tree_get(i->act, "documents")->child);
    size_t rows_n = 0, entries_n = 0;
    for (const struct tree *r = row; r; r = row_inside(i, r->next)) rows_n++;
    for (size_t k = 0; k < i->p.n; k++) {
        const struct zip_entry *entry = &i->p.entries[k];
        if (!str_starts(entry->name, ENTRY_DOCUMENTS)) continue;
        entries_n++;
        if (!row) {
            remark(i, &i->v->integrity, "surplus", FORMAT_ACT, entry->name,
                   "The act lists no such document.");
            continue;
        }
        document_check(i, row, entry);
        row = row_inside(i, row->next);
    }
    if (entries_n < rows_n)
        remark(i, &i->v->integrity, "missing", FORMAT_ACT, STR(ENTRY_ACT),
               "The act lists %zu documents and the container has %zu.", rows_n, entries_n);
}

void inspect_act(struct inspection *i)
{
    const struct zip_entry *act = entry_find(i, ENTRY_ACT);
    const struct zip_entry *carriage = entry_find(i, ENTRY_CARRIAGE);
    struct tree *map;
    if (!act) return;
    i->act_json = act->data;
    if (act_read(i->t, act->data, &map) != ERR_OK) {
        remark_fault(i, &i->v->integrity, STR(ENTRY_ACT));
        return;
    }
    i->act = map;
    i->from = tree_str(map, "from");
    i->to = tree_str(map, "to");
    if (carriage && carriage_read(i->t, i, carriage->data, &map) == ERR_OK)
        i->carriage = map;
    else if (carriage)
        remark_fault(i, &i->v->integrity, STR(ENTRY_CARRIAGE));
    documents_check(i);
}

/* ---- the log and the receipts ---------------------------------------------------------------- */

static err log_check(struct turn *t, struct inspection *i, struct bytes json)
{
    static const struct field fields[] = {{"at", TREE_INT, false}, {"by", TREE_STR, false}};
    struct tree *map;
    struct ledger_checkpoint head;
    try(json_read_canonical(t, json, &codec_limits, &map));
    try(FIELDS_REQUIRE(t, map, fields, false, "comity export 1"));
    i->by = tree_str(map, "by");
    i->export_at_ms = tree_int(map, "at", 0);
    try(proof_leaf_read(t, map, &i->log));
    if (!i->exporter.has_profile) return ERR_OK;
    return proof_leaf_check(t, &i->log, i->exporter.profile.vkey, i->act_json, &head);
}

void inspect_log(struct inspection *i)
{
    const struct zip_entry *log = entry_find(i, ENTRY_LOG);
    if (log && log_check(i->t, i, log->data) != ERR_OK)
        remark_fault(i, &i->v->integrity, STR(ENTRY_LOG));
}

/* The digest of the parcel as it travelled, before certificates were added. */
static struct hash parcel_digest(struct inspection *i)
{
    auto_arena scratch = arena_new();
    size_t n = 0;
    struct zip_entry *own = arena_take_many(scratch, i->p.n, sizeof *own);
    for (size_t k = 0; k < i->p.n; k++)
        if (!str_starts(i->p.entries[k].name, "proof/")) own[n++] = i->p.entries[k];
    const struct parcel_seal seal = {i->p.seals[0].manifest, i->author.bare};
    return seal_sha256_of(parcel_write(scratch, own, n, &seal, 1));
}

static err receipt_inspect(struct turn *t, struct inspection *i, struct bytes answer,
                           const struct receipt_expect *x)
{
    struct receipt r;
    struct bytes cms;
    struct ledger_checkpoint head;
    try(receipt_check(t, &suite_1, answer, x, &r, &cms, &head));
    if (i->carriage && r.sequence != tree_int(i->carriage, "seq", -1))
        return turn_fail_at(t, ERR_INTEGRITY, "other-receipt", "EN 319 522-1 8", STR("sequence"),
                            "The receipt is for another place in the line than the carriage's.");
    if (str_is(r.event, "held") || str_is(r.event, "read")) i->is_held = true;
    if (!i->receipt_at_ms || r.at_ms < i->receipt_at_ms) i->receipt_at_ms = r.at_ms;
    return ERR_OK;
}

void inspect_receipts(struct inspection *i)
{
    const struct party *r = &i->receiver;
    if (i->receipts_n == 0 || !r->has_profile || !r->has_signer || !i->act || !i->author.bare.n)
        return;
    const struct receipt_expect x = {.parcel = parcel_digest(i),
                                     .act = i->act_json,
                                     .from = i->to,
                                     .to = i->from,
                                     .vkey = r->profile.vkey,
                                     .signer_der = r->signer_der};
    for (size_t k = 0; k < i->receipts_n; k++)
        if (receipt_inspect(i->t, i, i->receipts[k]->data, &x) != ERR_OK)
            remark_fault(i, &i->v->integrity, i->receipts[k]->name);
}
