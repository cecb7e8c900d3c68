/* SPDX-License-Identifier: Apache-2.0 */
/* The form of an exported parcel: which entries, in which order, under which manifest.
 *
 * There is one spelling of an export. The container came through a reader that takes only what our
 * writer makes; here each entry has its place, and each manifest is made again from what it must
 * cover and compared. So no byte is free to carry something unsigned. It looks into no entry. */

#include "proof/proof_internal.h"

#include <string.h>

/* The entries an export must have, in order. */
struct plan {
    struct str names[ZIP_ENTRIES_MAX];
    size_t n;
    size_t parcel_n; /* the first of them are the parcel's own */
};

static void plan_name(struct plan *p, struct str name)
{
    if (p->n < ZIP_ENTRIES_MAX) p->names[p->n++] = name;
}

static void plan_parcel(const struct inspection *i, struct plan *p)
{
    plan_name(p, STR(ENTRY_ACT));
    plan_name(p, STR(ENTRY_CARRIAGE));
    for (size_t k = 0; k < i->p.n; k++)
        if (str_starts(i->p.entries[k].name, ENTRY_DOCUMENTS)) plan_name(p, i->p.entries[k].name);
    p->parcel_n = p->n;
}

/* Receipts are numbered without a gap; the first number that is missing ends them. */
static void plan_receipts(struct inspection *i, struct plan *p)
{
    i->receipts = arena_take_many(i->t->arena, PROOF_RECEIPTS_MAX, sizeof *i->receipts);
    while (i->receipts_n < PROOF_RECEIPTS_MAX) {
        struct str name = receipt_entry(i->t->arena, i->receipts_n + 1);
        const struct zip_entry *answer = parcel_find(&i->p, str_c(i->t->arena, name));
        if (!answer) break;
        i->receipts[i->receipts_n++] = answer;
        plan_name(p, name);
    }
    if (i->receipts_n == 0) return;
    plan_name(p, STR(ENTRY_RECEIPTS_ROOT));
    plan_name(p, STR(ENTRY_RECEIPTS_PROFILE));
    plan_name(p, STR(ENTRY_RECEIPTS_SEAL));
}

static struct plan *plan_make(struct inspection *i)
{
    struct plan *p = arena_take(i->t->arena, sizeof *p);
    plan_parcel(i, p);
    plan_name(p, STR(ENTRY_AUTHOR_ROOT));
    plan_name(p, STR(ENTRY_AUTHOR_PROFILE));
    plan_name(p, STR(ENTRY_ROOT));
    plan_name(p, STR(ENTRY_PROFILE));
    plan_name(p, STR(ENTRY_LOG));
    plan_receipts(i, p);
    return p;
}

static bool is_planned(const struct plan *p, struct str name)
{
    for (size_t k = 0; k < p->n; k++)
        if (str_eq(p->names[k], name)) return true;
    return false;
}

static bool entries_check(struct inspection *i, const struct plan *p)
{
    struct proof_remark **list = &i->v->integrity;
    bool holds = true;
    for (size_t k = 0; k < p->n; k++)
        if (!parcel_find(&i->p, str_c(i->t->arena, p->names[k]))) {
            remark(i, list, "missing", "EN 319 162-1 4.4", p->names[k],
                   "This entry is missing from the container.");
            holds = false;
        }
    for (size_t k = 0; k < i->p.n; k++)
        if (!is_planned(p, i->p.entries[k].name)) {
            remark(i, list, "surplus", "EN 319 162-1 4.4", i->p.entries[k].name,
                   "This entry has no place in an exported parcel.");
            holds = false;
        }
    for (size_t k = 0; holds && k < i->p.n; k++)
        if (!str_eq(i->p.entries[k].name, p->names[k])) {
            remark(i, list, "order", "EN 319 162-1 4.4", i->p.entries[k].name,
                   "This entry does not stand in its place.");
            holds = false;
        }
    return holds;
}

static void manifest_check(struct inspection *i, size_t nth, struct str entry, struct bytes must)
{
    if (bytes_eq(i->p.seals[nth].manifest, must)) return;
    remark(i, &i->v->integrity, "manifest", "EN 319 162-1 A.4", entry,
           "The manifest is not the one that belongs to the entries it must cover.");
}

static void manifests_check(struct inspection *i, const struct plan *p)
{
    struct arena *a = i->t->arena;
    size_t n = i->p.n - p->parcel_n;
    struct zip_entry *proof = arena_take_many(a, n + 2, sizeof *proof);
    memcpy(proof, i->p.entries + p->parcel_n, n * sizeof *proof);
    proof[n] = (struct zip_entry){STR(ENTRY_MANIFEST_1), i->p.seals[0].manifest};
    proof[n + 1] = (struct zip_entry){STR(ENTRY_SIGNATURE_1), i->p.seals[0].signature};
    manifest_check(i, 0, STR(ENTRY_MANIFEST_1), parcel_manifest(a, 1, i->p.entries, p->parcel_n));
    manifest_check(i, 1, STR(ENTRY_MANIFEST_2), parcel_manifest(a, 2, proof, n + 2));
}

static bool seals_check(struct inspection *i)
{
    struct proof_remark **list = &i->v->integrity;
    if (i->p.seals_n == 2) return true;
    if (i->p.seals_n < 2)
        remark(i, list, "not-exported", "EN 319 162-1 4.4", STR(ENTRY_MANIFEST_2),
               "This is a parcel as it travels, without certificates and proof: export it first.");
    else
        remark(i, list, "surplus", "EN 319 162-1 4.4", STR("META-INF/ASiCManifest003.xml"),
               "An exported parcel has two signed manifests; this one has %zu.", i->p.seals_n);
    return false;
}

void inspect_form(struct inspection *i)
{
    bool sealed = seals_check(i);
    const struct plan *p = plan_make(i);
    if (!entries_check(i, p) || !sealed) return;
    manifests_check(i, p);
}
