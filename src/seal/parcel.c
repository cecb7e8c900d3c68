/* SPDX-License-Identifier: Apache-2.0 */
/* The parcel: an ASiC-E container (EN 319 162-1) put together and taken apart.
 *
 * Order is part of the format: mimetype, entries, then manifest and signature of each seal. Each
 * entry must be covered by a manifest with its digest, so what no signature stands for is refused
 * here, by name. Who signed, and whether the signatures hold, is for the suite and the caller. */

#include "seal/inner.h"

#include <assert.h>

#define MIMETYPE STR("application/vnd.etsi.asic-e+zip")

/* A container while it is being checked. */
struct reading {
    struct zip_entry *all; /* mimetype, entries, then the seals' files */
    size_t n;
    struct str *uris;    /* of each */
    struct str *digests; /* of each */
    bool *covered;       /* of each, by any seal */
    size_t entries_n, seals_n;
};

static err lay_out(struct turn *t, struct reading *r);
static bool take_plain(struct arena *a, struct parcel *p);
static void name_all(struct arena *a, struct reading *r);
static err check_seal(struct turn *t, struct reading *r, size_t k, const struct zip_entry ***out);
static err check_all(struct turn *t, const struct reading *r);

struct bytes parcel_write(struct arena *a, const struct zip_entry *entries, size_t n,
                          const struct parcel_seal *seals, size_t seals_n)
{
    assert(n < ZIP_ENTRIES_MAX - 2 * PARCEL_SEALS_MAX && seals_n <= PARCEL_SEALS_MAX);
    struct zip_entry *all = arena_take_many(a, 1 + n + 2 * seals_n, sizeof *all);
    size_t at = 0;
    all[at++] = (struct zip_entry){STR("mimetype"), str_bytes(MIMETYPE)};
    for (size_t i = 0; i < n; i++) all[at++] = entries[i];
    for (size_t k = 0; k < seals_n; k++) {
        int number = (int)k + 1;
        all[at++] = (struct zip_entry){seal_manifest_name(a, number), seals[k].manifest};
        all[at++] = (struct zip_entry){seal_signature_name(a, number), seals[k].signature};
    }
    return zip_write(a, all, at);
}

const struct zip_entry *parcel_find(const struct parcel *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (str_is(p->entries[i].name, name)) return &p->entries[i];
    return NULL;
}

err parcel_read(struct turn *t, struct bytes container, struct parcel *out)
{
    if (container.n > PARCEL_MAX)
        return turn_fail(t, ERR_TOO_LARGE, "size", NULL,
                         "A container has at most %d bytes, not %zu.", PARCEL_MAX, container.n);
    struct reading r = {0};
    try(zip_read(t, container, &r.all, &r.n));
    try(lay_out(t, &r));
    struct parcel p = {.entries = r.all + 1, .n = r.entries_n, .seals_n = r.seals_n};
    p.seals = arena_take_many(t->arena, r.seals_n, sizeof *p.seals);
    p.covered = arena_take_many(t->arena, r.seals_n, sizeof(const struct zip_entry **));
    const struct zip_entry *files = r.all + 1 + r.entries_n;
    for (size_t k = 0; k < r.seals_n; k++)
        p.seals[k] = (struct parcel_seal){files[2 * k].data, files[2 * k + 1].data};
    if (!take_plain(t->arena, &p)) {
        name_all(t->arena, &r);
        for (size_t k = 0; k < r.seals_n; k++) try(check_seal(t, &r, k, &p.covered[k]));
        try(check_all(t, &r));
    }
    *out = p;
    return ERR_OK;
}

/* ---- order ----------------------------------------------------------------------------------- */

static err misplaced(struct turn *t, struct str name)
{
    return turn_fail_at(t, ERR_INTEGRITY, "misplaced", "EN 319 162-1 A.3", name,
                        "\"" STR_FMT "\" does not stand where it must: mimetype, entries, then "
                        "manifest and signature 001, 002 and on.",
                        STR_ARG(name));
}

