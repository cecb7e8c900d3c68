/* SPDX-License-Identifier: Apache-2.0 */
/* A parcel as it is handed to a court: the same signature, and everything needed to check it.
 *
 * Certificates go into the unsigned part of the author's signature, so that tools which know
 * nothing of Comity accept it; the rest goes under proof/ and is covered, together with the
 * author's manifest and signature, by a second manifest that the exporter signs. What comes out is
 * checked by our own verifier before anybody sees it. */

#include "proof/proof_internal.h"

#include <assert.h>

/* The entries of the container while it is put together. */
struct packing {
    struct turn *t;
    struct zip_entry *entries;
    size_t n, room;
};

static void pack(struct packing *p, struct str name, struct bytes data)
{
    assert(p->n < p->room);
    p->entries[p->n++] = (struct zip_entry){name, data};
}

static void pack_cert(struct packing *p, const char *name, struct bytes der)
{
    pack(p, str_of(name), str_bytes(seal_pem(p->t->arena, "CERTIFICATE", der)));
}

struct str receipt_entry(struct arena *a, size_t number)
{
    return str_printf(a, "proof/receipt-%03zu.json", number);
}

/* What was signed by the author is all a parcel has; the place of what is added must be free. */
static err parcel_take(struct turn *t, struct bytes container, struct parcel *out)
{
    try(parcel_read(t, container, out));
    if (out->seals_n != 1)
        return turn_fail(t, ERR_REJECTED, "seals", "EN 319 162-1 4.4.4.1",
                         "A parcel has one signed manifest; this one has %zu.", out->seals_n);
    for (size_t i = 0; i < out->n; i++) {
        struct str name = out->entries[i].name;
        if (str_is(name, ENTRY_ACT) || str_is(name, ENTRY_CARRIAGE) ||
            str_starts(name, ENTRY_DOCUMENTS))
            continue;
        return turn_fail_at(t, ERR_REJECTED, "surplus", "comity parcel 1", name,
                            "The parcel has an entry that is neither act nor document.");
    }
    return ERR_OK;
}

static err certs_add(struct turn *t, struct bytes cms, struct bytes seal_der, struct bytes root_der,
                     struct bytes *out)
{
    struct bytes bare;
    const struct bytes ders[] = {seal_der, root_der};
    try(seal_cms_add_certs(t, cms, ders, 2, out));
    try(signature_bare(t, *out, &bare));
    if (bytes_eq(bare, cms)) return ERR_OK;
    return turn_fail(t, ERR_INTEGRITY, "signature", "RFC 5652 5.1",
                     "The signature is not the same after certificates were added to it.");
}

static void log_pack(struct packing *p, const struct proof_export *x)
{
    struct arena *a = p->t->arena;
    struct tree *log = tree_map(a);
    tree_add_int(a, log, "at", x->at_ms);
    tree_add_str(a, log, "by", x->by);
    const struct tree *leaf = proof_leaf_write(a, &x->log);
    for (const struct tree *m = leaf->child; m; m = m->next) tree_set(a, log, m->key, m);
    pack(p, STR(ENTRY_LOG), str_bytes(json_write(a, log)));
}

static void proof_pack(struct packing *p, const struct proof_export *x)
{
    pack_cert(p, ENTRY_AUTHOR_ROOT, x->author_root_der);
    pack(p, STR(ENTRY_AUTHOR_PROFILE), x->author_profile);
    pack_cert(p, ENTRY_ROOT, x->exporter_root_der);
    pack(p, STR(ENTRY_PROFILE), x->exporter_profile);
    log_pack(p, x);
    for (size_t i = 0; i < x->answers_n; i++)
        pack(p, receipt_entry(p->t->arena, i + 1), str_bytes(x->answers[i]));
    if (x->answers_n == 0) return;
    pack_cert(p, ENTRY_RECEIPTS_ROOT, x->receipts_root_der);
    pack(p, STR(ENTRY_RECEIPTS_PROFILE), x->receipts_profile);
    pack_cert(p, ENTRY_RECEIPTS_SEAL, x->receipts_der);
}

/* The second manifest: all that is under proof/, and the first manifest with its signature. */
static struct bytes cover(struct turn *t, const struct packing *p, size_t proof_from,
                          const struct parcel_seal *first)
{
    size_t n = p->n - proof_from;
    struct zip_entry *all = arena_take_many(t->arena, n + 2, sizeof *all);
    for (size_t i = 0; i < n; i++) all[i] = p->entries[proof_from + i];
    all[n] = (struct zip_entry){STR(ENTRY_MANIFEST_1), first->manifest};
    all[n + 1] = (struct zip_entry){STR(ENTRY_SIGNATURE_1), first->signature};
    return parcel_manifest(t->arena, 2, all, n + 2);
}

/* Hands out nothing that a court would be told is not sound. */
static err recheck(struct turn *t, struct bytes container)
{
    struct proof_verdict v;
    try(proof_verify(t, container, NULL, 0, &v));
    if (v.sound) return ERR_OK;
    return turn_fail_at(t, ERR_INTEGRITY, "export", "EN 319 162-1 4.4", v.integrity->entry,
                        "The export would not verify: " STR_FMT, STR_ARG(v.integrity->sentence));
}

err proof_export(struct turn *t, const struct proof_export *x,
                 err (*sign)(void *ctx, struct turn *t, struct bytes content,
                             struct bytes *cms_out),
                 void *ctx, struct bytes *container_out)
{
    enum { PROOF_ENTRIES = 8 };
    if (x->answers_n > PROOF_RECEIPTS_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "count", "comity export 1",
                         "An export has at most %d receipts; %zu were given.", PROOF_RECEIPTS_MAX,
                         x->answers_n);
    struct parcel parcel;
    struct parcel_seal seals[2];
    try(parcel_take(t, x->parcel, &parcel));
    seals[0].manifest = parcel.seals[0].manifest;
    try(certs_add(t, parcel.seals[0].signature, x->author_seal_der, x->author_root_der,
                  &seals[0].signature));

    struct packing p = {.t = t, .room = parcel.n + PROOF_ENTRIES + x->answers_n};
    p.entries = arena_take_many(t->arena, p.room, sizeof *p.entries);
    for (size_t i = 0; i < parcel.n; i++) pack(&p, parcel.entries[i].name, parcel.entries[i].data);
    proof_pack(&p, x);
    if (p.n > PROOF_ENTRIES_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "count", "comity export 1",
                         "The parcel has too many entries to add proof to it.");
    seals[1].manifest = cover(t, &p, parcel.n, &seals[0]);
    struct bytes signature;
    try(sign(ctx, t, seals[1].manifest, &signature));
    try(certs_add(t, signature, x->exporter_seal_der, x->exporter_root_der, &seals[1].signature));

    struct bytes container = parcel_write(t->arena, p.entries, p.n, seals, 2);
    try(recheck(t, container));
    *container_out = container;
    return ERR_OK;
}
