/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of the verifier: whatever the bytes, there is a verdict, and a bad one says where.
 *
 * An input that begins like a ZIP is a container as it is. Any other is a list of entries (number
 * of a name, two bytes of size, data) that is packed under manifests which fit, so that what stands
 * behind the packing is reached too; its signatures are whatever the input says. */

#include "proof/proof.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {
    "act.json",
    "carriage.json",
    "documents/order.txt",
    "documents/annex.pdf",
    "proof/author-root.pem",
    "proof/author-profile.p7m",
    "proof/root.pem",
    "proof/profile.p7m",
    "proof/log.json",
    "proof/receipt-001.json",
    "proof/receipts-root.pem",
    "proof/receipts-profile.p7m",
    "proof/receipts-seal.pem",
    "META-INF/signature001.p7s",
    "META-INF/signature002.p7s",
};
enum { NAMES_N = sizeof names / sizeof *names, SIGNATURE_1 = NAMES_N - 2, PROOF_FROM = 4 };

static struct bytes pack(struct arena *a, struct bytes in)
{
    struct bytes parts[NAMES_N] = {{NULL, 0}};
    bool given[NAMES_N] = {false};
    while (in.n >= 3) {
        size_t name = in.p[0] % NAMES_N, n = (size_t)in.p[1] << 8 | in.p[2];
        in.p += 3, in.n -= 3;
        if (n > in.n) n = in.n;
        parts[name] = (struct bytes){in.p, n};
        given[name] = true;
        in.p += n, in.n -= n;
    }
    struct zip_entry all[NAMES_N + 2];
    size_t n = 0, own = 0;
    for (size_t i = 0; i < SIGNATURE_1; i++) {
        if (given[i]) all[n++] = (struct zip_entry){str_of(names[i]), parts[i]};
        if (i < PROOF_FROM) own = n;
    }
    struct parcel_seal seals[] = {{.signature = parts[SIGNATURE_1]},
                                  {.signature = parts[SIGNATURE_1 + 1]}};
    seals[0].manifest = parcel_manifest(a, 1, all, own);
    all[n] = (struct zip_entry){STR("META-INF/ASiCManifest001.xml"), seals[0].manifest};
    all[n + 1] = (struct zip_entry){STR("META-INF/signature001.p7s"), seals[0].signature};
    seals[1].manifest = parcel_manifest(a, 2, all + own, n + 2 - own);
    return parcel_write(a, all, n, seals, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct bytes in = {data, size};
    struct proof_verdict v;
    if (size == 0 || data[0] != 'P') in = pack(a, in);
    err e = proof_verify(&t, in, NULL, 0, &v);
    assert(e == ERR_OK && t.fault.err == ERR_OK);
    assert(v.sound == !v.integrity && v.sound == (v.act != NULL));
    assert(v.trust != PROOF_TRUSTED); /* no root was given */
    struct parcel p;
    if (parcel_read(&t, in, &p) == ERR_OK && p.n <= PROOF_ENTRIES_MAX) /* there is one spelling */
        assert(bytes_eq(parcel_write(a, p.entries, p.n, p.seals, p.seals_n), in));
    turn_forgive(&t);
    for (const struct proof_remark *r = v.integrity; r; r = r->next)
        assert(r->code.n && r->entry.n && r->sentence.n);
    struct tree *view;
    struct str text = json_write(a, proof_verdict_view(a, &v));
    e = json_read_canonical(&t, str_bytes(text), &codec_limits, &view);
    assert(e == ERR_OK || e == ERR_TOO_LARGE || e == ERR_REJECTED);
    return 0;
}