static err lay_out(struct turn *t, struct reading *r)
{
    if (r->n == 0 || !str_is(r->all[0].name, "mimetype") ||
        !str_eq(bytes_str(r->all[0].data), MIMETYPE))
        return turn_fail_at(t, ERR_INTEGRITY, "mimetype", "EN 319 162-1 A.1", STR("mimetype"),
                            "The container does not begin with the mimetype of ASiC-E.");
    size_t at = 1;
    while (at < r->n && !str_starts(r->all[at].name, "META-INF/")) at++;
    r->entries_n = at - 1;
    for (; at < r->n; at += 2) {
        int number = (int)++r->seals_n;
        if (r->seals_n > PARCEL_SEALS_MAX)
            return turn_fail_at(t, ERR_TOO_LARGE, "count", NULL, r->all[at].name,
                                "A container has at most %d seals.", PARCEL_SEALS_MAX);
        if (!str_eq(r->all[at].name, seal_manifest_name(t->arena, number)))
            return misplaced(t, r->all[at].name);
        struct str wanted = seal_signature_name(t->arena, number);
        if (at + 1 == r->n)
            return turn_fail_at(t, ERR_INTEGRITY, "unsealed", "EN 319 162-1 A.4", wanted,
                                "A manifest is without its signature \"" STR_FMT "\".",
                                STR_ARG(wanted));
        if (!str_eq(r->all[at + 1].name, wanted)) return misplaced(t, r->all[at + 1].name);
    }
    if (r->seals_n == 0)
        return turn_fail_at(t, ERR_INTEGRITY, "unsealed", "EN 319 162-1 A.4",
                            seal_manifest_name(t->arena, 1), "The container is not signed.");
    return ERR_OK;
}

/* ---- coverage -------------------------------------------------------------------------------- */

/* What nodes send has one seal, whose manifest is spelled as ours over all entries in their order:
 * when it is just that, there is nothing to parse. */
static bool take_plain(struct arena *a, struct parcel *p)
{
    if (p->seals_n != 1 || !bytes_eq(p->seals[0].manifest, parcel_manifest(a, 1, p->entries, p->n)))
        return false;
    p->covered[0] = arena_take_many(a, p->n + 1, sizeof(const struct zip_entry *));
    for (size_t i = 0; i < p->n; i++) p->covered[0][i] = &p->entries[i];
    p->is_plain = true;
    return true;
}

static void name_all(struct arena *a, struct reading *r)
{
    r->uris = arena_take_many(a, r->n, sizeof *r->uris);
    r->digests = arena_take_many(a, r->n, sizeof *r->digests);
    r->covered = arena_take_many(a, r->n, sizeof *r->covered);
    for (size_t i = 0; i < r->n; i++) {
        struct hash h = seal_sha256_of(r->all[i].data);
        r->uris[i] = seal_manifest_uri(a, r->all[i].name);
        r->digests[i] = base64(a, hash_bytes(&h));
    }
}

/* A seal may cover what stands before its own manifest, each once. */
static err check_seal(struct turn *t, struct reading *r, size_t k, const struct zip_entry ***out)
{
    struct manifest_ref *refs;
    size_t refs_n, own = 1 + r->entries_n + 2 * k, guess = 0;
    struct str manifest = r->all[own].name;
    try(seal_manifest_read(t, (int)k + 1, r->all[own].data, &refs, &refs_n));
    bool *seen = arena_take_many(t->arena, own, sizeof *seen);
    const struct zip_entry **list = arena_take_many(t->arena, refs_n + 1, sizeof *list);
    for (size_t i = 0; i < refs_n; i++) {
        /* References mostly stand in the order of the entries, so the next one is tried first. */
        size_t at = guess < own && str_eq(r->uris[guess], refs[i].uri) ? guess : 0;
        while (at < own && !str_eq(r->uris[at], refs[i].uri)) at++;
        if (at == own)
            return turn_fail_at(t, ERR_INTEGRITY, "missing", "EN 319 162-1 A.4", refs[i].uri,
                                "\"" STR_FMT "\" refers to \"" STR_FMT
                                "\", which is not there or not before it.",
                                STR_ARG(manifest), STR_ARG(refs[i].uri));
        if (seen[at])
            return turn_fail_at(t, ERR_INTEGRITY, "manifest", "EN 319 162-1 A.4", manifest,
                                "\"" STR_FMT "\" refers to \"" STR_FMT "\" twice.",
                                STR_ARG(manifest), STR_ARG(refs[i].uri));
        if (!str_eq(r->digests[at], refs[i].digest))
            return turn_fail_at(t, ERR_INTEGRITY, "digest", "EN 319 162-1 A.4", r->all[at].name,
                                "The entry \"" STR_FMT "\" is not what was signed.",
                                STR_ARG(r->all[at].name));
        seen[at] = true;
        r->covered[at] = true;
        list[i] = &r->all[at];
        guess = at + 1;
    }
    *out = list;
    return ERR_OK;
}

static err check_all(struct turn *t, const struct reading *r)
{
    for (size_t i = 1; i <= r->entries_n; i++)
        if (!r->covered[i])
            return turn_fail_at(t, ERR_INTEGRITY, "uncovered", "EN 319 162-1 A.4", r->all[i].name,
                                "No signature covers the entry \"" STR_FMT "\".",
                                STR_ARG(r->all[i].name));
    return ERR_OK;
}
