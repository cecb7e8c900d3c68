/* SPDX-License-Identifier: Apache-2.0 */
/* verify-alone CONTAINER [ROOT.pem]...: the verdict as JSON, from a program that links base, codec,
 * seal, ledger and proof and nothing else. Exits 0 when the container is sound, trusted and fit,
 * else 7. It stands here to show that an auditor needs no more; people use `comity verify`. */

#include "proof/proof.h"

#include <stdio.h>

enum { ROOTS_MAX = 16, PEM_MAX = 64 << 10, EXIT_INTEGRITY = 7 };

static err verify(struct turn *t, int argc, char **argv, struct proof_verdict *v)
{
    struct bytes container, pem, roots[ROOTS_MAX];
    size_t n = 0;
    try(file_read(t, argv[1], PROOF_CONTAINER_MAX, &container));
    for (int i = 2; i < argc && n < ROOTS_MAX; i++) {
        try(file_read(t, argv[i], PEM_MAX, &pem));
        try(seal_pem_read(t, bytes_str(pem), "CERTIFICATE", &roots[n++]));
    }
    return proof_verify(t, container, roots, n, v);
}

int main(int argc, char **argv)
{
    if (argc < 2) return err_exit_code(ERR_USAGE);
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct proof_verdict v;
    err e = verify(&t, argc, argv, &v);
    if (e != ERR_OK) {
        fprintf(stderr, "%s\n", t.fault.sentence);
        return err_exit_code(e);
    }
    struct str text = json_write_pretty(a, proof_verdict_view(a, &v));
    fwrite(text.p, 1, text.n, stdout);
    return v.sound && v.fit && v.trust == PROOF_TRUSTED ? 0 : EXIT_INTEGRITY;
}
